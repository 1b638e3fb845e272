"""Numbers and reasons of a verdict in words for readers."""

from __future__ import annotations

from fractions import Fraction

from analysis.claims.hedges import FAILED, NOT_CHECKABLE, Statement, Verdict
from analysis.claims.quantities import Quantity


def fraction_text(number: Fraction, percentage: bool = False) -> str:
    """A number as the explanations print it: integers whole, others to three decimals, percentages to two.

    >>> fraction_text(Fraction(594, 153)), fraction_text(Fraction(1121, 1736), percentage=True)
    ('3.882', '64.57%')
    """
    number, decimals = (number * 100, 2) if percentage else (number, 3)
    text = f"{float(number):,.{decimals}f}"
    exact = (number * 10**decimals).denominator == 1
    return (text.rstrip("0").rstrip(".") if exact else text) + "%" * percentage


def range_text(low: Fraction | None, high: Fraction | None, percentage: bool = False) -> str:
    """A value or the range it lies in: "3.882", "9,215 to 9,295", "at least 479"."""
    texts = [fraction_text(end, percentage) for end in (low, high) if end is not None]
    if len(texts) == 2:
        return " to ".join(dict.fromkeys(texts))
    return f"at {'least' if high is None else 'most'} {texts[0]}" if texts else "any number"


def explain(statement: Statement, found: Quantity, verdict: Verdict, tolerance: Fraction) -> str:
    """What the figures give, what the claim states, and what it would take for the claim to hold."""
    value = range_text(found.low, found.high, found.unit == "%")
    shown = value if value == found.words else f"{found.words} = {value}"
    parts = [f"The figures give {shown}" + (f" against “{statement}”." if str(statement) else ".")]
    if found.is_range:
        whole = "It depends on where in the range the figure lies." if verdict == NOT_CHECKABLE else ""
        return f"{parts[0]} {whole or 'That is so for the whole range.'}"
    along, size = statement.along(found.low), statement.size
    if verdict in FAILED and along < 0:
        parts.append("The figures go the other way.")
    elif verdict in FAILED and size:
        far = fraction_text(abs(along - size) / size, True)
        parts.append(f"That is {far} {'less' if along < size else 'more'} than stated.")
    critical = statement.critical_tolerance(found.low)
    if critical and size:
        granted = fraction_text(statement.granted(tolerance), True)
        parts.append(f"To hold it needs a tolerance of {fraction_text(critical, True)}; {granted} is granted.")
    if statement.is_weak(found.low):
        parts.append("It is weak: the next printed number would have been true as well.")
    return " ".join(parts)
