"""The gate on numbers in prose: what it catches and what it lets pass."""

from __future__ import annotations

import copy

import pytest
from standins import notebooks

from analysis.estimates import Estimate
from analysis.prose import say
from analysis.publish.gate import bind_readme, check_prose, check_readme
from analysis.publish.register import collect_results
from analysis.publish.render import render


@pytest.fixture(scope="module")
def executed():
    return notebooks()


@pytest.fixture(scope="module")
def records(executed):
    return collect_results(executed)


@pytest.fixture(scope="module")
def page(executed):
    return render(executed, parameters={}, changed_from_defaults={}, provenance={})


def test_a_page_made_from_its_results_has_no_fault(page, records):
    assert check_prose(page, records) == []


@pytest.mark.parametrize("field", ["value", "low", "high"])
def test_a_result_changed_by_one_percent_names_the_sentence(page, records, field):
    changed = copy.deepcopy(records)
    changed["growth.cagr"][field] *= 1.01
    faults = check_prose(page, changed)
    assert faults
    assert all("growth.cagr" in fault.remedy for fault in faults)
    assert faults[0].sentence.startswith("Removals grew by 57% a year")
    assert "\n" not in str(faults[0])


def test_a_change_that_rounding_hides_is_caught(page, records):
    changed = copy.deepcopy(records)
    changed["growth.cagr"]["value"] = 57.1684
    assert any("57.1684" in fault.remedy for fault in check_prose(page, changed))


def test_a_changed_unit_is_caught(page, records):
    changed = copy.deepcopy(records)
    changed["growth.cagr"]["unit"] = "% a month"
    assert any("'% a month'" in fault.remedy for fault in check_prose(page, changed))


def test_a_changed_level_is_caught(page, records):
    changed = copy.deepcopy(records)
    changed["growth.cagr"]["level"] = 0.9
    assert any(fault.number == "95%" for fault in check_prose(page, changed))


@pytest.mark.parametrize(
    ("old", "new", "number"),
    [
        (">57% a year</data>", ">58% a year</data>", "58% a year"),
        (">57% a year</data>", ">57% a month</data>", "57% a month"),
        (">594 accounts</data>", ">594</data>", "594"),
        (">three</data>", ">four</data>", "four"),
        ('value="594"', 'value="595"', "594 accounts"),
        ('value="594"', 'value="many"', "594 accounts"),
        ('data-result="count.last"', 'data-result="count.first"', "594 accounts"),
        (
            'data-result="count.last" data-part="value"',
            'data-result="count.last" data-part="low"',
            "594 accounts",
        ),
        ('data-part="value" data-style=""', 'data-part="value" data-style="3"', "57% a year"),
    ],
)
def test_a_changed_sentence_is_caught(page, records, old, new, number):
    assert old in page
    faults = check_prose(page.replace(old, new, 1), records)
    assert [fault.number for fault in faults] == [number]


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("There were 594 removals.", "594"),
        ("Growth was 57%.", "57%"),
        ("It fell by −3.5 points.", "−3.5"),
        ("Removals rose from 2015 on.", "2015"),
        ("The figures 153 and", "153"),
        ("In all (total 1736) they", "1736"),
        ("There are four counts.", "four"),
        ("Removals almost quadrupled.", "quadrupled"),
        ("It is twice as likely.", "twice as"),
        ("Nearly two-thirds came late.", "two-thirds"),
        ("More than 1,700 were removed.", "1,700"),
        ("The level is 95% here.", "95%"),
        ("It grew 15x.", "15"),
    ],
)
def test_a_typed_number_is_caught(records, typed, number):
    for html in (
        f"<p>{typed}</p>",
        f"<ul><li>{typed}</li></ul>",
        f"<h2>{typed}</h2>",
        f"<figcaption>{typed}</figcaption>",
    ):
        assert number in [fault.number for fault in check_prose(html, records)]
    assert number in [fault.number for fault in check_readme(typed, records)]


@pytest.mark.parametrize(
    "said",
    [
        "It starts with a definition (Holm, 1979; Fay 2010).",
        "Holm (1979) and Fay et al. (2010) say so.",
        "A new standard began in October 2015, on 1 October 2015, or 2015-10-01.",
        "See Figure 3.2, Tables 1.1 and 1.2 and notebook 03.",
        "A ratio of 1 means no change; rates are per 100 incidents, from 0 on.",
        "Each covers 12 months; notebook 03 asks why, 04 whether.",
        "Two points lie on a line whatever they are.",
        "The article says “almost quadrupled” and “a 15% increase”.",
        "A two-sided test on one of several models, by SHA-256 on x86.",
        '<code>n = 4</code> and <a href="https://example.org/">PQ 214508</a>.',
        "<math><mn>4</mn></math> <cite>Ten years in 2010</cite>",
    ],
)
def test_what_needs_no_binding_passes(records, said):
    assert check_prose(f"<p>{said}</p>", records) == []


def test_every_numeral_counts_in_a_computed_sentence(records):
    assert check_prose("<p>One of three ways.</p>", records) == []
    faults = check_prose('<div class="computed"><p>One of three ways.</p></div>', records)
    assert [fault.number for fault in faults] == ["three"]


def test_words_of_a_figure_are_traced_to_its_numbers(page, records):
    title = "Only 2015 to 2016 is a clear change"
    assert title in page
    faults = check_prose(page.replace(title, "2015 to 2016 was a rise of 217"), records)
    assert {fault.number for fault in faults} == {"217"}
    described = page.replace("</desc>", " The last ratio is 1.39.</desc>", 1)
    assert [fault.number for fault in check_prose(described, records)] == ["1.39"]


def test_words_of_a_table_are_traced_to_its_cells(page, records):
    assert check_prose(page.replace("Ratios to the year before", "Ratios, the first 3.02"), records) == []
    faults = check_prose(page.replace("Ratios to the year before", "Ratios, the first 3.12"), records)
    assert [fault.number for fault in faults] == ["3.12"]


def test_the_gate_reads_sentences_before_they_are_published(records):
    growth = Estimate(estimand="growth", unit="% a year", method="m", value=57.168318)
    sentence = say({"growth.cagr": growth}, "Growth was {growth.cagr}, and 12% of nothing.").html
    assert [fault.number for fault in check_prose(sentence, records)] == ["12%"]


README = """# Four counts

Growth was <!--n {growth.cagr:full}-->; the ratio <!--n {ratio.last:value .1f}-->.

| Command | Time |
|---|---|
| `make report` | 2 minutes |

Needs Python 3.11; the report has 1.5 MB, version 1.0.0 of 24 November 2026.

    indented 12 code

```
4 lines of code
```
"""


def test_readme_numbers_are_filled_in_and_stay(records):
    bound = bind_readme(README, records)
    assert "<!--n growth.cagr = 57.168318 | % a year-->57% a year<!--/n-->" in bound
    assert "<!--n ratio.last .1f = 1.1271347 | ratio-->1.1<!--/n-->" in bound
    assert bind_readme(bound, records) == bound
    assert check_readme(bound, records) == []


def test_refreshing_follows_the_result(records):
    changed = copy.deepcopy(records)
    changed["growth.cagr"] |= {"value": 61.0, "unit": "% a month"}
    bound = bind_readme(README, records)
    faults = check_readme(bound, changed)
    assert [fault.number for fault in faults] == ["57% a year", "48%", "67%"]
    assert faults[0].sentence.startswith("Growth was 57% a year")
    refreshed = bind_readme(bound, changed)
    assert "61% a month" in refreshed
    assert check_readme(refreshed, changed) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("-->57% a year<", "-->58% a year<"),
        ("= 57.168318", "= 57.7"),
        ("| % a year", "| % a month"),
        ("growth.cagr =", "growth.other ="),
    ],
)
def test_a_readme_mark_that_was_edited_is_caught(records, old, new):
    bound = bind_readme(README, records)
    assert old in bound
    assert len(check_readme(bound.replace(old, new, 1), records)) == 1


def test_a_mark_without_result_is_refused(records):
    with pytest.raises(ValueError, match="no result is named 'growth.none'"):
        bind_readme("<!--n {growth.none}-->", records)
