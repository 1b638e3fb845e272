"""A corpus of bad input: small changes to a good one, each refused in one line with the words it must hold."""

import csv
import io
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings, strategies as st
from readers import GOOD, READERS, laid

from analysis.__main__ import main
from analysis.charts.counts import annual_counts
from analysis.claims.table import parse_table
from analysis.csv_text import csv_text, read_csv
from analysis.figures import StudyError, load
from analysis.figures.accept import accept
from analysis.figures.files import LONGEST, open_file
from analysis.figures.new import new
from analysis.growth.rates import count_rate
from analysis.json_text import read_json
from analysis.parameters import SPECIFICATION, ParameterError, check, parse_assignments
from analysis.plain_text import Refusal, printable
from analysis.publishing import register
from analysis.yaml_text import compose, read_mapping

quick = settings(deadline=None, derandomize=True, max_examples=60)


def refused(call, *arguments):
    """The refusal of a call: one line, safe to print, with a remedy."""
    with pytest.raises(Refusal) as caught:
        call(*arguments)
    words = str(caught.value)
    assert words == printable(words)
    assert "; " in words, f"no remedy in: {words}"
    assert len(words) < 1000
    return words


def everything(folder):
    """All files of a folder with their bytes, links as what they lead to."""
    paths = sorted(folder.iterdir())
    return {p.name: p.readlink() if p.is_symlink() else p.read_bytes() if p.is_file() else "" for p in paths}


# ---- files that are none -----------------------------------------------------------------------------


def a_link_out(path):
    (path.parent.parent / "secret").write_text("token: of somebody else\n")
    path.symlink_to("../secret")


def a_link_to_itself(path):
    path.symlink_to(path.name)


def a_link_to_a_device(path):
    path.symlink_to("/dev/zero")


def too_large(path):
    path.write_bytes(b"#" * (LONGEST + 1))


def not_utf_8(path):
    path.write_bytes(b"a: \xff\n")


PLACES = [
    (a_link_out, "leaves the folder; copy the file into it"),
    (a_link_to_itself, "cannot be read"),
    (a_link_to_a_device, "leaves the folder; copy the file into it"),
    (os.mkfifo, "a device or a pipe; copy what it holds into a plain file"),
    (os.mkdir, "cannot be read (Is a directory)"),
    (too_large, "more than 1,000,000 bytes"),
    (not_utf_8, "byte 3: not UTF-8; save it as UTF-8"),
]


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize(("spoil", "words"), PLACES, ids=lambda x: getattr(x, "__name__", ""))
def test_what_is_no_plain_file_of_the_folder_is_refused_and_nothing_of_it_is_said(tmp_path, name, spoil, words):
    folder = laid(tmp_path / "study")
    (folder / name).unlink()
    spoil(folder / name)
    if name.endswith(".csv") and spoil in (too_large, not_utf_8):  # else the hash has the first word
        folder = laid(folder, name, (folder / name).read_bytes())
    message = refused(READERS[name], folder)
    assert words in message
    assert "somebody" not in message


@pytest.mark.parametrize("name", [name for name in READERS if name not in ("study.yml", "claims.yml")])
def test_a_file_that_is_missing_is_refused(tmp_path, name):
    folder = laid(tmp_path / "study")
    (folder / name).unlink()
    assert f"{name}: no such file; " in refused(READERS[name], folder)


# ---- characters that hide ------------------------------------------------------------------------------

HIDDEN = ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\u061c", "\u200f", "\u2028", "\u202e", "\u2066", "\uffff"]


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("character", HIDDEN, ids=lambda c: f"{ord(c):04X}")
def test_characters_that_hide_are_refused_with_their_line(tmp_path, name, character):
    content = GOOD[name].replace(b"storm", f"st{character}orm".encode(), 1)
    if content == GOOD[name]:
        content += f"# {character}".encode()
    line = content[: content.index(character.encode())].count(b"\n") + 1
    message = refused(READERS[name], laid(tmp_path / "study", name, content))
    assert f"line {line}: control or bidirectional character U+{ord(character):04X}; take it out" in message


# ---- contents ------------------------------------------------------------------------------------------

DEEP = 20_000  # fewer where the length has the first word
J, S, G, W = "datapackage.json", "storms.csv", "gales.csv", "study.yml"
C, P, F, R = "claims.yml", "claims.txt", "figures.csv", "run.yaml"
# File, what to replace in it (all of it with ""), what with, and words of the refusal.
CASES = [
    # JSON
    (J, "", "[" * DEEP, "datapackage.json, nested more than 20 deep; take the brackets away"),
    (J, "", '{"a":' * 15_000, "nested more than 20 deep"),
    (J, '"Named storms"', "[" * 30 + "]" * 30, "nested more than 20 deep"),
    (J, '"Named storms"', "9" * 5000, "is no number of at most 15 digits"),
    (J, '"Named storms"', "1e999", "1e999 is no number"),
    (J, '"Named storms"', "NaN", "NaN is no number"),
    (J, '"Named storms"', "-Infinity", "-Infinity is no number"),
    (J, '"Named storms"', r'"\ud800"', "U+D800; take it out"),
    (J, '"Named storms"', r'"a\u001b[2J"', "U+001B"),
    (J, '"Named storms"', r'{"a\u202e": 1}', "U+202E"),
    (J, '"Storms of Erewhon"', r'"\u0000"', "U+0000"),
    (J, '"Storms of Erewhon"', r'"two\nlines"', "title: 'two\\nlines' does not fit; give a text of one line"),
    (J, '"Storms of Erewhon"', '" "', "title: ' ' does not fit"),
    (J, '"Storms of Erewhon"', f'"{"x" * 3000}"', "title: 'xxx"),
    (J, '"Storms of Erewhon"', "null", "title: None is nothing"),
    (J, '"name": "storms"', '"name": "a", "name": "storms"', "'name' is given twice in one object; keep one"),
    (J, '"later": 2018', '"later": 2017, "later": 2018', "'later' is given twice"),
    (J, '"homepage"', '"homepag"', "'homepag' is unknown; did you mean 'homepage'?"),
    (J, '"homepage"', '"secret"', "'secret' is unknown; did you mean"),
    (J, "https://example.org/book", "javascript:alert(1)", "sources, 1, path: 'javascript:alert(1)' does not fit"),
    (J, "https://example.org/book", "javascript://example.org/%0aalert(1)", "give a web address in full"),
    (J, "https://example.org/book", "data:text/html,x", "give a web address"),
    (J, "https://example.org/book", "data://text/html,x", "give a web address"),
    (J, "https://example.org/book", "file:/etc/passwd", "give a web address"),
    (J, "https://example.org/book", "ftp://example.org/book", "give a web address"),
    (J, "https://example.org/book", "//example.org/book", "give a web address"),
    (J, "https://example.org/book", "https://example.org/a b", "give a web address"),
    (J, "https://example.org/book", "https://", "give a web address"),
    (J, "https://example.org/book", "https:///book", "give a web address"),
    (J, "https://example.org/book", r"https://example.org/\"onclick=", "give a web address"),
    (J, "https://example.org/licence", "file:/etc/passwd", "licenses, 1, path: 'file:/etc/passwd' does not fit"),
    (J, '"homepage": "https:', '"homepage": "vbscript:', "homepage: 'vbscript://example.org' does not fit"),
    (J, '"2019-05"', '"2018-13-45"', "published: '2018-13-45' does not fit; give a day, month or year"),
    (J, '"2019-05"', '"2018-02-30"', "published: '2018-02-30' does not fit"),
    (J, '"2019-05"', '"0000"', "published: '0000' does not fit"),
    (J, '"2019-05"', '"٢٠١٩"', "does not fit; give a day, month or year"),
    (J, '"2019-05"', "2019", "published: 2019 is a whole number; give a day"),
    (J, "2017-06-01", "2018-13-45", "breaks, 1, date: '2018-13-45' does not fit; give a date, written 2015-10-01"),
    (J, "2017-06-01", "0000-01-01", "does not fit; give a date"),
    (J, "2017-06-01", "٢٠١٧-٠٦-٠١", "does not fit; give a date"),
    (J, "2017-06-01", "20170601", "does not fit; give a date"),
    (J, "2017-06-01", "2017-W22-4", "does not fit; give a date"),
    (J, "2017-06-01", "1017-06-01", "one definition: the break of 1017-06-01 lies outside"),
    (J, '"last": 2018', '"last": 1000000000000', "last: 1000000000000 is out of range; give a whole number, 1000 to"),
    (J, '"first": 2016', '"first": 0', "first: 0 is out of range"),
    (J, '"first": 2016, "last": 2018', '"first": 2018, "last": 2016', "published totals: the total for 2018 to 2016"),
    (J, '"last": 2018, "total": 21', '"last": 2015, "total": 0', "runs backwards; swap first and last"),
    (J, '"last": 2018', '"last": 2999', "the total for 2016 to 2999 needs a value in each year"),
    (J, '"total": 21', '"total": 22', "published totals: 2016 to 2018 add up to 21, published as 22"),
    (J, '"total": 21', '"total": -1', "total: -1 is out of range"),
    (J, '"total": 21', '"total": true', "total: True is a truth value"),
    (J, '"earlier": 2016, "later": 2018', '"earlier": 2018, "later": 2016', "2018 to 2016 runs backwards; swap"),
    (J, '"later": 2018', '"later": 2016', "2016 to 2016 runs backwards"),
    (J, '"percent": 15', '"percent": 1e99', "percent: 1e+99 is out of range"),
    (J, '"percent": 15', '"percent": "15"', "percent: '15' is text; give a number"),
    (J, '"percent": 15', '"percent": 16', "published changes: 2016 is 9,215 to 9,295, but 16%"),
    (J, '"percent": 15', '"percent": -100', "-100% needs both rows"),
    (J, '"step": 1', '"step": 0', "step: 0 is out of range; give what its last printed digit counts"),
    (J, '"step": 1', '"step": -1', "step: -1 is out of range"),
    (J, '"step": 1', '"step": 4', "15% is no multiple of 4"),
    (J, '"after": 2016', '"after": 2015', "no gaps: nothing between 2016 and 2018"),
    (J, '"after": 2016, "before": 2018', '"after": 2018, "before": 2016', "no gaps: nothing between 2016 and 2018"),
    (J, '"year_starts": 4', '"year_starts": 13', "year_starts: 13 is out of range; give a whole number, 1 to 12"),
    (J, '"year_starts": 4', '"year_starts": 4.0', "year_starts: 4.0 is a number with a fraction"),
    (J, '"path": "storms.csv"', '"path": "../storms.csv"', "path '../storms.csv' leaves the folder"),
    (J, '"path": "storms.csv"', '"path": "/etc/passwd"', "path '/etc/passwd' leaves the folder"),
    (J, '"path": "storms.csv"', '"path": "file://etc/passwd"', "leaves the folder"),
    (J, '"path": "storms.csv"', '"path": "."', "cannot be read (Is a directory)"),
    (J, '"path": "storms.csv"', f'"path": "{"x" * 1500}"', "cannot be read (File name too long)"),
    (J, '"path": "storms.csv"', f'"path": "{"x" * 5000}"', "path: 'xxx"),
    (J, '"path": "storms.csv"', f'"path": "{"a/" * 900}x"', "no such file"),
    (J, '"path": "storms.csv"', '"path": "run.yaml"', "run.yaml: size: "),
    (J, '"path": "storms.csv"', '"path": ["storms.csv"]', "path: ['storms.csv'] is a list; give a text"),
    (J, '"name": "gales"', r'"name": "gales\n"', "name: 'gales\\n' does not fit; give small letters"),
    (J, '"name": "gales"', '"name": "../gales"', "name: '../gales' does not fit"),
    (J, '"name": "gales"', '"name": "storms"', "two resources have the name 'storms'; keep one"),
    (J, '"role": "comparison"', '"role": "outcome"', "two resources have the role 'outcome'"),
    (J, '"role": "comparison"', '"role": ["outcome"]', "role: ['outcome'] is unknown; did you mean"),
    (J, '"role": "outcome"', '"role": "context"', "no outcome; give one resource"),
    (J, '"measure": "gales"', '"measure": "<b>", "x": 1', "resource gales: 'x' is unknown"),
    (J, '"sources": [{', '"sources": [], "id": [{', "sources: [] does not fit; give a list"),
    (J, '"resources": [', '"resources": [' + "{}," * 20_000, "give at least one object, and 100 at most"),
    (
        J,
        '"licenses": [',
        '"licenses": [' + '{"path": "https://a.b"},' * 3000,
        'list, as [{"title": "..."}], 100 at most',
    ),
    (J, "", "{" + ",".join(f'"{n}":0' for n in range(9000)) + ',"8999":0}', "'8999' is given twice"),
    (J, "Named storms", "x" * 100_000, "datapackage.json, more than 100,000 characters; leave out what is not needed"),
    (J, "", "{}", "name is missing; add it"),
    (J, "", "null", "None is nothing; give an object"),
    (J, "", "", "line 1, column 1: not JSON"),
    (J, "", "{'name': 1}", "line 1, column 2: not JSON"),
    (J, '"resources": [', '"resources": {}, "id": [', "resources: {} is a dict; give at least one object"),
    (J, '"resources": [', '"resources": [' + "1," * 200, "does not fit; give at least one object, and 100 at most"),
    # counts
    (S, "2016,6", "2018-13-45,6", "line 3, column period: '2018-13-45' is no period: there is no day 2018-13-45"),
    (S, "2016,6", "2017-02-29,6", "there is no day 2017-02-29; write 2018"),
    (S, "2016,6", "0000,6", "line 3, column period: year 0000 is not between 1000 and 2999"),
    (S, "2016,6", "0000-01-01,6", "year 0000 is not between"),
    (S, "2016,6", "٢٠١٦,6", "is no period; write 2018"),
    (S, "2016,6", "2016-12-31 to 2016-01-01,6", "a period cannot end (2016-01-01) before it starts (2016-12-31); swap"),
    (S, "2016,6", "2016/18,6", "the second year does not follow the first"),
    (S, "2016,6", "2016-13,6", "the second year does not follow"),
    (S, "2016,6", "2016-00,6", "month 0 of 2016 does not exist"),
    (S, "2016,6", "2015,6", "one row a period: 2015 and 2015 overlap"),
    (S, "2016,6", "2014,6", "periods in order: 2014 stands after 2015"),
    (S, "2016,6", "2016,٦", "column count: '٦' is not a count; write digits only"),
    (S, "2016,6", "2016," + "9" * 5000, "column count: '999"),
    (S, "2016,6", "2016,-6", "'-6' is not a count"),
    (S, "2016,6", "2016,1e3", "'1e3' is not a count"),
    (S, "2016,6", "2016,=6", "'=6' is not a count"),
    (S, "2016,6", "2016,0x6", "'0x6' is not a count"),
    (S, "2016,6", "2016,6.0", "'6.0' is not a count"),
    (S, "2016,6", "2016,", "value or range: 2016: neither value nor low"),
    (S, "https://example.org/2015", "javascript:alert(1)", "'javascript:alert(1)' is not a web address; write it in"),
    (S, "https://example.org/2015", "javascript://x/%0aalert(1)", "is not a web address"),
    (S, "https://example.org/2015", "data://text/html;base64", "is not a web address"),
    (S, "https://example.org/2015", "file:/etc/passwd", "is not a web address"),
    (S, "https://example.org/2015", "HTTPS://", "is not a web address"),
    (S, "https://example.org/2015", "https://a/<script>", "is not a web address"),
    (S, "2017-03,", "2018-13-45,", "column published: '2018-13-45' is not a day, month or year"),
    (S, "2017-03,", "0000,", "column published: '0000' is not a day"),
    (S, "2017-03,", "٢٠١٧,", "is not a day, month or year; write it as 2018-07-26"),
    (S, "first", '"two\nlines"', "line 3, column note: more than one line, or too long; write one of at most 2,000"),
    (S, "first", "x" * 3000, "line 2, column note: more than one line, or too long"),
    (S, "first", "x" * 100_000, "line 2, column note: more than one line, or too long"),
    (S, "first", "first,second", "line 2: 7 cells instead of 6"),
    (S, "first", '"first', "not CSV"),
    (S, "period,", "\ufeff\ufeffperiod,", "line 1: unknown column '\\ufeffperiod'"),
    (S, ",note", ",remark", "unknown column 'remark'; use one of"),
    (S, ",note", ",count", "column count stands twice"),
    (S, ",note", "," * 50_000, "line 1: unknown column ''"),
    (S, "first", "first\n" + "2015,5,,,,\n" * 30_000, "columns: 30,004 rows; give one a year, 2,000 at most"),
    (S, "", "", "columns: no rows; give the column names"),
    (G, "2016-01-01", "2018-13-45", "line 2, column period_start: '2018-13-45' is not a date; write it as 2018-03-31"),
    (G, "2016-01-01", "0000-01-01", "'0000-01-01' is not a date"),
    (G, "2016-01-01", "٢٠١٦-٠١-٠١", "is not a date"),
    (G, "2016-01-01", "20160101", "'20160101' is not a date"),
    (G, "2016-01-01", "2017-01-01", "line 2: a period cannot end (2016-12-31) before it starts (2017-01-01); swap"),
    (G, "9215,9295", "9295,9215", "value or range: 2016: low 9295 is above high 9215"),
    (G, '"10,643"', '"10,64"', "'10,64' is not a count"),
    # words
    (W, "", "[" * DEEP, "study.yml, line 1: nested more than 20 deep; take the brackets away"),
    (W, "", "- " * 20_000, "nested more than 20 deep"),
    (W, "", "? " * DEEP, "nested more than 20 deep"),
    (W, "", "{a: " * 10_000, "nested more than 20 deep"),
    (W, "", "#" * 200_000, "study.yml: more than 50,000 characters; take out what is not needed"),
    (W, "", "- noun", "line 1: no mapping of names to values"),
    (W, "noun: storm\n", "? [a, b]\n: c\n", "line 1: a single name and a single value are needed here"),
    (W, "noun: storm\n", "noun: [a]\n", "line 1: a single name and a single value are needed here"),
    (W, "noun: storm\n", "noun: &a x\nunit: *a\n", "line 2: an alias (*); write the value out"),
    (W, "noun: storm\n", "noun: a\nnoun: b\n", "line 2: noun is given twice; keep one"),
    (W, "noun: storm\n", 'noun: "\\e[2J"\n', "line 1: control or bidirectional character U+001B; take it out"),
    (W, "noun: storm\n", 'noun: "\\u202e"\n', "line 1: control or bidirectional character U+202E"),
    (W, "noun: storm\n", 'noun: "\\uD800"\n', "line 1: control or bidirectional character U+D800"),
    (W, "noun: storm\n", 'noun: "\\UFFFFFFFF"\n', "not YAML"),
    (W, "noun: storm\n", 'noun: "a\\nb"\n', "line 1: noun 'a\\nb' does not fit; give one of what is counted"),
    (W, "noun: storm\n", f"noun: {'x' * 3000}\n", "line 1: noun 'xxx"),
    (W, "noun: storm\n", "nown: storm\n", "line 1: 'nown' is unknown; did you mean"),
    (W, "no\n", "perhaps\n", "first_period_partial 'perhaps' is unknown; use one of yes, no"),
    (W, "noun: storm\n", "a\n---\nb\n", "not YAML"),
    (W, "noun: storm\n", "noun: @x\n", "line 1: not YAML"),
    (W, "noun: storm\n", "<<: {noun: x}\n", "line 1: a single name and a single value are needed here"),
    # claims
    (C, "", "[" * DEEP, "claims.yml, line 1: nested more than 20 deep"),
    (C, "2019-06-01", "2018-13-45", "line 4: published: '2018-13-45' is not a day, month or year"),
    (C, "2019-06-01", "0000-01-01", "line 4: published: '0000-01-01' is not a day"),
    (C, "2019-06-01", "٢٠١٩-٠٦-٠١", "line 4: published: "),
    (C, "https://example.org/article", "javascript:alert(1)", "url 'javascript:alert(1)' does not fit"),
    (C, "https://example.org/article", "https://a/b c", "does not fit; give a web address"),
    (C, "https://example.org/article", "file:/etc/passwd", "does not fit; give a web address"),
    (C, "title: More storms", 'title: "\\e]0;owned\\a"', "line 3: control or bidirectional character U+001B"),
    (C, "title: More storms", "title: a\n  title: b", "line 4: title is given twice; keep one"),
    (C, "title: More storms", "title: &a [x]\n  publisher: *a", "line 4: an alias (*); write the value out"),
    (C, "title: More storms", "[title]: More", "line 3: a single name and a single value are needed here"),
    (C, "id: rise", "id: Rise", "id 'Rise' does not fit; give small letters"),
    (C, "8 in 2018", "9" * 180 + "0" * 30 + " in 2018", "claim 'storms: 999"),
    (C, "8 in 2018", "8 in 0000", "year 0000 is not between 1000 and 2999"),
    (C, "8 in 2018", "٨ in 2018", "not understood"),
    (C, "hedge-2.0", "hedge-9.9", "version 'hedge-9.9' does not fit"),
    (C, "paragraph: headline", "paragraf: headline", "'paragraf' is unknown; did you mean 'paragraph'?"),
    (C, "claims:", "claim:", "'claim' is unknown; did you mean 'claims'?"),
    (P, "", "# nothing\n", "claims.txt: holds no claim; write one a line"),
    (P, "8 in 2018", "9" * 5000, "line 2: 'storms: 999"),
    (P, "8 in 2018", "rose " * 10_000, "50,007 characters; write a line of at most 200"),
    (P, "8 in 2018", "8 in 2018-13-45", "claims.txt, line 2: 'storms: 8 in 2018-13-45': '2018-13-45' is no period"),
    (P, "8 in 2018", "8 in 0000", "year 0000 is not between 1000 and 2999"),
    (P, "8 in 2018", "٨ in 2018", "not understood"),
    (P, "", "storms: 8 in 2018\n" * 9000, "claims.txt: 9,000 claims; split the file into parts of at most 200"),
    (P, "storms: 8", "stroms: 8", "unknown series 'stroms'; did you mean 'storms'?"),
    # a table of figures
    (F, "479", "9" * 5000, "figures.csv, line 3, gales: '999"),
    (F, "479", "1e999999999", "'1e999999999' is not a count"),
    (F, "479", "1 to 1e99999999", "'1e99999999' is not a count"),
    (F, "479", "٤٧٩", "is not a count"),
    (F, "479", "nan", "'nan' is not a count"),
    (F, "479", "4_79", "'4_79' is not a count"),
    (F, "479", "9 to 4", "'9 to 4' ends before it starts; swap the two"),
    (F, "479", "1,2,3", "5 cells under 3 names; put numbers with a comma in quotes"),
    (F, "2017", "2018-13-45", "line 3: '2018-13-45' is no period: there is no day 2018-13-45"),
    (F, "2017", "0000", "year 0000 is not between"),
    (F, "2017", "٢٠١٧", "is no period; write 2018"),
    (F, "2017", "2018", "2018 is in line 3 too; keep one"),
    (F, "gales", '"gales (a\nb)"', "column 3 has no name of one line; name the series"),
    (F, "gales", "a,b," * 10_000, "line 1: 20,002 series; leave out what no claim needs, 100 are read"),
    (F, "gales", "", "column 3 has no name of one line"),
    (F, "gales", "storms", "'storms' stands there twice"),
    (F, "gales", "x" * 3000, "column 3 has no name of one line"),
    (F, "", "year\n", "no figures; give a row of names"),
    (F, "479", '"' + "x" * 100_000, "is not a count of 0 or more"),
    # parameters
    (R, "", "[" * DEEP, "run.yaml, line 1: nested more than 20 deep"),
    (R, "", "a: " * 40_000, "run.yaml: more than 50,000 characters"),
    (R, "0.9", "9" * 5000, "parameter level: inf is out of range"),
    (R, "0.9", "1e999", "parameter level: inf is out of range"),
    (R, "0.9", "٠.٩", "cannot be read; give a number"),
    (R, "2016", "2" * 5000, "parameter first_year: '222"),
    (R, "2016", "٢٠١٦", "cannot be read; give a year"),
    (R, "2019-06", "2018-13-45", "parameter as_of: '2018-13-45' does not fit; give a date"),
    (R, "2019-06", "2018-02-30", "parameter as_of: '2018-02-30' does not fit"),
    (R, "2019-06", "0000", "parameter as_of: '0000' does not fit"),
    (R, "2019-06", "٢٠١٩", "does not fit; give a date"),
    (R, "data/hijackings", '"a\\x1b[2Jb"', "line 4: control or bidirectional character U+001B; take it out"),
    (R, "data/hijackings", '"a\\tb"', "parameter study: 'a\\tb' does not fit; give a text of one line"),
    (R, "level: 0.9", "level: &l 0.9\nseed: *l", "line 2: an alias (*); write the value out"),
    (R, "level: 0.9", "? [level]\n: 0.9", "a single name and a single value are needed here"),
    (R, "level: 0.9", "level: 0.9\nlevel: 0.8", "line 2: level is given twice; keep one"),
    (R, "level: 0.9", "levl: 0.9", "unknown parameter 'levl'; did you mean 'level'?"),
]


@pytest.mark.parametrize(("name", "old", "new", "words"), CASES, ids=map(str, range(len(CASES))))
def test_a_bad_file_is_refused_in_one_line_and_left_as_it_was(tmp_path, name, old, new, words):
    content = GOOD[name].replace(old.encode(), new.encode(), 1) if old else new.encode()
    assert content != GOOD[name]
    folder = laid(tmp_path / "study", name, content)
    before = everything(folder)
    message = refused(READERS[name], folder)
    assert words in message
    assert str(folder) in message
    assert everything(folder) == before


def test_the_good_input_is_read(tmp_path):
    folder = laid(tmp_path / "study")
    assert all(read(folder) for read in READERS.values())


def test_the_corpus_has_the_size_that_is_promised():
    every = len(CASES) + len(READERS) * (len(PLACES) + len(HIDDEN))
    assert every >= 150
    assert len(CASES) >= 150


# ---- the same from the command line ----------------------------------------------------------------------


def say(*arguments):
    """Exit status and lines of the real command."""
    command = [sys.executable, "-m", "analysis", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[1], timeout=60)
    return done.returncode, done.stdout, done.stderr


def test_the_command_line_refuses_in_one_line_that_moves_no_terminal(tmp_path):
    folder = laid(
        tmp_path / "st\x1b[2J\u202eudy", "storms.csv", GOOD["storms.csv"].replace(b"2016,6", b"2016,\x1b[31m")
    )
    status, out, err = say("audit", str(folder))
    assert (status, out) == (2, "")
    assert err.isascii()
    assert err.count("\n") == 1
    assert r"st\x1b[2J\u202eudy/storms.csv: columns: line 3: control" in err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["audit", "{0}/figures.csv", "{0}/claims.txt"], "claims.txt, line 2: control or bidirectional"),
        (["audit", "{0}", "{0}/pipe"], "pipe: a device or a pipe"),
        (["audit", "/dev/zero", "{0}/claims.txt"], "/dev/zero: a device or a pipe"),
        (["audit", "x" * 5000, "{0}/claims.txt"], "cannot be read (File name too long)"),
        (["accept", "{0}/loop"], "loop"),
        (["accept", "{0}/none"], "none/datapackage.json: no such file"),
        (["new", "{0}/made", "--from", "{0}/pipe"], "pipe: a device or a pipe"),
        (
            ["new", "{0}/made", "--from", "{0}/figures.csv", "--title", "\x1b[2J"],
            "is no title; give a text of one line",
        ),
        (["new", "{0}/ma\u202ede", "--from", "{0}/figures.csv"], "is no name; give a text of one line"),
        (["new", "x" * 300, "--from", "{0}/figures.csv"], "cannot be made (File name too long)"),
        (["report", "--params", "{0}/pipe"], "pipe: a device or a pipe"),
        (["report", "as_of=2018-13-45"], "parameter as_of: '2018-13-45' does not fit"),
    ],
)
def test_each_command_refuses_and_writes_nothing(tmp_path, capsys, arguments, words):
    folder = laid(tmp_path / "study", "claims.txt", b"storms: 8 in 2018\nstorms: \x1b[2J\n")
    os.mkfifo(folder / "pipe")
    (folder / "loop").symlink_to("loop")
    before = everything(folder)
    assert main([one.format(folder) for one in arguments]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert words in said.err
    assert "".join(said.err.splitlines()).isprintable()
    assert everything(folder) == before


# ---- what hostile packages try ---------------------------------------------------------------------------


def test_accepting_writes_through_no_link(tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("mine")
    folder = laid(tmp_path / "study")
    (folder / "storms.csv").write_bytes(GOOD["storms.csv"].replace(b"first", b"second"))
    (folder / "datapackage.json.new").symlink_to(victim)
    assert len(accept(folder)) == 1
    assert victim.read_text() == "mine"
    assert load(folder).outcome.observations[0].note == "second"


def test_a_link_inside_the_folder_is_followed(tmp_path):
    folder = laid(tmp_path / "study")
    (folder / "storms.csv").rename(folder / "real.csv")
    (folder / "storms.csv").symlink_to("real.csv")
    assert load(folder).outcome.counts == [5, 6, 7]
    (tmp_path / "link").symlink_to(folder)
    assert open_file(tmp_path / "link", "run.yaml") == GOOD["run.yaml"]


@pytest.mark.parametrize("text", ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", " =1", "-cmd|' /C calc'!A0", "=", "-"])
def test_a_formula_is_text_in_a_spreadsheet(text):
    ((cell, number),) = csv.reader(io.StringIO(csv_text([[text, -17.5]])))
    assert (cell, number) == (f"'{text}", "-17.5")


@pytest.mark.parametrize("text", ["-17%", "+15%", "-2", "+1,736", "-1.5e-3", "a=b", "1-2", "none", "−3"])
def test_numbers_and_words_stay_as_they_are(text):
    assert csv_text([[text]]).rstrip("\n").strip('"') == text


def test_figures_with_formulas_in_their_names_are_audited_into_safe_csv(tmp_path, capsys):
    (tmp_path / "f.csv").write_text("year,+cmd|x\n2017,4\n2018,8\n")
    (tmp_path / "c.txt").write_text("+cmd|x: 8 in 2018\n")
    assert main(["audit", str(tmp_path / "f.csv"), str(tmp_path / "c.txt"), "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert (rows[0]["claim"], rows[0]["value"]) == ("'+cmd|x: 8 in 2018", "8")


@pytest.mark.parametrize(
    "text", [r"$\undefined$", r"$\frac{1}{2}$ storms", "costs $5 to $7", "<script>alert(1)</script>"]
)
def test_a_formula_in_a_name_is_text_in_a_figure(tmp_path, text):
    (tmp_path / "counts.csv").write_text("year,storms\n2016,6\n2017,7\n2018,8\n")
    series = load(new(f"{tmp_path}/made", tmp_path / "counts.csv")).outcome
    series = replace(series, title=text, unit=text)
    rates = [count_rate(count) for count in series.counts]
    figure = annual_counts(series, rates, rates, 1)
    words = [
        "".join(node.itertext()) for node in ElementTree.fromstring(figure.svg).iter() if node.tag.endswith("text")
    ]
    assert f"{text[:1].upper()}{text[1:]} a year" in words
    assert text[1:] in figure.caption


@pytest.mark.parametrize(
    ("url", "printed"), [("https://example.org/a", True), ("javascript:alert(1)", False), ("data:text/html,x", False)]
)
def test_only_web_addresses_become_links_of_the_page(url, printed):
    row = {"series": "storms", "period": "2018", "source": "Yearbook", "url": url}
    ((found,),) = (one["rows"] for one in register.sources([{"data": [row]}]))
    assert (found["url"], found["source"]) == (url if printed else "", "Yearbook")


# ---- whatever is written, there is a value or one line -----------------------------------------------------

FRAGMENTS = [
    "2018",
    "2017/18",
    "-",
    ",",
    '"',
    "\n",
    ": ",
    "[",
    "{",
    "}",
    "]",
    "&a",
    "*a",
    "null",
    "1e999",
    "٣",
    "\\u202e",
]
scraps = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=4), max_size=20).map("".join)


@pytest.mark.parametrize("name", READERS)
def test_any_bytes_are_a_value_or_a_refusal_in_one_line(tmp_path, name):
    folder, good = tmp_path / "study", GOOD[name]

    @settings(quick, max_examples=40)
    @given(
        st.integers(0, len(good)), st.integers(0, 12), st.binary(max_size=12) | scraps.map(lambda s: s.encode("utf-8"))
    )
    def spoiled(start, length, put):
        laid(folder, name, good[:start] + put + good[start + length :])
        try:
            READERS[name](folder)
        except Refusal as error:
            assert str(error) == printable(str(error))  # noqa: PT017
            assert "; " in str(error)  # noqa: PT017

    spoiled()


@pytest.mark.parametrize(
    "read",
    [
        read_json,
        read_csv,
        lambda text: compose(text, "x.yml", StudyError),
        lambda text: read_mapping(text, "x.yml", StudyError),
        lambda text: parse_table(text, "x.csv"),
        lambda text: parse_assignments([text], SPECIFICATION),
        lambda text: check(study=text, as_of=text),
    ],
    ids=["json", "csv", "yaml", "mapping", "table", "assignment", "parameters"],
)
def test_any_text_is_a_value_or_a_value_error_in_one_line(read):
    @quick
    @given(scraps | st.text(st.characters(), max_size=40))
    def any_text(text):
        try:
            read(text)
        except ValueError as error:
            assert "\n" not in str(error)  # noqa: PT017
            assert ";" in str(error)  # noqa: PT017

    any_text()


@quick
@given(st.text(st.characters(codec=None)))
def test_what_is_printed_is_one_line_that_moves_nothing(text):
    assert printable(text).isprintable()
    assert str(ParameterError(text)).isprintable()


def test_a_new_study_is_refused_before_anything_is_made(tmp_path):
    (tmp_path / "counts.csv").write_bytes(b"year,storms\n2017,1\n2018,\x1b2\n")
    message = refused(new, f"{tmp_path}/made", tmp_path / "counts.csv")
    assert "counts.csv: line 3: control or bidirectional character U+001B" in message
    assert [path.name for path in tmp_path.iterdir()] == ["counts.csv"]
