"""What the growth of a series comes to in a word, each by a stated rule."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.estimates import Conclusion, Estimate, computed

BASE_RATES = ((5, "rare"), (20, "uncommon"))  # below so many % of public series; what is above is ordinary
OUTSTANDING = ("rare", "uncommon")
ALL_BUT_ONE = 1 - 1e-9


@computed
def standing(change: Estimate, base_rate: Estimate) -> Conclusion:
    """How a change stands beside public ones: "rare", "uncommon", "ordinary", "open", "not compared" or "none".

    change : a ratio, its interval for Poisson counts. base_rate : how often public series of about this size show a
        change at least as large, in %.

    >>> about = dict(estimand="ratio", unit="ratio", method="m", level=0.95, interval="confidence")
    >>> often = Estimate(estimand="share", unit="%", method="m", value=58)
    >>> standing(Estimate(value=1.14, low=1.005, high=1.295, **about), often).verdict
    'ordinary'
    """
    rate = base_rate.value
    words = "not compared" if rate is None else next((word for most, word in BASE_RATES if rate < most), "ordinary")
    return Conclusion(
        about=change.estimand,
        verdict="none" if change.value is None else words if change.excludes(1) else "open",
        rule="none: there is no ratio; open: its interval includes no change even if counts are Poisson; else by the "
        "share of public series of about this size with a change at least as large: rare below 5%, uncommon below 20%, "
        "ordinary from there on",
    )


@computed
def steps_standing(standings: Sequence[Conclusion]) -> Conclusion:
    """How many yearly changes stand out: "none stands out", "one stands out", "several stand out", "all stand out".

    >>> each = [Conclusion(about="a", verdict=word, rule="") for word in ("rare", "open")]
    >>> steps_standing(each).verdict
    'one stands out'
    """
    out = sum(standing.verdict in OUTSTANDING for standing in standings)
    words = {0: "none stands out", len(standings): "all stand out", 1: "one stands out"}
    return Conclusion(
        about="the yearly changes together",
        verdict=words.get(out, "several stand out"),
        rule="a change stands out where it is rare or uncommon, each judged by itself",
    )


@computed
def slowdown_direction(ratio: Estimate) -> Conclusion:
    """Whether the second yearly growth factor is told apart from the first: "slower", "faster", "open", "unknown".

    ratio : the first growth factor over the second, its interval for Poisson counts.

    >>> none = Estimate(estimand="slowdown", unit="ratio", method="m", reason="not estimable: 2 observations")
    >>> slowdown_direction(none).verdict
    'unknown'
    """
    told = "slower" if (ratio.value or 0) > 1 else "faster"
    return Conclusion(
        about="growth after the first change",
        verdict="unknown" if ratio.value is None else told if ratio.excludes(1) else "open",
        rule="slower or faster: the interval of the ratio of the two growth factors excludes 1 if counts are Poisson",
    )


@computed
def first_year_standing(partial: bool) -> Conclusion:
    """Whether the first year is also read as shorter than a year: "may be partial" or "taken as full".

    >>> first_year_standing(False).verdict
    'taken as full'
    """
    return Conclusion(
        about="the first year",
        verdict="may be partial" if partial else "taken as full",
        rule="may be partial: the study declares so of its first period, and that period is the first one kept",
    )


@computed
def condition_standing(lost_at: Estimate, months: Estimate) -> Conclusion:
    """Whether a finding needs a first year longer than the one back-cast from the later years.

    lost_at : months of activity in the first year at which the finding is no longer told from none, or the reason why
        there are none. months : those back-cast from the later years, with an interval.

    Returns "beyond" (the whole interval of the months loses the finding), "partly beyond", "within" (none of it does),
    "not back-cast", or "does not bind" where no number of months loses what a full year shows.

    >>> about = dict(estimand="months", unit="months", method="m")
    >>> back = Estimate(value=4.5, low=3.6, high=5.5, level=0.95, interval="confidence", **about)
    >>> condition_standing(Estimate(value=4.8, **about), back).verdict
    'partly beyond'
    """
    if lost_at.value is None:
        verdict = "does not bind"
    elif months.low is None or months.high is None:
        verdict = "not back-cast"
    else:
        verdict = (
            "beyond" if months.high <= lost_at.value else "within" if months.low > lost_at.value else "partly beyond"
        )
    return Conclusion(
        about=lost_at.estimand,
        verdict=verdict,
        rule="beyond: the finding is lost with as many months of activity in the first year as the trend of the later "
        "years gives it, wherever in their interval they lie; partly beyond: in a part of it; within: nowhere in it",
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
def growth_standing(growth: Estimate) -> Conclusion:
    """Whether constant growth is told from none: "told from none", "not told from none" or "not estimable".

    >>> growth_standing(Estimate(estimand="growth", unit="% a year", method="m", reason="1 observation")).verdict
    'not estimable'
    """
    word = "told from none" if growth.excludes(0) else "not told from none"
    return Conclusion(
        about="constant growth",
        verdict="not estimable" if growth.value is None else word,
        rule="told from none: the interval excludes 0, with the dispersion that the counts show, or a known one",
    )


@computed
def given_standing(estimate: Estimate) -> Conclusion:
    """Whether there is such an estimate, a value or a limit: "given" or "none".

    >>> given_standing(Estimate(estimand="2019", unit="", method="m", reason="not estimable")).verdict
    'none'
    """
    none = estimate.value is None and estimate.low is None and estimate.high is None
    return Conclusion(about=estimate.estimand, verdict="none" if none else "given", rule="given: it can be estimated")


@computed
def poisson_fit_standing(p: Estimate) -> Conclusion:
    """Whether the counts contradict the Poisson trend: "contradicted", "not contradicted", "met" or "unknown".

    >>> poisson_fit_standing(Estimate(estimand="p", unit="", method="deviance", value=1e-20)).verdict
    'contradicted'
    """
    found = "contradicted" if (p.value or 0) < 0.05 else "met" if p.value > ALL_BUT_ONE else "not contradicted"
    return Conclusion(
        about="the Poisson trend",
        verdict="unknown" if p.value is None else found,
        rule="contradicted: deviance test, p below 0.05; met: every count is the fitted one but for rounding",
    )


@computed
def settling_standing(constant_inside: Sequence[bool | None]) -> Conclusion:
    """Whether the level at which the counts settle can be named.

    constant_inside : of each saturating curve, whether a constant level lies inside its region; None without a fit.

    Returns "not identified" (the constant is inside for every curve), "hardly identified" (for some), "identified" (for
    none) or "no curve" (no saturating curve fits).

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
