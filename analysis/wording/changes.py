"""How changes between annual counts are called, and the templates that several notebooks share."""

from __future__ import annotations

from collections.abc import Mapping

from analysis.estimates import Estimate
from analysis.prose import ratio_style

Named = Mapping[str, Estimate]


def moved(earlier: Estimate, later: Estimate) -> str:
    """ "rose", "fell" or "stayed the same", from one count to a later one."""
    if later.value == earlier.value:
        return "stayed the same"
    return "rose" if later.value > earlier.value else "fell"


def excludes(estimate: Estimate, null: float) -> bool:
    """Whether the interval lies wholly on one side of `null`."""
    return (estimate.low is not None and estimate.low > null) or (estimate.high is not None and estimate.high < null)


def standing(results: Named, step: str) -> str:
    """ "firm", "fragile" or "open": how a yearly change stands.

    Firm: its interval excludes no change even at the largest dispersion shown. Fragile: only if counts vary
    little more than Poisson counts. Open: not even then.
    """
    if excludes(results[f"{step}.widest"], 1):
        return "firm"
    return "fragile" if excludes(results[f"{step}.ratio"], 1) else "open"


def steps_of(results: Named) -> list[str]:
    """Names of the yearly changes, in order: "step.1", "step.2"."""
    return [name.removesuffix(".ratio") for name in results if name.startswith("step.") and name.endswith(".ratio")]


def step_sentence(results: Named, step: str) -> str:
    """Template of one yearly change with its interval and what it assumes."""
    style = ratio_style(results[f"{step}.ratio"])
    return (
        f"{{{step}.to}} against {{{step}.from}}: {{{step}.ratio:bare}} times as many ({{{step}.ratio:level}} "
        f"confidence interval {{{step}.ratio:interval {style}}}, exact, if counts are Poisson)"
    )


def standing_sentence(results: Named, step: str) -> str:
    """Template that says whether a change is firm, fragile or open, and what would undo it."""
    stands = standing(results, step)
    if stands == "open":
        return "Open: the interval includes no change even if counts are Poisson."
    if stands == "fragile":
        return (
            f"Fragile: counts {{{step}.tipping:bare}} times as variable as Poisson counts are enough to undo it, and "
            f"its p-value adjusted for all changes is {{{step}.p-holm}}."
        )
    sentence = f"Firm: only counts more than {{{step}.tipping:bare}} times as variable as Poisson counts would undo it"
    if f"{step}.tipping-months" in results:
        return f"{sentence}, or a first year of {{{step}.tipping-months:bare .1f}} months of activity or fewer."
    return sentence + "."


def growth_range_sentence() -> str:
    """Template that says how far the rate of growth depends on the specification."""
    return (
        "A single rate of growth is not identified: the point estimates of {specifications.valid:bare} specifications "
        "whose interval is valid by stated rules run from {growth.range:low} to {growth.range:high} a year, their "
        "{step.1.ratio:level} confidence intervals together from {growth.envelope:interval}, and "
        "{growth.excludes-none:bare} of these intervals lie wholly on one side of no growth."
    )


def slowdown_sentence(results: Named) -> str:
    """Template that compares the first growth factor with the second."""
    ratio = results["slowdown.ratio"]
    if ratio.value is None:
        return "Whether growth slowed down: {slowdown.ratio}."
    said = (
        "The first yearly growth factor is {slowdown.ratio:bare} times the second ({slowdown.ratio:level} confidence "
        "interval {slowdown.ratio:interval}, if counts are Poisson)"
    )
    if not excludes(ratio, 1):
        return f"{said}, which does not tell them apart."
    undone = "counts more than {slowdown.tipping:bare} times as variable as Poisson counts would undo the difference"
    if results["slowdown.tipping-months"].value is not None:
        undone += ", and so would a first year of {slowdown.tipping-months:bare .1f} months of activity or fewer"
    return f"{said}; {undone}."


def joint_rise_sentence(results: Named) -> str:
    """Template for whether the rate rose in every step."""
    if results["joint-rise.p"].value is None or results["count.rises"].value != results["count.changes"].value:
        return "The counts did not rise in every step."
    return (
        "A test that the rate rose in every step gives the one-sided p-value {joint-rise.p} if counts are Poisson; a "
        "dispersion of {joint-rise.tipping:bare} is enough to lose it."
    )
