"""Results of several chapters under the names that sentences use."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.estimates import Estimate, computed
from analysis.growth.ratios import Step
from analysis.reliability.calibration import JudgedForecast


@computed
def describe_step(step: Step) -> dict[str, Estimate]:
    """One yearly change under the names that sentences use, with its years.

    Returns
    -------
    "from", "to" : years. "ratio", "p", "p-holm", "tipping" : as in `analysis.growth.ratios.Step`. "widest" : the
    ratio with its interval at the largest dispersion shown.
    """
    about = {"unit": "calendar year", "method": "period of the count"}
    return {
        "from": Estimate(estimand="earlier year of the change", value=step.earlier_year, **about),
        "to": Estimate(estimand="later year of the change", value=step.later_year, **about),
        "ratio": step.ratio,
        "p": step.p,
        "p-holm": step.p_holm,
        "tipping": step.tipping,
        "widest": step.by_dispersion[max(step.by_dispersion)],
    }


@computed
def describe_forecast(judged: JudgedForecast) -> dict[str, Estimate]:
    """One forecast under the names that sentences use: its year, its intervals, and what its method covers.

    Returns
    -------
    "year"; "80" and "95" : median with the prediction interval of that level; "covers.80", "covers.95" : how
    often such intervals of this method have held, in %.
    """
    forecast = judged.forecast
    method = f"{forecast.horizon} after the last count"
    year = Estimate(estimand="year of the forecast", unit="calendar year", method=method, value=forecast.year)
    named = {f"{100 * e.level:.0f}": e for e in forecast.estimates}
    covers = {f"covers.{100 * level:.0f}": coverage for level, coverage in judged.coverage.items()}
    return {"year": year} | named | covers


@computed
def spread_of(estimates: Sequence[Estimate], estimand: str) -> Estimate:
    """Least and greatest value among estimates of the same thing; those without a value are left out.

    Examples
    --------
    >>> each = [Estimate(estimand="2019", unit="accounts", method=m, value=v) for m, v in (("a", 600), ("b", 925))]
    >>> spread = spread_of(each, "medians for 2019")
    >>> spread.low, spread.high, spread.n
    (600, 925, 2)
    """
    values = [estimate.value for estimate in estimates if estimate.value is not None]
    about = {"estimand": estimand, "unit": estimates[0].unit, "method": "least and greatest"}
    if not values:
        return Estimate(**about, reason="not estimable: no method gives a value")
    return Estimate(
        **about,
        low=min(values),
        high=max(values),
        interval="range",
        interval_method="least and greatest",
        n=len(values),
        reason="a spread has no one value",
    )
