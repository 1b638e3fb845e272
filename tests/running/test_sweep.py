"""Sweeps: every run once wherever it is computed, the same bytes whatever happens, and what undoes a conclusion."""

import itertools
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import fastparquet
import nbformat
import pandas as pd
import pytest
import simulated

from analysis.publishing.many import sweep_page
from analysis.running import cluster, sweep
from analysis.running.execute import ROOT, NotebookFailed, Server, Task, execute
from analysis.running.grid import Grid
from analysis.running.sweep import kept, tabulate

GRID = Grid("small", {"seed": [0, 1, 2, 3, 4], "level": [0.9, 0.95, 0.99]}, ({"seed": [2], "level": [0.99]},))
FAILED = {"seed": 4, "level": 0.99}
DASK = [sys.executable, "-m", "dask"]


def here(function, items, **_):
    """The last item first, in this process."""
    for number, item in reversed(list(enumerate(items))):
        yield cluster.Outcome(number, function(item), None)


def computed(folder: Path, grid: Grid = GRID, **options) -> list[str]:
    said: list[str] = []
    sweep.compute(grid, folder, say=said.append, **{"run": simulated.run, **options})
    return said


def files(folder: Path) -> dict[str, bytes]:
    (folder / "index.html").write_text(sweep_page(GRID, tabulate(GRID, folder)), encoding="utf-8")
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the sweep computed one run after the other, without Dask."""
    folder = tmp_path_factory.mktemp("plain")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sweep, "map_over", here)
        computed(folder)
    return folder


def test_the_table_has_a_row_a_run_and_result_in_the_order_of_the_grid(plain: Path) -> None:
    files(plain)
    with open(plain / "table.parquet", "rb") as file:
        table = fastparquet.ParquetFile(file).to_pandas()
    growth = table[table["result"] == "first-year.full"]
    assert [tuple(row) for row in growth[["seed", "level"]].to_numpy()] == [
        (run["seed"], run["level"]) for run in GRID if run != FAILED
    ]
    assert growth["value"].tolist() == pytest.approx([run["seed"] + run["level"] for run in GRID if run != FAILED])
    assert growth["interval_level"].tolist() == growth["level"].tolist()
    assert len(table) == 2 * 13 + 1
    failed = table[table["result"].isna()]
    assert failed[["seed", "level"]].to_numpy().tolist() == [[4, 0.99]]
    assert failed["error"].tolist() == ["n.ipynb, cell fit: ZeroDivisionError: planted"]
    text = pd.read_csv(plain / "table.csv", keep_default_na=False, na_values={"value": ""})
    assert text["value"].dropna().tolist() == table["value"].dropna().tolist()
    assert text["verdict"].tolist() == table["verdict"].fillna("").tolist()


def test_a_run_that_is_complete_is_found_and_one_that_failed_is_tried_again(
    plain: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "map_over", here)
    said: list[str] = []

    def interrupted(line: str) -> None:
        said.append(line)
        if len(said) == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep.compute(GRID, tmp_path, run=simulated.run, say=interrupted)
    assert said[0].startswith("failed    seed=4 level=0.99  (1 of 14; ")
    assert sweep.expected(GRID, tmp_path, jobs=2).startswith("14 runs, 10 to compute: ")
    said = computed(tmp_path)
    assert [line.split()[0] for line in said] == ["found"] * 4 + ["failed"] + ["computed"] * 9
    assert files(tmp_path) == files(plain)
    state = next(tmp_path.glob("*/run.json"))
    state.write_text("{")
    assert sorted(line.split()[0] for line in computed(tmp_path)) == ["computed", "failed", *["found"] * 12]
    monkeypatch.setattr(sweep, "version_of", lambda **_: "changed")
    assert "found" not in {line.split()[0] for line in computed(tmp_path)}


def test_of_each_conclusion_how_many_runs_keep_it_and_which_choice_undoes_it(plain: Path) -> None:
    """Firm below 0.95 unless the seed is 3: seeds 0, 1, 2 and 4 at level 0.9, of the 13 runs that did not fail."""
    (found,) = kept(tabulate(GRID, plain))
    assert (found.name, found.verdict, found.kept, found.of) == ("growth.standing", "firm", 4, 13)
    assert found.undone_by == ("level 0.95: open", "level 0.99: open", "seed 3: open")
    page = files(plain)["index.html"].decode()
    assert "<td>4 of 13</td>" in page
    assert "level 0.95: open; level 0.99: open; seed 3: open" in page
    assert "n.ipynb, cell fit: ZeroDivisionError: planted" in page
    links = re.findall(r'href="(\w+/notebooks/[^"]+)"', page)
    assert len(links) == 13
    assert all((plain / link).is_file() for link in links)
    assert not re.search(r'(?:src|href)="(?:https?:|//)', page)


def test_the_tables_of_many_runs_are_written_piece_by_piece(plain: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files(plain)
    text = (plain / "table.csv").read_bytes()
    monkeypatch.setattr(sweep, "BATCH", 4)
    files(plain)
    assert (plain / "table.csv").read_bytes() == text
    with open(plain / "table.parquet", "rb") as file:
        table = fastparquet.ParquetFile(file)
        assert [group.num_rows for group in table.row_groups] == [8, 8, 8, 3]
        assert table.to_pandas()["run"].nunique() == 14


def test_what_only_several_choices_undo_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "map_over", here)
    grid = Grid(
        "g", {"seed": [0, 3], "level": [0.9, 0.95]}, ({"seed": [0], "level": [0.95]}, {"seed": [3], "level": [0.9]})
    )
    computed(tmp_path, grid)
    runs = tabulate(grid, tmp_path)
    assert [(each.kept, each.undone_by) for each in kept(runs)] == [(1, ())]
    assert "only several choices together" in sweep_page(grid, runs)


@pytest.fixture(scope="module")
def scheduler():
    """The address of a running scheduler, and the processes of its two workers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    port = address.rpartition(":")[2]
    path = os.pathsep.join([str(ROOT), str(Path(__file__).parent)])
    about = {"cwd": ROOT, "env": os.environ | {"PYTHONPATH": path}, "stderr": subprocess.DEVNULL}
    listening = ["--host", "127.0.0.1", "--no-dashboard"]
    started = [subprocess.Popen([*DASK, "scheduler", "--port", port, *listening], **about)]
    plain = ["--nthreads", "1", "--no-nanny", "--no-dashboard"]
    started += [subprocess.Popen([*DASK, "worker", address, *plain], **about) for _ in range(2)]
    yield address, started[1:]
    for process in started:
        process.kill()
        process.wait()


def killed_half_way(grid: Grid, folder: Path, address: str, worker: subprocess.Popen, **options) -> list[str]:
    """What a sweep says while one of two workers is killed; both have to be there."""
    said: list[str] = []

    def say(line: str) -> None:
        said.append(line)
        if len(said) == len(list(grid)) // 2:
            worker.send_signal(signal.SIGKILL)

    from dask.distributed import Client

    with Client(address, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=60)
    sweep.compute(grid, folder, scheduler=address, say=say, **options)
    assert worker.wait(30) == -signal.SIGKILL
    return said


def test_no_worker_with_other_versions_computes_anything(scheduler, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = cluster.versions() | {"numpy": "0.1", "project": "other"}
    monkeypatch.setattr(cluster, "versions", lambda: asked)
    here = f"numpy {__import__('numpy').__version__} instead of 0.1, project [0-9a-f]{{12}} instead of other"
    with pytest.raises(cluster.ClusterError, match=f"^worker on .*: {here}; install the same there$"):
        list(cluster.map_over(simulated.run, [FAILED], scheduler=scheduler[0]))


def test_results_come_back_in_order_and_an_error_as_itself(scheduler) -> None:
    assert cluster.mapped(abs, range(-40, 0), scheduler=scheduler[0]) == list(range(40, 0, -1))
    with pytest.raises(TypeError, match="bad operand type"):
        cluster.mapped(abs, [1, "one"], scheduler=scheduler[0])


def test_a_worker_that_is_killed_loses_nothing_and_changes_no_byte(plain: Path, tmp_path: Path, scheduler) -> None:
    address, (worker, _) = scheduler
    said = killed_half_way(GRID, tmp_path, address, worker, run=simulated.slow_run)
    labels = [line.split("  ")[1].strip() or line.split()[1] for line in said]
    assert len(said) == len(set(labels)) == 14
    assert files(tmp_path) == files(plain)


def test_a_scheduler_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", "0.2s")
    with pytest.raises(cluster.ClusterError, match="^SCHEDULER=tcp://127.0.0.1:9: no scheduler answers there"):
        list(cluster.map_over(abs, [1], scheduler="tcp://127.0.0.1:9"))


def test_one_process_runs_notebooks_one_after_the_other_as_new_ones_do(tmp_path: Path) -> None:
    cells = [nbformat.v4.new_code_cell("level: float = 0.9", metadata={"tags": ["parameters"]}, id="p")]
    cells += [
        nbformat.v4.new_code_cell("import builtins\nprint(level, hasattr(builtins, 'leak'))\nbuiltins.leak = 1", id="c")
    ]
    path = tmp_path / "n.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    tasks = [Task(path, {"level": level}) for level in (0.7, 0.8)]
    server = Server(tmp_path / "cache", "forked", jobs=1)
    try:
        assert [execute([task], cache=tmp_path / "cache", server=server)[0] for task in tasks] == execute(tasks)
        broken = tmp_path / "broken.ipynb"
        nbformat.write(nbformat.v4.new_notebook(cells=[cells[0], nbformat.v4.new_code_cell("1 / 0", id="c")]), broken)
        with pytest.raises(NotebookFailed, match="^broken.ipynb, cell c: ZeroDivisionError: division by zero$"):
            execute([Task(broken)], cache=tmp_path / "cache", server=server)
        os.kill(server.process.pid, signal.SIGKILL)
        with pytest.raises(NotebookFailed, match="ended early"):
            execute([Task(path, {"level": 0.6})], cache=tmp_path / "cache", server=server)
    finally:
        server.close()


def test_a_server_ends_with_whoever_asked_it(tmp_path: Path) -> None:
    program = (
        "import os, pathlib, sys; from analysis.running.execute import Server; "
        "print(Server(pathlib.Path(sys.argv[1]), 'forked', 1).process.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, tmp_path], capture_output=True, text=True, cwd=ROOT, check=False
    )
    deadline = time.monotonic() + 60
    while Path(f"/proc/{int(done.stdout)}").exists():
        assert time.monotonic() < deadline, "the server outlived whoever asked it"
        time.sleep(0.05)


def test_a_report_imports_nothing_of_what_only_many_runs_need() -> None:
    program = (
        "import sys; from analysis.publishing import gate, page, report; from analysis.running import engine; "
        "print({'dask', 'distributed', 'fastparquet'} & {*sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout == "set()\n"


@pytest.mark.long
def test_notebooks_of_two_studies_survive_a_killed_worker(tmp_path: Path, scheduler) -> None:
    address, (_, worker) = scheduler
    about = {"cwd": ROOT, "env": os.environ | {"PYTHONPATH": str(ROOT)}, "stderr": subprocess.DEVNULL}
    other = subprocess.Popen([*DASK, "worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard"], **about)
    grid = Grid("real", {"study": ["data/prison-removals", "data/tuberculosis"], "level": [0.9, 0.95]})
    try:
        killed_half_way(grid, tmp_path / "killed", address, worker)
        sweep.compute(grid, tmp_path / "whole", scheduler=address, say=lambda line: None)
    finally:
        other.kill()
        other.wait()
    tables = []
    for name in ("killed", "whole"):
        runs = tabulate(grid, tmp_path / name)
        assert [run.error for run in runs] == [""] * 4
        tables.append([(tmp_path / name / f"table.{kind}").read_bytes() for kind in ("csv", "parquet")])
    assert tables[0] == tables[1]
    default = json.loads(
        (
            sweep.place_of({"study": "data/prison-removals", "level": 0.95}, tmp_path / "whole") / "results.json"
        ).read_text()
    )
    published = json.loads((ROOT / "reports" / "results.json").read_text(encoding="utf-8"))
    names = itertools.filterfalse("run".__eq__, default)
    assert {name: default[name].get("value") for name in names} == {
        n: r.get("value") for n, r in published.items() if n != "run"
    }
