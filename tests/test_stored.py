"""Stored files: what is taken out of a notebook, what is known to be whole, and how a change is told."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from analysis.parts.results import MIME
from analysis.running.stored import changed_cells, cleaned, differences, sealed, unsealed

STREAM = {"output_type": "stream", "name": "stdout", "text": ["one\n"]}
TABLE = {
    "output_type": "display_data",
    "metadata": {},
    "data": {"text/html": ["<td>57</td>\n", "<td>3</td>"]},
}
FIGURE = {
    "output_type": "display_data",
    "metadata": {},
    "data": {"image/svg+xml": "<svg/>", "text/plain": "x"},
}


def notebook(*outputs: dict[str, Any], **metadata: Any) -> str:
    cell = {"cell_type": "code", "id": "fit", "execution_count": 1, "metadata": metadata, "source": ["1"]}
    return json.dumps(
        {
            "cells": [{**cell, "outputs": list(copy.deepcopy(outputs))}],
            "metadata": {"language_info": {"name": "python", "version": "3.11.2"}},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    )


def test_what_differs_from_run_to_run_is_taken_out() -> None:
    plain = cleaned(notebook(STREAM, TABLE))
    run = json.loads(notebook(STREAM, TABLE, papermill={"duration": 1.2}, execution={"iopub": "now"}, tags=[]))
    run["metadata"] |= {"papermill": {"input_path": "elsewhere/x.ipynb"}, "kernelspec": {"name": "mine"}}
    run["metadata"]["language_info"]["version"] = "3.13.0"
    assert cleaned(json.dumps(run)) == plain
    assert cleaned(plain) == plain


def test_tags_stay_and_the_injected_cell_has_a_fixed_id() -> None:
    cell = json.loads(cleaned(notebook(tags=["injected-parameters"])))["cells"][0]
    assert (cell["id"], cell["metadata"]) == ("injected-parameters", {"tags": ["injected-parameters"]})


def test_where_a_stream_is_cut_does_not_matter() -> None:
    pieces = [{**STREAM, "text": text} for text in ("on", "e\nt", "wo\n")]
    whole = {**STREAM, "text": ["one\n", "two\n"]}
    assert cleaned(notebook(*pieces)) == cleaned(notebook(whole))
    error = {**STREAM, "name": "stderr"}
    apart = notebook(STREAM, error, STREAM, TABLE, STREAM)
    assert len(json.loads(cleaned(apart))["cells"][0]["outputs"]) == 5


@pytest.mark.parametrize("damage", ["", "{", "a\n\n", "b\n", "\udcff"])
def test_only_what_was_sealed_is_unsealed(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "kept"
    assert unsealed(path) is None
    path.write_text(sealed("ä\n"))
    assert unsealed(path) == "ä\n"
    path.write_text(damage + sealed("a\n")[3:], errors="surrogateescape")
    assert unsealed(path) is None
    path.write_text("")
    assert unsealed(path) is None


def test_differences_name_the_file_and_the_line() -> None:
    committed = {"same": b"1", "gone": b"1", "report.html": b"a\nb\nc", "tail": b"a\n"}
    built = {"same": b"1", "new": b"1", "report.html": b"a\nB\nc", "tail": b"a\nb\n"}
    assert differences(built, committed) == [
        "gone: committed, but not built any more",
        "new: built, but not committed",
        "report.html: differs from line 2 on",
        "tail: differs from line 2 on",
    ]
    assert differences(built, built) == []


def test_cells_that_show_something_else_are_named() -> None:
    later = {**STREAM, "text": ["two\n"]}
    assert changed_cells(notebook(STREAM), notebook(later)) == ["fit"]
    assert changed_cells(notebook(STREAM), notebook()) == ["fit"]
    assert changed_cells(notebook(STREAM), notebook(STREAM)) == []
    other = json.loads(notebook(STREAM))
    other["cells"][0]["id"] = "trend"
    assert changed_cells(notebook(STREAM), json.dumps(other)) == ["fit", "trend"]


def test_a_picture_or_a_result_that_changed_behind_the_same_words_is_told() -> None:
    drawn = {**FIGURE, "data": {**FIGURE["data"], MIME: {"kind": "figure", "results": {"a": {"value": 57.1}}}}}
    for kind, other in (
        ("image/svg+xml", "<svg></svg>"),
        (MIME, {"kind": "figure", "results": {"a": {"value": 57.2}}}),
    ):
        assert changed_cells(notebook(drawn), notebook({**drawn, "data": {**drawn["data"], kind: other}})) == ["fit"]
