"""The public runs and the windows rolled along them, against a count by hand and planted faults."""

import json
import shutil
from collections import Counter

import numpy as np
import pytest

from analysis.reliability import artefacts, benchmark

HEADER = "family,domain,dataset,series,year,count\n"


def table(*runs):
    """Text of a table from (family, series, first year, counts)."""
    lines = [
        f"{family},d,s,{series},{first + step},{count}"
        for family, series, first, counts in runs
        for step, count in enumerate(counts)
    ]
    return HEADER + "\n".join(lines) + "\n"


@pytest.fixture
def rolled(monkeypatch):
    """Windows rolled along a small table instead of the stored one."""

    def roll(text, *arguments, **options):
        monkeypatch.setattr(benchmark, "runs", lambda: benchmark.parse(text))
        return benchmark.roll(*arguments, **options)

    return roll


@pytest.fixture
def package(tmp_path):
    """A copy of the benchmark package to break."""
    return shutil.copytree(artefacts.FOLDER, tmp_path / "benchmark")


def test_the_table_is_the_one_registered():
    runs = benchmark.runs()
    assert len(runs) == 955
    assert len({run.family for run in runs}) == 18
    assert sum(len(run.counts) for run in runs) == 14_866
    assert min(len(run.counts) for run in runs) >= 6
    assert max(len(run.counts) for run in runs) <= 60


def test_four_year_windows_one_year_ahead_are_as_many_as_published():
    windows = benchmark.roll(4)
    assert len(windows.counts) == 5335
    assert len(windows.families) == 15
    assert max(Counter(windows.family.tolist()).values()) == benchmark.LARGEST_FAMILY_SHARE


def test_windows_of_a_small_table_by_hand(rolled):
    text = table(("a", "1", 2000, [20, 30, 4, 50, 60, 70, 80]), ("b", "1", 1990, [5, 5, 40, 9]))
    windows = rolled(text, 3)
    # Windows with the 4 are out; the one of b has a mean of 16.7.
    assert windows.counts.tolist() == [[50, 60, 70], [5, 5, 40]]
    assert windows.following.tolist() == [80, 9]
    assert windows.family.tolist() == ["Misc", "Misc"]
    assert rolled(text, 2, 2).following.tolist() == [50, 80]


def test_eligibility_never_looks_at_what_followed(rolled):
    run = [20, 30, 25, 40]
    for outcome in (0, 3, 10**6):
        windows = rolled(table(("a", "1", 2000, [*run, outcome])), 4)
        assert windows.counts.tolist() == [run]
        assert windows.following.tolist() == [outcome]


@pytest.mark.parametrize(
    ("counts", "belongs"),
    [
        ([5, 15], True),
        ([4, 16], False),
        ([9, 10], False),
        ([20_000, 20_000], True),
        ([20_000, 20_001], False),
    ],
)
def test_limits_of_eligibility(counts, belongs):
    assert benchmark.eligible(counts).tolist() == [belongs]


def test_no_run_and_no_family_has_more_than_its_share(rolled):
    long = table(*(("a", str(run), 1900, list(range(100, 160))) for run in range(20)))
    assert len(rolled(long, 4).counts) == 600
    assert len(rolled(long, 4, every=True).counts) == 20 * 56
    one = table(("a", "1", 1900, list(range(100, 160))))
    drawn = rolled(one, 4)
    assert len(drawn.counts) == 40
    assert np.all(np.diff(drawn.counts[:, 0]) > 0)
    assert set(drawn.family.tolist()) == {"a"}


def test_the_draw_depends_on_the_seed_alone():
    first, second = benchmark.roll(5, 2), benchmark.roll(5, 2)
    np.testing.assert_array_equal(first.counts, second.counts)
    assert not np.array_equal(first.counts, benchmark.roll(5, 2, seed=1).counts)


def test_families_weigh_the_same():
    windows = benchmark.roll(4)
    weights = benchmark.family_weights(windows.family)
    assert weights.sum() == pytest.approx(1)
    for name in windows.families:
        assert weights[windows.family == name].sum() == pytest.approx(1 / 15)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEADER.replace("count", "value"), "columns"),
        (table(("a", "1", 2000, [5, 6])) + "a,d,s,1,2003,7\n", "consecutive"),
        (table(("a", "1", 2000, [5, -6])), "line 3: count -6 is negative"),
        (table(("a", "1", 2000, [5, 6.5])), "line 3: year and count must be whole"),
    ],
)
def test_a_faulty_table_is_refused(text, message):
    with pytest.raises(ValueError, match=message):
        benchmark.parse(text)


@pytest.mark.parametrize("name", ["annual_counts.csv", "calibration.json", "reference_class.json"])
def test_a_changed_file_is_refused(package, name):
    assert artefacts.read(name, package) == artefacts.read(name)
    content = (package / name).read_bytes()
    (package / name).write_bytes(content.replace(b"1", b"2", 1))
    with pytest.raises(ValueError, match=f"{name}: not the content that datapackage.json declares"):
        artefacts.read(name, package)


def test_a_missing_or_undeclared_file_is_refused(package):
    (package / "calibration.json").unlink()
    with pytest.raises(ValueError, match="calibration.json: missing; restore the file, or refit"):
        artefacts.read("calibration.json", package)
    with pytest.raises(ValueError, match="no resource with the path other.json"):
        artefacts.read("other.json", package)
    (package / "datapackage.json").unlink()
    with pytest.raises(ValueError, match="datapackage.json: missing"):
        artefacts.read("calibration.json", package)


def test_what_is_written_can_be_read_back_and_nothing_else_changes(package):
    before = json.loads((package / "datapackage.json").read_text())
    artefacts.write({"calibration.json": b"{}\n"}, package)
    assert artefacts.read("calibration.json", package) == b"{}\n"
    after = json.loads((package / "datapackage.json").read_text())
    changed = [a["name"] for a, b in zip(after["resources"], before["resources"], strict=True) if a != b]
    assert changed == ["calibration"]
    assert {k: v for k, v in after.items() if k != "resources"} == {k: v for k, v in before.items() if k != "resources"}


def test_the_package_is_valid_frictionless_with_every_hash_and_size():
    from frictionless import Package

    package = Package(str(artefacts.FOLDER / "datapackage.json"))
    report = package.get_resource("annual_counts").validate(limit_rows=1000)
    assert report.valid, report.flatten(["rowNumber", "fieldName", "message"])
    assert all(r.hash.startswith("sha256:") and r.bytes for r in package.resources)


def test_stored_json_is_canonical_and_refuses_nan():
    assert artefacts.encoded({"a": [1, 2.5], "b": {"c": []}}) == b'{\n "a": [1, 2.5],\n "b": {\n  "c": []\n }\n}\n'
    with pytest.raises(ValueError, match="not JSON compliant"):
        artefacts.encoded([float("nan")])
