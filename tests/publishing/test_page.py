"""The report as one HTML page: what is on it, and what is refused."""

from __future__ import annotations

import base64
import copy
import csv
import hashlib
import html
import io
import re
import subprocess
import sys
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest
from standins import notebooks, printed, shown

from analysis.charts.palette import PALETTE
from analysis.publishing import exhibits, markup, outline
from analysis.publishing.citation import citation_of
from analysis.publishing.page import HERE, render
from analysis.running.chapters import collected, shown_parts

RUN = {
    "parameters": {"level": 0.9, "first_year": 2015},
    "changed_from_defaults": {"level": 0.95},
    "provenance": {"Packages": {"numpy": "2.4.6"}},
    "dated": "2026-11-24",
}
EXECUTED = notebooks()
PAGE = render(EXECUTED, collected(EXECUTED), **RUN)


@pytest.fixture
def executed():
    return copy.deepcopy(EXECUTED)


@pytest.fixture
def page():
    return PAGE


def parts(executed, kind):
    return [part for notebook in executed.values() for _, part in shown_parts(notebook) if part["kind"] == kind]


def rendered(executed):
    return render(executed, collected(executed), **RUN)


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


@pytest.fixture
def elements(page):
    return Elements(page)


def test_a_page_is_written_without_what_computes_and_draws():
    heavy = "{'matplotlib', 'numpy', 'pandas', 'scipy', 'seaborn'}"
    code = f"import sys, analysis.publishing.page, analysis.publishing.gate; print({heavy} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "set()\n"


def test_same_notebooks_same_bytes(executed, page):
    assert rendered(executed) == page


def test_notebooks_stay_as_they_are(executed):
    rendered(executed)
    assert executed == EXECUTED


def test_every_figure_and_table_is_there(executed, page, elements):
    assert len(elements.all("figure")) == len(parts(executed, "figure")) == 2
    for part in parts(executed, "figure"):
        figure = page[page.index(f'<figure id="figure-{part["id"]}"') :].partition("</figure>")[0]
        for key in ("title", "caption", "cannot_show"):
            assert part[key] in figure
        assert figure.count(part["alt"]) == 2  # for those who hear it and those who see it
        assert f'<table id="figure-{part["id"]}-data">' in figure
    assert '<table id="table-growth">' in page
    assert '<ul class="strip" id="table-how-sure">' in page  # a strip of blocks and words
    for label in ("Figure 0.1", "Figure 1.1", "Table 1.1"):
        assert label in page


def test_a_caption_for_the_notebook_is_not_shown_twice(executed, page):
    assert page.count(f"{parts(executed, 'figure')[0]['title']}.") == 0


def test_what_is_said_is_text(executed):
    part = next(part for part in parts(executed, "sentences"))
    part["blocks"][0]["runs"][0] = "<i>Removals</i> & others grew by "
    assert ">&lt;i&gt;Removals&lt;/i&gt; &amp; others grew by <a" in rendered(executed)


def test_pictures_are_described_and_take_the_colours_of_the_page(elements, page):
    assert all(picture["role"] == "img" and picture["aria-label"] for picture in elements.all("svg"))
    for svg in re.findall(r"<svg.*?</svg>", page, re.DOTALL):
        bare = re.sub(r"var\(--chart-[a-z]+,#[0-9a-f]{6}\)", "", svg)
        assert not re.search(r"#[0-9a-f]{6}\b", bare)
    for token, (light, dark) in PALETTE.items():
        assert f"--{token}:light-dark({light},{dark})" in page


def test_the_data_of_each_exhibit_can_be_saved(executed, elements):
    links = [a for a in elements.all("a") if "download" in a]
    stored = [part["table"]["csv"] for part in parts(executed, "figure")]
    stored += [part["csv"] for part in parts(executed, "table") if part["id"] != "how-sure"]
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


def test_rows_that_only_a_figure_draws_have_a_source_too(executed):
    row = {"series": "other finds", "period": "2015", "source": "HMPPS", "url": "https://example.org/finds"}
    parts(executed, "figure")[0]["data"] = [row]
    page = rendered(executed)
    assert '<a href="#data-other-finds">other finds</a>, 2015' in page
    source = page[page.index('<section class="part sources" id="data-other-finds">') :].partition("</section>")[0]
    assert '<a href="https://example.org/finds" rel="noreferrer">HMPPS</a>' in source


def test_anchors_do_not_depend_on_the_values(executed, elements):
    """Deep links keep working when a figure is updated."""
    for part in parts(executed, "figure"):
        part |= {"title": "Nothing changed", "alt": "All the same"}
    kept = {a["id"] for _, a in Elements(rendered(executed)).found if "id" in a}
    assert kept == {a["id"] for _, a in elements.found if "id" in a}


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
    """The finding of a paragraph leads to its source, and a mark at its end to all of them."""
    findings = [a for a in elements.all("a") if a.get("class") == "number"]
    marks = [a for a in elements.all("a") if a.get("class") == "all-sources"]
    named = {name for a in [*findings, *marks] for name in a["data-entries"].split()}
    assert named == set(collected(executed))
    assert all(a["href"] == f"#number-{a['data-entries'].split()[0]}" for a in [*findings, *marks])
    anchor = "said-summary-answer-1"
    assert re.search(rf'<p id="{anchor}">[^\n]*<a class="number"', page)
    assert f'<a href="#{anchor}"' in page[page.index('<li id="number-growth.cagr"') :].partition("</li>")[0]
    entry = page[page.index('<li id="number-growth.cagr"') :].partition("</li>")[0]
    for said in (
        "57% a year",
        "95% confidence interval 48% to 67% (exact conditional)",
        "growth a year, 2015 to 2018",
        "57.168318 [48.049382, 67.128748]",
        "compound annual growth",
        "analysis.growth.rates.compound_growth",
        '<a href="#growth-cell-answer">answer</a>',
        '<a href="#data-removals">removals</a>, 2015 to 2018',
    ):
        assert said in entry


def test_the_register_lists_words_and_reasons_too(page):
    verdict = page[page.index('<li id="number-growth.verdict"') :].partition("</li>")[0]
    assert "<strong>firm</strong>" in verdict
    assert "<dt>Rule</dt><dd>its interval excludes 1</dd>" in verdict
    missing = page[page.index('<li id="number-growth.asymptote"') :].partition("</li>")[0]
    assert "<strong>no asymptote at n &lt; 5</strong>" in missing


def test_the_register_is_in_order_of_appearance_and_credits_the_cell_that_computed(page):
    register = page[page.index('id="numbers"') : page.index('id="data"')]
    positions = re.findall(r'<span class="ref">(\d+)</span>', register)
    assert positions == [str(n) for n in range(1, len(positions) + 1)]
    assert re.findall("<h4>(.*?)</h4>", register) == ["The summary"]  # all that the chapter says stands there first
    assert set(re.findall(r"<dt>Cell</dt><dd><a href=.#([a-z]+)-cell", register)) == {"growth"}


def test_only_the_finding_of_a_paragraph_is_a_link(page):
    """Not the level of its interval, nor its ends: a reader meets one link, and a mark for the rest."""
    said = page[page.index('id="said-growth-answer-1"') :].partition("</p>")[0]
    assert len(re.findall('<a class="number"', said)) == len(re.findall('<a class="all-sources"', said)) == 1
    assert '<a class="number" href="#number-growth.cagr" data-entries="growth.cagr"><data value="57.168318">' in said
    assert '<data value="3.0196078">3.0</data>' in said
    assert 'data-entries="growth.cagr growth.ratio.first"' in said


@pytest.mark.parametrize(
    ("runs", "finding"),
    [
        ([("year", "value", "calendar year"), ("rise", "value", "%")], "rise"),
        ([("rise", "level", "%"), ("rise", "low", "%")], "rise low"),
        ([("year", "value", "calendar year")], None),
        ([("steps", "word", "changes")], None),
        ([("rose", "", ""), ("last", "value", "accounts")], "last"),
        ([("rose", "", "")], "rose"),
        ([], None),
    ],
)
def test_the_finding_is_no_year_and_no_level_where_there_is_another(runs, finding):
    bound = [{"result": name, "part": part, "unit": unit} | ({"value": 1} if part else {}) for name, part, unit in runs]
    quiet = outline._quiet({"runs": ["In ", *bound]}, "said-1")
    found = quiet["finding"] and bound[quiet["finding"] - 1]
    assert (
        found and " ".join(x for x in (found["result"], found["part"]) if x not in ("", "value", "word"))
    ) == finding


def test_a_figure_says_where_it_comes_from(page):
    figure = page[page.index('<figure id="figure-growth-steps"') :].partition("</figure>")[0]
    origin = re.sub(r"<[^>]+>", "", figure[figure.index('class="origin"') :])
    assert "Notebook 01_growth, cell growth-figure, function analysis.charts.ratios.year_on_year_ratios." in origin
    assert "Data: removals, 2015 to 2018." in origin


def test_the_first_screen_comes_in_order(page):
    summary = page.partition("</article>")[0]
    marks = [
        "<h1",
        'id="summary-question"',
        'id="summary-answer"',
        "<figure",
        'id="summary-how-sure-each-statement-is"',
    ]
    marks += [
        'id="summary-you-may-write"',
        'id="summary-do-not-write"',
        'id="summary-ask-the-publisher"',
        'class="credits"',
    ]
    places = [summary.index(mark) for mark in marks]
    assert places == sorted(places)
    assert "<pre" not in summary
    assert 'href="https://www.itv.com/" rel="noreferrer">Source: ITV, removals by year</a>' in summary
    assert page.index('id="story"') > page.index("</article>")


def test_how_sure_is_blocks_and_words(page):
    strip = page[page.index('<ul class="strip"') :].partition("</ul>")[0]
    assert [item.count('class="filled"') for item in strip.split("<li>")[1:]] == [4, 0]  # 13 and 1 of 16 and 6
    assert '<span class="said">13 of 16 choices leave it so</span>' in strip
    rows = [["a", "yes", "6", "6", "b"], ["none"] * 5]
    assert [row["blocks"] for row in exhibits.steps({"texts": rows})] == [5]


def test_a_chapter_opens_with_answer_figure_and_limits(page):
    chapter = page[page.index('id="growth"') :].partition('</section>\n<section class="chapter appendix')[0]
    marks = ["growth-question", "growth-answer", "figure-growth-steps", "growth-limits", "growth-more", "growth-method"]
    places = [chapter.index(f'id="{mark}"') for mark in marks]
    assert places == sorted(places)
    assert "growth-cell-" not in re.sub(r'href="[^"]*"', "", chapter)


def test_what_is_tagged_stands_in_the_appendix(executed, page):
    assert page.index('id="table-growth"') < page.index('id="appendix"')
    cell = next(cell for cell in executed["01_growth"]["cells"] if cell["id"] == "growth-table")
    cell["metadata"]["tags"] = ["appendix"]
    tagged = rendered(executed)
    assert tagged.index('id="growth-tables"') < tagged.index('id="table-growth"')
    assert tagged.index('id="appendix"') < tagged.index('id="table-growth"')


def test_a_notebook_that_is_named_is_a_link(page):
    assert 'settle, see <a href="#growth">notebook 01</a>.' in page


def test_a_narrow_drawing_stands_beside_the_wide_one(executed):
    part = parts(executed, "figure")[0]
    part["narrow"] = '<svg role="img" aria-label="narrow"></svg>'
    page = rendered(executed)
    assert page.count('<div class="canvas both"') == 1
    assert page.count('<svg role="img" aria-label="narrow"></svg>') == 1


def test_what_was_checked_is_what_readme_says(page):
    """One list for both; a row a check, with the fault that it catches."""
    with (HERE / "checks.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert len(rows) > 5
    assert all(len(row) == 4 and all(row) for row in rows)
    readme = (HERE.parents[1] / "README.md").read_text(encoding="utf-8")
    for row in rows[1:]:
        assert f"| {' | '.join(row)} |" in readme
        assert f">{markup.heading_html(row[0])}</th>" in page


def test_headings_go_down_one_step_at_a_time(elements):
    levels = [int(tag[1]) for tag, _ in elements.found if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(later <= earlier + 1 for earlier, later in zip(levels, levels[1:], strict=False))


def test_contents_list_every_chapter_and_the_parts_that_are_its_own(page, elements):
    contents = page[page.index('<nav class="contents"') :].partition("</nav>")[0]
    chapters = [a["id"] for a in elements.all("section", "article") if "chapter" in (a.get("class") or "").split()]
    listed = re.findall(r'href="#([^"]+)"', contents)
    assert {*chapters, "summary", "numbers", "data", "about", "checked", "growth-method"} <= set(listed)
    assert not {"growth-question", "growth-answer", "growth-limits"} & set(listed)


def test_code_is_complete_folded_and_named(executed, page):
    plain = html.unescape(re.sub(r"<[^>]+>", "", page))
    for notebook in executed.values():
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                assert cell["source"] in plain
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


@pytest.mark.parametrize(
    ("dated", "text"), [("2020-02", "February 2020"), ("2020", "2020"), ("2020-02-09", "9 February 2020")]
)
def test_the_date_is_as_exact_as_it_is_known(executed, dated, text):
    page = render(executed, collected(executed), **RUN | {"dated": dated})
    assert f'<time datetime="{dated}">{text}</time>' in page


def test_citation_of_people_and_organisations():
    cff = {
        "authors": [{"family-names": "Ní", "given-names": "Áine"}, {"name": "A & B"}],
        "title": "T",
        "date-released": "2026-01-02",
        "url": "https://example.org",
        "license": "MIT",
    }
    citation = citation_of(cff)
    assert citation["said"] == "Ní, Áine, A & B (2026)"
    assert "author = {Ní, Áine and A & B}" in citation["bibtex"]
    assert citation["authors"] == "Ní, Áine; A & B"


def planted(executed, output):
    cell = next(cell for cell in executed["01_growth"]["cells"] if cell["id"] == "growth-figure")
    cell["outputs"].append(output)
    return executed


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ({"output_type": "error", "ename": "E", "evalue": "it broke", "traceback": []}, "an error: it broke"),
    ],
)
def test_what_has_no_place_in_the_report_is_refused(executed, output, message):
    with pytest.raises(ValueError, match=f"notebook 01_growth, cell growth-figure: shows {message}"):
        rendered(planted(executed, output))


def code_of(page, cell):
    return page[page.index(f'<div id="growth-cell-{cell}"') :].partition("</details>")[0]


@pytest.mark.parametrize(
    "output", [printed("a < b\n\n"), shown({"text/html": "<table></table>", "text/plain": ["a < b", ""]})]
)
def test_what_a_cell_prints_stands_with_its_code(executed, output):
    """Text, a frame, a summary of a model: the page shows its plain text, folded, and not in the argument."""
    code = code_of(rendered(planted(executed, output)), "growth-figure")
    assert 'aria-label="Printed by cell growth-figure of 01_growth">a &lt; b</pre>' in code
    assert "fitted &lt; 3 models" in code_of(PAGE, "fit")


def test_a_plain_plot_with_words_stands_with_its_code(executed):
    drawing = {"image/svg+xml": '<svg xmlns="http://www.w3.org/2000/svg"/>', "text/plain": "<Figure>"}
    page = rendered(planted(copy.deepcopy(executed), shown(drawing, alt="Counts as points & a line")))
    image = next(a for a in Elements(page).all("img"))
    assert image["alt"] == "Counts as points & a line"
    assert image["src"].startswith("data:image/svg+xml;base64,")
    assert '<img class="plot"' in code_of(page, "growth-figure")
    assert "&lt;Figure&gt;" not in page
    assert rendered(planted(executed, shown(drawing))) == PAGE  # without words: left out


def test_two_results_under_one_name_are_refused(executed):
    part = next(part for cell, part in shown_parts(executed["01_growth"]) if cell == "growth-table")
    part["results"]["growth.cagr"] = part["results"]["growth.cagr"] | {"value": 58.0}
    told = "result 'growth.cagr': 01_growth, cell answer, and 01_growth, cell growth-table, disagree; compute it in one"
    with pytest.raises(ValueError, match=told):
        collected({"01_growth": executed["01_growth"]})


def test_results_know_where_they_were_first_shown(executed):
    records = collected(executed)
    assert {record["notebook"] for record in records.values()} == {"01_growth"}
    assert records["growth.cagr"]["cell"] == "answer"
    assert records["growth.steps"]["cell"] == "growth-table"
    alone = collected({"01_growth": executed["01_growth"]})
    assert alone == records


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
    converted = markup.to_html("With $x_1$ and `a$b`:\n\n$$ y = x^2 $$\n\nend")
    assert converted.count("<math") == 2
    assert "<code>a$b</code>" in converted
    assert "<p><div" not in converted


def test_html_in_markdown_is_text():
    assert markup.to_html("a <b>c</b>") == "<p>a &lt;b&gt;c&lt;/b&gt;</p>\n"


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
    kinds, rows = ["text", "number", "number"], [["x", "1,200", "5%"], ["y", "3.25", "6"], ["z", "none", "12.5%"]]
    cells = exhibits.aligned({"kinds": kinds, "texts": rows})
    assert [[cell["text"] for cell in row] for row in cells] == rows
    assert [row[1]["room"] for row in cells] == ["2ch + .28em", "", ""]
    assert [row[1]["kind"] for row in cells] == ["n", "n", "words"]
    assert [row[2]["room"] for row in cells] == ["1ch + .28em", "1ch + .28em + .9em", ""]
    assert [row[0]["kind"] for row in cells] == ["", "", ""]
    assert exhibits.aligned({"kinds": ["text"], "texts": []}) == []


def test_cells_of_a_table_are_named_by_row_and_column(page):
    table = page[page.index('<table id="table-growth">') :].partition("</table>")[0]
    assert '<th scope="col" class="number">Ratio</th>' in table
    assert '<th scope="row">2015 to 2016</th><td class="n">3.02</td>' in table
    assert 'style="--room:calc(2ch + .28em)">1,200</td>' in table
