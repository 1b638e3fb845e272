"""Sentences that set one series beside another."""

from __future__ import annotations

from analysis.figures.observations import Series
from analysis.prose import Prose, say
from analysis.wording.changes import Named, excludes


def comparison_answer(results: Named) -> Prose:
    """How the growth of the two series compares, and why nothing is said about a link."""
    relative = results["relative.dispersion-1"]
    if relative.low is None or relative.high is None:
        verdict = "how they compare cannot be estimated"
    elif excludes(relative, 1):
        verdict = "removals grew " + ("faster" if relative.value > 1 else "more slowly") + ", if counts are Poisson"
    else:
        verdict = "the growth of one cannot be told from that of the other"
    return say(
        results,
        "Put on the years of the find incidents, removals changed by a factor of {aligned.ratio:bare} if they are "
        "spread evenly over the months, and of {bounds.ratio:interval} if months only do not fall. The growth of "
        "removals over the growth of find incidents is {relative.dispersion-1:bare .2f} "
        "({relative.dispersion-1:level} confidence interval {relative.dispersion-1:interval .2f} if counts are "
        f"Poisson, {{relative.dispersion-5:interval .2f}} if they vary more, as public counts do): {verdict}.",
        "In the later year the removals come to {per-100:.2f} (range {per-100:interval .2f}). That is a ratio of "
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
        "{change.finds:interval .1f} for the phone incidents. A change of effort or of recording would move both "
        "counts; so would a change in what there was to find. These figures cannot tell the two apart.",
    )


def correlation_sentence(results: Named) -> Prose:
    """What two unrelated growing series look like."""
    return say(
        results,
        "Of pairs of unrelated series that each grow at such a pace, {unrelated.rise} rise in every year and "
        "{unrelated.strong} have what reads as a strong correlation; the median is {unrelated.median:bare}. "
        "Levels of growing series are therefore never correlated here.",
    )
