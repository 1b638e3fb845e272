"""Figure of year-on-year changes: each ratio with its interval, and how it stands beside public series."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analysis.charts.drawing import figure
from analysis.charts.forest import Mark, Row, Scale, forest
from analysis.charts.palette import BLUE, INK, MUTED, ORANGE
from analysis.estimates import Conclusion, Estimate
from analysis.figures.observations import Series
from analysis.parts.figures import Figure
from analysis.parts.numbers import in_words, inside, level_text, limits_text, listed, number_text

TICKS = (1, 2, 0.5, 10, 0.1, 5, 0.2, 1.5, 3, 0.7, 1.2, 0.8, 4, 0.3, 1.1, 0.9, 7, 20, 50, 0.05, 100, 0.01, 1000, 0.001)
COLOURS = {"rare": BLUE, "uncommon": BLUE, "open": ORANGE}
Step = Mapping[str, Estimate | Conclusion]


@figure
def year_on_year_ratios(series: Series, steps: Sequence[Step]) -> Figure:
    """Ratio of each count to the one before, on a log axis, with how often public series change as much.

    Parameters
    ----------
    series : annual counts.
    steps : one for each count but the first, with "ratio", "tipping", "base-rate" and "standing", as
        `analysis.growth.changes.describe_changes` names them.
    """
    pairs = list(zip(series.observations, series.observations[1:], strict=False))
    names = [f"{early.year} to {late.year}" for early, late in pairs]
    level = level_text(next((step["ratio"].level for step in steps if step["ratio"].level), 0.95))
    rows = []
    for name, (early, late), step in zip(names, pairs, steps, strict=True):
        word, often = step["standing"].verdict, step["base-rate"]
        ratio = Mark(step["ratio"], COLOURS.get(word, MUTED), 6)
        values = {"Earlier": early.value, "Later": late.value, "Ratio": ratio}
        values |= {"Tipping dispersion": step["tipping"], "Steps as large in public series": often, "Standing": word}
        seen = "" if often.value is None else f"\n{number_text(often.value, often.unit)} as large"
        texts = (_ratio(step["ratio"]), word + seen)
        rows.append(Row(f"{name}\n{early.words} → {late.words}", values, texts, COLOURS.get(word, INK)))
    return forest(
        rows,
        _scale([step["ratio"] for step in steps]),
        id="year-on-year-ratios",
        title=_finding(names, [step["standing"].verdict for step in steps]),
        caption=(
            f"Each count over the one before, with exact {level} confidence intervals for the ratio of two Poisson "
            "rates. The word says how such a change stands beside public series of about this size: open where the "
            "interval includes no change, else rare, uncommon or ordinary by the share of their steps, up or down, "
            "that are at least as large."
        ),
        cannot_show="Whether the counts are Poisson: the bars assume it, and counts that vary more have wider ones.",
        head="Step",
        about=f"Ratio of {inside(series.title)} to the year before, with {level} intervals, and its standing",
        texts=(f"Ratio and\n{level} interval", "Among public\nseries"),
        styles={"Ratio": "3s"},
        of=series,
    )


def _scale(ratios: Sequence[Estimate]) -> Scale:
    ends = [x for ratio in ratios for x in (ratio.low, ratio.value, ratio.high) if x]
    low, high = min([0.9, *ends]), max([1.1, *ends])
    reach = max(1.1, (high / low) ** 0.06)
    title = "Ratio to the year before, log scale"
    return Scale(low / reach, high * reach, TICKS, title, log=True, lines=[(1, "no change", INK)])


def _ratio(ratio: Estimate) -> str:
    if ratio.value is None and not ratio.interval:
        return "–"
    return f"{'no ratio' if ratio.value is None else number_text(ratio.value, 'ratio')}\n{limits_text(ratio)}"


def _finding(names: Sequence[str], words: Sequence[str]) -> str:
    """Which steps have which word; how many of them where naming each would be long."""
    parts = []
    for word in dict.fromkeys(words):
        same = [name for name, its in zip(names, words, strict=True) if its == word]
        many = ("all " if same == names else "") + in_words(len(same))
        said = listed(same) if len(same) <= 3 else f"{many} steps"
        are, have = ("are", "have") if len(same) > 1 else ("is", "has")
        parts.append(f"{said} {have} no ratio" if word == "none" else f"{said} {are} {word}")
    return f"Beside changes in public series, {'; '.join(parts)}"
