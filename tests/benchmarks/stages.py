"""Where the time of a report goes: each stage on its own, one after the other, in seconds.

Run from the project folder: python -m tests.benchmarks.stages
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from analysis.running import execute, plan


@contextmanager
def stage(name: str) -> Iterator[None]:
    begin = time.perf_counter()
    yield
    print(f"  {name:<44}{time.perf_counter() - begin:7.2f} s", flush=True)


def main() -> None:
    execute.fix_environment()
    with stage("start a Python"):
        subprocess.run([sys.executable, "-c", ""], check=True)
    with stage("import papermill and the shell"):
        from analysis.running import engine
    with stage("import what the notebooks import"):
        engine.preload(plan.notebooks())
    with tempfile.TemporaryDirectory() as folder:
        os.environ[execute.CACHE] = folder
        tasks = plan.planned({}, ())
        kept = dict(zip([task.name for task in tasks], execute.kept_in(tasks, Path(folder)), strict=True))
        for task in [*tasks[1:], tasks[0]]:  # the summary reads what the chapters left
            with stage(f"run {task.notebook.name} in a forked worker"):
                child = os.fork()
                if not child:
                    entry = {"notebook": str(task.notebook), "parameters": {}, "kept": str(kept[task.name])}
                    engine.run(entry, "forked", Path(folder, task.name))
                    os._exit(0)
                os.waitpid(child, 0)
        done = execute.cached(tasks, Path(folder))
        texts = {f"{task.name}.ipynb": text for task, text in zip(tasks, done, strict=True)}
    with stage("import what publishing needs"):
        from analysis.publishing import report

        report._import_publishing()
    with stage("make the page and check its prose"):
        report.published(texts, {})


if __name__ == "__main__":
    main()
