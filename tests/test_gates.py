"""Every check that the report names has a planted fault that turns it red; `make gates` runs those as one suite."""

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import browsing
import pytest

TESTS = Path(__file__).parent
CHECKS = TESTS.parent / "analysis" / "publishing" / "checks.csv"


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    return browsing.stored_report(tmp_path_factory.mktemp("page"))


def test_every_check_has_a_planted_fault():
    named = {row["Check"].strip("`") for row in csv.DictReader(CHECKS.read_text(encoding="utf-8").splitlines())}
    texts = [path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py")]
    assert named == {
        name for text in texts for name in re.findall(r'^@pytest\.mark\.gate\("(.+)"\)$', text, re.MULTILINE)
    }


@pytest.mark.gate("nbval, strict")
def test_a_stored_output_that_was_edited_is_caught(tmp_path):
    output = {"output_type": "stream", "name": "stdout", "text": "4\n"}
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": "print(2 + 2)", "execution_count": 1}
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    book = {"cells": [cell], "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    for name, stored in (("right", output), ("edited", output | {"text": "5\n"})):
        cell["outputs"] = [stored]
        (tmp_path / f"{name}.ipynb").write_text(json.dumps(book), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "--nbval", "-p", "no:cacheprovider", "-q", "."]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False).stdout
    assert "1 failed, 1 passed" in said
    assert "edited.ipynb::Cell 0" in said


@browsing.needs_chromium
@pytest.mark.gate("browser tests")
def test_a_picture_without_words_is_caught_by_axe(visit):
    page = visit()
    page.evaluate("document.querySelector('main').append(Object.assign(new Image(), {src: 'data:image/gif;base64,'}))")
    assert any(found.startswith("image-alt") for found in browsing.axe_finds(page))


@pytest.mark.gate("browser tests")
def test_a_repeated_identifier_is_caught_by_the_nu_checker(tmp_path):
    page = tmp_path / "page.html"
    page.write_text('<!doctype html><html lang="en"><title>a</title><p id="b">c<p id="b">d</html>', encoding="utf-8")
    assert "Duplicate ID" in browsing.nu_checker_says(page)
