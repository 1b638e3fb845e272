"""The slope of a Poisson trend: exact conditional and profile-likelihood limits.

Independent Poisson counts y_i with means exposure_i exp(a + b x_i), x whole numbers. Given the total T, the
counts are T independent draws with probabilities proportional to exposure_i exp(b x_i): the intercept is gone
and S = sum x_i y_i is sufficient for b. Both kinds of limits come from that distribution.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import fft, stats
from scipy.optimize import brentq
from scipy.special import logsumexp

Limits = tuple[float | None, float | None]


@dataclass(frozen=True)
class SlopeProblem:
    """Counts, whole-number positions that start at 0, and exposures: what the slope is inferred from."""

    positions: np.ndarray
    counts: np.ndarray
    exposure: np.ndarray

    @classmethod
    def build(
        cls, positions: Sequence[int], counts: Sequence[int], exposure: Sequence[float] | None = None
    ) -> SlopeProblem:
        """From plain sequences; positions are shifted so that the smallest is 0.

        >>> SlopeProblem.build((2015, 2016), (153, 462)).weighted_sum
        462
        """
        x, y = np.asarray(positions, dtype=int), np.asarray(counts, dtype=int)
        e = np.ones(len(x)) if exposure is None else np.asarray(exposure, dtype=float)
        return cls(x - x.min(), y, e)

    @property
    def total(self) -> int:
        return int(self.counts.sum())

    @property
    def weighted_sum(self) -> int:
        return int(self.positions @ self.counts)

    @property
    def at_start(self) -> bool:
        """Every count is in the first position: the slope has no lower limit."""
        return self.weighted_sum == 0

    @property
    def at_end(self) -> bool:
        """Every count is in the last position: the slope has no upper limit."""
        return self.weighted_sum == self.total * int(self.positions.max())

    def shares(self, slope: float) -> np.ndarray:
        """Probability of each position for one event."""
        exponent = slope * self.positions + np.log(self.exposure)
        return np.exp(exponent - logsumexp(exponent))

    def log_likelihood(self, slope: float) -> float:
        """Log likelihood of the slope, the intercept maximised out, up to a constant."""
        return slope * self.weighted_sum - self.total * logsumexp(slope * self.positions, b=self.exposure)

    def estimate(self) -> float:
        """Maximum likelihood slope: the mean position at this slope is the observed one."""
        observed = self.weighted_sum / self.total
        return _root(lambda slope: float(self.positions @ self.shares(slope)) - observed, 0.0)

    def standard_error(self, slope: float) -> float:
        """Poisson standard error of the slope, from the information at `slope`."""
        shares = self.shares(slope)
        spread = self.positions**2 @ shares - (self.positions @ shares) ** 2
        return float(1 / math.sqrt(self.total * spread))

    def pearson(self, slope: float) -> float:
        """Pearson statistic of the counts about the trend with this slope."""
        expected = self.total * self.shares(slope)
        return float(((self.counts - expected) ** 2 / expected).sum())

    def sum_distribution(self, slope: float) -> np.ndarray:
        """Probabilities of S = 0, 1, ... given the total: the `total`-fold convolution of the shares."""
        length = int(self.positions.max()) * self.total + 1
        size = fft.next_fast_len(length, real=True)
        one = np.zeros(size)
        np.add.at(one, self.positions, self.shares(slope))
        return np.clip(fft.irfft(fft.rfft(one) ** self.total, size)[:length], 0.0, 1.0)


def _root(function: Callable[[float], float], start: float, direction: int = 0) -> float:
    """Root of a monotone function, bracketed by steps that double from `start`."""
    at_start = function(start)
    if at_start == 0:
        return start
    direction = direction or (1 if at_start < 0 else -1)
    step, edge = 0.01, start
    while function(edge) * at_start > 0:
        edge, step = edge + direction * step, 2 * step
        if step > 1e6:
            raise ValueError("no limit found for the slope: check the counts and exposures")
    return float(brentq(function, min(start, edge), max(start, edge), xtol=1e-14, rtol=1e-14))


def exact_limits(problem: SlopeProblem, level: float, mid_p: bool = False) -> Limits:
    """Exact conditional limits of the slope; None where unbounded. `mid_p` counts half the observed sum."""
    tail, seen, part = (1 - level) / 2, problem.weighted_sum, 0.5 if mid_p else 1.0

    def above(slope: float) -> float:
        chances = problem.sum_distribution(slope)
        return float(chances[seen + 1 :].sum() + part * chances[seen]) - tail

    def below(slope: float) -> float:
        chances = problem.sum_distribution(slope)
        return tail - float(chances[:seen].sum() + part * chances[seen])

    start = 0.0 if problem.at_start or problem.at_end else problem.estimate()
    low = None if problem.at_start else _root(above, start)
    high = None if problem.at_end else _root(below, start)
    return low, high


def exact_p(problem: SlopeProblem, mid_p: bool = False) -> float:
    """Two-sided p-value for a slope of 0: twice the smaller conditional tail, at most 1.

    The small tail is computed at the estimate and tilted back to 0, which keeps all its digits.
    """
    seen, part = problem.weighted_sum, 0.5 if mid_p else 1.0
    at_zero = problem.sum_distribution(0.0)
    upper = float(at_zero[seen + 1 :].sum() + part * at_zero[seen])
    lower = float(at_zero[:seen].sum() + part * at_zero[seen])
    if min(upper, lower) > 1e-6 or problem.at_start or problem.at_end:
        return min(1.0, 2 * min(upper, lower))
    slope = problem.estimate()
    chances = problem.sum_distribution(slope)
    tail = chances[seen:] if slope > 0 else chances[seen::-1]
    tilted = tail * np.exp(-abs(slope) * np.arange(len(tail)))
    tilted[0] *= part
    shift = problem.log_likelihood(0.0) - problem.log_likelihood(slope)
    return float(2 * tilted.sum() * math.exp(shift))


def profile_limits(problem: SlopeProblem, level: float, dispersion: float = 1.0, df: int | None = None) -> Limits:
    """Profile-likelihood limits of the slope at a dispersion; None where unbounded.

    The drop in deviance over `dispersion` is compared with chi-squared on 1 df, or, when the dispersion was
    estimated on `df` residual degrees of freedom, with F on 1 and `df`.
    """
    quantile = stats.chi2.ppf(level, 1) if df is None else stats.f.ppf(level, 1, df)
    if problem.at_start or problem.at_end:
        return _one_sided_profile(problem, quantile * dispersion)
    slope = problem.estimate()
    peak = problem.log_likelihood(slope)

    def drop(at: float) -> float:
        return 2 * (peak - problem.log_likelihood(at)) - quantile * dispersion

    return _root(drop, slope, -1), _root(drop, slope, 1)


def _one_sided_profile(problem: SlopeProblem, threshold: float) -> Limits:
    """The one limit that is left when every count is in the first or in the last position."""
    sign = 1 if problem.at_start else -1
    edge = int(np.argmin(sign * problem.positions))
    peak = -problem.total * math.log(problem.exposure[edge])
    limit = _root(lambda at: sign * (2 * (peak - problem.log_likelihood(at)) - threshold), 0.0)
    return (None, limit) if problem.at_start else (limit, None)
