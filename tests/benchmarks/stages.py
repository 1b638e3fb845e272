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

from analysis.running import execute


@contextmanager
def stage(name: str) -> Iterator[None]:
    begin = time.perf_counter()
    yield
    print(f"  {name:<44}{time.perf_counter() - begin:7.2f} s", flush=True)


def main() -> None:
    execute.settle()
    notebooks = sorted(Path("notebooks").resolve().glob("[0-9]*.ipynb"))
    with stage("start a Python"):
        subprocess.run([sys.executable, "-c", ""], check=True)
    with stage("import papermill and the shell"):
        from analysis.running import engine
    with stage("import what the notebooks import"):
        engine.preload(notebooks)
    with tempfile.TemporaryDirectory() as folder:
        for number, path in enumerate(notebooks):
            with stage(f"run {path.name} in a forked worker"):
                child = os.fork()
                if not child:
                    engine.run({"notebook": str(path), "parameters": {}}, "forked", Path(folder, str(number)))
                    os._exit(0)
                os.waitpid(child, 0)
        texts = {p.name: Path(folder, f"{n}.ipynb").read_text(encoding="utf-8") for n, p in enumerate(notebooks)}
    with stage("import nbconvert and the template"):
        from analysis.publishing import report

        report._import_renderer()
    with stage("make the page and check its prose"):
        report.published(texts, {})


if __name__ == "__main__":
    main()
