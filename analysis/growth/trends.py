"""Every trend model fitted to one series, and what the Poisson trend says without one of its years."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.estimates import Estimate, computed
from analysis.growth.poisson_trends import PoissonTrend
from analysis.growth.series import checked_series
from analysis.growth.trend import TRENDS, ConstantGrowth, Trend


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """What a trend says without one year: its expected count there, the error, and the growth a year."""

    year: int
    expected: Estimate
    error: Estimate
    growth: Estimate


def all_trends(years: Sequence[int], counts: Sequence[int], *, level: float = 0.95) -> dict[str, Trend]:
    """Every registered trend model fitted to the same series, by name.

    >>> fits = all_trends((2015, 2016, 2017, 2018), (153, 462, 527, 594))
    >>> [name for name, fit in fits.items() if "growth" in fit.estimates][0]
    'log-linear trend'
    """
    return {name: model.fit(years, counts, level=level) for name, model in TRENDS.items()}


def growth_models() -> dict[str, type[ConstantGrowth]]:
    """The registered models of constant growth, by name.

    >>> list(growth_models())[:2]
    ['log-linear trend', 'Poisson trend']
    """
    return {name: model for name, model in TRENDS.items() if issubclass(model, ConstantGrowth)}


@computed
def leave_one_out(years: Sequence[int], counts: Sequence[int], *, level: float = 0.95) -> list[LeftOut]:
    """Which year drives a Poisson trend: each left out in turn, its error, and the growth that the others give.

    Returns One LeftOut a year, none for fewer than three counts; "growth" carries the exact confidence interval of the
    trend.

    >>> out = leave_one_out((2015, 2016, 2017, 2018), (153, 462, 527, 594))
    >>> [round(e.error.value) for e in out]
    [-255, 180, 67, -380]
    """
    years, counts = checked_series(years, counts)
    if len(counts) < 3:
        return []
    found = []
    for i, (year, count) in enumerate(zip(years, counts, strict=True)):
        fit = PoissonTrend.fit(years[:i] + years[i + 1 :], counts[:i] + counts[i + 1 :], level=level)
        about = dict(unit="counts", method=f"{fit.name} without {year}", n=len(fit.counts), reason=fit.reason)
        mean = None if fit.reason else float(fit.mean_at([year])[0])
        error = None if mean is None else count - mean
        found.append(
            LeftOut(
                year=year,
                expected=Estimate(estimand=f"expected count in {year}", value=mean, **about),
                error=Estimate(estimand=f"count of {year} less expected", value=error, **about),
                growth=fit.estimates["growth"],
            )
        )
    return found
