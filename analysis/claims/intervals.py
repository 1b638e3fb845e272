"""The interval of the rate, ratio or share behind a claim's counts: apart from the verdict, which is arithmetic."""

from __future__ import annotations

from analysis.claims.kinds import Evidence
from analysis.estimates import Estimate, computed

POISSON = "Poisson counts, independent from year to year"


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
    quantity = evidence.quantity if evidence else ""
    if not quantity or evidence.pair is None:
        return _none("does not apply: a complete count, no ratio, change or share")
    one, other = evidence.pair
    ends = (one.low, one.high, other.low, other.high)
    if None in ends or any(end.denominator != 1 for end in ends):
        return _none("not estimable: a figure has no upper limit" if None in ends else "not estimable: no counts")
    if other.low == 0:
        return _none("undefined: the earlier count may be 0")
    low, _ = _clopper_pearson(int(one.low), int(one.low + other.high), level)
    _, high = _clopper_pearson(int(one.high), int(one.high + other.low), level)
    certain = not (one.is_range or other.is_range)
    common = {
        "level": level,
        "interval": "confidence",
        "interval_method": "exact conditional, Clopper-Pearson" + ("" if certain else ", widest over the range"),
        "n": len(evidence.figures),
        "assumes": POISSON,
        "reason": "" if certain else "a figure is known only as a range",
    }
    if quantity == "share":
        value = 100 * float(one.low / (one.low + other.low)) if certain else None
        estimand, method = "share of the underlying rates in their sum", "share of a total"
        about = {"estimand": estimand, "unit": "%", "method": method}
        return Estimate(**about, value=value, low=100 * low, high=100 * high, **common)
    ratio = Estimate(
        estimand="ratio of the underlying rates",
        unit="ratio",
        method="ratio of two counts",
        value=float(one.low / other.low) if certain else None,
        low=low / (1 - low),
        high=high / (1 - high),
        **common,
    )
    if quantity == "change":
        return ratio.transformed(lambda r: 100 * (r - 1), "%", "change of the underlying rate")
    return ratio


def _none(why: str) -> Estimate:
    return Estimate(estimand="ratio of the underlying rates", unit="ratio", method="none", reason=why)


def _clopper_pearson(successes: int, total: int, level: float) -> tuple[float, float]:
    from scipy.special import betaincinv  # here, because a verdict needs none

    tail, failures = (1 - level) / 2, total - successes
    low = float(betaincinv(successes, failures + 1, tail)) if successes else 0.0
    high = float(betaincinv(successes + 1, failures, 1 - tail)) if failures else 1.0
    return low, high
