"""Growth, forecast and every judgement under each setting that a reader may choose, by the chapters' functions."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from analysis.estimates import Conclusion, Estimate, computed
from analysis.growth.conclusions import growth_standing
from analysis.growth.series import checked_series
from analysis.growth.single_changes import Judged
from analysis.growth.stability import FULL, LEFT_OUT, LEVELS as OFFERED, Setting, fitted, judgements, kept
from analysis.growth.trends import growth_models
from analysis.models.dispersion import KNOWN_DISPERSIONS
from analysis.reliability.forecasts import forecast
from analysis.reliability.methods import METHODS
from analysis.reliability.scoring import LEVELS

ALL, WITHOUT_FIRST, WITHOUT_LAST, NEWEST = "all", "without the first", "without the last", "the newest six"
NEWEST_YEARS = 6
OWN, ESTIMATED = 1.0, "estimated"  # at the published dispersion a method of growth has the interval that is its own
QUASI, POISSON = "quasi-Poisson trend", "Poisson trend"
MOST_STEPS = 3  # of a longer series the largest and the newest are judged
KEPT = ("first_year", "years")
CHANGE = (*KEPT, "dispersion", "level")  # what a change depends on
GROWTH = (*KEPT, "method", "dispersion", "level")
NO_DISPERSION = "these counts estimate no dispersion"
LACKING = "one of its years is left out"


@dataclass(frozen=True)
class Varying:
    """Something under every setting of the choices that it depends on: `values` in order of `axes`, last fastest."""

    axes: tuple[str, ...]
    values: tuple[Any, ...]


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
    kept: Varying
    growth: Varying
    step: Varying
    forecast: Varying
    judgements: Mapping[str, Varying]

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
    published = {axis: choices[0] for axis, choices in options.items()} | {"level": level}
    steps = list(itertools.pairwise(years))
    sizes = [abs(math.log(b / a)) if a and b else 0.0 for a, b in itertools.pairwise(counts)]
    largest = sizes.index(max(sizes))

    def varying(axes: Iterable[str], compute: Callable[[dict[str, Any]], Any]) -> Varying:
        axes = tuple(axis for axis in axes if axis in options)
        settings = itertools.product(*(options[axis] for axis in axes))
        return Varying(axes, tuple(compute(published | dict(zip(axes, each, strict=True))) for each in settings))

    under = _UnderSetting(years, counts, unit)
    growth = varying(GROWTH, under.growth)
    following = varying((*KEPT, "forecast", "level"), under.forecast)
    shown = range(len(steps)) if len(steps) <= MOST_STEPS else sorted({largest, len(steps) - 1})
    names = [*(f"step.{place + 1}.standing" for place in shown), "slowdown.standing", "joint-rise", "poisson.standing"]
    judged = {
        name: varying(
            KEPT if name == "poisson.standing" else CHANGE,
            lambda chosen, name=name: under.judged(name, chosen)[0],
        )
        for name in names
    }
    further = {
        "growth": (growth, growth_standing),
        "next-count": (following, lambda each: next_count_direction(each.estimate, each.last)),
        "coverage": (following, lambda each: coverage_standing(each.coverage, each.estimate.level)),
    }
    judged |= {name: Varying(of.axes, tuple(map(word, of.values))) for name, (of, word) in further.items()}
    return Settings(
        years=years,
        counts=counts,
        options=options,
        published=published,
        titles={key: method.title for key, method in METHODS.items()},
        largest=steps[largest],
        kept=varying(KEPT, lambda chosen: under.kept(chosen)[0]),
        growth=growth,
        step=varying(CHANGE, lambda chosen: under.step(chosen, largest + 1, steps[largest])),
        forecast=following,
        judgements=judged,
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
        "level": tuple(sorted({*OFFERED, level})),
        "method": (QUASI, *(name for name in growth_models() if name != QUASI)),
        "dispersion": (*KNOWN_DISPERSIONS, ESTIMATED),
        "forecast": tuple(METHODS),
    }


class _UnderSetting:
    """One series under settings; what several of them share is computed once."""

    def __init__(self, years: tuple[int, ...], counts: tuple[int, ...], unit: str) -> None:
        self.years, self.counts = years, counts
        self.judgements = functools.cache(functools.partial(judgements, years, counts))
        self.forecasts = functools.cache(functools.partial(forecast, horizons=[1], unit=unit))

    def setting(self, chosen: Mapping[str, Any]) -> Setting:
        """What is chosen but for an estimated dispersion."""
        newest = NEWEST_YEARS if chosen["years"] == NEWEST else None
        reading = FULL if newest else chosen.get("first_year", FULL)
        return Setting(
            first_year=LEFT_OUT if chosen["years"] == WITHOUT_FIRST else reading,
            last_year=LEFT_OUT if chosen["years"] == WITHOUT_LAST else "kept",
            newest=newest,
            level=chosen["level"],
        )

    def kept(self, chosen: Mapping[str, Any]) -> tuple[tuple, tuple, tuple]:
        """Years, counts and exposure."""
        return kept(self.years, self.counts, self.setting(chosen))

    def dispersion(self, chosen: Mapping[str, Any]) -> float | None:
        """As chosen; or as estimated, but not below 1, and None where it cannot be."""
        if chosen["dispersion"] != ESTIMATED:
            return chosen["dispersion"]
        estimated = fitted(QUASI, *self.kept(chosen), chosen["level"]).estimates["dispersion"].value
        return None if estimated is None else max(1.0, estimated)

    def judged(self, name: str, chosen: Mapping[str, Any]) -> Judged:
        dispersion = self.dispersion(chosen)
        if dispersion is None:
            return (Conclusion(about=name, verdict="not estimable", rule=NO_DISPERSION),)
        found = self.judgements(replace(self.setting(chosen), dispersion=dispersion))
        return found.get(name, (Conclusion(about=name, verdict="not there", rule=LACKING),))

    def growth(self, chosen: Mapping[str, Any]) -> Estimate:
        """Growth by the interval of the method itself, or at the dispersion that is chosen where that has a part."""
        method, dispersion = chosen["method"], chosen["dispersion"]
        own = dispersion == OWN or not any(isinstance(phi, float) for _, phi in growth_models()[method].specifications)
        if dispersion == ESTIMATED and method in (QUASI, POISSON):
            method, own = QUASI, True
        fit, dispersion = fitted(method, *self.kept(chosen), chosen["level"]), self.dispersion(chosen)
        growth = fit.estimates["growth"]
        if own:
            return growth
        if dispersion is None:
            return replace(growth, low=None, high=None, reason=f"no interval: {NO_DISPERSION}")
        return fit.growth_under("z", dispersion)

    def step(self, chosen: Mapping[str, Any], place: int, pair: tuple[int, int]) -> Estimate:
        """Ratio of the later of two years to the earlier, or why there is none."""
        gone = not set(pair) <= set(self.kept(chosen)[0])
        if not gone and self.dispersion(chosen) is not None:
            return self.judged(f"step.{place}.standing", chosen)[1]
        reason = LACKING if gone else f"not estimable: {NO_DISPERSION}"
        return Estimate(
            estimand=f"ratio of {pair[1]} to {pair[0]}", unit="ratio", method="ratio of two counts", reason=reason
        )

    def forecast(self, chosen: Mapping[str, Any]) -> NextCount:
        """A forecast at one level; at a level that forecasts were not measured at it has no interval."""
        (years, counts, exposure), level = self.kept(chosen), chosen["level"]
        part = int(exposure[0] != 1)
        found = next(each for each in self.forecasts(years[part:], counts[part:]) if each.key == chosen["forecast"])
        estimate = found.at(level if level in LEVELS else LEVELS[0])
        if level not in LEVELS:
            measured = " and ".join(f"{each:.0%}" for each in LEVELS)
            none = f"no interval at {level:.0%}, as forecasts were measured at {measured} alone"
            reason = estimate.reason if estimate.value is None else none
            estimate = replace(estimate, level=level, low=None, high=None, reason=reason)
        about = Estimate(estimand="coverage", unit="%", method="measured on public series", reason="not measured")
        coverage = about if estimate.low is None else found.coverage.get(level, about)
        return NextCount(found.year, counts[-1], estimate, coverage)
