"""Trend models on arrays against a 50-digit computation, R and statsmodels."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy import stats
from statsmodels.discrete.discrete_model import NegativeBinomial
from statsmodels.genmod import families
from statsmodels.genmod.generalized_linear_model import GLM

from analysis.models import negative_binomial, rates, trends
from tests.reference import COUNTS, EXACT, VALUES, R

X = np.arange(4.0)
# R 4.2.2, MASS 7.3-58.2, by tests/reference/negative_binomial.R: intercept, slope, theta, slope variance.
GLM_NB = {
    (105, 153, 387, 758): (4.51014111266, 0.704349839807, 376.451254639, 0.00149958174595),
    (1200, 900, 1500, 700): (7.11518460055, -0.0933237509877, 14.2385300694, 0.0142350042518),
    (12, 30, 9, 41): (2.66958313165, 0.277342094778, 4.71305502209, 0.0522011871788),
    (6000, 9000, 4000, 15000): (8.66681416216, 0.229184861828, 6.26414097524, 0.0319535104561),
}
windows = st.lists(st.lists(st.integers(1, 5000), min_size=4, max_size=4), min_size=1, max_size=6)
steady = settings(deadline=None, derandomize=True, max_examples=60)


def test_poisson_trend_equals_the_fifty_digit_fit():
    fit, exact = trends.poisson_trend(COUNTS), EXACT["poisson"]
    variance_intercept, variance_slope, both = fit.covariance
    found = [*fit.intercept, *fit.slope, *np.sqrt(variance_intercept), *np.sqrt(variance_slope), *both]
    np.testing.assert_allclose(found, [*exact["coef"], *exact["se"], exact["cov01"]], rtol=1e-10)
    np.testing.assert_allclose(fit.fitted[0], exact["fitted"], rtol=1e-10)
    np.testing.assert_allclose([fit.deviance[0], fit.pearson[0]], [exact["deviance"], exact["pearson"]], rtol=1e-10)
    np.testing.assert_allclose(fit.dispersion[0], EXACT["quasipoisson"]["dispersion"], rtol=1e-10)
    np.testing.assert_allclose(fit.mean_at(4)[0], exact["mu_pred"][0], rtol=1e-10)


def test_a_batch_of_refits_equals_statsmodels_to_1e_10():
    draw = np.random.default_rng(20)
    counts = draw.poisson(np.exp(draw.uniform(1.5, 9, (150, 1)) + draw.uniform(-0.7, 0.7, (150, 1)) * X))
    counts = counts[counts[:, 1:3].sum(axis=1) > 0]
    fits = trends.poisson_trend(counts)
    design = np.column_stack([np.ones(4), X])
    for row, series in enumerate(counts):
        single = GLM(series, design, family=families.Poisson()).fit(tol=1e-13)
        np.testing.assert_allclose([fits.intercept[row], fits.slope[row]], single.params, rtol=0, atol=1e-10)
        np.testing.assert_allclose(fits.deviance[row], single.deviance, rtol=1e-8, atol=1e-9)


def test_exposure_of_the_first_year_gives_the_growth_that_r_gives():
    for case in R["first_year"]:
        fit = trends.poisson_trend(COUNTS, exposure=[case["months"] / 12, 1, 1, 1])
        assert 100 * np.expm1(fit.slope[0]) == pytest.approx(case["growth"], rel=1e-8)


def test_least_squares_equal_the_fifty_digit_fits():
    for fit, exact in (
        (trends.linear_trend(COUNTS), EXACT["ols_linear"]),
        (trends.log_linear_trend(COUNTS), EXACT["ols_loglinear"]),
    ):
        found = [fit.intercept[0], fit.slope[0], np.sqrt(fit.residual_variance[0])]
        np.testing.assert_allclose(found, [*exact["coef"], exact["sigma"]], rtol=1e-10)
        assert [fit.leverage(x) for x in X] == pytest.approx(exact["hat"], rel=1e-12)


def test_negative_binomial_equals_the_fifty_digit_fit():
    fit, exact = negative_binomial.negative_binomial_trend(COUNTS), EXACT["negbin"]
    np.testing.assert_allclose([fit.intercept[0], fit.slope[0]], exact["coef"], rtol=1e-8)
    assert fit.overdispersion[0] == pytest.approx(exact["alpha"], rel=1e-8)
    errors = np.sqrt([fit.covariance[0][0], fit.covariance[1][0]])
    np.testing.assert_allclose(errors, exact["se_expected_info_R"], rtol=1e-8)
    assert fit.deviance[0] == pytest.approx(VALUES["R"]["negbin"]["deviance"], rel=1e-6)


def test_negative_binomial_equals_glm_nb():
    fits = negative_binomial.negative_binomial_trend(list(GLM_NB))
    found = np.column_stack([fits.intercept, fits.slope, 1 / fits.overdispersion, fits.covariance[1]])
    np.testing.assert_allclose(found, list(GLM_NB.values()), rtol=1e-6)


def test_negative_binomial_is_poisson_where_nothing_is_overdispersed():
    counts = [[40, 41, 42, 43], [594, 594, 594, 594]]
    fits = negative_binomial.negative_binomial_trend(counts)
    assert fits.overdispersion.tolist() == [0, 0]
    np.testing.assert_array_equal(fits.slope, trends.poisson_trend(counts).slope)


def test_negative_binomial_takes_the_best_of_several_maxima():
    # The likelihood has a maximum at alpha = 0, where glm.nb ends (at -12.2109), and a higher one.
    counts = [5, 7, 15, 81]
    fit = negative_binomial.negative_binomial_trend(counts)
    poisson = trends.poisson_trend(counts)
    gain = negative_binomial._likelihood(fit.counts, fit.fitted, fit.overdispersion) - negative_binomial._likelihood(
        poisson.counts, poisson.fitted, poisson.overdispersion
    )
    assert fit.overdispersion[0] > 0.01
    assert gain[0] > 0.03


def test_no_maximum_is_said_and_not_invented():
    fits = trends.poisson_trend([[0, 0, 0, 5], [5, 0, 0, 0], [0, 0, 0, 0], [0, 3, 0, 0]])
    assert fits.exists.tolist() == [False, False, False, True]
    assert negative_binomial.negative_binomial_trend([[0, 0, 0, 5], [1, 2, 3, 4]]).exists.tolist() == [False, True]


@steady
@given(windows)
def test_a_series_is_fitted_alike_alone_and_in_a_batch(counts):
    for model in (
        trends.poisson_trend,
        negative_binomial.negative_binomial_trend,
        trends.log_linear_trend,
        trends.linear_trend,
    ):
        together = model(counts)
        alone = [model(series).slope[0] for series in counts]
        np.testing.assert_allclose(together.slope, alone, rtol=1e-6, atol=1e-9)


@steady
@given(windows, st.integers(2, 9), st.floats(-50, 50))
def test_scale_moves_the_intercept_and_shift_of_x_leaves_the_slope(counts, scale, shift):
    fits = trends.poisson_trend(counts)
    scaled = trends.poisson_trend(scale * np.array(counts))
    shifted = trends.poisson_trend(counts, X + shift)
    np.testing.assert_allclose(scaled.slope, fits.slope, rtol=0, atol=1e-9)
    np.testing.assert_allclose(scaled.intercept, fits.intercept + np.log(scale), rtol=0, atol=1e-9)
    np.testing.assert_allclose(shifted.slope, fits.slope, rtol=0, atol=1e-9)


@steady
@given(windows)
def test_poisson_fits_reproduce_the_total_and_the_first_moment(counts):
    fits = trends.poisson_trend(counts)
    np.testing.assert_allclose(fits.fitted.sum(axis=1), np.sum(counts, axis=1), rtol=1e-9)
    np.testing.assert_allclose(fits.fitted @ X, np.array(counts) @ X, rtol=1e-9)


@pytest.mark.parametrize(
    "counts", [(498, 290, 3, 240, 1000, 10**10), (10**10, 217, 393, 529, 12345, 3), (1, 0, 0, 10**9)]
)
def test_a_slope_far_out_is_reached(counts):
    x = np.array([0, 5, 7, 8, 13, 14])[: len(counts)]
    fit = trends.poisson_trend(counts, x)
    np.testing.assert_allclose(fit.fitted[0].sum(), sum(counts), rtol=1e-9)
    # what lies off the far end is small, and must be met in its own size
    end = x[np.argmax(counts)]
    np.testing.assert_allclose(fit.fitted[0] @ (x - end), np.dot(counts, x - end), rtol=1e-5)


def test_more_series_than_one_chunk():
    counts = np.tile([COUNTS, COUNTS[::-1]], (trends.CHUNK, 1))
    slopes = trends.poisson_trend(counts).slope
    np.testing.assert_allclose(slopes[:2], slopes[-2:], rtol=1e-12)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([[1, 2], [3, -1]],), "not negative"),
        (([[1, 2, np.nan]],), "finite"),
        (([[1, 2, 3]], [0, 1]), "need"),
        (([[1, 2, 3]], [1, 1, 1]), "distinct x"),
        (([[7]],), "at least two"),
    ],
)
def test_bad_input_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        trends.poisson_trend(*arguments)


def test_negative_binomial_errors_are_those_of_statsmodels_with_alpha_estimated():
    """R holds alpha fixed and states smaller ones."""
    fits = negative_binomial.negative_binomial_trend([COUNTS, (12, 30, 9, 41)])
    errors = negative_binomial.slope_error(fits)
    assert errors[0] == pytest.approx(EXACT["negbin"]["se_observed_joint_statsmodels"][1], rel=1e-7)
    assert errors[0] > 1.1 * R["negbin"]["se"][1]
    for row, series in enumerate(fits.counts):
        start = [fits.intercept[row], fits.slope[row], fits.overdispersion[row]]
        theirs = NegativeBinomial(series, np.column_stack([np.ones(4), X])).fit(start_params=start, disp=0)
        assert errors[row] == pytest.approx(theirs.bse[1], rel=1e-5)
        assert theirs.llf == pytest.approx(_log_likelihood(fits, row), abs=1e-8)


def _log_likelihood(fits, row):
    size = 1 / fits.overdispersion[row]
    return stats.nbinom.logpmf(fits.counts[row], size, size / (size + fits.fitted[row])).sum()


def test_negative_binomial_with_a_part_year_reproduces_statsmodels_at_its_alpha():
    exposure = np.array([0.5, 1, 1, 1])
    fit = negative_binomial.negative_binomial_trend((12, 30, 9, 41), exposure=exposure)
    family = families.NegativeBinomial(alpha=fit.overdispersion[0])
    design = np.column_stack([np.ones(4), X])
    theirs = GLM(np.array([12, 30, 9, 41]), design, family=family, offset=np.log(exposure)).fit(tol=1e-13)
    np.testing.assert_allclose([fit.intercept[0], fit.slope[0]], theirs.params, rtol=0, atol=1e-7)
    # the likelihood falls on both sides of the alpha that was found
    around = fit.overdispersion[0] * np.array([0.98, 1, 1.02])
    likelihoods = []
    for alpha in around:
        family = families.NegativeBinomial(alpha=alpha)
        likelihoods.append(GLM(fit.counts[0], design, family=family, offset=np.log(exposure)).fit(tol=1e-13).llf)
    assert likelihoods[1] == max(likelihoods)


def test_zero_has_no_logarithm_and_exposure_is_positive():
    with pytest.raises(ValueError, match="zero has no logarithm"):
        trends.log_linear_trend([1, 0, 3])
    with pytest.raises(ValueError, match="exposure"):
        trends.poisson_trend([1, 2, 3], exposure=[1, 0, 1])


def test_limits_of_a_rate_under_a_known_dispersion_are_garwoods_scaled():
    """Garwood by the chi-squared quantiles of tables, for 594 / 10 counts."""
    low, high = rates.exact_rate(594, 0.95, dispersion=10)
    assert float(low) == pytest.approx(10 * stats.chi2.ppf(0.025, 2 * 59.4) / 2, rel=1e-10)
    assert float(high) == pytest.approx(10 * stats.chi2.ppf(0.975, 2 * 60.4) / 2, rel=1e-10)


@pytest.mark.parametrize("exposure", [[-1, 1, 1, 1], [0, 1, 1, 1]])
def test_an_exposure_that_is_not_positive_is_refused(exposure):
    with pytest.raises(ValueError, match="exposure: must be positive"):
        trends.poisson_trend(COUNTS, exposure=exposure)


def test_pearson_of_an_overdispersed_fit_takes_the_mean_and_alpha_times_its_square_as_variance():
    fit, exact = negative_binomial.negative_binomial_trend(COUNTS), EXACT["negbin"]
    means = np.exp(exact["coef"][0] + exact["coef"][1] * X)
    expected = sum((np.array(COUNTS) - means) ** 2 / (means + exact["alpha"] * means**2))
    assert fit.pearson[0] == pytest.approx(expected, rel=1e-6)
