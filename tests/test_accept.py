"""Changed files of a study are shown before they are accepted."""

import json

import pytest
from frictionless import Package

from analysis.__main__ import main
from analysis.figures import StudyError, load
from analysis.figures.accept import accept, changed
from analysis.figures.new import new


def storms(tmp_path):
    (tmp_path / "storms.csv").write_text("period,count\n2021,1\n2022,2\n")
    return new(f"{tmp_path}/mine", tmp_path / "storms.csv")


def test_a_change_is_shown_and_written_only_when_accepted(tmp_path, capsys):
    folder = storms(tmp_path)
    assert main(["accept", str(folder)]) == 0
    assert capsys.readouterr().out == "Every file is as it was accepted.\n"
    (folder / "storms.csv").write_text("period,count,note\n2021,1,\n2022,2,\n2023,1234,new\n")
    before = (folder / "datapackage.json").read_bytes()
    shown = "storms.csv: 3 counts, 2021 to 2023: 1; 2; 1,234 (48 bytes, 27 bytes before)"
    assert changed(folder)[1] == [shown]
    assert main(["accept", str(folder)]) == 0
    assert capsys.readouterr().out.startswith(f"{shown}\nNothing is written yet")
    assert (folder / "datapackage.json").read_bytes() == before
    with pytest.raises(StudyError, match="size: 48 bytes, declared 27 bytes"):
        load(folder)
    assert main(["accept", str(folder), "--yes"]) == 0
    assert load(folder).outcome.counts == [1, 2, 1234]
    assert Package(str(folder / "datapackage.json")).validate().valid
    assert (accept(folder), list(folder.glob("*.new"))) == ([], [])


def test_what_breaks_a_rule_is_not_accepted(tmp_path, capsys):
    folder = storms(tmp_path)
    (folder / "storms.csv").write_text("period,count\n2021,1\n2023,2\n")
    assert main(["accept", str(folder), "--yes"]) == 2
    assert "storms.csv: no gaps: nothing between 2021 and 2023" in capsys.readouterr().err
    assert json.loads((folder / "datapackage.json").read_text())["resources"][0]["bytes"] == 27
