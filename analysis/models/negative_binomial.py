"""Trends of counts that vary more than Poisson counts: variance = mean + alpha mean squared."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special
from scipy.optimize import elementwise

from analysis.models.fits import LogLinearFits
from analysis.models.trends import CHUNK, LARGEST_STEP, TOLERANCE, poisson_trend

OVERDISPERSION_GRID = np.geomspace(1e-7, 1e4, 45)  # weaker drowns in rounding; stronger is no trend at all
MAXIMUM_STEPS = 60


def negative_binomial_trend(
    counts: ArrayLike, x: ArrayLike | None = None, *, exposure: ArrayLike | None = None
) -> LogLinearFits:
    """Slope, intercept and overdispersion of a negative binomial (NB2) log-linear trend, one a series.

    The overdispersion alpha is where the derivative of its profile likelihood falls through zero: at the best
    of all such places, of which there can be several, or at 0, the Poisson trend, when none beats that.

    Parameters and errors as for `poisson_trend`.

    Returns LogLinearFits, whose covariance takes alpha as known, as in R's `glm.nb`; `slope_error` does not.
    Source: Lawless (1987), Canadian Journal of Statistics 15, 209-225.

    >>> fit = negative_binomial_trend([153, 462, 527, 594])
    >>> fit.slope.round(6)[0], (1 / fit.overdispersion).round(4)[0]
    (np.float64(0.398909), np.float64(14.5464))
    """
    poisson = poisson_trend(counts, x, exposure=exposure)
    there = np.flatnonzero(poisson.exists)
    alpha = np.zeros(len(poisson.counts))
    intercept, slope = poisson.intercept.copy(), poisson.slope.copy()
    for start in range(0, len(there), CHUNK):
        part = there[start : start + CHUNK]
        alpha[part], intercept[part], slope[part] = _negative_binomial_chunk(poisson, part)
    return LogLinearFits(poisson.counts, poisson.x, poisson.exposure, intercept, slope, alpha)


def slope_error(fits: LogLinearFits) -> np.ndarray:
    """Standard error of each slope with alpha estimated, (series,); NaN where there is none, as at alpha 0.

    From the observed information on intercept, slope and 1 / alpha together, as statsmodels; R's `glm.nb` holds
    alpha fixed and states smaller ones.

    >>> slope_error(negative_binomial_trend([153, 462, 527, 594])).round(4)[0]
    np.float64(0.1327)
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        size, counts, mean = 1 / fits.overdispersion[:, None], fits.counts, fits.fitted
        both = size + mean
        weights = mean * size * (counts + size) / both**2
        lean = mean * (mean - counts) / both**2
        curvature = special.polygamma(1, size) - special.polygamma(1, counts + size)
        curvature = (curvature - 1 / size + 2 / both - (counts + size) / both**2).sum(axis=1)
        powers = fits.x ** np.array([[0], [1], [2]])
        w0, w1, w2 = np.einsum("sn,kn->ks", weights, powers)
        l0, l1 = np.einsum("sn,kn->ks", lean, powers[:2])
        a, b, c = w0 - l0**2 / curvature, w1 - l0 * l1 / curvature, w2 - l1**2 / curvature
        found = np.sqrt(a / (a * c - b**2))
        return np.where((fits.overdispersion > 0) & (curvature > 0), found, np.nan)


def _negative_binomial_chunk(poisson: LogLinearFits, part: np.ndarray) -> tuple[np.ndarray, ...]:
    counts, x, exposure = poisson.counts[part], poisson.x, poisson.exposure
    intercept, slope = poisson.intercept[part], poisson.slope[part]
    peak = _likelihood(counts, poisson.fitted[part], np.zeros(len(part)))
    best = (np.full(len(part), -1), intercept.copy(), slope.copy())
    falling, previous = np.zeros(len(part), dtype=bool), peak.copy()
    for step, value in enumerate(OVERDISPERSION_GRID):
        alpha = np.full(len(part), value)
        intercept, slope = _given_alpha(counts, x, exposure, alpha, intercept, slope)
        mean = exposure * np.exp(intercept[:, None] + slope[:, None] * x)
        rises = _score_of_alpha(counts, mean, alpha) > 0
        likelihood = _likelihood(counts, mean, alpha)
        turned = falling & ~rises  # a maximum lies between the last grid point and this one
        at_turn = np.maximum(likelihood, previous)
        better = turned & (at_turn > peak)
        for store, new in zip(best, (np.full(len(part), step), intercept, slope), strict=True):
            store[better] = new[better]
        peak[better] = at_turn[better]
        falling, previous = rises, likelihood
    return _refined(counts, x, exposure, *best)


def _refined(
    counts: np.ndarray,
    x: np.ndarray,
    exposure: np.ndarray,
    cell: np.ndarray,
    intercept: np.ndarray,
    slope: np.ndarray,
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
        intercept[rows], slope[rows] = _given_alpha(counts[rows], x, exposure, alpha, intercept[rows], slope[rows])
        mean = exposure * np.exp(intercept[rows, None] + slope[rows, None] * x)
        return _score_of_alpha(counts[rows], mean, alpha)

    logs = np.log(OVERDISPERSION_GRID)
    bracket = logs[cell[inside] - 1], logs[cell[inside]]
    root = elementwise.find_root(profile_score, bracket, args=(inside.astype(float),), tolerances={"xatol": 1e-11})
    alpha[inside] = np.exp(root.x)
    coefficients = intercept[inside], slope[inside]
    intercept[inside], slope[inside] = _given_alpha(counts[inside], x, exposure, alpha[inside], *coefficients)
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
    counts: np.ndarray,
    x: np.ndarray,
    exposure: np.ndarray,
    alpha: np.ndarray,
    intercept: np.ndarray,
    slope: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients for a known overdispersion by Newton's method; the log likelihood is concave in them."""
    for _ in range(MAXIMUM_STEPS):
        mean = exposure * np.exp(intercept[:, None] + slope[:, None] * x)
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
