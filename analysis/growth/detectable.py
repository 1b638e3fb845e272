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
    years: Sequence[int], log_sd: float, *, level: float = 0.95, power: float = 0.8
) -> Estimate:
    """Smallest growth a year that a log-linear trend over `years` would detect with probability `power`.

    Parameters
    ----------
    years : years counted; fewer than 3 detect nothing, and give the reason.
    log_sd : standard deviation of the log count about its trend; 1 / sqrt(mean) for Poisson counts.

    Returns
    -------
    Estimate in % a year, without interval, from a two-sided t test.

    Examples
    --------
    >>> round(minimum_detectable_growth((2015, 2016, 2017, 2018), 434**-0.5).value, 1)
    12.9
    """
    df = len(years) - 2
    about = dict(
        estimand=f"growth a year detected with probability {power:.0%}",
        unit="% a year",
        method=f"log-linear trend, t, {df} df",
        n=len(years),
        assumes=f"normal log counts, log sd {log_sd:.3g}; two-sided at {level:.0%}",
    )
    if df < 1:
        return Estimate(**about, reason=f"not estimable: {len(years)} years")
    spread = float(np.std(years)) * math.sqrt(len(years))
    slope = detectable_noncentrality(df, level=level, power=power) * log_sd / spread
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
    scatter = LogLinearTrend.fit(years, counts).estimates["sigma"]
    mean = sum(counts) / len(counts)
    noises = {
        "poisson": (mean**-0.5 if mean else None, "not estimable: every count is 0"),
        "observed": (scatter.value, scatter.reason),
    }
    chosen = dict(unit="%", method="chosen")
    found = {
        "power": Estimate(estimand="probability of detection asked for", value=100 * power, **chosen),
        "level": Estimate(estimand="size of the test", value=100 * (1 - level), **chosen),
    }
    for name, (log_sd, reason) in noises.items():
        if log_sd is None:
            about = dict(unit="% a year", method="log-linear trend", n=len(years), reason=reason)
            found[name] = Estimate(estimand=f"growth a year detected with probability {power:.0%}", **about)
        else:
            found[name] = minimum_detectable_growth(years, log_sd, level=level, power=power)
    return found
