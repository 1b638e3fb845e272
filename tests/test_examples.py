"""The example studies through the whole line: run, gate, page, browser; and nothing in them of the default study."""

from __future__ import annotations

import json
import re

import pytest
from browsing import axe_finds, needs_chromium, nu_checker_says

from analysis.figures import load
from analysis.figures.study import DEFAULT
from analysis.publishing import report as reports

EXAMPLES = ("hijackings", "tuberculosis")
WORDS = r"removals?|removed|accounts?|inmates?|prisons?|prisoners?|phones?|drugs?|incidents?|SIM|HMPPS|Ministry|ITV"
# All that a reader sees, hears or saves: text, also of what is folded, alternative texts, titles and file names.
# Left out are the code of the cells, the same for each study, and the table of parameters: both name the default.
SEEN = r"""() => {
  const body = document.documentElement.cloneNode(true);
  body.querySelectorAll('script, style, details.code, #parameters').forEach(at => at.remove());
  const attributes = ['aria-label', 'alt', 'title', 'download', 'id', 'href', 'content'];
  const named = [...body.querySelectorAll('*')].flatMap(at => attributes.map(name => at.getAttribute(name) ?? ''));
  return [body.textContent, ...named.filter(text => !text.startsWith('data:'))].join('\n');
}"""


@pytest.fixture(scope="module", params=EXAMPLES)
def example(request, tmp_path_factory):
    """The files of the report of an example, in a folder."""
    given = {"study": f"data/{request.param}"}
    folder = tmp_path_factory.mktemp(request.param)
    files = reports.published(reports.run(given, cache=None), given)
    for name in ("report.html", "results.json"):
        (folder / name).write_text(files[name], encoding="utf-8")
    return folder


@pytest.fixture
def report(example):
    return example / "report.html"


def words_of_the_default(text):
    """What of the default study stands in `text`: its words, file names, titles of series and of sources."""
    study = load(DEFAULT)
    names = {f"{name}.csv" for name in study.series} | {study.title, *(one.title for one in study.series.values())}
    names |= {o.source.title for one in study.series.values() for o in one.observations}
    pattern = rf"\b({WORDS})\b|social media|{'|'.join(map(re.escape, sorted(names)))}"
    return sorted({found[0] for found in re.finditer(pattern, text, re.IGNORECASE)})


def test_what_belongs_to_the_default_study_is_noticed():
    assert words_of_the_default("Phones: removals.csv") == ["Phones", "removals"]
    assert words_of_the_default("Tuberculosis in Portugal, accountable") == []


@needs_chromium
def test_no_word_of_the_default_study_is_in_it(visit):
    assert words_of_the_default(visit().evaluate(SEEN)) == []


def test_no_result_is_of_the_default_study(example):
    results = (example / "results.json").read_text(encoding="utf-8")
    assert words_of_the_default(results) == []
    assert len(json.loads(results)) > 80


@needs_chromium
@pytest.mark.parametrize("view", ["light", "narrow dark"])
def test_axe_finds_nothing(visit, view):
    assert axe_finds(visit(view)) == []


def test_nu_checker_finds_no_error(report):
    assert nu_checker_says(report) == ""
