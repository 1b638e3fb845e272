"""The level at which a growing count would settle: what saturating curves say, and how little they know."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from analysis.estimates import Estimate, computed
from analysis.growth.series import checked_series
from analysis.models.curves import CURVES, PARAMETERS, Curve, best_fit

FAR = 100.0  # an asymptote this many times the largest count is not told from none
RISING_ON = "no finite asymptote: the counts rise as fast at the end as a curve without one"
NOT_RISING = "no finite asymptote: the counts do not rise towards one"


@dataclass(frozen=True, kw_only=True)
class SaturatingFit:
    """One saturating curve fitted to one series by least squares.

    name : the curve, a key of `CURVES`. held : its parameters as it holds them; empty when there is no curve.
    asymptote : the level at which the count settles, with a t interval, or the reason why there is none.
    constant_inside : whether a constant lies inside the F region of the fit, that is, whether even "no growth" is
        compatible with this curve's own error; None where undefined.
    """

    name: str
    years: tuple[int, ...]
    counts: tuple[int, ...]
    asymptote: Estimate
    held: tuple[float, ...] = ()
    constant_inside: bool | None = None

    @property
    def residual_df(self) -> int:
        """Counts less parameters of the curve."""
        return len(self.counts) - PARAMETERS

    @property
    def reason(self) -> str:
        """Why there is no asymptote; "" when there is one."""
        return self.asymptote.reason if self.asymptote.value is None else ""

    def mean_at(self, years: Sequence[float]) -> np.ndarray:
        """Expected count at each of `years`, for drawing."""
        if not self.held:
            raise ValueError(f"{self.name}: no curve, {self.reason}")
        x = np.asarray(years, dtype=float) - self.years[0]
        return CURVES[self.name].evaluate(x, np.array([self.held]))[0][0]


@computed
def saturating_fit(
    years: Sequence[int], counts: Sequence[int], *, curve: str = "logistic", level: float = 0.95
) -> SaturatingFit:
    """Level at which the counts would settle if they followed one saturating curve, by least squares.

    years, counts : one series; three counts fix a curve and leave no interval.
    curve : "logistic", "Gompertz" or "monomolecular".

    Returns SaturatingFit with a t confidence interval for the asymptote that holds only if the curve is true. Counts
    that fall, or that rise as fast at the end as before, have no finite asymptote: the reason is returned.

    Raises ValueError: an unknown curve.
    Source: Bates and Watts (1988), Nonlinear Regression Analysis, sections 2.2 and 6.1.

    >>> fit = saturating_fit((2015, 2016, 2017, 2018), (153, 462, 527, 594))
    >>> round(fit.asymptote.value), round(fit.asymptote.low), fit.constant_inside
    (571, 155, True)
    >>> saturating_fit((2015, 2016, 2017, 2018), (10, 20, 40, 80)).reason
    'no finite asymptote: the counts rise as fast at the end as a curve without one'
    """
    if curve not in CURVES:
        raise ValueError(f"curve {curve!r}: choose from {', '.join(CURVES)}")
    years, counts = checked_series(years, counts)
    chosen = CURVES[curve]
    n, k = len(counts), PARAMETERS
    fit = dict(name=curve, years=years, counts=counts)
    about = dict(estimand="level at which the count settles", unit="counts a year", n=n)
    about |= dict(method=f"{curve} curve, least squares", assumes=f"the {curve} curve is true")
    if n < k or not any(counts):
        reason = f"not estimable: {k} parameters from {n} counts" if n < k else "not estimable: every count is 0"
        return SaturatingFit(**fit, asymptote=Estimate(**about, reason=reason))
    x, y = np.array(years, dtype=float) - years[0], np.array(counts, dtype=float)
    held, rss = _best(curve, years, counts)
    means = chosen.evaluate(x, held[None])[0][0]
    if means[-1] <= means[0] * (1 + 1e-6):
        return SaturatingFit(**fit, asymptote=Estimate(**about, reason=NOT_RISING))
    far = FAR * max(counts)
    if math.exp(held[0]) > far or _best(curve, years, counts, far)[1] <= rss * (1 + 1e-9):
        return SaturatingFit(**fit, asymptote=Estimate(**about, reason=RISING_ON))
    fit["held"] = tuple(map(float, held))
    value, df = math.exp(held[0]), n - k
    if df < 1 or rss <= 1e-20 * float(y @ y):
        why = "0 residual degrees of freedom" if df < 1 else "the fit is exact"
        return SaturatingFit(**fit, asymptote=Estimate(**about, value=value, reason=f"no interval: {why}"))
    reach = float(stats.t.ppf((1 + level) / 2, df)) * value * _log_error(chosen, x, held, rss / df)
    asymptote = Estimate(
        **about,
        value=value,
        low=value - reach,
        high=value + reach,
        level=level,
        interval="confidence",
        interval_method=f"t, {df} df",
    )
    about_mean = float(((y - y.mean()) ** 2).sum())
    inside = about_mean <= rss * (1 + float(stats.f.ppf(level, 1, df)) / df)
    return SaturatingFit(**fit, asymptote=asymptote, constant_inside=inside)


@functools.cache
def _best(
    curve: str, years: tuple[int, ...], counts: tuple[int, ...], asymptote: float | None = None
) -> tuple[np.ndarray, float]:
    x, y = np.array(years, dtype=float) - years[0], np.array(counts, dtype=float)
    return best_fit(CURVES[curve], x, y, asymptote=asymptote)


def _log_error(curve: Curve, x: np.ndarray, held: np.ndarray, variance: float) -> float:
    """Standard error of the log asymptote, from the gradient at the fit."""
    jacobian = curve.evaluate(x, held[None])[1][0]
    # pseudo-inverse: after an abrupt rise the rate is free and its column is zero
    unscaled = np.linalg.pinv(jacobian.T @ jacobian, rcond=1e-14, hermitian=True)
    return math.sqrt(max(0.0, float(unscaled[0, 0])) * variance)
