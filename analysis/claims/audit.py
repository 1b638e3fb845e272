"""Judging the claims of an article by its figures: one verdict a claim, with all that it rests on."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import inf

from analysis.claims.claims import Claim, source_free
from analysis.claims.hedges import DEFAULT, FAILED, NOT_CHECKABLE, REASONS, VERDICTS, WORST_LAST, Statement, Verdict
from analysis.claims.judgement import Judgement
from analysis.claims.kinds import Kind
from analysis.claims.quantities import Quantity, Unanswerable
from analysis.claims.selection import Subject
from analysis.estimates import Conclusion, Estimate, computed
from analysis.figures.observations import Series

RANGE = {"interval": "range", "interval_method": "extremes of the figures"}


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
    series : the figures by name. "removals [ministry]" and "removals [police]" are two sources of removals, and so
        is a series of a study whose measure is the name of another series.
    claims : as from `analysis.claims.claims.read_claims`.
    tolerance : granted to "about", "almost" and numbers in words, as a fraction of the stated number.
    level : of the confidence intervals beside ratios, changes and shares.

    Returns
    -------
    list of Judgement, in the order of the claims; of several parts of a claim the worst counts. Verdicts are
    arithmetic, in exact fractions; `uncertainty` holds exact conditional confidence intervals under Poisson counts.
    """
    sources = _by_source(series)
    granted = Fraction(str(tolerance))
    judgements = []
    for claim in claims:
        found = {label: _whole(claim, Subject(figures), granted) for label, figures in sources.items()}
        judgements.append(dataclasses.replace(_agreed(found), level=level))
    return judgements


@computed
def describe_verdicts(judgements: Sequence[Judgement]) -> dict[str, Estimate | Conclusion]:
    """Number of claims in all and with each verdict, under the names that sentences use.

    Returns
    -------
    "all", "holds", "holds-as-rounded" and so on; counts, so without interval. "standing" : "none fails" or "some fail".
    """
    about = {"unit": "claims", "method": "count of verdicts", "n": len(judgements)}
    found = {"all": Estimate(estimand="numeric claims of the article", value=len(judgements), **about)}
    for verdict, number in counts_by_verdict(judgements).items():
        name = verdict.replace(" ", "-")
        found[name] = Estimate(estimand=f"claims with the verdict: {verdict}", value=number, **about)
    failed = any(judgement.verdict in FAILED for judgement in judgements)
    return found | {
        "standing": Conclusion(
            about="the numeric claims of the article",
            verdict="some fail" if failed else "none fails",
            rule=f"a claim fails that is {', '.join(FAILED)}",
        )
    }


def counts_by_verdict(judgements: Sequence[Judgement]) -> dict[Verdict, int]:
    """Number of claims with each verdict, all verdicts listed."""
    found = Counter(judgement.verdict for judgement in judgements)
    return {verdict: found[verdict] for verdict in VERDICTS}


def _by_source(series: Mapping[str, Series]) -> dict[str, dict[str, Series]]:
    """The figures as each source has them; what one source lacks is taken from the first that has it."""
    shared: dict[str, Series] = {}
    own: dict[str, dict[str, Series]] = {}
    seconds = {one.measure for name, one in series.items() if one.measure in series and one.measure != name}
    for name, one in series.items():
        about, label = source_free(name), name.removeprefix(source_free(name)).strip(" []")
        if one.measure in seconds:  # two series of a study
            about, label = one.measure, name
            shared.setdefault(name, one)
        shared.setdefault(about, one)
        if label:
            own.setdefault(label, {})[about] = one
    return {label: shared | figures for label, figures in own.items()} or {"": shared}


def _agreed(found: Mapping[str, Judgement]) -> Judgement:
    """One judgement of those by each source: theirs where they agree, else that they conflict."""
    first = max(found.values(), key=lambda judged: judged.verdict == "holds as rounded")
    if len({judged.verdict.removesuffix(" as rounded") for judged in found.values()}) == 1:
        differ = len({judged.calculation for judged in found.values()}) > 1
        said = f" So it is by {' and by '.join(found)}." if differ else ""
        return dataclasses.replace(first, explanation=first.explanation + said)
    ends = [end for j in found.values() for end in (j.value.value, j.value.low, j.value.high) if end is not None]
    limits = {"low": min(ends), "high": max(ends), **RANGE} if ends else {}
    words = " against ".join(dict.fromkeys(j.calculation for j in found.values()))
    figures = tuple(dict.fromkeys(figure for j in found.values() for figure in j.figures))
    return Judgement(
        claim=first.claim,
        verdict="sources conflict",
        value=dataclasses.replace(first.value, value=None, reason="the sources disagree", **limits),
        explanation=" ".join(f"By {label}: {j.verdict}. {j.explanation}" for label, j in found.items()),
        evidence=Quantity(-inf, inf, words, figures),
    )


def _whole(claim: Claim, figures: Subject, tolerance: Fraction) -> Judgement:
    """The judgement on the worst part of a claim, which says what the others are."""
    if not claim.parts:
        problem = Unanswerable(claim.reason, f"{REASONS[claim.reason].capitalize()}.")
        return _without_value(claim, None, problem, figures.other(), tolerance)
    parts = {part: _judge(claim, part, figures, tolerance) for part in claim.parts}
    worst = max(parts, key=lambda part: WORST_LAST.index(parts[part].verdict))
    said = [f"{part.echo(' + '.join(claim.names))}: {judged.verdict}." for part, judged in parts.items()]
    judged = parts[worst]
    if len(parts) == 1:
        return judged
    explanation = f"{' '.join(said)} On “{worst.echo(' + '.join(claim.names))}”: {judged.explanation}"
    return dataclasses.replace(judged, explanation=explanation)


def _judge(claim: Claim, part: Kind, figures: Subject, tolerance: Fraction, slips: bool = True) -> Judgement:
    subject = dataclasses.replace(figures, names=part.about or claim.names, base=part.base)
    try:
        if claim.counted and subject.unit and claim.counted != subject.unit:
            raise _unit_slip(claim, part, subject, tolerance)
        found = part.evidence(subject)
    except Unanswerable as problem:
        return _without_value(claim, part, problem, subject, tolerance)
    statement = None if found.verdict else part.statement
    verdict = found.verdict or statement.verdict_between(found.low, found.high, tolerance)
    sentences = [explain(statement, found, verdict, tolerance) if statement else found.sentence]
    slip = part.slip(subject) if slips and verdict in FAILED else None
    if slip is not None:
        meant, other = slip
        judged = _judge(claim, dataclasses.replace(other, base=part.base), figures, tolerance, slips=False)
        if judged.verdict.startswith("holds"):
            sentences.append(f"A slip: read as {meant} it {judged.verdict} ({judged.calculation}).")
    return Judgement(
        claim=claim,
        verdict=verdict,
        reason="range too wide" if verdict == NOT_CHECKABLE else "",
        value=_value(claim, found, subject),
        explanation=" ".join([*sentences, claim.note]).strip(),
        evidence=found,
        statement=statement,
    )


def _without_value(
    claim: Claim, part: Kind | None, problem: Unanswerable, subject: Subject, tolerance: Fraction
) -> Judgement:
    """The judgement where the figures settle nothing, with what they or the claim itself give all the same."""
    found, sentences = problem.found, [str(problem)]
    value = _value(claim, found, subject, f"{problem.verdict}: {problem.reason}".removesuffix(": "))
    if problem.reason == "definition changes":
        across = _judge(claim, part, dataclasses.replace(subject, across_breaks=True), tolerance)
        sentences.append(f"Ignoring the break: {across.verdict}.")
        found = dataclasses.replace(found, words=across.calculation)
    elif found.low != -inf:
        sentences.append(f"The stated change implies an earlier figure of {range_text(found.low, found.high)}.")
    return Judgement(
        claim=claim,
        verdict=problem.verdict,
        reason=problem.reason,
        value=value,
        explanation=" ".join([*sentences, claim.note]).strip(),
        evidence=found,
    )


def _unit_slip(claim: Claim, part: Kind, subject: Subject, tolerance: Fraction) -> Unanswerable:
    """Not checkable, with what the verdict would be if the figures counted what the claim counts."""
    inner = _judge(dataclasses.replace(claim, counted="", note=""), part, subject, tolerance)
    sentence = (
        f"Unit slip: the claim counts {claim.counted}, the series {subject.name} counts {subject.unit}. "
        f"Read as {subject.unit} it would be: {inner.verdict} ({inner.calculation})."
    )
    return Unanswerable("another unit", sentence, found=Quantity(-inf, inf, inner.calculation, inner.figures))


def _value(
    claim: Claim, found: Quantity, subject: Subject, reason: str = "a figure is known only as a range"
) -> Estimate:
    """What the figures give: a number, the range that they leave, or the reason why there is neither."""
    unit = found.unit or claim.counted or (subject.unit or subject.name if claim.names else "")
    about = {"estimand": claim.says, "unit": unit, "method": found.words}
    scale = 100 if found.unit == "%" else 1
    ends = [None if abs(end) == inf else end * scale for end in (found.low, found.high)]
    low, high = (int(end) if end is not None and end.denominator == 1 else end and float(end) for end in ends)
    if ends == [None, None]:
        return Estimate(**about, reason=reason)
    if not found.is_range:
        return Estimate(**about, value=low, n=len(found.figures))
    return Estimate(**about, low=low, high=high, reason=reason, n=len(found.figures), **RANGE)


def range_text(low: Fraction | float, high: Fraction | float, percentage: bool = False) -> str:
    """A value, or the range it lies in, to three decimals, percentages to two.

    >>> range_text(Fraction(594, 153), Fraction(594, 153)), range_text(Fraction(1, 8), inf, percentage=True)
    ('3.882', 'at least 12.5%')
    """
    scale, decimals = (100, 2) if percentage else (1, 3)
    texts = []
    for number in (end * scale for end in (low, high) if abs(end) != inf):
        text = f"{float(number):,.{decimals}f}"
        exact = (number * 10**decimals).denominator == 1
        texts.append((text.rstrip("0").rstrip(".") if exact else text) + "%" * percentage)
    if len(texts) == 2:
        return " to ".join(dict.fromkeys(texts))
    return f"at {'least' if high == inf else 'most'} {texts[0]}" if texts else "any number"


def explain(statement: Statement, found: Quantity, verdict: Verdict, tolerance: Fraction) -> str:
    """What the figures give, what the claim states, and what it would take for the claim to hold."""
    value = range_text(found.low, found.high, found.unit == "%")
    shown = value if value == found.words else f"{found.words} = {value}"
    parts = [f"The figures give {shown}" + (f" against “{statement}”." if str(statement) else ".")]
    if found.is_range:
        whole = "It depends on where in the range the figure lies." if verdict == NOT_CHECKABLE else ""
        return f"{parts[0]} {whole or 'That is so for the whole range.'}"
    along, size = statement.along(found.low), statement.size
    if verdict in FAILED and along < 0:
        parts.append("The figures go the other way.")
    elif verdict in FAILED and size:
        far = abs(along - size) / size
        parts.append(f"That is {range_text(far, far, True)} {'less' if along < size else 'more'} than stated.")
    critical, granted = statement.critical_tolerance(found.low), statement.granted(tolerance)
    if critical and size:
        needed = f"To hold it needs a tolerance of {range_text(critical, critical, True)}"
        parts.append(f"{needed}; {range_text(granted, granted, True)} is granted.")
    if statement.is_weak(found.low):
        parts.append("It is weak: the next printed number would have been true as well.")
    return " ".join(parts)
