"""How one annual count compares with the next: each step of a series, all together, and their slowing."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from analysis.estimates import Estimate, computed
from analysis.growth.rates import rate_ratio, rate_ratio_p, tipping_dispersion
from analysis.growth.series import NO_VARIANCE, checked_series
from analysis.models import dispersion as dispersions
from analysis.models.rates import holm


@dataclass(frozen=True, kw_only=True)
class Step:
    """One consecutive pair of counts and everything that is said about its change.

    `p_holm` is adjusted over the steps of the series; `tipping` is the dispersion at which the two counts can no longer
    be told apart.
    """

    earlier_year: int
    later_year: int
    earlier: int
    later: int
    ratio: Estimate
    p: Estimate
    p_holm: Estimate
    tipping: Estimate


@computed
def year_on_year(years: Sequence[int], counts: Sequence[int], *, level: float = 0.95) -> list[Step]:
    """Every consecutive change of a series: ratio, intervals, Holm-adjusted p, and how easily it tips.

    years, counts : one series; the ratio of a step over a gap is for the whole gap. One count has no step.

    Returns One Step a consecutive pair, its interval an exact confidence interval for the ratio of two rates.

    >>> steps = year_on_year((2015, 2016, 2017, 2018), (153, 462, 527, 594))
    >>> [round(step.p_holm.value, 4) for step in steps]
    [0.0, 0.0836, 0.0836]
    """
    years, counts = checked_series(years, counts)
    pairs = list(itertools.pairwise(counts))
    p_values = [rate_ratio_p(late, early) for early, late in pairs]
    known = [i for i, p in enumerate(p_values) if p.value is not None]
    adjusted = dict(zip(known, holm([p_values[i].value for i in known]), strict=True))
    steps = []
    for i, ((first, last), (early, late)) in enumerate(zip(itertools.pairwise(years), pairs, strict=True)):
        steps.append(
            Step(
                earlier_year=first,
                later_year=last,
                earlier=early,
                later=late,
                ratio=rate_ratio(late, early, level=level, estimand=f"ratio of {last} to {first}"),
                p=p_values[i],
                p_holm=replace(p_values[i], value=adjusted.get(i), method=f"Holm over {len(known)} steps"),
                tipping=tipping_dispersion(late, early, level=level),
            )
        )
    return steps


@computed
def joint_rise(years: Sequence[int], counts: Sequence[int], *, level: float = 0.95) -> dict[str, Estimate]:
    """Whether the rate rose in every step: intersection-union p-value, and the dispersion at which it tips.

    The claim "all rose" is supported at a level only if each one-sided test is, so its p-value is the largest of
    theirs and needs no adjustment.

    Returns "p" : the one-sided p-value. "tipping" : dispersion at which it reaches 1 - level. Reasons where there is no
    step.

    Source: Berger (1982), Technometrics 24, 295-300.

    >>> joint = joint_rise((2015, 2016, 2017, 2018), (153, 462, 527, 594))
    >>> round(joint["p"].value, 4), round(joint["tipping"].value, 2)
    (0.0243, 1.48)
    """
    years, counts = checked_series(years, counts)
    pairs = list(itertools.pairwise(counts))
    single = [rate_ratio_p(late, early, greater=True) for early, late in pairs]
    tipping = [tipping_dispersion(late, early, level=level, greater=True) for early, late in pairs]
    about = dict(method=f"intersection-union over {len(pairs)} steps", n=len(counts))
    return {
        "p": _extreme(single, max, estimand="p-value for a rise in every step", unit="", **about),
        "tipping": _extreme(
            tipping, min, estimand="dispersion at which a rise in every step tips", unit="variance / mean", **about
        ),
    }


def _extreme(estimates: list[Estimate], choose: Callable, **about: object) -> Estimate:
    missing = [e for e in estimates if e.value is None]
    if not estimates:
        return Estimate(**about, reason="not estimable: 1 count")
    chosen = missing[0] if missing else choose(estimates, key=lambda e: e.value)
    return replace(chosen, **about, function="")


@computed
def growth_slowdown(
    years: Sequence[int], counts: Sequence[int], *, level: float = 0.95, dispersion: float = 1.0
) -> dict[str, Estimate]:
    """How many times larger the first yearly growth factor was than the one after it.

    years, counts : one series, of which the first three counts are compared; growth factors are per year, so gaps
        may differ. dispersion : known variance over mean.

    Returns "ratio" : ratio of the two growth factors with a confidence interval, normal on the log scale. "tipping" :
    dispersion at which that interval touches 1. Neither is estimable from two counts.

    >>> slow = growth_slowdown((2015, 2016, 2017, 2018), (153, 462, 527, 594))
    >>> [round(x, 2) for x in (slow["ratio"].value, slow["ratio"].low, slow["ratio"].high)]
    [2.65, 2.05, 3.42]
    >>> round(slow["tipping"].value, 1)
    14.4
    """
    years, counts = (values[:3] for values in checked_series(years, counts))
    common = dict(method="ratio of two growth factors", n=len(counts))
    ratio = dict(estimand="first growth factor over the second, " + ", ".join(map(str, years)), unit="ratio", **common)
    tipping = dict(
        estimand="dispersion at which the change of growth is no longer told from none",
        unit="variance / mean",
        **common,
    )
    if len(counts) < 3 or 0 in counts:
        reason = f"not estimable: {len(counts)} observations" if len(counts) < 3 else NO_VARIANCE
        return {"ratio": Estimate(**ratio, reason=reason), "tipping": Estimate(**tipping, reason=reason)}
    first, second = years[1] - years[0], years[2] - years[1]
    weights = np.array([-1 / first, 1 / first + 1 / second, -1 / second])
    contrast, variance = float(weights @ np.log(counts)), float(weights**2 @ (1 / np.array(counts)))
    reach = float(stats.norm.isf((1 - level) / 2)) * math.sqrt(dispersion * variance)
    return {
        "ratio": Estimate(
            **ratio,
            value=math.exp(contrast),
            low=math.exp(contrast - reach),
            high=math.exp(contrast + reach),
            level=level,
            interval="confidence",
            interval_method="normal on the log scale",
            assumes=dispersions.assumption(dispersion),
        ),
        "tipping": Estimate(
            **tipping,
            value=float(dispersions.tipping_dispersion(contrast, variance, level=level)),
            assumes="variance proportional to the mean, the same in every year",
        ),
    }
