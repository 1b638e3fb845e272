"""Sentences about forecasts and what they are worth."""

from __future__ import annotations

from analysis.prose import Prose, say
from analysis.wording.changes import Named

BEST, TEXTBOOK = "forecast.reference-class.1", "forecast.poisson-trend.1"


def forecast_sentence(results: Named) -> str:
    """Template of the recommended forecast with both intervals."""
    if results[f"{BEST}.80"].value is None:
        return f"No forecast can be recommended for these counts: {{{BEST}.80}}."
    return (
        f"For {{{BEST}.year}} the forecast to stand by is {{{BEST}.80:bare 2s}}, with an {{{BEST}.80:level}} "
        f"prediction interval of {{{BEST}.80:interval 2s}} and a {{{BEST}.95:level}} one of {{{BEST}.95:interval 2s}}."
    )


def coverage_sentence() -> str:
    """Template of how often the recommended intervals have held."""
    return (
        f"On public series of {{count.n:word}} counts such intervals held the next count {{{BEST}.covers.80}} "
        f"({{{BEST}.covers.80:level}} confidence interval {{{BEST}.covers.80:interval}}) and {{{BEST}.covers.95}} "
        f"({{{BEST}.covers.95:interval}}) of the time, an average over families of series."
    )


def textbook_sentence(results: Named) -> str:
    """Template that sets the Poisson trend's interval beside the coverage that it really has."""
    if results[f"{TEXTBOOK}.95"].value is None:
        return f"The Poisson trend gives no forecast: {{{TEXTBOOK}.95}}."
    return (
        f"The Poisson trend gives {{{TEXTBOOK}.95:interval .0f}} at {{{TEXTBOOK}.95:level}}; its intervals at that "
        f"level held the next count {{{TEXTBOOK}.covers.95}} of the time ({{{TEXTBOOK}.covers.95:level}} confidence "
        f"interval {{{TEXTBOOK}.covers.95:interval}})."
    )


def reliability_answer(results: Named) -> Prose:
    """What the coming years may bring, and what intervals from short series are worth."""
    pace, rises = results["fact.keeps_pace_by_family"], results["fact.next_rises_by_family"]
    seldom = "Growth seldom kept its pace" if pace.value < min(50, rises.value) else "Growth often kept its pace"
    return say(
        results,
        f"{forecast_sentence(results)} {coverage_sentence()}",
        textbook_sentence(results),
        f"{seldom}: in {{fact.next_rises_by_family:n}} public windows of as many counts that had risen every year, the "
        "next year rose again {fact.next_rises_by_family} of the time ({fact.next_rises_by_family:level} confidence "
        "interval {fact.next_rises_by_family:interval}), and grew at least as fast as the past mean "
        "{fact.keeps_pace_by_family} of the time ({fact.keeps_pace_by_family:interval}), families weighing the same.",
    )


def dispersion_sentence(results: Named) -> Prose:
    """Why a dispersion of one is the exception."""
    return say(
        results,
        "Around a fitted constant growth the dispersion of the public windows has a median of "
        "{fact.dispersion_median_all:bare}, and of {fact.dispersion_median_middle:bare} where the counts are of "
        "middling size; only {fact.dispersion_below_1_all} of the windows vary less than Poisson counts.",
    )


def worst_family_sentence(results: Named, family: str) -> Prose:
    """The family in which the recommended interval does worst."""
    return say(
        results,
        f"The coverage is an average over families that weigh the same, each judged by a fit that never saw it. It is "
        f"no guarantee for one series: in the worst family ({family}) the wider interval held {{worst.coverage}} of "
        "the time.",
    )


def dropped_year_sentence(results: Named) -> Prose:
    """What leaving out a low first year does to a forecast, measured where series ramped up and settled."""
    with_it, without = results["fact.four_points_coverage95"], results["fact.three_points_coverage95"]
    verdict = (
        "Leaving out a low first year is not the cautious choice"
        if without.value < with_it.value
        else "Leaving out a low first year does not cost coverage"
    )
    return say(
        results,
        f"{verdict}: in {{fact.four_points_coverage95:n}} public windows whose first step was a jump and whose later "
        "steps were small, the wider interval held {fact.four_points_coverage95} of the time with the first year "
        "({fact.four_points_coverage95:level} confidence interval {fact.four_points_coverage95:interval}) and "
        "{fact.three_points_coverage95} without it ({fact.three_points_coverage95:interval}); its limits lie a factor "
        "of {fact.four_points_ratio_of_limits:bare 2s} apart with it and {fact.three_points_ratio_of_limits:bare 2s} "
        "without.",
    )


def left_out_sentence(results: Named) -> Prose:
    """How far each year is from the trend of the others."""
    return say(
        results,
        "Left out one at a time, a year differs from the Poisson trend of the others by {left-out.error:low .0f} to "
        "{left-out.error:high .0f} accounts, and the growth of that trend moves between {left-out.growth:low} and "
        "{left-out.growth:high} a year.",
    )


def spread_sentence(results: Named) -> Prose:
    """How far the models are apart on the same count."""
    return say(
        results,
        "For the coming year the medians of the methods run from {spread:low .0f} to {spread:high .0f} accounts: "
        "the choice of model is most of the uncertainty, and a narrow interval from any one model leaves that out.",
    )
