"""Claims that state a share: of another series, or of a whole stretch of the same one."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from math import inf

from analysis.claims.kinds import Kind, kind
from analysis.claims.quantities import Quantity, Unanswerable
from analysis.claims.selection import Subject, When, total


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

    def slip(self, subject: Subject) -> tuple[str, Kind] | None:
        said = {"number": self.number, "hedge": self.hedge, "when": self.when}
        return ("a share of all series", Share(**said)) if len(subject.figures) > 1 else None
