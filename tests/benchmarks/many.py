"""Many runs: what a warm worker costs, what a second one brings, and how time and memory grow with their number.

Run from the project folder: python -m tests.benchmarks.many
"""

from __future__ import annotations

import functools
import math
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import numpy as np
import psutil

from analysis.models import trends
from analysis.publishing.many import sweep_page
from analysis.running import sweep
from analysis.running.cluster import map_over
from analysis.running.execute import Server, Task, execute, fix_environment
from analysis.running.grid import Grid
from tests.running import simulated

IMPORTS = "import pandas\nimport statsmodels.api\nimport seaborn\nfrom analysis.growth import trends"
TARGETS = {
    "one notebook of a sweep, warm worker / papermill": 0.10,
    "functions alone: specifications a second, two workers": 10_000,
    "throughput of two workers / one": 1.8,
    "memory after 80,000,000 specifications / after 8,000,000": 1.1,
    "memory, peak, GiB": 1.0,
    "power of the number of runs that time grows with": 1.1,
}
BATCH = 4_096  # series as one array, which stays in the cache of its core: larger ones wait for the memory they share
BATCHES = 512  # an item: 0.6 s, so that 20 ms to hand it out and fetch its result are little
PER_ITEM = BATCH * BATCHES
PAIRS = 3  # what is compared takes turns, and the best of each counts: others may use this machine as well
COUNTS = (153, 462, 527, 594)
TRENDS = (trends.poisson_trend, trends.log_linear_trend, trends.linear_trend)


@contextmanager
def timed(found: list[float]) -> Iterator[None]:
    begin = time.perf_counter()
    yield
    found.append(time.perf_counter() - begin)


def warm_worker(folder: Path) -> float:
    """A notebook that only imports, so that all it takes is overhead, in a warm worker and by papermill's command."""
    cells = [nbformat.v4.new_code_cell("level: float = 0.9", metadata={"tags": ["parameters"]}, id="parameters")]
    cells.append(nbformat.v4.new_code_cell(IMPORTS, id="imports"))
    path = folder / "imports.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    command = [
        sys.executable,
        "-m",
        "papermill",
        "--no-progress-bar",
        "--kernel",
        "python3",
        path,
        folder / "out.ipynb",
    ]
    server = Server(folder, "forked", jobs=1)
    execute([Task(path)], cache=folder, server=server)
    warm: list[float] = []
    plain: list[float] = []
    for number in range(5):
        with timed(warm):
            execute([Task(path, {"level": 0.6 + number / 100})], cache=folder, server=server)
        with timed(plain):
            subprocess.run(command, check=True, capture_output=True)
    server.close()
    return statistics.median(warm) / statistics.median(plain)


def specifications(seed: int) -> float:
    """Growth under one model and one first year in each of many resampled series: a specification a series."""
    model, first = TRENDS[seed % 3], seed // 3 % 2
    generator, shape = np.random.default_rng(seed), (BATCH, len(COUNTS))
    drawn = (generator.poisson(COUNTS, shape)[:, first:] for _ in range(BATCHES))
    return float(np.mean([np.median(model(counts).slope) for counts in drawn]))


def throughput(workers: int, items: int) -> float:
    """Specifications a second, from the first result on: starting the processes is not counted."""
    seeds = iter(range(6 * workers + items))
    arriving = map_over(specifications, seeds, jobs=workers)
    for _ in range(6 * workers):
        next(arriving)
    begin = time.perf_counter()
    return sum(PER_ITEM for _ in arriving) / (time.perf_counter() - begin)


PLAIN = """
import sys, time
from tests.benchmarks.many import specifications
for seed in range(6):
    specifications(seed)
print(flush=True)
for line in sys.stdin:
    begin = time.perf_counter()
    for seed in range(int(line)):
        specifications(seed)
    print(time.perf_counter() - begin, flush=True)
"""


def plain(processes: int, items: int) -> float:
    """The same by so many processes that know nothing of one another: what the machine itself gives."""
    each_takes = items // processes
    command = [sys.executable, "-c", PLAIN]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    started = [subprocess.Popen(command, **pipes) for _ in range(processes)]
    for each in started:
        each.stdout.readline()
    for each in started:
        print(each_takes, file=each.stdin, flush=True)
    speed = sum(each_takes * PER_ITEM / float(each.stdout.readline()) for each in started)
    for each in started:
        each.communicate()
    return speed


def peak_memory(call: Callable[[], object]) -> float:
    """GiB of this process and all it starts, pages that they share counted once."""
    done, peak, me = threading.Event(), [0], psutil.Process()

    def watch() -> None:
        while not done.wait(0.05):
            usage = 0
            for process in (me, *me.children(recursive=True)):
                try:
                    usage += process.memory_full_info().pss
                except psutil.Error:
                    continue
            peak[0] = max(peak[0], usage)

    watcher = threading.Thread(target=watch)
    watcher.start()
    call()
    done.set()
    watcher.join()
    return peak[0] / 2**30


def runs(size: int, folder: Path) -> float:
    """Seconds that so many simulated runs take with their files, table and page."""
    grid = Grid("simulated", {"seed": list(range(size // 2)), "level": [0.9, 0.95]})
    begin = time.perf_counter()
    sweep.compute(grid, folder, run=simulated.run, say=lambda line: None)
    sweep_page(grid, sweep.tabulate(grid, folder))
    return time.perf_counter() - begin


def main() -> None:
    fix_environment()
    targets = iter(TARGETS.items())

    def show(measured: float) -> float:
        what, target = next(targets)
        print(f"  {what:<56}{measured:>10,.3g}{target:>9,}", flush=True)
        return measured

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        show(warm_worker(folder))
        ways = [functools.partial(way, number) for way in (plain, throughput) for number in (1, 2)]
        pairs = [[way(24) for way in ways] for _ in range(PAIRS)]
        one_plain, two_plain, one, two = map(max, zip(*pairs, strict=True))
        show(two)
        show(two / one)
        small, large = (peak_memory(functools.partial(throughput, 2, items)) for items in (4, 40))
        show(large / small)
        show(large)
        seconds = {size: runs(size, folder / str(size)) for size in (1_000, 10_000)}
        show(math.log10(seconds[10_000] / seconds[1_000]))
    print(
        f"  two plain processes / one: {two_plain / one_plain:.2f}, which is what the machine itself gives; "
        f"two workers / two plain processes: {two / two_plain:.2f}"
    )
    print(f"  simulated runs: {'  '.join(f'{size:,}: {taken:.1f} s' for size, taken in seconds.items())}")


if __name__ == "__main__":
    main()
