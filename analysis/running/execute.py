"""Runs notebooks through papermill, several at a time, and leaves of each what does not depend on the run.

Nothing heavy is imported here: the notebooks run in a process of their own (see `engine`), and meanwhile
the caller can import what it needs to publish them.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from analysis.running.files import temporary, write_whole
from analysis.running.stored import unsealed

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / ".build"
CACHE = "COMPENDIUM_RUN"  # the variable that tells a notebook where the run that it is part of keeps its results
PARENT = "COMPENDIUM_PARENT"  # the variable that tells a process with whose end it must end too

Kernel = Literal["forked", "ipykernel"]

# What makes the same code give the same bytes on any processor, where the processor has the feature named.
PINNED = {
    "NPY_DISABLE_CPU_FEATURES": "X86_V4",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_CORETYPE": "Haswell",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "SOURCE_DATE_EPOCH": "1795478400",  # 24 November 2026
}
OF_THE_PROCESSOR = ("NPY_DISABLE_CPU_FEATURES", "OPENBLAS_CORETYPE")  # in a receipt, not in what has to be equal
# Settings of a run that change no result: the default of each, and what it is.
SETTINGS = {
    "JOBS": (2, "how many notebooks to run at a time"),
    "CELL_SECONDS": (600, "how many seconds a cell may take"),
    "CELL_MEGABYTES": (50, "how many megabytes a cell may show"),
}
# A user's own settings, which would change what a notebook shows or which modules it finds.
REMOVED = {
    "JUPYTER_PATH",
    "JUPYTER_PREFER_ENV_PATH",
    "MATPLOTLIBRC",
    "PYTHONDONTWRITEBYTECODE",
    "PYTHONHOME",
    "PYTHONINSPECT",
    "PYTHONOPTIMIZE",
    "PYTHONPATH",
    "PYTHONSTARTUP",
    "PYTHONWARNINGS",
}
KERNEL_SETTINGS = "c.IPKernelApp.log_level = 50\nc.HistoryManager.enabled = False\n"


class RunFailed(Exception):
    """A run gave nothing to publish; the message says why, a line a fault."""


class NotebookFailed(RunFailed):
    """A notebook could not be run to its end; the message says which, where and why in a line or two."""


@dataclass(frozen=True)
class Task:
    """A notebook, the values that replace its defaults, and the tasks whose results it reads."""

    notebook: Path
    parameters: Mapping[str, Any] = field(default_factory=dict)
    needs: tuple[Task, ...] = ()

    @property
    def name(self) -> str:
        return self.notebook.stem


def environment() -> dict[str, str]:
    """Variables for a process that computes: the caller's, without what would change a result."""
    flags = _processor_flags()
    dropped = REMOVED.copy()
    if "avx2" not in flags:
        dropped.add("OPENBLAS_CORETYPE")
    if not {"avx512f", "avx512cd", "avx512vl", "avx512bw", "avx512dq"} <= flags:
        dropped.add("NPY_DISABLE_CPU_FEATURES")
    settings = BUILD / "ipython" / "profile_default" / "ipython_kernel_config.py"
    if not settings.exists():
        write_whole({settings: KERNEL_SETTINGS})
    # Empty folders of our own, so that no start-up file, style or profile of the user's is read.
    own = {
        PARENT: str(os.getpid()),
        "IPYTHONDIR": str(BUILD / "ipython"),
        "MPLCONFIGDIR": str(BUILD / "matplotlib"),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    }
    return {name: value for name, value in {**os.environ, **PINNED, **own}.items() if name not in dropped}


def fix_environment() -> None:
    """Give this very process that environment; of use only before numpy is imported."""
    fixed = environment()
    os.environ.clear()
    os.environ.update(fixed)


def _processor_flags() -> set[str]:
    if platform.machine() not in ("x86_64", "AMD64"):
        return set()
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("flags"):
                return set(line.split())
    return set()


def default_kernel() -> Kernel:
    """Cells run in the forked worker where a process with libraries loaded can safely fork, else in a real kernel."""
    asked = os.environ.get("KERNEL") or ("forked" if sys.platform == "linux" else "ipykernel")
    if asked not in ("forked", "ipykernel"):
        raise NotebookFailed(f"KERNEL={asked}: write forked or ipykernel")
    return asked  # type: ignore[return-value]


def setting(name: str) -> int:
    """A setting of the run, from the environment."""
    default, meaning = SETTINGS[name]
    asked = os.environ.get(name) or str(default)
    if not re.fullmatch("[1-9][0-9]{0,8}", asked):
        raise NotebookFailed(f"{name}={asked}: write {meaning}, a whole number from 1")
    return int(asked)


def execute(
    tasks: Sequence[Task],
    *,
    kernel: Kernel | None = None,
    jobs: int | None = None,
    cache: Path | None = None,
    while_running: Callable[[], object] = lambda: None,
    server: Server | None = None,
) -> list[str]:
    """Run every task, `jobs` at a time; the executed notebooks, cleaned, as the text of their files.

    A task is run when all that it needs is done. With a `cache` folder it is run only when something it depends on
    has changed since; what a failed run finished stays there. `while_running` is called while the notebooks run. They
    run in a process started for them, or in a `server` that has been started for the same cache.

    Raises
    ------
    NotebookFailed : the first failure of each notebook that failed, one or two lines each.
    """
    every = [*(needed for task in tasks for needed in task.needs), *tasks]
    for task in every:
        _check(task)
    with temporary(BUILD) as own:
        folder = cache or own
        kept = kept_in(every, folder)
        stale = {path: task for path, task in zip(kept, every, strict=True) if unsealed(path) is None}
        if stale:
            _run(stale, folder, kernel or default_kernel(), jobs or setting("JOBS"), while_running, server)
        _forget(folder, keep=set(kept))
        texts = [text for path in kept[len(every) - len(tasks) :] if (text := unsealed(path)) is not None]
        if len(texts) < len(tasks):
            raise NotebookFailed(f"{folder}: holds no result of some notebook; is the disk full?")
        return texts


def cached(tasks: Sequence[Task], folder: Path) -> list[str]:
    """The executed notebooks that the cache in `folder` holds for these tasks as they are now.

    Raises
    ------
    NotebookFailed : one of them has not been run.
    """
    texts = []
    for path, task in zip(kept_in(tasks, folder), tasks, strict=True):
        if (text := unsealed(path)) is None:
            raise NotebookFailed(f"{task.notebook.name}: read before it was run; only the summary reads the chapters")
        texts.append(text)
    return texts


def _check(task: Task) -> None:
    try:
        cells = json.loads(task.notebook.read_text(encoding="utf-8"))["cells"]
        tagged = sum("parameters" in cell["metadata"].get("tags", []) for cell in cells)
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise NotebookFailed(f"{task.notebook.name}: not readable as a notebook ({error})") from None
    if tagged != 1:
        raise NotebookFailed(f"{task.notebook.name}: {tagged or 'no'} cells tagged parameters; tag exactly one")


def kept_in(tasks: Sequence[Task], folder: Path) -> list[Path]:
    """Where a cache keeps each task: by a hash of its cells, parameters, code, data, lock and the tasks it needs."""
    files = [ROOT / "requirements.lock", *_files(ROOT / "data"), *_files(ROOT / "analysis")]
    shared = [_hashes(files), PINNED, sys.version_info[:2]]
    keys = [hashlib.sha256(json.dumps([shared, _own(task)]).encode()).hexdigest()[:32] for task in tasks]
    return [folder / f"{task.name}-{key}.ipynb" for task, key in zip(tasks, keys, strict=True)]


def _own(task: Task) -> list[Any]:
    cells = [
        (cell.get("id"), cell["cell_type"], "".join(cell["source"]), cell["metadata"].get("tags"))
        for cell in json.loads(task.notebook.read_text(encoding="utf-8"))["cells"]
    ]
    places = [ROOT / value for value in task.parameters.values() if isinstance(value, str)]
    studies = [  # figures of the user's own are a folder
        path if path.is_dir() else path.parent
        for path in places
        if path.is_file() or (path / "datapackage.json").is_file()
    ]
    return [cells, dict(task.parameters), [_hashes(_files(folder)) for folder in studies], [*map(_own, task.needs)]]


def _hashes(files: Iterable[Path]) -> list[tuple[str, str]]:
    return [(path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in files]


def _files(folder: Path) -> list[Path]:
    publishing = ROOT / "analysis" / "publishing"
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and publishing not in path.parents and "__pycache__" not in path.parts
    ]


def _forget(cache: Path, keep: set[Path], most: int = 60) -> None:
    """Drop all but the newest files of the cache."""
    old = sorted(set(cache.glob("*.ipynb")) - keep, key=lambda path: path.stat().st_mtime, reverse=True)
    for path in old[most:]:
        path.unlink(missing_ok=True)


class Server:
    """A process that has the libraries imported, and runs notebooks into a cache in forked children until closed."""

    def __init__(self, cache: Path, kernel: Kernel, jobs: int) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", "from analysis.running import engine; engine.serve()", kernel, str(jobs)],
            env=environment() | {CACHE: str(cache.resolve())},
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # so that its children can be ended with it
        )

    def ask(self, folder: Path) -> None:
        """Have the tasks in an exchange folder run; `answered` waits for their end."""
        with contextlib.suppress(BrokenPipeError):
            print(folder, file=self.process.stdin, flush=True)

    def answered(self) -> bool:
        """Whether the tasks came to their end, rather than the process."""
        return bool(self.process.stdout.readline())

    def close(self) -> None:
        """End the process, and whatever it still runs."""
        if self.process.returncode is None:  # else its number may be another's by now
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.communicate()


def _run(
    stale: Mapping[Path, Task],
    cache: Path,
    kernel: Kernel,
    jobs: int,
    while_running: Callable[[], object],
    warm: Server | None,
) -> None:
    """Run tasks into the files that keep them, in a process that forks a worker for each."""
    tasks = [
        {"notebook": str(task.notebook.resolve()), "parameters": dict(task.parameters), "needy": bool(task.needs)}
        | {"kept": str(path.resolve())}
        for path, task in stale.items()
    ]
    for name in SETTINGS:
        setting(name)
    with temporary(cache) as folder:
        (folder / "tasks.json").write_text(json.dumps(tasks), encoding="utf-8")
        server, ended = warm or Server(cache, kernel, jobs), False
        try:
            server.ask(folder)
            while_running()
            ended = server.answered()
        finally:
            if not warm or not ended:
                server.close()
        stems = [(task, folder / str(number)) for number, task in enumerate(stale.values())]
        failures = [_failure(task, stem) for task, stem in stems if stem.with_suffix(".error").exists()]
    if failures or not ended:
        raise NotebookFailed("\n".join(dict.fromkeys(failures)) or "the process that should run notebooks ended early")


def _failure(task: Task, stem: Path) -> str:
    try:
        error, message = json.loads(stem.with_suffix(".error").read_text(encoding="utf-8"))
    except ValueError:
        return f"{task.notebook.name}: failed, with no room left to say why; is the disk full?"
    if error in ("ParameterError", "StudyError", "NotebookFailed"):  # nothing that this notebook could mend
        return message
    cell = stem.with_suffix(".cell")
    place = f", cell {cell.read_text(encoding='utf-8')}" if cell.exists() else ""
    said = "\n".join(line[:300] for line in message.strip().splitlines()[:3])
    return f"{task.notebook.name}{place}: {error}{': ' if error and said else ''}{said}"
