"""The report in Firefox, by keyboard, printed, and read by axe in its views."""

from __future__ import annotations

import base64
import contextlib
import csv
import re
import time
import zlib
from pathlib import Path

import firefox
import pytest
from browsing import RULES, axe_source, stored_report

pytestmark = pytest.mark.skipif(not firefox.FIREFOX, reason="no Firefox: apt-get install firefox-esr")

TAB, ENTER, ESCAPE, UP, RIGHT = "\ue004", "\ue007", "\ue00c", "\ue013", "\ue014"
VIEWS = {"closed": 1280, "dark": 1280, "phone": 360, "explorer": 1280}
RUN_AXE = """axe.run(document, {runOnly: {type: 'tag', values: given[0]}, resultTypes: ['violations']}).then(
    found => found.violations.flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.html}`)))"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("firefox")


@pytest.fixture(scope="module")
def running(folder):
    with contextlib.ExitStack() as stack:
        try:
            browser = stack.enter_context(firefox.started(folder))
        except firefox.DoesNotStart as error:
            pytest.skip(str(error))
        yield browser
        asked = [url for url in browser.asked if url.startswith(("http", "ws"))]
        assert asked == []
        assert browser.said == []


@pytest.fixture(scope="module")
def report(folder) -> str:
    return stored_report(folder).as_uri()


@pytest.fixture
def page(running, report):
    running.go(report)
    return running


def focus(page, selector: str) -> None:
    page.ask("document.querySelector(given[0]).focus()", selector)


def saved(folder: Path, ending: str) -> Path:
    """The one file with this ending that arrives among the downloads, whole."""
    for _ in range(100):
        found = [path for path in (folder / "downloads").glob(f"*{ending}") if path.stat().st_size]
        if found and not list((folder / "downloads").glob("*.part")):
            return found[0]
        time.sleep(0.05)
    raise AssertionError(f"no {ending} was saved")


def test_skip_link_contents_and_theme(page):
    page.press(TAB)
    assert page.ask("document.activeElement.className") == "skip"
    focus(page, ".contents a[href='#growth']")
    page.press(ENTER)
    page.until("document.querySelector('.contents [aria-current]').hash === '#growth'")
    paper = "getComputedStyle(document.body).backgroundColor"
    before = page.ask(paper)
    focus(page, "#theme-system")
    page.press(RIGHT, RIGHT)
    page.until("document.getElementById('theme-dark').checked")
    assert page.ask(paper) != before


def test_a_source_opens_in_place_and_gives_the_focus_back(page):
    focus(page, ".answer a.all-sources")
    page.press(ENTER)
    page.until("document.getElementById('source').matches(':popover-open')")
    assert page.ask("document.getElementById('source').contains(document.activeElement)")
    page.press(ESCAPE)
    page.until("!document.getElementById('source').matches(':popover-open')")
    assert page.ask("document.activeElement.className") == "all-sources"


def test_from_a_number_to_its_code_and_back(page):
    focus(page, ".answer a.number")
    page.press(ENTER)
    focus(page, "#source a[href*='-cell-']")
    page.press(ENTER)
    page.until("document.querySelector(':target')?.checkVisibility()")
    page.back()
    page.until("document.activeElement.className === 'number'")


def test_a_link_into_a_fold_opens_it(running, report):
    running.go(f"{report}#table-every-count")
    running.until("document.querySelector(':target').checkVisibility()")


def test_the_explorer_changes_words_and_address_and_goes_back(page):
    growth = "document.getElementById('explorer-growth').textContent"
    published = page.ask(growth)
    focus(page, "#explorer input[name=first_year]")
    page.press(UP)  # around to the last: left out
    page.until("location.hash === '#explorer&first_year=left-out'")
    chosen = page.ask(growth)
    assert chosen != published
    assert chosen in page.ask("document.getElementById('explorer-said').textContent")
    assert page.ask("document.getElementById('explorer-banner').checkVisibility()")
    page.back()
    page.until(f"{growth} !== {chosen!r}")
    assert page.ask(growth) == published


def test_a_figure_and_its_data_are_saved(page, folder):
    page.ask("[...document.querySelectorAll('figure')][1].querySelector('details').open = true")
    words = page.ask("[...document.querySelectorAll('figure')[1].querySelectorAll('thead th')].map(at => at.innerText)")
    for place, ending in enumerate((".csv", ".svg", ".png")):
        page.ask("[...document.querySelectorAll('figure')[1].querySelectorAll('.save')][given[0]].focus()", place)
        page.press(ENTER)
        found = saved(folder, ending)
        assert re.fullmatch(r"figure-\d-\d-[a-z0-9-]+\.\w+", found.name)
    rows = list(csv.reader(saved(folder, ".csv").read_text(encoding="utf-8").splitlines()))
    assert rows[0] == words
    assert saved(folder, ".svg").read_text(encoding="utf-8").startswith("<svg")
    assert saved(folder, ".png").read_bytes().startswith(b"\x89PNG")


def test_sentences_to_write_are_copied_without_what_surrounds_them(page):
    focus(page, "[data-copy]")
    page.press(ENTER)
    page.until("document.getElementById('said').textContent === 'Copied'")
    copied = page.ask("navigator.clipboard.readText()")
    assert copied.splitlines() == page.ask("[...document.querySelectorAll('.write li')].map(at => at.innerText.trim())")


def test_print_has_as_many_pages_as_was_promised(page):
    """A page of summary and at most eight of story and evidence."""
    pdf = base64.b64decode(page.printed())
    objects = b"".join(
        zlib.decompress(packed) for packed in re.findall(rb"/ObjStm.+?stream\r?\n(x.+?)endstream", pdf, re.S)
    )
    assert 2 <= len(re.findall(rb"/Type\s*/Page\b", pdf + objects)) <= 9


@pytest.mark.parametrize("view", [*VIEWS, pytest.param("all open", marks=pytest.mark.long)])
def test_axe_finds_no_violation(running, report, view):
    running.go(report + "#explorer&first_year=left-out&level=99" * (view == "explorer"), width=VIEWS.get(view, 1280))
    if view == "all open":
        running.ask("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    if view == "dark":
        running.ask("document.getElementById('theme-dark').click()")
    running.ask("(0, eval)(given[0])", axe_source())
    assert running.ask(RUN_AXE, RULES) == []
    assert running.ask("document.documentElement.scrollWidth <= innerWidth")
