"""Sentences about growth."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.prose import Prose, say
from analysis.wording.changes import (
    Named,
    growth_range_sentence,
    joint_rise_sentence,
    slowdown_sentence,
    standing_sentence,
    step_sentence,
    steps_of,
)


def growth_answer(results: Named) -> Prose:
    """Which changes are firm, which fragile, and why there is no single rate of growth."""
    return say(
        results,
        "The {count.n:word} counts show {count.changes:word} changes:",
        *(f"- {step_sentence(results, step)}. {standing_sentence(results, step)}" for step in steps_of(results)),
        growth_range_sentence(),
    )


def steps_together(results: Named) -> Prose:
    """What the changes say together: whether growth slowed down, and whether all of them are rises."""
    return say(results, slowdown_sentence(results), joint_rise_sentence(results))


def poisson_misfit(results: Named) -> Prose:
    """Whether the Poisson trend describes these counts at all."""
    p = results["poisson.deviance-p"]
    if p.value is None:
        return say(results, "Goodness of fit of the Poisson trend: {poisson.deviance-p}.")
    if p.value < 0.05:
        verdict = "The Poisson trend does not fit these counts, so its narrow intervals do not hold as stated"
    else:
        verdict = "The Poisson trend is not contradicted by these counts"
    return say(
        results,
        f"{verdict} (deviance test, p {{poisson.deviance-p}}). Around it the counts vary {{dispersion:bare}} times as "
        "much as Poisson counts.",
    )


def first_year_sentence(results: Named) -> Prose:
    """What the first count looks like beside the trend of the later ones."""
    return say(
        results,
        "On the Poisson trend of the later years the first year would have had {back-cast.expected:bare .0f} "
        "accounts; it had {count.first:bare}. That is what {back-cast.months:bare .1f} months of activity at the "
        "later rate would give ({back-cast.months:level} confidence interval {back-cast.months:interval .1f}). Under "
        "the Poisson trend, growth is {first-year.full} with the first count read as a full year, and "
        "{first-year.without} without it.",
    )


def asymptote_sentence(results: Named, inside: Sequence[bool]) -> Prose:
    """Whether any level at which the counts would settle can be named."""
    held = sum(inside)
    if held == 0:
        return say(
            results,
            "The saturating curves below exclude a constant level; their asymptotes are in the table.",
        )
    which = "all" if held == len(inside) else "some"
    return say(
        results,
        f"The level at which the counts would settle is not identified: for {which} of the saturating curves the "
        "constant level, no growth at all, lies inside the {asymptote.logistic:level} region.",
    )


def detectable_sentence(results: Named) -> Prose:
    """How large growth has to be before this many counts can show it."""
    return say(
        results,
        "With {count.n:word} counts and no more noise than Poisson counts have, a log-linear trend detects growth of "
        "{detectable.poisson} with probability {detectable.power} (two-sided t test at {detectable.level}); with the "
        "scatter actually seen around the trend, growth would have to be {detectable.observed}.",
    )
