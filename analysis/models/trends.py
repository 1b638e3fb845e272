"""Trend models fitted to many short count series at once: one array operation instead of a loop over fits.

Every function takes counts shaped (series, n), or (n,) for one series, which it treats as a batch of one.
A bootstrap of 10,000 draws or a calibration over 5,000 windows is then a single call.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analysis.models.fits import LinearFits, LogLinearFits

CHUNK = 4096  # series at a time: the working arrays then stay in the processor's cache
MAXIMUM_STEPS = 500  # few ever take more than 10; a slope far out is reached in steps of at most LARGEST_STEP
TOLERANCE = 1e-9  # on the slope times the spread of x; the last Newton step squares what is left
LARGEST_STEP = 2.0


def poisson_trend(counts: ArrayLike, x: ArrayLike | None = None, *, exposure: ArrayLike | None = None) -> LogLinearFits:
    """Slope and intercept of a Poisson log-linear trend by maximum likelihood, one a series.

    For a given slope the best intercept is known, so that iteratively reweighted least squares needs only the
    slope: each step divides the gap between the observed and the fitted mean of x by the variance of x, both
    weighted by the fitted means.

    counts : (series, n) or (n,), not negative.
    x : (n,), the regressor; 0, 1, 2, ... by default.
    exposure : (n,), positive, for example the share of each year that was observed; 1 by default.

    Returns LogLinearFits, with NaN where no maximum exists.
    Raises ValueError: shapes that do not agree, negative counts, or fewer than two distinct x.
    Source: McCullagh and Nelder (1989), Generalized Linear Models, chapter 6.

    >>> fits = poisson_trend([[153, 462, 527, 594], [10, 20, 40, 80]])
    >>> fits.slope.round(6).tolist()
    [0.329553, 0.693147]
    """
    counts, x, exposure = checked(counts, x, exposure)
    centred = x - x.mean()
    slope = np.empty(len(counts))
    intercept = np.empty(len(counts))
    for start in range(0, len(counts), CHUNK):
        part = slice(start, start + CHUNK)
        slope[part], intercept[part] = _poisson_chunk(counts[part].T, centred, exposure)
    return LogLinearFits(counts, x, exposure, intercept - slope * x.mean(), slope, np.zeros(len(counts)))


def linear_trend(counts: ArrayLike, x: ArrayLike | None = None) -> LinearFits:
    """Slope and intercept of a straight line through the counts by least squares, one a series.

    counts : (series, n) or (n,). x : (n,); 0, 1, 2, ... by default.

    >>> fit = linear_trend([153, 462, 527, 594])
    >>> fit.intercept.round(6)[0], fit.slope.round(6)[0]
    (np.float64(225.8), np.float64(138.8))
    """
    response, x, _ = checked(counts, x, None)
    return _least_squares(response, x)


def log_linear_trend(counts: ArrayLike, x: ArrayLike | None = None) -> LinearFits:
    """Slope and intercept of a straight line through the logarithms of positive counts, one a series.

    Raises ValueError: as `linear_trend`, or a count of zero, which has no logarithm.

    >>> log_linear_trend([153, 462, 527, 594]).slope.round(6)[0]
    np.float64(0.420096)
    """
    response, x, _ = checked(counts, x, None)
    if np.any(response == 0):
        raise ValueError("counts: zero has no logarithm; use a Poisson trend")
    return _least_squares(np.log(response), x)


def checked(
    counts: ArrayLike, x: ArrayLike | None, exposure: ArrayLike | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Counts as rows, x and exposure as arrays of floats, or a ValueError that names the fault."""
    counts = np.atleast_2d(np.asarray(counts, dtype=float))
    n = counts.shape[1]
    x = np.arange(n, dtype=float) if x is None else np.asarray(x, dtype=float)
    exposure = np.ones(n) if exposure is None else np.asarray(exposure, dtype=float)
    if counts.ndim != 2 or x.shape != (n,) or exposure.shape != (n,):
        raise ValueError(f"counts {counts.shape}, x {x.shape}, exposure {exposure.shape}: need (series, n), (n,), (n,)")
    if not (np.all(np.isfinite(counts)) and np.all(counts >= 0)):
        raise ValueError("counts: need finite numbers that are not negative")
    if n < 2 or np.ptp(x) == 0:
        raise ValueError(f"x: {n} observations at {len(np.unique(x))} distinct x; a trend needs at least two")
    if not np.all(exposure > 0):
        raise ValueError("exposure: must be positive in every year")
    return counts, x, exposure


def _least_squares(response: np.ndarray, x: np.ndarray) -> LinearFits:
    centred = x - x.mean()
    slope = response @ centred / (centred @ centred)
    return LinearFits(response, x, response.mean(axis=1) - slope * x.mean(), slope)


def _poisson_chunk(counts: np.ndarray, x: np.ndarray, exposure: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Slope and intercept at the centred x for counts shaped (n, series)."""
    counts = np.ascontiguousarray(counts)
    total = counts.sum(axis=0)
    with np.errstate(invalid="ignore"):
        target = (x @ counts) / total
    # Outside the open range of x, or without counts, the likelihood has no maximum.
    exists = (target > x.min()) & (target < x.max())
    target = np.where(exists, target, 0.0)
    slope = np.zeros(counts.shape[1])
    spread = np.ptp(x)
    for _ in range(MAXIMUM_STEPS):
        weights = np.exp(np.multiply.outer(x, slope))
        weights *= exposure[:, None]
        sum_of_weights = weights.sum(axis=0)
        centre = (x @ weights) / sum_of_weights
        variance = ((x * x) @ weights) / sum_of_weights - centre * centre
        step = (target - centre) / np.maximum(variance, 1e-300)
        np.clip(step, -LARGEST_STEP / spread, LARGEST_STEP / spread, out=step)
        slope += step
        if np.abs(step).max(initial=0) * spread < TOLERANCE:
            break
    slope[~exists] = np.nan
    with np.errstate(divide="ignore"):
        intercept = np.log(total / (exposure @ np.exp(np.multiply.outer(x, slope))))
    return slope, intercept
