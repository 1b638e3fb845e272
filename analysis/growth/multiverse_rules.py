"""Which cells of the grid of specifications are set aside, and why.

A cell is *meaningful* when its choices fit together and no other cell says the same, and *valid* when its
interval can be expected to cover as often as it states. Each rule says so in a sentence.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from scipy import stats

KNOWN = (1.0, 2.0, 5.0, 10.0)
ESTIMATED = ("Pearson", "Pearson, at least 1")

# From here on a normal quantile is within 5% of the t quantile at 95%.
ENOUGH_DEGREES = 30
LEAST_SPARE_COUNTS = 2
# A known dispersion is contradicted by a Pearson statistic above this quantile of those it would give.
FIT_LEVEL = 0.95


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One combination of choices, and what the rules need to know of the series behind it.

    `counts` is how many counts the treatment of the years leaves; `pearson` is the dispersion estimated from
    them around a Poisson trend, Pearson's statistic over `spare`; None where it cannot be.
    """

    years: str
    model: str
    interval: str
    dispersion: float | str
    counts: int
    pearson: float | None

    @property
    def spare(self) -> int:
        """Residual degrees of freedom of a trend with two parameters."""
        return self.counts - 2


@dataclass(frozen=True)
class Rule:
    """A named reason to set a cell aside: `breaks` says whether the cell does."""

    name: str
    reason: str
    breaks: Callable[[Cell], bool]


def _has_own_dispersion(cell: Cell) -> bool:
    return cell.model in ("log-linear", "negative binomial")


def _normal_beside_estimate(cell: Cell) -> bool:
    estimated = _has_own_dispersion(cell) or cell.dispersion in ESTIMATED
    return estimated and cell.interval in ("z", "profile likelihood") and cell.spare < ENOUGH_DEGREES


def _contradicts_known(cell: Cell) -> bool:
    fitted = cell.model in ("Poisson", "quasi-Poisson") and cell.dispersion in KNOWN
    if not fitted or cell.pearson is None:
        return False
    return cell.pearson * cell.spare / cell.dispersion > stats.chi2.ppf(FIT_LEVEL, cell.spare)


MEANINGFUL: tuple[Rule, ...] = (
    Rule(
        "own dispersion",
        "a log-linear or negative binomial model estimates its own; kept once, under Pearson",
        lambda c: _has_own_dispersion(c) and c.dispersion != "Pearson",
    ),
    Rule(
        "two counts",
        "compound growth uses two counts, from which no dispersion can be estimated",
        lambda c: c.model == "compound" and c.dispersion in ESTIMATED,
    ),
    Rule(
        "Poisson is dispersion 1",
        "any other dispersion under a Poisson model is the quasi-Poisson model",
        lambda c: c.model == "Poisson" and c.dispersion != 1,
    ),
    Rule(
        "quasi-Poisson is not dispersion 1",
        "at dispersion 1 the quasi-Poisson model is the Poisson model",
        lambda c: c.model == "quasi-Poisson" and c.dispersion == 1,
    ),
    Rule(
        "exact needs Poisson counts",
        "the exact interval conditions on a total of Poisson counts",
        lambda c: c.interval == "exact" and (c.model not in ("compound", "Poisson") or c.dispersion != 1),
    ),
    Rule(
        "t and F need an estimated dispersion",
        "t and F quantiles allow for a variance estimated from the same counts; here it is taken as known",
        lambda c: c.interval in ("t", "F profile") and c.dispersion in KNOWN,
    ),
    Rule(
        "profile needs a likelihood in the slope alone",
        "profiles are taken for Poisson and quasi-Poisson trends only",
        lambda c: c.interval in ("profile likelihood", "F profile") and c.model not in ("Poisson", "quasi-Poisson"),
    ),
)
VALID: tuple[Rule, ...] = (
    Rule(
        "normal quantile beside an estimated dispersion",
        f"z and chi-squared ignore that the variance rests on fewer than {ENOUGH_DEGREES} degrees of freedom",
        _normal_beside_estimate,
    ),
    Rule(
        "dispersion below 1",
        "counts steadier than Poisson counts, by chance, make the interval too narrow",
        lambda c: (
            c.dispersion == "Pearson" and c.model != "negative binomial" and c.pearson is not None and c.pearson < 1
        ),
    ),
    Rule(
        "known dispersion contradicted",
        f"Pearson's statistic over the dispersion exceeds the {FIT_LEVEL:.0%} quantile of chi-squared with the "
        "residual degrees of freedom: the counts vary more around the trend than it allows",
        _contradicts_known,
    ),
    Rule(
        "three parameters",
        f"a negative binomial trend leaves fewer than {LEAST_SPARE_COUNTS} degrees of freedom",
        lambda c: c.model == "negative binomial" and c.counts - 3 < LEAST_SPARE_COUNTS,
    ),
)
