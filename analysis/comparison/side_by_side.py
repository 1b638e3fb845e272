"""Two series side by side: indices, ratios and rates, with what rounding and overdispersion leave of them.

A count that was published only through a rounded change is a range (low, high) of whole numbers, and stays
one: every function here takes either a number or such a range, and the limits hold over all of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
from scipy.stats import contingency

from analysis.estimates import Estimate, computed
from analysis.growth.rates import count_rate, rate_ratio
from analysis.periods import Period

Count = int | tuple[int, int]

RANGE_ONLY = "known only as a range"


@computed
def index_to_base(
    years: Sequence[int], counts: Sequence[int], base: int, *, level: float = 0.95
) -> dict[int, Estimate]:
    """Count of each year as a percentage of the count in the `base` year.

    Parameters
    ----------
    years, counts : (k,) each. base : one of `years`, with a count above 0.

    Returns
    -------
    Estimate a year with the exact conditional confidence interval of the ratio of two Poisson rates; the base
    is 100 by definition and has none.

    Raises
    ------
    ValueError : `base` is not among the years, or its count is 0.

    Examples
    --------
    >>> index = index_to_base([2015, 2016, 2017, 2018], [153, 462, 527, 594], 2016)
    >>> [round(e.value, 1) for e in index.values()]
    [33.1, 100.0, 114.1, 128.6]
    """
    by_year = dict(zip(years, counts, strict=True))
    if not by_year.get(base):
        raise ValueError(f"base {base}: no count above 0; choose one of {', '.join(map(str, by_year))}")
    unit = f"{base} = 100"
    index = {}
    for year, count in by_year.items():
        estimand = f"count in {year} as an index"
        if year == base:
            index[year] = Estimate(estimand=estimand, unit=unit, method="by definition", value=100.0, n=1)
        else:
            index[year] = rate_ratio(count, by_year[base], level=level).scaled(100, unit, estimand)
    return index


@computed
def count_per_100(count: float, incidents: Count, *, count_range: tuple[float, float] | None = None) -> Estimate:
    """Count of one kind for every 100 incidents of another, as the range that rounding and alignment allow.

    A ratio of unlike things, not a rate: nothing says that each of the one comes out of the other.

    Parameters
    ----------
    count : the numerator, for example a count put on the period of the incidents.
    incidents : the denominator, a count or a range of counts, above 0.
    count_range : bounds on the numerator, where it is not known exactly.

    Returns
    -------
    Estimate with a range where either side is one, and without an interval where both are numbers. No value
    where the incidents are known only as a range.

    Examples
    --------
    >>> ratio = count_per_100(543.75, 10643, count_range=(527, 560))
    >>> round(ratio.value, 3), round(ratio.low, 2), round(ratio.high, 2)
    (5.109, 4.95, 5.26)
    """
    least, most = _limits(incidents, positive=True)
    low, high = count_range or (count, count)
    if not 0 <= low <= count <= high:
        raise ValueError(f"count {count} lies outside its range {low} to {high}; give bounds that hold it")
    ranged = low < high or least < most
    return Estimate(
        estimand="count for every 100 incidents",
        unit="per 100 incidents",
        method="ratio of two counts",
        value=100 * count / least if least == most else None,
        low=100 * low / most if ranged else None,
        high=100 * high / least if ranged else None,
        interval="range" if ranged else "",
        interval_method="extremes of both ranges" if ranged else "",
        n=2,
        reason="" if least == most else f"the incidents are {RANGE_ONLY}",
    )


@computed
def growth_ratio(later: Count, earlier: Count, *, level: float = 0.95, dispersion: float = 1.0) -> Estimate:
    """Ratio of two rates where either count may be known only as a range.

    Returns
    -------
    Estimate with a confidence interval that covers whichever count of the range is the true one: the widest
    limits of `analysis.growth.rates.rate_ratio` over it. No value where a count is known only as a range.

    Examples
    --------
    >>> e = growth_ratio(10643, (9215, 9295))
    >>> round(e.low, 3), round(e.high, 3), e.reason
    (1.113, 1.188, 'a count is known only as a range')
    """
    (later_low, later_high), (least, most) = _limits(later), _limits(earlier, positive=True)
    lowest = rate_ratio(later_low, most, level=level, dispersion=dispersion)
    highest = rate_ratio(later_high, least, level=level, dispersion=dispersion)
    known = later_low == later_high and least == most
    return Estimate(
        estimand="ratio of the later to the earlier rate",
        unit="ratio",
        method="ratio of two counts",
        value=later_low / least if known else None,
        low=lowest.low,
        high=highest.high,
        level=level,
        interval="confidence",
        interval_method=lowest.interval_method + ("" if known else ", widest over the range"),
        n=2,
        assumes=lowest.assumes,
        reason="" if known else f"a count is {RANGE_ONLY}",
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
    least, most = _limits(comparison_earlier, positive=True)
    later, _ = _limits(comparison_later, positive=True)
    low = growth.low if growth.interval else growth.value
    high = growth.high if growth.interval else growth.value
    bounded = low is not None or high is not None
    return Estimate(
        estimand="ratio of two growth ratios",
        unit="ratio",
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
    counts: Sequence[int],
    earlier_weights: Sequence[float],
    later_weights: Sequence[float],
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
    counts : counts of the first series, (k,), above 0.
    earlier_weights, later_weights : share of each count in the earlier and the later period, (k,) each, as
        from `analysis.comparison.alignment.period_weights`.
    comparison_later, comparison_earlier : counts of the second; the earlier may be a range.
    dispersion : variance over mean, the same for every count of both series.
    replicates, seed : draws and where they start; the same seed gives the same limits.

    Returns
    -------
    Estimate with a confidence interval; the value takes the middle of the range of the earlier count.

    Source
    ------
    Fraser (1961), Biometrika 48, 261-280, on fiducial distributions for a scale; the gamma for a Poisson mean
    lies between those of the two exact limits of Garwood (1936).

    Examples
    --------
    >>> shares = [0.75, 0.25, 0], [0, 0.75, 0.25]
    >>> e = ratio_of_growth_ratios([462, 527, 594], *shares, 10643, (9215, 9295))
    >>> round(e.value, 4), round(e.low, 2), round(e.high, 2)
    (0.9887, 0.91, 1.08)
    """
    if not len(counts) == len(earlier_weights) == len(later_weights):
        raise ValueError(
            f"{len(counts)} counts with {len(earlier_weights)} and {len(later_weights)} weights; "
            "give one weight a count for each period"
        )
    least, most = _limits(comparison_earlier, positive=True)
    seen = np.asarray(counts, dtype=float)
    if (seen <= 0).any() or comparison_later <= 0:
        raise ValueError(f"counts {list(counts)} and {comparison_later}: every count must be above 0")
    if not dispersion > 0:
        raise ValueError(f"dispersion {dispersion:g} is not above 0: give 1 for Poisson counts")
    weights = np.array([earlier_weights, later_weights], dtype=float)
    before, after = weights @ seen
    rng = np.random.default_rng(seed)
    means = rng.gamma(seen / dispersion, dispersion, (replicates, len(seen)))
    earlier, later = weights @ means.T
    base = rng.gamma(rng.integers(least, most + 1, replicates) / dispersion, dispersion)
    ratios = later / earlier * base / rng.gamma(comparison_later / dispersion, dispersion, replicates)
    low, high = np.quantile(ratios, [(1 - level) / 2, (1 + level) / 2])
    return Estimate(
        estimand="ratio of two growth ratios",
        unit="ratio",
        method="ratio of ratios",
        value=float(after / before * (least + most) / 2 / comparison_later),
        low=float(low),
        high=float(high),
        level=level,
        interval="confidence",
        interval_method=f"gamma draws ({replicates:,})",
        n=len(counts) + 2,
        assumes=f"independent counts, {_variance(dispersion)}"
        + ("" if least == most else "; each earlier count that rounding allows equally likely"),
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
    later, earlier : counts of the first series, above 0.
    comparison_later, comparison_earlier : counts of the second; the earlier may be a range.

    Returns
    -------
    Estimate with an exact confidence interval, coverage at least `level`; over a range the widest limits. The
    value is the conditional maximum likelihood estimate, at the middle of the range.

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
    least, most = _limits(comparison_earlier, positive=True)
    if min(later, earlier, comparison_later) <= 0:
        raise ValueError(f"counts {later}, {earlier}, {comparison_later}: every count must be above 0")
    at_least, at_middle, at_most = (
        contingency.odds_ratio([[later, earlier], [comparison_later, base]])
        for base in (least, (least + most) // 2, most)
    )
    return Estimate(
        estimand="ratio of two growth ratios",
        unit="ratio",
        method="conditional maximum likelihood",
        value=float(at_middle.statistic),
        low=float(at_least.confidence_interval(level).low),
        high=float(at_most.confidence_interval(level).high),
        level=level,
        interval="confidence",
        interval_method="exact conditional" + ("" if least == most else ", widest over the range"),
        n=4,
        assumes="Poisson counts, independent",
    )


@computed
def rate_per_1000(
    count: Count,
    period: Period,
    days: Sequence[date],
    populations: Sequence[int],
    *,
    level: float = 0.95,
    dispersion: float = 1.0,
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
    estimand, unit = f"count for every 1,000 people, {period.label}", "per 1,000 a year"
    middle = period.start.toordinal() + period.days / 2
    inside = [
        (abs(day.toordinal() - middle), day, people)
        for day, people in zip(days, populations, strict=True)
        if period.start <= day <= period.end
    ]
    if not inside:
        return Estimate(
            estimand=estimand,
            unit=unit,
            method="count over a population",
            reason=f"not estimable: no population counted in {period.label}",
        )
    _, day, people = min(inside)
    low, high = _limits(count)
    least, most = (count_rate(c, level=level, dispersion=dispersion) for c in (low, high))
    return Estimate(
        estimand=estimand,
        unit=unit,
        method=f"count over the population of {people:,} on {_day(day)}",
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


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _variance(dispersion: float) -> str:
    return "variance equal to the mean" if dispersion == 1 else f"variance {dispersion:g} times the mean"


def _limits(count: Count, *, positive: bool = False) -> tuple[int, int]:
    low, high = count if isinstance(count, tuple) else (count, count)
    if not int(positive) <= low <= high:
        least = "above 0" if positive else "0 or more"
        raise ValueError(f"count {count}: give a number {least}, or a range (low, high) of such")
    return low, high
