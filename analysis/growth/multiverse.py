"""Every combination of defensible choices, computed: how much of an answer is data and how much is choice.

Which cells of the grid are meaningful, and which of those valid, is in `multiverse_rules`. Cells are not a
sample of anything, so no p-value is taken over them.

Most of the nominal grid is not meaningful: a model goes with few of the intervals and dispersions, so that
about one cell in six is left. Nearly all of those have an estimate; a negative binomial trend has none where
the counts vary no more than Poisson counts. For the four counts of the default series about half of the
meaningful cells are valid: most of the others take a dispersion as known that the counts contradict, every such
dispersion when all four are read as full years, or put a normal quantile beside an estimated one. `summarise`
gives the counts. Whoever keeps fewer kinds of interval for each model counts other numbers of cells on the same
grid; the rules say what is kept here.
"""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.estimates import Estimate, computed
from analysis.growth.count_trends import quasi_poisson_trend
from analysis.growth.first_year import Treatment, first_year_treatments
from analysis.growth.models import annual_growth
from analysis.growth.multiverse_rules import ESTIMATED, KNOWN, MEANINGFUL, VALID, Cell

if TYPE_CHECKING:
    import pandas as pd

MODELS = ("compound", "log-linear", "Poisson", "quasi-Poisson", "negative binomial")
INTERVALS = ("z", "t", "profile likelihood", "F profile", "exact")
DISPERSIONS: tuple[float | str, ...] = (*KNOWN, *ESTIMATED)
CHOICES = ("years", "model", "interval", "dispersion")


@dataclass(frozen=True, kw_only=True)
class Specification:
    """One cell of the grid with its estimate.

    `estimate` is None where the cell is not meaningful; `valid` implies `meaningful`; `reason` names the
    first rule that sets the cell aside and says why, and is "" for a valid one.
    """

    years: str
    model: str
    interval: str
    dispersion: float | str
    estimate: Estimate | None
    meaningful: bool
    valid: bool
    reason: str

    @property
    def excludes_zero(self) -> bool:
        """Whether the interval of the growth lies on one side of 0."""
        e = self.estimate
        if e is None:
            return False
        return (e.low is not None and e.low > 0) or (e.high is not None and e.high < 0)


@computed
def growth_multiverse(
    years: Sequence[int],
    counts: Sequence[int],
    *,
    months: Sequence[float] = (12, 9, 6),
    level: float = 0.95,
) -> tuple[Specification, ...]:
    """Growth a year under every combination of first year, model, interval and dispersion.

    Parameters
    ----------
    years, counts : series of length 3 or more, counts above 0.
    months : readings of the first year, each as so many months of activity; without it is always added.

    Returns
    -------
    One Specification a cell of the full grid, in the order of the choices. Estimates are in % a year with
    confidence intervals; cells that are not meaningful have none.

    Source
    ------
    Steegen et al. (2016), Perspectives on Psychological Science 11, 702-712; Simonsohn, Simmons & Nelson
    (2020), Nature Human Behaviour 4, 1208-1214.

    Examples
    --------
    >>> cells = growth_multiverse((2015, 2016, 2017, 2018), (153, 462, 527, 594))
    >>> len(cells), sum(c.meaningful for c in cells), sum(c.valid for c in cells)
    (600, 104, 54)
    """
    found = []
    for treatment in first_year_treatments(years, counts, months=months):
        pearson = _pearson(treatment)
        for model, interval, dispersion in itertools.product(MODELS, INTERVALS, DISPERSIONS):
            cell = Cell(
                years=treatment.label,
                model=model,
                interval=interval,
                dispersion=dispersion,
                counts=len(treatment.counts),
                pearson=pearson,
            )
            found.append(_specification(cell, treatment, level))
    return tuple(found)


def curve(specifications: Sequence[Specification]) -> tuple[Specification, ...]:
    """The meaningful specifications that have an estimate, from the least growth to the greatest.

    Estimates that agree to seven decimals are the same; their order must not hang on a processor's last digit.
    """
    drawn = [s for s in specifications if s.estimate is not None and s.estimate.value is not None]
    return tuple(sorted(drawn, key=lambda s: (round(s.estimate.value, 7), s.years, *map(str, _choices(s)))))


def frame(specifications: Sequence[Specification]) -> pd.DataFrame:
    """One row a specification: its choices, growth with limits, and what the rules say.

    Examples
    --------
    >>> cells = growth_multiverse((2015, 2016, 2017, 2018), (153, 462, 527, 594))
    >>> frame(curve(cells)).columns.tolist()[:6]
    ['years', 'model', 'interval', 'dispersion', 'growth', 'low']
    """
    import pandas as pd

    rows = []
    for s in specifications:
        e = s.estimate
        limits = (None, None, None) if e is None else (e.value, e.low, e.high)
        rows.append(
            dict(zip((*CHOICES, "growth", "low", "high"), (s.years, *_choices(s), *limits), strict=True))
            | {
                "excludes 0": s.excludes_zero,
                "meaningful": s.meaningful,
                "valid": s.valid,
                "reason": s.reason,
            }
        )
    return pd.DataFrame(rows)


@computed
def summarise(specifications: Sequence[Specification]) -> dict[str, Estimate]:
    """How many cells there are, the spread of growth over the meaningful ones, and how often 0 is excluded.

    Returns
    -------
    Counts of cells: "nominal", "meaningful", "estimated" (meaningful, and with an estimate), "valid", "set
    aside" (estimated but not valid). "growth" (median, with the range from least to greatest) and "growth,
    valid"; "envelope, valid" (from the least lower to the greatest upper limit); "excluding 0" (how many
    intervals lie on one side of 0) and "excludes 0" (the share of them), each also ", valid"; "excludes 0,
    valid, <years>" for each reading of the years. They describe this grid only.

    Examples
    --------
    >>> cells = growth_multiverse((2015, 2016, 2017, 2018), (153, 462, 527, 594))
    >>> growth = summarise(cells)["growth"]
    >>> [round(x, 1) for x in (growth.value, growth.low, growth.high)]
    [30.2, 13.4, 57.2]
    """
    drawn = curve(specifications)
    valid = [s for s in drawn if s.valid]
    sizes = {
        "nominal": len(specifications),
        "meaningful": sum(s.meaningful for s in specifications),
        "valid": sum(s.valid for s in specifications),
        "estimated": len(drawn),
        "set aside": sum(not s.valid for s in drawn),
        "excluding 0": sum(s.excludes_zero for s in drawn),
        "excluding 0, valid": sum(s.excludes_zero for s in valid),
    }
    found = {
        name: Estimate(estimand=f"specifications: {name}", unit="specifications", method="count", value=size)
        for name, size in sizes.items()
    }
    groups = {"": drawn, ", valid": valid}
    for name, members in groups.items():
        found[f"growth{name}"] = _spread(members, f"growth a year over specifications{name}")
        found[f"excludes 0{name}"] = _share(members, f"share of intervals that exclude no growth{name}")
    found["envelope, valid"] = _envelope(valid)
    for years in dict.fromkeys(s.years for s in specifications):
        members = [s for s in valid if s.years == years]
        estimand = f"share of valid intervals that exclude no growth, {years}"
        found[f"excludes 0, valid, {years}"] = _share(members, estimand)
    return found


@computed
def spread_by_choice(specifications: Sequence[Specification]) -> dict[str, dict[str, Estimate]]:
    """How much of the spread among meaningful specifications goes with each choice.

    Returns
    -------
    By choice: "growth", the share of the variance of the point estimates that lies between the options of
    that choice, and "excludes 0", the same for whether the interval excludes 0. The choices are not fully
    crossed, so the shares do not add up to 1; they describe the grid and test nothing.

    Examples
    --------
    >>> cells = growth_multiverse((2015, 2016, 2017, 2018), (153, 462, 527, 594))
    >>> max(CHOICES, key=lambda choice: spread_by_choice(cells)[choice]["growth"].value)
    'years'
    """
    drawn = curve(specifications)
    outcomes = {
        "growth": [s.estimate.value for s in drawn],
        "excludes 0": [float(s.excludes_zero) for s in drawn],
    }
    return {
        choice: {
            name: _between(values, [str(getattr(s, choice)) for s in drawn], f"{name} by {choice}")
            for name, values in outcomes.items()
        }
        for choice in CHOICES
    }


def _specification(cell: Cell, treatment: Treatment, level: float) -> Specification:
    choices = {choice: getattr(cell, choice) for choice in CHOICES}
    for rule in MEANINGFUL:
        if rule.breaks(cell):
            why = f"{rule.name}: {rule.reason}"
            return Specification(**choices, estimate=None, meaningful=False, valid=False, reason=why)
    estimate = _estimate(cell, treatment, level)
    broken = next((rule for rule in VALID if rule.breaks(cell)), None)
    reason = f"{broken.name}: {broken.reason}" if broken else estimate.reason
    return Specification(**choices, estimate=estimate, meaningful=True, valid=not reason, reason=reason)


def _estimate(cell: Cell, treatment: Treatment, level: float) -> Estimate:
    own = {"log-linear": "residual variance", "negative binomial": "alpha"}
    known = cell.model == "quasi-Poisson" and cell.dispersion in KNOWN
    return annual_growth(
        treatment.years,
        treatment.counts,
        model="Poisson" if known else cell.model,
        interval=cell.interval,
        dispersion=own.get(cell.model, cell.dispersion),
        exposure=treatment.exposure,
        level=level,
    )


def _pearson(treatment: Treatment) -> float | None:
    fit = quasi_poisson_trend(treatment.years, treatment.counts, exposure=treatment.exposure)
    return None if fit.reason else fit.estimates["dispersion"].value


def _choices(s: Specification) -> tuple[str, str, float | str]:
    return s.model, s.interval, s.dispersion


def _spread(members: Sequence[Specification], estimand: str) -> Estimate:
    values = [s.estimate.value for s in members]
    return Estimate(
        estimand=estimand,
        unit="% a year",
        method="median over specifications",
        value=statistics.median(values),
        low=min(values),
        high=max(values),
        interval="range",
        interval_method="least and greatest",
        n=len(values),
    )


def _envelope(members: Sequence[Specification]) -> Estimate:
    lows, highs = ([getattr(s.estimate, end) for s in members] for end in ("low", "high"))
    low, high = (None if None in lows else min(lows)), (None if None in highs else max(highs))
    unbounded = [side for side, limit in (("below", low), ("above", high)) if limit is None]
    without = f"; unbounded {' and '.join(unbounded)}: an interval has no limit there" if unbounded else ""
    return Estimate(
        estimand="growth a year within the intervals of valid specifications",
        unit="% a year",
        method="envelope of the intervals of specifications",
        low=low,
        high=high,
        interval="range",
        interval_method="least lower and greatest upper limit",
        n=len(members),
        reason=f"an envelope has no one value{without}",
    )


def _share(members: Sequence[Specification], estimand: str) -> Estimate:
    return Estimate(
        estimand=estimand,
        unit="",
        method="share of specifications",
        value=sum(s.excludes_zero for s in members) / len(members),
        n=len(members),
    )


def _between(values: Sequence[float], options: Sequence[str], estimand: str) -> Estimate:
    """Share of the variance of `values` that lies between the means of the options."""
    mean = statistics.fmean(values)
    total = sum((v - mean) ** 2 for v in values)
    between = 0.0
    for option in set(options):
        group = [v for v, o in zip(values, options, strict=True) if o == option]
        between += len(group) * (statistics.fmean(group) - mean) ** 2
    return Estimate(
        estimand=f"share of the variance of {estimand}",
        unit="",
        method="between-group share of the sum of squares",
        value=between / total if total else None,
        n=len(values),
        reason="" if total else "undefined: all specifications agree",
    )
