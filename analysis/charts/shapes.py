"""Figure of several shapes through the same few counts, and how far apart they go afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from matplotlib.figure import Figure as Drawing
from matplotlib.lines import Line2D

from analysis.charts.drawing import canvas, figure, finished, is_narrow, panel
from analysis.charts.marks import fitted, heading, note, points, spread_out, text_width, upright, year_axis
from analysis.charts.palette import AMBER, BLUE, INK, MUTED, ORANGE, SKY
from analysis.charts.theme import EDGE, SMALL
from analysis.estimates import Estimate
from analysis.figures.observations import Series
from analysis.parts.figures import Figure
from analysis.parts.numbers import in_words, level_text, listed, number_text, sentence_case
from analysis.parts.tables import Table, cells, table

STEPS, AHEAD = 12, 2  # points a year on a curve, and years that it is drawn beyond the counts
KINDS = {BLUE: "steepens", SKY: "straight", ORANGE: "flattens", AMBER: "level"}


class Shape(Protocol):
    """What is drawn of a fit: the trends and saturating curves of `analysis.growth` have it."""

    name: str
    residual_df: int
    reason: str

    def mean_at(self, years: Sequence[float]) -> np.ndarray: ...


@figure
def shape_fan(series: Series, rates: Sequence[Estimate], shapes: Sequence[Shape]) -> Figure:
    """Fitted curves, solid as far as there are counts and broken for the two years after.

    Parameters
    ----------
    series : the counts. rates : confidence interval of the yearly rate behind each, in order.
    shapes : fitted to these counts; one without a fit is named with its reason and not drawn.
    """
    first, last = series.years[0], series.years[-1]
    nexts = [last + step for step in range(1, AHEAD + 1)]
    drawn = sorted((s for s in shapes if not s.reason), key=lambda s: -float(s.mean_at(nexts)[-1]))
    ends = np.array([shape.mean_at(nexts) for shape in drawn]).reshape(len(drawn), AHEAD).round(4)
    colours = [_colour(shape, first, nexts[-1]) for shape in drawn]
    named = []
    for shape, end, colour in zip(drawn, ends, colours, strict=True):
        told = [f"{_count(x)} in {year}".replace(" ", "\N{NO-BREAK SPACE}") for year, x in zip(nexts, end, strict=True)]
        named.append((sentence_case(shape.name), f"{', '.join(told)} ({shape.residual_df} df)", colour))

    def draw(width: float) -> Drawing:
        narrow = is_narrow(width)
        gap, aside = (0.17, 0.3) if narrow else (0.54, 2.35)  # inches: for a name, and for all of them on the right
        room = max(3.4 if narrow else 4.0, gap * len(drawn))
        marks = [(words, colour, 1.8) for colour, words in KINDS.items() if colour in colours]
        if narrow:
            marks = [(f"{k}  {name}: {told}", colour, 1.8) for k, (name, told, colour) in enumerate(named, 1)]
        drawing, below = canvas(width, room + 0.95, marks)
        axes = panel(drawing, 0.65, aside + 0.3, below + 0.4, 0.55)
        top = 1.04 * max(float(ends.max(initial=0)), *series.counts, *(rate.high or 0 for rate in rates))
        axes.set(xlim=(first - 0.25, nexts[-1]), ylim=(0, top))
        starts = [max(float(end[-1]) / top, 0) for end in ends]
        places = spread_out(starts, gap / room, gap / 2 / room, 1 - 0.1 / room)
        box, right = axes.get_position(), width - aside
        for k, (shape, colour) in enumerate(zip(drawn, colours, strict=True)):
            steps, how = (1, "steps-mid") if colour == AMBER else (STEPS, "default")  # a level changes between years
            for a, b, style in ((first, last, "solid"), (last, nexts[-1], (0, (3, 1.6)))):
                x = np.linspace(a, b, (b - a) * steps + 1)
                axes.plot(x, shape.mean_at(x), color=colour, lw=1.8, ls=style, drawstyle=how, zorder=3)
            across = [box.x1, (right - 0.07) / width], [box.y0 + box.height * y for y in (starts[k], places[k])]
            drawing.add_artist(Line2D(*across, color=colour, lw=1))
            name, told, _ = named[k]
            where = {"xycoords": ("figure fraction", "axes fraction"), "va": "center_baseline"}
            title = str(k + 1) if narrow else name
            note(axes, right / width, places[k], title, weight="bold", xytext=(0, 0 if narrow else 6), **where)
            if not narrow:
                told = told if text_width(told, SMALL) < aside - EDGE else fitted(told, aside - EDGE)[0]
                note(axes, right / width, places[k], told, color=MUTED, fontsize=SMALL, **where | {"va": "top"})
        for year, rate in zip(series.years, rates, strict=True):
            upright(axes, year, rate, INK, 2)
        points(axes, series.years, series.counts, hollow=True, s=40, zorder=5)
        year_axis(axes, [*series.years, *nexts], series.unit)
        if not narrow:
            heading(axes, right, "Shape, degrees of freedom")
        return drawing

    ways = [f"{shape.name} ({KINDS[colour]})" for shape, colour in zip(drawn, colours, strict=True)]
    return finished(
        draw,
        id="shape-fan",
        title=_finding(drawn, nexts[0], ends[:, 0]),
        caption=(
            f"Each curve is fitted to the same counts (points, with exact {level_text(rates[0].level)} "
            "confidence intervals for a Poisson rate), solid where there are counts and broken after the last. The "
            "curves have no intervals here: each would hold only if its shape were true; df: the degrees of freedom "
            "that are left to test it."
        ),
        pattern=f"One curve each, the highest first: {listed(ways)}." if ways else "The counts alone, without a curve.",
        cannot_show="Which shape is right: so few counts leave next to nothing to test a shape with.",
        table=_table(series, rates, shapes, nexts),
        of=series,
    )


def _colour(shape: Shape, first: int, until: int) -> str:
    """By how the curve goes on after the first year: level, straight, steeper or flatter."""
    if np.ptp(shape.mean_at(range(first + 1, until + 1))) < 1e-9:
        return AMBER
    before, after = np.abs(np.diff(shape.mean_at([until - 2, until - 1, until])))
    return SKY if abs(after - before) < 1e-6 * after else BLUE if after > before else ORANGE


def _count(value: float) -> str:
    return number_text(float(value), style=".0f")


def _finding(drawn: Sequence[Shape], year: int, values: np.ndarray) -> str:
    if not len(drawn):
        return "No shape could be fitted to the counts"
    low, high = _count(min(values)), _count(max(values))
    span = low if low == high else f"anything from {low} to {high}"
    give = "shapes through the same counts give" if len(drawn) > 1 else "shape through the same counts gives"
    return sentence_case(f"{in_words(len(drawn))} {give} {span} for {year}")


def _table(series: Series, rates: Sequence[Estimate], shapes: Sequence[Shape], nexts: Sequence[int]) -> Table:
    years = [*series.years, *nexts]
    level = level_text(rates[0].level)
    counts = {"counts": series.counts, f"counts, low at {level}": [cells(rate)[1] for rate in rates]}
    counts |= {f"counts, high at {level}": [cells(rate)[2] for rate in rates]}
    rows = [[name, "none", *values, *["none"] * len(nexts)] for name, values in counts.items()]
    for shape in shapes:
        fitted = [shape.reason] * len(years) if shape.reason else map(float, shape.mean_at(years))
        rows.append([shape.name, shape.residual_df, *fitted])
    columns = ["Shape", "Residual df", *map(str, years)]
    styles = dict.fromkeys(map(str, years), ".0f")
    caption = f"{len(series.years)} counts with their intervals, and fitted and extrapolated {series.unit} by shape"
    return table("shape-fan-data", caption, columns, rows, styles=styles)
