"""Whether two series move together: what few observations cannot say, and the one question they can."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from scipy import stats

from analysis.estimates import Estimate, computed
from analysis.growth.power import t_test_power

LEAST_PAIRS = 5


@computed
def correlation_of_changes(first: Sequence[float], second: Sequence[float], *, level: float = 0.95) -> Estimate:
    """Correlation between the yearly changes of two series, refused below five pairs of changes.

    Levels are never correlated: any two series that grow are close to 1 (see `unrelated_growth`).

    Parameters
    ----------
    first, second : values of the same successive years, (k,) each.

    Returns
    -------
    Estimate with Fisher's z confidence interval, exploratory; no value, with the reason, below six years or
    where one series changes by the same amount every year.

    Raises
    ------
    ValueError : the series differ in length.

    Source
    ------
    Fisher (1921), Metron 1, 3-32; Yule (1926), Journal of the Royal Statistical Society 89, 1-63.

    Examples
    --------
    >>> correlation_of_changes([478, 544], [9255, 10643]).reason
    'not estimable: 2 observations; a line through two points fits whatever they are'
    >>> correlation_of_changes([153, 462, 527, 594], [90, 92, 106, 115]).reason
    'not estimable: 3 pairs of changes, and 5 are the least'
    """
    if len(first) != len(second):
        raise ValueError(f"{len(first)} values against {len(second)}: give the same years for both series")
    described = {
        "estimand": "correlation between the yearly changes of two series",
        "unit": "",
        "method": "Pearson correlation of first differences",
        "n": len(first),
    }
    if len(first) <= 2:
        reason = f"not estimable: {len(first)} observation{'s' * (len(first) != 1)}"
        line = "; a line through two points fits whatever they are" if len(first) == 2 else ""
        return Estimate(**described, reason=reason + line)
    changes = np.diff(np.asarray([first, second], dtype=float), axis=1)
    pairs = changes.shape[1]
    if pairs < LEAST_PAIRS:
        return Estimate(**described, reason=f"not estimable: {pairs} pairs of changes, and {LEAST_PAIRS} are the least")
    if (np.ptp(changes, axis=1) == 0).any():
        return Estimate(**described, reason="undefined: one series changes by the same amount every year")
    result = stats.pearsonr(*changes)
    limits = result.confidence_interval(level)
    return Estimate(
        **described,
        value=float(result.statistic),
        low=float(limits.low),
        high=float(limits.high),
        level=level,
        interval="confidence",
        interval_method="Fisher z",
        assumes="independent pairs of normal changes; exploratory",
    )


@computed
def correlation_interval(correlation: float, n: int, *, level: float = 0.95) -> Estimate:
    """What a correlation of a given size would say about the one behind it, were its `n` pairs independent.

    Returns
    -------
    Estimate with Fisher's z confidence interval; unbounded, with the reason, where n - 3 is not positive.

    Examples
    --------
    >>> e = correlation_interval(0.9, 4)
    >>> round(e.low, 2), round(e.high, 3)
    (-0.45, 0.998)
    >>> correlation_interval(0.9, 3).reason
    'undefined: n - 3 = 0'
    """
    if not -1 < correlation < 1:
        raise ValueError(f"correlation {correlation} is not between -1 and 1")
    low = high = None
    if n > 3:
        reach = stats.norm.isf((1 - level) / 2) / math.sqrt(n - 3)
        low, high = (math.tanh(math.atanh(correlation) + sign * reach) for sign in (-1, 1))
    return Estimate(
        estimand="correlation",
        unit="",
        method="Pearson correlation",
        value=correlation,
        low=low,
        high=high,
        level=level,
        interval="confidence",
        interval_method="Fisher z",
        n=n,
        assumes="independent pairs of normal values",
        reason="" if n > 3 else f"undefined: n - 3 = {n - 3}",
    )


@computed
def smallest_rank_p(n: int) -> Estimate:
    """Least two-sided p-value that perfect agreement of two rankings of `n` can reach: 2 / n!.

    Examples
    --------
    >>> [round(smallest_rank_p(n).value, 4) for n in (3, 4, 5, 6)]
    [0.3333, 0.0833, 0.0167, 0.0028]
    """
    return Estimate(
        estimand=f"least p-value of perfect rank agreement among {n}",
        unit="",
        method="enumeration of all orders",
        value=float(min(Fraction(1), Fraction(2, math.factorial(n)))),
        n=n,
        assumes="every order equally likely",
    )


@computed
def correlation_needed(n: int, *, level: float = 0.95) -> Estimate:
    """Least absolute correlation that `n` independent pairs tell apart from 0.

    Examples
    --------
    >>> [round(correlation_needed(n).value, 3) for n in (3, 4, 5)]
    [0.997, 0.95, 0.878]
    >>> correlation_needed(2).reason
    'undefined: n - 2 = 0'
    """
    needed = None
    if n > 2:
        t = stats.t.isf((1 - level) / 2, n - 2)
        needed = float(t / math.sqrt(n - 2 + t * t))
    return Estimate(
        estimand=f"least absolute correlation with p below {1 - level:.2g} among {n}",
        unit="",
        method=f"t, {n - 2} df",
        value=needed,
        n=n,
        assumes="independent pairs of normal values",
        reason="" if n > 2 else f"undefined: n - 2 = {n - 2}",
    )


@computed
def unrelated_growth(
    years: int,
    *,
    growth: float = 0.14,
    spread: float = 0.10,
    strong: float = 0.9,
    replicates: int = 100_000,
    seed: int = 2018,
) -> dict[str, Estimate]:
    """How alike two independent growing series look: what correlating their levels would report.

    Each series starts at 1 and grows by a factor exp(g) a year, g drawn independently from a normal
    distribution.

    Parameters
    ----------
    years : length of both series, 3 or more.
    growth, spread : mean and standard deviation of g, on the log scale (0.14 is 15% a year).
    strong : the correlation above which a reader would call it strong.
    replicates, seed : draws and where they start.

    Returns
    -------
    "rise" : share of pairs in which both rise every year; "median" : median correlation of the levels;
    "strong" : share of pairs above `strong`. The shares carry no interval: more replicates make them exact.

    Source
    ------
    Yule (1926), Journal of the Royal Statistical Society 89, 1-63.

    Examples
    --------
    >>> seen = unrelated_growth(4)
    >>> round(seen["rise"].value, 2), round(seen["median"].value, 2), round(seen["strong"].value, 2)
    (0.6, 0.93, 0.62)
    """
    if years < 3:
        raise ValueError(f"{years} years: two points always lie on a line; give 3 or more")
    steps = np.random.default_rng(seed).normal(growth, spread, (2, replicates, years - 1))
    levels = np.exp(np.concatenate([np.zeros((2, replicates, 1)), steps.cumsum(axis=2)], axis=2))
    centred = levels - levels.mean(axis=2, keepdims=True)
    correlation = (centred[0] * centred[1]).sum(axis=1) / np.sqrt((centred**2).sum(axis=2).prod(axis=0))
    pairs = f"pairs of unrelated growing series of {years} years"
    found = {
        "rise": (f"share of {pairs} that both rise every year", (steps > 0).all(axis=(0, 2)).mean()),
        "median": (f"median correlation of {pairs}", np.median(correlation)),
        "strong": (f"share of {pairs} with a correlation above {strong:g}", (correlation > strong).mean()),
    }
    return {
        name: Estimate(
            estimand=estimand,
            unit="",
            method=f"simulation ({replicates:,})",
            value=float(value),
            n=replicates,
            assumes=f"log growth normal with mean {growth:g} and standard deviation {spread:g}",
        )
        for name, (estimand, value) in found.items()
    }


@computed
def relative_growth(
    years: Sequence[int], counts: Sequence[int], comparison: Sequence[int], *, level: float = 0.95
) -> Estimate:
    """How much faster one series grows than another, in percent a year: the slope of the log of their ratio.

    Parameters
    ----------
    years, counts, comparison : (k,) each, all counts above 0, over the same periods.

    Returns
    -------
    Estimate with a t confidence interval on k - 2 degrees of freedom; not estimable below three years.

    Raises
    ------
    ValueError : lengths differ, or a count is not above 0.

    Examples
    --------
    >>> relative_growth([2017, 2018], [478, 544], [9255, 10643]).reason
    'not estimable: 2 observations'
    >>> e = relative_growth([2016, 2017, 2018, 2019], [462, 527, 594, 700], [400, 420, 500, 560])
    >>> round(e.value, 1), round(e.low, 1), round(e.high, 1)
    (1.8, -5.7, 10.0)
    """
    if not len(years) == len(counts) == len(comparison):
        raise ValueError(f"{len(years)} years, {len(counts)} and {len(comparison)} counts: give one of each a year")
    if min(*counts, *comparison) <= 0:
        raise ValueError("a count is not above 0: it has no logarithm")
    k = len(years)
    described = {
        "estimand": "growth of one series beyond that of the other",
        "unit": "% a year",
        "method": "linear regression of the log ratio",
        "n": k,
    }
    if k < 3:
        return Estimate(**described, reason=f"not estimable: {k} observation{'s' * (k != 1)}")
    fit = stats.linregress(years, np.log(np.asarray(counts) / np.asarray(comparison)))
    reach = stats.t.isf((1 - level) / 2, k - 2) * fit.stderr
    value, low, high = (100 * math.expm1(s) for s in (fit.slope, fit.slope - reach, fit.slope + reach))
    return Estimate(
        **described,
        value=value,
        low=low,
        high=high,
        level=level,
        interval="confidence",
        interval_method=f"t, {k - 2} df",
        assumes="independent normal errors of the log ratio with one variance",
    )


@computed
def relative_growth_power(
    counts: Sequence[float],
    comparison: Sequence[float],
    *,
    dispersion: float = 1.0,
    level: float = 0.95,
) -> Estimate:
    """Chance that `relative_growth` would tell two growth rates apart, for counts expected in years to come.

    Parameters
    ----------
    counts, comparison : expected counts of successive years, (k,) each, k of 3 or more; the difference in
        growth is the slope of the log of their ratio.
    dispersion : variance over mean of every count.

    Returns
    -------
    Estimate of a probability, without an interval. For planning: give it assumed counts, not observed ones.

    Examples
    --------
    >>> power = [relative_growth_power([565 * 1.1**y for y in range(k)], [10643] * k) for k in (4, 6)]
    >>> [round(p.value, 2) for p in power]
    [0.75, 1.0]
    """
    first, second = np.asarray(counts, dtype=float), np.asarray(comparison, dtype=float)
    if len(first) != len(second) or len(first) < 3:
        raise ValueError(f"{len(first)} and {len(second)} expected counts: give 3 or more of each")
    if min(first.min(), second.min()) <= 0 or not dispersion > 0:
        raise ValueError("an expected count or the dispersion is not above 0: there is no variance to expect")
    lean = np.arange(len(first)) - (len(first) - 1) / 2
    slope = lean @ np.log(first / second) / (lean @ lean)
    # Variance of the log ratio by the delta method, averaged over the years as the t test takes it.
    error = math.sqrt((dispersion * (1 / first + 1 / second)).mean() / (lean @ lean))
    return Estimate(
        estimand=f"power to tell growth rates {100 * math.expm1(slope):.0f}% apart in {len(first)} years",
        unit="",
        method=f"noncentral t, {len(first) - 2} df",
        value=t_test_power(slope / error, len(first) - 2, level=level),
        n=len(first),
        assumes="the expected counts; variance "
        + ("equal to the mean" if dispersion == 1 else f"{dispersion:g} times the mean"),
    )
