"""A new study from any CSV."""

import pytest
import yaml
from frictionless import Package

from analysis.__main__ import main
from analysis.claims.audit import audit
from analysis.claims.claims import read_claims
from analysis.figures import StudyError, load
from analysis.figures.new import new
from analysis.figures.words import MEANINGS


def csv_file(tmp_path, text, name="storms.csv"):
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_two_columns_and_a_title_make_a_study(tmp_path):
    counts = csv_file(tmp_path, b'\xef\xbb\xbfperiod,count\r\n2021,"1,007"\r\n2022,0\r\n')
    folder = new(f"{tmp_path}/my storms", counts, title="Storms of Erewhon")
    study = load(folder)
    assert (study.title, study.outcome.name, study.outcome.counts) == ("Storms of Erewhon", "storms", [1007, 0])
    assert Package(str(folder / "datapackage.json")).validate().valid
    assert sorted(path.name for path in tmp_path.iterdir()) == ["my storms", "storms.csv"]


def test_any_table_of_counts_becomes_one_series_a_column(tmp_path):
    text = "Year,Road deaths,Injured\n2018,1784,25511\n2015,1730,22144\n2016,1792,\n"
    study = load(new(f"{tmp_path}/roads", csv_file(tmp_path, text)))
    deaths, injured = study.outcome, study.by_role("comparison")
    assert (study.title, deaths.name, deaths.title, deaths.unit) == (
        "Roads",
        "road_deaths",
        "Road deaths",
        "road deaths",
    )
    assert (deaths.years, deaths.counts, injured.years) == ([2015, 2016, 2018], [1730, 1792, 1784], [2015, 2018])
    assert [(gap.after, gap.before) for gap in deaths.gaps] == [(2016, 2018)]
    assert study.words.noun == "road death"


def test_words_and_claims_are_written_as_comments_that_mean_something_without_them(tmp_path):
    folder = new(f"{tmp_path}/storms", csv_file(tmp_path, "Year,Storms\n2021,1007\n2022,0\n"))
    before = load(folder)
    assert before.claims is None
    words = (folder / "study.yml").read_text(encoding="utf-8").splitlines()[1:]
    given = yaml.safe_load("\n".join(line.removeprefix("# ") for line in words))
    assert set(given) == set(MEANINGS)
    (folder / "study.yml").write_text("\n".join(line[2:] for line in words if 'place: ""' not in line))
    assert load(folder).words == before.words
    claims = (folder / "claims.yml").read_text(encoding="utf-8").splitlines()[2:]
    (folder / "claims.yml").write_text("\n".join(line[2:] for line in claims))
    series = load(folder).series
    (judged,) = audit(series, read_claims(folder / "claims.yml", series))
    assert (judged.claim.names, judged.verdict) == (("storms",), "holds")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Year,Storms\n2021,many\n", "storms.csv: line 2, column 'Storms': 'many' is not a count; "),
        ("Year,Storms\nspring,3\n", "storms.csv: line 2, column 'Storms': 'spring' is no period; "),
        ("Year,Storms\n2021\n", "storms.csv: line 2: 1 cells instead of 2; "),
        ("Year,Storms\n2021,1\n", "storms.csv: counts of the outcome: a single count"),
        ("Year,Storms\n2021,1\n2021,2\n", "storms.csv: one row a period: "),
        ("Year\n2021\n", "storms.csv: no column of counts; "),
        ("", "storms.csv: no rows; "),
    ],
)
def test_what_would_be_refused_later_is_refused_now_and_leaves_nothing(tmp_path, text, message):
    counts = csv_file(tmp_path, text)
    with pytest.raises(StudyError) as caught:
        new(f"{tmp_path}/mine", counts)
    assert str(caught.value).startswith(f"{tmp_path}/{message}")
    assert list(tmp_path.iterdir()) == [counts]


def test_a_folder_that_exists_is_left_alone(tmp_path, capsys):
    counts = csv_file(tmp_path, "period,count\n2021,1\n2022,2\n")
    assert main(["new", f"{tmp_path}/mine", "--from", str(counts)]) == 0
    assert "outcome, storms: 2 counts, 2021 to 2022: 1; 2" in capsys.readouterr().out
    assert main(["new", f"{tmp_path}/mine", "--from", str(counts)]) == 2
    assert f"{tmp_path}/mine: there is one already; give another name" in capsys.readouterr().err
    assert main(["new", f"{tmp_path}/other", "--from", f"{tmp_path}/none.csv"]) == 2
    assert "none.csv: no such file" in capsys.readouterr().err


def test_a_file_with_the_columns_of_a_study_is_copied_as_it_is(tmp_path):
    text = "period,count,publisher\n2021/22,3,Office\n2022/23,4,Office\n"
    folder = new(f"{tmp_path}/mine", csv_file(tmp_path, text))
    assert (folder / "storms.csv").read_text() == text
    assert load(folder).outcome.observations[0].source.publisher == "Office"
