"""How long everything takes, as ratios against what a user would otherwise run: the table of `make bench`.

Seconds drift with the machine, so each ratio is the median over rounds in which both sides ran one after
the other. Everything happens in a copy of the project that shares its environment; nothing published is
touched. `--quick` measures one round and leaves out the tests, the environment and how cost grows.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ".venv/bin/python"
TARGETS = {
    "make report, everything stale / naive": 0.25,
    "make report, everything stale / plain script": 1.25,
    "make report, nothing changed / naive": 0.003,
    "make report, one notebook edited / everything stale": 0.6,
    "environment from nothing / venv and pip install": 0.4,
    "make test / naive": 5,
    "size of the report / nbconvert's pages together": 0.3,
    "peak memory of make report / one naive kernel": 3,
}


@dataclass
class Bench:
    """A copy of the project, and what was measured in it."""

    copy: Path
    ratios: dict[str, list[float]] = field(default_factory=dict)
    seconds: dict[str, list[float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        left_out = shutil.ignore_patterns(".venv", ".build", ".git", "__pycache__", ".*_cache", ".hypothesis")
        shutil.copytree(ROOT, self.copy, ignore=left_out, symlinks=True)
        (self.copy / ".venv").symlink_to(ROOT / ".venv", target_is_directory=True)
        self.notebooks = sorted((self.copy / "notebooks").glob("[0-9]*.ipynb"))

    def run(self, name: str, *commands: Sequence[str], folder: str = ".") -> float:
        """Seconds that the commands take one after the other; one that fails ends the benchmark."""
        begin = time.perf_counter()
        for command in commands:
            done = subprocess.run(command, cwd=self.copy / folder, capture_output=True, text=True, check=False)
            if done.returncode:
                raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        taken = time.perf_counter() - begin
        self.seconds.setdefault(name, []).append(taken)
        return taken

    def note(self, name: str, ratio: float) -> None:
        self.ratios.setdefault(name, []).append(ratio)

    def naive(self) -> float:
        """papermill once for each notebook, then nbconvert on each."""
        python, commands = str(self.copy / PYTHON), []
        for path in self.notebooks:
            commands.append([python, "-m", "papermill", "--no-progress-bar", path.name, f"../naive/{path.name}"])
        commands += [[python, "-m", "nbconvert", "--to", "html", f"../naive/{path.name}"] for path in self.notebooks]
        (self.copy / "naive").mkdir(exist_ok=True)
        return self.run("naive: papermill and nbconvert", *commands, folder="notebooks")

    def stale(self) -> float:
        shutil.rmtree(self.copy / ".build" / "notebooks", ignore_errors=True)
        for manifest in (self.copy / ".build").glob("manifest-*.json"):
            manifest.unlink()
        return self.run("make report, everything stale", ["make", "report"])

    def edited(self, number: int) -> float:
        path = self.notebooks[number % len(self.notebooks)]
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace('"source": [\n    "from', f'"source": [\n    "# {number}\\n",\n    "from', 1))
        return self.run("make report, one notebook edited", ["make", "report"])

    def round(self, number: int) -> None:
        naive = self.naive()
        stale = self.stale()
        unchanged = statistics.median(self.run("make report, nothing changed", ["make", "report"]) for _ in range(5))
        plain = self.run("plain script", [PYTHON, "-m", "tests.benchmarks.plain", "plain.html"])
        edited = self.edited(number)
        names = list(TARGETS)
        for name, ratio in zip(names, (stale / naive, stale / plain, unchanged / naive, edited / stale), strict=False):
            self.note(name, ratio)

    def environment(self) -> None:
        """The environment by make, and by pip, both with the download caches that earlier runs filled."""
        for folder in ("by make", "by pip"):
            (self.copy / folder).mkdir()
            for name in ("Makefile", "requirements.lock", "pyproject.toml", "README.md", "LICENSE"):
                shutil.copy(self.copy / name, self.copy / folder)
            shutil.copytree(self.copy / "analysis", self.copy / folder / "analysis")
        ours = self.run("environment by make", ["make", ".venv/.ready"], folder="by make")
        pip = self.run(
            "environment by pip",
            ["python3", "-m", "venv", ".venv"],
            [".venv/bin/python", "-m", "pip", "install", "--require-hashes", "-r", "requirements.lock"],
            folder="by pip",
        )
        self.note("environment from nothing / venv and pip install", ours / pip)

    def sizes(self) -> None:
        pages = sum(path.stat().st_size for path in (self.copy / "naive").glob("*.html"))
        report = (self.copy / "reports" / "report.html").stat().st_size
        self.note("size of the report / nbconvert's pages together", report / pages)

    def memory(self) -> None:
        shutil.rmtree(self.copy / ".build" / "notebooks", ignore_errors=True)
        for manifest in (self.copy / ".build").glob("manifest-*.json"):
            manifest.unlink()
        ours = peak_memory(["make", "report"], self.copy)
        python, kernels = str(self.copy / PYTHON), []
        for path in self.notebooks:
            command = [python, "-m", "papermill", "--no-progress-bar", path.name, os.devnull]
            kernels.append(peak_memory(command, self.copy / "notebooks", only="ipykernel"))
        self.note("peak memory of make report / one naive kernel", ours / max(kernels))


def peak_memory(command: Sequence[str], folder: Path, only: str = "") -> int:
    """Largest memory of a command and all it starts, pages shared between them counted once."""
    process = psutil.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    done, peak = threading.Event(), 0
    waiter = threading.Thread(target=lambda: (process.wait(), done.set()))
    waiter.start()
    while not done.wait(0.05):
        total = 0
        try:
            family = [process, *process.children(recursive=True)]
        except psutil.Error:
            continue
        for member in family:
            try:
                if only in " ".join(member.cmdline()):
                    usage = member.memory_full_info()
                    total += getattr(usage, "pss", usage.uss)
            except psutil.Error:
                continue
        peak = max(peak, total)
    return peak


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition(":")[0])
    parser.add_argument("--quick", action="store_true", help="one round; no tests, environment or growth")
    quick = parser.parse_args().quick
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder, "copy"))
        bench.stale()  # once unmeasured: bytecode and fonts
        for number in range(1 if quick else 3):
            bench.round(number)
        bench.sizes()
        bench.memory()
        if not quick:
            bench.environment()
            naive = statistics.median(bench.seconds["naive: papermill and nbconvert"])
            pristine = Bench(Path(folder, "pristine"))  # without the edits of the rounds
            bench.note("make test / naive", pristine.run("make test", ["make", "test"]) / naive)
            bench.seconds |= pristine.seconds
        print(f"{'what / against':<56}{'measured':>10}{'at most':>9}")
        for name, most in TARGETS.items():
            measured = statistics.median(bench.ratios[name]) if name in bench.ratios else None
            shown = "not run" if measured is None else f"{measured:.3g}"
            print(f"{name:<56}{shown:>10}{most:>9}{'   over' if measured and measured > most else ''}")
        print("\nmedian seconds")
        for name, taken in bench.seconds.items():
            print(f"  {name:<44}{statistics.median(taken):7.2f} s")
        for title, module in (
            ("where the time goes", "stages"),
            ("many runs", "many"),
            ("how cost grows", "scaling"),
        ):
            if module != "scaling" or not quick:
                print(f"\n{title}", flush=True)
                subprocess.run([sys.executable, "-m", f"tests.benchmarks.{module}"], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
