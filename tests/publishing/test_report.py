"""What is published: which files a run gives, and what stops it before one is written."""

import json

import pytest
from standins import notebooks

from analysis.publishing import report
from analysis.publishing.report import ReportRefused
from analysis.running import origin
from analysis.running.chapters import shown_parts


@pytest.fixture
def executed(monkeypatch):
    monkeypatch.setattr(report, "MAIN_FIGURE", "ratios")
    made_from = {"parameters": {"level": 0.95}, "as_of": "2019-04-01", "version": "1"}
    made_from["sha256"] = {"data/counts.csv": "0" * 64}
    monkeypatch.setattr(origin, "made_from", lambda *_: made_from)
    return notebooks()


def published(executed):
    return report.published(
        {f"{stem}.ipynb": json.dumps(notebook) for stem, notebook in executed.items()}, {"study": "tests/study"}
    )


def part(executed, stem, cell):
    return next(part for name, part in shown_parts(executed[stem]) if name == cell)


def test_the_files_of_a_report(executed):
    files = published(executed)
    assert list(files) == [
        "report.html",
        "results.json",
        "ratios.svg",
        "notebooks/00_summary.ipynb",
        "notebooks/01_growth.ipynb",
        "report.xlsx",
        "ro-crate-metadata.json",
    ]
    assert files["ratios.svg"].startswith("<svg xmlns=")
    assert json.loads(files["notebooks/01_growth.ipynb"]) == executed["01_growth"]
    assert '<th scope="row">data/counts.csv</th>' in files["report.html"]
    assert published(executed) == files


def test_the_register_for_programs_is_sorted_and_complete(executed):
    records = json.loads(published(executed)["results.json"])
    assert list(records) == sorted(records)
    run = records.pop("run")
    assert (run["parameters"], run["as_of"], run["version"]) == ({"level": 0.95}, "2019-04-01", "1")
    assert run["sha256"] == {"data/counts.csv": "0" * 64}
    assert records["growth.cagr"]["value"] == 57.168318
    assert records["growth.cagr"]["cell"] == "answer"
    assert records["growth.verdict"]["verdict"] == "firm"
    assert {record["notebook"] for record in records.values()} == {"01_growth"}


def test_a_typed_number_stops_the_report(executed):
    executed["01_growth"]["cells"][0]["source"] += "\n\nIt grew by 57%."
    with pytest.raises(ReportRefused, match="01_growth, cell text-0: '57%' in 'It grew by 57%.': bind it to a result"):
        published(executed)


def test_a_chapter_run_again_without_the_summary_stops_the_report(executed):
    part(executed, "01_growth", "answer")["results"]["growth.cagr"]["value"] = 61.0
    told = "result 'growth.cagr': 00_summary, cell answer, and 01_growth, cell answer, disagree"
    with pytest.raises(ReportRefused, match=told):
        published(executed)


def test_an_error_in_a_cell_stops_the_report(executed):
    error = {"output_type": "error", "ename": "E", "evalue": "it broke", "traceback": []}
    executed["00_summary"]["cells"][1]["outputs"].append(error)
    with pytest.raises(ReportRefused, match="notebook 00_summary, cell imports: shows an error: it broke"):
        published(executed)


def test_a_report_without_its_main_figure_is_refused(executed, monkeypatch):
    monkeypatch.setattr(report, "MAIN_FIGURE", "lost")
    with pytest.raises(ReportRefused, match="no notebook shows the figure 'lost'"):
        published(executed)
