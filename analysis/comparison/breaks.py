"""A series that came to be recorded in another way: no change across the break."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.estimates import Estimate, computed
from analysis.figures.observations import Break, Observation


@computed
def change_between(earlier: Observation, later: Observation, *, breaks: Sequence[Break] = ()) -> Estimate:
    """Change of a count from one period to a later one, in percent, or why the two cannot be compared.

    earlier, later : the two observations.
    breaks : days from which the series was recorded in another way.

    Returns Estimate without an interval where both counts are numbers, with a range where one is known only so. No
    value, and the reason, where a break falls between the periods or inside one, where the definitions or places
    differ, or where the periods are not equally long.

    Raises ValueError: `later` does not start after `earlier` ends.

    >>> from datetime import date
    >>> from analysis.figures.observations import Source
    >>> from analysis.periods import Period
    >>> def seen(year, count):
    ...     source = Source("", "", "", "", "", "")
    ...     return Observation(Period.calendar_year(year), count, count, count, "finds", "England", source)
    >>> new_rules = Break(date(2015, 10, 1), "an enhanced reporting standard")
    >>> change_between(seen(2014, 9572), seen(2016, 20075), breaks=[new_rules]).reason
    'not comparable: recorded in another way from 1 October 2015 (an enhanced reporting standard)'
    >>> round(change_between(seen(2013, 7451), seen(2014, 9572), breaks=[new_rules]).value, 1)
    28.5
    """
    if later.period.start <= earlier.period.end:
        raise ValueError(f"{later.period.label} does not follow {earlier.period.label}: give the earlier period first")
    described = {
        "estimand": f"change from {earlier.period.label} to {later.period.label}",
        "unit": "%",
        "method": "ratio of two counts, less 1",
        "n": 2,
    }
    reason = _why_not_comparable(earlier, later, breaks)
    if reason or earlier.low == 0:
        return Estimate(**described, reason=reason or "unbounded: the earlier count may be 0")
    if earlier.value is not None and later.value is not None:
        return Estimate(**described, value=100 * (later.value / earlier.value - 1))
    return Estimate(
        **described,
        low=-100.0 if earlier.high is None else 100 * (later.low / earlier.high - 1),
        high=None if later.high is None else 100 * (later.high / earlier.low - 1),
        interval="range",
        interval_method="extremes of both ranges",
        reason="a count is known only as a range",
    )


def _why_not_comparable(earlier: Observation, later: Observation, breaks: Sequence[Break]) -> str:
    for broken in breaks:
        if earlier.period.start < broken.date <= later.period.end:
            day = f"{broken.date:%-d %B %Y}"
            return f"not comparable: recorded in another way from {day} ({broken.reason})"
    for before, after in ((earlier.definition, later.definition), (earlier.geography, later.geography)):
        if before != after:
            return f'not comparable: "{before}" is not "{after}"'
    first, second = earlier.period, later.period
    if not (first.is_year and second.is_year) and first.days != second.days:
        return f"not comparable: {first.days} days against {second.days}"
    return ""
