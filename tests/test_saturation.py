"""Saturating curves against 50 digits, R and statsmodels; refusal where there is no asymptote."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from reference import COUNTS, EXACT, VALUES, YEARS, R
from scipy import stats

from analysis.growth.curves import CURVES, best_fit
from analysis.growth.saturation import METHODS, bootstrap_forecast, saturating_fit

STORED = {
    "logistic": "logistic",
    "Gompertz": "gompertz",
    "monomolecular": "monomolecular3",
    "monomolecular from zero": "monomolecular2_t0_2014",
}
NOT_SATURATING = {
    "exponential": (10, 20, 40, 80),
    "falling": (80, 40, 20, 10),
    "flat": (5, 5, 5, 5),
    "extinct": (1, 0, 0, 0),
    "empty": (0, 0, 0, 0),
}


def close(actual, expected, rel=1e-6):
    assert actual == pytest.approx(expected, rel=rel)


@pytest.mark.parametrize("curve", CURVES)
def test_least_squares_agree_with_fifty_digits(curve):
    fit, exact = saturating_fit(YEARS, COUNTS, curve=curve), EXACT["nls"][STORED[curve]]
    close(list(fit.natural.values()), exact["coef"], rel=1e-9)
    close(list(fit.standard_errors.values()), exact["se"], rel=1e-8)
    close(fit.deviance, exact["rss"], rel=1e-10)
    asymptote = fit.estimates["asymptote"]
    close([asymptote.low, asymptote.high], exact["wald_t95"][0], rel=1e-8)
    close(fit.goodness_of_fit["p against a constant"].value, exact["F_vs_constant_p"], rel=1e-8)
    close(fit.fitted, exact["fitted"], rel=1e-9)
    close(fit.mean_at([2019, 2020]), exact["pred"], rel=1e-9)


@pytest.mark.parametrize("curve", CURVES)
def test_least_squares_agree_with_r(curve):
    fit, from_r = saturating_fit(YEARS, COUNTS, curve=curve), R[f"nls_{STORED[curve]}"]
    close(list(fit.natural.values()), from_r["coef"])
    close(list(fit.standard_errors.values()), from_r["se"])
    close(fit.information["AIC"].value, from_r["aic"])


@pytest.mark.parametrize("curve", CURVES)
def test_poisson_likelihood_agrees_with_stored_values(curve):
    fit = saturating_fit(YEARS, COUNTS, curve=curve, method="Poisson likelihood")
    stored = VALUES["statsmodels"]["poisson_ml_saturating"][STORED[curve]]
    asymptote = fit.estimates["asymptote"]
    close(asymptote.value, stored["A"])
    close([asymptote.low, asymptote.high], stored["A_profile95_poisson"])
    close(fit.deviance, stored["deviance"], rel=1e-8)
    close(fit.goodness_of_fit["Pearson statistic"].value, stored["pearson"])
    close(fit.goodness_of_fit["deviance p"].value, stored["gof_p"])
    close(fit.information["AIC"].value, stored["aic"], rel=1e-8)
    close(fit.mean_at([2019, 2020]), stored["pred"])


@pytest.mark.parametrize("curve", [name for name in CURVES if name != "monomolecular from zero"])
def test_even_a_constant_is_inside_the_region(curve):
    fit, stored = saturating_fit(YEARS, COUNTS, curve=curve), VALUES["statsmodels"]["nls"][STORED[curve]]
    assert fit.constant_inside is stored["constant_model_inside_95_profile_region"] is True
    close(fit.goodness_of_fit["F profile threshold"].value, stored["F_profile_threshold_rss"], rel=1e-9)
    close(fit.goodness_of_fit["total sum of squares"].value, stored["total_ss_about_mean"], rel=1e-12)
    profile = fit.estimates["asymptote_F_profile"]
    assert (profile.high, profile.reason) == (None, "unbounded at 95%")
    assert fit.information["AICc"].reason == "undefined: n - k - 1 = -1"


def test_a_constant_is_outside_when_the_curve_is_clear():
    years = list(range(12))
    counts = [round(1000 / (1 + np.exp(-(x - 5)))) for x in years]
    fit = saturating_fit(years, counts)
    assert fit.constant_inside is False
    profile = fit.estimates["asymptote_F_profile"]
    assert profile.low < 1000 < profile.high


def test_profile_limit_has_the_misfit_it_claims():
    fit = saturating_fit(YEARS, COUNTS, method="Poisson likelihood")
    x, y = np.arange(4.0), np.array(COUNTS, dtype=float)
    for limit in (fit.estimates["asymptote"].low, fit.estimates["asymptote"].high):
        held = best_fit(CURVES["logistic"], x, y, poisson=True, asymptote=limit)[1]
        close(held - fit.deviance, stats.chi2.ppf(0.95, 1))


@pytest.mark.parametrize("series", NOT_SATURATING)
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("curve", CURVES)
def test_series_that_do_not_saturate_have_a_reason(series, method, curve):
    counts = NOT_SATURATING[series]
    fit = saturating_fit(range(4), counts, curve=curve, method=method)
    assert fit.reason.startswith("not estimable" if series == "empty" else "no finite asymptote")
    assert all(estimate.value is None and estimate.reason for estimate in fit.estimates.values())


def test_forecast_without_an_asymptote_carries_the_reason():
    forecast = bootstrap_forecast(range(4), NOT_SATURATING["exponential"], resamples=10)[0]
    assert forecast.at(0.95).value is None
    assert forecast.at(0.95).reason.startswith("no finite asymptote")


def test_too_few_counts():
    assert saturating_fit((1, 2), (5, 9)).reason == "not estimable: 3 parameters from 2 counts"
    exact = saturating_fit(YEARS[:3], COUNTS[:3])
    assert exact.estimates["asymptote"].interval == ""
    assert exact.estimates["asymptote_F_profile"].reason == "not estimable: 0 residual degrees of freedom"
    assert exact.constant_inside is None
    with pytest.raises(ValueError, match="no curve"):
        saturating_fit((1, 2), (5, 9)).mean_at([3])
    with pytest.raises(ValueError, match="choose from"):
        saturating_fit(YEARS, COUNTS, curve="cubic")


def test_an_abrupt_rise_settles_at_its_mean():
    fit = saturating_fit((1, 2, 3, 4), (10, 510, 490, 500), method="Poisson likelihood")
    close(fit.estimates["asymptote"].value, 500)


def test_forecast_is_reproducible_and_nests():
    first, again, other = (bootstrap_forecast(YEARS, COUNTS, resamples=100, seed=seed) for seed in (5, 5, 6))
    assert first == again != other
    for forecast in first:
        narrow, wide = forecast.at(0.8), forecast.at(0.95)
        assert wide.low <= narrow.low <= narrow.value <= narrow.high <= wide.high
        assert wide.assumes == "conditional on the logistic curve; Poisson counts"
    assert [forecast.year for forecast in first] == [2019, 2020]


def test_forecast_spread_agrees_with_theory_where_the_curve_is_known():
    """On a long plateau the mean is the plateau rate: variance of a new count is m + m / years, nearly."""
    counts = (1, 200, 400, 405, 395, 400, 410, 390, 400, 402, 398, 400)
    forecast = bootstrap_forecast(range(12), counts, horizons=(1,), resamples=2000)[0].at(0.95)
    half = stats.norm.ppf(0.975) * np.sqrt(400 * (1 + 1 / 10.5))
    assert forecast.value == pytest.approx(400, abs=2)
    assert forecast.high - forecast.low == pytest.approx(2 * half, rel=0.05)


@pytest.mark.parametrize("curve", CURVES)
def test_gradients_agree_with_central_differences(curve):
    at = {"logistic": [6.3, 0.4, -0.8], "Gompertz": [6.3, 0.3, 0.5], "monomolecular": [6.4, 5.0, 0.1]}
    held = np.array([at.get(curve, [7.0, -1.5])])
    x = np.array([0.0, 1.0, 2.5])
    means, gradient = CURVES[curve].evaluate(x, held)
    for i in range(held.shape[1]):
        step = np.zeros_like(held)
        step[0, i] = 1e-6
        ahead, behind = (CURVES[curve].evaluate(x, held + sign * step)[0] for sign in (1, -1))
        assert gradient[0, :, i] == pytest.approx((ahead - behind)[0] / 2e-6, rel=1e-6, abs=1e-5)
    assert (means > 0).all()


@settings(deadline=None, derandomize=True, max_examples=3)
@given(st.integers(2, 9), st.integers(-50, 50))
def test_scaling_the_counts_scales_the_asymptote(factor, shift):
    years = [year + shift for year in YEARS]
    one = saturating_fit(YEARS, COUNTS, curve="Gompertz")
    many = saturating_fit(years, [factor * count for count in COUNTS], curve="Gompertz")
    for name in ("asymptote", "asymptote_F_profile"):
        assert many.estimates[name].value == pytest.approx(factor * one.estimates[name].value, rel=1e-7)
        assert many.estimates[name].low == pytest.approx(factor * one.estimates[name].low, rel=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_intervals_nest_in_level(method):
    narrow, wide = (saturating_fit(YEARS, COUNTS, method=method, level=level) for level in (0.5, 0.8))
    for name, estimate in narrow.estimates.items():
        assert wide.estimates[name].low < estimate.low < estimate.value < estimate.high
