"""One look for every figure, and how a drawing becomes a Figure that travels.

Nothing here touches matplotlib's global state: a chart is a function decorated with `figure`, which draws on a
`drawing.canvas` and hands that to `finished`. The same values give the same bytes in any process, whatever backend or
configuration file the reader has.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, ParamSpec

import matplotlib as mpl
import seaborn as sns
from matplotlib.figure import Figure as Drawing

from analysis.charts.palette import GRID, INK, MUTED, PAPER
from analysis.charts.svg import to_svg
from analysis.parts.figures import Figure
from analysis.parts.results import Origin, data_rows

WIDTH = 7.2  # inches; drawn at 720 CSS pixels
FONTS = ["DejaVu Sans", "Verdana", "Arial", "sans-serif"]
SMALL, TEXT = 9, 10  # points, 12.5 and 13.9 CSS pixels at full width

CLEAR = {"facecolor": PAPER, "linewidth": 0, "pad": 1}  # box of a text that a line would cross

P = ParamSpec("P")


@contextmanager
def theme() -> Iterator[None]:
    """Draw in the theme and leave matplotlib as it was."""
    inks = dict.fromkeys(["axes.labelcolor", "text.color", "xtick.color", "ytick.color"], INK)
    papers = dict.fromkeys(["figure.facecolor", "axes.facecolor", "savefig.facecolor"], PAPER)
    sizes = dict.fromkeys(["axes.labelsize", "font.size", "xtick.labelsize", "ytick.labelsize"], TEXT)
    lines = {"axes.edgecolor": MUTED, "grid.color": GRID, "axes.linewidth": 0.8, "grid.linewidth": 0.8}
    look = inks | papers | sizes | lines | {"font.sans-serif": FONTS, "xtick.major.pad": 5, "ytick.major.pad": 5}
    look["text.parse_math"] = False  # a $ in a title is a dollar
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(sns.axes_style("whitegrid") | look | {"path.simplify": False, "svg.fonttype": "none"})
        yield


def figure(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """Decorator of a chart: it draws in the theme, and its Figure carries the dotted name of the function."""

    @functools.wraps(draw)
    def signed(*args: P.args, **kwargs: P.kwargs) -> Figure:
        with theme():
            return replace(draw(*args, **kwargs), function=f"{draw.__module__}.{draw.__qualname__}")

    return signed


def finished(drawing: Drawing, *, id: str, title: str, pattern: str, of: Origin = (), **words: Any) -> Figure:
    """The drawing as a Figure `of` series or data files; its text alternative is the finding, then the pattern."""
    alt = f"{title}. {pattern}"
    svg = to_svg(drawing, id, alt, FONTS)
    return Figure(id=id, title=title, alt=alt, svg=svg, data=tuple(data_rows(of)), **words)
