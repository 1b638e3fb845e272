"""The grid of specifications: its size by rule, its values against outside ones, its summary by hand."""

import math

import pytest
from scipy import stats

from analysis.estimates import Estimate
from analysis.growth.specifications import (
    CHOICES,
    FIT_LEVEL,
    RULES,
    Specification,
    count_specifications,
    growth_range,
    growth_specifications,
    spread_by_choice,
)

YEARS, COUNTS = (2015, 2016, 2017, 2018), (153, 462, 527, 594)
ALL, NINE, SIX, WITHOUT = "2015 as 12 months", "2015 as 9 months", "2015 as 6 months", "without 2015"


@pytest.fixture(scope="module")
def grid():
    return growth_specifications(YEARS, COUNTS)


def one(grid, *choices):
    (found,) = [s for s in grid if tuple(getattr(s, choice) for choice in CHOICES) == choices]
    return found


def percent(slope):
    return 100 * math.expm1(slope)


# ---- the grid and its rules ----


def test_every_combination_appears_once(grid):
    kinds = {
        "compound annual growth": {("exact", 1.0), ("z", 1.0), ("z", 2.0), ("z", 5.0), ("z", 10.0)},
        "log-linear trend": {("t", "residual variance"), ("z", "residual variance")},
        "Poisson trend": {("exact", 1.0), ("z", 1.0), ("profile likelihood", 1.0)},
        "quasi-Poisson trend": {(i, d) for i in ("z", "profile likelihood") for d in (2.0, 5.0, 10.0)}
        | {(i, "Pearson") for i in ("z", "t", "profile likelihood", "F profile")},
        "negative binomial trend": {("t", "alpha"), ("z", "alpha")},
    }
    expected = [(y, m, *pair) for y in (ALL, NINE, SIX, WITHOUT) for m, pairs in kinds.items() for pair in pairs]
    # Only without the first year is Pearson's dispersion below 1, so that a floor of 1 makes a difference.
    expected += [(WITHOUT, "quasi-Poisson trend", i, "Pearson, at least 1") for i in ("t", "F profile")]
    assert len(grid) == len(expected) == 90
    assert {tuple(getattr(s, choice) for choice in CHOICES) for s in grid} == set(expected)


@pytest.mark.parametrize(
    "counts", [COUNTS, (500, 510, 498, 505), tuple(range(40, 80))], ids=["ours", "steady", "long and steady"]
)
def test_no_cell_is_counted_twice(counts):
    """A planted pair: one interval that two dispersions share, as where Pearson's exceeds its floor."""
    found = growth_specifications(range(2001, 2001 + len(counts)), counts)

    def twice(cells):
        shown = [(s.years, s.interval, s.estimate.low, s.estimate.high) for s in cells if s.estimate.interval]
        return {one for one in shown if shown.count(one) > 1}

    assert twice(found) == set()
    assert len(twice([*found, found[0]])) == 1


def test_what_is_set_aside_says_why(grid):
    for s in grid:
        assert s.valid == (s.reason == "")
        assert not s.valid or s.estimate.interval


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_catches_something_and_states_it(grid, rule):
    caught = [s for s in grid if s.reason == f"{rule.name}: {rule.reason}"]
    assert caught
    assert not any(s.valid for s in caught)


def cell(**changes):
    growth = Estimate(estimand="growth a year", unit="% a year", method="planted", value=30.0)
    base = dict(reading="full", years=ALL, model="quasi-Poisson trend", interval="t", dispersion="Pearson")
    base |= dict(spare=2, pearson=3.0)
    return Specification(**(base | changes), estimate=growth)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"interval": "z"}, "normal quantile beside an estimated dispersion"),
        ({"interval": "profile likelihood"}, "normal quantile beside an estimated dispersion"),
        ({"interval": "z", "dispersion": "residual variance"}, "normal quantile beside an estimated dispersion"),
        ({"pearson": 0.99}, "dispersion below 1"),
        ({"dispersion": "residual variance", "pearson": 0.99}, "dispersion below 1"),
        ({"interval": "exact", "dispersion": 1.0}, "known dispersion contradicted"),
        ({"interval": "z", "dispersion": 5.0, "pearson": 16.0}, "known dispersion contradicted"),
        (
            {"model": "compound annual growth", "interval": "exact", "dispersion": 1.0, "pearson": 44.0},
            "known dispersion contradicted",
        ),
        ({"dispersion": "alpha"}, "three parameters"),
    ],
)
def test_a_planted_fault_is_caught_by_its_rule_alone(changes, name):
    assert [rule.name for rule in RULES if rule.breaks(cell(**changes))] == [name]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"pearson": 0.5, "dispersion": "Pearson, at least 1"},
        {"interval": "z", "spare": 38},
        {"dispersion": "alpha", "spare": 3},
        {"interval": "exact", "dispersion": 1.0, "pearson": None},
        {"interval": "z", "dispersion": 5.0},
        {"pearson": 44.0},
    ],
)
def test_a_sound_cell_breaks_no_rule(changes):
    assert not [rule.name for rule in RULES if rule.breaks(cell(**changes))]


# Pearson's statistic around the Poisson trend, 50 digits, confirmed in R; and its degrees of freedom.
PEARSON = {ALL: (88.97847328920837, 2), WITHOUT: (0.012499200914729464, 1)}


@pytest.mark.parametrize("years", PEARSON)
def test_a_known_dispersion_is_set_aside_when_chi_squared_contradicts_it(grid, years):
    statistic, df = PEARSON[years]
    known = [s for s in grid if s.years == years and isinstance(s.dispersion, float)]
    assert {s.dispersion for s in known} == {1.0, 2.0, 5.0, 10.0}
    for s in known:
        contradicted = stats.chi2.sf(statistic / s.dispersion, df) < 0.05
        assert s.reason.startswith("known dispersion contradicted") == contradicted
        assert s.valid == (not contradicted)
    assert any(not s.valid for s in known) == (years == ALL)


@pytest.mark.parametrize("dispersion", [1.0, 2.0, 5.0, 10.0])
def test_the_fit_rule_turns_at_the_quantile(dispersion):
    # R: qchisq(0.95, 2) = 5.991464547107979
    assert FIT_LEVEL == 0.95
    (rule,) = [rule for rule in RULES if rule.name == "known dispersion contradicted"]
    turning = 5.991464547107979 * dispersion / 2
    just = {sign: cell(interval="z", dispersion=dispersion, pearson=turning * (1 + sign * 1e-9)) for sign in (-1, 1)}
    assert (rule.breaks(just[-1]), rule.breaks(just[1])) == (False, True)


# ---- values from outside ----


@pytest.mark.parametrize(
    ("choices", "slopes"),
    [
        # 50-digit arithmetic, confirmed in R: slope and its limits on the log scale.
        ((ALL, "Poisson trend", "exact", 1.0), (0.32955291597616765, 0.28541186, 0.3739557)),
        (
            (ALL, "Poisson trend", "profile likelihood", 1.0),
            (0.32955291597616765, 0.28570346986312506, 0.3737482080257229),
        ),
        ((ALL, "Poisson trend", "z", 1.0), (0.32955291597616765, 0.2855364877523823, 0.373569344199953)),
        (
            (ALL, "quasi-Poisson trend", "t", "Pearson"),
            (0.32955291597616765, -0.3149583000326213, 0.9740641319849567),
        ),
        (
            (ALL, "quasi-Poisson trend", "z", "Pearson"),
            (0.32955291597616765, 0.03596222893903447, 0.6231436030133009),
        ),
        (
            (ALL, "quasi-Poisson trend", "F profile", "Pearson"),
            (0.32955291597616765, -0.2958788470690948, 1.0302426270860352),
        ),
        (
            (WITHOUT, "Poisson trend", "profile likelihood", 1.0),
            (0.12540655527259578, 0.06490368716994145, 0.18606226877535123),
        ),
        (
            (WITHOUT, "log-linear trend", "t", "residual variance"),
            (0.12565721414045303, 0.08179976810882175, 0.16951466017208433),
        ),
    ],
)
def test_growth_agrees_with_outside_values(grid, choices, slopes):
    estimate = one(grid, *choices).estimate
    # The exact limits were published to eight digits.
    tolerance = 1e-6 if choices[2] == "exact" else 1e-8
    expected = [percent(slope) for slope in slopes]
    assert [estimate.value, estimate.low, estimate.high] == pytest.approx(expected, rel=tolerance)


def test_compound_growth_and_negative_binomial_agree_with_outside_values(grid):
    exact = one(grid, ALL, "compound annual growth", "exact", 1.0).estimate
    # R: 100 * ((594/153)^(1/3) - 1); 100 * (poisson.test(c(594, 153))$conf.int^(1/3) - 1)
    limits = [100 * (r ** (1 / 3) - 1) for r in (594 / 153, 3.2450380617724646, 4.668243279678211)]
    assert [exact.value, exact.low, exact.high] == pytest.approx(limits, rel=1e-8)
    # R, MASS: glm.nb(y ~ x)
    assert one(grid, ALL, "negative binomial trend", "t", "alpha").estimate.value == pytest.approx(
        percent(0.39890928487659083), rel=1e-6
    )


def test_known_dispersion_widens_a_wald_interval_by_its_root(grid):
    # Standard error of the Poisson slope, 50 digits.
    reach = 1.959963984540054 * 0.022457774005533445
    for dispersion in (2.0, 5.0, 10.0):
        estimate = one(grid, ALL, "quasi-Poisson trend", "z", dispersion).estimate
        expected = [percent(0.32955291597616765 + sign * reach * math.sqrt(dispersion)) for sign in (-1, 1)]
        assert [estimate.low, estimate.high] == pytest.approx(expected, rel=1e-8)


def test_activity_in_part_of_the_first_year(grid):
    growths = [one(grid, years, "Poisson trend", "exact", 1.0).estimate.value for years in (ALL, NINE, SIX, WITHOUT)]
    assert [round(g, 1) for g in growths] == [39.0, 30.2, 19.6, 13.4]


# ---- what is said of the curve ----


def test_a_specification_without_an_estimate_says_why(grid):
    # Two have none: without 2015 the negative binomial has no overdispersion.
    missing = [s for s in grid if s.estimate.value is None]
    assert [(s.years, s.model) for s in missing] == [(WITHOUT, "negative binomial trend")] * 2
    assert {s.estimate.reason for s in missing} == {"not estimable: no more variation than Poisson, alpha is 0"}


def test_the_counts_are_those_of_the_cells(grid):
    found = {name: estimate.value for name, estimate in count_specifications(grid).items()}
    drawn = [s for s in grid if s.estimate.value is not None]
    valid = sum(s.valid for s in drawn)
    assert found == {"estimated": len(drawn), "valid": valid, "set-aside": len(drawn) - valid}
    # Of the 54 once counted six were there twice, and eleven of compound growth stood on a contradicted dispersion.
    assert (found["valid"], found["set-aside"]) == (54 - 6 - 11, 51)


def test_growth_is_a_matter_of_how_the_first_year_is_read(grid):
    found = growth_range(grid)
    # 50-digit arithmetic, confirmed in R: without 2015, the Poisson slope; and the compound growth of all years
    ends = [percent(0.12540655527259578), 100 * ((594 / 153) ** (1 / 3) - 1)]
    assert [found["range"].low, found["range"].high] == pytest.approx(ends, rel=1e-8)
    full, nine, six, without = found["reading"].values()
    # Compound growth by hand is the greatest everywhere, the Poisson trend the least.
    compound = [100 * ((594 / 153 * months / 12) ** (1 / 3) - 1) for months in (12, 9, 6)]
    assert [each.high for each in (full, nine, six)] == pytest.approx(compound, rel=1e-9)
    assert [round(each.low) for each in (full, nine, six)] == [39, 30, 20]
    assert [round(without.low, 1), round(without.high, 1)] == [13.4, 13.4]
    assert {(each.value, each.interval, each.unit) for each in found["reading"].values()} == {
        (None, "range", "% a year")
    }


def test_without_an_estimate_there_is_a_reason():
    assert growth_range(())["range"].reason == "not estimable: no method gives a value"
    nothing = growth_range(growth_specifications((1, 2, 3), (0, 0, 0)))
    assert {each.low for each in [nothing["range"], *nothing["reading"].values()]} == {None}
    two = growth_specifications((1, 2), (3, 5))
    assert {s.reason for s in two if s.years == "without 1"} >= {"not estimable: 1 observation"}
    assert count_specifications(())["valid"].value == 0
    assert spread_by_choice(())["years"].reason == "undefined: all specifications agree"


def test_years_move_the_growth(grid):
    growth = {choice: found.value for choice, found in spread_by_choice(grid).items()}
    assert max(growth, key=growth.get) == "years"
    assert growth["years"] > 0.8
    assert all(0 <= share <= 1 + 1e-12 for share in growth.values())


def test_a_first_year_that_cannot_be_partial_is_only_kept_or_left_out(grid):
    whole = growth_specifications(YEARS, COUNTS, partial=False)
    assert {s.reading: s.years for s in whole} == {"full": "with 2015", "without": "without 2015"}
    kept = [s.estimate for s in grid if s.reading in ("full", "without")]
    assert [s.estimate for s in whole] == kept


def test_level_nests_every_interval(grid):
    narrow = growth_specifications(YEARS, COUNTS, level=0.8)
    for inner, outer in zip(narrow, grid, strict=True):
        assert (
            not inner.estimate.interval
            or outer.estimate.low <= inner.estimate.low <= inner.estimate.high <= outer.estimate.high
        )
