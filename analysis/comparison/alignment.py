"""Counts of one set of periods put on another: spread evenly, or as bounds that assume much less.

A count for a calendar year says nothing about its months, so the count of a financial year is not known. An even
spread answers by assumption. Bounds answer with every value that some monthly series could give while it still adds
up to the published counts.
"""

from __future__ import annotations

import calendar
import itertools
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from numbers import Real
from typing import Literal, get_args

import numpy as np
from scipy.optimize import OptimizeResult, linprog

from analysis.estimates import Estimate, computed
from analysis.periods import Period

Spread = Literal["even months", "even days", "non-decreasing months", "non-negative months"]
SPREADS: tuple[Spread, ...] = get_args(Spread)

BOUNDS_ONLY = "bounds only: no spread over the months is assumed"
_ASSUMES = {
    "even months": "each month of a period holds the same",
    "even days": "each day of a period holds the same",
    "non-decreasing months": "no month holds less than 0 or less than the month before it",
    "non-negative months": "no month holds less than 0",
}


def period_weights(periods: Sequence[Period], target: Period, spread: Spread = "even months") -> tuple[Fraction, ...]:
    """Share of each period that falls inside `target`, as an exact fraction.

    periods : the periods that were counted, (k,); none may overlap another.
    target : the period wanted.
    spread : "even months" counts whole calendar months, "even days" counts days.

    Raises ValueError: two periods overlap, or months are asked for and a period does not hold whole months.

    >>> years = [Period.calendar_year(2016), Period.calendar_year(2017)]
    >>> [str(w) for w in period_weights(years, Period.year_to(2017, 3))]
    ['3/4', '1/4']
    >>> [str(w) for w in period_weights(years, Period.year_to(2017, 3), "even days")]
    ['275/366', '18/73']
    """
    ordered = sorted(periods)
    for first, second in itertools.pairwise(ordered):
        if second.start <= first.end:
            raise ValueError(f"{first.label} and {second.label} overlap; an even spread needs separate periods")
    if spread == "even days":
        return tuple(Fraction(p.days_shared(target), p.days) for p in periods)
    _check_whole_months(*periods, target)
    return tuple(Fraction(p.months_shared(target), len(p.months)) for p in periods)


@computed
def aligned_count(
    periods: Sequence[Period], counts: Sequence[int], target: Period, spread: Spread = "even months"
) -> Estimate:
    """Count in `target`, if the counted periods are spread over their months in one of four ways.

    periods, counts : the periods that were counted and their counts, (k,) each.
    target : the period wanted; for bounds it may reach outside the counted ones.
    spread : one of `SPREADS`. The even ones give a value: the counts weighted by the share of each period that falls
        inside. The others give bounds: the least and the greatest count over all monthly series that add up to
        the counts, by two linear programmes with one variable a month. Months may hold fractions, so the bounds
        are never narrower than those for whole counts.

    Returns Estimate with a value and no interval for an even spread, since the error of that assumption cannot be
    measured here; with a range and no value for the bounds. `reason` says why either is missing: days that were not
    counted, or counts that fall, which no months that do not fall can give.

    Raises ValueError: lengths differ, a count is not a number of 0 or more, periods overlap where they are spread
    evenly, or do not hold whole months.

    Source: Partial identification: Manski (2003), Partial Identification of Probability Distributions, ch. 1. Solver:
    HiGHS, Huangfu & Hall (2018), Mathematical Programming Computation 10.

    >>> years = [Period.calendar_year(y) for y in (2016, 2017, 2018)]
    >>> aligned_count(years, [462, 527, 594], Period.year_to(2018, 3)).value
    543.75
    >>> bounds = aligned_count(years, [462, 527, 594], Period.year_to(2018, 3), "non-decreasing months")
    >>> bounds.low, bounds.high
    (527.0, 560.0)
    """
    return _aligned(f"count in the {_name(target)}", "count", periods, counts, target, None, spread)


@computed
def aligned_growth_ratio(
    periods: Sequence[Period], counts: Sequence[int], earlier: Period, later: Period, spread: Spread = "even months"
) -> Estimate:
    """Ratio of the count in `later` to the count in `earlier`, if the periods are spread in one of four ways.

    A ratio of two sums is linear-fractional; scaling the months so that the earlier period holds 1 makes each bound one
    linear programme. Both counts come from the same months, so the bounds can be tighter than the ratio of the
    two counts' own bounds.

    Parameters, Raises : as `aligned_count`.

    Returns Estimate with a value for an even spread, with a range for the bounds; unbounded above where the earlier
    period may hold nothing, and neither where it holds nothing.

    Source: Charnes & Cooper (1962), Naval Research Logistics Quarterly 9, 181-186.

    >>> years = [Period.calendar_year(y) for y in (2016, 2017, 2018)]
    >>> fiscal = Period.year_to(2017, 3), Period.year_to(2018, 3)
    >>> round(aligned_growth_ratio(years, [462, 527, 594], *fiscal).value, 4)
    1.137
    >>> bounds = aligned_growth_ratio(years, [462, 527, 594], *fiscal, "non-decreasing months")
    >>> round(bounds.low, 3), round(bounds.high, 3)
    (1.0, 1.212)
    """
    estimand = f"count in the {_name(later)} over the count in the {_name(earlier)}"
    return _aligned(estimand, "ratio", periods, counts, later, earlier, spread)


def _aligned(
    estimand: str,
    unit: str,
    periods: Sequence[Period],
    counts: Sequence[int],
    over: Period,
    under: Period | None,
    spread: Spread,
) -> Estimate:
    """Count in `over`, for each in `under` where given."""
    _check(periods, counts, spread)
    used = sum(any(p.days_shared(t) for t in (over, under or over)) for p in periods)
    about = {"estimand": estimand, "unit": unit, "n": used, "assumes": _ASSUMES[spread]}
    if spread.startswith("even"):
        value, reason = _even(periods, counts, over, under, spread)
        return Estimate(**about, method=f"weights by {spread.removeprefix('even ')}", value=value, reason=reason)
    low, high, reason = _bounds(periods, counts, over, under, spread)
    return Estimate(
        **about,
        method="bounds over monthly series",
        low=low,
        high=high,
        interval="range",
        interval_method="linear programme",
        reason=reason,
    )


def _even(
    periods: Sequence[Period], counts: Sequence[int], over: Period, under: Period | None, spread: Spread
) -> tuple[float | None, str]:
    """Value under an even spread, and why it is missing."""
    found = []
    for target in (under, over) if under else (over,):
        weights = period_weights(periods, target, spread)
        uncounted = target.days - sum(period.days_shared(target) for period in periods)
        if uncounted:
            return None, f"not estimable: {uncounted} of its {target.days} days were not counted"
        found.append(sum((w * Fraction(c) for w, c in zip(weights, counts, strict=True)), Fraction()))
    if under and not found[0]:
        return None, "not estimable: the earlier count is 0"
    return float(found[1] / found[0] if under else found[0]), ""


def _bounds(
    periods: Sequence[Period], counts: Sequence[int], over: Period, under: Period | None, spread: Spread
) -> tuple[float | None, float | None, str]:
    """Least and greatest value over all monthly series that add up to the counts, and why a limit is missing.

    The variables are the months times a scale, and the scale: 1 for a count; for a ratio, so that `under` holds 1.
    """
    spans = (*periods, over, under or over)
    _check_whole_months(*spans)
    axis = Period(min(p.start for p in spans), max(p.end for p in spans)).months
    inside = {period: set(period.months) for period in spans}
    rows = {period: np.array([*(float(month in held) for month in axis), 0.0]) for period, held in inside.items()}
    size = len(axis)
    scale = np.append(np.zeros(size), 1.0)
    falls = np.eye(size - 1, size + 1) - np.eye(size - 1, size + 1, k=1)
    falls[:, -1] = 0
    sums = [rows[p] - count * scale for p, count in zip(periods, counts, strict=True)]

    def solve(objective: np.ndarray, one: np.ndarray) -> OptimizeResult:
        falling = falls if spread == "non-decreasing months" else falls[:0]
        return linprog(
            objective,
            A_ub=falling,
            b_ub=np.zeros(len(falling)),
            A_eq=np.array([*sums, one]),
            b_eq=[*np.zeros(len(sums)), 1],
            method="highs",
        )

    if solve(0 * scale, scale).status != 0:
        return None, None, f"impossible: no {spread} add up to the counts"
    found = [solve(sign * rows[over], rows[under] if under else scale) for sign in (1, -1)]
    # Nine decimals hide the solver's last bits, which differ between machines.
    low, high = (abs(round(result.fun, 9)) if result.status == 0 else None for result in found)
    if low is None:
        return None, None, "not estimable: the earlier count is 0"
    return low, high, BOUNDS_ONLY if high is not None else f"{BOUNDS_ONLY}; unbounded above"


def _name(period: Period) -> str:
    return f"year {period.label}" if period.is_calendar_year else period.label


def _check(periods: Sequence[Period], counts: Sequence[int], spread: Spread) -> None:
    if spread not in SPREADS:
        raise ValueError(f'spread is "{spread}"; use one of {", ".join(SPREADS)}')
    if not periods or len(periods) != len(counts):
        raise ValueError(f"{len(periods)} periods but {len(counts)} counts; give at least one, and a count for each")
    for period, count in zip(periods, counts, strict=True):
        if not isinstance(count, Real) or not 0 <= count < float("inf"):
            raise ValueError(f"{period.label}: count {count!r} is not a number of 0 or more")


def _check_whole_months(*periods: Period) -> None:
    for period in periods:
        last = calendar.monthrange(period.end.year, period.end.month)[1]
        if period.start.day != 1 or period.end != date(period.end.year, period.end.month, last):
            raise ValueError(f"{period.label}: not whole calendar months; spread over days instead")
