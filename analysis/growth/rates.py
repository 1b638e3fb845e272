"""Rates behind one or two annual counts: exact Poisson intervals, and what overdispersion does to them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from scipy import stats
from scipy.optimize import brentq
from statsmodels.stats.multitest import multipletests

from analysis.estimates import Estimate, computed

Method = Literal["exact", "mid-p", "log-normal"]
Alternative = Literal["two-sided", "greater", "less"]

POISSON = "Poisson counts, independent from year to year"
METHODS = {
    "exact": "exact conditional",
    "mid-p": "mid-p conditional",
    "log-normal": "normal on the log scale",
}
NO_VARIANCE = "not estimable: a count of 0 has no variance on the log scale"


def checked_series(years: Sequence[int], counts: Sequence[int], least: int = 2) -> tuple[list[int], list[int]]:
    """Years and counts as lists, or a ValueError that names the fault.

    Examples
    --------
    >>> checked_series((2015, 2016), (153, 462))
    ([2015, 2016], [153, 462])
    """
    years, counts = [int(year) for year in years], [_whole(count) for count in counts]
    if len(years) != len(counts):
        raise ValueError(f"{len(years)} years for {len(counts)} counts: give one year a count")
    if len(years) < least:
        raise ValueError(f"{len(years)} counts: give at least {least}")
    if any(later <= earlier for earlier, later in zip(years, years[1:], strict=False)):
        raise ValueError(f"years {years} do not increase: put them in order, each once")
    return years, counts


def _whole(count: float) -> int:
    if count != int(count) or count < 0:
        raise ValueError(f"count {count} is not a whole number of 0 or more: give counts, not rates")
    return int(count)


def checked_dispersion(dispersion: float) -> float:
    if not (math.isfinite(dispersion) and dispersion > 0):
        raise ValueError(f"dispersion {dispersion} is not above 0: give 1 for Poisson counts")
    return float(dispersion)


def assumption(dispersion: float) -> str:
    return POISSON if dispersion == 1 else f"variance {dispersion:g} times the mean"


@computed
def count_rate(
    count: int, *, level: float = 0.95, dispersion: float = 1.0, estimand: str = "", unit: str = "a year"
) -> Estimate:
    """Expected count of the process that gave one `count`.

    Parameters
    ----------
    count : events seen.
    dispersion : variance over mean; above 1 the limits are those of `count` / dispersion, times dispersion.

    Returns
    -------
    Estimate with an exact (Garwood) confidence interval: coverage at least `level` for a Poisson count.
        The count itself is complete; the interval says which rates could have produced it.

    Raises
    ------
    ValueError : a count that is negative or not whole, or a dispersion not above 0.

    References
    ----------
    Garwood (1936), Biometrika 28, 437-442.

    Examples
    --------
    >>> e = count_rate(594)
    >>> round(e.low, 1), round(e.high, 1)
    (547.2, 643.7)
    """
    count, dispersion = _whole(count), checked_dispersion(dispersion)
    tail, seen = (1 - level) / 2, count / dispersion
    low = float(stats.gamma.ppf(tail, seen)) * dispersion if count else 0.0
    return Estimate(
        estimand=estimand or "expected count",
        unit=unit,
        method="one Poisson count",
        value=float(count),
        low=low,
        high=float(stats.gamma.isf(tail, seen + 1)) * dispersion,
        level=level,
        interval="confidence",
        interval_method="exact (Garwood)" if dispersion == 1 else f"Garwood, counts over {dispersion:g}",
        n=1,
        assumes=assumption(dispersion),
    )


@computed
def rate_ratio(
    later: int,
    earlier: int,
    *,
    level: float = 0.95,
    method: Method | None = None,
    dispersion: float = 1.0,
    exposure: tuple[float, float] = (1.0, 1.0),
    estimand: str = "",
) -> Estimate:
    """Ratio of two rates, later over earlier.

    Given the total, the later count is binomial; limits for its share, turned into odds, are limits for the
    ratio: Clopper-Pearson ("exact") or mid-p. "log-normal" takes dispersion (1/later + 1/earlier) as the
    variance of the log ratio, the definition behind `tipping_dispersion`.

    Parameters
    ----------
    later, earlier : counts.
    method : "exact" or "mid-p", for Poisson counts only, or "log-normal"; by default exact at dispersion 1
        and log-normal at any other.
    exposure : time or units behind (later, earlier); only their ratio matters.
    dispersion : known variance over mean, never one estimated from these two counts.

    Returns
    -------
    Estimate with a confidence interval; coverage at least `level` for "exact", near it for "mid-p".
        A count of 0 leaves the ratio 0 or unbounded.

    Raises
    ------
    ValueError : counts that are not whole or negative, or a Poisson method with another dispersion.

    References
    ----------
    Przyborowski and Wilenski (1940), Biometrika 31, 313-323; Clopper and Pearson (1934), Biometrika 26.

    Examples
    --------
    >>> e = rate_ratio(527, 462)
    >>> round(e.value, 4), round(e.low, 4), round(e.high, 4)
    (1.1407, 1.0048, 1.2953)
    >>> rate_ratio(3, 0).reason
    'unbounded: the earlier count is 0'
    """
    later, earlier, dispersion = _whole(later), _whole(earlier), checked_dispersion(dispersion)
    method = _chosen(method, dispersion)
    scale = exposure[1] / exposure[0]
    common = dict(
        estimand=estimand or "ratio of the later to the earlier rate",
        unit="ratio",
        method="ratio of two counts",
        n=2,
        assumes=assumption(dispersion),
    )
    if later == earlier == 0:
        return Estimate(**common, reason="not estimable: both counts are 0")
    if method == "log-normal" and min(later, earlier) == 0:
        return Estimate(**common, reason=NO_VARIANCE)
    low, high = _odds_limits(later, earlier, (1 - level) / 2, method, dispersion)
    return Estimate(
        **common,
        value=later / earlier * scale if earlier else None,
        low=low * scale,
        high=None if high is None else high * scale,
        level=level,
        interval="confidence",
        interval_method=METHODS[method] + (f", dispersion {dispersion:g}" if dispersion != 1 else ""),
        reason="" if earlier else "unbounded: the earlier count is 0",
    )


def _chosen(method: Method | None, dispersion: float) -> Method:
    method = method or ("exact" if dispersion == 1 else "log-normal")
    if method not in METHODS:
        raise ValueError(f"method {method!r}: choose one of {', '.join(METHODS)}")
    if dispersion != 1 and method != "log-normal":
        raise ValueError(f"method {method!r} with dispersion {dispersion:g}: only log-normal knows a dispersion")
    return method


def _odds_limits(
    later: int, earlier: int, tail: float, method: Method, dispersion: float
) -> tuple[float, float | None]:
    """Limits of later : earlier; each pair is written so that swapping the counts inverts it exactly."""
    if method == "log-normal":
        reach = float(stats.norm.isf(tail)) * math.sqrt(dispersion * (1 / later + 1 / earlier))
        return later / earlier * math.exp(-reach), later / earlier * math.exp(reach)
    share = _exact_share if method == "exact" else _mid_p_share
    low = share(later, earlier, tail) if later else 0.0
    high = share(earlier, later, tail) if earlier else 0.0
    return low / (1 - low), (1 - high) / high if earlier else None


def _exact_share(count: int, other: int, tail: float) -> float:
    """Clopper-Pearson lower limit of the share behind `count` out of `count` + `other`."""
    return float(stats.beta.ppf(tail, count, other + 1))


def _mid_p_share(count: int, other: int, tail: float) -> float:
    """Share at which `count` or more, half of `count` itself, has probability `tail`."""
    total = count + other

    def excess(share: float) -> float:
        return stats.binom.sf(count, total, share) + stats.binom.pmf(count, total, share) / 2 - tail

    return float(brentq(excess, 0.0, 1.0, xtol=1e-300, rtol=1e-14))


@computed
def rate_ratio_p(
    later: int,
    earlier: int,
    *,
    method: Method | None = None,
    alternative: Alternative = "two-sided",
    dispersion: float = 1.0,
    exposure: tuple[float, float] = (1.0, 1.0),
) -> Estimate:
    """Probability, were the two rates equal, of counts at least as far apart as these.

    Two-sided is central: twice the smaller tail, at most 1, so that p < 1 - level exactly when the interval
    of `rate_ratio` by the same `method` excludes 1. (R's poisson.test sums the less likely outcomes instead,
    which can disagree with the interval that it prints.) "mid-p" counts half of the observed outcome.

    Returns
    -------
    Estimate holding the p-value; no interval.

    References
    ----------
    Fay (2010), Biostatistics 11, 373-374, on central and minimum-likelihood tests.

    Examples
    --------
    >>> round(rate_ratio_p(527, 462).value, 5)
    0.04179
    """
    later, earlier, dispersion = _whole(later), _whole(earlier), checked_dispersion(dispersion)
    method = _chosen(method, dispersion)
    common = dict(
        estimand="p-value for equal rates",
        unit="",
        method=f"{METHODS[method]}, {alternative}",
        n=2,
        assumes=assumption(dispersion),
    )
    if later == earlier == 0:
        return Estimate(**common, reason="not estimable: both counts are 0")
    if method == "log-normal" and min(later, earlier) == 0:
        return Estimate(**common, reason=NO_VARIANCE)
    if method != "log-normal":
        total, share = later + earlier, exposure[0] / (exposure[0] + exposure[1])
        half = stats.binom.pmf(later, total, share) / 2 if method == "mid-p" else 0.0
        above = stats.binom.sf(later - 1, total, share) - half
        below = stats.binom.cdf(later, total, share) - half
    else:
        log_ratio = math.log(later * exposure[1] / (earlier * exposure[0]))
        z = log_ratio / math.sqrt(dispersion * (1 / later + 1 / earlier))
        above, below = stats.norm.sf(z), stats.norm.cdf(z)
    tails = {"greater": above, "less": below, "two-sided": min(1.0, 2 * min(above, below))}
    return Estimate(**common, value=float(tails[alternative]))


def holm(p_values: Sequence[float]) -> list[float]:
    """p-values adjusted by Holm's step-down rule: the family-wise error holds whatever the dependence.

    Examples
    --------
    >>> [round(p, 2) for p in holm([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    return [float(p) for p in multipletests(p_values, method="holm")[1]]


@computed
def tipping_dispersion(
    later: int, earlier: int, *, level: float = 0.95, alternative: Alternative = "two-sided"
) -> Estimate:
    """Dispersion at which the interval for the ratio of two counts touches 1.

    With variance phi times the mean, the log ratio has standard error sqrt(phi (1/later + 1/earlier)); the
    tipping phi is the square of the Poisson z-value over the normal quantile. Below 1 the finding
    needs counts steadier than Poisson. On the log scale, so it can differ a little from where an exact test
    at phi = 1 stands.

    Examples
    --------
    >>> round(tipping_dispersion(462, 153).value, 1), round(tipping_dispersion(527, 462).value, 2)
    (36.5, 1.11)
    """
    common = dict(
        estimand="dispersion at which the change is no longer told from none",
        unit="variance / mean",
        method="normal on the log scale",
        n=2,
        assumes="variance proportional to the mean, the same in both years",
    )
    later, earlier = _whole(later), _whole(earlier)
    if min(later, earlier) == 0:
        return Estimate(**common, reason=NO_VARIANCE)
    return Estimate(
        **common,
        value=tipping_of_contrast(math.log(later / earlier), 1 / later + 1 / earlier, level, alternative),
    )


def tipping_of_contrast(log_contrast: float, variance: float, level: float, alternative: Alternative) -> float:
    """Dispersion at which a log contrast with this Poisson variance is no longer told from 0."""
    if (alternative == "greater" and log_contrast < 0) or (alternative == "less" and log_contrast > 0):
        return 0.0
    tail = (1 - level) / (2 if alternative == "two-sided" else 1)
    return float(log_contrast**2 / variance / stats.norm.isf(tail) ** 2)
