"""Sentences of the first screen: the answer, and what is firm, fragile and unknowable."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.figures.observations import Series
from analysis.prose import Prose, say
from analysis.wording.changes import (
    Named,
    excludes,
    growth_range_sentence,
    joint_rise_sentence,
    moved,
    slowdown_sentence,
    standing,
    standing_sentence,
    step_sentence,
    steps_of,
)
from analysis.wording.reliability import coverage_sentence, forecast_sentence


def firm(results: Named) -> Prose:
    """What holds even if counts vary far more than Poisson counts, with what would undo it."""
    lines = [
        f"- {step_sentence(results, step)}. {standing_sentence(results, step)}"
        for step in steps_of(results)
        if standing(results, step) == "firm"
    ]
    slowdown = results["slowdown.ratio"]
    if slowdown.value is not None and slowdown.value > 1 and excludes(slowdown, 1):
        lines.append(f"- Growth slowed down after the first change. {slowdown_sentence(results)}")
    return say(results, *(lines or ["- Nothing about change is firm in these counts."]))


def fragile(results: Named) -> Prose:
    """What holds only if counts vary little more than Poisson counts do, or not even then."""
    lines = [
        f"- {step_sentence(results, step)}. {standing_sentence(results, step)}"
        for step in steps_of(results)
        if standing(results, step) != "firm"
    ]
    return say(results, *lines, "- " + joint_rise_sentence(results))


def unknowable(results: Named, settles: Sequence[bool]) -> Prose:
    """What these figures do not identify, and what would."""
    lines = [
        "- A rate of growth. " + growth_range_sentence() + " The start date of the process, or monthly counts, "
        "would narrow it.",
        "- A link with phone finds. A correlation between the two series is {correlation}. Several more years of both, "
        "counted over the same periods, would be needed.",
    ]
    if any(settles):
        lines.insert(
            1,
            "- The level at which removals will settle. The saturating curves that fit these counts also allow a "
            "constant level. More years would be needed.",
        )
    return say(results, *lines)


def summary_answer(results: Named, outcome: Series) -> Prose:
    """The answer of the whole report, with its intervals."""
    steps = steps_of(results)
    certain = [step for step in steps if standing(results, step) == "firm"]
    largest = max(certain or steps, key=lambda step: abs((results[f"{step}.ratio"].value or 1) - 1))
    which = "only the step to" if len(certain) == 1 else "the largest step is the one to"
    stands = " is firm" if len(certain) == 1 else ""
    doubt = ""
    if len(certain) == 1 < len(steps):
        doubt = "; the other changes vanish if counts vary a little more than Poisson counts do"
    if certain == ["step.1"]:
        doubt += (
            ", and this one only stands if the first year was one of {step.1.tipping-months:bare .1f} months or more"
        )
    verb = moved(results["count.first"], results["count.last"])
    return say(
        results,
        f"{outcome.title} {verb} from {{count.first:bare}} in {{count.first-year}} to {{count.last:bare}} in "
        f"{{count.last-year}}, and {which} {{{largest}.to}}{stands}: {{{largest}.ratio:bare}} times as many as the "
        f"year before ({{{largest}.ratio:level}} confidence interval {{{largest}.ratio:interval}}, exact, if counts "
        f"are Poisson){doubt}.",
        "No single rate of growth follows from {count.n:word} counts: point estimates run from {growth.range:low} to "
        "{growth.range:high} a year, and their {step.1.ratio:level} confidence intervals together from "
        "{growth.envelope:interval}.",
        f"{forecast_sentence(results)} {coverage_sentence()}",
    )
