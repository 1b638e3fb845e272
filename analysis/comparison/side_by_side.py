"""Two series side by side: indices, ratios and rates, with what rounding and overdispersion leave of them.

A count that was published only through a rounded change is a range (low, high) of whole numbers, and stays
one: every function here takes either a number or such a range, and the limits hold over all of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
from scipy.stats import contingency

from analysis.comparison.alignment import aligned_growth_ratio, period_weights
from analysis.estimates import Estimate, computed
from analysis.growth.rates import count_rate, rate_ratio
from analysis.periods import Period

Count = int | tuple[int, int]

RANGE_ONLY = "known only as a range"
ZERO = "not estimable: a count is 0 or may be"
RATIO = {"estimand": "ratio of two growth ratios", "unit": "ratio"}


@computed
def index_to_base(
    years: Sequence[int], counts: Sequence[int], base: int, *, level: float = 0.95
) -> dict[int, Estimate]:
    """Count of each year as a percentage of the count in the `base` year.

    Parameters
    ----------
    years, counts : (k,) each. base : one of `years`.

    Returns
    -------
    Estimate a year with the exact conditional confidence interval of the ratio of two Poisson rates; the base
    is 100 by definition and has none. No values, with the reason, where the count of the base is 0.

    Raises
    ------
    ValueError : `base` is not among the years.

    Examples
    --------
    >>> index = index_to_base([2015, 2016, 2017, 2018], [153, 462, 527, 594], 2016)
    >>> [round(e.value, 1) for e in index.values()]
    [33.1, 100.0, 114.1, 128.6]
    """
    by_year = dict(zip(years, counts, strict=True))
    if base not in by_year:
        raise ValueError(f"base {base}: no count; choose one of {', '.join(map(str, by_year))}")
    unit = f"{base} = 100"
    index = {}
    for year, count in by_year.items():
        estimand = f"count in {year} as an index"
        if year == base and count:
            index[year] = Estimate(estimand=estimand, unit=unit, method="by definition", value=100.0, n=1)
        else:
            index[year] = rate_ratio(count, by_year[base], level=level).scaled(100, unit, estimand)
    return index


@computed
def count_per_100(count: Estimate, bounds: Estimate, incidents: Count) -> Estimate:
    """Count of one kind for every 100 incidents of another, as the range that rounding and alignment allow.

    A ratio of unlike things, not a rate: nothing says that each of the one comes out of the other.

    Parameters
    ----------
    count, bounds : the numerator put on the period of the incidents, spread evenly and as bounds, both from
        `analysis.comparison.alignment.aligned_count`.
    incidents : the denominator, a count or a range of counts.

    Returns
    -------
    Estimate with a range. No value where the incidents are known only as a range, no limit where `bounds` has
    none; `reason` says why.

    Examples
    --------
    >>> described = {"estimand": "count", "unit": "count", "method": "weights"}
    >>> even = Estimate(**described, value=543.75)
    >>> bounds = Estimate(**described, low=527, high=560, interval="range", reason="bounds only")
    >>> ratio = count_per_100(even, bounds, 10643)
    >>> round(ratio.value, 3), round(ratio.low, 2), round(ratio.high, 2)
    (5.109, 4.95, 5.26)
    """
    least, most = _limits(incidents)
    about = {"estimand": "count for every 100 incidents", "unit": "per 100 incidents", "method": "ratio of two counts"}
    if least == 0:
        return Estimate(**about, n=2, reason=ZERO)
    known = count.value is not None and least == most
    reasons = [] if known else [f"the incidents are {RANGE_ONLY}" if least < most else count.reason]
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
def growth_ratio(later: Count, earlier: Count, *, level: float = 0.95, dispersion: float = 1.0) -> Estimate:
    """Ratio of two rates where either count may be known only as a range.

    Returns
    -------
    Estimate with a confidence interval that covers whichever count of the range is the true one: the widest
    limits of `analysis.growth.rates.rate_ratio` over it. No value where a count is known only as a range, and
    no upper limit where the earlier may be 0.

    Examples
    --------
    >>> e = growth_ratio(10643, (9215, 9295))
    >>> round(e.low, 3), round(e.high, 3), e.reason
    (1.113, 1.188, 'a count is known only as a range')
    """
    (later_low, later_high), (least, most) = _limits(later), _limits(earlier)
    lowest = rate_ratio(later_low, most, level=level, dispersion=dispersion)
    highest = rate_ratio(later_high, least, level=level, dispersion=dispersion)
    if later_low == later_high and least == most:
        return highest
    if not (lowest.interval and highest.interval):
        return lowest if not lowest.interval else highest
    return Estimate(
        estimand=lowest.estimand,
        unit="ratio",
        method="ratio of two counts",
        low=lowest.low,
        high=highest.high,
        level=level,
        interval="confidence",
        interval_method=f"{lowest.interval_method}, widest over the range",
        n=2,
        assumes=lowest.assumes,
        reason="; ".join(filter(None, [f"a count is {RANGE_ONLY}", highest.reason])),
    )


@computed
def ratio_of_growth_ratios_range(growth: Estimate, comparison_later: int, comparison_earlier: Count) -> Estimate:
    """Growth ratio of one series over that of another, the counts taken as they stand.

    Parameters
    ----------
    growth : growth ratio of the first series, with its range where `alignment` can only bound it.
    comparison_later, comparison_earlier : counts of the second; the earlier may be a range.

    Returns
    -------
    Estimate with the range left by rounding and by the bounds. The value takes the middle of the range of
    the earlier count; where `growth` has none there is none, and its reason is passed on.

    Examples
    --------
    >>> growth = Estimate(estimand="growth ratio", unit="ratio", method="weights", value=543.75 / 478.25)
    >>> e = ratio_of_growth_ratios_range(growth, 10643, (9215, 9295))
    >>> round(e.value, 4), round(e.low, 4), round(e.high, 4)
    (0.9887, 0.9844, 0.993)
    """
    (least, most), (later, _) = _limits(comparison_earlier), _limits(comparison_later)
    if least == 0 or later == 0:
        return Estimate(**RATIO, method="ratio of ratios", reason=ZERO)
    low, high = (growth.low, growth.high) if growth.interval else (growth.value, growth.value)
    bounded = low is not None or high is not None
    return Estimate(
        **RATIO,
        method="ratio of ratios",
        value=None if growth.value is None else growth.value * (least + most) / 2 / later,
        low=None if low is None else low * least / later,
        high=None if high is None else high * most / later,
        interval="range" if bounded else "",
        interval_method="extremes of both ranges" if bounded else "",
        assumes="the counts as they stand, without chance",
        reason=growth.reason,
    )


@computed
def ratio_of_growth_ratios(
    periods: Sequence[Period],
    counts: Sequence[int],
    earlier: Period,
    later: Period,
    comparison_later: int,
    comparison_earlier: Count,
    *,
    dispersion: float = 1.0,
    level: float = 0.95,
    replicates: int = 400_000,
    seed: int = 2018,
) -> Estimate:
    """Growth ratio of one series, put on the periods of another, over the growth ratio of that other.

    Each expected count is drawn from the gamma distribution whose mean is the observed count and whose
    variance is `dispersion` times it; the earlier count of the comparison is first drawn evenly from its
    range. A count that both periods share is drawn once. With two counts and no alignment the growth ratio
    is then the observed one times an F variable.

    Parameters
    ----------
    periods, counts : the first series, (k,) each, its periods spread evenly over their months.
    earlier, later : the periods of the comparison.
    comparison_later, comparison_earlier : its counts; the earlier may be a range.
    dispersion : variance over mean of every count.
    replicates, seed : draws and where they start.

    Returns
    -------
    Estimate with a confidence interval; the value takes the middle of the range of the earlier count. No value,
    and the reason, where a period was not counted throughout or a count that matters is 0.

    Raises
    ------
    ValueError : as `aligned_growth_ratio`, or a dispersion not above 0.

    Source
    ------
    Fraser (1961), Biometrika 48, 261-280, on fiducial distributions for a scale; the gamma for a Poisson mean
    lies between those of the two exact limits of Garwood (1936).

    Examples
    --------
    >>> years = [Period.calendar_year(y) for y in (2016, 2017, 2018)]
    >>> fiscal = Period.year_to(2017, 3), Period.year_to(2018, 3)
    >>> e = ratio_of_growth_ratios(years, [462, 527, 594], *fiscal, 10643, (9215, 9295))
    >>> round(e.value, 4), round(e.low, 2), round(e.high, 2)
    (0.9887, 0.91, 1.08)
    """
    if not dispersion > 0:
        raise ValueError(f"dispersion {dispersion:g} is not above 0: give 1 for Poisson counts")
    growth = aligned_growth_ratio(periods, counts, earlier, later)
    middle = ratio_of_growth_ratios_range(growth, comparison_later, comparison_earlier)
    weights = np.array([period_weights(periods, period) for period in (earlier, later)], dtype=float)
    seen = np.asarray(counts, dtype=float)
    reason = middle.reason or (ZERO if (seen[weights.any(axis=0)] == 0).any() else "")
    if reason:
        return Estimate(**RATIO, method="ratio of ratios", reason=reason)
    least, most = _limits(comparison_earlier)
    rng = np.random.default_rng(seed)
    means = rng.gamma(seen / dispersion, dispersion, (replicates, len(seen)))
    before, after = weights @ means.T
    base = rng.gamma(rng.integers(least, most + 1, replicates) / dispersion, dispersion)
    ratios = after / before * base / rng.gamma(comparison_later / dispersion, dispersion, replicates)
    low, high = np.quantile(ratios, [(1 - level) / 2, (1 + level) / 2])
    variance = "variance equal to the mean" if dispersion == 1 else f"variance {dispersion:g} times the mean"
    equally = "" if least == most else "; each earlier count that rounding allows equally likely"
    return Estimate(
        **RATIO,
        method="ratio of ratios",
        value=middle.value,
        low=float(low),
        high=float(high),
        level=level,
        interval="confidence",
        interval_method=f"gamma draws ({replicates:,})",
        n=len(counts) + 2,
        assumes=f"independent counts, {variance}{equally}",
    )


@computed
def odds_ratio(
    later: int, earlier: int, comparison_later: int, comparison_earlier: Count, *, level: float = 0.95
) -> Estimate:
    """Ratio of two growth ratios of Poisson counts, exact given the totals of the table.

    Given the row and column totals of the two-by-two table the first count follows Fisher's noncentral
    hypergeometric distribution, whose odds ratio is the ratio of the growth ratios.

    Parameters
    ----------
    later, earlier : counts of the first series.
    comparison_later, comparison_earlier : counts of the second; the earlier may be a range.

    Returns
    -------
    Estimate with an exact confidence interval, coverage at least `level`; over a range the widest limits. The
    value is the conditional maximum likelihood estimate, at the middle of the range. No value, and the reason,
    where a count is 0.

    Source
    ------
    Fisher (1935), Journal of the Royal Statistical Society 98, 39-82; Cornfield (1956), Third Berkeley
    Symposium 4, 135-148.

    Examples
    --------
    >>> e = odds_ratio(527, 462, 10643, 9255)
    >>> round(e.value, 3), round(e.low, 3), round(e.high, 3)
    (0.992, 0.871, 1.13)
    """
    (later, _), (earlier, _), (comparison_later, _) = map(_limits, (later, earlier, comparison_later))
    least, most = _limits(comparison_earlier)
    about = {**RATIO, "method": "conditional maximum likelihood", "n": 4}
    if 0 in (later, earlier, comparison_later, least):
        return Estimate(**about, reason=ZERO)
    at_least, at_middle, at_most = (
        contingency.odds_ratio([[later, earlier], [comparison_later, base]])
        for base in (least, (least + most) // 2, most)
    )
    return Estimate(
        **about,
        value=float(at_middle.statistic),
        low=float(at_least.confidence_interval(level).low),
        high=float(at_most.confidence_interval(level).high),
        level=level,
        interval="confidence",
        interval_method="exact conditional" + ("" if least == most else ", widest over the range"),
        assumes="Poisson counts, independent",
    )


@computed
def rate_per_1000(
    count: Count, period: Period, days: Sequence[date], populations: Sequence[int], *, level: float = 0.95
) -> Estimate:
    """Count a year for every 1,000 people held, over the population on one day of the period.

    Parameters
    ----------
    count : a count over `period`, or a range. period : twelve months.
    days, populations : the days on which the population was counted, and how many, (k,) each. The day inside
        the period nearest to its middle is used, and `method` names it: a mid-year population lies
        in the middle of a calendar year but in the third month of a financial year.

    Returns
    -------
    Estimate with the exact (Garwood) confidence interval of the count over that population, taken as known;
    widest over the range. No value where the count is a range, or where no day falls inside the period.

    Raises
    ------
    ValueError : `period` is not twelve months.

    Examples
    --------
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
    low, high = _limits(count)
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


def _limits(count: Count) -> tuple[int, int]:
    """Least and greatest of a count that may be a range."""
    low, high = count if isinstance(count, tuple) else (count, count)
    if not all(isinstance(end, int | np.integer) for end in (low, high)) or not 0 <= low <= high:
        raise ValueError(f"count {count!r}: give a whole number of 0 or more, or a range (low, high) of such")
    return low, high
