"""Claims that state an amount: a count or sum, a number per head, a number per day."""

from __future__ import annotations

from fractions import Fraction

from analysis.claims.hedges import Statement
from analysis.claims.kinds import Evidence, Kind, kind
from analysis.claims.numbers import Number
from analysis.claims.selection import Figures, Subject, Unanswerable, When, name_of
from analysis.periods import Period


@kind
class Count(Kind):
    """The count of a period, or the sum over all periods that the claim names."""

    number: Number
    hedge: str = "bare"
    when: When

    grammar = 'hedge? (number | percent) "times"? when'
    examples = ("removals: 594 in 2018", "removals: more than 1,700 from 2015 to 2018", "removals: 1,736 in total")

    def evidence(self, subject: Subject, figures: Figures) -> Evidence:
        if self.number.text.endswith("%") and subject.unit != "%":
            raise Unanswerable("another unit", f"{subject.name} counts {subject.unit or 'things'}, no percentage.")
        found = subject.amount(subject.stretch(self.when))
        whole = found.low.denominator == 1
        return Evidence(
            calculation=found.words, low=found.low, high=found.high, figures=found.figures, whole_numbers=whole
        )

    @property
    def statement(self) -> Statement:
        return Statement(self.number.times(100) if self.number.text.endswith("%") else self.number, self.hedge)

    def echo(self, subject: str) -> str:
        return f"{subject}, {self.when}"


@kind
class Rate(Kind):
    """The count for each, or for every hundred or so, of what another series counts in the same period."""

    number: Number
    hedge: str = "bare"
    size: Number = Number("1", Fraction(1))
    other: tuple[str, ...]
    when: When

    grammar = 'hedge? number _PER size? other when'
    examples = ("removals: 5 per 100 phone finds in 2018",)

    def evidence(self, subject: Subject, figures: Figures) -> Evidence:
        above, below = subject.amount(subject.stretch(self.when)), self._base(subject, figures)
        size = "" if self.size.value == 1 else f" x {self.size.value}"
        low, high = quotient(above, below)
        return Evidence(
            calculation=f"{above.bracketed} / {below.bracketed}{size}",
            low=low * self.size.value,
            high=None if high is None else high * self.size.value,
            figures=above.figures + below.figures,
            unit=f"per {self.size.value} {figures.subject(self.other).name}",
        )

    def _base(self, subject: Subject, figures: Figures):
        return figures.subject(self.other).amount(subject.stretch(self.when))

    def echo(self, subject: str) -> str:
        return f"{subject} per {self.size.text} {' + '.join(self.other)}, {self.when}"


@kind
class Pace(Kind):
    """The count per day, week, month or year of its period, or the time between two ("one every six days")."""

    number: Number
    hedge: str = "bare"
    every: Number = Number("1", Fraction(1))
    unit: str
    when: When

    grammar = 'hedge? number (_A unit | _EVERY every unit) when'
    examples = ("removals: one every 15 hours in 2018", "removals: 11 a week in 2018")

    @property
    def statement(self) -> Statement:
        if self.number.value == 1 and self.every.value > 0 and self.every.text != "1":
            return Statement(Number(self.number.text, 1 / self.every.value, one_in=True), self.hedge)
        return Statement(self.number, self.hedge)

    def evidence(self, subject: Subject, figures: Figures) -> Evidence:
        stretch = subject.stretch(self.when)
        found, units = subject.amount(stretch), _length(stretch, self.unit)
        single = self.statement.number.one_in or self.every.text == "1"
        factor = 1 / units if single else self.every.value / units
        return Evidence(
            calculation=f"{found.bracketed} / {float(1 / factor):g}",
            low=found.low * factor,
            high=None if found.high is None else found.high * factor,
            figures=found.figures,
            unit=f"a {self.unit}" if single else f"every {self.every.text} {self.unit}s",
        )

    def echo(self, subject: str) -> str:
        every = "" if self.every.text == "1" else f"{self.every.text} "
        return f"{subject} every {every}{self.unit}{'s' * bool(every)}, {self.when}"


def _length(stretch: Period, unit: str) -> Fraction:
    days = {"hour": Fraction(1, 24), "day": Fraction(1), "week": Fraction(7)}
    if unit in days:
        return stretch.days / days[unit]
    months = len(stretch.months)
    if not months:
        raise Unanswerable("no breakdown", f"{name_of(stretch)} holds no whole month.")
    return Fraction(months, 12 if unit == "year" else 1)


def quotient(above, below) -> tuple[Fraction, Fraction | None]:
    """Limits of one amount over another; Unanswerable when that is a division by zero."""
    figures = above.figures + below.figures
    if below.high == 0:
        sentence = "The earlier count, or the whole, is 0: a ratio or percentage from zero is undefined."
        raise Unanswerable("zero base", sentence, figures, "undefined")
    if below.low == 0:
        raise Unanswerable("range too wide", "The earlier count may be 0, from which no ratio exists.", figures)
    low = Fraction(0) if below.high is None else above.low / below.high
    return low, None if above.high is None else above.high / below.low
