"""Why a claim got its verdict, in sentences for readers."""

from __future__ import annotations

from fractions import Fraction

from analysis.claims.claims import Claim
from analysis.claims.hedges import FAILED, NOT_CHECKABLE, Statement, Stretches, Verdict
from analysis.claims.kinds import Evidence
from analysis.rounding import Rule


def number_text(number: Fraction, percentage: bool = False) -> str:
    """A number as the explanations print it: integers whole, others to three decimals, percentages to two.

    >>> number_text(Fraction(594, 153)), number_text(Fraction(1121, 1736), percentage=True)
    ('3.882', '64.57%')
    """
    if percentage:
        return f"{_decimals(number * 100, 2)}%"
    return _decimals(number, 3)


def range_text(low: Fraction | None, high: Fraction | None, percentage: bool = False) -> str:
    """A value or the range it lies in: "3.882", "9,215 to 9,295", "at least 479"."""
    if low is None or high is None:
        end = low if high is None else high
        return f"{'at least' if high is None else 'at most'} {number_text(end or Fraction(0), percentage)}"
    first, last = number_text(low, percentage), number_text(high, percentage)
    return first if first == last else f"{first} to {last}"


def explain(
    claim: Claim,
    statement: Statement,
    evidence: Evidence,
    stretches: Stretches,
    verdict: Verdict,
    tolerance: Fraction,
    rule: Rule,
) -> str:
    """What the figures give, what the claim allows, and what it would take for the claim to hold."""
    percentage = evidence.unit == "%"
    value = range_text(evidence.low, evidence.high, percentage)
    against = f" against “{claim.stated}”" if statement.size else ""
    parts = [f"The figures give {value if value == evidence.calculation else f'{evidence.calculation} = {value}'}"]
    parts[0] += f"{against}."
    if verdict == NOT_CHECKABLE or (evidence.is_range and verdict in FAILED and len(stretches) > 1):
        said = [f"{name} for {range_text(low, high, percentage)}" for name, low, high in stretches]
        parts.append(f"It depends on where in the range the figure lies: {'; '.join(said)}.")
    elif evidence.is_range:
        parts.append("That is so for the whole range.")
    elif verdict == "holds as rounded" and statement.kind.name == "bare":
        parts.append(f"Rounded ({rule}) to its last digit it is {statement.number.text}.")
    elif statement.size:
        parts += _sizes(statement, evidence.low, verdict, tolerance, rule)
    elif verdict in FAILED:
        parts.append("The figures do not.")
    return " ".join(part for part in parts if part)


def _sizes(statement: Statement, value: Fraction, verdict: Verdict, tolerance: Fraction, rule: Rule) -> list[str]:
    parts, critical, granted = [], statement.critical_tolerance(value, rule), statement.granted(tolerance)
    along = statement.along(value)
    if verdict in FAILED:
        size = number_text(abs(along - statement.size) / statement.size, True)
        more = f"That is {size} {'less' if along < statement.size else 'more'} than stated."
        reached = "The figures reach the number itself, which the hedge excludes."
        parts.append("The figures go the other way." if along < 0 else reached if along == statement.size else more)
    if critical is None:
        parts.append("No tolerance makes it hold.")
    elif critical > 0 or verdict in FAILED:
        needed = number_text(critical, True) if critical else "any"
        parts.append(f"To hold it needs a tolerance of {needed}; {number_text(granted, True)} is granted.")
    if statement.is_weak(value):
        parts.append("It is weak: the next printed number would have been true as well.")
    return parts


def _decimals(number: Fraction, decimals: int) -> str:
    text = f"{float(number):,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if (number * 10**decimals).denominator == 1 else text
