"""Straight lines by least squares through a short series of annual counts, and through their logarithms."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from analysis.estimates import Estimate
from analysis.growth.trend import ConstantGrowth, Trend, trend_model
from analysis.models.fits import LinearFits
from analysis.models.trends import linear_trend, log_linear_trend


class _Line(Trend):
    """A line through the counts or their logarithms."""

    @property
    def annual(self) -> np.ndarray:
        """Counts put on full years."""
        return np.array(self.counts) / np.array(self.exposure)

    @cached_property
    def line(self) -> LinearFits:
        return linear_trend(self.annual, self.x)

    @cached_property
    def coefficients(self) -> tuple[float, ...]:
        return float(self.line.intercept[0]), float(self.line.slope[0])

    def _slope(self, about: dict, interval: str = "t") -> Estimate:
        """The slope with its interval; without one where the residuals measure nothing."""
        if self.reason:
            return Estimate(**about, reason=self.reason)
        slope, df = self.coefficients[1], self.residual_df
        if df < 1:
            return Estimate(**about, value=slope, reason="no interval: 0 residual degrees of freedom")
        if self.line.residual_variance[0] <= 1e-24 * (self.line.response**2).sum():  # what is below is rounding
            return Estimate(**about, value=slope, reason="no interval: the counts lie on the curve")
        return self._around(about, slope, float(self.line.slope_error[0]), interval, df)


@trend_model
class LinearTrend(_Line):
    """Change a year in the annual count along a straight line, y = a + b x; t interval, n - 2 degrees of freedom.

    Counts are put on full years first (count / exposure). With two counts there are no degrees of freedom and no
    interval.

    >>> slope = LinearTrend.fit((2015, 2016, 2017, 2018), (153, 462, 527, 594)).estimates["slope"]
    >>> round(slope.value, 2), round(slope.low, 2)
    (138.8, -42.05)
    """

    name, link = "linear trend", "identity"

    def _estimates(self) -> dict[str, Estimate]:
        assumes = "independent normal errors of equal variance"
        return {"slope": self._slope(self._about("change in the annual count", "counts a year", assumes))}


@trend_model
class LogLinearTrend(_Line, ConstantGrowth):
    """Constant growth a year from a line through log counts, log y = a + b x; t intervals, n - 2 degrees of freedom.

    A count of 0 has no logarithm: then every estimate is a reason.

    >>> growth = LogLinearTrend.fit((2015, 2016, 2017, 2018), (153, 462, 527, 594)).estimates["growth"]
    >>> round(growth.value, 1), round(growth.low, 1)
    (52.2, -26.8)
    """

    name = "log-linear trend"
    specifications = (("t", "residual variance"), ("z", "residual variance"))

    @property
    def reason(self) -> str:
        return "not estimable: a count of 0 has no logarithm" if 0 in self.counts else super().reason

    @cached_property
    def line(self) -> LinearFits:
        return log_linear_trend(self.annual, self.x)

    def slope_under(self, interval: str, dispersion: float | str) -> Estimate:
        assumes = "independent normal errors of equal variance in the logarithm"
        return self._slope(self._about("slope of the log count", "a year", assumes), interval)
