"""Judging the claims of an article by its figures: one verdict a claim, with all that it rests on."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from analysis.claims.claims import Claim, source_free
from analysis.claims.explanations import explain, range_text
from analysis.claims.hedges import DEFAULT, FAILED, NOT_CHECKABLE, REASONS, TOLERANCES, VERDICTS, Statement, Verdict
from analysis.claims.intervals import rate_interval
from analysis.claims.kinds import Evidence
from analysis.claims.selection import Figure, Figures, Subject, Unanswerable
from analysis.estimates import Estimate, computed
from analysis.figures.observations import Series
from analysis.rounding import parse_number


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What the figures say about one claim.

    Parameters
    ----------
    claim : the claim.
    verdict : one of `analysis.claims.hedges.VERDICTS`.
    reason : one of `analysis.claims.hedges.REASONS` where the claim is not checkable or undefined, else "".
    value : what the figures give; a range where a figure is one, or the reason why there is none.
    critical_tolerance : in per cent of the stated number, the smallest tolerance at which the claim holds.
    explanation : sentences for readers.
    figures : the figures used, with their sources.
    calculation : how the value comes from the figures ("594 / 153").
    evidence, statement : what the figures give, and the stated number, as exact fractions; None where missing.
    tolerance, level : the settings.
    """

    claim: Claim
    verdict: Verdict
    reason: str = ""
    value: Estimate
    critical_tolerance: Estimate
    explanation: str
    figures: tuple[Figure, ...] = ()
    calculation: str = "none"
    evidence: Evidence | None = None
    statement: Statement | None = None
    tolerance: float = float(DEFAULT)
    level: float = 0.95

    @property
    def uncertainty(self) -> Estimate:
        """For ratios, changes and shares, the interval of that of the underlying rates.

        It is about what other counts with the same rates could have shown, and has no part in the verdict.
        """
        return rate_interval(self.evidence, self.level)

    @property
    def is_weak(self) -> bool:
        """Whether the claim holds, but the next printed number would have been true as well."""
        if self.statement is None or self.evidence is None or self.verdict != "holds":
            return False
        return self.evidence.low is not None and self.statement.is_weak(self.evidence.low)

    @property
    def is_independent(self) -> bool:
        """Whether a figure comes from elsewhere; if not, the article is only checked against itself."""
        return any(figure.source.url != self.claim.article_url for figure in self.figures)

    def by_tolerance(self) -> dict[str, Verdict]:
        """The verdict at the strict, the default and the lenient tolerance."""
        if self.statement is None or self.evidence is None:
            return dict.fromkeys(TOLERANCES, self.verdict)
        ends = self.evidence.low, self.evidence.high
        return {name: self.statement.verdict_between(*ends, tolerance) for name, tolerance in TOLERANCES.items()}


@computed
def audit(
    series: Mapping[str, Series],
    claims: Sequence[Claim],
    *,
    tolerance: float = float(DEFAULT),
    level: float = 0.95,
) -> list[Judgement]:
    """Verdict on each claim.

    Parameters
    ----------
    series : the figures by name; "removals [ministry]" and "removals [police]" are two sources of removals.
    claims : as from `analysis.claims.claims.read_claims`.
    tolerance : granted to "about", "almost" and numbers in words, as a fraction of the stated number.
    level : of the confidence intervals beside ratios, changes and shares.

    Returns
    -------
    list of Judgement, in the order of the claims. Verdicts are arithmetic, in exact fractions; `uncertainty`
    holds exact conditional confidence intervals under Poisson counts.
    """
    settings = {"tolerance": tolerance, "level": level}
    sources = _by_source(series)
    judgements = []
    for claim in claims:
        found = {label: _judge(claim, Figures(figures), settings) for label, figures in sources.items()}
        judgements.append(_agreed(found))
    return judgements


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


def counts_by_verdict(judgements: Sequence[Judgement]) -> dict[Verdict, int]:
    """Number of claims with each verdict, all verdicts listed."""
    found = Counter(judgement.verdict for judgement in judgements)
    return {verdict: found[verdict] for verdict in VERDICTS}


def _by_source(series: Mapping[str, Series]) -> dict[str, dict[str, Series]]:
    """The figures as each source has them; what one source lacks is taken from the first that has it."""
    labels = dict.fromkeys(name.partition(" [")[2].rstrip("]") for name in series if " [" in name)
    shared: dict[str, Series] = {}
    for name, one in series.items():
        shared.setdefault(source_free(name), one)
    own = {label: {source_free(n): one for n, one in series.items() if n.endswith(f" [{label}]")} for label in labels}
    return {label: shared | figures for label, figures in own.items()} or {"": shared}


def _agreed(found: Mapping[str, Judgement]) -> Judgement:
    """One judgement of those by each source: theirs where they agree, else that they conflict."""
    verdicts = {j.verdict.removesuffix(" as rounded") for j in found.values()}
    first = next((j for j in found.values() if j.verdict == "holds as rounded"), next(iter(found.values())))
    different = {j.calculation: label for label, j in found.items()}
    if len(verdicts) == 1:
        if len(different) > 1:
            said = f"{first.explanation} So it is by {' and by '.join(found)}."
            return dataclasses.replace(first, explanation=said)
        return first
    ends = [end for j in found.values() for end in (j.value.value, j.value.low, j.value.high) if end is not None]
    reason = "the sources disagree"
    limits = {"low": min(ends), "high": max(ends), "interval": "range", "interval_method": reason} if ends else {}
    said = [f"By {label}: {j.verdict}. {j.explanation}" for label, j in found.items()]
    return dataclasses.replace(
        first,
        verdict="sources conflict",
        reason="",
        value=dataclasses.replace(first.value, value=None, reason=reason, **limits),
        critical_tolerance=_no_tolerance(first.claim, reason),
        explanation=" ".join(said),
        figures=tuple(dict.fromkeys(figure for j in found.values() for figure in j.figures)),
        calculation=" against ".join(different),
        evidence=None,
        statement=None,
    )


def _judge(claim: Claim, figures: Figures, settings: Mapping) -> Judgement:
    if claim.asserted is None:
        why = f"{REASONS[claim.reason].capitalize()}."
        return _without_value(claim, Unanswerable(claim.reason, why), settings)
    subject = figures.subject(claim.names)
    if claim.counted and subject.unit and claim.counted != subject.unit:
        return _unit_slip(claim, subject, figures, settings)
    try:
        found = claim.asserted.evidence(subject, figures)
    except Unanswerable as problem:
        return _without_value(claim, problem, settings, figures)
    if found.verdict is None:
        judged = _by_number(claim, found, subject, settings)
    else:
        judged = Judgement(
            claim=claim,
            verdict=found.verdict,
            value=_value(claim, found, subject),
            critical_tolerance=_no_tolerance(claim, "the claim states an order, not a size"),
            explanation=f"{found.sentence} {claim.note}".strip(),
            figures=found.figures,
            calculation=found.calculation,
            **settings,
        )
    slip = claim.asserted.slip(subject) if judged.verdict in FAILED else None
    if slip is not None:
        meant, asserted = slip
        other = _judge(dataclasses.replace(claim, asserted=asserted), figures, settings)
        if other.verdict.startswith("holds"):
            said = f"{judged.explanation} A slip: read as {meant} it {other.verdict} ({other.calculation})."
            judged = dataclasses.replace(judged, explanation=said)
    return judged


def _by_number(claim: Claim, found: Evidence, subject: Subject, settings: Mapping) -> Judgement:
    statement, tolerance = claim.asserted.statement, parse_number(settings["tolerance"])
    verdict = statement.verdict_between(found.low, found.high, tolerance)
    return Judgement(
        claim=claim,
        verdict=verdict,
        reason="range too wide" if verdict == NOT_CHECKABLE else "",
        value=_value(claim, found, subject),
        critical_tolerance=_critical_tolerance(claim, found, statement),
        explanation=f"{explain(statement, found, verdict, tolerance)} {claim.note}".strip(),
        figures=found.figures,
        calculation=found.calculation,
        evidence=found,
        statement=statement,
        **settings,
    )


def _without_value(claim: Claim, problem: Unanswerable, settings: Mapping, figures: Figures | None = None) -> Judgement:
    """The judgement where the figures settle nothing, with what they or the claim itself give all the same."""
    why, said, calculation = f"{problem.verdict}: {problem.reason}" if problem.reason else problem.verdict, "", "none"
    value = Estimate(estimand=claim.says, unit="ratio", method="none", reason=why)
    if problem.evidence is not None:
        calculation = problem.evidence.calculation
    if problem.reason == "definition changes" and figures is not None and not figures.across_breaks:
        across = _judge(claim, dataclasses.replace(figures, across_breaks=True), settings)
        said, calculation = f" Ignoring the break: {across.verdict}.", across.calculation
    if problem.reason in ("missing base year", "known only through the claim") and figures is not None:
        implied = claim.asserted.implied(figures.subject(claim.names))
        if implied is not None:
            value, ends = implied, range_text(_fraction(implied.low), _fraction(implied.high))
            said = f" The stated change implies an earlier figure of {ends}." if implied.low is not None else ""
            calculation = f"{problem.figures[0].text} / (1 + {claim.stated})" if problem.figures else calculation
    return Judgement(
        claim=claim,
        verdict=problem.verdict,
        reason=problem.reason,
        value=value,
        critical_tolerance=_no_tolerance(claim, why),
        explanation=f"{problem}{said} {claim.note}".strip(),
        figures=problem.figures,
        calculation=calculation,
        evidence=problem.evidence,
        **settings,
    )


def _unit_slip(claim: Claim, subject: Subject, figures: Figures, settings: Mapping) -> Judgement:
    """Not checkable, with what the verdict would be if the figures counted what the claim counts."""
    inner = _judge(dataclasses.replace(claim, counted="", note=""), figures, settings)
    sentence = (
        f"Unit slip: the claim counts {claim.counted}, the series {subject.name} counts {subject.unit}. "
        f"Read as {subject.unit} it would be: {inner.verdict} ({inner.calculation})."
    )
    judged = _without_value(claim, Unanswerable("another unit", sentence, inner.figures), settings)
    return dataclasses.replace(judged, calculation=inner.calculation)


def _value(claim: Claim, found: Evidence, subject: Subject) -> Estimate:
    """What the figures give: a number, or the range that they leave."""
    factor = 100 if found.unit == "%" else 1
    common = {
        "estimand": claim.says,
        "unit": found.unit or subject.unit or subject.name,
        "method": found.calculation,
        "n": len(found.figures),
    }
    low, high = (None if end is None else _plain(end * factor) for end in (found.low, found.high))
    if not found.is_range:
        return Estimate(**common, value=low)
    method, reason = "extremes of the figures", "a figure is known only as a range"
    return Estimate(**common, low=low, high=high, interval="range", interval_method=method, reason=reason)


def _critical_tolerance(claim: Claim, found: Evidence, statement: Statement) -> Estimate:
    """Smallest tolerance at which the claim holds: for all of a range, whose worst case is at an end."""
    if found.low is None or (found.high is None and statement.allowed().high is not None):
        return _no_tolerance(claim, "a figure has no limit on one side")
    highest = found.low if found.high is None else found.high
    ends = [statement.critical_tolerance(value) for value in (found.low, highest)]
    if None in ends:
        why = "relative to 0" if statement.size == 0 else f"the figures do not stay on the {statement.hedge!r} side"
        return _no_tolerance(claim, f"no tolerance makes it hold: {why}")
    return Estimate(
        estimand=f"critical tolerance, {claim.id}",
        unit="%",
        method=f"{statement.kind.name}: distance from what is allowed, in per cent of {statement.number.text}",
        value=float(100 * max(ends)),
    )


def _no_tolerance(claim: Claim, why: str) -> Estimate:
    return Estimate(estimand=f"critical tolerance, {claim.id}", unit="%", method="none", reason=why)


def _plain(number: Fraction) -> float:
    return int(number) if number.denominator == 1 else float(number)


def _fraction(number: float | None) -> Fraction | None:
    return None if number is None else Fraction(number)
