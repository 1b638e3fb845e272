"""The workbook: what is in it can be read back, nothing in it runs, and it is laid out as the guidance asks."""

from __future__ import annotations

import io
import zipfile
from typing import Any
from xml.etree import ElementTree

import pytest

from analysis.estimates import Conclusion, Estimate
from analysis.parts.results import named
from analysis.publishing.workbook import workbook

SPACE = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
RATIO = Estimate(
    estimand="ratio of 2016 to 2015", unit="ratio", method="ratio of two counts", value=3.0196078, low=2.5097878,
    high=3.6495206, level=0.95, interval="confidence", interval_method="exact",
)  # fmt: skip
LAST = Estimate(estimand="removals in 2018", unit="accounts", method="published count", value=594)
OPEN = Estimate(estimand="=1+1", unit="", method="https://example.org", reason="undefined: one count")
RESULTS = named("step", {"ratio": RATIO, "last": LAST, "open": OPEN}).records()
RESULTS |= named("standing", Conclusion(about="the change", verdict="rare", rule="below 5%")).records()
for record in RESULTS.values():
    record |= {"notebook": "03_growth", "cell": "results"}
ROWS = [
    {"series": "removals", "period": "2015", "value": 153, "low": 153, "high": 153, "note": '=HYPERLINK("x")'},
    {"series": "finds", "period": "year to March 2017", "value": None, "low": 9215, "high": None, "note": ""},
]


def made(results: Any = RESULTS, rows: Any = ROWS) -> bytes:
    return workbook(results, rows, title="Accounts removed", dated="1 April 2019")


def sheets(content: bytes) -> dict[str, list[list[Any]]]:
    """The cells of every sheet: text as text, numbers as numbers."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    texts = [
        "".join(t.text or "" for t in item.iterfind(".//x:t", SPACE))
        for item in ElementTree.fromstring(archive.read("xl/sharedStrings.xml"))
    ]
    names = [
        s.get("name") for s in ElementTree.fromstring(archive.read("xl/workbook.xml")).iterfind(".//x:sheet", SPACE)
    ]
    found = {}
    for number, name in enumerate(names, 1):
        rows = ElementTree.fromstring(archive.read(f"xl/worksheets/sheet{number}.xml")).iterfind(".//x:row", SPACE)
        found[name] = [
            [texts[int(cell[0].text)] if cell.get("t") == "s" else float(cell[0].text) for cell in row] for row in rows
        ]
    return found


def test_it_has_a_cover_contents_notes_and_one_sheet_a_table() -> None:
    found = sheets(made())
    assert list(found) == ["Cover", "Contents", "Notes", "Estimates", "Conclusions", "Data"]
    assert found["Cover"][:2] == [["Accounts removed"], ["Figures as of 1 April 2019."]]
    assert [row[0] for row in found["Contents"][3:]] == ["Notes", "Estimates", "Conclusions", "Data"]


def test_every_result_and_count_is_in_it_as_a_number() -> None:
    found = sheets(made())
    heads, *rows = found["Estimates"][2:]
    ratio = dict(zip(heads, rows[0], strict=True))
    assert (ratio["Name"], ratio["Value"], ratio["Low"], ratio["High"]) == (
        "step.ratio",
        3.0196078,
        2.5097878,
        3.6495206,
    )
    assert (ratio["Level"], ratio["Kind of interval"], ratio["Chapter"]) == (0.95, "confidence", "03_growth")
    assert [row[:4] for row in found["Conclusions"][3:]] == [["standing", "the change", "rare", "below 5%"]]
    assert [row[2:5] for row in found["Data"][3:]] == [[153, 153, 153], ["[x]", 9215, "[x]"]]


def test_no_cell_is_empty_and_what_is_missing_is_said() -> None:
    found = sheets(made())
    for name in ("Contents", "Notes", "Estimates", "Conclusions", "Data"):
        heads, *rows = found[name][2:]
        assert len(set(heads)) == len(heads)
        assert all(len(row) == len(heads) and "" not in row for row in rows)
    heads, *rows = found["Estimates"][2:]
    missing = dict(zip(heads, rows[2], strict=True))
    assert (missing["Value"], missing["Low"], missing["Reason"]) == ("[x]", "[z]", "undefined: one count")


def test_nothing_in_it_runs() -> None:
    archive = zipfile.ZipFile(io.BytesIO(made()))
    for name in archive.namelist():
        assert b"<f>" not in archive.read(name)
        assert b'TargetMode="External"' not in archive.read(name)
    found = sheets(made())
    assert '=HYPERLINK("x")' in found["Data"][3]
    assert "=1+1" in found["Estimates"][5]


def test_tables_are_marked_and_start_under_title_and_instructions() -> None:
    archive = zipfile.ZipFile(io.BytesIO(made()))
    tables = [ElementTree.fromstring(archive.read(n)) for n in archive.namelist() if n.startswith("xl/tables/")]
    assert len(tables) == 5
    assert all(table.get("ref").startswith("A3:") for table in tables)
    assert not any(b"mergeCell" in archive.read(name) for name in archive.namelist())
    assert b"<dc:title>Accounts removed</dc:title>" in archive.read("docProps/core.xml")


def test_the_same_results_give_the_same_bytes_on_any_day() -> None:
    assert made() == made()
    archive = zipfile.ZipFile(io.BytesIO(made()))
    assert {item.date_time for item in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert archive.read("docProps/core.xml").count(b"1980-01-01T00:00:00Z") == 2
    assert {item.compress_type for item in archive.infolist()} == {zipfile.ZIP_STORED}


@pytest.mark.parametrize(("results", "rows"), [({}, ROWS), (RESULTS, []), (RESULTS, [ROWS[0], {"series": "finds"}])])
def test_a_report_without_results_or_with_rows_of_two_kinds_is_refused(results: Any, rows: Any) -> None:
    with pytest.raises(ValueError, match="a workbook needs results"):
        made(results, rows)
