"""Judging the claims of an article by its figures: one verdict a claim, with all that it rests on."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from analysis.claims.claims import ORDERS, UNCHECKABLE, Claim
from analysis.claims.evidence import NOT_CHECKABLE, Evidence, Figure, Unanswerable, gather, series_of
from analysis.claims.explanations import explain
from analysis.claims.hedges import DEFAULT, REASONS, TOLERANCES, VERDICTS, Stretches, Verdict, overall
from analysis.claims.rankings import rank
from analysis.claims.values import (
    UNITLESS,
    computed_value,
    critical_tolerance,
    no_interval,
    no_tolerance,
    rate_interval,
    scale,
)
from analysis.estimates import Estimate, computed
from analysis.figures.study import Study as DataPackage
from analysis.rounding import DEFAULT_RULE, RULES, Rule, implied_earlier_count, parse_number


@dataclass(frozen=True)
class Alternative:
    """The verdict under another rounding rule or tolerance."""

    rule: Rule
    tolerance: float
    verdict: Verdict


@computed
def describe_verdicts(judgements: Sequence[Judgement]) -> dict[str, Estimate]:
    """Number of claims in all and with each verdict, under the names that sentences use.

    Returns
    -------
    "all", "holds", "holds-as-rounded" and so on; counts, so without interval.
    """
    about = {"unit": "claims", "method": "count of verdicts", "n": len(judgements)}
    found = {"all": Estimate(estimand="numeric claims of the article", value=len(judgements), **about)}
    for verdict, number in counts_by_verdict(judgements).items():
        name = verdict.replace(" ", "-")
        found[name] = Estimate(estimand=f"claims with the verdict: {verdict}", value=number, **about)
    return found


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What the figures say about one claim.

    Parameters
    ----------
    claim : the claim.
    calculation : how the value comes from the figures ("594 / 153").
    value : what the figures give; a range where a figure is one, or the reason why there is none.
    stated : the stated number on the scale of `value`; None for a claim that states an order only.
    verdict : one of `analysis.claims.hedges.VERDICTS`.
    reason : one of `analysis.claims.hedges.REASONS` where the claim is not checkable or undefined, else "".
    critical_tolerance : in per cent of the stated number, the smallest tolerance at which the claim holds.
    alternatives : the verdict under each rounding rule and each tolerance; empty where neither matters.
    uncertainty : for ratios, changes and shares, the interval of the ratio, change or share of the underlying
        rates. It is about what other counts with the same rates could have shown, and has no part in the verdict.
    explanation : sentences for readers.
    figures : the figures used, with their sources.
    tolerance, rule : the settings behind `verdict`.
    """

    claim: Claim
    calculation: str
    value: Estimate
    stated: float | None
    verdict: Verdict
    reason: str
    critical_tolerance: Estimate
    alternatives: tuple[Alternative, ...]
    uncertainty: Estimate
    explanation: str
    figures: tuple[Figure, ...]
    tolerance: float = float(DEFAULT)
    rule: Rule = DEFAULT_RULE

    @property
    def is_independent(self) -> bool:
        """Whether a figure comes from elsewhere; if not, the article is only checked against itself."""
        return any(figure.source.url != self.claim.article_url for figure in self.figures)

    def by_rounding(self) -> dict[Rule, Verdict]:
        """The verdict under each rounding rule; the same under all where rounding does not matter."""
        found = {a.rule: a.verdict for a in self.alternatives if a.tolerance == self.tolerance}
        return {rule: found.get(rule, self.verdict) for rule in RULES}

    def by_tolerance(self) -> dict[str, Verdict]:
        """The verdict at the strict, the default and the lenient tolerance."""
        found = {a.tolerance: a.verdict for a in self.alternatives if a.rule == self.rule}
        return {name: found.get(float(t), self.verdict) for name, t in TOLERANCES.items()}


@computed
def audit(
    package: DataPackage,
    claims: Sequence[Claim],
    *,
    tolerance: float = float(DEFAULT),
    rule: Rule = DEFAULT_RULE,
    level: float = 0.95,
) -> list[Judgement]:
    """Verdict on each claim.

    Parameters
    ----------
    package : the figures.
    claims : as from `analysis.claims.claims.read_claims`.
    tolerance : granted to "about" and "almost", as a fraction of the stated number.
    rule : how unhedged numbers are taken to be rounded.
    level : of the confidence intervals beside ratios, changes and shares.

    Returns
    -------
    list of Judgement, in the order of the claims. Verdicts are arithmetic, in exact fractions; `uncertainty`
    holds exact conditional confidence intervals under Poisson counts.

    Raises
    ------
    ClaimsError : a claim names a series that the package does not hold.

    Examples
    --------
    >>> from analysis.claims.claims import read_claims
    >>> from analysis.figures import load
    >>> judged = audit(load(), read_claims("data/prison-removals/claims.yml"))
    >>> [j.verdict for j in judged if j.claim.id == "almost-quadrupled"]
    ['holds']
    """
    settings = _Settings(parse_number(tolerance), rule, level)
    return [
        dataclasses.replace(_judge(claim, package, settings), tolerance=float(settings.tolerance), rule=rule)
        for claim in claims
    ]


def counts_by_verdict(judgements: Sequence[Judgement]) -> dict[Verdict, int]:
    """Number of claims with each verdict, all verdicts listed."""
    found = Counter(judgement.verdict for judgement in judgements)
    return {verdict: found[verdict] for verdict in VERDICTS}


@dataclass(frozen=True)
class _Settings:
    tolerance: Fraction
    rule: Rule
    level: float


def _judge(claim: Claim, package: DataPackage, settings: _Settings) -> Judgement:
    if claim.kind == UNCHECKABLE:
        return _without_value(claim, NOT_CHECKABLE, claim.reason, f"{REASONS[claim.reason].capitalize()}.")
    series = series_of(claim.series, package, claim)
    if claim.unit != series.unit and claim.kind not in UNITLESS and not (claim.other and claim.earlier):
        return _unit_slip(claim, series.unit, package, settings)
    try:
        if claim.kind in ORDERS:
            return _by_rank(claim, package, settings)
        return _by_number(claim, gather(claim, package), package, settings)
    except Unanswerable as problem:
        judged = _without_value(claim, problem.verdict, problem.reason, str(problem), problem.figures)
        if problem.evidence is not None:
            judged = dataclasses.replace(
                judged,
                calculation=problem.evidence.calculation,
                uncertainty=rate_interval(claim, problem.evidence, settings.level),
            )
        return _with_implied_value(judged, package, settings.rule)


def _by_rank(claim: Claim, package: DataPackage, settings: _Settings) -> Judgement:
    ranked = rank(claim, package, settings.level)
    return Judgement(
        claim=claim,
        calculation=ranked.calculation,
        value=ranked.value,
        stated=None,
        verdict=ranked.verdict,
        reason="",
        critical_tolerance=no_tolerance(claim, "the claim states an order, not a size"),
        alternatives=(),
        uncertainty=ranked.uncertainty,
        explanation=f"{ranked.sentence} {claim.note}".strip(),
        figures=ranked.figures,
    )


def _by_number(claim: Claim, evidence: Evidence, package: DataPackage, settings: _Settings) -> Judgement:
    statement = claim.statement
    high = evidence.high
    if high is None:  # beyond every limit of the statement the verdict no longer changes
        high = 4 * max(abs(evidence.low), statement.size, Fraction(1))

    def stretches(rule: Rule, tolerance: Fraction) -> Stretches:
        return statement.verdicts_between(evidence.low, high, tolerance, rule, evidence.whole_numbers)

    found = stretches(settings.rule, settings.tolerance)
    verdict = overall(found)
    alternatives = tuple(
        Alternative(rule, float(tolerance), overall(stretches(rule, tolerance)))
        for rule in RULES
        for tolerance in sorted({*TOLERANCES.values(), settings.tolerance})
    )
    elsewhere = {
        a.rule: a.verdict for a in alternatives if a.tolerance == float(settings.tolerance) and a.verdict != verdict
    }
    sentence = explain(claim, evidence, verdict, found, elsewhere, settings.tolerance, settings.rule)
    judged = Judgement(
        claim=claim,
        calculation=evidence.calculation,
        value=computed_value(claim, evidence),
        stated=float(statement.number * scale(claim)),
        verdict=verdict,
        reason="range too wide" if verdict == NOT_CHECKABLE else "",
        critical_tolerance=critical_tolerance(claim, evidence, settings.rule),
        alternatives=alternatives,
        uncertainty=rate_interval(claim, evidence, settings.level),
        explanation=f"{sentence} {claim.note}".strip(),
        figures=evidence.figures,
    )
    return _with_implied_value(judged, package, settings.rule)


def _without_value(
    claim: Claim,
    verdict: Verdict,
    reason: str,
    sentence: str,
    figures: tuple[Figure, ...] = (),
    calculation: str = "none",
) -> Judgement:
    why = f"{verdict}: {reason}" if reason else verdict
    stated = None if claim.number is None else float(claim.number * scale(claim))
    return Judgement(
        claim=claim,
        calculation=calculation,
        value=Estimate(estimand=claim.says, unit=claim.unit, method=calculation, reason=why),
        stated=stated,
        verdict=verdict,
        reason=reason,
        critical_tolerance=no_tolerance(claim, why),
        alternatives=(),
        uncertainty=no_interval(claim, why),
        explanation=f"{sentence} {claim.note}".strip(),
        figures=figures,
    )


def _unit_slip(claim: Claim, unit: str, package: DataPackage, settings: _Settings) -> Judgement:
    """Not checkable, but what the same words would be worth in the unit of the series is said."""
    in_series_unit = _judge(dataclasses.replace(claim, unit=unit, note="", article_url=""), package, settings)
    sentence = (
        f"Unit slip: the claim counts {claim.unit}, the series {claim.series} counts {unit}. "
        f"Read as {unit} it would be: {in_series_unit.verdict} ({in_series_unit.calculation})."
    )
    return _without_value(
        claim, NOT_CHECKABLE, "another unit", sentence, in_series_unit.figures, in_series_unit.calculation
    )


def _with_implied_value(judged: Judgement, package: DataPackage, rule: Rule) -> Judgement:
    """For an implied earlier value, the earlier counts that the stated change leaves possible."""
    claim = judged.claim
    if claim.kind != "implied earlier value":
        return judged
    series = series_of(claim.series, package, claim)
    later = next((o.value for o in series.observations if o.period == claim.period), None)
    if not later:
        return judged
    ranges = {
        name: implied_earlier_count(later, claim.number * 100, step=claim.step * 100, rule=name) for name in RULES
    }
    said = [
        f"{name}: {e.reason}" if e.high is None else f"{name}: {' to '.join(_ends(e))}" for name, e in ranges.items()
    ]
    return dataclasses.replace(
        judged,
        calculation=f"{later:,} / (1 + {claim.stated})",
        value=dataclasses.replace(ranges[rule], unit=series.unit),
        explanation=f"{judged.explanation} Implied earlier figure ({'; '.join(said)}).",
    )


def _ends(estimate: Estimate) -> list[str]:
    return list(dict.fromkeys(f"{end:,.0f}" for end in (estimate.low, estimate.high)))
