"""The record of published forecasts: what it refuses, that it only grows, and the score of what came."""

import dataclasses
import math
import shutil
from datetime import date
from pathlib import Path

import pytest

from analysis.figures import StudyError, forecast_record
from analysis.reliability.record import judged, made_from, next_entry, recorded, scores_of_methods

STUDY = Path(__file__).parent.parent / "data" / "prison-removals"
YEARS, COUNTS = (2015, 2016, 2017, 2018), (153, 462, 527, 594)


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(STUDY, tmp_path / "study")
    return tmp_path / "study"


def test_the_first_entry_is_the_forecast_of_version_1():
    first = forecast_record.read(STUDY)[0]
    published = [first.version, first.year, *(getattr(first, name) for name in forecast_record.LIMITS)]
    assert published == ["1.0.0", 2019, 126, 277, 600, 1132, 1804]
    assert made_from(first, YEARS, COUNTS) == 4
    assert made_from(first, YEARS, (153, 462, 527, 595)) == 0


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("600", "60", "line 2: the limits 126, 277, 60, 1132, 1804 are out of order"),
        ("600", "many", "line 2: could not convert string to float: 'many'"),
        ("2026-11-24", "24 November", "line 2: Invalid isoformat string"),
        ("42bc8b", "42bc8", "line 2: a hash is not 64 hexadecimal digits"),
        ("median", "middle", "line 1: columns"),
        ("2019,600", "2019", "line 2: "),
    ],
)
def test_a_planted_fault_is_refused_with_its_line(folder, old, new, told):
    path = folder / forecast_record.NAME
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(StudyError, match="forecasts.csv, ") as refused:
        forecast_record.read(folder)
    assert told in str(refused.value)


def test_a_new_version_is_added_below_and_taken_back_when_the_run_fails(folder):
    path = folder / forecast_record.NAME
    before = path.read_bytes()
    with pytest.raises(ZeroDivisionError), recorded(folder, "9.0.0", date(2030, 1, 1)):
        1 / (path.read_bytes() == before)  # fails because a row was added
    assert path.read_bytes() == before
    with recorded(folder, "9.0.0", date(2030, 1, 1)) as lines:
        assert lines == ["forecasts.csv: the forecast of version 9.0.0 for 2019"]
    assert path.read_bytes().startswith(before)
    after = path.read_bytes()
    with recorded(folder, "9.0.0", date(2031, 1, 1)) as lines:
        assert lines == []
    assert path.read_bytes() == after


ENTRY = next_entry(YEARS, COUNTS, "2.0.0", date(2026, 1, 1))
PLANTED = dataclasses.replace(ENTRY, low_95=100, low_80=200, median=400, high_80=600, high_95=800)


@pytest.mark.parametrize(
    ("count", "verdict"),
    [
        (200, "inside the narrower interval"),
        (600, "inside the narrower interval"),
        (601, "inside the wider interval"),
        (100, "inside the wider interval"),
        (801, "outside both"),
    ],
)
def test_a_count_that_came_is_placed_in_the_intervals(count, verdict):
    found = judged(PLANTED, (*YEARS, 2019), (*COUNTS, count))
    assert found["standing"].verdict == verdict


def test_until_a_count_comes_nothing_is_scored():
    assert judged(PLANTED, YEARS, COUNTS)["standing"].verdict == "waiting"
    assert judged(PLANTED, YEARS, COUNTS, dates={2019: "2020"})["standing"].verdict == "published later"
    assert "score" not in judged(PLANTED, YEARS, COUNTS)
    assert scores_of_methods(PLANTED, YEARS, COUNTS) == []
    assert scores_of_methods(PLANTED, (*YEARS, 2019), (1, *COUNTS[1:], 500)) == []


def test_the_score_is_that_of_bracher_and_others():
    """Their equation (1): half the miss of the median and alpha / 2 times each interval score, over K + 1/2."""
    log = math.log1p
    miss = abs(log(700) - log(400)) / 2
    narrow = 0.1 * (log(600) - log(200) + 10 * (log(700) - log(600)))
    wide = 0.025 * (log(800) - log(100))
    found = judged(PLANTED, (*YEARS, 2019), (*COUNTS, 700))["score"]
    assert found.value == pytest.approx((miss + narrow + wide) / 2.5, rel=1e-12)


def test_the_other_methods_are_scored_on_the_same_counts_only():
    rows = scores_of_methods(ENTRY, (*YEARS, 2019), (*COUNTS, 500))
    assert {forecast.year for forecast, _ in rows} == {2019}
    assert {forecast.estimates[0].n for forecast, _ in rows} == {4}
