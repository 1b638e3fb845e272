"""Forecasts of one short annual series by every method, each beside the coverage that its method really has."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from analysis.estimates import Estimate, Forecast, computed
from analysis.growth.series import checked_series, whole
from analysis.reliability import calibration
from analysis.reliability.benchmark import HORIZONS
from analysis.reliability.methods import METHODS, Method
from analysis.reliability.scoring import LEVELS

BEYOND_ANY_COUNT = 1e12  # a limit above this is reported as no limit at all


@computed
def forecast(
    years: Sequence[int], counts: Sequence[int], *, horizons: Sequence[int] = HORIZONS, unit: str = ""
) -> list[Forecast]:
    """The next counts of one series under every method of `METHODS`, with the coverage measured for each.

    The coverage was measured on public series of the same length, up to six counts. The reference-class forecast of a
    longer series is made from its last six, and says so; the other methods take all counts.

    Parameters
    ----------
    years, counts : (n,), consecutive years. horizons : years ahead. unit : what is counted.

    Returns
    -------
    One Forecast a method and horizon, the reference-class forecast first. `estimates` hold the median with the 80%
    and the 95% prediction interval, limits not rounded (two significant figures are what they carry), or the
    reason why the method gives none; `coverage` holds by level the measured coverage in %, with its
    family-bootstrap confidence interval, or the reason why none was measured.

    Raises
    ------
    ValueError : years that are not consecutive, or not as many as counts; a count that is not a whole number of 0
        or more; a horizon below 1.

    Examples
    --------
    >>> best, *others = forecast([2015, 2016, 2017, 2018], [153, 462, 527, 594], horizons=[1])
    >>> round(best.at(0.95).low, -1), round(best.at(0.95).high, -2), round(best.coverage[0.95].value)
    (130.0, 1800.0, 95)
    >>> forecast([2017, 2018], [527, 594])[0].at(0.95).reason
    'not estimable: 2 observations, and 3 are the least'
    """
    years, counts = checked_series(years, counts)
    if years[-1] - years[0] >= len(years):
        raise ValueError(f"years {list(years)} are not consecutive: forecast from the last unbroken run")
    for horizon in horizons:
        if whole(horizon, "horizon") < 1:
            raise ValueError(f"horizon {horizon}: give a whole number of years ahead, 1 or more")
    return [_forecast(method, years[-1], counts, h, unit) for method in METHODS.values() for h in horizons]


@computed
def named_estimates(forecast: Forecast) -> dict[str, Estimate]:
    """One forecast under the names that sentences use: its year, its intervals, and what its method covers.

    Returns
    -------
    "year"; "80" and "95" : median with the prediction interval of that level; "covers.80", "covers.95" : how
    often such intervals of this method have held, in %.

    Examples
    --------
    >>> best = forecast([2015, 2016, 2017, 2018], [153, 462, 527, 594])[0]
    >>> list(named_estimates(best))
    ['year', '80', '95', 'covers.80', 'covers.95']
    """
    method = f"{forecast.horizon} after the last count"
    year = Estimate(estimand="year of the forecast", unit="calendar year", method=method, value=forecast.year)
    named = {f"{100 * e.level:.0f}": e for e in forecast.estimates}
    covers = {f"covers.{100 * level:.0f}": coverage for level, coverage in forecast.coverage.items()}
    return {"year": year} | named | covers


def _forecast(method: Method, last_year: int, counts: Sequence[int], horizon: int, unit: str) -> Forecast:
    used = counts[-method.longest :] if method.longest else counts
    n, year = len(used), last_year + horizon
    part = "" if n == len(counts) else f" from the last {n} of {len(counts)} counts"
    stated = {
        "estimand": f"count in {year}",
        "unit": unit,
        "method": method.title + part,
        "interval_method": method.predictive,
        "n": n,
        "assumes": method.assumes + (f"; earlier counts than the last {n} say nothing more" if part else ""),
    }
    reason = method.why_not(used, horizon)
    limits = np.empty(0) if reason else method.limits(used, horizon)[0]
    if not np.all(np.isfinite(limits)):
        reason = "not estimable: the likelihood has no maximum"
    elif not reason and math.isclose(limits[0], limits[-1], rel_tol=1e-9, abs_tol=1e-9):
        reason = "not estimable: these counts vary too little to give an interval"
    if reason:
        estimates = [Estimate(level=level, interval="prediction", reason=reason, **stated) for level in LEVELS]
    else:
        estimates = [_estimate(limits, at, level, stated) for at, level in zip((1, 0), LEVELS, strict=True)]
    return Forecast(
        key=method.key,
        method=stated["method"],
        year=year,
        horizon=horizon,
        estimates=tuple(estimates),
        coverage=calibration.stored().coverage(method.key, n, horizon),
    )


def _estimate(limits: np.ndarray, at: int, level: float, stated: dict) -> Estimate:
    """The median with the interval of the limits that stand `at` places from either end."""
    low, median, high = (float(limits[place]) for place in (at, 2, -1 - at))
    reason = ""
    if high > BEYOND_ANY_COUNT:
        high, reason = None, f"unbounded at {level:.0%}: the upper limit exceeds any possible count"
    return Estimate(value=median, low=low, high=high, level=level, interval="prediction", reason=reason, **stated)
