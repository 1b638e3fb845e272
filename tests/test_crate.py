"""The record of a run for other programs, and the way of a number for people."""

import hashlib
import json

import pytest

from analysis.publishing.crate import crate
from analysis.publishing.trace import trace

CITATION = {"title": "Counts", "authors": "A. Nobody", "version": "1.2.0", "licence": "MIT", "dated": "2026-01-02"}
FILES = {"report.html": "<p>é", "notebooks/00.ipynb": "{}", "counts.svg": b"<svg/>"}


def record(**changed):
    about = {"inputs": {"data/a.csv": "0" * 64}, "parameters": {"level": 0.95, "study": "a"}, "versions": {"x": "1"}}
    return json.loads(crate(FILES, main="notebooks/00.ipynb", citation=CITATION, **about | changed))


def entities(crate):
    return {entity["@id"]: entity for entity in crate["@graph"]}


def referred(value):
    """Every identifier that an entity refers to."""
    if isinstance(value, dict):
        yield from [value["@id"]] if set(value) == {"@id"} else referred(list(value.values()))
    elif isinstance(value, list):
        for each in value:
            yield from referred(each)


def test_every_file_is_there_with_its_hash():
    found = entities(record())
    for path, content in FILES.items():
        data = content if isinstance(content, bytes) else content.encode()
        assert found[path]["sha256"] == hashlib.sha256(data).hexdigest()
        assert found[path]["contentSize"] == str(len(data))
    assert {part["@id"] for part in found["./"]["hasPart"]} == set(FILES)


def test_what_it_refers_to_is_in_it_or_a_published_profile():
    made = record()
    outside = set(referred(made["@graph"])) - set(entities(made))
    assert outside == {
        "https://w3id.org/ro/crate/1.1",
        "https://bioschemas.org/profiles/ComputationalWorkflow/1.0-RELEASE",
        "https://bioschemas.org/profiles/FormalParameter/1.0-RELEASE",
    }


def test_the_run_names_its_inputs_parameters_and_outputs():
    found = entities(record())
    run = found["#run"]
    assert run["instrument"] == found["./"]["mainEntity"] == {"@id": "notebooks/00.ipynb"}
    assert {each["@id"] for each in run["object"]} == {"#read/data/a.csv", "#given/level", "#given/study"}
    assert {each["@id"] for each in run["result"]} == {"report.html", "counts.svg"}
    assert found["#given/level"]["value"] == 0.95
    assert found["#parameter/level"]["additionalType"] == "Float"


def test_another_parameter_or_input_is_another_record():
    assert record() == record()
    assert record() != record(parameters={"level": 0.9, "study": "a"})
    assert record() != record(inputs={"data/a.csv": "1" * 64})


RESULTS = {
    "growth.ratio": {
        "estimand": "ratio of 2016 to 2015", "unit": "ratio", "method": "ratio of two counts", "value": 3.0196078,
        "low": 2.5097878, "high": 3.6495206, "level": 0.95, "interval": "confidence",
        "interval_method": "exact conditional", "n": 2, "assumes": "Poisson counts", "reason": "",
        "function": "analysis.growth.rates.rate_ratio", "notebook": "03_growth", "cell": "results",
        "data": [{"series": "removals", "period": "2015", "source": "A paper", "url": "https://example.org/"}],
    }
}  # fmt: skip


def test_a_number_leads_back_to_its_rows():
    assert trace("growth.ratio", RESULTS).splitlines() == [
        "growth.ratio: 3.02",
        "what: ratio of 2016 to 2015",
        "method: ratio of two counts",
        "interval: 2.51 to 3.65, 95% confidence interval, exact conditional; Poisson counts",
        "function: analysis.growth.rates.rate_ratio",
        "notebook: 03_growth, cell results",
        "from: removals, 2015: A paper <https://example.org/>",
    ]


def test_a_misspelt_name_is_refused_with_the_nearest():
    with pytest.raises(ValueError, match=r"no result is named 'growth\.rati'; .*growth\.ratio"):
        trace("growth.rati", RESULTS)
