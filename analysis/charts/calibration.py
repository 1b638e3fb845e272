"""Figure of how often intervals hold: nominal against measured coverage of every method, and its score."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.charts.forest import Mark, Row, Scale, forest
from analysis.charts.palette import BLUE, MUTED, ORANGE
from analysis.charts.theme import figure
from analysis.parts.figures import Figure
from analysis.parts.numbers import in_words, level_text, number_text, sentence_case
from analysis.parts.results import Origin
from analysis.reliability.calibration import Score

LANE = 0.17  # rows between the marks of the two levels and the middle
RISING = ", rose every year"
NEAR = 3  # points below its nominal level that a coverage may lie and still be near it


@figure
def method_calibration(scores: Sequence[Score], after_rises: Sequence[Score] = (), *, of: Origin = ()) -> Figure:
    """Measured coverage of the intervals of every method, also where counts had only risen, and its score.

    Parameters
    ----------
    scores : of every method at one window length and horizon, the recommended first.
    after_rises : the same for windows that rose every year, of every method or none.
    of : the series or data files measured on.
    """
    first = scores[0]
    narrow, wide = sorted(first.coverage)
    rises = {score.method: score for score in after_rises}
    rows = []
    for score in sorted(scores, key=lambda score: -score.coverage[wide].value):
        values = {"Windows": score.windows} | _marks(score, narrow, wide, "", 0)
        if rises:
            values |= _marks(rises[score.method], narrow, wide, RISING, 1)
        values |= {"Score (WIS)": score.wis}
        score_text = number_text(score.wis.value, "", ".2f")
        rows.append(Row(sentence_case(score.method), values, (score_text,), strong=score is first))
    lines = [(100 * level, "", colour) for level, colour in ((narrow, ORANGE), (wide, BLUE))]
    scales = [Scale(0, 103, (0, 25, 50, 75, 100), heading="All windows,\nheld in 100", lines=lines, share=1.25)]
    if rises:
        scales.append(Scale(0, 103, (0, 50, 100), heading="Rose every year,\nheld in 100", lines=lines))
    bars = level_text(first.coverage[wide].level)
    return forest(
        rows,
        scales,
        id="method-calibration",
        title=_finding(scores, wide),
        caption=(
            f"How often in 100 the prediction intervals of each method, from {in_words(first.n)} counts, held the "
            f"count {in_words(first.horizon)} year{'s' * (first.horizon != 1)} later, over {first.windows:,} windows "
            f"of other public series in {first.families} families that weigh equally. Upright lines: the nominal "
            f"levels. Bars: {bars} confidence intervals from resampling families. WIS: weighted interval score on "
            "log(1 + count), less is better. Bold: the recommended method."
        ),
        cannot_show="How a method does on this one series: coverage is an average over many others.",
        head="Method",
        about=f"Coverage in % with {bars} intervals over {first.families} families, and weighted interval scores",
        texts=("Score\n(WIS)",),
        marks=[
            [(f"{level_text(x)} prediction interval", ink, 4) for x, ink in ((narrow, ORANGE), (wide, BLUE))],
            [(f"bars: {bars} confidence interval over families; upright lines: what is promised", MUTED, 0)],
        ],
        styles=dict.fromkeys([name for row in rows for name in row.marks], ".1f"),
        of=of,
    )


def _marks(score: Score, narrow: float, wide: float, where: str, panel: int) -> dict[str, Mark]:
    return {
        f"Coverage of {level_text(wide)}{where}": Mark(score.coverage[wide], BLUE, 2, "o", panel, LANE),
        f"Coverage of {level_text(narrow)}{where}": Mark(score.coverage[narrow], ORANGE, 2, "D", panel, -LANE),
    }


def _finding(scores: Sequence[Score], wide: float) -> str:
    held = [(round(score.coverage[wide].value), score.method) for score in scores]
    kept = sum(times >= round(100 * wide) - NEAR for times, _ in held)
    least, worst = min(held)
    methods = f"{in_words(len(scores))} method{'s' * (len(scores) != 1)}"
    found = f"{sentence_case(in_words(kept)) if kept else 'None'} of {methods} hold{'s' * (kept == 1)}"
    found += f" within {in_words(NEAR)} points of the {level_text(wide)} they promise"
    return found + (f"; {worst} holds {least} times in 100, the least" if kept < len(scores) else "")
