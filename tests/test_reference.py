"""Where statsmodels and R differ and which is followed here; a NIST set; the R values made again."""

import inspect
import json
import shutil
import subprocess

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from reference import COUNTS, EXACT, FOLDER, YEARS, R, load
from scipy import stats
from statsmodels.genmod import families
from statsmodels.genmod.generalized_linear_model import GLM, GLMResults
from statsmodels.stats import rates

from analysis.growth.poisson_trends import QuasiPoissonTrend
from analysis.growth.rates import rate_ratio
from analysis.growth.saturation import saturating_fit
from analysis.models.poisson_slope import SlopeProblem, profile_limits
from analysis.models.rates import exact_p
from analysis.models.trends import linear_trend, poisson_trend

COLUMNS = np.column_stack([np.ones(4), np.arange(4.0)])
NIST = load("nist_strd_linear.json")


def relative(actual, expected):
    return float(np.max(np.abs(np.asarray(actual) / np.asarray(expected) - 1)))


def poisson_model():
    return GLM(np.array(COUNTS, dtype=float), COLUMNS, family=families.Poisson())


def test_1_statsmodels_and_the_core_fit_the_same():
    """What notebook 03 shows in the open: formula, call and coefficients, beside the core."""
    table = pd.DataFrame({"count": COUNTS, "x": np.arange(4.0)})
    line, core = smf.ols("count ~ x", table).fit(), linear_trend(COUNTS)
    assert [core.intercept[0], core.slope[0]] == pytest.approx(list(line.params), rel=1e-10)
    assert core.slope_error[0] == pytest.approx(line.bse["x"], rel=1e-10)
    poisson, core = smf.glm("count ~ x", table, family=families.Poisson()).fit(tol=1e-13), poisson_trend(COUNTS)
    assert [core.intercept[0], core.slope[0]] == pytest.approx(list(poisson.params), rel=1e-8)
    assert np.sqrt(core.covariance[1][0]) == pytest.approx(poisson.bse["x"], rel=1e-8)
    assert core.deviance[0] == pytest.approx(poisson.deviance, rel=1e-10)


def test_2_standard_errors_of_a_glm_are_those_at_convergence():
    """R at its default control keeps the weights of the last iteration but one."""
    exact = EXACT["poisson"]["se"]
    assert 1e-7 < relative(R["poisson_default_control"]["se"], exact) < 1e-5
    assert relative(R["poisson"]["se"], exact) < 1e-8
    intercept, slope, _ = poisson_trend(COUNTS).covariance
    assert relative(np.sqrt([intercept[0], slope[0]]), exact) < 1e-8


def test_3_an_estimated_dispersion_takes_t_and_f_not_normal_quantiles():
    """statsmodels needs use_t; R's summary takes t, but its confint profiles with normal quantiles."""
    exact, fit = EXACT["quasipoisson"], QuasiPoissonTrend.fit(YEARS, COUNTS)
    assert poisson_model().fit(scale="X2").pvalues[1] == pytest.approx(0.0278, abs=5e-5)
    theirs, ours = poisson_model().fit(scale="X2", use_t=True).conf_int()[1], fit.slope_under("t", "Pearson")
    assert [ours.low, ours.high] == pytest.approx(list(theirs), rel=1e-7)
    assert R["quasipoisson"]["confint"][1] == pytest.approx(exact["profile_z95_slope"], rel=2e-3)
    assert fit.estimates["slope"].low < 0 < R["quasipoisson"]["confint"][1][0]


def test_4_the_negative_binomial_family_of_statsmodels_does_not_estimate_alpha():
    assert relative(R["negbin"]["se"], EXACT["negbin"]["se_expected_info_R"]) < 1e-6
    fixed = GLM(np.array(COUNTS, dtype=float), COLUMNS, family=families.NegativeBinomial(alpha=1.0)).fit()
    assert fixed.bse[1] == pytest.approx(0.448, abs=5e-4)


@pytest.mark.parametrize("method", ["exact-cond", "sqrt"])
def test_5_statsmodels_has_no_exact_conditional_interval(method):
    with pytest.raises(ValueError, match="not recognized"):
        rates.confint_poisson_2indep(527, 1, 462, 1, method=method)
    ratio = rate_ratio(527, 462)
    assert [ratio.low, ratio.high] == pytest.approx(R["rate_ratios"]["2017/2016"]["ci95"], rel=1e-10)
    share = stats.binomtest(527, 527 + 462).proportion_ci(method="exact")
    assert ratio.low == pytest.approx(share.low / (1 - share.low), rel=1e-9)


def test_6_p_value_and_interval_are_both_central():
    """R's poisson.test prints a minimum-likelihood p-value beside a central interval."""
    example = R["published"]["fay"]
    p = float(exact_p(2, 9, share=17877 / (17877 + 16660)))
    minimum_likelihood = stats.binomtest(2, 11, 17877 / (17877 + 16660)).pvalue
    assert example["p_minlike"] == pytest.approx(minimum_likelihood, rel=1e-8)
    assert example["p_minlike"] < 0.05 < p
    assert example["ci95"][1] > 1


def test_7_nonlinear_errors_come_from_analytic_gradients():
    """nls differences its gradient by default, and its profile limits fail where there are none to find."""
    exact, asymptote = EXACT["nls"]["logistic"], saturating_fit(YEARS, COUNTS).asymptote
    assert relative([asymptote.low, asymptote.high], exact["wald_t95"][0]) < 1e-8
    assert relative(R["nls_logistic"]["se"], exact["se"]) < 1e-7
    assert relative(R["nls_default"]["se"], exact["se"]) > 1e-8
    assert R["nls_logistic"]["profile"] == R["nls_gompertz"]["profile"] == "error"


def test_8_statsmodels_has_no_profile_interval_for_a_glm():
    assert list(inspect.signature(GLMResults.conf_int).parameters) == ["self", "alpha"]
    profile = profile_limits(SlopeProblem.build(YEARS, COUNTS), 0.95)
    assert list(profile) == pytest.approx(EXACT["poisson"]["profile95_slope"], rel=1e-9)
    assert list(profile) == pytest.approx(R["poisson"]["profile95"], rel=1e-8)


def digits(actual, expected):
    """Correct digits of the worst of several numbers."""
    expected = np.asarray(expected)
    scale = np.where(expected == 0, 1, np.abs(expected))
    return float(-np.log10(np.maximum(np.abs(np.asarray(actual) - expected) / scale, 1e-16)).max())


def test_the_straight_line_on_the_set_of_nist():
    """Norris, certified to 15 digits: the one linear set of NIST that is a straight line with an intercept."""
    problem = NIST["norris"]
    fit = linear_trend(problem["y"], problem["x"])
    assert digits([fit.intercept[0], fit.slope[0]], problem["certified"]["coef"]) >= 9
    assert digits(fit.slope_error[0], problem["certified"]["se"][1]) >= 9
    assert digits(fit.residual_variance[0], problem["certified"]["rsd"] ** 2) >= 9


def leaves(value, path=""):
    """Every number and word of a nested structure with its path."""
    if isinstance(value, dict):
        return [leaf for key in value for leaf in leaves(value[key], f"{path}/{key}")]
    if isinstance(value, list):
        return [leaf for i, item in enumerate(value) for leaf in leaves(item, f"{path}/{i}")]
    return [(path, value)]


def differing(found, stored):
    """Paths at which two sets of values differ; wider where an optimiser or a difference quotient ends."""
    stored, found = dict(leaves(stored)), dict(leaves(found))
    wrong = sorted(set(stored) ^ set(found))
    for path in set(stored) & set(found):
        tolerance = 1e-5 if path.startswith(("/nls", "/negbin", "/quasipoisson/confint")) else 1e-8
        expected = stored[path]
        numeric = isinstance(expected, (int, float))
        if not (found[path] == pytest.approx(expected, rel=tolerance) if numeric else found[path] == expected):
            wrong.append(path)
    return wrong


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed: stored R values are not remade")
def test_r_gives_the_stored_values(tmp_path):
    packages = "q(status = !all(c('MASS', 'jsonlite') %in% rownames(installed.packages())))"
    if subprocess.run(["Rscript", "-e", packages], check=False, capture_output=True).returncode:
        pytest.skip("R lacks MASS or jsonlite: stored R values are not remade")
    out = tmp_path / "r_values.json"
    subprocess.run(["Rscript", str(FOLDER / "reference.R"), str(out)], check=True, capture_output=True)
    found, stored = json.loads(out.read_text(encoding="utf-8")), dict(R)
    found.pop("versions")
    stored.pop("versions")
    assert differing(found, stored) == []


@pytest.mark.gate("expected values from R, NIST and exact arithmetic")
def test_a_changed_reference_value_is_noticed():
    changed = json.loads(json.dumps(R))
    changed["poisson"]["coef"][1] *= 1 + 1e-7
    del changed["holm"]
    assert differing(changed, R) == ["/holm/0", "/holm/1", "/holm/2", "/poisson/coef/1"]


def test_stored_r_values_agree_with_fifty_digits():
    """The two outside sources agree with each other, so agreeing with one is not agreeing with its errors."""
    pairs = [
        (R["ols_linear"]["coef"], EXACT["ols_linear"]["coef"]),
        (R["poisson"]["se"], EXACT["poisson"]["se"]),
        (R["poisson"]["profile95"], EXACT["poisson"]["profile95_slope"]),
        (R["quasipoisson"]["profile_F95"], EXACT["quasipoisson"]["profile_F95_slope"]),
        (R["rate_ratios"]["2018/2015"]["ci95"], EXACT["rate_ratios"]["2018/2015"]["exact95"]),
        (R["negbin"]["theta"], EXACT["negbin"]["theta"]),
    ]
    for from_r, exact in pairs:
        assert relative(from_r, exact) < 1e-8
