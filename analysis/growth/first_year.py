"""What the first year of a series was: full, partial or not comparable; and what each reading does."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats
from scipy.optimize import brentq

from analysis.estimates import Estimate, computed
from analysis.growth.models import CONSTANT_GROWTH, compound_growth
from analysis.growth.poisson_slope import SlopeProblem
from analysis.growth.rates import POISSON, checked_series


@dataclass(frozen=True, kw_only=True)
class Treatment:
    """One way to read the first year: the series analysed, and the years of activity behind each count."""

    label: str
    years: tuple[int, ...]
    counts: tuple[int, ...]
    exposure: tuple[float, ...]


def first_year_treatments(
    years: Sequence[int], counts: Sequence[int], *, months: Sequence[float] = (12, 9, 6)
) -> list[Treatment]:
    """Readings of the first year: so many months of activity each, and left out.

    Examples
    --------
    >>> [t.label for t in first_year_treatments((2015, 2016, 2017), (153, 462, 527))]
    ['2015 as 12 months', '2015 as 9 months', '2015 as 6 months', 'without 2015']
    """
    years, counts = checked_series(years, counts, least=3)
    found = []
    for active in months:
        if not 0 < active <= 12:
            raise ValueError(f"{active} months of activity: give more than 0 and at most 12")
        exposure = (active / 12, *[1.0] * (len(years) - 1))
        label = f"{years[0]} as {active:g} months"
        found.append(Treatment(label=label, years=tuple(years), counts=tuple(counts), exposure=exposure))
    rest = dict(years=tuple(years[1:]), counts=tuple(counts[1:]), exposure=(1.0,) * (len(years) - 1))
    return [*found, Treatment(label=f"without {years[0]}", **rest)]


@computed
def tipping_months(ratio: Estimate) -> Estimate:
    """Months of activity in the first year at which a ratio to it is no longer told from no change.

    Parameters
    ----------
    ratio : a ratio in which the rate of the first year stands below the line once, found as if that year were a
        full one; with m months of activity the ratio and its limits are m / 12 of themselves.

    Returns
    -------
    Estimate in months, without interval; the reason where not even a full year tells the ratio from 1, or where
    the ratio is below 1, so that fewer months only strengthen it.

    Examples
    --------
    >>> from analysis.growth.rates import rate_ratio
    >>> round(tipping_months(rate_ratio(462, 153)).value, 1)
    4.8
    """
    about = {
        "estimand": f"months of activity in the first year at which it is no longer told from no change: "
        f"{ratio.estimand}",
        "unit": "months",
        "method": "12 over the lower limit",
        "n": ratio.n,
    }
    if ratio.low is None or ratio.low <= 1:
        return Estimate(**about, reason="not told from no change with a full first year either")
    return Estimate(**about, value=12 / ratio.low, assumes=ratio.assumes)


@computed
def first_year(
    years: Sequence[int], counts: Sequence[int], *, months: Sequence[float] = (12, 9, 6), level: float = 0.95
) -> dict[str, dict[str, Estimate]]:
    """Growth a year under each reading of the first year, for each model of constant growth.

    Returns
    -------
    By reading (see `first_year_treatments`), then by model: growth in % a year with the confidence interval
        of that model.

    Examples
    --------
    >>> cases = first_year((2015, 2016, 2017, 2018), (153, 462, 527, 594))
    >>> [round(case["Poisson trend"].value, 1) for case in cases.values()]
    [39.0, 30.2, 19.6, 13.4]
    """
    found = {}
    for case in first_year_treatments(years, counts, months=months):
        about = dict(exposure=case.exposure, level=level)
        found[case.label] = {
            name: model(case.years, case.counts, **about).estimates["growth"] for name, model in CONSTANT_GROWTH.items()
        }
        compound = compound_growth(case.years, case.counts, **about)["growth"]
        found[case.label]["compound annual growth"] = compound
    return found


@computed
def back_cast(years: Sequence[int], counts: Sequence[int], *, level: float = 0.95) -> dict[str, Estimate]:
    """What the Poisson trend of the later years would have had in the first, and the months that implies.

    The ratio of the first count to the back-cast is a parameter of the model "trend, and the first year
    off it"; its interval is profile likelihood.

    Returns
    -------
    "expected" : count of a full first year on the later trend. "share" : observed over expected (ratio).
    "months" : 12 times the share, the months of activity at the later rate. All with confidence intervals
        that assume Poisson counts on one trend.

    Raises
    ------
    ValueError : fewer than three counts.

    Examples
    --------
    >>> back = back_cast((2015, 2016, 2017, 2018), (153, 462, 527, 594))
    >>> round(back["expected"].value, 1), round(back["months"].value, 1)
    (408.5, 4.5)
    """
    years, counts = checked_series(years, counts, least=3)
    later = SlopeProblem.build(years[1:], counts[1:])
    names = {
        "expected": (
            f"expected count in {years[0]} on the trend of {years[1]} to {years[-1]}",
            "counts a year",
        ),
        "share": (f"count of {years[0]} over the one expected", "ratio"),
        "months": (f"months of activity in {years[0]} at the later rate", "months"),
    }
    common = dict(method="Poisson trend of the later years", n=len(counts), assumes=POISSON)
    if counts[0] == 0 or later.at_start or later.at_end:
        reason = "not estimable: the counts leave the trend or the first year at 0"
        return {key: Estimate(estimand=e, unit=u, reason=reason, **common) for key, (e, u) in names.items()}
    slope = later.estimate()
    at_first = (years[0] - years[1]) * slope
    expected = later.total * math.exp(at_first - float(np.log(np.exp(slope * later.positions).sum())))
    best = math.log(counts[0] / expected)
    low, high = _off_trend_limits(years, counts, best, level)
    share = Estimate(
        estimand=names["share"][0],
        unit="ratio",
        value=math.exp(best),
        low=math.exp(low),
        high=math.exp(high),
        level=level,
        interval="confidence",
        interval_method="profile likelihood",
        **common,
    )
    reversed_limits = dict(value=expected, low=counts[0] / share.high, high=counts[0] / share.low)
    return {
        "expected": replace(share, estimand=names["expected"][0], unit="counts a year", **reversed_limits),
        "share": share,
        "months": share.scaled(12, "months", names["months"][0]),
    }


def _off_trend_limits(years: list[int], counts: list[int], best: float, level: float) -> tuple[float, float]:
    """Profile limits of the log ratio by which the first year lies off the trend of all others."""

    def log_likelihood(off: float) -> float:
        exposure = [math.exp(off), *[1.0] * (len(counts) - 1)]
        problem = SlopeProblem.build(years, counts, exposure)
        return problem.log_likelihood(problem.estimate()) + off * counts[0]

    peak, threshold = log_likelihood(best), stats.chi2.ppf(level, 1)

    def drop(off: float) -> float:
        return 2 * (peak - log_likelihood(off)) - threshold

    edges = []
    for direction in (-1, 1):
        step = 0.1
        while drop(best + direction * step) < 0:
            step *= 2
        outer = best + direction * step
        edges.append(float(brentq(drop, min(best, outer), max(best, outer), xtol=1e-12)))
    return edges[0], edges[1]
