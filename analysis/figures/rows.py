"""The rows of one CSV file of a data package, each cell of its declared type.

The reader is the standard library's, not Frictionless: loading Frictionless takes two seconds, which every
notebook would pay. `frictionless validate` reads the same files by the same schema, and the tests hold the
two to the same verdicts.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlsplit

_TEXT = {"type": "string", "constraints": {"required": True}}
_COUNT = {"type": "integer", "constraints": {"minimum": 0}}
_DAY = {"type": "date", "constraints": {"required": True}}
_PUBLISHED = {"required": True, "pattern": r"\d{4}(-\d{2}(-\d{2})?)?"}
SCHEMA: dict[str, Any] = {
    "fields": [
        {"name": "period_start", **_DAY},
        {"name": "period_end", **_DAY},
        {"name": "value", **_COUNT},
        {"name": "low", **_COUNT},
        {"name": "high", **_COUNT},
        {"name": "measure", **_TEXT},
        {"name": "definition", **_TEXT},
        {"name": "geography", **_TEXT},
        {"name": "source_title", **_TEXT},
        {"name": "publisher", **_TEXT},
        {"name": "url", "type": "string", "format": "uri", "constraints": {"required": True}},
        {"name": "published", "type": "string", "constraints": _PUBLISHED},
        {"name": "locator", **_TEXT},
        {"name": "licence", **_TEXT},
        {"name": "note", "type": "string"},
    ],
    "missingValues": [""],
}
COLUMNS = [field["name"] for field in SCHEMA["fields"]]


def read_rows(content: bytes) -> list[dict[str, Any]]:
    """One mapping a row from column to value, None where a cell is empty, and under "line" where it stands.

    Raises
    ------
    ValueError : on the first departure from `SCHEMA`, with line, column and remedy.
    """
    try:
        reader = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        lines = [(reader.line_num, cells) for cells in reader]
    except UnicodeDecodeError as error:
        raise ValueError(f"byte {error.start} is not UTF-8; save the file as UTF-8") from None
    except csv.Error as error:
        raise ValueError(f"line {reader.line_num}: not CSV ({error}); mend the quotes") from None
    if len(lines) < 2:
        raise ValueError("no rows; give the column names in the first line and then one row a period")
    _check_header(lines[0][1])
    return [_row(line, cells) for line, cells in lines[1:]]


def _check_header(header: list[str]) -> None:
    for name in COLUMNS:
        if name not in header:
            raise ValueError(f"line 1: column {name} is missing; add it, with empty cells where nothing is known")
    if header != COLUMNS:
        name = next((name for name in header if name not in COLUMNS or header.count(name) > 1), "")
        seen = f"column {name!r} does not belong here" if name else "the columns are in another order"
        raise ValueError(f"line 1: {seen}; write {','.join(COLUMNS)}")


def _row(line: int, cells: list[str]) -> dict[str, Any]:
    if len(cells) != len(COLUMNS):
        seen = f"{len(cells)} cells instead of {len(COLUMNS)}" if cells else "empty"
        raise ValueError(f"line {line}: {seen}; mend or delete the row, and quote a text that holds a comma")
    row: dict[str, Any] = {"line": line}
    for field, text in zip(SCHEMA["fields"], cells, strict=True):
        try:
            row[field["name"]] = _value(text, field)
        except ValueError as error:
            raise ValueError(f"line {line}, column {field['name']}: {error}") from None
    return row


def _value(text: str, field: Mapping[str, Any]) -> Any:
    constraints = field.get("constraints", {})
    if not text.strip():
        if text or constraints.get("required"):
            raise ValueError("empty; fill the cell" if not text else "only spaces; empty or fill the cell")
        return None
    if field["type"] == "integer":
        # fifteen digits keep a count exact when it becomes a float
        if not re.fullmatch("[0-9]{1,15}", text):
            raise ValueError(f"{text!r} is not a count; write digits only, 0 or more")
        return int(text)
    if field["type"] == "date":
        try:
            return date.fromisoformat(text if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else "")
        except ValueError:
            raise ValueError(f"{text!r} is not a date; write it as 2018-03-31") from None
    if field.get("format") == "uri" and not (urlsplit(text).scheme and urlsplit(text).netloc):
        raise ValueError(f"{text!r} is not an address; write it in full, with https://")
    if "pattern" in constraints and not re.fullmatch(constraints["pattern"], text):
        raise ValueError(f"{text!r} is not a day, month or year; write it as 2018-07-26, 2018-07 or 2018")
    return text
