"""Each conclusion under single changes of a choice: what undoes it follows from values known from outside."""

import pytest

from analysis.estimates import Conclusion
from analysis.growth.stability import Change, _stability, stability_of_conclusions

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
    assert step.verdict == "ordinary"
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
    assert (joint.verdict, word(joint, "level 90%"), word(joint, "level 99%")) == ("told", "told", "not told")
    assert word(joint, "dispersion 2") == "not told"


def test_constant_growth_is_told_from_none_only_by_what_assumes_little_noise(found):
    growth = found["growth"]
    assert growth.verdict == "not told from none"
    assert word(growth, "log-linear trend") == "not told from none"
    assert word(growth, "Poisson trend") == word(growth, "first year: left out") == "told from none"


def test_what_is_not_there_without_a_year_is_not_counted(found):
    assert "last year: left out" not in {change.words for change in found["step.3.standing"].changes}
    assert "last year: left out" in {change.words for change in found["step.1.standing"].changes}


def test_every_change_is_counted_once_and_those_that_hold_leave_the_word(found):
    for each in found.values():
        words = [change.words for change in each.changes]
        assert len(words) == len(set(words)) == each.holds.n
        assert each.holds.value == sum(change.verdict == each.verdict for change in each.changes)
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


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "counts", [(7,), (0, 0, 0), (9, 0), (0, 3, 0), (5, 5, 5, 5), (153, 462, 527, 0), (10**9, 1, 10**9)], ids=str
)
def test_series_at_the_edge_have_an_answer(counts):
    for each in stability_of_conclusions(range(2001, 2001 + len(counts)), counts).values():
        assert each.verdict
        assert each.undone_by.verdict
