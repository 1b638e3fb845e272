"""What the growth of a series comes to in a word, each by a stated rule."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.estimates import Conclusion, Estimate, computed


@computed
def step_standing(ratio: Estimate, widest: Estimate) -> Conclusion:
    """How one yearly change stands: "firm", "fragile" or "open".

    Parameters
    ----------
    ratio : the later count over the earlier, its interval for Poisson counts. widest : the same at the largest
        dispersion shown.

    Examples
    --------
    >>> from analysis.estimates import Estimate
    >>> about = dict(estimand="ratio", unit="ratio", method="m", value=1.14, level=0.95, interval="confidence")
    >>> step_standing(Estimate(low=1.005, high=1.295, **about), Estimate(low=0.76, high=1.7, **about)).verdict
    'fragile'
    """
    firm, alone = widest.excludes(1), ratio.excludes(1)
    return Conclusion(
        about=ratio.estimand,
        verdict="firm" if firm else "fragile" if alone else "open",
        rule="firm: the interval excludes no change even at the largest dispersion shown; fragile: only if counts are "
        "Poisson; open: not even then",
    )


@computed
def steps_standing(standings: Sequence[Conclusion]) -> Conclusion:
    """How many of the yearly changes are firm: "none firm", "one firm", "several firm" or "all firm".

    Examples
    --------
    >>> each = [Conclusion(about="a", verdict=word, rule="") for word in ("firm", "open")]
    >>> steps_standing(each).verdict
    'one firm'
    """
    firm = sum(standing.verdict == "firm" for standing in standings)
    words = {0: "none firm", len(standings): "all firm", 1: "one firm"}
    return Conclusion(
        about="the yearly changes together",
        verdict=words.get(firm, "several firm"),
        rule="how many changes are firm, each judged by itself",
    )


@computed
def slowdown_standing(ratio: Estimate) -> Conclusion:
    """Whether the second yearly growth factor is told apart from the first: "slower", "faster", "open", "unknown".

    Parameters
    ----------
    ratio : the first growth factor over the second, its interval for Poisson counts.

    Examples
    --------
    >>> none = Estimate(estimand="slowdown", unit="ratio", method="m", reason="not estimable: 2 observations")
    >>> slowdown_standing(none).verdict
    'unknown'
    """
    told = "slower" if (ratio.value or 0) > 1 else "faster"
    return Conclusion(
        about="growth after the first change",
        verdict="unknown" if ratio.value is None else told if ratio.excludes(1) else "open",
        rule="slower or faster: the interval of the ratio of the two growth factors excludes 1 if counts are Poisson",
    )


@computed
def condition_standing(months: Estimate) -> Conclusion:
    """Whether a finding hangs on how long the first year was: "binds" or "does not bind".

    Parameters
    ----------
    months : the months of activity in the first year at which the finding is lost, or the reason why there are none.

    Examples
    --------
    >>> condition_standing(Estimate(estimand="months", unit="months", method="m", value=4.8)).verdict
    'binds'
    """
    return Conclusion(
        about=months.estimand,
        verdict="does not bind" if months.value is None else "binds",
        rule="binds: some number of months in the first year loses what a full year shows",
    )


@computed
def joint_rise_standing(rises: int, changes: int) -> Conclusion:
    """Whether every count is above the one before: "all rose" or "not all rose".

    >>> joint_rise_standing(2, 3).verdict
    'not all rose'
    """
    return Conclusion(
        about="the changes together",
        verdict="all rose" if 0 < changes == rises else "not all rose",
        rule="every published count is above the one before",
    )


@computed
def poisson_fit_standing(p: Estimate) -> Conclusion:
    """Whether the counts contradict the Poisson trend: "contradicted", "not contradicted" or "unknown".

    Examples
    --------
    >>> poisson_fit_standing(Estimate(estimand="p", unit="", method="deviance", value=1e-20)).verdict
    'contradicted'
    """
    verdict = "unknown" if p.value is None else "contradicted" if p.value < 0.05 else "not contradicted"
    return Conclusion(about="the Poisson trend", verdict=verdict, rule="contradicted: deviance test, p below 0.05")


@computed
def settling_standing(constant_inside: Sequence[bool | None]) -> Conclusion:
    """Whether the level at which the counts settle can be named.

    Parameters
    ----------
    constant_inside : of each saturating curve, whether a constant level lies inside its region; None without a fit.

    Returns
    -------
    "not identified" (the constant is inside for every curve), "hardly identified" (for some), "identified" (for none)
    or "no curve" (no saturating curve fits).

    Examples
    --------
    >>> settling_standing([True, True, None]).verdict
    'not identified'
    """
    known = [inside for inside in constant_inside if inside is not None]
    verdict = "no curve" if not known else "not identified" if all(known) else "hardly identified"
    return Conclusion(
        about="the level at which the counts settle",
        verdict="identified" if known and not any(known) else verdict,
        rule="not identified: the region of each saturating curve holds a constant level, no growth at all",
    )
