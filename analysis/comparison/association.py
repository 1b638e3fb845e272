"""Whether two series move together: what few observations cannot say, and the one question they can."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import stats

from analysis.estimates import Estimate, computed

LEAST_PAIRS = 5
GROWTH, SPREAD = 0.14, 0.10  # of the log of a yearly factor: 15% a year, give or take 10%
STRONG = 0.9  # a correlation that a reader would call strong


@computed
def correlation_of_changes(first: Sequence[float], second: Sequence[float], *, level: float = 0.95) -> Estimate:
    """Correlation between the yearly changes of two series, refused below five pairs of changes.

    Levels are never correlated: any two series that grow are close to 1 (see `unrelated_growth`).

    first, second : values of the same successive years, (k,) each.

    Returns Estimate with Fisher's z confidence interval, exploratory; no value, with the reason, below six years or
    where one series changes by the same amount every year.

    Raises ValueError: the series differ in length.
    Source: Fisher (1921), Metron 1, 3-32; Yule (1926), Journal of the Royal Statistical Society 89, 1-63.

    >>> correlation_of_changes([478, 544], [9255, 10643]).reason
    'not estimable: 2 observations; a line through two points fits whatever they are'
    >>> correlation_of_changes([153, 462, 527, 594], [90, 92, 106, 115]).reason
    'not estimable: 3 pairs of changes, and 5 are the least'
    """
    if len(first) != len(second):
        raise ValueError(f"{len(first)} values against {len(second)}: give the same years for both series")
    described = {
        "estimand": "correlation between the yearly changes of two series",
        "unit": "",
        "method": "Pearson correlation of first differences",
        "n": len(first),
    }
    if len(first) <= 2:
        reason = f"not estimable: {len(first)} observation{'s' * (len(first) != 1)}"
        line = "; a line through two points fits whatever they are" if len(first) == 2 else ""
        return Estimate(**described, reason=reason + line)
    changes = np.diff(np.asarray([first, second], dtype=float), axis=1)
    pairs = changes.shape[1]
    if pairs < LEAST_PAIRS:
        return Estimate(**described, reason=f"not estimable: {pairs} pairs of changes, and {LEAST_PAIRS} are the least")
    if (np.ptp(changes, axis=1) == 0).any():
        return Estimate(**described, reason="undefined: one series changes by the same amount every year")
    result = stats.pearsonr(*changes)
    limits = result.confidence_interval(level)
    return Estimate(
        **described,
        value=float(result.statistic),
        low=float(limits.low),
        high=float(limits.high),
        level=level,
        interval="confidence",
        interval_method="Fisher z",
        assumes="independent pairs of normal changes; exploratory",
    )


@computed
def unrelated_growth(years: int, *, replicates: int = 100_000, seed: int = 2018) -> dict[str, Estimate]:
    """How alike two independent growing series look: what correlating their levels would report.

    Each series starts at 1 and grows by a factor exp(g) a year, g drawn independently from a normal distribution with
    mean `GROWTH` and standard deviation `SPREAD`.

    years : length of both series, 3 or more.
    replicates, seed : draws and where they start.

    Returns "rise" : share of pairs in which both rise every year; "median" : median correlation of the levels; and
    "strong" : share of pairs above `STRONG`. The shares carry no interval: more replicates make them exact.

    Source: Yule (1926), Journal of the Royal Statistical Society 89, 1-63.

    >>> seen = unrelated_growth(4)
    >>> round(seen["rise"].value, 2), round(seen["median"].value, 2), round(seen["strong"].value, 2)
    (0.6, 0.93, 0.62)
    """
    if years < 3:
        raise ValueError(f"{years} years: two points always lie on a line; give 3 or more")
    steps = np.random.default_rng(seed).normal(GROWTH, SPREAD, (2, replicates, years - 1))
    levels = np.exp(np.concatenate([np.zeros((2, replicates, 1)), steps.cumsum(axis=2)], axis=2))
    centred = levels - levels.mean(axis=2, keepdims=True)
    correlation = (centred[0] * centred[1]).sum(axis=1) / np.sqrt((centred**2).sum(axis=2).prod(axis=0))
    pairs = f"pairs of unrelated growing series of {years} years"
    found = {
        "rise": (f"share of {pairs} that both rise every year", (steps > 0).all(axis=(0, 2)).mean()),
        "median": (f"median correlation of {pairs}", np.median(correlation)),
        "strong": (f"share of {pairs} with a correlation above {STRONG:g}", (correlation > STRONG).mean()),
    }
    return {
        name: Estimate(
            estimand=estimand,
            unit="",
            method=f"simulation ({replicates:,})",
            value=float(value),
            n=replicates,
            assumes=f"log growth normal with mean {GROWTH:g} and standard deviation {SPREAD:g}",
        )
        for name, (estimand, value) in found.items()
    }
