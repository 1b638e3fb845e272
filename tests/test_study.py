"""Reading a study: a frozen copy of our own, small ones written here, and every way in which one can be wrong."""

import csv
import hashlib
import json
import os
import re
import shutil
from dataclasses import MISSING, fields
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from frictionless import Package, Resource, Schema
from hypothesis import given, settings, strategies as st
from jsonschema import Draft202012Validator

from analysis.figures import StudyError, load
from analysis.figures.checks import CHECKS
from analysis.figures.description import describe_series
from analysis.figures.descriptor import DECLARED, ROLES, SCHEMA
from analysis.figures.files import PROJECT, resolve
from analysis.figures.observations import NOT_GIVEN, Observation, Series, Source
from analysis.figures.rows import FIELDS, read_rows, table_schema
from analysis.figures.words import MEANINGS
from analysis.periods import Period

FROZEN = Path(__file__).parent / "study"
OURS = PROJECT / "data" / "prison-removals"
COLUMNS = [field["name"] for field in json.loads((FROZEN / "schema.json").read_text(encoding="utf-8"))["fields"]]
quick = settings(deadline=None, derandomize=True, max_examples=200)


@pytest.fixture
def folder(tmp_path):
    """A copy of the frozen study that a test may spoil."""
    return Path(shutil.copytree(FROZEN, tmp_path / "a study é"))


def edit_json(folder, change):
    path = folder / "datapackage.json"
    descriptor = json.loads(path.read_text(encoding="utf-8"))
    change(descriptor)
    path.write_text(json.dumps(descriptor), encoding="utf-8")


def resource(descriptor, name):
    return next(r for r in descriptor["resources"] if r["name"] == name)


def rehash(folder):
    """Accepts the files as they are, without looking at them."""

    def write(descriptor):
        for one in descriptor["resources"]:
            content = (folder / one["path"]).read_bytes()
            one |= {"hash": f"sha256:{hashlib.sha256(content).hexdigest()}", "bytes": len(content)}

    edit_json(folder, write)


def edit_rows(folder, name, change, *, accepted=True):
    """Changes the rows of one CSV file, a list of dicts."""
    path = folder / f"{name}.csv"
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    change(rows)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    if accepted:
        rehash(folder)


def small(folder, text, *, words="", claims="", **properties):
    """A study with one file of counts, an outcome unless `properties` says otherwise."""
    folder.mkdir(exist_ok=True)
    (folder / "counts.csv").write_bytes(text.encode() if isinstance(text, str) else text)
    one = {"name": "counts", "path": "counts.csv", "role": "outcome"} | properties
    descriptor = {"name": "small", "title": "Storms of Erewhon", "resources": [one]}
    (folder / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    for name, content in (("study.yml", words), ("claims.yml", claims)):
        if content:
            (folder / name).write_text(content, encoding="utf-8")
    rehash(folder)
    return folder


def refusal(folder, **options):
    """The one line with which a study is refused."""
    with pytest.raises(StudyError) as caught:
        load(folder, **options)
    message = str(caught.value)
    assert "\n" not in message
    assert len(message) - len(str(folder)) < 400
    assert re.search(r"; \S", message), f"no remedy in: {message}"
    return message.replace(str(folder) + os.sep, "")


# ---- the figures themselves ----------------------------------------------------------------------


def test_the_outcome_is_the_published_counts():
    removals = load(FROZEN).outcome
    assert removals.years == [2015, 2016, 2017, 2018]
    assert removals.counts == [153, 462, 527, 594]
    assert all(o.period.is_calendar_year for o in removals.observations)


def test_phone_finds_of_the_earlier_year_are_a_range():
    earlier, later = load(FROZEN).by_role("comparison").observations
    assert (earlier.value, earlier.low, earlier.high) == (None, 9215, 9295)
    assert (later.value, later.low, later.high) == (10643, 10643, 10643)
    assert (earlier.period.label, later.period.label) == ("year to March 2017", "year to March 2018")


def test_the_range_holds_exactly_the_counts_that_round_to_the_published_rise():
    # enumerated with exact fractions: half up, at one decimal place below the printed percent
    holds = [n for n in range(8000, 11000) if Fraction(29, 2) <= Fraction(100 * (10643 - n), n) < Fraction(31, 2)]
    assert (holds[0], holds[-1], len(holds)) == (9215, 9295, 81)


def test_counts_of_a_range_are_refused_by_name():
    finds = load(FROZEN).by_role("comparison")
    with pytest.raises(ValueError, match="phone_finds: year to March 2017 is known only as 9,215 to 9,295"):
        finds.counts  # noqa: B018


def test_at_least_has_no_upper_limit():
    only = load(FROZEN).series["older_phone_items"].at(2017)
    assert (only.value, only.low, only.high, only.words) == (None, 15082, None, "at least 15,082")


def test_every_row_of_ours_names_its_source_its_place_in_it_and_its_licence():
    licences = set()
    for series in load(OURS).published.values():
        assert {o.measure for o in series.observations} == {series.measure}
        for o in series.observations:
            assert all([o.source.title, o.source.publisher, o.source.published, o.source.locator])
            assert o.source.url.startswith(("https://", "http://"))
            licences.add(o.source.licence)
    assert licences == {
        "Open Government Licence v3.0",
        "Open Parliament Licence v3.0",
        "fact quoted from press report",
        "fact quoted from web page",
    }


def test_the_older_series_breaks_in_october_2015_and_keeps_conflicting_values_in_sight():
    older = load(FROZEN).by_role("older_comparison")
    assert older.breaks[0].date == date(2015, 10, 1)
    assert older.at(2014).value == 9572
    assert "9,745" in older.at(2014).note
    assert "9,640" in older.at(2014).note
    assert len({older.at(year).definition for year in (2014, 2015, 2016)}) == 3


def test_every_series_passes_every_check_and_says_what_was_seen():
    study = load(FROZEN)
    names = [check.__name__.removeprefix("check_").replace("_", " ") for check in CHECKS]
    assert [c.name for c in study.checks if c.subject == "removals"] == ["size", "hash", "columns", *names]
    assert len(study.checks) == 10 * (3 + len(CHECKS))
    assert all(check.detail for check in study.checks)
    details = {(c.subject, c.name): c.detail for c in study.checks}
    assert details["removals", "published totals"] == "2015 to 2018: 1,736; 2017 to 2018: 1,121"


def test_the_files_that_were_read_are_named_with_their_hashes():
    sha256 = load(FROZEN).sha256
    assert {"datapackage.json", "study.yml", "claims.yml", "removals.csv"} < set(sha256)
    assert sha256["removals.csv"] == hashlib.sha256((FROZEN / "removals.csv").read_bytes()).hexdigest()


# ---- as of a date ----------------------------------------------------------------------------------


def test_what_came_after_the_article_is_not_known_to_it():
    ours = load(OURS)
    assert (ours.article, ours.date) == (date(2019, 4, 1), date(2019, 4, 1))
    assert ours.outcome.counts == [153, 462, 527, 594]
    assert load(OURS, as_of="2020-12-30").outcome.counts == [153, 462, 527, 594]
    assert load(OURS, as_of="2020").outcome.years == [2015, 2016, 2017, 2018, 2019]


@pytest.mark.parametrize(
    ("published", "last_unknown", "first_known"),
    [
        ("2019-04-01", date(2019, 3, 31), date(2019, 4, 1)),
        ("2020-02", date(2020, 2, 28), date(2020, 2, 29)),
        ("2020", date(2020, 12, 30), date(2020, 12, 31)),
    ],
)
def test_a_month_or_a_year_counts_from_its_end(published, last_unknown, first_known):
    source = Source(published=published)
    assert not source.known_on(last_unknown)
    assert source.known_on(first_known)
    assert Source().known_on(date.min)


VINTAGES = "period,count,published\n2015,5,2016\n2016,6,2017-03\n2017,7,2018-02-01\n2018,8,2019\n"


def test_a_study_without_an_article_is_as_of_its_newest_row(tmp_path):
    study = load(small(tmp_path, VINTAGES, published_changes=[{"earlier": 2017, "later": 2018, "percent": 14}]))
    assert (study.date, study.article, study.outcome.counts) == (date(2019, 12, 31), None, [5, 6, 7, 8])
    earlier = study.as_of("2018-02")
    assert (earlier.date, earlier.outcome.counts) == (date(2018, 2, 28), [5, 6, 7])
    assert (len(study.outcome.published_changes), earlier.outcome.published_changes) == (1, ())
    assert earlier.as_of(date(2019, 12, 31)).outcome.counts == [5, 6, 7, 8]


def test_rows_that_do_not_say_when_they_were_published_are_always_known(tmp_path):
    study = load(small(tmp_path, "period,count\n2015,5\n2016,6\n"))
    assert study.date is None
    assert study.as_of("1990").outcome.counts == [5, 6]


def test_an_explicit_day_holds_for_every_series_and_the_articles_own_for_what_it_reports():
    study = load(FROZEN)
    assert study.by_role("population").years[-1] == 2024
    assert study.by_role("contrast").years == list(range(2017, 2026))
    then = study.as_of("2019-04-01")
    assert then.optional("population") is None
    assert then.optional("contrast") is None
    assert study.as_of("2019-04").by_role("contrast").years == [2017, 2018]


@pytest.mark.parametrize(
    ("day", "message"),
    [
        ("2017-02", "of the outcome 1 of two needed counts were published by 2017-02-28; give a later as_of"),
        ("March 2018", "as_of: 'March 2018' is not a day, month or year; write it as 2018-07-26, 2018-07 or 2018"),
        ("2018-02-30", "as_of: '2018-02-30' is not a day"),
        ("2018-13", "as_of: '2018-13' is not a day"),
    ],
)
def test_a_day_on_which_nothing_was_known_or_that_is_none_is_refused(tmp_path, day, message):
    assert message in refusal(small(tmp_path, VINTAGES), as_of=day)


def test_the_day_of_the_article_comes_from_its_claims(tmp_path):
    claims = "version: hedge-1.0\narticle:\n  published: 2018-02\n"
    study = load(small(tmp_path, VINTAGES, claims=claims))
    assert (study.article, study.outcome.counts, study.claims.name) == (date(2018, 2, 28), [5, 6, 7], "claims.yml")
    assert load(small(tmp_path, VINTAGES, claims="# none yet\n")).claims is None
    for text in ("article: [1]\n", "article: {}\n"):
        assert load(small(tmp_path, VINTAGES, claims=text)).article is None
    claims = claims.replace("2018-02", "in spring")
    assert refusal(small(tmp_path, VINTAGES, claims=claims)).startswith(
        "claims.yml, line 3: published: 'in spring' is not a day"
    )
    assert refusal(small(tmp_path, VINTAGES, claims="a: [1\n")).startswith("claims.yml, line 2: not YAML")


# ---- the least study, and any shape ----------------------------------------------------------------


def test_two_columns_are_enough(tmp_path):
    study = load(small(tmp_path, "period,count\n2021,7\n2022,0\n"))
    outcome = study.outcome
    assert (study.title, outcome.title, outcome.unit) == ("Storms of Erewhon", "Storms of Erewhon", "counts")
    assert outcome.counts == [7, 0]
    assert all(o.source == Source() and o.source.title == NOT_GIVEN for o in outcome.observations)
    assert study.words.question == "How did the number of counts change, and what can so few counts say of it?"
    assert [study.optional(role) for role in ROLES[1:]] == [None] * 5


@pytest.mark.parametrize(
    ("text", "years", "counts"),
    [
        (b'\xef\xbb\xbfperiod,count\r\n2021,"1,021"\r\n2022,12 345\r\n\r\n,\r\n', [2021, 2022], [1021, 12345]),
        ("count,period\n3,2016/17\n4,2017/18\n", [2017, 2018], [3, 4]),
        ("period,count\nyear to June 2017,3\nyear to June 2018,4\n", [2017, 2018], [3, 4]),
        ("period,value\n2017-10-01 to 2018-09-30,3\n2018-10-01 to 2019-09-30,4\n", [2018, 2019], [3, 4]),
        ("period_start,period_end,count\n2017-01-01,2017-12-31,3\n2018-01-01,2018-12-31,2\n", [2017, 2018], [3, 2]),
        (
            "period,count\n" + "".join(f"{y},{y * 10**6}\n" for y in range(1980, 2025)),
            list(range(1980, 2025)),
            [y * 10**6 for y in range(1980, 2025)],
        ),
    ],
)
def test_counts_are_read_in_any_shape(tmp_path, text, years, counts):
    outcome = load(small(tmp_path, text)).outcome
    assert (outcome.years, outcome.counts) == (years, counts)


def test_a_year_of_two_halves_starts_when_the_study_says(tmp_path):
    study = load(small(tmp_path, "period,count\n2016/17,3\n2017/18,4\n", year_starts=7))
    assert study.outcome.observations[1].period == Period.year_to(2018, 6)


def test_a_source_is_given_once_for_a_file_or_by_a_row(tmp_path):
    text = "period,count,source_title,published\n2021,7,,\n2022,0,Almanac,2024\n"
    common = [{"title": "Yearbook", "path": "https://example.org", "publisher": "Office", "published": "2023"}]
    first, second = load(small(tmp_path, text, sources=common)).outcome.observations
    assert first.source == Source("Yearbook", "Office", "https://example.org", "2023")
    assert second.source == Source("Almanac", NOT_GIVEN, "", "2024")


def test_a_part_of_a_series_and_one_year_of_it():
    removals = load(FROZEN).outcome
    assert removals.between(2016, 2017).counts == [462, 527]
    assert removals.between() == removals.between(0, 2018) == removals
    assert removals.between(2017).counts == [527, 594]
    assert [t.total for t in removals.between(2017).published_totals] == [1121]
    assert removals.at(2018).value == 594
    with pytest.raises(StudyError, match="removals: no period ends in 2019; give one of 2015, 2016, 2017, 2018"):
        removals.at(2019)
    for years in ((2014, 2018), (0, 2030)):
        with pytest.raises(StudyError, match=r"removals: no period ends in 20..; give years within 2015 to 2018"):
            removals.between(*years)
    with pytest.raises(StudyError, match="removals: no period ends in 2018 to 2016; give years within 2015 to 2018"):
        removals.between(2018, 2016)


def test_the_frame_keeps_ranges_and_sources():
    frame = load(FROZEN).by_role("comparison").frame()
    assert frame["value"].isna().tolist() == [True, False]
    assert frame[["low", "high"]].to_numpy().tolist() == [[9215, 9295], [10643, 10643]]
    assert frame["period"].tolist() == ["year to March 2017", "year to March 2018"]
    assert frame["publisher"].tolist() == ["ITV News / Press Association"] * 2


@pytest.mark.parametrize(
    ("later", "percent", "message"),
    [
        (7, -60, "no count is -60% before 7; mend the change"),  # 17 falls by 58.8%, 18 by 61.1%
        (3, -100, "-100% needs both rows, and counts above 0; strike it"),
    ],
)
def test_a_change_that_no_count_can_give_is_refused(tmp_path, later, percent, message):
    small(tmp_path, f"period,count,low,high\n2017,,10,20\n2018,{later},,\n", role="comparison")
    change = {"earlier": 2017, "later": 2018, "percent": percent}
    edit_json(tmp_path, lambda d: d["resources"][0].update(published_changes=[change]))
    edit_json(tmp_path, lambda d: d["resources"].append({"name": "o", "path": "o.csv", "role": "outcome"}))
    (tmp_path / "o.csv").write_text("period,count\n2017,1\n2018,2\n")
    rehash(tmp_path)
    assert refusal(tmp_path).startswith(f"counts.csv: published changes: 2017 to 2018: {message}")


@pytest.mark.parametrize(
    ("percent", "step", "low", "high"), [(15, 1, 9215, 9295), (3.5, 0.5, 10259, 10307), (25, 5, 8348, 8688)]
)
def test_a_comparison_may_hold_changes_of_any_rounding(tmp_path, percent, step, low, high):
    # all counts n for which 100 (10643 / n - 1) lies within half a step of the published change, in exact fractions
    near = [n for n in range(8000, 11000) if abs(Fraction(100 * (10643 - n), n) - Fraction(str(percent))) < step / 2]
    assert (near[0], near[-1]) == (low, high)
    text = f"period,count,low,high\n2017,,{low},{high}\n2018,10643,,\n"
    change = {"earlier": 2017, "later": 2018, "percent": percent, "step": step}
    small(tmp_path, text, role="comparison", published_changes=[change])
    edit_json(tmp_path, lambda d: d["resources"].append({"name": "o", "path": "o.csv", "role": "outcome"}))
    (tmp_path / "o.csv").write_text("period,count\n2017,1\n2018,2\n")
    rehash(tmp_path)
    assert load(tmp_path).by_role("comparison").published_changes[0].step == step
    edit_json(tmp_path, lambda d: resource(d, "counts").update(published_changes=[change | {"step": 4}]))
    assert f"published changes: 2017 to 2018: {percent}% is no multiple of 4" in refusal(tmp_path)


# ---- Frictionless and the loader agree -----------------------------------------------------------


@pytest.mark.parametrize("study", [FROZEN, OURS])
def test_frictionless_validates_the_package(study):
    report = Package(str(study / "datapackage.json")).validate()
    assert report.valid, report.flatten(["title", "message"])
    assert len(report.tasks) == 10


def test_the_published_schema_is_the_one_the_loader_reads_by():
    assert json.loads((OURS / "schema.json").read_text(encoding="utf-8")) == table_schema(",".join(COLUMNS).encode())


CELL_FAULTS = [
    ("value", "-3", "'-3' is not a count"),
    ("value", "462.5", "'462.5' is not a count"),
    ("value", "many", "'many' is not a count"),
    ("period_start", "2016-13-01", "'2016-13-01' is not a date"),
    ("period_start", "01/01/2016", "'01/01/2016' is not a date"),
    ("period_end", "", "empty; fill the cell"),
    ("url", "an address", "'an address' is not a web address"),
    ("published", "July 2018", "'July 2018' is not a day, month or year"),
    ("published", "2018-21", "'2018-21' is not a day, month or year"),
]


@pytest.mark.parametrize(("column", "text", "message"), CELL_FAULTS)
def test_a_bad_cell_is_refused_by_line_and_column_and_by_frictionless(folder, column, text, message):
    edit_rows(folder, "removals", lambda rows: rows[1].update({column: text}))
    assert refusal(folder).startswith(f"removals.csv: columns: line 3, column {column}: {message}")
    table = Resource(
        path="removals.csv",
        schema=Schema.from_descriptor(table_schema(",".join(COLUMNS).encode())),
        basepath=str(folder),
    )
    assert [3, column] in table.validate().flatten(["rowNumber", "fieldName"])


@pytest.mark.parametrize(
    "text", ["4_62", " 462", "４６２", "+462", "1,21", "1,021,3", "1,021 300", "1.021", "1'021", "9" * 16]
)
def test_counts_are_digits_with_whole_groups_of_three(folder, text):
    edit_rows(folder, "removals", lambda rows: rows[1].update(value=text))
    assert "line 3, column value" in refusal(folder)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("period,count,locater\n", "line 1: unknown column 'locater'; did you mean 'locator'?"),
        ("period;count\n2015;3\n", "line 1: unknown column 'period;count'; "),
        ("period,count,count\n2015,3,4\n", "line 1: column count stands twice; keep one"),
        ("count\n3\n", "line 1: no column of periods; give period, or else period_start and period_end"),
        ("period,count,value\n2015,3,3\n", "line 1: more than one column of counts; give count, or else value"),
        ("period,count\n2015,3,7\n", "line 2: 3 cells instead of 2; mend or delete the row"),
        ('period,count\n2015,"3\n', "line 2: not CSV"),
        ("period,count\nspring,3\n", "line 2, column period: 'spring' is no period; write 2018, 2017/18, "),
        ("period_start,period_end,count\n2016-01-01,2015-01-01,3\n", "line 2: a period cannot end"),
        (
            "period,count,published\n2015,3,2018-02-30\n",
            "line 2, column published: '2018-02-30' is not a day, month or",
        ),
        (b"period,count\n2015,\xff\n", "byte 18: not UTF-8"),
        ("", "no rows"),
        ("period,count\n\n", "no rows"),
    ],
)
def test_a_malformed_file_is_refused(tmp_path, text, message):
    assert refusal(small(tmp_path, text)).startswith(f"counts.csv: columns: {message}")


@quick
@given(st.integers(0, 10**15 - 1))
def test_grouped_counts_are_read_as_plain_ones(count):
    for text in (f"{count}", f'"{count:,}"', f"{count:,}".replace(",", "\u202f")):
        assert read_rows(f"period,count\n2015,{text}\n".encode())[0]["count"] == count


# ---- size and hash -------------------------------------------------------------------------------


@pytest.mark.gate("checks on loading")
def test_a_changed_digit_is_refused_with_the_command_that_accepts_it(folder):
    edit_rows(folder, "removals", lambda rows: rows[3].update(value="595"), accepted=False)
    message = refusal(folder)
    assert message.startswith("removals.csv: hash: sha256:")
    assert "python -m analysis accept" in message


@pytest.mark.gate("checks on loading")
def test_a_longer_file_is_refused(folder):
    edit_rows(folder, "removals", lambda rows: rows[3].update(value="5940"), accepted=False)
    assert refusal(folder).startswith("removals.csv: size: 2,623 bytes, declared 2,622 bytes")


@pytest.mark.parametrize(("key", "label"), [("hash", "hash"), ("bytes", "size")])
def test_a_study_is_refused_until_its_files_are_accepted(folder, key, label):
    edit_json(folder, lambda d: resource(d, "removals").pop(key))
    assert re.match(f"removals.csv: {label}: .*, none declared; .*python -m analysis accept", refusal(folder))


# ---- rules across rows ---------------------------------------------------------------------------


def set_cells(index, **cells):
    return lambda rows: rows[index].update(cells)


ROW_FAULTS = [
    ("removals", lambda rows: rows.pop(1), "no gaps: nothing between 2015 and 2017"),
    ("removals", lambda rows: rows.append(dict(rows[3])), "one row a period: 2018 and 2018 overlap"),
    ("removals", lambda rows: rows.reverse(), "periods in order: 2017 stands after 2018"),
    ("removals", set_cells(3, value="600"), "published totals: 2015 to 2018 add up to 1742"),
    ("drug_finds", set_cells(0, value="", low="1"), "published changes: 2017 is at least 1, but 23%"),
    ("removals", set_cells(0, value="", low="1", high="2"), "counts of the outcome: 2015 is 1 to 2; give one number"),
    ("removals", lambda rows: rows.__delitem__(slice(1, 4)), "counts of the outcome: a single count says nothing"),
    ("removals", set_cells(1, low="460", high="470"), "value or range: 2016: value 462 beside a range"),
    ("removals", set_cells(1, value=""), "value or range: 2016: neither value nor low"),
    ("removals", set_cells(1, measure="accounts"), "one measure: 2016 counts accounts"),
    ("removals", set_cells(1, geography="Wales"), "one measure: England and Wales and Wales in one series"),
    ("removals", set_cells(2, definition="accounts"), "one definition: the definition changes at 2017"),
    ("removals", set_cells(0, period_start="2015-04-01"), "whole years: 2015-04-01 to 2015-12-31: neither"),
    (
        "removals",
        set_cells(3, period_start="2018-04-01", period_end="2019-03-31"),
        "whole years: year to March 2019: unlike 2015",
    ),
    ("phone_finds", set_cells(0, low="9296", high="9295"), "value or range: year to March 2017: low 9296 is"),
    ("phone_finds", set_cells(0, low="9214"), "published changes: 2017 is 9,214 to 9,295, but 15%"),
    ("phone_finds", set_cells(0, high="9296"), "published changes: 2017 is 9,215 to 9,296, but 15%"),
    ("phone_finds", set_cells(1, value="10600"), "published changes: 2017 is 9,215 to 9,295, but 15%"),
    (
        "older_phone_finds",
        set_cells(5, value="1"),
        "published changes: 2015 to 2016 changes by -99.99%, published as 18",
    ),
    ("phone_finds", set_cells(1, value="0"), "published changes: 2017 to 2018: 15% needs both rows"),
    ("drug_finds", set_cells(1, value="12000"), "published changes: 2017 to 2018 changes by 12.51%, published as 23%"),
    ("population", set_cells(3, period_end="2013-07-31"), "whole years: 2013-06-30 to 2013-07-31: neither"),
]


@pytest.mark.parametrize(("name", "change", "message"), ROW_FAULTS)
def test_a_broken_rule_across_rows_is_refused_by_name(folder, name, change, message):
    edit_rows(folder, name, change)
    assert refusal(folder).startswith(f"{name}.csv: {message}")


@pytest.mark.gate("checks on loading")
def test_every_named_check_has_a_planted_fault():
    planted = {message.split(":")[0] for _, _, message in ROW_FAULTS}
    assert planted == {check.__name__.removeprefix("check_").replace("_", " ") for check in CHECKS}


def test_a_declared_gap_is_allowed_and_an_imagined_one_is_not(tmp_path):
    gaps = [{"after": 2015, "before": 2017, "reason": "not published"}]
    assert load(small(tmp_path, "period,count\n2015,3\n2017,4\n", gaps=gaps)).outcome.counts == [3, 4]
    message = refusal(small(tmp_path, "period,count\n2015,3\n2016,3\n2017,4\n", gaps=gaps))
    assert message.startswith("counts.csv: no gaps: there is no gap between 2015 and 2017")


def test_a_break_outside_the_series_is_refused(folder):
    late = [{"date": "2051-10-01", "reason": "a slip of the pen"}]
    edit_json(folder, lambda d: resource(d, "removals").update(breaks=late))
    assert refusal(folder).startswith("removals.csv: one definition: the break of 2051-10-01 lies outside")


# ---- datapackage.json ----------------------------------------------------------------------------

JSON_FAULTS = [
    (lambda d: d.pop("name"), ": name is missing; add it"),
    (lambda d: d.pop("resources"), ": resources is missing"),
    (lambda d: d.update(resources=[]), ", resources: [] does not fit; give at least one object"),
    (lambda d: d["resources"].append("x.csv"), ", resource 11: 'x.csv' is text; give an object with name, path and"),
    (lambda d: resource(d, "removals").pop("role"), ", resource removals: role is missing"),
    (lambda d: resource(d, "removals").update(unit=5), ", resource removals, unit: 5 is a whole number; give a text"),
    (
        lambda d: resource(d, "removals").update(role="outcom"),
        ", resource removals, role: 'outcom' is unknown; did you mean 'outcome'?",
    ),
    (
        lambda d: resource(d, "removals").update(published_total=[]),
        ", resource removals: 'published_total' is unknown; did you mean 'published_totals'?",
    ),
    (
        lambda d: resource(d, "removals").update(published_totals=[{"first": 2015, "total": 1736}]),
        ", resource removals, published_totals, 1: last is missing; add it",
    ),
    (
        lambda d: resource(d, "removals").update(published_totals=[{"first": 2015.0, "last": 2018, "total": 1736}]),
        ", resource removals, published_totals, 1, first: 2015.0 is a number with a fraction; give a whole number",
    ),
    (
        lambda d: resource(d, "removals").update(breaks=[{"date": "October", "reason": "x"}]),
        ", resource removals, breaks, 1, date: 'October' does not fit; give a date, written 2015-10-01",
    ),
    (
        lambda d: resource(d, "removals").update(sources=[{"title": "x", "published": "2019-02-30"}]),
        ", resource removals, sources, 1, published: '2019-02-30' does not fit; give a day, month or year",
    ),
    (
        lambda d: resource(d, "removals").update(name="Our Removals"),
        ", resource Our Removals, name: 'Our Removals' does not fit; give small letters",
    ),
    (lambda d: resource(d, "removals").update(role="comparison"), ": two resources have the role 'comparison'"),
    (lambda d: resource(d, "removals").update(role="context"), ": no outcome"),
    (lambda d: resource(d, "removals").update(name="population"), ": two resources have the name 'population'"),
]


@pytest.mark.parametrize(("change", "message"), JSON_FAULTS)
def test_a_wrong_descriptor_is_refused(folder, change, message):
    edit_json(folder, change)
    assert refusal(folder).startswith(f"datapackage.json{message}")


@pytest.mark.parametrize(("key", "kind"), DECLARED.items())
def test_the_schema_asks_for_the_fields_of_what_is_declared(key, kind):
    entry = SCHEMA["$defs"]["resource"]["properties"][key]["items"]
    needed = [field.name for field in fields(kind) if field.default is MISSING]
    assert (list(entry["properties"]), entry["required"]) == ([field.name for field in fields(kind)], needed)


def test_the_schema_of_the_descriptor_is_one():
    Draft202012Validator.check_schema(SCHEMA)


def test_two_context_series_may_not_share_a_name(folder):
    edit_json(folder, lambda d: resource(d, "phones_found").update(name="sim_cards_found"))
    assert refusal(folder).startswith("datapackage.json: two resources have the name 'sim_cards_found'")


@pytest.mark.gate("checks on loading")
def test_a_missing_file_is_refused(folder):
    (folder / "removals.csv").unlink()
    assert refusal(folder).startswith("removals.csv: no such file; add it")


@pytest.mark.parametrize(
    "path", ["../removals.csv", "sub/../../removals.csv", "/etc/passwd", "https://example.org/x.csv"]
)
def test_a_path_out_of_the_study_is_refused(folder, path):
    shutil.copy(folder / "removals.csv", folder.parent)
    edit_json(folder, lambda d: resource(d, "removals").update(path=path))
    assert f"path {path!r} leaves the folder; copy the file into it" in refusal(folder)


@pytest.mark.parametrize("name", ["removals.csv", "study.yml", "claims.yml", "datapackage.json"])
def test_a_link_out_of_the_study_is_refused(folder, name):
    shutil.move(folder / name, folder.parent / name)
    (folder / name).symlink_to(folder.parent / name)
    assert f"path {name!r} leaves the folder" in refusal(folder)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"name": "x",\n "title": }', "datapackage.json, line 2, column 11: not JSON"),
        (b"[]", "datapackage.json: [] is a list; give an object with name, title and resources"),
        (b"", "datapackage.json, line 1, column 1: not JSON"),
        (b'{"name": "\xff"}', "datapackage.json, byte 10: not UTF-8"),
    ],
)
def test_a_descriptor_that_is_not_json_is_refused(folder, content, message):
    (folder / "datapackage.json").write_bytes(content)
    assert refusal(folder).startswith(message)


def test_a_folder_that_is_no_study_is_refused_with_the_way_to_make_one():
    with pytest.raises(StudyError, match=r"^data/nothing/datapackage.json: no such file; .*python -m analysis new"):
        load("data/nothing")


# ---- words -----------------------------------------------------------------------------------------


def test_words_that_are_not_given_follow_from_those_that_are(tmp_path):
    words = load(small(tmp_path, "period,count\n2021,7\n2022,0\n", words="nouns: injuries\nplace: no\n")).words
    assert (words.noun, words.nouns, words.unit, words.place) == ("injury", "injuries", "injuries", "no")
    assert words.question == "How did the number of injuries change, and what can so few counts say of it?"
    assert (words.counted_by, words.first_period_partial) == (NOT_GIVEN, False)


def test_the_unit_of_the_outcome_is_a_word_too(tmp_path):
    assert load(small(tmp_path, "period,count\n2021,7\n2022,0\n", words="nouns: storms\n")).outcome.unit == "storms"
    assert load(FROZEN).words.first_period_partial


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("# x\nplce: Erewhon\n", "line 2: 'plce' is unknown; did you mean 'place'?"),
        ("place: ''\n", "line 1: place '' does not fit; give where"),
        ("place: [a]\n", "line 1: a single name and a single value are needed here"),
        ("place: a\nplace: b\n", "line 2: place is given twice; keep one"),
        ("first_period_partial: perhaps\n", "line 1: first_period_partial 'perhaps' is unknown; use one of yes, no"),
        ("- a\n", "line 1: no mapping of names to values; write one a line"),
        ("place: [\n", "line 2: not YAML"),
    ],
)
def test_wrong_words_are_refused_by_line(tmp_path, words, message):
    assert refusal(small(tmp_path, "period,count\n2021,7\n2022,0\n", words=words)).startswith(f"study.yml, {message}")


# ---- using a study -----------------------------------------------------------------------------


def test_relative_paths_start_at_the_project_folder_wherever_one_runs(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert resolve("tests/study") == FROZEN
    assert load("tests/study").folder == load("tests/study/datapackage.json").folder == FROZEN


def test_a_role_that_nobody_or_many_play_is_refused(folder):
    edit_json(folder, lambda d: resource(d, "phone_finds").update(role="context"))
    study = load(folder)
    assert study.optional("comparison") is None
    with pytest.raises(StudyError, match='no series has the role \'comparison\'; give one .* "role": "comparison"'):
        study.by_role("comparison")
    with pytest.raises(StudyError, match="6 series have the role 'context'; take one of phone_finds"):
        study.by_role("context")
    with pytest.raises(StudyError, match="did you mean 'outcome'?"):
        study.optional("outcomes")


def test_a_series_of_its_own_can_be_made_by_hand():
    row = Observation(Period.calendar_year(2018), 594, 594, 594, "accounts", "", Source())
    assert Series("removals", "Removals", "removals", "accounts", "outcome", (row,)).counts == [594]


# ---- the registers for people ----------------------------------------------------------------------


def test_the_register_names_every_file_and_role_of_ours():
    text = (OURS / "README.md").read_text(encoding="utf-8")
    rows = [line.split("|") for line in text.splitlines() if line.startswith("| [`")]
    listed = {re.search(r"`(.+?)\.csv`", row[1])[1]: row[2].strip() for row in rows}
    assert listed == {one.name: one.role for one in load(OURS).published.values()}


def test_the_guide_names_every_column_word_check_and_role():
    text = (PROJECT / "data" / "README.md").read_text(encoding="utf-8")
    checks = [check.__name__.removeprefix("check_").replace("_", " ") for check in CHECKS]
    assert [name for name in (*FIELDS, *MEANINGS, *ROLES) if f"`{name}`" not in text] == []
    assert [name for name in ("size", "hash", "columns", *checks) if f"\n| {name} |" not in text] == []


@pytest.mark.parametrize(
    ("counts", "course", "lowest", "highest"),
    [((5, 7, 9), "between its ends", 2001, 2003), ((5, 3, 9), "beyond its ends", 2002, 2003)]
    + [((9, 12, 5), "beyond its ends", 2003, 2002), ((4, 4, 4), "between its ends", 2001, 2001)],
)
def test_a_series_that_goes_beyond_its_ends_is_told_from_one_that_does_not(counts, course, lowest, highest):
    rows = [Observation(Period.calendar_year(2001 + k), n, n, n, "m", "", Source()) for k, n in enumerate(counts)]
    found = describe_series(Series("a", "A", "m", "things", "outcome", tuple(rows)))
    assert found["course"].verdict == course
    assert (found["lowest-year"].value, found["highest-year"].value) == (lowest, highest)
    assert (found["lowest"].value, found["highest"].value) == (min(counts), max(counts))
