"""What is concluded of one series under one choice of everything that a conclusion depends on."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from analysis.estimates import Conclusion, Estimate, computed
from analysis.growth.changes import NO_PART
from analysis.growth.conclusions import (
    OUTSTANDING,
    condition_standing,
    given_standing,
    growth_standing,
    poisson_fit_standing,
    settling_standing,
    slowdown_direction,
    standing,
    steps_standing,
)
from analysis.growth.first_year import back_cast, tipping_months
from analysis.growth.rates import rate_ratio
from analysis.growth.ratios import growth_slowdown
from analysis.growth.saturation import CURVES, saturating_fit
from analysis.growth.series import checked_series
from analysis.growth.single_changes import Judged, Stability, under_single_changes
from analysis.growth.trend import ConstantGrowth
from analysis.growth.trends import growth_models
from analysis.models.dispersion import KNOWN_DISPERSIONS
from analysis.models.rates import log_normal_ratio
from analysis.reliability.base_rates import BAND, slowdown_base_rate, step_base_rate
from analysis.reliability.forecasts import forecast

FULL = "12 months"  # of activity behind the first count
LEFT_OUT = "left out"
LEVELS = (0.9, 0.95, 0.99, 0.8)
_step_rate, _slowdown_rate = functools.cache(step_base_rate), functools.cache(slowdown_base_rate)


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One choice of everything a conclusion depends on; the defaults are those of the report.

    newest : how many of the newest years alone are kept, where not all are.
    """

    first_year: str = FULL
    last_year: str = "kept"
    newest: int | None = None
    interval: str = "exact"
    dispersion: float = 1.0
    model: str = "quasi-Poisson trend"
    band: float = BAND
    rate: str = "value"
    level: float = 0.95


@computed
def stability_of_conclusions(
    years: Sequence[int], counts: Sequence[int], *, level: float = 0.95, partial: bool = True
) -> dict[str, Stability]:
    """Every conclusion about a series under each single change of a choice, all others as in the report.

    The choices are the months of activity in the first year (9, 6, or those back-cast from the later years) where it
    may be `partial`, leaving it or the last year out, the interval, the dispersion, the model, the level, and of the
    base rates how like in size the public series are and which end of the interval decides.

    years, counts : one series.

    Returns By the name of the conclusion: one a change between two years ("step.1.standing"), "changes.standing",
    "largest.condition", "slowdown.direction", "slowdown.standing", "joint-rise" (whether the rate rose in every step,
    by one-sided intervals), "growth" (whether constant growth is told from none), "poisson.standing",
    "asymptote.standing" and "forecast.standing".

    >>> found = stability_of_conclusions((2015, 2016, 2017, 2018), (153, 462, 527, 594))
    >>> each = found["slowdown.direction"]
    >>> each.answer.verdict, each.holds.value, each.holds.n, each.undone_by.verdict
    ('slower', 8, 9, 'first year: as back-cast')
    """
    years, counts = checked_series(years, counts)
    options = {
        "first_year": (*(("9 months", "6 months", "as back-cast") if partial else ()), LEFT_OUT),
        "last_year": (LEFT_OUT,),
        "interval": ("normal",),
        "dispersion": KNOWN_DISPERSIONS,
        "model": tuple(growth_models()),
        "band": (2.0, 10.0),
        "rate": ("low", "high"),
        "level": LEVELS,
    }
    judge = functools.partial(judgements, years, counts, partial=partial)
    return under_single_changes(judge, Setting(level=level), options)


def kept(
    years: tuple[int, ...], counts: tuple[int, ...], setting: Setting
) -> tuple[tuple[int, ...], tuple[int, ...], tuple[float, ...]]:
    """Years and counts that a setting keeps, and the years of activity behind each count."""
    reading = setting.first_year
    back = _back_cast(years, counts, 0.95).value if reading == "as back-cast" else None
    months = float(reading.split()[0]) if reading[0].isdigit() else back or 12.0
    start = len(years) - setting.newest if setting.newest else int(reading == LEFT_OUT)
    part = slice(start, len(years) - (setting.last_year == LEFT_OUT))
    years, counts = years[part], counts[part]
    return years, counts, (months / 12, *(1.0,) * (len(counts) - 1))[: len(counts)]


def judgements(
    years: tuple[int, ...], counts: tuple[int, ...], setting: Setting, *, partial: bool = True
) -> dict[str, Judged]:
    """The conclusions about a series under one setting by name, each with the estimates on which it rests."""
    s, whole = setting, years
    years, counts, exposure = kept(years, counts, setting)
    if not years:
        return {}
    annual = [count / span for count, span in zip(counts, exposure, strict=True)]
    size = fmean(annual)

    ratios = [_ratio(s, years, counts, exposure, at, s.level) for at in range(len(years) - 1)]
    rates = [
        _step_rate(annual[at], annual[at + 1], size, adjacent=years[at + 1] - years[at] == 1, band=s.band)
        for at in range(len(ratios))
    ]
    steps = [
        (standing(ratio, rate), ratio, rate)
        for ratio, rate in zip(ratios, (_at(s.rate, r) for r in rates), strict=True)
    ]
    found: dict[str, Judged] = {f"step.{at}.standing": step for at, step in enumerate(steps, 1 + whole.index(years[0]))}
    found["changes.standing"] = (steps_standing([step[0] for step in steps]), *(e for step in steps for e in step[1:]))
    if steps and s.first_year == FULL:
        largest = max(
            [step for step in steps if step[0].verdict in OUTSTANDING] or steps,
            key=lambda step: abs(math.log(step[1].value or 1)),
        )
        lost = tipping_months(largest[1]) if partial and largest is steps[0] else NO_PART
        later = _back_cast(years, counts, s.level)
        found["largest.condition"] = condition_standing(lost, later), lost, later
    if years[:3] == whole[:3]:
        ratio = growth_slowdown(years, counts, level=s.level, dispersion=s.dispersion)["ratio"]
        slower = ratio.scaled(exposure[0], ratio.unit)
        adjacent = len(years) < 3 or years[2] - years[0] == 2
        rate = _at(s.rate, _slowdown_rate(slower.value, size, adjacent=adjacent, band=s.band))
        found["slowdown.direction"] = slowdown_direction(slower), slower
        found["slowdown.standing"] = standing(slower, rate), slower, rate
    one_sided = [_ratio(s, years, counts, exposure, at, 2 * s.level - 1) for at in range(len(ratios))]
    found["joint-rise"] = _joint_rise(one_sided), *one_sided
    trend = fitted(s.model, years, counts, exposure, s.level)
    growth = trend.estimates["growth"] if s.dispersion == 1 else trend.growth_under("z", s.dispersion)
    found["growth"] = growth_standing(growth), growth
    p = fitted("Poisson trend", years, counts, exposure, 0.95).estimates["deviance_p"]
    found["poisson.standing"] = poisson_fit_standing(p), p
    found["asymptote.standing"] = _settling(years, counts, s.level)
    if years[-1] - years[0] < len(years):
        found["forecast.standing"] = _forecast(years, counts)
    return found


def _ratio(
    s: Setting, years: Sequence[int], counts: Sequence[int], exposure: Sequence[float], at: int, level: float
) -> Estimate:
    pair, spans = (counts[at + 1], counts[at]), (exposure[at + 1], exposure[at])
    about = f"ratio of {years[at + 1]} to {years[at]}"
    ratio = rate_ratio(*pair, level=level, dispersion=s.dispersion, exposure=spans, estimand=about)
    if s.interval == "normal" and min(pair) > 0:
        low, high = (float(x) * spans[1] / spans[0] for x in log_normal_ratio(*pair, level, dispersion=s.dispersion))
        ratio = replace(ratio, low=low, high=high)
    return ratio


def _at(end: str, rate: Estimate) -> Estimate:
    """A base rate with the end of its interval that decides as its value."""
    number = {"value": rate.value, "low": rate.low, "high": rate.high}[end]
    return replace(rate, value=number, reason="" if number is not None else rate.reason or "no limit")


def _joint_rise(one_sided: Sequence[Estimate]) -> Conclusion:
    told = bool(one_sided) and all((ratio.low or 0) > 1 for ratio in one_sided)
    rule = "told: the one-sided test of each step rejects equal rates"
    return Conclusion(about="a rise in every step", verdict="told" if told else "not told", rule=rule)


@functools.cache
def _back_cast(years: tuple[int, ...], counts: tuple[int, ...], level: float) -> Estimate:
    return back_cast(years, counts, level=level)["months"]


@functools.cache
def fitted(
    model: str, years: tuple[int, ...], counts: tuple[int, ...], exposure: tuple[float, ...], level: float
) -> ConstantGrowth:
    """A model of constant growth fitted to one series, once."""
    return growth_models()[model](years, counts, exposure, level)


@functools.cache
def _settling(years: tuple[int, ...], counts: tuple[int, ...], level: float) -> Judged:
    fits = [saturating_fit(years, counts, curve=name, level=level) for name in CURVES]
    return settling_standing([fit.constant_inside for fit in fits]), *(fit.asymptote for fit in fits)


@functools.cache
def _forecast(years: tuple[int, ...], counts: tuple[int, ...]) -> Judged:
    best = forecast(years, counts, horizons=[1])[0].at(0.8)
    return given_standing(best), best
