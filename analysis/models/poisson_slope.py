"""The slope of a Poisson trend: exact conditional limits, and profile-likelihood limits.

Independent Poisson counts y_i with means exposure_i exp(a + b x_i), x whole numbers. Given the total T, the counts
are T independent draws with probabilities proportional to exposure_i exp(b x_i): the intercept is gone and
S = sum x_i y_i is sufficient for b. Everything here comes from that distribution.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import fft, stats
from scipy.optimize import brentq
from scipy.special import ndtr

from analysis.models.trends import poisson_trend

Limits = tuple[float | None, float | None]

# Up to this variance of S its distribution is computed; beyond, the limits by saddlepoint differ from the exact ones
# by less than 1e-10.
EXACT_UP_TO = 1e6
OUT_OF_REACH = 700.0  # of a slope: the next float after exp(709) is infinite


@dataclass(frozen=True)
class SlopeProblem:
    """Counts, whole-number positions that start at 0, and exposures: what the slope is inferred from.

    Counts that are all 0 tell nothing of a slope; counts all in the first or all in the last position leave it one
    limit and no estimate.
    """

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
    def top(self) -> int:
        """The largest weighted sum that this total can have."""
        return self.total * int(self.positions.max())

    @property
    def at_start(self) -> bool:
        """Every count is in the first position: the slope has no lower limit."""
        return self.weighted_sum == 0

    @property
    def at_end(self) -> bool:
        """Every count is in the last position: the slope has no upper limit."""
        return self.weighted_sum == self.top

    @property
    def exact(self) -> bool:
        """Whether tails are summed from the distribution itself; otherwise they come from a saddlepoint."""
        return self.at_start or self.at_end or self.variance(self.estimate) <= EXACT_UP_TO

    @cached_property
    def estimate(self) -> float:
        """Maximum likelihood slope: the mean position at this slope is the observed one."""
        return float(poisson_trend(self.counts, self.positions, exposure=self.exposure).slope[0])

    def shares(self, slope: float) -> np.ndarray:
        """Probability of each position for one event."""
        exponent = self._exponents(slope)
        return np.exp(exponent - _log_sum(exponent))

    def _exponents(self, slope: float) -> np.ndarray:
        """Log weight of each position, relative to that of the largest count: this keeps digits of huge totals."""
        logs, at = np.log(self.exposure), int(np.argmax(self.counts))
        return slope * (self.positions - self.positions[at]) + (logs - logs[at])

    def variance(self, slope: float) -> float:
        """Variance of S given the total, which is also the information on the slope."""
        shares = self.shares(slope)
        return float(self.total * (shares @ (self.positions - self.positions @ shares) ** 2))

    def log_likelihood(self, slope: float) -> float:
        """Log likelihood of the slope, the intercept maximised out, up to a constant."""
        at = int(np.argmax(self.counts))
        beyond = self.weighted_sum - self.total * int(self.positions[at])
        return slope * beyond - self.total * (math.log(self.exposure[at]) + _log_sum(self._exponents(slope)))

    @cached_property
    def around(self) -> tuple[np.ndarray, np.ndarray]:
        """Probabilities, at the estimated slope, of S = seen, seen + 1, ... and of S = seen, seen - 1, ...

        The total-fold convolution of the shares by Fourier transform, over a window so wide that what lies outside
        is below 1e-15. Events are counted by how far they lie from the likeliest position, which leaves small
        numbers to raise to the power of the total.
        """
        shares, mode = self.shares(self.estimate), int(np.argmax(self.shares(self.estimate)))
        reach = int(15 * math.sqrt(self.variance(self.estimate))) + 20 * int(self.positions.max())
        up, down = min(self.top - self.weighted_sum, reach) + 1, min(self.weighted_sum, reach) + 1
        size = fft.next_fast_len(up + down, real=True)
        others = np.zeros(size)
        moved = np.delete(self.positions - self.positions[mode], mode)
        np.add.at(others, moved % size, np.delete(shares, mode))
        less = fft.rfft(others) - others.sum()
        power = np.where(less == -1, 0.0, np.exp(self.total * np.log1p(np.where(less == -1, 0.0, less))))
        seen = (self.weighted_sum - self.total * int(self.positions[mode])) % size
        chances = np.roll(np.clip(fft.irfft(power, size), 0.0, 1.0), -seen)
        return chances[:up], np.concatenate([chances[:1], chances[:0:-1]])[:down]

    def tail(self, slope: float, upward: bool) -> float:
        """Probability at `slope` of a weighted sum as large as the one seen, or larger; or of one as small.

        The distribution at the estimate is tilted to `slope`, away from which the weights fall: all digits are kept.
        """
        if self.at_start or self.at_end:
            exponents, edge = self._exponents(slope), int(np.argmax(self.counts))
            return 1.0 if upward == self.at_start else math.exp(self.total * (exponents[edge] - _log_sum(exponents)))
        away = (self.estimate - slope) * (1 if upward else -1)
        if away < 0:  # the tail beyond the mean: from the other one, less the sum that both hold
            return 1 - self.tail(slope, not upward) + self._chance(slope)
        if not self.exact:
            return self._saddlepoint(slope, upward)
        chances = self.around[0 if upward else 1]
        shift = self.log_likelihood(slope) - self.log_likelihood(self.estimate)
        return float(chances @ np.exp(-away * np.arange(len(chances)))) * math.exp(shift)

    def _chance(self, slope: float) -> float:
        """Probability at `slope` of exactly the sum that was seen."""
        shift = math.exp(self.log_likelihood(slope) - self.log_likelihood(self.estimate))
        step = int(np.gcd.reduce(self.positions))
        density = step / math.sqrt(2 * math.pi * self.variance(self.estimate))
        return shift * (float(self.around[0][0]) if self.exact else density)

    def _saddlepoint(self, slope: float, upward: bool) -> float:
        """Lugannani and Rice's tail with their correction for a lattice, for large totals.

        The saddlepoint of S at any slope is the estimate, so that the signed root is that of the likelihood ratio.
        """
        step = int(np.gcd.reduce(self.positions))
        away = (self.estimate - slope) * (1 if upward else -1)
        root = math.sqrt(max(0.0, 2 * (self.log_likelihood(self.estimate) - self.log_likelihood(slope))))
        spread = math.sqrt(self.variance(self.estimate))
        if away * spread < 1e-3:  # so near the middle the formula loses its digits, and none are needed
            return 0.5
        scaled = -math.expm1(-away * step) * spread / step
        return float(ndtr(-root)) + math.exp(-(root**2) / 2) / math.sqrt(2 * math.pi) * (1 / scaled - 1 / root)


def _log_sum(exponents: np.ndarray) -> float:
    """Logarithm of the sum of exponentials, with all digits where one of them dwarfs the others."""
    at = int(np.argmax(exponents))
    others = np.exp(exponents - exponents[at])
    others[at] = 0.0
    return float(exponents[at] + np.log1p(others.sum()))


def root_from(start: float, function: Callable[[float], float], direction: int, step: float) -> float | None:
    """Root of a monotone function, bracketed by steps that double from `start`; None where it is out of reach."""
    step = min(step, 1.0)
    at_start, edge = function(start), start + direction * step
    while function(edge) * at_start > 0:
        step *= 2
        edge += direction * step
        if abs(edge) > OUT_OF_REACH:
            return None
    return float(brentq(function, min(start, edge), max(start, edge), xtol=1e-15, rtol=1e-14))


def exact_limits(problem: SlopeProblem, level: float) -> Limits:
    """Limits of the slope at which the observed sum lies just in a tail of (1 - level) / 2; None where unbounded.

    >>> problem = SlopeProblem.build((2015, 2016, 2017, 2018), (153, 462, 527, 594))
    >>> [round(limit, 6) for limit in exact_limits(problem, 0.95)]
    [0.285412, 0.373956]
    """
    tail = (1 - level) / 2
    one_sided = problem.at_start or problem.at_end
    start = 0.0 if one_sided else problem.estimate
    step = 1.0 if one_sided else 1 / math.sqrt(problem.variance(start))

    def limit(upward: bool) -> float | None:
        # where even the start has a smaller tail than asked for, the limit lies on the other side of it
        direction = (-1 if upward else 1) * (1 if problem.tail(start, upward) > tail else -1)
        return root_from(start, lambda slope: problem.tail(slope, upward) - tail, direction, step)

    return None if problem.at_start else limit(True), None if problem.at_end else limit(False)


def profile_limits(problem: SlopeProblem, level: float, dispersion: float = 1.0, df: int | None = None) -> Limits:
    """Profile-likelihood limits of the slope at a dispersion, where it has an estimate; None where out of reach.

    The drop in deviance over `dispersion` is compared with chi-squared on 1 df, or, when the dispersion was estimated
    on `df` residual degrees of freedom, with F on 1 and `df`.

    >>> problem = SlopeProblem.build((2015, 2016, 2017, 2018), (153, 462, 527, 594))
    >>> [round(limit, 6) for limit in profile_limits(problem, 0.95)]
    [0.285703, 0.373748]
    """
    quantile = stats.chi2.ppf(level, 1) if df is None else stats.f.ppf(level, 1, df)
    slope, peak = problem.estimate, problem.log_likelihood(problem.estimate)
    step = math.sqrt(dispersion / problem.variance(slope))

    def drop(at: float) -> float:
        return 2 * (peak - problem.log_likelihood(at)) - quantile * dispersion

    return root_from(slope, drop, -1, step), root_from(slope, drop, 1, step)
