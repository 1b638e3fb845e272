"""What the figures give for the time that a claim names, exact or as a range; or why they give nothing."""

from __future__ import annotations

import calendar
import dataclasses
import functools
import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise
from math import inf
from typing import Literal, NamedTuple

from analysis.claims.hedges import NOT_CHECKABLE, Verdict
from analysis.claims.numbers import ONE, Number
from analysis.estimates import Estimate
from analysis.figures.observations import Observation, Series
from analysis.periods import Period

YEAR = Fraction(1461, 4)  # days, on average
DAYS = {"hour": Fraction(1, 24), "day": Fraction(1), "week": Fraction(7), "month": YEAR / 12, "quarter": YEAR / 4}
DAYS |= {"half": YEAR / 2, "year": YEAR, "season": YEAR, "period": YEAR}
DAY = timedelta(1)
Figures = tuple[tuple[str, Observation], ...]  # each with the name of its series


@dataclass(frozen=True)
class Quantity:
    """A count, or what follows from counts: exact, or known only as `low` to `high`, which may be infinite.

    `words` are the calculation. `pair` are the counts whose `measure` has an interval: part and rest of a share, later
    and earlier of a ratio or change; a "level" is no count. An order has its `verdict` here, and the `sentence` why.
    """

    low: Fraction | float
    high: Fraction | float
    words: str
    figures: Figures = ()
    unit: str = ""
    measure: Literal["", "level", "ratio", "change", "share"] = ""
    pair: tuple[Quantity, Quantity] | None = None
    verdict: Verdict = ""
    sentence: str = ""

    @property
    def is_range(self) -> bool:
        return self.low != self.high

    @property
    def text(self) -> str:
        """The value, or the range it lies in: "3.882", "9,215 to 9,295", "at least 479", "12.5%"."""
        texts = [percent(e) if self.unit == "%" else _decimals(e, 3) for e in (self.low, self.high) if abs(e) != inf]
        if len(texts) == 2:
            return " to ".join(dict.fromkeys(texts))
        return f"at {'least' if self.high == inf else 'most'} {texts[0]}" if texts else "none"

    @property
    def bracketed(self) -> str:
        return f"({self.words})" if " " in self.words else self.words

    def __add__(self, other: Quantity) -> Quantity:
        words = f"{self.words} + {other.words}"
        return Quantity(self.low + other.low, self.high + other.high, words, self.figures + other.figures)

    def __sub__(self, other: Quantity) -> Quantity:
        return self._with(other, "-", self.low - other.high, self.high - other.low)

    def __truediv__(self, other: Quantity) -> Quantity:
        """The ratio; Unanswerable when that is a division by zero."""
        figures = self.figures + other.figures
        if other.high == 0:
            sentence = "The earlier count, or the whole, is 0: a ratio or percentage from zero is undefined."
            raise Unanswerable("zero base", sentence, figures, "undefined")
        if other.low == 0:
            raise Unanswerable("range too wide", "The earlier count may be 0, from which no ratio exists.", figures)
        return self._with(other, "/", Fraction(self.low / other.high), self.high / other.low)

    def _with(self, other: Quantity, sign: str, low: Fraction | float, high: Fraction | float) -> Quantity:
        words, unit = f"{self.bracketed} {sign} {other.bracketed}", "ratio" if sign == "/" else ""
        if self.measure or other.measure:
            return Quantity(low, high, words, self.figures + other.figures, unit, "level")
        return Quantity(low, high, words, self.figures + other.figures, unit, "ratio", (self, other))


def percent(share: Fraction) -> str:
    """A share as a percentage of two decimals, or fewer where it is exact.

    >>> percent(Fraction(1, 8)), percent(Fraction(1121, 1736))
    ('12.5%', '64.57%')
    """
    return f"{_decimals(100 * share, 2)}%"


def _decimals(number: Fraction, places: int) -> str:
    text = f"{float(number):,.{places}f}"
    return text.rstrip("0").rstrip(".") if (number * 10**places).denominator == 1 else text


class Unanswerable(Exception):
    """The figures do not settle the claim: typed reason, explanation, what was looked at, verdict, calculation."""

    def __init__(
        self,
        reason: str,
        sentence: str,
        figures: Figures = (),
        verdict: Verdict = NOT_CHECKABLE,
        found: Quantity | None = None,
    ):
        super().__init__(sentence)
        self.reason, self.verdict = reason, verdict
        self.found = dataclasses.replace(found or Quantity(0, 0, "none", figures), low=-inf, high=inf, unit="")
        self.implied: Estimate | None = None  # what the claim itself says of a missing figure


@dataclass(frozen=True)
class When:
    """The time that a claim names, as a stretch or as a change.

    A stretch goes from `first` to `last`, or is the last `size` units, or all. A change goes to `last`, or else the
    last figure, from another `first`, or from `size` units or the period before.
    """

    first: Period | None = None
    last: Period | None = None
    size: int = 0
    unit: str = "year"

    def __str__(self) -> str:
        if self.size:
            return f"{self.size} {self.unit}s to {name_of(self.last) if self.last else 'the last figure'}"
        if self.first and self.last:
            joined = name_of(Period(self.first.start, self.last.end))
            return f"{name_of(self.first)} to {name_of(self.last)}" if "-" in joined else joined
        return f"since {name_of(self.first)}" if self.first else "all"

    @property
    def change(self) -> str:
        before = f"{self.size} {self.unit}s before" if self.size else "the period before"
        later = name_of(self.last) if self.last else "last figure"
        return f"{later} / {name_of(self.first) if self.first and self.first != self.last else before}"


class Base(NamedTuple):
    """So many of what other series count, for which a count is given; 100% for a share."""

    names: tuple[str, ...]
    size: Number

    @property
    def unit(self) -> str:
        return "%" if self.size.in_percent else str(self)

    def __str__(self) -> str:
        said = "as a share of" if self.size.in_percent else "per" if self.size == ONE else f"per {self.size}"
        return f"{said} {' + '.join(self.names)}"


def name_of(period: Period) -> str:
    """The period as a reader would write it.

    >>> [name_of(Period.read(text)) for text in ("2018", "Q1 2018", "March 2018", "H2 2018", "2017/18")]
    ['2018', 'Q1 2018', 'March 2018', 'H2 2018', 'year to March 2018']
    """
    first, last = period.start, period.end
    if period == Period(first.replace(month=1, day=1), last.replace(month=12, day=31)) and first.year < last.year:
        return f"{first.year} to {last.year}"
    texts = (f"{calendar.month_name[first.month]}", f"Q{(last.month + 2) // 3}", f"H{1 + last.month // 12}")
    return next((f"{t} {last.year}" for t in texts if period == Period.read(f"{t} {last.year}")), period.label)


def years_before(period: Period, years: int = 1) -> Period:
    """The same stretch so many years earlier; a stretch to the end of a month stays one."""
    start, after = (
        day.replace(year=day.year - years, day=min(day.day, calendar.monthrange(day.year - years, day.month)[1]))
        for day in (period.start, period.end + DAY)
    )
    return Period(start, start if period.days == 1 else after - DAY)


@dataclass(frozen=True)
class Subject:
    """What a claim counts: one series of the figures, or several added up; all of them for no name.

    `base` is what each count is divided by. `across_breaks` adds up unlike things knowingly.
    """

    figures: Mapping[str, Series]
    names: tuple[str, ...] = ()
    base: Base | None = None
    across_breaks: bool = False

    def other(self, *names: str, base: Base | None = None) -> Subject:
        """Other series of the same figures."""
        return dataclasses.replace(self, names=names, base=base)

    @property
    def series(self) -> list[Series]:
        return [self.figures[name] for name in self.names or self.figures]

    @property
    def name(self) -> str:
        return " + ".join(series.name for series in self.series)

    @property
    def unit(self) -> str:
        return self.base.unit if self.base else self.series[0].unit

    @property
    def spans(self) -> list[Period]:
        return [o.period for o in self.series[0].observations]

    def stretch(self, when: When) -> Period:
        """The days from the first to the last that `when` names."""
        start = when.first.start if when.first else self.spans[0].start
        end = when.last.end if when.last else self.spans[-1].end
        if when.size:
            earliest = end - timedelta(float(when.size * DAYS[when.unit]) + 2)
            start = next((period.start for period in self.spans if period.start >= earliest), end)
            if start - earliest > timedelta(7):
                raise Unanswerable("missing period", f"{self.name} has no figures for all of {when}.")
        if end < start:
            raise Unanswerable("missing period", f"{self.name} has no figure since {start}.")
        return Period(start, end)

    def ends(self, when: When) -> tuple[Period, Period | None]:
        """The later and the earlier end of a change; None for the period before."""
        later = when.last or self.spans[-1]
        if when.size and DAYS[when.unit] < YEAR:
            return later, next((span for span in self.spans if span.end == later.start - DAY), later)
        return later, years_before(later, when.size) if when.size else when.first if when.first != later else None

    def amount(self, stretch: Period, reason: str = "missing period") -> Quantity:
        """The sum over exactly these days; Unanswerable, naming what there is instead, where they are not covered."""
        units = {series.unit for series in self.series}
        if len(units) > 1:
            raise Unanswerable("another unit", f"{self.name} count {' and '.join(sorted(units))}, which have no sum.")
        found = total([self._sum(series, stretch, reason) for series in self.series])
        if self.base is None:
            return dataclasses.replace(found, measure="level" if self.unit == "%" else "")
        each = found / self.other(*self.base.names).amount(stretch, reason)
        size = self.base.size.level.value
        words = each.words if size == 1 else f"{each.words} x {size}"
        return Quantity(size * each.low, size * each.high, words, each.figures, measure="level")

    def periods(self, stretch: Period, unit: str = "season") -> list[Period]:
        """The successive periods inside, of which none is missing; for "year", whole years of shorter ones."""
        inside = [period for period in self.spans if _inside(period, stretch)]
        steps = [b.start - a.start for a, b in pairwise(inside)]
        for (a, b), step in zip(pairwise(inside), steps, strict=True):
            if step > 1.5 * min(steps) or step.days > 1.5 * YEAR:
                sentence = f"{self.name} has no figure between {name_of(a)} and {name_of(b)}."
                raise Unanswerable("missing period", sentence)
        longest = max((period.days for period in inside), default=0)
        if not inside or longest > DAYS[unit] + 2:
            sentence = f"{self.name} is not given by the {unit} in {name_of(stretch)}."
            raise Unanswerable("no breakdown" if inside else "missing period", sentence)
        if unit == "year" and 1 < longest < 300:
            years = map(Period.calendar_year, range(stretch.start.year, stretch.end.year + 1))
            return [year for year in years if _inside(year, stretch)] or inside
        return inside

    def pair(self, later: Period, earlier: Period | None = None) -> tuple[Quantity, Quantity]:
        """The later and the earlier amount, of one definition.

        Without `earlier`: the same stretch a year before, or else the period that ends where `later` starts.
        """
        above = self.amount(later)
        if earlier is None:
            earlier = years_before(later)
            before = [period for period in self.spans if period.end == later.start - DAY]
            if before and not any(period.days_shared(earlier) for period in self.spans):
                earlier = before[-1]
        try:
            base = self.amount(earlier, "missing base year")
        except Unanswerable as gap:
            raise Unanswerable(gap.reason, str(gap), above.figures) from None
        between = Period(min(earlier.start, later.start), max(earlier.end, later.end))
        for series in self.series:
            self._same_definition(series, [o for o in series.observations if _inside(o.period, between)])
        return above, base

    def _sum(self, series: Series, stretch: Period, reason: str) -> Quantity:
        inside = [o for o in series.observations if _inside(o.period, stretch)]
        of_days = all(o.period.days == 1 for o in series.observations)  # counts of one day, as of staff
        if not inside or (sum(o.period.days for o in inside) < stretch.days and not of_days):
            near = [o for o in series.observations if o.period.days_shared(stretch)]
            instead = f"; there is {' and '.join(name_of(o.period) for o in near)}, another period" if near else ""
            sentence = f"{series.name} has no figure for {name_of(stretch)}{instead}."
            raise Unanswerable(reason, sentence, _figures(series, near))
        self._same_definition(series, inside)
        ends = [(Fraction(o.low), inf if o.high is None else Fraction(o.high)) for o in inside]
        return total([Quantity(*end, o.words, _figures(series, [o])) for end, o in zip(ends, inside, strict=True)])

    def _same_definition(self, series: Series, observations: Sequence[Observation]) -> None:
        """Unanswerable if what is counted changes between the first and the last of the observations."""
        first, last = observations[0].period, observations[-1].period
        why = [f"on {b.date} ({b.reason})" for b in series.breaks if first.start < b.date <= last.end]
        if not why and len({o.definition for o in observations}) > 1:
            why = [f"between {name_of(first)} and {name_of(last)}"]
        if why and not self.across_breaks:
            what = f"What {series.name} counts changes {' and '.join(why)}."
            raise Unanswerable("definition changes", what, _figures(series, observations))


def total(amounts: Sequence[Quantity]) -> Quantity:
    return functools.reduce(operator.add, amounts)


def _figures(series: Series, observations: Sequence[Observation]) -> tuple[tuple[str, Observation], ...]:
    return tuple((series.name, o) for o in observations)


def _inside(period: Period, stretch: Period) -> bool:
    return stretch.start <= period.start and period.end <= stretch.end
