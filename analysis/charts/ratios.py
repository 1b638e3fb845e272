"""Figure of year-on-year changes: each ratio with its intervals, and how easily it could be none."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.charts.forest import Mark, Row, Scale, forest
from analysis.charts.palette import BLUE, INK, SKY
from analysis.charts.theme import figure
from analysis.estimates import Estimate
from analysis.figures.observations import Series
from analysis.growth.ratios import Step
from analysis.parts.figures import Figure
from analysis.parts.numbers import in_words, inside, level_text, limits_text, listed, number_text, sentence_case

TICKS = (1, 2, 0.5, 10, 0.1, 5, 0.2, 1.5, 3, 0.7, 1.2, 0.8, 4, 0.3, 1.1, 0.9, 7, 20, 50, 0.05, 100, 0.01, 1000, 0.001)
NARROW = 1.5  # a tipping dispersion that little above Poisson is common in real counts


@figure
def year_on_year_ratios(series: Series, steps: Sequence[Step]) -> Figure:
    """Ratio of each count to the one before, on a log axis, with the dispersion at which it tips.

    Parameters
    ----------
    series : annual counts. steps : one for each count but the first, from `analysis.growth.ratios.year_on_year`.
    """
    pairs = list(zip(series.observations, series.observations[1:], strict=False))
    names = [f"{early.year} to {late.year}" for early, late in pairs]
    level = level_text(next((step.ratio.level for step in steps if step.ratio.level), 0.95))
    together = f"wide enough for {_all(len(steps))}{' together' * (len(steps) > 1)}"
    rows = []
    for name, (early, late), step in zip(names, pairs, steps, strict=True):
        values = {"Earlier": early.value, "Later": late.value, "Ratio": Mark(step.ratio, BLUE, 8)}
        values |= {"All steps": Mark(step.bonferroni, SKY, 3.5, ""), "Tipping dispersion": step.tipping}
        tipping = "none" if step.tipping.value is None else number_text(step.tipping.value, "ratio", "3s")
        rows.append(Row(f"{name}\n{early.words} → {late.words}", values, (_ratio(step.ratio), tipping)))
    return forest(
        rows,
        [_scale(steps)],
        id="year-on-year-ratios",
        title=_finding(names, steps),
        caption=(
            f"Each count over the one before. Dark bars: exact {level} confidence intervals for the ratio of two "
            f"Poisson rates; light bars: {together} (Bonferroni). A change is called clear where the light bar leaves "
            "out a ratio of 1. The last column is the variance, as a multiple of the mean, at which the dark bar "
            "reaches 1: the larger, the firmer."
        ),
        cannot_show="Whether the counts are Poisson: the bars assume it, the last column says what if not.",
        head="Step",
        about=f"Ratio of {inside(series.title)} to the year before, with {level} intervals",
        texts=(f"Ratio and\n{level} interval", "Tipping\ndispersion"),
        marks=[[(f"{level} exact interval", BLUE, 8), (together, SKY, 3.5)]],
        styles={"Ratio": ".3f", "All steps": ".3f"},
        of=series,
    )


def _scale(steps: Sequence[Step]) -> Scale:
    ends = [x for s in steps for e in (s.ratio, s.bonferroni) for x in (e.low, e.value, e.high) if x]
    low, high = min([0.9, *ends]), max([1.1, *ends])
    reach = max(1.1, (high / low) ** 0.06)
    title = "Ratio to the year before, log scale"
    return Scale(low / reach, high * reach, TICKS, log=True, title=title, lines=[(1, "no change", INK)])


def _all(steps: int) -> str:
    return {1: "the one step", 2: "both steps"}.get(steps, f"all {in_words(steps)} steps")


def _ratio(ratio: Estimate) -> str:
    if ratio.value is None and not ratio.interval:
        return "–"
    value = "no ratio" if ratio.value is None else number_text(ratio.value, "ratio", ".2f")
    return f"{value}\n{limits_text(ratio)}"


def _finding(names: Sequence[str], steps: Sequence[Step]) -> str:
    firm = [name for name, s in zip(names, steps, strict=True) if s.bonferroni.excludes(1)]
    alone = {n: s for n, s in zip(names, steps, strict=True) if s.ratio.excludes(1) and n not in firm}
    if len(steps) == 1:
        return f"The change from {names[0]} is {'' if firm else 'not '}clear"
    if len(firm) == len(steps):
        return f"{sentence_case(_all(len(steps)))} are clear changes, even judged together"
    verb = "are clear changes" if len(firm) > 1 else "is a clear change"
    found = f"{'Only ' if firm else ''}{listed(firm) if firm else 'no step'} {verb} "
    found += f"once {_all(len(steps))} are judged together"
    if alone:
        found += f"; {listed(list(alone))} {'are' if len(alone) > 1 else 'is'} only when judged alone"
        found += ", and narrowly" if all(0 < (s.tipping.value or 0) < NARROW for s in alone.values()) else ""
    unknown = [name for name, s in zip(names, steps, strict=True) if not s.ratio.interval]
    if unknown:
        found += f"; {listed(unknown)} cannot be judged"
    return sentence_case(found)
