"""CSV: the rows of a text, and rows as a text that a spreadsheet takes for nothing but data."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

_NUMBER = re.compile(r"[+-]?[0-9][0-9.,]*([eE][+-]?[0-9]+)?%?")


def read_csv(text: str) -> list[tuple[int, list[str]]]:
    """The cells of each line that is not blank, with its number.

    Raises
    ------
    ValueError : there is none, or a quote is not closed.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        lines = [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise ValueError(f"line {reader.line_num}: not CSV ({error}); mend the quotes") from None
    if not lines:
        raise ValueError("no rows; give the column names in the first line and then one row a period")
    return lines


def csv_text(rows: Iterable[Sequence[Any]]) -> str:
    """Rows as CSV; a text that a spreadsheet would compute starts with an apostrophe, and a number stays as it is.

    These are the texts that start with = + - @, a tab or a line end:
    https://owasp.org/www-community/attacks/CSV_Injection

    >>> print(csv_text([["claim", "change"], ["=1+1", "+15%"]]), end="")
    claim,change
    '=1+1,+15%
    """
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([_inert(cell) for cell in row] for row in rows)
    return out.getvalue()


def _inert(cell: Any) -> Any:
    formula = isinstance(cell, str) and cell.lstrip(" ")[:1] in tuple("=+-@\t\r\n") and not _NUMBER.fullmatch(cell)
    return f"'{cell}" if formula else cell
