"""What the figures say about one claim: its verdict, the tolerance that it needs, and the interval beside it."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from analysis.claims.claims import Claim
from analysis.claims.hedges import TOLERANCES, Statement, Verdict
from analysis.claims.quantities import Figures, Quantity
from analysis.estimates import Estimate, computed


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What the figures say about one claim.

    `verdict` and `reason` are of `hedges.VERDICTS` and `hedges.REASONS`. `value` is what the figures give, in numbers
    for readers; `evidence` the same in exact fractions, with calculation and sources; `statement` the stated number,
    None for an order. `level` is that of `uncertainty`.
    """

    claim: Claim
    verdict: Verdict
    reason: str = ""
    value: Estimate
    explanation: str
    evidence: Quantity
    statement: Statement | None = None
    level: float = 0.95

    @property
    def calculation(self) -> str:
        """How the value comes from the figures ("594 / 153")."""
        return self.evidence.words

    @property
    def figures(self) -> Figures:
        """The figures used, each with the name of its series."""
        return self.evidence.figures

    @property
    def uncertainty(self) -> Estimate:
        """For ratios, changes and shares, the interval of that of the underlying rates.

        It is about what other counts with the same rates could have shown, and has no part in the verdict.
        """
        return rate_interval(self.evidence, self.level)

    @property
    def is_weak(self) -> bool:
        """Whether the claim holds, but the next printed number would have been true as well."""
        return self.verdict == "holds" and bool(self.statement) and self.statement.is_weak(self.evidence.low)

    @property
    def is_independent(self) -> bool:
        """Whether a figure comes from elsewhere; if not, the article is only checked against itself."""
        return any(figure.source.url != self.claim.article_url for _, figure in self.figures)

    @property
    @computed
    def critical_tolerance(self) -> Estimate:
        """In per cent of the stated number, the smallest tolerance at which the claim holds, for all of a range."""
        statement, found, needed = self.statement, self.evidence, []
        if statement is None and not found.verdict:
            why = f"{self.verdict}: {self.reason}".removesuffix(": ")
        elif statement is None or statement.size == 0:
            why = "the claim states an order, not a size"
        else:  # the worst case of a range is at an end
            needed = [statement.critical_tolerance(end) for end in (found.low, found.high)]
            why = f"no tolerance makes it hold: the figures do not stay on the {statement.hedge!r} side"
            if inf in needed:
                why = "a figure has no limit on one side"
        about = {"estimand": f"critical tolerance, {self.claim.id}", "unit": "%"}
        if not needed or None in needed or inf in needed:
            return Estimate(**about, method="none", reason=why)
        method = f"{statement.kind.name}: distance from what is allowed, in per cent of {statement.number}"
        return Estimate(**about, method=method, value=float(100 * max(needed)))

    def by_tolerance(self) -> dict[str, Verdict]:
        """The verdict at the strict, the default and the lenient tolerance."""
        if self.statement is None:
            return dict.fromkeys(TOLERANCES, self.verdict)
        ends = self.evidence.low, self.evidence.high
        return {name: self.statement.verdict_between(*ends, tolerance) for name, tolerance in TOLERANCES.items()}


@computed
def rate_interval(found: Quantity, level: float) -> Estimate:
    """Ratio or change of the rates behind two counts, or share of one in their sum.

    Given their sum, one of two Poisson counts is binomial: its exact interval is that of the share, and as odds that
    of the ratio. Where a count is known only as a range, the limits are those of its ends that are furthest apart.

    `found` has the pair of counts and the measure, if the claim is about one; `level` is that of confidence.
    """
    why = ""
    if found.pair is None:
        why = "does not apply: no ratio, change or share of counts"
    elif any(count.high == inf or count.low.denominator > 1 for count in found.pair):
        why = "not estimable: needs counts that have an upper limit"
    elif found.pair[1].low == 0:
        why = "undefined: the earlier count may be 0"
    if why:
        return Estimate(estimand="ratio of the underlying rates", unit="ratio", method="none", reason=why)
    from analysis.models.rates import exact_ratio  # here, because a verdict needs none

    one, other = found.pair
    certain = not (one.is_range or other.is_range)
    ratio = Estimate(
        estimand="ratio of the underlying rates",
        unit="ratio",
        method="ratio of two counts",
        value=float(one.low / other.low) if certain else None,
        low=float(exact_ratio(int(one.low), int(other.high), level)[0]),
        high=float(exact_ratio(int(one.high), int(other.low), level)[1]),
        level=level,
        interval="confidence",
        interval_method="exact conditional, Clopper-Pearson" + ("" if certain else ", widest over the range"),
        n=len(found.figures),
        assumes="Poisson counts, independent from year to year",
        reason="" if certain else "a figure is known only as a range",
    )
    if found.measure == "ratio":
        return ratio
    if found.measure == "share":
        return ratio.transformed(lambda r: 100 * r / (1 + r), "%", "share of the underlying rates in their sum")
    return ratio.transformed(lambda r: 100 * (r - 1), "%", "change of the underlying rate")
