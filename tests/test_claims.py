"""The claims of the article, a second package wrong in every way, and the refusal of faulty claim files."""

from __future__ import annotations

import csv
import io
import json
import re
from fractions import Fraction
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator
from scipy import stats

from analysis.claims.audit import Judgement, audit, counts_by_verdict
from analysis.claims.claims import ORDERS, UNCHECKABLE, parse_period, read_claims
from analysis.claims.evidence import CALCULATIONS
from analysis.claims.format import SCHEMA, ClaimsError
from analysis.claims.hedges import BY_WORD, REASONS, VERDICTS, VERSION
from analysis.claims.output import audit_command, audit_text, to_records
from analysis.figures import load

ROOT = Path(__file__).resolve().parent.parent
ARTICLE = ROOT / "tests" / "study"
TOWN = ROOT / "tests" / "packages" / "town"

HOLDS, ROUNDED, OVER, UNDER, NO, OPEN, UNDEFINED = VERDICTS


def judged(folder: Path, **settings) -> dict[str, Judgement]:
    judgements = audit(load(folder / "datapackage.json"), read_claims(folder / "claims.yml"), **settings)
    return {judgement.claim.id: judgement for judgement in judgements}


@pytest.fixture(scope="module")
def article() -> dict[str, Judgement]:
    return judged(ARTICLE)


@pytest.fixture(scope="module")
def town() -> dict[str, Judgement]:
    return judged(TOWN)


# ---- the article -------------------------------------------------------------------------------------

ARTICLE_VERDICTS = {
    "headline-rise": (OPEN, "another unit"),
    "caption-total": (HOLDS, ""),
    "almost-quadrupled": (HOLDS, ""),
    "in-three-years": (HOLDS, ""),
    "hundreds-of-inmates": (OPEN, "another unit"),
    "text-total": (HOLDS, ""),
    "bulk-of-cases": (OPEN, "no breakdown"),
    "four-years-of-data": (HOLDS, ""),
    "rose-each-year": (OPEN, "too few comparisons"),
    "removals-2015": (HOLDS, ""),
    "removals-2016": (HOLDS, ""),
    "removals-2017": (HOLDS, ""),
    "removals-2018": (HOLDS, ""),
    "total": (HOLDS, ""),
    "last-two-years": (HOLDS, ""),
    "nearly-two-thirds": (HOLDS, ""),
    "phone-find-incidents": (HOLDS, ""),
    "phone-finds-rise": (OPEN, "known only through the claim"),
    "dead-rats": (OPEN, "no figures"),
    "spending": (OPEN, "no figures"),
}


def test_every_claim_of_the_article_has_its_verdict(article):
    assert {id: (j.verdict, j.reason) for id, j in article.items()} == ARTICLE_VERDICTS


def test_almost_quadrupled(article):
    found = article["almost-quadrupled"]
    assert found.calculation == "594 / 153"
    assert found.value.value == float(Fraction(594, 153))
    assert found.critical_tolerance.value == pytest.approx(float(100 - Fraction(594, 153) * 25), rel=1e-12)
    assert found.by_tolerance() == {"strict": HOLDS, "default": HOLDS, "lenient": HOLDS}
    assert [f.text for f in found.figures] == ["594", "153"]


def test_nearly_two_thirds_needs_more_than_the_strict_tolerance(article):
    found = article["nearly-two-thirds"]
    share = Fraction(1121, 1736)
    assert found.value.value == float(100 * share)
    assert found.critical_tolerance.value == pytest.approx(float(100 * (1 - share * 3 / 2)), rel=1e-12)
    assert found.by_tolerance() == {"strict": OVER, "default": HOLDS, "lenient": HOLDS}


def test_a_share_has_the_exact_interval_of_a_binomial_proportion(article, town):
    found = article["nearly-two-thirds"].uncertainty
    # R 4.2.2: binom.test(1121, 1736)$conf.int
    assert (found.low, found.high) == pytest.approx((62.2718783264855, 66.8262129297111), rel=1e-8)
    assert found.value == article["nearly-two-thirds"].value.value
    assert (found.unit, found.interval, found.level, found.n) == ("%", "confidence", 0.95, 4)
    assert found.interval_method == "exact conditional, Clopper-Pearson"
    assert town["share-of-nothing"].uncertainty.reason == "undefined: zero base"


def test_the_interval_of_a_share_covers_both_ends_of_a_range(town):
    found, share = town["range-share"].uncertainty, town["range-share"].value
    # 1,200 visits beside 900 to 1,100; a Clopper-Pearson limit is a quantile of a beta distribution
    expected = (100 * stats.beta.ppf(0.025, 1200, 1101), 100 * stats.beta.ppf(0.975, 1201, 900))
    assert (found.low, found.high) == pytest.approx(expected, rel=1e-8)
    assert found.low < share.low < share.high < found.high
    assert found.value is None
    assert "widest over the range" in found.interval_method


def test_the_15_percent_cannot_be_tested_but_the_year_before_is_reported(article):
    found = article["phone-finds-rise"]
    assert (found.value.low, found.value.high, found.value.unit) == (9215, 9295, "incidents")
    assert "truncation: 9,176 to 9,254" in found.explanation
    # the interval of the change covers both ends of the range
    low = stats.binomtest(10643, 10643 + 9295).proportion_ci(0.95, "exact").low
    high = stats.binomtest(10643, 10643 + 9215).proportion_ci(0.95, "exact").high
    assert found.uncertainty.low == pytest.approx(100 * (low / (1 - low) - 1), rel=1e-8)
    assert found.uncertainty.high == pytest.approx(100 * (high / (1 - high) - 1), rel=1e-8)


def test_people_checked_against_accounts_is_called_a_unit_slip(article):
    found = article["hundreds-of-inmates"]
    assert found.explanation.startswith("Unit slip: the claim counts inmates, the series removals counts accounts.")
    assert "Read as accounts it would be: holds" in found.explanation


def test_the_missing_comparison_is_named(article):
    assert "Only 3 of 4 comparisons exist" in article["rose-each-year"].explanation
    assert article["rose-each-year"].calculation == "153 < 462 < 527 < 594"


def test_the_interval_stands_beside_the_verdict_and_has_no_part_in_it(article):
    published = (3.2450, 4.6682)  # R 4.2.2, poisson.test(c(594, 153))
    found = article["almost-quadrupled"].uncertainty
    assert (round(found.low, 4), round(found.high, 4)) == published
    assert (found.interval, found.level) == ("confidence", 0.95)
    wide = judged(ARTICLE, level=0.99)["almost-quadrupled"]
    assert wide.uncertainty.high > found.high
    assert wide.verdict == HOLDS
    assert article["total"].uncertainty.reason.startswith("does not apply")


def test_the_article_is_known_to_be_the_source_of_its_own_figures(article, town):
    assert not article["total"].is_independent
    assert town["total-exact"].is_independent


def test_no_claim_quotes_more_than_a_few_words():
    claims = read_claims(ARTICLE / "claims.yml")
    assert all(1 <= len(claim.words.split()) <= 5 for claim in claims)
    assert [c.paragraph for c in claims if c.words == "More than 1,700"] == ["caption", 3]


# ---- the second package: wrong in every way ----------------------------------------------------------

TOWN_VERDICTS = {
    "total-exact": (HOLDS, ""),
    "count-exact-word": (HOLDS, ""),
    "count-exact-word-missed": (OVER, ""),
    "sum-rounded": (ROUNDED, ""),
    "ratio-rounding-rule": (ROUNDED, ""),
    "count-too-large": (OVER, ""),
    "count-too-small": (UNDER, ""),
    "count-wrong": (NO, ""),
    "about": (HOLDS, ""),
    "about-missed": (OVER, ""),
    "about-wrong": (NO, ""),
    "almost": (HOLDS, ""),
    "almost-reached": (UNDER, ""),
    "nearly-missed": (OVER, ""),
    "more-than": (HOLDS, ""),
    "over-weak": (HOLDS, ""),
    "more-than-equal": (OVER, ""),
    "less-than": (HOLDS, ""),
    "under-equal": (UNDER, ""),
    "at-least": (HOLDS, ""),
    "at-least-missed": (OVER, ""),
    "up-to": (HOLDS, ""),
    "up-to-exceeded": (UNDER, ""),
    "change": (HOLDS, ""),
    "fall": (HOLDS, ""),
    "fall-called-rise": (NO, ""),
    "change-from-zero": (UNDEFINED, "zero base"),
    "ratio-from-zero": (UNDEFINED, "zero base"),
    "share-of-nothing": (UNDEFINED, "zero base"),
    "difference": (HOLDS, ""),
    "rose-each-broken": (NO, ""),
    "rose-each": (HOLDS, ""),
    "rose-each-too-many": (OPEN, "too few comparisons"),
    "rose-each-too-few": (UNDER, ""),
    "rose-each-range": (OPEN, "range too wide"),
    "maximum": (HOLDS, ""),
    "maximum-wrong": (NO, ""),
    "maximum-shared": (OVER, ""),
    "maximum-range": (HOLDS, ""),
    "minimum": (HOLDS, ""),
    "minimum-range": (OPEN, "range too wide"),
    "compared-counts": (HOLDS, ""),
    "compared-counts-wrong": (NO, ""),
    "compared-unlike": (OPEN, "another unit"),
    "compared-changes": (HOLDS, ""),
    "compared-changes-range": (OPEN, "range too wide"),
    "range-holds": (HOLDS, ""),
    "range-open": (OPEN, "range too wide"),
    "range-fails": (OVER, ""),
    "range-contradicts": (NO, ""),
    "range-sum": (HOLDS, ""),
    "range-ratio": (NO, ""),
    "range-share": (HOLDS, ""),
    "floor-holds": (HOLDS, ""),
    "floor-open": (OPEN, "range too wide"),
    "missing-base": (OPEN, "missing base year"),
    "missing-period": (OPEN, "missing period"),
    "other-twelve-months": (OPEN, "missing period"),
    "definition-break": (OPEN, "definition changes"),
    "unit-slip": (OPEN, "another unit"),
    "implied": (HOLDS, ""),
    "implied-without-base": (OPEN, "missing base year"),
    "implied-range": (OPEN, "range too wide"),
    "circular": (OPEN, "known only through the claim"),
    "circular-other-number": (NO, ""),
    "periods": (HOLDS, ""),
    "periods-wrong": (NO, ""),
    "span": (HOLDS, ""),
    "no-breakdown": (OPEN, "no breakdown"),
    "no-figures": (OPEN, "no figures"),
}


def test_each_claim_of_the_second_package_gets_its_verdict(town):
    assert {id: (j.verdict, j.reason) for id, j in town.items()} == TOWN_VERDICTS


def test_the_second_package_meets_every_verdict_reason_kind_and_hedge(town):
    assert {j.verdict for j in town.values()} == set(VERDICTS)
    assert {j.reason for j in town.values()} == {*REASONS, ""}
    assert {j.claim.kind for j in town.values()} == {*CALCULATIONS, *ORDERS, UNCHECKABLE}
    hedges = {BY_WORD[j.claim.hedge].name for j in town.values() if j.claim.number is not None}
    assert hedges == {hedge.name for hedge in BY_WORD.values()}


@pytest.mark.parametrize(
    ("id", "critical"),
    [
        ("count-too-large", Fraction(95, 310 * 10)),  # 309.5 is the least that prints as 310
        ("count-too-small", Fraction(195, 280 * 10)),
        ("count-wrong", Fraction(995, 400 * 10)),
        ("almost", Fraction(10, 250)),
        ("nearly-missed", Fraction(1, 11)),
        ("more-than-equal", Fraction(0)),
        ("fall-called-rise", Fraction(75, 40)),
        ("range-fails", Fraction(250, 1200)),  # 900 against 1,150, the least that prints as 1,200
        ("circular-other-number", Fraction(39, 200) * 5 - Fraction(59, 401) * 5),  # 460 / 401 against 19.5%
    ],
)
def test_critical_tolerances_of_the_second_package(town, id, critical):
    assert town[id].critical_tolerance.value == pytest.approx(float(100 * critical), rel=1e-12, abs=1e-12)


def test_rounding_rules_are_reported_side_by_side(town):
    ratio = town["ratio-rounding-rule"]  # 300 / 240 = 1.25, printed as 1.3 only when halves go up
    assert ratio.by_rounding() == {"half up": ROUNDED, "half even": OVER, "truncation": OVER}
    assert "Under half even: overstated." in ratio.explanation
    assert town["total-exact"].by_rounding()["truncation"] == HOLDS


def test_a_range_says_for_which_part_the_claim_holds(town):
    open_claim = town["range-open"]
    said = "overstated for 900 to 949; holds for 950 to 1,050; understated for 1,051 to 1,100"
    assert said in open_claim.explanation
    assert open_claim.by_tolerance()["lenient"] == HOLDS
    limits = open_claim.critical_tolerance
    assert (limits.low, limits.high) == (0, 10)
    assert "contradicted for 5,501 and more" in town["floor-open"].explanation
    assert (town["range-holds"].value.low, town["range-holds"].value.high) == (900, 1100)


def test_wider_tolerance_changes_only_the_claims_that_are_granted_one(town):
    lenient = judged(TOWN, tolerance=0.1)
    changed = {id for id, j in lenient.items() if j.verdict != town[id].verdict}
    assert changed == {"about-missed", "nearly-missed", "range-open"}
    assert {lenient[id].verdict for id in changed} == {HOLDS}
    assert lenient["about-missed"].by_rounding() == {
        "half up": HOLDS,
        "half even": HOLDS,
        "truncation": HOLDS,
    }


def test_another_rounding_rule_changes_only_unhedged_numbers(town):
    truncated = judged(TOWN, rule="truncation")
    changed = {id: j.verdict for id, j in truncated.items() if j.verdict != town[id].verdict}
    assert changed == {"sum-rounded": OVER, "ratio-rounding-rule": OVER}


def test_weak_bounds_missing_periods_and_changed_definitions_are_explained(town):
    assert "It is weak" in town["over-weak"].explanation
    assert "It is weak" not in town["more-than"].explanation
    assert "there is year to March 2022 and year to March 2023" in town["other-twelve-months"].explanation
    assert "changes on 2020-01-01 (each wheel is counted)" in town["definition-break"].explanation
    assert "no rise from 2020 (250) to 2021 (240)" in town["rose-each-broken"].explanation
    assert "thieves" in town["unit-slip"].explanation


def test_the_change_of_one_series_against_another_has_an_exact_interval(town):
    found = town["compared-changes"].uncertainty
    table = stats.contingency.odds_ratio([[300, 240], [60, 80]]).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((table.low, table.high), rel=1e-8)
    assert town["compared-changes"].value.value == float(Fraction(5, 3))


def test_counts_by_verdict_lists_all_verdicts(town, article):
    counts = counts_by_verdict(list(town.values()))
    assert list(counts) == list(VERDICTS)
    assert counts[UNDEFINED] == 3
    assert counts_by_verdict(list(article.values())) == dict.fromkeys(VERDICTS, 0) | {HOLDS: 13, OPEN: 7}


# ---- output ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", [ARTICLE, TOWN])
def test_records_are_flat_complete_and_survive_json(folder):
    records = to_records(list(judged(folder).values()))
    assert len({tuple(record) for record in records}) == 1
    assert json.loads(json.dumps(records, allow_nan=False)) == records
    for record in records:
        for key, cell in record.items():
            assert isinstance(cell, (str, int, float)), key
            assert cell != "", f"{record['id']}: {key}"


def test_the_command_prints_the_table_and_its_status_follows_the_verdicts():
    text, status = audit_command(ARTICLE / "datapackage.json")
    assert status == 0
    assert re.search(r"almost-quadrupled +almost 4 +3\.882 +holds +2\.94%", text)
    assert text.endswith("20 claims: holds 13, not checkable from the figures 7.")
    text, status = audit_command(TOWN / "datapackage.json")
    assert status == 1
    assert "contradicted 10" in text
    assert all(judgement in text for judgement in TOWN_VERDICTS)


def test_the_command_gives_the_same_verdicts_as_csv_and_as_json():
    text, status = audit_command(TOWN / "datapackage.json", "json")
    records = json.loads(text)
    assert status == 1
    rows = list(csv.DictReader(io.StringIO(audit_command(TOWN / "datapackage.json", "csv")[0])))
    assert [row["verdict"] for row in rows] == [record["verdict"] for record in records]
    assert {record["verdict"] for record in records} >= {"holds", "contradicted", "undefined"}
    assert all(cell != "" for row in rows for cell in row.values())


def test_the_command_refuses_in_one_line(tmp_path, monkeypatch):
    text, status = audit_command(tmp_path / "datapackage.json")
    assert (status, text.count("\n")) == (2, 0)
    for file in TOWN.iterdir():
        if file.name != "claims.yml":
            (tmp_path / file.name).write_bytes(file.read_bytes())
    text, status = audit_command(tmp_path / "datapackage.json")
    assert status == 2
    assert text.endswith("claims.yml: no such file; put the claims there")
    claims = (TOWN / "claims.yml").read_text().replace("series: thefts\n", "series: theft\n", 1)
    (tmp_path / "claims.yml").write_text(claims)
    monkeypatch.chdir(tmp_path)
    text, status = audit_command("datapackage.json")
    assert status == 2
    line = claims[: claims.index("series: theft\n")].count("\n") - 3  # the claim starts four lines above
    assert text.endswith(
        f"claims.yml, line {line}: claim 'total-exact': unknown series 'theft'; did you mean 'thefts'?"
    )


def test_one_contradicted_claim_is_enough_for_status_1(tmp_path):
    for file in ARTICLE.glob("*.*"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    claims = (ARTICLE / "claims.yml").read_text()
    (tmp_path / "claims.yml").write_text(claims.replace("stated: 462", "stated: 642"))
    text, status = audit_command(tmp_path / "datapackage.json")
    assert status == 1
    assert "contradicted 1" in text


def test_text_holds_no_explanation_of_claims_that_simply_hold(town):
    text = audit_text([town["total-exact"], town["count-wrong"]], "Two claims")
    assert "total-exact:" not in text
    assert "count-wrong: The figures give 300" in text


# ---- the format, and what is refused -----------------------------------------------------------------

GOOD = """version: hedge-1.0
article:
  title: A title
  url: https://example.org/article
claims:
  - id: first
    paragraph: 1
    says: There were two hundred in 2019.
    kind: count
    series: thefts
    period: 2019
    unit: thefts
    stated: 200
    precision: 1
    hedge: bare
  - id: second
    paragraph: caption
    says: A change of a quarter.
    words: up by 25%
    kind: percentage change
    series: thefts
    period: 2020
    earlier: 2019
    unit: thefts
    stated: 25%
    precision: 1%
    hedge: about
"""

FAULTS = {
    "misspelt kind": ("kind: count", "kind: cuont", 9, "kind 'cuont' is unknown; did you mean 'count'?"),
    "misspelt hedge": ("hedge: about", "hedge: abuot", 27, "hedge 'abuot' is unknown; did you mean 'about'?"),
    "misspelt key": ("    unit: thefts\n    stated: 200", "    unti: thefts\n    stated: 200", 12, "'unti'"),
    "missing key": (
        "    period: 2019\n    unit",
        "    unit",
        6,
        "a claim of kind 'count' lacks 'period'; add it",
    ),
    "key of another kind": (
        "    hedge: bare\n",
        "    hedge: bare\n    earlier: 2018\n",
        16,
        "'earlier' has no place",
    ),
    "key twice": ("    stated: 200\n", "    stated: 200\n    stated: 201\n", 14, "'stated' is given twice"),
    "id twice": ("id: second", "id: first", 16, "id 'first' is in line 6 too; rename one"),
    "bad id": ("id: second", "id: Second one", 16, "id 'Second one' is not an id"),
    "number in words": ("stated: 200", "stated: two hundred", 13, "stated 'two hundred' is not a number"),
    "bad grouping": ("stated: 200", "stated: 20,0", 13, "stated '20,0' is not a number"),
    "change without %": ("stated: 25%", "stated: 25", 25, "stated 25 is not a number of the form this kind"),
    "precision not of it": ("precision: 1\n", "precision: 7\n", 6, "200 is not a multiple of 7"),
    "precision zero": ("precision: 1\n", "precision: 0\n", 6, "precision 0 is not above 0"),
    "mixed scales": ("precision: 1\n", "precision: 1%\n", 6, "not both percentages"),
    "impossible fall": ("stated: 25%", "stated: -125%", 16, "a count cannot fall by 125%; the most is 100%"),
    "periods swapped": ("earlier: 2019", "earlier: 2021", 16, "earlier (2021) is not before period (2020)"),
    "bad period": ("period: 2019", "period: last year", 11, "period 'last year' is not a period; write 2018"),
    "bad month": (
        "period: 2019",
        "period: year to Marhc 2019",
        6,
        "'Marhc' is not a month; did you mean 'March'?",
    ),
    "bad paragraph": ("paragraph: 1\n", "paragraph: top\n", 7, "paragraph 'top' is not a place"),
    "long quotation": ("words: up by 25%", "words: it is up by about 25%", 19, "give at most five words"),
    "short restatement": ("says: A change of a quarter.", "says: Up.", 18, "says is too short"),
    "other version": ("hedge-1.0", "hedge-2.0", 1, f"version is 'hedge-2.0'; this program reads {VERSION}"),
    "no claims": (GOOD[GOOD.index("claims:") :], "claims: []\n", 5, "claims is empty"),
    "claims not a list": (GOOD[GOOD.index("claims:") :], "claims: none\n", 5, "claims 'none' is not a list"),
    "unknown top key": (
        "article:\n",
        "articel: x\narticle:\n",
        2,
        "unknown key 'articel'; did you mean 'article'?",
    ),
    "code": ("stated: 200", "stated: !!python/object/apply:os.getcwd []", 13, "is not data; remove it"),
    "own tag": ("stated: 200", "stated: !number 200", 13, "is not data; remove it"),
    "not YAML": ("    kind: count\n", "    kind: [count\n", 10, "not YAML"),
    "a tab": ("    kind: count\n", "\tkind: count\n", 9, "not YAML"),
    "anchor": (
        "    unit: thefts\n    stated: 25%",
        "    unit: *u\n    stated: 25%",
        None,
        "not YAML|anchors",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_refused_in_one_line_with_its_line_and_remedy(tmp_path, fault):
    old, new, line, message = FAULTS[fault]
    text = GOOD.replace(old, new, 1)
    assert text != GOOD
    file = tmp_path / "claims.yml"
    file.write_text(text)
    with pytest.raises(ClaimsError) as caught:
        read_claims(file)
    said = str(caught.value)
    assert "\n" not in said
    assert re.search(message if "|" in message else re.escape(message), said), said
    if line is not None:
        assert f"claims.yml, line {line}: " in said


def test_the_good_file_is_read_and_numbers_are_exact(tmp_path):
    file = tmp_path / "claims.yml"
    file.write_text(GOOD)
    first, second = read_claims(file)
    assert (first.number, first.step, first.stated, first.line) == (200, 1, "200", 6)
    assert (second.number, second.step, second.hedge) == (Fraction(1, 4), Fraction(1, 100), "about")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"\xff\xfe", "not UTF-8"),
        (b"- a\n- b\n", "give version, article and claims"),
        (b"a: \x07\n", "remove the control characters"),
    ],
)
def test_files_that_hold_no_claims_are_refused(tmp_path, content, message):
    file = tmp_path / "claims.yml"
    file.write_bytes(content)
    with pytest.raises(ClaimsError, match=message):
        read_claims(file)
    with pytest.raises(ClaimsError, match="cannot be read"):
        read_claims(tmp_path)


def test_sides_of_a_comparison_must_be_alike_and_parts_inside_their_whole(tmp_path):
    text = (TOWN / "claims.yml").read_text()
    uneven = text.replace(
        "other: {series: harbour_thefts, period: 2022}",
        "other: {series: fines, period: 2022, earlier: 2021}",
        1,
    )
    (tmp_path / "claims.yml").write_text(uneven)
    with pytest.raises(ClaimsError, match="one side is a count and the other a change"):
        read_claims(tmp_path / "claims.yml")
    swapped = text.replace("{from: 2019, to: 2021}", "{from: 2021, to: 2019}", 1)
    (tmp_path / "claims.yml").write_text(swapped)
    with pytest.raises(ClaimsError, match="over ends before it starts; swap from and to"):
        read_claims(tmp_path / "claims.yml")
    outside = text.replace(
        "part: {from: 2022, to: 2022}", "part: {from: 2022, to: 2022}\n  whole: {from: 2019, to: 2021}", 1
    )
    (tmp_path / "claims.yml").write_text(outside)
    with pytest.raises(ClaimsError, match="'nearly-missed': the part is not inside the whole"):
        audit(load(TOWN / "datapackage.json"), read_claims(tmp_path / "claims.yml"))


def test_the_schema_is_valid_and_agrees_with_the_program():
    schema = json.loads(SCHEMA.read_text())
    Draft202012Validator.check_schema(schema)
    claim = schema["$defs"]["claim"]["properties"]
    assert set(claim["kind"]["enum"]) == {*CALCULATIONS, *ORDERS, UNCHECKABLE}
    assert set(claim["hedge"]["enum"]) == set(BY_WORD)
    assert set(claim["reason"]["enum"]) <= set(REASONS)
    assert schema["properties"]["version"]["const"] == VERSION


@pytest.mark.parametrize("folder", [ARTICLE, TOWN])
def test_any_reader_of_yaml_and_json_schema_accepts_the_files(folder):
    document = yaml.load((folder / "claims.yml").read_text(), Loader=yaml.CSafeLoader)
    document["article"].pop("published", None)  # YAML 1.1 readers make it a date
    for claim in document["claims"]:
        if isinstance(claim.get("stated"), int) and claim["kind"] != "rose in each":
            claim["stated"] = f"{claim['stated']:,}" if abs(claim["stated"]) > 999 else claim["stated"]
    assert list(Draft202012Validator(json.loads(SCHEMA.read_text())).iter_errors(document)) == []


def test_periods_are_read_from_their_labels():
    for label in ("2018", "year to March 2018", "2018-01-01 to 2018-06-30"):
        assert parse_period(label).label == label
