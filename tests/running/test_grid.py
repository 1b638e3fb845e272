"""Grids: which runs there are, exactly, and the one line that refuses anything else."""

from pathlib import Path

import pytest

from analysis.parameters import SPECIFICATION
from analysis.running.grid import GridError, read_grid


def grid(tmp_path: Path, text: str):
    path = tmp_path / "grid.yaml"
    path.write_text(text, encoding="utf-8")
    return read_grid(path, SPECIFICATION)


def test_every_combination_but_the_excluded_ones_the_last_parameter_fastest(tmp_path: Path) -> None:
    found = grid(
        tmp_path,
        "parameters:\n  study: [data/a, data/b]\n  last_year: {from: 2016, to: 2018}\n  level: 0.9\n"
        "exclude:\n  - {study: data/b, last_year: [2016, 2017]}\n",
    )
    runs = [(run["study"], run["last_year"]) for run in found]
    assert runs == [("data/a", 2016), ("data/a", 2017), ("data/a", 2018), ("data/b", 2018)]
    assert {run["level"] for run in found} == {0.9}
    assert (found.name, found.curve) == ("grid", "first-year.full")


def test_a_range_is_exact(tmp_path: Path) -> None:
    """In binary 0.7 + 0.1 + 0.1 is 0.8999999999999999."""
    found = grid(tmp_path, "parameters:\n  level: {from: 0.7, to: 0.95, step: 0.1}\n")
    assert [run["level"] for run in found] == [0.7, 0.8, 0.9]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "grid.yaml: parameters is missing; add it"),
        ("[1]", "grid.yaml: ['1'] is a list; give a mapping with parameters, and if need be exclude and curve"),
        ("parameters: {levl: 0.9}", "unknown parameter 'levl'; did you mean 'level'?"),
        ("paramters: {level: 0.9}", "grid.yaml: 'paramters' is unknown; did you mean 'parameters'?"),
        ("parameters: {level: [0.9, 2]}", "parameter level: 2.0 is out of range; give a number above 0.5 and below 1"),
        ("parameters: {level: [0.9, 0.90]}", "parameters, level: 0.9 is given twice; keep one"),
        ("parameters: {level: 0.9, level: 0.8}", "line 1: level is given twice; keep one"),
        ("parameters: {level: []}", "parameters, level: [] does not fit; give a value, a list of values, or a range"),
        ("parameters: {level: {from: 0.9}}", "parameters, level: {'from': '0.9'} does not fit; give a value, a list"),
        ("parameters: {level: {from: 0.9, to: 0.8}}", "goes from 0.9 to 0.8 by 1; give 1 to 100,000 values, rising"),
        ("parameters: {seed: {from: 1, to: 9, step: 0}}", "parameters, seed: no range of numbers; write {from: 2015"),
        ("parameters: {study: {from: a, to: b}}", "parameters, study: no range of numbers; write {from: 2015"),
        ("parameters: {level: 0.9}\nexclude: [{seed: 1}]", "exclude, 1: unknown parameter 'seed'"),
        (
            "parameters: {level: 0.9}\nexclude: [{level: 0.8}]",
            "exclude, 1: leaves nothing out; mend it, or take it away",
        ),
        ("parameters: {level: 0.9}\nexclude: [{level: 0.9}]", "exclude: leaves no run; take one away"),
        (
            "parameters: {first_year: [2016, 2018], last_year: 2017}",
            "parameter first_year: 2018 is after last_year 2017; swap or mend them, or exclude the combination",
        ),
        ("parameters: {a", "grid.yaml, line 1: not YAML"),
        ("parameters: {level: 0.9}\0", "grid.yaml, line 1: control or bidirectional character U+0000; take it out"),
        ("#" * 1_000_001, "grid.yaml: more than 1,000,000 bytes; leave out what is not needed"),
        (
            "parameters: {seed: {from: 1, to: 400}, resamples: {from: 100, to: 400}}",
            "grid.yaml: 120,400 combinations; give 100,000 at most",
        ),
    ],
)
def test_what_is_no_grid_is_refused_in_one_line(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(GridError) as caught:
        grid(tmp_path, text)
    assert told in str(caught.value)
    assert str(tmp_path / "grid.yaml") in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_grid_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GridError, match=r"lost\.yaml: no such file; add it, or mend the path"):
        read_grid(tmp_path / "lost.yaml", SPECIFICATION)


def test_a_link_out_of_its_folder_is_refused_and_nothing_behind_it_repeated(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("a password", encoding="utf-8")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "grid.yaml").symlink_to(tmp_path / "secret")
    with pytest.raises(GridError, match="leaves the folder") as caught:
        read_grid(tmp_path / "in" / "grid.yaml", SPECIFICATION)
    assert "password" not in str(caught.value)
