"""Figure of an article's numeric claims: each with what the figures give, the tolerance it needs, and the verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction

from analysis.charts.forest import Mark, Row, Scale, forest
from analysis.charts.palette import BLUE, GRID, INK, MUTED, ORANGE
from analysis.charts.theme import figure
from analysis.claims.judgement import Judgement
from analysis.estimates import Estimate
from analysis.parts.figures import Figure
from analysis.parts.numbers import in_words, limits_text, listed, number_text
from analysis.parts.results import Origin

HOLDS, UNCHECKED = ("holds", "holds as rounded"), ("not checkable from the figures", "undefined")
TOLERANCE = "Tolerance needed"


@figure
def claims_audit(
    judgements: Sequence[Judgement], tolerances: Mapping[str, Fraction | float], *, of: Origin = ()
) -> Figure:
    """Every claim in a row, by verdict: what the figures give, and the tolerance it needs where it needs one.

    Parameters
    ----------
    judgements : from `analysis.claims.audit.audit`, in the order of the article.
    tolerances : the conventions by name, as shares of the stated number. of : the series judged on.
    """
    percent = {name: 100 * float(value) for name, value in tolerances.items()}
    needed = [j.critical_tolerance.value or 0 for j in judgements]
    end = max([*percent.values(), *needed]) * 1.06
    lines = [(value, "", GRID) for value in percent.values()]
    named = listed([f"{name} {value:g}%" for name, value in percent.items()])
    return forest(
        [_row(judgement) for judgement in sorted(judgements, key=_order)],
        [Scale(0, end, (0, *percent.values()), heading="Tolerance\nneeded, %", lines=lines)],
        id="claims-audit",
        title=_finding(judgements),
        caption=(
            "Each claim with a number, by verdict and then in the order of the article: the calculation behind it, "
            "what the figures give, and, where it needs one, the smallest tolerance at which it holds, in per cent of "
            "the stated number. Upright lines: the strict, the default and the lenient convention; words such as "
            "“almost” are granted the default. No interval is drawn: verdicts are arithmetic on published counts."
        ),
        cannot_show="Whether a claim that holds is a fair summary, or one that cannot be checked is false.",
        head="Words of the claim,\ncalculation",
        about=f"Numeric claims of the article and what the figures say; tolerances {named}",
        texts=("Figures\ngive", "Verdict"),
        marks=[[(f"Upright lines: {named}", MUTED, 0)]],
        styles={TOLERANCE: ".1f"},
        of=of,
    )


def _row(j: Judgement) -> Row:
    held, unchecked = j.verdict in HOLDS, j.verdict in UNCHECKED
    colour = BLUE if held else MUTED if unchecked else ORANGE
    words = f"“{j.claim.words}”" if j.claim.words else j.claim.says
    calculation = "no calculation" if j.calculation in ("", "none") else j.calculation
    calculation = calculation.replace(" - ", " \N{MINUS SIGN} ")
    verdict = f"not checkable\n{j.reason}" if j.verdict.startswith("not checkable") else j.verdict
    slack, given = j.critical_tolerance, _given(j.value)
    return Row(
        f"{words}\n{calculation}",
        {
            "Claim": j.claim.says,
            "Calculation": calculation,
            "Figures give": j.value.reason if given == "–" else given,
            TOLERANCE: Mark(slack, INK, 0) if slack.value else slack,
            "Verdict": j.verdict,
            "Reason": j.reason or "none needed",
        },
        texts=(given, verdict),
        colour=colour,
    )


def _order(j: Judgement) -> int:
    return 2 if j.verdict in UNCHECKED else 1 if j.verdict in HOLDS else 0


def _given(value: Estimate) -> str:
    if value.value is not None:
        return number_text(value.value, value.unit, ".1f" if value.unit.startswith("%") else "")
    return "–" if value.low is None and value.high is None else limits_text(value)


def _finding(judgements: Sequence[Judgement]) -> str:
    failed, held, unchecked = (Counter(map(_order, judgements))[k] for k in range(3))
    parts = [f"{in_words(held)} hold{'s' * (held == 1)}"]
    if failed:
        parts.append(f"{in_words(failed)} do{'es' * (failed == 1)} not")
    if unchecked:
        parts.append(f"{in_words(unchecked)} cannot be checked from the figures")
    return f"Of {in_words(len(judgements))} claim{'s' * (len(judgements) != 1)} with a number, {listed(parts)}"
