"""Figure of how often intervals hold: a row of dots a method, against the levels that they promise."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.charts.drawing import figure
from analysis.charts.forest import Mark, Row, Scale, forest
from analysis.charts.palette import BLUE, MUTED, ORANGE
from analysis.parts.figures import Figure
from analysis.parts.numbers import in_words, level_text, number_text, sentence_case
from analysis.parts.results import Origin
from analysis.reliability.calibration import Score

RISING = ", rose every year"
NEAR = 3  # points below its nominal level that a coverage may lie and still be near it


@figure
def method_calibration(scores: Sequence[Score], after_rises: Sequence[Score] = (), *, of: Origin = ()) -> Figure:
    """Measured coverage of the intervals of every method, the best kept promise first.

    Parameters
    ----------
    scores : of every method at one window length and horizon, the recommended first.
    after_rises : the same for windows that rose every year, of every method or none.
    of : the series or data files measured on.
    """
    first = scores[0]
    narrow, wide = sorted(first.coverage)
    looks = ((wide, BLUE, "o"), (narrow, ORANGE, "D"))
    rises = {score.method: score for score in after_rises}
    rows = []
    for score in sorted(scores, key=lambda score: -score.coverage[wide].value):
        values = {"n": score.windows}
        for which, width, where in ((score, 2, ""), (rises.get(score.method), 0, RISING)):
            for level, colour, point in looks if which else ():
                mark = Mark(which.coverage[level], colour, width, point if width else "hollow")
                values[f"Coverage of {level_text(level)}{where}"] = mark
        values["WIS"] = score.wis.value
        text = number_text(score.wis.value, "", ".2f")
        rows.append(Row(sentence_case(score.method), values, (text,), strong=score is first))
    lines = [(100 * level, level_text(level), colour) for level, colour, _ in looks]
    confidence = level_text(first.coverage[wide].level)
    hollow = "Hollow: only the windows that rose every year. " if rises else ""
    return forest(
        rows,
        Scale(0, 103, (0, 50, 100, 25, 75), "Times in 100 that the interval held the count", lines=lines),
        id="method-calibration",
        title=_finding(scores, wide),
        caption=(
            f"How often in 100 the prediction intervals of each method, from {in_words(first.n)} counts, held the "
            f"count {in_words(first.horizon)} year{'s' * (first.horizon != 1)} later, over {first.windows:,} windows "
            f"of other public series in {first.families} families that weigh equally. Upright lines: the nominal "
            f"levels. {hollow}Bars: {confidence} confidence intervals from resampling families. WIS: weighted interval "
            "score on log(1 + count), less is better. Bold: the recommended method."
        ),
        cannot_show="How a method does on this one series: coverage is an average over many others.",
        head="Method",
        about=f"Coverage in % with {confidence} intervals over {first.families} families, and weighted interval scores",
        texts=("Score\n(WIS)",),
        marks=[(f"{level_text(level)} prediction interval", colour, 6) for level, colour, _ in looks]
        + [("hollow: counts that rose every year", MUTED, 0)] * bool(rises),
        styles=dict.fromkeys([name for row in rows for name in row.marks], ".1f") | {"WIS": ".2f"},
        of=of,
    )


def _finding(scores: Sequence[Score], wide: float) -> str:
    held = [(round(score.coverage[wide].value), score.method) for score in scores]
    kept = sum(times >= round(100 * wide) - NEAR for times, _ in held)
    least, worst = min(held)
    found = f"{sentence_case(in_words(kept)) if kept else 'None'} of {in_words(len(scores))} methods"
    found += f" hold{'s' * (kept == 1)} within {in_words(NEAR)} points of the {level_text(wide)} they promise"
    return found + (f"; {worst} holds {least} times in 100, the least" if kept < len(scores) else "")
