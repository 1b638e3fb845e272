"""Figure of the start date and the dispersion together: where the first step and the slowdown are lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from analysis.charts.drawing import canvas, heading, key, note, panel, ticks
from analysis.charts.palette import BAND, BLUE, MUTED, ORANGE
from analysis.charts.theme import figure, finished
from analysis.estimates import Estimate
from analysis.growth.frontier import Frontier
from analysis.parts.figures import Figure
from analysis.parts.numbers import listed, number_text, sentence_case
from analysis.parts.results import Origin
from analysis.parts.tables import table

LEFT, RIGHT, BELOW, ABOVE, ROOM = 0.7, 0.3, 0.95, 0.6, 3.0  # inches: margins, and height of the axes
MONTHS = (0.0, 12.0)
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
    drawing = canvas(ROOM + BELOW + ABOVE)
    axes = panel(drawing, LEFT, RIGHT, BELOW, ABOVE)
    top = max([10.0, *(1.3 * each.tipping.value for each in drawn.values())])
    axes.set(xlim=MONTHS, ylim=(1, top), yscale="log")
    axes.yaxis.set_ticks([phi for phi in DISPERSIONS if phi <= top], minor=False)
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.minorticks_off()
    ticks(axes, range(0, 13, 3))
    heading(axes, 0.1, "Dispersion: variance over mean")
    note(
        axes,
        sum(MONTHS) / 2,
        1,
        "Months of activity in the first year",
        xytext=(0, -26),
        ha="center",
        va="top",
        color=MUTED,
    )
    if months.low is not None and months.high is not None:
        axes.axvspan(months.low, min(months.high, MONTHS[1]), color=BAND, linewidth=0, zorder=0)
        axes.axvline(months.value, color=MUTED, lw=1.2, zorder=1)
        note(axes, months.value, top, "back-cast", xytext=(0, 4), ha="center", va="bottom", color=MUTED)
    for name, each in drawn.items():
        phi = np.geomspace(1, each.tipping.value, 60)
        axes.plot(each.months_at(phi), phi, color=COLOURS[name], lw=2.2, zorder=3)
    key(drawing, 0.17, [(f"{each.finding} is lost left of it", COLOURS[name], 2.2) for name, each in drawn.items()])
    return finished(
        drawing,
        id="where-findings-are-lost",
        title=_finding(drawn, months),
        caption=(
            "Each line holds the pairs of months of activity in the first year and of dispersion at which the interval "
            "of a ratio, normal on the log scale, just touches no change; left of it and above it the finding is lost. "
            "Grey: the months that the Poisson trend of the later years gives the first count, with their interval for "
            "Poisson counts, which a larger dispersion would widen too."
        ),
        pattern=_pattern(drawn),
        cannot_show="When the process began, or how variable it is: both are conditions, not findings.",
        table=table(
            "where-findings-are-lost-data",
            "Months of activity in the first year at which each finding is lost, and those back-cast",
            ["What", "Dispersion", "Months of activity"],
            [*_rows(frontiers), ["Back-cast from the later years", "1", months], *_ends(months)],
            styles={"Dispersion": ".1f", "Months of activity": ".1f"},
        ),
        of=of,
    )


def _finding(drawn: Mapping[str, Frontier], months: Estimate) -> str:
    lost = [f"{each.finding} at {number_text(float(each.months_at(1)), '', '.1f')}" for each in drawn.values()]
    if not lost:
        return "No finding hangs on how long the first year was"
    found = f"Months of activity in the first year that lose, if counts are Poisson, {listed(lost)}"
    return found + (f"; the later years suggest {number_text(months.value, '', '.1f')}" if months.value else "")


def _rows(frontiers: Mapping[str, Frontier | Estimate]) -> Iterator[list[Any]]:
    for each in frontiers.values():
        if isinstance(each, Estimate):
            yield [sentence_case(each.estimand), "1", each]
            continue
        yield from ([sentence_case(each.finding), f"{phi:g}", lost] for phi, lost in each.months.items())
        yield [sentence_case(each.finding), each.tipping, MONTHS[1]]


def _ends(months: Estimate) -> list[list[Any]]:
    ends = {"lower": months.low, "upper": months.high}
    return [[f"The same, {name} limit", "1", end] for name, end in ends.items() if end is not None]


def _pattern(drawn: Mapping[str, Frontier]) -> str:
    ends = [
        f"{each.finding}: from {number_text(float(each.months_at(1)), '', '.1f')} months at dispersion 1 to a full "
        f"year at {number_text(each.tipping.value, '', '.1f')}"
        for each in drawn.values()
    ]
    return f"One rising line a finding. {sentence_case('; '.join(ends))}." if ends else "Empty axes."
