"""What a short series could have shown: the growth that a trend over so many years would detect.

For planning, from assumed noise; a power computed from an observed effect is no evidence.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from analysis.estimates import Estimate, computed
from analysis.growth.least_squares import LogLinearTrend
from analysis.growth.series import checked_series
from analysis.models.power import detectable_noncentrality


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
    years : years counted; fewer than 3 (2 when the variance is known) detect nothing, and give the reason.
    log_sd : standard deviation of the log count about its trend; or give `mean_count` and `dispersion`, from
        which it is sqrt(dispersion / mean_count).
    variance_known : z test with this variance instead of the t test that estimates it.

    Returns
    -------
    Estimate in % a year, without interval.

    Raises
    ------
    ValueError : neither or both of `log_sd` and `mean_count`.

    Examples
    --------
    >>> round(minimum_detectable_growth((2015, 2016, 2017, 2018), mean_count=434).value, 1)
    12.9
    """
    if (log_sd is None) == (mean_count is None):
        raise ValueError("minimum detectable growth: give one of log_sd and mean_count")
    df = None if variance_known else len(years) - 2
    sd = math.sqrt(dispersion / mean_count) if log_sd is None else log_sd
    source = f"log sd {sd:.3g}" if mean_count is None else f"mean {mean_count:g}, dispersion {dispersion:g}"
    about = dict(
        estimand=f"growth a year detected with probability {power:.0%}",
        unit="% a year",
        method="log-linear trend, " + ("z, variance known" if df is None else f"t, {df} df"),
        n=len(years),
        assumes=f"normal log counts, {source}; two-sided at {level:.0%}",
    )
    if len(years) < (2 if variance_known else 3):
        return Estimate(**about, reason=f"not estimable: {len(years)} years")
    at = np.asarray(years, dtype=float)
    spread = math.sqrt(float(((at - at.mean()) ** 2).sum()))
    slope = detectable_noncentrality(df, level=level, power=power) * sd / spread
    return Estimate(**about, value=100 * math.expm1(slope))


@computed
def detectable_growth(
    years: Sequence[int], counts: Sequence[int], *, level: float = 0.95, power: float = 0.8
) -> dict[str, Estimate]:
    """How large growth has to be before a log-linear trend over these years can show it.

    Returns
    -------
    "power" : probability of detection asked for, %. "level" : size of the test, %. "poisson" and "observed" : the
    smallest growth a year detected, with no more noise than Poisson counts of this mean have, and with the scatter
    seen around the log-linear trend; reasons where the counts give neither.

    Examples
    --------
    >>> found = detectable_growth((2015, 2016, 2017, 2018), (153, 462, 527, 594))
    >>> round(found["poisson"].value, 1), round(found["observed"].value, 1)
    (12.9, 161.5)
    """
    years, counts = checked_series(years, counts)
    asked = dict(level=level, power=power)
    scatter = LogLinearTrend.fit(years, counts, level=level).estimates["sigma"]
    about = dict(estimand=f"growth a year detected with probability {power:.0%}", unit="% a year", n=len(years))
    about["method"] = "log-linear trend"
    poisson = Estimate(**about, reason="not estimable: every count is 0")
    observed = Estimate(**about, reason=scatter.reason or "not estimable")
    if any(counts):
        poisson = minimum_detectable_growth(years, mean_count=sum(counts) / len(counts), **asked)
    if scatter.value is not None:
        observed = minimum_detectable_growth(years, log_sd=scatter.value, **asked)
    chosen = dict(unit="%", method="chosen")
    return {
        "power": Estimate(estimand="probability of detection asked for", value=100 * power, **chosen),
        "level": Estimate(estimand="size of the test", value=100 * (1 - level), **chosen),
        "poisson": poisson,
        "observed": observed,
    }
