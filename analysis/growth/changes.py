"""All that is said of the yearly changes of one series, as one set of named results."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from statistics import fmean
from typing import Any

from analysis.estimates import Estimate, computed
from analysis.growth.conclusions import (
    OUTSTANDING,
    condition_standing,
    first_year_standing,
    joint_rise_standing,
    slowdown_direction,
    standing,
    steps_standing,
)
from analysis.growth.first_year import back_cast, tipping_months
from analysis.growth.ratios import Step, growth_slowdown, joint_rise
from analysis.reliability.base_rates import (
    dispersion_base_rate,
    reversal_base_rate,
    slowdown_base_rate,
    step_base_rate,
)

NO_PART = Estimate(
    estimand="months of activity in the first year at which it is no longer told from no change",
    unit="months",
    method="12 over the lower limit",
    reason="no shorter first year has a part in it",
)


@computed
def describe_changes(
    years: Sequence[int], counts: Sequence[int], steps: Sequence[Step], *, level: float = 0.95, partial: bool = True
) -> dict[str, Any]:
    """Each yearly change, the largest, the change of growth and the rise in every step, and how each stands.

    years, counts : one series of two counts or more. steps : its changes, from `year_on_year`. partial : whether its
        first year may hold less than twelve months of activity.

    Returns "step" : a mapping a change, in order, with "from", "to", "ratio", "p", "p-holm", "tipping", "beyond" (share
    of public series with a larger dispersion), "base-rate" (share of public steps at least as large), "reversal" (how
    often the next year undid such a step), "standing", "tipping-months" and "condition" (whether so few months of
    activity in the first year as the later years suggest would lose it). "largest" : the one furthest from no change
    among those that stand out, or among all where none does. "newest" : the last change, where it is another.
    "changes" : their number "n" and how they stand together. "slowdown", "joint-rise" : as the functions of these
    names, with how they stand; "slowdown" also has a "direction". "back-cast" : as `back_cast`, on which each
    "condition" rests. "first-year.standing" : whether it may be partial.

    >>> from analysis.growth.ratios import year_on_year
    >>> series = (2015, 2016, 2017, 2018), (153, 462, 527, 594)
    >>> found = describe_changes(*series, year_on_year(*series))
    >>> [step["standing"].verdict for step in found["step"]], found["largest"]["to"].value
    (['uncommon', 'ordinary', 'ordinary'], 2016)
    """
    described = [_described(step, counts) for step in steps]
    slowdown = _slowdown(years, counts, level)
    back = back_cast(years, counts, level=level)
    for place, found in enumerate([slowdown, *described]):
        found["tipping-months"] = tipping_months(found["ratio"]) if partial and place < 2 else NO_PART
        found["condition"] = condition_standing(found["tipping-months"], back["months"])
    standings = [step["standing"] for step in described]
    out = [step for step in described if step["standing"].verdict in OUTSTANDING]
    largest = max(out or described, key=lambda step: abs(math.log(step["ratio"].value or 1)))
    rises = sum(later > earlier for earlier, later in itertools.pairwise(counts))
    about = {"unit": "changes", "method": "number of counts less 1", "n": len(counts)}
    return {
        "step": described,
        "largest": largest,
        "newest": described[-1] if described[-1] is not largest else {},
        "changes": {
            "n": Estimate(estimand="changes between the counts", value=len(steps), **about),
            "standing": steps_standing(standings),
        },
        "slowdown": slowdown,
        "back-cast": back,
        "first-year": {"standing": first_year_standing(partial)},
        "joint-rise": joint_rise(years, counts, level=level)
        | {"standing": joint_rise_standing(rises=rises, changes=len(steps))},
    }


def _described(step: Step, counts: Sequence[int]) -> dict[str, Any]:
    about = {"unit": "calendar year", "method": "period of the count"}
    pair = (step.earlier, step.later, fmean(counts))
    adjacent = step.later_year - step.earlier_year == 1
    base_rate = step_base_rate(*pair, adjacent=adjacent)
    return {
        "from": Estimate(estimand="earlier year of the change", value=step.earlier_year, **about),
        "to": Estimate(estimand="later year of the change", value=step.later_year, **about),
        "ratio": step.ratio,
        "p": step.p,
        "p-holm": step.p_holm,
        "tipping": step.tipping,
        "beyond": dispersion_base_rate(step.tipping.value, fmean(counts), len(counts)),
        "base-rate": base_rate,
        "reversal": reversal_base_rate(*pair, adjacent=adjacent),
        "standing": standing(step.ratio, base_rate),
    }


def _slowdown(years: Sequence[int], counts: Sequence[int], level: float) -> dict[str, Any]:
    found = growth_slowdown(years[:3], counts[:3], level=level)
    adjacent = len(years) > 2 and years[2] - years[0] == 2
    base_rate = slowdown_base_rate(found["ratio"].value, fmean(counts), adjacent=adjacent or len(years) < 3)
    return found | {
        "beyond": dispersion_base_rate(found["tipping"].value, fmean(counts), len(counts)),
        "base-rate": base_rate,
        "direction": slowdown_direction(found["ratio"]),
        "standing": standing(found["ratio"], base_rate),
    }
