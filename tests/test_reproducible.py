"""The same bytes in another folder and under other settings, and nothing lost when a run fails."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.running import stored

ROOT = Path(__file__).resolve().parents[1]


def published(folder):
    """The files of reports/ without the runs of other parameters."""
    found = stored.contents(folder / "reports")
    return {name: content for name, content in found.items() if not name.startswith("runs/")}


PARTS = ["analysis", "data", "notebooks", "CITATION.cff", "README.md", "requirements.lock"]


def copied(folder):
    """A copy of the project in another folder."""
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / part, folder / part)
    return folder


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    """In a folder whose name has a space and a letter beyond ASCII."""
    return copied(tmp_path_factory.mktemp("other place é"))


HOSTILE = {
    "LANG": "tr_TR.UTF-8",
    "LC_ALL": "C",
    "MKL_NUM_THREADS": "7",
    "MPLBACKEND": "Agg",
    "OMP_NUM_THREADS": "7",
    "OPENBLAS_NUM_THREADS": "7",
    "PYTHONHASHSEED": "7",
    "PYTHONOPTIMIZE": "2",
    "TZ": "Asia/Tokyo",
}


def run(folder, *arguments, python=sys.executable):
    """A command in that copy, under settings that should not matter, with a home that is not there."""
    kept = {name: os.environ[name] for name in ("PATH",) if name in os.environ}
    command = [python, "-m", "analysis", *arguments]
    hostile = {"env": kept | HOSTILE | {"HOME": str(folder / "home")}, "umask": 0o077}
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600, **hostile)


def test_another_place_gives_the_committed_bytes(elsewhere):
    built = run(elsewhere, "report")
    assert built.returncode == 0, built.stderr
    committed, found = published(ROOT), published(elsewhere)
    assert stored.differences(found, committed) == []


@pytest.mark.gate("make verify")
def test_a_difference_of_one_byte_is_named(elsewhere):
    contents = published(ROOT)
    name, content = next(iter(contents.items()))
    assert stored.differences(contents | {name: content + b" "}, contents) != []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["levle=0.9"], ["levle", "level"]),
        (["level=high"], ["level", "high"]),
        (["level=95"], ["level", "95"]),
        (["first_year=2019"], ["2019", "2015 to 2018"]),
        (["study=data/nothing"], ["data/nothing"]),
        (["--params", "nothing.yaml"], ["nothing.yaml"]),
        (["first_year=2009", "last_year=2010"], ["removals"]),
    ],
)
def test_bad_input_is_one_line_and_leaves_the_report_whole(elsewhere, arguments, words):
    before = stored.contents(elsewhere / "reports")
    refused = run(elsewhere, "report", *arguments)
    assert refused.returncode != 0
    assert "Traceback" not in refused.stderr
    assert all(word in refused.stderr for word in words), refused.stderr
    assert len(refused.stderr.strip().splitlines()) <= 8
    assert stored.contents(elsewhere / "reports") == before


def test_other_parameters_are_used_and_recorded(elsewhere):
    built = run(elsewhere, "report", "level=0.9", "first_year=2016")
    assert built.returncode == 0, built.stderr
    before = published(ROOT)
    printed, said = built.stdout.strip().split(": ")
    assert said == "11 of 11 files are new"
    assert re.fullmatch(r"reports/runs/prison-removals/[0-9a-f]{8}/report.html", printed)
    page = (elsewhere / printed).read_text(encoding="utf-8")
    assert "make report level=0.9 first_year=2016\nmake test" in page
    assert "changed from 0.95" in page
    assert "changed from 0<" in page
    assert ">90%</data>" in page
    assert published(elsewhere) == before
