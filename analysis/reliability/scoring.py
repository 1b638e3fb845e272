"""Scores of interval forecasts of counts, and their averages over families with family-bootstrap limits."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special, stats

LEVELS = (0.80, 0.95)  # nominal coverage of the two prediction intervals of every forecast
PROBABILITIES = np.array([0.025, 0.1, 0.5, 0.9, 0.975])  # of the limits of both, around the median
MEASURES = ("coverage80", "coverage95", "wis")
RESAMPLES = 10_000
INTERVAL = (0.025, 0.975)
NEARLY_WHOLE = 1e-6  # a limit this close to a whole number is that number, on every processor

Interval = tuple[float, float, float]


def covered(observed: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Whether each count lies within its limits rounded outward to whole counts.

    >>> covered(np.array([5, 6, 8]), np.array([5.9, 5.9, 5.9]), np.array([7.1, 7.1, 7.1])).tolist()
    [True, True, True]
    """
    return (observed >= np.floor(low + NEARLY_WHOLE)) & (observed <= np.ceil(high - NEARLY_WHOLE))


def weighted_interval_score(observed: np.ndarray, limits: np.ndarray) -> np.ndarray:
    """Weighted interval score of the median with the 80% and the 95% interval, (windows,).

    The interval score of each level, its width plus 2 / (1 - level) times how far outside the value lies, has
    the weight (1 - level) / 2; the distance from the median has the weight 1/2.

    observed : (windows,). limits : (windows, 5), at `PROBABILITIES`.

    Source: Bracher, Ray, Gneiting and Reich (2021), PLOS Computational Biology 17, e1008618.

    >>> weighted_interval_score(np.array([3.0]), np.array([[0.0, 1.0, 2.0, 3.0, 4.0]])).round(6).tolist()
    [0.32]
    """
    total = np.abs(observed - limits[:, 2]) / 2
    for level, low, high in _pairs(limits):
        missed = np.maximum(low - observed, 0) + np.maximum(observed - high, 0)
        total = total + (1 - level) / 2 * (high - low + 2 / (1 - level) * missed)
    return total / (len(LEVELS) + 0.5)


def score(observed: np.ndarray, limits: np.ndarray) -> np.ndarray:
    """Every measure of `MEASURES` for each window, (windows, 3).

    Coverage, in %, takes the limits rounded outward; the weighted interval score takes them as they are, on the
    scale log(1 + count) of Bosse et al. (2023), PLOS Computational Biology 19, e1011393.
    """
    if not np.all(np.isfinite(limits)):
        raise ValueError("limits: every window needs finite limits to be scored")
    held = [100 * covered(observed, low, high) for _, low, high in _pairs(limits)]
    return np.column_stack([*held, weighted_interval_score(np.log1p(observed), np.log1p(limits))])


def weighted_crps(observed: np.ndarray, values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Continuous ranked probability score of one discrete distribution for each observation, (windows,).

    E|X - y| - E|X - X'| / 2 for X, X' independent with the `values` (k,) and their `weights` (k,).

    Source: Gneiting and Raftery (2007), Journal of the American Statistical Association 102, 359-378, equation 21.

    >>> weighted_crps(np.array([0.0, 3.0]), np.array([0.0, 2.0]), np.array([1.0, 1.0])).tolist()
    [0.5, 1.5]
    """
    order = np.argsort(values)
    values, weights = values[order], weights[order] / weights.sum()
    mass, moment = np.cumsum(weights), np.cumsum(weights * values)
    # E|X - X'| / 2 is the integral of F (1 - F).
    apart = np.sum(np.diff(values) * mass[:-1] * (1 - mass[:-1]))
    below = np.searchsorted(values, observed, side="right")
    share, sum_below = np.append(0, mass)[below], np.append(0, moment)[below]
    return observed * (2 * share - 1) + moment[-1] - 2 * sum_below - apart


def student_crps(observed: np.ndarray, scale: np.ndarray, df: int) -> np.ndarray:
    """Continuous ranked probability score of t distributions around 0 with these scales, (windows,).

    A scale of 0 is a point at 0. Source: Jordan, Krueger and Lerch (2019), Journal of Statistical Software 90(12).

    >>> student_crps(np.array([0.0, 2.0]), np.array([1.0, 0.0]), 3).round(4).tolist()
    [0.2757, 2.0]
    """
    z = observed / np.where(scale > 0, scale, 1)
    spread = 2 * np.sqrt(df) / (df - 1) * special.beta(0.5, df - 0.5) / special.beta(0.5, df / 2) ** 2
    score = z * (2 * stats.t.cdf(z, df) - 1) + 2 * stats.t.pdf(z, df) * (df + z**2) / (df - 1) - spread
    return np.where(scale > 0, scale * score, np.abs(observed))


@dataclass(frozen=True, eq=False)
class Families:
    """Windows grouped by family, with one set of family resamples shared by everything compared.

    names : of the families. sizes : windows in each. place : (windows,), index of each window's family.
    resamples : (resamples, families), how often each family is drawn.
    """

    names: tuple[str, ...]
    sizes: np.ndarray
    place: np.ndarray
    resamples: np.ndarray

    @classmethod
    def of(cls, family: np.ndarray, seed: int) -> Families:
        """The groups of `family` (windows,), and draws of families with replacement."""
        names, place, sizes = np.unique(np.asarray(family, dtype=str), return_inverse=True, return_counts=True)
        return cls(tuple(names.tolist()), sizes, place, _resamples(len(names), seed))

    def means(self, values: ArrayLike) -> np.ndarray:
        """Mean of `values` (windows,) within each family, (families,)."""
        return np.bincount(self.place, np.asarray(values, dtype=float)) / self.sizes

    def average(self, *by_family: np.ndarray, of: Callable[..., np.ndarray] = lambda x: x) -> Interval:
        """Mean over families, each weighing the same, with its family-bootstrap 95% percentile interval.

        With several arrays (families,), `of` combines their means, as np.divide does to a ratio.
        """
        value = of(*(values.mean() for values in by_family))
        drawn = of(*(self.resamples @ values / len(self.names) for values in by_family))
        return _interval(value, drawn)

    def mean(self, values: ArrayLike) -> Interval:
        """Mean of `values` (windows,) over families, each weighing the same."""
        return self.average(self.means(values))

    def pooled(self, values: ArrayLike) -> Interval:
        """Mean of `values` (windows,) over all windows, families drawn whole in its bootstrap interval."""
        sums = np.bincount(self.place, np.asarray(values, dtype=float))
        return _interval(sums.sum() / self.sizes.sum(), (self.resamples @ sums) / (self.resamples @ self.sizes))


@functools.cache
def _resamples(families: int, seed: int) -> np.ndarray:
    """How often each of so many families is drawn, (resamples, families)."""
    draw = np.random.default_rng(seed)
    return draw.multinomial(families, np.full(families, 1 / families), size=RESAMPLES)


def _pairs(limits: np.ndarray) -> list[tuple[float, np.ndarray, np.ndarray]]:
    """Each level, narrowest first, with its lower and upper limits."""
    narrow, wide = LEVELS
    return [(narrow, limits[:, 1], limits[:, 3]), (wide, limits[:, 0], limits[:, 4])]


def _interval(value: float, drawn: np.ndarray) -> Interval:
    low, high = np.quantile(drawn, INTERVAL)
    return float(value), float(low), float(high)
