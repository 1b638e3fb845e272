"""Under which choices each conclusion about a series holds, and the smallest single change that undoes it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Any

from analysis.estimates import Conclusion, Estimate, computed
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
from analysis.growth.series import checked_series, steps_of
from analysis.growth.trends import growth_models
from analysis.models.dispersion import KNOWN_DISPERSIONS
from analysis.models.rates import log_normal_ratio
from analysis.reliability.base_rates import BAND, slowdown_base_rate, step_base_rate

QUASI = "quasi-Poisson trend"
# Neither a dispersion nor a level changes a base rate, so that many settings share one.
_step_rate, _slowdown_rate = (functools.lru_cache(maxsize=256)(f) for f in (step_base_rate, slowdown_base_rate))
GONE = Conclusion(about="a change", verdict="not there", rule="one of its years is left out")


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One choice of everything a conclusion depends on; the defaults are those of the report."""

    first_year: str = "12 months"  # of activity behind its count
    last_year: str = "kept"
    interval: str = "exact"
    dispersion: float = 1.0
    model: str = QUASI
    band: float = BAND
    rate: str = "value"
    level: float = 0.95


# The options of each choice, in order of their distance from the default.
CHOICES: dict[str, tuple[Any, ...]] = {
    "first_year": ("9 months", "6 months", "as back-cast", "left out"),
    "last_year": ("left out",),
    "interval": ("normal",),
    "dispersion": KNOWN_DISPERSIONS[1:],
    "model": (),  # every other model of constant growth
    "band": (2.0, 10.0),
    "rate": ("low", "high"),
    "level": (0.9, 0.99, 0.8),
}
WORDS = {
    "first_year": "first year: {}",
    "last_year": "last year: {}",
    "interval": "{} interval",
    "dispersion": "dispersion {:g}",
    "model": "{}",
    "band": "public series within a factor of {:g}",
    "rate": "base rate at its {} limit",
    "level": "level {:.0%}",
}
YEARS = ("first_year", "last_year")
CHANGE = (*YEARS, "interval", "dispersion", "level")
COMPARED = (*CHANGE, "band", "rate")


@dataclass(frozen=True)
class Change:
    """One choice changed: in words, how many places from the default, and the word that the conclusion then has."""

    words: str
    places: int
    verdict: str


@dataclass(frozen=True, kw_only=True)
class Stability:
    """One conclusion under every single change of a choice.

    Parameters
    ----------
    about, verdict : the conclusion as the report has it. changes : every single change.
    holds : how many of them leave its word as it is; `n` is how many were tried.
    undone_by : the smallest that does not, fewest places from the default, or "nothing tried".
    """

    about: str
    verdict: str
    changes: tuple[Change, ...]
    holds: Estimate
    undone_by: Conclusion


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


@computed
def stability_of_conclusions(
    years: Sequence[int], counts: Sequence[int], *, level: float = 0.95
) -> dict[str, Stability]:
    """Every conclusion about a series under each single change of a choice, all others as in the report.

    The choices are the months of activity in the first year (9, 6, or those back-cast from the later years), leaving
    it or the last year out, the interval, the dispersion, the model, the level, and of the base rates how like in size
    the public series are and which end of the interval decides. A conclusion meets the choices that have a part in
    it; leaving out a year without which there is nothing to judge is no choice.

    Parameters
    ----------
    years, counts : one series.

    Returns
    -------
    By the name of the conclusion: one a change between two years ("step.1.standing"), "changes.standing",
    "slowdown.direction", "slowdown.standing", "joint-rise" (whether the rate rose in every step, by one-sided tests),
    "growth" (whether constant growth is told from none), "poisson.standing" and "asymptote.standing".

    Examples
    --------
    >>> found = stability_of_conclusions((2015, 2016, 2017, 2018), (153, 462, 527, 594))
    >>> each = found["slowdown.direction"]
    >>> each.verdict, each.holds.value, each.holds.n, each.undone_by.verdict
    ('slower', 9, 10, 'first year: as back-cast')
    """
    years, counts = checked_series(years, counts)
    each_judge = judges(years)
    models = tuple(name for name in growth_models() if name != QUASI)
    choices = CHOICES | {"model": models, "level": tuple(each for each in (*CHOICES["level"], 0.95) if each != level)}
    if len(counts) < 2:
        choices |= dict.fromkeys(YEARS, ())  # nothing is left without its year
    default = Setting(level=level)
    found = {}
    for name, (judge, names) in each_judge.items():
        now = judge(Case.of(years, counts, default))
        changes = []
        for choice in names:
            for place, option in enumerate(choices[choice], 1):
                word = judge(Case.of(years, counts, replace(default, **{choice: option}))).verdict
                changes.append(Change(WORDS[choice].format(option), place, word))
        found[name] = _stability(now, tuple(change for change in changes if change.verdict != GONE.verdict))
    return found


def _stability(now: Conclusion, changes: tuple[Change, ...]) -> Stability:
    undoing = [change for change in changes if change.verdict != now.verdict]
    first = min(undoing, key=lambda change: change.places, default=None)
    return Stability(
        about=now.about,
        verdict=now.verdict,
        changes=changes,
        holds=Estimate(
            estimand=f"single changes of a choice that leave it {now.verdict}: {now.about}",
            unit="changes",
            method="count",
            value=len(changes) - len(undoing),
            n=len(changes),
        ),
        undone_by=Conclusion(
            about=f"the smallest change that undoes it: {now.about}",
            verdict=first.words if first else "nothing tried",
            rule="the change that lies the fewest places from the report's own choice, in the order in which the "
            "options are listed",
        ),
    )


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
    if ratio.value is None:
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
