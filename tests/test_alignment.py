"""Alignment against exact rational arithmetic, certificates of optimality, enumeration and random months."""

import itertools
from datetime import date, timedelta
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy.optimize import linprog

from analysis.comparison.alignment import aligned_count, aligned_growth_ratio, period_weights
from analysis.periods import Period

YEARS = [Period.calendar_year(y) for y in range(2015, 2019)]
COUNTS = [153, 462, 527, 594]
EARLIER, LATER = Period.year_to(2017, 3), Period.year_to(2018, 3)
RISING, ANY = "non-decreasing months", "non-negative months"
QUICK = settings(deadline=None, derandomize=True, max_examples=25)


def days_of(period):
    return {period.start + timedelta(days=d) for d in range((period.end - period.start).days + 1)}


# ---- weights ----


def test_month_weights_are_three_quarters_and_one_quarter():
    assert period_weights(YEARS, EARLIER) == (0, Fraction(3, 4), Fraction(1, 4), 0)
    assert period_weights(YEARS, LATER) == (0, 0, Fraction(3, 4), Fraction(1, 4))


@QUICK
@given(st.integers(2014, 2020), st.integers(1, 12))
def test_day_weights_count_the_days_one_by_one(year, month):
    target = Period.year_to(year, month)
    shared = [Fraction(len(days_of(p) & days_of(target)), len(days_of(p))) for p in YEARS]
    assert list(period_weights(YEARS, target, "even days")) == shared


def test_counts_in_financial_years_are_exact():
    assert aligned_count(YEARS, COUNTS, EARLIER).value == 478.25
    assert aligned_count(YEARS, COUNTS, LATER).value == 543.75
    by_days = (
        Fraction(462 * 275, 366) + Fraction(527 * 90, 365),
        Fraction(527 * 275, 365) + Fraction(594 * 90, 365),
    )
    for target, exact in zip((EARLIER, LATER), by_days, strict=True):
        assert aligned_count(YEARS, COUNTS, target, "even days").value == float(exact)
    ratio = aligned_growth_ratio(YEARS, COUNTS, EARLIER, LATER)
    assert ratio.value == float(Fraction(54375, 47825))
    assert aligned_growth_ratio(YEARS, COUNTS, EARLIER, LATER, "even days").value == float(by_days[1] / by_days[0])
    assert (round(100 * (ratio.value - 1), 2), round(by_days[1] / by_days[0] - 1, 4)) == (
        13.7,
        Fraction("0.1393"),
    )


def test_a_counted_period_keeps_its_count():
    for spread in ("even months", "even days"):
        assert [aligned_count(YEARS, COUNTS, p, spread).value for p in YEARS] == COUNTS


@QUICK
@given(st.integers(1, 11), st.sampled_from(["even months", "even days"]))
def test_pieces_of_the_whole_time_share_out_every_count(month, spread):
    years = YEARS[:3]
    middle = [Period.year_to(y, month) for y in (2016, 2017)]
    first = Period(years[0].start, middle[0].start - timedelta(days=1))
    last = Period(middle[1].end + timedelta(days=1), years[-1].end)
    weights = [period_weights(years, piece, spread) for piece in (first, *middle, last)]
    assert [sum(column) for column in zip(*weights, strict=True)] == [1, 1, 1]


def test_a_period_that_was_not_counted_throughout_has_no_value():
    estimate = aligned_count(YEARS, COUNTS, Period.year_to(2019, 3))
    assert estimate.value is None
    assert estimate.reason == "not estimable: 90 of its 365 days were not counted"
    ratio = aligned_growth_ratio(YEARS, COUNTS, LATER, Period.year_to(2019, 3))
    assert ratio.reason == estimate.reason
    assert aligned_growth_ratio(YEARS, [0, 0, 0, 5], EARLIER, LATER).reason == ("not estimable: the earlier count is 0")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: aligned_count(YEARS, COUNTS[:3], LATER), "4 periods but 3 counts"),
        (lambda: aligned_count([], [], LATER), "0 periods but 0 counts"),
        (lambda: aligned_count(YEARS, [1, 2, -3, 4], LATER), "2017: count -3 is not a number of 0 or more"),
        (lambda: aligned_count(YEARS, [1, 2, "153", 4], LATER), "2017: count '153' is not a number of 0 or more"),
        (lambda: aligned_count(YEARS, [1, 2, None, 4], LATER, RISING), "2017: count None is not a number"),
        (lambda: aligned_count(YEARS, [1, 2, float("nan"), 4], LATER, RISING), "2017: count nan is not a number"),
        (lambda: aligned_count([*YEARS, LATER], [*COUNTS, 5], LATER), "overlap"),
        (lambda: aligned_count(YEARS, COUNTS, LATER, "even weeks"), 'spread is "even weeks"'),
        (
            lambda: aligned_count(YEARS, COUNTS, Period.parse("2017-04-06", "2018-04-05")),
            "not whole calendar",
        ),
        (lambda: aligned_count(YEARS, COUNTS, Period.parse("2017-04-06", "2018-04-05"), RISING), "not whole calendar"),
        (lambda: aligned_count(YEARS, COUNTS, LATER, "rising months"), 'spread is "rising months"'),
    ],
)
def test_bad_input_is_refused_with_its_place(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# ---- bounds: exact optimality ----


def certified_optimum(objective, months):
    """Greatest objective over 48 months that add up to COUNTS, proved in fractions by weak duality.

    The solver only guesses the months and the multipliers; both are made rational, checked exactly against
    every constraint, and must give the same objective.
    """
    size = 48
    sums = [[int(12 * k <= m < 12 * (k + 1)) for m in range(size)] for k in range(4)]
    falls = []
    if months == RISING:
        falls = [[(m == k) - (m == k + 1) for m in range(size)] for k in range(size - 1)]
    found = linprog(
        [-float(c) for c in objective],
        A_ub=np.array(falls).reshape(-1, size),
        b_ub=np.zeros(len(falls)),
        A_eq=np.array(sums),
        b_eq=COUNTS,
        method="highs",
    )

    def rational(numbers):
        return [Fraction(float(x)).limit_denominator(10**5) for x in numbers]

    series = rational(found.x)
    assert [sum(series[12 * k : 12 * (k + 1)]) for k in range(4)] == COUNTS
    assert all(m >= 0 for m in series)
    assert not falls or all(a <= b for a, b in itertools.pairwise(series))
    on_sums, on_falls = rational(-found.eqlin.marginals), rational(-found.ineqlin.marginals)
    assert all(m >= 0 for m in on_falls)
    for m in range(size):
        priced = sum(p * row[m] for p, row in zip(on_sums, sums, strict=True))
        priced += sum(p * row[m] for p, row in zip(on_falls, falls, strict=True))
        assert priced >= objective[m]
    primal = sum(c * x for c, x in zip(objective, series, strict=True))
    assert primal == sum(p * c for p, c in zip(on_sums, COUNTS, strict=True))
    return primal


def months_in(period):
    axis = [(year, month) for year in range(2015, 2019) for month in range(1, 13)]
    return [Fraction(int(period.start <= date(y, m, 1) <= period.end)) for y, m in axis]


@pytest.mark.parametrize(
    ("target", "months", "low", "high"),
    [
        (EARLIER, ANY, 0, 989),
        (LATER, ANY, 0, 1121),
        (EARLIER, RISING, 462, 527),
        (LATER, RISING, 527, 560),
    ],
)
def test_bounds_on_a_count_are_the_exact_optima(target, months, low, high):
    row = months_in(target)
    assert certified_optimum(row, months) == high
    assert -certified_optimum([-c for c in row], months) == low
    bounds = aligned_count(YEARS, COUNTS, target, months)
    assert (bounds.low, bounds.high) == (low, high)
    assert bounds.value is None
    assert bounds.interval == "range"


def test_bounds_on_the_growth_ratio_are_the_exact_optima():
    bounds = aligned_growth_ratio(YEARS, COUNTS, EARLIER, LATER, RISING)
    earlier, later = months_in(EARLIER), months_in(LATER)
    least, greatest = Fraction(1), Fraction(560, 462)
    # later - ratio x earlier is never above (below) 0 and reaches 0: the ratio is the exact bound.
    assert certified_optimum([b - greatest * a for a, b in zip(earlier, later, strict=True)], RISING) == 0
    assert certified_optimum([least * a - b for a, b in zip(earlier, later, strict=True)], RISING) == 0
    assert bounds.low == pytest.approx(float(least), rel=1e-8)
    assert bounds.high == pytest.approx(float(greatest), rel=1e-8)


def test_growth_ratio_is_unbounded_when_months_may_be_empty():
    bounds = aligned_growth_ratio(YEARS, COUNTS, EARLIER, LATER, ANY)
    assert (bounds.low, bounds.high) == (0, None)
    assert bounds.reason.endswith("unbounded above")


def test_joint_bounds_are_tighter_than_the_ratio_of_separate_ones_when_months_are_shared():
    later = Period.year_to(2017, 9)
    before, after = (aligned_count(YEARS, COUNTS, t, RISING) for t in (EARLIER, later))
    joint = aligned_growth_ratio(YEARS, COUNTS, EARLIER, later, RISING)
    # Months that do not fall cannot hold less in the later of two overlapping years.
    assert joint.low == 1
    assert after.low / before.high < 1 - 1e-3
    assert joint.high <= after.high / before.low


# ---- bounds: enumeration and random months ----


def test_enumeration_of_all_whole_months():
    halves = [Period.parse("2017-01-01", "2017-03-31"), Period.parse("2017-04-01", "2017-06-30")]
    target, counts = Period.parse("2017-02-01", "2017-05-31"), (3, 12)
    first = [s for s in itertools.product(range(4), repeat=3) if sum(s) == 3]
    second = [s for s in itertools.product(range(13), repeat=3) if sum(s) == 12]
    any_months = [sum((a + b)[1:5]) for a in first for b in second]
    bounds = aligned_count(halves, counts, target, ANY)
    assert (bounds.low, bounds.high) == (min(any_months), max(any_months))
    rising = [sum((a + b)[1:5]) for a in first for b in second if list(a + b) == sorted(a + b)]
    bounds = aligned_count(halves, counts, target, RISING)
    assert (bounds.low, bounds.high) == (min(rising), max(rising))


STEPS = st.lists(st.integers(0, 40), min_size=36, max_size=36).map(lambda steps: list(np.cumsum(steps)))
END_MONTHS = st.integers(1, 12)


@QUICK
@given(STEPS, END_MONTHS)
def test_bounds_hold_every_non_decreasing_monthly_series(series, month):
    years = YEARS[:3]
    counts = [int(sum(series[12 * k : 12 * (k + 1)])) for k in range(3)]
    first, second = Period.year_to(2016, month), Period.year_to(2017, month)
    truth = [int(sum(series[month + 12 * k : month + 12 * (k + 1)])) for k in range(2)]
    slack = 1e-6 * (1 + max(counts))
    for target, true in zip((first, second), truth, strict=True):
        narrow = aligned_count(years, counts, target, RISING)
        wide = aligned_count(years, counts, target, ANY)
        assert narrow.low - slack <= true <= narrow.high + slack
        assert wide.low - slack <= narrow.low
        assert narrow.high <= wide.high + slack
        fewer = aligned_count(years[:2], counts[:2], target, RISING)
        assert fewer.low - slack <= narrow.low
        assert fewer.high is None or narrow.high <= fewer.high + slack
        even = aligned_count(years, counts, target)
        assert wide.low - slack <= even.value <= wide.high + slack
    if truth[0]:
        ratio = aligned_growth_ratio(years, counts, first, second, RISING)
        assert ratio.low - 1e-6 <= truth[1] / truth[0]
        assert ratio.high is None or truth[1] / truth[0] <= ratio.high * (1 + 1e-6)


@QUICK
@given(st.integers(2, 1000), END_MONTHS)
def test_bounds_scale_with_the_counts(factor, month):
    target = Period.year_to(2017, month)
    once, scaled = (aligned_count(YEARS, [c * k for c in COUNTS], target, RISING) for k in (1, factor))
    assert [scaled.low, scaled.high] == pytest.approx([factor * once.low, factor * once.high], rel=1e-8)


def test_financial_years_can_be_put_on_calendar_years():
    fiscal = [Period.year_to(y, 3) for y in (2017, 2018)]
    target = Period.calendar_year(2017)
    assert aligned_count(fiscal, [400, 800], target).value == 700
    bounds = aligned_count(fiscal, [400, 800], target, RISING)
    # Least: 3 x 400/12 and then 9 x 400/12, the rest in early 2018. Most: 12 x 800/12, level from January on.
    assert (bounds.low, bounds.high) == (400, 800)


# ---- bounds: refusals ----


def test_months_that_were_not_counted_leave_the_count_unbounded():
    bounds = aligned_count(YEARS, COUNTS, Period.year_to(2019, 3), RISING)
    # The last nine months of 2018 hold at least 3/4 of its count, and the next three no less each than any.
    assert bounds.low == 594
    assert bounds.high is None
    assert "unbounded above" in bounds.reason


def test_falling_counts_have_no_non_decreasing_months():
    for estimate in (
        aligned_count(YEARS, COUNTS[::-1], LATER, RISING),
        aligned_growth_ratio(YEARS, COUNTS[::-1], EARLIER, LATER, RISING),
    ):
        assert (estimate.low, estimate.high) == (None, None)
        assert estimate.reason == "impossible: no non-decreasing months add up to the counts"


def test_a_growth_ratio_from_nothing_is_refused():
    assert aligned_growth_ratio(YEARS, [0, 0, 0, 1], EARLIER, LATER, RISING).reason == (
        "not estimable: the earlier count is 0"
    )


def test_estimates_are_signed_with_their_function():
    assert aligned_count(YEARS, COUNTS, LATER, RISING).function == "analysis.comparison.alignment.aligned_count"
