"""How often public series of about this size do what one series did: the measure of a change that stands out.

Every rate is the share of stretches of consecutive counts, each family weighing the same, with the interval that
resampling whole families gives. A stretch belongs if its counts are eligible for the benchmark and their mean lies
within a factor of `BAND` of the mean of the series in question.
"""

from __future__ import annotations

import functools
import math

import numpy as np

from analysis.estimates import Estimate, computed
from analysis.models.trends import poisson_trend
from analysis.reliability.benchmark import LENGTHS, SEED, eligible, pooled, runs
from analysis.reliability.calibration import ASSUMES, BOOTSTRAP
from analysis.reliability.scoring import Families

BAND = 4.0
FEWEST_FAMILIES = 5  # below this many an average over families and its interval say little
LIKE = 2.0  # a step is like another if its log ratio is between this part and this multiple of the other's
TIE = 1e-9  # on the log scale: what is as large but for rounding counts as as large
TAIL = 0.025
ALIKE = "exact, each family one observation"
APART = "not measured: the counts are more than a year apart"


@computed
def step_base_rate(earlier: int, later: int, mean: float, *, adjacent: bool = True, band: float = BAND) -> Estimate:
    """Share of public steps, from one year to the next, that are at least as large as this one, up or down.

    earlier, later : the two counts; the size of a step is the absolute logarithm of their ratio.
    mean : of the series, whose size the public steps must have: the mean of their two counts lies within a factor
        of `band` of it.
    adjacent : whether the two counts are one year apart, as the public ones are.

    Returns Estimate in % with a 95% confidence interval from resampling families, or the reason why there is none: a
    count of 0, or fewer than five families with steps of this size.

    >>> rate = step_base_rate(153, 462, 434)
    >>> round(rate.value, 1), round(rate.low, 1), round(rate.high, 1)
    (7.1, 3.4, 11.6)
    """
    about = f"a step of at least {_times(earlier, later)}, up or down"
    if not adjacent or min(earlier, later) == 0:
        return _none(about, "" if adjacent else APART)
    size = abs(math.log(later / earlier))
    counts, family = _sized(2, 2, mean, band)
    return _rate(about, np.abs(np.diff(np.log(counts), axis=1)[:, 0]) >= size - TIE, family)


@computed
def slowdown_base_rate(ratio: float | None, mean: float, *, adjacent: bool = True, band: float = BAND) -> Estimate:
    """Share of public triples of years in which growth changed at least as much as here, slowing or quickening.

    ratio : first yearly growth factor over the second; None where there is none.
    mean, adjacent, band : as for `step_base_rate`.

    Returns Estimate as from `step_base_rate`.

    >>> round(slowdown_base_rate(2.647, 434).value)
    14
    """
    about = "a change of growth at least as large, slowing or quickening"
    if not adjacent or not ratio:
        return _none(about, "" if adjacent else APART)
    counts, family = _sized(3, 3, mean, band)
    change = np.abs(np.diff(np.log(counts), n=2, axis=1)[:, 0])
    return _rate(about, change >= abs(math.log(ratio)) - TIE, family)


@computed
def reversal_base_rate(earlier: int, later: int, mean: float, *, adjacent: bool = True) -> Estimate:
    """Share of public steps like this one that the next year undid: the count came to lie on the other side.

    earlier, later : the two counts. A step is like theirs if it has their direction and its log ratio is between
        half and twice theirs. After a rise, undone means a next count below `earlier`; after a fall, above it.
    mean, adjacent : as for `step_base_rate`; the third count has no say in what belongs.

    Returns Estimate as from `step_base_rate`; also a reason where the two counts are equal.

    >>> round(reversal_base_rate(462, 527, 434).value)
    23
    """
    about = f"a step of about {_times(earlier, later)} undone by the next year"
    if not adjacent or min(earlier, later) == 0 or earlier == later:
        return _none(about, "" if adjacent else APART)
    size, way = abs(math.log(later / earlier)), 1 if later > earlier else -1
    counts, family = _sized(3, 2, mean)
    step = way * np.log(counts[:, 1] / counts[:, 0])
    like = (step >= size / LIKE - TIE) & (step <= size * LIKE + TIE)
    return _rate(about, (way * (counts[:, 2] - counts[:, 0]) < 0)[like], family[like])


@computed
def dispersion_base_rate(dispersion: float | None, mean: float, n: int) -> Estimate:
    """Share of public series of about this length and size that vary more than so many times a Poisson trend.

    dispersion : variance over mean; None where there is none. n : counts of the series; three to six are compared.
    mean : as for `step_base_rate`.

    Returns Estimate as from `step_base_rate`; the dispersion of a public stretch is Pearson's, around its own Poisson
    trend.

    >>> round(dispersion_base_rate(36.5, 434, 4).value)
    20
    """
    if dispersion is None:
        return _none("a dispersion above that")
    about = f"a dispersion around constant growth above {dispersion:.3g}"
    n = min(max(n, LENGTHS[0]), LENGTHS[-1])
    counts, family = _sized(n, n, mean)
    return _rate(about, poisson_trend(counts).dispersion > dispersion if len(counts) else np.empty(0), family)


@functools.cache
def _stretches(n: int, judged: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Every run of `n` counts whose first `judged` are eligible, its family, and the mean of those first."""
    found = [(run.family, run.counts) for run in runs() if len(run.counts) >= n]
    parts = [np.lib.stride_tricks.sliding_window_view(counts, n) for _, counts in found]
    counts = np.concatenate(parts)
    family = np.repeat([name for name, _ in found], [len(part) for part in parts])
    kept = eligible(counts[:, :judged])
    return counts[kept], family[kept], counts[kept, :judged].mean(axis=1)


def _sized(n: int, judged: int, mean: float, band: float = BAND) -> tuple[np.ndarray, np.ndarray]:
    """The stretches of about this mean, and their families."""
    counts, family, means = _stretches(n, judged)
    kept = (means >= mean / band) & (means <= mean * band)
    return counts[kept], family[kept]


def _rate(about: str, happened: np.ndarray, family: np.ndarray) -> Estimate:
    families = Families.of(pooled(family), SEED) if len(family) else None
    if families is None or len(families.names) < FEWEST_FAMILIES:
        return _none(about, f"not measured: fewer than {FEWEST_FAMILIES} families of public series have such counts")
    value, low, high = families.mean(100 * happened)
    method = BOOTSTRAP
    if low == high:
        # All families agree on none or all, and resampling them says nothing; their number still does.
        seen = 100 * TAIL ** (1 / len(families.names))
        low, high, method = (seen, high, ALIKE) if happened.all() else (low, 100 - seen, ALIKE)
    return Estimate(
        **_about(about),
        value=value,
        low=low,
        high=high,
        level=0.95,
        interval="confidence",
        interval_method=method,
        n=len(happened),
        assumes=ASSUMES,
    )


def _none(about: str, reason: str = "") -> Estimate:
    return Estimate(**_about(about), reason=reason or "undefined: there is no such change to compare with")


def _about(what: str) -> dict[str, str]:
    return {
        "estimand": f"share of public series of about this size with {what}",
        "unit": "%",
        "method": "share of stretches of public counts",
    }


def _times(earlier: int, later: int) -> str:
    low, high = sorted((earlier, later))
    return f"{high / low:.3g} times" if low else "this size"
