"""Claims that state an amount: a count or sum, a number per head, a number per day."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

from analysis.claims.hedges import Statement
from analysis.claims.kinds import Evidence, Kind, kind, quotient
from analysis.claims.numbers import Number
from analysis.claims.selection import DAYS, Amount, Figures, Subject, Unanswerable, When

ONE = Number("1", Fraction(1))


@kind
class Count(Kind):
    """The count of a period, or the sum over all periods that the claim names."""

    number: Number
    hedge: str = "bare"
    when: When

    grammar = 'hedge? (number | percent) "times"? when'
    reading = "{subject}, {when}"
    examples = ("removals: 594 in 2018", "removals: more than 1,700 from 2015 to 2018", "removals: 1,736 in total")

    @property
    def statement(self) -> Statement:
        return Statement(self.number.times(100) if self.number.text.endswith("%") else self.number, self.hedge)

    def evidence(self, subject: Subject, figures: Figures) -> Evidence:
        if self.number.text.endswith("%") and subject.unit != "%":
            raise Unanswerable("another unit", f"{subject.name} counts {subject.unit or 'things'}, no percentage.")
        found = subject.amount(subject.stretch(self.when))
        return Evidence(calculation=found.words, low=found.low, high=found.high, figures=found.figures)


@kind
class Rate(Kind):
    """The count for each, or for every hundred or so, of what another series counts in the same period."""

    number: Number
    hedge: str = "bare"
    size: Number = ONE
    other: tuple[str, ...]
    when: When

    grammar = "hedge? number _PER size? other when"
    reading = "{subject} per {size} {other}, {when}"
    examples = ("removals: 5.6 per 100 finds in 2018",)

    def evidence(self, subject: Subject, figures: Figures) -> Evidence:
        stretch = subject.stretch(self.when)
        found = quotient(subject.amount(stretch), figures.subject(self.other).amount(stretch), self.size.value)
        return dataclasses.replace(found, unit=f"per {self._whole}", quantity="")

    @property
    def _whole(self) -> str:
        return ("" if self.size == ONE else f"{self.size.text} ") + " + ".join(self.other)


@kind
class Pace(Kind):
    """The count per day, week, month or year of its period, or the time between two ("one every six days")."""

    number: Number
    hedge: str = "bare"
    every: Number = ONE
    unit: str
    when: When

    grammar = "hedge? number (_A unit | _A every unit) when"
    reading = "{subject} every {every} {unit}, {when}"
    examples = ("removals: 11 a week in 2018", "removals: more than one every 15 hours in 2018")

    @property
    def statement(self) -> Statement:
        """Of two every five days, that is 2/5 a day; one every six days prints the six."""
        value = self.number.value / self.every.value
        step = self.number.step and self.number.step / self.every.value
        one_in = self.number.value == 1 and self.every != ONE
        return Statement(Number(self.number.text, value, step, one_in), self.hedge)

    def evidence(self, subject: Subject, figures: Figures) -> Evidence:
        stretch = subject.stretch(self.when)
        units = stretch.days / DAYS[self.unit]
        if self.unit in ("month", "year") and stretch.months:
            units = Fraction(len(stretch.months), 12 if self.unit == "year" else 1)
        time = Amount(units, units, f"{float(units):g}", ())
        return dataclasses.replace(
            quotient(subject.amount(stretch), time), unit=f"a {self.unit}", quantity="", pair=None
        )
