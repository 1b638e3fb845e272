"""A comparison of two series under every alignment of their periods and every reading of a rounded change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.comparison.alignment import Spread, aligned_growth_ratio
from analysis.comparison.side_by_side import RATIO, ratio_of_growth_ratios_range
from analysis.estimates import Estimate, computed
from analysis.periods import Period
from analysis.rounding import Rule, implied_earlier_count

ALIGNMENTS: tuple[Spread, ...] = ("even months", "even days", "non-decreasing months")
ROUNDINGS: dict[str, tuple[Rule, int]] = {
    "to 1%, half up": ("half up", 1),
    "to 1%, half even": ("half even", 1),
    "to 1%, cut off": ("truncation", 1),
    "to 5%, half up": ("half up", 5),
}


@dataclass(frozen=True, kw_only=True)
class ComparisonSpecification:
    """One way to align the months and to read a rounded change, and what the comparison says under it."""

    alignment: Spread
    rounding: str
    earlier_count: Estimate
    ratio: Estimate


def earlier_counts(later: int, percent: int | None) -> dict[str, Estimate]:
    """The range of the earlier count under every way in which a change in percent may have been rounded.

    None without a published change; a step of 5% is tried only on a multiple of it.

    >>> [(count.low, count.high) for count in earlier_counts(10643, 15).values()]
    [(9215, 9295), (9215, 9295), (9176, 9254), (9058, 9460)]
    """
    return {
        name: implied_earlier_count(later, percent, step=step, rule=rule)
        for name, (rule, step) in ROUNDINGS.items()
        if percent is not None and percent % step == 0
    }


@computed
def comparison_multiverse(
    periods: Sequence[Period],
    counts: Sequence[int],
    earlier: Period,
    later: Period,
    comparison_later: int,
    percent: int | None,
) -> tuple[ComparisonSpecification, ...]:
    """Ratio of two growth ratios under every alignment and every way a change may have been rounded.

    periods, counts : the first series, (k,) each.
    earlier, later : the periods of the comparison.
    comparison_later, percent : its later count and the published change in percent; None where none was published.

    Returns One ComparisonSpecification a combination; `ratio` is a range, without chance, or the reason why there is
    none. No combinations without a published change.

    >>> years = [Period.calendar_year(y) for y in (2016, 2017, 2018)]
    >>> fiscal = Period.year_to(2017, 3), Period.year_to(2018, 3)
    >>> rows = comparison_multiverse(years, [462, 527, 594], *fiscal, 10643, 15)
    >>> len(rows), round(min(r.ratio.low for r in rows), 2), round(max(r.ratio.high for r in rows), 2)
    (12, 0.85, 1.08)
    """
    growths = {spread: aligned_growth_ratio(periods, counts, earlier, later, spread) for spread in ALIGNMENTS}
    return tuple(
        ComparisonSpecification(
            alignment=spread,
            rounding=name,
            earlier_count=count,
            ratio=_ratio(growth, comparison_later, count),
        )
        for spread, growth in growths.items()
        for name, count in earlier_counts(comparison_later, percent).items()
    )


def _ratio(growth: Estimate, later: int, earlier: Estimate) -> Estimate:
    if earlier.low is None:
        return Estimate(**RATIO, method="ratio of ratios", reason=earlier.reason)
    return ratio_of_growth_ratios_range(growth, later, (int(earlier.low), int(earlier.high)))
