"""The summary and the chapters: how a run is planned, and where the summary finds what the chapters computed."""

import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from analysis.running import chapters, execute, plan
from analysis.running.chapters import results_of_chapters
from analysis.running.execute import NotebookFailed, Task

DEFAULTS = "level: float = 0.95  # confidence level\nseed: int = 1"
CHAPTER = """
from analysis.estimates import Estimate
from analysis.parts.results import named
from analysis.parts.sentences import say
say(named({name!r}, Estimate(estimand="e", unit="%", method="m", value=100 * level)), "It is {{{name}}}.")
"""
SUMMARY = """
from pathlib import Path
from analysis.parts.sentences import say
from analysis.running import chapters, plan
plan.NOTEBOOKS = Path.cwd()  # as if these were the notebooks of the compendium
results = chapters.results_of_chapters({"level": level, "seed": seed})
say(results, "At most {a}, at least {b}.")
"""
NONE_MAY_START = "from analysis.running import execute\nexecute.subprocess.Popen = None\n"


def notebook(path: Path, **cells: str) -> None:
    code = [nbformat.v4.new_code_cell(DEFAULTS, id="defaults", metadata={"tags": ["parameters"]})]
    code += [nbformat.v4.new_code_cell(source, id=name) for name, source in cells.items()]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(nbformat.v4.new_notebook(cells=code, metadata={"kernelspec": kernel}), path)


@pytest.fixture
def compendium(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    notebook(tmp_path / "00_summary.ipynb", before=NONE_MAY_START, state=SUMMARY)
    for name in "ab":
        notebook(tmp_path / f"0{'ab'.index(name) + 1}_{name}.ipynb", **{f"show-{name}": CHAPTER.format(name=name)})
    monkeypatch.setattr(plan, "NOTEBOOKS", tmp_path)
    monkeypatch.setattr(execute, "BUILD", tmp_path / ".build")
    monkeypatch.delenv(execute.CACHE, raising=False)
    return tmp_path


def said(text: str) -> str:
    outputs = json.loads(text)["cells"][-1]["outputs"]
    return "".join(outputs[0]["data"]["text/plain"])


def test_chapters_come_first_and_the_summary_needs_them(compendium: Path) -> None:
    summary, *rest = plan.planned({"level": 0.9, "seed": 1}, ())
    assert [task.name for task in rest] == ["01_a", "02_b"]
    assert summary.needs == tuple(rest)
    assert [task.parameters for task in (summary, *rest)] == [{"level": 0.9}] * 3  # a default given in words is none
    assert plan.declared(summary.notebook) == {"level": 0.95, "seed": 1}


@pytest.mark.parametrize("kernel", ["forked", "ipykernel"])
@pytest.mark.parametrize("cache", [None, "cache"])
def test_in_a_run_the_summary_finds_the_chapters_and_starts_nothing(
    compendium: Path, kernel: execute.Kernel, cache: str | None
) -> None:
    texts = execute.execute(plan.planned({}, ()), kernel=kernel, cache=cache and compendium / cache)
    assert said(texts[0]) == "At most 95%, at least 95%."
    texts = execute.execute(plan.planned({"level": 0.5}, ()), kernel=kernel, cache=cache and compendium / cache)
    assert said(texts[0]) == "At most 50%, at least 50%."
    assert not (compendium / ".build" / "notebooks").exists()  # the user's own cache has no part in it


def test_results_carry_the_notebook_and_the_cell_that_computed_them(compendium: Path) -> None:
    texts = execute.execute(plan.planned({}, ()))
    records = chapters.collected({"00_summary": json.loads(texts[0])})
    assert {name: (r["notebook"], r["cell"]) for name, r in records.items()} == {
        "a": ("01_a", "show-a"),
        "b": ("02_b", "show-b"),
    }


def test_alone_the_summary_runs_the_chapters_once(compendium: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert results_of_chapters({"level": 0.8})["b"].value == 80
    monkeypatch.setattr(execute.subprocess, "Popen", None)  # from now on only the cache is left
    assert results_of_chapters({"level": 0.8, "seed": 1})["b"].value == 80
    assert len(list((compendium / ".build" / "notebooks").glob("*.ipynb"))) == 2


def test_by_plain_papermill_the_summary_runs_alone(compendium: Path) -> None:
    own = f"from analysis.running import execute\nexecute.BUILD = __import__('pathlib').Path({str(compendium)!r})\n"
    notebook(compendium / "00_summary.ipynb", state=own + SUMMARY)
    command = [sys.executable, "-m", "papermill", "--no-progress-bar", "00_summary.ipynb", "out.ipynb"]
    done = subprocess.run([*command, "-p", "level", "0.7"], cwd=compendium, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert said((compendium / "out.ipynb").read_text(encoding="utf-8")) == "At most 70%, at least 70%."


def test_a_chapter_that_asks_for_the_chapters_is_refused(compendium: Path) -> None:
    notebook(compendium / "02_b.ipynb", state=SUMMARY)
    with pytest.raises(NotebookFailed, match="read before it was run; only the summary reads the chapters"):
        results_of_chapters({})


def test_chapters_that_contradict_each_other_stop_the_run(compendium: Path) -> None:
    notebook(compendium / "02_b.ipynb", show=CHAPTER.format(name="a").replace("100", "101"))
    told = "00_summary.ipynb, cell state: ContradictingResults: result 'a': 01_a, cell show-a, and 02_b, cell show,"
    with pytest.raises(NotebookFailed, match=told):
        execute.execute(plan.planned({}, ()))


def test_a_notebook_run_by_itself_brings_what_it_needs(compendium: Path) -> None:
    summary = plan.planned({}, ())[0]
    assert said(execute.execute([summary])[0]) == "At most 95%, at least 95%."
    with pytest.raises(NotebookFailed, match="01_a.ipynb: read before it was run"):
        execute.execute([Task(summary.notebook)])
