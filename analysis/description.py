"""Results of several chapters under the names that sentences use."""

from __future__ import annotations

from analysis.estimates import Estimate, computed
from analysis.growth.ratios import Step


@computed
def describe_step(step: Step) -> dict[str, Estimate]:
    """One yearly change under the names that sentences use, with its years.

    Returns
    -------
    "from", "to" : years. "ratio", "p", "p-holm", "tipping" : as in `analysis.growth.ratios.Step`. "widest" : the
    ratio with its interval at the largest dispersion shown.
    """
    about = {"unit": "calendar year", "method": "period of the count"}
    return {
        "from": Estimate(estimand="earlier year of the change", value=step.earlier_year, **about),
        "to": Estimate(estimand="later year of the change", value=step.later_year, **about),
        "ratio": step.ratio,
        "p": step.p,
        "p-holm": step.p_holm,
        "tipping": step.tipping,
        "widest": step.by_dispersion[max(step.by_dispersion)],
    }
