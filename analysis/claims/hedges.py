"""What a stated number with a hedge ("almost", "more than") allows the number behind it to be: hedge-1.0."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from numbers import Rational
from typing import Literal

from analysis.rounding import DEFAULT_RULE, MEANINGS, RULES, Bounds, Rule, numbers_behind

VERSION = "hedge-1.0"
STRICT, DEFAULT, LENIENT = Fraction(3, 100), Fraction(5, 100), Fraction(10, 100)
TOLERANCES = {"strict": STRICT, "default": DEFAULT, "lenient": LENIENT}

Verdict = Literal[
    "holds",
    "holds as rounded",
    "overstated",
    "understated",
    "contradicted",
    "not checkable from the figures",
    "undefined",
]

Stretches = list[tuple[Verdict, Fraction, Fraction]]

VERDICTS: dict[Verdict, str] = {
    "holds": "the figures give what the claim says",
    "holds as rounded": "the figures give the stated number once they are rounded to its last printed digit",
    "overstated": "the claim fails; the figures give less, but by no more than the lenient tolerance",
    "understated": "the claim fails; the figures give more, but by no more than the lenient tolerance",
    "contradicted": "the figures give something else: beyond the lenient tolerance, or in another direction",
    "not checkable from the figures": "the figures do not settle it; the reason is given",
    "undefined": "the quantity does not exist, such as a percentage change from zero",
}

RANGES = (
    "the verdict is one that is true of all of the range, the milder one where the claim fails throughout; "
    "a claim that holds for one part only is not checkable, and the parts are listed"
)

REASONS: dict[str, str] = {
    "missing base year": "the earlier figure that the claim compares with is not there",
    "missing period": "there is no figure for the period",
    "too few comparisons": "the figures allow fewer comparisons than the claim names",
    "another unit": "the claim counts one thing and the series another: a unit slip",
    "range too wide": "true for one part of a range and false for another, or a range has no end",
    "known only through the claim": "the earlier figure was itself worked out from the stated change",
    "definition changes": "what is counted changes between the periods",
    "zero base": "the earlier figure, or the whole, is 0",
    "no breakdown": "the figures are not split the way the claim needs",
    "no figures": "no series counts what the claim is about",
}


@dataclass(frozen=True)
class Hedge:
    """One way to qualify a number.

    `words` are the phrases read as this hedge; `rule` says which values v a stated x allows, with t the
    tolerance; `tolerant` whether t is granted when the claim is judged or only measured.
    """

    name: str
    words: tuple[str, ...]
    rule: str
    tolerant: bool = False


HEDGES: dict[str, Hedge] = {
    hedge.name: hedge
    for hedge in (
        Hedge("bare", ("bare",), "v, rounded to the last digit of x, equals x"),
        Hedge("exactly", ("exactly",), "v = x"),
        Hedge("about", ("about", "around", "roughly"), "|v - x| <= t x, or half the last digit of x", True),
        Hedge("almost", ("almost", "nearly"), "x (1 - t) <= v < x", True),
        Hedge("more than", ("more than", "over"), "v > x; weak if v >= x + one step of its last digit"),
        Hedge("less than", ("less than", "fewer than", "under"), "v < x; weak if v <= x - one step"),
        Hedge("at least", ("at least",), "v >= x; weak if v >= x + one step"),
        Hedge("up to", ("up to",), "v <= x; weak if v <= x - one step"),
    )
}
BY_WORD = {word: hedge for hedge in HEDGES.values() for word in hedge.words}


@dataclass(frozen=True)
class Statement:
    """A stated number with its hedge: what a claim says about one value.

    Parameters
    ----------
    number : the stated number x.
    hedge : one of the words in `BY_WORD`.
    step : what the last printed digit counts; None for a word without one ("two-thirds").

    Raises
    ------
    ValueError : an unknown hedge, or a number that is no multiple of its step.

    Examples
    --------
    >>> quadrupled = Statement(Fraction(4), "almost", Fraction(1))
    >>> value = Fraction(594, 153)
    >>> quadrupled.verdict(value), float(round(quadrupled.critical_tolerance(value), 4))
    ('holds', 0.0294)
    """

    number: Fraction
    hedge: str = "bare"
    step: Fraction | None = None

    def __post_init__(self) -> None:
        if self.hedge not in BY_WORD:
            raise ValueError(f"unknown hedge {self.hedge!r}; use one of {', '.join(BY_WORD)}")
        if self.step is not None:
            numbers_behind(self.number, self.step)  # refuses a number that its step cannot print

    @property
    def kind(self) -> Hedge:
        return BY_WORD[self.hedge]

    @property
    def size(self) -> Fraction:
        return abs(self.number)

    def along(self, value: Rational) -> Fraction:
        """`value` counted in the direction of the stated number: a fall counts up when a fall is claimed."""
        return Fraction(value) if self.number >= 0 else -Fraction(value)

    def allowed(self, tolerance: Rational = Fraction(0), rule: Rule = DEFAULT_RULE) -> Bounds:
        """The values that the statement allows, in its own direction, once `tolerance` is granted."""
        x, slack = self.size, self.size * Fraction(tolerance)
        name = self.kind.name
        if name == "almost":
            return Bounds(x - slack, x, True, False)
        if name in ("more than", "at least"):
            return Bounds(x - slack, None, name == "at least")
        if name in ("less than", "up to"):
            return Bounds(Fraction(0), x + slack, True, name == "up to")
        if name == "about":
            slack = max(slack, (self.step or Fraction(0)) / 2)
            return Bounds(x - slack, x + slack)
        if name == "bare" and self.step is not None:
            behind = numbers_behind(x, self.step, rule)
            return Bounds(behind.low - slack, behind.high + slack, behind.low_closed, behind.high_closed)
        return Bounds(x - slack, x + slack)

    def critical_tolerance(self, value: Rational, rule: Rule = DEFAULT_RULE) -> Fraction | None:
        """The tolerance at which the statement starts to hold for `value`; None if none makes it hold.

        At any larger tolerance it holds, at any smaller one it fails; 0 if it holds without any.
        """
        v, x, strict = self.along(value), self.size, self.allowed(0, rule)
        if strict.contains(v):
            return Fraction(0)
        if x == 0 or (self.kind.name == "almost" and v >= x):
            return None
        if self.kind.name == "about":
            return abs(v - x) / x
        if strict.low is not None and v <= strict.low:
            return None if self.kind.name in ("less than", "up to") else (strict.low - v) / x
        return (v - strict.high) / x

    def verdict(self, value: Rational, tolerance: Rational = DEFAULT, rule: Rule = DEFAULT_RULE) -> Verdict:
        """What the figures say about the statement when they give `value`.

        Tolerance is granted to the hedges that have one in their rule; the others are judged without.
        Beyond the lenient tolerance (or the one granted, if that is larger) the verdict is "contradicted".
        """
        v, x = self.along(value), self.size
        granted = tolerance if self.kind.tolerant else 0
        if self.allowed(granted, rule).contains(v):
            return "holds as rounded" if self.kind.name == "bare" and v != x else "holds"
        miss = self.critical_tolerance(value, rule)
        if miss is None and x > 0 and v >= x:  # "almost" of a number that is reached
            miss = (v - x) / x
        if miss is None or v * x < 0 or miss > max(LENIENT, Fraction(tolerance)):
            return "contradicted"
        if v == x:
            return "overstated" if self.kind.name == "more than" else "understated"
        return "overstated" if v < x else "understated"

    def is_weak(self, value: Rational) -> bool:
        """Whether the statement is true but the next printed number would have been true as well."""
        v, x = self.along(value), self.size
        if self.step is None or not self.allowed().contains(v):
            return False
        if self.kind.name in ("more than", "at least"):
            return v >= x + self.step
        return self.kind.name in ("less than", "up to") and v <= x - self.step

    def verdicts_between(
        self,
        low: Rational,
        high: Rational,
        tolerance: Rational = DEFAULT,
        rule: Rule = DEFAULT_RULE,
        whole_numbers: bool = False,
    ) -> Stretches:
        """The verdict on each stretch of a value known only as `low` to `high`, in order.

        With `whole_numbers` only integers count, and stretches end at them. Exact: the verdict changes only
        at the finitely many limits of the rules, so each limit and one point between neighbours are tried.
        """
        low, high = Fraction(low), Fraction(high)
        cuts = sorted({low, high} | {cut for cut in self._limits(tolerance, rule) if low < cut < high})
        pieces = []
        for cut, following in zip(cuts, [*cuts[1:], None], strict=True):
            pieces.append((cut, cut, cut))
            if following is not None:
                inside = Bounds(cut, following, False, False).integers() if whole_numbers else (cut, following)
                if inside is not None:
                    first, last = map(Fraction, inside)
                    pieces.append((first, last, (first + last) / 2))
        if whole_numbers:
            pieces = [piece for piece in pieces if piece[0].denominator == 1]
        stretches: Stretches = []
        for first, last, inside in pieces:
            verdict = self.verdict(inside, tolerance, rule)
            if stretches and stretches[-1][0] == verdict:
                first = stretches.pop()[1]
            stretches.append((verdict, first, last))
        return stretches

    def _limits(self, tolerance: Rational, rule: Rule) -> set[Fraction]:
        sizes = {self.size, Fraction(0)}
        for granted in (Fraction(0), Fraction(tolerance), LENIENT):
            bounds = self.allowed(granted, rule)
            slack = self.size * granted
            sizes |= {self.size - slack, self.size + slack}
            sizes |= {limit for limit in (bounds.low, bounds.high) if limit is not None}
        return {self.along(size) for size in sizes}


def overall(stretches: Stretches) -> Verdict:
    """One verdict for a range: what can be said of all of it, or that it cannot be checked."""
    found = {verdict for verdict, _, _ in stretches}
    if len(found) == 1:
        return found.pop()
    if found == {"holds", "holds as rounded"}:
        return "holds as rounded"
    for milder in ("overstated", "understated"):
        if found == {milder, "contradicted"}:
            return milder
    return "not checkable from the figures"


def semantics() -> list[dict[str, str]]:
    """The published table: each hedge, rounding, tolerance, verdict and reason with its meaning.

    Returns
    -------
    list : rows with "part" (hedge, rounding, tolerance, verdict, range, reason), "name", "meaning" and
        "version".

    >>> [row["name"] for row in semantics() if row["part"] == "tolerance"]
    ['strict', 'default', 'lenient', 'critical']
    """
    rows = []
    for hedge in HEDGES.values():
        name = "no hedge" if hedge.name == "bare" else ", ".join(hedge.words)
        granted = "t is granted" if hedge.tolerant else "no tolerance is granted; what it would take is measured"
        rows.append(("hedge", name, f"{hedge.rule}; {granted}"))
    for rule in RULES:
        role = "default" if rule == DEFAULT_RULE else "reported beside it"
        rows.append(("rounding", rule, f"{MEANINGS[rule]} ({role})"))
    for name, tolerance in TOLERANCES.items():
        rows.append(("tolerance", name, f"{float(tolerance):.0%} of the stated number: a stated convention"))
    rows.append(("tolerance", "critical", "the smallest t at which the claim would hold; it needs no convention"))
    rows += [("verdict", name, meaning) for name, meaning in VERDICTS.items()]
    rows.append(("range", "a figure known only as a range", RANGES))
    rows += [("reason", name, meaning) for name, meaning in REASONS.items()]
    return [{"part": part, "name": name, "meaning": meaning, "version": VERSION} for part, name, meaning in rows]
