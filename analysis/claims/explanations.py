"""Why a claim got its verdict, in sentences for readers."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from analysis.claims.claims import Claim
from analysis.claims.evidence import NOT_CHECKABLE, Evidence
from analysis.claims.hedges import DEFAULT, Stretches, Verdict
from analysis.rounding import Rule


def number_text(number: Fraction, percentage: bool = False) -> str:
    """A number as the explanations print it: integers whole, others to three decimals, percentages to two.

    >>> number_text(Fraction(594, 153)), number_text(Fraction(1121, 1736), percentage=True)
    ('3.882', '64.57%')
    """
    if percentage:
        return f"{_decimals(number * 100, 2)}%"
    return _decimals(number, 3)


def stated_text(claim: Claim) -> str:
    """The stated number with its hedge, as the claim puts it ("almost 4")."""
    assert claim.number is not None
    stated = claim.stated
    if "/" in stated:
        stated = f"{stated} ({number_text(claim.number, percentage=True)})"
    return stated if claim.hedge == "bare" else f"{claim.hedge} {stated}"


def explain(
    claim: Claim,
    evidence: Evidence,
    verdict: Verdict,
    stretches: Stretches,
    elsewhere: Mapping[Rule, Verdict],
    tolerance: Fraction = DEFAULT,
    rule: Rule = "half up",
) -> str:
    """What the figures give, what the claim allows, and what it would take for the claim to hold."""
    statement = claim.statement
    said = f"“{stated_text(claim)}”"
    parts = [f"The figures give {_value_text(claim, evidence)} against {said}."]
    if verdict == NOT_CHECKABLE:
        parts += _by_part(claim, evidence, stretches)
    elif verdict == "holds as rounded":
        parts.append(f"Rounded ({rule}) to its last digit it is {claim.stated}.")
    elif not evidence.is_range:
        value = evidence.low
        if verdict in ("overstated", "understated", "contradicted"):
            parts.append(_failure(claim, value))
        critical = statement.critical_tolerance(value, rule)
        if critical is None:
            parts.append("No tolerance makes it hold.")
        elif critical > 0 or not verdict.startswith("holds"):
            granted = number_text(tolerance, True) if statement.kind.tolerant else "none"
            needed = number_text(critical, True) if critical else "any"
            parts.append(f"To hold it needs a tolerance of {needed}; {granted} is granted.")
        if statement.is_weak(value):
            parts.append("It is weak: the next printed number would have been true as well.")
    elif verdict in ("overstated", "understated", "contradicted"):
        parts.append(f"That is so for the whole range: {verdict}.")
        if len(stretches) > 1:
            parts += _by_part(claim, evidence, stretches)
    else:
        parts.append("That is so for the whole range.")
    parts += [f"Under {name}: {other}." for name, other in elsewhere.items()]
    return " ".join(part for part in parts if part)


def _value_text(claim: Claim, evidence: Evidence) -> str:
    percentage = claim.as_percentage
    low = number_text(evidence.low, percentage)
    if evidence.high is None:
        value = f"at least {low}"
    elif evidence.is_range:
        value = f"{low} to {number_text(evidence.high, percentage)}"
    else:
        value = low
    return value if value == evidence.calculation else f"{evidence.calculation} = {value}"


def _joined(stretches: Stretches) -> Stretches:
    """Neighbouring stretches that hold, exactly or as rounded, as one."""
    joined: Stretches = []
    for verdict, low, high in stretches:
        if joined and verdict.startswith("holds") and joined[-1][0].startswith("holds"):
            joined[-1] = ("holds as rounded", joined[-1][1], high)
        else:
            joined.append((verdict, low, high))
    return joined


def _by_part(claim: Claim, evidence: Evidence, stretches: Stretches) -> list[str]:
    """For which part of a range each verdict holds."""
    said = []
    for verdict, low, high in _joined(stretches):
        first, last = (number_text(end, claim.as_percentage) for end in (low, high))
        upwards = evidence.high is None and high == stretches[-1][2]
        extent = f"{first} and more" if upwards else first if first == last else f"{first} to {last}"
        said.append(f"{verdict} for {extent}")
    return [f"It depends on where in the range the figure lies: {'; '.join(said)}."]


def _failure(claim: Claim, value: Fraction) -> str:
    statement = claim.statement
    along = statement.along(value)
    if along < 0:
        return "The figures go the other way."
    if along == statement.size:
        return "The figures reach the number itself, which the hedge excludes."
    if statement.size == 0:
        return "The figures do not."
    size = number_text(abs(along - statement.size) / statement.size, True)
    return f"That is {size} {'less' if along < statement.size else 'more'} than stated."


def _decimals(number: Fraction, decimals: int) -> str:
    text = f"{float(number):,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if (number * 10**decimals).denominator == 1 else text
