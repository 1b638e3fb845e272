"""What the chapters computed: every named result, with the notebook and the cell that first showed it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from analysis.parts.part import MIME
from analysis.parts.results import Results
from analysis.running import execute
from analysis.running.plan import lacking, planned

Notebook = Mapping[str, Any]
Record = dict[str, Any]


class ContradictingResults(ValueError):
    """Two outputs give one name to results that differ; the message names both."""


def results_of_chapters(parameters: Mapping[str, Any]) -> Results:
    """The named results of all chapters run with these parameters, for the summary, which computes none.

    Chapters that have been run are read from the cache. Others are run now, but not from a notebook that is itself
    part of a run: there the chapters come first.

    Parameters
    ----------
    parameters : name to value; each chapter takes those that it declares.

    Raises
    ------
    NotebookFailed : a chapter cannot be run, or has not been run before the notebook that asks.
    ContradictingResults : two chapters give one name to different results.
    """
    tasks = planned(parameters, lacking(parameters))[0].needs
    running = os.environ.get(execute.CACHE)
    if running:
        texts = execute.cached(tasks, Path(running))
    else:
        texts = execute.execute(tasks, cache=execute.BUILD / "notebooks")
    return Results(collected({task.name: json.loads(text) for task, text in zip(tasks, texts, strict=True)}))


def collected(notebooks: Mapping[str, Notebook]) -> dict[str, Record]:
    """Every named result of executed notebooks by name, in order of appearance, each with "notebook" and "cell".

    Raises
    ------
    ContradictingResults : two outputs give one name to results that differ.
    """
    found: dict[str, Record] = {}
    shown: dict[str, str] = {}
    for stem, notebook in notebooks.items():
        for cell, part in shown_parts(notebook):
            place = f"{stem}, cell {cell},"
            for name, record in part["results"].items():
                known = found.setdefault(name, {"notebook": stem, "cell": cell} | record)
                first = shown.setdefault(name, place)
                if _content(known) != _content(record):
                    raise ContradictingResults(
                        f"result {name!r}: {first} and {place} disagree; compute it in one place, run both again, "
                        "or give one of them another name"
                    )
    return found


def _content(record: Record) -> Record:
    return {key: value for key, value in record.items() if key not in ("notebook", "cell")}


def shown_parts(notebook: Notebook) -> Iterator[tuple[str, Record]]:
    """(cell, part) of every sentence, table and figure that an executed notebook shows."""
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            if MIME in output.get("data", {}):
                yield cell["id"], output["data"][MIME]
