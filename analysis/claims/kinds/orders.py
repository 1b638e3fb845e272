"""Claims that state an order: a place among several, or one count or change against another."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from analysis.claims.hedges import Statement
from analysis.claims.kinds import Kind, kind
from analysis.claims.selection import Quantity, Subject, Unanswerable, When, name_of, total


@kind
class Rank(Kind):
    """The highest or lowest of the periods of a series, or of all series in a period; or the second, third and so on.

    "The highest since 2015" leaves 2015 itself aside. A number is that of the highest or lowest count, in whatever
    period it stands if none is named; two are both, as a range.
    """

    rank: int = 1
    lowest: bool = False
    scope: When = When()
    other: tuple[str, ...] | None = None

    grammar = """(ORDINAL "-"?)? EXTREME (on? scope? | scope on | "of" all when)
        | EXTREME _AT HEDGE? (NUMBER | PERCENT) on? scope?"""
    reading = "{subject}, {when}: {claim.place}, {scope}"
    examples = (
        "removals: highest in 2018",
        "removals: record in 2018",
        "removals: second lowest in 2016 since 2015",
        "removals: 594 in 2018, the highest in four years",
        "removals: lowest of all series in 2018",
        "removals: peaked at 594",
        "removals: hit a low of 153 in 2015",
        "removals: ranged from 153 to 594 from 2015 to 2018",
    )

    @property
    def statement(self) -> Statement | None:
        return Statement(self.number.level, self.hedge) if self.number else None

    @property
    def extreme(self) -> str:
        return "lowest" if self.lowest else "highest"

    @property
    def place(self) -> str:
        rank = f"{self.rank} from the {self.extreme}" if self.rank > 1 else self.extreme
        return f"{rank} of all {'periods' if self.other is None else 'series'}"

    def evidence(self, subject: Subject) -> Quantity:
        own = subject.spans[-1] if self.when == When() else subject.stretch(self.when)
        if self.other is not None:
            alike = [name for name, series in subject.figures.items() if series.unit == subject.unit]
            amounts = {name: subject.other(name).amount(own) for name in alike}
            return self._placed(subject.name, amounts, f" in {self.when}")
        scope = dataclasses.replace(self.scope, last=self.scope.last or own) if self.scope.size else self.scope
        periods = subject.periods(subject.stretch(scope), "year" if own.is_year else "season")
        if self.number and self.when == When():
            own = (min if self.lowest else max)(periods, key=lambda period: subject.amount(period).low)
        if self.rank == 1 and not scope.last and scope.first == periods[0] and len(periods) > 2:
            del periods[0]  # the highest since 2015 may be below 2015
        subject.amount(own)
        if own not in periods:
            raise Unanswerable("missing period", f"{name_of(own)} lies outside the periods compared.")
        subject.pair(periods[-1], periods[0])  # of one definition
        amounts = {name_of(period): subject.amount(period) for period in periods}
        ranked = self._placed(name_of(own), amounts, f" since {name_of(periods[0])}")
        judged = self.number is None or ranked.verdict == "contradicted"
        return ranked if judged else dataclasses.replace(ranked, verdict="", sentence="")

    def _placed(self, name: str, amounts: Mapping[str, Quantity], where: str) -> Quantity:
        own, figures = amounts[name], total(list(amounts.values())).figures
        others = {label: amount for label, amount in amounts.items() if label != name}
        if not others:
            raise Unanswerable("too few comparisons", f"{name} is the only figure; a rank needs two.", figures)
        ahead = [label for label, amount in others.items() if self._beyond(amount, own)]
        level = [label for label, amount in others.items() if label not in ahead and not self._beyond(own, amount)]
        unsure = [label for label in level if own.is_range or others[label].is_range]
        if unsure and len(ahead) < self.rank <= len(ahead) + len(unsure) + 1:
            sentence = f"A range leaves open whether {' and '.join(unsure)} goes beyond {name}."
            raise Unanswerable("range too wide", sentence, figures)
        beyond = " and ".join(f"{label} ({amounts[label].words})" for label in ahead)
        place = f"comes after {beyond}" if beyond else f"is the {self.extreme}"
        shared = f", together with {' and '.join(level)}" if level else ""
        return dataclasses.replace(
            own,
            words=f"{'min' if self.lowest else 'max'}({', '.join(a.words for a in amounts.values())})",
            figures=figures,
            verdict="contradicted" if len(ahead) != self.rank - 1 else "overstated" if level else "holds",
            sentence=f"{name} ({own.words}) {place}{shared}, of {len(amounts)} figures{where}.",
        )

    def _beyond(self, one: Quantity, other: Quantity) -> bool:
        """Whether `one` is certainly more, or less where the lowest is sought, than `other`."""
        return one.high < other.low if self.lowest else one.low > other.high


@kind
class Comparison(Kind):
    """More or fewer than another series counts in the same period, having been behind before if it overtook.

    "Faster" compares the rise, or fall, in per cent over the same time.
    """

    overtook: bool = False
    faster: bool = False

    grammar = '(MORE "common"? "than" | _OUTNUMBERS | OVERTOOK) other when | (UP | DOWN) FASTER "than" other span'
    examples = (
        "removals: fewer than finds in 2018",
        "removals: overtook fines in 2018",
        "removals: rose faster than finds from 2017 to 2018",
    )

    @property
    def reading(self) -> str:
        if self.faster:
            return "ratio {when.change} of {subject} against that of {other}"
        return "{subject} against {other}, {when}"

    def evidence(self, subject: Subject) -> Quantity:
        other = subject.other(*self.other)
        if self.faster:
            (later, earlier), (after, before) = (one.pair(*one.ends(self.when)) for one in (subject, other))
            return dataclasses.replace(later / earlier - after / before, unit="ratio")
        stretch = subject.stretch(self.when)
        if subject.unit != other.unit:
            sentence = f"{subject.name} counts {subject.unit}, {other.name} counts {other.unit}: unlike things"
            raise Unanswerable("another unit", f"{sentence} have no order.")
        found = subject.amount(stretch) - other.amount(stretch)
        if self.overtook:
            before = subject.pair(stretch)[1] - other.pair(stretch)[1]
            if before.high > 0:
                sentence = f"It was ahead before: {before.words}."
                return dataclasses.replace(found, verdict="contradicted", sentence=sentence)
        return found
