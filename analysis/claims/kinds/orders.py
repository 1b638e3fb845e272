"""Claims that state an order: the largest of several, or one count or change against another."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

from analysis.claims.hedges import Statement, Verdict
from analysis.claims.kinds import Evidence, Kind, difference, kind, quotient
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

    grammar = "ordinal? extreme on scope?"
    examples = ("removals: highest in 2018", "removals: second lowest in 2016 since 2015", "removals: record in 2018")

    def evidence(self, subject: Subject, figures: Figures) -> Evidence:
        own = subject.stretch(self.when)
        subject.amount(own)
        periods = subject.periods(subject.stretch(self.scope), "year" if own.is_year else "season")
        if own not in periods:
            raise Unanswerable("missing period", f"{name_of(own)} lies outside the periods compared.")
        subject.pair(periods[-1], periods[0])  # of one definition
        amounts = {name_of(period): subject.amount(period) for period in periods}
        return _placed(name_of(own), amounts, self.rank, self.lowest, f" since {name_of(periods[0])}")

    def echo(self, subject: str) -> str:
        return f"{_place(self.rank, self.lowest)} {subject}, {self.when}, compared over {self.scope}"


@kind
class Rank(Kind):
    """The highest or lowest of all series in a period, or the second, third and so on."""

    rank: int = 1
    lowest: bool = False
    other: tuple[str, ...] = ()
    when: When

    grammar = 'ordinal? extreme "of" all when'
    examples = ("removals: lowest of all series in 2018",)

    def evidence(self, subject: Subject, figures: Figures) -> Evidence:
        for name in figures.series:
            _alike(subject, figures.subject([name]))
        stretch = subject.stretch(self.when)
        amounts = {name: figures.subject([name]).amount(stretch) for name in figures.series}
        return _placed(subject.name, amounts, self.rank, self.lowest, f" in {self.when}")

    def echo(self, subject: str) -> str:
        return f"{subject}, {_place(self.rank, self.lowest)} of all series, {self.when}"


@kind
class Comparison(Kind):
    """More or fewer than another series counts in the same period."""

    lower: bool = False
    other: tuple[str, ...]
    when: When

    grammar = 'more "than" other when'
    examples = ("removals: fewer than finds in 2018",)

    @property
    def statement(self) -> Statement:
        return Statement(ZERO, "more than", self.lower)

    def evidence(self, subject: Subject, figures: Figures) -> Evidence:
        other, stretch = figures.subject(self.other), subject.stretch(self.when)
        _alike(subject, other)
        return difference(subject.amount(stretch), other.amount(stretch))

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
    examples = ("finds: 18 times as many as removals in 2018",)

    def evidence(self, subject: Subject, figures: Figures) -> Evidence:
        stretch = subject.stretch(self.when)
        return quotient(subject.amount(stretch), figures.subject(self.other).amount(stretch))

    def echo(self, subject: str) -> str:
        return f"{subject} / {' + '.join(self.other)}, {self.when}"


@kind
class Faster(Kind):
    """A larger rise, or fall, in per cent than that of another series over the same time."""

    falls: bool = False
    other: tuple[str, ...]
    span: Span

    grammar = '(up | down) _FASTER "than" other span'
    examples = ("removals: rose faster than finds from 2017 to 2018",)

    @property
    def statement(self) -> Statement:
        return Statement(ZERO, "more than", self.falls)

    def evidence(self, subject: Subject, figures: Figures) -> Evidence:
        subjects = (subject, figures.subject(self.other))
        own, other = (quotient(*one.pair(*self.span.ends(one))) for one in subjects)
        ratios = (Amount(e.low, e.high, e.calculation, e.figures) for e in (own, other))
        return dataclasses.replace(difference(*ratios), unit="ratio", quantity="", pair=None)

    def echo(self, subject: str) -> str:
        return f"ratio {self.span} of {subject} against that of {' + '.join(self.other)}"


def _place(rank: int, lowest: bool) -> str:
    place = {number: word for word, number in ORDINALS.items()}.get(rank, "")
    return f"{place} {'lowest' if lowest else 'highest'}".strip()


def _alike(subject: Subject, other: Subject) -> None:
    if subject.unit != other.unit:
        sentence = f"{subject.name} counts {subject.unit}, {other.name} counts {other.unit}: unlike things"
        raise Unanswerable("another unit", f"{sentence} have no order.")


def _placed(name: str, amounts: dict[str, Amount], rank: int, lowest: bool, where: str) -> Evidence:
    """Whether `name` has that place among the amounts."""
    own, figures = amounts[name], tuple(figure for amount in amounts.values() for figure in amount.figures)
    if len(amounts) < 2:
        raise Unanswerable("too few comparisons", f"{name} is the only figure; a place needs two.", figures)
    others = [label for label in amounts if label != name]
    ahead = [label for label in others if _beyond(amounts[label], own, lowest)]
    ties = [label for label in others if not own.is_range and amounts[label].low == own.low == amounts[label].high]
    unsure = [label for label in others if label not in (*ahead, *ties) and not _beyond(own, amounts[label], lowest)]
    if len(ahead) < rank <= len(ahead) + len(unsure) + 1 and unsure:
        sentence = f"A range leaves open whether {' and '.join(unsure)} goes beyond {name}."
        raise Unanswerable("range too wide", sentence, figures)
    verdict: Verdict = "contradicted" if len(ahead) != rank - 1 else "overstated" if ties else "holds"
    beyond = [f"{label} ({amounts[label].words})" for label in ahead]
    place = f"is the {_place(1, lowest)}" if not ahead else f"comes after {' and '.join(beyond)}"
    shared = f" together with {' and '.join(ties)}" if ties else ""
    return Evidence(
        calculation=f"{'min' if lowest else 'max'}({', '.join(a.words for a in amounts.values())})",
        low=own.low,
        high=own.high,
        figures=figures,
        verdict=verdict,
        sentence=f"{name} ({own.words}) {place}{shared}, of {len(amounts)} figures{where}.",
    )


def _beyond(one: Amount, other: Amount, lowest: bool) -> bool:
    """Whether `one` is certainly more, or less where `lowest`, than `other`."""
    low, high = (one, other) if lowest else (other, one)
    return low.high is not None and low.high < high.low
