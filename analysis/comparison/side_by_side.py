"""Growth of one series beside that of another, with what rounding and overdispersion leave of the comparison.

A count that was published only through a rounded change is a range (low, high) of whole numbers, and stays
one: the functions take either a number or such a range, and the limits hold over all of it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analysis.comparison.alignment import Spread, aligned_growth_ratio, period_weights
from analysis.estimates import Estimate, computed
from analysis.models.dispersion import checked_dispersion
from analysis.periods import Period

Count = int | tuple[int, int]

RANGE_ONLY = "known only as a range"
ZERO = "not estimable: a count is 0 or may be"
RATIO = {"estimand": "ratio of two growth ratios", "unit": "ratio"}


@computed
def ratio_of_growth_ratios_range(growth: Estimate, comparison_later: int, comparison_earlier: Count) -> Estimate:
    """Growth ratio of one series over that of another, the counts taken as they stand.

    growth : growth ratio of the first series, with its range where `alignment` can only bound it.
    comparison_later, comparison_earlier : counts of the second; the earlier may be a range.

    Returns Estimate with the range left by rounding and by the bounds. The value takes the middle of the range of the
    earlier count; where `growth` has none there is none, and its reason is passed on.

    >>> growth = Estimate(estimand="growth ratio", unit="ratio", method="weights", value=543.75 / 478.25)
    >>> e = ratio_of_growth_ratios_range(growth, 10643, (9215, 9295))
    >>> round(e.value, 4), round(e.low, 4), round(e.high, 4)
    (0.9887, 0.9844, 0.993)
    """
    (least, most), (later, _) = limits_of(comparison_earlier), limits_of(comparison_later)
    if least == 0 or later == 0:
        return Estimate(**RATIO, method="ratio of ratios", reason=ZERO)
    low, high = (growth.low, growth.high) if growth.interval else (growth.value, growth.value)
    bounded = low is not None or high is not None
    return Estimate(
        **RATIO,
        method="ratio of ratios",
        value=None if growth.value is None else growth.value * (least + most) / 2 / later,
        low=None if low is None else low * least / later,
        high=None if high is None else high * most / later,
        interval="range" if bounded else "",
        interval_method="extremes of both ranges" if bounded else "",
        assumes="the counts as they stand, without chance",
        reason=growth.reason,
    )


@computed
def ratio_of_growth_ratios(
    periods: Sequence[Period],
    counts: Sequence[int],
    earlier: Period,
    later: Period,
    comparison_later: int,
    comparison_earlier: Count,
    *,
    spread: Spread = "even months",
    dispersion: float = 1.0,
    level: float = 0.95,
    replicates: int = 400_000,
    seed: int = 2018,
) -> Estimate:
    """Growth ratio of one series, put on the periods of another, over the growth ratio of that other.

    Each expected count is drawn from the gamma distribution whose mean is the observed count and whose
    variance is `dispersion` times it; the earlier count of the comparison is first drawn evenly from its
    range. A count that both periods share is drawn once. With two counts and no alignment the growth ratio
    is then the observed one times an F variable.

    periods, counts : the first series, (k,) each, its periods spread evenly over months or days.
    earlier, later : the periods of the comparison.
    comparison_later, comparison_earlier : its counts; the earlier may be a range.
    dispersion : variance over mean of every count.
    replicates, seed : draws and where they start.

    Returns Estimate with a confidence interval; the value takes the middle of the range of the earlier count. No value,
    and the reason, where a period was not counted throughout or a count that matters is 0.

    Raises ValueError: as `aligned_growth_ratio`, or a dispersion not above 0.
    Source: Fraser (1961), Biometrika 48, 261-280, on fiducial distributions for a scale; the gamma for a Poisson mean
    lies between those of the two exact limits of Garwood (1936).

    >>> years = [Period.calendar_year(y) for y in (2016, 2017, 2018)]
    >>> fiscal = Period.year_to(2017, 3), Period.year_to(2018, 3)
    >>> e = ratio_of_growth_ratios(years, [462, 527, 594], *fiscal, 10643, (9215, 9295))
    >>> round(e.value, 4), round(e.low, 2), round(e.high, 2)
    (0.9887, 0.91, 1.08)
    """
    dispersion = checked_dispersion(dispersion)
    growth = aligned_growth_ratio(periods, counts, earlier, later, spread)
    middle = ratio_of_growth_ratios_range(growth, comparison_later, comparison_earlier)
    weights = np.array([period_weights(periods, period, spread) for period in (earlier, later)], dtype=float)
    seen = np.asarray(counts, dtype=float)
    reason = middle.reason or (ZERO if (seen[weights.any(axis=0)] == 0).any() else "")
    if reason:
        return Estimate(**RATIO, method="ratio of ratios", reason=reason)
    least, most = limits_of(comparison_earlier)
    rng = np.random.default_rng(seed)
    means = rng.gamma(seen / dispersion, dispersion, (replicates, len(seen)))
    before, after = weights @ means.T
    base = rng.gamma(rng.integers(least, most + 1, replicates) / dispersion, dispersion)
    ratios = after / before * base / rng.gamma(comparison_later / dispersion, dispersion, replicates)
    low, high = np.quantile(ratios, [(1 - level) / 2, (1 + level) / 2])
    variance = "variance equal to the mean" if dispersion == 1 else f"variance {dispersion:g} times the mean"
    equally = "" if least == most else "; each earlier count that rounding allows equally likely"
    return Estimate(
        **RATIO,
        method="ratio of ratios",
        value=middle.value,
        low=float(low),
        high=float(high),
        level=level,
        interval="confidence",
        interval_method=f"gamma draws ({replicates:,})",
        n=len(counts) + 2,
        assumes=f"independent counts, {variance}{equally}",
    )


def limits_of(count: Count) -> tuple[int, int]:
    """Least and greatest of a count that may be a range, or a ValueError that says what to give."""
    low, high = count if isinstance(count, tuple) else (count, count)
    if not all(isinstance(end, int | np.integer) for end in (low, high)) or not 0 <= low <= high:
        raise ValueError(f"count {count!r}: give a whole number of 0 or more, or a range (low, high) of such")
    return low, high
