"""The gate on numbers in prose: what it catches and what it lets pass."""

from __future__ import annotations

import copy

import pytest
from standins import notebook, notebooks, shown

from analysis.parts.part import MIME
from analysis.parts.results import Results
from analysis.parts.sentences import fill
from analysis.publishing import gate
from analysis.publishing.gate import check_prose, check_readme
from analysis.publishing.readme import quoted
from analysis.running.chapters import collected, shown_parts

EXECUTED = notebooks()
RECORDS = collected(EXECUTED)


@pytest.fixture
def executed():
    return copy.deepcopy(EXECUTED)


@pytest.fixture
def records():
    return copy.deepcopy(RECORDS)


def numbers(executed, records=RECORDS):
    return [fault.number for fault in check_prose(executed, records)]


def part(executed, cell, stem="01_growth"):
    return next(found for name, found in shown_parts(executed[stem]) if name == cell)


def test_notebooks_made_from_their_results_have_no_fault(executed, records):
    assert check_prose(executed, records) == []


@pytest.mark.parametrize("field", ["value", "low", "high"])
def test_a_result_changed_by_one_percent_names_the_sentence(executed, records, field):
    records["growth.cagr"][field] *= 1.01
    faults = check_prose(executed, records)
    assert faults
    assert all("growth.cagr" in fault.remedy for fault in faults)
    assert faults[0].place == "00_summary, cell answer"
    assert faults[0].sentence.startswith("Removals grew by 57% a year")
    assert "\n" not in str(faults[0])


@pytest.mark.gate("gate on prose")
def test_a_change_that_rounding_hides_is_caught(executed, records):
    records["growth.cagr"]["value"] = 57.1684
    assert any("57.1684" in fault.remedy for fault in check_prose(executed, records))


@pytest.mark.gate("gate on prose")
def test_a_changed_unit_is_caught(executed, records):
    records["growth.cagr"]["unit"] = "% a month"
    assert any("'% a month'" in fault.remedy for fault in check_prose(executed, records))


@pytest.mark.gate("gate on prose")
def test_a_changed_level_is_caught(executed, records):
    records["growth.cagr"]["level"] = 0.9
    assert "95%" in numbers(executed, records)


@pytest.mark.gate("gate on prose")
def test_a_changed_word_and_a_changed_reason_are_caught(executed, records):
    records["growth.verdict"]["verdict"] = "fragile"
    records["growth.asymptote"]["reason"] = "no asymptote at all"
    assert numbers(executed, records) == ["firm", "no asymptote at n < 5"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("text", "58% a year"),
        ("text", "57% a month"),
        ("text", "57"),
        ("value", 57.7),
        ("value", "many"),
        ("value", None),
        ("unit", "accounts"),
        ("result", "growth.other"),
        ("result", "growth.asymptote"),
        ("part", "low"),
        ("style", "3"),
        ("style", ".1f"),
    ],
)
def test_a_changed_sentence_is_caught(executed, key, value):
    (run, *_) = (r for r in part(executed, "answer")["blocks"][0]["runs"] if not isinstance(r, str))
    assert run["text"] == "57% a year"
    run[key] = value
    assert numbers(executed) == [run["text"]]


def interval(executed, level_of):
    """A sentence with the interval of the growth rate, and the level of `level_of`."""
    said = Results(RECORDS)
    runs = [*fill(f"The {{growth.ratio.first:bare}} has {{{level_of}:level}} limits, {{growth.cagr:low}}", said)]
    part(executed, "answer")["blocks"] = [{"item": False, "runs": runs}]
    return check_prose(executed, RECORDS)


@pytest.mark.gate("gate on prose")
def test_a_level_of_another_result_than_the_interval_beside_it_is_caught(executed):
    assert interval(executed, "growth.cagr") == []
    (fault,) = interval(executed, "growth.ratio.first")
    assert fault.number == "95%"
    assert "the level of growth.ratio.first stands with the interval of growth.cagr" in fault.remedy


@pytest.mark.gate("gate on prose")
def test_a_number_without_its_value_is_caught(executed):
    (run, *_) = (r for r in part(executed, "answer")["blocks"][0]["runs"] if not isinstance(r, str))
    for key in ("value", "unit", "part", "style"):
        del run[key]
    (fault,) = check_prose(executed, RECORDS)
    assert "the sentence stores none" in fault.remedy


TYPED = [
    ("There were 594 removals.", "594"),
    ("Growth was 57%.", "57%"),
    ("It fell by −3.5 points.", "−3.5"),
    ("Removals rose from 2015 on.", "2015"),
    ("The figures 153 and", "153"),
    ("In all (total 1736) they", "1736"),
    ("There are four counts.", "four"),
    ("Removals almost quadrupled.", "quadrupled"),
    ("It is twice as likely.", "twice as"),
    ("Nearly two-thirds came late.", "two-thirds"),
    ("More than 1,700 were removed.", "1,700"),
    ("The level is 95% here.", "95%"),
    ("It grew 15x.", "15"),
    ("<b>15</b> came.", "15"),
]


@pytest.mark.parametrize(("typed", "number"), TYPED)
@pytest.mark.gate("gate on prose")
def test_a_typed_number_is_caught_in_markdown(typed, number):
    for text in (typed, f"- {typed}", f"## {typed}", f"> {typed}", f"|a|\n|-|\n|{typed}|", f"See [{typed}](#growth)"):
        assert number in numbers({"n": notebook([f"Words.\n\n{text}"])}), text
        assert number in [fault.number for fault in check_readme(text, {"cells": []})], text


@pytest.mark.parametrize(("typed", "number"), TYPED)
@pytest.mark.gate("gate on prose")
def test_a_typed_number_is_caught_in_a_computed_sentence(executed, typed, number):
    part(executed, "answer")["blocks"].append({"item": False, "runs": [typed]})
    faults = check_prose(executed, RECORDS)
    assert number in [fault.number for fault in faults]
    assert {fault.place for fault in faults} == {"01_growth, cell answer"}


@pytest.mark.parametrize(
    "said",
    [
        "It starts with a definition (Holm, 1979; Fay 2010).",
        "Holm (1979) and Fay et al. (2010) say so.",
        "A new standard began in October 2015, on 1 October 2015, or 2015-10-01.",
        "See Figure 3.2, Tables 1.1 and 1.2 and notebook 03.",
        "A ratio of 1 means no change; rates are per 100 incidents, from 0 on.",
        "Each covers 12 months; notebook 03 asks why, 04 whether.",
        "Two points lie on a line whatever they are.",
        "The article says “almost quadrupled” and “a 15% increase”.",
        "A two-sided test on one of several models, by SHA-256 on x86.",
        "`n = 4` and [PQ 214508](https://example.org/).",
        "Formulas such as $n = 4$, and\n\n$$ y = 4 $$",
        "1. first\n2. second\n\n```\nn = 4\n```",
        "# What four counts can carry",
    ],
)
def test_what_needs_no_binding_passes(said):
    assert numbers({"n": notebook([said])}) == []
    assert check_readme(said, {"cells": []}) == []


def test_every_numeral_counts_in_a_computed_sentence(executed):
    assert numbers({"n": notebook(["One of three ways."])}) == []
    part(executed, "answer")["blocks"].append({"item": True, "runs": ["One of three ways."]})
    assert numbers(executed) == ["three"]


def test_digits_in_a_reason_are_the_results_own(executed):
    (block, *_) = (b for b in part(executed, "answer", "00_summary")["blocks"] if "asymptote" in str(b))
    assert "no asymptote at n < 5" in [run["text"] for run in block["runs"] if not isinstance(run, str)]
    assert numbers(executed) == []
    block["runs"].append(" There is no asymptote at n < 5.")
    assert numbers(executed) == ["5"]


@pytest.mark.parametrize("key", ["title", "caption", "alt", "cannot_show"])
def test_words_of_a_figure_are_traced_to_its_numbers(executed, key):
    for held in ("2015 to 2016, 3.02, 3.0196, 3 steps", "95% intervals", "2.51", "57%"):
        part(executed, "growth-figure")[key] = held
        assert numbers(executed) == [], held
    for free, number in (("a rise of 217", "217"), ("1.39", "1.39"), ("90% intervals", "90%"), ("3.12", "3.12")):
        part(executed, "growth-figure")[key] = free
        assert numbers(executed) == [number]


def test_a_figure_is_not_held_by_the_results_of_another_part(executed):
    found = part(executed, "growth-figure")
    found["caption"] = "95% intervals"
    found["results"] = {}
    assert numbers(executed) == ["95%"]


def test_words_of_a_table_are_traced_to_its_cells(executed):
    part(executed, "growth-table")["caption"] = "Ratios, the first 3.02"
    assert numbers(executed) == []
    part(executed, "growth-table")["caption"] = "Ratios, the first 3.12"
    assert numbers(executed) == ["3.12"]


def test_what_is_no_part_is_not_prose(executed):
    for cell in executed["01_growth"]["cells"]:
        cell.setdefault("outputs", []).append(shown({"text/plain": "594 rows"}))
    assert MIME not in executed["01_growth"]["cells"][-1]["outputs"][-1]["data"]
    assert numbers(executed) == []


README = """# Four counts

<!-- summary: answer -->
old words, 12 of them
<!-- end -->

| Command | Time |
|---|---|
| `make report` | 2 minutes |

Needs Python 3.11; the report has 1.5 MB, version 1.0.0 of 24 November 2026.

    indented 12 code

```
4 lines of code
```
"""


@pytest.mark.gate("gate on prose")
def test_readme_quotes_the_summary_word_for_word(executed):
    summary = executed["01_growth"]
    (fault,) = check_readme(README, summary)
    assert "make refresh" in str(fault)
    filled = quoted(README, summary)
    assert "57% a year" in filled
    assert "old words" not in filled
    assert quoted(filled, summary) == filled
    assert check_readme(filled, summary) == []
    (fault,) = check_readme(filled.replace("57%", "58%"), summary)
    assert "58%" in fault.sentence


def test_a_quotation_of_nothing_is_refused(executed):
    with pytest.raises(ValueError, match="quotes cell 'none'; the summary says something in answer"):
        quoted(README.replace("summary: answer", "summary: none"), executed["01_growth"])


@pytest.mark.gate("gate on prose")
def test_a_number_handed_in_as_a_name_is_found():
    runs = [{"name": "1,736", "text": "1,736"}]
    (fault,) = gate._wrong("03_growth, cell answer", runs, Results(), "run it again")
    assert "handed in as a name" in str(fault)
    assert list(gate._wrong("", [{"name": "Deaths in 3 towns", "text": "Deaths in 3 towns"}], Results(), "")) == []


@pytest.mark.parametrize(
    ("said", "held"),
    [("1234.5", True), ("1234", True), ("1236", False), ("1230", True), ("1240", False), ("1200", True)]
    + [("1300", False), ("1000", False), ("1234.4", False), ("-1234.5", True)],
)
def test_a_number_of_a_figure_may_be_rounded_but_not_below_two_digits(said, held):
    table = {"columns": ["n"], "texts": [["1,234.5"]], "csv": "n\n1234.5\n", "results": {}}
    assert gate._Held(table).holds(said) is held


def run(result, part):
    return {"result": result, "part": part, "text": part}


@pytest.mark.parametrize(
    ("before", "after", "owner"),
    [("a", "b", "b"), ("a", "bc", "b"), ("ab", "", "b"), ("", "ab", "a"), ("ab", "cd", "c")],
)
def test_a_level_belongs_to_the_interval_that_follows_or_else_to_the_one_just_before(before, after, owner):
    """Each letter is an interval; words that name a result are no run of their own."""
    intervals = [[run(name, "low"), " to ", run(name, "high"), ", a result, "] for name in before + after]
    places = [each for interval in intervals for each in interval]
    at = 4 * len(before)
    for level in "abcd":
        faults = list(gate._strayed("cell", [*places[:at], run(level, "level"), " level ", *places[at:], "."]))
        assert bool(faults) is (level != owner)
        assert all(f"interval of {owner}" in fault.remedy for fault in faults)


def test_each_fault_names_its_own_sentence_in_the_order_of_the_text():
    text = "- One is fine. There were 7 falls. And 8 rises.\n- Then 9.\n\nIn a row: 6."
    faults = check_prose({"01": notebook([text])}, {})
    assert [(fault.number, fault.sentence) for fault in faults] == [
        ("7", "There were 7 falls."),
        ("8", "And 8 rises."),
        ("9", "Then 9."),
        ("6", "In a row: 6."),
    ]
