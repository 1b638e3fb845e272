"""What every Poisson-like fit of a short series shares: the fitting, the uniform result, the refusals."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence

import numpy as np
from scipy import stats
from statsmodels.genmod import families
from statsmodels.genmod.generalized_linear_model import GLM
from statsmodels.tools.sm_exceptions import PerfectSeparationWarning

from analysis.estimates import Estimate
from analysis.growth.poisson_slope import Limits, SlopeProblem, exact_limits, profile_limits
from analysis.growth.rates import POISSON, checked_series
from analysis.growth.trends import (
    Shape,
    TrendFit,
    design,
    deviance_tests,
    doubling_time,
    full_years,
    growth,
    information_criteria,
)

ONE_SIDED = "unbounded: every count is in the first or the last year"


def poisson_glm(
    counts: Sequence[int], columns: np.ndarray, exposure: np.ndarray, family: families.Family | None = None
) -> object:
    """Generalised linear model with log link, iterated until the deviance moves by less than 1e-13."""
    family = family or families.Poisson()
    # as many coefficients as counts is allowed here; the residual degrees of freedom say what follows
    with warnings.catch_warnings(), np.errstate(divide="ignore", invalid="ignore"):
        warnings.simplefilter("ignore", PerfectSeparationWarning)
        return GLM(np.asarray(counts, dtype=float), columns, family=family, offset=np.log(exposure)).fit(
            tol=1e-13, maxiter=200, scale=1.0
        )


def prepared(
    name: str,
    formula: str,
    shape: Shape,
    years: Sequence[int],
    counts: Sequence[int],
    exposure: Sequence[float] | None,
    parameters: int,
    shift_year: int | None = None,
) -> tuple[dict, np.ndarray, np.ndarray]:
    """Checked fields that every fit carries, the design, and the exposure."""
    years, counts = checked_series(years, counts)
    time = full_years(exposure, len(counts))
    columns = design(shape, years, years[0], shift_year)
    common = dict(
        name=name,
        formula=formula,
        years=tuple(years),
        counts=tuple(counts),
        exposure=tuple(map(float, time)),
        shape=shape,
        link="log",
        parameters=parameters,
        residual_df=len(counts) - columns.shape[1],
        shift_year=shift_year,
    )
    return common, columns, time


def uniform_fit(
    common: dict,
    columns: np.ndarray,
    time: np.ndarray,
    estimates: dict[str, Estimate],
    result: object = None,
    dispersion: float = 1.0,
) -> TrendFit:
    """The uniform result around a generalised linear model, fitted here unless given."""
    result = poisson_glm(common["counts"], columns, time) if result is None else result
    n, df = len(time), common["residual_df"]
    leverage = np.asarray(result.get_hat_matrix_diag())
    return TrendFit(
        **common,
        coefficients=tuple(map(float, result.params)),
        standard_errors=tuple(float(e) for e in result.bse * math.sqrt(dispersion)),
        fitted=tuple(map(float, result.fittedvalues)),
        residuals=tuple(map(float, result.resid_deviance)),
        leverage=tuple(map(float, leverage)),
        deviance=float(result.deviance),
        estimates=estimates,
        goodness_of_fit=deviance_tests(float(result.deviance), float(result.pearson_chi2), df, n),
        information=information_criteria(float(result.llf), n, common["parameters"], common["name"]),
    )


def with_limits(about: dict, value: float, limits: Limits | None, level: float, method: str) -> Estimate:
    if limits is None:
        return Estimate(**about, value=value)
    low, high = (None if limit is None else float(limit) for limit in limits)
    return Estimate(
        **about, value=value, low=low, high=high, level=level, interval="confidence", interval_method=method
    )


def growth_and_doubling(slope: Estimate, common: dict) -> dict[str, Estimate]:
    return {"growth": growth(slope, common["years"]), "doubling_time": doubling_time(slope)}


def intercept(result: object, common: dict, level: float, dispersion: float, df: int | None = None) -> Estimate:
    """Log rate in the first year, with a Wald interval: normal when the dispersion is known, t otherwise."""
    value, error = float(result.params[0]), float(result.bse[0]) * math.sqrt(dispersion)
    quantile = stats.norm.isf((1 - level) / 2) if df is None else stats.t.isf((1 - level) / 2, df)
    about = dict(
        estimand=f"log rate in {common['years'][0]}",
        unit="log counts",
        method=common["name"],
        n=len(common["counts"]),
        assumes=POISSON if df is None and dispersion == 1 else "variance proportional to the mean",
    )
    how = "Wald z" if df is None else f"t, {df} df"
    reach = float(quantile) * error
    return with_limits(about, value, (value - reach, value + reach), level, how)


def one_sided(common: dict, problem: SlopeProblem, about: dict, level: float, dispersion: float) -> TrendFit:
    """All counts in the first or last year (or none at all): at most one limit of the slope exists."""
    if problem.total == 0:
        return refused(common, about, "not estimable: every count is 0")
    limits = exact_limits(problem, level) if dispersion == 1 else profile_limits(problem, level, dispersion)
    how = "exact conditional" if dispersion == 1 else f"profile likelihood, dispersion {dispersion:g}"
    slope = Estimate(
        **about,
        low=limits[0],
        high=limits[1],
        level=level,
        interval="confidence",
        interval_method=how,
        reason=ONE_SIDED,
    )
    return TrendFit(**common, estimates={"slope": slope} | growth_and_doubling(slope, common), reason=ONE_SIDED)


def refused(common: dict, about: dict, reason: str) -> TrendFit:
    slope = Estimate(**about, reason=reason)
    return TrendFit(**common, estimates={"slope": slope} | growth_and_doubling(slope, common), reason=reason)
