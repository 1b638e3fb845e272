"""All that is said of the yearly changes of one series, as one set of named results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from analysis.estimates import Estimate, computed
from analysis.growth.conclusions import (
    condition_standing,
    joint_rise_standing,
    slowdown_standing,
    step_standing,
    steps_standing,
)
from analysis.growth.first_year import tipping_months
from analysis.growth.ratios import Step, growth_slowdown, joint_rise


@computed
def describe_changes(
    years: Sequence[int], counts: Sequence[int], steps: Sequence[Step], *, level: float = 0.95
) -> dict[str, Any]:
    """Each yearly change, the largest, the slowing of growth and the rise in every step, and how each stands.

    Parameters
    ----------
    years, counts : one series of two counts or more. steps : its changes, from `year_on_year`.

    Returns
    -------
    "step" : a mapping a change, in order, with "from", "to", "ratio", "p", "p-holm", "tipping", "widest" (the ratio at
    the largest dispersion shown) and "standing"; of the first also "tipping-months" and "condition". "largest" : the
    one furthest from no change among the firm ones, or among all where none is firm. "changes" : their number "n" and
    how they stand together. "slowdown", "joint-rise" : as `growth_slowdown` and `joint_rise`, with how they stand.

    Examples
    --------
    >>> from analysis.growth.ratios import year_on_year
    >>> series = (2015, 2016, 2017, 2018), (153, 462, 527, 594)
    >>> found = describe_changes(*series, year_on_year(*series))
    >>> [step["standing"].verdict for step in found["step"]], found["largest"]["to"].value
    (['firm', 'fragile', 'fragile'], 2016)
    """
    described = [_described(step) for step in steps]
    slowdown = growth_slowdown(years[:3], counts[:3], level=level)
    for found in [*described[:1], slowdown]:
        found["tipping-months"] = tipping_months(found["ratio"])
        found["condition"] = condition_standing(found["tipping-months"])
    standings = [step["standing"] for step in described]
    firm = [step for step in described if step["standing"].verdict == "firm"]
    rises = sum(later > earlier for earlier, later in zip(counts, counts[1:], strict=False))
    about = {"unit": "changes", "method": "number of counts less 1", "n": len(counts)}
    return {
        "step": described,
        "largest": max(firm or described, key=lambda step: abs((step["ratio"].value or 1) - 1)),
        "changes": {
            "n": Estimate(estimand="changes between the counts", value=len(steps), **about),
            "standing": steps_standing(standings),
        },
        "slowdown": slowdown | {"standing": slowdown_standing(slowdown["ratio"])},
        "joint-rise": joint_rise(years, counts, level=level)
        | {"standing": joint_rise_standing(rises=rises, changes=len(steps))},
    }


def _described(step: Step) -> dict[str, Any]:
    about = {"unit": "calendar year", "method": "period of the count"}
    return {
        "from": Estimate(estimand="earlier year of the change", value=step.earlier_year, **about),
        "to": Estimate(estimand="later year of the change", value=step.later_year, **about),
        "ratio": step.ratio,
        "p": step.p,
        "p-holm": step.p_holm,
        "tipping": step.tipping,
        "widest": step.widest,
        "standing": step_standing(step.ratio, step.widest),
    }
