"""What is published: everything in reports/ and notebooks/, built from the notebooks, checked, then written whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from analysis import parameters
from analysis.running import execute, plan, stored
from analysis.running.execute import BUILD, ROOT
from analysis.running.plan import NOTEBOOKS

REPORTS, README = ROOT / "reports", ROOT / "README.md"
MAIN_FIGURE = "counts-and-forecast"  # shown in README as well


class ReportRefused(Exception):
    """The notebooks ran, but what they say cannot be published; one line a fault."""


def overrides(file: str, assignments: Sequence[str]) -> dict[str, Any]:
    """The parameters of a run that differ from the defaults, from a file and from `name=value` assignments.

    Raises
    ------
    ParameterError : unknown to every notebook, of the wrong type, or out of range.
    """
    known = defaults()
    given = parameters.read_file(file, known) if file else {}
    return parameters.validate_overrides(given | parameters.parse_assignments(assignments, known), known)


def defaults() -> dict[str, Any]:
    """Every parameter that some notebook declares, with its default."""
    return {name: value for notebook in plan.notebooks() for name, value in plan.declared(notebook).items()}


def run(given: Mapping[str, Any], *, kernel: Any = None, cache: Path | None = BUILD / "notebooks") -> dict[str, str]:
    """Every notebook executed with the overrides that it declares: file name to text.

    Of a chapter that the study has no data for, its question is left and what it would need.
    """
    absent = plan.lacking(given)
    tasks = plan.planned(given, absent)
    texts = execute.execute(tasks, kernel=kernel, cache=cache, while_running=_import_publishing)
    found = {task.notebook.name: text for task, text in zip(tasks, texts, strict=True)}
    found |= {path.name: _question_only(path, words) for path, words in absent.items()}
    return {path.name: found[path.name] for path in plan.notebooks()}


def _question_only(path: Path, words: str) -> str:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    note = {"cell_type": "markdown", "id": "lacking", "metadata": {}, "source": [words]}
    return stored.cleaned(json.dumps({**notebook, "cells": [notebook["cells"][0], note]}))


def _import_publishing() -> None:
    """What publishing needs, imported while the notebooks run."""
    from analysis.publishing import gate, page

    page.highlighted("")
    gate.check_prose({}, {})


def published(executed: Mapping[str, str], given: Mapping[str, Any]) -> dict[str, str]:
    """The files of reports/ by name: the page, the named results, the main figure, the executed notebooks.

    Raises
    ------
    ReportRefused : a number in the prose is wrong or bound to no result, or the notebooks contradict each other.
    """
    from analysis.publishing import gate, page
    from analysis.running.chapters import collected

    notebooks = {name.removesuffix(".ipynb"): json.loads(text) for name, text in executed.items()}
    values = defaults()
    changed = {name: values[name] for name in given if given[name] != values[name]}
    dated, study = _study(values | given)
    try:
        records = collected(notebooks)
        faults = gate.check_prose(notebooks, records)
        if faults:
            raise ReportRefused("\n".join(map(str, faults)))
        shown = page.render(
            notebooks,
            records,
            parameters=values | given,
            changed_from_defaults=changed,
            provenance=_provenance(study, records),
            dated=dated,
        )
    except ValueError as error:
        raise ReportRefused(str(error)) from None
    results = json.dumps(records, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    files = {"report.html": shown, "results.json": results, f"{MAIN_FIGURE}.svg": _picture(notebooks) + "\n"}
    return files | {f"notebooks/{name}": text for name, text in executed.items()}


def _provenance(study: Mapping[str, str], records: Mapping[str, Any]) -> dict[str, Mapping[str, str]]:
    """What the results depend on besides the parameters: versions, settings, and each data file by its hash."""
    from importlib.metadata import version

    packages = ("ipykernel", "jinja2", "matplotlib", "numpy", "pandas", "papermill", "scipy", "seaborn", "statsmodels")
    named = {row["file"] for record in records.values() for row in record["data"] if "file" in row}
    return {
        "Packages": {name: version(name) for name in packages},
        "Environment": execute.PINNED,
        "Data, sha256": dict(sorted((study | {name: _sha256(ROOT / name) for name in named}).items())),
    }


def _study(values: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """The day of a study's figures, and the hash of each of its files: all that this room knows of studies."""
    from analysis.figures import load

    study = load(values["study"], as_of=values.get("as_of", ""))
    dated = max(str(observation.source.published) for observation in study.by_role("outcome").observations)
    return dated, {Path(values["study"], name).as_posix(): sha256 for name, sha256 in study.sha256.items()}


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _picture(notebooks: Mapping[str, Any]) -> str:
    from analysis.parts.part import MIME

    for notebook in notebooks.values():
        for cell in notebook["cells"]:
            for output in cell.get("outputs", ()):
                if output.get("data", {}).get(MIME, {}).get("id") == MAIN_FIGURE:
                    return "".join(output["data"]["image/svg+xml"])
    raise ReportRefused(f"no notebook shows the figure {MAIN_FIGURE!r}")


def place_of(given: Mapping[str, Any]) -> Path:
    """Where the report of a run goes: the default run to reports/, any other to a folder of its own under runs/."""
    values = defaults()
    changed = {name: value for name, value in given.items() if value != values[name]}
    if not changed:
        return REPORTS
    key = hashlib.sha256(json.dumps(changed, sort_keys=True).encode()).hexdigest()[:8]
    return REPORTS / "runs" / Path(given.get("study", values["study"])).name / key


def build(given: Mapping[str, Any]) -> Path:
    """Run what is stale and replace the report of this run as a whole; the path of its page."""
    place = place_of(given)
    stored.write_whole({place / name: text for name, text in published(run(given), given).items()})
    return place / "report.html"


def refresh() -> list[str]:
    """Run the notebooks at their defaults in real kernels, accept the outputs, and say in words what changed."""
    from analysis.publishing.citation import read_citation
    from analysis.reliability.record import recorded

    cited = read_citation(ROOT / "CITATION.cff")
    with recorded(defaults()["study"], cited["version"], date.fromisoformat(cited["dated"])) as changed:
        return changed + _accepted()


def _accepted() -> list[str]:
    from analysis.publishing.readme import quoted

    executed = run({}, kernel="ipykernel", cache=None)
    changed = []
    for name, text in executed.items():
        changed += stored.changes(name, (NOTEBOOKS / name).read_text(encoding="utf-8"), text)
    files = published(executed, {})
    readme = README.read_text(encoding="utf-8")
    try:
        bound = quoted(readme, json.loads(executed["00_summary.ipynb"]))
    except ValueError as error:
        raise ReportRefused(str(error)) from None
    if bound != readme:
        changed.append("README.md: what it quotes from the summary")
    stored.write_whole(
        {NOTEBOOKS / name: text for name, text in executed.items()}
        | {REPORTS / name: text for name, text in files.items()}
        | {README: bound}
    )
    return changed


def verify() -> list[str]:
    """Build everything again from nothing; one line for each committed file that is not the same to the byte."""
    executed = run({}, cache=None)
    built = {f"reports/{name}": text.encode() for name, text in published(executed, {}).items()}
    built |= {f"notebooks/{name}": text.encode() for name, text in executed.items()}
    committed = {
        f"{folder.name}/{name}": content
        for folder in (REPORTS, NOTEBOOKS)
        for name, content in stored.contents(folder).items()
        if not name.startswith("runs/")
    }
    return stored.differences(built, committed)
