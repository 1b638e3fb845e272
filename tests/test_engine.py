"""Forked workers: the same bytes as real kernels, nothing shared, and an end for whatever a cell does."""

import itertools
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import nbformat
import pytest

from analysis.running import engine
from analysis.running.execute import NotebookFailed, Task, execute

DISPLAYS = {
    "streams": "print('one', end=''); print(' line', flush=True); import sys; sys.stdout.write('more\\n')",
    "slow-stream": "import time; print('before', flush=True); time.sleep(0.4); print('after')",
    "between": "from IPython.display import HTML, display\nprint('a'); display(HTML('b')); print('c')\n'd'",
    "tuple": "{'a': (1, 2)}, None",
    "nothing": "x = 1; None",
    "bundle": textwrap.dedent("""
        from types import SimpleNamespace
        bundle = type('B', (), {'_repr_mimebundle_': lambda self, **_: ({'text/html': '<i>i</i>',
            'application/json': {'a': (1, 2)}, 'text/plain': 'i'}, {'text/html': {'isolated': True}})})()
        bundle
        """),
    "own-display": "type('C', (), {'_ipython_display_': lambda self: print('shown by itself')})()",
    "update": "handle = display('old', display_id=True); handle.update('new')",
    "clear": "from IPython.display import clear_output\nprint('gone'); clear_output(); print('stays')",
    "await": "import asyncio\nawait asyncio.sleep(0)\n'awaited'",
    "underscore": "_",
    "magic": "%precision 2\n1 / 3",
    "frame": "import pandas\npandas.DataFrame({'year': [2015, 2018], 'count': [153, 594]})",
    "svg": "from IPython.display import SVG\nSVG('<svg xmlns=\"http://www.w3.org/2000/svg\"/>')",
    "figure": "import matplotlib.pyplot as plt\nplt.plot([153, 462, 527, 594]);",
    "history": "In[1][:5], sorted(Out)[:2]",
    "empty": "",
    "namespace": "__name__, handle is not None, x",
}

LEAKS = """
import builtins, decimal, os, random, sys, warnings
import matplotlib, numpy, pandas
print(matplotlib.rcParams['lines.linewidth'], pandas.get_option('display.precision'))
print(numpy.geterr()['divide'], decimal.getcontext().prec, os.environ.get('LEAK'))
print(os.path.basename(os.getcwd()))
print(hasattr(builtins, 'leak'), hasattr(numpy, 'leak'), 'leak' in globals(), 'leaky' in sys.modules)
print([f[:2] for f in warnings.filters if f[0] == 'error'], sys.getrecursionlimit(), len(matplotlib.rcParams))
"""
LEAK = """
matplotlib.rcParams['lines.linewidth'] = 9; pandas.set_option('display.precision', 1)
numpy.seterr(divide='raise'); decimal.getcontext().prec = 3; os.environ['LEAK'] = 'leaked'; os.chdir('/')
builtins.leak = numpy.leak = leak = 1; sys.modules['leaky'] = numpy; warnings.simplefilter('error')
sys.setrecursionlimit(555); numpy.random.seed(1); random.seed(1)
"""


def notebook(path: Path, **cells: str) -> Task:
    """A task whose notebook has a parameters cell and these."""
    code = [nbformat.v4.new_code_cell("level: float = 0.95", id="defaults", metadata={"tags": ["parameters"]})]
    code += [nbformat.v4.new_code_cell(source, id=name.replace("_", "-")) for name, source in cells.items()]
    path.parent.mkdir(exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=code), path)
    return Task(path)


def printed(text: str, cell: str) -> str:
    found = next(c for c in json.loads(text)["cells"] if c["id"] == cell)
    return "".join(line for output in found["outputs"] for line in output.get("text", ()))


def test_forked_workers_and_real_kernels_give_the_same_bytes(tmp_path: Path) -> None:
    tasks = [
        notebook(tmp_path / "displays.ipynb", **DISPLAYS),
        notebook(tmp_path / "leaks.ipynb", show=LEAKS),
    ]
    tasks.append(Task(tasks[0].notebook, {"level": 0.9}))
    forked, real = (execute(tasks, kernel=kernel) for kernel in ("forked", "ipykernel"))
    assert forked == real
    assert printed(forked[0], "slow-stream") == "before\nafter\n"
    figure = next(c for c in json.loads(forked[0])["cells"] if c["id"] == "figure")
    assert "image/png" in figure["outputs"][0]["data"]
    assert json.loads(forked[2])["cells"][1]["id"] == "injected-parameters"


def test_nothing_passes_between_notebooks_in_any_order(tmp_path: Path) -> None:
    names = ("a", "b", "c")
    tasks = {
        name: notebook(tmp_path / "notebooks" / f"{name}.ipynb", show=LEAKS, leak=LEAK + f"'{name}'", again=LEAKS)
        for name in names
    }
    alone = {name: execute([task], kernel="forked")[0] for name, task in tasks.items()}
    assert "leaked" in printed(alone["a"], "again"), "the planted leak shows inside its own notebook"
    assert "leaked" not in printed(alone["a"], "show")
    for order in itertools.permutations(names):
        together = execute([tasks[name] for name in order], kernel="forked", jobs=1)
        assert together == [alone[name] for name in order]


def test_unseeded_random_numbers_differ_between_workers(tmp_path: Path) -> None:
    draws = "import random, numpy\nprint(random.random())\nprint(numpy.random.random())"
    tasks = [notebook(tmp_path / f"{name}.ipynb", draws=draws) for name in "ab"]
    first, second = (printed(text, "draws").split() for text in execute(tasks, kernel="forked"))
    assert not set(first) & set(second)


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("import os; os._exit(3)", "its process ended with status 3"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "its process was killed by SIGKILL"),
        ("import ctypes; ctypes.string_at(0)", "its process was killed by SIGSEGV"),
    ],
)
def test_a_crash_is_a_failed_notebook(tmp_path: Path, cell: str, why: str) -> None:
    with pytest.raises(NotebookFailed, match=f"^crash.ipynb, cell the-crash: {why}$"):
        execute([notebook(tmp_path / "crash.ipynb", the_crash=cell)], kernel="forked")


def test_a_crash_of_a_real_kernel_is_a_failed_notebook(tmp_path: Path) -> None:
    task = notebook(tmp_path / "crash.ipynb", the_crash="import os; os._exit(3)")
    with pytest.raises(NotebookFailed, match=r"^crash\.ipynb, cell the-crash: DeadKernelError: Kernel died$"):
        execute([task], kernel="ipykernel")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_every_worker_ends_with_the_run(tmp_path: Path, number: signal.Signals) -> None:
    cell = "import os, pathlib, time\npathlib.Path(f'{os.getpid()}.pid').touch(); time.sleep(60)"
    tasks = [notebook(tmp_path / f"{name}.ipynb", wait=cell) for name in "ab"]
    program = (
        "import signal, sys, pathlib; from analysis.running.execute import Task, execute; "
        "signal.signal(signal.SIGINT, signal.default_int_handler); "  # a test run in the background ignores it
        "execute([Task(pathlib.Path(p)) for p in sys.argv[1:]], kernel='forked')"
    )
    arguments = [sys.executable, "-c", program, *(str(task.notebook) for task in tasks)]
    run = subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while len(workers := [int(path.stem) for path in tmp_path.glob("*.pid")]) < 2:
        assert time.monotonic() < deadline, "the workers did not start"
        time.sleep(0.05)
    run.send_signal(number)
    assert ("KeyboardInterrupt" in run.communicate(timeout=30)[1]) == (number == signal.SIGINT)
    while any(alive(worker) for worker in workers):
        assert time.monotonic() < deadline, "a worker outlived the interrupt"
        time.sleep(0.05)


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{process}/stat")
    return not (status.exists() and status.read_text().rsplit(")", 1)[1].split()[0] == "Z")


def test_imports_are_taken_from_the_cells_and_nothing_else_is_run(tmp_path: Path) -> None:
    task = notebook(
        tmp_path / "imports.ipynb",
        plain="import this_is_nowhere\nimport colorsys as c\nraise SystemExit",
        magic="%matplotlib inline\nimport tabnanny",
        inside="if False:\n    from stringprep import in_table_a1",
    )
    for name in ("colorsys", "stringprep", "tabnanny"):
        sys.modules.pop(name, None)
    engine.preload([task.notebook])
    assert {"colorsys", "stringprep"} <= set(sys.modules)
    assert "tabnanny" not in sys.modules


def test_preloading_leaves_to_the_cell_what_cannot_be_imported(tmp_path: Path) -> None:
    task = notebook(tmp_path / "lost.ipynb", lost="import a_module_that_nobody_wrote")
    why = "^lost.ipynb, cell lost: ModuleNotFoundError: No module named 'a_module_that_nobody_wrote'$"
    with pytest.raises(NotebookFailed, match=why):
        execute([task], kernel="forked")


@pytest.mark.parametrize("kernel", ["forked", "ipykernel"])
def test_importing_all_of_the_package_changes_no_global_state(kernel: str, tmp_path: Path) -> None:
    every = """
import importlib, pkgutil, analysis
for module in pkgutil.walk_packages(analysis.__path__, 'analysis.'):
    if 'publishing' not in module.name and '__main__' not in module.name:
        importlib.import_module(module.name)
"""
    task = notebook(tmp_path / "all.ipynb", before=LEAKS, imports=every, after=LEAKS)
    text = execute([task], kernel=kernel)[0]
    assert printed(text, "before") == printed(text, "after") != ""
