"""Forecasts of one short annual series by every method, each beside the coverage that its method really has."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from analysis.estimates import Estimate, Forecast, computed
from analysis.growth.series import checked_series, whole
from analysis.reliability import calibration, reference_class
from analysis.reliability.benchmark import HORIZONS, settled_ramp
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

    years, counts : (n,), consecutive years. horizons : years ahead. unit : what is counted.

    Returns One Forecast a method and horizon, the reference-class forecast first. `estimates` hold the median with the
    80% and the 95% prediction interval, limits not rounded (two significant figures are what they carry), or the reason
    why the method gives none; `coverage` holds by level the measured coverage in %, with its family-bootstrap
    confidence interval, or the reason why none was measured.

    Raises ValueError: years that are not consecutive, or not as many as counts; a count that is not a whole number of 0
    or more; a horizon below 1.

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

    Returns "year"; "80" and "95" : median with the prediction interval of that level; "covers.80", "covers.95" : how
    often such intervals of this method have held, in %.

    >>> best = forecast([2015, 2016, 2017, 2018], [153, 462, 527, 594])[0]
    >>> list(named_estimates(best))
    ['year', '80', '95', 'covers.80', 'covers.95']
    """
    method = f"{forecast.horizon} after the last count"
    year = Estimate(estimand="year of the forecast", unit="calendar year", method=method, value=forecast.year)
    named = {f"{100 * e.level:.0f}": e for e in forecast.estimates}
    covers = {f"covers.{100 * level:.0f}": coverage for level, coverage in forecast.coverage.items()}
    return {"year": year} | named | covers


@computed
def limits_over_families(counts: Sequence[int], *, unit: str = "") -> dict[str, dict[str, Estimate]]:
    """How far the limits of the reference-class forecast, one year ahead, move with the families in the class.

    counts : (n,), consecutive years; of more than six the last six. unit : what is counted.

    Returns "left-out" : each limit by its nominal place ("95-low", "80-low", "median", "80-high", "95-high") with the
    least and the greatest that come of leaving out one family. "resampled" : the same over draws of families with
    replacement. Ranges, not confidence intervals; a reason where the class says nothing about the counts.

    >>> found = limits_over_families([153, 462, 527, 594])["left-out"]["80-high"]
    >>> round(found.low, -1), round(found.value, -1), round(found.high, -1)
    (1090.0, 1130.0, 1170.0)
    """
    used = counts[-reference_class.LONGEST :]
    reason = METHODS[reference_class.KEY].why_not(used, 1)
    about = {"unit": unit, "method": METHODS[reference_class.KEY].title, "n": len(used)}
    places = ("95-low", "80-low", "median", "80-high", "95-high")
    sets = {"left-out": "leaving out one family at a time", "resampled": "draws of families with replacement"}
    if reason:
        none = {place: Estimate(estimand=f"forecast, {place}", reason=reason, **about) for place in places}
        return {name: none for name in sets}
    fitted = reference_class.stored()[len(used), 1]
    published = fitted.whole.limits(used)[0]
    others = {"left-out": list(fitted.left_out.values()), "resampled": fitted.resampled}
    found: dict[str, dict[str, Estimate]] = {}
    for name, words in sets.items():
        limits = np.array([fit.limits(used)[0] for fit in others[name]])
        found[name] = {
            place: Estimate(
                estimand=f"forecast 1 ahead, {place}, {words}",
                value=float(value),
                low=float(min(value, each.min())),
                high=float(max(value, each.max())),
                interval="range",
                interval_method=f"least and greatest of {len(limits)}: {words}",
                **about,
            )
            for place, value, each in zip(places, published, limits.T, strict=True)
        }
    return found


@computed
def after_settled_ramp(counts: Sequence[int], *, unit: str = "") -> dict[str, Estimate]:
    """The next count if this series goes on as the public ones of its shape did: a ramp in the first step, none later.

    counts : (n,), consecutive years, whose last four are judged. unit : what is counted.

    Returns "80", "95" : the last count times the median and the quantiles of what followed the last counts of such
    windows of four, with a prediction interval of that level; a reason where the series has not that shape. It
    conditions on the shape alone, and was not scored as a forecast.

    >>> found = after_settled_ramp([153, 462, 527, 594])
    >>> round(found["80"].value, -1), round(found["80"].low, -1), round(found["80"].high, -1)
    (520.0, 210.0, 960.0)
    """
    facts, used = calibration.stored().facts, counts[-4:]
    about = {
        "estimand": "the next count, as after public series that ramped up and then settled",
        "unit": unit,
        "method": "quantiles of the next count over the last",
        "n": facts["ramp_next_rose"].n,
        "interval": "prediction",
        "interval_method": "empirical quantiles, every window weighing the same",
        "assumes": "the series goes on as public ones of this shape",
    }
    reason = (
        ""
        if len(used) == 4 and settled_ramp(used)[0]
        else "not compared: no first step of at least 2 before small ones"
    )
    if reason:
        return {name: Estimate(**about, level=level, reason=reason) for name, level in (("80", 0.8), ("95", 0.95))}
    low, lower, middle, higher, high = (used[-1] * facts[f"ramp_ratio_{p}"].value for p in (25, 100, 500, 900, 975))
    return {
        "80": Estimate(**about, level=0.8, value=middle, low=lower, high=higher),
        "95": Estimate(**about, level=0.95, value=middle, low=low, high=high),
    }


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
