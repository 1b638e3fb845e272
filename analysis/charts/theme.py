"""One look for every figure, whatever backend or configuration file the reader has."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import matplotlib as mpl
import seaborn as sns

from analysis.charts.palette import GRID, INK, MUTED, PAPER

WIDE, NARROW = 7.2, 3.3  # inches, 100 CSS pixels each: for a page, and for a phone
CLEAR = {"facecolor": PAPER, "linewidth": 0, "pad": 1}  # box of words that a line would cross
EDGE = 0.1  # inches, margin of every figure
FONTS = ["DejaVu Sans", "Verdana", "Arial", "sans-serif"]
SMALL, TEXT = 9, 10  # points, 12.5 and 13.9 CSS pixels in both drawings


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
