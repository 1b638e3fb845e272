"""What the figures are drawn with: axes placed in inches, columns of text, bars, points and keys."""

from __future__ import annotations

import functools
import textwrap
from collections.abc import Sequence
from typing import Any

import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.textpath import text_to_path
from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

from analysis.charts.palette import INK, MUTED, PAPER, SKY
from analysis.charts.theme import FONTS, SMALL, TEXT, WIDTH
from analysis.estimates import Estimate

KeyMark = tuple[str, str, float]


def canvas(height: float) -> Figure:
    """An empty figure, `height` inches tall and as wide as every other."""
    return Figure(figsize=(WIDTH, height), facecolor=PAPER)


def panel(figure: Figure, left: float, right: float, bottom: float, top: float) -> Axes:
    """Axes whose edges lie so many inches from the edges of the figure; only the x axis keeps its line."""
    width, height = figure.get_size_inches()
    axes = figure.add_axes((left / width, bottom / height, 1 - (left + right) / width, 1 - (bottom + top) / height))
    sns.despine(ax=axes, left=True)
    axes.patch.set_visible(False)
    axes.set_axisbelow(True)
    return axes


def note(axes: Axes, x: float, y: float, text: str, **options: Any) -> None:
    """Text at or beside (`xytext`, in points) a point of the data."""
    options = {"fontsize": TEXT, "color": INK, "va": "center", "xytext": (0, 0), "linespacing": 1.05} | options
    axes.annotate(text, (x, y), textcoords="offset points", **options)


def column(axes: Axes, inch: float, y: float, text: str, **options: Any) -> None:
    """A cell of text in the row `y` of the axes, so many inches from the left edge of the figure."""
    note(axes, inch / WIDTH, y, text, xycoords=("figure fraction", "data"), **options)


def heading(axes: Axes, inch: float, text: str, **options: Any) -> None:
    """Words above the axes: the unit of a vertical axis, or the name of a column of text."""
    options = {"color": MUTED, "va": "bottom", "xytext": (0, 9)} | options
    note(axes, inch / WIDTH, 1, text, xycoords=("figure fraction", "axes fraction"), **options)


def key(figure: Figure, bottom: float, marks: Sequence[KeyMark]) -> None:
    """What each kind of bar is, in one line: (words, colour, width in points) of each; no bar where that is 0."""
    width, height = figure.get_size_inches()
    y, inch = bottom / height, 0.1
    for words, colour, thickness in marks:
        if thickness:
            line = Line2D([inch / width, (inch + 0.28) / width], [y, y], color=colour, lw=thickness)
            line.set_solid_capstyle("butt")
            figure.add_artist(line)
            inch += 0.36
        figure.text(inch / width, y, words, color=MUTED, va="center_baseline")
        inch += text_width(words) + 0.3


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
    for place, label in zip(places, labels or [f"{place:,g}" for place in places], strict=True):
        at, room = axes.transData.transform((place, 0))[0] / axes.figure.dpi, text_width(label) / 2 + 0.06
        if all(abs(at - other) >= room + its for other, its, _ in kept.values()):
            kept[place] = (at, room, label)
    axes.xaxis.set_major_locator(FixedLocator(list(kept)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FixedFormatter([label for *_, label in kept.values()]))


def year_axis(axes: Axes, years: Sequence[int], unit: str) -> None:
    """A time axis, the last year first, below a scale of counts from 0."""
    ticks(axes, years[::-1], [str(year) for year in years[::-1]])
    axes.grid(axis="x", visible=False)
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.set(xlabel="", ylabel="")
    heading(axes, 0.1, f"{unit[:1].upper()}{unit[1:]} a year")


def columns(axes: Axes, years: Sequence[int], counts: Sequence[int], over: Sequence[Estimate], inch: float) -> float:
    """Each count as a column, and in figures over the interval drawn there; only the ends where there is no room.

    `inch` is how wide the columns stand in all; what comes back is how high they and their intervals go.
    """
    tops = [max(count, interval.high or 0) for count, interval in zip(counts, over, strict=True)]
    axes.bar(years, counts, width=0.6, color=SKY, linewidth=0, zorder=1)
    widest = max(text_width(f"{count:,}", SMALL, "bold") for count in counts)
    crowded = (widest + 0.04) * (years[-1] - years[0] + 1) > inch
    for year, count, top in zip(years, counts, tops, strict=True):
        if not crowded or year in (years[0], years[-1]):
            size = TEXT if not crowded and widest * 1.2 * len(years) < inch else SMALL
            note(axes, year, top, f"{count:,}", xytext=(0, 4), ha="center", va="bottom", weight="bold", fontsize=size)
    return max(tops)


def upright(axes: Axes, x: float, estimate: Estimate, colour: str, width: float, top: float | None = None) -> None:
    """An interval as an upright bar, from 0 where it has no lower limit and up to `top` where it goes on."""
    if estimate.low is not None or estimate.high is not None:
        high = min((x for x in (estimate.high, top) if x is not None), default=estimate.low)
        axes.plot([x, x], [estimate.low or 0, high], color=colour, lw=width, solid_capstyle="butt", zorder=3)


def points(
    axes: Axes, x: Sequence[float], y: Sequence[float], *, colour: str = INK, hollow: bool = False, **options: Any
) -> None:
    """Estimates as points; hollow ones have the paper inside."""
    look = {"color": PAPER, "edgecolor": colour, "linewidth": 1.4} if hollow else {"color": colour, "linewidth": 0}
    options = {"s": 34, "zorder": 4} | look | options
    sns.scatterplot(x=list(x), y=list(y), ax=axes, legend=False, **options)
