"""Figures of how far a growth rate is a choice: by the reading of the first year, and over all specifications."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing
from matplotlib.ticker import MaxNLocator

from analysis.charts.drawing import KeyMark, canvas, figure, finished, is_narrow, panel
from analysis.charts.forest import Mark, Row, Scale, forest
from analysis.charts.marks import column, heading, only, points, text_width
from analysis.charts.palette import AMBER, BAND, BLUE, INK, MUTED, SKY
from analysis.charts.theme import EDGE, SMALL
from analysis.estimates import Estimate
from analysis.growth.specifications import Specification
from analysis.parts.figures import Figure
from analysis.parts.numbers import in_words, inside, level_text, listed, number_text, sentence_case
from analysis.parts.results import Origin
from analysis.parts.tables import Table, cells, table

PERCENTAGES = (-95, -90, -80, -65, -50, -25, 0, 25, 50, 100, 150, 200, 300, 500, 900, 1900)
BEYOND = 2.6  # the axis reaches this many times past the outermost estimate, as a growth factor
ROOM, ROW = 3.1, 0.205  # inches: of the estimates with their heading, and of a row of choices


@figure
def growth_by_reading(readings: Sequence[Estimate], *, of: Origin = ()) -> Figure:
    """Least and greatest growth a year under each reading of the first year.

    Parameters
    ----------
    readings : "reading" of `analysis.growth.specifications.growth_range`, each with its range. of : the series.
    """
    named = {sentence_case(reading.estimand.partition(", ")[2]): reading for reading in readings}
    rows = [Row(name, {"Growth": Mark(r, BLUE, 8, "")}, (_said(r.low, r.high) or "–",)) for name, r in named.items()]
    ends = [x for reading in readings for x in (reading.low, reading.high) if x is not None] or [0]
    low, high = min(0, *ends), max(0, *ends)
    margin = 0.05 * (high - low or 1)
    ticks = MaxNLocator(6).tick_values(low, high)
    return forest(
        rows,
        Scale(low - margin, high + margin, ticks, "Growth, % a year", lines=[(0, "no growth", INK)]),
        id="growth-by-reading",
        title=_deciding(named),
        caption=(
            f"Growth a year with the first year read in {in_words(len(rows))} ways. Each bar is a range, not a "
            "confidence interval: it goes from the least to the greatest estimate among all models of constant growth."
        ),
        cannot_show="Which reading is right: only the date on which the process began would tell.",
        head="First year",
        about="Least and greatest estimate of growth, in % a year, by how the first year is read",
        texts=("Growth,\n% a year",),
        of=of,
    )


def _said(*limits: float | None) -> str:
    """ "39% to 57%", once where both read the same."""
    return " to ".join(dict.fromkeys(number_text(x, "%") for x in limits if x is not None))


def _deciding(readings: Mapping[str, Estimate]) -> str:
    known = [(r, name) for name, r in readings.items() if r.low is not None and r.high is not None]
    if not known:
        return "Growth a year cannot be estimated under any reading of the first year"
    (least, low), (most, high) = min(known, key=lambda pair: pair[0].high), max(known, key=lambda pair: pair[0].low)
    if least.high >= most.low:
        ends = min(r.low for r, _ in known), max(r.high for r, _ in known)
        return f"However the first year is read, growth a year comes out at {_said(*ends)}"
    found = f"How the first year is read decides the growth rate: {_said(most.low, most.high)} a year, {inside(high)}"
    return f"{found}; {_said(least.low, least.high)}, {inside(low)}"


@figure
def specification_curve(
    specifications: Sequence[Specification], spread: Mapping[str, Estimate], *, of: Origin = ()
) -> Figure:
    """Growth a year under every specification, sorted, with the choices of each below.

    Parameters
    ----------
    specifications : from `analysis.growth.specifications`; those without an estimate are left out.
    spread : by choice, the share of the variance of growth that goes with it; its keys are the choices.
    of : the series.
    """
    choices = list(spread)
    known = [s for s in specifications if s.estimate is not None and s.estimate.value is not None]
    if not known:
        raise ValueError("no specification has an estimate: there is no curve to draw")
    # estimates that agree to seven decimals are the same: their order must not hang on a processor's last digit
    drawn = sorted(known, key=lambda s: (round(s.estimate.value, 7), *(str(getattr(s, name)) for name in choices)))
    options = {choice: list(dict.fromkeys(getattr(s, choice) for s in known)) for choice in choices}
    level = level_text(next(s.estimate.level for s in drawn if s.estimate.level))
    marks = [(f"{level} interval excludes 0", BLUE, 2.5), ("includes 0", SKY, 2.5), ("not valid: hollow", AMBER, 2.5)]
    return finished(
        partial(choice_curve, drawn, options, "Growth, % a year (log scale)", _estimates, marks),
        id="specification-curve",
        title=_finding(drawn, spread),
        caption=(
            f"Each column is one of {len(drawn)} specifications that make sense, sorted by its estimate, with its "
            f"{level} confidence interval; the marks below it say which choices it makes. Hollow: the interval cannot "
            "be expected to cover as stated. Intervals that leave the frame go on. The specifications are not a "
            "sample, so nothing is tested over them."
        ),
        pattern=f"One column a specification, the least first. Below, a grid marks the choices: {listed(choices)}.",
        cannot_show="Which specification is right; it shows how much of the answer is choice.",
        table=_table(drawn, choices, level),
        of=of,
    )


def choice_curve(
    columns: Sequence[Any],
    options: Mapping[str, Sequence[Any]],
    words: str,
    paint: Callable[[Axes, Sequence[Any]], None],
    marks: Sequence[KeyMark],
    width: float,
) -> Drawing:
    """What `paint` draws of the columns, above a grid that marks in each which of the `options` it has, by choice."""
    rows, left = _rows(options, is_narrow(width))
    depth = ROW * (rows[-1][0] + 1)
    drawing, below = canvas(width, ROOM + depth + 0.3, marks)
    top = panel(drawing, left, 0.15, below + depth + 0.3, 0.42)
    paint(top, columns)
    heading(top, EDGE, words)
    grid = panel(drawing, left, 0.15, below + 0.1, ROOM + 0.1)
    _choices(grid, columns, rows, left)
    for axes in (top, grid):
        axes.spines[:].set_visible(False)
        axes.set(xlim=(-1, len(columns)), xticks=[])
    return drawing


def _estimates(axes: Axes, drawn: Sequence[Specification]) -> None:
    values = [_factor(s.estimate.value, 1) for s in drawn]
    floor, ceiling = min([1, *values]) / BEYOND, max([1, *values]) * BEYOND
    axes.set(yscale="log", ylim=(floor, ceiling))
    ticks = [p for p in PERCENTAGES if floor < 1 + p / 100 < ceiling]
    only(axes.yaxis, [1 + p / 100 for p in ticks], [number_text(p, "%") for p in ticks])
    axes.axhline(1, color=INK, lw=1.1, zorder=1.5)
    slot = _slot(axes, len(drawn))
    size = min(16, (1.5 * slot) ** 2)
    for colour in (BLUE, SKY, AMBER):
        chosen = [k for k, s in enumerate(drawn) if _colour(s) == colour]
        found = [drawn[k].estimate for k in chosen]
        ends = [(max(_factor(e.low, 0), floor), min(_factor(e.high, ceiling), ceiling)) for e in found]
        strokes(axes, chosen, ends, colour, min(2, 0.7 * slot))
        look = {"colour": AMBER, "hollow": True, "linewidth": min(1.4, size / 9)} if colour == AMBER else {}
        points(axes, chosen, [values[k] for k in chosen], zorder=3, s=size, **look)


def _colour(s: Specification) -> str:
    return AMBER if not s.valid else BLUE if s.estimate.excludes(0) else SKY


def _factor(percent: float | None, missing: float) -> float:
    return missing if percent is None else max(1 + percent / 100, 1e-6)


def _slot(axes: Axes, columns: int) -> float:
    """Points that each of so many columns has."""
    return axes.bbox.width / axes.figure.dpi * 72 / (columns + 1)


def strokes(axes: Axes, at: Sequence[int], ends: Sequence[tuple[float, float]], colour: str, width: float) -> None:
    """Upright bars as one path, with a lifted pen between them."""
    x = np.repeat(np.array(at, dtype=float), 3)
    y = np.array([value for low, high in ends for value in (low, high, math.nan)])
    axes.plot(x, y, color=colour, lw=width, solid_capstyle="butt", zorder=2)


def _rows(options: Mapping[str, Sequence[Any]], narrow: bool) -> tuple[list[tuple[float, str, object]], float]:
    """Each choice and option with its row, and where the marks start: beside their words or, if narrow, below them."""
    rows: list[tuple[float, str, object]] = []
    y = 0.0
    for choice, found in options.items():
        rows.append((y, choice, None))
        y += narrow
        for option in found:
            rows.append((y + narrow, choice, option))
            y += 1 + narrow
        y += 0.55
    widths = [text_width(option_text(option)) for *_, option in rows if option is not None]
    heads = [text_width(c, weight="bold") + text_width(option_text(found[0])) + 0.4 for c, found in options.items()]
    return rows, 0.6 if narrow else max(0.2 + max(widths), *heads)


def _choices(axes: Axes, drawn: Sequence[Any], rows: Sequence[tuple], left: float) -> None:
    narrow = is_narrow(axes.figure.get_figwidth())
    for place, choice, option in rows:
        if option is None:
            column(axes, EDGE, place, sentence_case(choice), weight="bold")
            continue
        words = {"color": MUTED, "fontsize": SMALL} if narrow else {"color": MUTED, "ha": "right"}
        column(axes, left if narrow else left - 0.1, place - narrow, option_text(option), **words)
        axes.axhspan(place - 0.4, place + 0.4, color=BAND, lw=0, zorder=0)
        marks = [k for k, s in enumerate(drawn) if getattr(s, choice) == option]
        strokes(axes, marks, [(place - 0.34, place + 0.34)] * len(marks), INK, min(1.6, 0.6 * _slot(axes, len(drawn))))
    axes.grid(visible=False)
    axes.set(ylim=(rows[-1][0] + 0.5, -0.5), yticks=[])


def option_text(option: object) -> str:
    """An option in words."""
    return f"{option:g}" if isinstance(option, float) else str(option)


def _finding(drawn: Sequence[Specification], spread: Mapping[str, Estimate]) -> str:
    values = [s.estimate.value for s in drawn]
    growth = _said(min(values), max(values))
    found = f"Growth of {growth} a year: {len(drawn)} ways to compute it"
    known = {choice: share.value for choice, share in spread.items() if share.value}
    if known and " to " in growth:
        found += f", and the choice of {max(known, key=known.__getitem__)} moves the estimate most"
    return found


def _table(drawn: Sequence[Specification], choices: Sequence[str], level: str) -> Table:
    rows = []
    for s in drawn:
        excludes = "yes" if s.estimate.excludes(0) else "no"
        options = [option_text(getattr(s, choice)) for choice in choices]
        rows.append([*options, *cells(s.estimate), excludes, s.reason or "valid"])
    growth = ["Growth, % a year", "Low", "High"]
    caption = f"{len(drawn)} specifications that make sense: growth a year with {level} intervals"
    columns = [*map(sentence_case, choices), *growth, "Excludes 0", "Valid"]
    units, styles = dict.fromkeys(growth, "% a year"), dict.fromkeys(growth, ".1f")
    return table("specification-curve-data", caption, columns, rows, units=units, styles=styles)
