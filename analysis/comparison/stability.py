"""Whether one series is told from another under each single change of a choice that the comparison makes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.comparison.alignment import aligned_growth_ratio
from analysis.comparison.conclusions import relative_growth_standing
from analysis.comparison.multiverse import ALIGNMENTS, earlier_counts
from analysis.comparison.results import DISPERSIONS
from analysis.comparison.side_by_side import Count, ratio_of_growth_ratios, ratio_of_growth_ratios_range
from analysis.estimates import computed
from analysis.growth.single_changes import Judged, Stability, under_single_changes
from analysis.growth.stability import LEVELS
from analysis.periods import Period


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One choice of everything the comparison depends on; the defaults are those of the report."""

    months: str = ALIGNMENTS[0]
    rounding: str = "as published"
    dispersion: float = 1.0
    level: float = 0.95


@computed
def stability_of_comparison(
    periods: Sequence[Period],
    counts: Sequence[int],
    span: tuple[Period, Period],
    earlier: Count,
    later: int,
    percent: int | None,
    *,
    level: float = 0.95,
    replicates: int = 400_000,
    seed: int = 2018,
) -> dict[str, Stability]:
    """Which of two series grew faster, "relative.standing", under each single change of a choice.

    The choices are how counts are spread over months, by which rule the published change was rounded, the dispersion
    and the level. Bounds over months leave chance out.

    As `analysis.comparison.results.compare`; percent : the published change, None where there was none.

    >>> years = [Period.calendar_year(y) for y in (2016, 2017, 2018)]
    >>> span = Period.year_to(2017, 3), Period.year_to(2018, 3)
    >>> found = stability_of_comparison(years, [462, 527, 594], span, (9215, 9295), 10643, 15, replicates=20_000)
    >>> found["relative.standing"].holds.value, found["relative.standing"].holds.n
    (9, 9)
    """

    implied = earlier_counts(later, percent)

    def judge(s: Setting) -> dict[str, Judged]:
        known = earlier
        if s.rounding in implied:
            count = implied[s.rounding]
            if count.low is None:
                return {}
            known = int(count.low), int(count.high)
        if s.months.startswith("even"):
            draws = dict(dispersion=s.dispersion, level=s.level, replicates=replicates, seed=seed)
            ratio = ratio_of_growth_ratios(periods, counts, *span, later, known, spread=s.months, **draws)
        else:
            ratio = ratio_of_growth_ratios_range(aligned_growth_ratio(periods, counts, *span, s.months), later, known)
        return {"relative.standing": (relative_growth_standing(ratio), ratio)}

    options = {"months": ALIGNMENTS, "rounding": tuple(implied), "dispersion": DISPERSIONS, "level": LEVELS}
    return under_single_changes(judge, Setting(level=level), options)
