"""Forecasts against R's prediction intervals, a 50-digit computation and numerical integration."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy import integrate, stats

from analysis.estimates import Forecast
from analysis.reliability.forecasts import forecast, quantiles
from analysis.reliability.predictive import LEVELS, METHODS, probabilities
from tests.reference import COUNTS, EXACT, VALUES, YEARS

windows = st.lists(st.lists(st.integers(5, 5000), min_size=4, max_size=4), min_size=1, max_size=5)
steady = settings(deadline=None, derandomize=True, max_examples=40)


def limits(method, horizon, level):
    row = quantiles(method, COUNTS, horizon, [level])[0]
    return [row[0], row[2]]


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
    row = quantiles("log_linear", COUNTS[1:], 1, [0.95])[0]
    np.testing.assert_allclose(np.log([row[0], row[2]]), exact["pi95"][0], rtol=1e-8)


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

    for at, quantile in zip(probabilities(), quantiles(method, COUNTS)[0], strict=True):
        assert distribution(quantile - 1) < at <= distribution(quantile) + 1e-9


def test_naive_poisson_brackets_its_probabilities_exactly():
    for at, quantile in zip(probabilities(), quantiles("naive_poisson", COUNTS)[0], strict=True):
        assert stats.poisson.cdf(quantile - 1, 594) < at <= stats.poisson.cdf(quantile, 594)


def test_random_walks_by_hand():
    changes = np.array([309, 65, 67])
    scale = np.sqrt((changes**2).sum() / 3)
    t = stats.t.ppf(0.975, 3)
    assert limits("random_walk", 1, 0.95) == pytest.approx([594 - t * scale, 594 + t * scale], rel=1e-12)
    ratios = np.log([462 / 153, 527 / 462, 594 / 527])
    scale = np.sqrt(2 * (ratios**2).sum() / 3)
    assert limits("log_random_walk", 2, 0.95) == pytest.approx(594 * np.exp([-t * scale, t * scale]), rel=1e-12)


def test_damped_growth_halves_every_year():
    growth = np.log(594 / 153) / 3
    for horizon, drift in ((1, growth / 2), (2, growth * 0.75)):
        assert quantiles("damped_growth", COUNTS, horizon)[0, 2] == pytest.approx(594 * np.exp(drift), rel=1e-12)


def test_floors_bind_where_counts_are_too_even():
    even = [400, 404, 408, 412]
    for free, floored in (("log_linear", "log_linear_floored"), ("quasi_poisson", "quasi_poisson_floored")):
        assert quantiles(floored, even)[0, -1] > quantiles(free, even)[0, -1]
        np.testing.assert_allclose(quantiles(floored, COUNTS), quantiles(free, COUNTS), rtol=1e-12)
    median, high = quantiles("log_linear_floored", even, 1, [0.8])[0, 1:]
    scale = np.log(high / median) / stats.t.ppf(0.9, 2)
    assert scale**2 == pytest.approx((1 + 0.25 + 2.5**2 / 5) / median, rel=1e-9)


def test_average_is_the_mean_of_three_limits_on_the_log_scale():
    parts = [quantiles(key, COUNTS) for key in ("log_random_walk", "linear", "log_linear")]
    expected = np.prod([1 + part for part in parts], axis=0) ** (1 / 3) - 1
    np.testing.assert_allclose(quantiles("average", COUNTS), expected, rtol=1e-12)


@steady
@given(windows, st.sampled_from(sorted(METHODS)), st.integers(1, 2))
def test_every_method_is_ordered_nested_and_alike_alone_and_in_a_batch(counts, method, horizon):
    together = quantiles(method, counts, horizon, [0.5, 0.8, 0.95])
    assert np.all(np.diff(together, axis=1) >= 0)
    assert np.all(together >= 0)
    alone = np.vstack([quantiles(method, series, horizon, [0.5, 0.8, 0.95]) for series in counts])
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


def test_a_single_series_is_a_batch_of_one_under_every_method():
    found = forecast(YEARS, COUNTS, unit="accounts")
    assert [f.method for f in found[::2]] == [method.title for method in METHODS.values()]
    assert {(f.year, f.horizon) for f in found} == {(2019, 1), (2020, 2)}
    for (key, horizon), each in zip(((k, h) for k in METHODS for h in (1, 2)), found, strict=True):
        row = quantiles(key, COUNTS, horizon)[0]
        assert isinstance(each, Forecast)
        assert [
            each.at(0.95).low,
            each.at(0.8).low,
            each.at(0.8).value,
            each.at(0.8).high,
            each.at(0.95).high,
        ] == (pytest.approx(row.tolist()))
        assert each.at(0.8).interval == "prediction"
        assert each.at(0.8).unit == "accounts"
        assert each.at(0.8).function == "analysis.reliability.forecasts.forecast"


def test_too_few_years_and_zeros_give_the_reason():
    by_method = {f.method: f.at(0.95) for f in forecast([2017, 2018], [527, 594], horizons=[1])}
    assert by_method["OLS linear, t"].reason == "not estimable: 2 observations"
    assert by_method["random walk, t"].reason == ""
    by_method = {f.method: f.at(0.95) for f in forecast([2016, 2017, 2018], [0, 0, 3], horizons=[1])}
    assert by_method["log random walk, t"].reason == "undefined: a count of zero has no logarithm"
    assert by_method["Poisson trend"].reason == "not estimable: the likelihood has no maximum"
    assert by_method["level shift after the first year"].value is not None


def test_a_limit_beyond_any_count_is_unbounded():
    (found,) = forecast(YEARS, [5, 5000, 5, 5000], horizons=[2], methods=["log_linear"])
    assert found.at(0.95).high is None
    assert found.at(0.95).reason.startswith("unbounded at 95%")
    assert found.at(0.8).high is not None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([2015, 2017], [1, 2]), "consecutive"),
        (([2015], [1, 2]), "one year for each count"),
    ],
)
def test_years_must_match_and_be_consecutive(arguments, message):
    with pytest.raises(ValueError, match=message):
        forecast(*arguments)


def test_bad_requests_are_refused():
    with pytest.raises(ValueError, match="choose one of naive_poisson"):
        quantiles("oracle", COUNTS)
    with pytest.raises(ValueError, match="choose one of naive_poisson"):
        forecast(YEARS, COUNTS, methods=["oracle"])
    with pytest.raises(ValueError, match="2 observations, needs 3"):
        quantiles("linear", [1, 2])
    with pytest.raises(ValueError, match="horizon 0"):
        quantiles("mean", COUNTS, 0)
    with pytest.raises(ValueError, match="above zero"):
        quantiles("log_linear", [1, 0, 3])
    with pytest.raises(ValueError, match="between 0 and 1"):
        probabilities([95])
