"""What each hedge allows, by hand and by properties: the critical tolerance is the tipping point."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import assume, given, settings, strategies as st

from analysis.claims.hedges import (
    BY_WORD,
    DEFAULT,
    HEDGES,
    LENIENT,
    REASONS,
    STRICT,
    TOLERANCES,
    VERDICTS,
    VERSION,
    Statement,
    semantics,
)
from analysis.rounding import RULES, rounded

calm = settings(deadline=None, derandomize=True, max_examples=200)
hedges = st.sampled_from(sorted(HEDGES))
rules = st.sampled_from(RULES)
numbers = st.integers(1, 60).map(lambda n: Fraction(10 * n))
values = st.fractions(-700, 1400, max_denominator=24)


@pytest.mark.parametrize(
    ("hedge", "stated", "step", "value", "verdict", "critical"),
    [
        ("bare", "15", 1, "14.5", "holds as rounded", "0"),
        ("bare", "15", 1, "15", "holds", "0"),
        ("bare", "15", 1, "14", "overstated", "1/30"),  # half a point from 14.5, over 15
        ("bare", "15", 1, "16", "understated", "1/30"),
        ("bare", "15", 1, "20", "contradicted", "3/10"),
        ("bare", "15", 1, "-15", "contradicted", "59/30"),
        ("bare", "2/3", None, "2/3", "holds", "0"),
        ("exactly", "300", 1, "300", "holds", "0"),
        ("exactly", "301", 1, "300", "overstated", "1/301"),
        ("about", "250", 10, "240", "holds", "1/25"),
        ("around", "250", 10, "245", "holds", "0"),  # within half of the last digit
        ("roughly", "260", 10, "240", "overstated", "1/13"),
        ("about", "100", 10, "240", "contradicted", "7/5"),
        ("almost", "4", 1, "594/153", "holds", "1/34"),
        ("nearly", "2/3", None, "1121/1736", "holds", "109/3472"),
        ("nearly", "1/3", None, "10/33", "overstated", "1/11"),
        ("almost", "240", 10, "240", "understated", None),
        ("almost", "240", 10, "250", "understated", None),
        ("almost", "240", 10, "300", "contradicted", None),
        ("more than", "1700", 100, "1736", "holds", "0"),
        ("over", "1700", 100, "1700", "overstated", "0"),
        ("over", "1800", 100, "1736", "overstated", "8/225"),
        ("more than", "0", None, "441", "holds", "0"),
        ("more than", "0", None, "0", "contradicted", None),
        ("less than", "250", 10, "240", "holds", "0"),
        ("under", "240", 10, "240", "understated", "0"),
        ("fewer than", "230", 10, "240", "understated", "1/23"),
        ("at least", "240", 10, "240", "holds", "0"),
        ("at least", "250", 10, "240", "overstated", "1/25"),
        ("up to", "240", 10, "240", "holds", "0"),
        ("up to", "235", 5, "240", "understated", "1/47"),
        ("up to", "10", 1, "-3", "contradicted", None),
        ("bare", "-4", 1, "-4", "holds", "0"),
        ("about", "-10", 1, "-10.4", "holds", "0"),
        ("more than", "-10", 1, "-12", "holds", "0"),  # a fall of more than 10
        ("almost", "-10", 1, "-9.8", "holds", "1/50"),
        ("bare", "0", 1, "0.4", "holds as rounded", "0"),
        ("bare", "0", 1, "3", "contradicted", None),
    ],
)
def test_verdict_and_critical_tolerance_worked_by_hand(hedge, stated, step, value, verdict, critical):
    statement = Statement(Fraction(stated), hedge, None if step is None else Fraction(step))
    assert statement.verdict(Fraction(value)) == verdict
    assert statement.critical_tolerance(Fraction(value)) == (None if critical is None else Fraction(critical))


@calm
@given(hedge=hedges, number=numbers, value=values, rule=rules, fall=st.booleans())
def test_the_critical_tolerance_is_the_tipping_point(hedge, number, value, rule, fall):
    statement = Statement(-number if fall else number, hedge, Fraction(10))
    critical = statement.critical_tolerance(value, rule)
    along, sliver = statement.along(value), Fraction(1, 10**9)
    if critical is None:
        assert not statement.allowed(1000, rule).contains(along)
        return
    assert statement.allowed(critical + sliver, rule).contains(along)
    if critical > 0:
        assert not statement.allowed(critical - min(sliver, critical), rule).contains(along)


@calm
@given(hedge=st.sampled_from(["about", "almost"]), number=numbers, value=values)
def test_a_tolerant_hedge_holds_from_its_critical_tolerance_on(hedge, number, value):
    statement = Statement(number, hedge, Fraction(10))
    critical = statement.critical_tolerance(value)
    assume(critical is not None and 0 < critical < 1)
    sliver = critical / 1000
    assert statement.verdict(value, critical + sliver) == "holds"
    assert statement.verdict(value, critical - sliver) != "holds"


@calm
@given(number=numbers, value=values, rule=rules)
def test_an_unhedged_number_holds_just_when_the_value_prints_as_it(number, value, rule):
    holds = Statement(number, "bare", Fraction(10)).verdict(value, rule=rule).startswith("holds")
    assert holds == (rounded(value, 10, rule) == number)


@calm
@given(hedge=hedges, number=numbers, low=st.integers(-50, 700), width=st.integers(0, 120), rule=rules)
def test_verdicts_over_a_range_agree_with_trying_every_integer(hedge, number, low, width, rule):
    statement = Statement(number, hedge, Fraction(10))
    stretches = statement.verdicts_between(low, low + width, DEFAULT, rule, whole_numbers=True)
    found = {value: verdict for verdict, a, b in stretches for value in range(int(a), int(b) + 1)}
    assert found == {value: statement.verdict(value, DEFAULT, rule) for value in range(low, low + width + 1)}


@calm
@given(hedge=hedges, number=numbers, low=values, width=st.fractions(0, 200), share=st.fractions(0, 1))
def test_verdicts_over_a_real_range_cover_every_point(hedge, number, low, width, share):
    statement = Statement(number, hedge, Fraction(10))
    inside = low + share * width
    stretches = statement.verdicts_between(low, low + width)
    assert (stretches[0][1], stretches[-1][2]) == (low, low + width)
    assert statement.verdict(inside) in {verdict for verdict, a, b in stretches if a <= inside <= b}


def test_a_true_bound_is_weak_when_the_next_printed_number_is_true_too():
    more = Statement(Fraction(1700), "more than", Fraction(100))
    assert [more.is_weak(value) for value in (1700, 1736, 1800, 2500)] == [False, False, True, True]
    less = Statement(Fraction(1700), "up to", Fraction(100))
    assert [less.is_weak(value) for value in (1700, 1601, 1600, 1701)] == [False, False, True, False]
    assert not Statement(Fraction(2, 3), "more than").is_weak(Fraction(99))


def test_tolerances_are_ordered_and_decide_nearly_two_thirds():
    nearly = Statement(Fraction(2, 3), "nearly")
    share = Fraction(1121, 1736)
    assert [float(t) for t in (STRICT, DEFAULT, LENIENT)] == [0.03, 0.05, 0.1]
    assert [nearly.verdict(share, t) for t in TOLERANCES.values()] == ["overstated", "holds", "holds"]


def test_an_unknown_hedge_or_an_impossible_print_is_refused():
    with pytest.raises(ValueError, match="unknown hedge 'nigh'; use one of bare"):
        Statement(Fraction(4), "nigh")
    with pytest.raises(ValueError, match="1736 is not a multiple of 100"):
        Statement(Fraction(1736), "bare", Fraction(100))


def test_the_published_table_names_every_hedge_rule_verdict_and_reason_once():
    rows = semantics()
    named = {part: [row["name"] for row in rows if row["part"] == part] for part in {r["part"] for r in rows}}
    assert len({(row["part"], row["name"]) for row in rows}) == len(rows)
    assert {word for name in named["hedge"] for word in name.split(", ")} == {*BY_WORD, "no hedge"} - {"bare"}
    assert named["rounding"] == list(RULES)
    assert named["verdict"] == list(VERDICTS)
    assert named["reason"] == list(REASONS)
    assert {row["version"] for row in rows} == {VERSION}
    assert all(row["meaning"] for row in rows)


README = Path(__file__).resolve().parents[1] / "data" / "prison-removals" / "README.md"


def table_rows(text: str, heading: str) -> list[list[str]]:
    """Cells of the first Markdown table under a heading, line by line below its header."""
    section = text.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    cells = [re.split(r"(?<!\\)\|", line)[1:-1] for line in lines[2:]]
    return [[cell.strip().replace("\\|", "|") for cell in row] for row in cells]


def test_the_table_in_the_readme_is_the_one_in_the_code():
    text = README.read_text(encoding="utf-8")
    assert table_rows(text, "What the hedges mean") == [[r["part"], r["name"], r["meaning"]] for r in semantics()]
    assert f"version `{VERSION}`" in text


def test_a_table_is_read_with_escaped_bars_and_without_its_header():
    text = "\n## Before\n| x |\n\n## One\n\n| a | b |\n|---|---|\n| \\|v\\| | 2 |\n\n## Next\n| y |\n"
    assert table_rows(text, "One") == [["|v|", "2"]]
