"""The explorer: its published state is that of the chapters, every other one what R or a direct call says."""

import copy
import json
import math
from pathlib import Path

import pytest
from standins import shown

from analysis.growth.changes import describe_changes
from analysis.growth.ratios import year_on_year
from analysis.growth.stability import stability_of_conclusions
from analysis.parts import named
from analysis.parts.explorer import explorer, stated
from analysis.parts.part import MIME
from analysis.parts.sentences import runs_text
from analysis.publishing.gate import check_prose
from analysis.reliability.methods import METHODS
from analysis.reliability.settings import under_every_setting
from analysis.running.chapters import ContradictingResults, collected

YEARS, COUNTS = (2015, 2016, 2017, 2018), (153, 462, 527, 594)
R = json.loads((Path(__file__).parent / "reference/r_values.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def found():
    return under_every_setting(YEARS, COUNTS, unit="accounts")


@pytest.fixture(scope="module")
def made(found):
    return explorer(found, of=(), forecast_of=())


@pytest.fixture
def part(made):
    return copy.deepcopy(made._repr_mimebundle_()[MIME])


def notebook(*parts):
    cells = [
        {"id": f"c{n}", "cell_type": "code", "source": "", "outputs": [shown({MIME: part})]}
        for n, part in enumerate(parts)
    ]
    return {"05_reliability": {"cells": cells}}


def sentence(part, found, name, **chosen):
    """What the page would say: the state at the place of the setting, its texts between the literals."""
    group, place = part["shown"]["sentences"][name], 0
    for axis in group["axes"]:
        options = found.options[axis]
        place = place * len(options) + options.index(chosen.get(axis, found.published[axis]))
    template, texts, _ = group["states"][int(group["index"].split()[place])]
    written = iter(texts.split("|"))
    return "".join(piece if isinstance(piece, str) else next(written) for piece in group["templates"][template])


def growth_of(slopes):
    return pytest.approx([100 * math.expm1(slope) for slope in slopes], abs=1e-4)


def test_the_published_state_is_that_of_the_chapters(found, made):
    chapters = named("", describe_changes(YEARS, COUNTS, year_on_year(YEARS, COUNTS)))
    shared = [name for name in made.results if name in chapters]
    assert {"step.1.ratio", "step.1.standing", "step.3.standing", "slowdown.standing"} <= set(shared)
    assert made.results.only(shared).records() == chapters.only(shared).records()


def test_a_published_state_that_departs_from_a_chapter_stops_the_report(part):
    other = {
        "kind": "results",
        "results": {"step.1.standing": {**part["results"]["step.1.standing"], "verdict": "rare"}},
    }
    with pytest.raises(ContradictingResults, match=r"step\.1\.standing"):
        collected(notebook(other, part))


def test_each_single_change_has_the_word_that_the_table_of_stability_has(found):
    same = {
        "first year: 6 months": {"first_year": "6 months"},
        "first year: left out": {"first_year": "left out"},
        "last year: left out": {"years": "without the last"},
        "dispersion 2": {"dispersion": 2.0},
        "dispersion 10": {"dispersion": 10.0},
        "level 99%": {"level": 0.99},
        "Poisson trend": {"method": "Poisson trend"},
        "log-linear trend": {"method": "log-linear trend"},
    }
    for name, stability in stability_of_conclusions(YEARS, COUNTS).items():
        if name in found.judgements:
            assert found.at(found.judgements[name]).verdict == stability.answer.verdict
            for change in stability.changes:
                if change.words in same:
                    assert found.at(found.judgements[name], **same[change.words]).verdict == change.verdict, change


def test_growth_is_what_r_gives(found):
    def limits(**chosen):
        growth = found.at(found.growth, **chosen)
        return [growth.low, growth.high]

    slope, error = R["poisson"]["coef"][1], R["poisson"]["se"][1]
    assert limits() == growth_of(R["quasipoisson"]["profile_F95"])
    assert limits(method="log-linear trend") == growth_of(R["ols_loglinear"]["ci95"][1])
    assert limits(method="log-linear trend", level=0.8) == growth_of(R["ols_loglinear"]["ci80"][1])
    assert limits(dispersion=5.0, level=0.9) == growth_of(slope + sign * 1.6448536 * error * 5**0.5 for sign in (-1, 1))
    assert limits(method="Poisson trend", dispersion="estimated") == growth_of(R["quasipoisson"]["profile_F95"])
    without = found.at(found.growth, first_year="left out", method="Poisson trend")
    assert [without.value] == growth_of([R["poisson_drop2015"]["coef"][1]])


def test_the_largest_step_is_what_r_gives_and_shrinks_with_the_months(found):
    exact = R["rate_ratios"]["2016/2015"]
    at_90, months = found.at(found.step, level=0.9), found.at(found.step, first_year="6 months")
    assert [at_90.low, at_90.high] == pytest.approx(exact["ci90"])
    assert [months.value, months.low, months.high] == pytest.approx([x / 2 for x in (exact["ratio"], *exact["ci95"])])
    assert found.at(found.step, first_year="left out").reason == "one of its years is left out"


def test_a_forecast_is_that_of_its_method_from_the_years_kept(found):
    following = found.at(found.forecast, years="without the last", forecast="log_random_walk", level=0.8)
    limits = METHODS["log_random_walk"].limits(COUNTS[:3], 1)[0]
    assert (following.year, following.last) == (2018, 527)
    assert [following.estimate.low, following.estimate.value, following.estimate.high] == pytest.approx(limits[1:4])
    partial = found.at(found.forecast, first_year="9 months", forecast="linear")
    assert partial == found.at(found.forecast, first_year="left out", forecast="linear")
    assert "measured at 80% and 95% alone" in found.at(found.forecast, level=0.99).estimate.reason


def test_the_count_that_is_left_out_is_set_beside_its_forecast(part, found):
    said = sentence(part, found, "forecast", years="without the last", forecast="naive_poisson")
    # Poisson around 527: the 95% limits are 482 and 572, and 594 came.
    assert "prediction interval 480 to 570" in said
    assert said.endswith("The count of that year, 594, lies outside.")


def test_the_coverage_of_a_poisson_trend_falls_short(found):
    words = found.judgements["coverage"]
    assert found.at(words).verdict == "holds"
    assert found.at(words, forecast="poisson_trend").verdict == "falls short"
    assert found.at(words, level=0.9).verdict == "not measured"


def test_every_sentence_passes_the_gate(part):
    assert check_prose(notebook(part), part["results"]) == []


def test_the_gate_catches_a_changed_number_in_one_state(part):
    state = part["shown"]["sentences"]["growth"]["states"][-1]
    state[1] = "|".join(["1,234%", *state[1].split("|")[1:]])
    (fault,) = check_prose(notebook(part), part["results"])
    assert fault.number == "1,234%"


def test_the_gate_catches_a_result_that_changed_behind_its_sentence(part):
    part["stored"]["step"][0]["ratio"] = part["stored"]["step"][0]["ratio"].replace("3.01", "4.01")
    assert [fault.number for fault in check_prose(notebook(part), part["results"])] == ["3.02"]


def test_the_gate_catches_a_number_typed_into_a_template(part):
    part["shown"]["sentences"]["step"]["templates"][0][0] = "One of 7 steps, from "
    assert {fault.number for fault in check_prose(notebook(part), part["results"])} == {"7"}


def test_every_setting_has_a_state_and_all_of_them_are_small(part, found):
    for group in part["shown"]["sentences"].values():
        size = math.prod(len(found.options[axis]) for axis in group["axes"])
        index = list(map(int, group["index"].split()))
        assert len(index) == size
        assert set(index) == set(range(len(group["states"])))
    assert len(json.dumps(part["shown"], ensure_ascii=False)) < 80_000


def test_a_control_that_cannot_apply_is_absent(found):
    whole = under_every_setting(YEARS, COUNTS, partial=False)
    assert "first_year" in found.options
    assert "first_year" not in whole.options
    assert "without the first" in whole.options["years"]


@pytest.mark.parametrize(
    "counts",
    [(0, 3, 0), (0, 0, 0), (10, 7, 4), (5, 5, 5), (120, 80, 40, 20, 10, 5), tuple(range(1000, 600, -10)), (7, 9)],
)
def test_any_series_has_every_state_or_the_reason_why_not(counts):
    found = under_every_setting(range(2000, 2000 + len(counts)), counts)
    part = explorer(found, of=(), forecast_of=())._repr_mimebundle_()[MIME]
    assert check_prose(notebook(part), part["results"]) == []
    for runs, results in stated(part):
        assert "None" not in runs_text(runs)
        assert all(result.value is not None or result.reason for result in results.values())
    assert len(json.dumps(part["shown"], ensure_ascii=False)) < 80_000


def test_a_reader_of_the_notebook_sees_each_choice_by_itself(made, found):
    table = made.pictures()["text/html"]
    assert table.count("<tr>") == 1 + sum(map(len, found.options.values()))
    assert "The next count against the last" in table
