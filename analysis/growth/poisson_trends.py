"""Constant growth of Poisson counts, and of counts that vary more than Poisson counts do."""

from __future__ import annotations

import math
from functools import cached_property

from scipy import stats

from analysis.estimates import Estimate
from analysis.growth.trend import ConstantGrowth, trend_model
from analysis.models import negative_binomial, trends
from analysis.models.dispersion import ESTIMATED_DISPERSIONS, KNOWN_DISPERSIONS, assumption
from analysis.models.fits import LogLinearFits
from analysis.models.poisson_slope import SlopeProblem, exact_limits, profile_limits
from analysis.models.rates import SMALLEST_P

ALL_ZERO = "not estimable: every count is 0"
ONE_SIDED = "unbounded: every count is in the first or the last year"
NO_FREEDOM = "not estimable: 0 residual degrees of freedom"


class _Likelihood(ConstantGrowth):
    """A log-linear mean fitted by likelihood; a subclass gives its `fits`."""

    fits: LogLinearFits

    @cached_property
    def coefficients(self) -> tuple[float, ...]:
        return float(self.fits.intercept[0]), float(self.fits.slope[0])


class _PoissonSlope(_Likelihood):
    """A log-linear mean fitted by Poisson likelihood; its dispersion is 1, another known value, or Pearson's."""

    @cached_property
    def problem(self) -> SlopeProblem:
        return SlopeProblem.build(self.years, self.counts, self.exposure)

    @cached_property
    def fits(self) -> LogLinearFits:
        return trends.poisson_trend(self.counts, self.x, exposure=self.exposure)

    @property
    def reason(self) -> str:
        if len(self.counts) < 2:
            return super().reason
        if not any(self.counts):
            return ALL_ZERO
        return ONE_SIDED if self.problem.at_start or self.problem.at_end else ""

    def dispersion(self, how: float | str) -> float:
        """Variance over mean: a known value, or Pearson's statistic over its degrees of freedom."""
        if not isinstance(how, str):
            return float(how)
        pearson = float(self.fits.dispersion[0])
        pearson = pearson if pearson > 1e-20 else 0.0  # what is below is rounding
        return pearson if how == ESTIMATED_DISPERSIONS[0] else max(1.0, pearson)

    def slope_under(self, interval: str, dispersion: float | str) -> Estimate:
        estimated = isinstance(dispersion, str)
        assumes = "variance proportional to the mean" if estimated else assumption(dispersion)
        about = self._about("slope of the log rate", "a year", assumes)
        if self.reason == ONE_SIDED and interval == "exact":
            limits = exact_limits(self.problem, self.level)
            return self._interval(about | {"reason": ONE_SIDED}, None, limits, "exact conditional")
        if self.reason or (estimated and self.residual_df < 1):
            return Estimate(**about, reason=self.reason or NO_FREEDOM)
        phi = self.dispersion(dispersion)
        if not phi:
            return Estimate(**about, reason="not estimable: the counts lie on the curve, dispersion 0")
        problem, slope, df = self.problem, self.coefficients[1], self.residual_df
        if interval == "exact":
            how = "exact conditional" if problem.exact else "conditional, by saddlepoint"
            return self._interval(about, slope, exact_limits(problem, self.level), how)
        if interval == "profile likelihood":
            limits = profile_limits(problem, self.level, phi)
            return self._interval(about, slope, limits, f"{interval}, dispersion {phi:.3g}")
        if interval == "F profile":
            limits = profile_limits(problem, self.level, phi, df)
            return self._interval(about, slope, limits, f"F profile, 1 and {df} df, dispersion {phi:.3g}")
        return self._around(about, slope, math.sqrt(phi / problem.variance(slope)), interval, df)


@trend_model
class PoissonTrend(_PoissonSlope):
    """Constant growth a year under Poisson counts, log mu = a + b x; the interval is exact conditional on the total.

    "deviance_p" is the test of the model: read it first, as it is small where the counts vary more around the trend
    than Poisson counts, and the intervals hold only if they do not. From a total of several hundred thousand
    on, limits come from a saddlepoint that differs by less than 1e-10 from the exact ones, and say so.

    Source: Cox and Lewis (1966), The Statistical Analysis of Series of Events, ch. 3; McCullagh and Nelder (1989).

    >>> fit = PoissonTrend.fit((2015, 2016, 2017, 2018), (153, 462, 527, 594))
    >>> [round(x, 1) for x in (fit.estimates["growth"].value, fit.estimates["growth"].low)]
    [39.0, 33.0]
    """

    name = "Poisson trend"
    specifications = (("exact", 1.0), ("profile likelihood", 1.0), ("z", 1.0))

    def _estimates(self) -> dict[str, Estimate]:
        df, about = self.residual_df, self._about("p-value of the deviance", "", "Poisson counts, means not small")
        about["method"] = f"chi-squared, {df} df"
        reason = self.reason or ("undefined: 0 residual degrees of freedom" if df < 1 else "")
        p = None if reason else max(SMALLEST_P, float(stats.chi2.sf(self.fits.deviance[0], df)))
        return super()._estimates() | {"deviance_p": Estimate(**about, value=p, reason=reason)}


@trend_model
class QuasiPoissonTrend(_PoissonSlope):
    """Constant growth a year, log mu = a + b x, with variance phi mu, where phi is estimated here or known.

    The estimated dispersion is Pearson's statistic over its degrees of freedom; the model's own interval is then the
    F profile with the residual degrees of freedom, never normal quantiles. Two counts estimate no dispersion.

    Source: McCullagh and Nelder (1989), Generalized Linear Models, section 9.2.

    >>> fit = QuasiPoissonTrend.fit((2015, 2016, 2017, 2018), (153, 462, 527, 594))
    >>> round(fit.estimates["dispersion"].value, 3)
    44.489
    """

    name = "quasi-Poisson trend"
    specifications = (
        *((i, how) for how in ESTIMATED_DISPERSIONS for i in ("F profile", "t", "profile likelihood", "z")),
        *((i, phi) for phi in KNOWN_DISPERSIONS if phi != 1 for i in ("profile likelihood", "z")),
    )

    def _estimates(self) -> dict[str, Estimate]:
        about = self._about("dispersion", "variance / mean", "") | {"method": "Pearson statistic / df"}
        reason = self.reason or ("" if self.residual_df else NO_FREEDOM)
        value = None if reason else self.dispersion("Pearson")
        return super()._estimates() | {"dispersion": Estimate(**about, value=value, reason=reason)}


@trend_model
class NegativeBinomialTrend(_Likelihood):
    """Constant growth a year, log mu = a + b x, with variance mu + alpha mu^2, alpha by maximum likelihood (NB2).

    The standard error is that of all three parameters together (R's glm.nb holds alpha fixed and states a smaller
    one); limits use t with n - 3 degrees of freedom. Where no alpha above 0 beats the Poisson trend, the reason is
    returned. At four counts no interval of this model can be relied on.

    >>> fit = NegativeBinomialTrend.fit((2015, 2016, 2017, 2018), (153, 462, 527, 594))
    >>> round(1 / fit.estimates["alpha"].value, 3)
    14.546
    """

    name = "negative binomial trend"
    specifications = (("t", "alpha"), ("z", "alpha"))

    @cached_property
    def fits(self) -> LogLinearFits:
        return negative_binomial.negative_binomial_trend(self.counts, self.x, exposure=self.exposure)

    @cached_property
    def reason(self) -> str:
        if len(self.counts) < 3:
            return f"not estimable: 3 parameters from {len(self.counts)} counts"
        if not self.fits.exists[0]:
            return ONE_SIDED if any(self.counts) else ALL_ZERO
        return "" if self.fits.overdispersion[0] else "not estimable: no more variation than Poisson, alpha is 0"

    def slope_under(self, interval: str, dispersion: float | str) -> Estimate:
        df = len(self.counts) - 3
        assumes = f"negative binomial counts; 3 parameters from {len(self.counts)} counts"
        about = self._about("slope of the log rate", "a year", assumes)
        if self.reason:
            return Estimate(**about, reason=self.reason)
        slope, error = self.coefficients[1], float(negative_binomial.slope_error(self.fits)[0])
        if not (df and math.isfinite(error)):
            reason = "alpha is too close to 0" if df else "3 parameters from 3 counts"
            return Estimate(**about, value=slope, reason=f"no interval: {reason}")
        return self._around(about, slope, error, interval, df)

    def _estimates(self) -> dict[str, Estimate]:
        about = self._about("overdispersion alpha", "", "") | {"method": "maximum likelihood"}
        value = None if self.reason else float(self.fits.overdispersion[0])
        return super()._estimates() | {"alpha": Estimate(**about, value=value, reason=self.reason)}
