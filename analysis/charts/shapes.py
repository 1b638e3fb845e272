"""Figure of several shapes through the same few counts, and how far apart they go afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from analysis.charts.drawing import (
    canvas,
    heading,
    in_words,
    listed,
    note,
    panel,
    points,
    sentence,
    spread_out,
)
from analysis.charts.theme import AMBER, BLUE, INK, MUTED, ORANGE, SKY, SMALL, WIDTH, Chart, chart, themed
from analysis.estimates import Estimate
from analysis.figures.observations import Series
from analysis.prose import level_text
from analysis.tables import Table, from_rows

LABELS = 4.85  # inches from the left, where the names of the curves stand
ROOM = 0.54  # inches for one name and its numbers
STEPS = 12  # points a year on a curve


class Shape(Protocol):
    """What is drawn of a fit: `TrendFit` and `SaturatingFit` of `analysis.growth` have it."""

    name: str
    residual_df: int
    information: dict[str, Estimate]
    reason: str

    def mean_at(self, years: Sequence[float]) -> np.ndarray: ...


@themed()
def shape_fan(series: Series, rates: Sequence[Estimate], shapes: Sequence[Shape], *, ahead: int = 2) -> Chart:
    """Fitted curves, solid as far as there are counts and broken for the years `ahead`.

    Parameters
    ----------
    series : the counts. rates : `analysis.growth.ratios.count_rate` of each, in order.
    shapes : fitted to these counts; one without a fit is named with its reason and not drawn.
    """
    drawn = [shape for shape in shapes if not shape.reason]
    first, last = series.years[0], series.years[-1]
    nexts = [last + step for step in range(1, ahead + 1)]
    ends = np.array([shape.mean_at(nexts) for shape in drawn]).round(4)
    room = max(4.1, ROOM * len(drawn))
    figure = canvas(room + 0.92)
    axes = panel(figure, 0.62, WIDTH - LABELS + 0.28, 0.42, 0.5)
    top = 1.04 * max(float(ends.max(initial=0)), max(r.high for r in rates))
    axes.set(xlim=(first - 0.25, nexts[-1]), ylim=(0, top), xticks=[*series.years, *nexts])
    starts = [float(end[-1]) / top * room for end in ends]
    places = spread_out(starts, ROOM, 0.25, room - 0.1)
    for shape, end, place, start in zip(drawn, ends, places, starts, strict=True):
        _curve(axes, shape, first, last, nexts[-1])
        _name(axes, shape, nexts, end, place, room, start)
    for year, rate in zip(series.years, rates, strict=True):
        axes.plot([year, year], [rate.low, rate.high], color=INK, lw=2, solid_capstyle="butt", zorder=4)
    points(axes, series.years, series.counts, hollow=True, s=40, zorder=5)
    axes.grid(axis="x", visible=False)
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.set(xlabel="", ylabel="")
    heading(axes, 0.1, f"{sentence(series.unit)} a year")
    level = level_text(rates[0].level)
    heading(axes, LABELS, "Shape, degrees of freedom (df)")
    return chart(
        figure,
        id="shape-fan",
        title=_finding(series, drawn, nexts[0], ends[:, 0]),
        caption=(
            f"Each curve is fitted to the same {in_words(len(series.years))} counts (points, with exact "
            f"{level} confidence intervals for a Poisson rate), solid where there are counts and broken "
            "after the last. The curves have no intervals here: each would hold only if its shape were "
            f"true. {_criteria(drawn)}"
        ),
        alt=_alt(series, shapes, nexts, ends),
        cannot_show="Which shape is right: so few counts leave next to nothing to test a shape with.",
        table=_table(series, shapes, nexts),
    )


def _colour(shape: Shape) -> str:
    """Orange for a curve that settles, blue for steady growth, sky for a straight line, amber for a level."""
    kind, link = getattr(shape, "shape", ""), getattr(shape, "link", "")
    if kind == "trend":
        return BLUE if link == "log" else SKY
    return AMBER if kind else ORANGE


def _curve(axes: Axes, shape: Shape, first: int, last: int, until: int) -> None:
    for start, end, style in ((first, last, "solid"), (last, until, (0, (3, 1.6)))):
        steps = getattr(shape, "shape", "") == "level shift"
        x = np.linspace(start, end, (end - start) * (1 if steps else STEPS) + 1)
        drawstyle = "steps-mid" if steps else "default"
        axes.plot(x, shape.mean_at(x), color=_colour(shape), lw=1.8, ls=style, drawstyle=drawstyle, zorder=3)


def _name(
    axes: Axes, shape: Shape, nexts: Sequence[int], end: np.ndarray, place: float, room: float, start: float
) -> None:
    """Name and numbers of one curve, and a thin line to its end."""
    place, start = place / room, start / room
    figure, box = axes.figure, axes.get_position()
    figure.add_artist(
        Line2D(
            [box.x1, (LABELS - 0.07) / WIDTH],
            [box.y0 + box.height * start, box.y0 + box.height * place],
            color=_colour(shape),
            lw=1,
        )
    )
    criterion = shape.information["AICc"]
    aicc = "AICc undefined" if criterion.value is None else f"AICc {criterion.value:.1f}"
    numbers = ", ".join(f"{value:,.0f} in {year}" for year, value in zip(nexts, end, strict=True))
    where = {"xycoords": ("figure fraction", "axes fraction"), "va": "center_baseline"}
    note(axes, LABELS / WIDTH, place, sentence(shape.name), weight="bold", xytext=(0, 6), **where)
    for text, offset in ((numbers, -6), (f"{shape.residual_df} df, {aicc}", -17)):
        note(axes, LABELS / WIDTH, place, text, color=MUTED, fontsize=SMALL, xytext=(0, offset), **where)


def _criteria(drawn: Sequence[Shape]) -> str:
    """How many of the curves AICc cannot judge, and why."""
    undefined = [s for s in drawn if s.information["AICc"].value is None]
    if not undefined:
        return "AICc exists for all of them."
    which = "all" if len(undefined) == len(drawn) else f"{in_words(len(undefined))} of {in_words(len(drawn))}"
    reasons = sorted({s.information["AICc"].reason for s in undefined})
    return f"AICc, which could rank them, cannot be computed for {which} ({listed(reasons)})."


def _finding(series: Series, drawn: Sequence[Shape], year: int, values: np.ndarray) -> str:
    if not len(values):
        return f"No shape could be fitted to {in_words(len(series.years))} counts"
    shapes = f"{in_words(len(drawn))} shape{'s' * (len(drawn) > 1)}"
    low, high = f"{min(values):,.0f}", f"{max(values):,.0f}"
    span = low if low == high else f"anything from {low} to {high}"
    return sentence(f"{shapes} through the same {in_words(len(series.years))} counts give {span} for {year}")


def _alt(series: Series, shapes: Sequence[Shape], nexts: Sequence[int], ends: np.ndarray) -> str:
    values, said = iter(ends), []
    for shape in shapes:
        if shape.reason:
            said.append(f"{shape.name}: no curve, {shape.reason}")
            continue
        numbers = listed([f"{v:,.0f} in {y}" for y, v in zip(nexts, next(values), strict=True)])
        said.append(f"{shape.name} ({shape.residual_df} df): {numbers}")
    counts = listed([f"{c:,} in {y}" for y, c in zip(series.years, series.counts, strict=True)])
    return f"Curves fanning out after the counts {counts}. {sentence('; '.join(said))}."


def _table(series: Series, shapes: Sequence[Shape], nexts: Sequence[int]) -> Table:
    years = [*series.years, *nexts]
    rows = []
    for shape in shapes:
        values = [shape.reason] * len(years) if shape.reason else [float(v) for v in shape.mean_at(years)]
        rows.append(
            [
                shape.name,
                shape.residual_df,
                *values,
                shape.information["AICc"] if not shape.reason else "none",
            ]
        )
    columns = ["Shape", "Residual df", *map(str, years), "AICc"]
    styles = dict.fromkeys(map(str, years), ".0f") | {"AICc": ".1f"}
    caption = f"Fitted and extrapolated {series.unit} by shape"
    return from_rows("shape-fan-data", caption, columns, rows, styles=styles)
