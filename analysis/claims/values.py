"""The numbers beside a verdict: value, critical tolerance, and the interval of the underlying rates."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

from scipy import stats

from analysis.claims.claims import Claim
from analysis.claims.evidence import Evidence
from analysis.comparison.side_by_side import growth_ratio
from analysis.estimates import Estimate
from analysis.models.dispersion import POISSON
from analysis.rounding import Rule

UNITLESS = ("number of periods", "years between")


def scale(claim: Claim) -> int:
    """What turns the exact value into the number that readers see: 100 for percentages."""
    return 100 if claim.as_percentage else 1


def computed_value(claim: Claim, evidence: Evidence) -> Estimate:
    """What the figures give: a number, or the range that they leave."""
    units = {"ratio": "ratio", "rose in each": "rises", **dict.fromkeys(UNITLESS, "years")}
    factor, unit = scale(claim), "%" if claim.as_percentage else units.get(claim.kind, claim.unit)
    common = {
        "estimand": claim.says,
        "unit": unit,
        "method": evidence.calculation,
        "n": len(evidence.figures),
    }
    if not evidence.is_range:
        return Estimate(**common, value=_plain(evidence.low * factor))
    return Estimate(
        **common,
        low=_plain(evidence.low * factor),
        high=None if evidence.high is None else _plain(evidence.high * factor),
        interval="range",
        interval_method="extremes of the figures",
        reason="a figure is known only as a range",
    )


def _plain(number: Fraction) -> float:
    return int(number) if number.denominator == 1 else float(number)


def critical_tolerance(claim: Claim, evidence: Evidence, rule: Rule) -> Estimate:
    """Smallest tolerance at which the claim holds, for all of a range; limits are best and worst case.

    The distance from what a statement allows is convex, so over a range the worst case is at an end, and the
    best is at an end or, if what is allowed lies inside, 0.
    """
    statement = claim.statement
    if evidence.high is None and statement.allowed().high is not None:
        return no_tolerance(claim, "a figure has no upper limit")
    highest = evidence.low if evidence.high is None else evidence.high
    ends = [statement.critical_tolerance(value, rule) for value in (evidence.low, highest)]
    if None in ends:
        why = "relative to 0" if statement.size == 0 else f"the figures do not stay on the {statement.hedge!r} side"
        return no_tolerance(claim, f"no tolerance makes it hold: {why}")
    common = {
        "estimand": f"critical tolerance, {claim.id}",
        "unit": "%",
        "method": f"{statement.kind.name}: distance from what is allowed, in per cent of {claim.stated}",
    }
    worst = float(100 * max(ends))
    if not evidence.is_range:
        return Estimate(**common, value=worst)
    inside = statement.verdicts_between(evidence.low, highest, 0, rule, evidence.whole_numbers)
    best = 0.0 if any(v.startswith("holds") for v, _, _ in inside) else float(100 * min(ends))
    return Estimate(
        **common,
        value=worst,
        low=best,
        high=worst,
        interval="range",
        interval_method="extremes of the figures",
    )


def rate_interval(claim: Claim, evidence: Evidence, level: float) -> Estimate:
    """Exact interval of the rate ratio, the change or the share in per cent, behind the counts."""
    if evidence.inside is not None and evidence.outside is not None:
        return _share_interval(evidence.inside, evidence.outside, level, len(evidence.figures))
    if evidence.later is None or evidence.earlier is None:
        return no_interval(claim, "does not apply: a complete count, no ratio, change or share")
    later, earlier = (ends[0] if ends[0] == ends[1] else ends for ends in (evidence.later, evidence.earlier))
    if evidence.earlier[0] == 0:
        return no_interval(claim, "undefined: the earlier count may be 0")
    ratio = growth_ratio(later, earlier, level=level)
    if claim.as_percentage:
        return ratio.transformed(lambda r: 100 * (r - 1), "%", "change of the underlying rate")
    return dataclasses.replace(ratio, estimand="ratio of the underlying rates")


def _share_interval(inside: tuple[int, int], outside: tuple[int, int], level: float, n: int) -> Estimate:
    """Share of some rates in the sum of all: given the total, a part of Poisson counts is binomial.

    Where counts are known only as ranges, the lower limit belongs to the smallest share that they allow and the
    upper to the largest. Each limit rises with the part and falls with the rest, so none goes beyond these.
    """
    (low, high), (rest_low, rest_high) = inside, outside
    certain = low == high and rest_low == rest_high
    ends = [
        stats.binomtest(part, part + rest).proportion_ci(level, method="exact")
        for part, rest in ((low, rest_high), (high, rest_low))
    ]
    return Estimate(
        estimand="share of the underlying rates in their sum",
        unit="%",
        method="share of a total",
        value=100 * low / (low + rest_low) if certain else None,
        low=100 * float(ends[0].low),
        high=100 * float(ends[1].high),
        level=level,
        interval="confidence",
        interval_method="exact conditional, Clopper-Pearson" + ("" if certain else ", widest over the range"),
        n=n,
        assumes=POISSON,
        reason="" if certain else "a figure is known only as a range",
    )


def no_tolerance(claim: Claim, why: str) -> Estimate:
    """The reason in place of a critical tolerance."""
    return Estimate(estimand=f"critical tolerance, {claim.id}", unit="%", method="none", reason=why)


def no_interval(claim: Claim, why: str) -> Estimate:
    """The reason in place of an interval."""
    return Estimate(estimand=f"underlying rate ratio, {claim.id}", unit="ratio", method="none", reason=why)
