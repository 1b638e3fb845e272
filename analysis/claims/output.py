"""The audit for use elsewhere: the command, records for CSV and JSON, text for a terminal."""

from __future__ import annotations

import json
import os
import textwrap
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path

from analysis.claims.audit import Judgement, audit, counts_by_verdict
from analysis.claims.claims import NAME, read_claims
from analysis.claims.hedges import FAILED, VERSION
from analysis.claims.selection import name_of
from analysis.claims.table import read_table
from analysis.csv_text import csv_text
from analysis.estimates import Estimate
from analysis.figures.files import StudyError

WIDTH = 100
COLUMNS = {"where": 8, "claim": 37, "figures give": 14, "verdict": 16, "needs": 7, "note": 13}


def audit_command(figures: str, claims: str | None = None, form: str = "text") -> tuple[str, str, int]:
    """The audit of one article by its figures.

    Parameters
    ----------
    figures : a CSV file with a column of periods and one a series, or a study: its folder or its datapackage.json.
    claims : a file of claims; without it, the `claims.yml` beside the study.
    form : "text", "csv" or "json".

    Returns
    -------
    tuple : the verdicts; what was refused, a line each; and the status: 0 when all claims hold or cannot be checked,
        1 when one is overstated, understated or contradicted, 2 when something was refused.
    """
    refused: list[str] = []
    place, title, beside = Path(figures).absolute(), Path(figures).name, None
    try:
        if place.suffix != ".json" and not os.path.isdir(place):  # which no path is too long for
            series = read_table(figures)
        else:
            from analysis.figures import load  # here, because a table needs no study

            study = load(place)
            title, series, beside = study.title, study.series, study.claims or study.folder / NAME
        file = Path(claims).absolute() if claims else beside
        if file is None:
            raise StudyError(f"{figures}: no claims; give a file of them after it")
        judgements = audit(series, read_claims(file, series, refused=refused))
    except ValueError as error:  # every refusal of figures or claims is one
        return "", str(error), 2
    records = [] if form == "text" else to_records(judgements)
    text = audit_text(judgements, title) if judgements and not records else ""
    if records and form == "json":
        text = json.dumps(records, ensure_ascii=False, indent=1)
    elif records:
        text = csv_text([list(records[0]), *(list(record.values()) for record in records)]).rstrip("\n")
    failed = any(judged.verdict in FAILED for judged in judgements)
    return text, "\n".join(refused), 2 if refused else int(failed)


def audit_text(judgements: Sequence[Judgement], title: str) -> str:
    """The audit as plain text of at most 100 columns: a table, how each claim was read and why it got its verdict."""
    table, notes = [], []
    for row in ([*COLUMNS], ["-" * width for width in COLUMNS.values()], *map(_row, judgements)):
        wrapped = [textwrap.wrap(cell, width) for cell, width in zip(row, COLUMNS.values(), strict=True)]
        for cells in zip_longest(*wrapped, fillvalue=""):
            table.append(" ".join(c.ljust(w) for c, w in zip(cells, COLUMNS.values(), strict=True)).rstrip())
    for judged in judgements:
        why = judged.explanation if judged.verdict != "holds" or judged.is_weak else judged.claim.note
        note = f"{_row(judged)[0]}: read as: {judged.claim.echo}. {why}".rstrip()
        notes.append(textwrap.fill(note, WIDTH, subsequent_indent="    "))
    counts = ", ".join(f"{verdict} {count}" for verdict, count in counts_by_verdict(judgements).items() if count)
    summary = f"{len(judgements)} claim{'s' * (len(judgements) != 1)}: {counts}."
    head, foot = (textwrap.fill(end, WIDTH) for end in (f"{title} ({VERSION})", summary))
    return "\n".join([head, "", *table, "", *notes, "", foot])


def to_records(judgements: Sequence[Judgement]) -> list[dict[str, str | float]]:
    """One flat row a claim with the same keys, none blank; where there is no number its place holds the reason."""
    return [_record(judgement) for judgement in judgements]


def _row(judged: Judgement) -> list[str]:
    claim, critical = judged.claim, judged.critical_tolerance.value
    note = "slip" if "A slip: read as" in judged.explanation else "weak" if judged.is_weak else judged.reason
    needs = f"{critical:.2f}%" if critical else ""
    verdict = judged.verdict.removesuffix(" from the figures")
    return [claim.paragraph or f"line {claim.line}", claim.says, judged.evidence.text, verdict, needs, note]


def _record(judged: Judgement) -> dict[str, str | float]:
    claim, value, critical, between = judged.claim, judged.value, judged.critical_tolerance, judged.uncertainty
    by_tolerance = judged.by_tolerance()
    kind = f"{between.level or 0:.0%} confidence interval, {between.interval_method}, {between.assumes}"
    sources = dict.fromkeys(f"{o.source.title} ({o.source.publisher}), {o.source.url}" for _, o in judged.figures)
    return {
        "id": claim.id,
        "paragraph": claim.paragraph or "none given",
        "claim": claim.says,
        "words": claim.words or "none quoted",
        "read_as": claim.echo,
        "stated": claim.stated,
        "calculation": judged.calculation,
        "value": value.reason if value.value is None else value.value,
        "value_low": _limit(value.low, value),
        "value_high": _limit(value.high, value),
        "value_unit": value.unit or "none",
        "verdict": judged.verdict,
        "reason": judged.reason or "none needed",
        "critical_tolerance_percent": critical.reason if critical.value is None else critical.value,
        "strict_3_percent": by_tolerance["strict"],
        "lenient_10_percent": by_tolerance["lenient"],
        "interval_low": _limit(between.low, between),
        "interval_high": _limit(between.high, between),
        "interval_unit": between.unit,
        "interval_kind": kind if between.level else between.reason,
        "figures": "; ".join(f"{name} {name_of(o.period)}: {o.words}" for name, o in judged.figures) or "none",
        "sources": "; ".join(sources) or "none",
        "independent": "yes" if judged.is_independent else "no: the figures are the article's own, or none",
        "explanation": judged.explanation,
    }


def _limit(limit: float | None, estimate: Estimate) -> float | str:
    """One end of what is known: an exact value is its own limit."""
    known = estimate.value if limit is None and not estimate.interval else limit
    return estimate.reason if known is None else known
