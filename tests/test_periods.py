"""Periods against the calendar of the standard library, day by day."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings, strategies as st

from analysis.periods import Period

quick = settings(deadline=None, derandomize=True, max_examples=100)
days = st.dates(date(1990, 1, 1), date(2030, 12, 31))


@st.composite
def periods(draw):
    start = draw(days)
    return Period(start, start + timedelta(days=draw(st.integers(0, 1200))))


def each_day(period):
    return {period.start + timedelta(days=n) for n in range((period.end - period.start).days + 1)}


def whole_months(period):
    """By enumeration: months none of whose days lie outside."""
    inside = each_day(period)
    around = each_day(Period(period.start - timedelta(days=31), period.end + timedelta(days=31)))
    months = {(d.year, d.month) for d in inside}
    return months - {(d.year, d.month) for d in around - inside}


def test_a_calendar_year_runs_from_january_to_december():
    year = Period.calendar_year(2018)
    assert (year.start, year.end, year.days) == (date(2018, 1, 1), date(2018, 12, 31), 365)
    assert Period.calendar_year(2016).days == 366
    assert year.is_calendar_year
    assert year.is_year
    assert year.label == "2018"
    assert Period.year_to(2018, 12) == year


def test_a_financial_year_runs_from_april_to_march():
    year = Period.year_to(2018, 3)
    assert (year.start, year.end, year.days) == (date(2017, 4, 1), date(2018, 3, 31), 365)
    assert year.is_year
    assert not year.is_calendar_year
    assert year.label == "year to March 2018"


def test_a_year_to_february_ends_on_the_leap_day():
    assert Period.year_to(2016, 2).end == date(2016, 2, 29)
    assert Period.year_to(2017, 2).start == date(2016, 3, 1)


def test_dates_are_given_as_text_or_as_dates():
    assert Period.parse("2017-04-01", date(2018, 3, 31)) == Period.year_to(2018, 3)
    with pytest.raises(ValueError, match="day is out of range for month"):
        Period.parse("2017-04-01", "2017-04-31")


def test_a_period_cannot_end_before_it_starts():
    with pytest.raises(ValueError, match=r"cannot end \(2017-12-31\) before it starts \(2018-01-01\)"):
        Period.parse("2018-01-01", "2017-12-31")


def test_other_stretches_are_neither_years_nor_called_so():
    part = Period.parse("2010-04-01", "2010-12-31")
    assert not part.is_year
    assert part.label == "2010-04-01 to 2010-12-31"
    assert Period.parse("2018-06-30", "2018-06-30").days == 1
    assert Period.read("2018-06-30").label == "30 June 2018"
    assert Period.parse("2018-06-29", "2018-06-30").label == "2018-06-29 to 2018-06-30"
    assert not Period.parse("2017-04-02", "2018-04-01").is_year


def test_the_article_compares_years_that_share_three_months():
    assert Period.calendar_year(2018).months_shared(Period.year_to(2018, 3)) == 3
    assert Period.calendar_year(2017).months_shared(Period.year_to(2018, 3)) == 9
    assert Period.calendar_year(2018).days_shared(Period.year_to(2018, 3)) == 31 + 28 + 31
    assert Period.calendar_year(2016).days_shared(Period.year_to(2018, 3)) == 0


def test_periods_sort_by_their_first_day():
    later, earlier = Period.calendar_year(2018), Period.year_to(2018, 3)
    assert sorted([later, earlier]) == [earlier, later]


@quick
@given(periods())
def test_days_and_months_are_those_counted_one_by_one(period):
    assert period.days == len(each_day(period))
    assert set(period.months) == whole_months(period)
    assert list(period.months) == sorted(period.months)


@quick
@given(periods(), periods())
def test_what_two_periods_share_is_symmetric_and_counted_one_by_one(a, b):
    assert a.days_shared(b) == b.days_shared(a) == len(each_day(a) & each_day(b))
    assert a.months_shared(b) == b.months_shared(a) == len(whole_months(a) & whole_months(b))


@quick
@given(st.integers(1900, 2100), st.integers(1, 12))
def test_a_year_to_any_month_has_twelve_and_is_followed_by_the_next(year, month):
    period = Period.year_to(year, month)
    assert len(period.months) == 12
    assert period.is_year
    assert (Period.year_to(year + 1, month).start - period.end).days == 1


@pytest.mark.parametrize(
    ("text", "starts", "first", "last"),
    [
        ("March 2018", 4, "2018-03-01", "2018-03-31"),
        ("2018-03", 4, "2018-03-01", "2018-03-31"),
        ("Q4 2018", 4, "2018-10-01", "2018-12-31"),
        ("2017/2018", 4, "2017-04-01", "2018-03-31"),
        ("2017/18", 7, "2017-07-01", "2018-06-30"),
        ("2017/18", 2, "2017-02-01", "2018-01-31"),
        ("2017/18", 1, "2017-01-01", "2017-12-31"),
        ("2999", 4, "2999-01-01", "2999-12-31"),
        ("1000", 4, "1000-01-01", "1000-12-31"),
    ],
)
def test_a_publishers_words_stand_for_these_days(text, starts, first, last):
    assert Period.read(text, year_starts=starts) == Period.parse(first, last)


@pytest.mark.parametrize("text", ["2017/2017", "2017/19", "3000", "0999", "March 18", "2018-13"])
def test_words_that_stand_for_no_period_are_refused(text):
    with pytest.raises(ValueError, match="write 2018, 2017/18"):
        Period.read(text)
