"""Figure of the start date and the dispersion together: where the first step and the slowdown are lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure as Drawing

from analysis.charts.drawing import canvas, figure, finished, panel
from analysis.charts.marks import heading, note, only, ticks
from analysis.charts.palette import BAND, BLUE, MUTED, ORANGE
from analysis.charts.theme import EDGE
from analysis.estimates import Estimate
from analysis.growth.frontier import Frontier
from analysis.parts.figures import Figure
from analysis.parts.numbers import listed, sentence_case
from analysis.parts.results import Origin
from analysis.parts.tables import table

YEAR = 12  # months
DISPERSIONS = (1, 2, 5, 10, 20, 50, 100)
COLOURS = {"step": BLUE, "slowdown": ORANGE}


@figure
def where_findings_are_lost(
    frontiers: Mapping[str, Frontier | Estimate], months: Estimate, *, of: Origin = ()
) -> Figure:
    """Months of activity in the first year, and dispersion, at which each finding is no longer told from none.

    Parameters
    ----------
    frontiers : from `analysis.growth.frontier.start_and_dispersion`. months : back-cast from the later years.
    """
    drawn = {name: each for name, each in frontiers.items() if isinstance(each, Frontier)}

    def draw(width: float) -> Drawing:
        marks = [(f"{each.finding} is lost left of it", COLOURS[name], 2.2) for name, each in drawn.items()]
        drawing, below = canvas(width, 4.3, marks)
        axes = panel(drawing, 0.5, 0.15, below + 0.65, 0.6)
        top = max([10.0, *(1.3 * each.tipping.value for each in drawn.values())])
        axes.set(xlim=(0, YEAR), ylim=(1, top), yscale="log", xlabel="Months of activity in the first year")
        shown = [phi for phi in DISPERSIONS if phi <= top]
        only(axes.yaxis, shown, [str(phi) for phi in shown])
        ticks(axes, range(0, YEAR + 1, 3))
        heading(axes, EDGE, "Dispersion: variance over mean", xytext=(0, 22))
        if months.low is not None and months.high is not None:
            axes.axvspan(months.low, min(months.high, YEAR), color=BAND, linewidth=0, zorder=0)
            axes.axvline(months.value, color=MUTED, lw=1.2, zorder=1)
            note(axes, months.value, top, "back-cast", xytext=(0, 4), ha="center", va="bottom", color=MUTED)
        for name, each in drawn.items():
            phi = np.geomspace(1, each.tipping.value, 60)
            axes.plot(each.months_at(phi), phi, color=COLOURS[name], lw=2.2, zorder=3)
        return drawing

    return finished(
        draw,
        id="where-findings-are-lost",
        title=_finding(drawn, months),
        caption=(
            "Each line holds the pairs of months of activity in the first year and of dispersion at which the interval "
            "of a ratio, normal on the log scale, just touches no change; left of it and above it the finding is lost. "
            "Grey: the months that the Poisson trend of the later years gives the first count, with their interval for "
            "Poisson counts, which a larger dispersion would widen too."
        ),
        pattern="One rising line a finding: the more the counts vary, the more months of activity it needs.",
        cannot_show="When the process began, or how variable it is: both are conditions, not findings.",
        table=table(
            "where-findings-are-lost-data",
            "Months of activity in the first year at which each finding is lost, and those back-cast",
            ["What", "Dispersion", "Months of activity"],
            [*_rows(frontiers), *_back_cast(months)],
            styles={"Dispersion": ".1f", "Months of activity": ".1f"},
        ),
        of=of,
    )


def _finding(drawn: Mapping[str, Frontier], months: Estimate) -> str:
    lost = [f"{each.finding} at {float(each.months_at(1)):.1f}" for each in drawn.values()]
    if not lost:
        return "No finding hangs on how long the first year was"
    found = f"Months of activity in the first year that lose, if counts are Poisson, {listed(lost)}"
    return found + (f"; the later years suggest {months.value:.1f}" if months.value else "")


def _rows(frontiers: Mapping[str, Frontier | Estimate]) -> Iterator[list[Any]]:
    for each in frontiers.values():
        if isinstance(each, Estimate):
            yield [sentence_case(each.estimand), "1", each]
            continue
        yield from ([sentence_case(each.finding), f"{phi:g}", lost] for phi, lost in each.months.items())
        yield [sentence_case(each.finding), each.tipping, float(YEAR)]


def _back_cast(months: Estimate) -> Iterator[list[Any]]:
    yield ["Back-cast from the later years", "1", months]
    for name, end in (("lower", months.low), ("upper", months.high)):
        if end is not None:
            yield [f"The same, {name} limit", "1", end]
