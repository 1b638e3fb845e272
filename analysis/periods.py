"""Stretches of time that a count covers: a calendar year, a financial year, any run of whole days."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_MONTH = "|".join(_MONTHS)
_REMEDY = "write 2018, 2017/18, year to March 2018, March 2018, Q1 2018, H1 2018, or 2018-01-01 to 2018-12-31"


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
            raise ValueError(f"a period cannot end ({self.end}) before it starts ({self.start}); swap the two")

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

    @classmethod
    def read(cls, text: str, *, year_starts: int = 4) -> Period:
        """The stretch of time that a publisher's words stand for.

        Parameters
        ----------
        text : "2018", "2017/18" (twelve months from the first day of month `year_starts` of 2017), "year to March
            2018", "12 months to March 2018", "March 2018" or "2018-03", "Q1 2018" (of the calendar year), "H1 2018" or
            "first half of 2018", one ISO date, or two with "to" between them.

        Raises
        ------
        ValueError : anything else, or years that do not follow each other.

        Examples
        --------
        >>> [Period.read(text).label for text in ("2018", "2017/18", "12 months to June 2018")]
        ['2018', 'year to March 2018', 'year to June 2018']
        >>> Period.read("second half of 2018") == Period.parse("2018-07-01", "2018-12-31")
        True
        """
        said = " ".join(text.split()).lower()
        if re.fullmatch(r"[0-9]{4}", said):
            return cls.calendar_year(_year(said))
        if found := re.fullmatch(r"([0-9]{4})[/-]([0-9]{4}|[0-9]{2})", said):
            first, last = found.groups()
            if len(last) == 4 or int(last) > 12 or "/" in said:
                return cls._over_two_years(text, _year(first), last, year_starts)
            return cls._months(_year(first), int(last), 1)
        if found := re.fullmatch(
            rf"(?:the )?(?:year|12 months|twelve months) (?:to|ending) ({_MONTH}) ([0-9]{{4}})", said
        ):
            return cls.year_to(_year(found[2]), _MONTHS[found[1]])
        if found := re.fullmatch(rf"({_MONTH}) ([0-9]{{4}})", said):
            return cls._months(_year(found[2]), _MONTHS[found[1]], 1)
        if found := re.fullmatch(r"q([1-4]) ([0-9]{4})|([0-9]{4}) ?q([1-4])", said):
            quarter, year = int(found[1] or found[4]), _year(found[2] or found[3])
            return cls._months(year, 3 * quarter - 2, 3)
        if found := re.fullmatch(r"(?:h([12])|(?:the )?(first|second) half of) ([0-9]{4})", said):
            second = "2" in (found[1] or "") or found[2] == "second"
            return cls._months(_year(found[3]), 7 if second else 1, 6)
        if found := re.fullmatch(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?: (?:to|-) ([0-9]{4}-[0-9]{2}-[0-9]{2}))?", said):
            return cls(_day(text, found[1]), _day(text, found[2] or found[1]))
        raise ValueError(f"{text!r} is no period; {_REMEDY}")

    @classmethod
    def _months(cls, year: int, month: int, count: int) -> Period:
        """So many whole months from `month` of `year` on, inside that year."""
        if not 1 <= month <= 12:
            raise ValueError(f"month {month} of {year} does not exist; {_REMEDY}")
        last = month + count - 1
        return cls(date(year, month, 1), date(year, last, calendar.monthrange(year, last)[1]))

    @classmethod
    def _over_two_years(cls, text: str, first: int, last: str, year_starts: int) -> Period:
        if int(last) != (first + 1 if len(last) == 4 else (first + 1) % 100):
            raise ValueError(f"{text!r}: the second year does not follow the first; {_REMEDY}")
        month = (year_starts - 2) % 12 + 1
        return cls.year_to(first + (year_starts > 1), month)

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


def last_day(text: str) -> date:
    """The last day of a day, month or year as it is written where a figure was published.

    >>> [last_day(text).isoformat() for text in ("2018-07-26", "2020-02", "2020")]
    ['2018-07-26', '2020-02-29', '2020-12-31']
    """
    try:
        if re.fullmatch("[0-9]{4}(-(0[1-9]|1[0-2])(-[0-9]{2})?)?", text):
            return Period.read(text).end
    except ValueError:
        pass
    raise ValueError(f"{text!r} is not a day, month or year; write it as 2018-07-26, 2018-07 or 2018")


def _year(text: str) -> int:
    year = int(text)
    if not 1000 <= year <= 2999:
        raise ValueError(f"year {text} is not between 1000 and 2999; {_REMEDY}")
    return year


def _day(said: str, text: str) -> date:
    _year(text[:4])
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{said!r} is no period: there is no day {text}; {_REMEDY}") from None
