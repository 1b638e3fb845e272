"""Growth, forecast and every judgement under each setting that a reader may choose, by the chapters' functions."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from analysis.estimates import Conclusion, Estimate, Forecast, computed
from analysis.growth.conclusions import growth_standing
from analysis.growth.rates import rate_ratio
from analysis.growth.series import checked_series, steps_of
from analysis.growth.stability import QUASI, Case, Setting, judges
from analysis.growth.trends import growth_models
from analysis.models.dispersion import KNOWN_DISPERSIONS
from analysis.reliability.forecasts import forecast
from analysis.reliability.methods import METHODS
from analysis.reliability.scoring import LEVELS

PUBLISHED = {"first_year": "12 months", "years": "all", "method": QUASI, "dispersion": 1.0}
LEFT_OUT, WITHOUT_FIRST, WITHOUT_LAST, NEWEST = "left out", "without the first", "without the last", "the newest"
NEWEST_YEARS = 6
ESTIMATED, OWN = "estimated", 1.0  # at the published dispersion a method of growth has the interval that is its own
POISSON = "Poisson trend"
LEVELS_OFFERED = (0.8, 0.9, 0.95, 0.99)
MOST_STEPS = 3  # of a longer series the largest and the newest are judged
# What growth and the changes depend on, each by its name in growth.stability.
AXES = {
    "first_year": "first_year",
    "years": "last_year",
    "method": "model",
    "dispersion": "dispersion",
    "level": "level",
}
FORECAST_AXES = ("first_year", "years", "forecast")
NO_DISPERSION = "these counts estimate no dispersion"


@dataclass(frozen=True)
class Varying:
    """Something under every setting of the choices that it depends on: `values` in order of `axes`, last fastest."""

    axes: tuple[str, ...]
    values: tuple[Any, ...]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One series under every setting.

    Parameters
    ----------
    years, counts : the series.
    options : by choice, what may be chosen. published : by choice, what the report has.
    kept : the years that a setting keeps. growth : growth in % a year. step : the ratio over the largest step.
    forecast : the next count. largest : the two years of that step.
    judgements : by name, the Conclusion.
    """

    years: tuple[int, ...]
    counts: tuple[int, ...]
    options: Mapping[str, tuple[Any, ...]]
    published: Mapping[str, Any]
    largest: tuple[int, int]
    kept: Varying
    growth: Varying
    step: Varying
    forecast: Varying
    judgements: Mapping[str, Varying]

    def at(self, varying: Varying, **chosen: Any) -> Any:
        """What `varying` is under the published setting, but for what is `chosen`.

        >>> found = under_every_setting((2015, 2016, 2017, 2018), (153, 462, 527, 594))
        >>> found.at(found.judgements["step.2.standing"], dispersion=5.0).verdict
        'open'
        """
        place = 0
        for axis in varying.axes:
            options = self.options[axis]
            place = place * len(options) + options.index(chosen.get(axis, self.published[axis]))
        return varying.values[place]


@computed
def next_count_direction(forecast: Estimate, last: int) -> Conclusion:
    """Whether a forecast tells the next count from the last: "higher", "lower", "open" or "no forecast".

    >>> about = dict(estimand="2019", unit="", method="m", level=0.8, interval="prediction")
    >>> next_count_direction(Estimate(value=602, low=277, high=1132, **about), 594).verdict
    'open'
    """
    told = "higher" if (forecast.low or 0) > last else "lower"
    return Conclusion(
        about="the next count against the last",
        verdict="no forecast" if forecast.low is None else told if forecast.excludes(last) else "open",
        rule="higher or lower: the whole prediction interval lies above or below the last count that is kept",
    )


@computed
def coverage_standing(coverage: Estimate, level: float) -> Conclusion:
    """Whether intervals of a method held as often as their level says: "holds", "falls short" or "not measured".

    >>> measured = Estimate(estimand="coverage", unit="%", method="m", value=51, low=46, high=56, level=0.95,
    ...     interval="confidence")
    >>> coverage_standing(measured, 0.95).verdict
    'falls short'
    """
    short = coverage.high is not None and coverage.high < 100 * level
    return Conclusion(
        about="the coverage of the forecast",
        verdict="not measured" if coverage.value is None else "falls short" if short else "holds",
        rule="falls short: the confidence interval of the coverage measured on public series lies below the level",
    )


def under_every_setting(
    years: Sequence[int], counts: Sequence[int], *, level: float = 0.95, partial: bool = True, unit: str = ""
) -> Settings:
    """One series under every combination of what a reader may set, each part over the choices that it depends on.

    A first year read as a part of a year has so many months behind its count; forecasts, whose methods take full years,
    then do without it. The estimated dispersion is Pearson's around the quasi-Poisson trend of the years kept, not
    below 1, and is taken as known for a step.

    Parameters
    ----------
    years, counts : one series of three consecutive years or more. level : the published one.
    partial : whether the first count may stand for less than a year; if not, no other reading of it is offered.
    unit : what is counted.

    Returns
    -------
    Settings. Where something cannot be estimated its Estimate has the reason, and its Conclusion says so.

    Examples
    --------
    >>> found = under_every_setting((2015, 2016, 2017, 2018), (153, 462, 527, 594))
    >>> round(found.at(found.growth, first_year="left out", method="Poisson trend").value, 1)
    13.4
    """
    years, counts = checked_series(years, counts)
    options = _options(years, level, partial)
    published = {axis: PUBLISHED.get(axis, choices[0]) for axis, choices in options.items()} | {"level": level}
    cases = _Cases(years, counts)
    steps = steps_of(years)
    sizes = [abs(math.log((late + 0.5) / (early + 0.5))) for early, late in steps_of(counts)]
    largest = sizes.index(max(sizes))
    judged = range(len(steps)) if len(steps) <= MOST_STEPS else sorted({largest, len(steps) - 1})
    wanted = [f"step.{place + 1}.standing" for place in judged]
    wanted += ["slowdown.standing", "joint-rise", "growth", "poisson.standing"]

    def varying(axes: Sequence[str], compute: Callable[[dict[str, Any]], Any]) -> Varying:
        axes = tuple(axis for axis in axes if axis in options)
        every = itertools.product(*(options[axis] for axis in axes))
        return Varying(axes, tuple(compute(published | dict(zip(axes, chosen, strict=True))) for chosen in every))

    every_judge = judges(years)
    judgements = {}
    for name in wanted:
        judge, names = every_judge[name]
        if name == "growth":
            judgement = varying(AXES, lambda chosen: growth_standing(cases.growth(chosen)))
        else:
            axes = [axis for axis, choice in AXES.items() if choice in names]
            judgement = varying(axes, lambda chosen, judge=judge: cases.judged(judge, chosen))
        judgements[name] = judgement
    forecasts = varying(FORECAST_AXES, lambda chosen: cases.forecast(chosen, unit))
    found = Settings(
        years=years,
        counts=counts,
        options=options,
        published=published,
        largest=steps[largest],
        kept=varying(("first_year", "years"), lambda chosen: cases.of(chosen).years),
        growth=varying(AXES, cases.growth),
        step=varying([axis for axis in AXES if axis != "method"], lambda chosen: cases.step(chosen, steps[largest])),
        forecast=forecasts,
        judgements=judgements,
    )

    def next_count(chosen: dict[str, Any]) -> Conclusion:
        forecast = at_level(found.at(forecasts, **chosen), chosen["level"])
        return next_count_direction(forecast, cases.of(chosen).counts[-1])

    def coverage(chosen: dict[str, Any]) -> Conclusion:
        return coverage_standing(coverage_at(found.at(forecasts, **chosen), chosen["level"]), chosen["level"])

    further = {"next-count": next_count, "coverage": coverage}
    further = {name: varying((*FORECAST_AXES, "level"), compute) for name, compute in further.items()}
    return replace(found, judgements=judgements | further)


def at_level(forecast: Forecast, level: float) -> Estimate:
    """The forecast with its prediction interval at one level; a level that no method was measured at has none."""
    nearest = min(forecast.estimates, key=lambda estimate: abs(estimate.level - level))
    if nearest.value is None or level in LEVELS:
        return nearest
    measured = " and ".join(f"{each:.0%}" for each in LEVELS)
    reason = f"no interval at {level:.0%}, as forecasts were measured at {measured} alone"
    return replace(nearest, level=level, low=None, high=None, reason=reason)


def coverage_at(forecast: Forecast, level: float) -> Estimate:
    """How often the intervals of that level have held, or the reason why that is not known."""
    about = Estimate(estimand="coverage", unit="%", method="measured on public series", reason="not measured")
    return about if at_level(forecast, level).low is None else forecast.coverage.get(level, about)


def _options(years: tuple[int, ...], level: float, partial: bool) -> dict[str, tuple[Any, ...]]:
    kept = ["all", *([] if partial else [WITHOUT_FIRST]), WITHOUT_LAST]
    kept += [NEWEST] if len(years) > NEWEST_YEARS + 1 else []
    if len(years) < 3:  # without another year nothing would be left
        kept, partial = ["all"], False
    readings = {"first_year": ("12 months", "9 months", "6 months", LEFT_OUT)} if partial else {}
    return readings | {
        "years": tuple(kept),
        "level": tuple(sorted({*LEVELS_OFFERED, level})),
        "method": (QUASI, *(name for name in growth_models() if name != QUASI)),
        "dispersion": (*KNOWN_DISPERSIONS, ESTIMATED),
        "forecast": tuple(METHODS),
    }


class _Cases:
    """One series under settings, each part of which is computed once."""

    def __init__(self, years: tuple[int, ...], counts: tuple[int, ...]) -> None:
        self.years, self.counts = years, counts
        self.dispersions: dict[tuple, float | None] = {}
        self.forecasts: dict[tuple, dict[str, Forecast]] = {}
        self.growths: dict[tuple, Estimate] = {}

    def of(self, chosen: Mapping[str, Any]) -> Case:
        newest = -NEWEST_YEARS if chosen["years"] == NEWEST else 0
        reading = PUBLISHED["first_year"] if newest else chosen.get("first_year", PUBLISHED["first_year"])
        dispersion = chosen["dispersion"]
        setting = Setting(
            first_year=LEFT_OUT if chosen["years"] == WITHOUT_FIRST else reading,
            last_year=LEFT_OUT if chosen["years"] == WITHOUT_LAST else "kept",
            dispersion=1.0 if dispersion == ESTIMATED else dispersion,
            model=chosen["method"],
            level=chosen["level"],
        )
        case = Case.of(self.years[newest:], self.counts[newest:], setting)
        if dispersion != ESTIMATED:
            return case
        return replace(case, setting=replace(setting, dispersion=self._dispersion(case)))

    def _dispersion(self, case: Case) -> float | None:
        series = case.years, case.counts, case.exposure
        if series not in self.dispersions:
            found = growth_models()[QUASI](*series, case.setting.level).estimates["dispersion"].value
            self.dispersions[series] = None if found is None else max(1.0, found)
        return self.dispersions[series]

    def judged(self, judge: Callable[[Case], Conclusion], chosen: Mapping[str, Any]) -> Conclusion:
        case = self.of(chosen)
        if case.setting.dispersion is None:
            return Conclusion(about="", verdict="not estimable", rule=NO_DISPERSION)
        return judge(case)

    def growth(self, chosen: Mapping[str, Any]) -> Estimate:
        """Growth by the interval of the method itself, or at the dispersion that is chosen where that has a part."""
        case = self.of(chosen)
        method, dispersion = chosen["method"], chosen["dispersion"]
        known = any(not isinstance(phi, str) for _, phi in growth_models()[method].specifications)
        if dispersion == ESTIMATED and method in (QUASI, POISSON):
            method, dispersion = QUASI, OWN
        elif not known:
            dispersion = OWN
        key = case.years, case.counts, case.exposure, case.setting.level, method, dispersion
        if key not in self.growths:
            fit = growth_models()[method](*key[:4])
            if dispersion == OWN:
                found = fit.estimates["growth"]
            elif case.setting.dispersion is None:
                found = replace(fit.estimates["growth"], low=None, high=None, reason=f"no interval: {NO_DISPERSION}")
            else:
                found = fit.growth_under("z", case.setting.dispersion)
            self.growths[key] = found
        return self.growths[key]

    def step(self, chosen: Mapping[str, Any], pair: tuple[int, int]) -> Estimate:
        """Ratio of the later of two years to the earlier, or why there is none."""
        case = self.of(chosen)
        about = {"estimand": f"ratio of {pair[1]} to {pair[0]}"}
        gone = not set(pair) <= set(case.years)
        if gone or case.setting.dispersion is None:
            reason = "one of its years is left out" if gone else f"not estimable: {NO_DISPERSION}"
            return Estimate(**about, unit="ratio", method="ratio of two counts", reason=reason)
        at = case.years.index(pair[0])
        counts, spans = (values[at : at + 2][::-1] for values in (case.counts, case.exposure))
        setting = case.setting
        return rate_ratio(*counts, level=setting.level, dispersion=setting.dispersion, exposure=spans, **about)

    def forecast(self, chosen: Mapping[str, Any], unit: str) -> Forecast:
        case = self.of(chosen)
        part = int(case.exposure[0] != 1)
        series = case.years[part:], case.counts[part:]
        if series not in self.forecasts:
            self.forecasts[series] = {each.key: each for each in forecast(*series, horizons=[1], unit=unit)}
        return self.forecasts[series][chosen["forecast"]]
