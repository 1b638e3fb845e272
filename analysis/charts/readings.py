"""Figure of the one choice that decides the growth rate: how the first year is read."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.ticker import MaxNLocator

from analysis.charts.drawing import figure
from analysis.charts.forest import Mark, Row, Scale, forest
from analysis.charts.palette import BLUE, INK
from analysis.estimates import Estimate
from analysis.parts.figures import Figure
from analysis.parts.numbers import in_words, inside, number_text, sentence_case
from analysis.parts.results import Origin


@figure
def growth_by_reading(readings: Sequence[Estimate], *, of: Origin = ()) -> Figure:
    """Least and greatest growth a year under each reading of the first year.

    Parameters
    ----------
    readings : "reading" of `analysis.growth.specifications.growth_range`, each with its range. of : the series.
    """
    labels = [sentence_case(reading.estimand.partition(", ")[2]) for reading in readings]
    rows = [
        Row(label, {"Growth": Mark(reading, BLUE, 8, "")}, (_said(reading.low, reading.high) or "–",))
        for label, reading in zip(labels, readings, strict=True)
    ]
    ends = [x for reading in readings for x in (reading.low, reading.high) if x is not None] or [0]
    low, high = min(0, *ends), max(0, *ends)
    margin = 0.05 * (high - low or 1)
    ticks = MaxNLocator(6).tick_values(low, high)
    return forest(
        rows,
        Scale(low - margin, high + margin, ticks, "Growth, % a year", lines=[(0, "no growth", INK)]),
        id="growth-by-reading",
        title=_finding(readings, labels),
        caption=(
            f"Growth a year with the first year read in {in_words(len(rows))} ways. Each bar is a range, not a "
            "confidence interval: it goes from the least to the greatest estimate among all models of constant growth."
        ),
        cannot_show="Which reading is right: only the date on which the process began would tell.",
        head="First year",
        about="Least and greatest estimate of growth, in % a year, by how the first year is read",
        texts=("Growth,\n% a year",),
        of=of,
    )


def _said(*limits: float | None) -> str:
    """ "39% to 57%", once where both read the same."""
    return " to ".join(dict.fromkeys(number_text(x, "%") for x in limits if x is not None))


def _finding(readings: Sequence[Estimate], labels: Sequence[str]) -> str:
    known = [(r, label) for r, label in zip(readings, labels, strict=True) if r.low is not None and r.high is not None]
    if not known:
        return "Growth a year cannot be estimated under any reading of the first year"
    (least, low), (most, high) = min(known, key=lambda pair: pair[0].high), max(known, key=lambda pair: pair[0].low)
    if least.high >= most.low:
        ends = min(r.low for r, _ in known), max(r.high for r, _ in known)
        return f"However the first year is read, growth a year comes out at {_said(*ends)}"
    found = f"How the first year is read decides the growth rate: {_said(most.low, most.high)} a year, {inside(high)}"
    return f"{found}; {_said(least.low, least.high)}, {inside(low)}"
