"""The comparison of removals and finds under every alignment and rounding."""

import pytest

from analysis.comparison.multiverse import ROUNDINGS, comparison_multiverse
from analysis.periods import Period

YEARS, COUNTS = (2015, 2016, 2017, 2018), (153, 462, 527, 594)


def test_comparison_under_three_alignments_and_four_roundings():
    periods = [Period.calendar_year(y) for y in YEARS]
    fiscal = Period.year_to(2017, 3), Period.year_to(2018, 3)
    rows = comparison_multiverse(periods, COUNTS, *fiscal, 10643, 15)
    assert len(rows) == 12 == len({(r.alignment, r.rounding) for r in rows})
    # By hand: 10,643 over 1.155, 1.145; 1.16, 1.15; 1.175, 1.125, the whole numbers inside.
    earlier = {
        "to 1%, half up": (9215, 9295),
        "to 1%, half even": (9215, 9295),
        "to 1%, cut off": (9176, 9254),
        "to 5%, half up": (9058, 9460),
    }
    assert set(earlier) == set(ROUNDINGS)
    growth = {
        "months": (543.75 / 478.25,) * 2,
        "days": (1.1392737126963064,) * 2,
        "non-decreasing months": (1, 560 / 462),
    }
    for row in rows:
        low, high = earlier[row.rounding]
        assert (row.earlier_count.low, row.earlier_count.high) == (low, high)
        least, most = growth[row.alignment]
        assert row.ratio.low == pytest.approx(least * low / 10643, rel=1e-8)
        assert row.ratio.high == pytest.approx(most * high / 10643, rel=1e-8)
        assert (row.ratio.value is None) == (row.alignment == "non-decreasing months")


def test_comparison_that_cannot_be_aligned_is_refused_in_words():
    periods = [Period.calendar_year(y) for y in (2016, 2017)]
    fiscal = Period.year_to(2017, 3), Period.year_to(2018, 3)
    rows = comparison_multiverse(periods, (462, 527), *fiscal, 10643, 15)
    assert {r.ratio.reason for r in rows if r.alignment == "months"} == {
        "not estimable: 90 of its 365 days were not counted"
    }
    assert all(r.ratio.value is None for r in rows)
    with pytest.raises(ValueError, match="a change of -100% to 1%, half up: unbounded"):
        comparison_multiverse(periods, (462, 527), *fiscal, 10643, -100)
