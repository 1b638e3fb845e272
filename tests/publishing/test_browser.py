"""The report in a real browser, used as a person would: by eye, by keyboard, on paper, without script."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from browsing import VIEWS, axe_finds, needs_chromium, nu_checker_says

from analysis.publishing.page import render
from analysis.running import plan
from analysis.running.chapters import collected

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> Path:
    """The page made from the stored notebooks as they are, and a copy without its script."""
    stored = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in plan.notebooks()}
    facts = {"parameters": {"level": 0.95}, "changed_from_defaults": {}, "provenance": {"Packages": {"a": "1"}}}
    page = render(stored, collected(stored), **facts)
    folder = tmp_path_factory.mktemp("report")
    (folder / "no-script.html").write_text(re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL), "utf-8")
    path = folder / "report.html"
    path.write_text(page, encoding="utf-8")
    return path


def until(page, condition: str) -> None:
    """Waits for a condition; playwright's own way evaluates a string, which the page's policy forbids."""
    for _ in range(100):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never true: {condition}")


@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing(visit, view):
    assert axe_finds(visit(view)) == []


@pytest.mark.parametrize("view", ["light", "narrow", "large text"])
def test_the_page_never_scrolls_sideways(visit, view):
    page = visit(view)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_first_screen_has_question_answer_and_figure(visit):
    page = visit()
    for selector in ("h1", ".question", ".answer", ".summary figure svg"):
        box = page.locator(selector).first.bounding_box()
        assert box["y"] >= 0
        assert box["y"] < 500


def test_following_the_contents(visit):
    page = visit()
    link = page.locator(".contents > ol > li > a").nth(3)
    anchor = link.get_attribute("href")[1:]
    link.click()
    until(page, f"Math.abs(document.getElementById('{anchor}').getBoundingClientRect().top - 100) < 100")
    until(page, "document.querySelector('[aria-current]').closest('ol ol') === null")
    assert page.locator("[aria-current]").count() == 1
    assert link.get_attribute("aria-current") == "location"
    assert link.is_visible()  # the contents stay in view beside the text


def test_contents_show_the_place_without_a_script(visit):
    page = visit("no script")
    if not page.evaluate("CSS.supports('scroll-target-group: auto')"):
        pytest.skip("this Chromium cannot tell the current link of a list of contents")
    links = page.locator(".contents > ol > li > a")
    for k in (2, 3):
        links.nth(k).click()
        bold = "getComputedStyle(link).fontWeight === '700'"
        until(page, f"[...document.querySelectorAll('.contents > ol > li > a')].findIndex(link => {bold}) === {k}")
        weights = links.evaluate_all("all => all.map(link => getComputedStyle(link).fontWeight)")
        assert [i for i, weight in enumerate(weights) if weight == "700"] == [k]


def test_everything_is_readable_without_a_script(visit):
    page = visit("no script")
    page.locator("figure summary").first.click()
    assert page.locator("figure table").first.is_visible()
    page.locator("details.code summary").first.click()
    assert page.locator("details.code pre").first.is_visible()
    page.locator("a.number").first.click()
    assert page.locator(".entries li:target").is_visible()
    page.locator("#theme-dark").check()
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.locator("#theme-light").check()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != dark


def test_opening_a_figures_data_and_saving_it(visit, tmp_path):
    page = visit()
    figure = page.locator("figure").nth(1)
    assert not figure.locator("table").is_visible()
    figure.locator("summary").click()
    shown = figure.locator("tbody tr").count()
    assert figure.locator("table").is_visible()
    assert len(figure.locator(".description").inner_text()) > 80
    with page.expect_download() as download:
        figure.locator("a.save").click()
    saved = tmp_path / download.value.suggested_filename
    download.value.save_as(saved)
    assert re.fullmatch(r"figure-\d-\d-[a-z0-9-]+\.csv", saved.name)
    rows = list(csv.reader(saved.read_text(encoding="utf-8").splitlines()))
    assert rows[0] == figure.locator("thead th").all_inner_texts()
    assert len(rows) == shown + 1


def test_following_a_number_to_its_source(visit):
    page = visit()
    number = page.locator(".answer a.number:has(data)").first
    number.click()
    entry = page.locator(".entries li:target")
    assert entry.is_visible()
    facts = entry.inner_text()
    for fact in ("Method", "Function", "Cell", "Data"):
        assert f"\n{fact}\n" in facts
    entry.locator("dl a[href*='-cell-']").click()
    assert page.locator(":target pre").first.is_visible()  # the fold with the code opened
    page.go_back()
    page.locator(".entries li:target dl a[href^='#data-']").first.click()
    source = page.locator(".sources .part:target")
    assert source.is_visible()
    page.go_back()
    page.locator(".entries li:target .uses a").first.click()
    assert page.locator("a.number:target").first.is_visible()


def test_the_note_of_a_number_can_be_hovered_and_dismissed(visit):
    page = visit()
    note, number = page.locator("#note"), page.locator(".answer a.number").first
    number.hover()
    note.wait_for(state="visible")
    assert number.get_attribute("aria-describedby") == "note"
    note.hover()
    page.wait_for_timeout(500)
    assert note.is_visible()  # stays while the pointer is on it
    box = note.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 1280
    page.keyboard.press("Escape")
    assert not note.is_visible()
    number.hover()
    note.wait_for(state="visible")
    page.mouse.move(2, 2)
    note.wait_for(state="hidden")


def test_by_keyboard_alone(visit):
    """Tab reaches skip link, controls, numbers, folds and links in order, each with a visible focus."""
    page = visit()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.locator(".skip").bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main"
    stops = []
    for _ in range(60):
        page.keyboard.press("Tab")
        stops.append(
            page.evaluate(
                """() => {
                const at = document.activeElement, box = at.getBoundingClientRect();
                const style = getComputedStyle(at.type === 'radio' ? at.nextElementSibling : at);
                const outline = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
                const {top, bottom, width} = box;
                return {tag: at.tagName, kind: at.className, top, bottom, width, outline};
            }"""
            )
        )
    assert all(stop["outline"] and stop["width"] > 0 for stop in stops)
    assert all(stop["bottom"] > 0 and stop["top"] < 900 for stop in stops)  # never focused out of sight
    kinds = {(stop["tag"], stop["kind"]) for stop in stops}
    assert {("A", "number"), ("SUMMARY", ""), ("A", "label"), ("A", "here")} <= kinds


def test_the_note_opens_on_focus_and_closes_on_escape(visit):
    page = visit()
    number = page.locator(".answer a.number").nth(1)
    page.locator(".answer a.number").first.focus()
    page.keyboard.press("Tab")
    assert number.evaluate("at => at === document.activeElement")
    assert page.locator("#note").is_visible()
    assert (
        page.locator("#note")
        .inner_text()
        .startswith(page.locator(f"[id='{number.get_attribute('href')[1:]}'] .estimand").inner_text())
    )
    page.keyboard.press("Escape")
    assert not page.locator("#note").is_visible()
    assert number.evaluate("at => at === document.activeElement")


def test_wide_tables_scroll_by_keyboard_when_narrow(visit):
    page = visit("narrow")
    wide = page.locator(".exhibit .scroll[tabindex]").first
    wide.focus()
    assert wide.evaluate("at => at.scrollWidth > at.clientWidth")
    page.keyboard.press("ArrowRight")
    until(page, "document.activeElement.scrollLeft > 0")


def test_what_does_not_scroll_is_no_stop(visit):
    page = visit()
    page.wait_for_timeout(200)
    assert page.locator(".summary .canvas").first.get_attribute("tabindex") is None


def test_all_code_at_once_and_copied(browser, visit):
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    control = page.locator(".all-code")
    control.click()
    assert page.locator("details.code:not([open])").count() == 0
    assert control.get_attribute("aria-pressed") == "true"
    block = page.locator(".copyable").first
    block.locator("button").click()
    until(page, "document.getElementById('said').textContent === 'Copied'")
    code = block.locator("pre").inner_text().strip()
    assert page.evaluate("navigator.clipboard.readText()") == code
    control.press("Enter")  # by keyboard: the page scrolls far to the control, and a pointer can miss it on the way
    until(page, "document.querySelectorAll('details.code[open]').length === 0")


def test_deep_links_open_where_they_point(visit):
    page = visit()
    anchor = page.locator("figure").nth(2).get_attribute("id")
    deep = visit(anchor=f"#{anchor}")
    assert 0 <= deep.locator(f"[id='{anchor}']").bounding_box()["y"] < 200
    cell = page.locator("details.code [id*='-cell-']").last.get_attribute("id")
    coded = visit(anchor=f"#{cell}")
    assert coded.locator(f"[id='{cell}'] pre").first.is_visible()


def test_a_chosen_theme_stays(visit, browser):
    page = visit("dark")
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(ground)
    page.locator("#theme-light").check()
    light = page.evaluate(ground)
    assert light != dark
    page.reload()
    assert page.evaluate(ground) == light


def test_words_in_pictures_stay_legible_when_narrow(visit):
    page = visit("narrow")
    heights = page.locator("figure svg text").evaluate_all("all => all.map(at => at.getBoundingClientRect().height)")
    assert min(height for height in heights if height) >= 8


def test_printing(visit, tmp_path):
    """A tagged PDF with an outline; numbers carry their place in the register; controls stay off paper."""
    page = visit("dark")
    path = tmp_path / "report.pdf"
    page.pdf(path=path, tagged=True, outline=True, prefer_css_page_size=True)
    raw = path.read_bytes()
    assert b"/StructTreeRoot" in raw
    assert b"/Marked true" in raw
    assert b"/Outlines" in raw
    page.emulate_media(media="print")
    for selector in (".contents", ".theme", ".skip", "details.code", ".save"):
        assert not page.locator(selector).first.is_visible()
    assert page.locator(".about details.data table").first.is_visible()
    shown = "at => getComputedStyle(at, '::after').content"
    number = page.locator("a.number").first
    assert f"{number.get_attribute('data-ref')}" in number.evaluate(shown)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    if shutil.which("pdftotext"):
        text = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True).stdout
        assert "Where each number comes from" in text
        assert "from analysis" not in text


def test_nu_checker_finds_no_error(report):
    assert nu_checker_says(report) == ""
