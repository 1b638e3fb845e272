"""Claims about time itself: for how many years there are figures, and how many lie between two of them."""

from __future__ import annotations

from fractions import Fraction

from analysis.claims.hedges import Statement
from analysis.claims.kinds import Evidence, Kind, kind
from analysis.claims.kinds.changes import Span
from analysis.claims.numbers import Number
from analysis.claims.selection import DAYS, YEAR, Figures, Subject, When, name_of, years_before


@kind
class Coverage(Kind):
    """For how many years, months or other periods there are figures."""

    number: Number
    hedge: str = "exactly"
    unit: str
    when: When = When()

    grammar = "_FIGURES_FOR hedge? number unit when?"
    reading = "number of {unit}s with figures of {subject}, {when}"
    examples = ("removals: figures for four years",)

    def evidence(self, subject: Subject, figures: Figures) -> Evidence:
        periods = subject.periods(subject.stretch(self.when), self.unit)
        return Evidence(
            calculation=f"number of figures from {name_of(periods[0])} to {name_of(periods[-1])}",
            low=Fraction(len(periods)),
            high=Fraction(len(periods)),
            figures=tuple(figure for period in periods for figure in subject.amount(period).figures),
            unit=f"{self.unit}s",
        )


@kind
class Distance(Kind):
    """How many years or months lie between the ends of two periods that have figures."""

    number: Number
    unit: str
    span: Span

    grammar = "number unit span"
    reading = "{unit}s between {span} of {subject}"
    examples = ("removals: three years from 2015 to 2018",)

    @property
    def statement(self) -> Statement:
        return Statement(self.number, "exactly")

    def evidence(self, subject: Subject, figures: Figures) -> Evidence:
        later, earlier = self.span.ends(subject)
        earlier = earlier or years_before(later)
        amounts = subject.pair(later, earlier)
        months = 12 * (later.end.year - earlier.end.year) + later.end.month - earlier.end.month
        size = Fraction(months, max(1, round(12 * DAYS[self.unit] / YEAR)))
        return Evidence(
            calculation=f"end of {name_of(later)} - end of {name_of(earlier)}",
            low=size,
            high=size,
            figures=sum((amount.figures for amount in amounts), ()),
            unit=f"{self.unit}s",
        )
