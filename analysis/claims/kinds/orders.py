"""Claims that state an order: the largest of several, or one count or change against another."""

from __future__ import annotations

from fractions import Fraction

from analysis.claims.hedges import Statement
from analysis.claims.kinds import Evidence, Kind, kind
from analysis.claims.kinds.amounts import quotient
from analysis.claims.kinds.changes import Span
from analysis.claims.numbers import ORDINALS, Number
from analysis.claims.selection import Amount, Figures, Subject, Unanswerable, When, name_of

ZERO = Number("0", Fraction(0))


@kind
class Extreme(Kind):
    """The highest or lowest period, or the second, third and so on; a record needs two figures and says since when."""

    rank: int = 1
    lowest: bool = False
    when: When
    scope: When = When()

    grammar = 'ordinal? extreme on scope?'
    examples = ("removals: highest in 2018", "removals: second lowest in 2016 since 2015", "removals: record in 2018")

    def evidence(self, subject: Subject, figures: Figures) -> Evidence:
        own = subject.stretch(self.when)
        scope = subject.stretch(self.scope)
        periods = subject.periods(scope, "year" if own.is_year else "period")
        if own not in periods:
            subject.amount(own)
            raise Unanswerable("missing period", f"{name_of(own)} lies outside the periods compared.")
        subject.amount(own)
        if subject.series[0].breaks:
            subject.pair(periods[-1], periods[0])  # of one definition
        amounts = {name_of(period): subject.amount(period) for period in periods}
        if len(amounts) < 2:
            raise Unanswerable("too few comparisons", f"{name_of(own)} is the only figure; a record needs two.")
        since = f" since {name_of(periods[0])}"
        return _placed(name_of(own), amounts, self.rank, self.lowest, since)

    def echo(self, subject: str) -> str:
        return f"{_rank(self.rank, self.lowest)} {subject}, {self.when}, compared over {self.scope}"


@kind
class Rank(Kind):
    """The highest or lowest of all series in a period, or the second, third and so on."""

    rank: int = 1
    lowest: bool = False
    when: When

    grammar = 'ordinal? extreme "of" all when'
    other: tuple[str, ...] = ()
    examples = ("removals: highest of all series in 2018",)

    def evidence(self, subject: Subject, figures: Figures) -> Evidence:
        stretch = subject.stretch(self.when)
        units = {series.unit for series in figures.series.values()}
        if len(units) > 1:
            raise Unanswerable("another unit", f"Unlike things have no order: {', '.join(sorted(units))}.")
        amounts = {name: figures.subject([name]).amount(stretch) for name in figures.series}
        if len(amounts) < 2:
            raise Unanswerable("too few comparisons", f"{subject.name} is the only series; a rank needs two.")
        return _placed(subject.name, amounts, self.rank, self.lowest, "")

    def echo(self, subject: str) -> str:
        return f"{subject}, {_rank(self.rank, self.lowest)} of all series, {self.when}"


@kind
class Comparison(Kind):
    """More or fewer than another series counts in the same period."""

    lower: bool = False
    other: tuple[str, ...]
    when: When

    grammar = 'more "than" other when'
    examples = ("removals: fewer than phone finds in 2018",)

    @property
    def statement(self) -> Statement:
        return Statement(ZERO, "more than", self.lower)

    def evidence(self, subject: Subject, figures: Figures) -> Evidence:
        other, stretch = figures.subject(self.other), subject.stretch(self.when)
        _alike(subject, other)
        left, right = subject.amount(stretch), other.amount(stretch)
        return Evidence(
            calculation=f"{left.bracketed} - {right.bracketed}",
            low=None if right.high is None else left.low - right.high,
            high=None if left.high is None else left.high - right.low,
            figures=left.figures + right.figures,
            quantity="ratio",
            pair=(left, right),
        )

    def echo(self, subject: str) -> str:
        return f"{subject} {'below' if self.lower else 'above'} {' + '.join(self.other)}, {self.when}"


@kind
class Multiple(Kind):
    """How many times as many as another series counts in the same period."""

    number: Number
    hedge: str = "bare"
    other: tuple[str, ...]
    when: When

    grammar = "hedge? multiple _AS_MANY other when"
    examples = ("phone finds: 18 times as many as removals in 2018",)

    def evidence(self, subject: Subject, figures: Figures) -> Evidence:
        other, stretch = figures.subject(self.other), subject.stretch(self.when)
        left, right = subject.amount(stretch), other.amount(stretch)
        low, high = quotient(left, right)
        return Evidence(
            calculation=f"{left.bracketed} / {right.bracketed}",
            low=low,
            high=high,
            figures=left.figures + right.figures,
            unit="ratio",
            quantity="ratio",
            pair=(left, right),
        )

    def echo(self, subject: str) -> str:
        return f"{subject} / {' + '.join(self.other)}, {self.when}"


@kind
class Faster(Kind):
    """A larger rise, or fall, in per cent than that of another series over the same time."""

    falls: bool = False
    other: tuple[str, ...]
    span: Span

    grammar = '(up | down) _FASTER "than" other span'
    examples = ("removals: rose faster than phone finds from 2017 to 2018",)

    @property
    def statement(self) -> Statement:
        return Statement(ZERO, "more than", self.falls)

    def evidence(self, subject: Subject, figures: Figures) -> Evidence:
        texts, limits, seen = [], [], ()
        for one in (subject, figures.subject(self.other)):
            later, earlier, _ = one.pair(*self.span.between(one))
            limits.append(quotient(later, earlier))
            texts.append(f"{later.bracketed} / {earlier.bracketed}")
            seen += later.figures + earlier.figures
        (low, high), (other_low, other_high) = limits
        return Evidence(
            calculation=" - ".join(texts),
            low=None if other_high is None else low - other_high,
            high=None if high is None else high - other_low,
            figures=seen,
            unit="ratio",
        )

    def echo(self, subject: str) -> str:
        return f"ratio {self.span} of {subject} against that of {' + '.join(self.other)}"


def _rank(rank: int, lowest: bool) -> str:
    place = {number: word for word, number in ORDINALS.items()}.get(rank, "")
    return f"{place} {'lowest' if lowest else 'highest'}".strip()


def _alike(subject: Subject, other: Subject) -> None:
    if subject.unit != other.unit:
        sentence = f"{subject.name} counts {subject.unit}, {other.name} counts {other.unit}: unlike things"
        raise Unanswerable("another unit", f"{sentence} have no order.")


def _placed(name: str, amounts: dict[str, Amount], rank: int, lowest: bool, since: str) -> Evidence:
    """Whether `name` has that place among the amounts."""
    own, word = amounts[name], "lowest" if lowest else "highest"
    others = {label: amount for label, amount in amounts.items() if label != name}
    ahead = [label for label, amount in others.items() if _beyond(amount, own, lowest)]
    behind = [label for label, amount in others.items() if _beyond(own, amount, lowest)]
    ties = [label for label, a in others.items() if not a.is_range and not own.is_range and a.low == own.low]
    unsure = [label for label in others if label not in (*ahead, *behind, *ties)]
    figures = tuple(figure for amount in amounts.values() for figure in amount.figures)

    def listed(labels: list[str]) -> str:
        return " and ".join(f"{label} ({amounts[label].words})" for label in labels)

    verdict, sentence = "contradicted", f"{name} ({own.words}) is not the {word}; {listed(ahead)} goes beyond it."
    if len(ahead) < rank <= len(ahead) + len(unsure) + 1 and unsure:
        sentence = f"A range leaves open whether {listed(unsure)} goes beyond {name}."
        raise Unanswerable("range too wide", sentence, figures)
    if len(ahead) == rank - 1:
        verdict, sentence = "holds", f"{name} ({own.words}) is the {word} of {len(amounts)} figures{since}."
        if rank > 1:
            sentence = f"{name} ({own.words}) has {rank - 1} of {len(amounts)} figures{since} beyond it."
        if ties:
            verdict, sentence = "overstated", f"{name} shares the place with {listed(ties)}."
    elif len(ahead) < rank - 1:
        sentence = f"{name} ({own.words}) has only {len(ahead)} of {len(amounts)} figures{since} beyond it."
    return Evidence(
        calculation=f"{'min' if lowest else 'max'}({', '.join(a.words for a in amounts.values())})",
        low=own.low,
        high=own.high,
        figures=figures,
        verdict=verdict,
        sentence=sentence,
    )


def _beyond(one: Amount, other: Amount, lowest: bool) -> bool:
    """Whether `one` is certainly more, or less where `lowest`, than `other`."""
    low, high = (one, other) if lowest else (other, one)
    return low.high is not None and low.high < high.low
