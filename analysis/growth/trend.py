"""What every trend model of a short series shares: its data, its curve, the table of its estimates, its registry."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar, Literal, TypeVar

import numpy as np
from scipy import stats

from analysis.estimates import Estimate
from analysis.growth.series import checked_series
from analysis.models.poisson_slope import OUT_OF_REACH, Limits


@dataclass(frozen=True)
class Trend:
    """One model fitted to one series; a subclass is one model, and gives `coefficients` and `_estimates`.

    years, counts, exposure : what it is fitted to; exposure in years, 0.5 for six months. level : of its intervals.

    name : the model in words. link : "identity" or "log", the scale on which it is a line in x, years since the first.
    reason : why there is no fit; "" when there is.
    coefficients : of 1 and x on the scale of the link.
    estimates : what the model is asked for, by name, each with the interval that is right for few observations.
    """

    years: tuple[int, ...]
    counts: tuple[int, ...]
    exposure: tuple[float, ...]
    level: float

    name: ClassVar[str]
    link: ClassVar[Literal["identity", "log"]] = "log"

    @classmethod
    def fit(cls, years: Sequence[int], counts: Sequence[int], *, level: float = 0.95) -> Trend:
        """The model fitted to one series of full years."""
        years, counts = checked_series(years, counts)
        return cls(years, counts, (1.0,) * len(counts), level)

    @property
    def reason(self) -> str:
        return "not estimable: 1 observation" if len(self.counts) < 2 else ""

    @cached_property
    def coefficients(self) -> tuple[float, ...]:
        raise NotImplementedError

    def _estimates(self) -> dict[str, Estimate]:
        raise NotImplementedError

    @cached_property
    def estimates(self) -> dict[str, Estimate]:
        """Each named quantity with its confidence interval, or the reason why there is none."""
        made_by = f"{type(self).__module__}.{type(self).__qualname__}"
        return {name: replace(estimate, function=made_by) for name, estimate in self._estimates().items()}

    @property
    def residual_df(self) -> int:
        """Counts less coefficients of the curve."""
        return len(self.counts) - 2

    @property
    def x(self) -> np.ndarray:
        """Years since the first."""
        return np.array(self.years) - self.years[0]

    def mean_at(self, years: Sequence[float]) -> np.ndarray:
        """Expected count of a full year at each of `years` (the median for a log-linear fit), for drawing."""
        if self.reason:
            raise ValueError(f"{self.name}: no curve, {self.reason}")
        intercept, slope = self.coefficients
        linear = intercept + slope * (np.asarray(years, dtype=float) - self.years[0])
        return np.exp(linear) if self.link == "log" else linear

    def _about(self, estimand: str, unit: str, assumes: str) -> dict:
        return dict(estimand=estimand, unit=unit, method=self.name, n=len(self.counts), assumes=assumes)

    def _interval(self, about: dict, value: float | None, limits: Limits, method: str) -> Estimate:
        low, high = (None if limit is None else float(limit) for limit in limits)
        about = dict(about, value=value, low=low, high=high, interval_method=method, level=self.level)
        if None in limits:
            about.setdefault("reason", f"unbounded at {self.level:.0%}")
        return Estimate(**about, interval="confidence")

    def _around(self, about: dict, value: float, error: float, interval: str, df: int) -> Estimate:
        """`value` with limits so many standard errors away: by t with `df` degrees of freedom, or by z."""
        tail = (1 - self.level) / 2
        reach = float(stats.t.isf(tail, df) if interval == "t" else stats.norm.isf(tail)) * error
        how = f"t, {df} df" if interval == "t" else "z"
        return self._interval(about, value, (value - reach, value + reach), how)


class ConstantGrowth(Trend):
    """A model in which the log rate changes by the same each year; a subclass gives `coefficients` and `slope_under`.

    specifications : the pairs of interval and dispersion under which its growth can be had, the model's own first. A
        dispersion is a known value, or names how the model estimates it.
    """

    specifications: ClassVar[tuple[tuple[str, float | str], ...]]

    def slope_under(self, interval: str, dispersion: float | str) -> Estimate:
        """Slope of the log rate with the interval of one of the `specifications`."""
        raise NotImplementedError

    def growth_under(self, interval: str, dispersion: float | str) -> Estimate:
        """Growth in % a year with the interval of one of the `specifications`."""
        return self._growth(self.slope_under(interval, dispersion))

    def _growth(self, slope: Estimate) -> Estimate:
        when = f"growth a year, {self.years[0]} to {self.years[-1]}"
        return slope.transformed(lambda b: 100 * math.expm1(min(b, OUT_OF_REACH)), "% a year", when)

    def _estimates(self) -> dict[str, Estimate]:
        slope = self.slope_under(*self.specifications[0])
        return {"slope": slope, "growth": self._growth(slope)}


TRENDS: dict[str, type[Trend]] = {}
Model = TypeVar("Model", bound=type[Trend])


def trend_model(model: Model) -> Model:
    """Class decorator: tables, the grid of specifications and leaving out take the model from `TRENDS`."""
    TRENDS[model.name] = model
    return model
