"""What stands on the axes of a figure: words that fit, ticks, columns, bars and points."""

from __future__ import annotations

import functools
import textwrap
from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path
from matplotlib.ticker import FixedFormatter, FixedLocator, MaxNLocator, NullLocator

from analysis.charts.palette import INK, MUTED, PAPER
from analysis.charts.theme import EDGE, FONTS, SMALL, TEXT
from analysis.estimates import Estimate
from analysis.parts.numbers import sentence_case


def note(axes: Axes, x: float, y: float, text: str, **options: Any) -> None:
    """Text at or beside (`xytext`, in points) a point of the data."""
    options = {"fontsize": TEXT, "color": INK, "va": "center", "xytext": (0, 0), "linespacing": 1.05} | options
    axes.annotate(text, (x, y), textcoords="offset points", **options)


def column(axes: Axes, inch: float, y: float, text: str, **options: Any) -> None:
    """A cell of text in the row `y` of the axes, so many inches from the left edge of the figure."""
    note(axes, inch / axes.figure.get_figwidth(), y, text, xycoords=("figure fraction", "data"), **options)


def heading(axes: Axes, inch: float, text: str, **options: Any) -> None:
    """Words above the axes: the unit of a vertical axis, or the name of a column of text."""
    options = {"color": MUTED, "va": "bottom", "xytext": (0, 9)} | options
    note(axes, inch / axes.figure.get_figwidth(), 1, text, xycoords=("figure fraction", "axes fraction"), **options)


@functools.cache
def text_width(text: str, size: float = TEXT, weight: str = "normal") -> float:
    """Width in inches of the widest line of a text."""
    font = FontProperties(family=FONTS[0], size=size, weight=weight)
    return max(text_to_path.get_text_width_height_descent(line, font, False)[0] / 72 for line in text.split("\n"))


def fitted(text: str, inches: float, weight: str = "normal") -> tuple[str, float]:
    """`text` and its size; as few lines of smaller type as it takes where one line is too wide."""
    if text_width(text, TEXT, weight) <= inches:
        return text, TEXT
    wraps = [
        textwrap.fill(text, width, break_long_words=False, break_on_hyphens=False) for width in range(len(text), 0, -1)
    ]
    fits = [wrap for wrap in wraps if text_width(wrap, SMALL, weight) <= inches] or wraps[-1:]
    # the narrowest that needs no more lines: they come out of like length
    return [wrap for wrap in fits if wrap.count("\n") == fits[0].count("\n")][-1], SMALL


def spread_out(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places moved as little as keeps them `gap` apart, in order and between `low` and `high`.

    >>> [round(x, 2) for x in spread_out([1.0, 1.1, 3.0], 0.5, 0.0, 4.0)]
    [1.0, 1.5, 3.0]
    """
    order = sorted(range(len(places)), key=lambda k: places[k])
    moved: list[float] = []
    for k in order:
        moved.append(max(places[k], moved[-1] + gap if moved else low))
    ceiling = high
    for at in range(len(moved) - 1, -1, -1):
        moved[at] = min(moved[at], ceiling)
        ceiling = moved[at] - gap
    return [moved[order.index(k)] for k in range(len(places))]


def ticks(axes: Axes, places: Sequence[float], labels: Sequence[str] = ()) -> None:
    """An x axis with these ticks, the first ones first, as far as their labels have room."""
    kept: dict[float, tuple[float, float, str]] = {}
    labels = labels or [f"{place:,g}".replace("-", "\N{MINUS SIGN}") for place in places]
    for place, label in zip(places, labels, strict=True):
        at, room = axes.transData.transform((place, 0))[0] / axes.figure.dpi, text_width(label) / 2 + 0.06
        inside = room <= at + 0.04 and at + room <= axes.figure.get_figwidth() + 0.04
        if inside and all(abs(at - other) >= room + its for other, its, _ in kept.values()):
            kept[place] = (at, room, label)
    only(axes.xaxis, list(kept), [label for *_, label in kept.values()])


def only(axis: Axis, places: Sequence[float], labels: Sequence[str]) -> None:
    """These ticks and no others."""
    axis.set_major_locator(FixedLocator(places))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FixedFormatter(labels))


def year_axis(axes: Axes, years: Sequence[int], unit: str) -> None:
    """A time axis, the last year first, below a scale of counts from 0."""
    ticks(axes, years[::-1], [str(year) for year in years[::-1]])
    axes.grid(axis="x", visible=False)
    axes.yaxis.set_major_locator(MaxNLocator("auto", steps=[1, 2, 2.5, 5, 10], integer=True))
    axes.yaxis.set_major_formatter("{x:,.0f}")
    heading(axes, EDGE, f"{sentence_case(unit)} a year")


def columns(axes: Axes, years: Sequence[int], counts: Sequence[int], tops: Sequence[float], colour: str) -> None:
    """Each count as a column, and in figures over its `top`; only the ends where there is no room."""
    axes.bar(years, counts, width=0.6, color=colour, linewidth=0, zorder=1)
    low, high = axes.get_xlim()
    inch = axes.bbox.width / axes.figure.dpi / (high - low)  # of a year
    widest = max(text_width(f"{count:,}", SMALL, "bold") for count in counts)
    crowded = widest + 0.04 > inch
    ends = {years[0]: ("left", -0.3), years[-1]: ("right", 0.3)} if crowded and len(years) > 1 else {}
    for year, count, top in zip(years, counts, tops, strict=True):
        if not crowded or year in ends:
            side, aside = ends.get(year, ("center", 0))
            size = SMALL if crowded or widest * 1.2 > inch else TEXT
            look = {"ha": side, "va": "bottom", "weight": "bold", "fontsize": size}
            note(axes, year + aside, top, f"{count:,}", xytext=(0, 4), **look)


def upright(axes: Axes, x: float, estimate: Estimate, colour: str, width: float, top: float | None = None) -> None:
    """An interval as an upright bar, from 0 where it has no lower limit and up to `top` where it goes on."""
    if estimate.low is not None or estimate.high is not None:
        high = min((x for x in (estimate.high, top) if x is not None), default=estimate.low)
        axes.plot([x, x], [estimate.low or 0, high], color=colour, lw=width, solid_capstyle="butt", zorder=3)


def points(
    axes: Axes, x: Sequence[float], y: Sequence[float], *, colour: str = INK, hollow: bool = False, **options: Any
) -> None:
    """Estimates as points; hollow ones have the paper inside."""
    look = {"facecolor": PAPER if hollow else colour, "edgecolor": colour, "linewidth": 1.4 * hollow}
    axes.scatter(x, y, **({"s": 34, "zorder": 4} | look | options))
