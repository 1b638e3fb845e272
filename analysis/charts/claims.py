"""Figure of an article's numeric claims: each with the calculation, the slack it needs, and the verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedFormatter, FixedLocator
from matplotlib.transforms import blended_transform_factory

from analysis.charts.drawing import (
    bar,
    canvas,
    column,
    fitted,
    heading,
    in_words,
    listed,
    panel,
    points,
    sentence,
)
from analysis.charts.theme import BLUE, GRID, INK, MUTED, ORANGE, SMALL, WIDTH, Chart, chart, themed
from analysis.claims.audit import Judgement
from analysis.claims.hedges import TOLERANCES
from analysis.prose import limits_text, number_text
from analysis.tables import Table, from_rows

VALUE, PANEL, VERDICT = 3.85, (4.1, 0.92), 5.2  # inches from the left
ROW = 0.36
HOLDS, UNCHECKED = ("holds", "holds as rounded"), ("not checkable from the figures", "undefined")


@themed()
def claims_audit(judgements: Sequence[Judgement]) -> Chart:
    """Every claim in a row, with what the figures give and the smallest tolerance at which it holds.

    Parameters
    ----------
    judgements : from `analysis.claims.audit.audit`, in the order of the article.
    """
    figure = canvas(1.35 + ROW * len(judgements))
    axes = panel(figure, PANEL[0], WIDTH - sum(PANEL), 0.72, 0.63)
    slack = [judgement.critical_tolerance.value for judgement in judgements]
    known = [x for x in slack if x is not None]
    tolerances = {name: 100 * float(value) for name, value in TOLERANCES.items()}
    end = max([*tolerances.values(), *known]) * 1.06
    axes.set(xlim=(0, end), ylim=(len(judgements) - 0.45, -0.55), yticks=[])
    axes.grid(visible=False)
    for value in tolerances.values():
        axes.axvline(value, color=MUTED, lw=1, ls=(0, (2, 2)), zorder=0)
    axes.xaxis.set_major_locator(FixedLocator([0, *tolerances.values()]))
    axes.xaxis.set_major_formatter(FixedFormatter([f"{x:g}" for x in (0, *tolerances.values())]))
    across = blended_transform_factory(figure.transFigure, axes.transData)
    for place in range(1, len(judgements)):
        ends = [0.1 / WIDTH, 7.1 / WIDTH]
        figure.add_artist(Line2D(ends, [place - 0.5] * 2, color=GRID, lw=0.8, transform=across))
    heading(axes, 0.1, "Words of the claim, calculation", xytext=(0, 8))
    heading(axes, VALUE, "Figures\ngive", ha="right", xytext=(0, 8))
    heading(axes, PANEL[0], "Slack needed,\n% of stated", xytext=(0, 8))
    heading(axes, VERDICT, "Verdict", xytext=(0, 8))
    for place, judgement in enumerate(judgements):
        _draw(axes, place, judgement)
    points(axes, known, [k for k, x in enumerate(slack) if x is not None], s=24, clip_on=False)
    named = listed([f"{name} {value:g}%" for name, value in tolerances.items()])
    figure.text(
        0.1 / WIDTH,
        0.2 / figure.get_figheight(),
        f"Dotted lines: tolerance, {named}",
        color=MUTED,
        va="center_baseline",
    )
    return chart(
        figure,
        id="claims-audit",
        title=_finding(judgements),
        caption=(
            "Each claim with a number, the calculation behind it, what the figures give, and the smallest "
            "tolerance at which it holds, in per cent of the stated number; none is needed at 0. The "
            "tolerance is a stated convention, and words such as “almost” are granted the default. No "
            "interval is drawn: verdicts are arithmetic on published counts."
        ),
        alt=_alt(judgements),
        cannot_show="Whether a claim that holds is a fair summary, or one that cannot be checked is false.",
        table=_table(judgements),
    )


def _words(judgement: Judgement) -> str:
    return f"“{judgement.claim.words}”" if judgement.claim.words else judgement.claim.says


def _calculation(judgement: Judgement) -> str:
    if judgement.calculation in ("", "none"):
        return "no calculation"
    return judgement.calculation.replace(" - ", " \N{MINUS SIGN} ")


def _verdict(judgement: Judgement) -> str:
    if judgement.verdict == "not checkable from the figures":
        return f"not checkable: {judgement.reason}"
    return judgement.verdict


def _value(judgement: Judgement) -> str:
    value = judgement.value
    if value.value is not None:
        return number_text(value.value, value.unit, ".1f" if value.unit.startswith("%") else "")
    return limits_text(value) if value.low is not None else "–"


def _draw(axes: Axes, place: int, judgement: Judgement) -> None:
    words, size = fitted(_words(judgement), VALUE - 1.0, "bold")
    if "\n" in words:
        column(axes, 0.1, place, words, weight="bold", fontsize=size, linespacing=1.05)
    else:
        column(axes, 0.1, place, words, weight="bold", xytext=(0, 6))
        column(axes, 0.1, place, _calculation(judgement), color=MUTED, fontsize=SMALL, xytext=(0, -6))
    column(axes, VALUE, place, _value(judgement), ha="right")
    verdict, size = fitted(_verdict(judgement), WIDTH - VERDICT - 0.35)
    held = judgement.verdict in HOLDS
    unchecked = judgement.verdict in UNCHECKED
    colour = BLUE if held else MUTED if unchecked else ORANGE
    column(axes, VERDICT, place, "●" if held else "○" if unchecked else "■", color=colour)
    column(axes, VERDICT + 0.2, place, verdict, color=colour, fontsize=size, linespacing=1.05)
    slack = judgement.critical_tolerance.value
    if slack:
        bar(axes, 0, slack, place, colour=colour if colour != MUTED else INK, width=6)


def _finding(judgements: Sequence[Judgement]) -> str:
    counts = Counter(judgement.verdict for judgement in judgements)
    held = sum(counts[v] for v in HOLDS)
    unchecked = sum(counts[v] for v in UNCHECKED)
    failed = len(judgements) - held - unchecked
    parts = [f"{in_words(held)} hold{'s' * (held == 1)}"]
    if failed:
        parts.append(f"{in_words(failed)} do{'es' * (failed == 1)} not")
    if unchecked:
        parts.append(f"{in_words(unchecked)} cannot be checked from the figures")
    return f"Of {in_words(len(judgements))} claims with a number, {listed(parts)}"


def _alt(judgements: Sequence[Judgement]) -> str:
    said = []
    for judgement in judgements:
        slack = judgement.critical_tolerance.value
        needs = "" if not slack else f", needs a tolerance of {slack:.1f}%"
        gives = "" if _value(judgement) == "–" else f", figures give {_value(judgement)}"
        said.append(f"{_words(judgement)}: {_verdict(judgement)}{gives}{needs}")
    return f"{len(judgements)} claims in the order of the article. {sentence('; '.join(said))}."


def _table(judgements: Sequence[Judgement]) -> Table:
    rows = []
    for j in judgements:
        slack = j.critical_tolerance
        needed = slack.reason if slack.value is None else slack.value
        given = _value(j) if _value(j) != "–" else j.value.reason
        rows.append([_words(j), j.claim.says, _calculation(j), given, needed, j.verdict, j.reason or "none needed"])
    columns = ["Words", "Claim", "Calculation", "Figures give", "Critical tolerance, %", "Verdict", "Reason"]
    caption = "Numeric claims of the article and what the figures say"
    return from_rows("claims-audit-data", caption, columns, rows, styles={"Critical tolerance, %": ".2f"})
