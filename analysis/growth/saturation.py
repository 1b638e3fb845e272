"""The level at which a growing count would settle: what saturating curves say, and how little they know."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from scipy import stats
from scipy.optimize import brentq

from analysis.estimates import Estimate, Forecast, computed
from analysis.growth.curves import CURVES, Curve, best_fit, minimise, misfit
from analysis.growth.rates import checked_series
from analysis.growth.trends import deviance_tests, information_criteria, number

METHODS = ("least squares", "Poisson likelihood")
FAR = 100.0  # an asymptote this many times the largest count is not told from none
RISING_ON = "no finite asymptote: the counts rise as fast at the end as a curve without one"
NOT_RISING = "no finite asymptote: the counts do not rise towards one"


@dataclass(frozen=True, kw_only=True)
class SaturatingFit:
    """One saturating curve fitted to one series; fields as in `trends.TrendFit`.

    Parameters
    ----------
    name : the curve, a key of `curves.CURVES`. method : "least squares" or "Poisson likelihood".
    natural : the fitted parameters by name; x is years since the first.
    estimates : "asymptote" (t interval, or Poisson profile likelihood) and, for least squares,
        "asymptote_F_profile".
    deviance : residual sum of squares, or Poisson deviance.
    constant_inside : whether a constant lies inside the F-profile region of the asymptote, that is, whether
        even "no growth" is compatible with this curve's own error; None where undefined.
    reason : why there is no asymptote; "" when there is one.
    """

    name: str
    formula: str
    method: str
    years: tuple[int, ...]
    counts: tuple[int, ...]
    parameters: int
    residual_df: int
    estimates: dict[str, Estimate]
    natural: dict[str, float] = field(default_factory=dict)
    held: tuple[float, ...] = ()
    standard_errors: dict[str, float] = field(default_factory=dict)
    fitted: tuple[float, ...] = ()
    residuals: tuple[float, ...] = ()
    deviance: float | None = None
    constant_inside: bool | None = None
    goodness_of_fit: dict[str, Estimate] = field(default_factory=dict)
    information: dict[str, Estimate] = field(default_factory=dict)
    reason: str = ""

    def mean_at(self, years: Sequence[float]) -> np.ndarray:
        """Expected count at each of `years`, for drawing."""
        if not self.held:
            raise ValueError(f"{self.name}: no curve, {self.reason}")
        x = np.asarray(years, dtype=float) - self.years[0]
        return CURVES[self.name].evaluate(x, np.array([self.held]))[0][0]


@computed
def saturating_fit(
    years: Sequence[int],
    counts: Sequence[int],
    *,
    curve: str = "logistic",
    method: str = "least squares",
    level: float = 0.95,
) -> SaturatingFit:
    """Level at which the counts would settle if they followed one saturating curve.

    Parameters
    ----------
    years, counts : at least as many as the curve has parameters (3; 2 for "monomolecular from zero").
    curve : "logistic", "Gompertz", "monomolecular", or "monomolecular from zero", which starts from 0 the
        year before the first.
    method : "least squares" (t interval and F profile) or "Poisson likelihood" (profile likelihood).

    Returns
    -------
    SaturatingFit with confidence intervals for the asymptote that hold only if the curve is true. Counts that
        fall, or that rise as fast at the end as before, have no finite asymptote: the reason is returned.

    Raises
    ------
    ValueError : an unknown curve or method.

    References
    ----------
    Bates and Watts (1988), Nonlinear Regression Analysis, sections 2.2 and 6.1 (profiles).

    Examples
    --------
    >>> fit = saturating_fit((2015, 2016, 2017, 2018), (153, 462, 527, 594))
    >>> [round(x) for x in (fit.estimates["asymptote"].value, fit.estimates["asymptote"].low)]
    [571, 155]
    >>> fit.constant_inside
    True
    >>> saturating_fit((2015, 2016, 2017, 2018), (10, 20, 40, 80)).reason
    'no finite asymptote: the counts rise as fast at the end as a curve without one'
    """
    if curve not in CURVES or method not in METHODS:
        raise ValueError(f"{curve!r} by {method!r}: choose from {', '.join(CURVES)} by {' or '.join(METHODS)}")
    years, counts = checked_series(years, counts)
    chosen, poisson = CURVES[curve], method == METHODS[1]
    n, k = len(counts), len(chosen.parameters)
    common = dict(
        name=curve,
        formula=chosen.formula,
        method=method,
        years=tuple(years),
        counts=tuple(counts),
        parameters=k if poisson else k + 1,
        residual_df=n - k,
    )
    about = dict(estimand="level at which the count settles", unit="counts a year", n=n)
    about |= dict(method=f"{curve} curve, {method}", assumes=f"the {curve} curve is true")
    if n < k:
        return _refused(common, about, f"not estimable: {k} parameters from {n} counts")
    if not any(counts):
        return _refused(common, about, "not estimable: every count is 0")
    x, y = np.array(years, dtype=float) - years[0], np.array(counts, dtype=float)
    held, best = best_fit(chosen, x, y, poisson=poisson)
    means = chosen.evaluate(x, held[None])[0][0]
    if means[-1] <= means[0] * (1 + 1e-6):
        return _refused(common, about, NOT_RISING)
    common |= dict(held=tuple(map(float, held)), fitted=tuple(map(float, means)), deviance=best)
    common |= dict(natural=dict(zip(chosen.parameters, map(float, chosen.natural(held)), strict=True)))
    common |= dict(residuals=tuple(map(float, y - means)))
    far = FAR * max(counts)
    if math.exp(held[0]) > far or _profile(chosen, x, y, math.log(far), poisson) <= best * (1 + 1e-9):
        return _refused(common, about, RISING_ON)
    describe = _poisson if poisson else _least_squares
    return SaturatingFit(**common, **describe(chosen, x, y, held, best, common, about, level))


def _refused(common: dict, about: dict, reason: str) -> SaturatingFit:
    estimates = {"asymptote": Estimate(**about, reason=reason)}
    if common["method"] == METHODS[0]:
        estimates["asymptote_F_profile"] = Estimate(**about, reason=reason)
    return SaturatingFit(**common, estimates=estimates, reason=reason)


def _profile(curve: Curve, x: np.ndarray, y: np.ndarray, log_asymptote: float, poisson: bool) -> float:
    """Smallest misfit with the asymptote held."""
    return best_fit(curve, x, y, poisson=poisson, asymptote=math.exp(log_asymptote))[1]


def _profile_limits(
    curve: Curve, x: np.ndarray, y: np.ndarray, best: float, log_asymptote: float, rise: float, poisson: bool
) -> tuple[float | None, float | None]:
    """Asymptotes at which the misfit has risen by `rise`; None where it never does."""

    def drop(at: float) -> float:
        return _profile(curve, x, y, at, poisson) - best - rise

    limits = []
    for edge in (math.log(1e-3 * y.max()), math.log(FAR * y.max())):
        if drop(edge) <= 0:
            limits.append(None)
        else:
            low, high = sorted((edge, log_asymptote))
            limits.append(math.exp(brentq(drop, low, high, xtol=1e-10)))
    return limits[0], limits[1]


def _bounded(about: dict, value: float, limits: tuple, level: float, how: str) -> Estimate:
    reason = "" if None not in limits else f"unbounded at {level:.0%}"
    return Estimate(
        **about,
        value=value,
        low=limits[0],
        high=limits[1],
        level=level,
        interval="confidence",
        interval_method=how,
        reason=reason,
    )


def _least_squares(
    curve: Curve,
    x: np.ndarray,
    y: np.ndarray,
    held: np.ndarray,
    rss: float,
    common: dict,
    about: dict,
    level: float,
) -> dict:
    n, df, value = len(y), common["residual_df"], common["natural"]["A"]
    spread = float(((y - y.mean()) ** 2).sum())
    found = {"total sum of squares": number("total sum of squares", spread, "about the mean", n)}
    found["residual sum of squares"] = number("residual sum of squares", rss, about["method"], n)
    if df < 1 or rss <= 1e-20 * float(y @ y):
        reason = "not estimable: 0 residual degrees of freedom" if df < 1 else "undefined: the fit is exact"
        none = Estimate(**about, value=value)
        profile = Estimate(**about, reason=reason)
        found["F profile threshold"] = replace(profile, estimand="F profile threshold", unit="")
        return dict(
            estimates={"asymptote": none, "asymptote_F_profile": profile},
            goodness_of_fit=found,
            information=information_criteria(math.inf, n, common["parameters"], about["method"]),
        )
    jacobian = curve.evaluate(x, held[None])[1][0]
    # pseudo-inverse: after an abrupt rise the rate is free and its column is zero
    unscaled = np.diag(np.linalg.pinv(jacobian.T @ jacobian, rcond=1e-14, hermitian=True))
    chain = np.where(curve.logged, curve.natural(held), 1.0)
    errors = chain * np.sqrt(np.maximum(unscaled, 0) * rss / df)
    reach = float(stats.t.ppf((1 + level) / 2, df) * errors[0])
    rise = rss / df * float(stats.f.ppf(level, 1, df))
    limits = _profile_limits(curve, x, y, rss, float(held[0]), rise, poisson=False)
    found["F profile threshold"] = number(
        "F profile threshold", rss + rise, f"residual sum of squares at the {level:.0%} limits", n
    )
    ratio = (spread - rss) / (len(held) - 1) / (rss / df)
    p = float(stats.f.sf(ratio, len(held) - 1, df)) if ratio > 0 else 1.0
    found["p against a constant"] = number("p against a constant", p, f"F, {len(held) - 1} and {df} df", n)
    log_likelihood = -n / 2 * (math.log(2 * math.pi * rss / n) + 1)
    return dict(
        estimates={
            "asymptote": _bounded(about, value, (value - reach, value + reach), level, f"t, {df} df"),
            "asymptote_F_profile": _bounded(about, value, limits, level, f"F profile, 1 and {df} df"),
        },
        standard_errors=dict(zip(curve.parameters, map(float, errors), strict=True)),
        constant_inside=spread <= rss + rise,
        goodness_of_fit=found,
        information=information_criteria(log_likelihood, n, common["parameters"], about["method"]),
    )


def _poisson(
    curve: Curve,
    x: np.ndarray,
    y: np.ndarray,
    held: np.ndarray,
    deviance: float,
    common: dict,
    about: dict,
    level: float,
) -> dict:
    n, means = len(y), np.array(common["fitted"])
    rise = float(stats.chi2.ppf(level, 1))
    limits = _profile_limits(curve, x, y, deviance, float(held[0]), rise, poisson=True)
    about = dict(about, assumes=f"the {common['name']} curve is true; Poisson counts")
    pearson = float(((y - means) ** 2 / np.maximum(means, 1e-10)).sum())
    log_likelihood = float(stats.poisson.logpmf(y, np.maximum(means, 1e-10)).sum())
    return dict(
        estimates={"asymptote": _bounded(about, common["natural"]["A"], limits, level, "Poisson profile likelihood")},
        goodness_of_fit=deviance_tests(deviance, pearson, common["residual_df"], n),
        information=information_criteria(log_likelihood, n, common["parameters"], about["method"]),
    )


@computed
def bootstrap_forecast(
    years: Sequence[int],
    counts: Sequence[int],
    *,
    curve: str = "logistic",
    horizons: Sequence[int] = (1, 2),
    levels: Sequence[float] = (0.8, 0.95),
    resamples: int = 2000,
    seed: int = 1,
) -> list[Forecast]:
    """Next counts if they follow one saturating curve, by parametric Poisson bootstrap.

    Poisson counts are drawn from the fitted curve, the curve is fitted to each draw, and a Poisson count is
    drawn from its mean in each forecast year.

    Parameters
    ----------
    horizons : years ahead of the last. levels : nominal levels. resamples, seed : the same pair gives the
        same numbers.

    Returns
    -------
    One Forecast a horizon with prediction intervals, conditional on the curve: the error of having chosen it
        is not in them.

    References
    ----------
    Davison and Hinkley (1997), Bootstrap Methods and their Application, section 7.2.

    Examples
    --------
    >>> one, two = bootstrap_forecast((2015, 2016, 2017, 2018), (153, 462, 527, 594), resamples=200)
    >>> one.year, one.estimates[0].level
    (2019, 0.8)
    """
    fit = saturating_fit(years, counts, curve=curve, method=METHODS[1])
    name = f"{curve} curve"
    about = dict(unit="counts", method=name, n=len(fit.counts), interval="prediction")
    about["assumes"] = f"conditional on the {curve} curve; Poisson counts"
    how = f"parametric Poisson bootstrap, {resamples} resamples, seed {seed}"
    ahead = [fit.years[-1] + horizon for horizon in horizons]
    draws = None if fit.reason else _bootstrap(fit, np.array(ahead, dtype=float), resamples, seed)
    forecasts = []
    for i, (horizon, year) in enumerate(zip(horizons, ahead, strict=True)):
        estimates = []
        for level in sorted(levels):
            each = dict(about, estimand=f"count in {year}", level=level, interval_method=how)
            if draws is None:
                estimates.append(Estimate(**each, reason=fit.reason))
                continue
            middle, low, high = np.quantile(draws[:, i], (0.5, (1 - level) / 2, (1 + level) / 2), method="inverted_cdf")
            estimates.append(Estimate(**each, value=float(middle), low=float(low), high=float(high)))
        forecasts.append(Forecast(method=name, year=year, horizon=horizon, estimates=tuple(estimates)))
    return forecasts


def _bootstrap(fit: SaturatingFit, ahead: np.ndarray, resamples: int, seed: int) -> np.ndarray:
    """Drawn counts of shape (resamples, years ahead)."""
    random, curve = np.random.default_rng(seed), CURVES[fit.name]
    x = np.array(fit.years, dtype=float) - fit.years[0]
    drawn = random.poisson(fit.fitted, size=(resamples, len(x))).astype(float)
    begin = np.tile(np.array(fit.held), (resamples, 1))
    held, best = minimise(curve, x, drawn, begin, poisson=True)
    # a refit that ends worse than the mean of its draw has failed: take the fitted curve instead
    flat = misfit(drawn, np.repeat(drawn.mean(axis=1, keepdims=True), len(x), axis=1), poisson=True)
    held = np.where((best <= flat)[:, None], held, begin)
    means = curve.evaluate(ahead - fit.years[0], held)[0]
    return random.poisson(np.clip(means, 0.0, 1e9))
