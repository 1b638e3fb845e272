"""The register of named results."""

import pytest

from analysis.estimates import Estimate
from analysis.figures import load
from analysis.results import MIME, Results


def estimate(value=1 / 3):
    return Estimate(estimand="share", unit="", method="ratio of two counts", value=value)


def test_a_record_holds_the_estimate_rounded_and_the_rows_behind_it():
    outcome = load("tests/study").by_role("outcome")
    results = Results("03_growth")
    results.add("share", estimate(), of=outcome.between(2017, 2018))
    record = results.records()["share"]
    assert record["value"] == 0.33333333
    assert record["notebook"] == "03_growth"
    assert [row["period"] for row in record["data"]] == ["2017", "2018"]
    assert all(row["url"].startswith("https://www.itv.com/") for row in record["data"])


def test_a_file_can_stand_behind_a_result():
    results = Results("05_reliability")
    results.add_all("fact", {"a": estimate(), "b": estimate(2)}, of="data/benchmark/calibration.json")
    assert list(results) == ["fact.a", "fact.b"]
    assert results.records()["fact.b"]["data"] == [{"file": "data/benchmark/calibration.json"}]


def test_names_are_unique_and_plain():
    results = Results("n")
    results.add("a.b", estimate())
    with pytest.raises(ValueError, match="already registered"):
        results.add("a.b", estimate())
    for name in ("A", "a b", "a.", ""):
        with pytest.raises(ValueError, match="lower-case words"):
            results.add(name, estimate())


def test_shown_in_a_notebook_it_is_data_and_a_line_of_text():
    results = Results("n")
    results.add("share", estimate())
    bundle = results._repr_mimebundle_()
    assert bundle[MIME] == results.records()
    assert bundle["text/plain"] == "1 named results of n: share"
