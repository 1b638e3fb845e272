"""Claims about change: by how much, in which direction, and whether in each of several steps."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from analysis.claims.hedges import FAILED, NOT_CHECKABLE, Statement, overall
from analysis.claims.kinds import Evidence, Kind, kind
from analysis.claims.kinds.amounts import quotient
from analysis.claims.numbers import Number
from analysis.claims.selection import Amount, Figures, Subject, Unanswerable, When, name_of, years_before
from analysis.estimates import Estimate
from analysis.periods import Period
from analysis.rounding import RULES, implied_earlier_count

Measure = Literal["direction", "difference", "ratio", "percentage change", "points"]


@dataclass(frozen=True)
class Movement:
    """How something moved: the measure, the stated size with its hedge, and whether it is a fall.

    A fall as a multiple ("halved") is the earlier over the later count; no size is a difference of more than 0.
    """

    measure: Measure
    number: Number = Number("0", Fraction(0))
    hedge: str = "more than"
    falls: bool = False

    @property
    def statement(self) -> Statement:
        return Statement(self.number, self.hedge, self.falls and self.measure != "ratio")

    def evidence(self, later: Amount, earlier: Amount) -> Evidence:
        """The value of the measure between two amounts."""
        common = {"figures": later.figures + earlier.figures, "pair": (later, earlier), "quantity": "ratio"}
        above, below = (earlier, later) if self.measure == "ratio" and self.falls else (later, earlier)
        a, b = above.bracketed, below.bracketed
        if self.measure in ("direction", "difference", "points"):
            low = None if below.high is None else above.low - below.high
            high = None if above.high is None else above.high - below.low
            whole = all(end is None or end.denominator == 1 for end in (low, high))
            unit = "points" if self.measure == "points" else ""
            return Evidence(calculation=f"{a} - {b}", low=low, high=high, unit=unit, whole_numbers=whole, **common)
        low, high = quotient(above, below)
        if self.measure == "ratio":
            return Evidence(calculation=f"{a} / {b}", low=low, high=high, unit="ratio", **common)
        common["quantity"] = "change"
        high = None if high is None else high - 1
        return Evidence(calculation=f"{a} / {b} - 1", low=low - 1, high=high, unit="%", **common)


@dataclass(frozen=True)
class Span:
    """The later and the earlier end of a change; without `earlier`, `years` before the later one."""

    later: When
    earlier: Period | None = None
    years: int = 0

    def between(self, subject: Subject) -> tuple[Period, Period | None]:
        """The later and the earlier period; None for the period before."""
        later = subject.stretch(self.later)
        if self.later == When():  # up to now: the last of the periods
            later = subject.series[0].observations[-1].period
        return later, years_before(later, self.years) if self.years else self.earlier

    def __str__(self) -> str:
        last = "the last figure" if self.later == When() else str(self.later)
        years = f"{self.years} years" if self.years else "the period"
        return f"{last} / {name_of(self.earlier) if self.earlier else f'{years} before'}"


@kind
class Change(Kind):
    """A rise, a fall or no change from an earlier period: as a multiple, in per cent, in numbers, or without size."""

    movement: Movement
    span: Span

    grammar = "movement span"
    examples = (
        "removals: almost quadrupled from 2015 to 2018",
        "removals: up 13% in 2018",
        "removals: 67 more in 2018 than in 2017",
        "removals: rose since 2015",
        "pass rate: up 3 percentage points in 2018",
    )

    @property
    def statement(self) -> Statement:
        return self.movement.statement

    def evidence(self, subject: Subject, figures: Figures) -> Evidence:
        moved = self.movement
        percent = moved.measure == "percentage change"
        if percent and moved.falls and moved.number.value > 1 and moved.hedge not in ("less than", "up to"):
            raise Unanswerable("", "Nothing can fall by more than 100%.", verdict="contradicted")
        if moved.measure == "points" and subject.unit != "%":
            raise Unanswerable("another unit", f"Points are a difference of percentages; {subject.name} counts none.")
        later, earlier, _ = subject.pair(*self.span.between(subject))
        found = moved.evidence(later, earlier)
        if percent and self._is_circular(later, earlier):
            implied = f"{earlier.words} is what {moved.number.text} implies"
            sentence = f"The earlier figure is not published: {implied}, so it cannot test it."
            raise Unanswerable("known only through the claim", sentence, found.figures, evidence=found)
        return found

    def _implied(self, later: Amount, rule) -> Estimate:
        moved, step = self.movement, self.movement.number.step
        change = -moved.number.value if moved.falls else moved.number.value
        return implied_earlier_count(int(later.low), 100 * change, step=100 * (step or 0), rule=rule)

    def _has_implied(self, later: Amount) -> bool:
        step = self.movement.number.step
        return bool(step) and not later.is_range and later.low >= 1 and later.low.denominator == 1

    def _is_circular(self, later: Amount, earlier: Amount) -> bool:
        """Whether the earlier figure is exactly the range that the stated change implies."""
        if not earlier.is_range or not self._has_implied(later):
            return False
        implied = (self._implied(later, rule) for rule in RULES)
        return any((estimate.low, estimate.high) == (earlier.low, earlier.high) for estimate in implied)

    def implied(self, subject: Subject) -> Estimate | None:
        if self.movement.measure != "percentage change":
            return None
        later = subject.amount(self.span.between(subject)[0])
        if not self._has_implied(later):
            return None
        found = self._implied(later, RULES[0])
        return dataclasses.replace(found, unit=subject.unit or found.unit)

    def slip(self, subject: Subject) -> tuple[str, Kind] | None:
        moved = self.movement
        if moved.measure == "percentage change" and subject.unit == "%":
            points = dataclasses.replace(moved, measure="points", number=moved.number.times(100))
            return "percentage points", dataclasses.replace(self, movement=points)
        if moved.measure == "points":
            step = None if moved.number.step is None else moved.number.step / 100
            number = dataclasses.replace(moved.number, value=moved.number.value / 100, step=step)
            percent = dataclasses.replace(moved, measure="percentage change", number=number)
            return "per cent", dataclasses.replace(self, movement=percent)
        return None

    def echo(self, subject: str) -> str:
        return f"{_described(self.movement)} {self.span} of {subject}"


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

    @property
    def statement(self) -> None:
        return None

    def evidence(self, subject: Subject, figures: Figures) -> Evidence:
        when = dataclasses.replace(self.when, first=None) if self._is_run else self.when
        periods = subject.periods(subject.stretch(when), self.unit)
        steps = [self._step(subject, *step) for step in pairwise(periods)]
        run = 0
        for verdict, _, _ in reversed(steps):
            if not verdict.startswith("holds"):
                break
            run += 1
        words = "rise" if self.movement.measure == "direction" and not self.movement.falls else "change as stated"
        needed = self.times or len(steps)
        found = Evidence(
            calculation=self._calculation(subject, periods),
            low=Fraction(run),
            high=Fraction(run),
            figures=tuple(f for p in periods for f in subject.amount(p).figures),
            unit="comparisons",
        )
        if run < min(needed, len(steps)):
            verdict, text, _ = self._worst(steps[len(steps) - min(needed, len(steps)) :])
            if verdict == NOT_CHECKABLE:
                raise Unanswerable("range too wide", f"It is open whether there is a {words} {text}.", found.figures)
            return dataclasses.replace(found, verdict=verdict, sentence=f"There is no {words} {text}.")
        if run < needed or not steps:
            sentence = (
                f"Only {run} of {needed or 1} comparisons exist: {len(periods)} figures allow no more. "
                f"Each of them is a {words}."
            )
            raise Unanswerable("too few comparisons", sentence, found.figures, evidence=found)
        if run > needed:
            sentence = f"There are {run} comparisons in a row that are a {words}, where {needed} are claimed."
            return dataclasses.replace(found, verdict="understated", sentence=sentence)
        return dataclasses.replace(found, verdict="holds", sentence=f"Each of {run} comparisons is a {words}.")

    @property
    def _is_run(self) -> bool:
        """Whether steps before those claimed count too: the third year running is not the fourth."""
        return bool(self.times) and (self.when.first is None or self.when.first == self.when.last)

    def _step(self, subject: Subject, earlier: Period, later: Period) -> tuple[str, str, Evidence]:
        above, below, _ = subject.pair(later, earlier)
        found = self.movement.evidence(above, below)
        stretches = self.movement.statement.verdicts_between(found.low, found.high, whole_numbers=found.whole_numbers)
        text = f"from {name_of(earlier)} ({below.words}) to {name_of(later)} ({above.words})"
        return overall(stretches), text, found

    @staticmethod
    def _worst(steps: list[tuple[str, str, Evidence]]) -> tuple[str, str, Evidence]:
        order = ("holds", "holds as rounded", NOT_CHECKABLE, *FAILED)
        return max(steps, key=lambda step: order.index(step[0]))

    def _calculation(self, subject: Subject, periods: list[Period]) -> str:
        sign = " , " if self.movement.measure != "direction" else " > " if self.movement.falls else " < "
        return sign.join(subject.amount(period).bracketed for period in periods).replace(" , ", ", ")

    def echo(self, subject: str) -> str:
        times = f"{self.times} times running" if self.times else f"in each {self.unit}"
        return f"{_described(self.movement)} of {subject} {times}, {self.when}"


def _described(movement: Movement) -> str:
    if movement.measure == "direction":
        return "fall" if movement.falls else "rise"
    if movement.hedge == "unchanged":
        return "ratio"
    fall = movement.falls
    return f"inverse {movement.measure}" if fall and movement.measure == "ratio" else "fall: " * fall + movement.measure
