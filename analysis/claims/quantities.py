"""What the figures give, exact or as a range, with its calculation and sources; or the reason why they give nothing."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import inf
from typing import Literal

from analysis.claims.hedges import NOT_CHECKABLE, Verdict
from analysis.figures.observations import Observation

Figures = tuple[tuple[str, Observation], ...]  # each with the name of its series


@dataclass(frozen=True)
class Quantity:
    """A count, or what follows from counts: exact, or known only as `low` to `high`, which may be infinite.

    `words` are the calculation. `pair` are the counts whose `measure` has an interval of its own: part and rest of a
    share, later and earlier of a ratio or change; a "level", such as a percentage, is no count. A kind of claim
    without a stated number gives its `verdict` here, and the `sentence` why.
    """

    low: Fraction | float
    high: Fraction | float
    words: str
    figures: Figures = ()
    unit: str = ""
    measure: Literal["", "level", "ratio", "change", "share"] = ""
    pair: tuple[Quantity, Quantity] | None = None
    verdict: Verdict = ""
    sentence: str = ""

    @property
    def is_range(self) -> bool:
        return self.low != self.high

    @property
    def bracketed(self) -> str:
        return f"({self.words})" if " " in self.words else self.words

    def __add__(self, other: Quantity) -> Quantity:
        words = f"{self.words} + {other.words}"
        return Quantity(self.low + other.low, self.high + other.high, words, self.figures + other.figures)

    def __sub__(self, other: Quantity) -> Quantity:
        return self._with(other, "-", self.low - other.high, self.high - other.low)

    def __truediv__(self, other: Quantity) -> Quantity:
        """The ratio; Unanswerable when that is a division by zero."""
        figures = self.figures + other.figures
        if other.high == 0:
            sentence = "The earlier count, or the whole, is 0: a ratio or percentage from zero is undefined."
            raise Unanswerable("zero base", sentence, figures, "undefined")
        if other.low == 0:
            raise Unanswerable("range too wide", "The earlier count may be 0, from which no ratio exists.", figures)
        return self._with(other, "/", Fraction(self.low / other.high), self.high / other.low)

    def _with(self, other: Quantity, sign: str, low: Fraction | float, high: Fraction | float) -> Quantity:
        words, unit = f"{self.bracketed} {sign} {other.bracketed}", "ratio" if sign == "/" else ""
        if self.measure or other.measure:
            return Quantity(low, high, words, self.figures + other.figures, unit, "level")
        return Quantity(low, high, words, self.figures + other.figures, unit, "ratio", (self, other))


class Unanswerable(Exception):
    """The figures do not settle the claim: typed reason, explanation, what was looked at, verdict, what they give."""

    def __init__(
        self,
        reason: str,
        sentence: str,
        figures: Figures = (),
        verdict: Verdict = NOT_CHECKABLE,
        found: Quantity | None = None,
    ):
        super().__init__(sentence)
        self.reason, self.verdict = reason, verdict
        self.found = found or Quantity(-inf, inf, "none", figures)
