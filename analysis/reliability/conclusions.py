"""What forecasts of short series come to in a word, each by a stated rule."""

from __future__ import annotations

from analysis.estimates import Conclusion, Estimate, Forecast, computed


@computed
def coverage_standing(forecast: Forecast) -> Conclusion:
    """Whether the coverage of a forecast is known: "measured", "not measured" or "no forecast".

    >>> none = Estimate(estimand="2019", unit="", method="m", reason="not estimable")
    >>> coverage_standing(Forecast(method="m", year=2019, horizon=1, estimates=(none,))).verdict
    'no forecast'
    """
    known = [e for e in forecast.coverage.values() if e.value is not None]
    verdict = "measured" if known else "not measured"
    return Conclusion(
        about=f"{forecast.method}, {forecast.horizon} ahead",
        verdict="no forecast" if forecast.estimates[0].value is None else verdict,
        rule="measured: on public series with as many counts",
    )


@computed
def pace_standing(keeps_pace: Estimate, next_rises: Estimate) -> Conclusion:
    """How often series that rose every year went on growing as fast: "seldom" or "often".

    >>> about = dict(estimand="share", unit="%", method="measured")
    >>> pace_standing(Estimate(value=31, **about), Estimate(value=62, **about)).verdict
    'seldom'
    """
    seldom = keeps_pace.value < min(50, next_rises.value)
    return Conclusion(
        about="growth after a rise in every year",
        verdict="seldom" if seldom else "often",
        rule="seldom: less than half of the windows kept their mean growth, and fewer than rose again",
    )


@computed
def dropped_year_standing(with_first: Estimate, without_first: Estimate) -> Conclusion:
    """Whether leaving out a low first year costs coverage: "costs coverage" or "costs none".

    >>> about = dict(estimand="coverage", unit="%", method="measured")
    >>> dropped_year_standing(Estimate(value=94, **about), Estimate(value=89, **about)).verdict
    'costs coverage'
    """
    return Conclusion(
        about="leaving out a low first year",
        verdict="costs coverage" if without_first.value < with_first.value else "costs none",
        rule="costs coverage: the wider interval held less often without the first year",
    )
