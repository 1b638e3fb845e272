"""Constant growth from the first annual count to the last: the ratio of two rates."""

from __future__ import annotations

import math
from functools import cached_property

from analysis.estimates import Estimate
from analysis.growth.trend import ConstantGrowth, trend_model
from analysis.models.dispersion import KNOWN_DISPERSIONS, assumption
from analysis.models.rates import exact_ratio, log_normal_ratio


@trend_model
class CompoundGrowth(ConstantGrowth):
    """Constant yearly growth g, y = y0 g^x, from the first count to the last (CAGR); the years between do not enter.

    The roots of the limits of the ratio of the two counts are the limits of the growth factor: exact conditional for
    Poisson counts, normal on the log scale at any other dispersion.

    >>> growth = CompoundGrowth.fit((2015, 2018), (153, 594)).estimates["growth"]
    >>> [round(x, 1) for x in (growth.value, growth.low, growth.high)]
    [57.2, 48.0, 67.1]
    """

    name = "compound annual growth"
    specifications = (("exact", 1.0), *(("z", phi) for phi in KNOWN_DISPERSIONS))

    @property
    def reason(self) -> str:
        ends = self.counts[0], self.counts[-1]
        return super().reason or ("not estimable: the first or the last count is 0" if 0 in ends else "")

    @property
    def gap(self) -> int:
        return self.years[-1] - self.years[0]

    @cached_property
    def coefficients(self) -> tuple[float, ...]:
        first, last = (math.log(self.counts[i] / self.exposure[i]) for i in (0, -1))
        return first, (last - first) / self.gap

    def slope_under(self, interval: str, dispersion: float | str) -> Estimate:
        about = self._about("slope of the log rate", "a year", assumption(dispersion)) | {"n": 2}
        if self.reason:
            return Estimate(**about, reason=self.reason)
        ends, spans = ((values[-1], values[0]) for values in (self.counts, self.exposure))
        if interval == "exact":
            limits, how = exact_ratio(*ends, self.level), "exact conditional"
        else:
            limits = log_normal_ratio(*ends, self.level, dispersion=dispersion)
            how = "normal on the log scale" + (f", dispersion {dispersion:g}" if dispersion != 1 else "")
        slopes = [math.log(limit * spans[1] / spans[0]) / self.gap for limit in limits]
        return self._interval(about, self.coefficients[1], slopes, how)
