"""Rounding and its inversion, against enumeration and hand-worked cases."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given, settings, strategies as st

from analysis.rounding import (
    RULES,
    Bounds,
    earlier_values,
    implied_earlier_count,
    numbers_behind,
    parse_number,
)

calm = settings(deadline=None, derandomize=True, max_examples=150)
steps = st.sampled_from([Fraction(1), Fraction(1, 10), Fraction(5), Fraction(100), Fraction(1, 4)])
rules = st.sampled_from(RULES)


def rounded(value, step, rule):
    """`value` as it is printed in whole steps; the sign is put back at the end."""
    steps = abs(Fraction(value)) / step
    whole = {"half up": math.floor(steps + Fraction(1, 2)), "half even": round(steps), "truncation": math.floor(steps)}
    return whole[rule] * step * (-1 if value < 0 else 1)


@pytest.mark.parametrize(
    ("value", "step", "half_up", "half_even", "truncated"),
    [
        ("14.5", 1, 15, 14, 14),
        ("15.5", 1, 16, 16, 15),
        ("-14.5", 1, -15, -14, -14),
        ("-0.4", 1, 0, 0, 0),
        ("17.5", 5, 20, 20, 15),
        ("12.5", 5, 15, 10, 10),
        ("1736", 100, 1700, 1700, 1700),
        ("1750", 100, 1800, 1800, 1700),
        ("64.57", "0.1", "64.6", "64.6", "64.5"),
    ],
)
def test_each_rule_prints_what_it_says(value, step, half_up, half_even, truncated):
    found = [rounded(Fraction(value), Fraction(step), rule) for rule in RULES]
    assert found == [Fraction(half_up), Fraction(half_even), Fraction(truncated)]


@calm
@given(value=st.fractions(-3000, 3000, max_denominator=400), step=steps, rule=rules)
def test_a_number_lies_behind_its_own_print_and_behind_no_neighbour(value, step, rule):
    printed = rounded(value, step, rule)
    assert numbers_behind(printed, step, rule).contains(value)
    assert not numbers_behind(printed + step, step, rule).contains(value)
    assert not numbers_behind(printed - step, step, rule).contains(value)


@calm
@given(printed=st.integers(-40, 40), step=steps, rule=rules, sixteenths=st.integers(-40, 40))
def test_the_numbers_behind_a_print_are_exactly_those_that_print_so(printed, step, rule, sixteenths):
    value = printed * step + sixteenths * step / 16
    inside = numbers_behind(printed * step, step, rule).contains(value)
    assert inside == (rounded(value, step, rule) == printed * step)


@calm
@given(later=st.integers(1, 900), percent=st.integers(-60, 250), step=st.sampled_from([1, 5]), rule=rules)
def test_inversion_finds_the_same_earlier_counts_as_trying_all_of_them(later, percent, step, rule):
    percent -= percent % step
    largest = later * 100 // max(1, 100 + percent - step) + 2
    tried = [
        earlier
        for earlier in range(1, largest + 1)
        if rounded(100 * (Fraction(later, earlier) - 1), step, rule) == percent
    ]
    estimate = implied_earlier_count(later, percent, step=step, rule=rule)
    if tried:
        assert (estimate.low, estimate.high, estimate.n) == (tried[0], tried[-1], len(tried))
    else:
        assert estimate.low is None
        assert estimate.reason


@pytest.mark.parametrize(
    ("step", "rule", "low", "high", "n"),
    [
        (1, "half up", 9215, 9295, 81),
        (1, "half even", 9215, 9295, 81),
        (1, "truncation", 9176, 9254, 79),  # 9,175 x 1.16 is 10,643 exactly, which truncates to 16%
        (5, "half up", 9058, 9460, 403),
    ],
)
def test_the_year_before_a_rise_of_15_percent_to_10643(step, rule, low, high, n):
    estimate = implied_earlier_count(10643, 15, step=step, rule=rule)
    assert (estimate.low, estimate.high, estimate.n, estimate.value) == (low, high, n, None)
    assert estimate.interval == "range"


def test_real_limits_are_open_where_a_half_is_rounded_away():
    bounds = earlier_values(10643, Fraction(15, 100), Fraction(1, 100))
    assert bounds == Bounds(Fraction(10643) / Fraction("1.155"), Fraction(10643) / Fraction("1.145"), False, True)


def test_an_earlier_value_without_limit_or_without_solution_is_said_in_words():
    assert implied_earlier_count(3, -100).reason.startswith("unbounded")
    assert implied_earlier_count(3, -100, rule="truncation").reason.startswith("not estimable: no earlier")
    assert implied_earlier_count(0, -50).reason.startswith("not estimable: later count 0")
    assert implied_earlier_count(7, 13).reason == "no integer earlier count gives this change"


def test_a_single_earlier_count_is_a_value():
    assert implied_earlier_count(300, 25).value == 240


@pytest.mark.parametrize("text", ["about 5", "", "1/0", "12%%"])
def test_text_that_is_no_number_is_refused(text):
    with pytest.raises(ValueError, match="write it like"):
        parse_number(text)


def test_bad_arguments_are_refused_with_the_remedy():
    with pytest.raises(ValueError, match="not a multiple of 100"):
        numbers_behind(1736, 100)
    with pytest.raises(ValueError, match="not above 0"):
        numbers_behind(1, 0)
    with pytest.raises(ValueError, match="unknown rounding rule 'nearest'; use one of half up"):
        numbers_behind(1, 1, "nearest")
    with pytest.raises(ValueError, match="no limit on one side"):
        Bounds(Fraction(1), None).integers()


def test_integers_leave_out_open_ends():
    assert Bounds(Fraction(2), Fraction(5), False, False).integers() == (3, 4)
    assert Bounds(Fraction(2), Fraction(3), False, False).integers() is None


def test_an_implied_count_names_the_change_and_the_step_as_they_were_printed():
    found = implied_earlier_count(10643, 15, step=5)
    assert found.estimand == "earlier count from which 10,643 is a change of 15%"
    assert "in steps of 5%" in found.method
