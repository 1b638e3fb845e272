"""The grid of specifications: its size by rule, its values against outside ones, its summary by hand."""

import math
import statistics
from dataclasses import replace

import pytest
from scipy import stats

from analysis.growth.multiverse import (
    CHOICES,
    DISPERSIONS,
    INTERVALS,
    MODELS,
    curve,
    frame,
    growth_multiverse,
    spread_by_choice,
    summarise,
)
from analysis.growth.multiverse_rules import FIT_LEVEL, MEANINGFUL, VALID, Cell

YEARS, COUNTS = (2015, 2016, 2017, 2018), (153, 462, 527, 594)
ALL, NINE, SIX, WITHOUT = "2015 as 12 months", "2015 as 9 months", "2015 as 6 months", "without 2015"


@pytest.fixture(scope="module")
def grid():
    return growth_multiverse(YEARS, COUNTS)


def one(grid, *choices):
    (found,) = [s for s in grid if (s.years, s.model, s.interval, s.dispersion) == choices]
    return found


def percent(slope):
    return 100 * math.expm1(slope)


# ---- the grid and its rules ----


def test_every_combination_appears_once(grid):
    assert len(grid) == 600 == 4 * len(MODELS) * len(INTERVALS) * len(DISPERSIONS)
    assert len({tuple(getattr(s, c) for c in CHOICES) for s in grid}) == 600


def test_meaningful_cells_are_the_ones_counted_by_hand(grid):
    by_hand = {
        "compound": {("exact", 1.0), ("z", 1.0), ("z", 2.0), ("z", 5.0), ("z", 10.0)},
        "log-linear": {("t", "Pearson"), ("z", "Pearson")},
        "Poisson": {("exact", 1.0), ("z", 1.0), ("profile likelihood", 1.0)},
        "quasi-Poisson": {(i, d) for i in ("z", "profile likelihood") for d in (2.0, 5.0, 10.0)}
        | {(i, d) for i in ("z", "t", "profile likelihood", "F profile") for d in ("Pearson", "Pearson, at least 1")},
        "negative binomial": {("t", "Pearson"), ("z", "Pearson")},
    }
    for years in (ALL, NINE, SIX, WITHOUT):
        for model, cells in by_hand.items():
            kept = {
                (s.interval, s.dispersion) for s in grid if (s.years, s.model, s.meaningful) == (years, model, True)
            }
            assert kept == cells


def test_what_is_set_aside_says_why(grid):
    for s in grid:
        assert s.valid == (s.reason == "")
        assert s.meaningful or not s.valid
        assert (s.estimate is None) == (not s.meaningful)
        assert not s.valid or s.estimate.value is not None


@pytest.mark.parametrize("rule", [*MEANINGFUL, *VALID], ids=lambda rule: rule.name)
def test_every_rule_catches_something_and_states_it(grid, rule):
    caught = [s for s in grid if s.reason == f"{rule.name}: {rule.reason}"]
    assert caught
    assert not any(s.valid for s in caught)


def cell(**changes):
    base = dict(years="all", model="quasi-Poisson", interval="t", dispersion="Pearson", counts=4, pearson=3.0)
    return Cell(**(base | changes))


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"interval": "z"}, "normal quantile beside an estimated dispersion"),
        ({"interval": "profile likelihood"}, "normal quantile beside an estimated dispersion"),
        ({"model": "log-linear", "interval": "z"}, "normal quantile beside an estimated dispersion"),
        ({"pearson": 0.99}, "dispersion below 1"),
        ({"model": "log-linear", "pearson": 0.99}, "dispersion below 1"),
        ({"model": "Poisson", "interval": "exact", "dispersion": 1.0}, "known dispersion contradicted"),
        ({"interval": "z", "dispersion": 5.0, "pearson": 16.0}, "known dispersion contradicted"),
        ({"model": "negative binomial"}, "three parameters"),
    ],
)
def test_a_planted_fault_is_caught_by_its_rule_alone(changes, name):
    assert [rule.name for rule in VALID if rule.breaks(cell(**changes))] == [name]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"pearson": 0.5, "dispersion": "Pearson, at least 1"},
        {"interval": "z", "counts": 40},
        {"model": "negative binomial", "counts": 5},
        {"model": "Poisson", "interval": "exact", "dispersion": 1.0, "pearson": None},
        {"interval": "z", "dispersion": 5.0},
        {"model": "compound", "interval": "exact", "dispersion": 1.0, "pearson": 44.0},
        {"pearson": 44.0},
    ],
)
def test_a_sound_cell_breaks_no_rule(changes):
    assert not [rule.name for rule in VALID if rule.breaks(cell(**changes))]


# Pearson's statistic around the Poisson trend, 50 digits, confirmed in R; and its degrees of freedom.
PEARSON = {ALL: (88.97847328920837, 2), WITHOUT: (0.012499200914729464, 1)}


@pytest.mark.parametrize("years", PEARSON)
def test_a_known_dispersion_is_set_aside_when_chi_squared_contradicts_it(grid, years):
    statistic, df = PEARSON[years]
    known = [s for s in grid if s.years == years and s.meaningful and isinstance(s.dispersion, float)]
    assert {s.dispersion for s in known} == {1.0, 2.0, 5.0, 10.0}
    for s in known:
        contradicted = s.model != "compound" and stats.chi2.sf(statistic / s.dispersion, df) < 0.05
        assert s.reason.startswith("known dispersion contradicted") == contradicted
        assert s.valid == (not contradicted)
    assert any(not s.valid for s in known) == (years == ALL)


@pytest.mark.parametrize("dispersion", [1.0, 2.0, 5.0, 10.0])
def test_the_fit_rule_turns_at_the_quantile(dispersion):
    # R: qchisq(0.95, 2) = 5.991464547107979
    assert FIT_LEVEL == 0.95
    (rule,) = [rule for rule in VALID if rule.name == "known dispersion contradicted"]
    turning = 5.991464547107979 * dispersion / 2
    just = {sign: cell(interval="z", dispersion=dispersion, pearson=turning * (1 + sign * 1e-9)) for sign in (-1, 1)}
    assert (rule.breaks(just[-1]), rule.breaks(just[1])) == (False, True)


# ---- values from outside ----


@pytest.mark.parametrize(
    ("choices", "slopes"),
    [
        # 50-digit arithmetic, confirmed in R: slope and its limits on the log scale.
        ((ALL, "Poisson", "exact", 1.0), (0.32955291597616765, 0.28541186, 0.3739557)),
        (
            (ALL, "Poisson", "profile likelihood", 1.0),
            (0.32955291597616765, 0.28570346986312506, 0.3737482080257229),
        ),
        ((ALL, "Poisson", "z", 1.0), (0.32955291597616765, 0.2855364877523823, 0.373569344199953)),
        (
            (ALL, "quasi-Poisson", "t", "Pearson"),
            (0.32955291597616765, -0.3149583000326213, 0.9740641319849567),
        ),
        (
            (ALL, "quasi-Poisson", "z", "Pearson"),
            (0.32955291597616765, 0.03596222893903447, 0.6231436030133009),
        ),
        (
            (ALL, "quasi-Poisson", "F profile", "Pearson"),
            (0.32955291597616765, -0.2958788470690948, 1.0302426270860352),
        ),
        (
            (WITHOUT, "Poisson", "profile likelihood", 1.0),
            (0.12540655527259578, 0.06490368716994145, 0.18606226877535123),
        ),
        (
            (WITHOUT, "log-linear", "t", "Pearson"),
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
    exact = one(grid, ALL, "compound", "exact", 1.0).estimate
    # R: 100 * ((594/153)^(1/3) - 1); 100 * (poisson.test(c(594, 153))$conf.int^(1/3) - 1)
    limits = [100 * (r ** (1 / 3) - 1) for r in (594 / 153, 3.2450380617724646, 4.668243279678211)]
    assert [exact.value, exact.low, exact.high] == pytest.approx(limits, rel=1e-8)
    # R, MASS: glm.nb(y ~ x)
    assert one(grid, ALL, "negative binomial", "t", "Pearson").estimate.value == pytest.approx(
        percent(0.39890928487659083), rel=1e-6
    )


def test_known_dispersion_widens_a_wald_interval_by_its_root(grid):
    # Standard error of the Poisson slope, 50 digits.
    reach = 1.959963984540054 * 0.022457774005533445
    for dispersion in (2.0, 5.0, 10.0):
        estimate = one(grid, ALL, "quasi-Poisson", "z", dispersion).estimate
        expected = [percent(0.32955291597616765 + sign * reach * math.sqrt(dispersion)) for sign in (-1, 1)]
        assert [estimate.low, estimate.high] == pytest.approx(expected, rel=1e-8)


def test_activity_in_part_of_the_first_year(grid):
    growths = [one(grid, years, "Poisson", "exact", 1.0).estimate.value for years in (ALL, NINE, SIX, WITHOUT)]
    assert [round(g, 1) for g in growths] == [39.0, 30.2, 19.6, 13.4]


# ---- what is said of the curve ----


def test_curve_is_sorted_and_holds_only_estimates(grid):
    values = [round(s.estimate.value, 7) for s in curve(grid)]
    assert values == sorted(values)
    # Two of the meaningful cells have none: without 2015 the negative binomial has no overdispersion.
    assert len(values) == 102
    missing = [s for s in grid if s.meaningful and s.estimate.value is None]
    assert {(s.years, s.model) for s in missing} == {(WITHOUT, "negative binomial")}
    assert {s.estimate.reason for s in missing} == {"not estimable: no more variation than Poisson, alpha is 0"}


def test_summary_counts_what_the_rules_leave(grid):
    found = summarise(grid)
    sizes = ("nominal", "meaningful", "estimated", "valid", "set aside")
    assert [found[k].value for k in sizes] == [600, 104, 102, 54, 48]
    growth = found["growth"]
    assert [round(x, 1) for x in (growth.value, growth.low, growth.high)] == [30.2, 13.4, 57.2]
    drawn = [s for s in grid if s.estimate is not None and s.estimate.value is not None]
    assert growth.value == statistics.median(s.estimate.value for s in drawn)
    excluding = [s for s in drawn if s.estimate.low > 0 or s.estimate.high < 0]
    assert found["excludes 0"].value == len(excluding) / len(drawn)
    valid = [s for s in drawn if s.valid and s.years == WITHOUT]
    share = sum(s.estimate.low > 0 for s in valid) / len(valid)
    assert found[f"excludes 0, valid, {WITHOUT}"].value == share
    assert not any("p-value" in e.estimand for e in found.values())


def test_the_envelope_reaches_from_the_least_to_the_greatest_limit(grid):
    envelope = summarise(grid)["envelope, valid"]
    # 50-digit arithmetic, confirmed in R: t limits of the quasi-Poisson slope and of the log-linear slope.
    least, greatest = percent(-0.3149583000326213), percent(1.1515525941807987)
    assert [envelope.low, envelope.high] == pytest.approx([least, greatest], rel=1e-8)
    assert (envelope.value, envelope.unit, envelope.interval) == (None, "% a year", "range")
    assert envelope.interval_method == "least lower and greatest upper limit"
    assert envelope.reason == "an envelope has no one value"
    assert envelope.n == sum(s.valid for s in grid)


def test_an_envelope_with_an_unbounded_interval_says_so(grid):
    changed = one(grid, ALL, "compound", "exact", 1.0)
    open_above = replace(changed, estimate=replace(changed.estimate, high=None, reason="unbounded at 95%"))
    envelope = summarise([open_above if s is changed else s for s in grid])["envelope, valid"]
    assert envelope.high is None
    assert envelope.low == pytest.approx(percent(-0.3149583000326213), rel=1e-8)
    assert "unbounded above" in envelope.reason
    assert "below" not in envelope.reason


def test_years_move_the_growth_and_intervals_decide_what_excludes_zero(grid):
    spread = spread_by_choice(grid)
    growth = {choice: found["growth"].value for choice, found in spread.items()}
    decides = {choice: found["excludes 0"].value for choice, found in spread.items()}
    assert max(growth, key=growth.get) == "years"
    assert growth["years"] > 0.8
    assert max(decides, key=decides.get) == "interval"
    assert all(0 <= share <= 1 + 1e-12 for share in (*growth.values(), *decides.values()))


def test_frame_has_one_row_a_specification(grid):
    table = frame(grid)
    assert len(table) == 600
    assert table["valid"].sum() == 54
    row = table[(table["years"] == ALL) & (table["model"] == "Poisson") & (table["interval"] == "exact")]
    assert round(row["growth"].dropna().item(), 1) == 39.0


def test_level_nests_every_interval(grid):
    narrow = growth_multiverse(YEARS, COUNTS, level=0.8)
    for inner, outer in zip(curve(narrow), curve(grid), strict=True):
        assert outer.estimate.low <= inner.estimate.low <= inner.estimate.high <= outer.estimate.high
