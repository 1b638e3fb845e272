"""What a short series could have shown: minimum detectable growth, and the power to tell two years apart.

Both are for planning, from assumed rates. Power computed from an observed effect adds nothing to its p-value
(Hoenig and Heisey 2001, American Statistician 55) and is no evidence.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy import stats
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import ndtr

from analysis.estimates import Estimate, computed


def t_test_power(noncentrality: float, df: int | None, *, level: float = 0.95) -> float:
    """Power of a two-sided t test (z test when `df` is None) at confidence `level`.

    The noncentral t is integrated over its scale: with 2 df the lower tail of scipy.stats.nct is NaN at some
    noncentralities (20, 29, 37).

    Examples
    --------
    >>> round(t_test_power(5.653, 2), 3)
    0.8
    """
    if df is None:
        critical = float(stats.norm.isf((1 - level) / 2))
        return float(stats.norm.sf(critical - noncentrality) + stats.norm.cdf(-critical - noncentrality))
    critical = float(stats.t.isf((1 - level) / 2, df))

    constant = math.log(2) + df / 2 * math.log(df / 2) - math.lgamma(df / 2)

    def rejected(scale: float) -> float:
        if scale == 0:
            return 0.0 if df > 1 else math.exp(constant)
        density = math.exp(constant + (df - 1) * math.log(scale) - df * scale**2 / 2)
        return (ndtr(noncentrality - critical * scale) + ndtr(-critical * scale - noncentrality)) * density

    # the normal tail falls within a few units of 1 / critical around noncentrality / critical
    turn, width = abs(noncentrality) / critical, 1 / critical
    top = 1 + 40 / math.sqrt(df)
    points = sorted({min(max(turn + k * width, 0.0), top) for k in (-8, -2, 0, 2, 8)})
    value, _ = quad(rejected, 0, top, points=points, epsabs=1e-12, epsrel=1e-12, limit=400)
    return float(value)


def detectable_noncentrality(df: int | None, *, level: float = 0.95, power: float = 0.8) -> float:
    """Noncentrality at which the two-sided test reaches `power`.

    Examples
    --------
    >>> round(detectable_noncentrality(2), 3), round(detectable_noncentrality(None), 4)
    (5.653, 2.8016)
    """
    if not 1 - level < power < 1:
        raise ValueError(f"power {power}: give a value between {1 - level:.3g} and 1")

    def short(noncentrality: float) -> float:
        return t_test_power(noncentrality, df, level=level) - power

    high = 4.0
    while short(high) < 0:
        high *= 2
    return float(brentq(short, 0, high, xtol=1e-10))


@computed
def minimum_detectable_growth(
    years: Sequence[int],
    *,
    log_sd: float | None = None,
    mean_count: float | None = None,
    dispersion: float = 1.0,
    variance_known: bool = False,
    level: float = 0.95,
    power: float = 0.8,
) -> Estimate:
    """Smallest growth a year that a log-linear trend over `years` would detect with probability `power`.

    Parameters
    ----------
    years : at least 3 (2 when the variance is known).
    log_sd : standard deviation of the log count about its trend; or give `mean_count` and `dispersion`, from
        which it is sqrt(dispersion / mean_count).
    variance_known : z test with this variance instead of the t test that estimates it.

    Returns
    -------
    Estimate in % a year, without interval.

    Raises
    ------
    ValueError : neither or both of `log_sd` and `mean_count`, or too few years.

    Examples
    --------
    >>> round(minimum_detectable_growth((2015, 2016, 2017, 2018), mean_count=434).value, 1)
    12.9
    """
    if (log_sd is None) == (mean_count is None):
        raise ValueError("minimum detectable growth: give one of log_sd and mean_count")
    df = None if variance_known else len(years) - 2
    if len(years) < (2 if variance_known else 3):
        raise ValueError(f"{len(years)} years: give at least 3, or 2 with a known variance")
    sd = math.sqrt(dispersion / mean_count) if log_sd is None else log_sd
    at = np.asarray(years, dtype=float)
    spread = math.sqrt(float(((at - at.mean()) ** 2).sum()))
    slope = detectable_noncentrality(df, level=level, power=power) * sd / spread
    source = f"log sd {sd:.3g}" if mean_count is None else f"mean {mean_count:g}, dispersion {dispersion:g}"
    return Estimate(
        estimand=f"growth a year detected with probability {power:.0%}",
        unit="% a year",
        method="log-linear trend, " + ("z, variance known" if df is None else f"t, {df} df"),
        value=100 * math.expm1(slope),
        n=len(years),
        assumes=f"normal log counts, {source}; two-sided at {level:.0%}",
    )


@computed
def adjacent_years_power(expected: float, ratio: float, *, level: float = 0.95) -> Estimate:
    """Probability that the exact test tells two years apart when the rate truly changes by `ratio`.

    Parameters
    ----------
    expected : expected count of the earlier year. ratio : later over earlier rate.

    Returns
    -------
    Estimate of the power of the two-sided central conditional test, summed over all outcomes.

    Examples
    --------
    >>> round(adjacent_years_power(527, 1.1).value, 2)
    0.34
    """
    if not (expected > 0 and ratio > 0):
        raise ValueError(f"expected count {expected}, ratio {ratio}: give both above 0")
    mean, share = expected * (1 + ratio), ratio / (1 + ratio)
    reach = 10 * math.sqrt(mean) + 20
    totals = np.arange(max(1, math.floor(mean - reach)), math.ceil(mean + reach) + 1)
    # largest count whose lower tail is at most half the error rate; symmetric at a share of one half
    lower = stats.binom.ppf((1 - level) / 2, totals, 0.5)
    lower = np.where(stats.binom.cdf(lower, totals, 0.5) > (1 - level) / 2, lower - 1, lower)
    rejected = stats.binom.cdf(lower, totals, share) + stats.binom.sf(totals - lower - 1, totals, share)
    return Estimate(
        estimand=f"power to tell a change by a factor {ratio:g} from none",
        unit="",
        method="exact conditional test",
        value=float(stats.poisson.pmf(totals, mean) @ rejected),
        n=2,
        assumes=f"Poisson counts, {expected:g} expected in the earlier year; two-sided at {level:.0%}",
    )
