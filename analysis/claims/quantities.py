"""What the figures give, exact or as a range, with its calculation and sources; or the reason why they give nothing."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from fractions import Fraction
from math import inf
from typing import Literal

from analysis.claims.hedges import NOT_CHECKABLE, Verdict
from analysis.estimates import Estimate
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
    def text(self) -> str:
        """The value, or the range it lies in: "3.882", "9,215 to 9,295", "at least 479", "12.5%"."""
        texts = [percent(e) if self.unit == "%" else _decimals(e, 3) for e in (self.low, self.high) if abs(e) != inf]
        if len(texts) == 2:
            return " to ".join(dict.fromkeys(texts))
        return f"at {'least' if self.high == inf else 'most'} {texts[0]}" if texts else "none"

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


def percent(share: Fraction) -> str:
    """A share as a percentage of two decimals, or fewer where it is exact.

    >>> percent(Fraction(1, 8)), percent(Fraction(1121, 1736))
    ('12.5%', '64.57%')
    """
    return f"{_decimals(100 * share, 2)}%"


def _decimals(number: Fraction, places: int) -> str:
    text = f"{float(number):,.{places}f}"
    return text.rstrip("0").rstrip(".") if (number * 10**places).denominator == 1 else text


class Unanswerable(Exception):
    """The figures do not settle the claim: typed reason, explanation, what was looked at, verdict, calculation."""

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
        self.found = dataclasses.replace(found or Quantity(0, 0, "none", figures), low=-inf, high=inf, unit="")
        self.implied: Estimate | None = None  # what the claim itself says of a missing figure
