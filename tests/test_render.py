"""The report as one HTML page: what is on it, and what is refused."""

from __future__ import annotations

import base64
import copy
import csv
import hashlib
import io
import re
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest
from nbformat.v4 import new_output
from standins import notebooks

from analysis.charts import theme
from analysis.publish import exhibits, markup
from analysis.publish.citation import citation_of
from analysis.publish.register import collect_results
from analysis.publish.render import render

RUN = {
    "parameters": {"level": 0.9, "first_year": 2015},
    "changed_from_defaults": {"level": 0.95},
    "provenance": {"dated": "2026-11-24", "python": "3.11", "Packages": {"numpy": "2.4.6"}},
}


@pytest.fixture(scope="module")
def executed():
    return notebooks()


@pytest.fixture(scope="module")
def page(executed):
    return render(executed, **RUN)


def outputs(executed, mime):
    return [o for nb in executed for cell in nb.cells for o in cell.get("outputs", []) if mime in o.data]


class Elements(HTMLParser):
    """Every element of a page as (tag, attributes)."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict]] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def all(self, *tags):
        return [attributes for tag, attributes in self.found if tag in tags]


@pytest.fixture(scope="module")
def elements(page):
    return Elements(page)


def test_same_notebooks_same_bytes(executed, page):
    assert render(copy.deepcopy(executed), **RUN) == page


def test_notebooks_stay_as_they_are(executed):
    before = copy.deepcopy(executed)
    render(executed, **RUN)
    assert executed == before


def test_every_figure_and_table_is_there(executed, page, elements):
    figures, tables = (
        outputs(executed, theme.MIME),
        outputs(executed, "application/vnd.compendium.table+json"),
    )
    assert len(elements.all("figure")) == len(figures) == 2
    for output in figures:
        figure = page[page.index(f'<figure id="figure-{output.data[theme.MIME]["id"]}"') :].partition("</figure>")[0]
        for key in ("title", "caption", "cannot_show"):
            assert output.data[theme.MIME][key] in figure
        assert figure.count(output.data[theme.MIME]["alt"]) == 2  # for those who hear it and those who see it
    for output in tables:
        assert f'<table id="table-{output.data["application/vnd.compendium.table+json"]["id"]}">' in page
    assert "Figure 0.1" in page
    assert "Figure 1.1" in page
    assert "Table 1.1" in page


def test_a_caption_for_the_notebook_is_not_shown_twice(executed, page):
    title = outputs(executed, theme.MIME)[0].data[theme.MIME]["title"]
    assert page.count(f"{title}.") == 0


def test_pictures_are_described_and_take_the_colours_of_the_page(elements, page):
    pictures = [a for a in elements.all("svg") if a.get("role")]
    ids = {a["id"] for _, a in elements.found if "id" in a}
    for picture in pictures:
        assert picture["role"] == "img"
        assert {picture["aria-labelledby"], picture["aria-describedby"]} <= ids
    for svg in re.findall(r"<svg.*?</svg>", page, re.DOTALL):
        bare = re.sub(r"var\(--chart-[a-z]+,#[0-9a-f]{6}\)", "", svg)
        assert not re.search(r"#[0-9a-f]{6}\b", bare)
    for token, (light, dark) in theme.PALETTE.items():
        assert f"--{token}:light-dark({light},{dark})" in page


def test_the_data_of_each_exhibit_can_be_saved(executed, elements):
    links = [a for a in elements.all("a") if "download" in a]
    stored = [
        o.data[m]["csv"] for m in (theme.MIME, "application/vnd.compendium.table+json") for o in outputs(executed, m)
    ]
    saved = [unquote(a["href"].partition(",")[2]) for a in links]
    assert sorted(saved) == sorted(stored)
    assert {a["download"] for a in links} >= {"figure-1-1-growth-steps.csv", "table-1-1-growth.csv"}
    assert all(len(list(csv.reader(io.StringIO(text)))) > 3 for text in saved)


def test_anchors_are_unique_and_every_link_leads_somewhere(elements):
    ids = [a["id"] for _, a in elements.found if "id" in a]
    assert len(ids) == len(set(ids))
    inside = [a["href"][1:] for a in elements.all("a") if a["href"].startswith("#")]
    assert set(inside) <= set(ids)
    for attributes in (a for _, a in elements.found):
        for name in ("aria-labelledby", "aria-describedby"):
            assert set((attributes.get(name) or "").split()) <= set(ids)


def test_anchors_do_not_depend_on_the_values(executed):
    """Deep links keep working when a figure is updated."""
    changed = copy.deepcopy(executed)
    for output in outputs(changed, theme.MIME):
        output.data[theme.MIME] |= {"title": "Nothing changed", "alt": "All the same"}
    kept = {a["id"] for _, a in Elements(render(changed, **RUN)).found if "id" in a}
    assert kept == {a["id"] for _, a in Elements(render(executed, **RUN)).found if "id" in a}


def test_nothing_is_fetched(page, elements):
    policy = next(a["content"] for a in elements.all("meta") if a.get("http-equiv"))
    assert policy.startswith("default-src 'none'; img-src data:;")
    script = re.search(r"<script>(.*?)</script>", page, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy
    fetched = [a.get("src") or a.get("href") for a in elements.all("img", "link", "script", "iframe", "use", "image")]
    assert all(address is None or address.startswith(("data:", "#")) for address in fetched)
    assert not re.search(r"url\((?!#)|@import", page)


def test_each_number_leads_to_its_entry_and_back(executed, page, elements):
    records = collect_results(executed)
    bound = [a for a in elements.all("a") if a.get("class") == "number"]
    assert len(bound) == page.count("<data ")
    assert {a["href"] for a in bound} <= {f"#number-{name}" for name in records}
    for link in bound:
        assert f'<a href="#{link["id"]}"' in page
    entry = page[page.index('<li id="number-growth.cagr"') :].partition("</li>")[0]
    for said in (
        "57% a year",
        "95% confidence interval 48% to 67% (exact conditional)",
        "growth a year, 2015 to 2018",
        "57.168318 [48.049382, 67.128748]",
        "compound annual growth",
        "analysis.growth.models.compound_growth",
        '<a href="#summary-cell-register-growth">register-growth</a>',
        '<a href="#data-removals">removals</a>, 2015 to 2018',
    ):
        assert said in entry


def test_a_figure_says_where_it_comes_from(page):
    figure = page[page.index('<figure id="figure-growth-steps"') :].partition("</figure>")[0]
    origin = re.sub(r"<[^>]+>", "", figure[figure.index('class="origin"') :])
    assert "Notebook 01_growth, cell growth-figure, function analysis.charts.ratios.year_on_year_ratios." in origin
    assert "Data: removals, 2015 to 2018." in origin


def test_the_first_screen_comes_in_order(page):
    summary = page.partition("</article>")[0]
    marks = ["<h1", 'id="summary-question"', 'id="summary-answer"', "<figure", 'id="summary-firm"']
    marks += ['id="summary-fragile"', 'id="summary-unknowable-from-these-figures"', 'id="summary-data"']
    places = [summary.index(mark) for mark in marks]
    assert places == sorted(places)
    assert "<pre" not in summary[: places[-1]]


def test_headings_go_down_one_step_at_a_time(elements):
    levels = [int(tag[1]) for tag, _ in elements.found if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(later <= earlier + 1 for earlier, later in zip(levels, levels[1:], strict=False))


def test_contents_list_every_chapter_and_the_parts_that_are_its_own(page, elements):
    contents = page[page.index('<nav class="contents"') :].partition("</nav>")[0]
    parts = [a["id"] for a in elements.all("section") if "part" in (a.get("class") or "").split()]
    chapters = [a["id"] for a in elements.all("section", "article") if "chapter" in (a.get("class") or "").split()]
    listed = re.findall(r'href="#([^"]+)"', contents)
    assert set(chapters) <= set(listed)
    own = {p for p in parts if p.startswith(("summary-", "growth-"))}
    shared = {p for p in own if p.endswith(("-question", "-data", "-answer", "-where-to-go-next"))}
    assert own - shared <= set(listed)
    assert shared.isdisjoint(listed)


def test_code_is_complete_folded_and_named(executed, page):
    plain = re.sub(r"<[^>]+>", "", page).replace("&#39;", "'").replace("&quot;", '"').replace("&gt;", ">")
    for nb in executed:
        for cell in nb.cells:
            if cell.cell_type == "code":
                assert cell.source in plain
    assert "<details open" not in page


def test_parameters_that_differ_from_the_default_are_marked(page):
    table = page[page.index('<table id="parameters-table"') :].partition("</table>")[0]
    assert "changed from 0.95" in table
    assert table.count("default<") == 1


def test_sharing_block(page, elements):
    named = {a.get("name") or a.get("property"): a.get("content") for a in elements.all("meta")}
    assert named["description"].startswith("Removals grew by 57% a year (95% confidence interval 48% to 67%)")
    assert named["description"] == named["og:description"]
    assert named["og:title"] == "What four annual counts can carry"
    assert '<time datetime="2026-11-24">24 November 2026</time>' in page


def test_citation_of_people_and_organisations():
    cff = {
        "authors": [{"family-names": "Ní", "given-names": "Áine"}, {"name": "A & B"}],
        "title": "T",
        "date-released": "2026-01-02",
        "url": "https://example.org",
        "license": "MIT",
    }
    citation = citation_of(cff)
    assert citation.text.startswith("Ní, Áine, A &amp; B (2026). <cite>T</cite>.")
    assert "author = {Ní, Áine and A & B}" in citation.bibtex
    assert citation.authors == "Ní, Áine; A & B"


def planted(executed, output):
    changed = copy.deepcopy(executed)
    next(cell for cell in changed[1].cells if cell.get("id") == "growth-figure").outputs.append(output)
    return changed


@pytest.mark.parametrize(
    ("output", "message"),
    [
        (
            new_output("stream", name="stderr", text="a warning"),
            "cell growth-figure: shows standard error: a warning",
        ),
        (new_output("display_data", {"image/png": "AAAA", "text/plain": "x"}), "a PNG picture"),
        (new_output("display_data", {"image/svg+xml": "<svg/>"}), "a picture without words"),
        (new_output("error", ename="E", evalue="it broke", traceback=[]), "an error: it broke"),
        (
            new_output(
                "display_data",
                {"text/html": '<p><data class="number" value="1" data-result="no">1</data></p>'},
            ),
            "bound to result 'no'",
        ),
    ],
)
def test_what_has_no_place_in_the_report_is_refused(executed, output, message):
    with pytest.raises(ValueError, match=message):
        render(planted(executed, output), **RUN)


def test_a_figure_without_words_is_refused(executed):
    changed = copy.deepcopy(executed)
    outputs(changed, theme.MIME)[1].data[theme.MIME]["alt"] = " "
    with pytest.raises(ValueError, match="figure-growth-steps.*no text alternative"):
        render(changed, **RUN)


def test_one_name_for_two_results_is_refused(executed):
    changed = copy.deepcopy(executed)
    mime = "application/vnd.compendium.results+json"
    outputs(changed, mime)[1].data[mime]["growth.cagr"]["value"] = 58
    with pytest.raises(ValueError, match="'growth.cagr': 00_summary and 01_growth disagree"):
        collect_results(changed)


def test_results_know_their_cell(executed):
    records = collect_results(executed)
    assert list(records) == sorted(records)
    assert {record["cell"] for record in records.values()} == {"register-growth"}
    assert {record["notebook"] for record in records.values()} == {"00_summary"}


def test_standard_output_is_shown_as_text(executed):
    """What a cell prints stands with its code, not in the argument."""
    shown = render(planted(executed, new_output("stream", name="stdout", text="a < b\n\n")), **RUN)
    code = shown[shown.index('<div id="growth-cell-growth-figure"') :].partition("</details>")[0]
    assert 'aria-label="Printed by cell growth-figure">a &lt; b</pre>' in code


@pytest.mark.parametrize(
    ("tex", "markup_"),
    [("\\mathrm{Poisson}(x)", "<mi>Poisson</mi>"), ("a < b", "&lt;"), ("y \\sim z", "<mo>∼</mo>")],
)
def test_formulas_are_mathml(tex, markup_):
    formula = markup.mathml(tex)
    assert markup_ in formula
    assert "<math" in formula
    assert 'encoding="application/x-tex"' in formula


def test_formulas_in_markdown():
    html = markup.to_html("With $x_1$ and `a$b`:\n\n$$ y = x^2 $$\n\nend")
    assert html.count("<math") == 2
    assert "<code>a$b</code>" in html
    assert "<p><div" not in html


def test_parts_of_a_cell():
    source = "# T\n\n**Question.** Why $x$?\n\n**Data** A *b*.\n\nnot **bold** here\n\n"
    source += "```\n# code\n```\n\n## Method\nm"
    assert list(markup.split_parts(source)) == [
        (1, "T", ""),
        (2, "Question", "Why $x$?"),
        (2, "Data", "A *b*.\n\nnot **bold** here\n\n```\n# code\n```"),
        (2, "Method", "m"),
    ]


def test_pictures_in_markdown_are_refused():
    with pytest.raises(ValueError, match="draw it as a chart"):
        markup.to_html("![x](y.png)")


def test_decimals_are_aligned_without_adding_to_the_text():
    html = exhibits.table_html("t", "C", ["A", "B"], [["x", "1,200"], ["y", "3.25"], ["z", "none"]], [False, True])
    assert '<td class="n" style="--room:calc(2ch + .28em)">1,200</td>' in html
    assert '<td class="n">3.25</td>' in html
    assert '<td class="words">none</td>' in html
    assert '<th scope="row">x</th>' in html
