"""The data package of the project, and every way in which a package can be wrong."""

import csv
import json
import os
import re
import shutil
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from frictionless import Package, Resource, Schema
from hypothesis import assume, given, settings, strategies as st

from analysis.figures.checks import CHECKS, earlier_counts, rounded_change
from analysis.figures.datapackage import DataPackageError, checks, load, refresh_hashes
from analysis.figures.descriptor import PROJECT, ROLES, resolve
from analysis.figures.rows import COLUMNS, SCHEMA

DATA = PROJECT / "data"
PACKAGE = DATA / "datapackage.json"
quick = settings(deadline=None, derandomize=True, max_examples=200)


@pytest.fixture
def folder(tmp_path):
    """A copy of the data package that a test may spoil."""
    copy = tmp_path / "a study é"
    copy.mkdir()
    for file in [*DATA.glob("*.csv"), *DATA.glob("*.json")]:
        shutil.copy(file, copy)
    return copy


def edit_json(folder, change):
    path = folder / "datapackage.json"
    descriptor = json.loads(path.read_text(encoding="utf-8"))
    change(descriptor)
    path.write_text(json.dumps(descriptor), encoding="utf-8")


def resource(descriptor, name):
    return next(r for r in descriptor["resources"] if r["name"] == name)


def edit_rows(folder, name, change, *, rehash=True):
    """Changes the rows of one CSV file, a list of dicts, and as a rule accepts them with the hash command."""
    path = folder / f"{name}.csv"
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    change(rows)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    if rehash:
        refresh_hashes(folder / "datapackage.json")


def refusal(folder):
    """The one line with which the package is refused."""
    with pytest.raises(DataPackageError) as caught:
        load(folder / "datapackage.json")
    message = str(caught.value)
    assert "\n" not in message
    assert len(message) - len(str(folder)) < 400
    assert re.search(r"; \S", message), f"no remedy in: {message}"
    return message.replace(str(folder) + os.sep, "")


# ---- the figures themselves ----------------------------------------------------------------------


def test_removals_are_the_published_counts():
    removals = load("data/datapackage.json").by_role("outcome")
    assert removals.years == [2015, 2016, 2017, 2018]
    assert removals.counts == [153, 462, 527, 594]
    assert all(o.period.is_calendar_year for o in removals.observations)


def test_phone_finds_of_the_earlier_year_are_a_range():
    earlier, later = load("data/datapackage.json").by_role("comparison").observations
    assert (earlier.value, earlier.low, earlier.high) == (None, 9215, 9295)
    assert (later.value, later.low, later.high) == (10643, 10643, 10643)
    assert (earlier.period.label, later.period.label) == ("year to March 2017", "year to March 2018")


def test_the_range_holds_exactly_the_counts_that_round_to_the_published_rise():
    # enumerated with exact fractions: half up, at one decimal place below the printed percent
    holds = [n for n in range(8000, 11000) if Fraction(29, 2) <= Fraction(100 * (10643 - n), n) < Fraction(31, 2)]
    assert (holds[0], holds[-1], len(holds)) == (9215, 9295, 81)


def test_counts_of_a_range_are_refused_by_name():
    finds = load("data/datapackage.json").by_role("comparison")
    with pytest.raises(ValueError, match="phone_finds: year to March 2017 is known only as 9,215 to 9,295"):
        finds.counts  # noqa: B018


def test_at_least_has_no_upper_limit():
    only = load("data/datapackage.json").series["older_phone_items"].at(2017)
    assert (only.value, only.low, only.high, only.words) == (None, 15082, None, "at least 15,082")


def test_population_is_a_stock_on_one_day_in_the_middle_of_each_year():
    population = load("data/datapackage.json").by_role("population")
    assert population.years == list(range(2010, 2025))
    for o in population.observations:
        assert o.period.start == o.period.end == date(o.year, 6, 30)


def test_each_named_role_is_played_once_and_every_measure_stays_alone():
    package = load("data/datapackage.json")
    assert package.roles == ROLES
    assert [package.by_role(role).name for role in ROLES[:-1]] == [
        "removals",
        "phone_finds",
        "population",
        "drug_finds",
        "older_phone_finds",
    ]
    for series in package.series.values():
        assert {o.measure for o in series.observations} == {series.measure}
    units = {package.series[name].unit for name in ("phone_finds", "phones_found", "sim_cards_found")}
    assert units == {"incidents", "phones", "SIM cards"}


def test_every_row_names_its_source_its_place_in_it_and_its_licence():
    licences = set()
    for series in load("data/datapackage.json").series.values():
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
    older = load("data/datapackage.json").by_role("older_comparison")
    assert older.breaks[0].date == date(2015, 10, 1)
    note = older.at(2014).note
    assert older.at(2014).value == 9572
    assert "9,745" in note
    assert "9,640" in note
    definitions = [older.at(year).definition for year in (2014, 2015, 2016)]
    assert len(set(definitions)) == 3


def test_every_check_of_the_project_package_passes():
    results = checks(load("data/datapackage.json"))
    names = [check.__name__.removeprefix("check_").replace("_", " ") for check in CHECKS]
    assert [result.name for result in results if result.subject == "removals"] == [
        "schema",
        "size",
        "hash",
        *names,
    ]
    assert len(results) == 10 * (3 + len(CHECKS))
    assert all(result.passed and result.detail for result in results)


def test_a_published_total_is_compared():
    results = {(r.subject, r.name): r.detail for r in checks(load("data/datapackage.json"))}
    assert results["removals", "published totals"] == "2015 to 2018: 1,736; 2017 to 2018: 1,121"


def test_checks_read_the_files_again(folder):
    package = load(folder / "datapackage.json")
    edit_rows(folder, "removals", lambda rows: rows[3].update(value="595"), rehash=False)
    failed = [(r.name, r.subject) for r in checks(package) if not r.passed]
    assert failed == [("hash", "removals")]


# ---- Frictionless and the loader agree -----------------------------------------------------------


def test_frictionless_validates_the_package():
    report = Package(str(PACKAGE)).validate()
    assert report.valid, report.flatten(["title", "message"])
    assert len(report.tasks) == 10


def test_the_published_schema_is_the_one_the_loader_reads_by():
    assert json.loads((DATA / "schema.json").read_text(encoding="utf-8")) == SCHEMA
    descriptor = json.loads(PACKAGE.read_text(encoding="utf-8"))
    assert descriptor["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert {r["schema"] for r in descriptor["resources"]} == {"schema.json"}


CELL_FAULTS = [
    ("value", "-3", "'-3' is not a count"),
    ("value", "462.5", "'462.5' is not a count"),
    ("value", "many", "'many' is not a count"),
    ("value", "1,021", "'1,021' is not a count"),
    ("period_start", "2016-13-01", "'2016-13-01' is not a date"),
    ("period_start", "01/01/2016", "'01/01/2016' is not a date"),
    ("period_end", "", "empty; fill the cell"),
    ("definition", "", "empty; fill the cell"),
    ("licence", "", "empty; fill the cell"),
    ("url", "an address", "'an address' is not an address"),
    ("published", "July 2018", "'July 2018' is not a day, month or year"),
]


@pytest.mark.parametrize(("column", "text", "message"), CELL_FAULTS)
def test_a_bad_cell_is_refused_by_line_and_column_and_by_frictionless(folder, column, text, message):
    edit_rows(folder, "removals", lambda rows: rows[1].update({column: text}))
    assert refusal(folder).startswith(f"removals.csv: schema: line 3, column {column}: {message}")
    table = Resource(path="removals.csv", schema=Schema.from_descriptor(SCHEMA), basepath=str(folder))
    faults = table.validate().flatten(["rowNumber", "fieldName"])
    assert [3, column] in faults


@pytest.mark.parametrize("text", ["4_62", " 462", "４６２", "+462"])
def test_counts_are_plain_digits(folder, text):
    edit_rows(folder, "removals", lambda rows: rows[1].update(value=text))
    assert "line 3, column value" in refusal(folder)


def rewrite(folder, change):
    path = folder / "removals.csv"
    path.write_bytes(change(path.read_bytes()))
    refresh_hashes(folder / "datapackage.json")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda b: b.replace(b",locator", b"", 1), "line 1: column locator is missing"),
        (lambda b: b.replace(b",locator", b",place", 1), "line 1: column locator is missing"),
        (lambda b: b.replace(b"value,low", b"low,value", 1), "line 1: the columns are in another order"),
        (lambda b: b.replace(b"note\n", b"note,colour\n", 1), "line 1: column 'colour' does not belong here"),
        (lambda b: b.replace(b",462,", b",462,7,", 1), "line 3: 16 cells instead of 15"),
        (lambda b: b.replace(b"\n2016", b"\n\n2016", 1), "line 3: empty"),
        (lambda b: b.replace(b",462,", b',"462,', 1), "line 3: not CSV"),
        (lambda b: b + b'2019-01-01,"2019', "line 6: not CSV"),
        (lambda b: b.replace(b"Prison and", b"Prison \xff", 1), "byte "),
        (lambda b: b"", "no rows"),
        (lambda b: b.splitlines()[0], "no rows"),
    ],
)
def test_a_malformed_file_is_refused(folder, change, message):
    rewrite(folder, change)
    assert refusal(folder).startswith(f"removals.csv: schema: {message}")


def test_a_file_saved_by_a_spreadsheet_is_read(folder):
    rewrite(folder, lambda b: b"\xef\xbb\xbf" + b.replace(b"\n", b"\r\n"))
    assert load(folder / "datapackage.json").by_role("outcome").counts == [153, 462, 527, 594]


# ---- size and hash -------------------------------------------------------------------------------


def test_a_changed_digit_is_refused_with_the_command_that_accepts_it(folder):
    edit_rows(folder, "removals", lambda rows: rows[3].update(value="595"), rehash=False)
    message = refusal(folder)
    assert message.startswith("removals.csv: hash: sha256 ")
    assert "python -m analysis hash" in message


def test_a_longer_file_is_refused(folder):
    edit_rows(folder, "removals", lambda rows: rows[3].update(value="5940"), rehash=False)
    assert refusal(folder).startswith("removals.csv: size: 2,623 bytes, declared 2,622")


@pytest.mark.parametrize("key", ["hash", "bytes"])
def test_a_package_without_hashes_is_refused_until_they_are_written(folder, key):
    edit_json(folder, lambda d: resource(d, "removals").pop(key))
    assert "resource removals: no sha256 hash or no bytes; run `python -m analysis hash" in refusal(folder)
    assert refresh_hashes(folder / "datapackage.json") == ["removals"]
    assert load(folder / "datapackage.json").by_role("outcome").counts[-1] == 594


def test_refreshing_twice_changes_nothing_and_keeps_the_layout_of_the_file(folder):
    before = (folder / "datapackage.json").read_bytes()
    assert refresh_hashes(folder / "datapackage.json") == []
    resources = [r["name"] for r in json.loads(before)["resources"]]
    edit_json(folder, lambda d: [r.pop("bytes") for r in d["resources"]])
    assert refresh_hashes(folder / "datapackage.json") == resources
    after = json.loads((folder / "datapackage.json").read_bytes())
    assert after == json.loads(before)
    assert json.dumps(after, indent=2, ensure_ascii=False) + "\n" == (folder / "datapackage.json").read_text(
        encoding="utf-8"
    )
    assert not list(folder.glob("*.new"))


# ---- rules across rows ---------------------------------------------------------------------------


def set_cells(index, **cells):
    return lambda rows: rows[index].update(cells)


ROW_FAULTS = [
    ("removals", lambda rows: rows.pop(1), "no gaps: nothing between 2015 and 2017"),
    ("removals", lambda rows: rows.append(dict(rows[3])), "one row a period: 2018 and 2018 overlap"),
    ("removals", lambda rows: rows.reverse(), "periods in order: 2017 stands after 2018"),
    ("removals", set_cells(3, value="600"), "published totals: 2015 to 2018 add up to 1742"),
    (
        "removals",
        set_cells(0, value="", low="150", high="160"),
        "published totals: the total for 2015 to 2018",
    ),
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
    ("phone_finds", set_cells(1, value="0"), "published changes: 2017 to 2018: 15% needs both rows"),
    (
        "drug_finds",
        set_cells(1, value="12000"),
        "published changes: 2017 to 2018 changes by 13%, published as 23%",
    ),
    ("population", set_cells(3, period_end="2013-07-31"), "whole years: 2013-06-30 to 2013-07-31: neither"),
]


@pytest.mark.parametrize(("name", "change", "message"), ROW_FAULTS)
def test_a_broken_rule_across_rows_is_refused_by_name(folder, name, change, message):
    edit_rows(folder, name, change)
    assert refusal(folder).startswith(f"{name}.csv: {message}")


def test_every_named_check_has_a_planted_fault():
    planted = {message.split(":")[0] for _, _, message in ROW_FAULTS}
    assert planted == {check.__name__.removeprefix("check_").replace("_", " ") for check in CHECKS}


def test_a_period_that_ends_before_it_starts_is_refused(folder):
    edit_rows(folder, "removals", set_cells(1, period_end="2015-12-31"))
    assert refusal(folder).startswith("removals.csv, line 3: a period cannot end")


def test_a_declared_gap_is_allowed_and_an_imagined_one_is_not(folder):
    def declare(descriptor):
        removals = resource(descriptor, "removals")
        removals["gaps"] = [{"after": 2015, "before": 2017, "reason": "not published"}]
        removals["published_totals"] = [{"first": 2017, "last": 2018, "total": 1121}]

    edit_json(folder, declare)
    assert refusal(folder).startswith("removals.csv: no gaps: there is no gap between 2015 and 2017")
    edit_rows(folder, "removals", lambda rows: rows.pop(1))
    assert load(folder / "datapackage.json").by_role("outcome").counts == [153, 527, 594]


def test_a_break_outside_the_series_is_refused(folder):
    late = [{"date": "2051-10-01", "reason": "a slip of the pen"}]
    edit_json(folder, lambda d: resource(d, "removals").update(breaks=late))
    assert refusal(folder).startswith("removals.csv: one definition: the break of 2051-10-01 lies outside")


@quick
@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_a_rounded_change_is_the_nearest_whole_percent(earlier, later):
    exact = Fraction(100 * (later - earlier), earlier)
    nearest = rounded_change(earlier, later)
    assert abs(exact - nearest) <= Fraction(1, 2)
    if abs(exact - nearest) == Fraction(1, 2):
        assert abs(nearest) > abs(exact)


@quick
@given(st.integers(1, 3000), st.integers(-90, 200))
def test_earlier_counts_are_all_that_round_to_the_published_change(later, percent):
    found = [n for n in range(1, 12 * later + 2) if rounded_change(n, later) == percent]
    assume(found)
    low, high = earlier_counts(later, percent)
    assert (low, high) == (found[0], found[-1])


def test_a_change_that_no_earlier_count_can_give_has_none():
    # 7 is 60% below 17.5, and neither 17 (58.8%) nor 18 (61.1%) rounds to that.
    assert earlier_counts(7, -60) is None


# ---- datapackage.json ----------------------------------------------------------------------------

JSON_FAULTS = [
    (lambda d: d.pop("name"), "datapackage.json: name is missing or not text"),
    (lambda d: d.pop("resources"), "datapackage.json: no resources"),
    (lambda d: d.update(resources=[]), "datapackage.json: no resources"),
    (lambda d: d["resources"].append("x.csv"), "datapackage.json: no resources"),
    (lambda d: resource(d, "removals").pop("role"), "datapackage.json, resource removals: role is missing"),
    (
        lambda d: resource(d, "removals").update(unit=5),
        "datapackage.json, resource removals: unit is missing",
    ),
    (
        lambda d: resource(d, "removals").update(role="outcom"),
        "datapackage.json, resource removals: unknown role 'outcom'; did you mean 'outcome'?",
    ),
    (
        lambda d: resource(d, "removals").update(published_total=[]),
        "datapackage.json, resource removals: unknown property 'published_total'; did you mean ",
    ),
    (
        lambda d: resource(d, "removals").update(published_totals=[{"first": 2015, "total": 1736}]),
        'datapackage.json, resource removals, published_totals: {"first": 2015, "total": 1736} is not',
    ),
    (
        lambda d: resource(d, "removals").update(breaks=[{"date": "October", "reason": "x"}]),
        "datapackage.json, resource removals, breaks: Invalid isoformat string",
    ),
    (
        lambda d: resource(d, "removals").update(name="Our Removals"),
        "datapackage.json, resource Our Removals: not a plain name",
    ),
    (
        lambda d: resource(d, "removals").update(role="comparison"),
        "datapackage.json: two resources have the role 'comparison'",
    ),
    (lambda d: resource(d, "removals").update(role="context"), "datapackage.json: no outcome"),
    (
        lambda d: resource(d, "removals").update(name="population"),
        "datapackage.json: two resources have the name 'population'",
    ),
    (
        lambda d: resource(d, "removals").update(path="gone.csv"),
        "datapackage.json, resource removals: there is no file 'gone.csv'",
    ),
]


@pytest.mark.parametrize(("change", "message"), JSON_FAULTS)
def test_a_wrong_descriptor_is_refused(folder, change, message):
    edit_json(folder, change)
    assert refusal(folder).startswith(message)


@pytest.mark.parametrize(
    "path", ["../removals.csv", "sub/../../removals.csv", "/etc/passwd", "https://example.org/x.csv"]
)
def test_a_path_out_of_the_package_is_refused(folder, path):
    shutil.copy(folder / "removals.csv", folder.parent)
    edit_json(folder, lambda d: resource(d, "removals").update(path=path))
    assert f"resource removals: path {path!r} leaves the package folder" in refusal(folder)


def test_a_link_out_of_the_package_is_refused(folder):
    shutil.move(folder / "removals.csv", folder.parent / "removals.csv")
    (folder / "removals.csv").symlink_to(folder.parent / "removals.csv")
    assert "leaves the package folder" in refusal(folder)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"name": "x",\n "title": }', "datapackage.json, line 2, column 11: not JSON"),
        (b"[]", "datapackage.json: not a JSON object"),
        (b"", "datapackage.json, line 1, column 1: not JSON"),
        (b'{"name": "\xff"}', "datapackage.json, byte 10: not UTF-8"),
    ],
)
def test_a_descriptor_that_is_not_json_is_refused(folder, content, message):
    (folder / "datapackage.json").write_bytes(content)
    assert refusal(folder).startswith(message)


def test_a_missing_package_is_refused_by_its_path(folder):
    with pytest.raises(DataPackageError, match=r"^data/nothing\.json: no such file; give its path"):
        load("data/nothing.json")
    with pytest.raises(DataPackageError, match=r"^data: cannot be read"):
        load("data")


# ---- using a package -----------------------------------------------------------------------------


def test_relative_paths_start_at_the_project_folder_wherever_one_runs(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert resolve("data/datapackage.json") == PACKAGE
    assert resolve(Path("/x/datapackage.json")) == Path("/x/datapackage.json")
    assert load("data/datapackage.json").path == PACKAGE


def test_a_role_that_nobody_or_many_play_is_refused(folder):
    edit_json(folder, lambda d: resource(d, "phone_finds").update(role="context"))
    package = load(folder / "datapackage.json")
    with pytest.raises(DataPackageError, match='give one resource "role": "comparison"'):
        package.by_role("comparison")
    with pytest.raises(DataPackageError, match="6 resources have the role 'context'; take one by name: phone_finds"):
        package.by_role("context")
    with pytest.raises(DataPackageError, match="did you mean 'outcome'?"):
        package.by_role("outcomes")


def test_a_part_of_a_series_and_one_year_of_it():
    removals = load("data/datapackage.json").by_role("outcome")
    assert removals.between(2016, 2017).counts == [462, 527]
    assert removals.between(1900, 2100) == removals
    assert removals.at(2018).value == 594
    with pytest.raises(ValueError, match="removals: no period ends in 2019; there are 2015 to 2018"):
        removals.at(2019)
    with pytest.raises(ValueError, match="removals: no period ends in 1990 to 1999; there are 2015 to 2018"):
        removals.between(1990, 1999)


def test_the_frame_keeps_ranges_and_sources():
    frame = load("data/datapackage.json").by_role("comparison").frame()
    assert frame["value"].isna().tolist() == [True, False]
    assert frame[["low", "high"]].to_numpy().tolist() == [[9215, 9295], [10643, 10643]]
    assert frame["period"].tolist() == ["year to March 2017", "year to March 2018"]
    assert frame["publisher"].tolist() == ["ITV News / Press Association"] * 2


def test_a_small_package_of_ones_own_needs_no_schema_and_no_comparison(tmp_path):
    source = "Report,Office,https://example.org/report,2024,table 1,CC BY 4.0,"
    rows = [f"{y}-01-01,{y}-12-31,{n},,,storms,named storms,Erewhon,{source}" for y, n in ((2021, 7), (2022, 0))]
    (tmp_path / "storms.csv").write_text("\n".join([",".join(COLUMNS), *rows]) + "\n", encoding="utf-8")
    storms = {"name": "storms", "path": "storms.csv", "title": "Storms", "role": "outcome"}
    storms |= {"measure": "storms", "unit": "storms"}
    descriptor = {"name": "storms", "title": "Storms of Erewhon", "resources": [storms]}
    (tmp_path / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    assert "no sha256 hash" in refusal(tmp_path)
    refresh_hashes(tmp_path / "datapackage.json")
    package = load(tmp_path / "datapackage.json")
    assert (package.roles, package.by_role("outcome").counts) == (("outcome",), [7, 0])


# ---- the register for people -----------------------------------------------------------------------


def test_the_register_names_every_file_role_check_and_column():
    text = (DATA / "README.md").read_text(encoding="utf-8")
    rows = [line.split("|") for line in text.splitlines() if line.startswith("| [`")]
    listed = {re.search(r"`(.+?)\.csv`", row[1])[1]: row[2].strip() for row in rows}
    series = load("data/datapackage.json").series.values()
    assert listed == {one.name: one.role for one in series}
    for check in CHECKS:
        assert f"\n| {check.__name__.removeprefix('check_').replace('_', ' ')} |" in text
    assert all(f"`{column}`" in text for column in COLUMNS)
    ranges = [o for one in series for o in one.observations if o.is_range and o.high is not None]
    assert len(ranges) == 4
    assert "**Four ranges.**" in text
    assert all(f"{o.low:,} to {o.high:,}" in text for o in ranges if o.low == 9215)
