"""Claims about change: by how much, in which direction, and whether in each of several steps."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from analysis.claims.hedges import NOT_CHECKABLE, Statement, Verdict
from analysis.claims.kinds import Evidence, Kind, difference, kind, quotient
from analysis.claims.numbers import Number
from analysis.claims.selection import Amount, Figures, Subject, Unanswerable, When, name_of, years_before
from analysis.estimates import Estimate
from analysis.periods import Period
from analysis.rounding import RULES, Rule, implied_earlier_count


@dataclass(frozen=True)
class Movement:
    """How something moved: the measure, the stated size with its hedge, and whether it is a fall.

    A fall as a multiple ("halved") is the earlier over the later count; no size is a difference of more than 0.
    """

    measure: Literal["direction", "difference", "ratio", "percentage change", "points"]
    number: Number = Number("0", Fraction(0))
    hedge: str = "more than"
    falls: bool = False

    @property
    def statement(self) -> Statement:
        return Statement(self.number, self.hedge, self.falls and self.measure != "ratio")

    def evidence(self, later: Amount, earlier: Amount) -> Evidence:
        """The value of the measure between two amounts."""
        if self.measure == "ratio":
            return quotient(earlier, later) if self.falls else quotient(later, earlier)
        if self.measure != "percentage change":
            return dataclasses.replace(difference(later, earlier), unit="points" if self.measure == "points" else "")
        ratio = quotient(later, earlier)
        high = None if ratio.high is None else ratio.high - 1
        calculation = f"{ratio.calculation} - 1"
        found = dataclasses.replace(ratio, calculation=calculation, low=ratio.low - 1, high=high)
        return dataclasses.replace(found, unit="%", quantity="change")

    def __str__(self) -> str:
        measure = ("fall" if self.falls else "rise") if self.measure == "direction" else self.measure
        fall = "falling " if self.falls and self.measure != "direction" else ""
        return f"{fall}{measure}"


@dataclass(frozen=True)
class Span:
    """The later and the earlier end of a change; without `earlier`, the period before, or `years` before."""

    later: When = When()
    earlier: Period | None = None
    years: int = 0

    def ends(self, subject: Subject) -> tuple[Period, Period | None]:
        """The later and the earlier period; None for the period before."""
        later = subject.spans[-1] if self.later == When() else subject.stretch(self.later)
        return later, years_before(later, self.years) if self.years else self.earlier

    def __str__(self) -> str:
        before = f"{self.years} years before" if self.years else "the period before"
        later = "last figure" if self.later == When() else str(self.later)
        return f"{later} / {name_of(self.earlier) if self.earlier else before}"


@kind
class Change(Kind):
    """A rise, a fall or no change from an earlier period: as a multiple, in per cent, in numbers, or without size.

    Without an earlier period it is that of a year before, or else the one just before.
    """

    movement: Movement
    span: Span

    grammar = "movement span"
    reading = "{movement} {span} of {subject}"
    examples = (
        "removals: almost quadrupled from 2015 to 2018",
        "removals: up 13% in 2018",
        "removals: 67 more in 2018 than in 2017",
        "removals: rose since 2015",
        "removals: fell in 2018",
        "removals: about the same in 2018 as in 2017",
        "pass rate: up 3 percentage points in 2018",
    )

    @property
    def statement(self) -> Statement:
        return self.movement.statement

    def evidence(self, subject: Subject, figures: Figures) -> Evidence:
        moved = self.movement
        relative = moved.measure == "percentage change"
        if relative and moved.falls and moved.number.value > 1 and moved.hedge not in ("less than", "up to"):
            raise Unanswerable("", "Nothing can fall by more than 100%.", verdict="contradicted")
        if moved.measure == "points" and subject.unit != "%":
            raise Unanswerable("another unit", f"Points are a difference of percentages; {subject.name} counts none.")
        later, earlier = subject.pair(*self.span.ends(subject))
        found = moved.evidence(later, earlier)
        implied = (self._implied(later, rule) for rule in RULES)
        if earlier.is_range and any(i and (i.low, i.high) == (earlier.low, earlier.high) for i in implied):
            sentence = f"The earlier figure is not published: {earlier.words} is what {moved.number.text} implies"
            raise Unanswerable("known only through the claim", f"{sentence}.", found.figures, evidence=found)
        return found

    def implied(self, subject: Subject) -> Estimate | None:
        found = self._implied(subject.amount(self.span.ends(subject)[0]), RULES[0])
        return found and dataclasses.replace(found, unit=subject.unit or found.unit)

    def _implied(self, later: Amount, rule: Rule) -> Estimate | None:
        """The earlier counts from which the later one is the stated percentage, if that is printed in digits."""
        moved, step = self.movement, self.movement.number.step
        if moved.measure != "percentage change" or not step or later.is_range or later.low.denominator > 1:
            return None
        percent = -moved.number.value if moved.falls else moved.number.value
        return implied_earlier_count(int(later.low), 100 * percent, step=100 * step, rule=rule)

    def slip(self, subject: Subject) -> tuple[str, Kind] | None:
        moved, meant, factor = self.movement, "per cent", Fraction(1, 100)
        if moved.measure == "percentage change" and subject.unit == "%":
            meant, factor = "percentage points", Fraction(100)
        elif moved.measure != "points":
            return None
        measure = "points" if factor == 100 else "percentage change"
        other = dataclasses.replace(moved, measure=measure, number=moved.number.times(factor))
        return meant, dataclasses.replace(self, movement=other)


@kind
class Reached(Kind):
    """The count that a rise or a fall led to; the direction has to be right as well."""

    falls: bool
    number: Number
    hedge: str = "bare"
    when: When

    grammar = "(up | down) _TO hedge? number on"
    reading = "{subject}, {when}, and the direction to it"
    examples = ("removals: rose to 594 in 2018",)

    def evidence(self, subject: Subject, figures: Figures) -> Evidence:
        later, earlier = subject.pair(subject.stretch(self.when))
        direction = Movement("direction", falls=self.falls)
        moved = difference(later, earlier)
        verdict = direction.statement.verdict_between(moved.low, moved.high)
        if verdict != "holds":
            return dataclasses.replace(moved, verdict=verdict, sentence=f"It is no {direction}: {moved.calculation}.")
        return Evidence(calculation=later.words, low=later.low, high=later.high, figures=moved.figures)


@kind
class Each(Kind):
    """The same change in each step: in every year of a stretch, or for so many years running up to the last one."""

    movement: Movement
    times: int = 0
    unit: str = "period"
    when: When = When()

    grammar = "movement steps when?"
    examples = (
        "removals: rose in each year from 2015 to 2018",
        "removals: rose for the third year running in 2018",
        "removals: up at least 10% every year",
    )

    statement = None

    def echo(self, subject: str) -> str:
        times = f"{self.times} times running" if self.times else f"in each {self.unit}"
        return f"{self.movement} of {subject} {times}, {self.when}, {self.movement.statement}".rstrip(", ")

    def evidence(self, subject: Subject, figures: Figures) -> Evidence:
        is_run = self.times and self.when.first == self.when.last  # the steps before count too
        when = dataclasses.replace(self.when, first=None) if is_run else self.when
        periods = subject.periods(subject.stretch(when), self.unit)
        steps = [self._step(subject, *step) for step in pairwise(periods)]
        failing = [k for k, (verdict, _) in enumerate(steps) if not verdict.startswith("holds")]
        run, needed = len(steps) - 1 - max(failing, default=-1), self.times or len(steps)
        amounts = [subject.amount(period) for period in periods]
        found = Evidence(
            calculation=", ".join(amount.bracketed for amount in amounts),
            low=Fraction(run),
            high=Fraction(run),
            figures=tuple(figure for amount in amounts for figure in amount.figures),
            unit="changes",
        )
        if run < min(needed, len(steps)):
            order = ("holds", "holds as rounded", NOT_CHECKABLE, "understated", "overstated", "contradicted")
            verdict, text = max(steps[-needed:], key=lambda step: order.index(step[0]))
            if verdict == NOT_CHECKABLE:
                raise Unanswerable("range too wide", f"It is open whether it is so {text}.", found.figures)
            return dataclasses.replace(found, verdict=verdict, sentence=f"It is not so {text}.")
        if run < needed or not steps:
            exist = f"Only {run} of {needed or 1} comparisons exist: {len(periods)} figures allow no more."
            about = {"figures": found.figures, "calculation": found.calculation}
            raise Unanswerable("too few comparisons", f"{exist} It is so in each of them.", **about)
        verdict: Verdict = "holds" if run == needed else "understated"
        return dataclasses.replace(found, verdict=verdict, sentence=f"It is so in {run} comparisons in a row.")

    def _step(self, subject: Subject, earlier: Period, later: Period) -> tuple[Verdict, str]:
        above, below = subject.pair(later, earlier)
        found = self.movement.evidence(above, below)
        text = f"from {name_of(earlier)} ({below.words}) to {name_of(later)} ({above.words})"
        return self.movement.statement.verdict_between(found.low, found.high), text
