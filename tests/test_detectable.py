"""Power and the growth that can be detected, against R and the noncentral t of scipy."""

import math

import numpy as np
import pytest
from reference import COUNTS, EXACT, YEARS, R
from scipy import stats

from analysis.growth.detectable import detectable_growth, minimum_detectable_growth
from analysis.models.power import detectable_noncentrality, t_test_power


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
    assert t_test_power(200, 2) == pytest.approx(1)


def test_noncentrality_and_growth_invert_the_power():
    noncentrality = detectable_noncentrality(2, power=0.9)
    assert t_test_power(noncentrality, 2) == pytest.approx(0.9, rel=1e-9)
    growth = minimum_detectable_growth(YEARS, 0.2, power=0.9).value
    slope = math.log1p(growth / 100)
    assert t_test_power(slope * math.sqrt(5) / 0.2, 2) == pytest.approx(0.9, rel=1e-9)


def test_both_noises_are_said_and_their_absence_explained():
    found = detectable_growth(YEARS, COUNTS)
    assert found["poisson"].value == minimum_detectable_growth(YEARS, 434**-0.5).value
    assert found["observed"].value == pytest.approx(
        minimum_detectable_growth(YEARS, EXACT["ols_loglinear"]["sigma"]).value, rel=1e-9
    )
    assert (found["power"].value, found["level"].value) == (80, pytest.approx(5))
    assert detectable_growth((1, 2), (3, 4))["poisson"].reason == "not estimable: 2 years"
    assert detectable_growth((1, 2, 3), (0, 0, 0))["poisson"].reason == "not estimable: every count is 0"
    assert detectable_growth((1, 2, 3), (5, 0, 5))["observed"].reason.endswith("a count of 0 has no logarithm")


def test_more_years_or_less_noise_detect_less_growth():
    found = [minimum_detectable_growth(range(n), 0.2).value for n in (3, 4, 6, 10)]
    assert found == sorted(found, reverse=True)
    sds = [minimum_detectable_growth(YEARS, sd).value for sd in np.linspace(0.05, 0.4, 5)]
    assert sds == sorted(sds)


def test_a_power_below_the_error_rate_is_refused():
    with pytest.raises(ValueError, match=r"power 0\.01"):
        detectable_noncentrality(2, power=0.01)
