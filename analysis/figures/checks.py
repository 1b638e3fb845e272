"""Rules across the rows of one series that a table schema cannot say, each a named check.

A check returns what it saw, or raises ValueError with what is wrong, where, and what to do.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from analysis.figures.observations import Series, span
from analysis.rounding import earlier_values, parse_number


def check_value_or_range(series: Series) -> str:
    """Each row has a value, or a range whose limits are in order, never both."""
    for o in series.observations:
        if o.low is None:
            raise ValueError(f"{o.period.label}: neither value nor low; give the count, or low and high")
        if o.value is not None and (o.low, o.high) != (o.value, o.value):
            raise ValueError(f"{o.period.label}: value {o.value} beside a range; leave low and high empty")
        if o.high is not None and o.low > o.high:
            raise ValueError(f"{o.period.label}: low {o.low} is above high {o.high}; swap or mend them")
    ranges = sum(o.is_range for o in series.observations)
    return f"{len(series.observations) - ranges} values, {ranges} ranges"


def check_counts_of_the_outcome(series: Series) -> str:
    """What a study is about has two counts or more, each a number."""
    if series.role != "outcome":
        return "asked of the outcome only"
    for o in series.observations:
        if o.is_range:
            raise ValueError(f"{o.period.label} is {o.words}; give one number, or give the series another role")
    count = len(series.observations)
    if count < 2:
        raise ValueError("a single count says nothing of change; add another")
    return f"{count} counts"


def check_one_row_a_period(series: Series) -> str:
    """No two rows share a day."""
    ordered = sorted(series.observations, key=lambda o: o.period)
    for a, b in pairwise(ordered):
        if a.period.days_shared(b.period):
            raise ValueError(f"{a.period.label} and {b.period.label} overlap; keep one row a period")
    return f"{len(ordered)} rows, no day twice"


def check_whole_years(series: Series) -> str:
    """Each period is twelve whole months, or else each is one day; all end in the same month."""
    first = series.observations[0].period
    for o in series.observations:
        period = o.period
        if not period.is_year and period.days != 1:
            raise ValueError(f"{period.label}: neither twelve whole months nor one day; leave it out")
        if (period.days == 1) != (first.days == 1) or period.end.month != first.end.month:
            raise ValueError(f"{period.label}: unlike {first.label}; put it into a resource of its own")
    kind = "one day a year" if first.days == 1 else "twelve months each"
    return f"{kind}, ending in {first.end:%B}"


def check_periods_in_order(series: Series) -> str:
    """The oldest row comes first."""
    for a, b in pairwise(series.observations):
        if b.period < a.period:
            raise ValueError(f"{b.period.label} stands after {a.period.label}; sort the rows by period")
    return span(series.years)


def check_no_gaps(series: Series) -> str:
    """No year is missing but those declared, and those declared are missing."""
    found = {(a, b) for a, b in pairwise(series.years) if b - a > 1}
    declared = {(gap.after, gap.before) for gap in series.gaps}
    for after, before in sorted(found - declared):
        raise ValueError(f"nothing between {after} and {before}; add the rows or declare it under gaps")
    for after, before in sorted(declared - found):
        raise ValueError(f"there is no gap between {after} and {before}; strike it from gaps")
    return f"{len(found)} gaps, all declared" if found else "no year is missing"


def check_one_measure(series: Series) -> str:
    """All rows have the measure of the series and count in the same place."""
    for o in series.observations:
        if o.measure != series.measure:
            seen = f"{o.period.label} counts {o.measure}, the series {series.measure}"
            raise ValueError(f"{seen}; put it into a resource of its own")
    places = sorted({o.geography for o in series.observations})
    if len(places) > 1:
        raise ValueError(f"{' and '.join(places)} in one series; put each into a resource of its own")
    return ", ".join(filter(None, [series.measure, *places]))


def check_one_definition(series: Series) -> str:
    """What is counted changes only where a break is declared, and every declared break lies inside."""
    for a, b in pairwise(series.observations):
        known = any(a.period.end < brk.date <= b.period.end for brk in series.breaks)
        if a.definition != b.definition and not known:
            raise ValueError(f"the definition changes at {b.period.label}; declare it under breaks")
    first, last = series.observations[0].period.start, series.observations[-1].period.end
    for brk in series.breaks:
        if not first < brk.date <= last:
            raise ValueError(f"the break of {brk.date} lies outside; strike it from breaks")
    return "; ".join(f"breaks on {brk.date}" for brk in series.breaks) or "one definition"


def check_published_totals(series: Series) -> str:
    """Each total that was published is the sum of the rows."""
    for total in series.published_totals:
        part = [o for o in series.observations if total.first <= o.year <= total.last]
        years = f"{total.first} to {total.last}"
        if total.last < total.first:
            raise ValueError(f"the total for {years} runs backwards; swap first and last")
        if [o.year for o in part] != list(range(total.first, total.last + 1)) or any(o.is_range for o in part):
            raise ValueError(f"the total for {years} needs a value in each year; strike it or add them")
        found = sum(o.value for o in part if o.value is not None)
        if found != total.total:
            seen = f"{years} add up to {found}, published as {total.total}"
            raise ValueError(f"{seen}; mend the row or the total")
    stated = (f"{t.first} to {t.last}: {t.total:,}" for t in series.published_totals)
    return "; ".join(stated) or "none declared"


def check_published_changes(series: Series) -> str:
    """Each change that was published is that between the rows; a range is all that rounding allows."""
    rows = {o.year: o for o in series.observations}
    for change in series.published_changes:
        years, percent, step = f"{change.earlier} to {change.later}", change.percent, change.step
        if change.later <= change.earlier:
            raise ValueError(f"{years} runs backwards; swap earlier and later")
        earlier, later = rows.get(change.earlier), rows.get(change.later)
        if earlier is None or later is None or not later.value or earlier.value == 0 or percent - step / 2 <= -100:
            raise ValueError(f"{years}: {percent:g}% needs both rows, and counts above 0; strike it")
        if parse_number(percent) % parse_number(step):
            raise ValueError(f"{years}: {percent:g}% is no multiple of {step:g}; mend step, as 1 or 0.1 or 5")
        allowed = earlier_values(later.value, parse_number(percent) / 100, parse_number(step) / 100)
        if earlier.value is not None and not allowed.contains(earlier.value):
            seen = f"{years} changes by {100 * (later.value / earlier.value - 1):.4g}%, published as {percent:g}%"
            raise ValueError(f"{seen}; mend one of them")
        counts = allowed.integers()
        if counts is None:
            raise ValueError(f"{years}: no count is {percent:g}% before {later.value:,}; mend the change")
        if earlier.value is None and (earlier.low, earlier.high) != counts:
            seen = f"{change.earlier} is {earlier.words}, but {percent:g}% before {later.value:,}"
            raise ValueError(f"{seen} gives low {counts[0]}, high {counts[1]}; write these")
    stated = (f"{c.earlier} to {c.later}: {c.percent:+g}%" for c in series.published_changes)
    return "; ".join(stated) or "none declared"


CHECKS: tuple[Callable[[Series], str], ...] = (
    check_value_or_range,
    check_counts_of_the_outcome,
    check_one_row_a_period,
    check_whole_years,
    check_periods_in_order,
    check_no_gaps,
    check_one_measure,
    check_one_definition,
    check_published_totals,
    check_published_changes,
)
