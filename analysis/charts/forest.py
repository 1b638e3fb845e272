"""The forest plot: rows of estimates with intervals, text beside them, and the same rows as a table and in words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.markers import CARETLEFTBASE, CARETRIGHTBASE
from matplotlib.transforms import blended_transform_factory

from analysis.charts.drawing import (
    KeyMark,
    canvas,
    column,
    fitted,
    heading,
    key,
    note,
    panel,
    points,
    text_width,
    ticks,
)
from analysis.charts.palette import GRID, INK, MUTED
from analysis.charts.theme import CLEAR, SMALL, TEXT, WIDTH, finished
from analysis.estimates import Estimate
from analysis.parts.figures import Figure
from analysis.parts.numbers import in_words, inside, number_text, sentence_case
from analysis.parts.tables import Table, cells, table

EDGE, GAP, LABELS, WIDEST = 0.1, 0.25, 2.6, 1.95  # inches: margin, between columns, the most of labels, of a column
MEDIUM = 4  # points: on a wider bar the point is in ink


@dataclass(frozen=True)
class Mark:
    """One estimate of a row: a point, and a bar `width` points wide where it has an interval.

    `point` is "o", "D", "hollow", or "" for the bar alone; `lane` is how far, in rows, it stands below the middle.
    """

    estimate: Estimate
    colour: str
    width: float
    point: str = "o"
    panel: int = 0
    lane: float = 0.0


@dataclass(frozen=True)
class Row:
    """One row.

    Parameters
    ----------
    label : its name; a second line is set smaller and is not in the table.
    values : its cells of the table by column; those that are a Mark are drawn, thick over thin.
    texts : what stands in the columns beside the picture; a second line is set smaller.
    colour : of the last of these texts. strong : set in bold.
    """

    label: str
    values: Mapping[str, Any]
    texts: Sequence[str] = ()
    colour: str = INK
    strong: bool = False

    @property
    def name(self) -> str:
        return self.label.partition("\n")[0]

    @property
    def marks(self) -> dict[str, Mark]:
        return {name: value for name, value in self.values.items() if isinstance(value, Mark)}


@dataclass(frozen=True)
class Scale:
    """The axis of one panel, of `share` of the room: `ticks` by importance; upright `lines`, their words and colour."""

    low: float
    high: float
    ticks: Sequence[float]
    log: bool = False
    title: str = ""
    heading: str = ""
    lines: Sequence[tuple[float, str, str]] = ()
    share: float = 1.0


def forest(
    rows: Sequence[Row],
    scales: Sequence[Scale],
    *,
    id: str,
    head: str,
    about: str,
    texts: Sequence[str] = (),
    marks: Sequence[Sequence[KeyMark]] = (),
    styles: Mapping[str, str] | None = None,
    **described: Any,
) -> Figure:
    """A Figure whose picture, table and words come from the same rows.

    Parameters
    ----------
    rows : from top to bottom. scales : one a panel, from left to right.
    head : what a row is ("Step"). about : caption of the table. texts : headings of the columns beside the picture;
        numbers are flush right. marks : lines of the key. styles : how many digits, by name of a value.
    described : title, caption, cannot_show and `of`, as in `theme.finished`.
    """
    styles = styles or {}
    columns = [[words, *(row.texts[k] for row in rows)] for k, words in enumerate(texts)]
    spans, places = _layout(rows, scales, columns)
    two_lines = any("\n" in text for row in rows for text in (row.label, *row.texts))
    bottom = 0.4 + 0.25 * len(marks) + 0.3 * any(scale.title for scale in scales)
    drawing = canvas(bottom + 0.62 + (0.43 if two_lines else 0.35) * len(rows))
    panels = [panel(drawing, start, WIDTH - end, bottom, 0.62) for start, end in spans]
    for axes, scale, (start, _) in zip(panels, scales, spans, strict=True):
        _axis(axes, scale, len(rows))
        heading(axes, start, scale.heading)
    first, (start, end) = panels[0], spans[0]
    heading(first, EDGE, head)
    for words, (inch, _, side) in zip(texts, places, strict=True):
        heading(first, inch, words, ha=side)
    for place, row in enumerate(rows):
        _text(first, EDGE, place, row.label, start - EDGE - 0.1, row.strong)
        for words, (inch, room, side) in zip(row.texts, places, strict=True):
            colour = row.colour if words is row.texts[-1] else INK
            _text(first, inch, place, words, room, row.strong, ha=side, color=colour)
        for mark in row.marks.values():
            _draw(panels[mark.panel], scales[mark.panel], place, mark)
        if row.marks and not any(map(_known, row.marks.values())):
            reason, size = fitted(next(iter(row.marks.values())).estimate.reason, end - start - 0.1)
            where = {"xycoords": ("axes fraction", "data"), "xytext": (4, 0), "bbox": CLEAR}
            note(first, 0, place, reason, color=MUTED, fontsize=size, **where)
    for k, line in enumerate(reversed(marks)):
        key(drawing, 0.17 + 0.25 * k, line)
    pattern, rows_table = _pattern(rows, scales[0], styles), _table(id, about, head, rows, styles)
    return finished(drawing, id=id, pattern=pattern, table=rows_table, **described)


def _layout(
    rows: Sequence[Row], scales: Sequence[Scale], columns: Sequence[Sequence[str]]
) -> tuple[list[tuple[float, float]], list[tuple[float, float, str]]]:
    """Both ends of each panel, and place, room and side of each column of text, in inches from the left."""
    labels = max(_width(row.label, row.strong) for row in rows)
    at, places = WIDTH - EDGE, []
    for texts in reversed(columns):
        room = min(WIDEST, max(_width(texts[0], False), *(_width(text, True) for text in texts[1:])))
        numbers = all(re.fullmatch(r"[\d.,%\u2013\u2212]+|none", text) for text in texts[1:])
        places.insert(0, (at, room, "right") if numbers else (at - room, room, "left"))
        at -= room + GAP
    start = EDGE + min(LABELS, labels) + GAP
    inch = (at - start - GAP * (len(scales) - 1)) / sum(scale.share for scale in scales)
    spans = []
    for scale in scales:
        spans.append((start, start + scale.share * inch))
        start = spans[-1][1] + GAP
    return spans, places


def _width(text: str, strong: bool) -> float:
    main, _, second = text.partition("\n")
    return max(text_width(main, TEXT, _weight(text, strong)), text_width(second, SMALL))


def _weight(text: str, strong: bool) -> str:
    return "bold" if strong or "\n" in text else "normal"


def _text(axes: Axes, inch: float, place: int, text: str, room: float, strong: bool, **options: Any) -> None:
    """A cell of text: its second line is muted, its only line set smaller where it is too long."""
    weight = _weight(text, strong)
    main, _, second = text.partition("\n")
    words, size = fitted(main, room, weight)
    column(axes, inch, place, words, weight=weight, fontsize=size, xytext=(0, 6.5 * bool(second)), **options)
    if second:
        small = {"color": MUTED, "fontsize": SMALL, "xytext": (0, -6.5)}
        column(axes, inch, place, second, **options | small)


def _axis(axes: Axes, scale: Scale, rows: int) -> None:
    axes.set(xscale="log" if scale.log else "linear", xlabel=scale.title, ylabel="", yticks=[])
    axes.set(xlim=(scale.low, scale.high), ylim=(rows - 0.45, -0.55))
    ticks(axes, [tick for tick in scale.ticks if scale.low <= tick <= scale.high])
    across = blended_transform_factory(axes.figure.transFigure, axes.transData)
    for place in range(1, rows):
        ends = [EDGE / WIDTH, 1 - EDGE / WIDTH]
        axes.figure.add_artist(Line2D(ends, [place - 0.5] * 2, color=GRID, lw=0.8, transform=across, zorder=0))
    for at, words, colour in scale.lines:
        axes.axvline(at, color=colour, lw=1, zorder=1)
        where = {"xycoords": ("data", "axes fraction"), "xytext": (0, 9)}
        note(axes, at, 1, words, ha="center", va="bottom", color=MUTED, **where)


def _known(mark: Mark) -> bool:
    return any(x is not None for x in (mark.estimate.value, mark.estimate.low, mark.estimate.high))


def _draw(axes: Axes, scale: Scale, place: int, mark: Mark) -> None:
    """The point of a mark and its bar, which ends in an arrow where it goes on beyond the axis."""
    e, y = mark.estimate, place + mark.lane
    if e.interval and _known(mark):
        low, high = (end if x is None else x for x, end in ((e.low, scale.low), (e.high, scale.high)))
        ends = [min(max(x, scale.low), scale.high) for x in (low, high)]
        axes.hlines(y, *ends, colors=mark.colour, linewidths=mark.width, capstyle="butt", zorder=2 + mark.width / 100)
        look = {"ms": min(mark.width + 4, 9), "color": mark.colour, "mew": 0, "clip_on": False}
        if e.low is None or e.low < scale.low:
            axes.plot([scale.low], [y], marker=CARETLEFTBASE, **look)
        if e.high is None or e.high > scale.high:
            axes.plot([scale.high], [y], marker=CARETRIGHTBASE, **look)
    if e.value is not None and mark.point:
        hollow = mark.point == "hollow"
        look = {"hollow": hollow, "marker": "o" if hollow else mark.point, "s": 26, "clip_on": False}
        colour = INK if hollow or mark.width > MEDIUM else mark.colour
        points(axes, [min(max(e.value, scale.low), scale.high)], [y], colour=colour, **look)


def _table(id: str, about: str, head: str, rows: Sequence[Row], styles: Mapping[str, str]) -> Table:
    """One line a row; a mark fills a cell with its value and two with its limits, where any row has them."""
    names = list(dict.fromkeys(name for row in rows for name in row.values))
    marks = {name: [row.marks[name] for row in rows if name in row.marks] for name in names}
    parts: dict[str, list[tuple[int, str]]] = {}
    for name in names:
        value = any(mark.point for mark in marks[name]) or not marks[name]
        limits = any(mark.estimate.interval for mark in marks[name])
        parts[name] = [(0, name)] * value + [(1, f"{name}, low"), (2, f"{name}, high")] * limits
    lines: list[list[Any]] = []
    for row in rows:
        line: list[Any] = [row.name]
        for name in names:
            cell = row.values[name]
            filled = cells(cell.estimate) if isinstance(cell, Mark) else (cell,) * 3
            line += [filled[k] for k, _ in parts[name]]
        lines.append(line)
    columns = [head, *(column for name in names for _, column in parts[name])]
    units = {column: m[0].estimate.unit for name, m in marks.items() if m for _, column in parts[name]}
    digits = {column: styles.get(name, "") for name in names for _, column in parts[name]}
    return table(f"{id}-data", about, columns, lines, units=units, styles=digits)


def _pattern(rows: Sequence[Row], scale: Scale, styles: Mapping[str, str]) -> str:
    """How many rows, on which axis, and from where to where the first of their marks goes."""
    count = sentence_case(in_words(len(rows)))
    said = f"{count} row{'s' * (len(rows) != 1)} on {'a log' if scale.log else 'an even'} axis"
    name = next((name for row in rows for name, mark in row.marks.items() if mark.point), "")
    known = [(row.marks[name].estimate, row.name) for row in rows if name in row.marks]
    known = sorted((pair for pair in known if pair[0].value is not None), key=lambda pair: pair[0].value)
    ends = (*known[:1], *known[1:][-1:])
    ends = [f"{number_text(e.value, e.unit, styles.get(name, ''))} ({label})" for e, label in ends]
    return f"{said}; {inside(name)} {'from ' * (len(ends) > 1)}{' to '.join(ends)}." if known else f"{said}."
