"""Tables for readers: the text of each cell, and the value behind it."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from analysis.csv_text import csv_text
from analysis.estimates import Conclusion, Estimate
from analysis.parts.numbers import interval_kind, limit_style, number_text, stable, unit_text
from analysis.parts.part import Part
from analysis.parts.results import Results


@dataclass(frozen=True)
class Table(Part):
    """Rows of text with the raw values behind them; the first column heads its row.

    Parameters
    ----------
    id : stable anchor of the table in the report ("growth-fits").
    caption : what the table holds, in one line.
    columns : column headings.
    texts : the cells as readers see them, one tuple a row.
    values : the cells as the CSV holds them, the same shape.
    results : the named results that the table registers.

    Raises
    ------
    ValueError : a cell is blank, NaN or infinite; say in words why there is no number.

    Examples
    --------
    >>> counts = table("counts", "Counts by year", ["Year", "Accounts"], [["2017", 527], ["2018", 594]])
    >>> print(counts.csv())
    Year,Accounts
    2017,527
    2018,594
    <BLANKLINE>
    """

    id: str
    caption: str
    columns: tuple[str, ...]
    texts: tuple[tuple[str, ...], ...]
    values: tuple[tuple[Any, ...], ...]
    results: Results = field(default_factory=Results)

    kind = "table"

    def __post_init__(self) -> None:
        for row in self.values:
            for column, cell in zip(self.columns, row, strict=True):
                blank = cell is None or cell == "" or (isinstance(cell, float) and not math.isfinite(cell))
                if blank:
                    raise ValueError(f"table {self.id!r}, column {column!r}: the cell is {cell!r}; say why in words")

    @property
    def kinds(self) -> list[str]:
        """What each column holds: a "number", set flush right, a "date", never broken, or "text"."""
        found = []
        for column in range(len(self.columns)):
            number = any(isinstance(row[column], (int, float)) for row in self.values)
            date = all(re.fullmatch(r"\d{4}-\d\d-\d\d", row[column]) for row in self.texts)
            found.append("number" if number else "date" if date else "text")
        return found

    def content(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "caption": self.caption,
            "columns": list(self.columns),
            "kinds": self.kinds,
            "texts": [list(row) for row in self.texts],
            "csv": self.csv(),
        }

    def pictures(self) -> dict[str, str]:
        plain = "\n".join(" | ".join(row) for row in (self.columns, *self.texts))
        return {"text/html": self._html(), "text/plain": f"{self.caption}\n{plain}"}

    def _html(self) -> str:
        """The table for JupyterLab and code hosts, which set every cell flush right unless told."""
        sides = [f'style="text-align:{"right" if kind == "number" else "left"}"' for kind in self.kinds]
        rows = []
        for number, row in enumerate((self.columns, *self.texts)):
            tags = ["th" if number == 0 or column == 0 else "td" for column in range(len(row))]
            cells = zip(tags, sides, row, strict=True)
            rows.append("".join(f"<{tag} {side}>{html.escape(text)}</{tag}>" for tag, side, text in cells))
        head, *body = (f"<tr>{row}</tr>" for row in rows)
        caption = f'<caption style="text-align:left">{html.escape(self.caption)}</caption>'
        return f"<table>\n{caption}\n<thead>{head}</thead>\n<tbody>\n" + "\n".join(body) + "\n</tbody>\n</table>"

    def csv(self) -> str:
        """The raw values as CSV with a header line."""
        return csv_text(
            [self.columns, *([stable(x) if isinstance(x, float) else x for x in row] for row in self.values)]
        )


def table(
    id: str,
    caption: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    units: Mapping[str, str] | None = None,
    styles: Mapping[str, str] | None = None,
    results: Results | None = None,
) -> Table:
    """A Table from rows of text and numbers.

    Numbers are written as `analysis.parts.numbers.number_text` writes them: by the column's unit in `units`, with the
    digits in `styles` (".1f", "2s"). An Estimate in a cell shows its value, or the reason why there is none. A table
    without rows has one that says so, as a table of headings alone means nothing to a screen reader.
    """
    units, styles = units or {}, styles or {}
    texts, values = [], []
    for row in list(rows) or [["none"] * len(columns)]:
        written = [
            _cell(cell, units.get(column, "count"), styles.get(column, ""))
            for column, cell in zip(columns, row, strict=True)
        ]
        texts.append(tuple(text for text, _ in written))
        values.append(tuple(value for _, value in written))
    return Table(id, caption, tuple(columns), tuple(texts), tuple(values), results or Results())


def _cell(cell: Any, unit: str, style: str) -> tuple[str, Any]:
    if isinstance(cell, Estimate):
        unit = cell.unit
        cell = cell.reason if cell.value is None else cell.value
    if isinstance(cell, Conclusion):
        cell = cell.verdict
    if hasattr(cell, "item"):  # a scalar of numpy
        cell = cell.item()
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and math.isfinite(cell):
        return number_text(cell, unit, style), cell
    return str(cell), cell


def cells(estimate: Estimate) -> tuple[Any, Any, Any]:
    """Value, low and high for the cells of a row, a word or the reason where there is no number."""
    if estimate.value is None and estimate.low is None and estimate.high is None:
        return (estimate.reason, "none", "none")
    open_end = "unbounded" if estimate.interval else "none"
    low, high = (open_end if limit is None else limit for limit in (estimate.low, estimate.high))
    return (estimate.reason if estimate.value is None else estimate.value, low, high)


def table_of_estimates(
    id: str,
    caption: str,
    estimates: Mapping[str, Estimate],
    *,
    head: str = "Quantity",
    style: str = "",
    results: Results | None = None,
) -> Table:
    """A Table of estimates: value with its unit, limits, kind of interval and how it was found, assumptions."""
    columns = (head, "Estimate", "Low", "High", "Interval, and what it assumes")
    texts, values = [], []
    for label, e in estimates.items():
        numbers = cells(e)
        styles = (style, limit_style(e, style), limit_style(e, style))
        shown = [
            x if isinstance(x, str) else number_text(x, e.unit, digits)
            for x, digits in zip(numbers, styles, strict=True)
        ]
        shown[0] += unit_text(e.unit) if e.value is not None else ""
        texts.append((label, *shown, interval_kind(e)))
        values.append((label, *numbers, interval_kind(e)))
    return Table(id, caption, columns, tuple(texts), tuple(values), results or Results())
