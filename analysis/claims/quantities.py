"""What the figures give, exact or as a range, with its calculation and sources; or the reason why they give nothing."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, NamedTuple

from analysis.claims.hedges import NOT_CHECKABLE, Verdict
from analysis.figures.observations import Source


class Figure(NamedTuple):
    """One figure that a claim was checked against, and where it was published."""

    series: str
    period: str
    text: str
    source: Source


@dataclass(frozen=True)
class Quantity:
    """A count, or what follows from counts: exact, or known only as `low` to `high` (None: no limit on that side).

    `words` are the calculation. `pair` are the counts whose `measure` has an interval of its own: part and rest of a
    share, later and earlier of a ratio or change; a "level", such as a percentage, is no count. A kind of claim
    without a stated number gives its `verdict` here, and the `sentence` why.
    """

    low: Fraction | None
    high: Fraction | None
    words: str
    figures: tuple[Figure, ...] = ()
    unit: str = ""
    measure: Literal["", "level", "ratio", "change", "share"] = ""
    pair: tuple[Quantity, Quantity] | None = None
    verdict: Verdict = ""
    sentence: str = ""

    @property
    def is_range(self) -> bool:
        return self.low is None or self.low != self.high

    @property
    def bracketed(self) -> str:
        return f"({self.words})" if " " in self.words else self.words

    def __add__(self, other: Quantity) -> Quantity:
        high = None if None in (self.high, other.high) else self.high + other.high
        return Quantity(self.low + other.low, high, f"{self.words} + {other.words}", self.figures + other.figures)

    def __sub__(self, other: Quantity) -> Quantity:
        low = None if None in (self.low, other.high) else self.low - other.high
        high = None if None in (self.high, other.low) else self.high - other.low
        return self._with(other, low, high, "-")

    def __truediv__(self, other: Quantity) -> Quantity:
        """The ratio; Unanswerable when that is a division by zero."""
        figures = self.figures + other.figures
        if other.high == 0:
            sentence = "The earlier count, or the whole, is 0: a ratio or percentage from zero is undefined."
            raise Unanswerable("zero base", sentence, figures, "undefined")
        if other.low == 0:
            raise Unanswerable("range too wide", "The earlier count may be 0, from which no ratio exists.", figures)
        low = Fraction(0) if other.high is None else self.low / other.high
        high = None if self.high is None else self.high / other.low
        return self._with(other, low, high, "/")

    def _with(self, other: Quantity, low: Fraction | None, high: Fraction | None, sign: str) -> Quantity:
        words, counts = f"{self.bracketed} {sign} {other.bracketed}", not (self.measure or other.measure)
        about = {"measure": "ratio", "pair": (self, other)} if counts else {"measure": "level"}
        return Quantity(low, high, words, self.figures + other.figures, "ratio" if sign == "/" else "", **about)


class Unanswerable(Exception):
    """The figures do not settle the claim: typed reason, explanation, what was looked at, verdict."""

    def __init__(self, reason: str, sentence: str, figures=(), verdict: Verdict = NOT_CHECKABLE, found=None):
        super().__init__(sentence)
        self.reason, self.verdict = reason, verdict
        self.found = found or Quantity(None, None, "none", figures)
