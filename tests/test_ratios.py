"""Exact ratios of annual counts against R, 50 digits, published examples and enumeration."""

import math

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from reference import COUNTS, EXACT, YEARS, R
from scipy import stats

from analysis.growth import ratios
from analysis.growth.changes import describe_changes
from analysis.growth.conclusions import poisson_fit_standing
from analysis.growth.poisson_trends import PoissonTrend
from analysis.growth.rates import count_rate, rate_ratio, rate_ratio_p, tipping_dispersion
from analysis.models.rates import exact_p, holm, log_normal_ratio

steady = settings(deadline=None, derandomize=True, max_examples=40)
counts_above_0 = st.integers(1, 3000)
PAIRS = {"2016/2015": (462, 153), "2017/2016": (527, 462), "2018/2017": (594, 527), "2018/2015": (594, 153)}


def limits(estimate):
    return [estimate.low, estimate.high]


@pytest.mark.parametrize("pair", PAIRS)
def test_ratio_intervals_agree_with_fifty_digits_and_r(pair):
    exact, from_r = EXACT["rate_ratios"][pair], R["rate_ratios"][pair]
    ratio = rate_ratio(*PAIRS[pair])
    assert ratio.value == pytest.approx(exact["ratio"], rel=1e-14)
    assert limits(ratio) == pytest.approx(exact["exact95"], rel=1e-10)
    assert limits(ratio) == pytest.approx(from_r["ci95"], rel=1e-8)
    assert limits(rate_ratio(*PAIRS[pair], level=0.9)) == pytest.approx(from_r["ci90"], rel=1e-8)
    wald = log_normal_ratio(*PAIRS[pair], 0.95, dispersion=1)
    assert list(wald) == pytest.approx(exact["wald_log95"], rel=1e-12)


@pytest.mark.parametrize("pair", PAIRS)
def test_p_values_agree_with_fifty_digits(pair):
    exact = EXACT["rate_ratios"][pair]
    assert rate_ratio_p(*PAIRS[pair]).value == pytest.approx(exact["p_central"], rel=1e-8)
    one_sided = rate_ratio_p(*PAIRS[pair], greater=True).value
    assert one_sided == pytest.approx(exact["p_one_sided"], rel=1e-8)


@pytest.mark.parametrize(("year", "count"), list(zip(YEARS, COUNTS, strict=True)))
def test_garwood_agrees_with_fifty_digits_and_r(year, count):
    rate = count_rate(count)
    assert limits(rate) == pytest.approx(EXACT["single_rate"][str(year)]["garwood95"], rel=1e-10)
    assert limits(rate) == pytest.approx(R["single_rate_exact"][YEARS.index(year)], rel=1e-8)


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [(0, 0, 3.689), (1, 0.0253, 5.572), (10, 4.795, 18.390), (100, 81.36, 121.63)],
)
def test_garwood_published_table(count, low, high):
    """Garwood (1936), as in Pearson and Hartley (1966), Biometrika Tables, table 40."""
    assert limits(count_rate(count)) == pytest.approx([low, high], rel=3e-4, abs=6e-5)


def test_published_example_of_r_help():
    """?poisson.test: 11 in 800 against 21 in 3,011."""
    example = R["published"]["poisson_test_help"]
    ratio = rate_ratio(11, 21, exposure=(800, 3011))
    assert ratio.value == pytest.approx(1.971488, abs=5e-7)
    assert limits(ratio) == pytest.approx(example["ci95"], rel=1e-8)
    assert limits(ratio) == pytest.approx([0.8584264, 4.2772659], abs=5e-8)


def test_published_example_of_gu_and_others():
    """Gu, Ng, Tang and Schucany (2008), Biometrical Journal 50: 60 in 51,477.5 against 30 in 54,308.7."""
    p = float(exact_p(60, 30, share=51477.5 / (51477.5 + 54308.7), greater=True))
    assert p == pytest.approx(0.000428, abs=5e-7)


def test_published_example_where_r_contradicts_itself():
    """Fay, rateratio.test: 2 in 17,877 against 9 in 16,660. R prints p = .033 and an interval holding 1."""
    example = R["published"]["fay"]
    ratio = rate_ratio(2, 9, exposure=(17877, 16660))
    p = float(exact_p(2, 9, share=17877 / (17877 + 16660)))
    assert limits(ratio) == pytest.approx(example["ci95"], rel=1e-8)
    assert p == pytest.approx(example["p_central"], rel=1e-8)
    assert example["p_minlike"] < 0.05 < p
    assert ratio.high > 1


def test_steps_holm_and_tipping():
    steps = ratios.year_on_year(YEARS, COUNTS)
    exact = EXACT["rr_adjust_consecutive"]
    assert [step.p_holm.value for step in steps] == pytest.approx(exact["holm"], rel=1e-8)
    assert [step.p_holm.value for step in steps] == pytest.approx(R["holm"], rel=1e-8)
    for step in steps:
        pair = EXACT["rate_ratios"][f"{step.later_year}/{step.earlier_year}"]
        z = math.log(pair["ratio"]) * 2 / math.log(pair["wald_log95"][1] / pair["wald_log95"][0])
        # by its definition phi divides z squared: in units of the 95% half-width the tipping phi is z squared
        assert step.tipping.value == pytest.approx(z**2, rel=1e-10)


@steady
@given(counts_above_0, counts_above_0, st.sampled_from((0.8, 0.95)))
def test_interval_touches_one_at_the_tipping_dispersion(later, earlier, level):
    phi = tipping_dispersion(later, earlier, level=level).value
    if later == earlier:
        assert phi == 0
    else:
        low, high = log_normal_ratio(later, earlier, level, dispersion=phi)
        assert min(abs(math.log(low)), abs(math.log(high))) == pytest.approx(0, abs=1e-9)


def test_joint_rise_is_the_weakest_step():
    joint = ratios.joint_rise(YEARS, COUNTS)
    assert joint["p"].value == pytest.approx(EXACT["rate_ratios"]["2018/2017"]["p_one_sided"], rel=1e-8)
    assert joint["tipping"].value == pytest.approx(
        (math.log(594 / 527) ** 2 / (1 / 594 + 1 / 527)) / stats.norm.isf(0.05) ** 2, rel=1e-12
    )
    fell = ratios.joint_rise((1, 2, 3), (10, 30, 20))
    assert fell["p"].value > 0.5
    assert fell["tipping"].value == 0


def test_slowdown_is_a_log_contrast():
    slow = ratios.growth_slowdown(YEARS[:3], COUNTS[:3])
    error = math.sqrt(1 / 153 + 4 / 462 + 1 / 527)
    expected = math.log(462**2 / 153 / 527)
    assert slow["ratio"].value == pytest.approx(math.exp(expected), rel=1e-12)
    z = stats.norm.ppf(0.975)
    assert slow["ratio"].low == pytest.approx(math.exp(expected - z * error), rel=1e-12)
    assert slow["tipping"].value == pytest.approx((expected / error / z) ** 2, rel=1e-12)
    assert ratios.growth_slowdown(YEARS, COUNTS) == slow


def test_a_steady_growth_over_unequal_gaps_has_no_slowdown():
    assert ratios.growth_slowdown((2010, 2011, 2013), (100, 200, 800))["ratio"].value == pytest.approx(1)


@steady
@given(st.integers(0, 400), st.integers(0, 400))
def test_swapping_the_counts_inverts_the_ratio(later, earlier):
    forth, back = rate_ratio(later, earlier), rate_ratio(earlier, later)
    if later == earlier == 0:
        assert forth.reason == "not estimable: both counts are 0"
        return
    if later:
        assert forth.low == pytest.approx(1 / back.high, rel=1e-12)
    else:
        assert (forth.low, back.high) == (0, None)
    assert rate_ratio_p(later, earlier).value == pytest.approx(rate_ratio_p(earlier, later).value, rel=1e-12)


@steady
@given(counts_above_0, counts_above_0, st.sampled_from((1.0, 5.0)))
def test_intervals_nest_in_level_and_contain_the_ratio(later, earlier, dispersion):
    narrow, wide = (rate_ratio(later, earlier, level=level, dispersion=dispersion) for level in (0.8, 0.95))
    assert wide.low < narrow.low < later / earlier < narrow.high < wide.high
    assert count_rate(later, level=0.95).low < count_rate(later, level=0.8).low < later


@steady
@given(counts_above_0, counts_above_0, st.floats(0.1, 10))
def test_exposure_scales_the_ratio(later, earlier, factor):
    plain, scaled = rate_ratio(later, earlier), rate_ratio(later, earlier, exposure=(factor, 1.0))
    assert np.array(limits(scaled)) * factor == pytest.approx(limits(plain), rel=1e-12)


@steady
@given(counts_above_0, counts_above_0)
def test_p_and_interval_agree(later, earlier):
    p, ratio = rate_ratio_p(later, earlier).value, rate_ratio(later, earlier)
    assert (p < 0.05) == (ratio.low > 1 or ratio.high < 1)


@pytest.mark.parametrize("level", [0.8, 0.95])
@pytest.mark.parametrize("ratio", [0.25, 1.0, 1.3, 4.0])
def test_exact_ratio_covers_at_least_its_level_for_every_total(level, ratio):
    for total in (1, 2, 5, 10, 25):
        covered = 0.0
        for later in range(total + 1):
            interval = rate_ratio(later, total - later, level=level)
            inside = interval.low <= ratio and (interval.high is None or ratio <= interval.high)
            covered += inside * stats.binom.pmf(later, total, ratio / (1 + ratio))
        assert covered >= level - 1e-12


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_garwood_covers_at_least_its_level(level):
    intervals = [count_rate(count, level=level) for count in range(80)]
    for mean in np.linspace(0.05, 30, 113):
        covered = sum(
            stats.poisson.pmf(count, mean)
            for count, interval in enumerate(intervals)
            if interval.low <= mean <= interval.high
        )
        assert covered >= level - 1e-9


def test_zero_counts_give_reasons_not_numbers():
    assert rate_ratio(3, 0).reason == "unbounded: the earlier count is 0"
    assert rate_ratio(3, 0).high is None
    assert rate_ratio(0, 3).value == 0
    assert rate_ratio(0, 3, dispersion=2).reason.startswith("not estimable: a count of 0")
    steps = ratios.year_on_year((1, 2, 3), (0, 0, 4))
    assert steps[0].p_holm.reason == "not estimable: both counts are 0"
    assert steps[1].p_holm.value == steps[1].p.value
    assert ratios.growth_slowdown((1, 2, 3), (0, 2, 4))["ratio"].value is None


@pytest.mark.parametrize(
    ("years", "counts", "message"),
    [
        ((1, 2), (3,), "2 years for 1 counts"),
        ((), (), "0 years for 0 counts"),
        ((2, 1), (3, 4), "do not increase"),
        ((1, 2), (3, -4), "not a whole number"),
        ((1, 2), (3, 4.5), "not a whole number"),
    ],
)
def test_bad_series_are_refused(years, counts, message):
    with pytest.raises(ValueError, match=message):
        ratios.year_on_year(years, counts)


def test_a_dispersion_of_0_is_refused():
    with pytest.raises(ValueError, match="dispersion 0"):
        count_rate(3, dispersion=0)


@pytest.mark.parametrize(("few", "many"), [(1000, 10**9), (593, 10**10), (5, 10**8)])
def test_very_few_against_very_many_is_the_case_of_one_poisson_count(few, many):
    """Where the larger count has no error to speak of, the limits are Garwood's over it; scipy's beta is wrong here."""
    alone = stats.gamma.ppf(0.025, few) / many, stats.gamma.isf(0.025, few + 1) / many
    ratio = rate_ratio(few, many)
    assert limits(ratio) == pytest.approx(alone, rel=3e-6)
    assert rate_ratio(many, few).high == pytest.approx(1 / ratio.low, rel=1e-12)


def test_holm_agrees_with_r():
    # R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02], rel=1e-12)
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []


def test_dispersion_widens_and_one_is_exact():
    assert limits(count_rate(594, dispersion=1)) == limits(count_rate(594))
    assert count_rate(594, dispersion=5).high > count_rate(594).high
    widths = [rate_ratio(527, 462, dispersion=phi).high for phi in (2, 5, 10)]
    assert widths == sorted(widths)


def test_a_p_value_too_small_for_a_float_is_not_0():
    assert rate_ratio_p(2_891_234, 1_843_201).value > 0
    contradicted = PoissonTrend.fit((1, 2, 3), (10**6, 2 * 10**6, 10**6)).estimates["deviance_p"]
    assert contradicted.value > 0


def test_a_step_after_zero_has_no_ratio_and_a_flat_series_meets_its_trend():
    after_zero, _ = describe_changes((1, 2, 3), (0, 5, 7), ratios.year_on_year((1, 2, 3), (0, 5, 7)))["step"]
    assert after_zero["standing"].verdict == "none"
    flat = PoissonTrend.fit((1, 2, 3, 4), (50, 50, 50, 50)).estimates["deviance_p"]
    assert poisson_fit_standing(flat).verdict == "met"
