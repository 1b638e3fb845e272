"""Every trend model fitted to one series, and what each says without one of its years."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.estimates import Estimate, computed
from analysis.growth.series import checked_series
from analysis.growth.trend import TRENDS, ConstantGrowth, Trend


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """What one model says without one year: its expected count there, the error, and the growth a year."""

    year: int
    expected: Estimate
    error: Estimate
    growth: Estimate


def all_trends(years: Sequence[int], counts: Sequence[int], *, level: float = 0.95) -> dict[str, Trend]:
    """Every registered trend model fitted to the same series, by name.

    Examples
    --------
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
def leave_one_out(
    years: Sequence[int], counts: Sequence[int], *, model: str = "Poisson trend", level: float = 0.95
) -> list[LeftOut]:
    """Which year drives a fit: each left out in turn, its error, and the growth that the others give.

    Parameters
    ----------
    model : a name in `TRENDS`.

    Returns
    -------
    One LeftOut a year, none for fewer than three counts; "growth" carries the model's confidence interval, and is a
        reason for models without constant growth.

    Examples
    --------
    >>> out = leave_one_out((2015, 2016, 2017, 2018), (153, 462, 527, 594), model="linear trend")
    >>> [round(e.error.value, 1) for e in out]
    [-242.7, 139.1, 33.7, -160.7]
    """
    if model not in TRENDS:
        raise ValueError(f"model {model!r}: choose one of {', '.join(TRENDS)}")
    years, counts = checked_series(years, counts)
    if len(counts) < 3:
        return []
    found = []
    for i, (year, count) in enumerate(zip(years, counts, strict=True)):
        fit = TRENDS[model].fit(years[:i] + years[i + 1 :], counts[:i] + counts[i + 1 :], level=level)
        about = dict(unit="counts", method=f"{model} without {year}", n=len(fit.counts), reason=fit.reason)
        mean = None if fit.reason else float(fit.mean_at([year])[0])
        error = None if mean is None else count - mean
        none = dict(about, unit="% a year", reason="undefined: no constant growth")
        found.append(
            LeftOut(
                year=year,
                expected=Estimate(estimand=f"expected count in {year}", value=mean, **about),
                error=Estimate(estimand=f"count of {year} less expected", value=error, **about),
                growth=fit.estimates.get("growth", Estimate(estimand="growth a year", **none)),
            )
        )
    return found
