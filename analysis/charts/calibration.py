"""Figure of how often intervals hold: nominal against measured coverage of every method, and its score."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.ticker import FixedFormatter, FixedLocator

from analysis.charts.drawing import (
    bar,
    canvas,
    column,
    fitted,
    heading,
    in_words,
    key,
    panel,
    points,
    sentence,
)
from analysis.charts.theme import BAND, BLUE, INK, MUTED, ORANGE, WIDTH, Chart, chart, themed
from analysis.estimates import Estimate
from analysis.prose import level_text, number_text
from analysis.reliability.calibration import Score
from analysis.tables import Table, from_rows

NAMES = 2.2  # inches for the names of the methods
PANELS = ((2.25, 1.95), (4.42, 1.4), (6.14, 0.92))  # left edge and width of each, inches
LANES = 0.2  # rows between the marks of the two levels
NEAR = 3  # points below its nominal level that a coverage may lie and still be near it


@themed()
def method_calibration(scores: Sequence[Score], after_rises: Sequence[Score] = ()) -> Chart:
    """Measured coverage of the intervals of every method, also where counts had only risen, and its score.

    Parameters
    ----------
    scores : of every method at one window length and horizon, the recommended first, from
        `analysis.reliability.calibration.Calibration.at`.
    after_rises : the same for windows that rose every year.
    """
    rows = [scores[0], *sorted(scores[1:], key=lambda s: s.wis.value)]
    rises = {score.key: score for score in after_rises}
    figure = canvas(1.62 + 0.36 * len(rows))
    everywhere, rising, scored = (panel(figure, left, WIDTH - left - width, 1.0, 0.62) for left, width in PANELS)
    for axes in (everywhere, rising, scored):
        axes.set(ylim=(len(rows) - 0.45, -0.55), yticks=[])
        for place in range(0, len(rows), 2):
            axes.axhspan(place - 0.5, place + 0.5, color=BAND, lw=0, zorder=0)
    for place, row in enumerate(rows):
        weight = "bold" if place == 0 else "normal"
        name, size = fitted(sentence(row.method), NAMES - 0.2, weight)
        column(everywhere, 0.1, place, name, weight=weight, fontsize=size, linespacing=1.05)
    _coverage(everywhere, rows, (0, 25, 50, 75, 100))
    _coverage(rising, [rises.get(row.key) for row in rows], (0, 50, 100))
    _score(scored, rows)
    heading(everywhere, PANELS[0][0], "All windows,\nheld in 100", xytext=(0, 8))
    heading(rising, PANELS[1][0], "Rose every year,\nheld in 100", xytext=(0, 8))
    heading(scored, PANELS[2][0], "Score (WIS),\nless is better", xytext=(0, 8))
    narrow, wide = sorted(rows[0].coverage)
    key(
        figure,
        0.1,
        0.42,
        [
            (f"{level_text(narrow)} prediction interval", ORANGE, 2.5),
            (f"{level_text(wide)} prediction interval", BLUE, 2.5),
        ],
    )
    level = level_text(rows[0].wis.level)
    key(
        figure,
        0.1,
        0.17,
        [(f"bars: {level} confidence interval over families; upright lines: what is promised", INK, 1)],
    )
    first = rows[0]
    return chart(
        figure,
        id="method-calibration",
        title=_finding(rows, wide),
        caption=(
            f"How often in 100 the prediction intervals of each method, from {in_words(first.n)} counts, "
            f"held the count {in_words(first.horizon)} year{'s' * (first.horizon > 1)} later, over "
            f"{first.windows:,} windows of other public series in {first.families} families that weigh "
            f"equally. Upright lines: the nominal levels. Bars: {level} confidence intervals from "
            "resampling families. WIS: weighted interval score on log(1 + count)."
        ),
        alt=_alt(rows, rises, narrow, wide),
        cannot_show="How a method does on this one series: coverage is an average over many others.",
        table=_table(rows, rises, narrow, wide),
    )


def _coverage(axes: Axes, rows: Sequence[Score | None], ticks: Sequence[int]) -> None:
    axes.set(xlim=(0, 103))
    axes.xaxis.set_major_locator(FixedLocator(list(ticks)))
    known = [(place, row) for place, row in enumerate(rows) if row is not None]
    if not known:
        return
    narrow, wide = sorted(known[0][1].coverage)
    for level, colour, lane in ((narrow, ORANGE, -LANES), (wide, BLUE, LANES)):
        axes.axvline(100 * level, color=colour, lw=1, zorder=1)
        found = [row.coverage[level] for _, row in known]
        lanes = [place + lane for place, _ in known]
        bar(axes, [e.low for e in found], [e.high for e in found], lanes, colour=colour, width=2)
        marker = "o" if level == wide else "D"
        points(axes, [e.value for e in found], lanes, colour=colour, s=24, marker=marker)


def _score(axes: Axes, rows: Sequence[Score]) -> None:
    highest = max(row.wis.high for row in rows)
    axes.set(xlim=(0, highest * 1.04))
    step = next(s for s in (0.05, 0.1, 0.2, 0.5, 1, 2, 5) if highest / s <= 3.9)
    ticks = [round(step * k, 2) for k in range(int(highest / step) + 1)]
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_major_formatter(FixedFormatter([f"{tick:g}" for tick in ticks]))
    bar(axes, [r.wis.low for r in rows], [r.wis.high for r in rows], range(len(rows)), colour=MUTED, width=2)
    points(axes, [row.wis.value for row in rows], range(len(rows)), s=24)


def _finding(rows: Sequence[Score], wide: float) -> str:
    held = [(round(row.coverage[wide].value), row.method) for row in rows]
    kept = sum(times >= round(100 * wide) - NEAR for times, _ in held)
    least, worst = min(held)
    found = (
        f"{sentence(in_words(kept)) if kept else 'None'} of {in_words(len(rows))} methods "
        f"hold{'s' * (kept == 1)} within {in_words(NEAR)} points of the {level_text(wide)} they promise"
    )
    if least < round(100 * wide) - NEAR:
        found += f"; the least, {worst}, {least} times in 100"
    return found


def _alt(rows: Sequence[Score], rises: dict[str, Score], narrow: float, wide: float) -> str:
    said = []
    for row in rows:
        shares = " and ".join(f"{row.coverage[x].value:.0f}" for x in (narrow, wide))
        text = f"{row.method}: {shares} in 100"
        if row.key in rises:
            risen = " and ".join(f"{rises[row.key].coverage[x].value:.0f}" for x in (narrow, wide))
            text += f", after rises {risen}"
        said.append(f"{text}, score {number_text(row.wis.value, '', '.3f')}")
    return (
        f"{len(rows)} methods, first the recommended and then by score. How often the {level_text(narrow)} "
        f"and the {level_text(wide)} prediction interval held, in 100. {sentence('; '.join(said))}."
    )


def _table(rows: Sequence[Score], rises: dict[str, Score], narrow: float, wide: float) -> Table:
    levels = [level_text(narrow), level_text(wide)]
    columns = ["Method", "Windows"]
    for where in ("", ", rose every year"):
        columns += [f"Coverage of {x}{where}, %" for x in levels]
        columns += [f"{levels[1]}: {end}{where}" for end in ("low", "high")]
    columns += ["WIS", "WIS, low", "WIS, high"]
    cells = []
    for row in rows:
        cell: list[object] = [row.method, row.windows]
        for score in (row, rises.get(row.key)):
            cell += ["not measured"] * 4 if score is None else _shares(score, narrow, wide)
        cells.append([*cell, row.wis, row.wis.low, row.wis.high])
    styles = dict.fromkeys(columns[2:10], ".1f") | dict.fromkeys(columns[10:], ".3f")
    caption = "Measured coverage of prediction intervals by method, in %, and weighted interval scores"
    return from_rows("method-calibration-data", caption, columns, cells, styles=styles)


def _shares(score: Score, narrow: float, wide: float) -> list[Estimate | float]:
    at = score.coverage[wide]
    return [score.coverage[narrow].value, at.value, at.low, at.high]
