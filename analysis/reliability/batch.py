"""Trend models fitted to many short count series at once: one array operation instead of a loop over fits.

Every function takes counts shaped (series, n), or (n,) for one series, which it treats as a batch of one.
A bootstrap of 10,000 draws or a calibration over 5,000 windows is then a single call.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special
from scipy.optimize import elementwise

from analysis.reliability.fits import LinearFits, LogLinearFits

CHUNK = 4096  # series at a time: the working arrays then stay in the processor's cache
MAXIMUM_STEPS = 60
TOLERANCE = 1e-9  # on the slope times the spread of x; the last Newton step squares what is left
LARGEST_STEP = 2.0
OVERDISPERSION_GRID = np.geomspace(1e-7, 1e4, 45)  # weaker drowns in rounding; stronger is no trend at all


def poisson_trend(counts: ArrayLike, x: ArrayLike | None = None, *, exposure: ArrayLike | None = None) -> LogLinearFits:
    """Slope and intercept of a Poisson log-linear trend by maximum likelihood, one a series.

    For a given slope the best intercept is known, so that iteratively reweighted least squares needs only the
    slope: each step divides the gap between the observed and the fitted mean of x by the variance of x, both
    weighted by the fitted means.

    Parameters
    ----------
    counts : (series, n) or (n,), not negative.
    x : (n,), the regressor; 0, 1, 2, ... by default.
    exposure : (n,), positive, for example the share of each year that was observed; 1 by default.

    Returns
    -------
    LogLinearFits, with NaN where no maximum exists.

    Raises
    ------
    ValueError : shapes that do not agree, negative counts, or fewer than two distinct x.

    Source
    ------
    McCullagh and Nelder (1989), Generalized Linear Models, chapter 6.

    Examples
    --------
    >>> fits = poisson_trend([[153, 462, 527, 594], [10, 20, 40, 80]])
    >>> fits.slope.round(6).tolist()
    [0.329553, 0.693147]
    """
    counts, x, exposure = _checked(counts, x, exposure)
    centred = x - x.mean()
    slope = np.empty(len(counts))
    intercept = np.empty(len(counts))
    for start in range(0, len(counts), CHUNK):
        part = slice(start, start + CHUNK)
        slope[part], intercept[part] = _poisson_chunk(counts[part].T, centred, exposure)
    return LogLinearFits(counts, x, exposure, intercept - slope * x.mean(), slope, np.zeros(len(counts)))


def poisson_level(counts: ArrayLike, *, exposure: ArrayLike | None = None) -> LogLinearFits:
    """Constant Poisson rate by maximum likelihood, one a series: the total over the total exposure.

    The slope is 0 and known, so `covariance` does not apply: the log rate has variance 1 / total.

    Examples
    --------
    >>> poisson_level([153, 462, 527, 594]).fitted[0, 0].round(6)
    np.float64(434.0)
    """
    counts, x, exposure = _checked(counts, None, exposure)
    with np.errstate(divide="ignore"):
        rate = np.log(counts.sum(axis=1) / exposure.sum())
    zero = np.zeros(len(counts))
    return LogLinearFits(counts, x, exposure, np.where(np.isfinite(rate), rate, np.nan), zero, zero)


def negative_binomial_trend(counts: ArrayLike, x: ArrayLike | None = None) -> LogLinearFits:
    """Slope, intercept and overdispersion of a negative binomial (NB2) log-linear trend, one a series.

    The overdispersion alpha is where the derivative of its profile likelihood falls through zero: at the best
    of all such places, of which there can be several, or at 0, the Poisson trend, when none beats that.

    Parameters and errors as for `poisson_trend`.

    Returns
    -------
    LogLinearFits. Standard errors take alpha as known, as in R's `glm.nb`.

    Source
    ------
    Lawless (1987), Canadian Journal of Statistics 15, 209-225.

    Examples
    --------
    >>> fit = negative_binomial_trend([153, 462, 527, 594])
    >>> fit.slope.round(6)[0], (1 / fit.overdispersion).round(4)[0]
    (np.float64(0.398909), np.float64(14.5464))
    """
    poisson = poisson_trend(counts, x)
    there = np.flatnonzero(poisson.exists)
    alpha = np.zeros(len(poisson.counts))
    intercept, slope = poisson.intercept.copy(), poisson.slope.copy()
    for start in range(0, len(there), CHUNK):
        part = there[start : start + CHUNK]
        alpha[part], intercept[part], slope[part] = _negative_binomial_chunk(poisson, part)
    return LogLinearFits(poisson.counts, poisson.x, poisson.exposure, intercept, slope, alpha)


def linear_trend(counts: ArrayLike, x: ArrayLike | None = None) -> LinearFits:
    """Slope and intercept of a straight line through the counts by least squares, one a series.

    Parameters
    ----------
    counts : (series, n) or (n,). x : (n,); 0, 1, 2, ... by default.

    Examples
    --------
    >>> fit = linear_trend([153, 462, 527, 594])
    >>> fit.intercept.round(6)[0], fit.slope.round(6)[0]
    (np.float64(225.8), np.float64(138.8))
    """
    response, x, _ = _checked(counts, x, None)
    return _least_squares(response, x)


def log_linear_trend(counts: ArrayLike, x: ArrayLike | None = None) -> LinearFits:
    """Slope and intercept of a straight line through the logarithms of positive counts, one a series.

    Raises
    ------
    ValueError : as `linear_trend`, or a count of zero, which has no logarithm.

    Examples
    --------
    >>> log_linear_trend([153, 462, 527, 594]).slope.round(6)[0]
    np.float64(0.420096)
    """
    response, x, _ = _checked(counts, x, None)
    if np.any(response == 0):
        raise ValueError("counts: zero has no logarithm; use a Poisson trend")
    return _least_squares(np.log(response), x)


def _checked(
    counts: ArrayLike, x: ArrayLike | None, exposure: ArrayLike | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
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
        step = (target - centre) / variance
        np.clip(step, -LARGEST_STEP / spread, LARGEST_STEP / spread, out=step)
        slope += step
        if np.abs(step).max(initial=0) * spread < TOLERANCE:
            break
    slope[~exists] = np.nan
    with np.errstate(divide="ignore"):
        intercept = np.log(total / (exposure @ np.exp(np.multiply.outer(x, slope))))
    return slope, intercept


def _negative_binomial_chunk(poisson: LogLinearFits, part: np.ndarray) -> tuple[np.ndarray, ...]:
    counts, x = poisson.counts[part], poisson.x
    intercept, slope = poisson.intercept[part], poisson.slope[part]
    peak = _likelihood(counts, poisson.fitted[part], np.zeros(len(part)))
    best = (np.full(len(part), -1), intercept.copy(), slope.copy())
    falling, previous = np.zeros(len(part), dtype=bool), peak.copy()
    for step, value in enumerate(OVERDISPERSION_GRID):
        alpha = np.full(len(part), value)
        intercept, slope = _given_alpha(counts, x, alpha, intercept, slope)
        mean = np.exp(intercept[:, None] + slope[:, None] * x)
        rises = _score_of_alpha(counts, mean, alpha) > 0
        likelihood = _likelihood(counts, mean, alpha)
        turned = falling & ~rises  # a maximum lies between the last grid point and this one
        at_turn = np.maximum(likelihood, previous)
        better = turned & (at_turn > peak)
        for store, new in zip(best, (np.full(len(part), step), intercept, slope), strict=True):
            store[better] = new[better]
        peak[better] = at_turn[better]
        falling, previous = rises, likelihood
    return _refined(counts, x, *best)


def _refined(
    counts: np.ndarray, x: np.ndarray, cell: np.ndarray, intercept: np.ndarray, slope: np.ndarray
) -> tuple[np.ndarray, ...]:
    """The maximum inside each chosen cell of the overdispersion grid; alpha is 0 where there is none."""
    alpha = np.zeros(len(cell))
    inside = np.flatnonzero(cell > 0)
    if not inside.size:
        return alpha, intercept, slope

    def profile_score(log_alpha: np.ndarray, index: np.ndarray) -> np.ndarray:
        rows = index.astype(int)
        alpha = np.exp(log_alpha)
        # Each call starts from the coefficients that the last one found: the root finder moves little.
        intercept[rows], slope[rows] = _given_alpha(counts[rows], x, alpha, intercept[rows], slope[rows])
        return _score_of_alpha(counts[rows], np.exp(intercept[rows, None] + slope[rows, None] * x), alpha)

    logs = np.log(OVERDISPERSION_GRID)
    bracket = logs[cell[inside] - 1], logs[cell[inside]]
    root = elementwise.find_root(profile_score, bracket, args=(inside.astype(float),), tolerances={"xatol": 1e-11})
    alpha[inside] = np.exp(root.x)
    intercept[inside], slope[inside] = _given_alpha(counts[inside], x, alpha[inside], intercept[inside], slope[inside])
    return alpha, intercept, slope


def _likelihood(counts: np.ndarray, mean: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Log likelihood less what depends on the counts alone; the Poisson one where alpha is 0."""
    if not alpha.any():
        return (special.xlogy(counts, mean) - mean).sum(axis=1)
    size = 1 / alpha[:, None]
    rising = special.gammaln(counts + size) - special.gammaln(size) - counts * np.log(size)
    terms = special.xlogy(counts, mean) - (counts + size) * np.log1p(mean / size)
    return (rising + terms).sum(axis=1)


def _score_of_alpha(counts: np.ndarray, mean: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Derivative of the log likelihood in 1 / alpha, sign turned: positive where more alpha helps."""
    size = 1 / alpha[:, None]
    terms = special.digamma(counts + size) - special.digamma(size) - np.log1p(mean / size)
    return -(terms + (mean - counts) / (mean + size)).sum(axis=1)


def _given_alpha(
    counts: np.ndarray, x: np.ndarray, alpha: np.ndarray, intercept: np.ndarray, slope: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients for a known overdispersion by Newton's method; the log likelihood is concave in them."""
    for _ in range(MAXIMUM_STEPS):
        mean = np.exp(intercept[:, None] + slope[:, None] * x)
        shrink = 1 + alpha[:, None] * mean
        score = (counts - mean) / shrink
        weights = mean * (1 + alpha[:, None] * counts) / shrink**2
        total = weights.sum(axis=1)
        centre = weights @ x / total
        lean = x - centre[:, None]
        by_slope = (score * lean).sum(axis=1) / (weights * lean * lean).sum(axis=1)
        level = score.sum(axis=1) / total
        longest = np.abs(level[:, None] + by_slope[:, None] * lean).max(axis=1)
        shorten = LARGEST_STEP / np.maximum(longest, LARGEST_STEP)
        slope = slope + shorten * by_slope
        intercept = intercept + shorten * (level - by_slope * centre)
        if longest.max(initial=0) < TOLERANCE:
            break
    return intercept, slope
