"""Power against R, closed forms and enumeration."""

import math

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from reference import YEARS, R
from scipy import stats

from analysis.growth.power import (
    adjacent_years_power,
    detectable_noncentrality,
    minimum_detectable_growth,
    t_test_power,
)
from analysis.growth.rates import rate_ratio_p


@pytest.mark.parametrize("case", R["power_t"], ids=lambda case: f"{case['noncentrality']}-{case['df']}")
def test_t_power_agrees_with_r(case):
    assert t_test_power(case["noncentrality"], case["df"]) == pytest.approx(case["power"], rel=1e-8)


@pytest.mark.parametrize(("noncentrality", "df"), [(2.5, 3), (1.0, 8), (3.0, 30)])
def test_t_power_agrees_with_the_noncentral_t_of_scipy_where_that_works(noncentrality, df):
    critical = stats.t.isf(0.05, df)
    expected = stats.nct.sf(critical, df, noncentrality) + stats.nct.cdf(-critical, df, noncentrality)
    assert t_test_power(noncentrality, df, level=0.9) == pytest.approx(expected, rel=1e-8)


def test_power_without_effect_is_the_error_rate():
    assert t_test_power(0, 2) == pytest.approx(0.05, rel=1e-9)
    assert t_test_power(0, None, level=0.8) == pytest.approx(0.2, rel=1e-12)
    assert t_test_power(200, 2) == pytest.approx(1)


def test_known_variance_needs_the_sum_of_two_normal_quantiles():
    expected = stats.norm.ppf(0.975) + stats.norm.ppf(0.8)
    # the sum leaves out rejections on the wrong side, about one in a million
    assert detectable_noncentrality(None) == pytest.approx(expected, rel=2e-6)
    assert detectable_noncentrality(None) < expected


def test_noncentrality_and_growth_invert_the_power():
    noncentrality = detectable_noncentrality(2, power=0.9)
    assert t_test_power(noncentrality, 2) == pytest.approx(0.9, rel=1e-9)
    growth = minimum_detectable_growth(YEARS, log_sd=0.2, power=0.9).value
    slope = math.log1p(growth / 100)
    assert t_test_power(slope * math.sqrt(5) / 0.2, 2) == pytest.approx(0.9, rel=1e-9)


@pytest.mark.parametrize(("dispersion", "expected"), [(1, 6.2), (5, 14.4), (10, 20.9), (20, 30.9)])
def test_growth_detected_with_a_known_dispersion(dispersion, expected):
    """(z.975 + z.80) sqrt(phi / mean) over the root of the spread of four years."""
    slope = (stats.norm.ppf(0.975) + stats.norm.ppf(0.8)) * math.sqrt(dispersion / 434 / 5)
    about = dict(mean_count=434, dispersion=dispersion, variance_known=True)
    found = minimum_detectable_growth(YEARS, **about).value
    assert found == pytest.approx(100 * math.expm1(slope), rel=1e-5)
    assert found == pytest.approx(expected, abs=0.05)


@pytest.mark.parametrize("case", R["power_adjacent"], ids=lambda case: str(case["ratio"]))
def test_power_of_adjacent_years_agrees_with_r(case):
    assert adjacent_years_power(527, case["ratio"]).value == pytest.approx(case["power"], rel=1e-8)


def test_power_of_adjacent_years_by_enumeration():
    expected, ratio = 4.0, 3.0
    total = 0.0
    for earlier in range(30):
        for later in range(50):
            p = rate_ratio_p(later, earlier).value
            if p is not None and p <= 0.05:
                total += stats.poisson.pmf(earlier, expected) * stats.poisson.pmf(later, expected * ratio)
    assert adjacent_years_power(expected, ratio).value == pytest.approx(total, abs=1e-6)


@settings(deadline=None, derandomize=True, max_examples=25)
@given(st.floats(0.5, 2000), st.floats(0.2, 5))
def test_exact_test_keeps_its_error_rate_and_is_symmetric(expected, ratio):
    assert adjacent_years_power(expected, 1.0).value <= 0.05 + 1e-12
    forth, back = adjacent_years_power(expected, ratio), adjacent_years_power(expected * ratio, 1 / ratio)
    assert forth.value == pytest.approx(back.value, rel=1e-6, abs=1e-9)


def test_more_years_or_less_noise_detect_less_growth():
    found = [minimum_detectable_growth(range(n), log_sd=0.2).value for n in (3, 4, 6, 10)]
    assert found == sorted(found, reverse=True)
    sds = [minimum_detectable_growth(YEARS, log_sd=sd).value for sd in np.linspace(0.05, 0.4, 5)]
    assert sds == sorted(sds)


def test_bad_requests_are_refused():
    with pytest.raises(ValueError, match="one of log_sd and mean_count"):
        minimum_detectable_growth(YEARS)
    with pytest.raises(ValueError, match="give at least 3"):
        minimum_detectable_growth((1, 2), log_sd=0.1)
    with pytest.raises(ValueError, match=r"power 0\.01"):
        detectable_noncentrality(2, power=0.01)
    with pytest.raises(ValueError, match="both above 0"):
        adjacent_years_power(0, 1)
