"""Growth under every combination of defensible choices: how much of an answer is data and how much is choice.

The choices are the reading of the first year, and each pair of interval and dispersion that a model of constant
growth offers. A specification is valid when its interval can be expected to cover as often as it states; each rule
in `RULES` says in a sentence why one is not. Specifications are not a sample of anything, so no p-value is taken
over them.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from scipy import stats

from analysis.estimates import Estimate, computed, spread_of
from analysis.growth.first_year import first_year_readings
from analysis.growth.poisson_trends import PoissonTrend
from analysis.growth.trends import growth_models
from analysis.models.dispersion import ESTIMATED_DISPERSIONS

CHOICES = ("years", "model", "interval", "dispersion")
NORMAL = ("z", "profile likelihood")
# From here on a normal quantile is within 5% of the t quantile at 95%.
ENOUGH_DEGREES = 30
LEAST_SPARE_COUNTS = 2
FLOORED = ESTIMATED_DISPERSIONS[1]
# A known dispersion is contradicted by a Pearson statistic above this quantile of those it would give.
FIT_LEVEL = 0.95


@dataclass(frozen=True, kw_only=True)
class Specification:
    """One combination of choices with its growth in % a year.

    `spare` is the residual degrees of freedom that the reading of the first year leaves a trend of two parameters;
    `pearson` is Pearson's statistic around a Poisson trend over them, None where there is none.
    """

    reading: str
    years: str
    model: str
    interval: str
    dispersion: float | str
    estimate: Estimate
    spare: int
    pearson: float | None

    @property
    def known(self) -> bool:
        """Whether the dispersion is a value taken as known."""
        return not isinstance(self.dispersion, str)

    @property
    def reason(self) -> str:
        """The first rule that sets it aside, or why there is no interval; "" for a valid one."""
        broken = next((f"{rule.name}: {rule.reason}" for rule in RULES if rule.breaks(self)), "")
        return broken or self.estimate.reason

    @property
    def valid(self) -> bool:
        """Whether its interval can be expected to cover as stated."""
        return not self.reason


@dataclass(frozen=True)
class Rule:
    """A named reason to set a specification aside: `breaks` says whether it does."""

    name: str
    reason: str
    breaks: Callable[[Specification], bool]


def _contradicted(s: Specification) -> bool:
    if not s.known or s.pearson is None:
        return False
    return s.pearson * s.spare / s.dispersion > stats.chi2.ppf(FIT_LEVEL, s.spare)


RULES = (
    Rule(
        "normal quantile beside an estimated dispersion",
        f"z and chi-squared ignore that the variance rests on fewer than {ENOUGH_DEGREES} degrees of freedom",
        lambda s: not s.known and s.interval in NORMAL and s.spare < ENOUGH_DEGREES,
    ),
    Rule(
        "dispersion below 1",
        "counts steadier than Poisson counts, by chance, make the interval too narrow",
        lambda s: s.dispersion in ("Pearson", "residual variance") and s.pearson is not None and s.pearson < 1,
    ),
    Rule(
        "known dispersion contradicted",
        f"Pearson's statistic over the dispersion exceeds the {FIT_LEVEL:.0%} quantile of chi-squared with the "
        "residual degrees of freedom: the counts vary more around the trend than it allows",
        _contradicted,
    ),
    Rule(
        "three parameters",
        f"a negative binomial trend leaves fewer than {LEAST_SPARE_COUNTS} degrees of freedom",
        lambda s: s.dispersion == "alpha" and s.spare - 1 < LEAST_SPARE_COUNTS,
    ),
)


@computed
def growth_specifications(
    years: Sequence[int], counts: Sequence[int], *, level: float = 0.95, partial: bool = True
) -> tuple[Specification, ...]:
    """Growth a year under every combination of first year, model, interval and dispersion, each cell once.

    Pearson's dispersion with a floor of 1 is a cell of its own only where the floor is reached, and then not with a
    normal quantile, which would be that of dispersion 1.

    years, counts : one series. partial : whether its first year may hold less than twelve months of activity.

    Returns One Specification a combination, in the order of the choices, with growth in % a year and its confidence
    interval, or the reason why there is none.

    Source: Steegen et al. (2016), Perspectives on Psychological Science 11, 702-712; Simonsohn, Simmons & Nelson
    (2020), Nature Human Behaviour 4, 1208-1214.

    >>> found = growth_specifications((2015, 2016, 2017, 2018), (153, 462, 527, 594))
    >>> len(found), sum(one.valid for one in found)
    (90, 37)
    """
    found = []
    for reading in first_year_readings(years, counts, partial=partial):
        series = reading.years, reading.counts, reading.exposure, level
        poisson = PoissonTrend(*series)
        spare = poisson.residual_df
        pearson = None if poisson.reason or spare < 1 else poisson.dispersion("Pearson")
        for name, model in growth_models().items():
            fit, about = model(*series), dict(reading=reading.key, years=reading.label, model=name)
            for interval, dispersion in model.specifications:
                if dispersion == FLOORED and (interval in NORMAL or (pearson or 0) >= 1):
                    continue  # the cell of Pearson's dispersion, or that of dispersion 1, once more
                estimate = fit.growth_under(interval, dispersion)
                found.append(
                    Specification(
                        **about,
                        interval=interval,
                        dispersion=dispersion,
                        estimate=estimate,
                        spare=spare,
                        pearson=pearson,
                    )
                )
    return tuple(found)


def _estimated(specifications: Sequence[Specification]) -> list[Specification]:
    return [s for s in specifications if s.estimate.value is not None]


@computed
def count_specifications(specifications: Sequence[Specification]) -> dict[str, Estimate]:
    """How many specifications there are of each kind.

    Returns "estimated" : with an estimate, of which "valid" and "set-aside". They describe this grid and test nothing:
    a share of them that excludes no growth would depend on which cells are listed.

    >>> found = count_specifications(growth_specifications((2015, 2016, 2017, 2018), (153, 462, 527, 594)))
    >>> {name: count.value for name, count in found.items()}
    {'estimated': 88, 'valid': 37, 'set-aside': 51}
    """
    drawn = _estimated(specifications)
    valid = sum(s.valid for s in drawn)
    sizes = {"estimated": len(drawn), "valid": valid, "set-aside": len(drawn) - valid}
    about = dict(unit="specifications", method="count")
    return {name: Estimate(estimand=f"specifications: {name}", value=size, **about) for name, size in sizes.items()}


@computed
def growth_range(specifications: Sequence[Specification]) -> dict[str, Any]:
    """How far growth depends on the choices: least and greatest estimate, over all and by reading of the first year.

    Returns "range" : over every specification with an estimate, in % a year. "reading" : the same by the key of each
    reading of the first year ("full", "9-months", "6-months", "without"). A point estimate needs no valid interval, so
    those set aside for their interval are in.

    >>> found = growth_range(growth_specifications((2015, 2016, 2017, 2018), (153, 462, 527, 594)))
    >>> [(round(each.low), round(each.high)) for each in found["reading"].values()]
    [(39, 57), (30, 43), (20, 25), (13, 13)]
    """
    readings: dict[str, list[Specification]] = {}
    for s in specifications:
        readings.setdefault(s.reading, []).append(s)
    return {
        "range": spread_of([s.estimate for s in specifications], "growth a year over all specifications"),
        "reading": {
            key: spread_of([s.estimate for s in found], f"growth a year, {found[0].years}")
            for key, found in readings.items()
        },
    }


@computed
def spread_by_choice(specifications: Sequence[Specification]) -> dict[str, Estimate]:
    """How much of the spread among specifications goes with each choice.

    Returns By choice the share of the variance of the point estimates that lies between its options. The choices are
    not fully crossed, so the shares do not add up to 1; they describe the grid and test nothing.

    >>> found = spread_by_choice(growth_specifications((2015, 2016, 2017, 2018), (153, 462, 527, 594)))
    >>> max(CHOICES, key=lambda choice: found[choice].value)
    'years'
    """
    drawn = _estimated(specifications)
    mean = statistics.fmean(s.estimate.value for s in drawn) if drawn else 0.0
    total = sum((s.estimate.value - mean) ** 2 for s in drawn)
    shares = {}
    for choice in CHOICES:
        groups: dict[float | str, list[float]] = {}
        for s in drawn:
            groups.setdefault(getattr(s, choice), []).append(s.estimate.value)
        between = sum(len(group) * (statistics.fmean(group) - mean) ** 2 for group in groups.values())
        shares[choice] = Estimate(
            estimand=f"share of the variance of growth by {choice}",
            unit="",
            method="between-group share of the sum of squares",
            n=len(drawn),
            value=between / total if total else None,
            reason="" if total else "undefined: all specifications agree",
        )
    return shares
