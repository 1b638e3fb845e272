"""What a stated number with a hedge ("almost", "more than") allows the number behind it to be: hedge-2.0."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from numbers import Rational
from typing import Literal, get_args

from analysis.claims.numbers import Number
from analysis.rounding import DEFAULT_RULE, MEANINGS, RULES, Bounds, Rule

VERSION = "hedge-2.0"
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
    "sources conflict",
]
NOT_CHECKABLE: Verdict = "not checkable from the figures"
FAILED = ("overstated", "understated", "contradicted")

Stretches = list[tuple[Verdict, Fraction, Fraction]]

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
assert tuple(VERDICTS) == get_args(Verdict)

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

Allowed = Callable[[Number, Fraction, Rule], Bounds]


@dataclass(frozen=True)
class Hedge:
    """One way to qualify a number: the words for it, and the values v that it allows a stated x, with tolerance t."""

    name: str
    words: tuple[str, ...]
    rule: str
    allowed: Allowed
    most: Fraction  # the largest tolerance ever granted; 0 where it is only measured


HEDGES: dict[str, Hedge] = {}


def hedge(*words: str, most: Fraction = Fraction(0)) -> Callable[[Allowed], Allowed]:
    """Decorator: registers a function as the meaning of `words`; its docstring is the published rule."""

    def register(allowed: Allowed) -> Allowed:
        name = allowed.__name__.replace("_", " ")
        HEDGES[name] = Hedge(name, words, inspect.getdoc(allowed) or "", allowed, most)
        return allowed

    return register


ANY = Fraction(1)  # whatever tolerance the reader of the audit chooses


@hedge("")
def bare(number: Number, t: Fraction, rule: Rule) -> Bounds:
    """v, rounded as x is printed, equals x"""
    behind, slack = number.behind(rule), number.value * t
    assert behind is not None
    return Bounds(behind.low - slack, behind.high + slack, behind.low_closed, behind.high_closed)


@hedge(most=ANY)
def in_words(number: Number, t: Fraction, rule: Rule) -> Bounds:
    """a multiple or fraction without decimals ("doubled", "a third"): x / (1 + t) <= v <= x (1 + t)"""
    return Bounds(number.value / (1 + t), number.value * (1 + t))


@hedge("exactly")
def exactly(number: Number, t: Fraction, rule: Rule) -> Bounds:
    """v = x"""
    return Bounds(number.value * (1 - t), number.value * (1 + t))


@hedge("about", "around", "roughly", "approximately", "some", most=ANY)
def about(number: Number, t: Fraction, rule: Rule) -> Bounds:
    """|v - x| <= t x, or half the last digit of x"""
    slack = max(number.value * t, (number.step or Fraction(0)) / 2)
    return Bounds(number.value - slack, number.value + slack)


@hedge(most=STRICT)
def unchanged(number: Number, t: Fraction, rule: Rule) -> Bounds:
    """later over earlier is 1, give or take t, never more than the strict one"""
    return Bounds(number.value - t, number.value + t)


@hedge("almost", "nearly", "just under", "close to", most=ANY)
def almost(number: Number, t: Fraction, rule: Rule) -> Bounds:
    """x (1 - t) <= v < x"""
    return Bounds(number.value * (1 - t), number.value, True, False)


@hedge("just over", "slightly more than", "a little over", most=ANY)
def just_over(number: Number, t: Fraction, rule: Rule) -> Bounds:
    """x < v <= x (1 + t)"""
    return Bounds(number.value, number.value * (1 + t), False, True)


@hedge("more than", "over", "above", "upwards of")
def more_than(number: Number, t: Fraction, rule: Rule) -> Bounds:
    """v > x; weak if v >= x + one step of its last digit"""
    return Bounds(number.value * (1 - t), None, False)


@hedge("less than", "fewer than", "under", "below")
def less_than(number: Number, t: Fraction, rule: Rule) -> Bounds:
    """v < x; weak if v <= x - one step"""
    return Bounds(Fraction(0), number.value * (1 + t), True, False)


@hedge("at least", "no fewer than", "no less than")
def at_least(number: Number, t: Fraction, rule: Rule) -> Bounds:
    """v >= x; weak if v >= x + one step"""
    return Bounds(number.value * (1 - t), None)


@hedge("up to", "at most", "no more than", "as many as")
def up_to(number: Number, t: Fraction, rule: Rule) -> Bounds:
    """v <= x; weak if v <= x - one step"""
    return Bounds(Fraction(0), number.value * (1 + t))


BY_WORD = {word: h.name for h in HEDGES.values() for word in h.words if word}


@dataclass(frozen=True)
class Statement:
    """A stated number with its hedge: what a claim says about one value.

    Parameters
    ----------
    number : the stated number x, not negative.
    hedge : a name in `HEDGES`; "bare" becomes "in words" for a number without digits.
    falls : whether the value counts downwards, as a fall does.

    Examples
    --------
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

    @property
    def size(self) -> Fraction:
        return self.number.value

    def granted(self, tolerance: Rational = DEFAULT) -> Fraction:
        """The tolerance that counts in the verdict: that asked for, as far as the hedge has one in its rule."""
        return min(Fraction(tolerance), self.kind.most)

    def along(self, value: Rational) -> Fraction:
        """`value` counted in the direction of the stated number: a fall counts up when a fall is claimed."""
        return -Fraction(value) if self.falls else Fraction(value)

    def allowed(self, tolerance: Rational = Fraction(0), rule: Rule = DEFAULT_RULE) -> Bounds:
        """The values that the statement allows, in its own direction, once `tolerance` is granted."""
        return self.kind.allowed(self.number, Fraction(tolerance), rule)

    def critical_tolerance(self, value: Rational, rule: Rule = DEFAULT_RULE) -> Fraction | None:
        """The tolerance at which the statement starts to hold for `value`; None if none makes it hold.

        At any larger tolerance it holds, at any smaller one it fails; 0 if it holds without any.
        """
        v, x, name = self.along(value), self.size, self.kind.name
        strict = self.allowed(0, rule)
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

    def verdict(self, value: Rational, tolerance: Rational = DEFAULT, rule: Rule = DEFAULT_RULE) -> Verdict:
        """What the figures say about the statement when they give `value`.

        Tolerance is granted to the hedges that have one in their rule; the others are judged without.
        Beyond the lenient tolerance (or the one granted, if that is larger) the verdict is "contradicted".
        """
        v, x = self.along(value), self.size
        if self.allowed(self.granted(tolerance), rule).contains(v):
            return "holds as rounded" if self.kind.name in ("bare", "in words") and v != x else "holds"
        miss = self.critical_tolerance(value, rule)
        if miss is None and x > 0 and v > 0:  # "almost" of a number that is reached, "just over" of one that is not
            miss = abs(v - x) / x
        if miss is None or v * x < 0 or miss > max(LENIENT, Fraction(tolerance)):
            return "contradicted"
        if v == x:
            return "overstated" if self.kind.name in ("more than", "just over") else "understated"
        return "overstated" if v < x else "understated"

    def is_weak(self, value: Rational) -> bool:
        """Whether the statement is true but the next printed number would have been true as well."""
        v, x, step = self.along(value), self.size, self.number.step
        if step is None or not self.allowed().contains(v):
            return False
        if self.kind.name in ("more than", "at least"):
            return v >= x + step
        return self.kind.name in ("less than", "up to") and v <= x - step

    def verdicts_between(
        self,
        low: Rational | None,
        high: Rational | None,
        tolerance: Rational = DEFAULT,
        rule: Rule = DEFAULT_RULE,
        whole_numbers: bool = False,
    ) -> Stretches:
        """The verdict on each stretch of a value known only as `low` to `high` (None: no limit), in order.

        With `whole_numbers` only integers count, and stretches end at them. Exact: the verdict changes only
        at the finitely many limits of the rules, so each limit and one point between neighbours are tried.
        """
        far = 4 * max(abs(low or 0), abs(high or 0), self.size, Fraction(1))  # beyond it the verdict stays the same
        low, high = Fraction(-far if low is None else low), Fraction(far if high is None else high)
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
        for granted in (Fraction(0), Fraction(tolerance), self.granted(tolerance), LENIENT):
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
    return NOT_CHECKABLE


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
    for h in HEDGES.values():
        name = {"bare": "no hedge, digits", "in words": "no hedge, in words", "unchanged": "unchanged, the same"}
        granted = "t is granted" if h.most else "no tolerance is granted; what it would take is measured"
        rows.append(("hedge", name.get(h.name, ", ".join(h.words)), f"{h.rule}; {granted}"))
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
