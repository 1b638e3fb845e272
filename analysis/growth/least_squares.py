"""Least-squares models for a short series of annual counts: constant, straight line, constant growth."""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np

from analysis.estimates import Estimate
from analysis.growth.trend import ConstantGrowth, Trend, trend_model
from analysis.models.fits import LinearFits
from analysis.models.trends import linear_trend, log_linear_trend

NORMAL = "independent normal errors of equal variance"
NORMAL_LOG = "independent normal errors of equal variance in the logarithm"


class _LeastSquares(Trend):
    """A fit whose noise is one residual variance; a subclass gives it, over the residual degrees of freedom."""

    unit = "counts"
    assumes = NORMAL

    @property
    def annual(self) -> np.ndarray:
        """Counts put on full years."""
        return np.array(self.counts) / np.array(self.exposure)

    def _limited(self, about: dict, value: float, error: float, interval: str = "t") -> Estimate:
        """`value` with its interval; without one where `error` measures nothing."""
        if self.residual_df < 1 or error == 0:
            why = "0 residual degrees of freedom" if self.residual_df < 1 else "the counts lie on the curve"
            return Estimate(**about, value=value, reason=f"no interval: {why}")
        return self._around(about, value, error, interval, self.residual_df)

    def _sigma(self, variance: float) -> Estimate:
        about = self._about("residual standard deviation", self.unit, self.assumes)
        if self.reason or self.residual_df < 1 or variance == 0:
            exact = "undefined: the fit is exact" if self.residual_df else ""
            return Estimate(**about, reason=self.reason or exact or "not estimable: 0 residual degrees of freedom")
        return Estimate(**about, value=math.sqrt(variance))


def _above_rounding(variance: float, response: np.ndarray) -> float:
    """A residual variance, or 0 where the counts lie on the curve but for rounding."""
    return variance if variance > 1e-24 * float((response**2).sum()) else 0.0


@trend_model
class ConstantLevel(_LeastSquares):
    """Mean annual count, were there no trend; t interval with n - 1 degrees of freedom.

    Examples
    --------
    >>> fit = ConstantLevel.fit((2015, 2016, 2017, 2018), (153, 462, 527, 594))
    >>> fit.estimates["mean"].value
    434.0
    """

    name, formula = "constant level", "y = a"
    link, shape = "identity", "constant"

    @property
    def reason(self) -> str:
        return ""

    @cached_property
    def coefficients(self) -> tuple[float, ...]:
        return (float(self.annual.mean()),)

    def _estimates(self) -> dict[str, Estimate]:
        about = self._about("mean annual count", "counts a year", NORMAL)
        variance = _above_rounding(float(self.annual.var(ddof=1)), self.annual) if self.residual_df else 0.0
        error = math.sqrt(variance / len(self.counts))
        return {"mean": self._limited(about, self.coefficients[0], error), "sigma": self._sigma(variance)}


class _Line(_LeastSquares):
    """A line through the counts or their logarithms."""

    @cached_property
    def line(self) -> LinearFits:
        return linear_trend(self.annual, self.x)

    @cached_property
    def coefficients(self) -> tuple[float, ...]:
        return float(self.line.intercept[0]), float(self.line.slope[0])

    @property
    def variance(self) -> float:
        if self.reason or self.residual_df < 1:
            return 0.0
        return _above_rounding(float(self.line.residual_variance[0]), self.line.response)

    def _slope(self, about: dict, interval: str = "t") -> Estimate:
        if self.reason:
            return Estimate(**about, reason=self.reason)
        error = float(self.line.slope_error[0]) if self.variance else 0.0
        return self._limited(about, self.coefficients[1], error, interval)


@trend_model
class LinearTrend(_Line):
    """Change a year in the annual count along a straight line; t interval with n - 2 degrees of freedom.

    Counts are put on full years first (count / exposure). With two counts there are no degrees of freedom and no
    interval.

    Examples
    --------
    >>> slope = LinearTrend.fit((2015, 2016, 2017, 2018), (153, 462, 527, 594)).estimates["slope"]
    >>> round(slope.value, 2), round(slope.low, 2)
    (138.8, -42.05)
    """

    name, formula, link = "linear trend", "y = a + b x", "identity"

    def _estimates(self) -> dict[str, Estimate]:
        slope = self._slope(self._about("change in the annual count", "counts a year", NORMAL))
        return {"slope": slope, "sigma": self._sigma(self.variance)}


@trend_model
class LogLinearTrend(_Line, ConstantGrowth):
    """Constant growth a year from a straight line through log counts; t intervals, n - 2 degrees of freedom.

    A count of 0 has no logarithm: then every estimate is a reason.

    Examples
    --------
    >>> growth = LogLinearTrend.fit((2015, 2016, 2017, 2018), (153, 462, 527, 594)).estimates["growth"]
    >>> round(growth.value, 1), round(growth.low, 1)
    (52.2, -26.8)
    """

    name, formula = "log-linear trend", "log y = a + b x"
    unit, assumes = "log counts", NORMAL_LOG
    specifications = (("t", "residual variance"), ("z", "residual variance"))

    @property
    def reason(self) -> str:
        return "not estimable: a count of 0 has no logarithm" if 0 in self.counts else super().reason

    @cached_property
    def line(self) -> LinearFits:
        return log_linear_trend(self.annual, self.x)

    def slope_under(self, interval: str, dispersion: float | str) -> Estimate:
        return self._slope(self._about("slope of the log count", "a year", NORMAL_LOG), interval)

    def _estimates(self) -> dict[str, Estimate]:
        return super()._estimates() | {"sigma": self._sigma(self.variance)}
