"""What is published: everything in reports/ and notebooks/, built from the notebooks, checked, then written whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from analysis import parameters
from analysis.figures.datapackage import load
from analysis.publish import execute, stored
from analysis.publish.execute import BUILD, ROOT, Task

NOTEBOOKS, REPORTS, README = ROOT / "notebooks", ROOT / "reports", ROOT / "README.md"
MAIN_FIGURE = "counts-and-forecast"  # shown in README as well


class ReportRefused(Exception):
    """The notebooks ran, but what they say cannot be published; one line a fault."""


def notebooks() -> list[Path]:
    """The notebooks in reading order."""
    return sorted(NOTEBOOKS.glob("[0-9]*.ipynb"))


def declared(notebook: Path) -> list[str]:
    """Names of the parameters that a notebook declares."""
    return parameters.declared_parameters(json.loads(notebook.read_text(encoding="utf-8")))


def overrides(file: str, assignments: Sequence[str]) -> dict[str, Any]:
    """The parameters of a run that differ from the defaults, from a file and from `name=value` assignments.

    Raises
    ------
    ParameterError : unknown to every notebook, of the wrong type, or out of range.
    """
    known = {name for notebook in notebooks() for name in declared(notebook)}
    given = parameters.read_file(file, known) if file else {}
    return parameters.validate_overrides(given | parameters.parse_assignments(assignments, known), known)


def run(given: Mapping[str, Any], *, kernel: Any = None, cache: Path | None = BUILD / "notebooks") -> dict[str, str]:
    """Every notebook executed with the overrides that it declares: file name to text."""
    tasks = [Task(path, {name: given[name] for name in declared(path) if name in given}) for path in notebooks()]
    texts = execute.execute(tasks, kernel=kernel, cache=cache, meanwhile=_import_renderer)
    return {task.notebook.name: text for task, text in zip(tasks, texts, strict=True)}


def _import_renderer() -> None:
    """What publishing needs, imported while the notebooks run."""
    from analysis.publish import gate, render  # noqa: F401


def published(executed: Mapping[str, str], given: Mapping[str, Any]) -> dict[str, str]:
    """The files of reports/ by name: the page, the named results, the main figure, the executed notebooks.

    Raises
    ------
    ReportRefused : a number in the prose is wrong or bound to no result, or the notebooks contradict each other.
    """
    import nbformat

    from analysis.publish import gate, register, render

    nodes = [nbformat.reads(text, as_version=4) for text in executed.values()]
    defaults = {name: p.default for name, p in parameters.SPECIFICATION.items()}
    try:
        records = register.collect_results(nodes)
        page = render.render(
            nodes,
            parameters=defaults | given,
            changed_from_defaults={name: defaults[name] for name in given if given[name] != defaults[name]},
            provenance=provenance(given.get("data_package", defaults["data_package"])),
        )
    except ValueError as error:
        raise ReportRefused(str(error)) from None
    faults = gate.check_prose(page, records)
    if faults:
        raise ReportRefused("\n".join(map(str, faults)))
    results = json.dumps(records, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    files = {"report.html": page, "results.json": results, f"{MAIN_FIGURE}.svg": _picture(nodes) + "\n"}
    return files | {f"notebooks/{name}": text for name, text in executed.items()}


def provenance(data_package: str) -> dict[str, Any]:
    """What the result depends on besides the parameters, and the day on which its figures were published."""
    from importlib.metadata import version

    packages = (
        "ipykernel",
        "matplotlib",
        "nbconvert",
        "numpy",
        "pandas",
        "papermill",
        "scipy",
        "seaborn",
        "statsmodels",
    )
    data = {
        path.relative_to(ROOT).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((ROOT / "data").rglob("*.*"))
    }
    outcome = load(data_package).by_role("outcome")
    return {
        "dated": max(observation.source.published for observation in outcome.observations),
        "Packages": {name: version(name) for name in packages},
        "Environment": execute.PINNED,
        "Data, sha256": data,
    }


def _picture(nodes: Sequence[Any]) -> str:
    from analysis.charts.theme import MIME

    for node in nodes:
        for cell in node.cells:
            for output in cell.get("outputs", []):
                data = output.get("data", {})
                if data.get(MIME, {}).get("id") == MAIN_FIGURE:
                    return data["image/svg+xml"]
    raise ReportRefused(f"no notebook shows the figure {MAIN_FIGURE!r}")


def build(given: Mapping[str, Any]) -> None:
    """Run what is stale and replace reports/ as a whole."""
    stored.write_whole({REPORTS / name: text for name, text in published(run(given), given).items()})


def refresh() -> list[str]:
    """Run the notebooks at their defaults in real kernels, accept the outputs, and say in words what changed."""
    from analysis.publish import gate

    executed = run({}, kernel="ipykernel", cache=None)
    changed = []
    for name, text in executed.items():
        changed += stored.changes(name, (NOTEBOOKS / name).read_text(encoding="utf-8"), text)
    files = published(executed, {})
    readme = README.read_text(encoding="utf-8")
    bound = gate.bind_readme(readme, json.loads(files["results.json"]))
    if bound != readme:
        changed.append("README.md: numbers written again from the results")
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
    }
    return stored.differences(built, committed)
