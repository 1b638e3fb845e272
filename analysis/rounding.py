"""What a printed number says about the number behind it, in exact rational arithmetic."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from numbers import Rational
from typing import Literal, get_args

from analysis.estimates import Estimate, computed

Rule = Literal["half up", "half even", "truncation"]
RULES: tuple[Rule, ...] = get_args(Rule)
DEFAULT_RULE: Rule = "half up"  # to the nearest step, a half away from zero; "half even": a half to the even step


@dataclass(frozen=True)
class Bounds:
    """The numbers between two limits, each counted in or out; None means no limit on that side.

    >>> Bounds(Fraction(29, 2), Fraction(31, 2), True, False).contains(Fraction(31, 2))
    False
    """

    low: Fraction | None
    high: Fraction | None
    low_closed: bool = True
    high_closed: bool = True

    def contains(self, value: Rational) -> bool:
        """Whether `value` lies inside."""
        above = self.low is None or value > self.low or (self.low_closed and value == self.low)
        below = self.high is None or value < self.high or (self.high_closed and value == self.high)
        return above and below

    def integers(self) -> tuple[int, int] | None:
        """The smallest and the largest integer inside; None if there is none.

        Raises
        ------
        ValueError : a side has no limit, so the integers have no end.
        """
        if self.low is None or self.high is None:
            raise ValueError("these bounds have no limit on one side; the integers inside have no end")
        first, last = math.ceil(self.low), math.floor(self.high)
        first += first == self.low and not self.low_closed
        last -= last == self.high and not self.high_closed
        return (first, last) if first <= last else None


def parse_number(text: str | int | float) -> Fraction:
    """The exact number that a printed text stands for; a percentage becomes a fraction of one.

    >>> [str(parse_number(text)) for text in ("1,736", "64.5%", "2/3", -15)]
    ['1736', '129/200', '2/3', '-15']
    """
    printed = str(text).strip().replace(",", "")
    try:
        if printed.endswith("%"):
            return Fraction(printed[:-1]) / 100
        return Fraction(printed)
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"{text!r} is not a number; write it like 1,736 or 3.9 or 15% or 2/3") from None


def numbers_behind(printed: Rational, step: Rational, rule: Rule = DEFAULT_RULE) -> Bounds:
    """All real numbers that are printed as `printed` when the last digit counts `step`.

    Raises
    ------
    ValueError : `printed` is no multiple of `step`, or the rule is unknown.

    >>> behind = numbers_behind(15, 1)
    >>> str(behind.low), str(behind.high), behind.low_closed, behind.high_closed
    ('29/2', '31/2', True, False)
    """
    printed, step = Fraction(printed), Fraction(step)
    if step <= 0:
        raise ValueError(f"step {step} is not above 0; give what the last printed digit counts")
    if printed % step:
        raise ValueError(f"{printed} is not a multiple of {step}; give the step of its last printed digit")
    size, half = abs(printed), step / 2
    if rule == "half up":
        bounds = Bounds(size - half, size + half, True, False)
    elif rule == "half even":
        even = (size / step) % 2 == 0
        bounds = Bounds(size - half, size + half, even, even)
    elif rule == "truncation":
        bounds = Bounds(size, size + step, True, False)
    else:
        raise ValueError(f"unknown rounding rule {rule!r}; use one of {', '.join(RULES)}")
    if size == 0:  # values of either sign print as zero
        return Bounds(-bounds.high, bounds.high, bounds.high_closed, bounds.high_closed)
    if printed < 0:
        return Bounds(-bounds.high, -bounds.low, bounds.high_closed, bounds.low_closed)
    return bounds


def earlier_values(later: int, change: Rational, step: Rational, rule: Rule = DEFAULT_RULE) -> Bounds:
    """All real earlier values from which `later` is the printed change.

    Parameters
    ----------
    later : the later count, at least 1.
    change : the printed change as a fraction of the earlier value (3/20 for "up 15%").
    step : what the last printed digit counts, on the same scale (1/100 for whole per cent).
    rule : how the percentage was rounded.

    Raises
    ------
    ValueError : `later` is below 1, or no earlier value can give that change.

    >>> bounds = earlier_values(10643, Fraction(15, 100), Fraction(1, 100))
    >>> round(float(bounds.low), 2), round(float(bounds.high), 2), bounds.integers()
    (9214.72, 9295.2, (9215, 9295))
    """
    if later < 1:
        raise ValueError(f"later count {later} is below 1: a change to nothing does not tell the earlier value")
    behind = numbers_behind(change, step, rule)
    if behind.high <= -1:
        raise ValueError(f"no earlier value falls by {float(-change):.0%} to {later}; check the sign")
    low, high = Fraction(later) / (1 + behind.high), None
    if behind.low > -1:
        high = Fraction(later) / (1 + behind.low)
    return Bounds(low, high, behind.high_closed, behind.low_closed)


@computed
def implied_earlier_count(
    later: int,
    percent: Rational | float | str,
    *,
    step: Rational | float | str = 1,
    rule: Rule = DEFAULT_RULE,
) -> Estimate:
    """Range of the integer earlier counts that a rounded percentage change leaves possible.

    Parameters
    ----------
    later : the later count.
    percent, step : the printed change and what its last digit counts, in per cent (15 and 1; 15 and 5 for
        a change rounded to a multiple of five).
    rule : how the percentage was rounded.

    Returns
    -------
    Estimate : limits of kind "range", which hold for certain if the rule was followed; no value, since the
        printed change does not single one out; `n` is the number of integers that remain possible.

        Where no earlier count can give the change, there are no limits and `reason` says so.

    Examples
    --------
    >>> estimate = implied_earlier_count(10643, 15)
    >>> estimate.low, estimate.high, estimate.n
    (9215, 9295, 81)
    >>> estimate = implied_earlier_count(10643, 15, rule="truncation")
    >>> estimate.low, estimate.high  # 9,175 would give 16% exactly
    (9176, 9254)
    """
    change, unit_step = parse_number(percent) / 100, parse_number(step) / 100
    described = {
        "estimand": f"earlier count from which {later:,} is a change of {_percent(change)}",
        "unit": "count",
        "method": f"inversion of a percentage printed in steps of {_percent(unit_step)}, rounded by {rule}",
    }
    try:
        bounds = earlier_values(later, change, unit_step, rule)
    except ValueError as error:
        return Estimate(**described, reason=f"not estimable: {error}")
    if bounds.high is None:
        return Estimate(**described, reason="unbounded: a fall that rounds to 100% has no largest earlier value")
    integers = bounds.integers()
    if integers is None:
        return Estimate(**described, reason="no integer earlier count gives this change")
    low, high = integers
    return Estimate(
        **described,
        value=low if low == high else None,
        low=low,
        high=high,
        interval="range",
        interval_method="all integers that round to the printed change",
        n=high - low + 1,
        assumes=f"rounding by {rule}",
        reason="" if low == high else "known only as a range: the printed change is rounded",
    )


def _percent(fraction: Fraction) -> str:
    return f"{float(fraction * 100):g}%"
