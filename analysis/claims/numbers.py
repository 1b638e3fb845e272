"""Numbers as articles print or say them: "1,700", "15%", "two-thirds", "one in six", "£5.1 million"."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from fractions import Fraction

from analysis.rounding import Bounds, numbers_behind

ZEROS = Fraction(3, 100)  # trailing zeros count as rounded while half their step is no more of the number
_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty"
)
CARDINALS = {word: number for number, word in enumerate(_SMALL.split())}
CARDINALS |= {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_ORDINALS = "second third fourth fifth sixth seventh eighth ninth tenth"
ORDINALS = {word: number for number, word in enumerate(_ORDINALS.split(), 2)}
PARTS = {"half": 2, "halve": 2, "quarter": 4, **ORDINALS, "twentieth": 20, "hundredth": 100}
SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "k": 10**3, "m": 10**6, "bn": 10**9}
MULTIPLES = {"doubled": 2, "trebled": 3, "tripled": 3, "quadrupled": 4, "quintupled": 5, "twice": 2, "double": 2}
MULTIPLES |= {"treble": 3, "triple": 3, "quadruple": 4}

_WORD = "|".join(sorted(CARDINALS, key=len, reverse=True))
_PART = "|".join(part for part in PARTS if part != "second")
NUMBER = rf"(?:[£$€] ?)?(?:[0-9][0-9,]*(?:\.[0-9]+)?|\b(?:{_WORD})\b)(?: ?(?:{'|'.join(SCALES)})\b)?"
FRACTION = rf"(?:(?:an?|{_WORD}|[0-9]+)[ -])?(?:{_PART})s?\b|[0-9]+/[0-9]+"
ONE_IN = rf"(?:[0-9]+|\b(?:{_WORD})\b) (?:in|out of) (?:every )?(?:[0-9,]+|\b(?:{_WORD})\b)"


@dataclass(frozen=True)
class Number:
    """A stated number: its exact value (15% is 3/20), and the `step` of its last printed digit, None for words.

    `one_in` marks "one in six", whose printed number is the six, and `multiple` "doubled" or "three times".
    """

    text: str
    value: Fraction
    step: Fraction | None = None
    one_in: bool = False
    multiple: bool = False

    def __str__(self) -> str:
        return self.text

    @property
    def in_percent(self) -> bool:
        return self.text.endswith("%")

    def behind(self) -> Bounds | None:
        """All values that are printed like this; None for words.

        >>> str(read_number("15%").behind().low), read_number("two-thirds").behind()
        ('29/200', None)
        """
        if self.one_in:
            found = numbers_behind(1 / self.value, 1)
            return Bounds(1 / found.high, 1 / found.low, found.high_closed, found.low_closed)
        return None if self.step is None else numbers_behind(self.value, self.step)

    @property
    def level(self) -> Number:
        """As a column of percentages counts it: 15% as 15."""
        return self.times(100) if self.in_percent else self

    def times(self, factor: Fraction | int) -> Number:
        """The same print on another scale: 15% as 15 points."""
        step = None if self.step is None else self.step * factor
        return dataclasses.replace(self, value=self.value * factor, step=step)


ONE = Number("1", Fraction(1))


def read_number(text: str) -> Number:
    """The number that a printed or spoken text stands for.

    Digits carry their precision: the last printed digit, or the last that is not 0 as long as half of its step is at
    most 3% of the number ("1,700" is printed in hundreds, "700" in tens, "15%" in whole per cent).

    >>> [str(read_number(text).value) for text in ("1,736", "64.5%", "two-thirds", "one in six", "£5.1 million")]
    ['1736', '129/200', '2/3', '1/6', '5100000']
    >>> [str(read_number(text).step) for text in ("1,700", "700", "15%", "3.9", "half")]
    ['100', '10', '1/100', '1/10', 'None']
    """
    text = str(text)  # also of a parser's token
    said = text.strip().lower().lstrip("£$€ ")
    if said.endswith("%"):
        return dataclasses.replace(read_number(said[:-1]).times(Fraction(1, 100)), text=text)
    if re.fullmatch(ONE_IN, said):
        part, whole = (read_number(side).value for side in re.split(r" (?:in|out of) (?:every )?", said))
        if not 0 < part <= whole:
            raise ValueError(f"{text!r} is no part of a whole; write one in six")
        return Number(text, part / whole, one_in=part == 1)
    if re.fullmatch(FRACTION, said):
        return Number(text, _fraction(said))
    digits, _, scale = re.sub(r"(?<=[0-9])(?=[a-z])", " ", said.replace(",", "")).partition(" ")
    if digits in CARDINALS:
        digits = str(CARDINALS[digits])
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", digits) or scale not in {"", *SCALES}:
        raise ValueError(f"{text!r} is not a number; write it like 1,736 or 3.9 or 15% or two-thirds")
    factor = SCALES.get(scale, 1)
    value, step = Fraction(digits) * factor, Fraction(1)
    if "." in digits:
        step = factor * Fraction(1, 10 ** len(digits.partition(".")[2]))
    else:
        while value and value % (step * 10) == 0 and step * 5 <= ZEROS * value:
            step *= 10
    return Number(text, value, step)


def read_multiple(text: str) -> Number:
    """A multiple in words or whole numbers prints no digit; with decimals it does.

    >>> [(str(n.value), n.step) for n in map(read_multiple, ("doubled", "30-fold"))], str(read_multiple("1.5").step)
    ([('2', None), ('30', None)], '1/10')
    """
    said = re.sub(r"[ -]?fold$", "", text)
    found = read_number(str(MULTIPLES.get(said, said)))
    return Number(f"{float(found.value):g}", found.value, found.step if "." in said else None, multiple=True)


def _fraction(said: str) -> Fraction:
    if "/" in said:
        top, bottom = map(int, said.split("/"))
        if not bottom:
            raise ValueError(f"{said!r} divides by 0; write 2/3")
        return Fraction(top, bottom)
    count, _, part = said.replace("-", " ").rpartition(" ")
    part = part if part in PARTS else part[:-1]
    top = 1 if count in ("", "a", "an") else CARDINALS[count] if count in CARDINALS else int(count)
    return Fraction(top, PARTS[part])
