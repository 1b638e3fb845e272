"""What cannot be said about two short series is refused; what can agrees with R and with enumeration."""

import itertools

import numpy as np
import pytest
from scipy import stats

from analysis.comparison.association import (
    correlation_interval,
    correlation_needed,
    correlation_of_changes,
    relative_growth,
    relative_growth_power,
    smallest_rank_p,
    unrelated_growth,
)

FIRST = [153, 462, 527, 594, 610, 700, 820]
SECOND = [9000, 9255, 10643, 10700, 11500, 11200, 12000]


@pytest.mark.parametrize(
    ("n", "reason"),
    [
        (0, "not estimable: 0 observations"),
        (1, "not estimable: 1 observation"),
        (2, "not estimable: 2 observations; a line through two points fits whatever they are"),
        (3, "not estimable: 2 pairs of changes, and 5 are the least"),
        (5, "not estimable: 4 pairs of changes, and 5 are the least"),
    ],
)
def test_correlation_is_refused_with_the_reason(n, reason):
    estimate = correlation_of_changes(FIRST[:n], SECOND[:n])
    assert (estimate.value, estimate.low, estimate.reason) == (None, None, reason)


def test_any_two_points_correlate_perfectly():
    rng = np.random.default_rng(1)
    for _ in range(20):
        assert abs(np.corrcoef(rng.normal(size=2), rng.normal(size=2))[0, 1]) == pytest.approx(1)


def test_correlation_of_changes_as_in_r():
    # R: cor.test(diff(x), diff(y)) with the two series above
    found = correlation_of_changes(FIRST, SECOND)
    expected = [-0.2513292149840732, -0.8828221003798382, 0.7037817686445524]
    assert [found.value, found.low, found.high] == pytest.approx(expected, rel=1e-8)
    narrow = correlation_of_changes(FIRST, SECOND, level=0.8)
    assert [narrow.low, narrow.high] == pytest.approx([-0.7602196472651362, 0.4487012926301233], rel=1e-8)


def test_correlation_refuses_constant_changes_and_unequal_lengths():
    assert correlation_of_changes(range(6), SECOND[:6]).reason == (
        "undefined: one series changes by the same amount every year"
    )
    with pytest.raises(ValueError, match="give the same years for both series"):
        correlation_of_changes(FIRST, SECOND[:3])


def test_smallest_rank_p_by_enumeration():
    for n in (1, 2, 3, 4, 5, 6):
        taus = (
            [stats.spearmanr(range(n), order).statistic for order in itertools.permutations(range(n))] if n > 1 else [1]
        )
        extreme = sum(abs(tau) > 1 - 1e-9 for tau in taus) / len(taus)
        assert smallest_rank_p(n).value == pytest.approx(extreme, rel=1e-12)


def test_correlation_needed_as_in_r():
    # R: t <- qt(.975, n - 2); t / sqrt(n - 2 + t^2)
    expected = {3: 0.996917333733128, 4: 0.95, 5: 0.8783394481598051, 6: 0.8114013518995078}
    for n, value in expected.items():
        assert correlation_needed(n).value == pytest.approx(value, rel=1e-8)
    assert correlation_needed(2).reason == "undefined: n - 2 = 0"


def test_fisher_interval_as_in_r():
    # R: tanh(atanh(.9) + c(-1, 1) * qnorm(.975))
    found = correlation_interval(0.9, 4)
    assert [found.low, found.high] == pytest.approx([-0.4524244338345248, 0.9979134922969899], rel=1e-8)
    bounded = correlation_interval(0.9, 3)
    assert (bounded.low, bounded.reason) == (None, "undefined: n - 3 = 0")
    with pytest.raises(ValueError, match="not between -1 and 1"):
        correlation_interval(1, 4)


@pytest.mark.parametrize("years", [3, 4, 8])
def test_share_that_rises_every_year_has_a_closed_form(years):
    share = stats.norm.cdf(0.14 / 0.10) ** (2 * (years - 1))
    found = unrelated_growth(years)["rise"].value
    assert abs(found - share) < 4 * np.sqrt(share * (1 - share) / 100_000)


def test_two_unrelated_series_correlate_strongly():
    found = unrelated_growth(4)
    # An independent simulation: 60% rise every year, median .93, 63% above .9.
    assert found["rise"].value == pytest.approx(0.60, abs=0.01)
    assert found["median"].value == pytest.approx(0.93, abs=0.01)
    assert found["strong"].value == pytest.approx(0.63, abs=0.01)
    assert unrelated_growth(8)["strong"].value > found["strong"].value


def test_simulation_agrees_with_numpy_pair_by_pair():
    found = unrelated_growth(5, growth=0.05, spread=0.2, strong=0.5, replicates=500, seed=3)
    steps = np.random.default_rng(3).normal(0.05, 0.2, (2, 500, 4))
    levels = np.concatenate([np.ones((2, 500, 1)), np.exp(np.cumsum(steps, axis=2))], axis=2)
    correlations = [np.corrcoef(levels[0, k], levels[1, k])[0, 1] for k in range(500)]
    assert found["median"].value == pytest.approx(np.median(correlations), rel=1e-9)
    assert found["strong"].value == np.mean(np.array(correlations) > 0.5)
    assert found["rise"].value == np.mean((np.diff(levels, axis=2) > 0).all(axis=(0, 2)))


def test_simulation_depends_only_on_its_seed():
    assert unrelated_growth(4, replicates=1000) == unrelated_growth(4, replicates=1000)
    assert unrelated_growth(4, replicates=1000) != unrelated_growth(4, replicates=1000, seed=1)
    with pytest.raises(ValueError, match="give 3 or more"):
        unrelated_growth(2)


def test_relative_growth_as_in_r():
    years = list(range(2015, 2022))
    # R: m <- lm(log(x / y) ~ year); 100 * (exp(c(coef(m)[2], confint(m)[2, ])) - 1)
    found = relative_growth(years, FIRST, SECOND)
    expected = [18.242544049647226, 1.131578173454284, 38.248601236628076]
    assert [found.value, found.low, found.high] == pytest.approx(expected, rel=1e-8)
    narrow = relative_growth(years, FIRST, SECOND, level=0.8)
    assert [narrow.low, narrow.high] == pytest.approx([8.092824418517687, 29.345303895469211], rel=1e-8)
    three = relative_growth(years[:3], FIRST[:3], SECOND[:3])
    assert [three.value, three.low, three.high] == pytest.approx(
        [70.66670973099092, -96.81355777026907, 9040.95524426369593], rel=1e-8
    )


def test_relative_growth_is_refused_below_three_years():
    assert relative_growth([2017, 2018], [478, 544], [9255, 10643]).reason == "not estimable: 2 observations"
    with pytest.raises(ValueError, match="one of each a year"):
        relative_growth([2017, 2018], [478], [9255, 10643])
    with pytest.raises(ValueError, match="has no logarithm"):
        relative_growth([2017, 2018, 2019], [1, 0, 2], [3, 4, 5])


@pytest.mark.parametrize(("years", "dispersion"), [(4, 1), (4, 5), (6, 5)])
def test_power_is_the_share_of_simulated_series_told_apart(years, dispersion):
    counts, comparison = 565 * 1.1 ** np.arange(years), np.full(years, 10643.0)
    rng = np.random.default_rng(11)
    shape = (40_000, years)
    drawn = [dispersion * rng.poisson(np.broadcast_to(mean / dispersion, shape)) for mean in (counts, comparison)]
    response = np.log(drawn[0] / drawn[1])
    lean = np.arange(years) - (years - 1) / 2
    slope = response @ lean / (lean @ lean)
    residual = response - response.mean(axis=1, keepdims=True) - slope[:, None] * lean
    error = np.sqrt((residual**2).sum(axis=1) / (years - 2) / (lean @ lean))
    told_apart = (np.abs(slope) / error > stats.t.isf(0.025, years - 2)).mean()
    assert relative_growth_power(counts, comparison, dispersion=dispersion).value == pytest.approx(told_apart, abs=0.02)


def test_power_needs_three_years_of_counts():
    with pytest.raises(ValueError, match="give 3 or more of each"):
        relative_growth_power([5, 6], [7, 8])
    with pytest.raises(ValueError, match="there is no variance"):
        relative_growth_power([5, 6, 0], [7, 8, 9])


def test_estimates_are_signed_with_their_function():
    assert smallest_rank_p(4).function == "analysis.comparison.association.smallest_rank_p"
    assert unrelated_growth(4, replicates=10)["rise"].function == "analysis.comparison.association.unrelated_growth"
