"""The explorer in a real browser: by keyboard, by address, on paper, without script."""

import re

import pytest
from browsing import VIEWS, axe_finds, needs_chromium, nu_checker_says
from standins import notebooks, shown

from analysis.parts.explorer import explorer
from analysis.publishing.page import render
from analysis.reliability.settings import under_every_setting
from analysis.running.chapters import collected

pytestmark = needs_chromium
OTHER = "#explorer&first_year=left-out&level=99"


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """A small page with the explorer, and a copy without its script."""
    part = explorer(under_every_setting((2015, 2016, 2017, 2018), (153, 462, 527, 594)), of=(), forecast_of=())
    executed = notebooks()
    cell = {"cell_type": "code", "id": "explorer", "metadata": {}, "source": "", "outputs": []}
    cell["outputs"].append(shown(part._repr_mimebundle_()))
    executed["01_growth"]["cells"].append(cell)
    page = render(executed, collected(executed), parameters={"level": 0.95}, changed_from_defaults={}, provenance={})
    folder = tmp_path_factory.mktemp("explorer")
    (folder / "no-script.html").write_text(re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL), "utf-8")
    (folder / "report.html").write_text(page, encoding="utf-8")
    return folder / "report.html"


def text(page, name):
    return page.locator(f"#explorer-{name}").text_content()


def places(page):
    """Where every mark stands."""
    return page.locator("#explorer svg [id]").evaluate_all(
        "marks => marks.map(mark => [...mark.attributes].map(each => each.value).join())"
    )


def test_by_keyboard_a_choice_changes_sentence_marks_judgements_and_address(visit):
    page = visit(anchor="#explorer")
    published, marks = text(page, "growth"), places(page)
    assert page.locator(".same").is_visible()
    page.locator("input[name=first_year]").first.focus()
    page.keyboard.press("ArrowUp")  # around to the last: left out
    assert text(page, "growth") != published
    assert text(page, "growth").startswith("Growth is 13% a year")
    assert places(page) != marks
    assert page.evaluate("location.hash") == "#explorer&first_year=left-out"
    assert page.locator("tr.changed td:nth-child(2)").first.text_content() == "not there"
    assert text(page, "growth") in text(page, "said")
    assert "They change 4 of 9 judgements" in text(page, "said")
    assert page.locator(".differs").is_visible()


def test_back_and_forward_go_through_the_states(visit):
    page = visit(anchor="#explorer")
    said = [text(page, "growth")]
    for level in ("80", "99"):
        page.locator(f"input[name=level][value='{level}']").check()
        said.append(text(page, "growth"))
    assert len(set(said)) == 3
    for expected in (said[1], said[0]):
        page.go_back()
        assert text(page, "growth") == expected
    page.go_forward()
    assert text(page, "growth") == said[1]
    assert page.locator("input[name=level][value='80']").is_checked()


def test_a_shared_address_opens_its_state_and_an_unknown_choice_is_the_published_one(visit):
    page = visit(anchor=OTHER)
    assert page.locator("input[value=left-out]").is_checked()
    assert "99% confidence interval" in text(page, "growth")
    assert page.evaluate("document.querySelector('#explorer').getBoundingClientRect().top < innerHeight")
    assert visit(anchor="#explorer&level=77").locator(".same").is_visible()


def test_what_an_option_says_it_changes_is_what_it_changes(visit):
    page = visit(anchor="#explorer")
    noted = page.locator("label:has(input[name=dispersion][value='10']) small").text_content()
    page.locator("input[name=dispersion][value='10']").check()
    assert noted == f"changes {page.locator('tr.changed').count()} of 9 judgements"
    page.locator("select[name=forecast]").select_option("poisson-trend")
    assert page.locator("select[name=forecast] option:checked").text_content() == "Poisson trend"


def test_reset_returns_to_the_published_state_and_keeps_the_focus(visit):
    page = visit(anchor=OTHER)
    page.locator("#explorer button[type=reset]").focus()
    page.keyboard.press("Enter")
    assert page.locator(".same").is_visible()
    assert page.evaluate("location.hash") == "#explorer"
    assert page.evaluate("document.activeElement.name") == "first_year"
    assert page.locator("tr.changed").count() == 0


def test_what_a_picture_says_to_those_who_do_not_see_it_follows_the_state(visit):
    page = visit(anchor=OTHER)
    for name in ("growth", "forecast"):
        assert page.locator(f"svg[aria-labelledby=explorer-{name}]").count() == 1
    assert "no interval at 99%" in text(page, "forecast")
    assert page.locator("#explorer-count-range").get_attribute("visibility") == "hidden"


def test_paper_has_the_published_state(visit):
    page = visit()
    published = text(page, "growth")
    page = visit(anchor=OTHER)
    assert text(page, "growth") != published
    page.emulate_media(media="print")
    page.wait_for_timeout(200)
    assert text(page, "growth") == published
    assert not page.locator("#explorer-form").is_visible()
    page.emulate_media(media="screen")
    page.wait_for_timeout(200)
    assert text(page, "growth") != published


def test_without_script_the_published_state_stands(visit):
    published, page = text(visit(), "growth"), visit("no script")
    assert text(page, "growth") == published
    assert page.locator("#explorer .counts").is_visible()
    assert not page.locator("#explorer-form").is_visible()
    assert not page.locator("#explorer-banner").is_visible()


@pytest.mark.parametrize("view", ["light", "narrow dark", "forced colours", "large text", "no script"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(visit, view):
    assert view in VIEWS
    page = visit(view, anchor=OTHER)
    assert axe_finds(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_nu_checker_finds_no_error(report):
    assert nu_checker_says(report) == ""
