"""A papermill engine that runs the cells in forked workers of a process that has the libraries imported.

Most of the time a notebook takes is the start of its kernel and the same imports again. Here one fresh
process imports what the notebooks import, once; each notebook then runs in a child forked from it, in the
shell that ipykernel uses, and papermill executes and records as always. Nothing passes from one notebook
to another: a child is forked before any thread has started, keeps the state of a process that has imported
modules and done nothing else, and ends with its notebook.

Two things differ from a kernel. A module that another notebook imports is in `sys.modules` already, so a
forgotten import can pass here; and what C code writes below Python is not caught. Both show in the check
of the stored outputs, which always uses real kernels.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import gc
import importlib
import io
import json
import os
import random
import select
import signal
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import papermill
from ipykernel.compiler import XCachingCompiler
from ipykernel.zmqshell import ZMQInteractiveShell
from jupyter_client.session import Session
from jupyter_core.utils import run_sync
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, papermill_engines
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from analysis.running.execute import PARENT, setting
from analysis.running.files import write
from analysis.running.stored import cleaned, sealed

# Imported on first use by what notebooks show, so no import statement names them.
ON_FIRST_USE = (
    "matplotlib.backends.backend_svg",
    "matplotlib.backends.backend_agg",
    "pandas.io.formats.html",
)
BUFFER = 65_536  # characters of a stream that are shown together


class OutputTooLarge(Exception):
    """A cell shows more than a run allows."""

    def __init__(self) -> None:
        super().__init__(f"more than CELL_MEGABYTES={setting('CELL_MEGABYTES')}; show less, or allow more")


class KernelClient(PapermillNotebookClient):
    """papermill's client of a kernel, which stops a cell while it shows too much, not when it has ended."""

    def execute_cell(self, cell: Any, cell_index: int, **kwargs: Any) -> Any:
        self.left = setting("CELL_MEGABYTES") * 1e6
        try:
            return super().execute_cell(cell, cell_index, **kwargs)
        except Exception:
            if self.left >= 0:
                raise
            raise OutputTooLarge from None  # the kernel lives, but nobody waits for it any more

    def process_message(self, msg: Any, cell: Any, cell_index: int) -> Any:
        self.left -= len(json.dumps(msg["content"]))
        if self.left < 0:
            return self.stop()
        return super().process_message(msg, cell, cell_index)

    def stop(self) -> None:
        self.task_poll_for_reply.cancel()


class Recorder(Session):
    """The session of a kernel that hands its messages to `show` instead of sending them."""

    show: Callable[[dict[str, Any]], object]

    def send(self, stream: Any, msg_or_type: Any, content: Any = None, *args: Any, **kwargs: Any) -> None:
        message = msg_or_type if isinstance(msg_or_type, dict) else self.msg(msg_or_type, content)
        message["content"] = self.unpack(self.pack(message["content"]))  # as if it had travelled
        self.show({**message, "msg_type": message["header"]["msg_type"]})


class Stream(io.TextIOBase):
    """Standard output or standard error of the cell that runs."""

    encoding = "utf-8"

    def __init__(self, recorder: Recorder, name: str) -> None:
        self.recorder, self.name, self.pending = recorder, name, io.StringIO()

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        size = self.pending.write(text)
        if self.pending.tell() > BUFFER:
            self.flush()
        return size

    def flush(self) -> None:
        text, self.pending = self.pending.getvalue(), io.StringIO()
        if text:
            self.recorder.send(None, "stream", {"name": self.name, "text": text})


class ShellClient(KernelClient):
    """Runs cells in ipykernel's shell in this very process; the messages are read as a kernel's are."""

    def execute(self, **kwargs: Any) -> Any:
        self.reset_execution_trackers()
        self.recorder = Recorder()
        # History is a database in the user's folder: of no use to a run, and slow.
        self.shell = ZMQInteractiveShell.instance(
            config=Config({"HistoryManager": {"enabled": False}}), compiler_class=XCachingCompiler
        )
        self.shell.displayhook.session = self.shell.display_pub.session = self.recorder
        with (
            contextlib.redirect_stdout(Stream(self.recorder, "stdout")),
            contextlib.redirect_stderr(Stream(self.recorder, "stderr")),
        ):
            self.papermill_execute_cells()
        return self.nb

    def execute_cell(self, cell: Any, cell_index: int, **kwargs: Any) -> Any:
        self.on_cell_start(cell=cell, cell_index=cell_index)
        if cell.cell_type != "code" or not cell.source.strip():
            return cell
        self.left = setting("CELL_MEGABYTES") * 1e6
        self.clear_before_next_output = False
        cell.outputs, cell.execution_count = [], self.shell.execution_count
        self.recorder.show = functools.partial(self.process_message, cell=cell, cell_index=cell_index)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)  # ends this process, also where no Python runs
        signal.alarm(setting("CELL_SECONDS"))
        result = self.shell.run_cell(cell.source, store_history=True, cell_id=cell.id)
        signal.alarm(0)
        sys.stdout.flush()
        sys.stderr.flush()
        error = result.error_before_exec or result.error_in_exec
        if error:
            content = {"status": "error", "ename": type(error).__name__, "evalue": str(error)}
            reply = {"content": {**content, "traceback": self.shell._last_traceback or []}}
            run_sync(self._check_raise_for_error)(cell, cell_index, reply)
        return cell

    def stop(self) -> None:
        self.left = float("inf")  # the error is shown
        raise OutputTooLarge


class KernelEngine(Engine):
    """papermill's engine for a kernel of its own."""

    client = KernelClient

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **kwargs: Any) -> Any:
        wanted = {"timeout": kwargs["execution_timeout"], "on_cell_start": kwargs["on_cell_start"]}
        return cls.client(nb_man, kernel_name=kernel_name, **wanted).execute()


class ForkedEngine(KernelEngine):
    """The same for a worker that `serve` has forked: it leaves its process used up."""

    client = ShellClient


papermill_engines.register("ipykernel", KernelEngine)
papermill_engines.register("forked", ForkedEngine)


def preload(notebooks: Iterable[Path]) -> None:
    """Run the imports of the notebooks; what fails here fails again, and is reported, in its cell."""
    for path in notebooks:
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            try:
                tree = ast.parse("".join(cell["source"]) if cell["cell_type"] == "code" else "")
            except SyntaxError:  # a magic, or the author's mistake: running the cell will say
                continue
            for node in ast.walk(tree):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    with contextlib.suppress(Exception):
                        exec(ast.unparse(node), {})
    for module in ON_FIRST_USE:
        if module.partition(".")[0] in sys.modules:
            importlib.import_module(module)


def run(task: dict[str, Any], engine: str, stem: Path) -> bool:
    """Execute one notebook through papermill into the file that keeps it; an error is left in files named `stem`.*"""

    def note(cell: Any, **_: Any) -> None:
        stem.with_suffix(".cell").write_text(cell.get("id", ""), encoding="utf-8")

    source = Path(task["notebook"])
    try:
        executed = papermill.execute_notebook(
            papermill.iorw.nbformat.read(source, as_version=4),
            None,
            parameters=task["parameters"],
            engine_name=engine,
            kernel_name="python3",
            language="python",
            cwd=source.parent,
            progress_bar=False,
            on_cell_start=note,
            execution_timeout=setting("CELL_SECONDS"),
        )
        draft = stem.with_suffix(".kept")
        write(draft, sealed(cleaned(papermill.iorw.nbformat.writes(executed))))
        os.replace(draft, task["kept"])
        return True
    except PapermillExecutionError as error:
        failure = [error.ename, error.evalue]
    except Exception as error:
        failure = ["", too_long()] if type(error).__name__ == "CellTimeoutError" else [type(error).__name__, str(error)]
    stem.with_suffix(".kept").unlink(missing_ok=True)  # room to say so, on a full disk
    stem.with_suffix(".error").write_text(json.dumps(failure), encoding="utf-8")
    return False


def too_long() -> str:
    return f"took longer than CELL_SECONDS={setting('CELL_SECONDS')}; make it quicker, or allow more"


def become_worker() -> None:
    """What a new process would have and a forked one has not: fresh generators and an argv of its own."""
    os.dup2(2, 1)  # standard output is for the answers of `serve`
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
    sys.argv = ["notebook"]
    sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115


def serve() -> None:
    """Entry point of the process that `execute.Server` starts: kind of kernel, jobs; one exchange folder a line.

    Each line is answered when the notebooks in that folder have come to their end. When nobody is left to ask, it ends.
    """
    end_with_parent()
    kernel, jobs = sys.argv[1], int(sys.argv[2])
    for line in sys.stdin:
        folder = Path(line.rstrip("\n"))
        os.environ["JUPYTER_RUNTIME_DIR"] = str(folder)  # nothing of a kernel stays behind
        tasks = list(enumerate(json.loads((folder / "tasks.json").read_text(encoding="utf-8"))))
        if kernel == "forked":
            preload(Path(task["notebook"]) for _, task in tasks)
        gc.collect()
        gc.freeze()  # the collector of a child must not touch, and so copy, every page it shares
        for needy in (False, True):
            if not _fork_each([item for item in tasks if item[1]["needy"] == needy], kernel, folder, jobs):
                break
        with contextlib.suppress(BrokenPipeError):  # who asked is gone
            print(flush=True)


def end_with_parent() -> None:
    """Go on in a child; stay behind to end it, and its own, when the process that started this one has ended."""
    closes, open_while_alive = os.pipe()
    child = os.fork()
    if not child:
        os.close(closes)
        return
    os.close(open_while_alive)
    while not (ended := os.waitpid(child, os.WNOHANG))[0]:
        if os.getppid() != int(os.environ[PARENT]):
            os.killpg(0, signal.SIGKILL)
        select.select([closes], [], [], 0.2)
    os._exit(os.waitstatus_to_exitcode(ended[1]) & 255)


def _fork_each(waiting: list[tuple[int, dict[str, Any]]], engine: str, folder: Path, jobs: int) -> bool:
    """One forked child a notebook, `jobs` at a time, no further one after a failure; whether all came to their end."""
    running, failed = {}, False
    while running or (waiting and not failed):
        while waiting and not failed and len(running) < jobs:
            number, task = waiting.pop(0)
            stem = folder / str(number)
            child = os.fork()
            if not child:
                status = 70  # whatever leaves this block other than by its end
                try:
                    become_worker()
                    status = 0 if run(task, engine, stem) else 1
                finally:
                    os._exit(status)
            running[child] = stem
        child, status = os.wait()
        stem = running.pop(child)
        failed = failed or status != 0
        if status and not stem.with_suffix(".error").exists():
            code = os.waitstatus_to_exitcode(status)
            end = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with status {code}"
            told = too_long() if code == -signal.SIGALRM else f"its process {end}"
            with contextlib.suppress(OSError):  # on a full disk, that there is no result has to say it
                stem.with_suffix(".error").write_text(json.dumps(["", told]), encoding="utf-8")
    return not failed
