"""Figure of all defensible specifications: each estimate with its interval, above the choices behind it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

from analysis.charts.drawing import canvas, column, heading, key, panel, points, text_width
from analysis.charts.palette import AMBER, BAND, BLUE, INK, MUTED, SKY
from analysis.charts.theme import figure, finished
from analysis.estimates import Estimate
from analysis.growth.specifications import Specification
from analysis.parts.figures import Figure
from analysis.parts.numbers import level_text, listed, number_text, sentence_case
from analysis.parts.results import Origin
from analysis.parts.tables import Table, cells, table

PERCENTAGES = (-95, -90, -80, -65, -50, -25, 0, 25, 50, 100, 150, 200, 300, 500, 900, 1900)
BEYOND = 2.6  # the axis reaches this many times past the outermost estimate, as a growth factor
ROW = 0.205  # inches


@figure
def specification_curve(
    specifications: Sequence[Specification], spread: Mapping[str, Mapping[str, Estimate]], *, of: Origin = ()
) -> Figure:
    """Growth a year under every specification, sorted, with the choices of each below.

    Parameters
    ----------
    specifications : from `analysis.growth.specifications`; those without an estimate are left out.
    spread : by choice, shares of the variance of "growth" and of "excludes 0" that go with it; its keys are the
        choices. of : the series.
    """
    choices = list(spread)
    known = [s for s in specifications if s.estimate is not None and s.estimate.value is not None]
    if not known:
        raise ValueError("no specification has an estimate: there is no curve to draw")
    # estimates that agree to seven decimals are the same: their order must not hang on a processor's last digit
    drawn = sorted(known, key=lambda s: (round(s.estimate.value, 7), *(str(getattr(s, name)) for name in choices)))
    options = {choice: list(dict.fromkeys(getattr(s, choice) for s in known)) for choice in choices}
    height = 3.9 + ROW * (sum(map(len, options.values())) + 0.55 * len(choices))
    left = max(text_width(_name(option)) for found in options.values() for option in found) + 0.2
    left = max(left, *(text_width(c, weight="bold") + text_width(_name(options[c][0])) + 0.4 for c in choices))
    drawing = canvas(height)
    top, below = panel(drawing, left, 0.15, height - 3.1, 0.42), panel(drawing, left, 0.15, 0.5, 3.2)
    sns.despine(ax=top, left=True, bottom=True)
    sns.despine(ax=below, left=True, bottom=True)
    _estimates(top, drawn)
    heading(top, 0.1, "Growth, % a year (log scale of the growth factor)")
    _choices(below, drawn, options, left)
    for axes in (top, below):
        axes.set(xlim=(-1, len(drawn)), xticks=[])
    level = level_text(next(s.estimate.level for s in drawn if s.estimate.level))
    kinds = [(f"{level} interval excludes 0", BLUE, 2.5), ("includes 0", SKY, 2.5), ("not valid: hollow", AMBER, 2.5)]
    key(drawing, 0.2, kinds)
    return finished(
        drawing,
        id="specification-curve",
        title=_finding(drawn, spread),
        caption=(
            f"Each column is one of {len(drawn)} specifications that make sense, sorted by its estimate, with its "
            f"{level} confidence interval; the marks below it say which choices it makes. Hollow: the interval cannot "
            "be expected to cover as stated. Intervals that leave the frame go on. The specifications are not a "
            "sample, so nothing is tested over them."
        ),
        pattern=f"One column a specification, the least first. Below, a grid marks the choices: {listed(choices)}.",
        cannot_show="Which specification is right; it shows how much of the answer is choice.",
        table=_table(drawn, choices, level),
        of=of,
    )


def _estimates(axes: Axes, drawn: Sequence[Specification]) -> None:
    values = [_factor(s.estimate.value, 1) for s in drawn]
    floor, ceiling = min([1, *values]) / BEYOND, max([1, *values]) * BEYOND
    axes.set(yscale="log", ylim=(floor, ceiling), xlabel="", ylabel="")
    ticks = [p for p in PERCENTAGES if floor < 1 + p / 100 < ceiling]
    axes.yaxis.set_major_locator(FixedLocator([1 + p / 100 for p in ticks]))
    axes.yaxis.set_major_formatter(FixedFormatter([number_text(p, "%") for p in ticks]))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.axhline(1, color=INK, lw=1.1, zorder=1.5)
    for colour in (BLUE, SKY, AMBER):
        chosen = [k for k, s in enumerate(drawn) if _colour(s) == colour]
        ends = [
            (max(_factor(e.low, 0), floor), min(_factor(e.high, ceiling), ceiling))
            for e in (drawn[k].estimate for k in chosen)
        ]
        _strokes(axes, chosen, ends, colour, 2)
        look = {"colour": AMBER, "hollow": True, "s": 18} if colour == AMBER else {"s": 15}
        points(axes, chosen, [values[k] for k in chosen], zorder=3, **look)


def _colour(s: Specification) -> str:
    return AMBER if not s.valid else BLUE if s.estimate.excludes(0) else SKY


def _factor(percent: float | None, missing: float) -> float:
    return missing if percent is None else max(1 + percent / 100, 1e-6)


def _strokes(axes: Axes, at: Sequence[int], ends: Sequence[tuple[float, float]], colour: str, width: float) -> None:
    """Upright bars as one path, with a lifted pen between them."""
    x = np.repeat(np.array(at, dtype=float), 3)
    y = np.array([value for low, high in ends for value in (low, high, math.nan)])
    axes.plot(x, y, color=colour, lw=width, solid_capstyle="butt", zorder=2)


def _choices(axes: Axes, drawn: Sequence[Specification], options: Mapping[str, list], left: float) -> None:
    y = 0.0
    for choice, found in options.items():
        column(axes, 0.1, y, sentence_case(choice), weight="bold")
        for number, option in enumerate(found):
            row = y + number
            column(axes, left - 0.1, row, _name(option), ha="right", color=MUTED)
            if number % 2 == 0:
                axes.axhspan(row - 0.5, row + 0.5, color=BAND, lw=0, zorder=0)
            marks = [k for k, s in enumerate(drawn) if getattr(s, choice) == option]
            _strokes(axes, marks, [(row - 0.34, row + 0.34)] * len(marks), INK, 1.6)
        y += len(found) + 0.55
    axes.grid(visible=False)
    axes.set(ylim=(y - 0.95, -0.6), yticks=[])


def _name(option: object) -> str:
    return f"{option:g}" if isinstance(option, float) else str(option)


def _range(specifications: Sequence[Specification]) -> str:
    ends = (number_text(end(s.estimate.value for s in specifications), "%") for end in (min, max))
    return " to ".join(dict.fromkeys(ends))


def _finding(drawn: Sequence[Specification], spread: Mapping[str, Mapping[str, Estimate]]) -> str:
    found = f"Growth of {_range(drawn)} a year: {len(drawn)} ways to compute it"
    point, sign = (_most(spread, kind) for kind in ("growth", "excludes 0"))
    if point and " to " in _range(drawn):
        found += f", and the choice of {point} moves the estimate most"
        if sign and sign != point:
            found += f", the choice of {sign} whether the interval excludes 0"
    return found


def _most(spread: Mapping[str, Mapping[str, Estimate]], kind: str) -> str:
    known = {choice: e[kind].value for choice, e in spread.items() if e[kind].value}
    return max(known, key=known.__getitem__, default="")


def _table(drawn: Sequence[Specification], choices: Sequence[str], level: str) -> Table:
    rows = []
    for s in drawn:
        excludes = "yes" if s.estimate.excludes(0) else "no"
        options = [_name(getattr(s, choice)) for choice in choices]
        rows.append([*options, *cells(s.estimate), excludes, s.reason or "valid"])
    growth = ["Growth, % a year", "Low", "High"]
    caption = f"{len(drawn)} specifications that make sense: growth a year with {level} intervals"
    columns = [*map(sentence_case, choices), *growth, "Excludes 0", "Valid"]
    units, styles = dict.fromkeys(growth, "% a year"), dict.fromkeys(growth, ".1f")
    return table("specification-curve-data", caption, columns, rows, units=units, styles=styles)
