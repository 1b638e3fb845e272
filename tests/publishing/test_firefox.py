"""The report in Firefox, by keyboard, driven by Mozilla's own client: pip install marionette-driver."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import axe_playwright_python
import pytest
from browsing import RULES, stored_report

marionette = pytest.importorskip("marionette_driver.marionette", reason="no marionette-driver: pip install it")
FIREFOX = next(filter(None, map(shutil.which, ("firefox-esr", "firefox"))), None)
pytestmark = [
    pytest.mark.skipif(not FIREFOX, reason="no Firefox: apt-get install firefox-esr"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # the client leaves a socket to the collector
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

TAB, ENTER, ESCAPE, RIGHT = "\ue004", "\ue007", "\ue00c", "\ue014"
FOLDS = ["growth-more", "growth-tables", "checked", "data", "about"]
RUN_AXE = """const done = arguments[arguments.length - 1];
  axe.run(document, {runOnly: {type: 'tag', values: arguments[0]}, resultTypes: ['violations']}).then(
    found => done(found.violations.flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.html}`))))"""


@pytest.fixture(scope="module")
def firefox(tmp_path_factory):
    log = tmp_path_factory.mktemp("firefox") / "gecko.log"
    started = marionette.Marionette(bin=FIREFOX, headless=True, gecko_log=str(log))
    started.start_session()
    started.set_window_rect(width=1280, height=1000)
    started.timeout.script = 120
    yield started
    started.delete_session()
    started.cleanup()


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> Path:
    return stored_report(tmp_path_factory.mktemp("report"))


@pytest.fixture
def page(firefox, report):
    firefox.navigate(report.as_uri())
    return firefox


def ask(page, expression: str):
    return page.execute_script(f"return {expression}", sandbox=None)


def press(page, *keys: str) -> None:
    for key in keys:
        page.execute_script("return document.activeElement", sandbox=None).send_keys(key)


def until(page, expression: str) -> None:
    for _ in range(100):
        if ask(page, expression):
            return
        time.sleep(0.05)
    raise AssertionError(f"never true: {expression}")


def focus(page, selector: str) -> None:
    page.execute_script("document.querySelector(arguments[0]).focus()", script_args=[selector], sandbox=None)


def test_skip_link_contents_and_theme(page):
    press(page, TAB)
    assert ask(page, "document.activeElement.className") == "skip"
    focus(page, ".contents a[href='#growth']")
    press(page, ENTER)
    until(page, "document.querySelector('.contents [aria-current]').hash === '#growth'")
    dark = "getComputedStyle(document.body).backgroundColor"
    before = ask(page, dark)
    focus(page, "#theme-system")
    press(page, RIGHT, RIGHT)
    until(page, "document.getElementById('theme-dark').checked")
    assert ask(page, dark) != before


def test_a_source_opens_in_place_and_gives_the_focus_back(page):
    focus(page, ".answer a.all-sources")
    press(page, ENTER)
    until(page, "document.getElementById('source').matches(':popover-open')")
    assert ask(page, "document.getElementById('source').contains(document.activeElement)")
    press(page, ESCAPE)
    until(page, "!document.getElementById('source').matches(':popover-open')")
    assert ask(page, "document.activeElement.className") == "all-sources"


def test_from_a_number_to_its_code_and_back(page):
    focus(page, ".answer a.number")
    press(page, ENTER)
    focus(page, "#source a[href*='-cell-']")
    press(page, ENTER)
    until(page, "document.querySelector(':target')?.checkVisibility()")
    page.go_back()
    until(page, "document.activeElement.className === 'number'")


def test_a_link_into_a_fold_opens_it(firefox, report):
    firefox.navigate(report.as_uri() + "#table-every-count")
    until(firefox, "document.querySelector(':target').checkVisibility()")


@pytest.mark.parametrize("state", ["closed", "open"])
def test_axe_finds_no_violation(page, state):
    if state == "open":
        page.execute_script(
            "for (const id of arguments[0]) document.getElementById(id).closest('details').open = true",
            script_args=[FOLDS],
            sandbox=None,
        )
    axe = next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js")).read_text(encoding="utf-8")
    page.execute_script(f"{axe}; window.axe = axe", sandbox=None)
    assert page.execute_async_script(RUN_AXE, script_args=[RULES], sandbox=None) == []
