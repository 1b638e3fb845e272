"""Figure of two series counted over different years: a panel each on a shared time axis."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from analysis.charts.drawing import (
    canvas,
    fitted,
    heading,
    in_words,
    inside,
    listed,
    note,
    panel,
    sentence,
    text_width,
)
from analysis.charts.theme import (
    BAND,
    BLUE,
    CLEAR,
    INK,
    MUTED,
    ORANGE,
    SKY,
    WIDTH,
    Chart,
    chart,
    themed,
)
from analysis.estimates import Estimate
from analysis.figures.observations import Observation, Series
from analysis.prose import limits_text, number_text
from analysis.tables import Table, from_rows

LEFT, RIGHT = 0.75, 0.3  # inches beside the axes


@themed()
def two_series(outcome: Series, comparison: Series, ratio_heading: str, ratios: Sequence[Estimate]) -> Chart:
    """Each count as a line as long as the time it covers, and the ratio of the two below.

    Parameters
    ----------
    outcome, comparison : two series; a count known only as a range is drawn broken.
    ratio_heading : what the ratio is ("Accounts per 100 incidents").
    ratios : one for each observation of `comparison`, with its range; the reason where there is none.
    """
    figure = canvas(6.4)
    panels = [
        panel(figure, LEFT, RIGHT, bottom, 6.4 - bottom - height)
        for bottom, height in ((4.4, 1.55), (2.25, 1.55), (0.45, 1.2))
    ]
    everything = [*outcome.observations, *comparison.observations]
    first = min(o.period.start for o in everything).year
    last = max(o.period.end for o in everything).year + 1
    inch = (WIDTH - LEFT - RIGHT) / (last - first)  # of a year
    for axes, series, colour in ((panels[0], outcome, BLUE), (panels[1], comparison, ORANGE)):
        _counts(axes, series, colour, inch)
        heading(axes, 0.1, _what(series), color=colour, weight="bold")
    _ratios(panels[2], comparison.observations, ratios, inch)
    heading(panels[2], 0.1, ratio_heading, weight="bold", color=INK)
    heading(panels[2], 6.9, "bars: what rounding and unknown months allow", ha="right")
    for axes in panels:
        axes.set(xlim=(first, last), xticks=[])
        axes.grid(visible=False)
        for year in range(first, last + 1):
            axes.axvline(year, color=MUTED, lw=0.8, ls=(0, (1, 3)), zorder=0)
    for year in range(first, last):
        note(
            panels[2],
            year + 0.5,
            0,
            str(year),
            xytext=(0, -14),
            ha="center",
            xycoords=("data", "axes fraction"),
        )
    return chart(
        figure,
        id="two-series",
        title=_finding(outcome, comparison),
        caption=(
            f"Each line is as long as the time it counts: {_spans(outcome)} against {_spans(comparison)}. "
            f"A broken line is a count known only as a range. The ratio sets the count of {outcome.unit} "
            "that falls in each period of the comparison against it; its bars are ranges, not confidence "
            "intervals, and it is a ratio of unlike things."
        ),
        alt=_alt(outcome, comparison, ratio_heading, ratios),
        cannot_show="Whether one moves with the other: that needs many shared years; both follow effort.",
        table=_table(outcome, comparison, ratio_heading, ratios),
    )


def _at(day: date) -> float:
    """A day as a point on an axis of years."""
    start = date(day.year, 1, 1)
    return day.year + (day - start).days / (date(day.year + 1, 1, 1) - start).days


def _span(observation: Observation) -> tuple[float, float]:
    return _at(observation.period.start), _at(observation.period.end + timedelta(days=1))


def _counts(axes: Axes, series: Series, colour: str, inch: float) -> None:
    top = max(o.high if o.high is not None else o.low for o in series.observations)
    axes.set(ylim=(0, top * 1.3), yticks=[0])
    axes.yaxis.set_major_formatter("{x:,.0f}")
    for observation in series.observations:
        start, end = _span(observation)
        low, high = observation.low, observation.high if observation.high is not None else observation.low
        left, width = start + 0.02, end - start - 0.04
        axes.add_patch(Rectangle((left, 0), width, low, color=BAND, lw=0, zorder=1))
        axes.add_patch(Rectangle((left, low), width, high - low, color=colour, lw=0, zorder=2))
        style = {"ls": (0, (2.2, 1.2)), "dash_capstyle": "butt"} if observation.is_range else {"ls": "solid"}
        axes.plot(
            [left, left + width],
            [(low + high) / 2] * 2,
            color=colour,
            lw=3.5,
            zorder=3,
            solid_capstyle="butt",
            **style,
        )
        if not _label(axes, (start + end) / 2, high, [_text(observation)], (end - start) * inch):
            axes.yaxis.set_major_locator(MaxNLocator(3))


def _ratios(axes: Axes, observations: Sequence[Observation], ratios: Sequence[Estimate], inch: float) -> None:
    tops = [x for e in ratios for x in (e.value, e.high) if x is not None]
    axes.set(ylim=(0, 1.4 * max(tops, default=1)), yticks=[0])
    axes.yaxis.set_major_formatter("{x:g}")
    for observation, ratio in zip(observations, ratios, strict=True):
        start, end = _span(observation)
        middle, room = (start + end) / 2, (end - start) * inch
        if ratio.low is not None and ratio.high is not None:
            axes.plot([middle, middle], [ratio.low, ratio.high], color=SKY, lw=8, solid_capstyle="butt")
        if ratio.value is not None:
            axes.plot([middle], [ratio.value], marker="o", ms=5.5, color=INK, mew=0, zorder=4)
        if ratio.value is None and ratio.low is None:
            _label(axes, middle, 0, [ratio.reason, "none"], room, color=MUTED, weight="normal")
            continue
        short = "" if ratio.value is None else number_text(ratio.value, "ratio", ".2f")
        y = next(x for x in (ratio.high, ratio.value, ratio.low) if x is not None)
        if not _label(axes, middle, y, [_ratio_text(ratio), short or _ratio_text(ratio)], room):
            axes.yaxis.set_major_locator(MaxNLocator(3))


def _label(axes: Axes, x: float, y: float, texts: Sequence[str], room: float, **options: object) -> bool:
    """The first of `texts` that fits into so many inches above the point, in two lines at most."""
    look = {"weight": "bold", "color": INK} | options
    for text in texts:
        words, size = fitted(text, room, look["weight"])
        lines = words.split("\n")
        if len(lines) <= 2 and all(text_width(line, size, look["weight"]) <= room for line in lines):
            note(axes, x, y, words, xytext=(0, 5), ha="center", va="bottom", fontsize=size, bbox=CLEAR, **look)
            return True
    return False


def _ratio_text(ratio: Estimate) -> str:
    """ "5.11 (4.95 to 5.26)", or the range alone."""
    value = "" if ratio.value is None else number_text(ratio.value, "ratio", ".2f")
    if not ratio.interval:
        return value
    span = limits_text(ratio, ".2f")
    return f"{value} ({span})" if value else span


def _text(observation: Observation) -> str:
    if not observation.is_range:
        return f"{observation.value:,}"
    return (
        f"at least {observation.low:,}" if observation.high is None else f"{observation.low:,} to {observation.high:,}"
    )


def _what(series: Series) -> str:
    return f"{sentence(series.title)} ({series.unit}, {_spans(series)})"


def _spans(series: Series) -> str:
    periods = [o.period for o in series.observations]
    if all(p.is_calendar_year for p in periods):
        return "calendar years"
    ends = {p.end.strftime("%B") for p in periods if p.is_year}
    if len(ends) == 1 and all(p.is_year for p in periods):
        return f"years to {ends.pop()}"
    return "periods of other lengths"


def _direction(series: Series) -> str:
    """Rose, fell, or neither, from the first observation to the last, as far as ranges tell."""
    first, last = series.observations[0], series.observations[-1]
    if len(series.observations) > 1:
        if first.high is not None and last.low > first.high:
            return "rose"
        if last.high is not None and last.high < first.low:
            return "fell"
    return "cannot be said to have changed"


def _finding(outcome: Series, comparison: Series) -> str:
    n = len(comparison.observations)
    ways = [_direction(outcome), _direction(comparison)]
    words = [inside(series.title) for series in (outcome, comparison)]
    if ways[0] == ways[1]:
        found = f"{sentence(words[0])} and {words[1]} both {ways[0]}"
    else:
        found = f"{sentence(words[0])} {ways[0]}, {words[1]} {ways[1]}"
    known = sum(not o.is_range for o in comparison.observations)
    exact = "" if known == n else f", {in_words(n - known)} of them known only as a range,"
    return f"{found}; {in_words(n)} year{'s' * (n != 1)} of the latter{exact} cannot show a link"


def _alt(outcome: Series, comparison: Series, ratio_heading: str, ratios: Sequence[Estimate]) -> str:
    parts = [
        f"{_what(series)}: " + listed([f"{_text(o)} in {_when(o)}" for o in series.observations])
        for series in (outcome, comparison)
    ]
    said = [
        f"{_ratio_text(r) if r.value is not None or r.low is not None else r.reason} in {_when(o)}"
        for o, r in zip(comparison.observations, ratios, strict=True)
    ]
    return (
        f"Two panels on one time axis, each count a line over the time it covers. {'. '.join(parts)}. "
        f"Below, {inside(ratio_heading)}: {listed(said)}."
    )


def _when(observation: Observation) -> str:
    label = observation.period.label
    return f"the {label}" if label.startswith("year") else label


def _table(outcome: Series, comparison: Series, ratio_heading: str, ratios: Sequence[Estimate]) -> Table:
    rows: list[list[object]] = []
    for series in (outcome, comparison):
        for o in series.observations:
            high = "at least" if o.high is None else o.high
            value = "known only as a range" if o.is_range else o.value
            rows.append([sentence(series.title), sentence(o.period.label), series.unit, value, o.low, high])
    for o, r in zip(comparison.observations, ratios, strict=True):
        ends = [x if x is not None else "none" for x in (r.low, r.high)]
        rows.append([ratio_heading, sentence(o.period.label), "ratio", r, *ends])
    columns = ["Series", "Period", "Unit", "Value", "Low", "High"]
    return from_rows("two-series-data", "The two series and their ratio", columns, rows)
