"""Every way to forecast the next counts of a short annual series, a function each, for many series at once.

The function turns counts shaped (windows, n) into quantiles of its predictive distribution at a horizon; its docstring
defines that distribution. A new method is one more function here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from analysis.models.negative_binomial import negative_binomial_trend
from analysis.models.trends import linear_trend, log_linear_trend, poisson_trend
from analysis.reliability import reference_class
from analysis.reliability.scoring import PROBABILITIES

DAMPING = 0.5
LARGEST_LOGARITHM = 700.0  # of a limit: the next float after exp(709) is infinite

Quantiles = Callable[[np.ndarray, int], np.ndarray]


@dataclass(frozen=True)
class Method:
    """A way to forecast the next counts of a series.

    key : its name in code. title : its name in words.
    predictive : its predictive distribution, in one line. assumes : what must hold for it.
    quantiles : (counts (windows, n), horizon) -> (windows, 5), at `scoring.PROBABILITIES`.
    least : fewest counts from which it gives an interval. positive : whether it needs counts above 0.
    longest : of a longer series it takes only so many last counts. refuses : (counts (n,), horizon) -> why it
        says nothing about them, "" when it does.
    """

    key: str
    title: str
    predictive: str
    assumes: str
    quantiles: Quantiles
    least: int
    positive: bool = False
    longest: int | None = None
    refuses: Callable[[Sequence[int], int], str] = lambda counts, horizon: ""

    def limits(self, counts: ArrayLike, horizon: int) -> np.ndarray:
        """Median and prediction limits of the count `horizon` years ahead, for every window.

        counts : (windows, n) or (n,), consecutive yearly counts, the last one latest.
        horizon : years ahead, 1 or more.

        Returns (windows, 5): the lower limits at 95% and 80%, the median, the upper limits at 80% and 95%, never below
        0; NaN where the method has no fit.

        >>> METHODS["naive_poisson"].limits([153, 462, 527, 594], 1).tolist()
        [[547.0, 563.0, 594.0, 625.0, 642.0]]
        """
        return np.maximum(self.quantiles(np.atleast_2d(np.asarray(counts, dtype=float)), horizon), 0.0)

    def why_not(self, counts: Sequence[int], horizon: int) -> str:
        """Why there is no forecast from these counts (n,), "" when there is one."""
        if len(counts) < self.least:
            return f"not estimable: {len(counts)} observation{'s' * (len(counts) != 1)}, and {self.least} are the least"
        if self.positive and min(counts) == 0:
            return "undefined: a count of zero has no logarithm"
        return self.refuses(counts, horizon)


METHODS: dict[str, Method] = {}


def _method(key: str, title: str, assumes: str, **needs: Any) -> Callable[[Quantiles], Quantiles]:
    """Decorator: the function below is the forecasting method `key`, its docstring the predictive distribution."""

    def register(function: Quantiles) -> Quantiles:
        METHODS[key] = Method(key, title, " ".join(function.__doc__.split()), assumes, function, **needs)
        return function

    return register


def _student(centre: np.ndarray, scale: np.ndarray, df: int) -> np.ndarray:
    return centre[:, None] + scale[:, None] * stats.t.ppf(PROBABILITIES, df)


def _exponential(logarithms: np.ndarray) -> np.ndarray:
    return np.exp(np.minimum(logarithms, LARGEST_LOGARITHM))


def _gamma_poisson(mean: np.ndarray, relative_variance: np.ndarray) -> np.ndarray:
    """Quantiles of a Poisson count whose own mean is gamma with this mean and variance over mean squared."""
    with np.errstate(divide="ignore", invalid="ignore"):  # no counts at all: no distribution, NaN
        size = 1 / relative_variance[:, None]
        return stats.nbinom.ppf(PROBABILITIES, size, size / (size + mean[:, None]))


@_method(
    reference_class.KEY,
    "reference-class forecast",
    "the series is exchangeable with the public series of its reference class; coverage is an average",
    least=reference_class.SHORTEST,
    longest=reference_class.LONGEST,
    refuses=reference_class.why_not,
)
def _reference_class(counts: np.ndarray, horizon: int) -> np.ndarray:
    """log scale, around the last count: family-weighted quantiles of the standardised changes that followed in the
    reference class"""
    return reference_class.stored()[counts.shape[1], horizon].whole.limits(counts)


@_method("naive_poisson", "naive Poisson", "Poisson, rate as last year", least=1)
def _naive_poisson(counts: np.ndarray, horizon: int) -> np.ndarray:
    """Poisson around the last count"""
    return stats.poisson.ppf(PROBABILITIES, counts[:, -1:])


@_method("mean", "mean, t", "independent years about one level", least=2)
def _mean(counts: np.ndarray, horizon: int) -> np.ndarray:
    """t, n - 1 df, around the mean"""
    n = counts.shape[1]
    return _student(counts.mean(axis=1), counts.std(axis=1, ddof=1) * math.sqrt(1 + 1 / n), n - 1)


@_method("random_walk", "random walk, t", "independent changes about zero", least=2)
def _random_walk(counts: np.ndarray, horizon: int) -> np.ndarray:
    """t, n - 1 df, around the last count; variance: mean squared change times horizon"""
    changes = np.diff(counts, axis=1)
    return _student(counts[:, -1], np.sqrt(horizon * (changes**2).mean(axis=1)), changes.shape[1])


@_method("log_random_walk", "log random walk, t", "independent log ratios about zero", least=2, positive=True)
def _log_random_walk(counts: np.ndarray, horizon: int) -> np.ndarray:
    """log scale: t, n - 1 df, around the last count; variance: mean squared log ratio times horizon"""
    ratios = np.diff(np.log(counts), axis=1)
    scale = np.sqrt(horizon * (ratios**2).mean(axis=1))
    return _exponential(_student(np.log(counts[:, -1]), scale, ratios.shape[1]))


@_method("damped_growth", "damped log growth .5, t", "growth that halves every year", least=2, positive=True)
def _damped_growth(counts: np.ndarray, horizon: int) -> np.ndarray:
    """log scale: t, n - 1 df; the first year adds half the mean growth, each further year half of the last;
    variance: mean squared departure of the log ratios from half their mean, times horizon"""
    ratios = np.diff(np.log(counts), axis=1)
    growth = ratios.mean(axis=1)
    drift = growth * sum(DAMPING**step for step in range(1, horizon + 1))
    scale = np.sqrt(horizon * ((ratios - DAMPING * growth[:, None]) ** 2).mean(axis=1))
    return _exponential(_student(np.log(counts[:, -1]) + drift, scale, ratios.shape[1]))


@_method("average", "average of log random walk, OLS and log-OLS", "none of the three alone", least=3, positive=True)
def _average(counts: np.ndarray, horizon: int) -> np.ndarray:
    """each limit is the mean of the three methods' limits on the scale log(1 + count)"""
    parts = [method(counts, horizon) for method in (_log_random_walk, _linear, _log_linear)]
    return np.expm1(np.mean([np.log1p(np.maximum(part, 0)) for part in parts], axis=0))


@_method("linear", "OLS linear, t", "a straight line, equal variances", least=3)
def _linear(counts: np.ndarray, horizon: int) -> np.ndarray:
    """t, n - 2 df"""
    fits = linear_trend(counts)
    x = fits.x[-1] + horizon
    scale = np.sqrt(fits.residual_variance * (1 + fits.leverage(x)))
    return _student(fits.at(x), scale, fits.degrees_of_freedom)


@_method("log_linear", "OLS log-linear, t", "constant growth, equal log variances", least=3, positive=True)
def _log_linear(counts: np.ndarray, horizon: int) -> np.ndarray:
    """log scale: t, n - 2 df"""
    return _on_log_line(counts, horizon, floored=False)


@_method(
    "log_linear_floored",
    "OLS log-linear, t, variance at least Poisson",
    "constant growth, equal log variances",
    least=3,
    positive=True,
)
def _log_linear_floored(counts: np.ndarray, horizon: int) -> np.ndarray:
    """log scale: t, n - 2 df; residual variance at least 1 / predicted count"""
    return _on_log_line(counts, horizon, floored=True)


def _on_log_line(counts: np.ndarray, horizon: int, *, floored: bool) -> np.ndarray:
    fits = log_linear_trend(counts)
    x = fits.x[-1] + horizon
    variance = np.maximum(fits.residual_variance, _exponential(-fits.at(x)) if floored else 0)
    scale = np.sqrt(variance * (1 + fits.leverage(x)))
    return _exponential(_student(fits.at(x), scale, fits.degrees_of_freedom))


@_method("poisson_trend", "Poisson trend", "Poisson counts, constant growth", least=2)
def _poisson_trend(counts: np.ndarray, horizon: int) -> np.ndarray:
    """Poisson with a gamma mean: fitted mean, variance of the fitted log mean"""
    fits = poisson_trend(counts)
    x = fits.x[-1] + horizon
    return _gamma_poisson(fits.mean_at(x), fits.log_mean_variance(x))


@_method("quasi_poisson", "quasi-Poisson, t", "variance proportional to the mean, constant growth", least=3)
def _quasi_poisson(counts: np.ndarray, horizon: int) -> np.ndarray:
    """log scale: t, n - 2 df; variance: Pearson dispersion times (variance of the log mean + 1 / mean)"""
    return _with_dispersion(counts, horizon, least=0)


@_method(
    "quasi_poisson_floored",
    "quasi-Poisson, t, dispersion at least 1",
    "variance proportional to the mean and not below it, constant growth",
    least=3,
)
def _quasi_poisson_floored(counts: np.ndarray, horizon: int) -> np.ndarray:
    """as quasi-Poisson, with a dispersion of at least 1"""
    return _with_dispersion(counts, horizon, least=1)


def _with_dispersion(counts: np.ndarray, horizon: int, *, least: float) -> np.ndarray:
    fits = poisson_trend(counts)
    x = fits.x[-1] + horizon
    log_mean = fits.intercept + fits.slope * x
    spread = fits.log_mean_variance(x) + _exponential(-log_mean)
    scale = np.sqrt(np.maximum(fits.dispersion, least) * spread)
    return _exponential(_student(log_mean, scale, fits.degrees_of_freedom))


@_method(
    "negative_binomial",
    "negative binomial, ML",
    "variance rising with the square of the mean, constant growth",
    least=3,
)
def _negative_binomial(counts: np.ndarray, horizon: int) -> np.ndarray:
    """negative binomial with a gamma mean: fitted mean, variance of the fitted log mean, estimated alpha"""
    fits = negative_binomial_trend(counts)
    x = fits.x[-1] + horizon
    # The product of two independent gamma factors has relative variance (1 + alpha)(1 + variance) - 1.
    relative = (1 + fits.overdispersion) * (1 + fits.log_mean_variance(x)) - 1
    return _gamma_poisson(fits.mean_at(x), relative)


@_method(
    "level_shift", "level shift after the first year", "Poisson counts about one level from the second year on", least=2
)
def _level_shift(counts: np.ndarray, horizon: int) -> np.ndarray:
    """Poisson with a gamma mean: the mean of all years but the first"""
    total = counts[:, 1:].sum(axis=1)
    with np.errstate(divide="ignore"):
        return _gamma_poisson(total / (counts.shape[1] - 1), 1 / total)
