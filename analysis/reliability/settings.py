"""Growth, forecast and every judgement under each setting that a reader may choose, by the chapters' functions."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from analysis.estimates import Conclusion, Estimate, Forecast, computed
from analysis.growth.cases import QUASI, Case, judges
from analysis.growth.conclusions import growth_standing
from analysis.growth.rates import rate_ratio
from analysis.growth.series import checked_series, steps_of
from analysis.growth.stability import Setting
from analysis.growth.trends import growth_models
from analysis.models.dispersion import KNOWN_DISPERSIONS
from analysis.reliability.forecasts import forecast
from analysis.reliability.methods import METHODS
from analysis.reliability.scoring import LEVELS

FULL, LEFT_OUT, ALL = "12 months", "left out", "all"
WITHOUT_FIRST, WITHOUT_LAST, NEWEST = "without the first", "without the last", "the newest six"
NEWEST_YEARS = 6
LEVELS_OFFERED = (0.8, 0.9, 0.95, 0.99)
OWN, ESTIMATED = 1.0, "estimated"  # at the published dispersion a method of growth has the interval that is its own
POISSON = "Poisson trend"
MOST_STEPS = 3  # of a longer series the largest and the newest are judged
# What growth and the changes depend on, each by its name in growth.stability.
AXES = {
    "first_year": "first_year",
    "years": "last_year",
    "method": "model",
    "dispersion": "dispersion",
    "level": "level",
}
NO_DISPERSION = "these counts estimate no dispersion"


@dataclass(frozen=True)
class Varying:
    """Something under every setting of the choices that it depends on: `values` in order of `axes`, last fastest."""

    axes: tuple[str, ...]
    values: tuple[Any, ...]


NOTHING = Varying((), ())


@dataclass(frozen=True)
class NextCount:
    """A forecast at one level with its coverage, the year it is for, and the last count that it is made from."""

    year: int
    last: int
    estimate: Estimate
    coverage: Estimate


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One series under every setting.

    Parameters
    ----------
    years, counts : the series.
    options : by choice, what may be chosen. published : by choice, what the report has. titles : of the methods of
        forecasting, in words.
    largest : the two years of the largest step.
    kept : the years that a setting keeps. growth : in % a year. step : the ratio over the largest step.
    forecast : the NextCount. judgements : by name, the Conclusion.
    """

    years: tuple[int, ...]
    counts: tuple[int, ...]
    options: Mapping[str, tuple[Any, ...]]
    published: Mapping[str, Any]
    titles: Mapping[str, str]
    largest: tuple[int, int]
    kept: Varying = NOTHING
    growth: Varying = NOTHING
    step: Varying = NOTHING
    forecast: Varying = NOTHING
    judgements: Mapping[str, Varying] = field(default_factory=dict)

    def place(self, axes: Iterable[str], **chosen: Any) -> int:
        """Where the published setting, but for what is `chosen`, stands among the values of a Varying over `axes`."""
        place = 0
        for axis in axes:
            options = self.options[axis]
            place = place * len(options) + options.index(chosen.get(axis, self.published[axis]))
        return place

    def at(self, varying: Varying, **chosen: Any) -> Any:
        """What `varying` is under the published setting, but for what is `chosen`.

        >>> found = under_every_setting((2015, 2016, 2017, 2018), (153, 462, 527, 594))
        >>> found.at(found.judgements["step.2.standing"], dispersion=5.0).verdict
        'open'
        """
        return varying.values[self.place(varying.axes, **chosen)]

    def chosen(self, axes: Iterable[str]) -> Iterable[dict[str, Any]]:
        """Every setting of these choices, the others as published, in the order of the values of a Varying."""
        for options in itertools.product(*(self.options[axis] for axis in axes)):
            yield {**self.published, **dict(zip(axes, options, strict=True))}


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
    steps, sizes = steps_of(years), [abs(math.log((b + 0.5) / (a + 0.5))) for a, b in steps_of(counts)]
    largest = sizes.index(max(sizes))
    found = Settings(
        years=years,
        counts=counts,
        options=options,
        published={axis: choices[0] for axis, choices in options.items()} | {"level": level},
        titles={key: method.title for key, method in METHODS.items()},
        largest=steps[largest],
    )

    def varying(axes: Iterable[str], compute: Callable[[dict[str, Any]], Any]) -> Varying:
        axes = tuple(axis for axis in axes if axis in options)
        return Varying(axes, tuple(compute(chosen) for chosen in found.chosen(axes)))

    cases = _Cases(years, counts, unit)
    growth = varying(AXES, cases.growth)
    following = varying(("first_year", "years", "forecast", "level"), cases.forecast)
    judged = range(len(steps)) if len(steps) <= MOST_STEPS else sorted({largest, len(steps) - 1})
    names = [*(f"step.{place + 1}.standing" for place in judged), "slowdown.standing", "joint-rise", "poisson.standing"]
    judgements = {}
    for name in names:
        judge, choices = judges(years)[name]
        axes = [axis for axis, choice in AXES.items() if choice in choices]
        judgements[name] = varying(axes, lambda chosen, judge=judge: cases.judged(judge, chosen))
    judgements["growth"] = replace(growth, values=tuple(map(growth_standing, growth.values)))
    further = {
        "next-count": [next_count_direction(each.estimate, each.last) for each in following.values],
        "coverage": [coverage_standing(each.coverage, each.estimate.level) for each in following.values],
    }
    judgements |= {name: replace(following, values=tuple(words)) for name, words in further.items()}
    return replace(
        found,
        kept=varying(("first_year", "years"), lambda chosen: cases.of(chosen).years),
        growth=growth,
        step=varying([axis for axis in AXES if axis != "method"], lambda chosen: cases.step(chosen, found.largest)),
        forecast=following,
        judgements=judgements,
    )


def _options(years: tuple[int, ...], level: float, partial: bool) -> dict[str, tuple[Any, ...]]:
    """What may be chosen, the published option first but for the level."""
    kept = [ALL, *([] if partial else [WITHOUT_FIRST]), WITHOUT_LAST]
    kept += [NEWEST] if len(years) > NEWEST_YEARS + 1 else []
    if len(years) < 3:  # without another year nothing would be left
        kept, partial = [ALL], False
    readings = {"first_year": (FULL, "9 months", "6 months", LEFT_OUT)} if partial else {}
    return readings | {
        "years": tuple(kept),
        "level": tuple(sorted({*LEVELS_OFFERED, level})),
        "method": (QUASI, *(name for name in growth_models() if name != QUASI)),
        "dispersion": (*KNOWN_DISPERSIONS, ESTIMATED),
        "forecast": tuple(METHODS),
    }


class _Cases:
    """One series under settings; what several of them share is computed once."""

    def __init__(self, years: tuple[int, ...], counts: tuple[int, ...], unit: str) -> None:
        self.years, self.counts, self.unit = years, counts, unit
        self.dispersions: dict[tuple, float | None] = {}
        self.forecasts: dict[tuple, dict[str, Forecast]] = {}
        self.growths: dict[tuple, Estimate] = {}

    def of(self, chosen: Mapping[str, Any]) -> Case:
        """The counts that a setting keeps; their setting has no dispersion where it should be estimated and cannot."""
        newest = -NEWEST_YEARS if chosen["years"] == NEWEST else 0
        reading = FULL if newest else chosen.get("first_year", FULL)
        setting = Setting(
            first_year=LEFT_OUT if chosen["years"] == WITHOUT_FIRST else reading,
            last_year=LEFT_OUT if chosen["years"] == WITHOUT_LAST else "kept",
            dispersion=chosen["dispersion"],
            model=chosen["method"],
            level=chosen["level"],
        )
        case = Case.of(self.years[newest:], self.counts[newest:], setting)
        if setting.dispersion != ESTIMATED:
            return case
        series = case.years, case.counts, case.exposure
        if series not in self.dispersions:
            dispersion = growth_models()[QUASI](*series, setting.level).estimates["dispersion"].value
            self.dispersions[series] = None if dispersion is None else max(1.0, dispersion)
        return replace(case, setting=replace(setting, dispersion=self.dispersions[series]))

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

    def forecast(self, chosen: Mapping[str, Any]) -> NextCount:
        """A forecast at one level; at a level that forecasts were not measured at it has no interval."""
        case, level = self.of(chosen), chosen["level"]
        part = int(case.exposure[0] != 1)
        series = case.years[part:], case.counts[part:]
        if series not in self.forecasts:
            self.forecasts[series] = {each.key: each for each in forecast(*series, horizons=[1], unit=self.unit)}
        found, last = self.forecasts[series][chosen["forecast"]], case.counts[-1]
        estimate = found.at(level if level in LEVELS else LEVELS[0])
        if level not in LEVELS:
            measured = " and ".join(f"{each:.0%}" for each in LEVELS)
            none = f"no interval at {level:.0%}, as forecasts were measured at {measured} alone"
            reason = estimate.reason if estimate.value is None else none
            estimate = replace(estimate, level=level, low=None, high=None, reason=reason)
        about = Estimate(estimand="coverage", unit="%", method="measured on public series", reason="not measured")
        coverage = about if estimate.low is None else found.coverage.get(level, about)
        return NextCount(found.year, last, estimate, coverage)
