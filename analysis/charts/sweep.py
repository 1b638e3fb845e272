"""Figure of one result in every run of a sweep: sorted, above the parameters that gave it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from types import SimpleNamespace
from typing import Any

from matplotlib.axes import Axes

from analysis.charts.drawing import figure, finished
from analysis.charts.marks import points
from analysis.charts.palette import BLUE
from analysis.charts.specification import choice_curve, option_text, strokes
from analysis.estimates import Estimate
from analysis.parts.figures import Figure
from analysis.parts.numbers import listed, number_text, sentence_case
from analysis.parts.tables import cells, table

MOST = 300  # columns that can be told apart


@figure
def sweep_curve(runs: Sequence[tuple[Mapping[str, Any], Estimate]], *, id: str) -> Figure:
    """One result in every run, the least first, with its interval, and below it the values of the parameters.

    Parameters
    ----------
    runs : the parameters that vary and the result of each run; every result has a value. Of more than `MOST` runs,
        as many are drawn, evenly spaced in the sorted order, the ends among them.
    """
    ordered = sorted(runs, key=lambda run: (run[1].value, *map(str, run[0].values())))
    step = max((len(ordered) - 1) / (MOST - 1), 1)
    shown = [ordered[round(place * step)] for place in range(min(len(ordered), MOST))]
    names, about = list(shown[0][0]), shown[0][1]
    options = {name: sorted({given[name] for given, _ in runs}) for name in names}
    columns = [SimpleNamespace(**given, estimate=estimate) for given, estimate in shown]
    unit = f"{', ' if about.unit else ''}{about.unit}"
    drawing = partial(choice_curve, columns, options, f"{sentence_case(about.estimand)}{unit}", _paint, ())
    written = list(dict.fromkeys(number_text(e.value, about.unit) for e in (ordered[0][1], ordered[-1][1])))
    thinned = f" {len(shown)} of {len(ordered)} runs are drawn, evenly spaced." if len(shown) < len(ordered) else ""
    rows = [[*map(option_text, given.values()), *cells(e)] for given, e in shown]
    return finished(
        drawing,
        id=id,
        title=f"{sentence_case(about.estimand)}: {' to '.join(written)} in {len(ordered)} runs",
        caption=f"Each column is a run, the least first, with its interval; the marks below are its values.{thinned}",
        pattern=f"One column a run, the least first. Below, a grid marks the values of {listed(names)}.",
        cannot_show="Which run is right: the runs are choices, not a sample, so nothing is tested over them.",
        table=table(f"{id}-data", about.estimand, [*names, "Value", "Low", "High"], rows),
    )


def _paint(axes: Axes, columns: Sequence[SimpleNamespace]) -> None:
    estimates = [column.estimate for column in columns]
    ends = [(e.value if e.low is None else e.low, e.value if e.high is None else e.high) for e in estimates]
    strokes(axes, range(len(columns)), ends, BLUE, min(2, 300 / len(columns)))
    points(axes, range(len(columns)), [e.value for e in estimates], zorder=3, s=15)
