"""The measurement: every forecasting method scored on public short annual count series, result stored."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from analysis.reliability import artefacts, reference_class
from analysis.reliability.batch import poisson_trend
from analysis.reliability.benchmark import SEED, TABLE, Windows, pooled, roll
from analysis.reliability.forecasts import quantiles
from analysis.reliability.predictive import HORIZONS, METHODS
from analysis.reliability.scoring import MEASURES, Families, score

STORED = "calibration.json"
LENGTHS = (3, 4, 5, 6)
LENGTH = 4  # of the series in question
BASELINE = "log_random_walk"
FIGURES = 5  # significant, in the stored results
DRAWS = 20  # other draws of windows, to show what the draw decides
RAMP = 2.0  # a first step of at least this factor, every later one by less than it either way
MIDDLE = (100, 2000)  # means among which the series in question lies

Scores = dict[str, np.ndarray]


def run() -> dict[str, Any]:
    """Every measured result, before rounding; about ten seconds.

    Every method is scored on the same draw of windows. The reference-class forecast learns from every
    eligible window, and is scored on each family by a fit that has seen none of that family; the other
    methods learn nothing from other series. Averages give every family the same weight; the intervals beside
    them resample families (95%, percentile).
    """
    cells, rises = [], []
    for n in LENGTHS:
        for horizon in HORIZONS:
            windows = roll(n, horizon)
            scores = score_methods(windows)
            cells.append(summary(windows, scores))
            if n == LENGTH:
                rose = np.all(np.diff(windows.counts, axis=1) > 0, axis=1)
                subset = windows.where(rose)
                subset = Windows(horizon, subset.counts, subset.following, pooled(subset.family))
                rises.append(summary(subset, {key: values[rose] for key, values in scores.items()}))
    return {
        "benchmark": artefacts.digest(artefacts.read(TABLE)),
        "seed": SEED,
        "measures": list(MEASURES),
        "cells": cells,
        "rose_three_times": rises,
        "after_three_rises": after_rises(roll(LENGTH)),
        "ramped_then_settled": ramped_then_settled(),
        "dispersion": dispersion(roll(LENGTH)),
        "other_draws": other_draws(),
    }


def contents() -> dict[str, bytes]:
    """Both stored results, by file name, as a fresh fit and measurement give them."""
    return {
        reference_class.STORED: reference_class.as_json(reference_fits()),
        STORED: artefacts.encoded(artefacts.rounded(run(), FIGURES)),
    }


def write_artefacts(folder: Path = artefacts.FOLDER) -> None:
    """Fits, measures and stores both results in `folder`, with their hashes in its datapackage.json."""
    artefacts.write(contents(), folder)


def outdated() -> list[str]:
    """Names of the stored results that a fresh fit and measurement would change."""
    return [name for name, content in contents().items() if artefacts.read(name) != content]


def reference_fits() -> list[reference_class.ReferenceClass]:
    """The reference class of every window length and horizon, from every eligible window."""
    return [reference_class.fit(roll(n, h, every=True)) for n in LENGTHS for h in HORIZONS]


def score_methods(windows: Windows) -> Scores:
    """Scores (windows, measures) of every method, the reference-class forecast first."""
    fits = reference_class.leaving_out(roll(windows.n, windows.horizon, every=True))
    limits = {reference_class.KEY: reference_class.limits_by_family(fits, windows.counts, windows.family)}
    for key, method in METHODS.items():
        if windows.n >= method.least:
            limits[key] = quantiles(key, windows.counts, windows.horizon)
    return {key: score(windows.following, values) for key, values in limits.items()}


def summary(windows: Windows, scores: Scores) -> dict[str, Any]:
    """Averages, bootstrap intervals and worst families of every method on one set of windows."""
    families = Families.of(windows.family, SEED)
    tables = {key: np.array([families.means(column) for column in values.T]) for key, values in scores.items()}
    baseline = tables[BASELINE][MEASURES.index("wis")]
    return {
        "n": windows.n,
        "horizon": windows.horizon,
        "windows": len(windows.counts),
        "families": dict(zip(families.names, families.sizes.tolist(), strict=True)),
        "methods": {key: _method_summary(families, table, baseline) for key, table in tables.items()},
    }


def _method_summary(families: Families, table: np.ndarray, baseline: np.ndarray) -> dict[str, Any]:
    by_measure = dict(zip(MEASURES, table, strict=True))
    squared = by_measure.pop("squared_log_error")
    wis = by_measure["wis"]
    worst = {level: int(np.argmin(by_measure[f"coverage{level}"])) for level in (80, 95)}
    return {
        **{name: families.average(values) for name, values in by_measure.items()},
        "rmsle": families.average(squared, of=np.sqrt),
        "wis_difference": families.average(wis - baseline),
        "wis_ratio": families.average(wis, baseline, of=np.divide),
        **{
            f"worst{level}": {
                "family": families.names[at],
                "coverage": by_measure[f"coverage{level}"][at].item(),
            }
            for level, at in worst.items()
        },
        "by_family": {name: by_measure[name].tolist() for name in ("coverage80", "coverage95", "wis")},
    }


def after_rises(windows: Windows) -> dict[str, Any]:
    """What came after windows in which every count was higher than the one before."""
    rose = np.all(np.diff(windows.counts, axis=1) > 0, axis=1)
    windows = windows.where(rose)
    families = Families.of(pooled(windows.family), SEED)
    last, years = windows.counts[:, -1], windows.n - 1
    rises = windows.following > last
    # Growth at least the mean log growth of the window; the tolerance lets an exact tie count as kept.
    keeps_pace = windows.following >= last * (last / windows.counts[:, 0]) ** (1 / years) - 1e-9
    return {
        "n": windows.n,
        "windows": len(last),
        "families": len(families.names),
        "next_rises": families.share(rises),
        "next_rises_by_family": families.average(families.means(rises)),
        "keeps_pace": families.share(keeps_pace),
        "keeps_pace_by_family": families.average(families.means(keeps_pace)),
    }


def ramped_then_settled() -> dict[str, Any]:
    """The reference-class forecast with and without the first year of series that ramped up and then settled.

    All eligible windows of four counts whose first step at least doubled and in which no later step doubled
    or halved; each is forecast from its four counts and from its last three, leaving its family out.
    """
    every = roll(LENGTH, every=True)
    steps = every.counts[:, 1:] / every.counts[:, :-1]
    later = steps[:, 1:]
    chosen = (steps[:, 0] >= RAMP) & np.all((later < RAMP) & (later > 1 / RAMP), axis=1)
    windows = every.where(chosen)
    families = Families.of(windows.family, SEED)
    result: dict[str, Any] = {"n": LENGTH, "windows": len(windows.counts), "families": len(families.names)}
    for name, first in (("four_points", 0), ("three_points", 1)):
        counts = windows.counts[:, first:]
        fits = reference_class.leaving_out(roll(counts.shape[1], every=True))
        limits = reference_class.limits_by_family(fits, counts, windows.family)
        scores = score(windows.following, limits)
        result[name] = {
            "coverage80": families.share(scores[:, 0]),
            "coverage95": families.share(scores[:, 1]),
            "wis": float(scores[:, 2].mean()),
            "median_ratio_of_limits95": float(np.median((limits[:, 4] + 1) / (limits[:, 0] + 1))),
        }
    return result


def dispersion(windows: Windows) -> dict[str, Any]:
    """Pearson dispersion about a Poisson log-linear trend in all windows and in those of middling size."""
    mean = windows.counts.mean(axis=1)
    chosen = {"all": np.full(len(mean), True), "middle": (mean >= MIDDLE[0]) & (mean <= MIDDLE[1])}
    result: dict[str, Any] = {"n": windows.n, "middle": list(MIDDLE)}
    for name, mask in chosen.items():
        subset = windows.where(mask)
        phi = poisson_trend(subset.counts).dispersion
        families = Families.of(pooled(subset.family), SEED)
        result[f"{name}_windows"] = len(phi)
        result[f"{name}_median"] = float(np.median(phi))
        result[f"{name}_below_1"] = families.share(phi < 1)
    return result


def other_draws() -> dict[str, Any]:
    """Smallest and largest result of the reference-class forecast over other draws: four counts, one year."""
    fits = reference_class.leaving_out(roll(LENGTH, every=True))
    found = []
    for seed in range(SEED + 1, SEED + 1 + DRAWS):
        windows = roll(LENGTH, seed=seed)
        families = Families.of(windows.family, SEED)
        ours, baseline = (
            np.array([families.means(column) for column in score(windows.following, limits).T])
            for limits in (
                reference_class.limits_by_family(fits, windows.counts, windows.family),
                quantiles(BASELINE, windows.counts),
            )
        )
        found.append([*ours[:2].mean(axis=1), ours[1].min(), ours[2].mean() / baseline[2].mean()])
    names = ("coverage80", "coverage95", "worst95", "wis_ratio")
    extremes = zip(np.min(found, axis=0).tolist(), np.max(found, axis=0).tolist(), strict=True)
    return {"draws": DRAWS, **{name: list(pair) for name, pair in zip(names, extremes, strict=True)}}
