"""Trend models against 50 digits, R and exact integer arithmetic; behaviour by property and enumeration."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from reference import COUNTS, EXACT, VALUES, YEARS, R
from scipy import stats

from analysis.estimates import Estimate
from analysis.growth import models as growth_module
from analysis.growth.count_trends import level_shift, poisson_level, poisson_trend, quasi_poisson_trend
from analysis.growth.first_year import back_cast, first_year, first_year_treatments
from analysis.growth.least_squares import linear_trend, log_linear_trend, mean_level
from analysis.growth.models import TREND_MODELS, annual_growth, compound_growth, growth_specifications, leave_one_out
from analysis.growth.negative_binomial import negative_binomial_trend
from analysis.growth.poisson_slope import SlopeProblem, exact_limits, exact_p, profile_limits

steady = settings(deadline=None, derandomize=True, max_examples=15)
series = st.lists(st.integers(1, 150), min_size=4, max_size=5)
LATER = YEARS[1:], COUNTS[1:]


def limits(estimate):
    return [estimate.low, estimate.high]


def close(actual, expected, rel=1e-8):
    assert actual == pytest.approx(expected, rel=rel)


@pytest.mark.parametrize("fit", [linear_trend, log_linear_trend])
@pytest.mark.parametrize("without_first", [False, True])
def test_least_squares_agree_with_fifty_digits(fit, without_first):
    years, counts = LATER if without_first else (YEARS, COUNTS)
    name = f"ols_{'linear' if fit is linear_trend else 'loglinear'}{'_drop2015' if without_first else ''}"
    exact, result = EXACT[name], fit(years, counts)
    # the 50-digit fit counts x from 2015 throughout
    slopes = [result.estimates["slope"]]
    if not without_first:
        close(result.coefficients, exact["coef"])
        close(result.standard_errors, exact["se"])
        close(limits(result.estimates["intercept"]), exact["ci95"][0])
        close(result.leverage, exact["hat"])
        close(fit(years, counts, level=0.8).estimates["slope"].low, exact["ci80"][1][0])
        close(result.not_interpreted["Durbin-Watson statistic"].value, exact["durbin_watson"])
    close([slopes[0].value, slopes[0].low, slopes[0].high], [exact["coef"][1], *exact["ci95"][1]], rel=1e-7)
    close(result.estimates["sigma"].value, exact["sigma"], rel=1e-7)
    close(result.residuals, exact["resid"], rel=1e-7)
    close(result.estimates["p"].value, exact["p"][1], rel=1e-7)
    close(result.diagnostics["PRESS"].value, exact["press"], rel=1e-7)
    close(result.goodness_of_fit["R squared"].value, exact["r2"])
    close(result.information["log likelihood"].value, exact["loglik"], rel=1e-7)


def test_a_variance_below_poisson_is_shown():
    found = linear_trend(*LATER).diagnostics["variance over Poisson"]
    close(found.value, EXACT["ols_linear_drop2015"]["sigma"] ** 2 / EXACT["poisson_step"]["mu_post"], rel=1e-7)
    logs = log_linear_trend(YEARS, COUNTS).diagnostics["variance over Poisson"]
    close(logs.value, EXACT["ols_loglinear"]["sigma"] ** 2 * 434)
    assert linear_trend(*AWKWARD[0]).diagnostics["variance over Poisson"].reason.startswith("not estimable")


def test_least_squares_agree_with_r():
    for name, fit in (("ols_linear", linear_trend), ("ols_loglinear", log_linear_trend)):
        result, from_r = fit(YEARS, COUNTS), R[name]
        close(result.information["AIC"].value, from_r["aic"])
        extreme = max(from_r["rstudent"], key=abs)
        close(result.not_interpreted["largest externally studentised residual"].value, extreme, rel=1e-6)
        close(result.not_interpreted["largest Cook's distance"].value, max(from_r["cooks"]))
        close(result.not_interpreted["Shapiro-Wilk p-value"].value, from_r["shapiro"], rel=1e-6)
        close(limits(fit(YEARS, COUNTS, level=0.8).estimates["slope"]), from_r["ci80"][1])
    close(limits(mean_level(YEARS, COUNTS).estimates["mean"]), R["ols_mean"]["ci95"][0])


def test_growth_and_doubling_agree_with_fifty_digits():
    exact = EXACT["growth"]
    fit = log_linear_trend(YEARS, COUNTS)
    close(fit.estimates["growth"].value, exact["loglinear_growth_pct"])
    close(limits(fit.estimates["growth"]), exact["loglinear_growth95"])
    close(limits(log_linear_trend(YEARS, COUNTS, level=0.8).estimates["growth"]), exact["loglinear_growth80"])
    close(fit.estimates["doubling_time"].value, exact["doubling_years"])
    assert fit.estimates["doubling_time"].high is None
    assert fit.estimates["doubling_time"].reason == "unbounded at 95%"
    for years, counts, ends in ((YEARS, COUNTS, "2015_2018"), (*LATER, "2016_2018")):
        compound = compound_growth(years, counts)
        close(compound["growth"].value, exact[f"cagr_{ends}_pct"])
        close(compound["doubling_time"].value, exact[f"doubling_years_from_cagr_{ends}"])


def test_compound_interval_is_the_root_of_the_exact_ratio():
    low, high = EXACT["rate_ratios"]["2018/2015"]["exact95"]
    compound = compound_growth(YEARS, COUNTS)
    close(limits(compound["growth"]), [100 * (low ** (1 / 3) - 1), 100 * (high ** (1 / 3) - 1)])
    close(limits(compound["doubling_time"]), [3 * math.log(2) / math.log(high), 3 * math.log(2) / math.log(low)])


def test_poisson_trend_agrees_with_fifty_digits_and_r():
    fit, exact, from_r = poisson_trend(YEARS, COUNTS), EXACT["poisson"], R["poisson"]
    close(fit.coefficients, exact["coef"])
    close(fit.standard_errors, exact["se"])
    close(fit.fitted, exact["fitted"])
    close(fit.deviance, exact["deviance"])
    close(fit.leverage, exact["hat"])
    close(fit.residuals, from_r["resid_dev"])
    close(limits(fit.estimates["slope_profile"]), exact["profile95_slope"])
    close(limits(fit.estimates["slope_wald"]), exact["wald95"][1])
    close(limits(poisson_trend(YEARS, COUNTS, level=0.8).estimates["slope_profile"]), exact["profile80_slope"])
    close(limits(poisson_trend(YEARS, COUNTS, dispersion=5).estimates["slope"]), from_r["profile95_phi5"])
    close(fit.goodness_of_fit["deviance p"].value, exact["gof_dev_p"])
    close(fit.goodness_of_fit["Pearson statistic p"].value, exact["gof_pearson_p"])
    close(fit.information["AIC"].value, exact["aic"])
    close(fit.information["AICc"].value, exact["aicc"])
    stored = VALUES["statsmodels"]["poisson_exact_conditional_slope"]
    close(limits(fit.estimates["slope"]), stored["ci95"])
    close(limits(poisson_trend(YEARS, COUNTS, level=0.8).estimates["slope"]), stored["ci80"])
    close(limits(fit.estimates["slope_mid_p"]), stored["midp95"])
    close(limits(fit.estimates["growth"]), stored["growth_pct95"])
    close(
        poisson_trend(*LATER).goodness_of_fit["too good"].value,
        EXACT["poisson_drop2015"]["lower_tail_p_too_good_fit"],
    )


def test_poisson_trend_on_a_falling_series_with_gaps_and_a_part_year():
    years, counts, time = (2010, 2011, 2013, 2016), (31, 22, 19, 7), (1, 1, 0.5, 1)
    fit, from_r = poisson_trend(years, counts, exposure=time), R["other_series"]
    close(fit.coefficients, from_r["coef"])
    close(fit.standard_errors, from_r["se"])
    close([fit.deviance, fit.information["AIC"].value], [from_r["deviance"], from_r["aic"]])
    close(fit.leverage, from_r["hat"])
    close(limits(fit.estimates["slope_profile"]), from_r["profile95"])
    assert fit.estimates["doubling_time"].reason == "undefined: the fitted trend does not rise"


def _power_coefficients(weights, total):
    """Exact coefficients of (sum of w z^x) ** total, by repeated squaring of integer polynomials."""
    top = max(weights)
    base, result = [weights.get(x, 0) for x in range(top + 1)], [1]
    while total:
        if total & 1:
            result = _product(result, base)
        base, total = _product(base, base), total >> 1
    return result


def _product(left, right):
    found = [0] * (len(left) + len(right) - 1)
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            found[i + j] += a * b
    return found


@pytest.mark.parametrize(
    ("positions", "counts", "exposure"),
    [
        ((0, 1, 2, 3), (3, 9, 11, 12), (1, 1, 1, 1)),
        ((0, 1, 4), (9, 4, 2), (1, 1, 1)),
        ((0, 1, 2), (2, 5, 6), (3, 4, 4)),
    ],
)
def test_conditional_distribution_against_integer_coefficients(positions, counts, exposure):
    problem = SlopeProblem.build(positions, counts, exposure)
    exact = _power_coefficients(dict(zip(positions, exposure, strict=True)), sum(counts))
    whole, seen = sum(exact), problem.weighted_sum
    expected = [float(Fraction(c, whole)) for c in exact]
    assert problem.sum_distribution(0.0) == pytest.approx(expected, rel=1e-9, abs=1e-14)
    tails = Fraction(sum(exact[seen:]), whole), Fraction(sum(exact[: seen + 1]), whole)
    close(exact_p(problem), min(1.0, 2 * float(min(tails))), rel=1e-10)
    # at a limit the tilted tail is exactly the error rate
    for limit, part in zip(exact_limits(problem, 0.9), (slice(seen, None), slice(None, seen + 1)), strict=True):
        tilted = np.array([float(c) for c in exact]) * np.exp(limit * np.arange(len(exact)))
        close(tilted[part].sum() / tilted.sum(), 0.05, rel=1e-8)


def test_small_p_values_keep_their_digits():
    problem = SlopeProblem.build((0, 1), (153, 462))
    close(exact_p(problem), EXACT["rate_ratios"]["2016/2015"]["p_central"])
    close(exact_p(SlopeProblem.build((0, 1), (462, 153))), EXACT["rate_ratios"]["2016/2015"]["p_central"])


def test_two_counts_give_the_clopper_pearson_ratio():
    low, high = exact_limits(SlopeProblem.build((0, 1), (462, 527)), 0.95)
    close([math.exp(low), math.exp(high)], EXACT["rate_ratios"]["2017/2016"]["exact95"])


def test_quasi_poisson_agrees_with_fifty_digits_and_r():
    fit, exact = quasi_poisson_trend(YEARS, COUNTS), EXACT["quasipoisson"]
    close(fit.estimates["dispersion"].value, exact["dispersion"])
    close(fit.standard_errors, exact["se"])
    close(limits(fit.estimates["slope_t"]), exact["wald_t95_slope"])
    close(limits(fit.estimates["slope"]), exact["profile_F95_slope"])
    close(fit.estimates["p_t"].value, exact["p_t2"][1])
    close(fit.estimates["p"].value, exact["F_p"])
    close(fit.estimates["p"].value, R["quasipoisson"]["F_p"])
    close(limits(fit.estimates["slope"]), R["quasipoisson"]["profile_F95"])
    assert fit.information["AIC"].reason == "undefined: quasi-likelihood"


def test_dispersion_below_one_is_raised_only_when_asked():
    free, floored = (quasi_poisson_trend(*LATER, at_least_poisson=at_least) for at_least in (False, True))
    close(free.estimates["dispersion"].value, EXACT["poisson_drop2015"]["pearson"], rel=1e-7)
    assert floored.estimates["dispersion"].value == 1
    assert floored.estimates["slope"].low < free.estimates["slope"].low


def test_negative_binomial_agrees_with_fifty_digits():
    fit, exact = negative_binomial_trend(YEARS, COUNTS), EXACT["negbin"]
    close(fit.coefficients, exact["coef"], rel=1e-7)
    close(fit.estimates["theta"].value, exact["theta"], rel=1e-6)
    close(fit.standard_errors, exact["se_observed_joint_statsmodels"][:2], rel=1e-6)
    close(fit.information["log likelihood"].value, exact["loglik"])
    close(fit.information["AIC"].value, exact["aic_k3"])
    assert fit.information["AICc"].reason == "undefined: n - k - 1 = 0"
    assert negative_binomial_trend(*LATER).reason.startswith("not estimable: no more variation than Poisson")


def test_level_shift_and_constant_agree_with_fifty_digits():
    fit, exact = level_shift(YEARS, COUNTS), EXACT["poisson_step"]
    close(fit.estimates["ratio"].value, exact["rr"])
    close(fit.estimates["after"].value, exact["mu_post"])
    close([fit.deviance, fit.goodness_of_fit["Pearson statistic"].value], [exact["deviance"], exact["pearson"]])
    close(fit.standard_errors[1], exact["se_log_rr"])
    close([fit.information["AIC"].value, fit.information["AICc"].value], [exact["aic"], exact["aicc"]])
    close(limits(fit.estimates["ratio_profile"]), np.exp(R["poisson_step"]["profile95"]))
    assert fit.estimates["ratio"].low < fit.estimates["ratio_profile"].low
    null = poisson_level(YEARS, COUNTS)
    expected = EXACT["poisson_null"]
    close([null.deviance, null.information["AIC"].value], [expected["deviance"], expected["aic"]])
    close(null.information["AICc"].value, expected["aicc"])


def test_first_year_agrees_with_r():
    cases = first_year(YEARS, COUNTS)
    assert list(cases) == [*(f"2015 as {m} months" for m in (12, 9, 6)), "without 2015"]
    for case, from_r in zip(cases.values(), R["first_year"], strict=False):
        close(case["Poisson trend"].value, from_r["growth"])
        close(case["log-linear trend"].value, from_r["loglinear"])
    later = EXACT["poisson_drop2015"]
    close(cases["without 2015"]["Poisson trend"].value, 100 * math.expm1(later["coef"][1]))
    problem = SlopeProblem.build(YEARS, COUNTS, (9 / 12, 1, 1, 1))
    close(profile_limits(problem, 0.95), R["first_year"][1]["profile95"])
    assert first_year_treatments(YEARS, COUNTS)[2].exposure == (0.5, 1, 1, 1)


def test_back_cast_agrees_with_r():
    back, from_r = back_cast(YEARS, COUNTS), R["off_trend"]
    close(back["expected"].value, from_r["expected"])
    close(back["share"].value, math.exp(from_r["log_ratio"]))
    close(limits(back["share"]), np.exp(from_r["profile95"]))
    close(back["months"].low, 12 * math.exp(from_r["profile95"][0]))
    close(back["expected"].high, COUNTS[0] / math.exp(from_r["profile95"][0]))
    assert back_cast((1, 2, 3), (0, 5, 6))["months"].reason.startswith("not estimable")


def test_leave_one_out_agrees_with_fifty_digits():
    left = leave_one_out(YEARS, COUNTS, model="linear trend")
    close([year.error.value for year in left], EXACT["ols_linear"]["loo"])
    close(sum(year.error.value**2 for year in left), EXACT["ols_linear"]["press"])
    assert left[0].growth.reason == "undefined: no constant growth"
    poisson = leave_one_out(YEARS, COUNTS)
    close(poisson[0].growth.value, 100 * math.expm1(EXACT["poisson_drop2015"]["coef"][1]))


EXPECTED_SLOPES = {
    ("Poisson", "profile likelihood", 1.0): EXACT["poisson"]["profile95_slope"],
    ("Poisson", "profile likelihood", 5.0): R["poisson"]["profile95_phi5"],
    ("Poisson", "z", 1.0): EXACT["poisson"]["wald95"][1],
    ("Poisson", "exact", 1.0): VALUES["statsmodels"]["poisson_exact_conditional_slope"]["ci95"],
    ("quasi-Poisson", "t", "Pearson"): EXACT["quasipoisson"]["wald_t95_slope"],
    ("quasi-Poisson", "z", "Pearson"): EXACT["quasipoisson"]["wald_z95_slope"],
    ("quasi-Poisson", "F profile", "Pearson"): EXACT["quasipoisson"]["profile_F95_slope"],
    ("quasi-Poisson", "profile likelihood", "Pearson"): EXACT["quasipoisson"]["profile_z95_slope"],
    ("log-linear", "t", "residual variance"): EXACT["ols_loglinear"]["ci95"][1],
}


@pytest.mark.parametrize("specification", EXPECTED_SLOPES)
def test_specifications_agree_with_fifty_digits(specification):
    model, interval, dispersion = specification
    found = annual_growth(YEARS, COUNTS, model=model, interval=interval, dispersion=dispersion)
    close(limits(found), [100 * math.expm1(slope) for slope in EXPECTED_SLOPES[specification]])


@pytest.mark.parametrize("specification", growth_specifications())
def test_every_specification_speaks_for_every_series(specification):
    model, interval, dispersion = specification
    about = dict(model=model, interval=interval, dispersion=dispersion)
    for years, counts in (
        (YEARS, COUNTS),
        LATER,
        (YEARS[:2], COUNTS[:2]),
        ((1, 2, 5), (0, 0, 4)),
        ((1, 3), (7, 0)),
    ):
        found = annual_growth(years, counts, **about)
        assert found.unit == "% a year"
        assert found.value is not None or found.reason


def test_specifications_that_do_not_exist_are_refused():
    for wrong in (
        ("Poisson", "t", 1.0),
        ("Poisson", "exact", 5.0),
        ("log-linear", "t", 2.0),
        ("linear", "t", 1.0),
    ):
        with pytest.raises(ValueError, match="growth_specifications"):
            annual_growth(YEARS, COUNTS, model=wrong[0], interval=wrong[1], dispersion=wrong[2])


AWKWARD = [
    ((2015, 2016), (153, 462)),
    ((1, 2, 3), (10, 20, 40)),
    ((1, 2, 3), (5, 5, 5)),
    ((1, 2, 3), (0, 0, 0)),
    ((1, 2, 3), (0, 0, 7)),
    ((1, 2, 3), (7, 0, 0)),
    ((1, 2, 3, 9), (2000, 1, 2000, 1)),
    ((1, 2, 3, 4, 5, 6), (1, 0, 2, 0, 0, 1)),
]


@pytest.mark.parametrize("model", TREND_MODELS)
@pytest.mark.parametrize(("years", "counts"), AWKWARD)
def test_awkward_series_give_reasons_not_failures(model, years, counts):
    fit = TREND_MODELS[model](years, counts)
    estimates = [*fit.estimates.values(), *fit.information.values(), *fit.goodness_of_fit.values()]
    assert all(isinstance(e, Estimate) and (e.value is not None or e.reason) for e in estimates)
    assert all(e.function for e in fit.estimates.values())
    assert fit.reason or len(fit.mean_at(years)) == len(years)


def test_two_counts_leave_no_degrees_of_freedom():
    assert linear_trend(*AWKWARD[0]).estimates["sigma"].reason == "not estimable: 0 residual degrees of freedom"
    assert linear_trend(*AWKWARD[0]).estimates["slope"].interval == ""
    assert quasi_poisson_trend(*AWKWARD[0]).reason == "not estimable: 0 residual degrees of freedom"
    assert linear_trend(YEARS, COUNTS).information["AICc"].reason == "undefined: n - k - 1 = 0"
    assert linear_trend(*LATER).information["AICc"].reason == "undefined: n - k - 1 = -1"


def test_no_curve_is_drawn_without_a_fit():
    with pytest.raises(ValueError, match="no curve"):
        log_linear_trend((1, 2, 3), (0, 2, 3)).mean_at([4])


def test_bad_exposure_and_shift_year_are_refused():
    with pytest.raises(ValueError, match="give 4 positive"):
        poisson_trend(YEARS, COUNTS, exposure=(0, 1, 1, 1))
    with pytest.raises(ValueError, match="shift year 2015"):
        level_shift(YEARS, COUNTS, shift_year=2015)
    with pytest.raises(ValueError, match="13 months"):
        first_year_treatments(YEARS, COUNTS, months=(13,))
    with pytest.raises(ValueError, match="choose one of"):
        leave_one_out(YEARS, COUNTS, model="none")


@steady
@given(series, st.integers(-300, 300))
def test_growth_does_not_depend_on_the_calendar(counts, shift):
    years = list(range(2000, 2000 + len(counts)))
    moved = [year + shift for year in years]
    for model in (log_linear_trend, quasi_poisson_trend):
        first, second = model(years, counts).estimates["growth"], model(moved, counts).estimates["growth"]
        assert (first.value, first.low, first.high) == pytest.approx((second.value, second.low, second.high))


@steady
@given(series, st.floats(0.1, 5))
def test_a_common_exposure_moves_the_level_and_not_the_growth(counts, time):
    years = list(range(len(counts)))
    plain, scaled = (poisson_trend(years, counts, exposure=e) for e in (None, [time] * len(counts)))
    assert limits(plain.estimates["growth"]) == pytest.approx(limits(scaled.estimates["growth"]), rel=1e-7)
    assert plain.coefficients[0] - scaled.coefficients[0] == pytest.approx(math.log(time), abs=1e-8)


@steady
@given(series, st.integers(2, 9))
def test_least_squares_scale_with_the_counts(counts, factor):
    years, scaled = list(range(len(counts))), [factor * count for count in counts]
    one, many = linear_trend(years, counts), linear_trend(years, scaled)
    assert np.array(limits(one.estimates["slope"])) * factor == pytest.approx(limits(many.estimates["slope"]), abs=1e-6)
    growths = [limits(log_linear_trend(years, c).estimates["growth"]) for c in (counts, scaled)]
    assert growths[0] == pytest.approx(growths[1], rel=1e-6, abs=1e-6)


@steady
@given(series)
def test_reversing_the_years_changes_the_sign_of_the_slope(counts):
    years = list(range(len(counts)))
    forth = exact_limits(SlopeProblem.build(years, counts), 0.95)
    back = exact_limits(SlopeProblem.build(years, counts[::-1]), 0.95)
    assert (forth[0], forth[1]) == pytest.approx((-back[1], -back[0]), abs=1e-9)


@steady
@given(series, st.sampled_from(growth_specifications()))
def test_intervals_nest_in_level(counts, specification):
    about = dict(zip(("model", "interval", "dispersion"), specification, strict=True))
    years = list(range(len(counts)))
    narrow, wide = (annual_growth(years, counts, level=level, **about) for level in (0.8, 0.95))
    if narrow.interval:
        assert wide.low <= narrow.low <= narrow.value <= narrow.high <= wide.high


@pytest.mark.parametrize("level", [0.8, 0.95])
@pytest.mark.parametrize("slope", [-1.0, 0.0, 0.4])
def test_exact_slope_covers_at_least_its_level_for_every_total(level, slope):
    for total in (1, 3, 6):
        found = {}
        covered = 0.0
        for counts in itertools.product(range(total + 1), repeat=3):
            if sum(counts) != total:
                continue
            problem = SlopeProblem.build((0, 1, 2), counts)
            seen = problem.weighted_sum
            if seen not in found:
                low, high = exact_limits(problem, level)
                found[seen] = (low is None or low <= slope) and (high is None or slope <= high)
            covered += found[seen] * stats.multinomial.pmf(counts, total, problem.shares(slope))
        assert covered >= level - 1e-9


@pytest.mark.parametrize("counts", [(0, 0, 5), (5, 0, 0)])
def test_counts_in_one_year_leave_one_limit(counts):
    problem = SlopeProblem.build((0, 1, 2), counts)
    for low, high in (exact_limits(problem, 0.95), profile_limits(problem, 0.95)):
        assert (low is None) == (counts[2] == 0)
        assert (high is None) == (counts[0] == 0)
    # all five in the last year: probability share ** 5 reaches 2.5% at the limit
    edge = next(limit for limit in exact_limits(problem, 0.95) if limit is not None)
    close(problem.shares(edge)[int(np.argmax(counts))] ** 5, 0.025)


def test_all_models_are_offered():
    assert list(growth_module.all_trends(YEARS, COUNTS)) == list(TREND_MODELS)
