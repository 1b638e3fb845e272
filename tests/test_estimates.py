"""An estimate is whole or refused, and carries the name of the function that made it."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import pytest
from hypothesis import given, settings, strategies as st

from analysis.estimates import Estimate, Forecast, computed

quick = settings(deadline=None, derandomize=True, max_examples=100)
TEXTS = {"estimand": "growth", "unit": "% a year", "method": "ratio"}
WHOLE = {**TEXTS, "value": 12.0, "low": 10.0, "high": 15.0, "level": 0.95, "interval": "confidence"}


def test_an_exact_count_needs_no_interval():
    count = Estimate(estimand="removals in 2018", unit="accounts", method="published count", value=594)
    assert (count.value, count.low, count.high, count.interval, count.level) == (594, None, None, "", None)


def test_a_range_holds_for_certain_and_has_no_level():
    finds = Estimate(**TEXTS, value=9255, low=9215, high=9295, interval="range")
    assert finds.level is None
    with pytest.raises(ValueError, match="growth: a range interval with level 0.95"):
        Estimate(**TEXTS, value=9255, low=9215, high=9295, interval="range", level=0.95)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"value": math.nan}, "growth: value is nan; give None and a reason"),
        ({"low": -math.inf}, "growth: low is -inf; give None and a reason"),
        ({"high": math.inf}, "growth: high is inf; give None and a reason"),
        ({"low": 16.0}, "growth: the limits 16.0 and 15.0 are out of order"),
        ({"level": None}, "growth: a confidence interval with level None"),
        ({"level": 1.0}, "growth: level 1.0 is not between 0 and 1"),
        ({"level": 0.0}, "growth: level 0.0 is not between 0 and 1"),
        ({"interval": ""}, "growth: a missing interval with level 0.95"),
        ({"interval": "", "level": None}, "growth: limits without the kind of interval"),
        ({"value": None}, "growth: something is missing and no reason is given"),
        ({"high": None}, "growth: something is missing and no reason is given"),
        ({"low": None, "high": None}, "growth: something is missing and no reason is given"),
    ],
)
def test_what_is_not_whole_is_refused(change, message):
    Estimate(**WHOLE)
    with pytest.raises(ValueError, match="^" + message.replace(".", r"\.")):
        Estimate(**{**WHOLE, **change})


def test_what_is_missing_is_allowed_with_a_reason():
    unbounded = Estimate(**{**WHOLE, "high": None}, reason="unbounded at 95%")
    assert (unbounded.low, unbounded.high) == (10.0, None)
    nothing = Estimate(**TEXTS, reason="not estimable: 2 observations")
    assert nothing.value is None


def test_an_estimate_cannot_be_changed():
    with pytest.raises(AttributeError):
        Estimate(**WHOLE).value = 1


def test_another_unit_multiplies_value_and_limits_and_keeps_the_rest():
    ratio = Estimate(**WHOLE, n=4, assumes="Poisson counts").scaled(0.5, "ratio")
    assert (ratio.value, ratio.low, ratio.high, ratio.unit) == (6.0, 5.0, 7.5, "ratio")
    assert (ratio.estimand, ratio.level, ratio.n, ratio.assumes) == ("growth", 0.95, 4, "Poisson counts")
    assert Estimate(**WHOLE).scaled(2, "x", "doubled growth").estimand == "doubled growth"


def test_a_missing_limit_stays_missing_on_another_scale():
    unbounded = Estimate(**{**WHOLE, "high": None}, reason="unbounded at 95%").transformed(math.log, "log")
    assert unbounded.high is None
    assert unbounded.low == math.log(10)


def test_turning_the_limits_round_is_refused():
    with pytest.raises(ValueError, match="out of order"):
        Estimate(**WHOLE).transformed(lambda x: -x, "% a year")


@quick
@given(st.floats(0.001, 1000), st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=3).map(sorted))
def test_scaling_keeps_the_order_of_the_limits(factor, numbers):
    low, value, high = numbers
    scaled = Estimate(**{**WHOLE, "low": low, "value": value, "high": high}).scaled(factor, "x")
    assert scaled.low <= scaled.value <= scaled.high


# ---- forecasts ----------------------------------------------------------------------------


def test_a_forecast_finds_its_interval_by_level():
    narrow, wide = (Estimate(**{**WHOLE, "interval": "prediction", "level": level}) for level in (0.8, 0.95))
    forecast = Forecast(method="naive", year=2019, horizon=1, estimates=(narrow, wide))
    assert forecast.at(0.95) is wide
    assert forecast.at(0.1 + 0.7) is narrow
    with pytest.raises(KeyError, match=r"naive: no interval at level 0\.9"):
        forecast.at(0.9)


# ---- the name of the function --------------------------------------------------------------


def estimate(**change):
    return Estimate(**{**WHOLE, **change})


class Pair(NamedTuple):
    first: Estimate
    second: Estimate


@dataclass(frozen=True)
class Holder:
    held: tuple[Estimate, ...]
    label: str


@pytest.mark.parametrize(
    ("wrap", "unwrap"),
    [
        (lambda e: e, lambda r: [r]),
        (lambda e: [e, e], list),
        (lambda e: (e, 3, "text"), lambda r: [r[0]]),
        (lambda e: {"growth": e, "note": "text"}, lambda r: [r["growth"]]),
        (lambda e: Pair(e, e), list),
        (lambda e: Holder((e,), "x"), lambda r: list(r.held)),
        (
            lambda e: Forecast(method="m", year=2019, horizon=1, estimates=(e, e)),
            lambda r: list(r.estimates),
        ),
    ],
)
def test_every_estimate_in_a_result_is_signed_and_the_rest_is_left(wrap, unwrap):
    @computed
    def annual_growth_rate():
        """Growth."""
        return wrap(estimate())

    result = annual_growth_rate()
    assert type(result) is type(wrap(estimate()))
    for signed in unwrap(result):
        assert signed.function.endswith("annual_growth_rate")
        assert signed.function.startswith(__name__)
        assert signed == estimate(function=signed.function)
    assert annual_growth_rate.__doc__ == "Growth."


def test_the_innermost_name_stays():
    @computed
    def inner():
        return estimate()

    @computed
    def outer():
        return [inner(), estimate()]

    names = [signed.function.rpartition(".")[2] for signed in outer()]
    assert names == ["inner", "outer"]


def test_other_results_pass_untouched():
    values = {"a": 1, "b": [2.5, "x", None]}
    assert computed(lambda: values)() == values
    with pytest.raises(ZeroDivisionError):
        computed(lambda: 1 // 0)()


@pytest.mark.parametrize(
    ("limits", "excluded"),
    [((2.0, 3.0), True), ((0.5, 0.9), True), ((0.5, 3.0), False), ((1.0, 3.0), False), ((2.0, None), True)]
    + [((None, 0.9), True), ((None, 3.0), False), ((0.5, None), False), ((None, None), False)],
)
def test_an_interval_excludes_what_lies_wholly_on_one_side_of_it(limits, excluded):
    one = Estimate(**TEXTS, low=limits[0], high=limits[1], level=0.95, interval="confidence", reason="no value")
    assert one.excludes(1) is excluded
