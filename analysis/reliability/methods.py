"""The predictive distributions behind the forecasts: one vectorised quantile function a method.

Each method turns counts shaped (windows, n) into quantiles of its predictive distribution at a horizon; the
`predictive` line of its entry in `METHODS` defines that distribution. None of them learns from other series.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from analysis.reliability.batch import linear_trend, log_linear_trend, negative_binomial_trend, poisson_trend
from analysis.reliability.fits import LinearFits, LogLinearFits

LEVELS = (0.80, 0.95)
HORIZONS = (1, 2)
DAMPING = 0.5
LARGEST_LOGARITHM = 700.0  # of a limit: the next float after exp(709) is infinite

Quantiles = Callable[[np.ndarray, int, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Method:
    """A way to forecast the next counts of one series from that series alone.

    Attributes
    ----------
    key : its name in code. title : its name in words.
    predictive : its predictive distribution, in one line. assumes : what must hold for it.
    least : fewest observations from which it gives an interval. positive : whether it needs counts above 0.
    quantiles : (counts (windows, n), horizon, probabilities (k,)) -> (windows, k).
    """

    key: str
    title: str
    predictive: str
    assumes: str
    least: int
    positive: bool
    quantiles: Quantiles


METHODS: dict[str, Method] = {}


def probabilities(levels: Sequence[float] = LEVELS) -> np.ndarray:
    """Probabilities of the median and of both limits at each level, in increasing order.

    >>> probabilities().round(3).tolist()
    [0.025, 0.1, 0.5, 0.9, 0.975]
    """
    if not levels or not all(0 < level < 1 for level in levels):
        raise ValueError(f"levels {list(levels)}: give at least one number between 0 and 1")
    tails = sorted((1 - level) / 2 for level in set(levels))
    return np.array([*tails, 0.5, *(1 - tail for tail in reversed(tails))])


def _method(
    key: str, title: str, predictive: str, assumes: str, least: int, positive: bool = False
) -> Callable[[Quantiles], Quantiles]:
    def register(function: Quantiles) -> Quantiles:
        METHODS[key] = Method(key, title, predictive, assumes, least, positive, function)
        return function

    return register


def _student(centre: np.ndarray, scale: np.ndarray, df: int, at: np.ndarray) -> np.ndarray:
    return centre[:, None] + scale[:, None] * stats.t.ppf(at, df)


def _exponential(logarithms: np.ndarray) -> np.ndarray:
    return np.exp(np.minimum(logarithms, LARGEST_LOGARITHM))


def _gamma_poisson(mean: np.ndarray, relative_variance: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Quantiles of a Poisson count whose own mean is gamma with this mean and variance over mean squared."""
    size = 1 / relative_variance[:, None]
    with np.errstate(invalid="ignore"):  # no counts at all: no distribution, NaN
        return stats.nbinom.ppf(at, size, size / (size + mean[:, None]))


@_method("naive_poisson", "naive Poisson", "Poisson around the last count", "Poisson, rate as last year", 1)
def _naive_poisson(counts: np.ndarray, horizon: int, at: np.ndarray) -> np.ndarray:
    return stats.poisson.ppf(at, counts[:, -1:])


@_method("mean", "mean, t", "t, n - 1 df, around the mean", "independent years about one level", 2)
def _mean(counts: np.ndarray, horizon: int, at: np.ndarray) -> np.ndarray:
    n = counts.shape[1]
    return _student(counts.mean(axis=1), counts.std(axis=1, ddof=1) * math.sqrt(1 + 1 / n), n - 1, at)


@_method(
    "random_walk",
    "random walk, t",
    "t, n - 1 df, around the last count; variance: mean squared change times horizon",
    "independent changes about zero",
    2,
)
def _random_walk(counts: np.ndarray, horizon: int, at: np.ndarray) -> np.ndarray:
    changes = np.diff(counts, axis=1)
    scale = np.sqrt(horizon * (changes**2).mean(axis=1))
    return _student(counts[:, -1], scale, changes.shape[1], at)


@_method(
    "log_random_walk",
    "log random walk, t",
    "log scale: t, n - 1 df, around the last count; variance: mean squared log ratio times horizon",
    "independent log ratios about zero",
    2,
    positive=True,
)
def _log_random_walk(counts: np.ndarray, horizon: int, at: np.ndarray) -> np.ndarray:
    ratios = np.diff(np.log(counts), axis=1)
    scale = np.sqrt(horizon * (ratios**2).mean(axis=1))
    return _exponential(_student(np.log(counts[:, -1]), scale, ratios.shape[1], at))


@_method(
    "damped_growth",
    "damped log growth .5, t",
    "log scale: t, n - 1 df; the first year adds half the mean growth, each further year half of the last; "
    "variance: mean squared departure of the log ratios from half their mean, times horizon",
    "growth that halves every year",
    2,
    positive=True,
)
def _damped_growth(counts: np.ndarray, horizon: int, at: np.ndarray) -> np.ndarray:
    ratios = np.diff(np.log(counts), axis=1)
    growth = ratios.mean(axis=1)
    drift = growth * sum(DAMPING**step for step in range(1, horizon + 1))
    scale = np.sqrt(horizon * ((ratios - DAMPING * growth[:, None]) ** 2).mean(axis=1))
    return _exponential(_student(np.log(counts[:, -1]) + drift, scale, ratios.shape[1], at))


@_method(
    "average",
    "average of log random walk, OLS and log-OLS",
    "each limit is the mean of the three methods' limits on the scale log(1 + count)",
    "none of the three alone",
    3,
    positive=True,
)
def _average(counts: np.ndarray, horizon: int, at: np.ndarray) -> np.ndarray:
    parts = [method(counts, horizon, at) for method in (_log_random_walk, _linear, _log_linear)]
    return np.expm1(np.mean([np.log1p(np.maximum(part, 0)) for part in parts], axis=0))


@_method("linear", "OLS linear, t", "t, n - 2 df", "a straight line, equal variances", 3)
def _linear(counts: np.ndarray, horizon: int, at: np.ndarray) -> np.ndarray:
    fits = linear_trend(counts)
    return _line_quantiles(fits, fits.residual_variance, horizon, at)


@_method(
    "log_linear",
    "OLS log-linear, t",
    "log scale: t, n - 2 df",
    "constant growth, equal log variances",
    3,
    True,
)
def _log_linear(counts: np.ndarray, horizon: int, at: np.ndarray) -> np.ndarray:
    fits = log_linear_trend(counts)
    return _exponential(_line_quantiles(fits, fits.residual_variance, horizon, at))


@_method(
    "log_linear_floored",
    "OLS log-linear, t, variance at least Poisson",
    "log scale: t, n - 2 df; residual variance at least 1 / predicted count",
    "constant growth, equal log variances",
    3,
    True,
)
def _log_linear_floored(counts: np.ndarray, horizon: int, at: np.ndarray) -> np.ndarray:
    fits = log_linear_trend(counts)
    predicted = fits.at(counts.shape[1] - 1 + horizon)
    floor = _exponential(-predicted)
    return _exponential(_line_quantiles(fits, np.maximum(fits.residual_variance, floor), horizon, at))


def _line_quantiles(fits: LinearFits, variance: np.ndarray, horizon: int, at: np.ndarray) -> np.ndarray:
    x = fits.x[-1] + horizon
    scale = np.sqrt(variance * (1 + fits.leverage(x)))
    return _student(fits.at(x), scale, fits.degrees_of_freedom, at)


@_method(
    "poisson_trend",
    "Poisson trend",
    "Poisson with a gamma mean: fitted mean, variance of the fitted log mean",
    "Poisson counts, constant growth",
    2,
)
def _poisson_trend(counts: np.ndarray, horizon: int, at: np.ndarray) -> np.ndarray:
    fits = poisson_trend(counts)
    x = fits.x[-1] + horizon
    return _gamma_poisson(fits.mean_at(x), fits.log_mean_variance(x), at)


@_method(
    "quasi_poisson",
    "quasi-Poisson, t",
    "log scale: t, n - 2 df; variance: Pearson dispersion times (variance of the log mean + 1 / mean)",
    "variance proportional to the mean, constant growth",
    3,
)
def _quasi_poisson(counts: np.ndarray, horizon: int, at: np.ndarray) -> np.ndarray:
    fits = poisson_trend(counts)
    return _quasi_quantiles(fits, fits.dispersion, horizon, at)


@_method(
    "quasi_poisson_floored",
    "quasi-Poisson, t, dispersion at least 1",
    "as quasi-Poisson, with a dispersion of at least 1",
    "variance proportional to the mean and not below it, constant growth",
    3,
)
def _quasi_poisson_floored(counts: np.ndarray, horizon: int, at: np.ndarray) -> np.ndarray:
    fits = poisson_trend(counts)
    return _quasi_quantiles(fits, np.maximum(fits.dispersion, 1), horizon, at)


def _quasi_quantiles(fits: LogLinearFits, dispersion: np.ndarray, horizon: int, at: np.ndarray) -> np.ndarray:
    x = fits.x[-1] + horizon
    log_mean = fits.intercept + fits.slope * x
    scale = np.sqrt(dispersion * (fits.log_mean_variance(x) + _exponential(-log_mean)))
    return _exponential(_student(log_mean, scale, fits.degrees_of_freedom, at))


@_method(
    "negative_binomial",
    "negative binomial, ML",
    "negative binomial with a gamma mean: fitted mean, variance of the fitted log mean, estimated alpha",
    "variance rising with the square of the mean, constant growth",
    3,
)
def _negative_binomial(counts: np.ndarray, horizon: int, at: np.ndarray) -> np.ndarray:
    fits = negative_binomial_trend(counts)
    x = fits.x[-1] + horizon
    # The product of two independent gamma factors has relative variance (1 + alpha)(1 + variance) - 1.
    relative = (1 + fits.overdispersion) * (1 + fits.log_mean_variance(x)) - 1
    return _gamma_poisson(fits.mean_at(x), relative, at)


@_method(
    "level_shift",
    "level shift after the first year",
    "Poisson with a gamma mean: the mean of all years but the first",
    "Poisson counts about one level from the second year on",
    2,
)
def _level_shift(counts: np.ndarray, horizon: int, at: np.ndarray) -> np.ndarray:
    total = counts[:, 1:].sum(axis=1)
    with np.errstate(divide="ignore"):
        relative = 1 / total
    return _gamma_poisson(total / (counts.shape[1] - 1), relative, at)
