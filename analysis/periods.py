"""Stretches of time that a count covers: a calendar year, a financial year, any run of whole days."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, order=True)
class Period:
    """Days from `start` to `end`, both included.

    >>> Period.parse("2017-04-01", "2018-03-31").label
    'year to March 2018'
    >>> Period.calendar_year(2018).months_shared(Period.year_to(2018, 3))
    3
    """

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"a period cannot end ({self.end}) before it starts ({self.start})")

    @classmethod
    def parse(cls, start: str | date, end: str | date) -> Period:
        """From two ISO dates."""
        first, last = (d if isinstance(d, date) else date.fromisoformat(d) for d in (start, end))
        return cls(first, last)

    @classmethod
    def calendar_year(cls, year: int) -> Period:
        """January to December of `year`."""
        return cls(date(year, 1, 1), date(year, 12, 31))

    @classmethod
    def year_to(cls, year: int, month: int) -> Period:
        """The twelve months that end with `month` of `year`."""
        end = date(year, month, calendar.monthrange(year, month)[1])
        start = date(year - (month < 12), month % 12 + 1, 1)
        return cls(start, end)

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    @property
    def is_year(self) -> bool:
        """Whether these are twelve whole months."""
        return self == Period.year_to(self.end.year, self.end.month)

    @property
    def is_calendar_year(self) -> bool:
        return self == Period.calendar_year(self.start.year)

    @property
    def label(self) -> str:
        """How a reader would call it: "2018", "year to March 2018", "30 June 2018", or two dates."""
        if self.is_calendar_year:
            return str(self.start.year)
        if self.is_year:
            return f"year to {calendar.month_name[self.end.month]} {self.end.year}"
        if self.days == 1:
            return f"{self.start.day} {calendar.month_name[self.start.month]} {self.start.year}"
        return f"{self.start.isoformat()} to {self.end.isoformat()}"

    @property
    def months(self) -> tuple[tuple[int, int], ...]:
        """(year, month) of each whole calendar month inside."""
        found = []
        year, month = self.start.year, self.start.month
        while date(year, month, 1) <= self.end:
            last = date(year, month, calendar.monthrange(year, month)[1])
            if date(year, month, 1) >= self.start and last <= self.end:
                found.append((year, month))
            year, month = year + month // 12, month % 12 + 1
        return tuple(found)

    def months_shared(self, other: Period) -> int:
        """Whole calendar months that both periods hold."""
        return len(set(self.months) & set(other.months))

    def days_shared(self, other: Period) -> int:
        """Days that both periods hold."""
        first, last = max(self.start, other.start), min(self.end, other.end)
        return max(0, (last - first).days + 1)
