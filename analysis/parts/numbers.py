"""How a number is written: its digits, its unit, its interval."""

from __future__ import annotations

import math
import re
from fractions import Fraction

from analysis.estimates import Estimate

WORDS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_STYLE = re.compile(r"\.(\d)f|(\d)s")


def significant(number: float, figures: int) -> str:
    """`number` rounded to so many significant figures; a power of ten only where nobody could read the zeros.

    >>> significant(1639.2, 2), significant(0.04179, 2), significant(12.96, 3), significant(1.39e30, 3)
    ('1,600', '0.042', '13.0', '1.39 × 10^30')
    >>> significant(-1.8e-16, 3)  # what is left of 0 by rounding
    '0'
    """
    if abs(number) < 1e-12:
        return "0"
    if abs(number) >= 1e15:
        power = math.floor(math.log10(abs(number)))
        return f"{significant(number / 10**power, figures)} × 10^{power}"
    decimals = figures - 1 - math.floor(math.log10(abs(number)))
    rounded = round(number, decimals)
    if rounded and math.floor(math.log10(abs(rounded))) > math.floor(math.log10(abs(number))):
        decimals -= 1
    return _minus(f"{rounded:,.{max(decimals, 0)}f}")


def stable(number: float) -> float:
    """`number` to eight significant digits: what is stored, the same on every processor."""
    return number if isinstance(number, int) else float(f"{number:.8g}")


def number_text(number: float, unit: str = "", style: str = "") -> str:
    """`number` without the words of its unit: whole counts and percentages, ratios to three figures.

    `style` says how many digits instead: ".1f" decimals, "2s" significant figures.

    >>> number_text(1736, "accounts"), number_text(57.168, "% a year"), number_text(3.0196, "ratio")
    ('1,736', '57%', '3.02')
    """
    match = _STYLE.fullmatch(style)
    if style and not match:
        raise ValueError(f"number style {style!r}: write .1f for decimals or 2s for significant figures")
    if match and match[1]:
        text = _minus(f"{number:,.{match[1]}f}")
    elif match:
        text = significant(number, int(match[2]))
    elif unit == "calendar year":
        text = f"{number:.0f}"
    elif unit.startswith("%") or unit.startswith("points") or float(number).is_integer() and unit != "ratio":
        text = _minus(f"{number:,.0f}")
    elif unit == "":
        text = "below 0.001" if 0 < number < 0.001 else significant(number, 2)
    else:
        text = significant(number, 3)
    return text + "%" if unit.startswith("%") else text


def _minus(text: str) -> str:
    text = text.replace("-", "\N{MINUS SIGN}")
    return text if re.search("[1-9]", text) else text.lstrip("\N{MINUS SIGN}")


def unit_text(unit: str) -> str:
    """The words after a number: " accounts", " a year"; none for a ratio, a year or a pure number."""
    words = unit.removeprefix("%").strip()
    return f" {words}" if words and words not in ("ratio", "calendar year") else ""


def in_words(number: float) -> str:
    """A small whole number in letters, none for 0, any other in digits.

    >>> in_words(0), in_words(3), in_words(30)
    ('none', 'three', '30')
    """
    small = float(number).is_integer() and 0 <= number < len(WORDS)
    return WORDS[int(number)] if small else number_text(number)


def level_text(level: float) -> str:
    """A nominal level as a percentage: "95%", "99.5%"."""
    return f"{round(100 * level, 6):g}%"


def odds_text(level: float) -> str:
    """A nominal level as so many times in so many.

    >>> odds_text(0.8), odds_text(0.95), odds_text(0.995)
    ('4 in 5', '19 in 20', '199 in 200')
    """
    odds = Fraction(level).limit_denominator(1000)
    return f"{odds.numerator} in {odds.denominator}"


def interval_name(estimate: Estimate) -> str:
    """ "95% confidence interval", "80% prediction interval", or "range"."""
    if estimate.level is None:
        return "range"
    return f"{level_text(estimate.level)} {estimate.interval} interval"


def interval_kind(estimate: Estimate) -> str:
    """Kind, level, method and assumptions: "95% confidence interval, exact conditional; Poisson counts"."""
    kind = f"{interval_name(estimate)}, {estimate.interval_method}" if estimate.interval else "no interval"
    return f"{kind}; {estimate.assumes}" if estimate.assumes else kind


def limit_style(estimate: Estimate, style: str = "") -> str:
    """The style of both limits: of a ratio one more decimal where a limit would be rounded onto 1.

    >>> limit_style(Estimate(estimand="e", unit="ratio", method="m", value=1.14, low=1.0048, high=1.295, level=0.95,
    ...     interval="confidence"))
    '.3f'
    """
    ends = [end for end in (estimate.low, estimate.high) if end is not None]
    if not style and estimate.unit == "ratio" and any(round(end, 2) == 1 != end for end in ends):
        return ".3f"
    return style


def limits_text(estimate: Estimate, style: str = "") -> str:
    """Both limits of an interval, "48% to 67%"; an open side is said in words, and so is why there is none.

    >>> limits_text(Estimate(estimand="e", unit="%", method="m", value=50, low=48, level=0.95, interval="confidence",
    ...     reason="unbounded at 95%"))
    '48% to unbounded'
    """
    if estimate.low is None and estimate.high is None:
        return estimate.reason or "no interval"
    style = limit_style(estimate, style)
    ends = ("unbounded" if x is None else number_text(x, estimate.unit, style) for x in (estimate.low, estimate.high))
    return " to ".join(ends)


def listed(items: list[str]) -> str:
    """Items in a sentence.

    >>> listed(["one", "two", "three"])
    'one, two and three'
    """
    return " and ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))


def inside(text: str) -> str:
    """`text` as it stands inside a sentence: a small first letter, unless it begins with an abbreviation.

    >>> inside("Mobile phones"), inside("SIM cards")
    ('mobile phones', 'SIM cards')
    """
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def sentence_case(text: str) -> str:
    """`text` with a capital first letter, whatever follows it."""
    return text[:1].upper() + text[1:]
