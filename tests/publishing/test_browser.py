"""The report in a real browser, used as a person would: by eye, by keyboard, on paper, without script."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from browsing import VIEWS, axe_finds, needs_chromium, nu_checker_says, stored_report
from PIL import Image

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> Path:
    return stored_report(tmp_path_factory.mktemp("report"))


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


def test_axe_finds_nothing_in_a_source_that_is_open(visit):
    page = visit("narrow dark")
    page.locator("a.all-sources").first.click()
    assert page.locator("#source").is_visible()
    assert axe_finds(page) == []


@pytest.mark.parametrize("view", ["light", "narrow", "large text", "all open, dark"])
def test_the_page_never_scrolls_sideways(visit, view):
    page = visit(view)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_first_screen_has_question_answer_and_figure(visit):
    page = visit()
    for selector in ("h1", ".question", ".answer", ".summary figure svg"):
        assert 0 <= page.locator(selector).first.bounding_box()["y"] < 500
    assert page.locator(".strip").bounding_box()["y"] < 1000
    text = page.locator(".summary").inner_text().lower()
    assert text.index("you may write") < text.index("do not write") < text.index("what was checked")


def test_the_appendix_is_closed_until_it_is_asked_for(visit):
    page = visit()
    assert page.locator("details[open]").count() == 0
    assert not page.locator("#appendix :is(table, pre, .entries)").filter(visible=True).count()
    for anchor in ("#checked", "#data", "#cite"):
        page.locator(f".credits a[href='{anchor}']").click()
        assert page.locator(anchor).is_visible()
        page.go_back()


def test_a_phone_has_a_short_page_and_a_bar(visit):
    """At most a third of the 102,836 pixels that this page had before it was folded."""
    page = visit("narrow")
    assert page.evaluate("document.documentElement.scrollHeight") < 102_836 / 3
    page.locator("#growth h2").scroll_into_view_if_needed()
    page.locator("#growth").evaluate("at => at.scrollIntoView()")
    until(page, "document.querySelector('.where').textContent.includes('Growth')")
    bar = page.locator(".bar")
    assert bar.bounding_box()["y"] == 0
    assert not bar.get_by_role("button", name="Back").is_visible()
    tap(page, bar.get_by_role("link", name="Contents"))
    until(page, "Math.abs(document.getElementById('contents').getBoundingClientRect().top - 64) < 40")
    tap(page, bar.get_by_role("button", name="Back"))
    until(page, "document.querySelector('.where').textContent.includes('Growth')")


def tap(page, element) -> None:
    """A click where the element is; playwright's own scrolls the page under a bar that is sticky."""
    box = element.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


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


def test_the_current_place_is_told_by_more_than_colour(visit):
    mark = visit("forced colours").locator(".contents [aria-current]")
    assert "\N{BLACK RIGHT-POINTING SMALL TRIANGLE}" in mark.evaluate("at => getComputedStyle(at, '::before').content")


def test_everything_is_readable_without_a_script(visit):
    page = visit("no script")
    page.locator("figure summary").first.click()
    assert page.locator("figure table").first.is_visible()
    page.locator("details:has(#summary-code) > summary").click()
    assert page.locator("#summary-code pre").first.is_visible()
    page.locator("a.number").first.click()
    assert page.locator(".entries li:target").is_visible()  # the fold around it opened
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
        figure.locator("a.save").first.click()
    saved = tmp_path / download.value.suggested_filename
    download.value.save_as(saved)
    assert re.fullmatch(r"figure-\d-\d-[a-z0-9-]+\.csv", saved.name)
    rows = list(csv.reader(saved.read_text(encoding="utf-8").splitlines()))
    assert rows[0] == figure.locator("thead th").all_inner_texts()
    assert len(rows) == shown + 1


@pytest.mark.parametrize("view", ["light", "narrow"])
def test_a_source_opens_in_place_and_gives_the_focus_back(visit, view):
    page = visit(view)
    number, source = page.locator(".answer a.number").nth(1), page.locator("#source")
    number.focus()
    page.keyboard.press("Enter")
    assert source.is_visible()
    assert source.evaluate("at => at.contains(document.activeElement)")
    box = source.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= page.viewport_size["width"]
    assert 0 <= box["y"] <= page.viewport_size["height"] - box["height"]
    for fact in ("Method:", "Data:", "Cell:", "Function:"):
        assert fact.removesuffix(":") in source.inner_text()
    page.keyboard.press("Escape")
    assert not source.is_visible()
    assert number.evaluate("at => at === document.activeElement")


def test_the_mark_of_a_paragraph_opens_all_its_sources(visit):
    page = visit()
    mark = page.locator(".answer a.all-sources").first
    mark.click()
    listed = page.locator("#source .entries > li")
    assert listed.count() == len(mark.get_attribute("data-entries").split()) > 1
    page.get_by_role("button", name="Close").click()
    assert mark.evaluate("at => at === document.activeElement")


def test_from_a_number_to_its_code_and_back(visit):
    """The fold with the code opens; the way back ends at the number, and so it does from the data."""
    page = visit()
    number = page.locator(".answer a.number").first
    for target, seen in (("[href*='-cell-']", ":target pre"), ("[href^='#data-']", ".sources:target")):
        number.click()
        page.locator(f"#source a{target}").first.click()
        assert page.locator(seen).first.is_visible()
        assert not page.locator("#source").is_visible()
        page.go_back()
        until(page, "document.activeElement.className === 'number'")
        assert number.evaluate("at => at === document.activeElement")


def test_from_the_register_to_a_use_and_back(visit):
    page = visit(anchor="#numbers")
    use = page.locator(".entries .uses a").first
    use.click()
    assert page.locator("main :is(p, li):target a.number").first.is_visible()
    page.go_back()
    until(page, "document.activeElement.closest('.uses') !== null")


def test_by_keyboard_alone(visit):
    """Tab reaches skip link, controls, numbers, folds and links in order, each with a visible focus."""
    page = visit()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.locator(".skip").bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main"
    stops = []
    for _ in range(80):
        page.keyboard.press("Tab")
        stops.append(
            page.evaluate(
                """() => {
                const at = document.activeElement, box = at.getBoundingClientRect();
                const style = getComputedStyle(at.type === 'radio' ? at.nextElementSibling : at);
                const outline = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
                const {top, bottom, width} = box, contents = at.closest('.contents') !== null;
                return {tag: at.tagName, kind: at.className, top, bottom, width, outline, contents};
            }"""
            )
        )
    assert all(stop["outline"] and stop["width"] > 0 for stop in stops)
    assert all(stop["bottom"] > 0 and stop["top"] < 900 for stop in stops)  # never focused out of sight
    kinds = {(stop["tag"], stop["kind"]) for stop in stops}
    assert {("A", "number"), ("A", "all-sources"), ("SUMMARY", ""), ("A", "label"), ("BUTTON", "copy")} <= kinds
    assert [stop["contents"] for stop in stops].index(True) < 50  # a few links an answer, not one a number


def test_tables_fit_beside_the_contents_and_long_ones_scroll(visit):
    page = visit("all open, dark")
    wide = "all => all.filter(at => at.scrollWidth > at.clientWidth + 1).map(at => at.getAttribute('aria-label'))"
    assert page.locator(".exhibit .scroll").evaluate_all(wide) == []
    heights = "all => Math.max(...all.map(at => at.clientHeight))"
    assert page.locator("tbody").evaluate_all(heights) > 3000
    assert page.locator(".scroll").evaluate_all(heights) < 900


def test_wide_tables_scroll_by_keyboard_when_narrow(visit):
    page = visit("narrow")
    page.locator("details:has(> #figures-more) > summary").click()
    wide = page.locator("#figures-more .exhibit .scroll[tabindex]").first
    wide.focus()
    assert wide.evaluate("at => at.scrollWidth > at.clientWidth")
    page.keyboard.press("ArrowRight")
    until(page, "document.activeElement.scrollLeft > 0")


def test_what_does_not_scroll_is_no_stop(visit):
    page = visit()
    page.wait_for_timeout(200)
    assert page.locator(".summary .canvas").first.get_attribute("tabindex") is None


def test_sentences_to_write_are_copied_without_what_surrounds_them(visit):
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy: You may write").click()
    until(page, "document.getElementById('said').textContent === 'Copied'")
    copied = page.evaluate("navigator.clipboard.readText()").splitlines()
    assert copied == [text.strip() for text in page.locator(".write li").all_inner_texts()]
    assert all(line.endswith(".") for line in copied)


def test_everything_at_once_and_code_copied(visit):
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    control = page.locator(".all-open")
    control.press("Enter")
    assert page.locator("details:not([open])").count() == 0
    assert control.get_attribute("aria-pressed") == "true"
    block = page.locator(".code .copyable").first
    block.locator("button").click()
    until(page, "document.getElementById('said').textContent === 'Copied'")
    assert page.evaluate("navigator.clipboard.readText()") == block.locator("pre").inner_text().strip()
    control.press("Enter")
    until(page, "document.querySelectorAll('details[open]').length === 0")


def test_deep_links_open_where_they_point(visit):
    page = visit()
    for anchor in (
        "figure-annual-counts",
        "table-every-count",
        page.locator("[id*='-cell-']").last.get_attribute("id"),
    ):
        deep = visit(anchor=f"#{anchor}")
        box = deep.locator(f"[id='{anchor}']").bounding_box()
        assert 0 <= box["y"] < 900 - 200  # the last cell of all cannot come to the top
        assert box["height"] > 0


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


@pytest.mark.parametrize(("view", "shown"), [("light", [True, False]), ("narrow", [False, True])])
def test_a_phone_is_shown_the_narrow_drawing(visit, view, shown):
    page = visit(view)
    page.locator(".canvas").first.evaluate(
        """at => {
        at.classList.add('both');
        at.querySelector('svg + svg')?.remove();
        at.append(at.querySelector('svg').cloneNode(true));
    }"""
    )
    drawings = page.locator(".canvas").first.locator("> svg")
    assert [drawing.is_visible() for drawing in drawings.all()] == shown


def test_printing(visit, tmp_path):
    """A tagged PDF with an outline: a page of summary, at most eight of story and evidence, none near empty."""
    page = visit("dark")
    path = tmp_path / "report.pdf"
    page.pdf(path=path, tagged=True, outline=True, prefer_css_page_size=True)
    raw = path.read_bytes()
    assert b"/StructTreeRoot" in raw
    assert b"/Marked true" in raw
    assert b"/Outlines" in raw
    page.emulate_media(media="print")
    for selector in (".bar", ".theme", ".skip", "#appendix", ".save", "button"):
        assert not page.locator(selector).first.is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    if not shutil.which("pdftotext"):
        pytest.skip("no pdftotext: apt-get install poppler-utils")
    text = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True).stdout
    summary, story, *evidence = text.rstrip("\f").split("\f")
    assert "DO NOT WRITE" in summary.upper()
    assert "CONTENTS" in story.upper()
    assert len(evidence) < 8
    assert "from analysis" not in text
    subprocess.run(["pdftoppm", "-r", "30", "-gray", path, tmp_path / "page"], check=True)
    for picture in sorted(tmp_path.glob("page-*.pgm"))[:-1]:
        with Image.open(picture) as drawn:
            ink = drawn.crop((0, 0, drawn.width, int(drawn.height * 0.93))).point(lambda grey: 255 * (grey < 200))
            assert ink.getbbox()[3] > 0.6 * ink.height, picture.name


def test_printing_with_the_appendix(visit):
    """The folds are open while the page is printed, and closed again after it."""
    page = visit()
    page.evaluate("window.print = () => { window.printed = document.querySelectorAll('details:not([open])').length }")
    page.get_by_role("button", name="Print with appendix").click()
    assert page.evaluate("window.printed") == 0
    page.emulate_media(media="print")
    for selector in ("#numbers .entries", "#about table", "#growth-code pre"):
        assert page.locator(selector).first.is_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details[open]").count() == 0
    assert not page.locator("#appendix").is_visible()


def test_the_file_stays_small(report):
    assert report.stat().st_size < 1_500_000


def test_nu_checker_finds_no_error(report):
    assert nu_checker_says(report) == ""
