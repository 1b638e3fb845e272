"""Running notebooks: what is refused, what a failure says, what runs again, what changes no byte."""

import json
from pathlib import Path

import nbformat
import pytest

from analysis.running import execute as executing
from analysis.running.execute import NotebookFailed, Task, execute
from analysis.running.stored import sealed

PARAMETERS = nbformat.v4.new_code_cell("level: float = 0.95", id="defaults", metadata={"tags": ["parameters"]})


def notebook(path: Path, *sources: str, parameters: bool = True) -> Task:
    cells = [PARAMETERS] if parameters else []
    cells += [nbformat.v4.new_code_cell(source, id=f"cell-{n}") for n, source in enumerate(sources, 1)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return Task(path)


def failure(*tasks: Task) -> str:
    with pytest.raises(NotebookFailed) as caught:
        execute(tasks)
    return str(caught.value)


def test_a_failing_cell_is_named_with_its_error_and_stops_the_rest(tmp_path: Path) -> None:
    after = tmp_path / "after"
    task = notebook(tmp_path / "03.ipynb", "x = 0", "print('seen')\n1 / x", f"open({str(after)!r}, 'w')")
    assert failure(task) == "03.ipynb, cell cell-2: ZeroDivisionError: division by zero"
    assert not after.exists()


def test_a_syntax_error_is_named(tmp_path: Path) -> None:
    assert "bad.ipynb, cell cell-1: SyntaxError: " in failure(notebook(tmp_path / "bad.ipynb", "x = = 1"))


def test_a_failure_that_could_not_be_written_down_is_one_too(tmp_path: Path) -> None:
    (tmp_path / "0.error").write_text("")
    told = "n.ipynb: failed, with no room left to say why; is the disk full?"
    assert executing._failure(Task(tmp_path / "n.ipynb"), tmp_path / "0") == told


@pytest.mark.parametrize("name", ["ParameterError", "StudyError", "NotebookFailed"])
def test_what_the_reader_can_mend_is_said_in_one_line(tmp_path: Path, name: str) -> None:
    cell = f"class {name}(ValueError): pass\nraise {name}('level is 2: give a number between 0 and 1')"
    tasks = [notebook(tmp_path / f"{n}.ipynb", cell) for n in (1, 2)]
    assert failure(*tasks) == "level is 2: give a number between 0 and 1"


def test_every_notebook_that_failed_is_named(tmp_path: Path) -> None:
    tasks = [notebook(tmp_path / f"{n}.ipynb", f"raise KeyError({n})") for n in (1, 2)]
    assert failure(*tasks) == "1.ipynb, cell cell-1: KeyError: 1\n2.ipynb, cell cell-1: KeyError: 2"


def test_a_notebook_without_tagged_parameters_is_refused(tmp_path: Path) -> None:
    task = notebook(tmp_path / "n.ipynb", "level = 0.95", parameters=False)
    assert failure(task) == "n.ipynb: no cells tagged parameters; tag exactly one"


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"cells": 1}'])
def test_what_is_no_notebook_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "n.ipynb"
    path.write_text(text)
    assert failure(Task(path)).startswith("n.ipynb: not readable as a notebook (")


def test_an_unknown_kernel_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERNEL", "julia")
    assert failure(notebook(tmp_path / "n.ipynb")) == "KERNEL=julia: write forked or ipykernel"


@pytest.mark.parametrize("name", executing.SETTINGS)
@pytest.mark.parametrize("asked", ["0", "many", "-1", "1e3", "٣"])
def test_an_unusable_setting_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, asked: str) -> None:
    monkeypatch.setenv(name, asked)
    assert failure(notebook(tmp_path / "n.ipynb")).startswith(f"{name}={asked}: write how many")


@pytest.mark.parametrize("kernel", ["forked", "ipykernel"])
def test_a_cell_has_a_limit_of_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kernel: executing.Kernel) -> None:
    monkeypatch.setenv("CELL_SECONDS", "1")
    tasks = [notebook(tmp_path / "n.ipynb", "import time", "time.sleep(3600)")]
    told = "n.ipynb, cell cell-2: took longer than CELL_SECONDS=1; make it quicker, or allow more"
    with pytest.raises(NotebookFailed, match=f"^{told}$"):
        execute(tasks, kernel=kernel)


@pytest.mark.parametrize(
    ("kernel", "cell"),
    [
        ("forked", "while True: print('x' * 10_000)"),
        ("forked", "from IPython.display import HTML\nHTML('x' * 1_100_000)"),
        ("forked", "while True: print('x')"),
        ("ipykernel", "while True: print('x' * 10_000)"),
        ("ipykernel", "print('x' * 1_100_000)"),
    ],
)
def test_a_cell_has_a_limit_of_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kernel: executing.Kernel, cell: str
) -> None:
    monkeypatch.setenv("CELL_MEGABYTES", "1")
    told = "n.ipynb, cell cell-1: OutputTooLarge: more than CELL_MEGABYTES=1; show less, or allow more"
    with pytest.raises(NotebookFailed, match=f"^{told}$"):
        execute([notebook(tmp_path / "n.ipynb", cell)], kernel=kernel)
    assert execute([notebook(tmp_path / "n.ipynb", "print('x' * 900_000)")], kernel=kernel)


def test_parameters_replace_the_defaults(tmp_path: Path) -> None:
    task = notebook(tmp_path / "n {x}.ipynb", "level")
    text = execute([Task(task.notebook, {"level": 0.5})])[0]
    assert json.loads(text)["cells"][-1]["outputs"][0]["data"]["text/plain"] == ["0.5"]


@pytest.mark.parametrize("kernel", ["forked", "ipykernel"])
def test_a_users_own_settings_change_no_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kernel: executing.Kernel
) -> None:
    cells = (
        "import matplotlib, matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()",
        "import numpy, os\nprint({'a', 'b', 'c'}, os.path.basename(os.getcwd()), 'planted' in globals())",
        "print(matplotlib.rcParams['lines.linewidth'], open('n.ipynb').encoding, f'{1e3:,}')\nassert True",
        "import datetime\nprint(f'{datetime.date(2018, 12, 31):%B}')",
    )
    task = notebook(tmp_path / "n.ipynb", *cells)
    plain = execute([task], kernel=kernel)
    assert "image/png" in plain[0]
    home = tmp_path / "rögue home"
    for path, text in {
        ".ipython/profile_default/startup/00.py": "planted = 1; print('planted')",
        ".config/matplotlib/matplotlibrc": "lines.linewidth: 9",
        "matplotlibrc": "lines.linewidth: 9",
        "numpy.py": "raise ImportError('planted')",
        ".local/share/jupyter/kernels/python3/kernel.json": '{"argv": ["false"], "language": "python"}',
    }.items():
        (home / path).parent.mkdir(parents=True, exist_ok=True)
        (home / path).write_text(text)
    monkeypatch.chdir(home)
    for name, value in {
        "HOME": str(home),
        "IPYTHONDIR": str(home / ".ipython"),
        "JUPYTER_PATH": str(home / ".local/share/jupyter"),
        "JUPYTER_PREFER_ENV_PATH": "0",
        "LC_ALL": "C",
        "MATPLOTLIBRC": str(home / "matplotlibrc"),
        "MPLBACKEND": "agg",
        "OPENBLAS_NUM_THREADS": "2",
        "PYTHONHASHSEED": "random",
        "PYTHONOPTIMIZE": "2",
        "PYTHONPATH": str(home),
        "PYTHONWARNINGS": "error",
        "TZ": "Asia/Tokyo",
    }.items():
        monkeypatch.setenv(name, value)
    assert execute([task], kernel=kernel) == plain


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A root with all that results depend on, and two notebooks; running them only notes that they ran."""
    for name in ("requirements.lock", "data/counts.csv", "analysis/growth/models.py", "analysis/publishing/page.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("1")
    monkeypatch.setattr(executing, "ROOT", tmp_path)

    def run(stale: dict[Path, Task], *_: object) -> None:
        (tmp_path / "runs").write_text("".join(task.name for task in stale.values()))
        for path, task in stale.items():
            path.parent.mkdir(exist_ok=True)
            path.write_text(sealed(f"{task.name} {dict(task.parameters)}"))

    monkeypatch.setattr(executing, "_run", run)
    for name in "ab":
        notebook(tmp_path / f"{name}.ipynb", "print(level)")
    return tmp_path


def ran(project: Path, **parameters: object) -> str:
    """Which notebooks were run."""
    (project / "runs").write_text("")
    tasks = [Task(project / f"{name}.ipynb", parameters) for name in "ab"]
    assert execute(tasks, cache=project / "cache") == [f"{name} {parameters}" for name in "ab"]
    return (project / "runs").read_text()


def test_only_what_changed_is_run_again(project: Path) -> None:
    assert ran(project) == "ab"
    assert ran(project) == ""
    notebook(project / "b.ipynb", "print('edited')")
    assert ran(project) == "b"
    assert ran(project, level=0.9) == "ab"
    assert ran(project, level=0.9) == ran(project) == ""
    (project / "analysis" / "publishing" / "page.py").write_text("2")
    assert ran(project) == ""
    for name in ("analysis/growth/models.py", "data/counts.csv", "requirements.lock"):
        (project / name).write_text("2")
        assert ran(project) == "ab", name


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff", None])
def test_a_damaged_entry_of_the_cache_is_run_again(project: Path, damage: bytes | None) -> None:
    assert ran(project) == "ab"
    (kept,) = (project / "cache").glob("b-*.ipynb")
    kept.write_bytes(kept.read_bytes().replace(b"b {", b"c {") if damage is None else damage)
    assert ran(project) == "b"
    assert ran(project) == ""


def test_outputs_stored_in_a_notebook_are_no_change(project: Path) -> None:
    assert ran(project) == "ab"
    path = project / "a.ipynb"
    stored = nbformat.read(path, as_version=4)
    stored.cells[1].update(execution_count=2, outputs=[nbformat.v4.new_output("stream", text="0.95")])
    nbformat.write(stored, path)
    assert ran(project) == ""


@pytest.mark.parametrize("given", ["other study", "other study/datapackage.json"])
def test_a_study_elsewhere_counts_as_data(project: Path, given: str) -> None:
    study = project / "other study"
    study.mkdir()
    (study / "datapackage.json").write_text("{}")
    assert ran(project, study=str(project / given)) == "ab"
    assert ran(project, study=str(project / given)) == ""
    (study / "counts.csv").write_text("1")
    assert ran(project, study=str(project / given)) == "ab"


def test_a_summary_is_run_again_when_a_chapter_changes(project: Path) -> None:
    def summary() -> str:
        chapter = Task(project / "b.ipynb")
        (project / "runs").write_text("")
        execute([Task(project / "a.ipynb", needs=(chapter,))], cache=project / "cache")
        return (project / "runs").read_text()

    assert summary() == "ba"
    assert summary() == ""
    notebook(project / "b.ipynb", "print('edited')")
    assert summary() == "ba"


def test_the_cache_does_not_grow_without_end(project: Path) -> None:
    for level in range(40):
        ran(project, level=level)
    assert len(list((project / "cache").iterdir())) == 62
    assert ran(project, level=39) == ""
    assert ran(project, level=0) == "ab"


@pytest.mark.parametrize("kernel", ["forked", "ipykernel"])
def test_what_a_failed_run_finished_is_kept_and_nothing_else(tmp_path: Path, kernel: executing.Kernel) -> None:
    done, broken = notebook(tmp_path / "a.ipynb", "1"), notebook(tmp_path / "b.ipynb", "import time", "1 / 0")
    last = Task(notebook(tmp_path / "c.ipynb", "1").notebook, needs=(done, broken))
    with pytest.raises(NotebookFailed, match="^b.ipynb, cell cell-2: ZeroDivisionError: division by zero$"):
        execute([last], cache=tmp_path / "cache", kernel=kernel)
    assert [path.name.partition("-")[0] for path in (tmp_path / "cache").glob("*.ipynb")] == ["a"]


def test_what_is_called_meanwhile_may_fail(tmp_path: Path) -> None:
    def broken() -> None:
        raise RuntimeError("planted")

    with pytest.raises(RuntimeError, match="planted"):
        execute([notebook(tmp_path / "n.ipynb", "import time; time.sleep(30)")], while_running=broken)


@pytest.mark.parametrize(
    "flags", [set(), {"avx2"}, {"avx2", "avx512f", "avx512cd", "avx512vl", "avx512bw", "avx512dq"}]
)
def test_a_processor_is_asked_only_for_what_it_has(monkeypatch: pytest.MonkeyPatch, flags: set[str]) -> None:
    monkeypatch.setattr(executing, "_processor_flags", lambda: flags)
    settled = executing.environment()
    assert ("OPENBLAS_CORETYPE" in settled) == ("avx2" in flags)
    assert ("NPY_DISABLE_CPU_FEATURES" in settled) == ("avx512f" in flags)
    assert settled["OPENBLAS_NUM_THREADS"] == "1"
