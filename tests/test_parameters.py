"""Strict notebook parameters: what is accepted, and the one line with which everything else is refused."""

import math

import nbformat
import papermill
import pytest
from hypothesis import given, settings, strategies as st

from analysis.parameters import (
    SPECIFICATION,
    ParameterError,
    check,
    kind,
    parse_assignments,
    read_file,
    specification_line,
    validate_overrides,
)

DEFAULTS = {name: parameter["default"] for name, parameter in SPECIFICATION.items()}
quick = settings(deadline=None, derandomize=True, max_examples=200)


def refused(call, *arguments, **named):
    with pytest.raises(ParameterError) as caught:
        call(*arguments, **named)
    message = str(caught.value)
    assert "\n" not in message
    assert ";" in message, f"no remedy in: {message}"
    return message


def notebook(source):
    cell = nbformat.v4.new_code_cell(source, metadata={"tags": ["parameters"]})
    return nbformat.v4.new_notebook(cells=[cell])


# ---- the specification ---------------------------------------------------------------------


def test_the_defaults_satisfy_their_own_specification():
    assert vars(check(**DEFAULTS)) == DEFAULTS


def test_papermill_reads_name_type_default_and_help_from_the_lines(tmp_path):
    lines = "\n".join(specification_line(name) for name in SPECIFICATION)
    path = tmp_path / "x.ipynb"
    node = notebook(lines)
    node["metadata"]["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(node, path)
    inspected = papermill.inspect_notebook(path)
    assert list(inspected) == list(SPECIFICATION)
    for name, parameter in SPECIFICATION.items():
        assert inspected[name]["inferred_type_name"] == kind(name).__name__
        assert eval(inspected[name]["default"]) == parameter["default"]
        assert inspected[name]["help"] == parameter["description"]
    assert all(len(line) <= 110 for line in lines.splitlines())


# ---- types and ranges ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("level", 0.5, "parameter level: 0.5 is out of range; give a number above 0.5 and below 1"),
        ("level", 1, "parameter level: 1 is out of range"),
        ("level", 95, "parameter level: 95 is out of range"),
        ("level", math.nan, "parameter level: nan is out of range"),
        ("level", math.inf, "parameter level: inf is out of range"),
        ("level", "0.9", "parameter level: '0.9' is text; give a number"),
        ("level", True, "parameter level: True is a truth value (YAML 1.1 reads yes, no, on and off as one"),
        ("level", None, "parameter level: None is nothing; give a number"),
        (
            "first_year",
            2015.0,
            "parameter first_year: 2015.0 is a number with a fraction; give a year, or 0",
        ),
        ("first_year", True, "parameter first_year: True is a truth value"),
        ("first_year", -1, "parameter first_year: -1 is out of range; give a year, or 0 for the study's own"),
        ("last_year", 3000, "parameter last_year: 3000 is out of range"),
        ("resamples", 99, "parameter resamples: 99 is out of range; give a whole number, 100 to 1000000"),
        ("seed", -1, "parameter seed: -1 is out of range"),
        ("seed", 2**32, "parameter seed: 4294967296 is out of range"),
        ("study", 7, "parameter study: 7 is a whole number; give a text of one line"),
        ("study", "", "parameter study: '' does not fit; give a text of one line"),
        (
            "as_of",
            "2019-13",
            "parameter as_of: '2019-13' does not fit; give a date, written 2019-04-01, 2019-04 or 2019",
        ),
        ("as_of", 2019, "parameter as_of: 2019 is a whole number; give a date"),
        ("study", "a\nb", r"parameter study: 'a\nb' does not fit"),
        ("study", ["x"], "parameter study: ['x'] is a list; give a text"),
        ("levl", 0.9, "unknown parameter 'levl'; did you mean 'level'?"),
        ("colour", 1, "unknown parameter 'colour'; use one of study, as_of, first_year"),
    ],
)
def test_a_wrong_value_is_refused_everywhere_in_the_same_words(name, value, message):
    assert refused(check, **{name: value}).startswith(message)
    assert refused(validate_overrides, {name: value}, SPECIFICATION).startswith(message)


def test_a_whole_number_serves_as_a_number_but_a_truth_value_as_nothing():
    assert vars(check(seed=0, resamples=100, first_year=0, last_year=2999)) == {
        "seed": 0,
        "resamples": 100,
        "first_year": 0,
        "last_year": 2999,
    }
    assert check(level=0.9).level == 0.9


def test_the_first_year_may_not_follow_the_last():
    message = "parameter first_year: 2018 is after last_year 2015; swap or mend them"
    assert refused(check, first_year=2018, last_year=2015) == message
    assert check(first_year=2015, last_year=2015).first_year == 2015


@quick
@given(st.integers(1900, 2100), st.integers(1900, 2100))
def test_years_are_accepted_exactly_when_in_order(first, last):
    try:
        check(first_year=first, last_year=last)
        accepted = True
    except ParameterError:
        accepted = False
    assert accepted == (first <= last)


# ---- overrides of a run --------------------------------------------------------------------


def test_an_override_must_be_declared_by_some_notebook():
    assert validate_overrides({"level": 0.9}, ["level", "seed"]) == {"level": 0.9}
    assert refused(validate_overrides, {"seed": 1}, ["level"]) == "unknown parameter 'seed'; use one of level"
    message = refused(validate_overrides, {"hue": 1}, ["hue"])
    assert message == "parameter hue: not specified; add it to SPECIFICATION in analysis/parameters.py"


def test_zero_stands_for_the_years_of_the_study_and_contradicts_nothing():
    assert vars(check(first_year=2020, last_year=0)) == {"first_year": 2020, "last_year": 0}
    assert validate_overrides({"first_year": 2020}, SPECIFICATION) == {"first_year": 2020}


def test_assignments_are_read_as_the_declared_type():
    words = ["level=0.9", "first_year=2016", "study=my study/é=1", "seed=+7", "resamples=100"]
    assert parse_assignments(words, SPECIFICATION) == {
        "level": 0.9,
        "first_year": 2016,
        "study": "my study/é=1",
        "seed": 7,
        "resamples": 100,
    }
    assert parse_assignments(["level=9.5e-1"], SPECIFICATION) == {"level": 0.95}


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("level", "'level' assigns nothing; write name=value"),
        ("level=", "parameter level: '' cannot be read; give a number"),
        ("level=high", "parameter level: 'high' cannot be read"),
        ("level=nan", "parameter level: 'nan' cannot be read"),
        ("level=0,9", "parameter level: '0,9' cannot be read"),
        ("level= 0.9", "parameter level: ' 0.9' cannot be read"),
        ("level=95", "parameter level: 95.0 is out of range"),
        ("first_year=2015.0", "parameter first_year: '2015.0' cannot be read; give a year, or 0"),
        ("first_year=2_015", "parameter first_year: '2_015' cannot be read"),
        ("first_year=02015", "parameter first_year: '02015' cannot be read"),
        ("first_year=" + "9" * 5000, "parameter first_year: '999"),
        ("study=", "parameter study: '' does not fit"),
        ("as_of=spring", "parameter as_of: 'spring' does not fit; give a date"),
        ("firstyear=2015", "unknown parameter 'firstyear'; did you mean 'first_year'?"),
    ],
)
def test_a_wrong_assignment_is_refused(word, message):
    assert refused(parse_assignments, [word], SPECIFICATION).startswith(message)


def test_an_assignment_given_twice_is_refused():
    message = refused(parse_assignments, ["level=0.9", "level=0.8"], SPECIFICATION)
    assert message == "parameter level: given twice; keep one"


# ---- a YAML file ---------------------------------------------------------------------------


def written(tmp_path, text):
    path = tmp_path / "run.yaml"
    path.write_bytes(text.encode("utf-8") if isinstance(text, str) else text)
    return path


def test_a_file_maps_names_to_values(tmp_path):
    path = written(tmp_path, "# a wider interval\nlevel: 9.9e-1\nfirst_year: 2016\nstudy: my/é\nas_of: 2019-04-01\n")
    assert read_file(path, SPECIFICATION) == {
        "level": 0.99,
        "first_year": 2016,
        "study": "my/é",
        "as_of": "2019-04-01",
    }
    assert read_file(written(tmp_path, "# nothing\n"), SPECIFICATION) == {}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("study: no", "no"),
        ("study: on", "on"),
        ("as_of: 2019", "2019"),
        ("level: 9e-1", 0.9),
        ("resamples: '200'", 200),
    ],
)
def test_a_value_is_read_as_it_looks_whatever_yaml_makes_of_it(tmp_path, text, value):
    assert list(read_file(written(tmp_path, text), SPECIFICATION).values()) == [value]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("seed: 010", "line 1: parameter seed: '010' cannot be read; give a whole number, 0 to 4294967295"),
        ("seed: 0x10", "line 1: parameter seed: '0x10' cannot be read"),
        ("seed: 1:30", "line 1: parameter seed: '1:30' cannot be read"),
        ("seed: 1_000", "line 1: parameter seed: '1_000' cannot be read"),
        ("resamples: 1.0e3", "line 1: parameter resamples: '1.0e3' cannot be read"),
        ("level: 1e-3", "line 1: parameter level: 0.001 is out of range"),
        ("level: .inf", "line 1: parameter level: '.inf' cannot be read"),
        ("level: .nan", "line 1: parameter level: '.nan' cannot be read"),
        ("level: ~", "line 1: parameter level: '~' cannot be read; give a number above 0.5 and below 1"),
        ("level: yes", "line 1: parameter level: 'yes' cannot be read"),
        ("first_year: 2015-01-01", "line 1: parameter first_year: '2015-01-01' cannot be read"),
        ("level: !!python/object:os.system x", "line 1: parameter level: 'x' cannot be read"),
        ("level: [0.9]", "line 1: a single name and a single value are needed here; write one name: value a line"),
        ("level: 0.9\nseed: 1\nlevel: 0.8", "line 3: level is given twice; keep one"),
        ("seed: 1\nlevl: 0.9", "line 2: unknown parameter 'levl'; did you mean 'level'?"),
        ("- level", "line 1: no mapping of names to values; write one a line"),
        ("just text", "line 1: no mapping of names to values"),
        ("seed: 1\nlevel: [0.9\n", "line 3: not YAML ("),
        ("level: 0.9\n---\nseed: 1", "line 2: not YAML (but found another document)"),
        ("? [a, b]\n: 1", "line 1: a single name and a single value are needed here"),
    ],
)
def test_a_wrong_file_is_refused_by_line(tmp_path, text, message):
    path = written(tmp_path, text)
    assert refused(read_file, path, SPECIFICATION).startswith(f"{path}, {message}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"level: \xff", ", byte 7: not UTF-8"),
        (b"level: \x00", ", line 1: control or bidirectional character U+0000; take it out"),
    ],
)
def test_a_file_that_is_not_text_is_refused(tmp_path, text, message):
    path = written(tmp_path, text)
    assert refused(read_file, path, SPECIFICATION).startswith(f"{path}{message}")


def test_a_missing_file_is_refused(tmp_path):
    message = refused(read_file, tmp_path / "none.yaml", SPECIFICATION)
    assert message.endswith("none.yaml: no such file; add it, or mend the path")
