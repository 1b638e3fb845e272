"""Parts: how numbers are written, sentences whose numbers are bound, tables, figures, named results."""

import math
from dataclasses import dataclass

import pytest
from bs4 import BeautifulSoup

from analysis.estimates import Conclusion, Estimate
from analysis.parts.figures import Figure
from analysis.parts.numbers import inside, limit_style, listed, number_text, significant, stable
from analysis.parts.part import MIME
from analysis.parts.results import Results, joined, named
from analysis.parts.sentences import bound, case, say
from analysis.parts.tables import table, table_of_estimates


def estimate(**fields):
    return Estimate(**({"estimand": "growth", "unit": "% a year", "method": "CAGR"} | fields))


INTERVAL = {"level": 0.95, "interval": "confidence", "interval_method": "exact conditional"}
GROWTH = estimate(value=57.168, low=48.02, high=67.13, **INTERVAL)
OPEN = estimate(value=5.0, low=2.0, reason="unbounded at 95%", **INTERVAL)
MISSING = estimate(reason="not estimable: 2 observations")
FIRM = Conclusion(about="the first change", verdict="firm", rule="its interval excludes 1")


@pytest.mark.parametrize(
    ("value", "figures", "text"),
    [
        (1639.2, 2, "1,600"),
        (999.6, 3, "1,000"),
        (0.0999, 2, "0.10"),
        (0.04179, 2, "0.042"),
        (-0.5, 1, "\N{MINUS SIGN}0.5"),
        (0, 2, "0"),
        (12.96, 3, "13.0"),
    ],
)
def test_significant_figures(value, figures, text):
    assert significant(value, figures) == text


@pytest.mark.parametrize(
    ("value", "unit", "style", "text"),
    [
        (1736, "accounts", "", "1,736"),
        (2018, "calendar year", "", "2018"),
        (57.168, "% a year", "", "57%"),
        (-26.8, "% a year", "", "\N{MINUS SIGN}27%"),
        (-0.2, "% a year", "", "0%"),
        (64.57, "%", ".1f", "64.6%"),
        (3.0196, "ratio", "", "3.02"),
        (1639.2, "accounts", "2s", "1,600"),
        (5.6e-37, "", "", "below 0.001"),
        (0.04179, "", "", "0.042"),
        (4.0, "ratio", "", "4.00"),
    ],
)
def test_number_text_follows_the_unit(value, unit, style, text):
    assert number_text(value, unit, style) == text


def test_a_style_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="write .1f"):
        number_text(1.0, "", "%d")


def test_stored_numbers_keep_eight_significant_digits():
    assert stable(1 / 3) == 0.33333333
    assert stable(594) == 594
    assert isinstance(stable(594), int)


def test_a_limit_that_would_round_onto_one_gets_another_digit():
    near = estimate(unit="ratio", value=1.14, low=1.0048, high=1.295, **INTERVAL)
    assert limit_style(near) == ".3f"
    assert say(named("r", near), "{r:interval}").text == "1.005 to 1.295"


def test_words_in_a_sentence():
    assert listed(["one"]) == "one"
    assert listed(["one", "two", "three"]) == "one, two and three"
    assert (inside("Mobile phones"), inside("SIM cards")) == ("mobile phones", "SIM cards")


def test_every_number_of_a_sentence_is_bound():
    sentence = say(named("growth", GROWTH), "Growth is {growth:full}.")
    assert sentence.text == "Growth is 57% a year (95% confidence interval 48% to 67%)."
    (block,) = sentence.content()["blocks"]
    runs = [run for run in block["runs"] if not isinstance(run, str)]
    assert [run["part"] for run in runs] == ["value", "level", "low", "high"]
    assert runs[0] == {
        "result": "growth",
        "part": "value",
        "style": "",
        "unit": "% a year",
        "value": 57.168,
        "text": "57% a year",
    }


def test_parts_of_a_result():
    results = named(
        "r", {"growth": GROWTH, "n": estimate(unit="counts", value=4), "many": estimate(unit="counts", value=30)}
    )
    text = say(results, "{r.growth:low} to {r.growth:high .1f}, {r.growth:level}, {r.n:word} and {r.many:word}").text
    assert text == "48% to 67.1%, 95%, four and 30"
    assert say(named("r", estimate(value=53.0, n=847)), "{r:n} windows").text == "847 windows"


@pytest.mark.parametrize("field", ["{r}", "{r:full}", "{r:interval}"])
def test_a_missing_number_is_replaced_by_its_reason(field):
    (block,) = say(named("r", MISSING), field).content()["blocks"]
    (run,) = block["runs"]
    assert (run["result"], run["text"]) == ("r", "not estimable: 2 observations")
    assert "value" not in run


def test_a_name_that_the_study_gives_is_told_from_the_words_around_it():
    (block,) = say(named("r", FIRM), "{title} was {r}.", title="Deaths in 3 towns").content()["blocks"]
    assert block["runs"][0] == {"name": "Deaths in 3 towns", "text": "Deaths in 3 towns"}


def test_words_follow_a_verdict_and_are_left_out_without_one():
    results = named("r", FIRM)
    assert say(results, case("r", firm="Firm.", open="Open.")).text == "Firm."
    assert say(results, case("r", open="Open.", any="Any.")).text == "Any."
    assert say(results, case("r", open="Open."), case("no.chapter", any="Any.")).text == ""


def test_a_conclusion_is_written_as_its_word():
    sentence = say(named("r", FIRM), "The first change is {r}.")
    assert sentence.text == "The first change is firm."
    assert sentence.results["r"] == FIRM


def test_an_unbounded_limit_is_said_in_words():
    assert say(named("r", OPEN), "{r:interval}").text == "2% to unbounded"


def test_a_field_that_names_no_result_is_refused():
    with pytest.raises(ValueError, match="no result is named 'growht'"):
        say(named("growth", GROWTH), "{growht}")


def test_a_template_is_repeated_for_each_number_and_words_are_filled_in():
    steps = named("step", [{"ratio": estimate(value=3.0)}, {"ratio": estimate(value=1.0)}])
    said = say(steps, "- {verb} by {step.*.ratio}", verb="grew")
    assert said.text == "- grew by 3% a year\n- grew by 1% a year"


def test_a_sentence_shows_itself_and_carries_only_what_it_names():
    results = named("r", {"a": GROWTH, "b": MISSING})
    shown = say(results, "First & <b>.", "- one", "- two {r.a}")._repr_mimebundle_()
    assert shown["text/html"].startswith("<p>First &amp; &lt;b&gt;.</p>\n<ul>\n<li>one</li>")
    assert shown[MIME]["kind"] == "sentences"
    assert [block["item"] for block in shown[MIME]["blocks"]] == [False, True, True]
    assert list(shown[MIME]["results"]) == ["r.a"]


def test_a_part_that_a_result_lacks():
    assert bound("r", MISSING) is None
    assert bound("r", OPEN, "high") is None
    assert bound("r", GROWTH, "high", ".1f")["text"] == "67.1%"


# Named results


@dataclass
class Both:
    first: Estimate
    in_all: Estimate
    note: str = "left out"


def test_names_follow_the_shape_of_what_was_computed():
    assert list(named("g", GROWTH)) == ["g"]
    assert list(named("g", [GROWTH, MISSING])) == ["g.1", "g.2"]
    assert list(named("g", {"Poisson trend": GROWTH, "x": {"y": MISSING}})) == ["g.poisson-trend", "g.x.y"]
    assert list(named("g", Both(GROWTH, MISSING))) == ["g.first", "g.in-all"]


@pytest.mark.parametrize("name", ["a b c.", "", "ä"])
def test_a_name_that_is_not_plain_is_refused(name):
    with pytest.raises(ValueError, match="lower-case words"):
        named(name, GROWTH)


def test_a_record_holds_the_estimate_rounded_and_the_files_behind_it():
    results = named("share", estimate(value=1 / 3), of="data/calibration.json")
    record = results.records()["share"]
    assert record["value"] == 0.33333333
    assert record["data"] == [{"file": "data/calibration.json"}]
    assert results["share"] == estimate(value=0.33333333)


def test_two_values_under_one_name_are_refused():
    assert list(joined(named("a", GROWTH), named("a", GROWTH), named("b", MISSING))) == ["a", "b"]
    with pytest.raises(ValueError, match="result 'a' has two values"):
        joined(named("a", GROWTH), named("a", OPEN))


def test_results_are_found_by_the_beginning_of_their_name():
    results = named("step", [{"ratio": GROWTH}, {"ratio": OPEN}])
    assert results.numbered("step") == ["1", "2"]
    assert results.below("step") == {"1.ratio": GROWTH, "2.ratio": OPEN}
    assert list(results.under("step.1")) == ["step.1.ratio"]


def test_results_print_as_lines_and_not_as_an_address():
    results = named("r", {"growth": GROWTH, "missing": MISSING, "word": FIRM})
    assert repr(results) == "r.growth: 57% a year\nr.missing: not estimable: 2 observations\nr.word: firm"


def test_where_a_result_was_computed_travels_with_it():
    record = named("a", GROWTH).records()["a"] | {"notebook": "03_growth", "cell": "fit"}
    assert say(Results({"a": record}), "{a}")._repr_mimebundle_()[MIME]["results"]["a"]["cell"] == "fit"


# Tables and figures


def test_a_table_names_every_row_and_column():
    shown = table("counts", "Counts <by year>", ["Year", "Accounts"], [["2017", 527], ["2018", 1594]])
    soup = BeautifulSoup(shown._repr_mimebundle_()["text/html"], "html.parser")
    assert soup.caption.text == "Counts <by year>"
    assert [th.text for th in soup.thead.find_all("th")] == ["Year", "Accounts"]
    assert [th.text for th in soup.tbody.find_all("th")] == ["2017", "2018"]
    assert [td.text for td in soup.find_all("td")] == ["527", "1,594"]


def test_columns_know_what_they_hold():
    shown = table("t", "t", ["a", "b", "c"], [["x", 1, "2026-01-31"], ["y", "none", "2026-02-28"]])
    assert shown.content()["kinds"] == ["text", "number", "date"]


def test_the_csv_holds_raw_values_to_eight_digits():
    shown = table("t", "t", ["a", "b"], [["x, y", 1 / 3]], styles={"b": ".1f"})
    assert shown.csv() == 'a,b\n"x, y",0.33333333\n'
    assert shown.content()["texts"] == [["x, y", "0.3"]]


@pytest.mark.parametrize("cell", [None, "", math.nan, math.inf])
def test_a_blank_cell_is_refused(cell):
    with pytest.raises(ValueError, match="say why in words"):
        table("t", "t", ["a", "b"], [["x", cell]])


def test_a_missing_estimate_shows_its_reason_and_an_open_limit_its_word():
    shown = table_of_estimates("t", "t", {"Correlation": MISSING, "Asymptote": OPEN})
    assert shown.texts[0][1:4] == ("not estimable: 2 observations", "none", "none")
    assert shown.texts[1][1:] == ("5% a year", "2%", "unbounded", "95% confidence interval, exact conditional")
    assert "5.0,2.0,unbounded" in shown.csv()


def figure():
    numbers = table("c", "Counts", ["Year", "Count"], [["2017", 527], ["2018", 594]])
    return Figure(
        "counts",
        "Counts rose",
        "Columns.",
        "Two counts as columns.",
        "why",
        numbers,
        "<svg/>",
        results=named("a", GROWTH),
    )


def test_a_figure_carries_its_words_its_numbers_and_its_results():
    shown = figure().showing(named("b", OPEN))._repr_mimebundle_()
    assert shown["image/svg+xml"] == "<svg/>"
    assert shown[MIME]["alt"] == "Two counts as columns."
    assert shown[MIME]["table"]["texts"] == [["2017", "527"], ["2018", "594"]]
    assert list(shown[MIME]["results"]) == ["a", "b"]
