"""Where the first step and the slowdown are lost: months of activity and dispersion together."""

import math

import pytest

from analysis.estimates import Estimate
from analysis.growth.changes import describe_changes
from analysis.growth.conclusions import condition_standing
from analysis.growth.frontier import Frontier, start_and_dispersion
from analysis.growth.ratios import year_on_year

YEARS, COUNTS = (2015, 2016, 2017, 2018), (153, 462, 527, 594)
Z = 1.959963984540054  # R: qnorm(0.975)


@pytest.mark.parametrize("dispersion", [2.0, 5.0, 10.0])
def test_at_the_frontier_the_interval_just_touches_no_change(dispersion):
    found = start_and_dispersion(YEARS, COUNTS)
    # By hand: log of the ratio at m months, and its standard error from the counts themselves.
    step, slow = (found[name].months[dispersion].value / 12 for name in ("step", "slowdown"))
    error = math.sqrt(dispersion * (1 / 153 + 1 / 462))
    assert math.log(462 / (153 / step)) == pytest.approx(Z * error)
    error = math.sqrt(dispersion * (1 / 153 + 4 / 462 + 1 / 527))
    assert math.log((462 / (153 / slow)) / (527 / 462)) == pytest.approx(Z * error)


def test_at_dispersion_1_the_step_has_its_exact_interval():
    # R: 12 / poisson.test(c(462, 153))$conf.int[1]
    assert start_and_dispersion(YEARS, COUNTS)["step"].months[1.0].value == pytest.approx(12 / 2.509787783, rel=1e-8)


def test_the_curve_ends_in_a_full_year_at_the_tipping_dispersion():
    for frontier in start_and_dispersion(YEARS, COUNTS).values():
        tipping = frontier.tipping.value
        assert frontier.months_at([tipping]).tolist() == pytest.approx([12])
        assert all(frontier.months_at([1, 2, tipping]) <= 12 + 1e-9)
        for phi in (2.0, 5.0, 10.0):
            assert frontier.months_at(phi) == pytest.approx(frontier.months[phi].value)


@pytest.mark.parametrize(
    ("counts", "step", "slowdown"),
    [
        ((462, 153, 140), "only strengthen", "only strengthen"),
        ((100, 130, 300), None, "only strengthen"),
        ((100, 130), None, "2 observations"),
        ((0, 130, 140), "variance", "variance"),
        ((100, 105, 90), "full first year", "full first year"),
        ((7,), "1 observations", "1 observations"),
    ],
)
def test_where_there_is_no_frontier_the_reason_is_given(counts, step, slowdown):
    found = start_and_dispersion(range(2001, 2001 + len(counts)), counts)
    for name, reason in (("step", step), ("slowdown", slowdown)):
        assert isinstance(found[name], Frontier) if reason is None else reason in found[name].reason


@pytest.mark.parametrize(
    ("at", "verdict"), [(3.5, "within"), (4.8, "partly beyond"), (5.6, "beyond"), (None, "does not bind")]
)
def test_the_condition_beside_the_back_cast_months(at, verdict):
    about = dict(estimand="months", unit="months", method="m")
    back = Estimate(value=4.5, low=3.6, high=5.5, level=0.95, interval="confidence", **about)
    lost_at = Estimate(value=at, reason="" if at else "none", **about)
    assert condition_standing(lost_at, back).verdict == verdict
    none = Estimate(reason="not estimable", **about)
    assert condition_standing(lost_at, none).verdict == ("not back-cast" if at else "does not bind")


@pytest.mark.parametrize(
    ("counts", "step", "slowdown"),
    [
        ((153, 462, 527, 594), "partly beyond", "beyond"),
        ((20, 462, 470, 480), "partly beyond", "beyond"),
        ((1000, 4000, 6400, 10240), "within", "beyond"),
        ((500, 400, 300, 200), "does not bind", "does not bind"),
        ((153, 462), "not back-cast", "does not bind"),
    ],
)
def test_each_change_says_whether_its_condition_is_met(counts, step, slowdown):
    years = range(2001, 2001 + len(counts))
    changes = describe_changes(years, counts, year_on_year(years, counts))
    assert changes["step"][0]["condition"].verdict == step
    assert changes["slowdown"]["condition"].verdict == slowdown
    assert {step["condition"].verdict for step in changes["step"][1:]} <= {"does not bind"}
    full = describe_changes(years, counts, year_on_year(years, counts), partial=False)
    assert {each["condition"].verdict for each in (full["slowdown"], *full["step"])} == {"does not bind"}
    assert full["first-year"]["standing"].verdict == "taken as full"
