"""Comparisons: what is a change, each cause planted and told, and the forms in which it is said."""

import json
import subprocess
from pathlib import Path

import pytest

from analysis.__main__ import main
from analysis.publishing.many import compare_page
from analysis.running import compare
from analysis.running.compare import CompareError, Side, read

GROWTH = {
    "estimand": "growth a year",
    "unit": "% a year",
    "method": "Poisson trend",
    "value": 39.034639,
    "low": 33.030981,
    "high": 45.347274,
    "level": 0.95,
    "interval": "confidence",
    "interval_method": "profile likelihood",
    "assumes": "Poisson counts",
    "reason": "",
    "n": 4,
    "function": "analysis.growth.trends",
    "data": [{"series": "removals", "period": "2018"}],
    "notebook": "03_growth",
    "cell": "fit",
}
STANDING = {"about": "it", "verdict": "firm", "rule": "r", "function": "f", "data": [], "notebook": "03_growth"}
RUN = {"parameters": {"level": 0.95, "seed": 1}, "sha256": {"data/a.csv": "0" * 64}, "version": "one"}


def compared(record=(), run=(), *, known=True):
    """The comparison of one result with itself after these fields, of the result or of the run, have changed."""
    before = Side("a", {"growth": GROWTH}, RUN if known else {})
    return compare.compare(before, Side("b", {"growth": GROWTH | dict(record)}, RUN | dict(run) if known else {}))


@pytest.mark.parametrize(
    ("record", "run", "why"),
    [
        ({"value": 40.0}, {}, ("value alone",)),
        ({"value": 40.0}, {"sha256": {"data/a.csv": "1" * 64}}, ("data",)),
        ({"value": 40.0, "data": []}, {}, ("data",)),
        ({"value": 40.0}, {"parameters": {"level": 0.9, "seed": 1}}, ("parameters",)),
        ({"value": 40.0, "method": "CAGR"}, {}, ("method",)),
        ({"interval_method": "Wald"}, {}, ("method",)),
        ({"value": 40.0}, {"version": "two"}, ("code",)),
        ({"low": None}, {"version": "two", "sha256": {}}, ("data", "code")),
    ],
)
def test_each_cause_is_told(record: dict, run: dict, why: tuple) -> None:
    (change,) = compared(record, run).changes
    assert (change.name, change.what, change.why) == ("growth", "changed", why)


def test_a_parameter_that_the_notebook_does_not_take_is_no_cause() -> None:
    """Notebook 03 resamples nothing, so it declares no seed."""
    found = compared({"value": 40.0}, {"parameters": {"level": 0.95, "seed": 2}})
    assert found.changes[0].why == ("value alone",)
    assert found.causes["parameters"] == ("seed 1 -> 2",)


def test_a_side_that_does_not_say_what_it_depends_on_is_not_guessed_at() -> None:
    assert compared({"value": 40.0}, known=False).changes[0].why == ("not recorded",)
    assert compared({"method": "CAGR"}, known=False).changes[0].why == ("method",)


@pytest.mark.parametrize("value", [39.034640, 39.034638, 39.034639])
def test_the_last_stored_digit_of_another_processor_is_no_change(value: float) -> None:
    assert compared({"value": value}).unchanged == 1


@pytest.mark.parametrize("record", [{"value": 39.03466}, {"high": None}, {"level": 0.9}, {"unit": "%"}])
def test_more_than_that_is_one(record: dict) -> None:
    assert len(compared(record).changes) == 1


def test_a_count_has_no_tolerance() -> None:
    """Of a hundred million and one more, a relative tolerance would see nothing."""
    count = GROWTH | {"value": 100_000_000, "unit": "accounts"}
    sides = (Side(name, {"n": count | {"value": value}}) for name, value in (("a", 10**8), ("b", 10**8 + 1)))
    assert len(compare.compare(*sides).changes) == 1


def test_new_gone_and_changed_words() -> None:
    before = Side("a", {"gone": GROWTH, "standing": STANDING}, RUN)
    after = Side("b", {"new": GROWTH, "standing": STANDING | {"verdict": "open"}}, RUN)
    found = compare.compare(before, after)
    assert found.words() == [
        "a beside b: 0 results unchanged, 1 changed, 1 new, 1 gone.",
        "gone  gone: 39.034639 % a year (33.030981 to 45.347274)",
        "new  new: 39.034639 % a year (33.030981 to 45.347274)",
        "changed  standing: firm -> open  (value alone)",
    ]


def test_the_forms_say_the_same() -> None:
    found = compared({"value": 40.0}, {"version": "two", "parameters": {"level": 0.9, "seed": 1}})
    assert found.words()[1:3] == ["Parameters: level 0.95 -> 0.9.", "Code: one -> two."]
    assert found.markdown().splitlines()[-1] == (
        "| `growth` | changed | 39.034639 % a year (33.030981 to 45.347274) "
        "| 40 % a year (33.030981 to 45.347274) | parameters, code |"
    )
    page = compare_page(found)
    assert "<td>parameters, code</td>" in page
    assert 'href="http' not in page


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository whose commit and working tree hold different results."""
    monkeypatch.setattr(compare, "ROOT", tmp_path)
    monkeypatch.setattr(compare, "REPORTS", tmp_path / "reports")
    (tmp_path / "reports").mkdir()
    for value in (39.0, 40.0):
        results = {"growth": GROWTH | {"value": value}, "run": RUN}
        (tmp_path / "reports" / "results.json").write_text(json.dumps(results))
        if value == 39.0:
            identity = ["-c", "user.name=n", "-c", "user.email=e"]
            for arguments in (["init", "-q"], ["add", "."], [*identity, "commit", "-qm", "first"]):
                subprocess.run(["git", *arguments], cwd=tmp_path, check=True)
    return tmp_path


def test_a_revision_beside_the_working_tree(project: Path, capsys: pytest.CaptureFixture) -> None:
    assert main(["compare", "HEAD"]) == 0
    assert "39 % a year (33.030981 to 45.347274) -> 40 % a year" in capsys.readouterr().out
    assert main(["compare", str(project / "reports"), "", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["changes"] == []
    assert main(["compare", "HEAD", "--format", "json"]) == 0
    (change,) = json.loads(capsys.readouterr().out)["changes"]
    assert (change["name"], change["why"]) == ("growth", ["value alone"])


@pytest.mark.parametrize("name", ["nowhere", "--output=planted", "HEAD~9"])
def test_what_holds_no_results_is_refused(project: Path, name: str) -> None:
    with pytest.raises(CompareError, match=f"^{name}: nothing to compare there; give a folder with results.json, a st"):
        read(name)
    assert not (project / "planted").exists()


@pytest.mark.parametrize("content", ["[]", "{", '{"a": 1}', '{"a": {"value": "x"}}', '{"run": 1}', "\udcff"])
def test_a_broken_file_is_refused(project: Path, content: str) -> None:
    (project / "reports" / "results.json").write_text(content, errors="surrogateescape")
    with pytest.raises(CompareError, match=r"results.json: not the results of a run; make them again$"):
        read("")
