"""One lock for every way of installing, no host in any file, a Makefile that knows when nothing changed."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
DIRECT = [Requirement(line) for line in PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["test"]]
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
# Assembled, so that this file does not hold what it looks for.
HOST = re.compile(
    "|".join(
        [r"https?://\S+/sim" + "ple", "--(extra-)?index" + "-url", "--find" + "-links", "--trusted" + "-host"]
        + ["file:" + "///", r"registry" + " = ", '"resol' + 'ved":']
    )
)
FOLDER = re.compile(r"(?<![\w.])(/(work|root|opt|srv)" + "/|/home" + r"/(?!jovyan)\w)")
MACHINES = [
    {"python_full_version": f"{version}.2", "python_version": version, "sys_platform": system}
    | {"platform_system": name, "platform_machine": machine, "platform_python_implementation": "CPython"}
    | {"implementation_name": "cpython", "os_name": "posix"}
    for version in ("3.11", "3.12", "3.13")
    for system, name, machine in (
        ("linux", "Linux", "x86_64"),
        ("linux", "Linux", "aarch64"),
        ("darwin", "Darwin", "x86_64"),
        ("darwin", "Darwin", "arm64"),
    )
]


def entries(text: str) -> list[str]:
    """The requirements of a lock, each with its hashes on the lines that follow."""
    return re.split(r"(?<!\\)\n", text.strip())


def locked(machine: dict[str, str]) -> Iterator[tuple[str, str]]:
    for entry in entries(LOCK):
        requirement = Requirement(entry.partition(" \\")[0])
        if requirement.marker is None or requirement.marker.evaluate(machine):
            yield requirement.name.lower().replace("_", "-"), str(requirement.specifier).removeprefix("==")


def files() -> Iterator[Path]:
    """What is committed: everything but what .gitignore names."""
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    names = {line.rstrip("/") for line in ignored if line.endswith("/")} | {".git"}
    for folder, folders, found in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in names]
        yield from (Path(folder, name) for name in found)


def test_every_locked_version_is_exact_and_hashed() -> None:
    for entry in entries(LOCK):
        assert re.match(r"[A-Za-z0-9._-]+==[^ ]+( ; [^\\]+)?( \\\n    --hash=sha256:[0-9a-f]{64})+$", entry), entry


@pytest.mark.parametrize("machine", MACHINES, ids=lambda m: f"{m['python_version']} {m['platform_machine']}")
def test_the_lock_holds_what_the_project_asks_for(machine: dict[str, str]) -> None:
    pairs = list(locked(machine))
    versions = dict(pairs)
    assert len(pairs) == len(versions), "two versions of one package"
    for requirement in DIRECT:
        version = versions[requirement.name.lower().replace("_", "-")]
        assert requirement.specifier.contains(version), requirement


def test_the_same_numerical_libraries_everywhere() -> None:
    names = ("numpy", "scipy", "pandas", "matplotlib", "statsmodels")
    assert len({tuple(dict(locked(machine))[name] for name in names) for machine in MACHINES}) == 1


def test_conda_installs_the_lock() -> None:
    *packages, section = CONDA["dependencies"]
    assert CONDA["name"] == PROJECT["project"]["name"]
    assert packages == [f"python={PROJECT['project']['requires-python'].removeprefix('>=')}", "pip"]
    assert section == {"pip": ["-r requirements.lock"]}
    assert all(re.fullmatch(r"[a-z-]+", channel) for channel in CONDA["channels"])


def test_no_file_names_a_mirror_or_a_folder_of_some_machine() -> None:
    found = []
    for path in files():
        text = path.read_text(encoding="utf-8", errors="ignore")
        planted = path.is_relative_to(ROOT / "tests")  # tests may plant a folder to see it refused
        match = HOST.search(text) or (not planted and FOLDER.search(text))
        found += [f"{path.relative_to(ROOT)}: {match[0]}"] if match else []
    assert not found


@pytest.mark.parametrize("line", ["https://host.example/sim" + "ple", "--find" + "-links x", "file:" + "///x"])
def test_a_planted_host_is_found(line: str) -> None:
    assert HOST.search(f"a\n{line}\n")


@pytest.mark.parametrize("line", ["cd /srv/x", "'/home/someone/x'", "PATH=/root/bin"])
def test_a_planted_folder_is_found(line: str) -> None:
    assert FOLDER.search(f"a\n{line}\n")


# The Makefile, in a folder of its own, with a stand-in for python that notes how it was called.


class Project:
    def __init__(self, root: Path) -> None:
        self.root = root
        for name in ("analysis/growth/models.py", "notebooks/03.ipynb", "data/counts.csv", "reports/report.html"):
            self.write(name, "1")
        shutil.copy(ROOT / "Makefile", root)
        self.write("requirements.lock", "uv==1 \\\n    --hash=sha256:1\nvalidators==1 \\\n    --hash=sha256:2\n")
        said = 'for a; do printf "%s|" "$a"; done >> calls'
        self.write(".venv/bin/python", f"#!/bin/sh\n[ $1 = -I ] && exit ${{CHANGED:-1}}\n{said}\nexit ${{FAIL:-0}}\n")
        (root / ".venv/bin/python").chmod(0o755)
        self.write(".venv/lib/python3.12/site-packages/scipy/__init__.py", "")
        self.write(".venv/.ready", "scipy\n")

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def make(self, *arguments: str, fails: bool = False, **variables: str) -> str:
        """What the program was called with, "" if make did not call it."""
        calls = self.root / "calls"
        calls.unlink(missing_ok=True)
        environment = {"PATH": os.defpath, "HOME": str(self.root), **variables}
        done = subprocess.run(
            ["make", *arguments], cwd=self.root, env=environment, capture_output=True, text=True, check=False
        )
        self.said = done.stdout + done.stderr
        assert bool(done.returncode) == fails, self.said
        return calls.read_text(encoding="utf-8") if calls.exists() else ""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    root = tmp_path / "a földer with 'spaces'"
    root.mkdir()
    return Project(root)


def test_make_alone_names_every_target(project: Project) -> None:
    assert project.make() == ""
    targets = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    for target in set(targets[1].split()) - {"again"}:
        assert f"make {target} " in project.said


def test_the_program_is_called_when_something_has_changed(project: Project) -> None:
    assert project.make("report", CHANGED="1") == "-m|analysis|report|"
    assert project.make("report", CHANGED="0") == ""


def test_a_failed_report_fails(project: Project) -> None:
    assert project.make("report", FAIL="3", fails=True) == "-m|analysis|report|"


@pytest.mark.parametrize("lost", [".venv/lib/python3.12/site-packages/scipy", ".venv/bin/python"])
def test_an_environment_that_has_lost_something_is_set_up_again(project: Project, lost: str) -> None:
    (project.root / lost).rename(project.root / "lost")
    project.make("report", "PYTHON=false", fails=True)
    assert "Python 3.11 or newer is needed" in project.said


def test_overrides_reach_the_program_in_one_order(project: Project) -> None:
    assert project.make("report", "seed=2", "level=0.9") == "-m|analysis|report|level=0.9|seed=2|"
    assert project.make("report", "PARAMS=my file.yaml", "STUDY=../a study") == (
        "-m|analysis|report|--params|my file.yaml|study=../a study|"
    )
    settings = ["JOBS=1", "PYTHON=python3", "KERNEL=ipykernel", "CELL_SECONDS=9", "CELL_MEGABYTES=9"]
    assert project.make("report", *settings) == "-m|analysis|report|"


@pytest.mark.parametrize(
    "value", ['it\'s "q" `id` ; | & $$HOME * \\n ü', "$(shell touch expanded)", "${level}", "$(error expanded)"]
)
def test_no_character_of_a_value_means_anything_to_make_or_the_shell(project: Project, value: str) -> None:
    assert project.make("report", f"level={value}") == f"-m|analysis|report|level={value}|"
    assert project.make("report", f"PARAMS={value}") == f"-m|analysis|report|--params|{value}|"
    assert project.make("report", STUDY=value) == f"-m|analysis|report|study={value}|"
    assert not (project.root / "expanded").exists()


def test_no_setting_is_a_command(project: Project) -> None:
    for target in ("test", "test-long"):
        assert "|-n|1; touch expanded|" in project.make(target, "JOBS=1; touch expanded")
    assert not (project.root / "expanded").exists()


@pytest.mark.parametrize(
    "name", ["python", "ready", "pip", "uv", "names", "given", "settings", "arguments", "overrides", "lost", "there"]
)
def test_nothing_of_ours_can_be_replaced(project: Project, name: str) -> None:
    """What is tried is passed on as a parameter, which the program does not know."""
    called = project.make("report", f"{name}=echo")
    assert called.startswith("-m|analysis|report|")
    assert f"|{name}=" in called
    assert sorted(path.name for path in project.root.iterdir() if path.name not in ("calls", ".venv")) == [
        "Makefile",
        "analysis",
        "data",
        "notebooks",
        "reports",
        "requirements.lock",
    ]


def test_clean_says_what_it_leaves(project: Project) -> None:
    (project.root / "tests").mkdir()
    project.make("clean")
    assert not (project.root / ".venv").exists()
    assert "Left outside this folder: what pip and uv downloaded" in project.said
    assert "reports/runs/" in project.said


def test_the_lock_gives_pip_its_entry_for_uv(project: Project) -> None:
    said = subprocess.run(
        ["make", "--dry-run", "--always-make", ".venv/.ready"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    command = next(line for line in said.splitlines() if line.startswith("sed"))
    subprocess.run(["sh", "-c", command], cwd=project.root, check=True)
    entry = (project.root / ".venv/uv.txt").read_text(encoding="utf-8")
    assert entry == "uv==1 \\\n    --hash=sha256:1\n"


@pytest.mark.parametrize(
    ("lacks", "told"),
    [("version_info", "Python 3.11 or newer is needed"), ("ensurepip", "apt-get install python3-venv")],
)
def test_what_python_lacks_is_said(project: Project, lacks: str, told: str) -> None:
    (project.root / ".venv/.ready").unlink()
    project.write("old python", f'#!/bin/sh\ncase "$2" in *{lacks}*) exit 1;; esac\n')
    (project.root / "old python").chmod(0o755)
    project.make("report", "PYTHON='./old python'", fails=True)
    assert told in project.said


def test_citation_changelog_and_package_name_one_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    newest = re.search(r"^## \[([\d.]+)\] - (\S+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert citation["version"] == PROJECT["project"]["version"] == newest[1]
    assert citation["date-released"] == newest[2]
    assert citation["license"] == PROJECT["project"]["license"]


DISTRIBUTIONS = {"PIL": "pillow", "IPython": "ipython", "bs4": "beautifulsoup4", "yaml": "pyyaml"}
DISTRIBUTIONS |= {"websocket": "websocket_client"}


def test_every_package_that_is_imported_is_declared():
    own = {"analysis", "tests"} | {path.stem for path in (ROOT / "tests").rglob("*") if path.suffix in ("", ".py")}
    imported = set()
    for path in [*(ROOT / "analysis").rglob("*.py"), *(ROOT / "tests").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                imported.add(node.module.split(".")[0])
    named = {requirement.name.lower().replace("-", "_") for requirement in DIRECT}
    named |= {"atheris", "cosmic_ray"}  # in environments of their own: tests/fuzz/, tests/mutation/
    outside = imported - set(sys.stdlib_module_names) - own
    assert {name for name in outside if DISTRIBUTIONS.get(name, name).lower() not in named} == set()
