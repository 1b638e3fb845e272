"""The start date and the dispersion together: where a finding about the first year is lost."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.estimates import Estimate, computed
from analysis.growth.first_year import tipping_months
from analysis.growth.rates import rate_ratio, tipping_dispersion
from analysis.growth.ratios import growth_slowdown
from analysis.models.dispersion import KNOWN_DISPERSIONS

FULL_YEAR = "not told from no change with a full first year either"
ONLY_STRENGTHEN = "undefined: fewer months of activity in the first year only strengthen what is seen"


@dataclass(frozen=True, kw_only=True)
class Frontier:
    """Where one finding is lost: on and beyond it the interval of a ratio includes no change.

    finding : in words that stand alone. log_ratio, reach : logarithm of the ratio with a full first year, and
        distance of its lower limit for Poisson counts, normal on the log scale.
    months : by known dispersion, the months of activity in the first year at which the finding is lost, or the
        reason why a full first year does not show it either. tipping : the dispersion that loses it in a full year.
    """

    finding: str
    log_ratio: float
    reach: float
    months: dict[float, Estimate]
    tipping: Estimate

    def months_at(self, dispersion: ArrayLike) -> np.ndarray:
        """Months at which it is lost at each dispersion; above 12 where a full year does not show it."""
        return 12 * np.exp(self.reach * np.sqrt(np.asarray(dispersion, dtype=float)) - self.log_ratio)


@computed
def start_and_dispersion(
    years: Sequence[int], counts: Sequence[int], *, level: float = 0.95
) -> dict[str, Frontier | Estimate]:
    """Months of activity in the first year, at each dispersion, that lose the first step and the slowdown.

    With m months behind the first count its rate is 12 / m of what a full year gives, so that a ratio to it and its
    limits shrink to m / 12; a dispersion widens the interval by its root. Neither is known, and both act at once.

    years, counts : one series of consecutive years, three or more for the slowdown.

    Returns "step", "slowdown" : the Frontier of the rise from the first year to the second and of the slowing of growth
    after it; or an Estimate with the reason why there is none, also where the first count is the higher one or growth
    did not slow down, as then fewer months only strengthen what is seen.

    >>> found = start_and_dispersion((2015, 2016, 2017, 2018), (153, 462, 527, 594))
    >>> [[round(e.value, 1) for e in each.months.values()] for each in found.values()]
    [[4.8, 5.1, 6.0, 7.1], [5.9, 6.5, 8.0, 10.2]]
    """
    slowing = {phi: growth_slowdown(years, counts, level=level, dispersion=phi) for phi in KNOWN_DISPERSIONS}
    slowdowns = {phi: each["ratio"] for phi, each in slowing.items()}
    found: dict[str, Frontier | Estimate] = {"step": slowdowns[1], "slowdown": slowdowns[1]}
    if len(counts) > 1:
        pair = counts[1], counts[0]
        about = f"ratio of {years[1]} to {years[0]}"
        ratios = {phi: rate_ratio(*pair, level=level, dispersion=phi, estimand=about) for phi in KNOWN_DISPERSIONS}
        tipping = tipping_dispersion(*pair, level=level)
        found["step"] = _frontier(f"the rise from {years[0]} to {years[1]}", ratios, tipping)
    if slowdowns[1].value is not None:
        found["slowdown"] = _frontier(f"the slowdown after {years[1]}", slowdowns, slowing[1]["tipping"])
    return found


def _frontier(finding: str, ratios: dict[float, Estimate], tipping: Estimate) -> Frontier | Estimate:
    ratio = ratios[1]
    reason = tipping.reason or (FULL_YEAR if tipping.value < 1 else "" if ratio.value > 1 else ONLY_STRENGTHEN)
    if reason:
        return Estimate(
            estimand=f"where it is lost: {finding}", unit="months", method="12 over the ratio", reason=reason
        )
    log_ratio = math.log(ratio.value)
    return Frontier(
        finding=finding,
        log_ratio=log_ratio,
        reach=log_ratio / math.sqrt(tipping.value),
        months={phi: tipping_months(each) for phi, each in ratios.items()},
        tipping=tipping,
    )
