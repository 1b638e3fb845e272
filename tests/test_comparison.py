"""Comparison of two series against R, exact enumeration, the F distribution and simulation."""

import math
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy import stats

from analysis.comparison.alignment import aligned_growth_ratio, growth_ratio_bounds, period_weights
from analysis.comparison.side_by_side import (
    count_per_100,
    growth_ratio,
    index_to_base,
    odds_ratio,
    rate_per_1000,
    ratio_of_growth_ratios,
    ratio_of_growth_ratios_range,
)
from analysis.periods import Period

YEARS, COUNTS = [2015, 2016, 2017, 2018], [153, 462, 527, 594]
FINDS, FINDS_BEFORE = 10643, (9215, 9295)
FISCAL = Period.year_to(2017, 3), Period.year_to(2018, 3)
SHARES = [[float(w) for w in period_weights([Period.calendar_year(y) for y in YEARS], year)] for year in FISCAL]
QUICK = settings(deadline=None, derandomize=True, max_examples=20)


# ---- index and ratios of levels ----


def test_index_is_the_exact_ratio_to_the_base():
    index = index_to_base(YEARS, COUNTS, 2016)
    for year, count in zip(YEARS, COUNTS, strict=True):
        assert index[year].value == pytest.approx(float(Fraction(100 * count, 462)), rel=1e-12)
    assert [round(e.value, 1) for e in index.values()] == [33.1, 100.0, 114.1, 128.6]
    assert (index[2016].interval, index[2016].low) == ("", None)
    # R: 100 * poisson.test(c(527, 462))$conf.int
    assert [index[2017].low, index[2017].high] == pytest.approx([100.4823628744187, 129.5282506463363], rel=1e-8)


def test_index_needs_its_base():
    for years, counts, base in ((YEARS, COUNTS, 2014), ([2015, 2016], [0, 5], 2015)):
        with pytest.raises(ValueError, match=f"base {base}: no count above 0"):
            index_to_base(years, counts, base)


def test_count_per_100_incidents_carries_bounds_and_rounding():
    later = count_per_100(543.75, FINDS, count_range=(527, 560))
    exact = [Fraction(100 * Fraction(c), FINDS) for c in ("543.75", 527, 560)]
    assert [later.value, later.low, later.high] == pytest.approx([float(x) for x in exact], rel=1e-12)
    assert [round(float(x), d) for x, d in zip(exact, (3, 2, 2), strict=True)] == [5.109, 4.95, 5.26]
    earlier = count_per_100(478.25, FINDS_BEFORE)
    assert (round(earlier.low, 3), round(earlier.high, 3)) == (5.145, 5.190)
    assert (earlier.value, earlier.reason) == (None, "the incidents are known only as a range")
    both = count_per_100(478.25, FINDS_BEFORE, count_range=(462, 527))
    assert both.low == pytest.approx(46200 / 9295, rel=1e-12)
    assert both.high == pytest.approx(52700 / 9215, rel=1e-12)
    assert count_per_100(5, 100).interval == ""


def test_count_per_100_refuses_a_range_that_misses_its_count():
    with pytest.raises(ValueError, match="outside its range 527 to 560"):
        count_per_100(561, FINDS, count_range=(527, 560))
    with pytest.raises(ValueError, match="above 0"):
        count_per_100(5, 0)


def test_growth_over_a_range_is_the_widest_of_its_ends():
    growth = growth_ratio(FINDS, FINDS_BEFORE)
    # R: poisson.test(c(10643, 9295))$conf.int[1]; poisson.test(c(10643, 9215))$conf.int[2]
    assert [growth.low, growth.high] == pytest.approx([1.11349825956433, 1.187757828692482], rel=1e-8)
    assert growth.value is None
    assert growth_ratio(13119, 10666).value == 13119 / 10666
    for earlier in (9215, 9255, 9295):
        alone = growth_ratio(FINDS, earlier, dispersion=5)
        wide = growth_ratio(FINDS, FINDS_BEFORE, dispersion=5)
        assert wide.low <= alone.low
        assert alone.high <= wide.high


# ---- ratio of growth ratios ----


def test_ratio_of_growth_ratios_under_rounding_alone():
    periods = [Period.calendar_year(y) for y in YEARS]
    growth = aligned_growth_ratio(periods, COUNTS, *FISCAL)
    found = ratio_of_growth_ratios_range(growth, FINDS, FINDS_BEFORE)
    exact = [Fraction(54375, 47825) * Fraction(before, FINDS) for before in (9255, 9215, 9295)]
    assert [found.value, found.low, found.high] == pytest.approx([float(x) for x in exact], rel=1e-12)
    assert [round(float(x), 4) for x in exact] == [0.9887, 0.9844, 0.9930]


def test_ratio_of_growth_ratios_under_rounding_and_unknown_months():
    periods = [Period.calendar_year(y) for y in YEARS]
    found = ratio_of_growth_ratios_range(growth_ratio_bounds(periods, COUNTS, *FISCAL), FINDS, FINDS_BEFORE)
    assert found.low == pytest.approx(9215 / FINDS, rel=1e-8)
    assert found.high == pytest.approx(560 / 462 * 9295 / FINDS, rel=1e-8)
    assert (found.value, found.reason) == (None, "bounds only: no spread over the months is assumed")
    any_months = growth_ratio_bounds(periods, COUNTS, *FISCAL, months="non-negative")
    unbounded = ratio_of_growth_ratios_range(any_months, FINDS, FINDS_BEFORE)
    assert (unbounded.low, unbounded.high) == (0, None)
    refused = aligned_growth_ratio(periods[:3], COUNTS[:3], *FISCAL)
    passed_on = ratio_of_growth_ratios_range(refused, FINDS, FINDS_BEFORE)
    assert (passed_on.interval, passed_on.reason) == (
        "",
        "not estimable: 90 of its 365 days were not counted",
    )


@pytest.mark.parametrize(("dispersion", "low", "high"), [(1, 0.908, 1.075), (5, 0.817, 1.191), (20, 0.673, 1.428)])
def test_ratio_of_growth_ratios_with_rounding_and_dispersion(dispersion, low, high):
    found = ratio_of_growth_ratios(COUNTS, *SHARES, FINDS, FINDS_BEFORE, dispersion=dispersion)
    assert found.value == pytest.approx(543.75 / 478.25 * 9255 / FINDS, rel=1e-12)
    # Limits worked out apart from this package, by another simulation; three digits are what it printed.
    assert [found.low, found.high] == pytest.approx([low, high], abs=2e-3)


@pytest.mark.parametrize("dispersion", [1, 4])
def test_two_counts_without_alignment_follow_an_f_distribution(dispersion):
    # So many comparison counts that they add nothing: the ratio of two gamma means is (a / b) F(2a, 2b).
    found = ratio_of_growth_ratios([40, 90], [1, 0], [0, 1], 10**12, 10**12, dispersion=dispersion)
    limits = 90 / 40 * stats.f.ppf([0.025, 0.975], 2 * 90 / dispersion, 2 * 40 / dispersion)
    assert [found.low, found.high] == pytest.approx(limits, rel=5e-3)


def test_large_counts_agree_with_the_delta_method():
    counts = np.array([46200, 52700, 59400])
    earlier, later = np.array([0.75, 0.25, 0]), np.array([0, 0.75, 0.25])
    found = ratio_of_growth_ratios(counts, earlier, later, 1064300, 925500)
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
        found = ratio_of_growth_ratios(counts, *shares, later, before, replicates=2000, level=0.9)
        held.append(found.low <= ratio <= found.high)
    # Four standard errors of a share of .90 among 400.
    assert abs(np.mean(held) - 0.9) < 4 * math.sqrt(0.9 * 0.1 / 400)


def test_ratio_of_growth_ratios_repeats_and_widens():
    def width(**changes):
        found = ratio_of_growth_ratios(COUNTS, *SHARES, FINDS, FINDS_BEFORE, replicates=20_000, **changes)
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
    ("arguments", "message"),
    [
        (([1, 2], [1, 0, 0], [0, 1], 5, 5), "one weight a count"),
        (([1, 0], [1, 0], [0, 1], 5, 5), "every count must be above 0"),
        (([1, 2], [1, 0], [0, 1], 5, (7, 6)), "give a number above 0, or a range"),
    ],
)
def test_ratio_of_growth_ratios_refuses_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        ratio_of_growth_ratios(*arguments)
    with pytest.raises(ValueError, match="dispersion 0 is not above 0"):
        ratio_of_growth_ratios([1, 2], [1, 0], [0, 1], 5, 5, dispersion=0)


# ---- exact odds ratio ----


def tails(table, odds):
    """P(X >= x) and P(X <= x) given all totals, from whole binomial coefficients in 60 digits."""
    (later, earlier), (comparison_later, comparison_earlier) = table
    drawn, marked, rest = later + earlier, later + comparison_later, earlier + comparison_earlier
    with localcontext() as context:
        context.prec = 60
        weights = {
            k: Decimal(math.comb(marked, k)) * Decimal(math.comb(rest, drawn - k)) * Decimal(odds) ** k
            for k in range(max(0, drawn - rest), min(drawn, marked) + 1)
        }
        total = sum(weights.values())
        at_least = sum(w for k, w in weights.items() if k >= later) / total
        at_most = sum(w for k, w in weights.items() if k <= later) / total
        mean = sum(k * w for k, w in weights.items()) / total
    return float(at_least), float(at_most), float(mean)


@pytest.mark.parametrize(
    ("later", "earlier", "r_values"),
    [
        # R: fisher.test(matrix(c(527, 10643, 462, 9255), 2)); its root finder stops near 1e-5.
        (527, 462, (0.9919295928041627, 0.8710312062250603, 1.1299076055629447)),
        (594, 527, (0.9801367528607764, 0.8672687593355601, 1.1079305986672578)),
    ],
)
def test_odds_ratio_is_exact_given_the_totals(later, earlier, r_values):
    found = odds_ratio(later, earlier, FINDS, 9255)
    assert [found.value, found.low, found.high] == pytest.approx(r_values, rel=5e-5)
    table = (later, earlier), (FINDS, 9255)
    assert tails(table, found.low)[0] == pytest.approx(0.025, rel=1e-7)
    assert tails(table, found.high)[1] == pytest.approx(0.025, rel=1e-7)
    assert tails(table, found.value)[2] == pytest.approx(later, rel=1e-9)


def test_odds_ratio_over_a_range_is_the_widest():
    wide = odds_ratio(527, 462, FINDS, FINDS_BEFORE)
    assert wide.low == pytest.approx(odds_ratio(527, 462, FINDS, 9215).low, rel=1e-12)
    assert wide.high == pytest.approx(odds_ratio(527, 462, FINDS, 9295).high, rel=1e-12)
    assert wide.value == pytest.approx(odds_ratio(527, 462, FINDS, 9255).value, rel=1e-12)


@QUICK
@given(*[st.integers(1, 60)] * 4)
def test_odds_ratio_inverts_when_the_series_change_places(a, b, c, d):
    there, back = odds_ratio(a, b, c, d), odds_ratio(c, d, a, b)
    assert there.low == pytest.approx(1 / back.high, rel=1e-6)
    assert there.value == pytest.approx(1 / back.value, rel=1e-6)


def test_odds_ratio_needs_counts():
    with pytest.raises(ValueError, match="every count must be above 0"):
        odds_ratio(0, 5, 6, 7)


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
