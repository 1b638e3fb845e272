"""Constant growth with negative binomial counts, by maximum likelihood."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy import stats
from scipy.optimize import brentq
from statsmodels.discrete.discrete_model import NegativeBinomial
from statsmodels.genmod import families

from analysis.estimates import computed
from analysis.growth.count_fits import (
    ONE_SIDED,
    growth_and_doubling,
    poisson_glm,
    prepared,
    refused,
    uniform_fit,
    with_limits,
)
from analysis.growth.poisson_slope import SlopeProblem
from analysis.growth.trends import TrendFit, information_criteria, number


@computed
def negative_binomial_trend(
    years: Sequence[int],
    counts: Sequence[int],
    *,
    exposure: Sequence[float] | None = None,
    level: float = 0.95,
) -> TrendFit:
    """Constant growth a year with variance mu + alpha mu^2, alpha by maximum likelihood (NB2).

    Standard errors come from the joint observed information of all three parameters (R's glm.nb holds alpha
    fixed and states smaller ones); limits use t with n - 3 degrees of freedom. Where the counts vary no more
    than Poisson counts, alpha is at its boundary 0 and the reason is returned.

    Returns
    -------
    TrendFit with "intercept", "slope", "growth", "doubling_time" (confidence intervals), "alpha" and "theta"
        (1 / alpha). Coverage is poor for few counts: at n = 4 no interval of this model can be relied on.

    Examples
    --------
    >>> fit = negative_binomial_trend((2015, 2016, 2017, 2018), (153, 462, 527, 594))
    >>> round(fit.estimates["theta"].value, 3)
    14.546
    """
    common, columns, time = prepared(
        "negative binomial trend",
        "log mu = a + b x, var = mu + alpha mu^2",
        "trend",
        years,
        counts,
        exposure,
        3,
    )
    problem, n = SlopeProblem.build(common["years"], common["counts"], time), len(time)
    about = dict(estimand="slope of the log rate", unit="a year", method=common["name"], n=n)
    about["assumes"] = f"negative binomial counts; 3 parameters from {n} counts"
    if common["residual_df"] < 1 or problem.at_start or problem.at_end:
        reason = ONE_SIDED if common["residual_df"] else "not estimable: 3 parameters from 2 counts"
        return refused(common, about, reason)
    alpha, result = _negative_binomial_ml(common["counts"], columns, time)
    if result is None:
        return refused(common, about, "not estimable: no more variation than Poisson, alpha is 0")
    model, joint, errors = _polished(common["counts"], columns, time, np.append(result.params, alpha))
    df = n - 3
    quantile = float(stats.t.ppf((1 + level) / 2, df)) if df else None
    found = {}
    for key, i in (("intercept", 0), ("slope", 1)):
        value = float(joint[i])
        limits = None if quantile is None else (value - quantile * errors[i], value + quantile * errors[i])
        named = about if i else dict(about, estimand=f"log rate in {common['years'][0]}", unit="log counts")
        found[key] = with_limits(named, value, limits, level, f"t, {df} df, joint information")
    found |= growth_and_doubling(found["slope"], common)
    found["alpha"] = number("overdispersion alpha", joint[2], "maximum likelihood", n)
    found["theta"] = number("size theta, 1 / alpha", 1 / joint[2], "maximum likelihood", n)
    fit = uniform_fit(common, columns, time, found, result)
    log_likelihood = float(model.loglike(np.append(joint[:2], math.log(joint[2]))))
    return replace(
        fit,
        coefficients=tuple(map(float, joint[:2])),
        standard_errors=tuple(map(float, errors[:2])),
        information=information_criteria(log_likelihood, n, 3, common["name"]),
    )


def _negative_binomial_ml(counts: Sequence[int], columns: np.ndarray, time: np.ndarray) -> tuple[float, object | None]:
    """alpha and the model at it; (0, None) where the likelihood does not rise as alpha leaves 0."""
    model = NegativeBinomial(np.asarray(counts), columns, offset=np.log(time))
    start = poisson_glm(counts, columns, time)
    y, mu = np.asarray(counts, dtype=float), np.asarray(start.fittedvalues)
    if float(((y - mu) ** 2 - y).sum()) <= 0:
        return 0.0, None

    def at(log_alpha: float) -> object:
        return poisson_glm(counts, columns, time, families.NegativeBinomial(alpha=math.exp(log_alpha)))

    def score(log_alpha: float) -> float:
        return float(model.score(np.append(at(log_alpha).params, log_alpha))[-1])

    low, high = -1.0, 1.0
    while score(low) <= 0 and low > -25:
        low -= 2
    while score(high) >= 0 and high < 10:
        high += 1
    best = float(brentq(score, low, high, xtol=1e-13, rtol=1e-13))
    return math.exp(best), at(best)


def _polished(
    counts: Sequence[int], columns: np.ndarray, time: np.ndarray, joint: np.ndarray
) -> tuple[NegativeBinomial, np.ndarray, np.ndarray]:
    """The model, its joint estimate (coefficients, alpha) after Newton steps, and the standard errors."""
    model = NegativeBinomial(np.array(counts), columns, offset=np.log(time))
    for _ in range(3):
        # before its own fit statsmodels reads the last parameter as log alpha; derivatives are for alpha
        logged = np.append(joint[:-1], math.log(joint[-1]))
        information = -model.hessian(logged)
        joint = joint + np.linalg.solve(information, model.score(logged))
    return model, joint, np.sqrt(np.diag(np.linalg.inv(information)))
