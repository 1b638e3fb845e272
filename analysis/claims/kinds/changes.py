"""Claims about change: by how much, in which direction, and whether in each of several steps."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, takewhile
from typing import Literal

from analysis.claims.hedges import NOT_CHECKABLE, WORST_LAST, Statement
from analysis.claims.kinds import Kind, kind
from analysis.claims.selection import Quantity, Subject, Unanswerable, name_of, total
from analysis.estimates import Estimate
from analysis.rounding import RULES, Rule, implied_earlier_count


@dataclass(frozen=True, kw_only=True)
class Movement(Kind):
    """How something moved, by which measure.

    A fall as a multiple ("halved") is the earlier over the later count; no size is a difference of more than 0.
    """

    points: bool = False
    level: Literal["", "count", "start", "end"] = ""

    @property
    def measure(self) -> str:
        if self.level or self.number is None:
            return self.level or "direction"
        if self.number.multiple:
            return "ratio"
        relative = self.number.in_percent or self.number.one_in or self.number.step is None
        return "points" if self.points else "percentage change" if relative else "difference"

    @property
    def statement(self) -> Statement:
        if self.measure in ("start", "end"):
            return Statement(self.number.level, self.hedge)
        stated = super().statement
        return dataclasses.replace(stated, falls=False) if self.measure == "ratio" else stated

    @property
    def movement(self) -> str:
        if self.measure == "direction":
            return "fall" if self.falls else "rise"
        return f"{'falling ' if self.falls else ''}{self.measure}"

    def moved(self, later: Quantity, earlier: Quantity) -> Quantity:
        """The value of the measure between two amounts."""
        if self.measure in ("start", "end"):
            return earlier if self.measure == "start" else later
        if self.measure == "ratio":
            return earlier / later if self.falls else later / earlier
        if self.measure != "percentage change":
            return dataclasses.replace(later - earlier, unit="points" if self.measure == "points" else "")
        ratio = later / earlier
        about = {"words": f"{ratio.words} - 1", "unit": "%", "measure": "change" if ratio.pair else "level"}
        return dataclasses.replace(ratio, low=ratio.low - 1, high=ratio.high - 1, **about)


@kind
class Change(Movement):
    """A rise, a fall or no change from an earlier period: as a multiple, in per cent, in numbers, or without size.

    Without an earlier period it is that of a year before, or else the one just before. "Five times higher" is read
    as five times as high.
    """

    grammar = "movement span"
    reading = "{claim.movement} {when.change} of {subject}"
    examples = (
        "removals: almost quadrupled from 2015 to 2018",
        "removals: nearly four times higher in 2018 than in 2015",
        "removals: up 13% in 2018",
        "removals: 67 more in 2018 than in 2017",
        "removals: rose since 2015",
        "removals: fell in 2018",
        "removals: more in 2018 than in 2015 and 2016 together",
        "removals: 29% above their 2016 level in 2018",
        "removals: about the same in 2018 as in 2017",
        "pass rate: up 3 percentage points in 2018",
        "removals: per 100 finds up 170% from 2015 to 2018",
        "removals: rose to 594 in 2018",
        "removals: rose from 153 in 2015 to 594 in 2018",
        "removals: 594 in 2018, up from 527 in 2017",
    )

    def evidence(self, subject: Subject) -> Quantity:
        relative = self.measure == "percentage change"
        if relative and self.falls and self.number.value > 1 and self.hedge not in ("less than", "up to"):
            raise Unanswerable("", "Nothing can fall by more than 100%.", verdict="contradicted")
        if self.measure == "points" and subject.unit != "%":
            raise Unanswerable("another unit", f"Points are a difference of percentages; {subject.name} counts none.")
        ends = subject.ends(self.when)
        try:
            later, earlier = subject.pair(*ends)
        except Unanswerable as gap:
            if gap.reason == "missing base year":
                self._tell(gap, subject.amount(ends[0]), RULES[0])
            raise
        found = self.moved(later, earlier)
        for rule in RULES:
            implied = self._implied(later, rule)
            if implied and earlier.is_range and (implied.low, implied.high) == (earlier.low, earlier.high):
                sentence = f"The earlier figure is not published: {earlier.words} is what {self.number} implies."
                circular = Unanswerable("known only through the claim", sentence, found=found)
                raise self._tell(circular, later, rule)
        return found

    def _tell(self, problem: Unanswerable, later: Quantity, rule: Rule) -> Unanswerable:
        """The problem, with the earlier figure that the claim itself implies."""
        problem.implied = self._implied(later, rule)
        if problem.implied:
            problem.found = dataclasses.replace(problem.found, words=f"{later.words} / (1 + {self.number})")
        return problem

    def _implied(self, later: Quantity, rule: Rule) -> Estimate | None:
        """The earlier counts from which the later one is the stated percentage, if that is printed in digits."""
        if self.measure != "percentage change" or later.is_range or later.low.denominator > 1 or not self.number.step:
            return None
        percent = -self.number.value if self.falls else self.number.value
        found = implied_earlier_count(int(later.low), 100 * percent, step=100 * self.number.step, rule=rule)
        return None if found.low is None else found

    def in_points(self, subject: Subject) -> Kind | None:
        if self.measure != "percentage change" or subject.unit != "%":
            return None
        return dataclasses.replace(self, points=True, number=self.number.times(100))


@kind
class Each(Movement):
    """The same change or count each time: in every year of a stretch, or for so many years up to the last one."""

    times: int = 0
    unit: str = "period"

    reading = "{claim.movement} of {subject} {claim.steps}, {when}"
    grammar = "(movement | count) (steps when? | when steps) | never when?"
    examples = (
        "removals: rose in each year from 2015 to 2018",
        "removals: rose for the third year running in 2018",
        "removals: up at least 10% every year",
        "removals: fewer than 600 in each year",
        "removals: never exceeded 600 after 2015",
    )

    @property
    def steps(self) -> str:
        return f"{self.times} times running" if self.times else f"in each {self.unit}"

    def evidence(self, subject: Subject) -> Quantity:
        is_run = self.times and self.when.first == self.when.last  # the steps before count too
        when = dataclasses.replace(self.when, first=None) if is_run else self.when
        periods = subject.periods(subject.stretch(when), self.unit)
        amounts = [subject.amount(period) for period in periods]
        named = [f"{name_of(p)} ({amount.words})" for p, amount in zip(periods, amounts, strict=True)]
        if self.measure == "count":
            values, steps = amounts, [f"in {name}" for name in named]
        else:
            pairs = [subject.pair(later, earlier) for earlier, later in pairwise(periods)]
            values, steps = [self.moved(*pair) for pair in pairs], [f"from {a} to {b}" for a, b in pairwise(named)]
        verdicts = [self.statement.verdict_between(value.low, value.high) for value in values]
        run = len(list(takewhile(lambda verdict: verdict.startswith("holds"), reversed(verdicts))))
        needed, words = self.times or len(steps), ", ".join(amount.bracketed for amount in amounts)
        found = Quantity(Fraction(run), Fraction(run), words, total(amounts).figures, "changes")
        if run < min(needed, len(steps)):
            judged = zip(verdicts[-needed:], steps[-needed:], strict=True)
            verdict, text = max(judged, key=lambda step: WORST_LAST.index(step[0]))
            if verdict == NOT_CHECKABLE:
                raise Unanswerable("range too wide", f"It is open whether it is so {text}.", found.figures)
            return dataclasses.replace(found, verdict=verdict, sentence=f"It is not so {text}.")
        if run < needed or not steps:
            exist = f"Only {run} of {needed or 1} comparisons exist: {len(periods)} figures allow no more."
            raise Unanswerable("too few comparisons", f"{exist} It is so in each of them.", found=found)
        verdict = "holds" if run == needed else "understated"
        return dataclasses.replace(found, verdict=verdict, sentence=f"It is so in {run} comparisons in a row.")
