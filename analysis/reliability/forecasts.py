"""Prediction of the next counts of a short annual series, by every common method, for many series at once.

A method turns counts shaped (windows, n) into quantiles of its predictive distribution at a horizon. None of
these methods learns from other series; `analysis.reliability.reference_class` holds the one that does.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from analysis.estimates import Estimate, Forecast, computed
from analysis.reliability.predictive import HORIZONS, LEVELS, METHODS, probabilities

BEYOND_ANY_COUNT = 1e12  # a limit above this is reported as no limit at all


def quantiles(method: str, counts: ArrayLike, horizon: int = 1, levels: Sequence[float] = LEVELS) -> np.ndarray:
    """Median and prediction limits of the count `horizon` years ahead, for every window.

    Parameters
    ----------
    method : key of `METHODS`.
    counts : (windows, n) or (n,), consecutive yearly counts, the last one latest.
    horizon : years ahead, 1 or more.
    levels : nominal coverage of the intervals.

    Returns
    -------
    (windows, 2 * len(levels) + 1): the lower limits from the widest interval inwards, the median, the upper
    limits outwards (`probabilities`); never below 0.

    Raises
    ------
    ValueError : an unknown method, too few observations, or a count of zero where a logarithm is taken.

    Examples
    --------
    >>> quantiles("naive_poisson", [153, 462, 527, 594]).tolist()
    [[547.0, 563.0, 594.0, 625.0, 642.0]]
    """
    if method not in METHODS:
        raise ValueError(f"method {method!r}: choose one of {', '.join(METHODS)}")
    chosen = METHODS[method]
    windows = np.atleast_2d(np.asarray(counts, dtype=float))
    if windows.shape[1] < chosen.least:
        raise ValueError(f"{chosen.title}: {windows.shape[1]} observations, needs {chosen.least}")
    if horizon < 1:
        raise ValueError(f"horizon {horizon}: give a whole number of years ahead, 1 or more")
    if np.any(windows < 0) or (chosen.positive and np.any(windows == 0)):
        raise ValueError(f"{chosen.title}: needs counts {'above zero' if chosen.positive else 'not negative'}")
    return np.maximum(chosen.quantiles(windows, horizon, probabilities(levels)), 0.0)


@computed
def forecast(
    years: Sequence[int],
    counts: Sequence[int],
    *,
    horizons: Sequence[int] = HORIZONS,
    levels: Sequence[float] = LEVELS,
    methods: Sequence[str] | None = None,
    unit: str = "",
) -> list[Forecast]:
    """The next counts of one series under each method: a batch of one.

    Parameters
    ----------
    years, counts : (n,), consecutive years.
    horizons : years ahead. levels : nominal coverages, narrowest first in the result.
    methods : keys of `METHODS`, all by default. unit : what is counted.

    Returns
    -------
    One Forecast a method and horizon, methods in the order of `METHODS`. Each estimate holds the median with
    a prediction interval, limits not rounded; a method that cannot be used gives the reason.

    Raises
    ------
    ValueError : years that are not consecutive, or not as many as counts; an unknown method.

    Examples
    --------
    >>> (naive,) = forecast([2016, 2017, 2018], [462, 527, 594], horizons=[1], methods=["naive_poisson"])
    >>> naive.year, naive.at(0.95).low, naive.at(0.95).high
    (2019, 547.0, 642.0)
    """
    check_years(years, counts)
    chosen = list(METHODS) if methods is None else list(methods)
    return [_forecast(key, years, counts, h, levels, unit) for key in chosen for h in horizons]


def check_years(years: Sequence[int], counts: Sequence[int]) -> None:
    """Refuses years that do not match the counts or that leave a gap."""
    if len(years) != len(counts) or len(years) == 0:
        raise ValueError(f"years: {len(years)} for {len(counts)} counts; give one year for each count")
    if any(later - earlier != 1 for earlier, later in zip(years, years[1:], strict=False)):
        raise ValueError(f"years {list(years)}: must be consecutive; forecast from the last unbroken run")


def as_forecast(limits: ArrayLike, levels: Sequence[float], year: int, horizon: int, stated: dict) -> Forecast:
    """A Forecast from one row of `quantiles`; `stated` holds the words that every estimate carries."""
    row = [float(value) for value in np.asarray(limits)]
    estimates = []
    for place, level in enumerate(sorted(levels, reverse=True)):
        low, high, reason = row[place], row[-1 - place], ""
        if high > BEYOND_ANY_COUNT:
            high, reason = None, f"unbounded at {level:.0%}: the upper limit exceeds any possible count"
        median = row[len(row) // 2]
        estimates.append(
            Estimate(value=median, low=low, high=high, level=level, interval="prediction", reason=reason, **stated)
        )
    return Forecast(method=stated["method"], year=year, horizon=horizon, estimates=tuple(reversed(estimates)))


def refused(reason: str, levels: Sequence[float], year: int, horizon: int, stated: dict) -> Forecast:
    """A Forecast without numbers: the reason at every level."""
    estimates = (Estimate(level=level, interval="prediction", reason=reason, **stated) for level in sorted(levels))
    return Forecast(method=stated["method"], year=year, horizon=horizon, estimates=tuple(estimates))


def _forecast(
    key: str, years: Sequence[int], counts: Sequence[int], horizon: int, levels: Sequence[float], unit: str
) -> Forecast:
    if key not in METHODS:
        raise ValueError(f"method {key!r}: choose one of {', '.join(METHODS)}")
    method, year, n = METHODS[key], years[-1] + horizon, len(counts)
    stated = {
        "estimand": f"count in {year}",
        "unit": unit,
        "method": method.title,
        "interval_method": method.predictive,
        "n": n,
        "assumes": method.assumes,
    }
    if n < method.least:
        reason = f"not estimable: {n} observations"
        return refused(reason, levels, year, horizon, stated)
    if method.positive and min(counts) <= 0:
        return refused("undefined: a count of zero has no logarithm", levels, year, horizon, stated)
    limits = quantiles(key, counts, horizon, levels)[0]
    if not np.all(np.isfinite(limits)):
        return refused("not estimable: the likelihood has no maximum", levels, year, horizon, stated)
    return as_forecast(limits, levels, year, horizon, stated)
