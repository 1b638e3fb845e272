"""The rows of one CSV file of a study, each cell of its declared type.

The reader is the standard library's, not Frictionless: loading Frictionless takes two seconds, which every
notebook would pay. `frictionless validate` reads the same files by the same schema, and the tests hold the
two to the same verdicts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analysis.csv_text import read_csv
from analysis.names import nearest
from analysis.periods import Period, last_day
from analysis.plain_text import decode, is_line, is_link

_COLUMNS = json.loads(Path(__file__).with_name("columns.schema.json").read_text(encoding="utf-8"))
FIELDS: dict[str, dict[str, Any]] = {field["name"]: field for field in _COLUMNS["fields"]}
_GROUPED = re.compile("[0-9]{1,3}([, \u00a0\u202f])[0-9]{3}(\\1[0-9]{3})*")


def table_schema(content: bytes) -> dict[str, Any]:
    """The Frictionless schema of a file with the columns of this one.

    Raises
    ------
    ValueError : on a name that is unknown, missing or given twice, with the remedy.
    """
    columns = _checked_header(read_csv(decode(content))[0][1])
    return {"fields": [FIELDS[name] for name in columns], "missingValues": [""]}


def read_rows(content: bytes, *, year_starts: int = 4) -> list[dict[str, Any]]:
    """One mapping a row from column to value, "" or None where a cell is empty.

    Under "period" each has its Period, under "count" its count; `year_starts` is the month in which "2017/18" begins.
    Lines without anything in them are passed over.

    Raises
    ------
    ValueError : on the first departure from `FIELDS`, with line, column and remedy.
    """
    lines = read_csv(decode(content))
    header = _checked_header(lines[0][1])
    if len(lines) > 2001:
        raise ValueError(f"{len(lines) - 1:,} rows; give one a year, 2,000 at most")
    rows = [_row(line, header, cells, year_starts) for line, cells in lines[1:]]
    if not rows:
        raise ValueError("no rows; give the column names in the first line and then one row a period")
    return rows


def read_count(text: str) -> int:
    """A count in digits, with or without thousands separators.

    >>> read_count("1,736"), read_count("12 345 678")
    (1736, 12345678)
    """
    digits = re.sub("[^0-9]", "", text) if _GROUPED.fullmatch(text) else text
    # fifteen digits keep a count exact when it becomes a float
    if not re.fullmatch("[0-9]{1,15}", digits):
        raise ValueError(f"{text!r} is not a count; write digits only, 0 or more, as 1736 or 1,736")
    return int(digits)


def _checked_header(header: list[str]) -> list[str]:
    header = [name.strip() for name in header]
    for name in header:
        if name not in FIELDS:
            raise ValueError(f"line 1: unknown column {name!r}; {nearest(name, FIELDS)}")
        if header.count(name) > 1:
            raise ValueError(f"line 1: column {name} stands twice; keep one")
    for what, one, other in (("periods", "period", ["period_start", "period_end"]), ("counts", "count", ["value"])):
        if (one in header) == (set(other) <= set(header)):
            seen = "more than one" if one in header else "no"
            raise ValueError(f"line 1: {seen} column of {what}; give {one}, or else {' and '.join(other)}")
    return header


def _row(line: int, header: list[str], cells: list[str], year_starts: int) -> dict[str, Any]:
    if len(cells) != len(header):
        seen = f"{len(cells)} cells instead of {len(header)}"
        raise ValueError(f"line {line}: {seen}; mend or delete the row, and quote a text that holds a comma")
    row: dict[str, Any] = {}
    for name, text in zip(header, cells, strict=True):
        try:
            row[name] = _value(text, FIELDS[name])
            if name == "period":
                row[name] = Period.read(text, year_starts=year_starts)
        except ValueError as error:
            raise ValueError(f"line {line}, column {name}: {error}") from None
    if "period" not in row:
        try:
            row["period"] = Period(row["period_start"], row["period_end"])
        except ValueError as error:
            raise ValueError(f"line {line}: {error}") from None
    row["count"] = row.get("count", row.get("value"))
    return row


def _value(text: str, field: Mapping[str, Any]) -> Any:
    constraints = field.get("constraints", {})
    if not text.strip():
        if text or constraints.get("required"):
            raise ValueError("empty; fill the cell" if not text else "only spaces; empty or fill the cell")
        return "" if field["type"] == "string" else None
    if field["type"] == "integer":
        return read_count(text)
    if field["type"] == "date":
        try:
            if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
                return Period.read(text).start
        except ValueError:
            pass
        raise ValueError(f"{text!r} is not a date; write it as 2018-03-31")
    if not is_line(text):
        raise ValueError("more than one line, or too long; write one of at most 2,000 characters")
    if field.get("format") == "uri" and not is_link(text):
        raise ValueError(f"{text!r} is not a web address; write it in full, with https://")
    if field["name"] == "published":
        last_day(text)
    return text
