"""How one annual count compares with the next: each step of a series, all together, and their slowing."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from analysis.estimates import Estimate, computed
from analysis.growth.rates import (
    NO_VARIANCE,
    assumption,
    checked_dispersion,
    checked_series,
    holm,
    rate_ratio,
    rate_ratio_p,
    tipping_dispersion,
    tipping_of_contrast,
)

DISPERSIONS = (1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True, kw_only=True)
class Step:
    """One consecutive pair of counts and everything that is said about its change.

    `by_dispersion` holds the interval of the ratio at each dispersion; `p_holm` is adjusted over the steps
    of the series; `bonferroni` covers all of them together; `tipping` is the dispersion at which the two
    counts can no longer be told apart.
    """

    earlier_year: int
    later_year: int
    earlier: int
    later: int
    ratio: Estimate
    mid_p: Estimate
    bonferroni: Estimate
    p: Estimate
    p_holm: Estimate
    by_dispersion: dict[float, Estimate]
    tipping: Estimate


@computed
def year_on_year(
    years: Sequence[int],
    counts: Sequence[int],
    *,
    level: float = 0.95,
    dispersions: Sequence[float] = DISPERSIONS,
) -> list[Step]:
    """Every consecutive change of a series: ratio, intervals, Holm-adjusted p, and how easily it tips.

    Parameters
    ----------
    years, counts : series of length 2 or more; the ratio of a step over a gap is for the whole gap.
    dispersions : values of variance over mean at which the interval is shown as well.

    Returns
    -------
    One Step a consecutive pair. All intervals are confidence intervals for the ratio of two rates;
        `bonferroni` holds for all steps together, each at level 1 - (1 - level) / steps.

    Examples
    --------
    >>> steps = year_on_year((2015, 2016, 2017, 2018), (153, 462, 527, 594))
    >>> [round(step.p_holm.value, 4) for step in steps]
    [0.0, 0.0836, 0.0836]
    """
    years, counts = checked_series(years, counts)
    pairs = list(zip(zip(years, counts, strict=True), zip(years[1:], counts[1:], strict=True), strict=False))
    p_values = [rate_ratio_p(late, early) for (_, early), (_, late) in pairs]
    known = [i for i, p in enumerate(p_values) if p.value is not None]
    adjusted = dict(zip(known, holm([p_values[i].value for i in known]), strict=True)) if known else {}
    joint = 1 - (1 - level) / len(pairs)
    steps = []
    for i, ((first, early), (last, late)) in enumerate(pairs):
        name = f"ratio of {last} to {first}"
        ratio = rate_ratio(late, early, level=level, estimand=name)
        holm_p = dataclasses.replace(p_values[i], value=adjusted.get(i), method=f"Holm over {len(known)} steps")
        wide = rate_ratio(late, early, level=joint, estimand=name)
        if wide.interval:
            wide = dataclasses.replace(wide, interval_method=f"exact, Bonferroni for {len(pairs)} steps")
        steps.append(
            Step(
                earlier_year=first,
                later_year=last,
                earlier=early,
                later=late,
                ratio=ratio,
                mid_p=rate_ratio(late, early, level=level, method="mid-p", estimand=name),
                bonferroni=wide,
                p=p_values[i],
                p_holm=holm_p,
                by_dispersion={
                    float(phi): rate_ratio(late, early, level=level, dispersion=phi, estimand=name)
                    for phi in dispersions
                },
                tipping=tipping_dispersion(late, early, level=level),
            )
        )
    return steps


@computed
def joint_rise(years: Sequence[int], counts: Sequence[int], *, level: float = 0.95) -> dict[str, Estimate]:
    """Whether the rate rose in every step: intersection-union p-value, and the dispersion at which it tips.

    The claim "all rose" is supported at a level only if each one-sided test is, so its p-value is the
    largest of theirs and needs no adjustment.

    Returns
    -------
    "p" : the one-sided p-value. "tipping" : dispersion at which it reaches 1 - level.

    References
    ----------
    Berger (1982), Technometrics 24, 295-300.

    Examples
    --------
    >>> joint = joint_rise((2015, 2016, 2017, 2018), (153, 462, 527, 594))
    >>> round(joint["p"].value, 4), round(joint["tipping"].value, 2)
    (0.0243, 1.48)
    """
    years, counts = checked_series(years, counts)
    pairs = list(zip(counts[1:], counts, strict=False))
    single = [rate_ratio_p(late, early, alternative="greater") for late, early in pairs]
    tipping = [tipping_dispersion(late, early, level=level, alternative="greater") for late, early in pairs]
    about = dict(method=f"intersection-union over {len(pairs)} steps", n=len(counts))
    return {
        "p": _extreme(single, max, estimand="p-value for a rise in every step", **about),
        "tipping": _extreme(tipping, min, estimand="dispersion at which a rise in every step tips", **about),
    }


def _extreme(estimates: list[Estimate], choose: Callable, **changes: object) -> Estimate:
    missing = [e for e in estimates if e.value is None]
    chosen = missing[0] if missing else choose(estimates, key=lambda e: e.value)
    return dataclasses.replace(chosen, **changes, function="")


@computed
def growth_slowdown(
    years: Sequence[int], counts: Sequence[int], *, level: float = 0.95, dispersion: float = 1.0
) -> dict[str, Estimate]:
    """How many times larger the first yearly growth factor was than the one after it.

    Parameters
    ----------
    years, counts : three observations; growth factors are per year, so gaps may differ.

    Returns
    -------
    "ratio" : ratio of the two growth factors with a confidence interval, normal on the log scale.
    "tipping" : dispersion at which that interval touches 1. Neither is estimable from two observations.

    Raises
    ------
    ValueError : more than three observations.

    Examples
    --------
    >>> slow = growth_slowdown((2015, 2016, 2017), (153, 462, 527))
    >>> [round(x, 2) for x in (slow["ratio"].value, slow["ratio"].low, slow["ratio"].high)]
    [2.65, 2.05, 3.42]
    >>> round(slow["tipping"].value, 1)
    14.4
    """
    years, counts = checked_series(years, counts)
    if len(counts) > 3:
        raise ValueError(f"{len(counts)} counts: a slowdown compares two steps, give three")
    dispersion = checked_dispersion(dispersion)
    common = dict(method="ratio of two growth factors", n=len(counts))
    names = (
        "first growth factor over the second, " + ", ".join(map(str, years)),
        "dispersion at which the change of growth is no longer told from none",
    )
    reason = f"not estimable: {len(counts)} observations" if len(counts) < 3 else NO_VARIANCE if 0 in counts else ""
    if reason:
        units = ("ratio", "variance / mean")
        missing = [Estimate(estimand=e, unit=u, reason=reason, **common) for e, u in zip(names, units, strict=True)]
        return dict(zip(("ratio", "tipping"), missing, strict=True))
    first, second = years[1] - years[0], years[2] - years[1]
    weights = np.array([-1 / first, 1 / first + 1 / second, -1 / second])
    log_contrast, variance = float(weights @ np.log(counts)), float(weights**2 @ (1 / np.array(counts)))
    reach = float(stats.norm.isf((1 - level) / 2)) * math.sqrt(dispersion * variance)
    ratio = Estimate(
        estimand=names[0],
        unit="ratio",
        value=math.exp(log_contrast),
        low=math.exp(log_contrast - reach),
        high=math.exp(log_contrast + reach),
        level=level,
        interval="confidence",
        interval_method="normal on the log scale",
        assumes=assumption(dispersion),
        **common,
    )
    tipping = Estimate(
        estimand=names[1],
        unit="variance / mean",
        value=tipping_of_contrast(log_contrast, variance, level, "two-sided"),
        assumes="variance proportional to the mean, the same in every year",
        **common,
    )
    return {"ratio": ratio, "tipping": tipping}
