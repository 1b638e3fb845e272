"""What a stated number with a hedge ("almost", "more than") allows the number behind it to be, by conventions.yml."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from numbers import Rational
from pathlib import Path

import yaml

from analysis.claims.numbers import Number
from analysis.rounding import DEFAULT_RULE, Bounds

CONVENTIONS = yaml.safe_load(Path(__file__).with_name("conventions.yml").read_text(encoding="utf-8"))
VERSION: str = CONVENTIONS["version"]
TOLERANCES = {name: Fraction(share) for name, share in CONVENTIONS["tolerances"].items()}
STRICT, DEFAULT, LENIENT = TOLERANCES.values()

Verdict = str  # one of VERDICTS
VERDICTS: dict[Verdict, str] = CONVENTIONS["verdicts"]
REASONS: dict[str, str] = CONVENTIONS["reasons"]
NOT_CHECKABLE: Verdict = "not checkable from the figures"
FAILED = ("overstated", "understated", "contradicted")
WORST_LAST = ("holds", "holds as rounded", "undefined", NOT_CHECKABLE, "understated", "overstated", "contradicted")


@dataclass(frozen=True)
class Hedge:
    """One way to qualify a number, as in conventions.yml."""

    name: str
    rule: str
    words: str = ""
    most: Rational | str = 0

    def allowed(self, number: Number, t: Fraction) -> Bounds:
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


HEDGES = {name: Hedge(name, **fields) for name, fields in CONVENTIONS["hedges"].items()}
BY_WORD = {word: hedge.name for hedge in HEDGES.values() for word in hedge.words.split(", ") if word}


@dataclass(frozen=True)
class Statement:
    """A stated number with its hedge, a name in `HEDGES`; the value counts downwards where it `falls`.

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
        if self.hedge in ("bare", "unchanged"):
            return self.number.text
        return f"{self.hedge} {self.number.text}" if self.number.value else ""

    def along(self, value: Rational) -> Fraction:
        return -value if self.falls else value

    def granted(self, tolerance: Rational = DEFAULT) -> Fraction:
        return min(Fraction(tolerance), Fraction(self.kind.most))

    def allowed(self, tolerance: Rational = Fraction(0)) -> Bounds:
        return self.kind.allowed(self.number, Fraction(tolerance))

    def critical_tolerance(self, value: Rational) -> Fraction | None:
        """The smallest tolerance at which the statement holds for `value`, perhaps 0; None if none makes it hold."""
        v, x, name, strict = self.along(value), self.number.value, self.kind.name, self.allowed()
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
        """What the figures say about the statement when they give `value`."""
        v, x = self.along(value), self.number.value
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
        mildest = ("overstated", "understated", "holds as rounded", "holds", "contradicted")
        return min((self.verdict(end, tolerance) for end in ends), key=mildest.index)

    def is_weak(self, value: Rational) -> bool:
        """Whether the statement is true but the next printed number would have been true as well."""
        v, step = self.along(value), self.number.step
        is_bound = self.hedge in ("more than", "at least", "less than", "up to")
        return bool(is_bound and step and self.allowed().contains(v) and abs(v - self.number.value) >= step)


def semantics() -> list[dict[str, str]]:
    """The published table: "part" (hedge, rounding, tolerance, verdict, range, reason), "name", "meaning", "version".

    >>> [row["name"] for row in semantics() if row["part"] == "tolerance"]
    ['strict', 'default', 'lenient', 'critical']
    """
    granted = {True: "t is granted", False: "no tolerance is granted; what it would take is measured"}
    rows = [
        *(("hedge", h.words or f"no word: {h.name}", f"{h.rule}; {granted[bool(h.most)]}") for h in HEDGES.values()),
        ("hedge", "weak", CONVENTIONS["weak"]),
        ("rounding", DEFAULT_RULE, CONVENTIONS["rounding"]),
        *(("tolerance", n, f"{float(t):.0%} of the stated number: a stated convention") for n, t in TOLERANCES.items()),
        ("tolerance", "critical", "the smallest t at which the claim would hold; it needs no convention"),
        *(("verdict", name, meaning) for name, meaning in VERDICTS.items()),
        ("range", "a figure known only as a range", CONVENTIONS["ranges"]),
        *(("reason", name, meaning) for name, meaning in REASONS.items()),
    ]
    return [{"part": part, "name": name, "meaning": meaning, "version": VERSION} for part, name, meaning in rows]
