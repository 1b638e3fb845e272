"""Claims that state a share: of another series, or of a whole stretch of the same one."""

from __future__ import annotations

from fractions import Fraction

from analysis.claims.kinds import Evidence, Kind, kind
from analysis.claims.kinds.amounts import quotient
from analysis.claims.numbers import Number
from analysis.claims.selection import NOT_CHECKABLE, Amount, Figures, Subject, Unanswerable, When
from analysis.periods import Period


@kind
class Share(Kind):
    """What part of another series this one is, in the same period; of "all series", their sum."""

    number: Number
    hedge: str = "bare"
    other: tuple[str, ...]
    when: When

    grammar = 'hedge? share "of" (other | all) when'
    examples = ("removals: 5.6% of phone finds in 2018", "removals: nearly one in seventeen of phone finds in 2018")

    def evidence(self, subject: Subject, figures: Figures) -> Evidence:
        stretch = subject.stretch(self.when)
        part, whole = subject.amount(stretch), figures.subject(self.other).amount(stretch)
        low, high = quotient(part, whole)
        pair = None
        if part.high is not None and whole.high is not None and part.high <= whole.low:
            pair = (part, Amount(whole.low - part.high, whole.high - part.low, "", ()))
        return Evidence(
            calculation=f"{part.bracketed} / {whole.bracketed}",
            low=low,
            high=high,
            figures=part.figures + whole.figures,
            unit="%",
            quantity="share" if pair else "",
            pair=pair,
        )

    def echo(self, subject: str) -> str:
        return f"share of {subject} in {' + '.join(self.other) or 'all series'}, {self.when}"


@kind
class ShareOfTotal(Kind):
    """What part of all its periods, or of the stretch named second, falls into the stretch named first."""

    number: Number
    hedge: str = "bare"
    when: When
    whole: When = When()

    grammar = 'hedge? share "of" "the" "total" when'
    examples = (
        "the last two years hold nearly two-thirds of removals",
        "removals: nearly two-thirds of the total in the last two years",
        "2018 holds more than half of removals from 2017 to 2018",
    )

    def evidence(self, subject: Subject, figures: Figures) -> Evidence:
        part, whole = subject.stretch(self.when), subject.stretch(self.whole)
        if not (whole.start <= part.start and part.end <= whole.end):
            raise Unanswerable("missing period", "The part is not inside the whole.")
        inside, every = subject.amount(part), subject.amount(whole)
        rest = _rest(subject, part, whole, every)
        if every.low == 0:
            known = every.high == 0
            sentence = "The whole is 0: a share of nothing is undefined." if known else "The whole may be 0."
            reason, verdict = ("zero base", "undefined") if known else ("range too wide", NOT_CHECKABLE)
            raise Unanswerable(reason, sentence, every.figures, verdict)
        low = Fraction(0) if rest.high is None else inside.low / (inside.low + rest.high)
        high = Fraction(1) if inside.high is None else inside.high / (inside.high + rest.low)
        return Evidence(
            calculation=f"{inside.bracketed} / {every.bracketed}",
            low=low,
            high=high,
            figures=every.figures,
            unit="%",
            quantity="share" if rest.words else "",
            pair=(inside, rest) if rest.words else None,
        )

    def echo(self, subject: str) -> str:
        return f"share of {self.when} in {self.whole} of {subject}"


def _rest(subject: Subject, part: Period, whole: Period, every: Amount) -> Amount:
    """The amount of the whole outside the part: figure by figure, so that ranges stay as narrow as they are."""
    outside = [p for p in subject.periods(whole) if not (part.start <= p.start and p.end <= part.end)]
    amounts = [subject.amount(period) for period in outside]
    return sum(amounts[1:], amounts[0]) if amounts else Amount(Fraction(0), Fraction(0), "", ())
