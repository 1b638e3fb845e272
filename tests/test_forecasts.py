"""Forecasts against R's prediction intervals, a 50-digit computation and numerical integration."""

import numpy as np
import pytest
from hypothesis import example, given, settings, strategies as st
from scipy import integrate, stats

from analysis.reliability.calibration import stored
from analysis.reliability.forecasts import forecast, named_estimates
from analysis.reliability.methods import METHODS
from analysis.reliability.scoring import LEVELS, PROBABILITIES
from tests.reference import COUNTS, EXACT, VALUES, YEARS

windows = st.lists(st.lists(st.integers(5, 5000), min_size=4, max_size=4), min_size=1, max_size=5)
steady = settings(deadline=None, derandomize=True, max_examples=40)


def quantiles(method, counts=COUNTS, horizon=1):
    return METHODS[method].limits(counts, horizon)


def limits(method, horizon, level, counts=COUNTS):
    row = quantiles(method, counts, horizon)[0]
    return [row[0], row[4]] if level == 0.95 else [row[1], row[3]]


@pytest.mark.parametrize(
    ("method", "model", "scale"),
    [("linear", "ols_linear", np.positive), ("log_linear", "ols_loglinear", np.exp)],
)
def test_trend_lines_have_the_prediction_intervals_of_the_fifty_digit_fit(method, model, scale):
    exact = EXACT[model]
    for row, horizon in enumerate((1, 2)):
        for level in LEVELS:
            expected = scale(np.array(exact[f"pi{level * 100:.0f}"][row]))
            np.testing.assert_allclose(limits(method, horizon, level), expected, rtol=1e-8)
        median = quantiles(method, COUNTS, horizon)[0, 2]
        assert median == pytest.approx(scale(exact["pred"][row]), rel=1e-8)


def test_mean_has_r_s_prediction_interval_cut_at_zero():
    low, high = VALUES["R"]["ols_mean"]["pi95"][0]
    assert low < 0
    assert limits("mean", 1, 0.95) == pytest.approx([0, high], rel=1e-8)


def test_log_trend_with_fewer_years_equals_r():
    exact = EXACT["ols_loglinear_drop2015"]
    np.testing.assert_allclose(np.log(limits("log_linear", 1, 0.95, COUNTS[1:])), exact["pi95"][0], rtol=1e-8)


def test_quasi_poisson_from_the_fifty_digit_coefficients():
    exact, dispersion = EXACT["poisson"], EXACT["quasipoisson"]["dispersion"]
    variances = [exact["se"][0] ** 2, exact["se"][1] ** 2, exact["cov01"]]
    for horizon in (1, 2):
        x = 3 + horizon
        mean = exact["mu_pred"][horizon - 1]
        spread = np.sqrt(dispersion * (variances[0] + x * x * variances[1] + 2 * x * variances[2] + 1 / mean))
        expected = mean * np.exp(stats.t.ppf([0.025, 0.975], 2) * spread)
        np.testing.assert_allclose(limits("quasi_poisson", horizon, 0.95), expected, rtol=1e-8)


@pytest.mark.parametrize(
    ("method", "mean", "relative_variance"),
    [
        ("poisson_trend", EXACT["poisson"]["mu_pred"][0], None),
        ("negative_binomial", EXACT["negbin"]["mu_pred"][0], 0.0687454438327383),
        ("level_shift", EXACT["poisson_step"]["mu_post"], None),
    ],
)
def test_gamma_poisson_quantiles_by_numerical_integration(method, mean, relative_variance):
    """The distribution function at each quantile, integrated over the gamma distribution of the mean."""
    if method == "level_shift":
        spread = 1 / sum(COUNTS[1:])
    elif method == "poisson_trend":
        first, second = (error**2 for error in EXACT["poisson"]["se"])
        spread = first + 16 * second + 8 * EXACT["poisson"]["cov01"]
    else:
        fitted = np.exp(np.array(EXACT["negbin"]["coef"]) @ [np.ones(4), np.arange(4)])
        weights = fitted / (1 + relative_variance * fitted)
        design = np.column_stack([np.ones(4), np.arange(4)])
        of_log_mean = np.array([1, 4]) @ np.linalg.solve(design.T @ (weights[:, None] * design), [1, 4])
        spread = (1 + relative_variance) * (1 + of_log_mean) - 1
    gamma = stats.gamma(1 / spread, scale=mean * spread)

    def distribution(count):
        low, high = gamma.ppf([1e-13, 1 - 1e-13])
        points = gamma.ppf([0.001, 0.5, 0.999])
        return integrate.quad(
            lambda rate: stats.poisson.cdf(count, rate) * gamma.pdf(rate), low, high, points=points, limit=200
        )[0]

    for at, quantile in zip(PROBABILITIES, quantiles(method, COUNTS)[0], strict=True):
        assert distribution(quantile - 1) < at <= distribution(quantile) + 1e-9


def test_naive_poisson_brackets_its_probabilities_exactly():
    for at, quantile in zip(PROBABILITIES, quantiles("naive_poisson", COUNTS)[0], strict=True):
        assert stats.poisson.cdf(quantile - 1, 594) < at <= stats.poisson.cdf(quantile, 594)


def test_random_walks_from_a_table_of_t():
    t = 3.182446305284263  # R: qt(.975, 3)
    reach = t * (104195 / 3) ** 0.5  # 309^2 + 65^2 + 67^2 = 104195
    assert limits("random_walk", 1, 0.95) == pytest.approx([594 - reach, 594 + reach], rel=1e-9)
    log594 = 6.386879319362645
    # Two thirds of the sum of the squared logarithms of 462/153, 527/462 and 594/527, and log 594, in 40 digits.
    reach = t * 0.8353043824231886**0.5
    assert np.log(limits("log_random_walk", 2, 0.95)) == pytest.approx([log594 - reach, log594 + reach], rel=1e-12)


def test_damped_growth_halves_every_year():
    growth = np.log(594 / 153) / 3
    for horizon, drift in ((1, growth / 2), (2, growth * 0.75)):
        assert quantiles("damped_growth", COUNTS, horizon)[0, 2] == pytest.approx(594 * np.exp(drift), rel=1e-12)


def test_floors_bind_where_counts_are_too_even():
    even = [400, 404, 408, 412]
    for free, floored in (("log_linear", "log_linear_floored"), ("quasi_poisson", "quasi_poisson_floored")):
        assert quantiles(floored, even)[0, -1] > quantiles(free, even)[0, -1]
        np.testing.assert_allclose(quantiles(floored, COUNTS), quantiles(free, COUNTS), rtol=1e-12)


@steady
@given(windows, st.sampled_from(sorted(METHODS)), st.integers(1, 2))
def test_every_method_is_ordered_nested_and_alike_alone_and_in_a_batch(counts, method, horizon):
    together = quantiles(method, counts, horizon)
    assert np.all(np.diff(together, axis=1) >= 0)
    assert np.all(together >= 0)
    alone = np.vstack([quantiles(method, series, horizon) for series in counts])
    np.testing.assert_allclose(together, alone, rtol=1e-6, atol=1e-6)


@steady
@given(
    windows,
    st.sampled_from(["mean", "random_walk", "log_random_walk", "damped_growth", "linear", "log_linear"]),
    st.integers(2, 9),
)
def test_methods_without_a_count_distribution_are_scale_equivariant(counts, method, scale):
    np.testing.assert_allclose(
        quantiles(method, scale * np.array(counts)), scale * quantiles(method, counts), rtol=1e-8, atol=1e-8
    )


def test_a_forecast_stands_under_every_method_beside_what_it_covers():
    found = forecast(YEARS, COUNTS, unit="accounts")
    assert [f.key for f in found[::2]] == list(METHODS)
    assert found[0].key == "reference_class"
    assert {(f.year, f.horizon) for f in found} == {(2019, 1), (2020, 2)}
    for each in found:
        low, lower, median, higher, high = quantiles(each.key, COUNTS, each.horizon)[0].tolist()
        narrow, wide = each.at(0.8), each.at(0.95)
        assert (narrow.low, narrow.value, narrow.high) == (lower, median, higher)
        assert (wide.low, wide.value, wide.high) == (low, median, high)
        assert (narrow.interval, narrow.unit, narrow.n) == ("prediction", "accounts", 4)
        assert narrow.function == "analysis.reliability.forecasts.forecast"
        assert each.method == METHODS[each.key].title
        (score,) = (s for s in stored().at(4, each.horizon) if s.key == each.key)
        assert each.coverage == score.coverage


def test_the_names_of_one_forecast():
    best = forecast(YEARS, COUNTS)[0]
    named = named_estimates(best)
    assert (named["year"].value, named["80"], named["95"]) == (2019, best.at(0.8), best.at(0.95))
    assert (named["covers.80"], named["covers.95"]) == (best.coverage[0.8], best.coverage[0.95])


def test_a_long_series_is_forecast_from_its_last_six_counts_and_says_so():
    counts = [20, 900, 50, 60, 70, 80, 90, 99, 120]
    best, *others = forecast(range(2010, 2019), counts, horizons=[1])
    (short, *_) = forecast(range(2013, 2019), counts[3:], horizons=[1])
    assert [(e.value, e.low, e.high) for e in best.estimates] == [(e.value, e.low, e.high) for e in short.estimates]
    assert best.method == "reference-class forecast from the last 6 of 9 counts"
    assert best.at(0.95).assumes.endswith("earlier counts than the last 6 say nothing more")
    assert (best.at(0.95).n, best.coverage) == (6, short.coverage)
    for other in others:
        assert other.at(0.95).n == 9
        assert other.coverage[0.95].reason == "not measured: windows of 9 years, 1 ahead"


def test_what_cannot_be_forecast_has_its_reason():
    two = {f.key: f.at(0.95) for f in forecast([2017, 2018], [527, 594], horizons=[1])}
    assert two["linear"].reason == "not estimable: 2 observations, and 3 are the least"
    assert two["random_walk"].reason == ""
    one = {f.key: f.at(0.95) for f in forecast([2018], [594], horizons=[1])}
    assert one["mean"].reason == "not estimable: 1 observation, and 2 are the least"
    assert one["naive_poisson"].value == 594
    equal = {f.key: f.at(0.95) for f in forecast([2016, 2017, 2018], [40, 40, 40], horizons=[1])}
    assert equal["linear"].reason == "not estimable: these counts vary too little to give an interval"
    assert equal["reference_class"].value is not None
    zeros = {f.key: f.at(0.95) for f in forecast([2016, 2017, 2018], [0, 0, 3], horizons=[1])}
    assert zeros["log_random_walk"].reason == "undefined: a count of zero has no logarithm"
    assert zeros["poisson_trend"].reason == "not estimable: the likelihood has no maximum"
    assert zeros["level_shift"].value is not None


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.lists(st.one_of(st.integers(0, 12), st.integers(0, 10**6)), min_size=1, max_size=10), st.integers(1, 3))
@example([0, 0, 0, 0], 1)
@example([5, 5, 5, 5], 1)
@example([594, 527, 462, 0], 2)
@example([7, 7], 1)
def test_any_series_gives_numbers_in_order_or_reasons(counts, horizon):
    found = forecast(range(2019 - len(counts), 2019), counts, horizons=[horizon])
    assert [f.key for f in found] == list(METHODS)
    for each in found:
        assert [e.level for e in each.estimates] == [*LEVELS]
        assert set(each.coverage) == {*LEVELS}
        for estimate in each.estimates:
            if estimate.value is None:
                assert estimate.reason
            else:
                assert 0 <= estimate.low <= estimate.value
                assert estimate.reason.startswith("unbounded") if estimate.high is None else True
                assert estimate.high is None or estimate.high >= estimate.value
        for coverage in each.coverage.values():
            assert (coverage.value is None) == bool(coverage.reason)


def test_a_limit_beyond_any_count_is_unbounded():
    found = {f.key: f for f in forecast(YEARS, [5, 5000, 5, 5000], horizons=[2])}["log_linear"]
    assert found.at(0.95).high is None
    assert found.at(0.95).reason.startswith("unbounded at 95%")
    assert found.at(0.8).high is not None


@pytest.mark.parametrize(
    ("years", "counts", "horizons", "message"),
    [
        ([2015, 2017], [1, 2], [1], "not consecutive: forecast from the last unbroken run"),
        ([2015], [1, 2], [1], "give one year for each count"),
        ([], [], [1], "0 years for 0 counts"),
        ([2015, 2016], [1, "153"], [1], "count '153' is not a whole number of 0 or more"),
        ([2015, 2016], [1, 153.5], [1], "count 153.5 is not a whole number"),
        ([2015, 2016], [1, None], [1], "count None is not a whole number"),
        ([2015, 2016], [1, float("nan")], [1], "count nan is not a whole number"),
        ([2015, 2016], [1, float("inf")], [1], "count inf is not a whole number"),
        ([2015, 2016], [1, -1], [1], "count -1 is not a whole number"),
        (["2015", "2016"], [1, 2], [1], "year '2015' is not a whole number"),
        ([2015, 2016], [1, 2], [0], "horizon 0: give a whole number of years ahead"),
        ([2015, 2016], [1, 2], [0.5], "horizon 0.5 is not a whole number"),
    ],
)
def test_bad_input_is_refused_in_one_line(years, counts, horizons, message):
    with pytest.raises(ValueError, match=message):
        forecast(years, counts, horizons=horizons)
