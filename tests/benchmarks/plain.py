"""The limit: the notebooks' code as a plain script in two processes, without papermill, kernel or shell.

Run from the project folder: python -m tests.benchmarks.plain OUTPUT
Half of the chapters run here and half in a second process; this one then runs the summary and makes the page.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import IPython.display

OUTPUTS: list[dict[str, Any]] = []  # of the cell that runs


def display(value: Any, *, raw: bool = False, metadata: dict[str, Any] | None = None) -> None:
    """What IPython's display does, for what the notebooks show."""
    if hasattr(value, "_ipython_display_"):
        value._ipython_display_()
        return
    if not raw:
        has_bundle = hasattr(value, "_repr_mimebundle_")
        value = value._repr_mimebundle_() if has_bundle else {"text/plain": repr(value)}
        if isinstance(value, tuple):
            value, metadata = value
    OUTPUTS.append({"output_type": "display_data", "metadata": metadata or {}, "data": value})


def run(path: Path) -> str:
    """The notebook with the outputs of its code, run as a script."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    names: dict[str, Any] = {"__name__": "__main__"}
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for count, cell in enumerate(code, 1):
        OUTPUTS.clear()
        body = ast.parse("".join(cell["source"])).body
        last = ast.Expression(body.pop().value) if body and isinstance(body[-1], ast.Expr) else None
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(compile(ast.Module(body, []), path.name, "exec"), names)
            value = eval(compile(last, path.name, "eval"), names) if last else None
        if printed.getvalue():
            OUTPUTS.append({"output_type": "stream", "name": "stdout", "text": printed.getvalue()})
        if value is not None:
            display(value)
        cell["outputs"], cell["execution_count"] = OUTPUTS.copy(), count
    return json.dumps(notebook)


def part(paths: list[Path]) -> dict[str, str]:
    folder = Path.cwd()
    os.chdir("notebooks")
    IPython.display.display = display
    texts = {path.name: run(path) for path in paths}
    os.chdir(folder)
    return texts


def main() -> None:
    summary, *paths = sorted(Path("notebooks").resolve().glob("[0-9]*.ipynb"))
    if sys.argv[1:] == ["second half"]:
        json.dump(part(paths[1::2]), sys.stdout)
        return
    command = [sys.executable, "-m", "tests.benchmarks.plain", "second half"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as second:
        texts = part(paths[::2]) | json.loads(second.communicate()[0])
    from analysis.parts.results import Results
    from analysis.publishing import report
    from analysis.running import chapters

    stored = {Path(name).stem: json.loads(text) for name, text in sorted(texts.items())}
    chapters.results_of_chapters = lambda parameters: Results(chapters.collected(stored))
    files = report.published(part([summary]) | dict(sorted(texts.items())), {})
    Path(sys.argv[1]).write_text(files["report.html"], encoding="utf-8")


if __name__ == "__main__":
    main()
