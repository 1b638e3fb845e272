"""The house: an import goes down, never up and never in a circle; every room stands on a floor."""

import ast
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "analysis"
# From the ground up. Rooms on one line may import each other's modules, as long as no circle comes of it.
FLOORS = [
    ["csv_text", "estimates", "json_text", "names", "periods", "plain_text", "rounding", "schemas", "yaml_text"],
    ["figures", "parameters"],
    ["models"],
    ["growth", "comparison", "claims", "reliability"],
    ["parts"],
    ["charts"],
    ["running"],
    ["publishing"],
    ["__main__"],
]
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}


def imports(path):
    """Modules of the package that a file imports, the ones inside functions too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "analysis":
            base = node.module.split(".")[1:]
            for alias in node.names:
                yield ".".join([*base, alias.name]) if _is_module(base, alias.name) else ".".join(base)
        elif isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[2] for alias in node.names if alias.name.startswith("analysis."))


def _is_module(base, name):
    place = PACKAGE.joinpath(*base, name)
    return place.with_suffix(".py").exists() or place.is_dir()


def modules():
    for path in sorted(PACKAGE.rglob("*.py")):
        name = ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix("__init__").rstrip(".")
        if name:
            yield name, path


def upward(name, targets):
    here = FLOOR[name.split(".")[0]]
    return [target for target in targets if FLOOR[target.split(".")[0]] > here]


@pytest.mark.parametrize(("name", "path"), list(modules()))
def test_imports_go_down(name, path):
    assert upward(name, list(imports(path))) == []


def test_a_question_is_answered_without_knowing_who_asks():
    """Questions return estimates; what is said of them, and that notebooks exist, is known further up."""
    questions = {room for room, floor in FLOOR.items() if floor <= FLOOR["growth"]}
    for name, path in modules():
        if name.split(".")[0] in questions:
            assert not {target.split(".")[0] for target in imports(path)} & {"parts", "running", "publishing"}, name


def test_of_the_notebooks_only_the_summary_knows_of_running():
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
        rooms = set(re.findall(r"\banalysis\.(running|publishing)\b", code))
        rooms |= set(re.findall(r"from analysis import [^\n]*\b(running|publishing)\b", code))
        assert rooms == ({"running"} if path.stem == "00_summary" else set()), path.stem


def test_an_import_that_goes_up_is_found():
    assert upward("growth.models", ["estimates", "charts.theme"]) == ["charts.theme"]


def test_there_is_no_circle():
    graph = {name: set(imports(path)) for name, path in modules()}
    assert circle(graph) is None
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"a"}}) is not None


def circle(graph):
    """A module that reaches itself, or None."""
    done = set()

    def reach(name, path):
        if name in path:
            return name
        if name in done:
            return None
        for target in graph.get(name, ()):
            if found := reach(target, path | {name}):
                return found
        done.add(name)
        return None

    return next((found for name in graph if (found := reach(name, frozenset()))), None)


def test_rooms_can_be_read_in_one_sitting():
    long = {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in modules()}
    assert {name: lines for name, lines in long.items() if lines > 420} == {}


def test_nothing_stands_at_the_top_that_has_no_place_there():
    planned = {
        "analysis",
        "data",
        "notebooks",
        "reports",
        "tests",
        "Makefile",
        "README.md",
        "environment.yml",
    }
    conventional = {
        "CHANGELOG.md",
        "CITATION.cff",
        "LICENSE",
        "SECURITY.md",
        "postBuild",
        "pyproject.toml",
        "requirements.lock",
    }
    found = {path.name for path in ROOT.iterdir() if not path.name.startswith((".", "__"))}
    assert found - planned - conventional == set()
    assert planned - found == set()
