"""Counts of one set of periods put on another: by weights, or as bounds that assume much less.

A count for a calendar year says nothing about its months, so the count of a financial year is not known.
Weights answer by assuming that each year is spread evenly. Bounds answer with every value that some monthly
series could give while it still adds up to the published counts.
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Literal

import numpy as np
from scipy.optimize import OptimizeResult, linprog

from analysis.estimates import Estimate, computed
from analysis.periods import Period

Weights = Literal["months", "days"]
Months = Literal["non-negative", "non-decreasing"]

BOUNDS_ONLY = "bounds only: no spread over the months is assumed"
_ASSUMES = {
    "non-negative": "no month holds less than 0",
    "non-decreasing": "no month holds less than 0 or less than the month before it",
}
_EVEN = {"months": "each month of a period holds the same", "days": "each day of a period holds the same"}


def period_weights(periods: Sequence[Period], target: Period, *, by: Weights = "months") -> tuple[Fraction, ...]:
    """Share of each period that falls inside `target`, as an exact fraction.

    Parameters
    ----------
    periods : the periods that were counted, (k,); none may overlap another.
    target : the period wanted.
    by : "months" counts whole calendar months, "days" counts days.

    Raises
    ------
    ValueError : two periods overlap, or months are asked for and a period does not hold whole months.

    Examples
    --------
    >>> years = [Period.calendar_year(2016), Period.calendar_year(2017)]
    >>> [str(w) for w in period_weights(years, Period.year_to(2017, 3))]
    ['3/4', '1/4']
    >>> [str(w) for w in period_weights(years, Period.year_to(2017, 3), by="days")]
    ['275/366', '18/73']
    """
    _check(periods, overlap=False)
    if by == "days":
        return tuple(Fraction(p.days_shared(target), p.days) for p in periods)
    if by != "months":
        raise ValueError(f'by is "{by}"; use "months" or "days"')
    for period in (*periods, target):
        _check_whole_months(period)
    return tuple(Fraction(p.months_shared(target), len(p.months)) for p in periods)


@computed
def aligned_count(
    periods: Sequence[Period], counts: Sequence[int], target: Period, *, by: Weights = "months"
) -> Estimate:
    """Count in `target` if every counted period were spread evenly over its months or days.

    Parameters
    ----------
    periods, counts : the periods that were counted and their counts, (k,) each.
    target : the period wanted.
    by : "months" or "days".

    Returns
    -------
    Estimate without an interval: the assumption is not one whose error can be measured here, so set
    `count_bounds` beside it. When part of `target` was not counted there is no value, and `reason` says so.

    Raises
    ------
    ValueError : lengths differ, a count is negative, periods overlap, or months do not divide them.

    Examples
    --------
    >>> years = [Period.calendar_year(2016), Period.calendar_year(2017)]
    >>> aligned_count(years, [462, 527], Period.year_to(2017, 3)).value
    478.25
    """
    exact, reason = _even(periods, counts, target, by)
    return Estimate(
        estimand=f"count in the {_name(target)}",
        unit="count",
        method=f"weights by {by}",
        value=None if exact is None else float(exact),
        n=_used(periods, target),
        assumes=_EVEN[by],
        reason=reason,
    )


@computed
def aligned_growth_ratio(
    periods: Sequence[Period],
    counts: Sequence[int],
    earlier: Period,
    later: Period,
    *,
    by: Weights = "months",
) -> Estimate:
    """Ratio of the count in `later` to the count in `earlier` if every period were spread evenly.

    Parameters, Raises : as `aligned_count`.

    Returns
    -------
    Estimate without an interval; no value, with the reason, when either period was not counted throughout
    or the earlier count is 0.

    Examples
    --------
    >>> years = [Period.calendar_year(y) for y in (2016, 2017, 2018)]
    >>> fiscal = Period.year_to(2017, 3), Period.year_to(2018, 3)
    >>> round(aligned_growth_ratio(years, [462, 527, 594], *fiscal).value, 4)
    1.137
    """
    before, reason_before = _even(periods, counts, earlier, by)
    after, reason_after = _even(periods, counts, later, by)
    reason = reason_before or reason_after
    if not reason and before == 0:
        reason = "not estimable: the earlier count is 0"
    return Estimate(
        estimand=f"count in the {_name(later)} over the count in the {_name(earlier)}",
        unit="ratio",
        method=f"weights by {by}",
        value=None if reason else float(after / before),
        n=_used(periods, earlier, later),
        assumes=_EVEN[by],
        reason=reason,
    )


@computed
def count_bounds(
    periods: Sequence[Period], counts: Sequence[int], target: Period, *, months: Months = "non-decreasing"
) -> Estimate:
    """Least and greatest count in `target` over all monthly series that add up to the counts.

    Two linear programmes with one variable a month, one equation a counted period and, for
    "non-decreasing", one inequality a pair of neighbouring months. Months may hold fractions, so the
    bounds are never narrower than those for whole counts.

    Parameters
    ----------
    periods, counts : the periods that were counted, of whole months, and their counts, (k,) each.
    target : the period wanted, of whole months; it may reach outside the counted ones.
    months : "non-negative" assumes nothing more of them; "non-decreasing" assumes that none is below the
        month before, from the first month involved to the last.

    Returns
    -------
    Estimate with a range and no value. `reason` also says why a limit is missing: unbounded where
    uncounted months may hold anything, or no such months exist (falling counts rule out "non-decreasing").

    Raises
    ------
    ValueError : lengths differ, a count is negative, or a period does not hold whole months.

    Source
    ------
    Partial identification: Manski (2003), Partial Identification of Probability Distributions, ch. 1.
    Solver: HiGHS, Huangfu & Hall (2018), Mathematical Programming Computation 10.

    Examples
    --------
    >>> years = [Period.calendar_year(y) for y in (2016, 2017, 2018)]
    >>> bounds = count_bounds(years, [462, 527, 594], Period.year_to(2018, 3))
    >>> bounds.low, bounds.high
    (527.0, 560.0)
    """
    programme = _Programme(periods, counts, (target,), months)
    row = programme.row(target)
    limits = [programme.extreme(row, sign) for sign in (1, -1)]
    return programme.estimate(f"count in the {_name(target)}", "count", limits, _used(periods, target))


@computed
def growth_ratio_bounds(
    periods: Sequence[Period],
    counts: Sequence[int],
    earlier: Period,
    later: Period,
    *,
    months: Months = "non-decreasing",
) -> Estimate:
    """Least and greatest ratio of the count in `later` to that in `earlier`, both from the same months.

    A ratio of two sums is linear-fractional; scaling the months so that the earlier period holds 1 makes
    each bound one linear programme (Charnes & Cooper). The bounds are attained by one monthly series each,
    so they can be tighter than the ratio of the two counts' own bounds.

    Parameters, Raises : as `count_bounds`.

    Returns
    -------
    Estimate with a range and no value; unbounded above when the earlier period may hold nothing.

    Source
    ------
    Charnes & Cooper (1962), Naval Research Logistics Quarterly 9, 181-186.

    Examples
    --------
    >>> years = [Period.calendar_year(y) for y in (2016, 2017, 2018)]
    >>> fiscal = Period.year_to(2017, 3), Period.year_to(2018, 3)
    >>> bounds = growth_ratio_bounds(years, [462, 527, 594], *fiscal)
    >>> round(bounds.low, 3), round(bounds.high, 3)
    (1.0, 1.212)
    """
    programme = _Programme(periods, counts, (earlier, later), months)
    over, under = programme.row(later), programme.row(earlier)
    limits = [programme.extreme_ratio(over, under, sign) for sign in (1, -1)]
    estimand = f"count in the {_name(later)} over the count in the {_name(earlier)}"
    return programme.estimate(estimand, "ratio", limits, _used(periods, earlier, later))


class _Programme:
    """The monthly series that add up to the counts, as the constraints of a linear programme."""

    def __init__(self, periods: Sequence[Period], counts: Sequence[int], targets: Sequence[Period], months: Months):
        if months not in _ASSUMES:
            raise ValueError(f'months is "{months}"; use "non-negative" or "non-decreasing"')
        _check(periods, counts)
        for period in (*periods, *targets):
            _check_whole_months(period)
        spans = (*periods, *targets)
        self.axis = Period(min(p.start for p in spans), max(p.end for p in spans)).months
        self.months = months
        self.sums = np.array([self.row(p) for p in periods])
        self.counts = np.asarray(counts, dtype=float)
        size = len(self.axis)
        falls = np.eye(size - 1, size) - np.eye(size - 1, size, k=1)
        self.falls = falls if months == "non-decreasing" else np.empty((0, size))
        self.feasible = self._solve(np.zeros(size), self.falls, self.sums, self.counts).status == 0

    def row(self, period: Period) -> np.ndarray:
        """Which months of the axis the period holds, as 0 and 1."""
        inside = set(period.months)
        return np.array([float(month in inside) for month in self.axis])

    def extreme(self, row: np.ndarray, sign: int) -> float | None:
        """Least (sign 1) or greatest (sign -1) value of row @ months; None when unbounded."""
        return self._limit(self._solve(sign * row, self.falls, self.sums, self.counts), sign)

    def extreme_ratio(self, over: np.ndarray, under: np.ndarray, sign: int) -> float | None:
        """Least or greatest over @ months / under @ months; the variables are the months times a scale."""
        sums = np.vstack([np.column_stack([self.sums, -self.counts]), np.append(under, 0.0)])
        totals = np.append(np.zeros(len(self.counts)), 1.0)
        falls = np.column_stack([self.falls, np.zeros(len(self.falls))])
        return self._limit(self._solve(np.append(sign * over, 0.0), falls, sums, totals), sign)

    def estimate(self, estimand: str, unit: str, limits: Sequence[float | None], n: int) -> Estimate:
        """The two limits as an Estimate, with the reason for each that is missing."""
        low, high = limits
        if not self.feasible:
            reason = f"impossible: no {self.months} months add up to the counts"
        elif low is None and high is None:
            reason = "not estimable: the earlier count is 0"
        elif high is None:
            reason = f"{BOUNDS_ONLY}; unbounded above"
        else:
            reason = BOUNDS_ONLY
        return Estimate(
            estimand=estimand,
            unit=unit,
            method="bounds over monthly series",
            low=low,
            high=high,
            interval="range",
            interval_method="linear programme",
            n=n,
            assumes=_ASSUMES[self.months],
            reason=reason,
        )

    @staticmethod
    def _limit(result: OptimizeResult, sign: int) -> float | None:
        # Nine decimals hide the solver's last bits, which differ between machines.
        return abs(round(sign * result.fun, 9)) if result.status == 0 else None

    @staticmethod
    def _solve(objective: np.ndarray, falls: np.ndarray, sums: np.ndarray, totals: np.ndarray) -> OptimizeResult:
        return linprog(objective, A_ub=falls, b_ub=np.zeros(len(falls)), A_eq=sums, b_eq=totals, method="highs")


def _even(periods: Sequence[Period], counts: Sequence[int], target: Period, by: Weights) -> tuple[Fraction | None, str]:
    _check(periods, counts)
    weights = period_weights(periods, target, by=by)
    uncounted = _uncounted(periods, target)
    if uncounted:
        return None, f"not estimable: {uncounted} of its {target.days} days were not counted"
    return sum((w * Fraction(c) for w, c in zip(weights, counts, strict=True)), Fraction()), ""


def check_covered(periods: Sequence[Period], *targets: Period) -> None:
    """Refuses periods that leave days of a target uncounted.

    >>> check_covered([Period.calendar_year(2017)], Period.year_to(2018, 3))
    Traceback (most recent call last):
    ...
    ValueError: 2017 to 2017 leaves 90 days of the year to March 2018 uncounted; keep the years up to 2018
    """
    for target in targets:
        uncounted = _uncounted(periods, target)
        if uncounted:
            raise ValueError(
                f"{periods[0].label} to {periods[-1].label} leaves {uncounted} days of the {target.label} uncounted; "
                f"keep the years {'from' if periods[0].start > target.start else 'up to'} "
                f"{target.start.year if periods[0].start > target.start else target.end.year}"
            )


def _uncounted(periods: Sequence[Period], target: Period) -> int:
    return target.days - sum(period.days_shared(target) for period in periods)


def _used(periods: Sequence[Period], *targets: Period) -> int:
    return sum(any(p.days_shared(t) for t in targets) for p in periods)


def _name(period: Period) -> str:
    return f"year {period.label}" if period.is_calendar_year else period.label


def _check(periods: Sequence[Period], counts: Sequence[int] | None = None, *, overlap: bool = True) -> None:
    if not periods:
        raise ValueError("no periods given; give at least one with its count")
    if counts is not None:
        if len(periods) != len(counts):
            raise ValueError(f"{len(periods)} periods but {len(counts)} counts; give one count a period")
        for period, count in zip(periods, counts, strict=True):
            if not count >= 0:
                raise ValueError(f"{period.label}: count {count} is not 0 or more")
    ordered = sorted(periods)
    for first, second in zip(ordered, ordered[1:], strict=False):
        if not overlap and second.start <= first.end:
            raise ValueError(f"{first.label} and {second.label} overlap; weights need separate periods")


def _check_whole_months(period: Period) -> None:
    last = calendar.monthrange(period.end.year, period.end.month)[1]
    if period.start.day != 1 or period.end != date(period.end.year, period.end.month, last):
        raise ValueError(f"{period.label}: not whole calendar months; use weights by days")
