"""What a series says of itself before any model: its counts, its span, its sum and its rises."""

from __future__ import annotations

from analysis.estimates import Estimate, computed
from analysis.figures.observations import Observation, Series, span
from analysis.growth.ratios import Step


@computed
def published_count(observation: Observation, unit: str) -> Estimate:
    """Count of one period as published; a range where only a range is known.

    Examples
    --------
    >>> from analysis.figures.datapackage import load
    >>> package = load("data/datapackage.json")
    >>> finds = package.by_role("comparison")
    >>> published_count(finds.at(2018), finds.unit).value
    10643
    >>> e = published_count(finds.at(2017), finds.unit)
    >>> e.low, e.high, e.reason
    (9215, 9295, 'known only as 9,215 to 9,295')
    """
    about = {
        "estimand": f"{unit}, {observation.period.label}",
        "unit": unit,
        "method": "published count",
        "n": 1,
    }
    if observation.value is not None:
        return Estimate(**about, value=observation.value)
    return Estimate(
        **about,
        low=observation.low,
        high=observation.high,
        interval="range",
        interval_method="as published",
        reason=f"known only as {observation.words}",
    )


@computed
def describe_series(series: Series) -> dict[str, Estimate]:
    """First and last count and year, number of counts and of changes, rises among them, and the sum.

    Returns
    -------
    Estimates without interval: these are facts about the published figures, not inferences.

    Raises
    ------
    ValueError : a count is known only as a range.

    Examples
    --------
    >>> from analysis.figures.datapackage import load
    >>> facts = describe_series(load("data/datapackage.json").by_role("outcome"))
    >>> facts["total"].value, facts["changes"].value, facts["rises"].value
    (1736, 3, 3)
    """
    years, counts = series.years, series.counts
    rises = sum(later > earlier for earlier, later in zip(counts, counts[1:], strict=False))
    when = span(years)
    facts = {
        "first": ("published count", f"{series.unit}, {years[0]}", series.unit, counts[0]),
        "last": ("published count", f"{series.unit}, {years[-1]}", series.unit, counts[-1]),
        "first-year": ("first period", "first year of the series", "calendar year", years[0]),
        "last-year": ("last period", "last year of the series", "calendar year", years[-1]),
        "n": ("number of counts", f"annual counts, {when}", "counts", len(counts)),
        "changes": ("number of counts less 1", f"changes between them, {when}", "changes", len(counts) - 1),
        "rises": ("number of rises", f"changes that are rises, {when}", "rises", rises),
        "total": ("sum of counts", f"{series.unit}, {when}", series.unit, sum(counts)),
    }
    return {
        name: Estimate(estimand=estimand, unit=unit, method=method, value=value, n=len(counts))
        for name, (method, estimand, unit, value) in facts.items()
    }


@computed
def describe_step(step: Step) -> dict[str, Estimate]:
    """One yearly change under the names that sentences use, with its years.

    Returns
    -------
    "from", "to" : years. "ratio", "p", "p-holm", "tipping" : as in `analysis.growth.ratios.Step`. "widest" : the
    ratio with its interval at the largest dispersion shown.
    """
    about = {"unit": "calendar year", "method": "period of the count"}
    return {
        "from": Estimate(estimand="earlier year of the change", value=step.earlier_year, **about),
        "to": Estimate(estimand="later year of the change", value=step.later_year, **about),
        "ratio": step.ratio,
        "p": step.p,
        "p-holm": step.p_holm,
        "tipping": step.tipping,
        "widest": step.by_dispersion[max(step.by_dispersion)],
    }
