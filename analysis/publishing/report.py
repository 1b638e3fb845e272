"""What is published: everything in reports/ and notebooks/, built from the notebooks, checked, then replaced as one."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from analysis import parameters
from analysis.running import execute, files, manifest, plan, stored
from analysis.running.execute import BUILD, ROOT
from analysis.running.plan import NOTEBOOKS

REPORTS, README = ROOT / "reports", ROOT / "README.md"
READ = ("notebooks", "analysis", "data/benchmark", "requirements.lock", "CITATION.cff")  # by each run, and its study
RUN = "run"  # in results.json, beside the results: what they were made from
MAIN_FIGURE = "counts-and-forecast"  # shown in README as well
WORKBOOK = "report.xlsx"


class ReportRefused(execute.RunFailed):
    """The notebooks ran, but what they say cannot be published; one line a fault."""


def overrides(file: str, assignments: Sequence[str]) -> dict[str, Any]:
    """The parameters of a run that differ from the defaults, from a file and from `name=value` assignments.

    Raises
    ------
    ParameterError : unknown to every notebook, of the wrong type, or out of range.
    """
    known = plan.defaults()
    given = parameters.read_file(file, known) if file else {}
    given = parameters.validate_overrides(given | parameters.parse_assignments(assignments, known), known)
    return {name: value for name, value in given.items() if value != known[name]}


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


def published(executed: Mapping[str, str], given: Mapping[str, Any]) -> dict[str, str | bytes]:
    """The files of reports/ by name: page, named results, workbook, main figure, executed notebooks, and their record.

    Raises
    ------
    ReportRefused : a number in the prose is wrong or bound to no result, or the notebooks contradict each other.
    """
    from analysis.figures import load
    from analysis.publishing import crate, gate, page
    from analysis.publishing.citation import read_citation
    from analysis.publishing.workbook import data_rows, workbook
    from analysis.running.chapters import collected
    from analysis.running.origin import made_from, packages

    notebooks = {name.removesuffix(".ipynb"): json.loads(text) for name, text in executed.items()}
    defaults = plan.defaults()
    values = defaults | given
    study = load(values["study"], as_of=values.get("as_of", ""))
    dated = max(str(observation.source.published) for observation in study.by_role("outcome").observations)
    try:
        records = collected(notebooks)
        faults = gate.check_prose(notebooks, records)
        if faults:
            raise ReportRefused("\n".join(map(str, faults)))
        origin = made_from(values, study, records)
        data = origin["sha256"]
        shown = page.render(
            notebooks,
            records,
            parameters=values,
            changed_from_defaults={name: defaults[name] for name in given},
            provenance={
                "Packages": packages(),
                "Environment": {n: v for n, v in execute.PINNED.items() if n not in execute.OF_THE_PROCESSOR},
                "Data, sha256": {name: data[name] for name in sorted(data) if name != "requirements.lock"},
            },
            dated=dated,
            workbook=WORKBOOK,
            subject=study.title,
            question=study.words.question,
        )
    except ValueError as error:
        raise ReportRefused(str(error)) from None
    results = json.dumps(records | {RUN: origin}, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    found = {"report.html": shown, "results.json": results, f"{MAIN_FIGURE}.svg": _picture(notebooks) + "\n"}
    found |= {f"notebooks/{name}": text for name, text in executed.items()}
    found[WORKBOOK] = workbook(records, data_rows(study), title=study.title, dated=dated)
    found[crate.NAME] = crate.crate(
        found,
        main="notebooks/00_summary.ipynb",
        inputs=data,
        parameters=values,
        versions=packages(),
        citation=read_citation(ROOT / "CITATION.cff"),
    )
    return found


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


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
    if not given:
        return REPORTS
    key = hashlib.sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()[:8]
    return REPORTS / "runs" / Path((plan.defaults() | given)["study"]).name / key


def build(file: str, assignments: Sequence[str]) -> str:
    """Run what is stale and replace the report of this run as a whole; one line that says what was done.

    Raises
    ------
    ParameterError, StudyError, NotebookFailed, ReportRefused, OSError : with the report as it was.
    """
    request = [*(["--params", file] if file else []), *assignments]
    with _alone():
        said = manifest.unchanged(request)
        if said:
            return said
        given = overrides(file, assignments)
        study = ROOT / (plan.defaults() | given)["study"]
        read = [*READ, str(study if study.is_dir() else study.parent), *([os.path.abspath(file)] if file else [])]
        inputs = manifest.tree(read)  # what is changed from now on is a change
        place = place_of(given)
        found = published(run(given), given)
        done = _publish(place, found, {})
        here = place.relative_to(ROOT)
        page, parts = f"{here}/report.html", _parts(here, found)
        entry = {
            "page": page,
            "inputs": {"paths": read, "sha256": inputs},
            "outputs": {"paths": parts, "sha256": manifest.tree(parts)},
        }
        files.write_whole({Path(manifest.path_of(request)): json.dumps(entry, indent=1, sort_keys=True) + "\n"})
    return f"{page}: {done}"


def _parts(place: Path, names: Iterable[str]) -> list[str]:
    """The files and folders in `place` that hold these files."""
    return sorted({str(place / Path(name).parts[0]) for name in names})


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """One run at a time; it begins with what a run that was killed was about to publish."""
    with files.held(BUILD / "lock"):
        files.heal(Path(manifest.JOURNAL))
        yield


def _publish(place: Path, found: Mapping[str, str | bytes], others: Mapping[Path, str]) -> str:
    """Replace what is published, if it differs; what was done, in words."""
    there = manifest.tree(_parts(place, found))
    changed = [name for name, text in found.items() if there.pop(str(place / name), "") != _digest(files.encoded(text))]
    if changed or there or others:
        files.publish(Path(manifest.JOURNAL), place, found, others)
    gone = f", {len(there)} no longer there" if there else ""
    return f"{len(changed)} of {len(found)} files are new{gone}" if changed or there else "every byte is as it was"


def refresh() -> list[str]:
    """Run the notebooks at their defaults in real kernels, accept the outputs, and say in words what changed."""
    from analysis.publishing.citation import read_citation
    from analysis.reliability.record import recorded

    cited = read_citation(ROOT / "CITATION.cff")
    with recorded(plan.defaults()["study"], cited["version"], date.fromisoformat(cited["dated"])) as changed:
        return changed + _accepted()


def _accepted() -> list[str]:
    from analysis.publishing.readme import quoted
    from analysis.running import compare

    with _alone():
        executed = run({}, kernel="ipykernel", cache=None)
        found = published(executed, {})
        before = REPORTS / "results.json"
        changed = compare.differing(
            before.read_bytes() if before.exists() else b"{}", files.encoded(found["results.json"])
        )
        for name, text in executed.items():
            cells = stored.changed_cells((NOTEBOOKS / name).read_text(encoding="utf-8"), text)
            changed += [f"{name}: cell {cell} shows something else" for cell in cells]
        readme = README.read_text(encoding="utf-8")
        try:
            bound = quoted(readme, json.loads(executed["00_summary.ipynb"]))
        except ValueError as error:
            raise ReportRefused(str(error)) from None
        if bound != readme:
            changed.append("README.md: what it quotes from the summary")
        _publish(REPORTS, found, {NOTEBOOKS / name: text for name, text in executed.items()} | {README: bound})
    return changed


def rebuilt() -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Everything that is committed in reports/ and notebooks/, built again from nothing; and as it is committed."""
    with _alone():
        executed = run({}, cache=None)
        built = {f"reports/{name}": files.encoded(content) for name, content in published(executed, {}).items()}
        built |= {f"notebooks/{name}": text.encode() for name, text in executed.items()}
        committed = {
            f"{folder.name}/{name}": content
            for folder in (REPORTS, NOTEBOOKS)
            for name, content in stored.contents(folder).items()
            if not name.startswith("runs/")
        }
    return built, committed
