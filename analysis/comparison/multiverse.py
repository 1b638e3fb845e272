"""A comparison of two series under every alignment of their periods and every reading of a rounded change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.comparison.alignment import aligned_growth_ratio, growth_ratio_bounds
from analysis.comparison.side_by_side import ratio_of_growth_ratios_range
from analysis.estimates import Estimate, computed
from analysis.periods import Period
from analysis.rounding import Rule, implied_earlier_count

ROUNDINGS: dict[str, tuple[Rule, int]] = {
    "to 1%, half up": ("half up", 1),
    "to 1%, half even": ("half even", 1),
    "to 1%, cut off": ("truncation", 1),
    "to 5%, half up": ("half up", 5),
}


@dataclass(frozen=True, kw_only=True)
class ComparisonSpecification:
    """One way to align the months and to read a rounded change, and what the comparison says under it."""

    alignment: str
    rounding: str
    earlier_count: Estimate
    growth_ratio: Estimate
    ratio: Estimate


@computed
def comparison_multiverse(
    periods: Sequence[Period],
    counts: Sequence[int],
    earlier: Period,
    later: Period,
    comparison_later: int,
    percent: int,
    *,
    roundings: Mapping[str, tuple[Rule, int]] = ROUNDINGS,
) -> tuple[ComparisonSpecification, ...]:
    """Ratio of two growth ratios under every alignment and every way a change may have been rounded.

    Parameters
    ----------
    periods, counts : the first series, (k,) each.
    earlier, later : the periods of the comparison.
    comparison_later, percent : its later count and the published change in percent.
    roundings : rule and step in percent, by name.

    Returns
    -------
    One ComparisonSpecification a combination; `ratio` is a range, without chance.

    Raises
    ------
    ValueError : no earlier count is possible, or none is bounded, under one of the roundings.

    Examples
    --------
    >>> years = [Period.calendar_year(y) for y in (2016, 2017, 2018)]
    >>> fiscal = Period.year_to(2017, 3), Period.year_to(2018, 3)
    >>> rows = comparison_multiverse(years, [462, 527, 594], *fiscal, 10643, 15)
    >>> len(rows), round(min(r.ratio.low for r in rows), 2), round(max(r.ratio.high for r in rows), 2)
    (12, 0.85, 1.08)
    """
    growths = {
        "months": aligned_growth_ratio(periods, counts, earlier, later, by="months"),
        "days": aligned_growth_ratio(periods, counts, earlier, later, by="days"),
        "non-decreasing months": growth_ratio_bounds(periods, counts, earlier, later),
    }
    found = []
    for alignment, growth in growths.items():
        for name, (rule, step) in roundings.items():
            before = implied_earlier_count(comparison_later, percent, step=step, rule=rule)
            if before.low is None:
                raise ValueError(f"a change of {percent}% {name}: {before.reason}")
            ratio = ratio_of_growth_ratios_range(growth, comparison_later, (int(before.low), int(before.high)))
            found.append(
                ComparisonSpecification(
                    alignment=alignment,
                    rounding=name,
                    earlier_count=before,
                    growth_ratio=growth,
                    ratio=ratio,
                )
            )
    return tuple(found)
