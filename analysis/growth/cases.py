"""Each conclusion about one series as a function of one setting, with the choices that have a part in it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from statistics import fmean

from analysis.estimates import Conclusion, Estimate
from analysis.growth.conclusions import (
    growth_standing,
    poisson_fit_standing,
    settling_standing,
    slowdown_direction,
    standing,
    steps_standing,
)
from analysis.growth.first_year import back_cast
from analysis.growth.rates import rate_ratio, rate_ratio_p, tipping_dispersion
from analysis.growth.ratios import growth_slowdown
from analysis.growth.saturation import CURVES, saturating_fit
from analysis.growth.series import steps_of
from analysis.growth.stability import Setting
from analysis.growth.trends import growth_models
from analysis.models.rates import log_normal_ratio
from analysis.reliability.base_rates import slowdown_base_rate, step_base_rate

QUASI = "quasi-Poisson trend"
# Neither a dispersion nor a level changes a base rate, so that many settings share one.
_step_rate, _slowdown_rate = (functools.lru_cache(maxsize=256)(f) for f in (step_base_rate, slowdown_base_rate))
GONE = Conclusion(about="a change", verdict="not there", rule="one of its years is left out")


YEARS = ("first_year", "last_year")
CHANGE = (*YEARS, "interval", "dispersion", "level")
COMPARED = (*CHANGE, "band", "rate")


@dataclass(frozen=True)
class Case:
    """One series under one setting."""

    years: tuple[int, ...]
    counts: tuple[int, ...]
    exposure: tuple[float, ...]
    setting: Setting

    @classmethod
    def of(cls, years: tuple[int, ...], counts: tuple[int, ...], setting: Setting) -> Case:
        kept = slice(setting.first_year == "left out", len(years) - (setting.last_year == "left out"))
        back = back_cast(years, counts)["months"].value if setting.first_year == "as back-cast" else None
        months = float(setting.first_year.split()[0]) if setting.first_year[0].isdigit() else back or 12
        counts = counts[kept]
        return cls(years[kept], counts, (months / 12, *(1.0,) * (len(counts) - 1))[: len(counts)], setting)

    @property
    def annual(self) -> tuple[float, ...]:
        """Each count as if its year had been a full one."""
        return tuple(count / span for count, span in zip(self.counts, self.exposure, strict=True))

    def standing(self, change: Estimate, rate: Estimate) -> Conclusion:
        number = {"value": rate.value, "low": rate.low, "high": rate.high}[self.setting.rate]
        reason = rate.reason or "no limit"
        return standing(change, replace(rate, value=number, reason="" if number is not None else reason))


Judge = Callable[[Case], Conclusion]


def judges(years: tuple[int, ...]) -> Mapping[str, tuple[Judge, tuple[str, ...]]]:
    """Each conclusion as a function of a case, with the choices that have a part in it."""
    steps = {
        f"step.{place}.standing": (lambda case, pair=pair: _step(case, pair), COMPARED)
        for place, pair in enumerate(steps_of(years), 1)
    }
    return steps | {
        "changes.standing": (
            lambda case: steps_standing([_step(case, pair) for pair in steps_of(case.years)]),
            COMPARED,
        ),
        "slowdown.direction": (
            lambda case: _direction(_slowdown(case, years)),
            (*YEARS, "dispersion", "level"),
        ),
        "slowdown.standing": (
            lambda case: _slowdown_standing(case, years),
            (*YEARS, "dispersion", "level", "band", "rate"),
        ),
        "joint-rise": (_joint_rise, (*YEARS, "dispersion", "level")),
        "growth": (_growth, (*YEARS, "model", "dispersion", "level")),
        "poisson.standing": (_poisson, YEARS),
        "asymptote.standing": (_settling, ("last_year", "level")),
    }


def _ratio(case: Case, at: int) -> Estimate:
    s = case.setting
    pair, spans = (case.counts[at + 1], case.counts[at]), (case.exposure[at + 1], case.exposure[at])
    ratio = rate_ratio(*pair, level=s.level, dispersion=s.dispersion, exposure=spans)
    if s.interval == "normal" and min(pair) > 0:
        low, high = (float(x) * spans[1] / spans[0] for x in log_normal_ratio(*pair, s.level, dispersion=s.dispersion))
        ratio = replace(ratio, low=low, high=high)
    return ratio


def _step(case: Case, pair: tuple[int, int]) -> Conclusion:
    if not set(pair) <= set(case.years):
        return replace(GONE, about=f"ratio of {pair[1]} to {pair[0]}")
    at = case.years.index(pair[0])
    ends = case.annual[at], case.annual[at + 1]
    rate = _step_rate(*ends, fmean(case.annual), adjacent=pair[1] - pair[0] == 1, band=case.setting.band)
    return case.standing(replace(_ratio(case, at), estimand=f"ratio of {pair[1]} to {pair[0]}"), rate)


def _slowdown(case: Case, years: tuple[int, ...]) -> Estimate:
    """The change of growth over the first three years of the whole series, where all three are kept."""
    kept = set(years[:3]) <= set(case.years)
    ratio = growth_slowdown(case.years[: 3 if kept else 1], case.counts[: 3 if kept else 1], level=case.setting.level)[
        "ratio"
    ]
    if ratio.value is None:
        return ratio
    ratio = ratio.scaled(case.exposure[0], ratio.unit)
    reach = (ratio.high / ratio.value) ** case.setting.dispersion**0.5
    return replace(ratio, low=ratio.value / reach, high=ratio.value * reach)


def _direction(ratio: Estimate) -> Conclusion:
    return replace(GONE, about=ratio.estimand) if ratio.value is None else slowdown_direction(ratio)


def _slowdown_standing(case: Case, years: tuple[int, ...]) -> Conclusion:
    ratio = _slowdown(case, years)
    if not set(years[:3]) <= set(case.years):
        return replace(GONE, about=ratio.estimand)
    adjacent = len(years) < 3 or years[2] - years[0] == 2
    rate = _slowdown_rate(ratio.value, fmean(case.annual), adjacent=adjacent, band=case.setting.band)
    return case.standing(ratio, rate)


def _joint_rise(case: Case) -> Conclusion:
    told = len(case.counts) > 1
    for at, (early, late) in enumerate(steps_of(case.counts)):
        if not told:
            break
        spans = case.exposure[at + 1], case.exposure[at]
        if case.setting.dispersion == 1:
            p = rate_ratio_p(late, early, greater=True, exposure=spans).value
            told = p is not None and p < 1 - case.setting.level
        else:
            tips = tipping_dispersion(late, early, level=case.setting.level, greater=True).value
            told = tips is not None and tips > case.setting.dispersion
    return Conclusion(
        about="a rise in every step",
        verdict="told" if told else "not told",
        rule="told: the one-sided test of each step rejects equal rates",
    )


def _growth(case: Case) -> Conclusion:
    s, series = case.setting, (case.years, case.counts, case.exposure, case.setting.level)
    models = growth_models()
    if s.dispersion == 1:
        growth = models[s.model](*series).estimates["growth"]
    else:
        growth = models[s.model](*series).growth_under("z", s.dispersion)
    return growth_standing(growth)


def _poisson(case: Case) -> Conclusion:
    trend = growth_models()["Poisson trend"]
    return poisson_fit_standing(
        trend(case.years, case.counts, case.exposure, case.setting.level).estimates["deviance_p"]
    )


def _settling(case: Case) -> Conclusion:
    fits = [saturating_fit(case.years, case.counts, curve=name, level=case.setting.level) for name in CURVES]
    return settling_standing([fit.constant_inside for fit in fits])
