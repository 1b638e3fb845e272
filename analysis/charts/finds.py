"""Figure of two series counted over different periods: a panel each on a shared time axis."""

from __future__ import annotations

from calendar import isleap
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing
from matplotlib.ticker import MaxNLocator

from analysis.charts.drawing import canvas, figure, finished, panel
from analysis.charts.marks import fitted, heading, note, text_width, ticks
from analysis.charts.palette import AMBER, BLUE, MUTED, ORANGE, SKY
from analysis.charts.theme import EDGE
from analysis.comparison.association import LEAST_PAIRS
from analysis.estimates import Estimate
from analysis.figures.observations import Observation, Series
from analysis.parts.figures import Figure
from analysis.parts.numbers import in_words, inside, limits_text, number_text, sentence_case
from analysis.parts.tables import Table, cells, table


@figure
def two_series(outcome: Series, comparison: Series, ratio_heading: str, ratios: Sequence[Estimate]) -> Figure:
    """Each count as a column as wide as the time it covers, and the ratio of the two in figures below.

    Parameters
    ----------
    outcome, comparison : two series; a count known only as a range has a broken line at either end of it.
    ratio_heading : what the ratio is ("Accounts per 100 incidents").
    ratios : one for each observation of `comparison`, with its range; the reason where there is none.
    """
    periods = [o.period for series in (outcome, comparison) for o in series.observations]
    first, last = min(p.start for p in periods).year, max(p.end for p in periods).year + 1

    def draw(width: float) -> Drawing:
        drawing, _ = canvas(width, 5.5)
        above, below = (panel(drawing, 0.65, 0.2, bottom, 4 - bottom) for bottom in (3.45, 1.2))
        inch = (width - 0.85) / (last - first)  # of a year
        for axes, series, line, fill in ((above, outcome, BLUE, SKY), (below, comparison, ORANGE, AMBER)):
            words = f"{sentence_case(series.title)} ({series.unit}, {series.spans})"
            words, size = fitted(words, width - 2 * EDGE, "bold")
            heading(axes, EDGE, words, color=line, weight="bold", fontsize=size)
            _counts(axes, series, line, fill, inch)
            axes.set(xlim=(first, last), xticks=[])
            for year in range(first, last + 1):
                axes.axvline(year, color=MUTED, lw=0.8, ls=(0, (1, 3)), zorder=0)
        years = range(last - 1, first - 1, -1)
        ticks(below, [year + 0.5 for year in years], [str(year) for year in years])
        words, size = fitted(ratio_heading, width - 2 * EDGE, "bold")
        where = {"xycoords": ("figure fraction", "axes fraction"), "xytext": (0, -44)}
        note(below, EDGE / width, 0, words, weight="bold", fontsize=size, **where)
        for o, ratio in zip(comparison.observations, ratios, strict=True):
            short = [number_text(ratio.value, "ratio", f"{n}s") for n in (3, 2)] if ratio.value is not None else ["–"]
            under = {"xycoords": ("data", "axes fraction"), "ha": "center", "xytext": (0, -68)}
            _label(below, o, 0, [_ratio(ratio), *short], inch, **under)
        return drawing

    return finished(
        draw,
        id="two-series",
        title=_finding(outcome, comparison),
        caption=(
            f"Each column is as wide as the time it counts: {outcome.spans} against {comparison.spans}. Broken "
            f"lines: a count known only as a range. The ratio sets the count of {outcome.unit} that falls in each "
            "period of the comparison against it; it is a ratio of unlike things, and the limits beside it are ranges, "
            "not confidence intervals."
        ),
        pattern="Two panels of columns on one time axis, and below them their ratio where the periods allow one.",
        cannot_show="Whether one moves with the other: that needs many shared years; both may follow effort.",
        table=_table(outcome, comparison, ratio_heading, ratios),
        of=(outcome, comparison),
    )


def _span(observation: Observation) -> tuple[float, float]:
    """Both ends of a period on an axis of years."""
    ends = observation.period.start, observation.period.end + timedelta(days=1)
    start, end = (day.year + (day.timetuple().tm_yday - 1) / (365 + isleap(day.year)) for day in ends)
    return start, end


def _counts(axes: Axes, series: Series, line: str, fill: str, inch: float) -> None:
    tops = [o.low if o.high is None else o.high for o in series.observations]
    axes.set(ylim=(0, max(*tops, 1) * 1.3))
    axes.yaxis.set_major_locator(MaxNLocator(3, integer=True))
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.grid(axis="x", visible=False)
    for o, top in zip(series.observations, tops, strict=True):
        start, end = _span(o)
        ends = (start + 0.02, end - 0.02)
        axes.fill_between(ends, 0, o.low, color=fill, lw=0, zorder=1)
        look = {"ls": (0, (2.2, 1.2)), "dash_capstyle": "butt"} if o.is_range else {"solid_capstyle": "butt"}
        for y in sorted({o.low, top}):
            axes.plot(ends, [y, y], color=line, lw=3.5, zorder=3, **look)
        _label(axes, o, top, [o.words], inch, ha="center", va="bottom", xytext=(0, 5))


def _label(axes: Axes, o: Observation, y: float, texts: Sequence[str], inch: float, **options: Any) -> None:
    """The first of `texts` that fits into the width of the period, in two lines at most."""
    start, end = _span(o)
    for text in texts:
        words, size = fitted(text, room := (end - start) * inch - 0.02, "bold")
        if words.count("\n") <= 1 and text_width(words, size, "bold") <= room:
            note(axes, (start + end) / 2, y, words, weight="bold", fontsize=size, **options)
            return


def _ratio(ratio: Estimate) -> str:
    """ "5.11 (4.95 to 5.26)", the range alone, or why there is neither."""
    value = "" if ratio.value is None else number_text(ratio.value, "ratio")
    span = "" if ratio.low is None and ratio.high is None else limits_text(ratio)
    return f"{value} ({span})" if value and span else value or span or ratio.reason


def _finding(outcome: Series, comparison: Series) -> str:
    n = len(comparison.observations)
    ranges = sum(o.is_range for o in comparison.observations)
    known = f", {in_words(ranges)} of them known only as a range," if ranges else ""
    periods = f"{in_words(n)} period{'s' * (n != 1)} of {inside(comparison.title)}{known}"
    if n <= LEAST_PAIRS:
        return sentence_case(f"{periods} cannot show whether they move with {inside(outcome.title)}")
    return sentence_case(f"{periods} cannot tell a link with {inside(outcome.title)} from change that is alike")


def _table(outcome: Series, comparison: Series, ratio_heading: str, ratios: Sequence[Estimate]) -> Table:
    rows: list[list[Any]] = []
    for series in (outcome, comparison):
        for o in series.observations:
            value = "known only as a range" if o.is_range else o.value
            ends = (o.low, "unbounded" if o.high is None else o.high)
            rows.append([sentence_case(series.title), sentence_case(o.period.label), series.unit, value, *ends])
    for o, ratio in zip(comparison.observations, ratios, strict=True):
        rows.append([ratio_heading, sentence_case(o.period.label), "ratio", *cells(ratio)])
    heads = ["Series", "Period", "Unit", "Value", "Low", "High"]
    return table("two-series-data", "The two series and their ratio", heads, rows)
