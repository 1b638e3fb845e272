"""A change across a break, between definitions or between unequal periods is refused, with the reason."""

from datetime import date

import pytest

from analysis.comparison.breaks import change_between
from analysis.figures.observations import Break, Observation, Source
from analysis.periods import Period

NEW_RULES = Break(date(2015, 10, 1), "an enhanced reporting standard")
ACROSS = "not comparable: recorded in another way from 1 October 2015 (an enhanced reporting standard)"


def seen(period, low, high=..., definition="finds", geography="England and Wales"):
    if isinstance(period, int):
        period = Period.calendar_year(period)
    high = low if high is ... else high
    source = Source("", "", "", "", "", "")
    return Observation(period, low if low == high else None, low, high, definition, geography, source)


SERIES = [
    seen(Period.parse("2010-04-01", "2010-12-31"), 6756),
    seen(2013, 7451),
    seen(2014, 9572, 9745),
    seen(2015, 16987),
    seen(2016, 20075, definition="items"),
    seen(2017, 15082, None, definition="items"),
]


@pytest.mark.parametrize(
    ("earlier", "later", "reason"),
    [
        (seen(2014, 9572), seen(2016, 20075), ACROSS),
        (seen(2014, 9572), seen(2015, 16987), ACROSS),
        (seen(2015, 16987), seen(2016, 20075), ACROSS),
        (seen(2013, 7451), seen(2014, 9572, definition="items"), 'not comparable: "finds" is not "items"'),
        (
            seen(2013, 5),
            seen(2014, 6, geography="Wales"),
            'not comparable: "England and Wales" is not "Wales"',
        ),
        (SERIES[0], SERIES[1], "not comparable: 275 days against 365"),
        (seen(2013, 0), seen(2014, 6), "unbounded: the earlier count may be 0"),
    ],
)
def test_what_cannot_be_compared_has_no_change(earlier, later, reason):
    change = change_between(earlier, later, breaks=[NEW_RULES])
    assert (change.value, change.low, change.high, change.reason) == (None, None, None, reason)


def test_the_same_two_counts_have_a_change_without_the_break():
    assert change_between(seen(2014, 100), seen(2016, 150)).value == pytest.approx(50)


def test_a_break_on_the_first_day_of_both_periods_does_not_part_them():
    fiscal = [seen(Period.parse(f"{y}-10-01", f"{y + 1}-09-30"), 100 + y - 2015) for y in (2015, 2016)]
    assert change_between(*fiscal, breaks=[NEW_RULES]).value == pytest.approx(1)


def test_leap_years_are_as_long_as_others():
    assert change_between(seen(2015, 100), seen(2016, 110)).value == pytest.approx(10)


def test_change_over_ranges_is_a_range():
    change = change_between(seen(2013, 7451), seen(2014, 9572, 9745))
    assert [change.low, change.high] == pytest.approx([100 * (9572 / 7451 - 1), 100 * (9745 / 7451 - 1)])
    assert change.reason == "a count is known only as a range"
    at_least = change_between(seen(2016, 20075), seen(2017, 15082, None))
    assert at_least.low == pytest.approx(100 * (15082 / 20075 - 1))
    assert at_least.high is None


def test_the_earlier_period_comes_first():
    with pytest.raises(ValueError, match="2013 does not follow 2014: give the earlier period first"):
        change_between(SERIES[2], SERIES[1])
