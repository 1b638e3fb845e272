"""What a batch of fitted trends holds: coefficients, means, variances and goodness of fit, a row a series."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import special


@dataclass(frozen=True, eq=False)
class LogLinearFits:
    """Fits of log(mean) = log(exposure) + intercept + slope * x, one a series.

    counts : (series, n). x, exposure : (n,).
    intercept, slope : (series,), on the log scale. NaN where no maximum exists: no counts at all, or all of
        them in the first or in the last year.
    overdispersion : (series,), alpha in variance = mean + alpha mean^2; 0 for a Poisson model.
    """

    counts: np.ndarray
    x: np.ndarray
    exposure: np.ndarray
    intercept: np.ndarray
    slope: np.ndarray
    overdispersion: np.ndarray

    @property
    def exists(self) -> np.ndarray:
        """Whether each series has a maximum likelihood estimate, (series,)."""
        return np.isfinite(self.intercept)

    @cached_property
    def fitted(self) -> np.ndarray:
        """Fitted mean of every count, (series, n)."""
        return self.exposure * np.exp(self.intercept[:, None] + self.slope[:, None] * self.x)

    @cached_property
    def covariance(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Variance of the intercept, variance of the slope and their covariance, each (series,).

        From the expected information at dispersion 1 with alpha taken as known, as R's `glm` and `glm.nb`.
        """
        weights = self.fitted / (1 + self.overdispersion[:, None] * self.fitted)
        total = weights.sum(axis=1)
        centre = weights @ self.x / total
        spread = (weights * (self.x - centre[:, None]) ** 2).sum(axis=1)
        return 1 / total + centre**2 / spread, 1 / spread, -centre / spread

    def mean_at(self, x: float) -> np.ndarray:
        """Mean at `x` for an exposure of 1, (series,)."""
        return np.exp(self.intercept + self.slope * x)

    def log_mean_variance(self, x: float) -> np.ndarray:
        """Variance of the estimated log mean at `x` at dispersion 1, (series,)."""
        intercept, slope, both = self.covariance
        return intercept + x * x * slope + 2 * x * both

    @cached_property
    def pearson(self) -> np.ndarray:
        """Pearson chi-squared, (series,)."""
        variance = self.fitted * (1 + self.overdispersion[:, None] * self.fitted)
        return ((self.counts - self.fitted) ** 2 / variance).sum(axis=1)

    @cached_property
    def deviance(self) -> np.ndarray:
        """Residual deviance, alpha taken as known, (series,)."""
        alpha = self.overdispersion[:, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            spread = np.where(
                alpha > 0,
                (self.counts + 1 / alpha) * np.log1p(alpha * (self.counts - self.fitted) / (1 + alpha * self.fitted)),
                self.counts - self.fitted,
            )
        return 2 * (special.xlogy(self.counts, self.counts / self.fitted) - spread).sum(axis=1)

    @property
    def degrees_of_freedom(self) -> int:
        """Residual degrees of freedom: n less the two coefficients."""
        return self.counts.shape[1] - 2

    @property
    def dispersion(self) -> np.ndarray:
        """Pearson dispersion: chi-squared over its degrees of freedom (n > 2), (series,)."""
        return self.pearson / self.degrees_of_freedom


@dataclass(frozen=True, eq=False)
class LinearFits:
    """Least-squares fits of response = intercept + slope * x, one a series.

    response : (series, n): the counts, or their logarithms. x : (n,).
    intercept, slope : (series,).
    """

    response: np.ndarray
    x: np.ndarray
    intercept: np.ndarray
    slope: np.ndarray

    @cached_property
    def fitted(self) -> np.ndarray:
        """Fitted response, (series, n)."""
        return self.intercept[:, None] + self.slope[:, None] * self.x

    @property
    def degrees_of_freedom(self) -> int:
        """Residual degrees of freedom: n less the two coefficients."""
        return self.response.shape[1] - 2

    @cached_property
    def residual_variance(self) -> np.ndarray:
        """Residual sum of squares over its degrees of freedom (n > 2), (series,)."""
        return ((self.response - self.fitted) ** 2).sum(axis=1) / self.degrees_of_freedom

    def at(self, x: float) -> np.ndarray:
        """Response on the line at `x`, (series,)."""
        return self.intercept + self.slope * x

    def leverage(self, x: float) -> float:
        """Variance of the line at `x` over the residual variance; the same for every series."""
        centred = self.x - self.x.mean()
        return float(1 / len(self.x) + (x - self.x.mean()) ** 2 / (centred @ centred))

    @property
    def slope_error(self) -> np.ndarray:
        """Standard error of the slope (n > 2), (series,)."""
        centred = self.x - self.x.mean()
        return np.sqrt(self.residual_variance / (centred @ centred))
