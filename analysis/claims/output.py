"""The audit for use elsewhere: records for CSV and JSON, text for a terminal."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

from analysis.claims.audit import Judgement, counts_by_verdict
from analysis.claims.explanations import range_text
from analysis.claims.hedges import VERSION
from analysis.csv_text import csv_text
from analysis.estimates import Estimate

WIDTH = 100
COLUMNS = {"where": 8, "claim": 37, "figures give": 14, "verdict": 16, "needs": 7, "note": 13}

Form = Literal["text", "csv", "json"]


def to_records(judgements: Sequence[Judgement]) -> list[dict[str, str | float]]:
    """One flat row a claim, for CSV and JSON; where there is no number its place holds the reason.

    Returns
    -------
    list of dict with the same keys in each; no value is blank.
    """
    return [_record(judgement) for judgement in judgements]


def written(judgements: Sequence[Judgement], title: str, form: Form) -> str:
    """The audit as text, CSV or JSON."""
    if form == "text":
        return audit_text(judgements, title)
    records = to_records(judgements)
    if form == "json":
        return json.dumps(records, ensure_ascii=False, indent=1)
    return csv_text([list(records[0]), *(list(record.values()) for record in records)]).rstrip("\n")


def audit_text(judgements: Sequence[Judgement], title: str) -> str:
    """The audit as plain text of at most 100 columns: a table, how each claim was read and why it got its verdict."""
    table, notes = [], []
    for row in ([*COLUMNS], ["-" * width for width in COLUMNS.values()], *map(_row, judgements)):
        table += _cells(row)
    for judged in judgements:
        why = judged.explanation if judged.verdict != "holds" or judged.is_weak else judged.claim.note
        notes.append(f"{_row(judged)[0]}: read as: {judged.claim.echo}. {why}".rstrip())
    counts = [f"{verdict} {count}" for verdict, count in counts_by_verdict(judgements).items() if count]
    notes = [textwrap.fill(note, WIDTH, subsequent_indent="    ") for note in notes]
    ends = [f"{title} ({VERSION})", f"{len(judgements)} claim{'s' * (len(judgements) != 1)}: {', '.join(counts)}."]
    title, summary = (textwrap.fill(end, WIDTH) for end in ends)
    return "\n".join([title, "", *table, "", *notes, "", summary])


def _row(judged: Judgement) -> list[str]:
    claim, critical = judged.claim, judged.critical_tolerance.value
    note = "slip" if "A slip: read as" in judged.explanation else "weak" if judged.is_weak else judged.reason
    needs = f"{critical:.2f}%" if critical else ""
    verdict = judged.verdict.removesuffix(" from the figures")
    return [claim.paragraph or f"line {claim.line}", claim.says, _shown(judged.value), verdict, needs, note]


def _cells(row: Sequence[str]) -> list[str]:
    """One row of the table, wrapped into as many lines as its longest cell needs."""
    wrapped = [textwrap.wrap(cell, width) or [""] for cell, width in zip(row, COLUMNS.values(), strict=True)]
    lines = []
    for place in range(max(map(len, wrapped))):
        cells = [cell[place] if place < len(cell) else "" for cell in wrapped]
        lines.append(" ".join(c.ljust(w) for c, w in zip(cells, COLUMNS.values(), strict=True)).rstrip())
    return lines


def _record(judged: Judgement) -> dict[str, str | float]:
    claim, value, critical, between = judged.claim, judged.value, judged.critical_tolerance, judged.uncertainty
    by_tolerance = judged.by_tolerance()
    kind = f"{between.level or 0:.0%} confidence interval, {between.interval_method}, {between.assumes}"
    independent = "yes" if judged.is_independent else "no: the figures are the article's own"
    sources = dict.fromkeys(f"{f.source.title} ({f.source.publisher}), {f.source.url}" for f in judged.figures)
    return {
        "id": claim.id,
        "paragraph": str(claim.paragraph) or "none given",
        "claim": claim.says,
        "words": claim.words or "none quoted",
        "kind": claim.kind,
        "read_as": claim.echo,
        "stated": claim.stated,
        "calculation": judged.calculation,
        "value": value.reason if value.value is None else value.value,
        "value_low": _limit(value.low, value),
        "value_high": _limit(value.high, value),
        "value_unit": value.unit or "none",
        "verdict": judged.verdict,
        "reason": judged.reason or "none needed",
        "weak": "yes" if judged.is_weak else "no",
        "critical_tolerance_percent": critical.reason if critical.value is None else critical.value,
        "strict_3_percent": by_tolerance["strict"],
        "lenient_10_percent": by_tolerance["lenient"],
        "interval_low": _limit(between.low, between),
        "interval_high": _limit(between.high, between),
        "interval_unit": between.unit,
        "interval_kind": kind if between.level else between.reason,
        "figures": "; ".join(f"{f.series} {f.period}: {f.text}" for f in judged.figures) or "none",
        "sources": "; ".join(sources) or "none",
        "independent": independent if judged.figures else "no figures",
        "explanation": judged.explanation,
    }


def _shown(value: Estimate) -> str:
    """The value, or its range, as the table prints it."""
    percentage = value.unit == "%"
    ends = [value.low, value.high] if value.value is None else [value.value, value.value]
    if ends == [None, None]:
        return "none"
    low, high = (None if end is None else Fraction(end) / (100 if percentage else 1) for end in ends)
    return range_text(low, high, percentage)


def _limit(limit: float | None, estimate: Estimate) -> float | str:
    """One end of what is known: an exact value is its own limit."""
    if limit is None and not estimate.interval:
        limit = estimate.value
    return estimate.reason if limit is None else limit
