"""The figures that a claim is about: which observations, what they add up to, and what stands in the way."""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise

from analysis.claims.hedges import NOT_CHECKABLE, Verdict
from analysis.figures.observations import Observation, Series, Source
from analysis.periods import Period

UNIT_DAYS = {"day": 1, "week": 7, "month": 31, "quarter": 92, "half": 184, "year": 366, "season": 366, "period": 10**5}


@dataclass(frozen=True)
class Figure:
    """One figure that a claim was checked against, and where it was published."""

    series: str
    period: str
    text: str
    source: Source


@dataclass(frozen=True)
class Amount:
    """A count, or a sum of counts: exact, or known only as `low` to `high` (None: no upper limit)."""

    low: Fraction
    high: Fraction | None
    words: str
    figures: tuple[Figure, ...]

    @property
    def is_range(self) -> bool:
        return self.low != self.high

    @property
    def bracketed(self) -> str:
        return f"({self.words})" if self.is_range or " + " in self.words else self.words

    def __add__(self, other: Amount) -> Amount:
        high = None if self.high is None or other.high is None else self.high + other.high
        return Amount(self.low + other.low, high, f"{self.words} + {other.words}", self.figures + other.figures)


class Unanswerable(Exception):
    """The figures do not settle the claim: typed reason, explanation, what was looked at, verdict."""

    def __init__(
        self, reason: str, sentence: str, figures: Sequence[Figure] = (), verdict: Verdict = NOT_CHECKABLE, **found
    ):
        super().__init__(sentence)
        self.reason, self.figures, self.verdict = reason, tuple(figures), verdict
        self.evidence = found.get("evidence")


@dataclass(frozen=True)
class When:
    """The stretch that a claim names; with nothing given, all periods.

    `first` and `last` are its outer periods; `size` counts `unit`s from the end ("the last two years"), or from the
    start where `from_start`.
    """

    first: Period | None = None
    last: Period | None = None
    size: int = 0
    unit: str = "year"
    from_start: bool = False

    def __str__(self) -> str:
        if self.size:
            return f"{'first' if self.from_start else 'last'} {self.size} {self.unit}s"
        if self.first and self.last:
            joined = name_of(Period(self.first.start, self.last.end))
            return f"{name_of(self.first)} to {name_of(self.last)}" if "-" in joined else joined
        return f"since {name_of(self.first)}" if self.first else f"to {name_of(self.last)}" if self.last else "all"


def name_of(period: Period) -> str:
    """The period as a reader would write it, parts of a year and runs of years included.

    >>> [name_of(Period.read(text)) for text in ("2018", "Q1 2018", "March 2018", "H2 2018", "2017/18")]
    ['2018', 'Q1 2018', 'March 2018', 'H2 2018', 'year to March 2018']
    """
    first, last = period.start, period.end
    if first.year != last.year:
        years = Period.calendar_year(first.year).start == first and Period.calendar_year(last.year).end == last
        return f"{first.year} to {last.year}" if years else period.label
    months = len(period.months)
    if months == 1 and period == Period.read(f"{first:%Y-%m}"):
        return f"{calendar.month_name[first.month]} {first.year}"
    for size, letter in ((3, "Q"), (6, "H")):
        text = f"{letter}{(last.month - 1) // size + 1} {first.year}"
        if months == size and period == Period.read(text):
            return text
    return period.label


def years_before(period: Period, years: int = 1) -> Period:
    """The same stretch so many years earlier; a stretch to the end of a month stays one."""
    start, end = period.start, period.end
    is_last = end.day == calendar.monthrange(end.year, end.month)[1]
    first_day = min(start.day, calendar.monthrange(start.year - years, start.month)[1])
    last_day = calendar.monthrange(end.year - years, end.month)[1]
    return Period(
        start.replace(year=start.year - years, day=first_day),
        end.replace(year=end.year - years, day=last_day if is_last else min(end.day, last_day)),
    )


@dataclass(frozen=True)
class Subject:
    """What a claim counts: one series, or several added up. `across_breaks` adds up unlike things knowingly."""

    series: tuple[Series, ...]
    across_breaks: bool = False
    name: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", " + ".join(s.name for s in self.series))

    @property
    def unit(self) -> str:
        return self.series[0].unit

    def stretch(self, when: When) -> Period:
        """The days from the first to the last that `when` names."""
        observations = self.series[0].observations
        start = when.first.start if when.first else observations[0].period.start
        end = when.last.end if when.last else observations[-1].period.end
        if not when.size:
            return _checked(start, end)
        if when.unit == "period":
            chosen = observations[: when.size] if when.from_start else observations[-when.size :]
            return Period(chosen[0].period.start, chosen[-1].period.end)
        inside = [o.period for o in observations if self._within(o.period, when, Period(start, end))]
        return Period(inside[0].start, inside[-1].end) if inside else Period(start, end)

    @staticmethod
    def _within(period: Period, when: When, every: Period) -> bool:
        if when.unit in ("year", "season"):
            limit = years_before(every, -when.size if when.from_start else when.size)
            return period.end <= _day(limit.start, -1) if when.from_start else period.start > limit.end
        days = timedelta(round(when.size * UNIT_DAYS[when.unit] * 0.99))
        return period.end < every.start + days if when.from_start else period.start > every.end - days

    def amount(self, stretch: Period, reason: str = "missing period") -> Amount:
        """The sum over exactly these days; Unanswerable, naming what there is instead, where they are not covered."""
        found = [_covered(series, stretch, reason) for series in self.series]
        self._same_definition(found)
        amounts = [_amount(s, o) for s, chosen in zip(self.series, found, strict=True) for o in chosen]
        return sum(amounts[1:], amounts[0])

    def periods(self, stretch: Period, unit: str = "period") -> list[Period]:
        """The successive periods inside, of which none is missing; whole years of shorter ones for "year"."""
        observations = [o for o in self.series[0].observations if _inside(o.period, stretch)]
        if not observations:
            raise Unanswerable("missing period", f"{self.name} has no figures in {name_of(stretch)}.")
        starts = [o.period.start for o in observations]
        steps = [b - a for a, b in pairwise(starts)]
        figures = figures_of(self.series[0], observations)
        for (a, b), step in zip(pairwise(observations), steps, strict=True):
            if step > 1.5 * min(steps) or (a.period.days > 1 and step.days > 1.5 * 366):
                gap = f"between {name_of(a.period)} and {name_of(b.period)}"
                raise Unanswerable("missing period", f"{self.name} has no figure {gap}.", figures)
        longest = max(o.period.days for o in observations)
        if longest > UNIT_DAYS[unit]:
            raise Unanswerable("no breakdown", f"{self.name} is not given by the {unit}.", figures)
        if UNIT_DAYS[unit] == 366 and 1 < longest < 300:
            every = range(stretch.start.year, stretch.end.year + 1)
            years = [Period.calendar_year(year) for year in every if _inside(Period.calendar_year(year), stretch)]
            if years:
                return years
        return [o.period for o in observations]

    def pair(self, later: Period, earlier: Period | None = None) -> tuple[Amount, Amount, Period]:
        """The later amount, the earlier one, and the earlier period, of one definition.

        Without `earlier`: the same stretch a year before, or else the period that ends where `later` starts.
        """
        above = self.amount(later)
        earlier = earlier or self._before(later)
        try:
            base = self.amount(earlier, "missing base year")
        except Unanswerable as gap:
            raise Unanswerable(gap.reason, str(gap), above.figures, gap.verdict) from None
        between = Period(min(earlier.start, later.start), max(earlier.end, later.end))
        self._same_definition([[o for o in s.observations if _inside(o.period, between)] for s in self.series])
        return above, base, earlier

    def _before(self, later: Period) -> Period:
        year_before, observations = years_before(later), self.series[0].observations
        if any(o.period.days_shared(year_before) for o in observations):
            return year_before
        before = [o.period for o in observations if o.period.end == _day(later.start, -1)]
        return before[-1] if before else year_before

    def _same_definition(self, chosen: Sequence[Sequence[Observation]]) -> None:
        """Unanswerable if what is counted changes between the first and the last of the observations."""
        for series, observations in zip(self.series, chosen, strict=True):
            first, last = observations[0], observations[-1]
            why = [f"on {b.date} ({b.reason})" for b in series.breaks if first.period.start < b.date <= last.period.end]
            if not why and len({o.definition for o in observations}) > 1:
                why = [f"between {first.period.label} and {last.period.label}"]
            if why and not self.across_breaks:
                what = f"What {series.name} counts changes {' and '.join(why)}."
                raise Unanswerable("definition changes", what, figures_of(series, observations))


@dataclass(frozen=True)
class Figures:
    """All series of an audit by name, as the kinds of claim look at them."""

    series: Mapping[str, Series]
    across_breaks: bool = False

    def subject(self, names: Sequence[str]) -> Subject:
        """Those series added up; all of them for no name."""
        return Subject(tuple(self.series[name] for name in names or self.series), self.across_breaks)


def figures_of(series: Series, observations: Sequence[Observation]) -> tuple[Figure, ...]:
    """The observations as figures to cite."""
    return tuple(Figure(series.name, name_of(o.period), o.words, o.source) for o in observations)


def _amount(series: Series, o: Observation) -> Amount:
    return Amount(Fraction(o.low), None if o.high is None else Fraction(o.high), o.words, figures_of(series, [o]))


def _covered(series: Series, stretch: Period, reason: str) -> list[Observation]:
    inside = [o for o in series.observations if _inside(o.period, stretch)]
    if inside and all(o.period.days == 1 for o in series.observations):  # counts of one day, as of staff
        return inside
    for a, b in pairwise(inside):
        if _day(a.period.end, 1) != b.period.start:
            between = f"between {name_of(a.period)} and {name_of(b.period)}"
            figures = figures_of(series, inside)
            raise Unanswerable(reason, f"{series.name} has no figure {between}.", figures)
    if inside and (inside[0].period.start, inside[-1].period.end) == (stretch.start, stretch.end):
        return inside
    near = [o for o in series.observations if o.period.days_shared(stretch)]
    instead = f"; there is {' and '.join(name_of(o.period) for o in near)}, another period" if near else ""
    sentence = f"{series.name} has no figure for {name_of(stretch)}{instead}."
    raise Unanswerable(reason, sentence, figures_of(series, near))


def _inside(period: Period, stretch: Period) -> bool:
    return stretch.start <= period.start and period.end <= stretch.end


def _day(day, days: int):
    return day + timedelta(days)


def _checked(start, end) -> Period:
    if end < start:
        raise Unanswerable("missing period", f"The figures end before {start}.")
    return Period(start, end)
