"""Figure of the counts themselves: columns with the rates that could have produced them, and no line."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure as Drawing

from analysis.charts.drawing import canvas, figure, finished, panel
from analysis.charts.marks import columns, upright, year_axis
from analysis.charts.palette import INK, SKY
from analysis.estimates import Estimate
from analysis.figures.observations import Series
from analysis.parts.figures import Figure
from analysis.parts.numbers import level_text, sentence_case
from analysis.parts.tables import cells, table


@figure
def annual_counts(
    series: Series, poisson: Sequence[Estimate], overdispersed: Sequence[Estimate], dispersion: float
) -> Figure:
    """Counts of each year with intervals for Poisson counts and for counts `dispersion` times as variable.

    Parameters
    ----------
    series : annual counts. poisson, overdispersed : `analysis.growth.rates.count_rate` of each, in order.
    """
    years, counts, level = series.years, series.counts, level_text(poisson[0].level)

    def draw(width: float) -> Drawing:
        kinds = {7: "if counts are Poisson", 2: f"if variance is {dispersion:g} × mean"}
        drawing, below = canvas(width, 4.1, [(f"{level} interval {words}", INK, bar) for bar, words in kinds.items()])
        axes = panel(drawing, 0.65, 0.15, below + 0.4, 0.5)
        tops = [max(count, wide.high or 0) for count, wide in zip(counts, overdispersed, strict=True)]
        axes.set(xlim=(years[0] - 0.55, years[-1] + 0.55), ylim=(0, max(*tops, 1) * 1.1))
        columns(axes, years, counts, tops, SKY)
        for year, narrow, wide in zip(years, poisson, overdispersed, strict=True):
            upright(axes, year, wide, INK, 2)
            upright(axes, year, narrow, INK, 7)
        year_axis(axes, years, series.unit)
        return drawing

    rows = [
        [str(year), count, *cells(p)[1:], *cells(w)[1:]]
        for year, count, p, w in zip(years, counts, poisson, overdispersed, strict=True)
    ]
    ends = [f"{end}, {kind}" for kind in ("Poisson", f"dispersion {dispersion:g}") for end in ("Low", "High")]
    return finished(
        draw,
        id="annual-counts",
        title=_finding(series),
        caption=(
            f"{sentence_case(series.title)}{_definition(series)}. The counts are taken as complete, so an interval is "
            "not a sampling error: it holds the yearly rates that could have produced that count. Thick bars: exact "
            f"{level} confidence intervals if counts vary as Poisson counts do; thin bars: if their variance is "
            f"{dispersion:g} times the mean."
        ),
        pattern=f"One column a year, {course(counts)}, each with two intervals.",
        cannot_show="Why the counts differ: they may follow what was looked for as well as what happened.",
        table=table(
            "annual-counts-data",
            f"{sentence_case(series.title)} with {level} confidence intervals for the yearly rate",
            ["Year", sentence_case(series.unit), *ends],
            rows,
            styles=dict.fromkeys(ends, ".0f"),
        ),
        of=series,
    )


def course(counts: Sequence[int]) -> str:
    """How counts go from one to the next, in words.

    >>> course([3, 5, 9]), course([9, 9]), course([3, 5, 4, 6])
    ('each higher than the one before', 'all the same', 'some higher and some lower than the one before')
    """
    ways = {(b > a) - (b < a) for a, b in zip(counts, counts[1:], strict=False)}
    if ways <= {0}:
        return "all the same"
    which = {(1,): "each higher", (-1,): "each lower", (0, 1): "none lower", (-1, 0): "none higher"}
    return f"{which.get(tuple(sorted(ways)), 'some higher and some lower')} than the one before"


def _definition(series: Series) -> str:
    """What was counted, in the words of the source, where it was the same in every year."""
    definitions = {observation.definition for observation in series.observations}
    if definitions == {series.title}:
        return ""
    return f": {definitions.pop()}" if len(definitions) == 1 else ", not always counted in the same way"


def _finding(series: Series) -> str:
    years, counts, title = series.years, series.counts, sentence_case(series.title)
    first, last, start, end = years[0], years[-1], counts[0], counts[-1]
    if len(set(counts)) == 1:
        return f"{title}: {end:,} in every year" if len(counts) > 1 else f"{title}: {end:,} in {last}"
    if start == end:
        return f"{title}: as many in {last} as in {first}, {end:,}"
    found = f"{title} {'rose' if end > start else 'fell'} from {start:,} in {first} to {end:,} in {last}"
    steps = [(b - a) / (end - start) for a, b in zip(counts, counts[1:], strict=False)]
    most = steps.index(max(steps))
    if len(steps) > 1 and min(steps) >= 0 and steps[most] > 0.5:
        found += f", more than half of it between {years[most]} and {years[most + 1]}"
    return found
