"""Figure of year-on-year changes: each ratio with its intervals, and how easily it could be none."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from analysis.charts.drawing import (
    bar,
    canvas,
    column,
    heading,
    in_words,
    inside,
    key,
    listed,
    log_ticks,
    note,
    panel,
    points,
    sentence,
)
from analysis.charts.theme import BLUE, INK, MUTED, SKY, Chart, chart, themed
from analysis.estimates import Estimate
from analysis.figures.observations import Series
from analysis.growth.ratios import Step
from analysis.prose import level_text, limits_text, number_text, ratio_style
from analysis.tables import from_rows

TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 0.7, 1, 1.5, 2, 3, 4, 5, 7, 10, 20, 50, 100)
NARROW = 1.5  # a tipping dispersion that little above Poisson is common in real counts


@themed()
def year_on_year_ratios(series: Series, steps: Sequence[Step]) -> Chart:
    """Ratio of each count to the one before, on a log axis, with the dispersion at which it tips.

    Parameters
    ----------
    series : what was counted. steps : from `analysis.growth.ratios.year_on_year`; those without a ratio have no bar.
    """
    level = next((step.ratio.level for step in steps if step.ratio.level), 0.95)
    figure = canvas(1.75 + 0.62 * len(steps))
    axes = panel(figure, 1.35, 2.55, 1.0, 0.72)
    drawn = [step for step in steps if step.ratio.value is not None]
    ends = [x for step in drawn for x in (step.bonferroni.low, step.bonferroni.high) if x]
    low, high = min([0.9, *ends]), max([1.1, *ends])
    span = (low / (high / low) ** 0.06, high * (high / low) ** 0.06)
    log_ticks(axes, [t for t in TICKS if span[0] <= t <= span[1]])
    axes.set(xlim=span, ylim=(len(steps) - 0.45, -0.55), yticks=[], xlabel="Ratio to the year before, log scale")
    axes.axvline(1, color=INK, lw=1.2)
    for row, step in enumerate(steps):
        _draw(axes, row, step, span)
    points(axes, [step.ratio.value for step in drawn], [steps.index(step) for step in drawn])
    heading(axes, 4.85, f"Ratio and {level_text(level)}\ninterval")
    heading(axes, 7.1, "Tipping\ndispersion", ha="right")
    note(axes, 1, 1, "no change", xycoords=("data", "axes fraction"), xytext=(0, 9), ha="center", color=MUTED)
    together = f"wide enough for all {in_words(len(steps))} steps together"
    key(figure, 0.1, 0.17, [(f"{level_text(level)} exact interval", BLUE, 8), (together, SKY, 3.5)])
    table = from_rows(
        "year-on-year-ratios-data",
        f"Ratio of {inside(series.title)} to the year before",
        [
            "Step",
            "Earlier",
            "Later",
            "Ratio",
            "Low",
            "High",
            "Low, all steps",
            "High, all steps",
            "p, Holm",
            "Tipping dispersion",
        ],
        [_row(step) for step in steps],
        units={"p, Holm": "", "Tipping dispersion": "ratio"},
        styles=dict.fromkeys(["Ratio", "Low", "High", "Low, all steps", "High, all steps"], ".3f"),
    )
    return chart(
        figure,
        id="year-on-year-ratios",
        title=_finding(steps),
        caption=(
            f"Each count over the one before. Dark bars: exact {level_text(level)} confidence intervals "
            f"for the ratio of two Poisson rates; light bars: wide enough to hold for all {len(steps)} "
            "steps together (Bonferroni). A step whose bar crosses 1 is consistent with no change in the "
            "rate. The last column is the variance, as a multiple of the mean, at which the "
            f"{level_text(level)} interval reaches 1: the larger, the firmer."
        ),
        alt=_alt(steps, level_text(level)),
        cannot_show="Whether the counts are Poisson: the bars assume it, the last column says what if not.",
        table=table,
    )


def _draw(axes: Axes, row: int, step: Step, span: tuple[float, float]) -> None:
    """Name, bars and numbers of one step."""
    column(axes, 0.1, row, f"{step.earlier_year} to {step.later_year}", xytext=(0, 8), weight="bold")
    column(axes, 0.1, row, f"{step.earlier:,} → {step.later:,}", xytext=(0, -7), color=MUTED)
    column(axes, 7.1, row, _tipping(step.tipping), ha="right", weight="bold")
    if step.ratio.value is None:
        note(axes, 1, row, step.ratio.reason, xytext=(6, 0), color=MUTED)
        return
    column(axes, 4.85, row, number_text(step.ratio.value, "ratio", ".2f"), xytext=(0, 8), weight="bold")
    column(axes, 4.85, row, limits_text(step.ratio, ratio_style(step.ratio)), xytext=(0, -7), color=MUTED)
    for estimate, colour, width in ((step.bonferroni, SKY, 3.5), (step.ratio, BLUE, 8)):
        bar(axes, estimate.low or span[0], estimate.high or span[1], row, colour=colour, width=width)


def _tipping(tipping: Estimate) -> str:
    return "none" if tipping.value is None else number_text(tipping.value, "ratio", "3s")


def _row(step: Step) -> list[object]:
    def limit(x: float | None, e: Estimate) -> object:
        return x if x is not None else e.reason

    r, b = step.ratio, step.bonferroni
    return [
        f"{step.earlier_year} to {step.later_year}",
        step.earlier,
        step.later,
        step.ratio,
        limit(r.low, r),
        limit(r.high, r),
        limit(b.low, b),
        limit(b.high, b),
        step.p_holm,
        step.tipping,
    ]


def _excludes_1(e: Estimate) -> bool:
    return e.value is not None and ((e.low or 0) > 1 or (e.high is not None and e.high < 1))


def _names(steps: Sequence[Step]) -> str:
    return listed([f"{s.earlier_year} to {s.later_year}" for s in steps])


def _finding(steps: Sequence[Step]) -> str:
    firm = [s for s in steps if _excludes_1(s.bonferroni)]
    alone = [s for s in steps if _excludes_1(s.ratio) and s not in firm]
    if len(steps) == 1:
        return f"{_names(steps)} is {'' if firm else 'not '}a clear change"
    if len(firm) == len(steps):
        return f"All {in_words(len(steps))} steps are clear changes, even judged together"
    count = f"once all {in_words(len(steps))} steps are judged together"
    names = _names(firm) if firm else "no step"
    verb = "are clear changes" if len(firm) > 1 else "is a clear change"
    found = f"{'Only ' if firm else ''}{names} {verb} {count}"
    if alone:
        found += f"; {_names(alone)} {'are' if len(alone) > 1 else 'is'} only when judged alone"
        found += ", and narrowly" if all((s.tipping.value or 0) < NARROW for s in alone) else ""
    return sentence(found)


def _alt(steps: Sequence[Step], level: str) -> str:
    rows = []
    for step in steps:
        name = f"{step.earlier_year} to {step.later_year}"
        if step.ratio.value is None:
            rows.append(f"{name}: {step.ratio.reason}")
            continue
        crosses = "excludes" if _excludes_1(step.bonferroni) else "includes"
        rows.append(
            f"{name}: ratio {number_text(step.ratio.value, 'ratio', '.2f')}, {level} interval "
            f"{limits_text(step.ratio, ratio_style(step.ratio))}; the interval for all steps, "
            f"{limits_text(step.bonferroni, ratio_style(step.bonferroni))}, "
            f"{crosses} 1; tipping dispersion {_tipping(step.tipping)}"
        )
    return sentence(f"{len(rows)} ratios on a log axis with a line at 1. " + ". ".join(rows) + ".")
