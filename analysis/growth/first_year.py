"""What the first year of a series was: full, partial or not comparable; and what each reading does."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from scipy import stats

from analysis.estimates import Estimate, computed
from analysis.growth.poisson_trends import PoissonTrend
from analysis.growth.series import checked_series
from analysis.growth.trends import growth_models
from analysis.models.dispersion import POISSON
from analysis.models.poisson_slope import Limits, SlopeProblem, root_from

MONTHS = (12, 9, 6)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One way to read the first year: the series analysed, and the years of activity behind each count."""

    key: str
    label: str
    years: tuple[int, ...]
    counts: tuple[int, ...]
    exposure: tuple[float, ...]


def first_year_readings(years: Sequence[int], counts: Sequence[int], *, partial: bool = True) -> list[Reading]:
    """Readings of the first year: as 12, 9 or 6 months of activity, and left out where other years are left.

    Unless it may be `partial`, only kept and left out.

    >>> [reading.label for reading in first_year_readings((2015, 2016, 2017), (153, 462, 527))]
    ['2015 as 12 months', '2015 as 9 months', '2015 as 6 months', 'without 2015']
    """
    years, counts = checked_series(years, counts)
    full = (1.0,) * (len(years) - 1)
    named = {12: ("full", f"{years[0]} as 12 months")} if partial else {12: ("full", f"with {years[0]}")}
    named |= {active: (f"{active}-months", f"{years[0]} as {active} months") for active in MONTHS[1:] if partial}
    readings = [
        Reading(key=key, label=label, years=years, counts=counts, exposure=(active / 12, *full))
        for active, (key, label) in named.items()
    ]
    rest = Reading(key="without", label=f"without {years[0]}", years=years[1:], counts=counts[1:], exposure=full)
    return [*readings, rest] if full else readings


@computed
def tipping_months(ratio: Estimate) -> Estimate:
    """Months of activity in the first year at which a ratio to it is no longer told from no change.

    ratio : a ratio in which the rate of the first year stands below the line once, found as if that year were a
        full one; with m months of activity the ratio and its limits are m / 12 of themselves.

    Returns Estimate in months, without interval; the reason where not even a full year tells the ratio from 1, or where
    the ratio is below 1, so that fewer months only strengthen it.

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
    years: Sequence[int], counts: Sequence[int], *, level: float = 0.95, partial: bool = True
) -> dict[str, dict[str, Estimate]]:
    """Growth a year under each reading of the first year, for each model of constant growth.

    Returns By reading (see `first_year_readings`), then by model: growth in % a year with the confidence interval of
    that model, or the reason why there is none.

    >>> cases = first_year((2015, 2016, 2017, 2018), (153, 462, 527, 594))
    >>> [round(case["Poisson trend"].value, 1) for case in cases.values()]
    [39.0, 30.2, 19.6, 13.4]
    """
    return {
        reading.label: {
            name: model(reading.years, reading.counts, reading.exposure, level).estimates["growth"]
            for name, model in growth_models().items()
        }
        for reading in first_year_readings(years, counts, partial=partial)
    }


@computed
def back_cast(years: Sequence[int], counts: Sequence[int], *, level: float = 0.95) -> dict[str, Estimate]:
    """What the Poisson trend of the later years would have had in the first, and the months that implies.

    The ratio of the first count to the back-cast is a parameter of the model "trend, and the first year off it";
    its interval is profile likelihood.

    Returns "expected" : count of a full first year on the later trend. "share" : observed over expected (ratio).
    "months" : 12 times the share, the months of activity at the later rate. All with confidence intervals that assume
    Poisson counts on one trend, or reasons.

    >>> back = back_cast((2015, 2016, 2017, 2018), (153, 462, 527, 594))
    >>> round(back["expected"].value, 1), round(back["months"].value, 1)
    (408.5, 4.5)
    """
    years, counts = checked_series(years, counts)
    later = PoissonTrend(years[1:], counts[1:], (1.0,) * len(years[1:]), level)
    common = dict(method="Poisson trend of the later years", n=len(counts), assumes=POISSON)
    names = {
        "expected": (f"expected count in {years[0]} on the trend of the later years", "counts a year"),
        "share": (f"count of {years[0]} over the one expected", "ratio"),
        "months": (f"months of activity in {years[0]} at the later rate", "months"),
    }
    if len(counts) < 3 or counts[0] == 0 or later.reason:
        reason = "not estimable: " + (
            f"{len(counts)} counts" if len(counts) < 3 else "the counts leave the trend or the first year at 0"
        )
        return {key: Estimate(estimand=e, unit=u, reason=reason, **common) for key, (e, u) in names.items()}
    expected = float(later.mean_at(years[:1])[0])
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
    inverted = dict(value=expected, low=counts[0] / share.high, high=counts[0] / share.low)
    return {
        "expected": replace(share, estimand=names["expected"][0], unit="counts a year", **inverted),
        "share": share,
        "months": share.scaled(12, "months", names["months"][0]),
    }


def _off_trend_limits(years: tuple[int, ...], counts: tuple[int, ...], best: float, level: float) -> Limits:
    """Profile limits of the log ratio by which the first year lies off the trend of all others."""

    def log_likelihood(off: float) -> float:
        problem = SlopeProblem.build(years, counts, [math.exp(off), *[1.0] * (len(counts) - 1)])
        return problem.log_likelihood(problem.estimate) + off * counts[0]

    peak, threshold = log_likelihood(best), stats.chi2.ppf(level, 1)

    def drop(off: float) -> float:
        return 2 * (peak - log_likelihood(off)) - threshold

    return root_from(best, drop, -1, 0.1), root_from(best, drop, 1, 0.1)
