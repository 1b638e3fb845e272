"""How one rule of drawing becomes a Figure for a page and for a phone.

A chart is a function decorated with `figure`. It hands `finished` a function that draws the same rows at any width, on
a `canvas` of that width, and asks `is_narrow` where a phone needs another order. Nothing here touches matplotlib's
global state, so the same values give the same bytes in any process.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, ParamSpec

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing
from matplotlib.lines import Line2D

from analysis.charts.marks import fitted, text_width
from analysis.charts.palette import MUTED, PAPER
from analysis.charts.svg import to_svg
from analysis.charts.theme import EDGE, NARROW, WIDE, theme
from analysis.parts.figures import Figure
from analysis.parts.results import Origin, data_rows

LINE = 0.23  # inches, height of a line of the key
KeyMark = tuple[str, str, float]  # words, colour, and thickness in points of its bar; no bar where that is 0
P = ParamSpec("P")


def figure(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """Decorator of a chart: it draws in the theme, and its Figure carries the dotted name of the function."""

    @functools.wraps(draw)
    def signed(*args: P.args, **kwargs: P.kwargs) -> Figure:
        with theme():
            return replace(draw(*args, **kwargs), function=f"{draw.__module__}.{draw.__qualname__}")

    return signed


def finished(
    draw: Callable[[float], Drawing], *, id: str, title: str, pattern: str, of: Origin = (), **words: Any
) -> Figure:
    """The Figure `of` series or data files; its text alternative is the finding, then the pattern.

    `draw` makes the picture at a width in inches. It is called twice: for a page, and for a box of a phone.
    """
    alt = f"{title}. {pattern}"
    svg, narrow = (to_svg(draw(width), name, alt) for width, name in ((WIDE, id), (NARROW, f"{id}-narrow")))
    return Figure(id=id, title=title, alt=alt, svg=svg, narrow=narrow, data=tuple(data_rows(of)), **words)


def is_narrow(width: float) -> bool:
    """Whether a drawing of this width has no room beside its axes: words go above or below instead."""
    return width < WIDE


def canvas(width: float, height: float, marks: Sequence[KeyMark] = ()) -> tuple[Drawing, float]:
    """An empty figure `height` inches tall above its key, and how much the key takes at the bottom."""
    entries: list[tuple[int, float, float, str, float, KeyMark]] = []
    line, lines, inch = 0, 0, EDGE
    for mark in marks:
        bar = 0.36 * bool(mark[2])
        words, size = fitted(mark[0], width - 2 * EDGE - bar)
        room = bar + text_width(words, size)
        if entries and inch + room > width - EDGE:
            line, inch = lines, EDGE
        entries.append((line, inch, bar, words, size, mark))
        inch += room + 0.3
        lines = line + 1 + words.count("\n")
    below = LINE * lines + 0.08
    drawing = Drawing(figsize=(width, height + below), facecolor=PAPER)
    for line, inch, bar, words, size, (_, colour, thickness) in entries:
        y = (below - LINE * (line + 0.5)) / (height + below)
        if thickness:
            ends = [inch / width, (inch + 0.28) / width], [y, y]
            drawing.add_artist(Line2D(*ends, color=colour, lw=thickness, solid_capstyle="butt"))
        place = (inch + bar) / width, y + (0.07 / (height + below))
        drawing.text(*place, words, color=MUTED, va="top", fontsize=size, linespacing=1.15)
    return drawing, below


def panel(drawing: Drawing, left: float, right: float, bottom: float, top: float) -> Axes:
    """Axes whose edges lie so many inches from the edges of the figure; only the x axis keeps its line."""
    width, height = drawing.get_size_inches()
    axes = drawing.add_axes((left / width, bottom / height, 1 - (left + right) / width, 1 - (bottom + top) / height))
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.patch.set_visible(False)
    axes.set_axisbelow(True)
    return axes
