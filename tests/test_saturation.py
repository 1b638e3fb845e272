"""Saturating curves against 50 digits and R; refusal where there is no asymptote."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from reference import COUNTS, EXACT, VALUES, YEARS, R
from scipy import stats

from analysis.growth.saturation import saturating_fit
from analysis.models.curves import CURVES, best_fit

STORED = {
    "logistic": "logistic",
    "Gompertz": "gompertz",
    "monomolecular": "monomolecular3",
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


def natural(curve, held):
    """Parameters on their own scale: all are held as logarithms but the midpoint of the logistic curve."""
    values = np.exp(held)
    if curve == "logistic":
        values[1] = held[1]
    return values


@pytest.mark.parametrize("curve", CURVES)
def test_least_squares_agree_with_fifty_digits(curve):
    fit, exact = saturating_fit(YEARS, COUNTS, curve=curve), EXACT["nls"][STORED[curve]]
    close(natural(curve, np.array(fit.held)), exact["coef"], rel=1e-9)
    close([fit.asymptote.low, fit.asymptote.high], exact["wald_t95"][0], rel=1e-8)
    close(fit.mean_at(YEARS), exact["fitted"], rel=1e-9)
    close(fit.mean_at([2019, 2020]), exact["pred"], rel=1e-9)
    close(best_fit(CURVES[curve], np.arange(4.0), np.array(COUNTS))[1], exact["rss"], rel=1e-10)


@pytest.mark.parametrize("curve", CURVES)
def test_least_squares_agree_with_r(curve):
    fit, from_r = saturating_fit(YEARS, COUNTS, curve=curve), R[f"nls_{STORED[curve]}"]
    close(natural(curve, np.array(fit.held)), from_r["coef"])


@pytest.mark.parametrize("curve", CURVES)
def test_even_a_constant_is_inside_the_region(curve):
    stored = VALUES["statsmodels"]["nls"][STORED[curve]]
    assert saturating_fit(YEARS, COUNTS, curve=curve).constant_inside is True
    assert stored["constant_model_inside_95_profile_region"] is True


def test_the_region_reaches_the_constant_at_the_level_of_its_f_test():
    # by its definition the region holds the constant once the level is that of F on 1 and 1 df at its misfit
    spread, rss, df = np.var(COUNTS) * 4, EXACT["nls"]["logistic"]["rss"], 1
    level = stats.f.cdf((spread - rss) / (rss / df), 1, df)
    for nudge, inside in ((1e-6, True), (-1e-6, False)):
        assert saturating_fit(YEARS, COUNTS, level=level + nudge).constant_inside is inside


def test_a_constant_is_outside_when_the_curve_is_clear():
    years = list(range(12))
    counts = [round(1000 / (1 + np.exp(-(x - 5)))) for x in years]
    fit = saturating_fit(years, counts)
    assert fit.constant_inside is False
    assert fit.asymptote.low < 1000 < fit.asymptote.high


@pytest.mark.parametrize("series", NOT_SATURATING)
@pytest.mark.parametrize("curve", CURVES)
def test_series_that_do_not_saturate_have_a_reason(series, curve):
    fit = saturating_fit(range(4), NOT_SATURATING[series], curve=curve)
    assert fit.reason.startswith("not estimable" if series == "empty" else "no finite asymptote")
    assert fit.asymptote.value is None


def test_too_few_counts():
    assert saturating_fit((1, 2), (5, 9)).reason == "not estimable: 3 parameters from 2 counts"
    exact = saturating_fit(YEARS[:3], COUNTS[:3])
    assert exact.asymptote.reason == "no interval: 0 residual degrees of freedom"
    assert (exact.reason, exact.constant_inside) == ("", None)
    with pytest.raises(ValueError, match="no curve"):
        saturating_fit((1, 2), (5, 9)).mean_at([3])
    with pytest.raises(ValueError, match="choose from"):
        saturating_fit(YEARS, COUNTS, curve="cubic")


@pytest.mark.parametrize("curve", CURVES)
def test_gradients_agree_with_central_differences(curve):
    at = {"logistic": [6.3, 0.4, -0.8], "Gompertz": [6.3, 0.3, 0.5], "monomolecular": [6.4, 5.0, 0.1]}
    held = np.array([at[curve]])
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
    one = saturating_fit(YEARS, COUNTS, curve="Gompertz").asymptote
    many = saturating_fit(years, [factor * count for count in COUNTS], curve="Gompertz").asymptote
    assert [many.value, many.low] == pytest.approx([factor * one.value, factor * one.low], rel=1e-6)


def test_intervals_nest_in_level():
    narrow, wide = (saturating_fit(YEARS, COUNTS, level=level).asymptote for level in (0.5, 0.8))
    assert wide.low < narrow.low < narrow.value < narrow.high < wide.high
