"""The receipt of make verify: what it says of files that are the same, and of those that are not."""

import hashlib
import json

import pytest

from analysis.publishing import receipt


def results(**values):
    about = {"unit": "%", "low": None, "high": None, "interval": "", "reason": "", "data": [], "notebook": "03_growth"}
    text = json.dumps({"growth.cagr": about | values})
    return {"reports/results.json": text.encode(), "reports/report.html": b"page"}


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Writes a receipt for two sets of files; whether it says that all is the same, and what it holds."""

    def write(built, committed, outdated=()):
        monkeypatch.setattr(receipt.report, "rebuilt", lambda: (built, committed))
        monkeypatch.setattr(receipt, "outdated", lambda: list(outdated))
        monkeypatch.setattr(receipt.report, "ROOT", tmp_path)
        monkeypatch.setattr(receipt, "read_citation", lambda path: {"version": "1"})
        monkeypatch.setattr(receipt, "RECEIPT", tmp_path / "receipt.json")
        return receipt.write(), json.loads((tmp_path / "receipt.json").read_text())

    return write


def test_equal_files_are_listed_with_their_hashes(written, capsys):
    same, entry = written(results(value=1), results(value=1))
    assert same
    assert entry["differences"] == []
    page = {"sha256": hashlib.sha256(b"page").hexdigest(), "equal": True}
    assert entry["files"]["reports/report.html"] == page
    assert capsys.readouterr().out == "2 of 2 files are the same to the byte.\nreceipt.json\n"
    assert entry["machine"]["processor"]
    assert entry["versions"]["numpy"]
    assert len(entry["gates"]) == 5
    assert "independent" not in json.dumps(entry).replace("no independent check", "")


def test_values_that_differ_are_named_with_how_much(written, capsys):
    committed = results(value=50.0)
    same, entry = written(results(value=50.5), committed | {"notebooks/1.ipynb": b""}, ["calibration"])
    assert not same
    assert entry["differences"] == [
        "notebooks/1.ipynb: committed, but not built any more",
        "reports/results.json: differs from line 1 on",
        "committed beside built: 0 results unchanged, 1 changed, 0 new, 0 gone.",
        "changed  growth.cagr: 50 % -> 50.5 %  (not recorded)",
        "calibration",
    ]
    assert "1 of 2 files are the same to the byte." in capsys.readouterr().out
