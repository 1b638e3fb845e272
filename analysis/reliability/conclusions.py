"""What forecasts of short series come to in a word, each by a stated rule."""

from __future__ import annotations

from analysis.estimates import Conclusion, Estimate, computed


@computed
def forecast_standing(forecast: Estimate) -> Conclusion:
    """Whether there is a forecast: "given" or "none".

    Examples
    --------
    >>> forecast_standing(Estimate(estimand="2019", unit="", method="m", reason="not estimable")).verdict
    'none'
    """
    return Conclusion(
        about=forecast.estimand,
        verdict="none" if forecast.value is None else "given",
        rule="given: the series lies inside the reference class",
    )


@computed
def pace_standing(keeps_pace: Estimate, next_rises: Estimate) -> Conclusion:
    """How often series that rose every year went on growing as fast: "seldom" or "often".

    Examples
    --------
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

    Examples
    --------
    >>> about = dict(estimand="coverage", unit="%", method="measured")
    >>> dropped_year_standing(Estimate(value=94, **about), Estimate(value=89, **about)).verdict
    'costs coverage'
    """
    return Conclusion(
        about="leaving out a low first year",
        verdict="costs coverage" if without_first.value < with_first.value else "costs none",
        rule="costs coverage: the wider interval held less often without the first year",
    )
