"""The forest plot: rows of estimates with intervals, text beside them, and the same rows as a table and in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing
from matplotlib.markers import CARETLEFTBASE, CARETRIGHTBASE

from analysis.charts.drawing import KeyMark, canvas, finished, is_narrow, panel
from analysis.charts.marks import column, fitted, heading, note, points, text_width, ticks
from analysis.charts.palette import GRID, INK, MUTED
from analysis.charts.theme import CLEAR, EDGE, SMALL, TEXT
from analysis.estimates import Estimate
from analysis.parts.figures import Figure
from analysis.parts.numbers import in_words, inside, number_text, sentence_case
from analysis.parts.tables import Table, cells, table

GAP, LABELS, WIDEST = 0.25, 2.6, 1.95  # inches: between columns, the most of the labels, the most of a column
BAR, MEDIUM = 0.2, 4  # inches that a bar below its words takes; points: on a wider bar the point is in ink


@dataclass(frozen=True)
class Mark:
    """One estimate of a row: a point ("o", "D", "hollow" or none), and a bar `width` points wide for its interval."""

    estimate: Estimate
    colour: str
    width: float
    point: str = "o"


@dataclass(frozen=True)
class Row:
    """One row: its `label`, its cells of the table by column, and the `texts` in the columns beside the picture.

    Cells that are a Mark are drawn, thick over thin. A second line of a label or text is set smaller, and that of a
    label is not in the table. `colour` is that of the last text; `strong` sets in bold.
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
    """The axis: `ticks` by importance; `lines` as (place, words above it, colour)."""

    low: float
    high: float
    ticks: Sequence[float]
    title: str
    log: bool = False
    lines: Sequence[tuple[float, str, str]] = ()


def forest(
    rows: Sequence[Row],
    scale: Scale | None,
    *,
    id: str,
    head: str,
    about: str,
    texts: Sequence[str] = (),
    marks: Sequence[KeyMark] = (),
    styles: Mapping[str, str] | None = None,
    **described: Any,
) -> Figure:
    """A Figure whose pictures, table and words come from the same rows.

    Parameters
    ----------
    rows : from top to bottom. scale : the axis; None for a list of words.
    head : what a row is ("Step"). about : caption of the table. texts : headings of the columns beside the picture;
        numbers are flush right. marks : the key. styles : how many digits, by name of a value.
    described : title, caption, cannot_show and `of`, as in `drawing.finished`.
    """

    def draw(width: float) -> Drawing:
        """Rows with their words beside the bars or, where that is too narrow, above them."""
        narrow, room = is_narrow(width), width - 2 * EDGE
        blocks = [_block(row, room, bool(scale)) for row in rows] if narrow else []
        two_lines = any("\n" in text for row in rows for text in (row.label, *row.texts))
        heights = [0.12 + BAR * bool(scale) + sum(_tall(words, size) for words, size, _ in block) for block in blocks]
        edges = [0.0, *accumulate(heights or [0.43 if two_lines else 0.35] * len(rows))]
        named = bool(scale) and any(words for _, words, _ in scale.lines)
        title = _joined([head, *(inside(text.replace("\n", " ")) for text in texts)], room)
        top = 0.25 + 0.17 * (named + title.count("\n") + 1) if narrow else 0.62
        bottom = 0.65 if scale else 0.1
        drawing, below = canvas(width, edges[-1] + top + bottom, marks)
        start, end, places = (EDGE, width - EDGE, []) if narrow else _layout(rows, scale, texts, width)
        axes = panel(drawing, start, width - end, below + bottom, top)
        _axis(axes, scale, edges)
        if narrow:
            heading(axes, EDGE, title, xytext=(0, 9 + 14 * named), fontsize=SMALL)
        for words, (inch, _, side) in zip([] if narrow else [head, *texts], [(EDGE, 0, "left"), *places], strict=False):
            heading(axes, inch, words, ha=side)
        for k, row in enumerate(rows):
            y = edges[k + 1] - 0.85 * BAR if narrow else (edges[k] + edges[k + 1]) / 2
            if narrow:
                drop = edges[k] + 0.05
                for words, size, look in blocks[k]:
                    column(axes, EDGE, drop, words, fontsize=size, va="top", bbox=CLEAR, **look)
                    drop += _tall(words, size)
            else:
                _cells(axes, y, row, (start if scale else places[0][0]) - EDGE - 0.1, places)
            for mark in row.marks.values() if scale else ():
                _draw(axes, scale, y, mark)
            if scale and row.marks and not any(map(_known, row.marks.values())):
                reason, size = fitted(next(iter(row.marks.values())).estimate.reason, end - start - 0.1)
                where = {"xycoords": ("axes fraction", "data"), "xytext": (4, 0), "bbox": CLEAR}
                note(axes, 0, y, reason, color=MUTED, fontsize=size, **where)
        return drawing

    words, numbers = _pattern(rows, scale, styles or {}), _table(id, about, head, rows, styles or {})
    return finished(draw, id=id, pattern=words, table=numbers, **described)


def _tall(text: str, size: float) -> float:
    """Inches that a text of so many lines takes."""
    return (text.count("\n") + 1) * size * 1.3 / 72


def _block(row: Row, room: float, drawn: bool) -> list[tuple[str, float, dict[str, Any]]]:
    """The words above a bar: the name, then what stands beside the bar on a page."""
    weight, (_, _, second) = _weight(row.label, row.strong), row.label.partition("\n")
    block = [(*fitted(row.name, room, weight), {"weight": weight})]
    told = _joined(filter(None, [second, *row.texts]), room)
    if told:
        block.append((told, SMALL, {"color": MUTED if drawn else row.colour}))
    return block


def _joined(texts: Iterable[str], room: float) -> str:
    """Texts in one run of words, as few lines of small type as it takes; short ones are not broken."""
    parts = [text.replace("\n", ", ") for text in texts if text != "–"]
    told = "\N{NO-BREAK SPACE}· ".join(
        part if len(part) > 25 else part.replace(" ", "\N{NO-BREAK SPACE}") for part in parts
    )
    return told if text_width(told, SMALL) <= room else fitted(told, room)[0]


def _layout(
    rows: Sequence[Row], scale: Scale | None, texts: Sequence[str], width: float
) -> tuple[float, float, list[tuple[float, float, str]]]:
    """Both ends of the axes, and place, room and side of each column of text, in inches from the left."""
    at, places = width - EDGE, []
    for k in range(len(texts) - 1, -1, -1):
        found = [row.texts[k] for row in rows]
        room = min(WIDEST, max(_width(texts[k], False), *(_width(text, True) for text in found)))
        numbers = all(re.fullmatch(r"[\d.,%\u2013\u2212]+|none", text) for text in found)
        places.insert(0, (at, room, "right") if numbers else (at - room, room, "left"))
        at -= room + GAP
    labels = max(_width(row.label, row.strong) for row in rows)
    return (EDGE + min(LABELS, labels) + GAP, at, places) if scale else (EDGE, width - EDGE, places)


def _width(text: str, strong: bool) -> float:
    main, _, second = text.partition("\n")
    return max(text_width(main, TEXT, _weight(text, strong)), text_width(second, SMALL))


def _weight(text: str, strong: bool) -> str:
    return "bold" if strong or "\n" in text else "normal"


def _cells(axes: Axes, at: float, row: Row, room: float, places: Sequence[tuple[float, float, str]]) -> None:
    """A row of text: a second line is muted, an only line set smaller where it is too long."""
    for text, (inch, widest, side) in [(row.label, (EDGE, room, "left")), *zip(row.texts, places, strict=True)]:
        weight, look = _weight(text, row.strong), {"ha": side, "color": row.colour if text in row.texts[-1:] else INK}
        main, _, second = text.partition("\n")
        words, size = fitted(main, widest, weight)
        column(axes, inch, at, words, weight=weight, fontsize=size, xytext=(0, 6.5 * bool(second)), **look)
        if second:
            column(axes, inch, at, second, **look | {"color": MUTED, "fontsize": SMALL, "xytext": (0, -6.5)})


def _axis(axes: Axes, scale: Scale | None, edges: Sequence[float]) -> None:
    axes.set(ylim=(edges[-1], 0), yticks=[])  # in inches
    width = axes.figure.get_figwidth()
    across = {"xycoords": ("figure fraction", "data"), "textcoords": ("figure fraction", "data")}
    for edge in edges[1:-1]:
        line = {"arrowstyle": "-", "color": GRID, "lw": 0.8, "shrinkA": 0, "shrinkB": 0}
        ends = (EDGE / width, edge), (1 - EDGE / width, edge)
        axes.annotate("", *ends, arrowprops=line, zorder=0, annotation_clip=False, **across)
    if scale is None:
        axes.set_axis_off()
        return
    axes.set(xscale="log" if scale.log else "linear", xlabel=scale.title, xlim=(scale.low, scale.high))
    ticks(axes, [tick for tick in scale.ticks if scale.low <= tick <= scale.high])
    for at, words, colour in scale.lines:
        axes.axvline(at, color=colour, lw=1, zorder=1)
        inch, half = axes.transData.transform((at, 0))[0] / axes.figure.dpi, text_width(words) / 2 if words else 0
        side = "left" if inch < half else "right" if inch + half > width else "center"
        where = {"xycoords": ("data", "axes fraction"), "xytext": (0, 9)}
        note(axes, at, 1, words, ha=side, va="bottom", color=MUTED, **where)


def _known(mark: Mark) -> bool:
    return any(x is not None for x in (mark.estimate.value, mark.estimate.low, mark.estimate.high))


def _draw(axes: Axes, scale: Scale, y: float, mark: Mark) -> None:
    """The point of a mark and its bar, which ends in an arrow where it goes on beyond the axis."""
    e = mark.estimate
    if e.interval and _known(mark) and mark.width:
        low, high = (end if x is None else x for x, end in ((e.low, scale.low), (e.high, scale.high)))
        ends = [min(max(x, scale.low), scale.high) for x in (low, high)]
        look = {"color": mark.colour, "zorder": 2 + mark.width / 100}
        axes.plot(ends, [y, y], lw=mark.width, solid_capstyle="butt", **look)
        if low == high or e.interval == "range":  # a short one could not be seen
            axes.plot(ends, [y, y], ls="", marker="|", ms=mark.width, mew=2, **look)
        look = {"ms": min(mark.width + 4, 9), "color": mark.colour, "mew": 0, "clip_on": False}
        if e.low is None or e.low < scale.low:
            axes.plot([scale.low], [y], marker=CARETLEFTBASE, **look)
        if e.high is None or e.high > scale.high:
            axes.plot([scale.high], [y], marker=CARETRIGHTBASE, **look)
    if e.value is not None and mark.point:
        hollow = mark.point == "hollow"
        look = {"hollow": hollow, "marker": "o" if hollow else mark.point, "s": 26, "clip_on": False}
        colour = INK if mark.width > MEDIUM else mark.colour
        points(axes, [min(max(e.value, scale.low), scale.high)], [y], colour=colour, **look)


def _table(id: str, about: str, head: str, rows: Sequence[Row], styles: Mapping[str, str]) -> Table:
    """One line a row; an estimate fills a cell with its value, and two with its limits where any row draws them."""
    columns, lines = {head: ("", "")}, [[row.name] for row in rows]
    for name in dict.fromkeys(name for row in rows for name in row.values):
        column = [row.values[name] for row in rows]
        marks = [cell for cell in column if isinstance(cell, Mark)]
        drawn = not marks or any(mark.point for mark in marks)
        barred = not marks or any(mark.width for mark in marks)
        column = [cell.estimate if isinstance(cell, Mark) else cell for cell in column]
        known = [cell for cell in column if isinstance(cell, Estimate)]
        ends = [""] * drawn + [", low", ", high"] * (barred and any(estimate.interval for estimate in known))
        columns |= {f"{name}{end}": (known[0].unit if known else "count", styles.get(name, "")) for end in ends}
        for line, cell in zip(lines, column, strict=True):
            filled = cells(cell) if isinstance(cell, Estimate) else (cell,) * 3
            line += filled[not drawn : len(ends) + (not drawn)]
    units, digits = ({name: told[k] for name, told in columns.items()} for k in (0, 1))
    return table(f"{id}-data", about, list(columns), lines, units=units, styles=digits)


def _pattern(rows: Sequence[Row], scale: Scale | None, styles: Mapping[str, str]) -> str:
    """How many rows, and from where to where the first of their marks goes."""
    said = f"{sentence_case(in_words(len(rows)))} row{'s' * (len(rows) != 1)}"
    name = next((name for row in rows for name, mark in row.marks.items() if mark.point), "")
    known = [(row.marks[name].estimate, row.name) for row in rows if name in row.marks]
    known = sorted((pair for pair in known if pair[0].value is not None), key=lambda pair: pair[0].value)
    if not known:
        return f"{said} {'of bars' if scale else 'of words'}."
    ends = [f"{number_text(e.value, e.unit, styles.get(name, ''))} ({label})" for e, label in (known[0], known[-1])]
    ends = " to ".join(dict.fromkeys(ends))
    axis = "a log" if scale.log else "an even"
    return f"{said} on {axis} axis; {inside(name)} {'from ' * (known[0] != known[-1])}{ends}."
