"""What the figures are drawn with: axes placed in inches, columns of text, bars, points and keys."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.textpath import text_to_path
from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

from analysis.charts.theme import FONTS, INK, MUTED, PAPER, SMALL, TEXT, WIDTH
from analysis.prose import WORDS


def canvas(height: float) -> Figure:
    """An empty figure, `height` inches tall and as wide as every other."""
    return Figure(figsize=(WIDTH, height), facecolor=PAPER)


def panel(figure: Figure, left: float, right: float, bottom: float, top: float, **options: Any) -> Axes:
    """Axes whose edges lie so many inches from the edges of the figure; only the x axis keeps its line."""
    width, height = figure.get_size_inches()
    box = (left / width, bottom / height, 1 - (left + right) / width, 1 - (bottom + top) / height)
    axes = figure.add_axes(box, **options)
    sns.despine(ax=axes, left=True)
    axes.set_axisbelow(True)
    return axes


def note(axes: Axes, x: float, y: float, text: str, **options: Any) -> None:
    """Text at or beside (`xytext`, in points) a point of the data."""
    options = {"fontsize": TEXT, "color": INK, "va": "center", "xytext": (0, 0)} | options
    axes.annotate(text, (x, y), textcoords="offset points", **options)


def column(axes: Axes, inch: float, y: float, text: str, **options: Any) -> None:
    """A cell of text in the row `y` of the axes, so many inches from the left edge of the figure."""
    note(axes, inch / WIDTH, y, text, xycoords=("figure fraction", "data"), **options)


def heading(axes: Axes, inch: float, text: str, **options: Any) -> None:
    """Words above the axes: the unit of a vertical axis, or the name of a column of text."""
    options = {"color": MUTED, "va": "bottom", "xytext": (0, 10)} | options
    note(axes, inch / WIDTH, 1, text, xycoords=("figure fraction", "axes fraction"), **options)


def key(figure: Figure, inch: float, bottom: float, marks: Sequence[tuple[str, str, float]]) -> None:
    """What each kind of bar is, in one line: (words, colour, width in points) of each, from `inch` on."""
    width, height = figure.get_size_inches()
    y = bottom / height
    for words, colour, thickness in marks:
        line = Line2D([inch / width, (inch + 0.28) / width], [y, y], color=colour, lw=thickness)
        line.set_solid_capstyle("butt")
        figure.add_artist(line)
        figure.text((inch + 0.36) / width, y, words, color=MUTED, va="center_baseline")
        inch += 0.36 + text_width(words) + 0.3


@functools.cache
def text_width(text: str, size: float = TEXT, weight: str = "normal") -> float:
    """Width of one line of text in inches."""
    font = FontProperties(family=FONTS[0], size=size, weight=weight)
    return text_to_path.get_text_width_height_descent(text, font, False)[0] / 72


def fitted(text: str, inches: float, weight: str = "normal") -> tuple[str, float]:
    """`text` and its size; as few lines of smaller type as it takes where one line is too wide."""
    if text_width(text, TEXT, weight) <= inches:
        return text, TEXT
    fewest = len(_lines(text, inches, weight))
    widths = [inches * share / 20 for share in range(1, 21)]
    # the narrowest that needs no more lines: they come out of like length
    lines = next(found for width in widths if len(found := _lines(text, width, weight)) == fewest)
    return "\n".join(lines), SMALL


def _lines(text: str, inches: float, weight: str) -> list[str]:
    lines: list[list[str]] = [[]]
    room = inches
    for word in text.split():
        needed = text_width(f"{word} ", SMALL, weight)
        if lines[-1] and needed > room:
            lines.append([])
            room = inches
        lines[-1].append(word)
        room -= needed
    return [" ".join(line) for line in lines]


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


def log_ticks(axes: Axes, ticks: Sequence[float], labels: Sequence[str] | None = None) -> None:
    """A logarithmic x axis with exactly these ticks, written as numbers and not as powers."""
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(FixedLocator(list(ticks)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FixedFormatter(list(labels or [f"{tick:,g}" for tick in ticks])))


def points(
    axes: Axes,
    x: Sequence[float],
    y: Sequence[float],
    *,
    colour: str = INK,
    hollow: bool = False,
    **options: Any,
) -> None:
    """Estimates as points; hollow ones have the paper inside."""
    look = {"color": PAPER, "edgecolor": colour, "linewidth": 1.4} if hollow else {"color": colour, "linewidth": 0}
    options = {"s": 34, "zorder": 4} | look | options
    sns.scatterplot(x=list(x), y=list(y), ax=axes, legend=False, **options)


def bar(
    axes: Axes,
    low: float | Sequence[float],
    high: float | Sequence[float],
    y: float | Sequence[float],
    *,
    colour: str,
    width: float,
) -> None:
    """One level interval, or many; `width` in points."""
    axes.hlines(y, low, high, colors=colour, linewidths=width, capstyle="butt", zorder=2)


def listed(items: Sequence[str], last: str = "and") -> str:
    """Items in a sentence.

    >>> listed(["one", "two", "three"])
    'one, two and three'
    """
    return f" {last} ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))


def in_words(number: int) -> str:
    """A small number in letters.

    >>> in_words(3), in_words(30)
    ('three', '30')
    """
    return WORDS[number] if 0 <= number < len(WORDS) else f"{number:,}"


def inside(text: str) -> str:
    """`text` as it stands inside a sentence: a small first letter, unless it begins with an abbreviation.

    >>> inside("Mobile phones"), inside("SIM cards")
    ('mobile phones', 'SIM cards')
    """
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def sentence(text: str) -> str:
    """`text` with a capital first letter, whatever follows it."""
    return text[:1].upper() + text[1:]
