"""The claims of the article, a town wrong in every way, a corpus of invented articles, and what is refused."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from scipy import stats

from analysis.claims.audit import Judgement, audit, counts_by_verdict, describe_verdicts
from analysis.claims.claims import SCHEMA, Claim, read_claims, source_free
from analysis.claims.hedges import HEDGES, REASONS, VERDICTS, VERSION
from analysis.claims.kinds import KINDS, Kind, kind
from analysis.claims.language import PAGE, read_line
from analysis.claims.output import WIDTH, audit_command, audit_text, to_records
from analysis.claims.page import BY_VERDICT, SAMPLE, page
from analysis.claims.table import parse_table
from analysis.figures import load
from analysis.figures.accept import accept
from analysis.figures.files import StudyError

ROOT = Path(__file__).resolve().parent.parent
ARTICLE = ROOT / "tests" / "study"
TOWN = ROOT / "tests" / "packages" / "town"
CORPUS = sorted(folder for folder in (ROOT / "tests" / "claims").iterdir())

HOLDS, ROUNDED, OVER, UNDER, NO, OPEN, UNDEFINED, CONFLICT = VERDICTS


def judged(folder: Path, **settings) -> dict[str, Judgement]:
    series = load(folder).series
    judgements = audit(series, read_claims(folder / "claims.yml", series), **settings)
    return {judgement.claim.id: judgement for judgement in judgements}


def check(line: str, figures: str) -> Judgement:
    """The judgement on one line by a table of figures."""
    return check_all([line], figures)[0]


def check_all(lines: list[str], figures: str) -> list[Judgement]:
    series = parse_table(figures, "figures.csv")
    names = dict.fromkeys(map(source_free, series))
    read = [read_line(line, names) for line in lines]
    claims = [
        Claim(id=f"line-{k}", says=line, line=k, names=names, parts=parts, counted=counted)
        for k, (line, (names, parts, counted)) in enumerate(zip(lines, read, strict=True), 1)
    ]
    return audit(series, claims)


@pytest.fixture(scope="module")
def article() -> dict[str, Judgement]:
    return judged(ARTICLE)


@pytest.fixture(scope="module")
def town() -> dict[str, Judgement]:
    return judged(TOWN)


# ---- the article -------------------------------------------------------------------------------------

ARTICLE_REASONS = {
    "headline-rise": "another unit",
    "hundreds-of-inmates": "another unit",
    "bulk-of-cases": "no breakdown",
    "rose-each-year": "too few comparisons",
    "phone-finds-rise": "known only through the claim",
    "dead-rats": "no figures",
    "spending": "no figures",
}


def test_every_claim_of_the_article_has_its_verdict(article):
    assert {id: j.reason for id, j in article.items() if j.verdict == OPEN} == ARTICLE_REASONS
    assert {j.verdict for id, j in article.items() if id not in ARTICLE_REASONS} == {HOLDS}
    assert len(article) == 20


def test_almost_quadrupled(article):
    found = article["almost-quadrupled"]
    assert found.claim.echo == "ratio 2018 / 2015 of removals, almost 4"
    assert found.calculation == "594 / 153"
    assert found.value.value == float(Fraction(594, 153))
    assert found.critical_tolerance.value == pytest.approx(float(100 - Fraction(594, 153) * 25), rel=1e-12)
    assert found.by_tolerance() == {"strict": HOLDS, "default": HOLDS, "lenient": HOLDS}
    assert [figure.words for _, figure in found.figures] == ["594", "153"]


def test_nearly_two_thirds_needs_more_than_the_strict_tolerance(article):
    found = article["nearly-two-thirds"]
    share = Fraction(1121, 1736)
    assert found.value.value == float(100 * share)
    assert found.critical_tolerance.value == pytest.approx(float(100 * (1 - share * 3 / 2)), rel=1e-12)
    assert found.by_tolerance() == {"strict": OVER, "default": HOLDS, "lenient": HOLDS}


def test_a_share_has_the_exact_interval_of_a_binomial_proportion(article):
    found = article["nearly-two-thirds"].uncertainty
    # R 4.2.2: binom.test(1121, 1736)$conf.int
    assert (found.low, found.high) == pytest.approx((62.2718783264855, 66.8262129297111), rel=1e-8)
    assert found.value == pytest.approx(article["nearly-two-thirds"].value.value)
    assert (found.unit, found.interval, found.level, found.n) == ("%", "confidence", 0.95, 4)


def test_the_interval_of_a_share_covers_both_ends_of_a_range(town):
    found, share = town["range-share"].uncertainty, town["range-share"].value
    # 1,200 visits beside 900 to 1,100; a Clopper-Pearson limit is a quantile of a beta distribution
    expected = (100 * stats.beta.ppf(0.025, 1200, 1101), 100 * stats.beta.ppf(0.975, 1201, 900))
    assert (found.low, found.high) == pytest.approx(expected, rel=1e-8)
    assert found.low < share.low < share.high < found.high
    assert found.value is None


def test_the_15_percent_cannot_be_tested_but_the_year_before_is_reported(article):
    found = article["phone-finds-rise"]
    assert (found.value.low, found.value.high, found.value.unit) == (9215, 9295, "incidents")
    low = stats.binomtest(10643, 10643 + 9295).proportion_ci(0.95, "exact").low
    high = stats.binomtest(10643, 10643 + 9215).proportion_ci(0.95, "exact").high
    assert found.uncertainty.low == pytest.approx(100 * (low / (1 - low) - 1), rel=1e-8)
    assert found.uncertainty.high == pytest.approx(100 * (high / (1 - high) - 1), rel=1e-8)


def test_people_checked_against_accounts_is_called_a_unit_slip(article):
    found = article["hundreds-of-inmates"]
    assert found.explanation.startswith("Unit slip: the claim counts inmates, the series removals counts accounts.")
    assert "Read as accounts it would be: holds" in found.explanation


def test_the_interval_stands_beside_the_verdict_and_has_no_part_in_it(article):
    found = article["almost-quadrupled"].uncertainty
    assert (round(found.low, 4), round(found.high, 4)) == (3.2450, 4.6682)  # R 4.2.2, poisson.test(c(594, 153))
    wide = judged(ARTICLE, level=0.99)["almost-quadrupled"]
    assert wide.uncertainty.high > found.high
    assert wide.verdict == HOLDS
    assert article["total"].uncertainty.reason.startswith("does not apply")


def test_the_article_is_known_to_be_the_source_of_its_own_figures(article, town):
    assert not article["total"].is_independent
    assert town["total-exact"].is_independent


def test_no_claim_quotes_more_than_a_few_words(article):
    assert all(1 <= len(judgement.claim.words.split()) <= 5 for judgement in article.values())


# ---- the town: wrong in every way --------------------------------------------------------------------


def test_each_claim_of_the_town_gets_its_verdict(town):
    wanted = dict(line.split(": ", 1) for line in (TOWN / "verdicts.txt").read_text().splitlines())
    found = {id: f"{j.verdict.removesuffix(' from the figures')}: {j.reason}" for id, j in town.items()}
    assert {id: said.removesuffix(": ") for id, said in found.items()} == wanted


def test_the_town_meets_every_verdict_and_reason_but_for_two_sources(town):
    assert {j.verdict for j in town.values()} == {*VERDICTS} - {CONFLICT}
    assert {j.reason for j in town.values()} == {*REASONS, ""}


def test_a_break_says_what_the_verdict_would_be_without_it(town):
    assert town["definition-break"].explanation.endswith("Ignoring the break: holds.")
    assert "changes on 2020-01-01 (each wheel is counted)" in town["definition-break"].explanation


def test_what_stands_in_the_way_is_named(town):
    assert town["over-weak"].is_weak
    assert not town["count-exact-word"].is_weak
    assert "there is year to March 2022 and year to March 2023" in town["other-twelve-months"].explanation
    assert "from 2020 (250) to 2021 (240)" in town["rose-each-broken"].explanation
    assert "Nothing can fall by more than 100%." in town["impossible-fall"].explanation
    assert "since 2019" in town["maximum"].explanation
    assert (town["implied-without-base"].value.low, town["implied-without-base"].value.high) == (160, 160)


def test_a_wider_tolerance_changes_only_the_claims_that_are_granted_one(town):
    lenient = {id: j.by_tolerance()["lenient"] for id, j in town.items()}
    changed = {id for id, verdict in lenient.items() if verdict != town[id].verdict}
    assert changed == {"about-missed", "nearly-missed", "range-open"}
    assert {lenient[id] for id in changed} == {HOLDS}


def test_counts_by_verdict_lists_all_verdicts(town, article):
    assert list(counts_by_verdict(list(town.values()))) == list(VERDICTS)
    assert counts_by_verdict(list(article.values())) == dict.fromkeys(VERDICTS, 0) | {HOLDS: 13, OPEN: 7}
    described = describe_verdicts(list(article.values()))
    assert (described["all"].value, described["not-checkable-from-the-figures"].value) == (20, 7)


# ---- the corpus --------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", CORPUS, ids=lambda folder: folder.name)
def test_an_invented_article_gets_the_verdicts_that_arithmetic_settled(folder):
    refused: list[str] = []
    series = parse_table((folder / "figures.csv").read_text(), "figures.csv")
    claims = read_claims(folder / "claims.txt", series, refused=refused)
    found = {judgement.claim.line: judgement.verdict for judgement in audit(series, claims)}
    wanted = [line.split(" | ")[0] for line in (folder / "verdicts.txt").read_text().splitlines()]
    assert [found.get(number, "refused") for number in range(1, len(wanted) + 1)] == wanted


def test_the_corpus_is_large_enough():
    lines = [line for folder in CORPUS for line in (folder / "claims.txt").read_text().splitlines()]
    assert len(CORPUS) >= 15
    assert len(lines) >= 60


# ---- single mends ------------------------------------------------------------------------------------

YEARS = "year,a,b\n2015,100,200\n2016,48,200\n2017,201,210\n2018,300,330\n"


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        ("a: halved in 2016", ROUNDED),  # .48 is not overstated
        ("a: doubled from 2015 to 2017", ROUNDED),  # 2.01 is not understated
        ("a: doubled from 2017 to 2018", NO),  # 1.49
        ("a: fell in 2016", HOLDS),
        ("a: up 49% in 2018", ROUNDED),  # 49.25%, a whole percentage
        ("b: unchanged from 2015 to 2016", HOLDS),
        ("b: unchanged from 2016 to 2017", UNDER),  # 5%
        ("b: about the same in 2017 as in 2016", HOLDS),
        ("a: a third lower in 2017 than in 2018", ROUNDED),  # 33%
        ("a: rose to 201 in 2017", HOLDS),
        ("a: fell to 201 in 2017", NO),
        ("a: fell to just over 47 in 2016", HOLDS),
        ("b: fewer than 300 in each year", UNDER),
        ("b: at least 200 in each year", HOLDS),
        ("a: more than 200 for two years running", HOLDS),
        ("b: peaked at 330", HOLDS),
        ("a: 649 in the last four years", HOLDS),
        ("a: 649 in the last nine years", OPEN),
        ("a: 300 in the last month", OPEN),
        ("b: peaked at 210 in 2017", NO),
        ("a: peaked at just over 300 from 2015 to 2017", NO),
        ("a: around half of the total in 2018", OVER),  # 300 of 649, 7.6% short
        ("a: up about a half in 2018", HOLDS),  # 49.25%
        ("a + b: 630 in 2018", HOLDS),
        ("a: more than doubled in three years to 2018", HOLDS),
        ("a: 91 per 100 b in 2018", ROUNDED),  # 90.9
        ("a: second highest in 2017", HOLDS),
        ("a: rose for the second year running in 2018", HOLDS),
        ("a: rose for the third year running in 2018", NO),
        ("b: twice as many in 2015 as in 2014", OPEN),
        ("a: 48 in 2016, down from 100 in 2015", HOLDS),
        ("a: 48 in 2016, up from 100 in 2015", NO),  # the numbers are right, the direction is not
        ("a: 201 in 2017, the highest in three years", HOLDS),
        ("a: lowest in 2017 since 2016", HOLDS),  # 201 and 300 came after 48
        ("a: 201 in 2017, the highest since 2016", NO),  # 300 in 2018
        ("a: fewer than 101 in both 2015 and 2016", HOLDS),
        ("a: fewer than 101 in 2015 and 2017", NO),  # each of them, not the years between
        ("a: rose from 48 in 2016 to 210 in 2017", OVER),
        ("a: as a share of b down 26 percentage points in 2016", HOLDS),
    ],
)
def test_one_line_by_four_years(line, verdict):
    assert check(line, YEARS).verdict == verdict


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        ("a: fell by more than a third since 2015", NO),  # 183 at the most has become 479 at the least
        ("a: fell by 100 from 2016 to 2017", HOLDS),
        ("a: fell by 14,000 from 2014 to 2015", OPEN),  # by 717 at the least
        ("a: three times as many as b in 2018", NO),  # 479 or more against 3 to 9
        ("a: ranged from 183 to 900 from 2015 to 2017", NO),
    ],
)
def test_an_open_end_gives_a_verdict_and_never_an_infinite_number(line, verdict):
    figures = "year,a,b\n2014,at least 900,1\n2015,183,1\n2016,1150,9\n2017,1050,7\n2018,at least 479,3 to 9\n"
    found = check(line, figures)
    assert found.verdict == verdict
    [record] = to_records([found])
    assert "inf" not in json.dumps([record[key] for key in ("value", "value_low", "value_high", "calculation")])
    assert record["critical_tolerance_percent"] is not None


def test_two_sources_that_disagree_are_both_given():
    figures = "year,nights [council],nights [charity]\n2017,1020,1035\n2018,1190,1420\n"
    found, agreed = check_all(["nights: up 17% in 2018", "nights: rose in 2018"], figures)
    assert (found.verdict, found.calculation) == (CONFLICT, "1,190 / 1,020 - 1 against 1,420 / 1,035 - 1")
    assert found.explanation.startswith("By council: holds as rounded.")
    assert (found.value.low, found.value.high) == pytest.approx((100 / 6, 100 * 385 / 1035))
    assert agreed.verdict == HOLDS
    assert "by council and by charity" in agreed.explanation


def test_two_series_of_one_measure_in_a_study_are_two_sources(tmp_path):
    nights = {"nights": ("outcome", "1020", "1190"), "charity_nights": ("context", "1035", "1420")}
    resources = []
    for name, (role, *counts) in nights.items():
        rows = "".join(f"{year},{count}\n" for year, count in zip((2017, 2018), counts, strict=True))
        (tmp_path / f"{name}.csv").write_text(f"period,count\n{rows}")
        resources.append({"name": name, "path": f"{name}.csv", "role": role, "measure": "nights"})
    descriptor = {"name": "shelter", "title": "Nights in the shelter", "resources": resources}
    (tmp_path / "datapackage.json").write_text(json.dumps(descriptor))
    accept(tmp_path)
    lines = ["nights: up 17% in 2018", "nights: rose in 2018", "charity nights: 1,420 in 2018"]
    (tmp_path / "claims.txt").write_text("\n".join(lines))
    text, refused, status = audit_command(str(tmp_path), str(tmp_path / "claims.txt"))
    assert (refused, status) == ("", 0)
    assert "3 claims: holds 2, sources conflict 1." in text
    said = " ".join(text.split())
    assert "By nights: holds as rounded." in said
    assert "By charity_nights: contradicted." in said


def test_points_against_per_cent_are_named_as_a_slip():
    figures = "year,turnout (%),votes\n2017,50,1000\n2018,55,1100\n"
    slip, other = check_all(["turnout: up 5% in 2018", "turnout: up 40% in 2018"], figures)
    assert (slip.verdict, other.verdict) == (NO, NO)
    assert "A slip: read as percentage points it holds (55 - 50)." in slip.explanation
    assert "A slip" not in other.explanation


def test_one_bad_claim_does_not_stop_the_others():
    found = check_all(["a: fell 120% in 2016", "a: 48 in 2016"], YEARS)
    assert [judgement.verdict for judgement in found] == [NO, HOLDS]


def test_quarters_make_a_year_and_a_share_of_nothing_is_undefined():
    figures = "quarter,n,m\n" + "".join(f"Q{q} {year},{q},0\n" for year in (2017, 2018) for q in range(1, 5))
    lines = ["n: 10 in 2018", "n: unchanged in 2018", "n: half of m in 2018", "2018 holds half of n"]
    found = check_all([*lines, "n: 7 in the last two quarters"], figures)
    assert [judgement.verdict for judgement in found] == [HOLDS, HOLDS, UNDEFINED, HOLDS, HOLDS]


# ---- the language ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("remvals: 594 in 2018", "unknown series 'remvals'; did you mean 'removals'?"),
        ("removals: rocketed in 2018", "not understood; the nearest form is 'removals: "),
        ("removals: 594", "not understood"),
        ("removals: rose from 2018 to 2015", "2018 is not before 2015; swap them"),
        ("removals: 594 in 2015 and 2018 together", "periods apart from each other are not added up"),
        ("removals: 594 in 2017/19", "the second year does not follow the first"),
        ("594 removals in 2018", "not understood"),
        ("removals: doubled in 2018 years", "2018 is no number of periods"),
    ],
)
def test_a_line_that_is_not_understood_is_refused_with_the_nearest_form(line, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        read_line(line, ["removals"])


def test_a_line_is_forgiving():
    lines = [
        "Removals: UP 13 per cent in 2018.",
        "removals: had increased by 13% in 2018 on the year before",
        "removals:  rose 13 percent during 2018",
        "removals: 13% higher in 2018 than in 2017",
        "removal: a rise of 13% from 2017 to 2018",
    ]
    figures = "year,removals\n2017,527\n2018,594\n"
    assert {judgement.calculation for judgement in check_all(lines, figures)} == {"594 / 527 - 1"}


def test_every_kind_reads_its_examples():
    names = ["removals", "finds", "fines", "pass rate"]
    for cls in KINDS.values():
        for line in cls.examples:
            assert cls in map(type, read_line(line, names)[1]), line


def test_a_kind_is_one_class(monkeypatch):
    from analysis.claims import language

    @kind
    class Prime(Kind):
        """A count that is a prime number."""

        when: object
        grammar = '"a" "prime" when'
        reading = "primality of {subject}, {when}"
        examples = ("removals: a prime in 2018",)

    try:
        language._parser.cache_clear()
        [read] = read_line("removals: a prime in 2018", ["removals"])[1]
        assert read.echo("x") == "primality of x, 2018"
    finally:
        del KINDS["prime"]
        language._parser.cache_clear()


def test_the_page_is_what_the_classes_give():
    assert (ROOT / PAGE).read_text(encoding="utf-8") == page()


def test_the_page_shows_every_kind_hedge_and_verdict_with_an_example_that_is_so():
    text = page()
    assert all(f"### {cls.name.capitalize()}\n" in text for cls in KINDS.values())
    assert all((h.words or h.name) in text for h in HEDGES.values())
    assert list(BY_VERDICT) == list(VERDICTS)
    assert [judgement.verdict for judgement in check_all(list(BY_VERDICT.values()), SAMPLE)] == list(VERDICTS)


# ---- the table of figures ----------------------------------------------------------------------------


def test_a_table_is_read_as_publishers_write_it():
    rows = [
        "Period;Near misses (events);Turnout",
        '2017/18;"1,736";61.5%',
        "2016/17;1 200;",
        "",
        "2018/19;at least 479;60%",
    ]
    series = parse_table("\r\n".join(rows), "figures.csv")
    misses = series["near misses"]
    assert [(o.period.label, o.words) for o in misses.observations] == [
        ("year to March 2017", "1,200"),
        ("year to March 2018", "1,736"),
        ("year to March 2019", "at least 479"),
    ]
    assert (misses.unit, series["turnout"].unit) == ("events", "%")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("year,a\n2018,many\n", "line 2, a: 'many' is not a count of 0 or more; write 1,736"),
        ("year,a\n2018,-3\n", "line 2, a: '-3' is not a count of 0 or more"),
        ("year,a\nlast year,3\n", "line 2: 'last year' is no period; write 2018"),
        ("year,a\n2018,1\n2018,2\n", "line 3: 2018 is in line 2 too; keep one"),
        ("year,a\n2018,1,736\n", "line 2: 3 cells under 2 names; put numbers with a comma in quotes"),
        ("year,a,a\n2018,1,2\n", "line 1: 'a' stands there twice"),
        ("year,\n2018,1\n", "line 1: column 2 has no name of one line"),
        ("year,a\n2018,\n", "'a' has no figure"),
        ("year,a\n2018,9 to 7\n", "'9 to 7' ends before it starts"),
        ("", "no figures; give a row of names"),
    ],
)
def test_a_faulty_table_is_refused_in_one_line(text, message):
    with pytest.raises(StudyError) as caught:
        parse_table(text, "figures.csv")
    assert message in str(caught.value)
    assert str(caught.value).startswith("figures.csv")
    assert "\n" not in str(caught.value)


# ---- the file of claims ------------------------------------------------------------------------------

GOOD = """version: hedge-2.0
article:
  title: A title
  url: https://example.org/article
claims:
  - id: first
    paragraph: 1
    claim: "thefts: 200 in 2019"
  - id: second
    paragraph: caption
    words: up by 25%
    claim: "thefts: up 25% in 2020"
"""

FAULTS = {
    "misspelt key": ("    paragraph: 1", "    paragrahp: 1", 6, "'paragrahp' is unknown; did you mean 'paragraph'?"),
    "missing claim": ('    claim: "thefts: 200 in 2019"\n', "", 6, "claim is missing; add it"),
    "id twice": ("id: second", "id: first", 9, "id 'first' is in line 6 too; rename one"),
    "bad id": ("id: second", "id: Second one", 9, "id 'Second one' does not fit; give small letters"),
    "bad paragraph": ("paragraph: 1", "paragraph: top", 6, "give headline, subheading, caption"),
    "long quotation": ("words: up by 25%", "words: it is up by about 25%", 9, "five at most"),
    "other version": ("hedge-2.0", "hedge-1.0", None, f"this program reads {VERSION}"),
    "no claims": (GOOD[GOOD.index("claims:") :], "claims: []\n", None, "give a list of claims"),
    "claims not a list": (GOOD[GOOD.index("claims:") :], "claims: none\n", None, "give a list of claims"),
    "no quotes": ('claim: "thefts: 200 in 2019"', "claim: thefts: 200 in 2019", 8, "put a claim that holds a colon"),
    "old fields": ("    paragraph: 1", "    kind: count", 6, "'kind' is unknown"),
    "unknown reason": ("    paragraph: 1", "    not checkable: dunno", 6, "'dunno' is unknown"),
    "unknown series": ("thefts: 200", "thfts: 200", 6, "unknown series 'thfts'; did you mean 'thefts'?"),
    "not a line": ("thefts: 200 in 2019", "thefts: 200 or so", 6, f"all are in {PAGE}"),
    "empty": (GOOD, "", None, "give version, article and claims"),
    "control characters": (GOOD, "a: \x07\n", 1, "control or bidirectional character U+0007; take it out"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_refused_in_one_line_with_its_place_and_remedy(tmp_path, fault):
    old, new, line, message = FAULTS[fault]
    text = GOOD.replace(old, new, 1)
    assert text != GOOD
    file = tmp_path / "claims.yml"
    file.write_text(text)
    with pytest.raises(StudyError) as caught:
        read_claims(file, ["thefts"])
    said = str(caught.value)
    assert "\n" not in said
    assert message in said
    assert f"claims.yml{'' if line is None else f', line {line}'}: " in said


def test_the_good_file_is_read(tmp_path):
    (tmp_path / "claims.yml").write_text(GOOD)
    first, second = read_claims(tmp_path / "claims.yml", ["thefts"])
    assert (first.id, first.says, first.line) == ("first", "thefts: 200 in 2019", 6)
    assert (second.words, second.stated, second.names) == ("up by 25%", "25%", ("thefts",))


def test_files_that_hold_no_claims_are_refused(tmp_path):
    for content, message in ((b"\xff\xfe", "not UTF-8"), (b"# nothing\n", "holds no claim")):
        (tmp_path / "claims.txt").write_bytes(content)
        with pytest.raises(StudyError, match=message):
            read_claims(tmp_path / "claims.txt", ["thefts"])
    with pytest.raises(StudyError, match="Is a directory"):
        read_claims(tmp_path, ["thefts"])


def test_the_schema_is_valid_and_agrees_with_the_program():
    schema = json.loads(SCHEMA.read_text())
    Draft202012Validator.check_schema(schema)
    fields = schema["properties"]["claims"]["items"]["properties"]
    assert fields["not checkable"]["enum"] == list(REASONS)
    assert schema["properties"]["version"]["const"] == VERSION


# ---- output and the command --------------------------------------------------------------------------


@pytest.mark.parametrize("folder", [ARTICLE, TOWN])
def test_records_are_flat_complete_and_survive_json(folder):
    records = to_records(list(judged(folder).values()))
    assert len({tuple(record) for record in records}) == 1
    assert json.loads(json.dumps(records, allow_nan=False)) == records
    assert all(isinstance(cell, (str, int, float)) and cell != "" for record in records for cell in record.values())


def test_the_table_fits_100_columns_and_shows_notes(town):
    text = audit_text(list(town.values()), "The town")
    assert max(map(len, text.splitlines())) <= WIDTH == 100
    assert re.search(r"17 +thefts: over 200 in 2022 +300 +holds +weak", text)
    assert "read as: ratio" in text


def test_status_follows_the_verdicts(tmp_path):
    text, refused, status = audit_command(str(ARTICLE))
    assert (refused, status) == ("", 0)
    assert text.endswith("20 claims: holds 13, not checkable from the figures 7.")
    assert audit_command(str(TOWN / "datapackage.json"))[2] == 1
    (tmp_path / "figures.csv").write_text(YEARS)
    for line, expected in (("a: 48 in 2016", 0), ("a: 50 in 2016", 1), ("a: 48 in 2020", 0), ("c: 48 in 2016", 2)):
        (tmp_path / "claims.txt").write_text(f"a: 100 in 2015\n{line}\n")
        text, refused, status = audit_command(str(tmp_path / "figures.csv"), str(tmp_path / "claims.txt"))
        assert status == expected, line
        assert "a: 100 in 2015" in text
        assert refused.count("\n") == 0


def test_the_same_verdicts_come_as_csv_and_as_json():
    records = json.loads(audit_command(str(TOWN), form="json")[0])
    rows = list(csv.DictReader(io.StringIO(audit_command(str(TOWN), form="csv")[0])))
    assert [row["verdict"] for row in rows] == [record["verdict"] for record in records]
    assert all(cell != "" for row in rows for cell in row.values())


@pytest.mark.parametrize("figures", ["nothing.csv", "nothing.json", "."])
def test_the_command_refuses_in_one_line(tmp_path, monkeypatch, figures):
    monkeypatch.chdir(tmp_path)
    text, refused, status = audit_command(figures, "claims.txt")
    assert (text, status) == ("", 2)
    assert refused.count("\n") == 0


def test_figures_without_claims_are_refused(tmp_path):
    (tmp_path / "figures.csv").write_text(YEARS)
    _, refused, status = audit_command(str(tmp_path / "figures.csv"))
    assert status == 2
    assert refused.endswith("figures.csv: no claims; give a file of them after it")


def test_an_audit_of_plain_files_needs_no_heavy_package():
    folder = ROOT / "tests" / "claims" / "hospital"
    code = (
        "import sys; from analysis.__main__ import main; "
        f"main(['audit', {str(folder / 'figures.csv')!r}, {str(folder / 'claims.txt')!r}]); "
        "print(sorted({'numpy', 'pandas', 'scipy', 'jsonschema'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stderr.strip() == "[]"


READINGS = [line.split(" => ") for line in (ROOT / "tests" / "readings.txt").read_text().splitlines()]


@pytest.mark.parametrize(("line", "reading"), READINGS)
def test_what_reporters_write_is_read_as_they_mean_it(line, reading):
    names = ["removals", "phone finds", "arrests", "burglaries", "population", "girls", "pupils", "Hip operations"]
    about, parts, _ = read_line(line, names)
    assert "; ".join(part.echo(" + ".join(about)) for part in parts) == reading
