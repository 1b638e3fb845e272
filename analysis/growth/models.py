"""Growth a year in a short series of annual counts: by model, by interval, and without each year.

The models are in `least_squares`, `count_trends` and `negative_binomial`; `TREND_MODELS` names them all.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from scipy import stats

from analysis.estimates import Estimate, computed
from analysis.growth.count_trends import level_shift, poisson_level, poisson_trend, quasi_poisson_trend
from analysis.growth.least_squares import linear_trend, log_linear_trend, mean_level
from analysis.growth.negative_binomial import negative_binomial_trend
from analysis.growth.poisson_slope import SlopeProblem, exact_limits, profile_limits
from analysis.growth.rates import POISSON, Method, checked_series, rate_ratio
from analysis.growth.trends import TrendFit, doubling_time, full_years, growth

CONSTANT_GROWTH: dict[str, Callable[..., TrendFit]] = {
    "log-linear trend": log_linear_trend,
    "Poisson trend": poisson_trend,
    "quasi-Poisson trend": quasi_poisson_trend,
    "negative binomial trend": negative_binomial_trend,
}
TREND_MODELS: dict[str, Callable[..., TrendFit]] = {
    "constant level": mean_level,
    "linear trend": linear_trend,
    **CONSTANT_GROWTH,
    "Poisson constant": poisson_level,
    "level shift": level_shift,
}
KNOWN_DISPERSIONS = (1.0, 2.0, 5.0, 10.0)
ESTIMATED_DISPERSIONS = ("Pearson", "Pearson, at least 1")


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """What one model says without one year: its expected count there, the error, and the growth a year."""

    year: int
    expected: Estimate
    error: Estimate
    growth: Estimate


def all_trends(
    years: Sequence[int],
    counts: Sequence[int],
    *,
    exposure: Sequence[float] | None = None,
    level: float = 0.95,
) -> dict[str, TrendFit]:
    """Every trend model fitted to the same series, by name.

    Examples
    --------
    >>> fits = all_trends((2015, 2016, 2017, 2018), (153, 462, 527, 594))
    >>> [name for name, fit in fits.items() if "growth" in fit.estimates][0]
    'log-linear trend'
    """
    return {name: model(years, counts, exposure=exposure, level=level) for name, model in TREND_MODELS.items()}


@computed
def compound_growth(
    years: Sequence[int],
    counts: Sequence[int],
    *,
    exposure: Sequence[float] | None = None,
    level: float = 0.95,
    method: Method | None = None,
    dispersion: float = 1.0,
) -> dict[str, Estimate]:
    """Constant yearly growth that leads from the first count to the last (CAGR), and its doubling time.

    The years between do not enter. The roots of the limits of the ratio of the two counts (see `rate_ratio`
    for `method` and `dispersion`) are the limits of the growth factor: exact conditional by default.

    Returns
    -------
    "growth" (% a year) and "doubling_time" (years), each with a confidence interval.

    Examples
    --------
    >>> e = compound_growth((2015, 2018), (153, 594))["growth"]
    >>> [round(x, 1) for x in (e.value, e.low, e.high)]
    [57.2, 48.0, 67.1]
    """
    years, counts = checked_series(years, counts)
    time = full_years(exposure, len(counts))
    gap = years[-1] - years[0]
    ratio = rate_ratio(
        counts[-1],
        counts[0],
        level=level,
        method=method,
        dispersion=dispersion,
        exposure=(float(time[-1]), float(time[0])),
    )
    named = dict(method="compound annual growth", function="")
    percent = ratio.transformed(lambda r: 100 * (r ** (1 / gap) - 1), "% a year")
    percent = replace(percent, estimand=f"growth a year, {years[0]} to {years[-1]}", **named)
    if min(counts[0], counts[-1]) == 0:
        reason = ratio.reason or "undefined: the last count is 0"
        about = dict(estimand="doubling time", unit="years", n=2, reason=reason)
        return {"growth": percent, "doubling_time": Estimate(method="compound annual growth", **about)}
    slope = replace(ratio.transformed(lambda r: math.log(r) / gap, "a year"), **named)
    return {"growth": percent, "doubling_time": doubling_time(slope)}


def growth_specifications() -> list[tuple[str, str, float | str]]:
    """Every (model, interval, dispersion) that `annual_growth` can compute, valid or not.

    Examples
    --------
    >>> len(growth_specifications())
    26
    """
    found: list[tuple[str, str, float | str]] = []
    found += [("compound", "exact", 1.0), ("Poisson", "exact", 1.0)]
    for model, interval in (("compound", "z"), ("Poisson", "profile likelihood"), ("Poisson", "z")):
        found += [(model, interval, phi) for phi in KNOWN_DISPERSIONS]
    for phi in ESTIMATED_DISPERSIONS:
        found += [("quasi-Poisson", interval, phi) for interval in ("F profile", "t", "profile likelihood", "z")]
    found += [("log-linear", interval, "residual variance") for interval in ("t", "z")]
    found += [("negative binomial", interval, "alpha") for interval in ("t", "z")]
    return found


@computed
def annual_growth(
    years: Sequence[int],
    counts: Sequence[int],
    *,
    model: str,
    interval: str,
    dispersion: float | str,
    exposure: Sequence[float] | None = None,
    level: float = 0.95,
) -> Estimate:
    """Growth a year under one specification; `growth_specifications` lists those that exist.

    Parameters
    ----------
    model : "compound", "log-linear", "Poisson", "quasi-Poisson", "negative binomial".
    interval : "exact", "profile likelihood" (chi-squared), "F profile", "t", "z".
    dispersion : a known value above 0 ("compound", "Poisson"), "Pearson" or "Pearson, at least 1"
        ("quasi-Poisson"), "residual variance" ("log-linear"), "alpha" ("negative binomial").

    Returns
    -------
    Estimate in % a year with a confidence interval. Normal quantiles beside an estimated dispersion are
        computed because others use them; they hold far less than they state.

    Raises
    ------
    ValueError : a combination that does not exist.

    Examples
    --------
    >>> about = dict(model="quasi-Poisson", interval="t", dispersion="Pearson")
    >>> e = annual_growth((2015, 2016, 2017, 2018), (153, 462, 527, 594), **about)
    >>> [round(x, 1) for x in (e.value, e.low, e.high)]
    [39.0, -27.0, 164.9]
    """
    years, counts = checked_series(years, counts)
    known = isinstance(dispersion, (int, float))
    kinds = {(m, i, "known" if isinstance(d, float) else d) for m, i, d in growth_specifications()}
    if (model, interval, "known" if known else dispersion) not in kinds or (interval == "exact" and dispersion != 1):
        raise ValueError(
            f"no interval {interval!r} for model {model!r} with dispersion {dispersion!r}: "
            "take one of growth_specifications()"
        )
    if model == "compound":
        about = dict(method="exact" if interval == "exact" else "log-normal", dispersion=dispersion)
        return compound_growth(years, counts, exposure=exposure, level=level, **about)["growth"]
    if model in ("log-linear", "negative binomial"):
        fitted = log_linear_trend if model == "log-linear" else negative_binomial_trend
        slope = _fitted_slope(fitted(years, counts, exposure=exposure, level=level), interval, level)
    else:
        slope = _poisson_slope(years, counts, exposure, interval, dispersion, level)
    return growth(slope, years)


def _fitted_slope(fit: TrendFit, interval: str, level: float) -> Estimate:
    slope = replace(fit.estimates["slope"], function="")
    if interval == "t" or not slope.interval:
        return slope
    reach = float(stats.norm.isf((1 - level) / 2)) * fit.standard_errors[1]
    return replace(slope, low=slope.value - reach, high=slope.value + reach, interval_method="z, estimated variance")


def _poisson_slope(
    years: list[int],
    counts: list[int],
    exposure: Sequence[float] | None,
    interval: str,
    dispersion: float | str,
    level: float,
) -> Estimate:
    problem, df = SlopeProblem.build(years, counts, full_years(exposure, len(counts))), len(counts) - 2
    estimated = isinstance(dispersion, str)
    about = dict(estimand="slope", unit="a year", n=len(counts))
    about["method"] = "quasi-Poisson trend" if estimated else "Poisson trend"
    if problem.at_start or problem.at_end or (estimated and df < 1):
        reason = "not estimable: every count is in the first or the last year"
        if estimated and df < 1:
            reason = "not estimable: 0 residual degrees of freedom"
        return Estimate(**about, reason=reason)
    slope = problem.estimate()
    phi = problem.pearson(slope) / df if estimated else float(dispersion)
    if dispersion == "Pearson, at least 1":
        phi = max(1.0, phi)
    if phi < 1e-20:
        return Estimate(**about, reason="not estimable: the counts lie on the curve, dispersion 0")
    tail = (1 - level) / 2
    quantile = float(stats.t.isf(tail, df) if interval == "t" else stats.norm.isf(tail))
    reach = quantile * math.sqrt(phi) * problem.standard_error(slope)
    limits = {
        "exact": lambda: exact_limits(problem, level),
        "profile likelihood": lambda: profile_limits(problem, level, phi),
        "F profile": lambda: profile_limits(problem, level, phi, df),
        "t": lambda: (slope - reach, slope + reach),
        "z": lambda: (slope - reach, slope + reach),
    }[interval]()
    return Estimate(
        **about,
        value=slope,
        low=limits[0],
        high=limits[1],
        level=level,
        interval="confidence",
        interval_method=f"{interval}, dispersion {phi:.3g}" if phi != 1 else interval,
        assumes=POISSON if phi == 1 and not estimated else "variance proportional to the mean",
    )


@computed
def leave_one_out(
    years: Sequence[int],
    counts: Sequence[int],
    *,
    model: str = "Poisson trend",
    exposure: Sequence[float] | None = None,
    level: float = 0.95,
) -> list[LeftOut]:
    """Which year drives a fit: each left out in turn, its error, and the growth that the others give.

    Parameters
    ----------
    model : a name in `TREND_MODELS`; three counts or more.

    Returns
    -------
    One LeftOut a year; "growth" carries the model's confidence interval and is a reason for models without
        constant growth.

    Examples
    --------
    >>> out = leave_one_out((2015, 2016, 2017, 2018), (153, 462, 527, 594), model="linear trend")
    >>> [round(e.error.value, 1) for e in out]
    [-242.7, 139.1, 33.7, -160.7]
    """
    if model not in TREND_MODELS:
        raise ValueError(f"model {model!r}: choose one of {', '.join(TREND_MODELS)}")
    years, counts = checked_series(years, counts, least=3)
    time = full_years(exposure, len(counts))
    found = []
    for i, year in enumerate(years):
        rest = [j for j in range(len(years)) if j != i]
        fit = TREND_MODELS[model]([years[j] for j in rest], [counts[j] for j in rest], exposure=time[rest], level=level)
        about = dict(unit="counts", method=f"{model} without {year}", n=len(rest))
        reason = fit.reason
        mean = None if reason else float(fit.mean_at([year])[0] * time[i])
        error = None if mean is None else counts[i] - mean
        no_growth = Estimate(
            estimand="growth a year",
            unit="% a year",
            method=about["method"],
            reason="undefined: no constant growth",
        )
        found.append(
            LeftOut(
                year=year,
                expected=Estimate(estimand=f"expected count in {year}", value=mean, reason=reason, **about),
                error=Estimate(estimand=f"count of {year} less expected", value=error, reason=reason, **about),
                growth=fit.estimates.get("growth", no_growth),
            )
        )
    return found
