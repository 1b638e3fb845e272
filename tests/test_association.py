"""What cannot be said about two short series is refused; what can agrees with R and with a closed form."""

import numpy as np
import pytest
from scipy import stats

from analysis.comparison.association import correlation_of_changes, unrelated_growth

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


def test_simulation_depends_only_on_its_seed():
    assert unrelated_growth(4, replicates=1000) == unrelated_growth(4, replicates=1000)
    assert unrelated_growth(4, replicates=1000) != unrelated_growth(4, replicates=1000, seed=1)
    with pytest.raises(ValueError, match="give 3 or more"):
        unrelated_growth(2)


def test_estimates_are_signed_with_their_function():
    assert unrelated_growth(4, replicates=10)["rise"].function == "analysis.comparison.association.unrelated_growth"
