"""Sentences about the article's claims."""

from __future__ import annotations

from analysis.prose import Prose, say
from analysis.wording.changes import Named


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


def claims_sentence(results: Named) -> Prose:
    """How the article's numeric claims fare, and what that is worth."""
    return say(
        results,
        "Of the article's {claims.all:bare} numeric claims {claims.holds:bare} follow from the published figures, most "
        "of which the article itself supplies: consistent, not independently confirmed. "
        "{claims.not-checkable-from-the-figures:bare} cannot be checked from the figures.",
    )
