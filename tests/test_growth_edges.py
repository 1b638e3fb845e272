"""Every public function of the growth room on series at the edge: an estimate or its reason, quickly, never a fault."""

import dataclasses
import time
from collections.abc import Iterator, Mapping

import numpy as np
import pytest

from analysis.estimates import Estimate
from analysis.growth import changes, first_year, frontier, rates, ratios, saturation, specifications, trends
from analysis.growth.trend import TRENDS
from analysis.models.curves import CURVES

SERIES = {
    "one count": (7,),
    "one count of zero": (0,),
    "two counts": (153, 462),
    "two equal": (9, 9),
    "two, last zero": (9, 0),
    "two zeros": (0, 0),
    "three on a line": (10, 20, 30),
    "three doubling": (10, 20, 40),
    "all zero": (0, 0, 0, 0),
    "all equal": (5, 5, 5, 5),
    "all one": (1, 1, 1),
    "first only": (8, 0, 0, 0),
    "last only": (0, 0, 0, 8),
    "last zero": (153, 462, 527, 0),
    "first zero": (0, 462, 527, 594),
    "middle only": (0, 3, 0),
    "up and down": (2000, 1, 2000, 1),
    "millions": (1_530_000, 4_620_000, 5_270_000, 5_940_000),
    "equal millions": (3_000_000,) * 4,
    "thousand millions": (10**9, 10**9 + 40_000, 10**9, 10**9 - 70_000),
    "one in a thousand millions": (1, 0, 0, 10**9),
    "long": tuple(range(40, 80)),
    "long and small": (0, 1) * 20,
    "long, equal": (500,) * 40,
}
# what fits many series at once may take longer
SECONDS = dict.fromkeys(
    ("leave_one_out", "growth_specifications", "first_year", "saturating_fit", "summaries", "describe_changes"), 1.0
)
QUESTIONS = {
    "year_on_year": ratios.year_on_year,
    "joint_rise": ratios.joint_rise,
    "growth_slowdown": ratios.growth_slowdown,
    "back_cast": first_year.back_cast,
    "first_year": first_year.first_year,
    "leave_one_out": trends.leave_one_out,
    "growth_specifications": specifications.growth_specifications,
    **{
        f"saturating_fit {name}": lambda y, c, name=name: saturation.saturating_fit(y, c, curve=name) for name in CURVES
    },
    **{name: lambda y, c, model=model: model.fit(y, c).estimates for name, model in TRENDS.items()},
    "count_rate": lambda y, c: [rates.count_rate(count) for count in c],
    "count_rate, overdispersed": lambda y, c: [rates.count_rate(count, dispersion=10) for count in c],
    "tipping_months": lambda y, c: [first_year.tipping_months(step.ratio) for step in ratios.year_on_year(y, c)],
    "describe_changes": lambda y, c: changes.describe_changes(y, c, ratios.year_on_year(y, c)) if len(c) > 1 else [],
    "start_and_dispersion": frontier.start_and_dispersion,
    "summaries": lambda y, c: [
        summary(specifications.growth_specifications(y, c))
        for summary in (
            specifications.count_specifications,
            specifications.growth_range,
            specifications.spread_by_choice,
        )
    ],
}


def estimates(found: object) -> Iterator[Estimate]:
    """Every estimate in a container or dataclass."""
    if isinstance(found, Estimate):
        yield found
    elif isinstance(found, Mapping):
        for value in found.values():
            yield from estimates(value)
    elif isinstance(found, (list, tuple)):
        for value in found:
            yield from estimates(value)
    elif dataclasses.is_dataclass(found):
        yield from estimates([getattr(found, field.name) for field in dataclasses.fields(found)])


def faults(estimate: Estimate) -> list[str]:
    """What is wrong with an estimate, in words."""
    wrong = []
    if estimate.value is None and not estimate.reason:
        wrong.append("no value and no reason")
    if estimate.interval == "confidence" and None not in (estimate.low, estimate.high):
        if not estimate.low < estimate.high:
            wrong.append("an interval of width zero")
        if estimate.value is not None and not estimate.low <= estimate.value <= estimate.high:
            wrong.append("a value outside its interval")
    return [f"{estimate.estimand}: {fault}" for fault in wrong]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("series", SERIES)
def test_every_question_answers_every_series(question, series):
    counts = SERIES[series]
    years = range(2001, 2001 + len(counts))
    begun = time.process_time()
    found = list(estimates(QUESTIONS[question](years, counts)))
    took = time.process_time() - begun
    assert [fault for estimate in found for fault in faults(estimate)] == []
    assert all(estimate.function for estimate in found)
    assert took < SECONDS.get(question.split()[0], 0.2)


@pytest.mark.parametrize("series", SERIES)
def test_a_curve_is_drawn_or_its_absence_explained(series):
    counts = SERIES[series]
    years = range(2001, 2001 + len(counts))
    fits = [*trends.all_trends(years, counts).values()]
    fits += [saturation.saturating_fit(years, counts, curve=name) for name in CURVES]
    for fit in fits:
        if fit.reason:
            with pytest.raises(ValueError, match="no curve"):
                fit.mean_at(years)
        else:
            assert np.isfinite(fit.mean_at(years)).all()


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("count", ["153", 153.5, None, float("nan"), float("inf"), -1], ids=str)
def test_what_is_no_count_is_refused_in_one_line(question, count):
    with pytest.raises(ValueError, match="not a whole number of 0 or more"):
        QUESTIONS[question]((2015, 2016, 2017), (153, count, 527))


def test_the_checks_above_find_what_they_are_for():
    about = dict(estimand="x", unit="", method="m")
    interval = dict(level=0.95, interval="confidence")
    assert faults(Estimate(**about, value=1, low=1, high=1, **interval)) == ["x: an interval of width zero"]
    assert faults(Estimate(**about, value=3, low=1, high=2, **interval)) == ["x: a value outside its interval"]
