"""Trend models against 50 digits, R and statsmodels; readings of the first year, leaving out, refusals."""

import math

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from reference import COUNTS, EXACT, VALUES, YEARS, R

from analysis.growth.first_year import back_cast, first_year, first_year_readings
from analysis.growth.least_squares import LinearTrend, LogLinearTrend
from analysis.growth.poisson_trends import NegativeBinomialTrend, PoissonTrend, QuasiPoissonTrend
from analysis.growth.trend import TRENDS, ConstantGrowth, trend_model
from analysis.growth.trends import all_trends, growth_models, leave_one_out
from analysis.growth.two_rates import CompoundGrowth

steady = settings(deadline=None, derandomize=True, max_examples=15)
series = st.lists(st.integers(1, 150), min_size=4, max_size=5)
LATER = YEARS[1:], COUNTS[1:]
SPECIFICATIONS = [(model, *pair) for model in growth_models().values() for pair in model.specifications]


def limits(estimate):
    return [estimate.low, estimate.high]


def close(actual, expected, rel=1e-8):
    assert actual == pytest.approx(expected, rel=rel)


@pytest.mark.parametrize(("model", "name"), [(LinearTrend, "ols_linear"), (LogLinearTrend, "ols_loglinear")])
def test_least_squares_agree_with_fifty_digits_and_r(model, name):
    exact, from_r, fit = EXACT[name], R[name], model.fit(YEARS, COUNTS)
    close(fit.coefficients, exact["coef"])
    close(limits(fit.estimates["slope"]), exact["ci95"][1])
    close(limits(model.fit(YEARS, COUNTS, level=0.8).estimates["slope"]), from_r["ci80"][1])
    close(math.sqrt(fit.line.residual_variance[0]), exact["sigma"])
    later, without = EXACT[f"{name}_drop2015"], model.fit(*LATER)
    close(limits(without.estimates["slope"]), later["ci95"][1], rel=1e-7)


def test_growth_agrees_with_fifty_digits():
    exact = EXACT["growth"]
    found = LogLinearTrend.fit(YEARS, COUNTS).estimates
    close(found["growth"].value, exact["loglinear_growth_pct"])
    close(limits(found["growth"]), exact["loglinear_growth95"])
    close(limits(LogLinearTrend.fit(YEARS, COUNTS, level=0.8).estimates["growth"]), exact["loglinear_growth80"])
    for years, counts, ends in ((YEARS, COUNTS, "2015_2018"), (*LATER, "2016_2018")):
        compound = CompoundGrowth.fit(years, counts).estimates
        close(compound["growth"].value, exact[f"cagr_{ends}_pct"])


def test_compound_interval_is_the_root_of_the_exact_ratio():
    low, high = EXACT["rate_ratios"]["2018/2015"]["exact95"]
    compound = CompoundGrowth.fit(YEARS, COUNTS).estimates
    close(limits(compound["growth"]), [100 * (low ** (1 / 3) - 1), 100 * (high ** (1 / 3) - 1)])


def test_poisson_trend_agrees_with_fifty_digits():
    fit, exact = PoissonTrend.fit(YEARS, COUNTS), EXACT["poisson"]
    close(fit.coefficients, exact["coef"])
    close(fit.mean_at(YEARS), exact["fitted"])
    close(fit.estimates["deviance_p"].value, exact["gof_dev_p"])
    stored = VALUES["statsmodels"]["poisson_exact_conditional_slope"]
    close(limits(fit.estimates["slope"]), stored["ci95"])
    close(limits(PoissonTrend.fit(YEARS, COUNTS, level=0.8).estimates["slope"]), stored["ci80"])
    close(limits(fit.estimates["growth"]), stored["growth_pct95"])


def test_poisson_trend_on_a_falling_series_with_gaps_and_a_part_year():
    fit = PoissonTrend((2010, 2011, 2013, 2016), (31, 22, 19, 7), (1, 1, 0.5, 1), 0.95)
    close(fit.coefficients, R["other_series"]["coef"])
    close(limits(fit.slope_under("profile likelihood", 1.0)), R["other_series"]["profile95"])


def test_quasi_poisson_agrees_with_fifty_digits_and_r():
    fit, exact = QuasiPoissonTrend.fit(YEARS, COUNTS), EXACT["quasipoisson"]
    close(fit.estimates["dispersion"].value, exact["dispersion"])
    close(limits(fit.estimates["slope"]), exact["profile_F95_slope"])
    close(limits(fit.estimates["slope"]), R["quasipoisson"]["profile_F95"])


def test_dispersion_below_one_is_raised_only_where_asked():
    fit = QuasiPoissonTrend.fit(*LATER)
    close(fit.estimates["dispersion"].value, EXACT["poisson_drop2015"]["pearson"], rel=1e-7)
    free, raised = (fit.slope_under("F profile", how) for how in ("Pearson", "Pearson, at least 1"))
    assert raised.low < free.low


def test_negative_binomial_agrees_with_fifty_digits():
    fit, exact = NegativeBinomialTrend.fit(YEARS, COUNTS), EXACT["negbin"]
    close(fit.coefficients, exact["coef"])
    close(fit.estimates["alpha"].value, exact["alpha"])
    # t with 1 degree of freedom, 97.5%
    reach = 12.706204736432102 * exact["se_observed_joint_statsmodels"][1]
    close(limits(fit.estimates["slope"]), [exact["coef"][1] - reach, exact["coef"][1] + reach], rel=1e-6)
    assert NegativeBinomialTrend.fit(*LATER).reason == "not estimable: no more variation than Poisson, alpha is 0"


EXPECTED_SLOPES = {
    (PoissonTrend, "profile likelihood", 1.0): EXACT["poisson"]["profile95_slope"],
    (PoissonTrend, "z", 1.0): EXACT["poisson"]["wald95"][1],
    (PoissonTrend, "exact", 1.0): VALUES["statsmodels"]["poisson_exact_conditional_slope"]["ci95"],
    (QuasiPoissonTrend, "profile likelihood", 5.0): R["poisson"]["profile95_phi5"],
    (QuasiPoissonTrend, "t", "Pearson"): EXACT["quasipoisson"]["wald_t95_slope"],
    (QuasiPoissonTrend, "z", "Pearson"): EXACT["quasipoisson"]["wald_z95_slope"],
    (QuasiPoissonTrend, "F profile", "Pearson"): EXACT["quasipoisson"]["profile_F95_slope"],
    (QuasiPoissonTrend, "profile likelihood", "Pearson"): EXACT["quasipoisson"]["profile_z95_slope"],
    (LogLinearTrend, "t", "residual variance"): EXACT["ols_loglinear"]["ci95"][1],
}


@pytest.mark.parametrize("specification", EXPECTED_SLOPES, ids=lambda s: f"{s[0].name} {s[1]} {s[2]}")
def test_every_kind_of_interval_agrees_with_outside_values(specification):
    model, interval, dispersion = specification
    found = model.fit(YEARS, COUNTS).growth_under(interval, dispersion)
    close(limits(found), [100 * math.expm1(slope) for slope in EXPECTED_SLOPES[specification]])


def test_first_year_agrees_with_r():
    cases = first_year(YEARS, COUNTS)
    assert list(cases) == [*(f"2015 as {m} months" for m in (12, 9, 6)), "without 2015"]
    for case, from_r in zip(cases.values(), R["first_year"], strict=False):
        close(case["Poisson trend"].value, from_r["growth"])
        close(case["log-linear trend"].value, from_r["loglinear"])
    later = EXACT["poisson_drop2015"]
    close(cases["without 2015"]["Poisson trend"].value, 100 * math.expm1(later["coef"][1]))
    nine = PoissonTrend(YEARS, COUNTS, (9 / 12, 1, 1, 1), 0.95)
    close(limits(nine.slope_under("profile likelihood", 1.0)), R["first_year"][1]["profile95"])
    assert first_year_readings(YEARS, COUNTS)[2].exposure == (0.5, 1, 1, 1)


def test_back_cast_agrees_with_r():
    back, from_r = back_cast(YEARS, COUNTS), R["off_trend"]
    close(back["expected"].value, from_r["expected"])
    close(back["share"].value, math.exp(from_r["log_ratio"]))
    close(limits(back["share"]), np.exp(from_r["profile95"]))
    close(back["months"].low, 12 * math.exp(from_r["profile95"][0]))
    close(back["expected"].high, COUNTS[0] / math.exp(from_r["profile95"][0]))
    assert back_cast((1, 2, 3), (0, 5, 6))["months"].reason.startswith("not estimable: the counts leave")
    assert back_cast((1, 2), (3, 5))["months"].reason == "not estimable: 2 counts"


def test_leave_one_out_agrees_with_fifty_digits():
    first = leave_one_out(YEARS, COUNTS)[0]
    close(first.growth.value, 100 * math.expm1(EXACT["poisson_drop2015"]["coef"][1]))
    close(first.expected.value, R["off_trend"]["expected"])
    close(first.error.value, COUNTS[0] - R["off_trend"]["expected"])
    assert leave_one_out((1, 2), (3, 4)) == []


def test_two_counts_leave_no_degrees_of_freedom():
    fits = all_trends((2015, 2016), (153, 462))
    assert fits["linear trend"].estimates["slope"].reason == "no interval: 0 residual degrees of freedom"
    assert fits["quasi-Poisson trend"].estimates["growth"].reason == "not estimable: 0 residual degrees of freedom"
    # two counts on a Poisson trend are one ratio
    ratio = EXACT["rate_ratios"]["2016/2015"]["exact95"]
    close(limits(fits["Poisson trend"].estimates["growth"]), [100 * (r - 1) for r in ratio])


def test_counts_on_a_curve_have_no_interval_of_width_zero():
    for model, counts in ((LinearTrend, (10, 20, 30)), (LogLinearTrend, (10, 20, 40))):
        found = model.fit((1, 2, 3), counts).estimates
        assert next(iter(found.values())).reason == "no interval: the counts lie on the curve"


def test_counts_in_one_year_leave_the_slope_one_limit():
    slope = PoissonTrend.fit((1, 2, 3), (0, 0, 5)).estimates["slope"]
    assert (slope.value, slope.high) == (None, None)
    assert slope.low > 0
    assert slope.reason == "unbounded: every count is in the first or the last year"


def test_no_curve_is_drawn_without_a_fit():
    with pytest.raises(ValueError, match="no curve"):
        LogLinearTrend.fit((1, 2, 3), (0, 2, 3)).mean_at([4])


def test_a_model_is_added_by_one_class():
    try:

        @trend_model
        class Doubling(ConstantGrowth):
            """A count that doubles each year, for the sake of this test."""

            name = "doubling"
            specifications = (("none", 1.0),)

            @property
            def coefficients(self):
                return math.log(self.counts[0]), math.log(2)

            def slope_under(self, interval, dispersion):
                about = self._about("slope of the log rate", "a year", "")
                return self._interval(about, math.log(2), (0.6, 0.8), interval)

        assert all_trends(YEARS, COUNTS)["doubling"].estimates["growth"].value == pytest.approx(100)
        assert first_year(YEARS, COUNTS)["without 2015"]["doubling"].value == pytest.approx(100)
    finally:
        TRENDS.pop("doubling", None)
    assert list(all_trends(YEARS, COUNTS)) == list(TRENDS)


@steady
@given(series, st.integers(-300, 300))
def test_growth_does_not_depend_on_the_calendar(counts, shift):
    years = list(range(2000, 2000 + len(counts)))
    moved = [year + shift for year in years]
    for model in growth_models().values():
        first, second = (model.fit(when, counts).estimates["growth"] for when in (years, moved))
        assert first.reason == second.reason
        if first.interval:
            assert [first.value, *limits(first)] == pytest.approx([second.value, *limits(second)], rel=1e-6)


@steady
@given(series, st.floats(0.1, 5))
def test_a_common_exposure_moves_the_level_and_not_the_growth(counts, time):
    years = list(range(len(counts)))
    plain, scaled = (PoissonTrend(tuple(years), tuple(counts), (e,) * len(counts), 0.95) for e in (1.0, time))
    assert limits(plain.estimates["growth"]) == pytest.approx(limits(scaled.estimates["growth"]), rel=1e-7)
    assert plain.coefficients[0] - scaled.coefficients[0] == pytest.approx(math.log(time), abs=1e-8)


@steady
@given(series, st.integers(2, 9))
def test_least_squares_scale_with_the_counts(counts, factor):
    years, scaled = list(range(len(counts))), [factor * count for count in counts]
    one, many = (LinearTrend.fit(years, c).estimates["slope"] for c in (counts, scaled))
    assert one.value * factor == pytest.approx(many.value, abs=1e-6)
    growths = [LogLinearTrend.fit(years, c).estimates["growth"].value for c in (counts, scaled)]
    assert growths[0] == pytest.approx(growths[1], rel=1e-6, abs=1e-6)


@steady
@given(series, st.sampled_from(SPECIFICATIONS))
def test_intervals_nest_in_level(counts, specification):
    model, *pair = specification
    years = list(range(len(counts)))
    narrow, wide = (model.fit(years, counts, level=level).growth_under(*pair) for level in (0.8, 0.95))
    if narrow.interval:
        assert wide.low <= narrow.low <= narrow.value <= narrow.high <= wide.high
