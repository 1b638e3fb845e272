"""One look for every figure, and the SVG, words and numbers that a figure travels as.

Nothing here touches matplotlib's global state: a figure function is decorated with `themed`, draws on a
`canvas`, and hands the result to `chart`. The same values give the same bytes in any process, whatever
backend or configuration file the reader has.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import seaborn as sns
from cycler import cycler
from matplotlib.figure import Figure

from analysis.charts.svg import to_svg
from analysis.tables import Table

MIME = "application/vnd.compendium.figure+json"
WIDTH = 7.2  # inches; drawn at 720 CSS pixels
FONTS = ["DejaVu Sans", "Verdana", "Arial", "sans-serif"]
SMALL, TEXT = 9, 10  # points, 12.5 and 13.9 CSS pixels at full width

# Every colour of every figure, light and dark. The light ones are unique, so that a page can swap them.
PALETTE: dict[str, tuple[str, str]] = {
    "chart-paper": ("#ffffff", "#14181d"),
    "chart-band": ("#eef2f6", "#20272f"),
    "chart-grid": ("#dfe3e8", "#2c343d"),
    "chart-ink": ("#1d2733", "#e9edf2"),
    "chart-muted": ("#566270", "#a6b0bc"),
    "chart-blue": ("#0a5a9c", "#7cc4f8"),
    "chart-sky": ("#568dbf", "#4380b5"),
    "chart-orange": ("#a63c06", "#ffb27a"),
    "chart-amber": ("#cc7114", "#b56a22"),
}
TEXT_COLOURS = ("chart-ink", "chart-muted", "chart-blue", "chart-orange")
MARK_COLOURS = ("chart-ink", "chart-blue", "chart-sky", "chart-orange", "chart-amber")

PAPER, BAND, GRID, INK, MUTED, BLUE, SKY, ORANGE, AMBER = (light for light, _ in PALETTE.values())

CLEAR = {"facecolor": PAPER, "linewidth": 0, "pad": 1}  # box of a text that a line would cross


@dataclass(frozen=True)
class Chart:
    """A figure as it is published: the picture, what it says in words, and the numbers in it.

    Parameters
    ----------
    id : stable anchor of the figure ("year-on-year-ratios").
    title : the finding, in one sentence computed from the values.
    caption : what is drawn, and which intervals at which level.
    alt : what the figure shows, for a reader who does not see it.
    cannot_show : what no reader should take from it, in one line.
    table : the numbers drawn.
    svg : the picture.
    """

    id: str
    title: str
    caption: str
    alt: str
    cannot_show: str
    table: Table
    svg: str

    def bundle(self) -> dict[str, Any]:
        """The figure as one notebook output: its record, its picture, and its words as plain text."""
        record = {
            "id": self.id,
            "title": self.title,
            "caption": self.caption,
            "cannot_show": self.cannot_show,
            "alt": self.alt,
            "columns": list(self.table.columns),
            "rows": [list(row) for row in self.table.texts],
            "csv": self.table.csv(),
        }
        return {MIME: record, "image/svg+xml": self.svg, "text/plain": f"{self.title}\n{self.alt}"}

    def caption_text(self) -> str:
        """Title, caption and limits as one Markdown paragraph, for readers of the notebook itself."""
        return f"**{self.title}.** {self.caption} *What this cannot show:* {self.cannot_show}"

    def _ipython_display_(self) -> None:
        from IPython.display import display

        display(self.bundle(), raw=True)
        display({"text/markdown": self.caption_text()}, raw=True, metadata={"role": "caption"})


@contextmanager
def themed() -> Iterator[None]:
    """Draw in the theme and leave matplotlib as it was; a context and a decorator."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(
            sns.axes_style(
                "whitegrid",
                rc={
                    "figure.facecolor": PAPER,
                    "axes.facecolor": PAPER,
                    "axes.edgecolor": MUTED,
                    "axes.labelcolor": INK,
                    "text.color": INK,
                    "xtick.color": INK,
                    "ytick.color": INK,
                    "grid.color": GRID,
                    "font.sans-serif": FONTS,
                },
            )
        )
        mpl.rcParams.update(
            {
                "axes.linewidth": 0.8,
                "axes.prop_cycle": cycler(color=[BLUE, ORANGE, INK, SKY, AMBER]),
                "axes.labelsize": TEXT,
                "font.size": TEXT,
                "grid.linewidth": 0.8,
                "path.simplify": False,
                "savefig.facecolor": PAPER,
                "svg.fonttype": "none",
                "xtick.labelsize": TEXT,
                "ytick.labelsize": TEXT,
                "xtick.major.pad": 5,
                "ytick.major.pad": 5,
            }
        )
        yield


def chart(figure: Figure, *, id: str, title: str, caption: str, alt: str, cannot_show: str, table: Table) -> Chart:
    """The figure drawn to SVG and bound to its words and numbers."""
    return Chart(id, title, caption, alt, cannot_show, table, to_svg(figure, id, alt, FONTS))
