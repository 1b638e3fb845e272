"""Each conclusion under single changes of a choice: what undoes it follows from values known from outside."""

import pytest

from analysis.comparison.stability import stability_of_comparison
from analysis.estimates import Conclusion
from analysis.growth.single_changes import Change, _stability
from analysis.growth.stability import stability_of_conclusions
from analysis.periods import Period

YEARS, COUNTS = (2015, 2016, 2017, 2018), (153, 462, 527, 594)


@pytest.fixture(scope="module")
def found():
    return stability_of_conclusions(YEARS, COUNTS)


def word(stability, words):
    (change,) = [change for change in stability.changes if change.words == words]
    return change.verdict


def test_a_step_opens_where_its_exact_interval_or_its_tipping_dispersion_says_so(found):
    # R, poisson.test: p = .0418 for 527 against 462; the dispersion that tips it is 1.11.
    step = found["step.2.standing"]
    assert step.answer.verdict == "ordinary"
    assert [word(step, f"level {level}") for level in ("90%", "99%", "80%")] == ["ordinary", "open", "ordinary"]
    assert {word(step, f"dispersion {phi}") for phi in (2, 5, 10)} == {"open"}
    assert step.undone_by.verdict == "dispersion 2"


def test_the_slowdown_hangs_on_the_start_date_and_not_on_a_dispersion_of_10(found):
    # By hand: lost at 5.86 months and at a dispersion of 14.4; the later years suggest 4.5 months.
    slowdown = found["slowdown.direction"]
    assert word(slowdown, "dispersion 10") == word(slowdown, "first year: 6 months") == "slower"
    assert word(slowdown, "first year: as back-cast") == "open"
    assert slowdown.undone_by.verdict == "first year: as back-cast"


def test_the_rise_in_every_step_is_lost_beyond_its_p_value(found):
    # One-sided p = .0243, tipping dispersion 1.48.
    joint = found["joint-rise"]
    assert (joint.answer.verdict, word(joint, "level 90%"), word(joint, "level 99%")) == ("told", "told", "not told")
    assert word(joint, "dispersion 2") == "not told"


def test_constant_growth_is_told_from_none_only_by_what_assumes_little_noise(found):
    growth = found["growth"]
    assert growth.answer.verdict == "not told from none"
    assert word(growth, "log-linear trend") == "not told from none"
    assert word(growth, "Poisson trend") == word(growth, "first year: left out") == "told from none"


def test_what_is_not_there_without_a_year_is_not_counted(found):
    assert "last year: left out" not in {change.words for change in found["step.3.standing"].changes}
    assert "last year: left out" in {change.words for change in found["step.1.standing"].changes}


def test_every_change_is_counted_once_and_those_that_hold_leave_the_word(found):
    for each in found.values():
        words = [change.words for change in each.changes]
        assert len(words) == len(set(words)) == each.holds.n
        assert each.holds.value == sum(change.verdict == each.answer.verdict for change in each.changes)
        assert (each.undone_by.verdict == "nothing tried") == (each.holds.value == each.holds.n)


def test_the_smallest_change_is_the_one_nearest_to_the_default():
    now = Conclusion(about="a", verdict="rose", rule="")
    changes = (Change("far", 3, "fell"), Change("near", 2, "fell"), Change("nearest", 1, "rose"))
    assert _stability(now, changes).undone_by.verdict == "near"
    assert _stability(now, changes[2:]).undone_by.verdict == "nothing tried"


def test_a_level_of_the_study_is_no_change_of_level():
    at_90 = stability_of_conclusions(YEARS, COUNTS, level=0.9)["joint-rise"]
    assert {change.words for change in at_90.changes if "level" in change.words} == {
        "level 95%",
        "level 99%",
        "level 80%",
    }


def test_every_judgement_is_there_and_meets_only_what_has_a_part_in_it(found):
    assert {"largest.condition", "forecast.standing", "slowdown.standing", "asymptote.standing"} < set(found)
    tried = {name: {change.words.split()[0] for change in each.changes} for name, each in found.items()}
    assert "dispersion" not in tried["poisson.standing"] | tried["asymptote.standing"] | tried["forecast.standing"]
    assert "base" not in tried["joint-rise"] | tried["growth"]
    # By hand: 12 over the lower limit of 3.02 at dispersion 5, 462 / 153 exp(-1.96 sqrt(5 (1/462 + 1/153))), is 6.0.
    assert word(found["largest.condition"], "dispersion 5") == "beyond"


def test_a_first_year_that_cannot_be_partial_is_only_left_out():
    whole = stability_of_conclusions(YEARS, COUNTS, partial=False)
    first = {change.words for each in whole.values() for change in each.changes if "first" in change.words}
    assert first == {"first year: left out"}
    assert whole["largest.condition"].answer.verdict == "does not bind"


def test_growth_beside_another_series_holds_until_rounding_or_chance_decides():
    """Counts that double beside counts that rise by half are told apart; a dispersion of 100 would not matter here."""
    years = [Period.calendar_year(y) for y in (2016, 2017)]
    found = stability_of_comparison(years, [400, 800], tuple(years), 1000, 1100, 10, replicates=20_000)
    each = found["relative.standing"]
    assert each.answer.verdict == "faster"
    # By hand: log(2 / 1.1) is 0.6; at dispersion 20 its error, sqrt(20 (1/400 + 1/800 + 1/1000 + 1/1100)), is 0.34.
    assert word(each, "dispersion 5") == "faster"
    assert word(each, "dispersion 20") == "not told apart"
    assert each.undone_by.verdict == "dispersion 20"


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "counts", [(7,), (0, 0, 0), (9, 0), (0, 3, 0), (5, 5, 5, 5), (153, 462, 527, 0), (10**9, 1, 10**9)], ids=str
)
def test_series_at_the_edge_have_an_answer(counts):
    for each in stability_of_conclusions(range(2001, 2001 + len(counts)), counts).values():
        assert each.answer.verdict
        assert each.undone_by.verdict
