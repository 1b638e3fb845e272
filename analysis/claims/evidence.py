"""What the figures give for a claim: the calculation, its exact value or range, and the figures used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from analysis.claims.claims import Claim, Stretch
from analysis.claims.format import ClaimsError
from analysis.claims.hedges import Verdict
from analysis.figures.observations import Observation, Series, Source
from analysis.figures.study import Study as DataPackage
from analysis.names import nearest
from analysis.periods import Period
from analysis.rounding import RULES, implied_earlier_count

NOT_CHECKABLE: Verdict = "not checkable from the figures"


@dataclass(frozen=True)
class Figure:
    """One figure that a claim was checked against, and where it was published."""

    series: str
    period: str
    text: str
    source: Source


@dataclass(frozen=True)
class Evidence:
    """The value that the figures give: exact when `low` equals `high`, else known only as that range.

    `high` is None when a figure was published as "at least". `whole_numbers` says that only integers can
    occur. `later` and `earlier` are the limits of the counts compared, when two are; `inside` and `outside`
    those of the two parts of a whole of which one is a share.
    """

    calculation: str
    low: Fraction
    high: Fraction | None
    figures: tuple[Figure, ...]
    whole_numbers: bool = True
    later: tuple[int, int] | None = None
    earlier: tuple[int, int] | None = None
    inside: tuple[int, int] | None = None
    outside: tuple[int, int] | None = None

    @property
    def is_range(self) -> bool:
        return self.low != self.high


class Unanswerable(Exception):
    """The figures do not settle the claim: typed reason, explanation, what was looked at, verdict.

    `evidence` is what they do give, where they give something.
    """

    def __init__(
        self,
        reason: str,
        sentence: str,
        figures: Sequence[Figure] = (),
        verdict: Verdict = NOT_CHECKABLE,
        evidence: Evidence | None = None,
    ):
        super().__init__(sentence)
        self.reason, self.figures, self.verdict, self.evidence = reason, tuple(figures), verdict, evidence


def series_of(name: str, package: DataPackage, claim: Claim) -> Series:
    """The series of that name; ClaimsError with line and nearest name if there is none."""
    if name not in package.series:
        raise ClaimsError(
            f"{claim.file}, line {claim.line}: claim {claim.id!r}: unknown series {name!r}; "
            f"{nearest(name, package.series)}"
        )
    return package.series[name]


def gather(claim: Claim, package: DataPackage) -> Evidence:
    """The value that the figures of `package` give for a claim that states a number.

    Raises
    ------
    Unanswerable : the figures do not give it, with the verdict and the reason.
    ClaimsError : the claim names a series that the package does not hold.
    """
    return CALCULATIONS[claim.kind](claim, series_of(claim.series, package, claim))


def figures_of(series: Series, observations: Sequence[Observation]) -> tuple[Figure, ...]:
    """The observations as figures to cite."""
    return tuple(Figure(series.name, o.period.label, o.words, o.source) for o in observations)


def find(series: Series, period: Period, reason: str = "missing period") -> Observation:
    """The observation of exactly that period; Unanswerable, naming what there is instead, if none."""
    for observation in series.observations:
        if observation.period == period:
            return observation
    near = [o for o in series.observations if o.period.days_shared(period)]
    instead = f"; there is {' and '.join(o.period.label for o in near)}, another period" if near else ""
    raise Unanswerable(reason, f"{series.name} has no figure for {period.label}{instead}.", figures_of(series, near))


def limits(observation: Observation, series: Series) -> tuple[int, int]:
    """Smallest and largest count that the observation allows; Unanswerable if there is no largest."""
    if observation.high is None:
        raise Unanswerable(
            "range too wide",
            f"{series.name} gives only {observation.words} for {observation.period.label}.",
            figures_of(series, [observation]),
        )
    return observation.low, observation.high


def stretch(series: Series, over: Stretch | None) -> list[Observation]:
    """All observations from the first to the last period; Unanswerable if one of them is missing."""
    if over is None:
        inside = list(series.observations)
    else:
        for period in (over.first, over.last):
            find(series, period)
        inside = [o for o in series.observations if over.first <= o.period <= over.last]
    for a, b in pairwise(inside):
        if b.year - a.year > 1:
            raise Unanswerable(
                "missing period",
                f"{series.name} has no figure between {a.period.label} and {b.period.label}.",
                figures_of(series, inside),
            )
    return inside


def same_definition(series: Series, observations: Sequence[Observation]) -> None:
    """Unanswerable if what is counted changes between the first and the last of the observations."""
    first, last = observations[0], observations[-1]
    why = [f"on {b.date} ({b.reason})" for b in series.breaks if first.period.start < b.date <= last.period.end]
    if not why and len({o.definition for o in observations}) > 1:
        why = [f"between {first.period.label} and {last.period.label}"]
    if why:
        raise Unanswerable(
            "definition changes",
            f"What {series.name} counts changes {' and '.join(why)}.",
            figures_of(series, observations),
        )


def pair(series: Series, period: Period | None, earlier: Period | None) -> tuple[Observation, Observation]:
    """The later and the earlier observation, of one definition."""
    assert period is not None
    assert earlier is not None
    later = find(series, period)
    try:
        base = find(series, earlier, "missing base year")
    except Unanswerable as gap:
        raise Unanswerable(gap.reason, str(gap), figures_of(series, [later])) from None
    same_definition(series, [base, later])
    return later, base


def growth(later: tuple[int, int], earlier: tuple[int, int], figures: Sequence[Figure]) -> tuple[Fraction, Fraction]:
    """Limits of the later count over the earlier; Unanswerable when that is a division by zero."""
    if earlier[1] == 0:
        raise Unanswerable(
            "zero base",
            "The earlier count is 0: a ratio or percentage from zero is undefined.",
            figures,
            "undefined",
        )
    if earlier[0] == 0:
        raise Unanswerable("range too wide", "The earlier count may be 0, from which no ratio exists.", figures)
    return Fraction(later[0], earlier[1]), Fraction(later[1], earlier[0])


def _added(series: Series, observations: list[Observation]) -> Evidence:
    same_definition(series, observations)
    highs = [o.high for o in observations]
    return Evidence(
        " + ".join(o.words for o in observations),
        Fraction(sum(o.low for o in observations)),
        None if None in highs else Fraction(sum(high for high in highs if high is not None)),
        figures_of(series, observations),
    )


def _count(claim: Claim, series: Series) -> Evidence:
    assert claim.period is not None
    return _added(series, [find(series, claim.period)])


def _sum(claim: Claim, series: Series) -> Evidence:
    return _added(series, stretch(series, claim.over))


def _share(claim: Claim, series: Series) -> Evidence:
    part, whole = stretch(series, claim.part), stretch(series, claim.whole)
    same_definition(series, whole)
    if any(o not in whole for o in part):
        raise ClaimsError(
            f"{claim.file}, line {claim.line}: claim {claim.id!r}: the part is not inside the whole; mend it"
        )
    rest = [o for o in whole if o not in part]
    inside, outside = (
        (sum(low for low, _ in group), sum(high for _, high in group))
        for group in ([limits(o, series) for o in chosen] for chosen in (part, rest))
    )
    (low, high), (rest_low, rest_high) = inside, outside
    figures = figures_of(series, whole)
    if low + rest_low == 0:
        known = high + rest_high == 0
        raise Unanswerable(
            "zero base" if known else "range too wide",
            "The whole is 0: a share of nothing is undefined." if known else "The whole may be 0.",
            figures,
            "undefined" if known else NOT_CHECKABLE,
        )
    calculation = f"{_bracketed(part)} / {_bracketed(whole)}"
    least, most = Fraction(low, low + rest_high), Fraction(high, high + rest_low)
    parts = {"inside": inside, "outside": outside} if rest else {}
    return Evidence(calculation, least, most, figures, False, **parts)


def _bracketed(observations: Sequence[Observation]) -> str:
    added = " + ".join(o.words for o in observations)
    return f"({added})" if len(observations) > 1 or observations[0].is_range else added


def _between(claim: Claim, series: Series) -> Evidence:
    observations = pair(series, claim.period, claim.earlier)
    later, earlier = (limits(o, series) for o in observations)
    figures = figures_of(series, observations)
    a, b = (_bracketed([o]) for o in observations)
    if claim.kind == "difference":
        low, high = Fraction(later[0] - earlier[1]), Fraction(later[1] - earlier[0])
        return Evidence(f"{a} - {b}", low, high, figures, True, later, earlier)
    low, high = growth(later, earlier, figures)
    if not claim.as_percentage:
        return Evidence(f"{a} / {b}", low, high, figures, False, later, earlier)
    evidence = Evidence(f"{a} / {b} - 1", low - 1, high - 1, figures, False, later, earlier)
    if _is_circular(claim, evidence):
        raise Unanswerable(
            "known only through the claim",
            f"The earlier figure is not published: {earlier[0]:,} to {earlier[1]:,} is what {claim.stated} "
            "implies, so it cannot test it.",
            figures,
            evidence=evidence,
        )
    return evidence


def _is_circular(claim: Claim, evidence: Evidence) -> bool:
    """Whether the earlier figure is exactly the range that the stated change implies."""
    later, earlier = evidence.later, evidence.earlier
    if later is None or earlier is None or later[0] != later[1] or earlier[0] == earlier[1]:
        return False
    if claim.number is None or claim.step is None or later[0] < 1:
        return False
    implied = (implied_earlier_count(later[0], claim.number * 100, step=claim.step * 100, rule=rule) for rule in RULES)
    return any((estimate.low, estimate.high) == earlier for estimate in implied)


def _periods(claim: Claim, series: Series) -> Evidence:
    observations = stretch(series, claim.over)
    return Evidence(
        f"number of figures from {observations[0].period.label} to {observations[-1].period.label}",
        Fraction(len(observations)),
        Fraction(len(observations)),
        figures_of(series, observations),
    )


def _years_between(claim: Claim, series: Series) -> Evidence:
    assert claim.period is not None
    assert claim.earlier is not None
    observations = find(series, claim.period), find(series, claim.earlier, "missing base year")
    later, earlier = observations
    months = 12 * (later.year - earlier.year) + later.period.end.month - earlier.period.end.month
    years = Fraction(months, 12)
    return Evidence(
        f"end of {later.period.label} - end of {earlier.period.label}",
        years,
        years,
        figures_of(series, observations),
        years.denominator == 1,
    )


def _rises(claim: Claim, series: Series) -> Evidence:
    observations = stretch(series, claim.over)
    figures = figures_of(series, observations)
    same_definition(series, observations)
    assert claim.number is not None
    steps = [
        (f"from {a.period.label} ({a.words}) to {b.period.label} ({b.words})", a, b) for a, b in pairwise(observations)
    ]
    for step, a, b in steps:
        if b.high is not None and b.high <= a.low:
            raise Unanswerable("", f"There is no rise {step}.", figures, "contradicted")
    for step, a, b in steps:
        if a.high is None or b.low <= a.high:
            raise Unanswerable("range too wide", f"It is open whether there is a rise {step}.", figures)
    rises = Fraction(len(steps))
    evidence = Evidence(" < ".join(o.words for o in observations), rises, rises, figures)
    if rises > claim.number:
        raise Unanswerable(
            "",
            f"There are {rises} comparisons where {claim.stated} are claimed, and each of them is a rise.",
            figures,
            "understated",
            evidence,
        )
    if rises < claim.number:
        raise Unanswerable(
            "too few comparisons",
            f"Only {rises} of {claim.stated} comparisons exist: {len(observations)} figures allow no more. "
            "Each of them is a rise.",
            figures,
            evidence=evidence,
        )
    return evidence


CALCULATIONS: dict[str, Callable[[Claim, Series], Evidence]] = {
    "total": _sum,
    "count": _count,
    "sum": _sum,
    "share": _share,
    "ratio": _between,
    "percentage change": _between,
    "difference": _between,
    "implied earlier value": _between,
    "rose in each": _rises,
    "number of periods": _periods,
    "years between": _years_between,
}
