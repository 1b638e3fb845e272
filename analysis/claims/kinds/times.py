"""Claims about time itself: for how many years there are figures, and how many lie between two of them."""

from __future__ import annotations

from fractions import Fraction

from analysis.claims.kinds import Kind, kind
from analysis.claims.quantities import Quantity
from analysis.claims.selection import DAYS, YEAR, Subject, name_of, years_before


@kind
class Coverage(Kind):
    """For how many years, months or other periods there are figures."""

    hedge: str = "exactly"
    unit: str

    grammar = "_FIGURES_FOR HEDGE? NUMBER UNIT when?"
    reading = "number of {unit}s with figures of {subject}, {when}"
    examples = ("removals: figures for four years",)

    def evidence(self, subject: Subject) -> Quantity:
        periods = subject.periods(subject.stretch(self.when), self.unit)
        size = Fraction(len(periods))
        words = f"number of figures from {name_of(periods[0])} to {name_of(periods[-1])}"
        figures = tuple(figure for period in periods for figure in subject.amount(period).figures)
        return Quantity(size, size, words, figures, f"{self.unit}s")


@kind
class Distance(Kind):
    """How many years or months lie between the ends of two periods that have figures."""

    hedge: str = "exactly"
    unit: str

    grammar = "NUMBER UNIT span"
    reading = "{unit}s between {when.change} of {subject}"
    examples = ("removals: three years from 2015 to 2018",)

    def evidence(self, subject: Subject) -> Quantity:
        later, earlier = subject.ends(self.when)
        earlier = earlier or years_before(later)
        above, below = subject.pair(later, earlier)
        months = 12 * (later.end.year - earlier.end.year) + later.end.month - earlier.end.month
        size = Fraction(months, max(1, round(12 * DAYS[self.unit] / YEAR)))
        words = f"end of {name_of(later)} - end of {name_of(earlier)}"
        return Quantity(size, size, words, above.figures + below.figures, f"{self.unit}s")
