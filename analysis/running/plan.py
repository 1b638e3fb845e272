"""Which notebooks there are, and with which parameters a run executes each."""

from __future__ import annotations

import ast
import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from analysis.figures import load
from analysis.running.execute import ROOT, Task

NOTEBOOKS = ROOT / "notebooks"
MEANINGS = {
    "claims": "the claims of an article, in claims.yml",
    "comparison": "a series to set beside the counts, one with the role comparison in datapackage.json",
}


def notebooks() -> list[Path]:
    """The notebooks in reading order: the summary, then the chapters."""
    return sorted(NOTEBOOKS.glob("[0-9]*.ipynb"))


def declared(notebook: Path) -> dict[str, Any]:
    """The parameters that a notebook declares, each with its default."""
    found = {}
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        if "parameters" in cell["metadata"].get("tags", []):
            for node in ast.parse("".join(cell["source"])).body:
                if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
                    found[node.target.id] = ast.literal_eval(node.value)
    return found


def defaults() -> dict[str, Any]:
    """Every parameter that some notebook declares, with its default."""
    return {name: value for notebook in notebooks() for name, value in declared(notebook).items()}


def lacking(given: Mapping[str, Any]) -> dict[Path, str]:
    """Each chapter that the study of a run has no data for, and what it would need, in a sentence.

    A notebook says what it needs in its metadata: ``"needs": ["comparison"]``, roles of series, or "claims".

    Raises
    ------
    StudyError : the study cannot be read.
    """
    wanted = {path: json.loads(path.read_text(encoding="utf-8"))["metadata"].get("needs", []) for path in notebooks()}
    if not any(wanted.values()):
        return {}
    values = declared(notebooks()[0]) | dict(given)
    study = load(values["study"], as_of=values["as_of"])
    there = {series.role for series in study.series.values()} | ({"claims"} if study.claims else set())
    return {
        path: f"This chapter needs {MEANINGS[missing[0]]}, and the study has none."
        for path, needs in wanted.items()
        if (missing := [need for need in needs if need not in there])
    }


def planned(given: Mapping[str, Any], absent: Collection[Path]) -> list[Task]:
    """One task a notebook, in reading order: the chapters as they are, the summary when they are done.

    A parameter that has its default is left out, so a value given in words is the same run. `absent` are the chapters
    that the study has no data for, as `lacking` gives them.
    """
    summary, *chapters = notebooks()
    tasks = tuple(Task(path, _changed(path, given)) for path in chapters if path not in absent)
    return [Task(summary, _changed(summary, given), needs=tasks), *tasks]


def _changed(notebook: Path, given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: given[name] for name, value in declared(notebook).items() if given.get(name, value) != value}
