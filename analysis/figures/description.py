"""What a series says of itself before any model: its counts, its span, its sum and its rises."""

from __future__ import annotations

from itertools import pairwise

from analysis.estimates import Conclusion, Estimate, computed
from analysis.figures.observations import Observation, Series, span
from analysis.figures.study import Study


@computed
def published_count(observation: Observation, unit: str) -> Estimate:
    """Count of one period as published; a range where only a range is known.

    Examples
    --------
    >>> from analysis.figures.observations import Source
    >>> from analysis.periods import Period
    >>> found = Observation(Period.year_to(2017, 3), None, 9215, 9295, "phone finds", "England and Wales", Source())
    >>> e = published_count(found, "incidents")
    >>> e.low, e.high, e.reason
    (9215, 9295, 'known only as 9,215 to 9,295')
    """
    about = {"estimand": f"{unit}, {observation.period.label}", "unit": unit, "n": 1}
    if observation.value is not None:
        return Estimate(**about, method="published count", value=observation.value)
    known, ends = f"known only as {observation.words}", {"low": observation.low, "high": observation.high}
    form = {"method": "published count", "interval": "range", "interval_method": "as published"}
    return Estimate(**about, **form, **ends, reason=known)


@computed
def describe_series(series: Series) -> dict[str, Estimate | Conclusion]:
    """First, last, lowest and highest count with their years, number of counts, changes and rises, the sum, the course.

    Returns
    -------
    Estimates without interval: these are facts about the published figures, not inferences. "moved" is the word for
    the last count beside the first: "rose", "fell" or "stayed the same"; "course" says whether a count lies "beyond its
    ends", above both or below both of them, or all lie "between its ends".

    Raises
    ------
    ValueError : a count is known only as a range.

    Examples
    --------
    >>> from analysis.figures.observations import Source
    >>> from analysis.periods import Period
    >>> counts = zip(range(2015, 2019), (153, 462, 527, 594))
    >>> rows = [Observation(Period.calendar_year(y), n, n, n, "accounts", "", Source()) for y, n in counts]
    >>> removals = Series("removals", "Accounts removed", "removals", "accounts", "outcome", tuple(rows))
    >>> facts = describe_series(removals)
    >>> facts["total"].value, facts["changes"].value, facts["rises"].value
    (1736, 3, 3)
    """
    years, counts = series.years, series.counts
    rises = sum(later > earlier for earlier, later in pairwise(counts))
    when = span(years)
    low, high = min(counts), max(counts)
    facts = {
        "first": ("published count", f"{series.unit}, {years[0]}", series.unit, counts[0]),
        "last": ("published count", f"{series.unit}, {years[-1]}", series.unit, counts[-1]),
        "first-year": ("first period", "first year of the series", "calendar year", years[0]),
        "last-year": ("last period", "last year of the series", "calendar year", years[-1]),
        "lowest": ("least count", f"fewest {series.unit}, {when}", series.unit, low),
        "highest": ("greatest count", f"most {series.unit}, {when}", series.unit, high),
        "lowest-year": ("period", "first year of the fewest", "calendar year", years[counts.index(low)]),
        "highest-year": ("period", "first year of the most", "calendar year", years[counts.index(high)]),
        "n": ("number of counts", f"annual counts, {when}", "counts", len(counts)),
        "changes": ("number of counts less 1", f"changes between them, {when}", "changes", len(counts) - 1),
        "rises": ("number of rises", f"changes that are rises, {when}", "rises", rises),
        "total": ("sum of counts", f"{series.unit}, {when}", series.unit, sum(counts)),
    }
    described: dict[str, Estimate | Conclusion] = {
        name: Estimate(estimand=estimand, unit=unit, method=method, value=value, n=len(counts))
        for name, (method, estimand, unit, value) in facts.items()
    }
    change = counts[-1] - counts[0]
    verdict = "rose" if change > 0 else "fell" if change else "stayed the same"
    rule = "the last count beside the first"
    ends = sorted((counts[0], counts[-1]))
    beyond = "beyond its ends" if [low, high] != ends else "between its ends"
    about = f"{series.title}, {when}"
    return described | {
        "moved": Conclusion(about=about, verdict=verdict, rule=rule),
        "course": Conclusion(about=about, verdict=beyond, rule="beyond: above or below both the first and the last"),
    }


@computed
def rows_published_later(study: Study) -> dict[str, Estimate | Conclusion]:
    """Counts of the outcome that are in the study and were published after the day as of which it is read.

    Returns
    -------
    "rows" : how many. "standing" : "some" or "none".
    """
    later = len(study.published[study.outcome.name].observations) - len(study.outcome.observations)
    about = {"unit": "counts", "method": "rows published after the day as of which the study is read"}
    verdict = "some" if later else "none"
    return {
        "rows": Estimate(estimand=f"counts published later, {study.outcome.title}", value=later, **about),
        "standing": Conclusion(about="counts published later", verdict=verdict, rule="some: at least one"),
    }


@computed
def describe_pair(series: Series) -> dict[str, Estimate | Conclusion]:
    """The last two counts of a series that is set beside the outcome.

    Returns
    -------
    "last", "previous" : as published, perhaps a range. "known" : "counts" where both are numbers, else "range".
    """
    last, previous = series.observations[-1], series.observations[-2]
    known = "range" if previous.value is None or last.value is None else "counts"
    rule = "range: one of them is known only as a range"
    return {
        "last": published_count(last, series.unit),
        "previous": published_count(previous, series.unit),
        "known": Conclusion(about=f"the last two counts, {series.title}", verdict=known, rule=rule),
    }
