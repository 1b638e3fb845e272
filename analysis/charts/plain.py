"""A researcher's own plot as an output that is the same in every run and says in words what it shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
from matplotlib import pyplot
from matplotlib.axes import Axes

from analysis.charts.svg import to_svg


@dataclass(frozen=True)
class Plot:
    """A picture with its words, for the notebook and, folded with the code, for the page."""

    svg: str
    alt: str

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict[str, str], dict[str, str]]:
        return {"image/svg+xml": self.svg, "text/plain": self.alt}, {"alt": self.alt}


def plot(axes: Axes, alt: str) -> Plot:
    """What was drawn on `axes`, with `alt` for readers who do not see it.

    A plot that is left to Jupyter becomes a bitmap, which no check of stored outputs compares.
    """
    figure = axes.figure
    with mpl.rc_context({"svg.fonttype": "none", "path.simplify": False}):
        svg = to_svg(figure, "plot", alt)
    pyplot.close(figure)
    return Plot(svg, alt)
