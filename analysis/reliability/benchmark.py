"""Public runs of yearly counts, cut into windows: what a forecaster would have known, and what came next."""

from __future__ import annotations

import csv
import functools
import io
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.reliability import artefacts

TABLE = "annual_counts.csv"
COLUMNS = ["family", "domain", "dataset", "series", "year", "count"]
LENGTHS = (3, 4, 5, 6)  # years in a window
HORIZONS = (1, 2)  # years from the last count of a window to the one that is forecast
SMALLEST_COUNT = 5
MEAN_RANGE = (10.0, 20_000.0)
LARGEST_RUN_SHARE = 40  # windows of one run
LARGEST_FAMILY_SHARE = 600  # windows of one family
SMALLEST_FAMILY = 30  # windows; smaller families are pooled
POOLED = "Misc"
RAMP = 2.0  # a first step of at least this factor, every later one by less than it either way
SEED = 2018


@dataclass(frozen=True, eq=False)
class Run:
    """One unbroken run of yearly counts (years,), and the family that it belongs to."""

    family: str
    counts: np.ndarray


@dataclass(frozen=True, eq=False)
class Windows:
    """Short series and the count that followed each.

    counts : (windows, n), consecutive years. following : (windows,), the count `horizon` years later.
    family : (windows,), the family of each, small families pooled.
    """

    horizon: int
    counts: np.ndarray
    following: np.ndarray
    family: np.ndarray

    @property
    def n(self) -> int:
        """Years in each window."""
        return self.counts.shape[1]

    @property
    def families(self) -> list[str]:
        """Names of the families, sorted."""
        return sorted(set(self.family.tolist()))

    @property
    def rose(self) -> np.ndarray:
        """Whether every count of a window is higher than the one before, (windows,)."""
        return np.all(np.diff(self.counts, axis=1) > 0, axis=1)

    def where(self, chosen: np.ndarray, *, pool: bool = False) -> Windows:
        """The windows for which the mask `chosen` (windows,) holds, small families pooled again where asked."""
        family = pooled(self.family[chosen]) if pool else self.family[chosen]
        return Windows(self.horizon, self.counts[chosen], self.following[chosen], family)


@functools.cache
def runs() -> tuple[Run, ...]:
    """Every run of the stored table, in its order.

    Raises ValueError: the table is not the declared one, or a run is broken or not of counts.
    """
    return parse(artefacts.read(TABLE).decode())


def parse(text: str) -> tuple[Run, ...]:
    """Runs from the text of a table with the columns `COLUMNS`.

    >>> parse("family,domain,dataset,series,year,count\\nF,d,s,a,2001,5\\nF,d,s,a,2002,7\\n")[0].counts
    array([5., 7.])
    """
    reader = csv.DictReader(io.StringIO(text))
    if reader.fieldnames != COLUMNS:
        raise ValueError(f"{TABLE}: columns {reader.fieldnames}; use {', '.join(COLUMNS)}")
    found: dict[tuple[str, str, str], dict[int, int]] = {}
    for line, row in enumerate(reader, start=2):
        try:
            year, count = int(row["year"]), int(row["count"])
        except ValueError:
            raise ValueError(f"{TABLE}, line {line}: year and count must be whole numbers") from None
        if count < 0:
            raise ValueError(f"{TABLE}, line {line}: count {count} is negative; mend the cell")
        run = found.setdefault((row["family"], row["dataset"], row["series"]), {})
        if run and year != max(run) + 1:
            raise ValueError(f"{TABLE}, line {line}: years must be consecutive; split the run at the gap")
        run[year] = count
    return tuple(Run(key[0], np.array(list(run.values()), dtype=float)) for key, run in found.items())


def eligible(counts: ArrayLike) -> np.ndarray:
    """Whether each window (windows, n) belongs to the class: every count at least 5, mean from 10 to 20,000.

    Judged from the window alone, never from what followed.

    >>> eligible([[153, 462, 527, 594], [4, 40, 40, 40], [5, 5, 5, 5]]).tolist()
    [True, False, False]
    """
    counts = np.atleast_2d(np.asarray(counts, dtype=float))
    mean = counts.mean(axis=1)
    return (counts.min(axis=1) >= SMALLEST_COUNT) & (mean >= MEAN_RANGE[0]) & (mean <= MEAN_RANGE[1])


def roll(n: int, horizon: int = 1, *, seed: int = SEED, every: bool = False) -> Windows:
    """Windows of `n` years with the count `horizon` years later: at most 40 a run and 600 a family.

    n, horizon : years in a window; years from its last count to the one to be forecast.
    seed : of the draw, where a run or a family has more windows than its share.
    every : keep every eligible window instead of drawing.

    Returns Windows in the order of the table; families with fewer than 30 windows are pooled as "Misc".
    """
    draw = np.random.default_rng([seed, n, horizon])
    found: dict[str, list[np.ndarray]] = {}
    for run in runs():
        if len(run.counts) < n + horizon:
            continue
        stretches = np.lib.stride_tricks.sliding_window_view(run.counts, n + horizon)
        stretches = stretches[eligible(stretches[:, :n])]
        kept = stretches if every else _share(stretches, LARGEST_RUN_SHARE, draw)
        found.setdefault(run.family, []).append(kept)
    families = {name: np.concatenate(parts) for name, parts in found.items()}
    if not every:
        families = {name: _share(part, LARGEST_FAMILY_SHARE, draw) for name, part in families.items()}
    stretches = np.concatenate(list(families.values()))
    names = np.repeat(list(families), [len(part) for part in families.values()])
    return Windows(horizon, stretches[:, :n], stretches[:, -1], pooled(names))


def settled_ramp(counts: ArrayLike) -> np.ndarray:
    """Whether each window (windows, n) ramped up and then settled: a first step of at least 2, none like it later.

    >>> settled_ramp([[153, 462, 527, 594], [153, 462, 1000, 900], [400, 462, 527, 594]]).tolist()
    [True, False, False]
    """
    counts = np.atleast_2d(np.asarray(counts, dtype=float))
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = counts[:, 1:] / counts[:, :-1]
    later = steps[:, 1:]
    return (steps[:, 0] >= RAMP) & np.all((later < RAMP) & (later > 1 / RAMP), axis=1)


def pooled(family: Iterable[str]) -> np.ndarray:
    """Family names with those of fewer than 30 windows replaced by "Misc".

    >>> pooled(["a"] * 30 + ["b"])[-2:].tolist()
    ['a', 'Misc']
    """
    family = np.asarray(list(family), dtype=object)
    names, place, size = np.unique(family, return_inverse=True, return_counts=True)
    return np.where(size[place] < SMALLEST_FAMILY, POOLED, names[place])


def family_weights(family: np.ndarray) -> np.ndarray:
    """Weights (windows,) that sum to 1 and give every family the same share.

    >>> family_weights(np.array(["a", "b", "b"])).tolist()
    [0.5, 0.25, 0.25]
    """
    names, place, size = np.unique(family, return_inverse=True, return_counts=True)
    return 1 / (size[place] * len(names))


def _share(windows: np.ndarray, largest: int, draw: np.random.Generator) -> np.ndarray:
    if len(windows) <= largest:
        return windows
    return windows[np.sort(draw.choice(len(windows), largest, replace=False))]
