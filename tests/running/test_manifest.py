"""Success means that it is so: what a report says of itself is compared with what lies there, by content."""

import json
import os
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from analysis.publishing import report
from analysis.running import engine, execute, manifest, plan

OLDEST = (0, 0)
RUN = {"parameters": {}, "as_of": "2019-04-01", "version": "1", "sha256": {}}


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project whose notebooks need no running: the page says what was read."""
    for name in ("notebooks/1.ipynb", "analysis/a.py", "data/benchmark/b.csv", "data/study/c.csv", "data/other/c.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("1")
    for name in ("requirements.lock", "CITATION.cff", "my.yaml"):
        (tmp_path / name).write_text("1")
    build = tmp_path / ".build"
    for module, name, value in (
        (manifest, "ROOT", str(tmp_path)),
        (manifest, "BUILD", str(build)),
        (manifest, "JOURNAL", str(build / "publishing.json")),
        (report, "ROOT", tmp_path),
        (report, "BUILD", build),
        (report, "REPORTS", tmp_path / "reports"),
        (report.plan, "defaults", lambda: {"study": "data/study", "level": 0.95}),
        (report, "overrides", lambda file, given: dict(one.split("=") for one in given)),
        (report, "run", lambda given: given),
        (report, "published", lambda given, _: published(tmp_path, given)),
    ):
        monkeypatch.setattr(module, name, value)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def published(root, given):
    read = "".join(path.read_text() for path in sorted((root / "data" / "study").iterdir()))
    chapters = {f"notebooks/{path.name}": path.read_text() for path in (root / "notebooks").glob("*.ipynb")}
    return {"report.html": f"{read} {given}", "results.json": json.dumps({"run": RUN}), **chapters}


def test_a_run_says_what_it_did(project):
    assert report.build("", []) == "reports/report.html: 3 of 3 files are new"
    assert report.build("", []) == "reports/report.html: nothing has changed"
    (project / "analysis" / "a.py").write_text("2")
    assert report.build("", []) == "reports/report.html: every byte is as it was"
    (project / "data" / "study" / "c.csv").write_text("2")
    assert report.build("", []) == "reports/report.html: 1 of 3 files are new"
    said = report.build("my.yaml", ["level=0.9"])
    assert said.startswith("reports/runs/study/")
    assert report.build("my.yaml", ["level=0.9"]).endswith("nothing has changed")
    assert report.build("", []).endswith("nothing has changed")


@pytest.mark.parametrize("name", ["report.html", "results.json", "notebooks/1.ipynb"])
@pytest.mark.parametrize("damage", ["edited", "deleted", "put back"])
def test_what_was_published_and_is_not_there_is_published_again(project, name, damage):
    report.build("", [])
    path = project / "reports" / name
    whole = path.read_text()
    if damage == "deleted":
        path.unlink()
    else:
        path.write_text("earlier")
        if damage == "put back":
            os.utime(path, OLDEST)
    assert report.build("", []) == "reports/report.html: 1 of 3 files are new"
    assert path.read_text() == whole


def test_a_change_with_an_old_date_is_seen(project):
    for name in ("notebooks/1.ipynb", "analysis/a.py", "data/benchmark/b.csv", "data/study/c.csv", "CITATION.cff"):
        report.build("", [])
        (project / name).write_text("changed")
        os.utime(project / name, OLDEST)
        assert manifest.unchanged([]) == "", name


def test_what_a_run_does_not_read_is_no_change(project):
    report.build("", [])
    (project / "data" / "other" / "c.csv").write_text("changed")
    (project / "reports" / "runs" / "x").mkdir(parents=True)
    (project / "reports" / "mine.txt").write_text("")
    (project / "analysis" / "__pycache__").mkdir()
    (project / "analysis" / "__pycache__" / "a.pyc").write_text("")
    os.utime(project / "analysis" / "a.py")
    assert manifest.unchanged([]) == "reports/report.html: nothing has changed"


def test_parameters_in_a_file_are_compared_by_content(project):
    report.build("my.yaml", [])
    assert manifest.unchanged(["--params", "my.yaml"])
    (project / "my.yaml").write_text("2")
    assert manifest.unchanged(["--params", "my.yaml"]) == ""


def test_a_notebook_that_is_gone_leaves_the_report(project):
    shutil.copy(project / "notebooks" / "1.ipynb", project / "notebooks" / "2.ipynb")
    report.build("", [])
    (project / "notebooks" / "2.ipynb").unlink()
    assert report.build("", []) == "reports/report.html: 0 of 3 files are new, 1 no longer there"
    assert not (project / "reports" / "notebooks" / "2.ipynb").exists()
    (project / "reports" / "notebooks" / "3.ipynb").write_text("planted")
    report.build("", [])
    assert [path.name for path in (project / "reports" / "notebooks").iterdir()] == ["1.ipynb"]


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"inputs": 1}'])
def test_a_damaged_manifest_is_none(project, damage):
    report.build("", [])
    Path(manifest.path_of([])).write_text(damage)
    assert report.build("", []) == "reports/report.html: every byte is as it was"


def test_a_publication_that_was_not_completed_is_a_change(project):
    report.build("", [])
    Path(manifest.JOURNAL).write_text("{}")
    assert manifest.unchanged([]) == ""


def test_an_input_that_changes_during_a_run_is_a_change(project, monkeypatch):
    def run(given):
        (project / "analysis" / "a.py").write_text("edited meanwhile")
        return given

    monkeypatch.setattr(report, "run", run)
    report.build("", [])
    assert manifest.unchanged([]) == ""


def test_the_manifest_says_what_was_read_and_published(project):
    report.build("", [])
    made = json.loads(Path(manifest.path_of([])).read_text())
    assert made.keys() == {"page", "inputs", "outputs"}
    assert set(made["outputs"]["sha256"]) == {
        "reports/report.html",
        "reports/results.json",
        "reports/notebooks/1.ipynb",
    }


def test_the_program_asks_first_with_nothing_but_the_standard_library(tmp_path):
    script = tmp_path / "analysis" / "running" / "manifest.py"
    script.parent.mkdir(parents=True)
    shutil.copy(manifest.__file__, script)
    (tmp_path / "page").write_text("1")
    tree = {"paths": ["page"], "sha256": manifest.tree([str(tmp_path / "page")])}
    tree["sha256"] = {"page": next(iter(tree["sha256"].values()))}
    kept = tmp_path / ".build" / Path(manifest.path_of(["level=0.9"])).name
    kept.parent.mkdir()
    kept.write_text(json.dumps({"page": "page", "inputs": tree, "outputs": tree}))
    for arguments, status in ((["level=0.9"], 0), ([], 1)):
        command = [sys.executable, "-I", "-S", script, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (status, "" if status else "page: nothing has changed\n")


def note(log, event, given):
    if event == "open":
        print(given[0], file=log)


@pytest.mark.long
def test_no_notebook_opens_a_file_that_is_not_among_the_inputs(tmp_path):
    """By what Python itself says of every file that it opens, in each chapter."""
    tasks = plan.planned({}, ())[1:]
    kept = execute.kept_in(tasks, tmp_path)
    read = {str(Path(report.ROOT, path)) for path in manifest.tree([*report.READ, "data/prison-removals"])}
    for task, path in zip(tasks, kept, strict=True):
        opened = tmp_path / "opened"
        if not (child := os.fork()):
            sys.addaudithook(partial(note, opened.open("w", buffering=1)))
            entry = {"notebook": str(task.notebook), "parameters": {}, "kept": str(path)}
            os._exit(not engine.run(entry, "forked", tmp_path / task.name))
        assert os.waitpid(child, 0)[1] == 0, task.name
        ours = {name for name in opened.read_text().splitlines() if name.startswith(str(report.ROOT))}
        built = {name for name in ours if "/.venv/" in name or "/.build/" in name or "__pycache__" in name}
        assert ours - built - read == set(), task.name
        assert any("/data/" in name for name in ours)
