"""Many runs: each in a folder of its own, computed once wherever there is a process free, and all in one table."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import os
import shutil
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from analysis import parameters
from analysis.figures import StudyError, load
from analysis.parameters import ParameterError
from analysis.running import plan
from analysis.running.chapters import Record, collected
from analysis.running.cluster import map_over, version_of
from analysis.running.execute import BUILD, ROOT, NotebookFailed, Server, default_kernel, execute, setting
from analysis.running.files import temporary, write_whole
from analysis.running.grid import Grid
from analysis.running.origin import made_from

SWEEPS = ROOT / "reports" / "runs" / "sweeps"
STATE = "run.json"  # the last file of a run to be written: a run that has it is complete
USUAL = 6.0  # seconds that a run takes, where none has been measured
BATCH = 500  # runs a row group of the Parquet file
NUMBERS = ("value", "low", "high", "interval_level")
TEXTS = ("unit", "verdict", "reason", "method", "notebook")
TYPES = {str: "string", int: "Int64", float: "float64"}
_own = threading.local()


class Computed(NamedTuple):
    """What a worker hands back: the files of a run by name, or its error; and the seconds it took."""

    files: dict[str, str]
    error: str
    seconds: float


def run_notebooks(given: Mapping[str, Any]) -> Computed:
    """One run, by a process of this worker that has the libraries imported; nothing is written but a cache.

    The files are the executed notebooks and results.json, as a report has them; there under "run" is what the results
    were made from.
    """
    begin = time.monotonic()
    files, error = {}, ""
    try:
        tasks = plan.planned(given, plan.lacking(given))
        server, cache = _warm()
        texts = execute(tasks, cache=cache, server=server)
        notebooks = {task.name: json.loads(text) for task, text in zip(tasks, texts, strict=True)}
        records = collected(notebooks)
        files = {f"notebooks/{task.notebook.name}": text for task, text in zip(tasks, texts, strict=True)}
        values = plan.defaults() | dict(given)
        described = records | {"run": made_from(values, load(values["study"], as_of=values["as_of"]), records)}
        files["results.json"] = json.dumps(described, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    except (NotebookFailed, ParameterError, StudyError) as known:
        error = str(known)
    except Exception as unforeseen:
        error = f"{type(unforeseen).__name__}: {unforeseen}"
    return Computed(files, error, time.monotonic() - begin)


def _warm() -> tuple[Server, Path]:
    """The server of this thread and its cache: started with its first run, and again should it have died."""
    if not hasattr(_own, "server") or _own.server.process.poll() is not None:
        _own.cache = contextlib.ExitStack()
        _own.folder = _own.cache.enter_context(temporary(BUILD))
        _own.server = Server(_own.folder, default_kernel(), jobs=1)
    return _own.server, _own.folder


def _version(given: Mapping[str, Any]) -> str:
    return version_of(study=given["study"]) if "study" in given else version_of()


def place_of(given: Mapping[str, Any], folder: Path) -> Path:
    """The folder of a run within that of its sweep: by a hash of the parameters that the grid gives."""
    return folder / hashlib.sha256(json.dumps(dict(given), sort_keys=True).encode()).hexdigest()[:12]


def state(given: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """What is noted of a run: "error" and "seconds"; empty when it has to be computed, again or for the first time."""
    try:
        noted = json.loads((place_of(given, folder) / STATE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return noted if noted["version"] == _version(given) else {}


def expected(grid: Grid, folder: Path, jobs: int | None = None) -> str:
    """How many runs there are, how many of them are to be computed, and how long that takes, in words."""
    runs = list(grid)
    todo = sum(state(given, folder).get("error", "new") != "" for given in runs)
    measured = [json.loads(path.read_text())["seconds"] for path in SWEEPS.glob(f"*/*/{STATE}")]
    jobs = jobs or setting("JOBS")
    seconds = todo * (statistics.median(measured) if measured else USUAL) / jobs
    return f"{len(runs):,} runs, {todo:,} to compute: {_lasting(seconds)} on {jobs} processes"


def compute(
    grid: Grid,
    folder: Path,
    *,
    scheduler: str = "",
    run: Callable[[Mapping[str, Any]], Computed] = run_notebooks,
    say: Callable[[str], None] = print,
) -> int:
    """Compute every run of the grid that is not complete yet, and say of each what became of it; how many failed.

    A run that failed keeps its error and is tried again the next time.

    Raises
    ------
    ClusterError : as `map_over`; the runs that have come to their end are kept.
    """
    todo = []
    for given in grid:
        if state(given, folder).get("error", "new"):
            todo.append(given)
        else:
            say(f"found     {_label(given)}")
    begin, failed = time.monotonic(), 0
    for done, outcome in enumerate(map_over(run, todo, scheduler=scheduler), 1):
        given = todo[outcome.number]
        computed = Computed({}, str(outcome.error), 0.0) if outcome.error else outcome.result
        place = place_of(given, folder)
        shutil.rmtree(place, ignore_errors=True)
        noted = {"parameters": given, "version": _version(given), "error": computed.error, "seconds": computed.seconds}
        files = computed.files | {STATE: json.dumps(noted, indent=1) + "\n"}
        write_whole({place / name: text for name, text in files.items()})
        left = (time.monotonic() - begin) / done * (len(todo) - done)
        failed += bool(computed.error)
        word = "failed  " if computed.error else "computed"
        say(f"{word}  {_label(given)}  ({done:,} of {len(todo):,}; {_lasting(left)} left)")
    return failed


def _label(given: Mapping[str, Any]) -> str:
    return " ".join(f"{name}={value}" for name, value in given.items())


def _lasting(seconds: float) -> str:
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


@dataclasses.dataclass(frozen=True)
class Run:
    """What is kept in memory of a run: enough for the page, whatever the number of its results."""

    given: Mapping[str, Any]
    place: Path
    error: str
    conclusions: Mapping[str, Record]
    curve: Record | None


def tabulate(grid: Grid, folder: Path) -> list[Run]:
    """Write table.parquet and table.csv, a row a run and result in the order of the grid; the runs.

    The bytes depend on the results alone. A failed run is one row, with its error and no result; a run that has not
    been computed is left out.
    """
    import fastparquet
    import pandas as pd

    kinds = {name: parameters.kind(name) for name in grid.axes}
    kinds = {"run": str} | kinds | dict.fromkeys(("error", "result"), str) | dict.fromkeys(NUMBERS, float)
    types = {name: TYPES[kind] for name, kind in (kinds | dict.fromkeys(TEXTS, str)).items()}
    parquet, lines = folder / ".table.parquet.new", folder / ".table.csv.new"
    for unfinished in (parquet, lines):
        unfinished.unlink(missing_ok=True)
    runs, waiting = [], iter(grid)
    while batch := list(islice(waiting, BATCH)):
        rows: list[dict[str, Any]] = []
        for run, records in filter(None, (_read(given, folder, grid.curve) for given in batch)):
            runs.append(run)
            about = {"run": run.place.name, **run.given, "error": run.error or None}
            rows += [about | _row(name, record) for name, record in records.items()] or [about]
        if rows:
            table = pd.DataFrame(rows, columns=list(types)).astype(types)
            begun = parquet.exists()
            fastparquet.write(str(parquet), table, compression="ZSTD", write_index=False, stats=False, append=begun)
            table.to_csv(lines, mode="a", header=not begun, index=False, lineterminator="\n")
    for written in (parquet, lines):
        if written.exists():
            os.replace(written, folder / written.stem.removeprefix("."))
    return runs


def _row(name: str, record: Record) -> dict[str, Any]:
    """A result for the table; the level of its interval is not the parameter of that name."""
    return {"result": name, "interval_level": record.get("level")} | {k: v for k, v in record.items() if k != "level"}


def _read(given: Mapping[str, Any], folder: Path, curve: str) -> tuple[Run, dict[str, Record]] | None:
    noted, place = state(given, folder), place_of(given, folder)
    if not noted:
        return None
    records = {}
    if not noted["error"]:
        records = json.loads((place / "results.json").read_text(encoding="utf-8"))
        records.pop("run", None)
    judged = {name: record for name, record in records.items() if "verdict" in record}
    conclusions = {name: record for name, record in judged.items() if not name.startswith("stability.")}  # said of them
    return Run(given, place, noted["error"], conclusions, records.get(curve)), records


@dataclasses.dataclass(frozen=True)
class Kept:
    """A conclusion of the base run: how many of the `of` runs keep its verdict, and which single choices undo it."""

    name: str
    about: str
    verdict: str
    kept: int
    of: int
    undone_by: tuple[str, ...]


def kept(runs: list[Run]) -> list[Kept]:
    """Every conclusion of the base run, which is the first, the least kept first.

    A choice undoes a conclusion when the run that differs from the base run in that alone gives another verdict.

    Parameters
    ----------
    runs : those of one study; failed ones are left out.
    """
    whole = [run for run in runs if not run.error]
    if not whole:
        return []
    base, found = whole[0], []
    for name, record in base.conclusions.items():
        others = {id(run): run.conclusions.get(name, {}).get("verdict", "not concluded") for run in whole}
        undone = [
            f"{_difference(base, run)}: {others[id(run)]}"
            for run in whole
            if others[id(run)] != record["verdict"] and _difference(base, run)
        ]
        same = sum(verdict == record["verdict"] for verdict in others.values())
        found.append(Kept(name, record["about"], record["verdict"], same, len(whole), tuple(undone)))
    return sorted(found, key=lambda each: each.kept)


def _difference(base: Run, run: Run) -> str:
    """The one parameter in which a run differs from the base run, with its value; "" where it is not one."""
    apart = [f"{name} {value}" for name, value in run.given.items() if value != base.given[name]]
    return apart[0] if len(apart) == 1 else ""


def by_study(runs: list[Run]) -> Iterator[tuple[str, list[Run]]]:
    """The runs of each study, in the order of the grid."""
    studies = dict.fromkeys(run.given.get("study", "") for run in runs)
    for study in studies:
        yield study, [run for run in runs if run.given.get("study", "") == study]
