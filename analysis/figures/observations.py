"""What a study holds: counts with their periods and sources, in series of one measure."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from analysis.figures.files import StudyError
from analysis.periods import Period, last_day

if TYPE_CHECKING:
    import pandas as pd

NOT_GIVEN = "source not given"


@dataclass(frozen=True)
class Source:
    """Where a figure was published, and on what terms it is repeated here; `published` is a day, a month or a year."""

    title: str = NOT_GIVEN
    publisher: str = NOT_GIVEN
    url: str = ""
    published: str = ""
    licence: str = ""
    locator: str = ""

    def known_on(self, day: date) -> bool:
        """Whether it was published by `day`: a month or a year counts from its end, an unknown day as always."""
        return not self.published or last_day(self.published) <= day


@dataclass(frozen=True)
class Observation:
    """One count, or the range it is known to lie in.

    `value` is None when only the range `low` to `high` is known; otherwise all three are equal. `high` is
    None when the figure was published as "at least". `definition` says in words what was counted, `measure`
    is the short name that all rows of a series share.
    """

    period: Period
    value: int | None
    low: int
    high: int | None
    definition: str
    geography: str
    source: Source
    note: str = ""
    measure: str = ""

    @property
    def is_range(self) -> bool:
        return self.value is None

    @property
    def year(self) -> int:
        """The year in which the period ends."""
        return self.period.end.year

    @property
    def words(self) -> str:
        """The count as a reader would say it: "594", "9,215 to 9,295" or "at least 15,082"."""
        if self.value is not None:
            return f"{self.value:,}"
        return f"at least {self.low:,}" if self.high is None else f"{self.low:,} to {self.high:,}"


@dataclass(frozen=True)
class PublishedTotal:
    """A sum over years as its publisher printed it."""

    first: int
    last: int
    total: int


@dataclass(frozen=True)
class PublishedChange:
    """A change between two years as its publisher printed it, in percent rounded to multiples of `step`."""

    earlier: int
    later: int
    percent: float
    step: float = 1


@dataclass(frozen=True)
class Break:
    """A day from which something else is counted under the same name."""

    date: date
    reason: str


@dataclass(frozen=True)
class Gap:
    """Years between two periods that are known to be missing."""

    after: int
    before: int
    reason: str


@dataclass(frozen=True)
class Series:
    """One measure over successive periods, oldest first, and what its publishers said about it."""

    name: str
    title: str
    measure: str
    unit: str
    role: str
    observations: tuple[Observation, ...]
    published_totals: tuple[PublishedTotal, ...] = ()
    published_changes: tuple[PublishedChange, ...] = ()
    breaks: tuple[Break, ...] = ()
    gaps: tuple[Gap, ...] = ()

    @property
    def years(self) -> list[int]:
        """The year in which each period ends."""
        return [observation.year for observation in self.observations]

    @property
    def spans(self) -> str:
        """What the periods are: "calendar years", "years to March", or "periods of other lengths"."""
        periods = [observation.period for observation in self.observations]
        if all(period.is_calendar_year for period in periods):
            return "calendar years"
        ends = {f"years to {period.end:%B}" if period.is_year else "" for period in periods}
        return ends.pop() if len(ends) == 1 and "" not in ends else "periods of other lengths"

    @property
    def counts(self) -> list[int]:
        """The counts; ValueError when one is known only as a range."""
        for observation in self.observations:
            if observation.value is None:
                raise ValueError(f"{self.name}: {observation.period.label} is known only as {observation.words}")
        return [observation.value for observation in self.observations if observation.value is not None]

    def between(self, first_year: int = 0, last_year: int = 0) -> Series:
        """The part whose periods end in the years `first_year` to `last_year`; 0 stands for the series' own.

        Raises
        ------
        StudyError : a year beyond the series, or no period between the two.
        """
        first, last = first_year or self.years[0], last_year or self.years[-1]
        kept = tuple(o for o in self.observations if first <= o.year <= last)
        outside = [str(year) for year in (first, last) if not self.years[0] <= year <= self.years[-1]]
        if outside or not kept:
            when = outside[0] if outside else f"{first} to {last}"
            raise StudyError(f"{self.name}: no period ends in {when}; give years within {span(self.years)}")
        return self._part(kept)

    def known_on(self, day: date) -> Series:
        """The part that was published by `day`, which may be empty."""
        return self._part(tuple(o for o in self.observations if o.source.known_on(day)))

    def _part(self, kept: tuple[Observation, ...]) -> Series:
        """Some of the rows, with the declarations that speak of these alone."""
        years = {o.year for o in kept}
        return dataclasses.replace(
            self,
            observations=kept,
            published_totals=tuple(t for t in self.published_totals if {t.first, t.last} <= years),
            published_changes=tuple(c for c in self.published_changes if {c.earlier, c.later} <= years),
            breaks=tuple(b for b in self.breaks if kept and kept[0].period.start < b.date <= kept[-1].period.end),
            gaps=tuple(g for g in self.gaps if {g.after, g.before} <= years),
        )

    def at(self, year: int) -> Observation:
        """The observation whose period ends in `year`."""
        for observation in self.observations:
            if observation.year == year:
                return observation
        raise StudyError(f"{self.name}: no period ends in {year}; give one of {', '.join(map(str, self.years))}")

    def frame(self) -> pd.DataFrame:
        """One row a period, with its source; counts as nullable integers."""
        import pandas as pd  # here, because reading and refusing a study needs no pandas

        rows = [
            {"period": o.period.label, "value": o.value, "low": o.low, "high": o.high, **vars(o.source), "note": o.note}
            for o in self.observations
        ]
        return pd.DataFrame(rows).astype({"value": "Int64", "low": "Int64", "high": "Int64"})


def span(years: list[int]) -> str:
    """Years in words: "2015 to 2018", or the one year."""
    return str(years[0]) if len(years) == 1 else f"{years[0]} to {years[-1]}"
