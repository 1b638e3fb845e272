"""The result of fitting a trend to a short series, in one shape for every model, so that tables can loop."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from scipy import stats
from statsmodels.stats.outliers_influence import OLSInfluence
from statsmodels.stats.stattools import durbin_watson

from analysis.estimates import Estimate

Shape = Literal["constant", "trend", "level shift"]

DIAGNOSTICS_WITHOUT_MEANING = (
    "Shapiro-Wilk p-value",
    "Durbin-Watson statistic",
    "lag-1 autocorrelation of residuals",
    "largest externally studentised residual",
    "largest Cook's distance",
)


@dataclass(frozen=True, kw_only=True)
class TrendFit:
    """One model fitted to one series.

    Parameters
    ----------
    name, formula : the model in words and symbols; x is years since the first.
    years, counts, exposure : what it was fitted to; exposure in years.
    shape, link : "constant", "trend" or "level shift", and "identity" or "log": what `mean_at` needs.
    parameters : how many were fitted, a scale parameter included (R's convention for AIC).
    residual_df : observations less coefficients.
    coefficients : of the design, in its order; empty when `reason` says why there is no fit.
    standard_errors : one a coefficient; empty when no variance can be estimated.
    estimates : what the model is asked for, each with the interval that is right for few observations.
    fitted : expected counts over each exposure. residuals : on the scale of the fit (log counts for a
        log-linear fit, deviance residuals for Poisson kinds). leverage : diagonal of the hat matrix.
    goodness_of_fit, information, diagnostics : named numbers, or why they are undefined.
    not_interpreted : numbers that software prints and this many observations cannot carry, with the reason.
    reason : why there is no fit; "" when there is.
    """

    name: str
    formula: str
    years: tuple[int, ...]
    counts: tuple[int, ...]
    exposure: tuple[float, ...]
    shape: Shape
    link: Literal["identity", "log"]
    parameters: int
    residual_df: int
    estimates: dict[str, Estimate]
    coefficients: tuple[float, ...] = ()
    standard_errors: tuple[float, ...] = ()
    fitted: tuple[float, ...] = ()
    residuals: tuple[float, ...] = ()
    leverage: tuple[float, ...] = ()
    deviance: float | None = None
    shift_year: int | None = None
    goodness_of_fit: dict[str, Estimate] = field(default_factory=dict)
    information: dict[str, Estimate] = field(default_factory=dict)
    diagnostics: dict[str, Estimate] = field(default_factory=dict)
    not_interpreted: dict[str, Estimate] = field(default_factory=dict)
    reason: str = ""

    def mean_at(self, years: Sequence[float]) -> np.ndarray:
        """Expected count of a full year at each of `years` (the median for a log-linear fit), for drawing."""
        if self.reason:
            raise ValueError(f"{self.name}: no curve, {self.reason}")
        columns = design(self.shape, years, self.years[0], self.shift_year)
        linear = columns @ np.array(self.coefficients)
        return np.exp(linear) if self.link == "log" else linear


def design(shape: Shape, years: Sequence[float], origin: int, shift_year: int | None = None) -> np.ndarray:
    """Columns of the linear predictor: 1, and years since `origin` or whether `shift_year` has come.

    >>> design("trend", (2015, 2017), 2015).tolist()
    [[1.0, 0.0], [1.0, 2.0]]
    """
    at = np.asarray(years, dtype=float)
    columns = [np.ones(len(at))]
    if shape == "trend":
        columns.append(at - origin)
    elif shape == "level shift":
        columns.append((at >= shift_year).astype(float))
    return np.column_stack(columns)


def full_years(exposure: Sequence[float] | None, n: int) -> np.ndarray:
    """Exposure in years, one for each of `n` counts; 1 each when None.

    >>> full_years(None, 2).tolist()
    [1.0, 1.0]
    """
    if exposure is None:
        return np.ones(n)
    values = np.asarray(exposure, dtype=float)
    if len(values) != n or not (np.isfinite(values).all() and (values > 0).all()):
        raise ValueError(f"exposure {list(exposure)}: give {n} positive numbers of years")
    return values


def number(estimand: str, value: float, method: str, n: int, unit: str = "", assumes: str = "") -> Estimate:
    """A computed number without interval; the reason instead when it is not finite."""
    if not math.isfinite(value):
        return Estimate(estimand=estimand, unit=unit, method=method, n=n, reason="undefined: the fit is exact")
    return Estimate(estimand=estimand, unit=unit, method=method, value=float(value), n=n, assumes=assumes)


def information_criteria(log_likelihood: float, n: int, parameters: int, model: str) -> dict[str, Estimate]:
    """Log likelihood, AIC and AICc of one model; AICc is undefined unless n - k - 1 > 0.

    >>> information_criteria(-22.462, 4, 3, "linear trend")["AICc"].reason
    'undefined: n - k - 1 = 0'
    """
    about = f"{model}, {parameters} parameters"
    aic = -2 * log_likelihood + 2 * parameters
    spare = n - parameters - 1
    if spare > 0:
        aicc = number("AICc", aic + 2 * parameters * (parameters + 1) / spare, about, n)
    else:
        aicc = Estimate(estimand="AICc", unit="", method=about, n=n, reason=f"undefined: n - k - 1 = {spare}")
    return {
        "log likelihood": number("log likelihood", log_likelihood, about, n),
        "AIC": number("AIC", aic, about, n),
        "AICc": aicc,
    }


def doubling_time(slope: Estimate) -> Estimate:
    """Years in which a constantly growing count doubles, from the slope of its logarithm.

    The limits swap and invert. Where the interval of the slope reaches 0 the upper limit is unbounded; where
    the slope itself is not above 0 there is no doubling time.

    >>> from analysis.estimates import Estimate
    >>> doubling_time(Estimate(estimand="slope", unit="", method="trend", value=-0.1)).reason
    'undefined: the fitted trend does not rise'
    """
    base = replace(slope, estimand="doubling time", unit="years", function="")
    if slope.value is None or slope.value <= 0:
        reason = slope.reason or "undefined: the fitted trend does not rise"
        return replace(
            base, value=None, low=None, high=None, level=None, interval="", interval_method="", reason=reason
        )
    value = math.log(2) / slope.value
    if not slope.interval:
        return replace(base, value=value)
    low = None if slope.high is None else math.log(2) / slope.high
    high = math.log(2) / slope.low if slope.low is not None and slope.low > 0 else None
    reason = "" if low is not None and high is not None else f"unbounded at {slope.level:.0%}"
    return replace(base, value=value, low=low, high=high, reason=reason)


def growth(slope: Estimate, years: Sequence[int]) -> Estimate:
    """Growth a year in percent, from the slope of the logarithm."""
    named = f"growth a year, {years[0]} to {years[-1]}"
    return replace(slope.transformed(lambda b: 100 * math.expm1(b), "% a year", named), function="")


def deviance_tests(deviance: float, pearson: float, df: int, n: int) -> dict[str, Estimate]:
    """Goodness of fit of a Poisson model: deviance and Pearson statistic, with chi-squared p-values.

    `too good` is the lower tail of the deviance: small when the counts lie closer to the curve than
    Poisson counts would.
    """
    values = {"deviance": deviance, "Pearson statistic": pearson}
    found = {name: number(name, value, f"{df} residual df", n) for name, value in values.items()}
    for name, value in values.items():
        found[f"{name} p"] = _chi2_tail(f"p-value of the {name}", stats.chi2.sf, value, df, n)
    found["too good"] = _chi2_tail("p-value for a fit as close or closer", stats.chi2.cdf, deviance, df, n)
    return found


def _chi2_tail(estimand: str, tail: object, value: float, df: int, n: int) -> Estimate:
    method = f"chi-squared, {df} df"
    if df < 1:
        reason = "undefined: 0 residual degrees of freedom"
        return Estimate(estimand=estimand, unit="", method=method, n=n, reason=reason)
    return number(estimand, float(tail(value, df)), method, n, assumes="Poisson counts, means not small")


def left_out_errors(residuals: np.ndarray, leverage: np.ndarray, unit: str) -> dict[str, Estimate]:
    """Sum of squares and root mean square of leave-one-out prediction errors of a least-squares fit."""
    n = len(residuals)
    if (1 - leverage).min() < 1e-12:
        reason = "undefined: a year with leverage 1 cannot be left out"
        return {
            name: Estimate(estimand=name, unit=unit, method="leave-one-out", n=n, reason=reason)
            for name in ("PRESS", "leave-one-out RMS error")
        }
    press = float(((residuals / (1 - leverage)) ** 2).sum())
    return {
        "PRESS": number("PRESS", press, "leave-one-out", n, f"{unit} squared"),
        "leave-one-out RMS error": number("leave-one-out RMS error", math.sqrt(press / n), "leave-one-out", n, unit),
    }


def not_interpreted(result: object, residual_df: int) -> dict[str, Estimate]:
    """Diagnostics that a regression prints for few observations, each with why it says nothing here."""
    residuals, n = np.asarray(result.resid), len(result.resid)
    if residual_df < 2 or float(residuals @ residuals) <= 1e-20 * float(result.model.endog @ result.model.endog):
        reason = f"undefined: {residual_df} residual degrees of freedom"
        return {
            name: Estimate(estimand=name, unit="", method="residuals", n=n, reason=reason)
            for name in DIAGNOSTICS_WITHOUT_MEANING
        }
    influence = OLSInfluence(result)
    with np.errstate(divide="ignore", invalid="ignore"):
        external = influence.resid_studentized_external
    few = f"not to be interpreted: {n} residuals with {residual_df} degrees of freedom"
    values = (
        (stats.shapiro(residuals).pvalue, f"{few} cannot show a shape"),
        (durbin_watson(residuals), f"{few} leave no table to compare with"),
        (residuals[1:] @ residuals[:-1] / (residuals @ residuals), f"{few} leave {n - 1} overlapping pairs"),
        (
            external[np.abs(external).argmax()],
            f"not to be interpreted: its scale rests on {residual_df - 1} degrees of freedom",
        ),
        (influence.cooks_distance[0].max(), f"{few}: every year is influential"),
    )
    return {
        name: _unread(name, float(value), reason, n)
        for name, (value, reason) in zip(DIAGNOSTICS_WITHOUT_MEANING, values, strict=True)
    }


def _unread(name: str, value: float, reason: str, n: int) -> Estimate:
    if not math.isfinite(value):
        return number(name, value, "residuals", n)
    return Estimate(estimand=name, unit="", method="residuals", value=value, n=n, reason=reason)
