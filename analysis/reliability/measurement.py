"""The measurement: every forecasting method scored on public short annual count series, result stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

from analysis.models.trends import poisson_trend
from analysis.reliability import artefacts, reference_class
from analysis.reliability.benchmark import HORIZONS, LENGTHS, SEED, TABLE, Windows, family_weights, roll, settled_ramp
from analysis.reliability.methods import METHODS
from analysis.reliability.scoring import (
    LEVELS,
    MEASURES,
    PROBABILITIES,
    Families,
    Interval,
    score,
    student_crps,
    weighted_crps,
)

STORED = "calibration.json"
LENGTH = 4  # of the windows behind the facts
BASELINE = "log_random_walk"
FIGURES = 5  # significant, in the stored results
DRAWS = 20  # other draws of windows, to show what the draw decides
FAMILY_DRAWS = 40  # of families with replacement, to show how the forecast moves with them
TENTHS = 10  # bins of the histogram of where counts fell in their predictive distributions
STABLE = 0.1  # predicted spread of the log change below which a window counts as stable
MIDDLE = (100, 2000)  # means of series of middling size

Scores = dict[str, np.ndarray]
Fact = dict[str, Any]
Map = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]


def run() -> dict[str, Any]:
    """Every measured result, before rounding; about ten seconds.

    Every method is scored on the same draw of windows. The reference-class forecast learns from every
    eligible window, and is scored on each family by a fit that has seen none of that family; the other
    methods learn nothing from other series. Averages give every family the same weight; the intervals beside
    them resample families (95%, percentile). Coverage and shares are in %.
    """
    cells, rises = [], []
    for n in LENGTHS:
        for horizon in HORIZONS:
            windows = roll(n, horizon)
            scores = score_methods(windows)
            cells.append(summary(windows, scores))
            if n == LENGTH:
                rose = {key: values[windows.rose] for key, values in scores.items()}
                rises.append(summary(windows.where(windows.rose, pool=True), rose))
    windows = roll(LENGTH)
    return {
        "benchmark": artefacts.digest(artefacts.read(TABLE)),
        "seed": SEED,
        "cells": cells,
        "rose_three_times": rises,
        "facts": after_rises(windows)
        | dispersion(windows)
        | ramped_then_settled()
        | by_shape()
        | whole_distribution(windows),
        "other_draws": other_draws(),
    }


def contents(over: Map = map) -> dict[str, bytes]:
    """Both stored results, by file name, as a fresh fit and measurement give them; `over` as `reference_fits`."""
    return {
        reference_class.STORED: reference_class.as_json(reference_fits(over=over)),
        STORED: artefacts.encoded(artefacts.rounded(run(), FIGURES)),
    }


def write_artefacts(folder: Path = artefacts.FOLDER, over: Map = map) -> None:
    """Fits, measures and stores both results in `folder`, with their hashes in its datapackage.json."""
    artefacts.write(contents(over), folder)


def outdated() -> list[str]:
    """Names of the stored results that a fresh fit and measurement would change."""
    return [name for name, content in contents().items() if artefacts.read(name) != content]


def reference_fits(lengths: Sequence[int] = LENGTHS, over: Map = map) -> list[reference_class.Fitted]:
    """The reference class of each window length and horizon, from every eligible window.

    `over` does what `map` does, and may do it in other processes.
    """
    return list(over(_fitted, [(n, horizon) for n in lengths for horizon in HORIZONS]))


def _fitted(place: tuple[int, int]) -> reference_class.Fitted:
    windows = roll(*place, every=True)
    return reference_class.Fitted(
        whole=reference_class.fit(windows),
        left_out=reference_class.leaving_out(windows),
        resampled=reference_class.resampled(windows, FAMILY_DRAWS, SEED),
    )


def score_methods(windows: Windows) -> Scores:
    """Scores (windows, measures) of every method; of the reference class, by fits that leave the family out."""
    fits = reference_class.leaving_out(roll(windows.n, windows.horizon, every=True))
    found = {reference_class.KEY: reference_class.limits_by_family(fits, windows.counts, windows.family)}
    others = {key: m for key, m in METHODS.items() if key not in found and windows.n >= m.least}
    found |= {key: method.limits(windows.counts, windows.horizon) for key, method in others.items()}
    return {key: score(windows.following, limits) for key, limits in found.items()}


def summary(windows: Windows, scores: Scores) -> dict[str, Any]:
    """Averages, bootstrap intervals, and what single families are held by, for every method on one set of windows."""
    families = Families.of(windows.family, SEED)
    tables = {key: _by_family(families, values) for key, values in scores.items()}
    baseline = tables[BASELINE]["wis"]
    return {
        "n": windows.n,
        "horizon": windows.horizon,
        "windows": len(windows.counts),
        "families": dict(zip(families.names, families.sizes.tolist(), strict=True)),
        "methods": {
            key: {measure: families.average(values) for measure, values in table.items()}
            | {
                "wis_ratio": families.average(table["wis"], baseline, of=np.divide),
                "over_families": {
                    measure: {
                        "deviation": float(table[measure].std(ddof=1)) if len(table[measure]) > 1 else 0.0,
                        "least": float(table[measure].min()),
                        "greatest": float(table[measure].max()),
                        "worst": families.names[int(np.argmin(table[measure]))],
                    }
                    for measure in ("coverage80", "coverage95")
                },
            }
            for key, table in tables.items()
        },
    }


def after_rises(windows: Windows) -> dict[str, Fact]:
    """What came after windows in which every count was higher than the one before."""
    windows = windows.where(windows.rose, pool=True)
    families = Families.of(windows.family, SEED)
    last, years = windows.counts[:, -1], windows.n - 1
    # Growth at least the mean log growth of the window; the tolerance lets an exact tie count as kept.
    pace = last * (last / windows.counts[:, 0]) ** (1 / years) - 1e-9
    after = f"after three rises in a row, public windows of {windows.n} years, families weighing the same"
    return {
        "next_rises_by_family": _fact(
            f"next year rises, {after}", families.mean(100 * (windows.following > last)), len(last)
        ),
        "keeps_pace_by_family": _fact(
            f"next year grows at least as fast as the past mean, {after}",
            families.mean(100 * (windows.following >= pace)),
            len(last),
        ),
    }


def dispersion(windows: Windows) -> dict[str, Fact]:
    """Pearson dispersion about a Poisson log-linear trend in all windows and in those of middling size."""
    mean = windows.counts.mean(axis=1)
    phi = poisson_trend(windows.counts).dispersion
    middle = phi[(mean >= MIDDLE[0]) & (mean <= MIDDLE[1])]
    below = Families.of(windows.family, SEED).pooled(100 * (phi < 1))
    every = f"public windows, {windows.n} years"
    sized = f"public windows with a mean of {MIDDLE[0]} to {MIDDLE[1]}, {windows.n} years"
    return {
        "dispersion_median_all": _fact(f"median Pearson dispersion, {every}", [np.median(phi)], len(phi), ""),
        "dispersion_below_1_all": _fact(f"share with a dispersion below 1, {every}", below, len(phi)),
        "dispersion_median_middle": _fact(f"median Pearson dispersion, {sized}", [np.median(middle)], len(middle), ""),
    }


def ramped_then_settled() -> dict[str, Fact]:
    """The reference-class forecast with and without the first year of series that ramped up and then settled.

    All eligible windows of four counts whose first step at least doubled and in which no later step doubled
    or halved; each is forecast from its four counts and from its last three, leaving its family out.
    """
    every = roll(LENGTH, every=True)
    windows = every.where(settled_ramp(every.counts))
    families = Families.of(windows.family, SEED)
    facts = {}
    for name, first in (("four_points", 0), ("three_points", 1)):
        counts = windows.counts[:, first:]
        fits = reference_class.leaving_out(roll(counts.shape[1], every=True))
        limits = reference_class.limits_by_family(fits, counts, windows.family)
        held = families.pooled(score(windows.following, limits)[:, MEASURES.index("coverage95")])
        apart = [np.median((limits[:, 4] + 1) / (limits[:, 0] + 1))]
        place = f"{name.replace('_', ' ')}, windows that ramped up and then settled"
        facts[f"{name}_coverage95"] = _fact(f"coverage of the 95% interval, {place}", held, len(counts))
        facts[f"{name}_ratio_of_limits"] = _fact(
            f"median ratio of the 95% limits, {place}", apart, len(counts), "ratio"
        )
    return facts


def by_shape() -> dict[str, Fact]:
    """What followed series that ramped up and then settled, and how the forecast does there and on stable series.

    All eligible windows of four counts, one year ahead, each forecast leaving its family out; shares are of windows,
    families drawn whole, except for stable series, where families weigh the same.
    """
    every = roll(LENGTH, every=True)
    fits = reference_class.leaving_out(every)
    windows = every.where(settled_ramp(every.counts))
    families, last, n = Families.of(windows.family, SEED), windows.counts[:, -1], len(windows.counts)
    limits = reference_class.limits_by_family(fits, windows.counts, windows.family)
    after = "windows that ramped up and then settled"
    facts = {
        "ramp_next_rose": _fact(
            f"next count above the last, {after}", families.pooled(100 * (windows.following > last)), n
        )
    }
    for level, low, high in zip(LEVELS, limits.T[[1, 0]], limits.T[[3, 4]], strict=True):
        for side, missed in (
            ("below", windows.following < np.floor(low)),
            ("above", windows.following > np.ceil(high)),
        ):
            name = f"next count {side} the {level:.0%} interval of the reference-class forecast, {after}"
            facts[f"ramp_{side}{100 * level:.0f}"] = _fact(name, families.pooled(100 * missed), n)
    for probability, ratio in zip(PROBABILITIES, np.quantile(windows.following / last, PROBABILITIES), strict=True):
        name = f"{100 * probability:g}% of next counts over the last ones are below, {after}"
        facts[f"ramp_ratio_{1000 * probability:.0f}"] = _fact(name, [ratio], n, "ratio")
    spreads = np.empty(len(every.counts))
    for name in every.families:
        spreads[every.family == name] = fits[name].spread(every.counts[every.family == name])
    stable = every.where(spreads < STABLE, pool=True)
    held = score(
        stable.following, reference_class.limits_by_family(fits, stable.counts, every.family[spreads < STABLE])
    )
    families = Families.of(stable.family, SEED)
    for place, level in enumerate(LEVELS):
        facts[f"stable_coverage{100 * level:.0f}"] = _fact(
            f"coverage of the {level:.0%} interval, windows with a predicted spread below {STABLE:g}",
            families.mean(held[:, place]),
            len(stable.counts),
        )
    return facts


def whole_distribution(windows: Windows) -> dict[str, Fact]:
    """The predictive distribution of the reference class as a whole, each family by a fit that never saw it.

    Where the counts fell in it, by tenths: each holds 10% where the distribution is right (probability integral
    transform). Its continuous ranked probability score and its log score beside those of the log random walk, on the
    log scale; the log score leaves out windows that stood still, where the random walk has no density.
    """
    every = roll(windows.n, windows.horizon, every=True)
    change = reference_class.log_change(windows)
    place, score_of_ours, density = np.empty((3, len(change)))
    for name in windows.families:
        train, own = every.where(every.family != name), windows.family == name
        fitted = reference_class.fit(train)
        spread = fitted.spread(windows.counts[own])
        standardised = reference_class.log_change(train) / fitted.spread(train.counts)
        share = family_weights(train.family)
        order = np.argsort(standardised)
        below = np.searchsorted(standardised[order], change[own] / spread)
        place[own] = np.append(0, np.cumsum(share[order]))[below]
        score_of_ours[own] = spread * weighted_crps(change[own] / spread, standardised, share)
        density[own] = stats.t.logpdf(change[own] / spread, fitted.tail_df) - np.log(spread)
    logs, df = np.log(windows.counts + 0.5), windows.n - 1
    scale = np.sqrt(windows.horizon * (np.diff(logs, axis=1) ** 2).mean(axis=1))
    families, moved = Families.of(windows.family, SEED), scale > 0
    walk = stats.t.logpdf(change[moved] / scale[moved], df) - np.log(scale[moved])
    some = Families.of(windows.family[moved], SEED)
    tenths = np.minimum((TENTHS * place).astype(int), TENTHS - 1)
    about = f"reference-class forecast, public windows of {windows.n} years, {windows.horizon} ahead"
    ours, base = (families.means(x) for x in (score_of_ours, student_crps(change, scale, df)))
    n = len(change)
    return {
        f"pit_{tenth + 1}": _fact(
            f"share of counts in tenth {tenth + 1} of their predictive distribution, {about}",
            families.mean(100 * (tenths == tenth)),
            n,
        )
        for tenth in range(TENTHS)
    } | {
        "crps": _fact(f"continuous ranked probability score on the log scale, {about}", families.average(ours), n, ""),
        "crps_ratio": _fact(
            f"continuous ranked probability score over that of the log random walk, {about}",
            families.average(ours, base, of=np.divide),
            n,
            "ratio",
        ),
        "log_score_gain": _fact(
            f"mean log predictive density less that of the log random walk, {about}",
            some.mean(density[moved] - walk),
            int(moved.sum()),
            "",
        ),
    }


def other_draws() -> dict[str, Any]:
    """Smallest and largest result of the reference-class forecast over other draws: four counts, one year."""
    fits = reference_class.leaving_out(roll(LENGTH, every=True))
    found = []
    for seed in range(SEED + 1, SEED + 1 + DRAWS):
        windows = roll(LENGTH, seed=seed)
        families = Families.of(windows.family, SEED)
        ours, baseline = (
            _by_family(families, score(windows.following, limits))
            for limits in (
                reference_class.limits_by_family(fits, windows.counts, windows.family),
                METHODS[BASELINE].limits(windows.counts, windows.horizon),
            )
        )
        held = [ours["coverage80"].mean(), ours["coverage95"].mean(), ours["coverage95"].min()]
        found.append([*held, ours["wis"].mean() / baseline["wis"].mean()])
    names = ("coverage80", "coverage95", "worst95", "wis_ratio")
    extremes = zip(np.min(found, axis=0).tolist(), np.max(found, axis=0).tolist(), strict=True)
    return {"draws": DRAWS, **{name: list(pair) for name, pair in zip(names, extremes, strict=True)}}


def _by_family(families: Families, scores: np.ndarray) -> dict[str, np.ndarray]:
    """Mean of each measure within each family, from scores (windows, measures)."""
    return {measure: families.means(values) for measure, values in zip(MEASURES, scores.T, strict=True)}


def _fact(estimand: str, numbers: Interval | list[float], n: int, unit: str = "%") -> Fact:
    """A result as it is stored: a value, with or without an interval, in words that stand alone."""
    return {"estimand": estimand, "unit": unit, "n": n, "numbers": [float(number) for number in numbers]}
