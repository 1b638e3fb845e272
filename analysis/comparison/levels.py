"""The level of a count beside another count, or beside a population."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from analysis.comparison.side_by_side import RANGE_ONLY, ZERO, Count, limits_of
from analysis.estimates import Estimate, computed
from analysis.growth.rates import count_rate
from analysis.periods import Period


@computed
def count_per_100(count: Estimate, bounds: Estimate, other: Count) -> Estimate:
    """Count of one kind for every 100 of another, as the range that rounding and alignment allow.

    A ratio of unlike things, not a rate: nothing says that each of the one comes out of the other.

    count, bounds : the numerator put on the period of the other count, spread evenly and as bounds, both from
        `analysis.comparison.alignment.aligned_count`.
    other : the denominator, a count or a range of counts.

    Returns Estimate with a range. No value where the other count is known only as a range, no limit where `bounds` has
    none; `reason` says why.

    >>> described = {"estimand": "count", "unit": "count", "method": "weights"}
    >>> even = Estimate(**described, value=543.75)
    >>> bounds = Estimate(**described, low=527, high=560, interval="range", reason="bounds only")
    >>> ratio = count_per_100(even, bounds, 10643)
    >>> round(ratio.value, 3), round(ratio.low, 2), round(ratio.high, 2)
    (5.109, 4.95, 5.26)
    """
    least, most = limits_of(other)
    about = {"estimand": "count for every 100 of the other series", "unit": "per 100", "method": "ratio of two counts"}
    if least == 0:
        return Estimate(**about, n=2, reason=ZERO)
    known = count.value is not None and least == most
    reasons = [] if known else [f"the other count is {RANGE_ONLY}" if least < most else count.reason]
    if bounds.low is None or bounds.high is None:
        reasons.append(bounds.reason)
    return Estimate(
        **about,
        value=100 * count.value / least if known else None,
        low=None if bounds.low is None else 100 * bounds.low / most,
        high=None if bounds.high is None else 100 * bounds.high / least,
        interval="range",
        interval_method="extremes of both ranges",
        n=2,
        reason="; ".join(reasons),
    )


@computed
def rate_per_1000(
    count: Count, period: Period, days: Sequence[date], populations: Sequence[int], *, level: float = 0.95
) -> Estimate:
    """Count a year for every 1,000 people held, over the population on one day of the period.

    count : a count over `period`, or a range. period : twelve months.
    days, populations : the days on which the population was counted, and how many, (k,) each. The day inside
        the period nearest to its middle is used, and `method` names it: a mid-year population lies
        in the middle of a calendar year but in the third month of a financial year.

    Returns Estimate with the exact (Garwood) confidence interval of the count over that population, taken as known;
    widest over the range. No value where the count is a range, or where no day falls inside the period.

    Raises ValueError: `period` is not twelve months.

    >>> e = rate_per_1000(527, Period.calendar_year(2017), [date(2017, 6, 30)], [85863])
    >>> round(e.value, 2), round(e.low, 2), round(e.high, 2), e.method
    (6.14, 5.62, 6.68, 'count over the population of 85,863 on 30 June 2017')
    """
    if not period.is_year:
        raise ValueError(f"{period.label}: not twelve months; a rate a year needs a full year")
    about = {"estimand": f"count for every 1,000 people, {period.label}", "unit": "per 1,000 a year"}
    middle = period.start.toordinal() + period.days / 2
    inside = [
        (abs(day.toordinal() - middle), day, people)
        for day, people in zip(days, populations, strict=True)
        if period.start <= day <= period.end and people > 0
    ]
    if not inside:
        reason = f"not estimable: no population counted in {period.label}"
        return Estimate(**about, method="count over a population", reason=reason)
    _, day, people = min(inside)
    low, high = limits_of(count)
    least, most = count_rate(low, level=level), count_rate(high, level=level)
    return Estimate(
        **about,
        method=f"count over the population of {people:,} on {Period(day, day).label}",
        value=1000 * low / people if low == high else None,
        low=1000 * least.low / people,
        high=1000 * most.high / people,
        level=level,
        interval="confidence",
        interval_method=least.interval_method,
        n=1,
        assumes=f"{least.assumes}; the population taken as known",
        reason="" if low == high else f"the count is {RANGE_ONLY}",
    )
