"""Least-squares models for a short series of annual counts: constant, straight line, constant growth."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy import stats
from statsmodels.regression.linear_model import OLS

from analysis.estimates import Estimate, computed
from analysis.growth.rates import checked_series
from analysis.growth.trends import (
    Shape,
    TrendFit,
    design,
    doubling_time,
    full_years,
    growth,
    information_criteria,
    left_out_errors,
    not_interpreted,
    number,
)

NORMAL = "independent normal errors of equal variance"
NORMAL_LOG = "independent normal errors of equal variance in the logarithm"


@computed
def mean_level(
    years: Sequence[int],
    counts: Sequence[int],
    *,
    exposure: Sequence[float] | None = None,
    level: float = 0.95,
) -> TrendFit:
    """Mean annual count, were there no trend; t interval with n - 1 degrees of freedom.

    Returns
    -------
    TrendFit with the estimate "mean" (confidence interval) and "sigma".

    Examples
    --------
    >>> mean_level((2015, 2016, 2017, 2018), (153, 462, 527, 594)).estimates["mean"].value
    434.0
    """
    return _fit("constant level", "y = a", "constant", "identity", years, counts, exposure, level)


@computed
def linear_trend(
    years: Sequence[int],
    counts: Sequence[int],
    *,
    exposure: Sequence[float] | None = None,
    level: float = 0.95,
) -> TrendFit:
    """Change a year in the annual count along a straight line; t intervals with n - 2 degrees of freedom.

    Counts are put on full years first (count / exposure). With two counts there are no degrees of freedom
    and no intervals.

    Returns
    -------
    TrendFit with the estimates "intercept", "slope" (confidence intervals), "p" and "sigma".

    Examples
    --------
    >>> fit = linear_trend((2015, 2016, 2017, 2018), (153, 462, 527, 594))
    >>> [round(x, 2) for x in (fit.estimates["slope"].value, fit.estimates["slope"].low)]
    [138.8, -42.05]
    """
    return _fit("linear trend", "y = a + b x", "trend", "identity", years, counts, exposure, level)


@computed
def log_linear_trend(
    years: Sequence[int],
    counts: Sequence[int],
    *,
    exposure: Sequence[float] | None = None,
    level: float = 0.95,
) -> TrendFit:
    """Constant growth a year from a straight line through log counts; t intervals, n - 2 degrees of freedom.

    Returns
    -------
    TrendFit with the estimates "intercept", "slope", "growth", "doubling_time" (confidence intervals), "p"
        and "sigma". A count of 0 has no logarithm: then every estimate is a reason. Information criteria are
        those of the logarithms and compare with no model of the counts.

    Examples
    --------
    >>> fit = log_linear_trend((2015, 2016, 2017, 2018), (153, 462, 527, 594))
    >>> [round(x, 1) for x in (fit.estimates["growth"].value, fit.estimates["growth"].low)]
    [52.2, -26.8]
    """
    return _fit("log-linear trend", "log y = a + b x", "trend", "log", years, counts, exposure, level)


def _fit(
    name: str,
    formula: str,
    shape: Shape,
    link: str,
    years: Sequence[int],
    counts: Sequence[int],
    exposure: Sequence[float] | None,
    level: float,
) -> TrendFit:
    years, counts = checked_series(years, counts)
    n, time = len(counts), full_years(exposure, len(counts))
    columns = design(shape, years, years[0])
    df = n - columns.shape[1]
    common = dict(
        name=name,
        formula=formula,
        years=tuple(years),
        counts=tuple(counts),
        exposure=tuple(map(float, time)),
        shape=shape,
        link=link,
        parameters=columns.shape[1] + 1,
        residual_df=df,
    )
    if link == "log" and min(counts) == 0:
        return _without_fit(common, "not estimable: a count of 0 has no logarithm")
    annual = np.array(counts) / time
    response = np.log(annual) if link == "log" else annual
    result = OLS(response, columns).fit(method="qr")
    residuals = np.asarray(result.resid)
    rss = float(residuals @ residuals)
    if rss <= 1e-24 * float(response @ response):
        rss = 0.0
    leverage = (np.linalg.qr(columns)[0] ** 2).sum(axis=1)
    errors = np.asarray(result.bse) if df > 0 else np.array([])
    fitted = np.exp(result.fittedvalues) if link == "log" else result.fittedvalues
    log_likelihood = -n / 2 * (math.log(2 * math.pi * rss / n) + 1) if rss > 0 and df > 0 else math.inf
    unit = "log counts" if link == "log" else "counts"
    return TrendFit(
        **common,
        coefficients=tuple(map(float, result.params)),
        standard_errors=tuple(map(float, errors)),
        fitted=tuple(map(float, fitted * time)),
        residuals=tuple(map(float, residuals)),
        leverage=tuple(map(float, leverage)),
        deviance=rss,
        estimates=_estimates(common, result.params, errors, math.sqrt(rss / df) if df else None, level),
        goodness_of_fit={"R squared": _r_squared(rss, response, n, df)},
        information=information_criteria(log_likelihood, n, common["parameters"], name),
        diagnostics=left_out_errors(residuals, leverage, unit)
        | {"variance over Poisson": _variance_over_poisson(rss, annual, n, df, link == "log")},
        not_interpreted=not_interpreted(result, df),
    )


def _names(common: dict) -> dict[str, tuple[str, str]]:
    """Keys of the estimates of a model, each with its estimand and unit."""
    log, first = common["link"] == "log", common["years"][0]
    if common["shape"] == "constant":
        return {"mean": ("mean annual count", "counts a year")}
    what, unit = ("median annual count", "log counts") if log else ("mean annual count", "counts")
    slope = ("slope of the log count", "a year") if log else ("change in the annual count", "counts a year")
    return {"intercept": (f"{'log ' if log else ''}{what} in {first}", unit), "slope": slope}


def _estimates(
    common: dict, values: np.ndarray, errors: np.ndarray, sigma: float | None, level: float
) -> dict[str, Estimate]:
    n, df, log = len(common["counts"]), common["residual_df"], common["link"] == "log"
    about = dict(method=common["name"], n=n, assumes=NORMAL_LOG if log else NORMAL)
    none = "not estimable: 0 residual degrees of freedom"
    found = {}
    for i, (key, (estimand, unit)) in enumerate(_names(common).items()):
        found[key] = Estimate(estimand=estimand, unit=unit, value=float(values[i]), **about)
        if df:
            reach = float(stats.t.ppf((1 + level) / 2, df) * errors[i])
            found[key] = replace(
                found[key],
                low=float(values[i]) - reach,
                high=float(values[i]) + reach,
                level=level,
                interval="confidence",
                interval_method=f"t, {df} df",
            )
    if log:
        found["growth"] = growth(found["slope"], common["years"])
        found["doubling_time"] = doubling_time(found["slope"])
    unit = "log counts" if log else "counts"
    if not df:
        found["sigma"] = Estimate(estimand="residual standard deviation", unit=unit, reason=none, **about)
    else:
        found["sigma"] = number("residual standard deviation", sigma, common["name"], n, unit, about["assumes"])
    if common["shape"] == "trend":
        found["p"] = _slope_p(values[-1], errors, df, about)
    return found


def _slope_p(slope: float, errors: np.ndarray, df: int, about: dict) -> Estimate:
    common = dict(about, estimand="p-value for no trend", unit="", method=f"t, {df} df, two-sided")
    if not df or errors[-1] == 0:
        return Estimate(**common, reason="undefined: the fit is exact")
    return Estimate(**common, value=float(2 * stats.t.sf(abs(slope / errors[-1]), df)))


def _r_squared(rss: float, response: np.ndarray, n: int, df: int) -> Estimate:
    spread = float(((response - response.mean()) ** 2).sum())
    about = dict(estimand="R squared", unit="", method=f"{df} residual df", n=n)
    if not spread:
        return Estimate(**about, reason="undefined: all counts are equal")
    return Estimate(**about, value=1 - rss / spread, assumes="describes the fit; tests nothing")


def _variance_over_poisson(rss: float, annual: np.ndarray, n: int, df: int, log: bool) -> Estimate:
    """Residual variance over what Poisson counts of this size would have: far below 1 it is luck."""
    about = dict(estimand="residual variance over Poisson variance", unit="ratio", n=n)
    about["method"] = f"residual mean square, {df} df"
    mean = float(annual.mean())
    if df < 1 or mean == 0:
        reason = "not estimable: 0 residual degrees of freedom" if df < 1 else "not estimable: every count is 0"
        return Estimate(**about, reason=reason)
    ratio = rss / df * mean if log else rss / df / mean
    return Estimate(**about, value=ratio, assumes="below 1 the intervals are narrower than Poisson counts allow")


def _without_fit(common: dict, reason: str) -> TrendFit:
    keys = dict(_names(common), growth=("growth a year", "% a year"), doubling_time=("doubling time", "years"))
    keys |= {"sigma": ("residual standard deviation", "log counts"), "p": ("p-value for no trend", "")}
    estimates = {
        key: Estimate(estimand=estimand, unit=unit, method=common["name"], n=len(common["counts"]), reason=reason)
        for key, (estimand, unit) in keys.items()
    }
    return TrendFit(**common, estimates=estimates, reason=reason)
