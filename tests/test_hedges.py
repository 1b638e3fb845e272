"""What each hedge allows, by hand and by properties: the critical tolerance is the tipping point."""

from __future__ import annotations

from fractions import Fraction
from math import inf

import pytest
from hypothesis import assume, given, settings, strategies as st

from analysis.claims.hedges import (
    BY_WORD,
    DEFAULT,
    HEDGES,
    LENIENT,
    NOT_CHECKABLE,
    REASONS,
    STRICT,
    TOLERANCES,
    VERDICTS,
    VERSION,
    Statement,
    semantics,
)
from analysis.claims.numbers import Number, read_number

calm = settings(deadline=None, derandomize=True, max_examples=200)
digits = [name for name in HEDGES if name not in ("in words", "unchanged")]
hedges = st.sampled_from(digits)
numbers = st.integers(1, 60).map(lambda n: Number(str(10 * n), Fraction(10 * n), Fraction(10)))
values = st.fractions(-700, 1400, max_denominator=24)


@pytest.mark.parametrize(
    ("text", "value", "step"),
    [
        ("153", "153", "1"),
        ("1,736", "1736", "1"),
        ("1,700", "1700", "100"),  # half of 100 is 2.9% of it
        ("700", "700", "10"),  # half of 100 would be 7.1%
        ("10", "10", "1"),
        ("15%", "3/20", "1/100"),
        ("20 %", "1/5", "1/100"),
        ("2.5%", "1/40", "1/1000"),
        ("3.9", "39/10", "1/10"),
        ("£5.1 million", "5100000", "100000"),
        ("1.2bn", "1200000000", "100000000"),
        ("three", "3", "1"),
        ("two-thirds", "2/3", None),
        ("a quarter", "1/4", None),
        ("half", "1/2", None),
        ("2/3", "2/3", None),
        ("one in six", "1/6", None),
        ("2 out of 5", "2/5", None),
    ],
)
def test_a_number_carries_its_precision_by_how_it_is_printed(text, value, step):
    found = read_number(text)
    assert (found.value, found.step) == (Fraction(value), None if step is None else Fraction(step))


@pytest.mark.parametrize("text", ["many", "1.2.3", "1/0", "seven in three", ""])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ValueError, match="write|divides"):
        read_number(text)


@pytest.mark.parametrize(
    ("hedge", "stated", "value", "verdict", "critical"),
    [
        ("bare", "15", "14.5", "holds as rounded", "0"),
        ("bare", "15", "15", "holds", "0"),
        ("bare", "15", "14", "overstated", "1/30"),  # half a point from 14.5, over 15
        ("bare", "15", "16", "understated", "1/30"),
        ("bare", "15", "20", "contradicted", "3/10"),
        ("bare", "15", "-15", "contradicted", "59/30"),
        ("bare", "two-thirds", "2/3", "holds", "0"),
        ("bare", "a third", "0.3", "contradicted", "1/9"),
        ("bare", "a third", "0.32", "holds as rounded", "1/24"),
        ("bare", "one in six", "10/64", "holds as rounded", "0"),  # one in 6.4
        ("bare", "one in six", "10/66", "overstated", "2/143"),  # 12/13 - 10/11
        ("exactly", "300", "300", "holds", "0"),
        ("exactly", "301", "300", "overstated", "1/301"),
        ("about", "250", "240", "holds", "1/25"),
        ("about", "250", "255", "holds", "0"),  # within half of the last digit
        ("about", "260", "240", "overstated", "1/13"),
        ("about", "100", "240", "contradicted", "7/5"),
        ("about", "a fifth", "0.206", "holds", "3/100"),
        ("almost", "4", "594/153", "holds", "1/34"),
        ("almost", "two-thirds", "1121/1736", "holds", "109/3472"),
        ("almost", "240", "240", "understated", None),
        ("almost", "240", "300", "contradicted", None),
        ("just over", "240", "250", "holds", "1/24"),
        ("just over", "240", "240", "overstated", None),
        ("just over", "240", "260", "understated", "1/12"),
        ("more than", "1,700", "1736", "holds", "0"),
        ("more than", "1,700", "1700", "overstated", "0"),
        ("more than", "1,800", "1736", "overstated", "8/225"),
        ("more than", "0", "441", "holds", "0"),
        ("more than", "0", "0", "contradicted", None),
        ("less than", "240", "240", "understated", "0"),
        ("less than", "230", "240", "understated", "1/23"),
        ("at least", "240", "240", "holds", "0"),
        ("at least", "250", "240", "overstated", "1/25"),
        ("up to", "235", "240", "understated", "1/47"),
        ("up to", "10", "-3", "contradicted", None),
        ("unchanged", "1", "1.03", "holds", "3/100"),
        ("unchanged", "1", "1.04", "understated", "1/25"),
    ],
)
def test_verdict_and_critical_tolerance_worked_by_hand(hedge, stated, value, verdict, critical):
    statement = Statement(read_number(stated), hedge)
    assert statement.verdict(Fraction(value)) == verdict
    assert statement.critical_tolerance(Fraction(value)) == (None if critical is None else Fraction(critical))


@pytest.mark.parametrize(("value", "verdict"), [("2.01", "holds as rounded"), ("1.5", "contradicted"), ("2", "holds")])
def test_a_multiple_in_words_is_symmetric_on_the_ratio_scale(value, verdict):
    doubled = Statement(Number("2", Fraction(2)))
    assert doubled.verdict(Fraction(value)) == doubled.verdict(4 / Fraction(value)) == verdict
    assert doubled.critical_tolerance(Fraction(value)) == doubled.critical_tolerance(4 / Fraction(value))


def test_a_fall_counts_downwards():
    fall = Statement(read_number("4%"), falls=True)
    assert [fall.verdict(Fraction(v, 100)) for v in (-4, 4, -5)] == ["holds", "contradicted", "contradicted"]


@calm
@given(hedge=hedges, number=numbers, value=values, fall=st.booleans())
def test_the_critical_tolerance_is_the_tipping_point(hedge, number, value, fall):
    statement = Statement(number, hedge, fall)
    critical = statement.critical_tolerance(value)
    along, sliver = statement.along(value), Fraction(1, 10**9)
    if critical is None:
        assert not statement.allowed(1000).contains(along)
        return
    assert statement.allowed(critical + sliver).contains(along)
    if critical > 0:
        assert not statement.allowed(critical - min(sliver, critical)).contains(along)


@calm
@given(hedge=st.sampled_from(["about", "almost", "just over"]), number=numbers, value=values)
def test_a_tolerant_hedge_holds_from_its_critical_tolerance_on(hedge, number, value):
    statement = Statement(number, hedge)
    critical = statement.critical_tolerance(value)
    assume(critical is not None and 0 < critical < 1)
    sliver = critical / 1000
    assert statement.verdict(value, critical + sliver) == "holds"
    assert statement.verdict(value, critical - sliver) != "holds"


@calm
@given(number=numbers, value=values)
def test_an_unhedged_number_holds_just_when_the_value_prints_as_it(number, value):
    tens = int(abs(value) / 10 + Fraction(1, 2)) * (10 if value >= 0 else -10)  # a half goes away from zero
    assert Statement(number).verdict(value).startswith("holds") == (tens == number.value)


@calm
@given(hedge=hedges, number=numbers, low=values, width=st.fractions(0, 200), share=st.fractions(0, 1))
def test_the_verdict_over_a_range_is_true_of_every_point_or_left_open(hedge, number, low, width, share):
    statement = Statement(number, hedge)
    found = statement.verdict_between(low, low + width)
    inside = statement.verdict(low + share * width)
    if found.startswith("holds"):
        assert inside.startswith("holds")
    elif found != NOT_CHECKABLE:
        assert not inside.startswith("holds")
    if width == 0:
        assert found == inside


def test_a_range_without_an_end_proves_what_it_can():
    doubled = Statement(Number("2", Fraction(2)), "more than")
    assert doubled.verdict_between(Fraction(479, 183), inf) == "holds"
    assert Statement(read_number("500")).verdict_between(479, inf) == NOT_CHECKABLE
    assert Statement(read_number("100")).verdict_between(479, inf) == "contradicted"


def test_a_true_bound_is_weak_when_the_next_printed_number_is_true_too():
    more = Statement(read_number("1,700"), "more than")
    assert [more.is_weak(value) for value in (1700, 1736, 1800, 2500)] == [False, False, True, True]
    less = Statement(read_number("1,700"), "up to")
    assert [less.is_weak(value) for value in (1700, 1601, 1600, 1701)] == [False, False, True, False]
    assert not Statement(read_number("two-thirds"), "more than").is_weak(Fraction(99))


def test_tolerances_are_ordered_and_decide_nearly_two_thirds():
    nearly, share = Statement(read_number("two-thirds"), "almost"), Fraction(1121, 1736)
    assert [float(t) for t in (STRICT, DEFAULT, LENIENT)] == [0.03, 0.05, 0.1]
    assert [nearly.verdict(share, t) for t in TOLERANCES.values()] == ["overstated", "holds", "holds"]


def test_the_published_table_names_every_hedge_verdict_and_reason_once():
    rows = semantics()
    named = {part: [row["name"] for row in rows if row["part"] == part] for part in {r["part"] for r in rows}}
    assert len({(row["part"], row["name"]) for row in rows}) == len(rows)
    assert set(BY_WORD) <= {word for name in named["hedge"] for word in name.split(", ")}
    assert named["verdict"] == list(VERDICTS)
    assert named["reason"] == list(REASONS)
    assert {row["version"] for row in rows} == {VERSION}
