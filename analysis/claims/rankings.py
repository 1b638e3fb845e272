"""Claims that state an order: the largest or smallest of a series, or one count or change above another."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from analysis.claims.claims import Claim, Side
from analysis.claims.evidence import (
    Figure,
    Unanswerable,
    figures_of,
    find,
    growth,
    limits,
    pair,
    same_definition,
    series_of,
    stretch,
)
from analysis.claims.hedges import Verdict
from analysis.comparison.side_by_side import growth_ratio, odds_ratio
from analysis.estimates import Estimate
from analysis.figures.observations import Series
from analysis.figures.study import Study as DataPackage

Limits = tuple[Fraction, Fraction]


@dataclass(frozen=True, kw_only=True)
class Ranking:
    """What the figures say about an order, and how."""

    verdict: Verdict
    sentence: str
    calculation: str
    value: Estimate
    uncertainty: Estimate
    figures: tuple[Figure, ...]


def rank(claim: Claim, package: DataPackage, level: float = 0.95) -> Ranking:
    """Whether the stated order holds.

    Raises
    ------
    Unanswerable : a figure is missing, or a range leaves the order open.
    """
    if claim.kind == "comparison":
        return _compare(claim, package, level)
    return _extreme(claim, series_of(claim.series, package, claim))


def _extreme(claim: Claim, series: Series) -> Ranking:
    inside = stretch(series, claim.over)
    same_definition(series, inside)
    figures = figures_of(series, inside)
    candidate = find(series, claim.period)
    if candidate not in inside:
        raise Unanswerable("missing period", f"{candidate.period.label} lies outside the years compared.", figures)
    highest = claim.kind == "maximum"
    own = limits(candidate, series)
    others = [(o, limits(o, series)) for o in inside if o is not candidate]
    beaten_by = [o for o, (low, high) in others if (low > own[1] if highest else high < own[0])]
    ties = [o for o, (low, high) in others if low == high == own[0] == own[1]]
    open_to = [o for o, (low, high) in others if (high >= own[0] if highest else low <= own[1])]
    word = "largest" if highest else "smallest"
    label = candidate.period.label
    verdict: Verdict = "holds"
    sentence = f"{label} ({candidate.words}) has the {word} of {len(inside)} figures."
    if beaten_by:
        verdict = "contradicted"
        names = " and ".join(f"{o.period.label} ({o.words})" for o in beaten_by)
        sentence = f"{label} ({candidate.words}) does not have the {word} figure; {names} goes beyond it."
    elif ties and len(ties) == len(open_to):
        verdict = "overstated"
        sentence = f"{label} shares the {word} figure with {' and '.join(o.period.label for o in ties)}."
    elif open_to:
        names = " and ".join(f"{o.period.label} ({o.words})" for o in open_to)
        raise Unanswerable("range too wide", f"A range leaves open whether {names} goes beyond {label}.", figures)
    low, high = own
    return Ranking(
        verdict=verdict,
        sentence=sentence,
        calculation=f"{'max' if highest else 'min'}({', '.join(o.words for o in inside)})",
        value=_estimate(claim.says, series.unit, "count", (Fraction(low), Fraction(high))),
        uncertainty=_none(claim, "does not apply: an order of several counts"),
        figures=figures,
    )


def _compare(claim: Claim, package: DataPackage, level: float) -> Ranking:
    assert claim.other is not None
    assert claim.period is not None
    sides = (Side(claim.series, claim.period, claim.earlier), claim.other)
    series = [series_of(side.series, package, claim) for side in sides]
    changes = claim.earlier is not None
    if not changes and series[0].unit != series[1].unit:
        raise Unanswerable(
            "another unit",
            f"{series[0].name} counts {series[0].unit}, {series[1].name} counts {series[1].unit}: "
            "unlike things have no order.",
        )
    texts, values, counts, figures = [], [], [], []
    for side, one in zip(sides, series, strict=True):
        if changes:
            observations = pair(one, side.period, side.earlier)
            used = figures_of(one, observations)
            later, earlier = (limits(o, one) for o in observations)
            values.append(growth(later, earlier, used))
            texts.append(" / ".join(o.words for o in observations))
            counts.append((later, earlier))
        else:
            observation = find(one, side.period)
            used = figures_of(one, [observation])
            ends = limits(observation, one)
            values.append((Fraction(ends[0]), Fraction(ends[1])))
            texts.append(observation.words)
            counts.append((ends, ends))
        figures += used
    left, right = values
    calculation = f"{texts[0]} against {texts[1]}"
    above, below = left[0] > right[1], left[1] < right[0]
    known = left[0] == left[1] and right[0] == right[1]
    if not (above or below or known):
        raise Unanswerable("range too wide", f"A range leaves the order open: {calculation}.", figures)
    found = "above" if above else "below" if below else "equal"
    what = "change" if changes else "count"
    order = "equal to" if found == "equal" else found
    sentence = f"The {what} in {series[0].name} is {order} that in {series[1].name}: {calculation}."
    return Ranking(
        verdict="holds" if found == claim.relation else "contradicted",
        sentence=sentence,
        calculation=calculation,
        value=_estimate(claim.says, "ratio", "left side over right side", (left[0] / right[1], left[1] / right[0]))
        if right[0] > 0
        else _none(claim, "undefined: the right side may be 0"),
        uncertainty=_interval(claim, counts, changes, level),
        figures=tuple(figures),
    )


def _interval(
    claim: Claim, counts: list[tuple[tuple[int, int], tuple[int, int]]], changes: bool, level: float
) -> Estimate:
    """Exact interval of the ratio of two rates, or of two growth ratios, under Poisson counts."""
    (left, left_base), (right, right_base) = counts
    if right[0] == 0:
        return _none(claim, "undefined: the right side may be 0")
    if not changes:
        return growth_ratio(_count(left), _count(right), level=level)
    fixed = left[0] == left[1] and left_base[0] == left_base[1] and right[0] == right[1]
    if not fixed or min(left[0], left_base[0], right[0], right_base[0]) == 0:
        return _none(claim, "not estimable: needs counts above 0, with a range only in the earlier one on the right")
    return odds_ratio(left[0], left_base[0], right[0], _count(right_base), level=level)


def _count(ends: tuple[int, int]) -> int | tuple[int, int]:
    return ends[0] if ends[0] == ends[1] else ends


def _estimate(estimand: str, unit: str, method: str, ends: Limits) -> Estimate:
    low, high = (int(end) if end.denominator == 1 else float(end) for end in ends)
    if low == high:
        return Estimate(estimand=estimand, unit=unit, method=method, value=low)
    return Estimate(
        estimand=estimand,
        unit=unit,
        method=method,
        low=low,
        high=high,
        interval="range",
        interval_method="extremes of the figures",
        reason="a figure is known only as a range",
    )


def _none(claim: Claim, why: str) -> Estimate:
    return Estimate(estimand=claim.says, unit="ratio", method="none", reason=why)
