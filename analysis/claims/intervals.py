"""The interval of the ratio or share behind a claim's counts: apart from the verdict, which is arithmetic."""

from __future__ import annotations

from analysis.claims.kinds import Evidence
from analysis.estimates import Estimate, computed


@computed
def rate_interval(evidence: Evidence | None, level: float) -> Estimate:
    """Ratio or change of the rates behind two counts, or share of one in their sum.

    Given their sum, one of two Poisson counts is binomial: its exact interval is that of the share, and as odds that
    of the ratio. Where a count is known only as a range, the limits are those of its ends that are furthest apart.

    Parameters
    ----------
    evidence : with the pair of counts and the quantity, if the claim is about one.
    level : confidence level.
    """
    if evidence is None or evidence.pair is None or not evidence.quantity:
        return _none("does not apply: a complete count, no ratio, change or share")
    one, other = evidence.pair
    if None in (one.high, other.high) or any(amount.low.denominator > 1 for amount in evidence.pair):
        return _none("not estimable: needs counts that have an upper limit")
    if other.low == 0:
        return _none("undefined: the earlier count may be 0")
    certain = not (one.is_range or other.is_range)
    low, _ = _exact_share(int(one.low), int(one.low + other.high), level)
    _, high = _exact_share(int(one.high), int(one.high + other.low), level)
    share = Estimate(
        estimand="share of the underlying rates in their sum",
        unit="%",
        method="share of a total",
        value=float(one.low / (one.low + other.low)) if certain else None,
        low=low,
        high=high,
        level=level,
        interval="confidence",
        interval_method="exact conditional, Clopper-Pearson" + ("" if certain else ", widest over the range"),
        n=len(evidence.figures),
        assumes="Poisson counts, independent from year to year",
        reason="" if certain else "a figure is known only as a range",
    )
    if evidence.quantity == "share":
        return share.scaled(100, "%")
    if evidence.quantity == "ratio":
        return share.transformed(lambda p: p / (1 - p), "ratio", "ratio of the underlying rates")
    return share.transformed(lambda p: 100 * (p / (1 - p) - 1), "%", "change of the underlying rate")


def _none(why: str) -> Estimate:
    return Estimate(estimand="ratio of the underlying rates", unit="ratio", method="none", reason=why)


def _exact_share(successes: int, total: int, level: float) -> tuple[float, float]:
    from scipy.special import betaincinv  # here, because a verdict needs none

    tail, failures = (1 - level) / 2, total - successes
    low = float(betaincinv(successes, failures + 1, tail)) if successes else 0.0
    return low, float(betaincinv(successes + 1, failures, 1 - tail)) if failures else 1.0
