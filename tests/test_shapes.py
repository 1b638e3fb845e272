"""Any short series goes through the whole line: a CSV becomes a study, and the study a report without odd words."""

import json
import math
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.parts.part import MIME

ROOT = Path(__file__).resolve().parents[1]
FALLING = [round(800 * math.exp(-0.03 * k) * (1 + 0.06 * math.sin(5 * k))) for k in range(40)]
SHAPES = {
    "forty counts": FALLING,
    "three counts with a zero": [4, 0, 7],
    "nothing but zeros": [0, 0, 0, 0],
    "the last is zero": [12, 9, 3, 0],
    "flat": [50, 50, 50, 50, 50],
    "millions": [1_200_345, 1_304_221, 1_299_120, 1_411_002, 1_509_233],
    "two counts": [20, 31],
}
ODD = (
    "None",
    "nan",
    "inf",
    "unbounded to unbounded",
    "range none",
    "according to source not given",
    "not measured: no",
)


def run(*arguments):
    command = [sys.executable, "-m", "analysis", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.long
@pytest.mark.parametrize("shape", SHAPES)
def test_a_series_of_this_shape_makes_a_report(shape, tmp_path):
    rows = [f"{2020 - len(SHAPES[shape]) + k},{count}" for k, count in enumerate(SHAPES[shape])]
    (tmp_path / "counts.csv").write_text("\n".join(["period,events", *rows]) + "\n")
    study = tmp_path / "study"
    made = run("new", str(study), "--from", str(tmp_path / "counts.csv"), "--title", "Some events")
    assert made.returncode == 0, made.stderr
    built = run("report", f"study={study}")
    assert built.returncode == 0, built.stderr
    report = ROOT / built.stdout.partition(":")[0]
    summary = json.loads((report.parent / "notebooks" / "00_summary.ipynb").read_text(encoding="utf-8"))
    shutil.rmtree(report.parents[1])
    parts = [o["data"] for cell in summary["cells"] for o in cell.get("outputs", ()) if MIME in o.get("data", {})]
    said = " ".join("".join(data["text/plain"]) for data in parts if data[MIME]["kind"] == "sentences")
    assert "events" in said.lower()
    assert [odd for odd in ODD if odd in said] == []
