"""Tables for readers: HTML with caption and header scopes, plain text, and the same numbers as CSV."""

from __future__ import annotations

import csv
import html
import io
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.estimates import Estimate
from analysis.prose import interval_name, number_text, stable, unit_text

MIME = "application/vnd.compendium.table+json"


@dataclass(frozen=True)
class Table:
    """Rows of text with the raw values behind them; the first column heads its row.

    Parameters
    ----------
    id : stable anchor of the table in the report ("growth-fits").
    caption : what the table holds, in one line.
    columns : column headings.
    texts : the cells as readers see them, one tuple a row.
    values : the cells as the CSV holds them, the same shape.
    numeric : for each column whether its cells are numbers, set flush right.

    Raises
    ------
    ValueError : a cell is blank, NaN or infinite; say in words why there is no number.

    Examples
    --------
    >>> table = from_rows("counts", "Counts by year", ["Year", "Accounts"], [["2017", 527], ["2018", 594]])
    >>> print(table.csv())
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
    numeric: tuple[bool, ...]

    def __post_init__(self) -> None:
        for row in self.values:
            for column, cell in zip(self.columns, row, strict=True):
                blank = cell is None or cell == "" or (isinstance(cell, float) and not math.isfinite(cell))
                if blank:
                    raise ValueError(f"table {self.id!r}, column {column!r}: the cell is {cell!r}; say why in words")

    def html(self) -> str:
        """The table as HTML that makes sense read aloud."""
        kinds = [self._kind(column) for column in range(len(self.columns))]
        head = "".join(
            f'<th scope="col" class="{kind}">{html.escape(column)}</th>'
            for kind, column in zip(kinds, self.columns, strict=True)
        )
        body = "\n".join(
            "<tr>"
            + f'<th scope="row" class="{kinds[0]}">{html.escape(row[0])}</th>'
            + "".join(f'<td class="{k}">{html.escape(cell)}</td>' for k, cell in zip(kinds[1:], row[1:], strict=True))
            + "</tr>"
            for row in self.texts
        )
        return (
            f'<table id="table-{self.id}">\n<caption>{html.escape(self.caption)}</caption>\n'
            f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"
        )

    def _kind(self, column: int) -> str:
        """What a column holds: numbers are set flush right, dates are never broken."""
        if self.numeric[column]:
            return "number"
        return "date" if all(re.fullmatch(r"\d{4}-\d\d-\d\d", row[column]) for row in self.texts) else "text"

    def csv(self) -> str:
        """The raw values as CSV with a header line."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(self.columns)
        writer.writerows([stable(x) if isinstance(x, float) else x for x in row] for row in self.values)
        return out.getvalue()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        plain = pd.DataFrame(self.texts, columns=list(self.columns)).to_string(index=False)
        return {
            MIME: {"id": self.id, "caption": self.caption, "csv": self.csv()},
            "text/html": self.html(),
            "text/plain": f"{self.caption}\n{plain}",
        }


def from_rows(
    id: str,
    caption: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    units: Mapping[str, str] | None = None,
    styles: Mapping[str, str] | None = None,
) -> Table:
    """A Table from rows of text and numbers.

    Numbers are written as `analysis.prose.number_text` writes them: by the column's unit in `units`, with the
    digits in `styles` (".1f", "2s"). An Estimate in a cell shows its value, or the reason why there is none.
    """
    units, styles = units or {}, styles or {}
    texts, values = [], []
    for row in rows:
        cells = [
            _cell(cell, units.get(column, "count"), styles.get(column, ""))
            for column, cell in zip(columns, row, strict=True)
        ]
        texts.append(tuple(text for text, _ in cells))
        values.append(tuple(value for _, value in cells))
    numeric = tuple(any(isinstance(row[k], (int, float)) for row in values) for k in range(len(columns)))
    return Table(id, caption, tuple(columns), tuple(texts), tuple(values), numeric)


def _cell(cell: Any, unit: str, style: str) -> tuple[str, Any]:
    if isinstance(cell, Estimate):
        unit = cell.unit
        cell = cell.reason if cell.value is None else cell.value
    if isinstance(cell, np.generic):
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


def from_estimates(
    id: str, caption: str, estimates: Mapping[str, Estimate], *, head: str = "Quantity", style: str = ""
) -> Table:
    """A Table of estimates: value with its unit, limits, kind of interval and how it was found, assumptions."""
    columns = (head, "Estimate", "Low", "High", "Interval, and what it assumes")
    texts, values = [], []
    for label, e in estimates.items():
        said = interval_kind(e)
        numbers = cells(e)
        shown = [x if isinstance(x, str) else number_text(x, e.unit, style) for x in numbers]
        shown[0] += unit_text(e.unit) if e.value is not None else ""
        texts.append((label, *shown, said))
        values.append((label, *numbers, said))
    return Table(id, caption, columns, tuple(texts), tuple(values), (False, True, True, True, False))


def interval_kind(estimate: Estimate) -> str:
    """Kind, level, method and assumptions: "95% confidence interval, exact conditional; Poisson counts"."""
    kind = f"{interval_name(estimate)}, {estimate.interval_method}" if estimate.interval else "no interval"
    return f"{kind}; {estimate.assumes}" if estimate.assumes else kind
