"""How cost grows: with the counts in a series, and with the notebooks of a run.

Run from the project folder: python -m tests.benchmarks.scaling
Prints seconds and the power of the size that they grow with (1 is linear), and draws scaling.svg here.
"""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure

from analysis.growth import specifications, trends
from analysis.running.execute import Task, execute

REPEATS = 3
LONGEST = 180.0  # seconds; a size that would take longer at linear growth is left out, and said to be
HERE = Path(__file__).parent


def series(size: int) -> tuple[list[int], list[int]]:
    """So many annual counts that grow at first and then level off."""
    years = list(range(2019 - size, 2019))
    mean = 600 / (1 + np.exp(-0.8 * (np.arange(size) - 0.5)))
    return years, np.random.default_rng(2018).poisson(mean).tolist()


def growth(size: int) -> None:
    years, counts = series(size)
    trends.all_trends(years, counts)
    specifications.growth_specifications(years, counts)


def notebooks(size: int) -> None:
    chapters = sorted(Path("notebooks").glob("[0-9]*.ipynb"))[1:]
    # Another seed makes another run of the same notebook.
    tasks = [(chapters[number % len(chapters)], number // len(chapters)) for number in range(size)]
    execute([Task(path, {"seed": seed} if seed else {}) for path, seed in tasks])


CASES: dict[str, tuple[Callable[[int], None], tuple[int, ...], int]] = {
    "annual counts: all trend models and specifications": (growth, (4, 12, 40), REPEATS),
    "notebooks: one run, two at a time": (notebooks, (1, 6, 30), 1),
}


def seconds(call: Callable[[int], None], size: int, repeats: int) -> float:
    taken = []
    for _ in range(repeats):
        begin = time.perf_counter()
        call(size)
        taken.append(time.perf_counter() - begin)
    return statistics.median(taken)


def main() -> None:
    measured: dict[str, dict[int, float]] = {}
    for name, (call, sizes, repeats) in CASES.items():
        call(sizes[0])  # once unmeasured: imports, caches
        points = measured[name] = {}
        for size in sizes:
            if points and max(points.values()) * size / max(points) > LONGEST:
                print(f"  {name}: {size:,} left out, longer than {LONGEST:.0f} s")
                break
            points[size] = seconds(call, size, repeats)
        (first, low), *_, (last, high) = points.items()
        power = math.log(high / low) / math.log(last / first)
        shown = "  ".join(f"{size:,}: {taken:.3g} s" for size, taken in points.items())
        print(f"  {name}\n    {shown}   power {power:.2f}", flush=True)
    (HERE / "scaling.svg").write_text(picture(measured), encoding="utf-8")


def picture(measured: dict[str, dict[int, float]]) -> str:
    """Seconds against size on logarithmic axes, beside what linear growth would be."""
    from io import StringIO

    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "scaling", "font.size": 9}):
        figure = Figure(figsize=(9, 3), layout="constrained")
        for axes, (name, points) in zip(figure.subplots(1, len(measured)), measured.items(), strict=True):
            sizes, taken = list(points), list(points.values())
            axes.loglog(sizes, taken, "o-", color="#1f5fa8", label="measured")
            linear = [taken[-1] * size / sizes[-1] for size in sizes]
            axes.loglog(sizes, linear, "--", color="#666666", label="linear")
            axes.set(title=name.partition(":")[2].strip(), xlabel=name.partition(":")[0], ylabel="seconds")
            axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
            axes.minorticks_off()
        axes.legend(frameon=False)
        text = StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None})
    return text.getvalue()


if __name__ == "__main__":
    main()
