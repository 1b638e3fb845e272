"""What the comparison of two series comes to in a word, each by a stated rule."""

from __future__ import annotations

from analysis.estimates import Conclusion, Estimate, computed


@computed
def relative_growth_standing(relative: Estimate) -> Conclusion:
    """Which of two series grew faster: "faster", "slower", "not told apart" or "unknown".

    relative : growth of the outcome over growth of the comparison, its interval for Poisson counts.

    >>> about = dict(estimand="relative growth", unit="ratio", method="m", level=0.95, interval="confidence")
    >>> relative_growth_standing(Estimate(value=1.0, low=0.9, high=1.2, **about)).verdict
    'not told apart'
    """
    told = "faster" if relative.low is not None and relative.low > 1 else "slower"
    unknown = relative.low is None or relative.high is None
    return Conclusion(
        about="growth of the outcome beside that of the comparison",
        verdict="unknown" if unknown else told if relative.excludes(1) else "not told apart",
        rule="faster or slower: the interval of the ratio of the two growth ratios excludes 1 if counts are Poisson",
    )


@computed
def bounds_standing(bounds: Estimate) -> Conclusion:
    """Whether counts can come from months that do not fall: "possible" or "impossible".

    >>> about = dict(estimand="ratio", unit="ratio", method="bounds")
    >>> bounds_standing(Estimate(reason="impossible: no non-decreasing months add up to the counts", **about)).verdict
    'impossible'
    """
    return Conclusion(
        about="the counts as sums of months that do not fall",
        verdict="impossible" if bounds.low is None and bounds.high is None else "possible",
        rule="possible: the linear programme has a solution",
    )


@computed
def change_standing(change: Estimate) -> Conclusion:
    """Whether a published change is one up or down: "rose", "fell", "did not change" or "unknown".

    >>> change_standing(Estimate(estimand="change", unit="%", method="counts", value=23.0)).verdict
    'rose'
    """
    ends = [x for x in (change.low, change.value, change.high) if x is not None]
    verdict = "unknown"
    if ends:
        verdict = "rose" if min(ends) > 0 else "fell" if max(ends) < 0 else "did not change"
    return Conclusion(about=change.estimand, verdict=verdict, rule="all that is known of the change has one sign")
