"""Mutation testing: faults planted one at a time where numbers are computed and in the gate, and how many are seen.

    git worktree add ../mutated && ln -s "$PWD/.venv" ../mutated/.venv && cd ../mutated
    python3 -m venv .build/mutation && .build/mutation/bin/pip install cosmic-ray
    .build/mutation/bin/python tests/mutation/sample.py 100 models

Cosmic Ray is no part of the environment. It writes each fault into the file itself, hence a tree of its own. Of all
faults as many as are asked for are drawn, the same ones each time. Each that no test sees is printed, with the reason
from survivors.csv where that has one; the status is 1 where fewer than 85% are seen or a reason is lacking.
"""

import csv
import json
import random
import subprocess
import sys
from pathlib import Path

from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import TestOutcome, WorkerOutcome, WorkResult

GROUND = ["analysis/estimates.py", "analysis/periods.py", "analysis/rounding.py"]
GATE = ["analysis/publishing/gate.py", "analysis/publishing/typed_numbers.py"]
ROOMS = {  # where faults are planted, and the tests of that room, beside the examples in it
    "ground": (GROUND, "estimates rounding periods"),
    "models": (["analysis/models"], "models trends poisson_slope ratios reference saturation"),
    "growth": (
        ["analysis/growth"],
        "ratios trends saturation specifications stability frontier reference growth_edges",
    ),
    "comparison": (["analysis/comparison"], "comparison alignment association breaks"),
    "claims": (["analysis/claims"], "hedges claims"),
    "reliability": (
        ["analysis/reliability"],
        "forecasts base_rates reference_class record benchmark calibration explorer",
    ),
    "words": ([f"analysis/parts/{name}.py" for name in ("numbers", "results", "sentences", "tables")], "parts"),
    "gate": (GATE, "gate page"),
}
# In annotations the first changes nothing; the second unsigns or uncaches a function without changing what it gives.
LEFT_OUT = ("core/ReplaceBinaryOperator_BitOr_", "core/RemoveDecorator")
SEEN = 0.85
REASONS = Path(__file__).with_name("survivors.csv")
BUILD = Path(".build/mutation")


def main(size: int, room: str) -> int:
    paths, names = ROOMS[room]
    tests = [path for name in names.split() for path in sorted(Path("tests").rglob(f"test_{name}.py"))]
    command = ".venv/bin/python -m pytest -x -q -p no:cacheprovider -m 'not long' --doctest-modules"
    lines = ["[cosmic-ray]", f"module-path = {json.dumps(paths)}", "timeout = 90", "excluded-modules = []"]
    lines.append(f'test-command = "env PYTHONDONTWRITEBYTECODE=1 {command} {" ".join(map(str, [*paths, *tests]))}"')
    settings, session = BUILD / f"{room}.toml", BUILD / f"{room}.sqlite"
    settings.write_text("\n".join([*lines, "[cosmic-ray.distributor]", 'name = "local"', ""]))
    run = [Path(sys.executable).with_name("cosmic-ray")]
    subprocess.run([*run, "init", "--force", settings, session], check=True, stdout=subprocess.DEVNULL)
    with use_db(session, WorkDB.Mode.open) as faults:
        drawn = _drawn(faults, size)
    subprocess.run([*run, "exec", settings, session], check=True)
    with use_db(session, WorkDB.Mode.open) as faults:
        missed = [(job, done.diff) for job, done in faults.results if done.test_outcome == TestOutcome.SURVIVED]
        where = {item.job_id: item.mutations[0].module_path for item in faults.work_items}
    with REASONS.open(encoding="utf-8", newline="") as file:
        reasons = {(row["file"], row["before"], row["after"]): row["why"] for row in csv.DictReader(file)}
    found = [(where[job].as_posix(), *_change(diff)) for job, diff in missed]
    for fault in found:
        print(*fault, reasons.get(fault, "NOT EXPLAINED"), "", sep="\n")
    print(f"{room}: {drawn - len(found)} of {drawn} faults seen, {100 * (1 - len(found) / drawn):.0f}%")
    return int(drawn - len(found) < SEEN * drawn or any(fault not in reasons for fault in found))


def _drawn(faults: WorkDB, size: int) -> int:
    """How many faults are left to try, all others marked as skipped."""
    every = {item.job_id: item.mutations[0] for item in faults.pending_work_items}
    real = [job for job, fault in every.items() if not fault.operator_name.startswith(LEFT_OUT)]
    real.sort(key=lambda job: (str(every[job].module_path), every[job].operator_name, every[job].occurrence))
    kept = set(random.Random(2018).sample(real, min(size, len(real))))
    for job in every.keys() - kept:
        faults.set_result(job, WorkResult(output="not drawn", worker_outcome=WorkerOutcome.SKIPPED))
    return len(kept)


def _change(diff: str) -> tuple[str, str]:
    """The changed line before and after."""
    lines = [line for line in diff.splitlines() if not line.startswith(("---", "+++"))]
    return tuple(" ".join(line[1:].strip() for line in lines if line.startswith(mark)) for mark in "-+")


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2]))
