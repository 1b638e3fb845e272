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
from analysis.growth.series import checked_series, full_years
from analysis.models.poisson_slope import OUT_OF_REACH, Limits

LEAST_SLOPE = 1e-9  # of the log rate, a year: what is below is rounding, not growth


@dataclass(frozen=True)
class Trend:
    """One model fitted to one series; a subclass is one model, and gives `coefficients` and `_estimates`.

    Parameters
    ----------
    years, counts, exposure : what it is fitted to; exposure in years. level : of its intervals.

    Attributes
    ----------
    name, formula : the model in words and symbols; x is years since the first.
    link, shape : "identity" or "log", and "constant", "trend" or "level shift": what its curve is.
    reason : why there is no fit; "" when there is.
    coefficients : of 1 and x (or the step) on the scale of the link.
    estimates : what the model is asked for, by name, each with the interval that is right for few observations.
    """

    years: tuple[int, ...]
    counts: tuple[int, ...]
    exposure: tuple[float, ...]
    level: float

    name: ClassVar[str]
    formula: ClassVar[str]
    link: ClassVar[Literal["identity", "log"]] = "log"
    shape: ClassVar[Literal["constant", "trend", "level shift"]] = "trend"

    @classmethod
    def fit(
        cls,
        years: Sequence[int],
        counts: Sequence[int],
        *,
        exposure: Sequence[float] | None = None,
        level: float = 0.95,
    ) -> Trend:
        """The model fitted to one series; `exposure` is years behind each count (0.5 for six months), 1 by default."""
        years, counts = checked_series(years, counts)
        return cls(years, counts, full_years(exposure, len(counts)), level)

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
        return len(self.counts) - (1 if self.shape == "constant" else 2)

    @property
    def x(self) -> np.ndarray:
        """Years since the first."""
        return np.array(self.years) - self.years[0]

    def mean_at(self, years: Sequence[float]) -> np.ndarray:
        """Expected count of a full year at each of `years` (the median for a log-linear fit), for drawing."""
        if self.reason:
            raise ValueError(f"{self.name}: no curve, {self.reason}")
        at = np.asarray(years, dtype=float)
        columns = [np.ones(len(at)), at - self.years[0]]
        if self.shape == "level shift":
            columns[1] = (at >= self.years[1]).astype(float)
        linear = sum(b * column for b, column in zip(self.coefficients, columns, strict=False))
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

    Attributes
    ----------
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
        return {"slope": slope, "growth": self._growth(slope), "doubling_time": doubling_time(slope)}


TRENDS: dict[str, type[Trend]] = {}
Model = TypeVar("Model", bound=type[Trend])


def trend_model(model: Model) -> Model:
    """Class decorator: tables, the grid of specifications and leaving out take the model from `TRENDS`."""
    TRENDS[model.name] = model
    return model


def doubling_time(slope: Estimate) -> Estimate:
    """Years in which a constantly growing count doubles, from the slope of its logarithm.

    The limits swap and invert. Where the interval of the slope reaches 0 the upper limit is unbounded; where the
    slope itself is not above 0 there is no doubling time.

    >>> doubling_time(Estimate(estimand="slope", unit="", method="trend", value=-0.1)).reason
    'undefined: the fitted trend does not rise'
    """
    about = dict(estimand="doubling time", unit="years", method=slope.method, n=slope.n, assumes=slope.assumes)
    if slope.value is None or slope.value < LEAST_SLOPE:
        return Estimate(**about, reason=slope.reason or "undefined: the fitted trend does not rise")
    value = math.log(2) / slope.value
    if not slope.interval:
        return Estimate(**about, value=value, reason=slope.reason)
    low = None if slope.high is None else math.log(2) / slope.high
    high = math.log(2) / slope.low if slope.low is not None and slope.low >= LEAST_SLOPE else None
    reason = "" if low is not None and high is not None else f"unbounded at {slope.level:.0%}"
    return replace(slope, **about, value=value, low=low, high=high, reason=reason)
