"""Figure of forecasts of the same count by many methods, coloured by how often each has held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.markers import CARETLEFT, CARETRIGHT
from matplotlib.transforms import blended_transform_factory

from analysis.charts.drawing import (
    bar,
    canvas,
    column,
    fitted,
    heading,
    key,
    log_ticks,
    note,
    panel,
    points,
    sentence,
)
from analysis.charts.theme import AMBER, BLUE, CLEAR, GRID, INK, MUTED, ORANGE, WIDTH, Chart, chart, themed
from analysis.estimates import Estimate, Forecast
from analysis.figures.observations import Series
from analysis.prose import level_text, significant
from analysis.tables import Table, from_rows

TICKS = tuple(step * 10**power for power in range(7) for step in (1, 2, 5))
REACH = 16  # the axis ends at the last count times and over this; what goes on gets an arrow
NEAR, SHORT = 3, 10  # points below its nominal level that a coverage may lie to be near it, or a bit short
LEFT, RIGHT = 2.75, 1.62  # inches beside the axes
FIGURES = 2  # significant, of every limit
NOT_MEASURED = "not measured"


@dataclass(frozen=True)
class _Row:
    """One method: its forecast, and how often in 100 its widest interval has held; None when not measured."""

    forecast: Forecast
    held: Estimate | None

    @property
    def widest(self) -> Estimate:
        return self.forecast.estimates[-1]

    @property
    def times(self) -> int | None:
        return None if self.held is None or self.held.value is None else round(self.held.value)


@themed()
def forecast_intervals(
    series: Series,
    judged: Sequence[Forecast],
    conditional: Sequence[Forecast] = (),
    *,
    horizon: int = 1,
) -> Chart:
    """Medians and prediction intervals of one future count under each method.

    Parameters
    ----------
    series : the counts forecast from.
    judged : from `analysis.reliability.forecasts.forecast`; the first method is shown first.
    conditional : forecasts whose coverage was not measured. horizon : years ahead.
    """
    rows = _ordered(judged, conditional, horizon)
    year, last = rows[0].forecast.year, series.counts[-1]
    narrow, wide = rows[0].forecast.estimates[0].level, rows[0].widest.level
    figure = canvas(1.72 + 0.33 * len(rows))
    axes = panel(figure, LEFT, RIGHT, 1.1, 0.62)
    span = (max(last, 1) / REACH, max(last, 1) * REACH)
    log_ticks(axes, [t for t in TICKS if span[0] <= t <= span[1]][::2])
    axes.set(xlim=span, ylim=(len(rows) - 0.45, -0.55), yticks=[])
    axes.set_xlabel(f"{sentence(series.unit)} in {year}, log scale")
    axes.axvline(last, color=MUTED, lw=1, zorder=1)
    note(
        axes,
        last,
        1,
        f"{last:,} in {series.years[-1]}",
        xycoords=("data", "axes fraction"),
        xytext=(0, 9),
        ha="center",
        color=MUTED,
    )
    across = blended_transform_factory(figure.transFigure, axes.transData)
    figure.add_artist(Line2D([0.1 / WIDTH, 7.1 / WIDTH], [0.5, 0.5], color=GRID, lw=1, transform=across))
    heading(axes, 0.1, "Method")
    heading(axes, 5.72, f"{level_text(wide)}\ninterval")
    heading(axes, 7.1, "Held, in\n100", ha="right")
    for place, row in enumerate(rows):
        _draw(axes, place, row, span)
    known = [place for place, row in enumerate(rows) if row.widest.value is not None]
    points(axes, [max(rows[place].widest.value, span[0]) for place in known], known, hollow=True, s=26)
    _name_marks(figure, narrow, wide)
    return chart(
        figure,
        id="forecast-intervals",
        title=_finding(series, rows),
        caption=(
            f"Median (point) and prediction intervals for {series.unit} in {year} by method, from "
            f"{len(series.years)} counts; each is right only if its model is. Colour and last column: how "
            f"often the {level_text(wide)} interval of the method held the count that followed in other "
            "short public series, in 100. An arrow: the interval goes on."
        ),
        alt=_alt(series, rows),
        cannot_show="Changes of rules, effort or reporting to come: no method here knows of them.",
        table=_table(series, rows),
    )


def spoken_range(estimate: Estimate) -> str:
    """Limits of a forecast to two figures, "130 to 1,800"; to more where that would blur a narrow one."""
    low, high = estimate.low, estimate.high
    if low is None or high is None:
        return " to ".join("any" if x is None else _count(x) for x in (low, high))
    for figures in range(FIGURES, len(f"{high:.0f}") + 1):
        moved = max(abs(x - float(_count(x, figures).replace(",", ""))) for x in (low, high))
        if moved <= (high - low) / 10:
            break
    else:
        figures = max(FIGURES, len(f"{high:.0f}"))
    return f"{_count(low, figures)} to {_count(high, figures)}"


def _count(count: float, figures: int = FIGURES) -> str:
    """A count to so many significant figures, and without decimals."""
    whole = len(f"{abs(count):.0f}")
    return significant(count, figures) if whole >= figures else f"{count:,.0f}"


def _name_marks(figure: Figure, narrow: float, wide: float) -> None:
    near, short = round(100 * wide) - NEAR, round(100 * wide) - SHORT
    words = f"thick {level_text(narrow)}, thin {level_text(wide)} prediction interval"
    key(figure, 0.1, 0.42, [(words, INK, 3)])
    key(
        figure,
        0.1,
        0.17,
        [
            (f"held at least {near} times in 100", BLUE, 8),
            (f"{short} to {near - 1}", AMBER, 8),
            (f"below {short}", ORANGE, 8),
            (NOT_MEASURED, MUTED, 8),
        ],
    )


def _ordered(judged: Sequence[Forecast], conditional: Sequence[Forecast], horizon: int) -> list[_Row]:
    """The first as it is, the others from the one that has held most often to those not measured."""
    rows = [
        _Row(each, each.coverage.get(each.estimates[-1].level))
        for each in (*judged, *conditional)
        if each.horizon == horizon
    ]
    others = sorted(rows[1:], key=lambda row: -(row.held.value if row.times is not None else -1))
    return [*rows[:1], *others]


def _colour(row: _Row) -> str:
    if row.times is None:
        return MUTED
    short = round(100 * row.widest.level) - row.times
    return BLUE if short <= NEAR else AMBER if short <= SHORT else ORANGE


def _draw(axes: Axes, place: int, row: _Row, span: tuple[float, float]) -> None:
    weight = "bold" if place == 0 else "normal"
    name, size = fitted(sentence(row.forecast.method), LEFT - 0.25, weight)
    column(axes, 0.1, place, name, weight=weight, fontsize=size, linespacing=1.05)
    widest = row.widest
    if widest.value is None:
        reason, size = fitted(widest.reason, WIDTH - LEFT - 0.75)
        note(
            axes,
            span[0],
            place,
            reason,
            xytext=(4, 0),
            color=MUTED,
            fontsize=size,
            linespacing=1.05,
            bbox=CLEAR,
        )
        return
    column(axes, 7.1, place, "–" if row.times is None else str(row.times), ha="right", weight=weight)
    column(axes, 5.72, place, spoken_range(widest).replace(" to ", "–"), weight=weight)
    colour = _colour(row)
    for estimate, width in ((widest, 3), (row.forecast.estimates[0], 9)):
        ends = [max(estimate.low or 0, span[0]), min(estimate.high or span[1], span[1])]
        bar(axes, *ends, place, colour=colour, width=width)
    if (widest.low or 0) < span[0]:
        axes.plot([span[0]], [place], marker=CARETLEFT, ms=7, color=colour, mew=0, clip_on=False)
    if widest.high is None or widest.high > span[1]:
        axes.plot([span[1]], [place], marker=CARETRIGHT, ms=7, color=colour, mew=0, clip_on=False)


def _finding(series: Series, rows: Sequence[_Row]) -> str:
    first = rows[0]
    if first.widest.value is None:
        return f"No range for {series.unit} in {first.forecast.year}: {first.widest.reason}"
    level = level_text(first.widest.level)
    found = f"{spoken_range(first.widest)} {series.unit} in {first.forecast.year} is the {level} range"
    if first.times is not None:
        found += f" of a method whose ranges have held {first.times} times in 100"
    bold = [
        row
        for row in rows[1:]
        if row.times is not None and row.widest.high is not None and row.times < round(100 * row.widest.level) - SHORT
    ]
    if bold:
        worst = min(bold, key=lambda row: row.widest.high / max(row.widest.low, 0.5))
        found += f"; {spoken_range(worst.widest)}, by {worst.forecast.method}, is that of one "
        found += f"that has held {worst.times}"
    return found


def _alt(series: Series, rows: Sequence[_Row]) -> str:
    said = []
    for row in rows:
        if row.widest.value is None:
            said.append(f"{row.forecast.method}: {row.widest.reason}")
            continue
        spans = ", ".join(f"{level_text(e.level)} {spoken_range(e)}" for e in row.forecast.estimates)
        held = f"coverage {NOT_MEASURED}" if row.times is None else f"held {row.times} in 100"
        said.append(f"{row.forecast.method}: median {_count(row.widest.value)}, {spans}, {held}")
    return (
        f"{len(rows)} rows of prediction intervals for {series.unit} in {rows[0].forecast.year} on a log "
        f"axis, with a line at the last count, {series.counts[-1]:,}. {sentence('; '.join(said))}."
    )


def _table(series: Series, rows: Sequence[_Row]) -> Table:
    levels = [level_text(e.level) for e in rows[0].forecast.estimates]
    columns = ["Method", "Median", *(f"{end}, {level}" for level in levels for end in ("Low", "High"))]
    columns += [f"Coverage of {levels[-1]}, %", "Low, coverage", "High, coverage"]
    cells = []
    for row in rows:
        ends = [x if x is not None else e.reason for e in row.forecast.estimates for x in (e.low, e.high)]
        held = [NOT_MEASURED] * 3
        if row.times is not None:
            held = [x if x is not None else "none" for x in (row.held.value, row.held.low, row.held.high)]
        cells.append([row.forecast.method, row.forecast.estimates[0], *ends, *held])
    styles = dict.fromkeys(columns[1:-3], ".0f") | dict.fromkeys(columns[-3:], ".1f")
    caption = f"Prediction intervals for {series.unit} in {rows[0].forecast.year}, and how often such have held"
    return from_rows("forecast-intervals-data", caption, columns, cells, styles=styles)
