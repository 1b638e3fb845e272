"""Judging the claims of an article by its figures: one verdict a claim, with all that it rests on."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

from analysis.claims.claims import Claim, source_free
from analysis.claims.hedges import FAILED, NOT_CHECKABLE, REASONS, TOLERANCES, VERDICTS, WORST_LAST, Statement, Verdict
from analysis.claims.kinds import Kind
from analysis.claims.selection import Figures, Quantity, Subject, Unanswerable, percent
from analysis.estimates import Conclusion, Estimate, computed
from analysis.figures.observations import Series


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What the figures say about one claim.

    `value` is what the figures give, in numbers for readers; `evidence` the same in exact fractions, with calculation
    and sources; `statement` the stated number, None for an order. `level` is that of `uncertainty`.
    """

    claim: Claim
    verdict: Verdict
    reason: str = ""
    value: Estimate
    explanation: str
    evidence: Quantity
    statement: Statement | None = None
    level: float = 0.95

    @property
    def calculation(self) -> str:
        return self.evidence.words

    @property
    def figures(self) -> Figures:
        return self.evidence.figures

    @property
    def uncertainty(self) -> Estimate:
        """The interval of a ratio, change or share of the underlying rates; it has no part in the verdict."""
        return rate_interval(self.evidence, self.level)

    @property
    def is_weak(self) -> bool:
        """Whether the claim holds, but the next printed number would have been true as well."""
        return self.verdict == "holds" and bool(self.statement) and self.statement.is_weak(self.evidence.low)

    @property
    def is_independent(self) -> bool:
        """Whether a figure comes from elsewhere than the article."""
        return any(figure.source.url != self.claim.article_url for _, figure in self.figures)

    @property
    @computed
    def critical_tolerance(self) -> Estimate:
        """In per cent of the stated number, the smallest tolerance at which the claim holds, for all of a range."""
        statement, found, why = self.statement, self.evidence, ""
        if statement is None and not found.verdict:
            why = f"{self.verdict}: {self.reason}".removesuffix(": ")
        elif statement is None or statement.number.value == 0:
            why = "the claim states an order, not a size"
        else:  # the worst case of a range is at an end
            needed = [statement.critical_tolerance(end) for end in (found.low, found.high)]
            if inf in needed:
                why = "a figure has no limit on one side"
            elif None in needed:
                why = f"no tolerance makes it hold: the figures do not stay on the {statement.hedge!r} side"
        about = {"estimand": f"critical tolerance, {self.claim.id}", "unit": "%"}
        if why:
            return Estimate(**about, method="none", reason=why)
        method = f"{statement.kind.name}: distance from what is allowed, in per cent of {statement.number}"
        return Estimate(**about, method=method, value=float(100 * max(needed)))

    def by_tolerance(self) -> dict[str, Verdict]:
        """The verdict at the strict, the default and the lenient tolerance."""
        if self.statement is None:
            return dict.fromkeys(TOLERANCES, self.verdict)
        ends = self.evidence.low, self.evidence.high
        return {name: self.statement.verdict_between(*ends, tolerance) for name, tolerance in TOLERANCES.items()}


@computed
def audit(series: Mapping[str, Series], claims: Sequence[Claim], *, level: float = 0.95) -> list[Judgement]:
    """Verdict on each claim.

    Parameters
    ----------
    series : the figures by name. "removals [ministry]" and "removals [police]" are two sources of removals, and so
        is a series of a study whose measure is the name of another series.
    claims : as from `analysis.claims.claims.read_claims`.
    level : of the confidence intervals beside ratios, changes and shares.

    Verdicts are arithmetic, in exact fractions; of several parts of a claim the worst counts.
    """
    sources = {label: Subject(figures) for label, figures in _by_source(series).items()}
    found = [_agreed({label: _whole(claim, figures) for label, figures in sources.items()}) for claim in claims]
    return [dataclasses.replace(judgement, level=level) for judgement in found]


@computed
def describe_verdicts(judgements: Sequence[Judgement]) -> dict[str, Estimate | Conclusion]:
    """Number of claims, "all", with each verdict ("holds-as-rounded"), and those that "follow", rounded or not.

    "standing" is "none fails" or "some fail".
    """
    about = {"unit": "claims", "method": "count of verdicts", "n": len(judgements)}
    article = "numeric claims of the article"
    found: dict[str, Estimate | Conclusion] = {"all": Estimate(estimand=article, value=len(judgements), **about)}
    for verdict, number in counts_by_verdict(judgements).items():
        name = verdict.replace(" ", "-")
        found[name] = Estimate(estimand=f"claims with the verdict: {verdict}", value=number, **about)
    follow = sum(judgement.verdict.startswith("holds") for judgement in judgements)
    found["follow"] = Estimate(estimand="claims that hold, as worded or as rounded", value=follow, **about)
    said = "some fail" if any(judgement.verdict in FAILED for judgement in judgements) else "none fails"
    rule = f"a claim fails that is {', '.join(FAILED)}"
    return found | {"standing": Conclusion(about=f"the {article}", verdict=said, rule=rule)}


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
    each = [judged.evidence for judged in found.values()]
    evidence = Quantity(
        min(quantity.low for quantity in each),
        max(quantity.high for quantity in each),
        " against ".join(dict.fromkeys(quantity.words for quantity in each)),
        tuple(dict.fromkeys(figure for quantity in each for figure in quantity.figures)),
        first.evidence.unit,
    )
    return Judgement(
        claim=first.claim,
        verdict="sources conflict",
        value=_value(first.claim, evidence, first.value.unit, "the sources disagree"),
        explanation=" ".join(f"By {label}: {j.verdict}. {j.explanation}" for label, j in found.items()),
        evidence=evidence,
    )


def _whole(claim: Claim, figures: Subject) -> Judgement:
    """The judgement on the worst part of a claim, which says what the others are."""
    if not claim.parts:
        return _without_value(claim, Unanswerable(claim.reason, f"{REASONS[claim.reason].capitalize()}."), "")
    subject, judged = " + ".join(claim.names), [_judge(claim, part, figures) for part in claim.parts]
    worst = max(judged, key=lambda one: WORST_LAST.index(one.verdict))
    if len(judged) == 1:
        return worst
    said = [f"{part.echo(subject)}: {one.verdict}." for part, one in zip(claim.parts, judged, strict=True)]
    return dataclasses.replace(worst, explanation=f"{' '.join(said)} {worst.explanation}")


def _judge(claim: Claim, part: Kind, figures: Subject) -> Judgement:
    subject = dataclasses.replace(figures, names=part.about or claim.names, base=part.base)
    unit = claim.counted or subject.unit
    try:
        if subject.unit and unit != subject.unit:
            inner = _judge(dataclasses.replace(claim, counted="", note=""), part, figures)
            raise Unanswerable(
                "another unit",
                f"Unit slip: the claim counts {unit}, the series {subject.name} counts {subject.unit}. "
                f"Read as {subject.unit} it would be: {inner.verdict} ({inner.calculation}).",
                found=Quantity(-inf, inf, inner.calculation, inner.figures),
            )
        found = part.evidence(subject)
    except Unanswerable as problem:
        if problem.reason == "definition changes":
            across = _judge(claim, part, dataclasses.replace(figures, across_breaks=True))
            problem.args = (f"{problem} Ignoring the break: {across.verdict}.",)
            problem.found = dataclasses.replace(problem.found, words=across.calculation)
        return _without_value(claim, problem, unit)
    statement = None if found.verdict else part.statement
    verdict = found.verdict or statement.verdict_between(found.low, found.high)
    sentences = [_explained(statement, found, verdict) if statement else found.sentence]
    points = part.in_points(subject) if verdict in FAILED else None
    if points is not None:
        judged = _judge(claim, points, figures)
        if judged.verdict.startswith("holds"):
            sentences.append(f"A slip: read as percentage points it {judged.verdict} ({judged.calculation}).")
    return Judgement(
        claim=claim,
        verdict=verdict,
        reason="range too wide" if verdict == NOT_CHECKABLE else "",
        value=_value(claim, found, unit or subject.name),
        explanation=" ".join([*sentences, claim.note]).strip(),
        evidence=found,
        statement=statement,
    )


def _without_value(claim: Claim, problem: Unanswerable, unit: str) -> Judgement:
    """The judgement where the figures settle nothing, with what they or the claim itself give all the same."""
    found, sentences = problem.found, [str(problem)]
    value = _value(claim, found, unit, f"{problem.verdict}: {problem.reason}".removesuffix(": "))
    if problem.implied:
        value = dataclasses.replace(problem.implied, unit=unit or problem.implied.unit)
        found = dataclasses.replace(found, low=value.low, high=value.high)
        sentences.append(f"The stated change implies an earlier figure of {found.text}.")
    return Judgement(
        claim=claim,
        verdict=problem.verdict,
        reason=problem.reason,
        value=value,
        explanation=" ".join([*sentences, claim.note]).strip(),
        evidence=found,
    )


def _value(claim: Claim, found: Quantity, unit: str, reason: str = "a figure is known only as a range") -> Estimate:
    """What the figures give: a number, the range that they leave, or the reason why there is neither."""
    scale = 100 if found.unit == "%" else 1
    ends = [None if abs(end) == inf else end * scale for end in (found.low, found.high)]
    low, high = (int(end) if end is not None and end.denominator == 1 else end and float(end) for end in ends)
    about = {"estimand": claim.says, "unit": found.unit or unit, "method": found.words}
    if ends == [None, None]:
        return Estimate(**about, reason=reason)
    if not found.is_range:
        return Estimate(**about, value=low, n=len(found.figures))
    about |= {"interval": "range", "interval_method": "extremes of the figures"}
    return Estimate(**about, low=low, high=high, reason=reason, n=len(found.figures))


def _explained(statement: Statement, found: Quantity, verdict: Verdict) -> str:
    """What the figures give, what the claim states, and what it would take for the claim to hold."""
    shown = found.text if found.text == found.words else f"{found.words} = {found.text}"
    parts = [f"The figures give {shown}" + (f" against “{statement}”." if str(statement) else ".")]
    if found.is_range:
        whole = "It depends on where in the range the figure lies." if verdict == NOT_CHECKABLE else ""
        return f"{parts[0]} {whole or 'That is so for the whole range.'}"
    along, size = statement.along(found.low), statement.number.value
    if verdict in FAILED and along < 0:
        parts.append("The figures go the other way.")
    elif verdict in FAILED and size:
        far = f"{percent(abs(along - size) / size)} {'less' if along < size else 'more'}"
        parts.append(f"That is {far} than stated.")
    critical, granted = statement.critical_tolerance(found.low), statement.granted()
    if critical and size:
        parts.append(f"To hold it needs a tolerance of {percent(critical)}; {percent(granted)} is granted.")
    if statement.is_weak(found.low):
        parts.append("It is weak: the next printed number would have been true as well.")
    return " ".join(parts)


@computed
def rate_interval(found: Quantity, level: float) -> Estimate:
    """Ratio or change of the rates behind two counts, or share of one in their sum.

    Given their sum, one of two Poisson counts is binomial: its exact interval is that of the share, and as odds that
    of the ratio. Where a count is known only as a range, the limits are those of its ends that are furthest apart.
    """
    about = {"estimand": "ratio of the underlying rates", "unit": "ratio"}
    if found.pair is None:
        return Estimate(**about, method="none", reason="does not apply: no ratio, change or share of counts")
    one, other = found.pair
    if any(count.high == inf or count.low.denominator > 1 for count in found.pair):
        return Estimate(**about, method="none", reason="not estimable: needs counts that have an upper limit")
    if other.low == 0:
        return Estimate(**about, method="none", reason="undefined: the earlier count may be 0")
    from analysis.models.rates import exact_ratio  # here, because a verdict needs none

    certain = not (one.is_range or other.is_range)
    ratio = Estimate(
        **about,
        method="ratio of two counts",
        value=float(one.low / other.low) if certain else None,
        low=float(exact_ratio(int(one.low), int(other.high), level)[0]),
        high=float(exact_ratio(int(one.high), int(other.low), level)[1]),
        level=level,
        interval="confidence",
        interval_method="exact conditional, Clopper-Pearson" + ("" if certain else ", widest over the range"),
        n=len(found.figures),
        assumes="Poisson counts, independent from year to year",
        reason="" if certain else "a figure is known only as a range",
    )
    if found.measure == "ratio":
        return ratio
    if found.measure == "share":
        return ratio.transformed(lambda r: 100 * r / (1 + r), "%", "share of the underlying rates in their sum")
    return ratio.transformed(lambda r: 100 * (r - 1), "%", "change of the underlying rate")
