"""What a stated number with a hedge ("almost", "more than") allows the number behind it to be: hedge-2.0."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from numbers import Rational

from analysis.claims.numbers import Number
from analysis.rounding import DEFAULT_RULE, Bounds

VERSION = "hedge-2.0"
STRICT, DEFAULT, LENIENT = Fraction(3, 100), Fraction(5, 100), Fraction(10, 100)
TOLERANCES = {"strict": STRICT, "default": DEFAULT, "lenient": LENIENT}

Verdict = str  # one of VERDICTS
NOT_CHECKABLE: Verdict = "not checkable from the figures"
FAILED = ("overstated", "understated", "contradicted")
WORST_LAST = ("holds", "holds as rounded", "undefined", NOT_CHECKABLE, "understated", "overstated", "contradicted")

VERDICTS: dict[Verdict, str] = {
    "holds": "the figures give what the claim says",
    "holds as rounded": "the figures give the stated number once they are rounded as it is printed or said",
    "overstated": "the claim fails; the figures give less, but by no more than the lenient tolerance",
    "understated": "the claim fails; the figures give more, but by no more than the lenient tolerance",
    "contradicted": "the figures give something else: beyond the lenient tolerance, or in another direction",
    "not checkable from the figures": "the figures do not settle it; the reason is given",
    "undefined": "the quantity does not exist, such as a percentage change from zero",
    "sources conflict": "two sources of the same figures lead to different verdicts; both are given",
}
RANGES = (
    "the verdict is one that is true of all of the range, the milder one where the claim fails throughout; "
    "a claim that holds for one part only is not checkable"
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
    """One way to qualify a number x: its words, and the rule that says which values v it allows with tolerance t.

    `most` is the largest tolerance that is ever granted, 0 where it is only measured.
    """

    name: str
    words: str
    rule: str
    most: Fraction = Fraction(0)

    def allowed(self, number: Number, t: Fraction) -> Bounds:
        """The rule, carried out: its limits stand on both sides of v."""
        x, behind = number.value, number.behind()
        if self.name == "bare":  # measured from the ends of what prints as x
            return Bounds(behind.low - t * x, behind.high + t * x, behind.low_closed, behind.high_closed)
        limits = {"": None, "0": Fraction(0), "x": x, "x - t x": x - t * x, "x + t x": x + t * x, "x - t": x - t}
        limits |= {"x + t": x + t, "x / (1 + t)": x / (1 + t), "x (1 + t)": x * (1 + t)}
        left, right = self.rule.partition(";")[0].split("v")
        low, high = limits[left.strip(" <=")], limits[right.strip(" <=")]
        if self.name == "about":
            slack = (number.step or 0) / 2
            low, high = min(low, x - slack), max(high, x + slack)
        return Bounds(low, high, "<=" in left, "<=" in right)


ANY = Fraction(1)
IN_WORDS = "a multiple or fraction without digits: doubled, a third"
ABOUT = "about, around, roughly, approximately, some"
HEDGES: dict[str, Hedge] = {
    hedge.name: hedge
    for hedge in (
        Hedge("bare", "", "v, rounded as x is printed, equals x"),
        Hedge("in words", "", f"x / (1 + t) <= v <= x (1 + t); {IN_WORDS}", ANY),
        Hedge("unchanged", "", "x - t <= v <= x + t; x is 1, v is later over earlier", STRICT),
        Hedge("exactly", "exactly", "x - t x <= v <= x + t x"),
        Hedge("about", ABOUT, "x - t x <= v <= x + t x; or half a last digit", ANY),
        Hedge("almost", "almost, nearly, just under, close to", "x - t x <= v < x", ANY),
        Hedge("just over", "just over, slightly more than, a little over", "x < v <= x + t x", ANY),
        Hedge("more than", "more than, over, above", "x - t x < v"),
        Hedge("less than", "less than, fewer than, under, below", "0 <= v < x + t x"),
        Hedge("at least", "at least, no fewer than", "x - t x <= v"),
        Hedge("up to", "up to, at most, no more than", "0 <= v <= x + t x"),
    )
}
BY_WORD = {word: hedge.name for hedge in HEDGES.values() for word in hedge.words.split(", ") if word}
WEAK = "a bound is weak where the next printed number, one step of its last digit on, would have been true as well"


@dataclass(frozen=True)
class Statement:
    """A stated number with its hedge: what a claim says about one value, which counts downwards where it `falls`.

    `hedge` is a name in `HEDGES`; "bare" becomes "in words" for a number without digits.

    >>> quadrupled = Statement(Number("4", Fraction(4)), "almost")
    >>> value = Fraction(594, 153)
    >>> quadrupled.verdict(value), float(round(quadrupled.critical_tolerance(value), 4))
    ('holds', 0.0294)
    """

    number: Number
    hedge: str = "bare"
    falls: bool = False

    @property
    def kind(self) -> Hedge:
        return HEDGES["in words" if self.hedge == "bare" and self.number.behind() is None else self.hedge]

    def __str__(self) -> str:
        """The stated number with its hedge ("almost 4"); nothing for a direction without a size."""
        if self.hedge in ("bare", "unchanged"):
            return self.number.text
        return f"{self.hedge} {self.number.text}" if self.size else ""

    @property
    def size(self) -> Fraction:
        return self.number.value

    def along(self, value: Rational) -> Fraction:
        """`value` counted in the direction of the stated number: a fall counts up when a fall is claimed."""
        return -value if self.falls else value

    def granted(self, tolerance: Rational = DEFAULT) -> Fraction:
        """As much of the tolerance as the hedge has in its rule."""
        return min(Fraction(tolerance), self.kind.most)

    def allowed(self, tolerance: Rational = Fraction(0)) -> Bounds:
        """The values that the statement allows, in its own direction, once `tolerance` is granted."""
        return self.kind.allowed(self.number, Fraction(tolerance))

    def critical_tolerance(self, value: Rational) -> Fraction | None:
        """The tolerance at which the statement starts to hold for `value`; None if none makes it hold.

        At any larger tolerance it holds, at any smaller one it fails; 0 if it holds without any.
        """
        v, x, name, strict = self.along(value), self.size, self.kind.name, self.allowed()
        if strict.contains(v):
            return Fraction(0)
        if x == 0 or (name == "almost" and v >= x) or (name == "just over" and v <= x):
            return None
        if name == "in words":
            return max(v / x, x / v) - 1 if v > 0 else None
        if name == "about":
            return abs(v - x) / x
        if strict.low is not None and v <= strict.low:
            return None if name in ("less than", "up to") else (strict.low - v) / x
        return (v - strict.high) / x

    def verdict(self, value: Rational, tolerance: Rational = DEFAULT) -> Verdict:
        """What the figures say about the statement when they give `value`.

        Tolerance is granted to the hedges that have one in their rule; the others are judged without.
        Beyond the lenient tolerance (or the one granted, if that is larger) the verdict is "contradicted".
        """
        v, x = self.along(value), self.size
        if self.allowed(self.granted(tolerance)).contains(v):
            return "holds as rounded" if self.kind.name in ("bare", "in words") and v != x else "holds"
        miss = self.critical_tolerance(value)
        if miss is None and x > 0 and v > 0:  # "almost" of a number that is reached, "just over" of one that is not
            miss = abs(v - x) / x
        if miss is None or v * x < 0 or miss > max(LENIENT, Fraction(tolerance)):
            return "contradicted"
        if v == x:
            return "overstated" if self.kind.name in ("more than", "just over") else "understated"
        return "overstated" if v < x else "understated"

    def verdict_between(self, low: Rational | float, high: Rational | float, tolerance: Rational = DEFAULT) -> Verdict:
        """One verdict for a value known only as `low` to `high`, perhaps infinite: what can be said of all of it."""
        ends = sorted((low, high), key=self.along)
        allowed = self.allowed(self.granted(tolerance))
        inside = [allowed.contains(self.along(end)) for end in ends]
        below = allowed.low is not None and self.along(ends[0]) < allowed.low
        above = allowed.high is not None and self.along(ends[1]) > allowed.high
        if any(inside) != all(inside) or (below and above):
            return NOT_CHECKABLE
        verdicts = [self.verdict(end, tolerance) for end in ends]
        return min(verdicts, key=("overstated", "understated", "holds as rounded", "holds", "contradicted").index)

    def is_weak(self, value: Rational) -> bool:
        """Whether the statement is true but the next printed number would have been true as well."""
        v, step = self.along(value), self.number.step
        if not step or not self.allowed().contains(v):
            return False
        beyond = {"more than": v - self.size, "at least": v - self.size}
        beyond |= {"less than": self.size - v, "up to": self.size - v}
        return beyond.get(self.kind.name, 0) >= step


def semantics() -> list[dict[str, str]]:
    """The published table: each hedge, rounding, tolerance, verdict and reason with its meaning.

    Returns
    -------
    list : rows with "part" (hedge, rounding, tolerance, verdict, range, reason), "name", "meaning" and "version".

    >>> [row["name"] for row in semantics() if row["part"] == "tolerance"]
    ['strict', 'default', 'lenient', 'critical']
    """
    granted = {True: "t is granted", False: "no tolerance is granted; what it would take is measured"}
    rows = [
        *(("hedge", h.words or f"no word: {h.name}", f"{h.rule}; {granted[h.most > 0]}") for h in HEDGES.values()),
        ("hedge", "weak", WEAK),
        ("rounding", DEFAULT_RULE, "to the nearest printed step; a half goes away from zero"),
        *(("tolerance", n, f"{float(t):.0%} of the stated number: a stated convention") for n, t in TOLERANCES.items()),
        ("tolerance", "critical", "the smallest t at which the claim would hold; it needs no convention"),
        *(("verdict", name, meaning) for name, meaning in VERDICTS.items()),
        ("range", "a figure known only as a range", RANGES),
        *(("reason", name, meaning) for name, meaning in REASONS.items()),
    ]
    return [{"part": part, "name": name, "meaning": meaning, "version": VERSION} for part, name, meaning in rows]
