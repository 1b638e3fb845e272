"""Figure of an article's numeric claims: a list by verdict, with what the figures give."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from analysis.charts.drawing import figure
from analysis.charts.forest import Row, forest
from analysis.charts.palette import BLUE, MUTED, ORANGE
from analysis.claims.audit import Judgement
from analysis.estimates import Estimate
from analysis.parts.figures import Figure
from analysis.parts.numbers import in_words, limits_text, listed, number_text
from analysis.parts.results import Origin

HOLDS, UNCHECKED = ("holds", "holds as rounded"), ("not checkable from the figures", "undefined")
TOLERANCE = "Tolerance needed"


@figure
def claims_audit(judgements: Sequence[Judgement], *, of: Origin = ()) -> Figure:
    """Every claim in a row, by verdict: what the figures give, and the tolerance it needs where it needs one.

    Parameters
    ----------
    judgements : from `analysis.claims.audit.audit`, in the order of the article. of : the series judged on.
    """
    return forest(
        [_row(judgement) for judgement in sorted(judgements, key=_order)],
        None,
        id="claims-audit",
        title=_finding(judgements),
        caption=(
            "Each claim with a number, by verdict and then in the order of the article: the calculation behind it, "
            "what the figures give, and, where it needs one, the smallest tolerance at which it holds, in per cent of "
            "the stated number. No interval is given: verdicts are arithmetic on published counts."
        ),
        cannot_show="Whether a claim that holds is a fair summary, or one that cannot be checked is false.",
        head="Words of the claim, calculation",
        about="Numeric claims of the article and what the figures say",
        texts=("Figures give", "Verdict"),
        styles={TOLERANCE: ".1f"},
        of=of,
    )


def _row(j: Judgement) -> Row:
    colour = (ORANGE, BLUE, MUTED)[_order(j)]
    words = f"“{j.claim.words}”" if j.claim.words else j.claim.says
    calculation = "no calculation" if j.calculation == "none" else j.calculation.replace(" - ", " \N{MINUS SIGN} ")
    slack, given = j.critical_tolerance, _given(j.value)
    verdict = f"not checkable\n{j.reason}" if j.verdict.startswith("not checkable") else j.verdict
    needs = f"\nneeds {number_text(slack.value, '%', '.1f')}" if slack.value else ""
    values = {
        "Calculation": calculation,
        "Figures give": j.value.reason if given == "–" else given,
        TOLERANCE: slack,
        "Verdict": verdict.replace("\n", ": "),
    }
    return Row(f"{words}\n{calculation}", values, (given, verdict + needs), colour)


def _order(j: Judgement) -> int:
    return 2 if j.verdict in UNCHECKED else 1 if j.verdict in HOLDS else 0


def _given(value: Estimate) -> str:
    if value.value is not None:
        return number_text(value.value, value.unit, ".1f" if value.unit.startswith("%") else "")
    return "–" if value.low is None and value.high is None else limits_text(value)


def _finding(judgements: Sequence[Judgement]) -> str:
    failed, held, unchecked = (Counter(map(_order, judgements))[k] for k in range(3))
    parts = [f"{in_words(held)} hold{'s' * (held < 2)}"]
    if failed:
        parts.append(f"{in_words(failed)} do{'es' * (failed == 1)} not")
    if unchecked:
        parts.append(f"{in_words(unchecked)} cannot be checked from the figures")
    return f"Of {in_words(len(judgements))} claim{'s' * (len(judgements) != 1)} with a number, {listed(parts)}"
