"""Comparison of two series against R, exact enumeration, the F distribution and simulation."""

import math
from datetime import date
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import settings
from scipy import stats

from analysis.comparison.alignment import aligned_count, aligned_growth_ratio
from analysis.comparison.levels import count_per_100, rate_per_1000
from analysis.comparison.multiverse import ROUNDINGS, comparison_multiverse
from analysis.comparison.side_by_side import (
    ratio_of_growth_ratios,
    ratio_of_growth_ratios_range,
)
from analysis.periods import Period

YEARS, COUNTS = [2015, 2016, 2017, 2018], [153, 462, 527, 594]
FINDS, FINDS_BEFORE = 10643, (9215, 9295)
FISCAL = Period.year_to(2017, 3), Period.year_to(2018, 3)
PERIODS = [Period.calendar_year(y) for y in YEARS]
RISING, ANY = "non-decreasing months", "non-negative months"
QUICK = settings(deadline=None, derandomize=True, max_examples=20)


# ---- levels ----


def per_100(counts, period, incidents):
    return count_per_100(
        aligned_count(PERIODS, counts, period), aligned_count(PERIODS, counts, period, RISING), incidents
    )


def test_count_per_100_incidents_carries_bounds_and_rounding():
    later = per_100(COUNTS, FISCAL[1], FINDS)
    exact = [Fraction(100 * Fraction(c), FINDS) for c in ("543.75", 527, 560)]
    assert [later.value, later.low, later.high] == pytest.approx([float(x) for x in exact], rel=1e-12)
    assert [round(float(x), d) for x, d in zip(exact, (3, 2, 2), strict=True)] == [5.109, 4.95, 5.26]
    earlier = per_100(COUNTS, FISCAL[0], FINDS_BEFORE)
    assert earlier.low == pytest.approx(46200 / 9295, rel=1e-12)
    assert earlier.high == pytest.approx(52700 / 9215, rel=1e-12)
    assert (earlier.value, earlier.reason) == (None, "the other count is known only as a range")


def test_count_per_100_of_a_falling_series_keeps_its_value_and_says_what_bounds_it_lacks():
    falling = per_100([594, 527, 462, 153], FISCAL[1], FINDS)
    assert falling.value == pytest.approx(100 * (462 * 0.75 + 153 * 0.25) / FINDS, rel=1e-12)
    assert (falling.low, falling.high) == (None, None)
    assert falling.reason == "impossible: no non-decreasing months add up to the counts"


def test_count_per_100_says_what_it_lacks():
    assert per_100(COUNTS, FISCAL[1], 0).reason == "not estimable: a count is 0 or may be"
    uncounted = per_100(COUNTS, Period.year_to(2019, 3), FINDS)
    assert (uncounted.value, uncounted.high) == (None, None)
    assert uncounted.low == pytest.approx(59400 / FINDS, rel=1e-12)
    assert uncounted.reason.startswith("not estimable: 90 of its 365 days were not counted; bounds only")


# ---- ratio of growth ratios ----


def test_ratio_of_growth_ratios_under_rounding_alone():
    growth = aligned_growth_ratio(PERIODS, COUNTS, *FISCAL)
    found = ratio_of_growth_ratios_range(growth, FINDS, FINDS_BEFORE)
    exact = [Fraction(54375, 47825) * Fraction(before, FINDS) for before in (9255, 9215, 9295)]
    assert [found.value, found.low, found.high] == pytest.approx([float(x) for x in exact], rel=1e-12)
    assert [round(float(x), 4) for x in exact] == [0.9887, 0.9844, 0.9930]


def test_ratio_of_growth_ratios_under_rounding_and_unknown_months():
    found = ratio_of_growth_ratios_range(aligned_growth_ratio(PERIODS, COUNTS, *FISCAL, RISING), FINDS, FINDS_BEFORE)
    assert found.low == pytest.approx(9215 / FINDS, rel=1e-8)
    assert found.high == pytest.approx(560 / 462 * 9295 / FINDS, rel=1e-8)
    assert (found.value, found.reason) == (None, "bounds only: no spread over the months is assumed")
    any_months = aligned_growth_ratio(PERIODS, COUNTS, *FISCAL, ANY)
    unbounded = ratio_of_growth_ratios_range(any_months, FINDS, FINDS_BEFORE)
    assert (unbounded.low, unbounded.high) == (0, None)
    refused = aligned_growth_ratio(PERIODS[:3], COUNTS[:3], *FISCAL)
    passed_on = ratio_of_growth_ratios_range(refused, FINDS, FINDS_BEFORE)
    assert (passed_on.interval, passed_on.reason) == (
        "",
        "not estimable: 90 of its 365 days were not counted",
    )


@pytest.mark.parametrize(("dispersion", "low", "high"), [(1, 0.908, 1.075), (5, 0.817, 1.191), (20, 0.673, 1.428)])
def test_ratio_of_growth_ratios_with_rounding_and_dispersion(dispersion, low, high):
    found = ratio_of_growth_ratios(PERIODS, COUNTS, *FISCAL, FINDS, FINDS_BEFORE, dispersion=dispersion)
    assert found.value == pytest.approx(543.75 / 478.25 * 9255 / FINDS, rel=1e-12)
    # Limits worked out apart from this package, by another simulation; three digits are what it printed.
    assert [found.low, found.high] == pytest.approx([low, high], abs=2e-3)


@pytest.mark.parametrize("dispersion", [1, 4])
def test_two_counts_without_alignment_follow_an_f_distribution(dispersion):
    # So many comparison counts that they add nothing: the ratio of two gamma means is (a / b) F(2a, 2b).
    found = ratio_of_growth_ratios(PERIODS[:2], [40, 90], *PERIODS[:2], 10**12, 10**12, dispersion=dispersion)
    limits = 90 / 40 * stats.f.ppf([0.025, 0.975], 2 * 90 / dispersion, 2 * 40 / dispersion)
    assert [found.low, found.high] == pytest.approx(limits, rel=5e-3)


def test_large_counts_agree_with_the_delta_method():
    counts = np.array([46200, 52700, 59400])
    earlier, later = np.array([0.75, 0.25, 0]), np.array([0, 0.75, 0.25])
    found = ratio_of_growth_ratios(PERIODS[1:], counts, *FISCAL, 1064300, 925500)
    gradient = later / (later @ counts) - earlier / (earlier @ counts)
    spread = math.sqrt(gradient**2 @ counts + 1 / 1064300 + 1 / 925500)
    assert math.log(found.high / found.low) == pytest.approx(2 * 1.959963984540054 * spread, rel=5e-3)


def test_ratio_of_growth_ratios_covers_about_as_often_as_it_says():
    rng = np.random.default_rng(7)
    truth = np.array([20.0, 30.0, 50.0])
    shares = [0.75, 0.25, 0], [0, 0.75, 0.25]
    ratio = (np.array(shares[1]) @ truth) / (np.array(shares[0]) @ truth) * 80 / 100
    held = []
    for _ in range(400):
        counts, later, before = rng.poisson(truth), rng.poisson(100), rng.poisson(80)
        found = ratio_of_growth_ratios(
            PERIODS[1:], counts, *FISCAL, int(later), int(before), replicates=2000, level=0.9
        )
        held.append(found.low <= ratio <= found.high)
    # Four standard errors of a share of .90 among 400.
    assert abs(np.mean(held) - 0.9) < 4 * math.sqrt(0.9 * 0.1 / 400)


def test_ratio_of_growth_ratios_repeats_and_widens():
    def width(**changes):
        found = ratio_of_growth_ratios(PERIODS, COUNTS, *FISCAL, FINDS, FINDS_BEFORE, replicates=20_000, **changes)
        return found.low, found.high

    assert width() == width()
    assert width() != width(seed=1)
    for narrow, wide in (
        ({"level": 0.8}, {}),
        ({}, {"dispersion": 2}),
        ({"dispersion": 2}, {"dispersion": 5}),
    ):
        assert width(**wide)[0] < width(**narrow)[0] < width(**narrow)[1] < width(**wide)[1]


@pytest.mark.parametrize(
    ("counts", "finds", "reason"),
    [
        ([153, 462, 0, 594], FINDS, "not estimable: a count is 0 or may be"),
        ([0, 0, 0, 594], FINDS, "not estimable: the earlier count is 0"),
        (COUNTS, 0, "not estimable: a count is 0 or may be"),
    ],
)
def test_ratio_of_growth_ratios_says_which_count_it_lacks(counts, finds, reason):
    found = ratio_of_growth_ratios(PERIODS, counts, *FISCAL, finds, FINDS_BEFORE)
    assert (found.value, found.interval, found.reason) == (None, "", reason)


def test_a_zero_outside_the_periods_compared_changes_nothing():
    found = ratio_of_growth_ratios(PERIODS, [0, *COUNTS[1:]], *FISCAL, FINDS, FINDS_BEFORE, replicates=100)
    assert found.value == pytest.approx(543.75 / 478.25 * 9255 / FINDS, rel=1e-12)


def test_ratio_of_growth_ratios_refuses_bad_input():
    with pytest.raises(ValueError, match="give a whole number of 0 or more, or a range"):
        ratio_of_growth_ratios(PERIODS, COUNTS, *FISCAL, FINDS, (7, 6))
    with pytest.raises(ValueError, match=r"count \(7, None\): give a whole number"):
        ratio_of_growth_ratios(PERIODS, COUNTS, *FISCAL, FINDS, (7, None))
    with pytest.raises(ValueError, match="dispersion 0 is not above 0"):
        ratio_of_growth_ratios(PERIODS, COUNTS, *FISCAL, FINDS, FINDS_BEFORE, dispersion=0)


# ---- every alignment and rounding ----


def test_comparison_under_three_alignments_and_four_roundings():
    rows = comparison_multiverse(PERIODS, COUNTS, *FISCAL, FINDS, 15)
    assert len(rows) == 12 == len({(r.alignment, r.rounding) for r in rows})
    # By hand: 10,643 over 1.155, 1.145; 1.16, 1.15; 1.175, 1.125, the whole numbers inside.
    earlier = {
        "to 1%, half up": (9215, 9295),
        "to 1%, half even": (9215, 9295),
        "to 1%, cut off": (9176, 9254),
        "to 5%, half up": (9058, 9460),
    }
    assert set(earlier) == set(ROUNDINGS)
    growth = {
        "even months": (543.75 / 478.25,) * 2,
        "even days": (1.1392737126963064,) * 2,
        "non-decreasing months": (1, 560 / 462),
    }
    for row in rows:
        low, high = earlier[row.rounding]
        assert (row.earlier_count.low, row.earlier_count.high) == (low, high)
        least, most = growth[row.alignment]
        assert row.ratio.low == pytest.approx(least * low / FINDS, rel=1e-8)
        assert row.ratio.high == pytest.approx(most * high / FINDS, rel=1e-8)
        assert (row.ratio.value is None) == (row.alignment == "non-decreasing months")


def test_a_step_of_five_is_tried_only_on_a_multiple_of_five():
    assert len(comparison_multiverse(PERIODS, COUNTS, *FISCAL, FINDS, 3)) == 9
    assert "to 5%, half up" not in {r.rounding for r in comparison_multiverse(PERIODS, COUNTS, *FISCAL, FINDS, 3)}
    assert comparison_multiverse(PERIODS, COUNTS, *FISCAL, FINDS, None) == ()


def test_comparison_that_cannot_be_made_says_why():
    rows = comparison_multiverse(PERIODS[1:3], COUNTS[1:3], *FISCAL, FINDS, 15)
    assert {r.ratio.reason for r in rows if r.alignment == "even months"} == {
        "not estimable: 90 of its 365 days were not counted"
    }
    assert all(r.ratio.value is None for r in rows)
    fallen = comparison_multiverse(PERIODS, COUNTS[::-1], *FISCAL, FINDS, -100)
    assert fallen[0].ratio.reason == "unbounded: a fall that rounds to 100% has no largest earlier value"
    falling = comparison_multiverse(PERIODS, COUNTS[::-1], *FISCAL, FINDS, 15)
    assert falling[-1].ratio.reason == "impossible: no non-decreasing months add up to the counts"


# ---- rates ----


def test_rate_names_the_population_it_uses():
    days = [date(y, 6, 30) for y in (2016, 2017, 2018)]
    people = [85134, 85863, 82773]
    rate = rate_per_1000(527, Period.calendar_year(2017), days, people)
    # R: poisson.test(527)$conf.int / 85863 * 1000
    assert [rate.low, rate.high] == pytest.approx([5.624781762064408, 6.684789567271875], rel=1e-8)
    assert rate.value == pytest.approx(527000 / 85863, rel=1e-12)
    fiscal = rate_per_1000(FINDS_BEFORE, Period.year_to(2017, 3), days, people)
    assert fiscal.method == "count over the population of 85,134 on 30 June 2016"
    # R: poisson.test(9215)$conf.int[1] / 85134 * 1000; poisson.test(9295)$conf.int[2] / 85134 * 1000
    assert [fiscal.low, fiscal.high] == pytest.approx([106.0422698661443, 111.4233654202409], rel=1e-8)
    assert (fiscal.value, fiscal.reason) == (None, "the count is known only as a range")


def test_rate_takes_the_day_nearest_to_the_middle():
    days = [date(2017, 4, 1), date(2017, 9, 30), date(2018, 3, 31)]
    assert "90 on 30 September 2017" in rate_per_1000(5, Period.year_to(2018, 3), days, [80, 90, 100]).method


def test_rate_without_a_population_is_refused():
    year = Period.calendar_year(2019)
    assert rate_per_1000(5, year, [date(2018, 6, 30)], [80]).reason == ("not estimable: no population counted in 2019")
    with pytest.raises(ValueError, match="not twelve months"):
        rate_per_1000(5, Period.parse("2017-01-01", "2017-06-30"), [], [])
