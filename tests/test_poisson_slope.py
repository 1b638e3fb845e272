"""The exact slope of a Poisson trend against integer arithmetic, 50 digits, enumeration and limiting cases."""

import itertools
import math
import time
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from reference import COUNTS, EXACT, VALUES, YEARS, R
from scipy import stats

from analysis.models import poisson_slope
from analysis.models.poisson_slope import SlopeProblem, exact_limits, profile_limits

steady = settings(deadline=None, derandomize=True, max_examples=15)
series = st.lists(st.integers(1, 150), min_size=4, max_size=5)


def close(actual, expected, rel=1e-8):
    assert actual == pytest.approx(expected, rel=rel)


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
        ((0, 2, 4), (1, 0, 7), (1, 1, 1)),
    ],
)
def test_tails_against_integer_coefficients(positions, counts, exposure):
    problem = SlopeProblem.build(positions, counts, exposure)
    exact = _power_coefficients(dict(zip(positions, exposure, strict=True)), sum(counts))
    whole, seen = sum(exact), problem.weighted_sum
    up, down = Fraction(sum(exact[seen:]), whole), Fraction(sum(exact[: seen + 1]), whole)
    close([problem.tail(0.0, True), problem.tail(0.0, False)], [float(up), float(down)], rel=1e-10)
    # at a limit the tilted tail is exactly the error rate
    for limit, part in zip(exact_limits(problem, 0.9), (slice(seen, None), slice(None, seen + 1)), strict=True):
        tilted = np.array([float(c) for c in exact]) * np.exp(limit * np.arange(len(exact)))
        close(tilted[part].sum() / tilted.sum(), 0.05, rel=1e-8)


def test_limits_agree_with_fifty_digits_and_r():
    problem, stored = SlopeProblem.build(YEARS, COUNTS), VALUES["statsmodels"]["poisson_exact_conditional_slope"]
    close(exact_limits(problem, 0.95), stored["ci95"])
    close(exact_limits(problem, 0.8), stored["ci80"])
    close(profile_limits(problem, 0.95), EXACT["poisson"]["profile95_slope"])
    close(profile_limits(problem, 0.8), EXACT["poisson"]["profile80_slope"])
    close(profile_limits(problem, 0.95, 5.0), R["poisson"]["profile95_phi5"])
    close(
        profile_limits(problem, 0.95, EXACT["quasipoisson"]["dispersion"], 2),
        EXACT["quasipoisson"]["profile_F95_slope"],
    )
    after = SlopeProblem.build((0, 1, 1, 1), COUNTS)
    close(profile_limits(after, 0.95), R["poisson_step"]["profile95"])


def test_small_tails_keep_their_digits():
    for upward, counts in ((True, (153, 462)), (False, (462, 153))):
        tail = SlopeProblem.build((0, 1), counts).tail(0.0, upward)
        close(2 * tail, EXACT["rate_ratios"]["2016/2015"]["p_central"])


def test_two_counts_give_the_clopper_pearson_ratio():
    low, high = exact_limits(SlopeProblem.build((0, 1), (462, 527)), 0.95)
    close([math.exp(low), math.exp(high)], EXACT["rate_ratios"]["2017/2016"]["exact95"])


@pytest.mark.parametrize(
    ("positions", "counts"),
    [
        ((0, 1, 2, 3), (15_300, 46_200, 52_700, 59_400)),
        ((0, 1, 2, 3), (200_000, 210_000, 190_000, 205_000)),
        ((0, 1), (1_800_000, 1_700_000)),
        ((0, 2, 4), (90_000, 80_000, 85_000)),
        (range(40), (180,) * 40),
    ],
)
def test_the_saddlepoint_takes_over_without_a_seam(positions, counts, monkeypatch):
    """The distribution summed in full and its saddlepoint, on series on which both can be had."""
    limits, tails = {}, {}
    for most in (0, 1e8):
        monkeypatch.setattr(poisson_slope, "EXACT_UP_TO", most)
        problem = SlopeProblem.build(positions, counts)
        assert problem.exact == (most > 0)
        limits[most] = exact_limits(problem, 0.95)
        tails[most] = [problem.tail(0.0, upward) for upward in (True, False)]
    assert limits[0] == pytest.approx(limits[1e8], abs=1e-9)
    assert tails[0] == pytest.approx(tails[1e8], rel=1e-3)


@pytest.mark.parametrize(
    "counts",
    [(58_000, 58_000, 58_000), (10**9, 10**9 + 70_000, 10**9), (1, 0, 0, 10**9), (0, 0, 0, 10**9), (10**12,) * 4],
)
def test_any_total_takes_a_moment(counts):
    begun = time.process_time()
    problem = SlopeProblem.build(range(len(counts)), counts)
    low, high = exact_limits(problem, 0.95)
    assert time.process_time() - begun < 0.2
    assert high is None or low < problem.estimate < high


@pytest.mark.parametrize(("counts", "away"), [((1, 0, 0, 10**9), 3), ((0, 0, 1, 10**9), 1)])
def test_a_few_events_among_very_many_have_the_limits_of_a_poisson_count(counts, away):
    """So few lie below the last position that their number is Poisson with mean total exp(-slope), Garwood's case."""
    low, high = exact_limits(SlopeProblem.build(range(4), counts), 0.95)
    most, least = stats.gamma.isf(0.025, away + 1), stats.gamma.ppf(0.025, away)
    assert low == pytest.approx(math.log(10**9 / most), abs=1e-7)
    assert high == pytest.approx(math.log(10**9 / least), abs=1e-7)


@steady
@given(series)
def test_reversing_the_years_changes_the_sign_of_the_slope(counts):
    years = list(range(len(counts)))
    forth = exact_limits(SlopeProblem.build(years, counts), 0.95)
    back = exact_limits(SlopeProblem.build(years, counts[::-1]), 0.95)
    assert (forth[0], forth[1]) == pytest.approx((-back[1], -back[0]), abs=1e-9)


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
    low, high = exact_limits(problem, 0.95)
    assert (low is None) == (counts[2] == 0)
    assert (high is None) == (counts[0] == 0)
    # all five in one year: probability share ** 5 reaches 2.5% at the limit
    edge = next(limit for limit in (low, high) if limit is not None)
    close(problem.shares(edge)[int(np.argmax(counts))] ** 5, 0.025)


def test_a_limit_out_of_reach_is_none():
    # a dispersion of 1e12 leaves no slope that the counts exclude
    assert profile_limits(SlopeProblem.build(range(3), (3, 5, 4)), 0.95, 1e12) == (None, None)
