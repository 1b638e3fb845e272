"""The interval of the ratio or share behind a claim's counts: apart from the verdict, which is arithmetic."""

from __future__ import annotations

from analysis.claims.quantities import Quantity
from analysis.estimates import Estimate, computed


@computed
def rate_interval(found: Quantity, level: float) -> Estimate:
    """Ratio or change of the rates behind two counts, or share of one in their sum.

    Given their sum, one of two Poisson counts is binomial: its exact interval is that of the share, and as odds that
    of the ratio. Where a count is known only as a range, the limits are those of its ends that are furthest apart.

    Parameters
    ----------
    found : with the pair of counts and the measure, if the claim is about one.
    level : confidence level.
    """
    if found.pair is None:
        return _none("does not apply: a complete count, no ratio, change or share")
    one, other = found.pair
    if None in (one.high, other.high) or any(count.low.denominator > 1 for count in found.pair):
        return _none("not estimable: needs counts that have an upper limit")
    if other.low == 0:
        return _none("undefined: the earlier count may be 0")
    from analysis.models.shares import exact_share  # here, because a verdict needs none

    certain = not (one.is_range or other.is_range)
    share = Estimate(
        estimand="share of the underlying rates in their sum",
        unit="%",
        method="share of a total",
        value=float(one.low / (one.low + other.low)) if certain else None,
        low=exact_share(int(one.low), int(one.low + other.high), level)[0],
        high=exact_share(int(one.high), int(one.high + other.low), level)[1],
        level=level,
        interval="confidence",
        interval_method="exact conditional, Clopper-Pearson" + ("" if certain else ", widest over the range"),
        n=len(found.figures),
        assumes="Poisson counts, independent from year to year",
        reason="" if certain else "a figure is known only as a range",
    )
    if found.measure == "share":
        return share.scaled(100, "%")
    if found.measure == "ratio":
        return share.transformed(lambda p: p / (1 - p), "ratio", "ratio of the underlying rates")
    return share.transformed(lambda p: 100 * (p / (1 - p) - 1), "%", "change of the underlying rate")


def _none(why: str) -> Estimate:
    return Estimate(estimand="ratio of the underlying rates", unit="ratio", method="none", reason=why)
