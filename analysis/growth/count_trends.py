"""Poisson models for a short series of annual counts: constant, growing, overdispersed, shifted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy import stats

from analysis.estimates import Estimate, computed
from analysis.growth.count_fits import (
    ONE_SIDED,
    growth_and_doubling,
    intercept,
    one_sided,
    poisson_glm,
    prepared,
    refused,
    uniform_fit,
    with_limits,
)
from analysis.growth.poisson_slope import SlopeProblem, exact_limits, exact_p, profile_limits
from analysis.growth.rates import POISSON, count_rate, rate_ratio
from analysis.growth.trends import TrendFit, number


@computed
def poisson_level(
    years: Sequence[int],
    counts: Sequence[int],
    *,
    exposure: Sequence[float] | None = None,
    level: float = 0.95,
) -> TrendFit:
    """Annual rate of a Poisson process that does not change; exact (Garwood) interval from the total.

    Returns
    -------
    TrendFit with the estimate "rate" (confidence interval) and the test of constancy as goodness of fit.

    Examples
    --------
    >>> round(poisson_level((2015, 2016, 2017, 2018), (153, 462, 527, 594)).deviance, 2)
    316.21
    """
    common, columns, time = prepared("Poisson constant", "log mu = a", "constant", years, counts, exposure, 1)
    total = count_rate(sum(common["counts"]), level=level)
    rate = replace(
        total.scaled(1 / float(time.sum()), "counts a year", "annual rate"),
        method="Poisson constant",
        n=len(time),
        function="",
    )
    if not sum(common["counts"]):
        return TrendFit(**common, estimates={"rate": rate}, reason="not estimable: every count is 0")
    return uniform_fit(common, columns, time, {"rate": rate})


@computed
def poisson_trend(
    years: Sequence[int],
    counts: Sequence[int],
    *,
    exposure: Sequence[float] | None = None,
    level: float = 0.95,
    dispersion: float = 1.0,
) -> TrendFit:
    """Constant growth a year under Poisson counts (log link), or with a known dispersion.

    The interval of "slope", "growth" and "doubling_time" is exact conditional on the total when the
    dispersion is 1, profile likelihood with the deviance divided by `dispersion` otherwise. Also returned:
    "slope_mid_p", "slope_profile" and, only to compare, "slope_wald".

    Parameters
    ----------
    years, counts : series of length 2 or more; gaps may differ.
    exposure : years behind each count (0.5 for six months); 1 each by default.
    dispersion : known variance over mean; for one estimated from these counts see `quasi_poisson_trend`.

    Returns
    -------
    TrendFit with confidence intervals; "p" is the exact conditional two-sided p-value for no trend (of the
        profile likelihood when the dispersion is not 1). The intervals assume the model: read the goodness
        of fit first.

    References
    ----------
    Cox and Lewis (1966), The Statistical Analysis of Series of Events, ch. 3; McCullagh and Nelder (1989).

    Examples
    --------
    >>> fit = poisson_trend((2015, 2016, 2017, 2018), (153, 462, 527, 594))
    >>> [round(x, 1) for x in (fit.estimates["growth"].value, fit.estimates["growth"].low)]
    [39.0, 33.0]
    """
    common, columns, time = prepared("Poisson trend", "log mu = a + b x", "trend", years, counts, exposure, 2)
    problem = SlopeProblem.build(common["years"], common["counts"], time)
    about = dict(estimand="slope of the log rate", unit="a year", method="Poisson trend", n=len(time))
    about["assumes"] = POISSON if dispersion == 1 else f"variance {dispersion:g} times the mean"
    if problem.at_start or problem.at_end:
        return one_sided(common, problem, about, level, dispersion)
    result = poisson_glm(common["counts"], columns, time)
    slope, error = float(result.params[1]), float(result.bse[1]) * math.sqrt(dispersion)
    reach = float(stats.norm.isf((1 - level) / 2)) * error
    likelihood = "profile likelihood" if dispersion == 1 else f"profile likelihood, dispersion {dispersion:g}"
    profile = with_limits(about, slope, profile_limits(problem, level, dispersion), level, likelihood)
    wald = with_limits(about, slope, (slope - reach, slope + reach), level, "Wald z, for comparison only")
    found = {"intercept": intercept(result, common, level, dispersion)}
    if dispersion == 1:
        found["slope"] = with_limits(about, slope, exact_limits(problem, level), level, "exact conditional")
        mid_p = exact_limits(problem, level, mid_p=True)
        found["slope_mid_p"] = with_limits(about, slope, mid_p, level, "mid-p conditional")
        p, how = exact_p(problem), "exact conditional, two-sided"
    else:
        found["slope"] = profile
        gain = 2 * (problem.log_likelihood(slope) - problem.log_likelihood(0.0)) / dispersion
        p, how = float(stats.chi2.sf(gain, 1)), f"likelihood ratio, dispersion {dispersion:g}"
    found |= {"slope_profile": profile, "slope_wald": wald}
    found |= growth_and_doubling(found["slope"], common)
    found["p"] = number("p-value for no trend", p, how, len(time), assumes=about["assumes"])
    return uniform_fit(common, columns, time, found, result, dispersion)


@computed
def quasi_poisson_trend(
    years: Sequence[int],
    counts: Sequence[int],
    *,
    exposure: Sequence[float] | None = None,
    level: float = 0.95,
    at_least_poisson: bool = False,
) -> TrendFit:
    """Constant growth a year when the variance is proportional to the mean, the factor estimated here.

    The dispersion is Pearson's statistic over its degrees of freedom, raised to 1 when `at_least_poisson`.
    As it is estimated, limits use t or F with the residual degrees of freedom, never normal quantiles:
    "slope", "growth", "doubling_time" from the F profile, "slope_t" from t.

    Returns
    -------
    TrendFit with confidence intervals; "p" belongs to the F profile and "p_t" to the t interval, both for no
        trend. With two counts no dispersion can be estimated and the reason is returned.

    References
    ----------
    McCullagh and Nelder (1989), Generalized Linear Models, section 9.2.

    Examples
    --------
    >>> fit = quasi_poisson_trend((2015, 2016, 2017, 2018), (153, 462, 527, 594))
    >>> [round(x, 3) for x in (fit.estimates["dispersion"].value, fit.estimates["p_t"].value)]
    [44.489, 0.159]
    """
    common, columns, time = prepared(
        "quasi-Poisson trend", "log mu = a + b x, var = phi mu", "trend", years, counts, exposure, 2
    )
    problem = SlopeProblem.build(common["years"], common["counts"], time)
    df, n = common["residual_df"], len(time)
    about = dict(estimand="slope of the log rate", unit="a year", method=common["name"], n=n)
    about["assumes"] = "variance proportional to the mean"
    if df < 1 or problem.at_start or problem.at_end:
        reason = "not estimable: 0 residual degrees of freedom" if df < 1 else ONE_SIDED
        return refused(common, about, reason)
    result = poisson_glm(common["counts"], columns, time)
    pearson, slope = float(result.pearson_chi2) / df, float(result.params[1])
    phi = max(1.0, pearson) if at_least_poisson else pearson
    if phi < 1e-20:
        return refused(common, about, "not estimable: the counts lie on the curve, dispersion 0")
    error = float(result.bse[1]) * math.sqrt(phi)
    reach = float(stats.t.ppf((1 + level) / 2, df)) * error
    gain = 2 * (problem.log_likelihood(slope) - problem.log_likelihood(0.0)) / phi
    found = {
        "intercept": intercept(result, common, level, phi, df),
        "slope": with_limits(about, slope, profile_limits(problem, level, phi, df), level, f"F profile, 1 and {df} df"),
        "slope_t": with_limits(about, slope, (slope - reach, slope + reach), level, f"t, {df} df"),
        "dispersion": number("dispersion", phi, "Pearson statistic / df", n, "variance / mean"),
    }
    found |= growth_and_doubling(found["slope"], common)
    p_values = {"p": stats.f.sf(gain, 1, df), "p_t": 2 * stats.t.sf(abs(slope) / error, df)}
    hows = {"p": f"F, 1 and {df} df", "p_t": f"t, {df} df, two-sided"}
    for key, p in p_values.items():
        found[key] = number("p-value for no trend", float(p), hows[key], n, assumes=about["assumes"])
    # a quasi-likelihood is no likelihood: no information criteria
    fit = uniform_fit(common, columns, time, found, result, phi)
    reason = "undefined: quasi-likelihood"
    none = {key: Estimate(estimand=key, unit="", method=common["name"], n=n, reason=reason) for key in fit.information}
    return replace(fit, information=none)


@computed
def level_shift(
    years: Sequence[int],
    counts: Sequence[int],
    *,
    shift_year: int | None = None,
    exposure: Sequence[float] | None = None,
    level: float = 0.95,
) -> TrendFit:
    """Ratio of a Poisson rate from `shift_year` on to the rate before, each constant; exact interval.

    Parameters
    ----------
    shift_year : first year of the new level, chosen before seeing the counts; the second year by default.

    Returns
    -------
    TrendFit with "before" and "after" (Garwood intervals), "ratio" (exact conditional) and "ratio_profile"
        (profile likelihood); all confidence intervals.

    Raises
    ------
    ValueError : `shift_year` leaves one side without a count.

    Examples
    --------
    >>> fit = level_shift((2015, 2016, 2017, 2018), (153, 462, 527, 594))
    >>> round(fit.estimates["ratio"].value, 4), round(fit.deviance, 3)
    (3.4488, 16.545)
    """
    shift_year = int(years[1] if shift_year is None else shift_year)
    common, columns, time = prepared(
        "level shift",
        f"log mu = a + b [year >= {shift_year}]",
        "level shift",
        years,
        counts,
        exposure,
        2,
        shift_year,
    )
    after = columns[:, 1] == 1
    if after.all() or not after.any():
        raise ValueError(f"shift year {shift_year}: choose one after {years[0]} and up to {years[-1]}")
    y, n = np.array(common["counts"]), len(time)
    totals, spans = (
        (int(y[after].sum()), int(y[~after].sum())),
        (float(time[after].sum()), float(time[~after].sum())),
    )
    found = {}
    for key, total, span in zip(("after", "before"), totals, spans, strict=True):
        rate = count_rate(total, level=level).scaled(1 / span, "counts a year", f"annual rate {key} the shift")
        found[key] = replace(rate, method="level shift", n=n, function="")
    ratio = rate_ratio(*totals, level=level, exposure=spans)
    ratio = replace(ratio, estimand="rate after the shift over rate before", method="level shift", n=n, function="")
    if 0 in totals:
        return TrendFit(**common, estimates=found | {"ratio": ratio}, reason="not estimable: a level of 0")
    problem = SlopeProblem.build(after.astype(int), y, time)
    limits = tuple(math.exp(limit) for limit in profile_limits(problem, level))
    profile = replace(ratio, low=limits[0], high=limits[1], interval_method="profile likelihood")
    return uniform_fit(common, columns, time, found | {"ratio": ratio, "ratio_profile": profile})
