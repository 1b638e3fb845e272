"""A series that came to be recorded in another way: each side by itself, and no change across the break."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from analysis.estimates import Estimate, computed
from analysis.figures.observations import Break, Observation

CHANGE = {"unit": "%", "method": "ratio of two counts, less 1"}


@dataclass(frozen=True, kw_only=True)
class Side:
    """What was published before a break, across it (periods that hold the break itself) or after it.

    `counts` is the range of the published counts; `change` runs from the first period to the last, and is
    refused where those two cannot be compared.
    """

    name: Literal["before", "across", "after"]
    observations: tuple[Observation, ...]
    counts: Estimate
    change: Estimate


@computed
def change_between(earlier: Observation, later: Observation, *, breaks: Sequence[Break] = ()) -> Estimate:
    """Change of a count from one period to a later one, in percent, or why the two cannot be compared.

    Parameters
    ----------
    earlier, later : the two observations.
    breaks : days from which the series was recorded in another way.

    Returns
    -------
    Estimate without an interval where both counts are numbers, with a range where one is known only so. No
    value, and the reason, where a break falls between the periods or inside one, where the definitions or
    places differ, or where the periods are not equally long.

    Raises
    ------
    ValueError : `later` does not start after `earlier` ends.

    Examples
    --------
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
    described = {"estimand": f"change from {earlier.period.label} to {later.period.label}", **CHANGE, "n": 2}
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


@computed
def sides_of_break(observations: Sequence[Observation], broken: Break) -> tuple[Side, ...]:
    """What was published before a break, across it and after it, each by itself and never joined.

    Parameters
    ----------
    observations : the published counts in order of time; several values for one period are one range.
    broken : the break.

    Returns
    -------
    One `Side` for each that holds an observation. Its `counts` is the range from the least to the greatest,
    unbounded where a figure was published as "at least".

    Examples
    --------
    >>> from datetime import date
    >>> sides_of_break([], Break(date(2015, 10, 1), "an enhanced reporting standard"))
    ()
    """
    sides = []
    for name in ("before", "across", "after"):
        inside = tuple(o for o in observations if _side(o, broken) == name)
        when = f"{name} {_day(broken)}"
        if len(inside) > 1:
            change = change_between(inside[0], inside[-1], breaks=[broken])
        else:
            change = Estimate(estimand=f"change {when}", **CHANGE, n=1, reason="not estimable: 1 observation")
        if inside:
            sides.append(Side(name=name, observations=inside, counts=_range(inside, when), change=change))
    return tuple(sides)


def _side(observation: Observation, broken: Break) -> str:
    if observation.period.end < broken.date:
        return "before"
    return "after" if observation.period.start >= broken.date else "across"


def _range(inside: tuple[Observation, ...], when: str) -> Estimate:
    highs = [o.high for o in inside if o.high is not None]
    open_ended = len(highs) < len(inside)
    published = "1 published count" if len(inside) == 1 else f"{len(inside)} published counts, not one"
    return Estimate(
        estimand=f"counts published for periods {when}",
        unit="count",
        method="published counts",
        low=min(o.low for o in inside),
        high=None if open_ended else max(highs),
        interval="range",
        interval_method="least and greatest",
        n=len(inside),
        reason=published + ('; unbounded above: one is published as "at least"' if open_ended else ""),
    )


def _why_not_comparable(earlier: Observation, later: Observation, breaks: Sequence[Break]) -> str:
    for broken in breaks:
        if earlier.period.start < broken.date <= later.period.end:
            return f"not comparable: recorded in another way from {_day(broken)} ({broken.reason})"
    for before, after in (
        (earlier.definition, later.definition),
        (earlier.geography, later.geography),
    ):
        if before != after:
            return f'not comparable: "{before}" is not "{after}"'
    first, second = earlier.period, later.period
    if not (first.is_year and second.is_year) and first.days != second.days:
        return f"not comparable: {first.days} days against {second.days}"
    return ""


def _day(broken: Break) -> str:
    return f"{broken.date.day} {broken.date:%B %Y}"
