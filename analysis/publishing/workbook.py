"""All results and data of a report as one accessible workbook, by the rules of the UK's statistical service.

A cover, contents and notes, then one marked table a sheet: it starts in column A, under a title and what the sheet
holds, each column has a heading, and no cell is empty.
https://analysisfunction.civilservice.gov.uk/policy-store/releasing-statistics-in-spreadsheets/
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import xlsxwriter

from analysis.publishing.register import data_summary

NONE, NO_USE = "[x]", "[z]"  # the shorthand of the statistical service
ORIGIN = {"notebook": "Chapter", "cell": "Cell", "function": "Function"}
ESTIMATES = {
    "name": "Name",
    "estimand": "What is estimated",
    "value": "Value",
    "low": "Low",
    "high": "High",
    "unit": "Unit",
    "interval": "Kind of interval",
    "level": "Level",
    "interval_method": "How the interval was found",
    "method": "Method",
    "assumes": "Assumes",
    "n": "Observations",
    "reason": "Reason",
    "data": "Data",
} | ORIGIN
CONCLUSIONS = {"name": "Name", "about": "What is judged", "verdict": "Verdict", "rule": "Rule"} | ORIGIN
NOTES = (
    "Numbers are stored to eight significant digits, whatever a sentence of the report rounds them to.",
    "A confidence interval is for a rate or a ratio, a prediction interval for a count not yet seen; a range holds for "
    "certain and has no level.",
    f"{NONE} means that there is no such number, and the column Reason says why; {NO_USE} means not applicable.",
)
TITLE = {"bold": True, "font_size": 15}
WIDEST = 60  # characters, of a column
Rows = Sequence[Sequence[str | float]]


def workbook(
    results_json: Mapping[str, Mapping[str, Any]],
    data_rows: Iterable[Mapping[str, Any]],
    *,
    title: str,
    dated: str = "",
) -> bytes:
    """The workbook as the bytes of an .xlsx file; the same results and rows give the same bytes.

    Text is never read as a formula or as an address, so nothing in a source can run when the file is opened.

    Parameters
    ----------
    results_json : every named result by name, as results.json holds it.
    data_rows : one mapping a published count, all with the same keys, which head the columns.
    title : of the report. dated : when its figures were published, as the cover says it.

    Raises
    ------
    ValueError : there are no results or no rows, or the rows have different keys.
    """
    rows = list(data_rows)
    if not results_json or not rows or any(row.keys() != rows[0].keys() for row in rows):
        raise ValueError("a workbook needs results, and data rows that all have the same keys")
    records = [{"name": name} | record for name, record in results_json.items()]
    told = {
        "Estimates": ("Every estimate, with its interval [notes 1 to 3]", ESTIMATES, records, "verdict"),
        "Conclusions": ("Every conclusion, with its rule", CONCLUSIONS, records, "estimand"),
        "Data": ("Every published count, with its source [note 3]", _headings(rows[0]), rows, ""),
    }
    tables: dict[str, tuple[str, Sequence[str], Rows]] = {}
    for sheet, (heading, columns, every, without) in told.items():
        cells = [[_cell(record, key) for key in columns] for record in every if without not in record]
        if cells:
            tables[sheet] = (heading, list(columns.values()), cells)
    numbered = [(f"[note {k}]", note) for k, note in enumerate(NOTES, 1)]
    contents = [(sheet, heading) for sheet, (heading, *_) in tables.items()]
    first = {
        "Contents": ("Contents", ["Sheet", "What it holds"], [("Notes", "What numbers and marks mean"), *contents]),
        "Notes": ("Notes", ["Note", "Meaning"], numbered),
    }
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"title": title, "created": datetime(1980, 1, 1)})
        _cover(book, title, dated)
        for sheet, table in (first | tables).items():
            _sheet(book, sheet, *table)
    return _stored(out)


def _headings(row: Mapping[str, Any]) -> dict[str, str]:
    return {key: str(key).replace("_", " ").capitalize() for key in row}


def _cell(record: Mapping[str, Any], key: str) -> str | float:
    """A number or words: no cell is left empty."""
    value = record.get(key)
    if key == "data" and value:
        return "; ".join(", ".join(filter(None, (row["name"], row["periods"]))) for row in data_summary(value))
    if value is None or value == "" or value == []:
        missing = key == "value" or key in ("low", "high") and record.get("interval", "published")
        return NONE if missing else NO_USE
    return value if isinstance(value, (int, float)) else str(value)


def _cover(book: xlsxwriter.Workbook, title: str, dated: str) -> None:
    cover = book.add_worksheet("Cover")
    cover.set_column(0, 0, 85, book.add_format({"text_wrap": True, "valign": "top"}))
    cover.write_string(0, 0, title, book.add_format(TITLE))
    words = [f"Figures as of {dated}."] if dated else []
    words += ["All results and data of the report, one table a sheet. Made with the report, from the same results."]
    for row, text in enumerate(words, 1):
        cover.write_string(row, 0, text)


def _sheet(book: xlsxwriter.Workbook, name: str, title: str, heads: Sequence[str], rows: Rows) -> None:
    """A sheet with its title, what it holds, and one table; names of sheets in the contents are links."""
    sheet, wrapped = book.add_worksheet(name), book.add_format({"text_wrap": True, "valign": "top"})
    sheet.write_string(0, 0, title, book.add_format(TITLE))
    sheet.write_string(
        1, 0, "This worksheet contains one table." + " Notes are on the worksheet Notes." * ("[" in title)
    )
    look = {"name": name.lower(), "style": "Table Style Light 1", "autofilter": False, "banded_rows": False}
    look |= {"columns": [{"header": head, "header_format": book.add_format({"bold": True})} for head in heads]}
    sheet.add_table(2, 0, 2 + len(rows), len(heads) - 1, look)
    sheet.freeze_panes(3, 1)
    for column, head in enumerate(heads):
        sheet.set_column(column, column, min(WIDEST, 2 + max(len(str(row[column])) for row in [heads, *rows])))
        for place, row in enumerate(rows, 3):
            if head == "Sheet":
                sheet.write_url(place, column, f"internal:'{row[column]}'!A1", string=str(row[column]))
            elif isinstance(row[column], str):
                sheet.write_string(place, column, row[column], wrapped)
            else:
                sheet.write_number(place, column, row[column])


def _stored(file: io.BytesIO) -> bytes:
    """The archive without compression, which is not the same in every build of zlib."""
    out = io.BytesIO()
    with zipfile.ZipFile(file) as archive, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as whole:
        for item in archive.infolist():
            whole.writestr(zipfile.ZipInfo(item.filename), archive.read(item))  # dated 1 January 1980
    return out.getvalue()
