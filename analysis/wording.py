"""The sentences of the report, computed from named results so that they stay true when the figures change.

Each function takes the register of a notebook and returns Prose; the notebook only says where it stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analysis.estimates import Estimate
from analysis.figures.observations import Series
from analysis.prose import Prose, ratio_style, say

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


def figures_answer(results: Named, outcome: Series, finds: Series) -> Prose:
    """What the published figures are, before any model."""
    verb = moved(results["count.first"], results["count.last"])
    return say(
        results,
        f"{outcome.title}: {{count.n:word}} annual counts, and between them {{count.changes:word}} changes, of "
        f"which {{count.rises:word}} are rises. The count {verb} from {{count.first}} in {{count.first-year}} to "
        "{count.last} in {count.last-year}; together they make {count.total}.",
        f"{finds.title}: {{finds.last}} in the later year, and for the year before only a range, "
        "{finds.previous:interval}, because it was published through a rounded change.",
    )


def step_sentence(results: Named, step: str) -> str:
    """Template of one yearly change with its interval and the dispersion at which it tips."""
    style = ratio_style(results[f"{step}.ratio"])
    return (
        f"{{{step}.to}} against {{{step}.from}}: {{{step}.ratio:bare}} times as many ({{{step}.ratio:level}} "
        f"confidence interval {{{step}.ratio:interval {style}}}, exact, if counts are Poisson)"
    )


def growth_answer(results: Named) -> Prose:
    """Which changes are firm, which fragile, and why there is no single rate of growth."""
    lines = []
    for step in steps_of(results):
        sentence = step_sentence(results, step)
        if standing(results, step) == "firm":
            sentence += (
                f". Firm: it would take counts {{{step}.tipping:bare}} times as variable as Poisson counts to undo it."
            )
        elif standing(results, step) == "fragile":
            sentence += (
                f". Fragile: counts {{{step}.tipping:bare}} times as variable as Poisson counts are enough to undo it, "
                f"and its p-value adjusted for all changes is {{{step}.p-holm}}."
            )
        else:
            sentence += ". Open: the interval includes no change."
        lines.append("- " + sentence)
    return say(
        results,
        "The {count.n:word} counts show {count.changes:word} changes:",
        *lines,
        growth_range_sentence(results),
    )


def growth_range_sentence(results: Named) -> str:
    """Template that says how far the rate of growth depends on the specification."""
    return (
        "A single rate of growth is not identified: {specifications.estimated:bare} defensible combinations of "
        "data, model, interval and dispersion put it between {growth.range:low} and {growth.range:high} a year, and "
        "{growth.excludes-none:bare} of the valid intervals exclude no growth at all."
    )


def slowdown_sentence(results: Named) -> str:
    """Template that compares the first growth factor with the second."""
    ratio = results["slowdown.ratio"]
    if ratio.value is None:
        return "Whether growth slowed down: {slowdown.ratio}."
    seen = (
        "a difference that holds until counts are {slowdown.tipping:bare} times as variable as Poisson counts"
        if excludes(ratio, 1)
        else "which does not tell the two apart"
    )
    return (
        "The first yearly growth factor is {slowdown.ratio:bare} times the second "
        f"({{slowdown.ratio:level}} confidence interval {{slowdown.ratio:interval}}, if counts are Poisson), {seen}."
    )


def joint_rise_sentence(results: Named) -> str:
    """Template for whether the rate rose in every step."""
    if results["joint-rise.p"].value is None or results["count.rises"].value != results["count.changes"].value:
        return "The counts did not rise in every step."
    return (
        "That the rate rose in every one of these steps has the one-sided p-value {joint-rise.p} if counts are "
        "Poisson; a dispersion of {joint-rise.tipping:bare} is enough to lose it."
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
        "later rate would give ({back-cast.months:level} interval {back-cast.months:interval .1f}). Under the "
        "Poisson trend, growth is {first-year.full} with the first count read as a full year, and "
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
        "{detectable.poisson} with probability {detectable.power}; with the scatter actually seen around the trend "
        "it would have to be {detectable.observed}.",
    )


def forecast_sentence(results: Named) -> str:
    """Template of the recommended forecast with both intervals and what they measured."""
    best = "forecast.reference-class.1"
    if results[f"{best}.80"].value is None:
        return f"No forecast can be recommended for these counts: {{{best}.80}}."
    return (
        f"For {{{best}.year}} the forecast to stand by is {{{best}.80:bare 2s}}, with an {{{best}.80:level}} "
        f"prediction interval of {{{best}.80:interval 2s}} and a {{{best}.95:level}} one of {{{best}.95:interval 2s}}; "
        f"on public series as short as this one such intervals held the next count {{{best}.covers.80}} and "
        f"{{{best}.covers.95}} of the time."
    )


def textbook_sentence(results: Named) -> str:
    """Template that sets the Poisson trend's interval beside the coverage that it really has."""
    trend = "forecast.poisson-trend.1"
    if results[f"{trend}.95"].value is None:
        return f"The Poisson trend gives no forecast: {{{trend}.95}}."
    return (
        f"The Poisson trend would promise {{{trend}.95:interval .0f}} at {{{trend}.95:level}}, but its intervals held "
        f"the next count only {{{trend}.covers.95}} of the time."
    )


def reliability_answer(results: Named) -> Prose:
    """What the coming years may bring, and what intervals from short series are worth."""
    return say(
        results,
        forecast_sentence(results),
        textbook_sentence(results),
        "Extrapolating growth is the error: in public series that had risen in every year of a short window, the next "
        "year rose again {fact.next_rises_by_family} of the time, but grew at least as fast as before only "
        "{fact.keeps_pace_by_family} of the time.",
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
    return say(
        results,
        "Leaving out a low first year is not the cautious choice. In public windows that ramped up and then settled, "
        "the wide intervals held {fact.four_points_coverage95} of the time with the first year and "
        "{fact.three_points_coverage95} without it, because without it they are narrower: the limits lie a factor of "
        "{fact.three_points_ratio_of_limits:bare 2s} apart instead of {fact.four_points_ratio_of_limits:bare 2s}.",
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


def comparison_answer(results: Named) -> Prose:
    """How the growth of the two series compares, and why nothing is said about a link."""
    relative = results["relative.dispersion-1"]
    if relative.low is None or relative.high is None:
        verdict = "how they compare cannot be estimated"
    elif excludes(relative, 1):
        verdict = "removals grew " + ("faster" if relative.value > 1 else "more slowly") + ", if counts are Poisson"
    else:
        verdict = "they cannot be told apart"
    return say(
        results,
        "Put on the years of the find incidents, removals changed by a factor of {aligned.ratio:bare} if they are "
        "spread evenly over the months, and of {bounds.ratio:interval} if months only do not fall. The growth of "
        "removals over the growth of find incidents is {relative.dispersion-1:bare .2f} "
        f"({{relative.dispersion-1:level}} confidence interval {{relative.dispersion-1:interval .2f}}): {verdict}.",
        "In the later year the removals come to {per-100:.1f} (range {per-100:interval .1f}). That is a ratio of "
        "unlike things, not a rate.",
        "A correlation between them: {correlation}. Growth that is alike is not evidence of a link.",
    )


def contrast_sentence(results: Named, contrast: Series) -> Prose:
    """What the contrast series did over the same year."""
    change = results["change.contrast"]
    verb = "rose" if (change.value or change.low or 0) > 0 else "did not rise"
    return say(
        results,
        f"{contrast.title} {verb} over the same year, by {{change.contrast:bare}}, beside "
        "{change.finds:interval .1f} for the phones. One reporting system moving both counts is what a change of "
        "effort or of recording would look like.",
    )


def correlation_sentence(results: Named) -> Prose:
    """What two unrelated growing series look like."""
    return say(
        results,
        "Of pairs of unrelated series that each grow at such a pace, {unrelated.rise} rise in every year and "
        "{unrelated.strong} have what reads as a strong correlation; the median is {unrelated.median:bare}. "
        "Levels of growing series are therefore never correlated here.",
    )


def claims_answer(results: Named) -> Prose:
    """How many claims hold, and how many nobody can check from the figures."""
    wrong = sum(results[f"claims.{verdict}"].value for verdict in ("overstated", "understated", "contradicted"))
    fault = (
        "none is overstated, understated or contradicted"
        if not wrong
        else "overstated are {claims.overstated:word}, understated {claims.understated:word} and contradicted "
        "{claims.contradicted:word}"
    )
    rounded = " and {claims.holds-as-rounded:bare} as rounded" if results["claims.holds-as-rounded"].value else ""
    return say(
        results,
        "Of {claims.all:bare} numeric claims, {claims.holds:bare} hold as worded"
        f"{rounded}; {fault}. "
        "{claims.not-checkable-from-the-figures:bare} cannot be checked from the figures.",
        "Most of the figures come from the article itself, so a claim that holds shows that the article is consistent, "
        "not that its figures are right.",
    )


def firm(results: Named) -> Prose:
    """What holds however variable the counts are, within what public series show."""
    lines = [
        f"- {step_sentence(results, step)}. It stays told from no change until counts are "
        f"{{{step}.tipping:bare}} times as variable as Poisson counts."
        for step in steps_of(results)
        if standing(results, step) == "firm"
    ]
    slowdown = results["slowdown.ratio"]
    if slowdown.value is not None and slowdown.value > 1 and excludes(slowdown, 1):
        lines.append(f"- Growth slowed down after the first change. {slowdown_sentence(results)}")
    lines.append("- " + claims_sentence(results))
    return say(results, *lines)


def fragile(results: Named) -> Prose:
    """What holds only if counts vary little more than Poisson counts do."""
    lines = [
        f"- {step_sentence(results, step)}. Adjusted for all changes its p-value is {{{step}.p-holm}}, "
        f"and a dispersion of {{{step}.tipping:bare}} undoes it."
        for step in steps_of(results)
        if standing(results, step) != "firm"
    ]
    lines.append("- " + joint_rise_sentence(results))
    return say(results, *lines)


def unknowable(results: Named, settles: Sequence[bool]) -> Prose:
    """What these figures do not identify, and what would."""
    lines = [
        "- A rate of growth. " + growth_range_sentence(results) + " The start date of the process, or monthly counts, "
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


def claims_sentence(results: Named) -> str:
    """Template for how the article's numeric claims fare."""
    return (
        "Of the article's {claims.all:bare} numeric claims {claims.holds:bare} hold; "
        "{claims.not-checkable-from-the-figures:bare} cannot be checked from the figures."
    )


def summary_answer(results: Named, outcome: Series) -> Prose:
    """The answer of the whole report, in three sentences with their intervals."""
    steps = steps_of(results)
    certain = [step for step in steps if standing(results, step) == "firm"]
    largest = max(certain or steps, key=lambda step: abs((results[f"{step}.ratio"].value or 1) - 1))
    which = "only the step to" if len(certain) == 1 else "the largest step is the one to"
    stands = " is firm" if len(certain) == 1 else ""
    doubt = (
        "; the other changes are small enough to vanish if counts vary a little more than Poisson counts do"
        if len(certain) == 1 < len(steps)
        else ""
    )
    verb = moved(results["count.first"], results["count.last"])
    return say(
        results,
        f"{outcome.title} {verb} from {{count.first:bare}} in {{count.first-year}} to {{count.last:bare}} in "
        f"{{count.last-year}}, and {which} {{{largest}.to}}{stands}: {{{largest}.ratio:bare}} times as many as the "
        f"year before ({{{largest}.ratio:level}} confidence interval {{{largest}.ratio:interval}}, exact, if counts "
        f"are Poisson){doubt}.",
        "No single rate of growth follows from {count.n:word} counts: defensible analyses give {growth.range:low} to "
        "{growth.range:high} a year.",
        forecast_sentence(results),
    )
