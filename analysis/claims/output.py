"""The audit for use elsewhere: records for CSV and JSON, text for a terminal."""

from __future__ import annotations

import csv
import io
import json
import textwrap
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Literal

from analysis.claims.audit import Judgement, audit, counts_by_verdict
from analysis.claims.claims import NAME, ORDERS, read_claims
from analysis.claims.explanations import number_text, stated_text
from analysis.claims.format import ClaimsError
from analysis.claims.hedges import VERSION
from analysis.estimates import Estimate
from analysis.figures import StudyError as DataPackageError, load

WIDTH = 110

Form = Literal["text", "csv", "json"]


def to_records(judgements: Sequence[Judgement]) -> list[dict[str, str | float]]:
    """One flat row a claim, for CSV and JSON; where there is no number its place holds the reason.

    Returns
    -------
    list of dict with the same keys in each; no value is blank.
    """
    return [_record(judgement) for judgement in judgements]


def audit_text(judgements: Sequence[Judgement], title: str) -> str:
    """The audit as plain text: a table, why each claim that does not simply hold got its verdict, a count."""
    rows = [("where", "claim", "stated", "figures give", "verdict", "critical tolerance")]
    for judged in judgements:
        claim = judged.claim
        critical = judged.critical_tolerance
        rows.append(
            (
                str(claim.paragraph),
                claim.id,
                _stated(judged),
                _shown(judged.value),
                judged.verdict,
                "none" if critical.value is None else f"{critical.value:.2f}%",
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    rows.insert(1, tuple("-" * width for width in widths))
    table = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    notes = [
        textwrap.fill(f"{judged.claim.id}: {judged.explanation}", WIDTH, subsequent_indent="    ")
        for judged in judgements
        if judged.verdict != "holds"
    ]
    found = [f"{verdict} {count}" for verdict, count in counts_by_verdict(judgements).items() if count]
    summary = f"{len(judgements)} claims: {', '.join(found)}."
    return "\n".join([f"{title} ({VERSION})", "", *table, "", *notes, "", summary])


def audit_command(path: str | Path, form: Form = "text") -> tuple[str, int]:
    """What `python -m analysis audit` prints for a package, as text, CSV or JSON, and its exit status.

    The claims are read from `claims.yml` beside the package. A relative path starts at the working directory.

    Returns
    -------
    tuple : the text, and 0 when no claim is contradicted, 1 when one is, 2 when the package or its claims
        are refused (the text is then the one line that says why).
    """
    try:
        package = load(Path(path).absolute())
        judgements = audit(package, read_claims(package.folder / NAME))
    except (DataPackageError, ClaimsError) as error:
        return str(error), 2
    contradicted = any(judged.verdict == "contradicted" for judged in judgements)
    return _written(judgements, package.title, form), int(contradicted)


def _written(judgements: Sequence[Judgement], title: str, form: Form) -> str:
    if form == "text":
        return audit_text(judgements, title)
    records = to_records(judgements)
    if form == "json":
        return json.dumps(records, ensure_ascii=False, indent=1)
    out = io.StringIO()
    writer = csv.DictWriter(out, list(records[0]) if records else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    return out.getvalue().rstrip("\n")


def _record(judged: Judgement) -> dict[str, str | float]:
    claim, value, critical, between = (
        judged.claim,
        judged.value,
        judged.critical_tolerance,
        judged.uncertainty,
    )
    by_rounding, by_tolerance = judged.by_rounding(), judged.by_tolerance()
    sources = dict.fromkeys(f"{f.source.title} ({f.source.publisher}), {f.source.url}" for f in judged.figures)
    return {
        "id": claim.id,
        "paragraph": str(claim.paragraph),
        "claim": claim.says,
        "words": claim.words or "none quoted",
        "kind": claim.kind,
        "unit": claim.unit,
        "stated": _stated(judged),
        "hedge": claim.hedge if claim.number is not None else "none",
        "calculation": judged.calculation,
        "value": value.reason if value.value is None else value.value,
        "value_low": _limit(value.low, value),
        "value_high": _limit(value.high, value),
        "value_unit": value.unit,
        "verdict": judged.verdict,
        "reason": judged.reason or "none needed",
        "critical_tolerance_percent": critical.reason if critical.value is None else critical.value,
        "half_even": by_rounding["half even"],
        "truncation": by_rounding["truncation"],
        "strict_3_percent": by_tolerance["strict"],
        "lenient_10_percent": by_tolerance["lenient"],
        "interval_low": _limit(between.low, between),
        "interval_high": _limit(between.high, between),
        "interval_unit": between.unit,
        "interval_kind": _kind(between),
        "figures": "; ".join(f"{f.series} {f.period}: {f.text}" for f in judged.figures) or "none",
        "sources": "; ".join(sources) or "none",
        "independent": _independence(judged),
        "explanation": judged.explanation,
    }


def _independence(judged: Judgement) -> str:
    if not judged.figures:
        return "no figures"
    return "yes" if judged.is_independent else "no: the figures are the article's own"


def _stated(judged: Judgement) -> str:
    if judged.claim.number is not None:
        return stated_text(judged.claim)
    return "an order" if judged.claim.kind in ORDERS else "not in the figures"


def _shown(value: Estimate) -> str:
    """The value, or its range, as the table prints it."""
    percentage = value.unit == "%"
    scale = 100 if percentage else 1
    ends = [
        number_text(Fraction(end) / scale, percentage)
        for end in ([value.low, value.high] if value.value is None else [value.value])
        if end is not None
    ]
    if value.value is None and value.low is not None and value.high is None:
        return f"at least {ends[0]}"
    return " to ".join(ends) or "none"


def _limit(limit: float | None, estimate: Estimate) -> float | str:
    """One end of what is known: an exact value is its own limit."""
    if limit is not None:
        return limit
    if not estimate.interval and estimate.value is not None:
        return estimate.value
    return estimate.reason


def _kind(between: Estimate) -> str:
    if between.level is None:
        return between.reason
    return f"{between.level:.0%} confidence interval, {between.interval_method}, {between.assumes}"
