"""Claims that state how many: a count or sum, a number per head or per day, a number of years."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

from analysis.claims.hedges import Statement
from analysis.claims.kinds import Kind, kind
from analysis.claims.numbers import ONE, Number
from analysis.claims.quantities import Quantity, Unanswerable
from analysis.claims.selection import DAYS, YEAR, Subject, name_of, total, years_before


@kind
class Count(Kind):
    """The count of a period, or the sum over all periods that the claim names; or that for each of another series."""

    grammar = 'HEDGE? (NUMBER | PERCENT) "times"? base? when'
    reading = "{subject}, {when}"
    examples = (
        "removals: 594 in 2018",
        "removals: more than 1,700 from 2015 to 2018",
        "removals: 1,736 in total",
        "removals: fewer than 600 in both 2016 and 2018",
        "removals: 5.6 per 100 finds in 2018",
    )

    @property
    def statement(self) -> Statement:
        return Statement(self.number.level, self.hedge)

    def evidence(self, subject: Subject) -> Quantity:
        if self.number.in_percent and subject.unit != "%":
            raise Unanswerable("another unit", f"{subject.name} counts {subject.unit or 'things'}, no percentage.")
        return subject.amount(subject.stretch(self.when))


@kind
class Pace(Kind):
    """The count per day, week, month or year of its period, or the time between two ("one every six days")."""

    every: Number = ONE
    unit: str

    grammar = "HEDGE? NUMBER (_A UNIT | _A every UNIT) when"
    reading = "{subject} every {every} {unit}, {when}"
    examples = (
        "removals: 11 a week in 2018",
        "removals: averaged 434 a year from 2015 to 2018",
        "removals: more than one every 15 hours in 2018",
    )

    @property
    def statement(self) -> Statement:
        """Of two every five days, that is 2/5 a day; one every six days prints the six."""
        one_in = self.number.value == 1 and self.every != ONE
        stated = self.number.times(1 / self.every.value)
        return Statement(dataclasses.replace(stated, one_in=one_in), self.hedge)

    def evidence(self, subject: Subject) -> Quantity:
        stretch = subject.stretch(self.when)
        units = stretch.days / DAYS[self.unit]
        if self.unit in ("month", "year") and stretch.months:
            units = Fraction(len(stretch.months), 12 if self.unit == "year" else 1)
        pace = subject.amount(stretch) / Quantity(units, units, f"{float(units):g}")
        return dataclasses.replace(pace, unit=f"a {self.unit}", measure="", pair=None)


@kind
class Length(Kind):
    """For how many years, months or other periods there are figures, or how many lie between the ends of two."""

    hedge: str = "exactly"
    unit: str
    covered: bool = False

    grammar = "FIGURES_FOR HEDGE? NUMBER UNIT when? | NUMBER UNIT span"
    examples = ("removals: figures for four years", "removals: three years from 2015 to 2018")

    def echo(self, subject: str) -> str:
        between = (
            f"with figures of {subject}, {self.when}" if self.covered else f"between {self.when.change} of {subject}"
        )
        return f"number of {self.unit}s {between}, {self.statement}"

    def evidence(self, subject: Subject) -> Quantity:
        if self.covered:
            periods = subject.periods(subject.stretch(self.when), self.unit)
            size = Fraction(len(periods))
            words = f"number of figures from {name_of(periods[0])} to {name_of(periods[-1])}"
            return Quantity(size, size, words, total(map(subject.amount, periods)).figures, f"{self.unit}s")
        later, earlier = subject.ends(self.when)
        earlier = earlier or years_before(later)
        above, below = subject.pair(later, earlier)
        months = 12 * (later.end.year - earlier.end.year) + later.end.month - earlier.end.month
        size = Fraction(months, max(1, round(12 * DAYS[self.unit] / YEAR)))
        words = f"end of {name_of(later)} - end of {name_of(earlier)}"
        return Quantity(size, size, words, above.figures + below.figures, f"{self.unit}s")
