"""What nbval cannot say of the stored notebooks: that they were run, whole, in order, and hold what they should."""

import ast
import copy
import json
import re

import pytest

from analysis import parameters
from analysis.parts.part import MIME
from analysis.running import plan
from analysis.running.chapters import collected, shown_parts

NOTEBOOKS = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in plan.notebooks()}
# Figures and tables of each notebook: fewer would mean that some output was lost on the way.
EXPECTED = {
    "00_summary": (1, 1),
    "01_figures": (1, 6),
    "02_claims": (1, 5),
    "03_growth": (5, 3),
    "04_comparison": (1, 7),
    "05_reliability": (2, 5),
}
ORDER = ["question", "parameters", "imports", "load"]


def code(notebook):
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def outputs(notebook):
    return [output for cell in code(notebook) for output in cell["outputs"]]


def faults(notebook):
    """Everything that a stored notebook may not hold, one line each."""
    found = []
    for position, cell in enumerate(code(notebook), 1):
        name = cell["id"]
        if cell["execution_count"] != position:
            found.append(f"{name}: run as {cell['execution_count']}, stands as {position}")
        for output in cell["outputs"]:
            text = json.dumps(output)
            if output["output_type"] == "error" or output.get("name") == "stderr":
                found.append(f"{name}: an error or standard error")
            if "image/png" in output.get("data", {}) or "image/jpeg" in output.get("data", {}):
                found.append(f"{name}: a bitmap, which nbval never compares")
            if re.search(r"\bat 0x[0-9a-f]{6,}", text):
                found.append(f"{name}: the address of an object")
            if re.search(r"(?<![\w./:])/(?:home|root|tmp|usr|opt|work|Users|var)/", text):
                found.append(f"{name}: an absolute path")
    return found


def test_every_notebook_is_expected():
    assert sorted(NOTEBOOKS) == sorted(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_stored_notebooks_were_run_whole_and_in_order(name):
    assert faults(NOTEBOOKS[name]) == []


@pytest.mark.parametrize("name", EXPECTED)
def test_no_figure_or_table_was_lost(name):
    kinds = [part["kind"] for _, part in shown_parts(NOTEBOOKS[name])]
    assert (kinds.count("figure"), kinds.count("table")) == EXPECTED[name]
    data = [output["data"] for output in outputs(NOTEBOOKS[name]) if MIME in output.get("data", {})]
    assert all("image/svg+xml" in each for each in data if each[MIME]["kind"] == "figure")


def test_the_summary_states_what_the_chapters_computed_and_computes_nothing():
    chapters = collected({name: notebook for name, notebook in NOTEBOOKS.items() if name != "00_summary"})
    stated = collected({"00_summary": NOTEBOOKS["00_summary"]})
    assert len(stated) > 20
    assert {name: record for name, record in stated.items() if chapters.get(name) != record} == {}


def test_the_summary_declares_what_the_chapters_declare():
    """It hands its parameters to them; one that it lacks would keep its default there."""
    every = {name for path in plan.notebooks() for name in plan.declared(path)}
    assert set(plan.declared(plan.notebooks()[0])) == every


def _stripped(notebook):
    for cell in code(notebook):
        cell["execution_count"], cell["outputs"] = None, []


def _swapped(notebook):
    first, second = code(notebook)[1:3]
    first["execution_count"], second["execution_count"] = second["execution_count"], first["execution_count"]


def _said(output):
    return lambda notebook: code(notebook)[-1]["outputs"].append(output)


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (_stripped, "run as None"),
        (_swapped, "stands as"),
        (_said({"output_type": "stream", "name": "stderr", "text": "careful"}), "standard error"),
        (_said({"output_type": "display_data", "data": {"image/png": "iVBO"}, "metadata": {}}), "bitmap"),
        (_said({"output_type": "stream", "name": "stdout", "text": "<object at 0x7f33aabbcc>"}), "address"),
        (_said({"output_type": "stream", "name": "stdout", "text": "saved in /home/me/x"}), "absolute path"),
    ],
)
def test_a_planted_fault_is_found(spoil, word):
    notebook = copy.deepcopy(NOTEBOOKS["03_growth"])
    spoil(notebook)
    assert any(word in fault for fault in faults(notebook))


def unread(declared, notebook):
    """Declared parameters that no code cell reads; handing them to `parameters.check` is not reading."""
    sources = ["".join(cell["source"]) for cell in code(notebook) if cell["id"] != "parameters"]
    trees = [ast.walk(ast.parse(re.sub(r"parameters\.check\([^)]*\)", "None", source))) for source in sources]
    read = {node.id for tree in trees for node in tree if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    return [name for name in declared if name not in read]


@pytest.mark.parametrize("name", EXPECTED)
def test_parameters_are_those_of_the_specification_and_are_read(name):
    notebook = NOTEBOOKS[name]
    (cell,) = (cell for cell in code(notebook) if "parameters" in cell["metadata"].get("tags", []))
    declared = plan.declared(plan.NOTEBOOKS / f"{name}.ipynb")
    assert "".join(cell["source"]).splitlines() == [parameters.specification_line(each) for each in declared]
    if name != "00_summary":  # which hands all of them to the chapters
        assert unread(declared, notebook) == []


def test_a_parameter_that_no_cell_reads_is_found():
    notebook = copy.deepcopy(NOTEBOOKS["03_growth"])
    for cell in code(notebook):
        if "parameters.check" in "".join(cell["source"]):
            cell["source"] = ["parameters.check(level=level, last_year=last_year)\n"]
        elif "parameters" not in cell["metadata"].get("tags", []):
            cell["source"] = ["print(first_year, study)\n"]
    declared = ["study", "first_year", "last_year", "level"]
    assert unread(declared, notebook) == ["last_year", "level"]


@pytest.mark.parametrize("name", EXPECTED)
def test_cells_are_short_named_and_define_nothing(name):
    notebook = NOTEBOOKS[name]
    assert 12 <= len(notebook["cells"]) <= 25
    assert [cell["id"] for cell in notebook["cells"]][:4] == ORDER
    for cell in notebook["cells"]:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", cell["id"])
        assert not re.fullmatch(r"[0-9a-f]{8}", cell["id"]), "an id that a program chose"
    for cell in code(notebook):
        source = "".join(cell["source"])
        assert len(source.splitlines()) <= 15, cell["id"]
        defined = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
        assert not any(isinstance(node, defined) for node in ast.walk(ast.parse(source))), cell["id"]
        assert not source.rstrip().endswith(";"), cell["id"]
        assert not re.search(r"^\s*[%!]|filterwarnings|today\(\)|now\(\)", source, re.MULTILINE), cell["id"]


@pytest.mark.parametrize("name", EXPECTED)
def test_every_notebook_asks_names_its_data_and_answers(name):
    cells = NOTEBOOKS[name]["cells"]
    opening = "".join(cells[0]["source"])
    assert opening.startswith("# ")
    assert "**Question.**" in opening
    assert "**Data.**" in opening
    (answer,) = (cell for cell in cells if cell["id"] == "answer")
    (part, *_) = (part for cell, part in shown_parts(NOTEBOOKS[name]) if cell == "answer")
    assert part["kind"] == "sentences"
    assert any("value" in run for block in part["blocks"] for run in block["runs"] if not isinstance(run, str))
    assert "What this does not show" in "".join(cells[-1]["source"])
