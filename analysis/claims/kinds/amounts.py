"""Claims that state how many: a count or sum, a number per head or per day, a share, a number of years."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from math import inf

from analysis.claims.hedges import Statement
from analysis.claims.kinds import Kind, kind
from analysis.claims.numbers import ONE, Number
from analysis.claims.selection import DAYS, YEAR, Quantity, Subject, Unanswerable, When, name_of, total, years_before


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
    reading = "number of {unit}s of {subject}, {when}"
    examples = ("removals: figures for four years", "removals: three years from 2015 to 2018")

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


@kind
class Share(Kind):
    """What part, or how many times as much, of another series this one is in the same period; or of all together."""

    grammar = '_HOLDS? HEDGE? (_share ("of" "all"?)? | (multiple | _share) _AS_MANY) (other | all) when'
    reading = "share of {subject} in {other}, {when}"
    examples = (
        "finds: 18 times as many as removals in 2018",
        "removals: 5.6% of finds in 2018",
        "removals: nearly one in seventeen finds in 2018",
    )

    def evidence(self, subject: Subject) -> Quantity:
        stretch = subject.stretch(self.when)
        part, whole = subject.amount(stretch), subject.other(*self.other).amount(stretch)
        found = part / whole
        if self.number.value > 1:
            return found
        if part.high >= whole.low or whole.high == inf:
            return dataclasses.replace(found, unit="%", measure="", pair=None)
        rest = Quantity(whole.low - part.high, whole.high - part.low, "")
        return dataclasses.replace(found, unit="%", measure="share", pair=(part, rest))


@kind
class ShareOfTotal(Kind):
    """What part of all its periods, or of the stretch named second, falls into the stretch named first."""

    whole: When = When()

    grammar = 'HEDGE? _share "of" "the" "total" when | when _HOLDS HEDGE? _share "of" "the" "total"'
    reading = "share of {when} in {whole} of {subject}"
    examples = (
        "the last two years hold nearly two-thirds of removals",
        "removals: nearly two-thirds of the total in the last two years",
        "2018 holds more than half of removals from 2017 to 2018",
    )

    def evidence(self, subject: Subject) -> Quantity:
        part, whole = subject.stretch(self.when), subject.stretch(self.whole)
        inside, every = subject.amount(part), subject.amount(whole)
        if not (whole.start <= part.start and part.end <= whole.end):
            raise Unanswerable("missing period", "The part is not inside the whole.")
        outside = [period for period in subject.periods(whole) if period.end < part.start or part.end < period.start]
        found = dataclasses.replace(inside / every, figures=every.figures, unit="%", measure="", pair=None)
        if not outside:
            return found
        rest = total([subject.amount(period) for period in outside])
        # a range outside the part widens the whole only, one inside both
        low = Fraction(inside.low / (inside.low + rest.high))
        high = Fraction(1) if inside.high == inf else inside.high / (inside.high + rest.low)
        return dataclasses.replace(found, low=low, high=high, measure="share", pair=(inside, rest))
