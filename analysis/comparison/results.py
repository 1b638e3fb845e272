"""All that is said of two series side by side, as one set of named results."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.comparison.alignment import aligned_count, aligned_growth_ratio
from analysis.comparison.conclusions import bounds_standing, relative_growth_standing
from analysis.comparison.levels import count_per_100
from analysis.comparison.side_by_side import Count, ratio_of_growth_ratios, ratio_of_growth_ratios_range
from analysis.estimates import Conclusion, Estimate, computed
from analysis.periods import Period

DISPERSIONS = (1, 5, 20)  # Poisson counts, counts as public series have them, and counts far more variable


@computed
def compare(
    periods: Sequence[Period],
    counts: Sequence[int],
    span: tuple[Period, Period],
    earlier: Count,
    later: int,
    *,
    level: float = 0.95,
    replicates: int = 400_000,
    seed: int = 2018,
) -> dict[str, dict[str, Estimate | Conclusion] | Estimate]:
    """Growth of one series beside that of another over the two periods of that other.

    periods, counts : the first series, (k,) each. span : the two periods of the other series. earlier, later : its
        counts there; the earlier may be a range. replicates, seed : draws of the intervals and where they start.

    Returns "aligned" and "bounds" : the first series on both periods ("before", "after", "ratio"), spread evenly over
    months, and if months only do not fall, with "standing" for whether that can be. "relative" : the ratio of the two
    growth ratios, with "rounding" alone and with the confidence interval at each dispersion, and how it stands.
    "per-100" : count for every 100 of the other in the later period, "per-100-before" in the earlier.

    >>> years = [Period.calendar_year(y) for y in (2016, 2017, 2018)]
    >>> span = Period.year_to(2017, 3), Period.year_to(2018, 3)
    >>> found = compare(years, [462, 527, 594], span, (9215, 9295), 10643, replicates=20_000)
    >>> round(found["aligned"]["ratio"].value, 4), found["relative"]["standing"].verdict
    (1.137, 'not told apart')
    """
    sides: dict[str, dict[str, Estimate | Conclusion]] = {
        name: {
            "before": aligned_count(periods, counts, span[0], spread),
            "after": aligned_count(periods, counts, span[1], spread),
            "ratio": aligned_growth_ratio(periods, counts, *span, spread),
        }
        for name, spread in (("aligned", "even months"), ("bounds", "non-decreasing months"))
    }
    aligned, bounds = sides["aligned"], sides["bounds"]
    relative: dict[str, Estimate | Conclusion] = {
        f"dispersion-{phi}": ratio_of_growth_ratios(
            periods, counts, *span, later, earlier, dispersion=phi, level=level, replicates=replicates, seed=seed
        )
        for phi in DISPERSIONS
    }
    relative["rounding"] = ratio_of_growth_ratios_range(aligned["ratio"], later, earlier)
    relative["standing"] = relative_growth_standing(relative["dispersion-1"])
    bounds["standing"] = bounds_standing(bounds["after"])
    return sides | {
        "relative": relative,
        "per-100": count_per_100(aligned["after"], bounds["after"], later),
        "per-100-before": count_per_100(aligned["before"], bounds["before"], earlier),
    }
