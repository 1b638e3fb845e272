"""Rates behind one or two annual counts, with exact Poisson intervals, and what overdispersion does to them."""

from __future__ import annotations

import math

from analysis.estimates import Estimate, computed
from analysis.growth.series import NO_VARIANCE, whole
from analysis.models import rates
from analysis.models.dispersion import POISSON, assumption, checked_dispersion, tipping_dispersion as tipping


@computed
def count_rate(count: int, *, level: float = 0.95, dispersion: float = 1.0) -> Estimate:
    """Expected count of the process that gave one `count`.

    count : events seen.
    dispersion : variance over mean; above 1 the limits are those of `count` / dispersion, times dispersion.

    Returns Estimate with an exact (Garwood) confidence interval: coverage at least `level` for a Poisson count. The
    count itself is complete; the interval says which rates could have produced it.

    Raises ValueError: a count that is negative or not whole, or a dispersion not above 0.
    Source: Garwood (1936), Biometrika 28, 437-442.

    >>> e = count_rate(594)
    >>> round(e.low, 1), round(e.high, 1)
    (547.2, 643.7)
    """
    count, dispersion = whole(count), checked_dispersion(dispersion)
    low, high = rates.exact_rate(count, level, dispersion=dispersion)
    return Estimate(
        estimand="expected count",
        unit="a year",
        method="one Poisson count",
        value=float(count),
        low=float(low),
        high=float(high),
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
    dispersion: float = 1.0,
    exposure: tuple[float, float] = (1.0, 1.0),
    estimand: str = "",
) -> Estimate:
    """Ratio of two rates, later over earlier.

    later, earlier : counts.
    dispersion : known variance over mean, never one estimated from these two counts.
    exposure : time or units behind (later, earlier); only their ratio matters.

    Returns Estimate with a confidence interval: at dispersion 1 exact, which covers at least `level`, and at any other
    normal on the log scale. A count of 0 leaves the ratio 0 or unbounded.

    Raises ValueError: counts that are not whole or negative, or a dispersion not above 0.
    Source: Przyborowski and Wilenski (1940), Biometrika 31, 313-323; Clopper and Pearson (1934), Biometrika 26.

    >>> e = rate_ratio(527, 462)
    >>> round(e.value, 4), round(e.low, 4), round(e.high, 4)
    (1.1407, 1.0048, 1.2953)
    >>> rate_ratio(3, 0).reason
    'unbounded: the earlier count is 0'
    """
    later, earlier, dispersion = whole(later), whole(earlier), checked_dispersion(dispersion)
    exact, scale = dispersion == 1, exposure[1] / exposure[0]
    common = dict(
        estimand=estimand or "ratio of the later to the earlier rate",
        unit="ratio",
        method="ratio of two counts",
        n=2,
        assumes=assumption(dispersion),
    )
    if later == earlier == 0:
        return Estimate(**common, reason="not estimable: both counts are 0")
    if not exact and min(later, earlier) == 0:
        return Estimate(**common, reason=NO_VARIANCE)
    if exact:
        low, high = rates.exact_ratio(later, earlier, level)
    else:
        low, high = rates.log_normal_ratio(later, earlier, level, dispersion=dispersion)
    return Estimate(
        **common,
        value=later / earlier * scale if earlier else None,
        low=float(low) * scale,
        high=float(high) * scale if earlier else None,
        level=level,
        interval="confidence",
        interval_method="exact conditional" if exact else f"normal on the log scale, dispersion {dispersion:g}",
        reason="" if earlier else "unbounded: the earlier count is 0",
    )


@computed
def rate_ratio_p(later: int, earlier: int, *, greater: bool = False) -> Estimate:
    """Probability, were the two rates equal, of Poisson counts at least as far apart as these.

    Two-sided and central unless `greater`, the claim that the later rate is higher: p < 1 - level exactly when the
    interval of `rate_ratio` excludes 1.

    Returns Estimate holding the p-value; no interval.

    >>> round(rate_ratio_p(527, 462).value, 5)
    0.04179
    """
    later, earlier = whole(later), whole(earlier)
    about = dict(
        estimand="p-value for equal rates",
        unit="",
        method=f"exact conditional, {'greater' if greater else 'two-sided'}",
        n=2,
        assumes=POISSON,
    )
    if later == earlier == 0:
        return Estimate(**about, reason="not estimable: both counts are 0")
    return Estimate(**about, value=float(rates.exact_p(later, earlier, greater=greater)))


@computed
def tipping_dispersion(later: int, earlier: int, *, level: float = 0.95, greater: bool = False) -> Estimate:
    """Dispersion at which the interval for the ratio of two counts touches 1.

    On the log scale, so it can differ a little from where an exact test at dispersion 1 stands. `greater` asks for a
    rise alone, one-sided.

    >>> round(tipping_dispersion(462, 153).value, 1), round(tipping_dispersion(527, 462).value, 2)
    (36.5, 1.11)
    """
    later, earlier = whole(later), whole(earlier)
    about = dict(
        estimand="dispersion at which the change is no longer told from none",
        unit="variance / mean",
        method="normal on the log scale",
        n=2,
        assumes="variance proportional to the mean, the same in both years",
    )
    if min(later, earlier) == 0:
        return Estimate(**about, reason=NO_VARIANCE)
    contrast, variance = math.log(later / earlier), 1 / later + 1 / earlier
    return Estimate(**about, value=float(tipping(contrast, variance, level=level, one_sided=greater)))
