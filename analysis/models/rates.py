"""Rates behind annual counts: the exact interval of one, of the ratio of two, and p-values."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

Limits = tuple[np.ndarray, np.ndarray]
RARE = 1e5
SMALLEST_P = float(np.finfo(float).tiny)  # a p-value too small for a float is not 0


def exact_rate(counts: ArrayLike, level: float, *, dispersion: float = 1.0) -> Limits:
    """Limits of the expected count behind each count.

    counts : any shape, not negative. dispersion : above 1 the limits are those of counts / dispersion, scaled back.

    Returns Garwood's limits, which cover at least `level` for Poisson counts.
    Source: Garwood (1936), Biometrika 28, 437-442.

    >>> [float(limit.round(1)) for limit in exact_rate(594, 0.95)]
    [547.2, 643.7]
    """
    tail, seen = (1 - level) / 2, np.asarray(counts, dtype=float) / dispersion
    low = np.where(seen > 0, stats.gamma.ppf(tail, np.maximum(seen, 1e-300)), 0.0)
    return low * dispersion, stats.gamma.isf(tail, seen + 1) * dispersion


def exact_ratio(later: ArrayLike, earlier: ArrayLike, level: float) -> Limits:
    """Limits of the ratio of two Poisson rates over equal exposure, later over earlier.

    Given the total, the later count is binomial; the Clopper-Pearson limits of its share, turned into odds, are
    limits of the ratio. The upper one is infinite where the earlier count is 0, both are NaN where both counts are.

    Source: Przyborowski and Wilenski (1940), Biometrika 31, 313-323.

    >>> [float(limit.round(4)) for limit in exact_ratio(527, 462, 0.95)]
    [1.0048, 1.2953]
    """
    later, earlier = np.asarray(later, dtype=float), np.asarray(earlier, dtype=float)
    tail = (1 - level) / 2
    share, rest = _lower_share(later, earlier, tail), _lower_share(earlier, later, tail)
    with np.errstate(divide="ignore"):
        low, high = share / (1 - share), (1 - rest) / rest
    nothing = later + earlier == 0
    return np.where(nothing, np.nan, low), np.where(nothing, np.nan, high)


def log_normal_ratio(later: ArrayLike, earlier: ArrayLike, level: float, *, dispersion: float) -> Limits:
    """Limits of the ratio of two rates of counts above 0 whose variance is `dispersion` times their mean.

    Normal on the log scale, with variance dispersion (1 / later + 1 / earlier).

    >>> [float(limit.round(4)) for limit in log_normal_ratio(527, 462, 0.95, dispersion=10)]
    [0.7684, 1.6933]
    """
    later, earlier = np.asarray(later, dtype=float), np.asarray(earlier, dtype=float)
    reach = stats.norm.isf((1 - level) / 2) * np.sqrt(dispersion * (1 / later + 1 / earlier))
    return later / earlier * np.exp(-reach), later / earlier * np.exp(reach)


def exact_p(later: ArrayLike, earlier: ArrayLike, *, share: float = 0.5, greater: bool = False) -> np.ndarray:
    """Probability, were the two rates equal, of Poisson counts at least as far apart as these.

    Central: twice the smaller binomial tail, at most 1, so that p < 1 - level exactly when `exact_ratio` excludes 1.
    R's poisson.test sums the less likely outcomes instead, which can disagree with the interval that it prints.

    share : of the later count in the total, were the rates equal: its exposure over both exposures.
    greater : the upper tail alone, for the claim that the later rate is higher.

    Source: Fay (2010), Biostatistics 11, 373-374, on central and minimum-likelihood tests.

    >>> float(exact_p(527, 462).round(5))
    0.04179
    """
    later = np.asarray(later, dtype=float)
    total = later + np.asarray(earlier, dtype=float)
    above = stats.binom.sf(later - 1, total, share)
    p = above if greater else np.minimum(1.0, 2 * np.minimum(above, stats.binom.cdf(later, total, share)))
    return np.maximum(p, SMALLEST_P)


def holm(p_values: Sequence[float]) -> list[float]:
    """p-values adjusted by Holm's step-down rule: the family-wise error holds whatever the dependence.

    Source: Holm (1979), Scandinavian Journal of Statistics 6, 65-70.

    >>> [round(p, 2) for p in holm([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    p = np.asarray(p_values, dtype=float)
    order = np.argsort(p, kind="stable")
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)))
    return adjusted.tolist()


def _lower_share(successes: ArrayLike, failures: ArrayLike, tail: float) -> np.ndarray:
    """Share at which `successes` or more have probability `tail`; 0 where there are none.

    The upper limit is 1 less the lower limit of the failures; taken from both ends, odds keep all their digits.
    """
    successes, failures = np.asarray(successes, dtype=float), np.asarray(failures, dtype=float)
    some = np.maximum(successes, 1e-300)
    # of very few among very many scipy's inverse can be wrong by half; there the share is gamma, to ten digits
    rare = -np.expm1(-stats.gamma.ppf(tail, some) / (failures + (successes + 1) / 2))
    share = np.where(failures > RARE * successes, rare, stats.beta.ppf(tail, some, failures + 1))
    return np.where(successes > 0, share, 0.0)
