"""The guide to a study of one's own: its commands, run as they stand in a copy of the project."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
GUIDE = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
SECTION = GUIDE.partition("## A study of your own")[2].partition("\n## ")[0]
BLOCKS = re.findall(r"^```\n(.*?)^```", SECTION, re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """What each block of commands printed."""
    copy = tmp_path_factory.mktemp("project")
    for name in ("analysis", "data", "notebooks"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("CITATION.cff", "requirements.lock"):
        shutil.copy(ROOT / name, copy)
    (copy / ".venv").symlink_to(ROOT / ".venv")
    return [_run(block, copy) for block in BLOCKS]


def _run(commands, place):
    done = subprocess.run(["sh", "-e"], input=commands, cwd=place, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_each_block_does_what_the_guide_says(said):
    first, second, third = said
    assert "outcome, named_storms: 5 counts, 2019 to 2023: 18; 30; 21; 14; 20" in first
    assert first.strip().splitlines()[-1].startswith("reports/runs/storms/")
    assert "read as: falling percentage change 2023 / 2020 of named_storms, a third" in " ".join(second.split())
    assert "1 claim: holds 1." in second
    assert "named_storms.csv: 6 counts, 2019 to 2024: 18; 30; 21; 14; 20; 18" in third
