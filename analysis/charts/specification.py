"""Figure of all defensible specifications: each estimate with its interval, above the choices behind it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

from analysis.charts.drawing import canvas, column, heading, key, listed, panel, points, sentence, text_width
from analysis.charts.theme import AMBER, BAND, BLUE, INK, MUTED, SKY, Chart, chart, themed
from analysis.estimates import Estimate
from analysis.growth.multiverse import CHOICES, Specification, curve
from analysis.prose import level_text, number_text
from analysis.tables import Table, from_rows

PERCENTAGES = (-95, -90, -80, -65, -50, -25, 0, 25, 50, 100, 150, 200, 300, 500, 900, 1900)
BEYOND = 2.6  # the axis reaches this many times past the outermost estimate, as a growth factor
ROW = 0.205  # inches


@themed()
def specification_curve(specifications: Sequence[Specification], spread: Mapping[str, Mapping[str, Estimate]]) -> Chart:
    """Growth a year under every meaningful specification, sorted, with the choices of each below.

    Parameters
    ----------
    specifications : the whole grid, from `analysis.growth.multiverse.growth_multiverse`.
    spread : by choice, from `analysis.growth.multiverse.spread_by_choice`.
    """
    drawn = curve(specifications)
    kept = set(map(id, drawn))
    options = {
        choice: list(dict.fromkeys(getattr(s, choice) for s in specifications if id(s) in kept)) for choice in CHOICES
    }
    lines = sum(map(len, options.values())) + 0.55 * len(CHOICES)
    height = 3.9 + lines * ROW
    figure = canvas(height)
    left = max(text_width(_name(option)) for found in options.values() for option in found) + 0.2
    left = max(left, *(text_width(c, weight="bold") + text_width(_name(options[c][0])) + 0.4 for c in CHOICES))
    top = panel(figure, left, 0.15, height - 3.1, 0.42)
    below = panel(figure, left, 0.15, 0.5, 3.2)
    sns.despine(ax=below, left=True, bottom=True)
    sns.despine(ax=top, left=True, bottom=True)
    _estimates(top, drawn)
    heading(top, 0.1, "Growth, % a year (log scale of the growth factor)", xytext=(0, 8))
    _choices(below, drawn, options, left)
    for axes in (top, below):
        axes.set(xlim=(-1, len(drawn)), xticks=[])
    level = level_text(drawn[0].estimate.level)
    key(figure, 0.1, 0.2, [(f"{level} interval excludes 0", BLUE, 2.5), ("includes 0", SKY, 2.5)])
    key(figure, 4.05, 0.2, [("not valid: hollow point", AMBER, 2.5)])
    return chart(
        figure,
        id="specification-curve",
        title=_finding(drawn, spread),
        caption=(
            f"Each column is one of {len(drawn)} specifications that make sense, sorted by its estimate, "
            f"with its {level} confidence interval; the marks below it say which choices it makes. Hollow: "
            "the interval cannot be expected to cover as stated. Intervals that leave the frame go on. "
            "The specifications are not a sample, so nothing is tested over them."
        ),
        alt=_alt(drawn, options, spread, level),
        cannot_show="Which specification is right; it shows how much of the answer is choice.",
        table=_table(drawn),
    )


def _factor(percent: float | None, missing: float) -> float:
    return missing if percent is None else max(1 + percent / 100, 1e-6)


def _estimates(axes: Axes, drawn: Sequence[Specification]) -> None:
    values = [_factor(s.estimate.value, 1) for s in drawn]
    floor, ceiling = min([1, *values]) / BEYOND, max([1, *values]) * BEYOND
    axes.set(yscale="log", ylim=(floor, ceiling))
    ticks = [p for p in PERCENTAGES if floor < 1 + p / 100 < ceiling]
    axes.yaxis.set_major_locator(FixedLocator([1 + p / 100 for p in ticks]))
    axes.yaxis.set_major_formatter(FixedFormatter([number_text(p, "%") for p in ticks]))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.axhline(1, color=INK, lw=1.1, zorder=1.5)
    kinds = (
        (BLUE, lambda s: s.valid and s.excludes_zero),
        (SKY, lambda s: s.valid and not s.excludes_zero),
        (AMBER, lambda s: not s.valid),
    )
    for colour, belongs in kinds:
        chosen = [k for k, s in enumerate(drawn) if belongs(s)]
        ends = [
            (
                max(_factor(drawn[k].estimate.low, 0), floor),
                min(_factor(drawn[k].estimate.high, ceiling), ceiling),
            )
            for k in chosen
        ]
        # one path for all intervals of a kind: lifted pen between them
        x = np.repeat(np.array(chosen, dtype=float), 3)
        y = np.array([v for low, high in ends for v in (low, high, math.nan)])
        axes.plot(x, y, color=colour, lw=2, solid_capstyle="butt", zorder=2)
        hollow = colour == AMBER
        colour, size = (AMBER, 18) if hollow else (INK, 15)
        points(axes, chosen, [values[k] for k in chosen], colour=colour, hollow=hollow, s=size, zorder=3)
    axes.set(xlabel="", ylabel="")


def _choices(axes: Axes, drawn: Sequence[Specification], options: Mapping[str, list], left: float) -> None:
    y = 0.0
    for choice in CHOICES:
        column(axes, 0.1, y, sentence(choice), weight="bold")
        for number, option in enumerate(options[choice]):
            row = y + number
            column(axes, left - 0.1, row, _name(option), ha="right", color=MUTED)
            marks = [k for k, s in enumerate(drawn) if getattr(s, choice) == option]
            if number % 2 == 0:
                axes.axhspan(row - 0.5, row + 0.5, color=BAND, lw=0, zorder=0)
            x = np.repeat(np.array(marks, dtype=float), 3)
            axes.plot(
                x,
                np.tile([row - 0.34, row + 0.34, math.nan], len(marks)),
                color=INK,
                lw=1.6,
                solid_capstyle="butt",
            )
        y += len(options[choice]) + 0.55
    axes.grid(visible=False)
    axes.set(ylim=(y - 0.95, -0.6), yticks=[])


def _name(option: object) -> str:
    return f"{option:g}" if isinstance(option, float) else str(option)


def _finding(drawn: Sequence[Specification], spread: Mapping[str, Mapping[str, Estimate]]) -> str:
    low, high = (number_text(f(s.estimate.value for s in drawn), "%") for f in (min, max))
    span = f"{low} to {high} a year" if low != high else f"{low} a year"
    found = f"Growth of {span}: {len(drawn)} ways to compute it"
    point, sign = (_most(spread, kind) for kind in ("growth", "excludes 0"))
    if point and low != high:
        found += f", and the choice of {point} moves the estimate most"
        if sign and sign != point:
            found += f", the choice of {sign} whether the interval excludes 0"
    return found


def _most(spread: Mapping[str, Mapping[str, Estimate]], kind: str) -> str:
    known = {choice: e[kind].value for choice, e in spread.items() if e[kind].value is not None}
    return max(known, key=known.__getitem__, default="")


def _alt(
    drawn: Sequence[Specification],
    options: Mapping[str, list],
    spread: Mapping[str, Mapping[str, Estimate]],
    level: str,
) -> str:
    valid = [s for s in drawn if s.valid]
    low, high = (number_text(f(s.estimate.value for s in drawn), "%") for f in (min, max))
    by_option = []
    first = _most(spread, "growth") or CHOICES[0]
    for option in options[first]:
        values = [s.estimate.value for s in drawn if getattr(s, first) == option]
        ends = list(dict.fromkeys(number_text(f(values), "%") for f in (min, max)))
        by_option.append(f"{_name(option)}: {' to '.join(ends)}")
    return (
        f"{len(drawn)} growth estimates, sorted from {low} to {high} a year, with {level} intervals; "
        f"{len(valid)} are valid and {len(drawn) - len(valid)} hollow. The interval excludes 0 in "
        f"{sum(s.excludes_zero for s in drawn)} of all and in {sum(s.excludes_zero for s in valid)} of the "
        f"valid. By {first}: {'; '.join(by_option)}. Below, a grid marks the choices: "
        f"{listed(list(CHOICES))}."
    )


def _table(drawn: Sequence[Specification]) -> Table:
    rows = []
    for s in drawn:
        e = s.estimate
        ends = [x if x is not None else "unbounded" for x in (e.low, e.high)]
        if not e.interval:
            ends = ["none", "none"]
        excludes = "yes" if s.excludes_zero else "no"
        rows.append([s.years, s.model, s.interval, _name(s.dispersion), e, *ends, excludes, s.reason or "valid"])
    columns = [*map(sentence, CHOICES), "Growth, % a year", "Low", "High", "Excludes 0", "Valid"]
    return from_rows(
        "specification-curve-data",
        "Growth a year under every specification that makes sense",
        columns,
        rows,
        units=dict.fromkeys(columns[4:7], "% a year"),
        styles=dict.fromkeys(columns[4:7], ".1f"),
    )
