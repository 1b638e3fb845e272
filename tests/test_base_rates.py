"""Base rates of public series: counted by hand on a small table, and the words that follow from them."""

import numpy as np
import pytest

from analysis.estimates import Estimate
from analysis.growth.changes import describe_changes
from analysis.growth.conclusions import BASE_RATES, standing
from analysis.growth.ratios import year_on_year
from analysis.reliability import base_rates, benchmark

FAMILIES = "abcdef"


@pytest.fixture
def public(monkeypatch):
    """Stands one run a family in for the public ones, 40 times over so that no family is pooled."""

    def stand_in(runs):
        made = [benchmark.Run(name, np.array(run, float)) for name, run in zip(FAMILIES, runs, strict=True)] * 40
        monkeypatch.setattr(base_rates, "runs", lambda: tuple(made))
        base_rates._stretches.cache_clear()

    yield stand_in
    base_rates._stretches.cache_clear()


def test_rates_are_shares_counted_by_hand_with_every_family_weighing_the_same(public):
    # Steps of a: x2, /2, x1; of the others: none. Six families: a sixth of two thirds.
    public([[100, 200, 100, 100], *[[100, 100, 100]] * 5])
    rate = base_rates.step_base_rate(100, 200, 120)
    assert rate.value == pytest.approx(100 * (2 / 3) / 6)
    assert rate.n == 40 * (3 + 5 * 2)
    assert base_rates.step_base_rate(200, 100, 120).value == rate.value
    assert base_rates.step_base_rate(100, 201, 120).value == 0
    # The change of growth in (100, 200, 100) is fourfold, in (200, 100, 100) twofold.
    assert base_rates.slowdown_base_rate(4, 120).value == pytest.approx(100 * (1 / 2) / 6)
    assert base_rates.slowdown_base_rate(0.5, 120).value == pytest.approx(100 / 6)


def test_a_step_is_undone_where_the_next_count_lies_on_the_other_side(public):
    # Steps of about a tenth: the first three fall back below, the fourth only half-way, the fifth goes on rising.
    public([[100, 110, 90], [100, 115, 99], [100, 110, 99], [100, 110, 105], [100, 110, 120], [100, 110, 100]])
    for earlier, later in ((100, 110), (200, 221)):
        assert base_rates.reversal_base_rate(earlier, later, 105).value == pytest.approx(50)
    assert base_rates.reversal_base_rate(100, 400, 105).reason.startswith("not measured: fewer than 5 families")


def test_only_stretches_of_about_the_same_size_belong(public):
    public([[100, 100], [100, 200], [10_000, 30_000], [5, 500], [100, 100], [100, 100]])
    rate = base_rates.step_base_rate(100, 200, 100)
    assert rate.n == 40 * 5
    assert rate.value == pytest.approx(100 * 2 / 5)
    # A mean of 20,000 leaves one family, a public count below 5 none at all.
    assert base_rates.step_base_rate(10_000, 30_000, 20_000).reason.startswith("not measured: fewer than 5")


def test_a_public_dispersion_is_held_against_the_tipping_one(public):
    # Pearson's statistic of a steady series is 0; of one that doubles every year too.
    public([[100] * 4, [100] * 4, [100] * 4, [100] * 4, [50, 100, 200, 400], [100, 400, 100, 400]])
    assert base_rates.dispersion_base_rate(10, 150, 4).value == pytest.approx(100 / 6)
    assert base_rates.dispersion_base_rate(None, 150, 4).reason.startswith("undefined")


def test_where_no_family_has_shown_it_their_number_bounds_the_rate(public):
    public([[100, 100]] * 6)
    never, always = base_rates.step_base_rate(100, 200, 100), base_rates.step_base_rate(100, 100, 100)
    # R: 100 * binom.test(0, 6)$conf.int
    assert [never.low, never.value, never.high] == pytest.approx([0, 0, 45.92581], rel=1e-6)
    assert [always.low, always.value, always.high] == pytest.approx([100 - 45.92581, 100, 100], rel=1e-6)


def test_what_has_no_rate_says_why():
    assert base_rates.step_base_rate(0, 5, 10).reason.startswith("undefined")
    assert base_rates.step_base_rate(100, 200, 150, adjacent=False).reason == base_rates.APART
    assert base_rates.reversal_base_rate(9, 9, 9).reason.startswith("undefined")
    assert base_rates.slowdown_base_rate(None, 10).reason.startswith("undefined")


def found(*counts):
    years = range(2001, 2001 + len(counts))
    return describe_changes(years, counts, year_on_year(years, counts))


def test_a_slowdown_that_little_more_than_poisson_noise_undoes_is_not_called_rare():
    """100, 200, 260: dispersion 1.43 undoes the slowdown, although its Poisson interval excludes none."""
    changes = found(100, 200, 260)
    assert changes["slowdown"]["direction"].verdict == "slower"
    assert changes["slowdown"]["tipping"].value == pytest.approx(1.43, abs=0.005)
    assert changes["slowdown"]["standing"].verdict == "ordinary"
    assert changes["slowdown"]["beyond"].value > 50


@pytest.mark.parametrize(
    ("counts", "verdict"),
    [
        ((150, 1500), "rare"),
        ((153, 462), "uncommon"),
        ((462, 527), "ordinary"),
        ((500, 510), "open"),
        ((2_000_000, 9_000_000), "not compared"),
        ((0, 40), "none"),
    ],
)
def test_a_planted_step_of_each_kind(counts, verdict):
    assert found(*counts)["step"][0]["standing"].verdict == verdict


@pytest.mark.parametrize(
    ("counts", "verdict"),
    [
        ((100, 1000, 1000), "rare"),
        ((153, 462, 527), "uncommon"),
        ((100, 200, 260), "ordinary"),
        ((100, 120, 130), "open"),
    ],
)
def test_a_planted_slowdown_of_each_kind(counts, verdict):
    assert found(*counts)["slowdown"]["standing"].verdict == verdict


@pytest.mark.parametrize(
    ("counts", "verdict"),
    [
        ((500, 510, 505), "none stands out"),
        ((153, 462, 527, 594), "one stands out"),
        ((100, 1000, 1000, 100), "several stand out"),
        ((150, 1500, 150), "all stand out"),
    ],
)
def test_the_changes_together(counts, verdict):
    changes = found(*counts)
    assert changes["changes"]["standing"].verdict == verdict
    if verdict == "one stands out":
        assert changes["largest"] == changes["step"][0]


def test_the_largest_change_is_the_furthest_on_the_log_scale():
    """A fall to a tenth is larger than a rise to five times."""
    assert found(200, 1000, 100)["largest"]["to"].value == 2003


def test_the_words_turn_at_the_stated_rates():
    ratio = Estimate(
        estimand="r", unit="ratio", method="m", value=2, low=1.5, high=3, level=0.95, interval="confidence"
    )
    at = [Estimate(estimand="s", unit="%", method="m", value=value) for value in (4.99, 5, 19.99, 20)]
    assert [standing(ratio, rate).verdict for rate in at] == ["rare", "uncommon", "uncommon", "ordinary"]
    assert all(f"{word} below {most}%" in standing(ratio, at[0]).rule for most, word in BASE_RATES)
