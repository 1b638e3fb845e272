"""Notebook parameters: one specification for all notebooks, and the refusal of whatever departs from it.

A notebook declares a parameter with exactly the line that `specification_line` gives, and calls `check` in
its first code cell after the parameters. Overrides for a run come from a YAML file (`read_file`), from a
command line (`parse_assignments`) or from Python; `validate_overrides` has the last word on them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from analysis.figures.files import open_text
from analysis.names import nearest
from analysis.plain_text import Refusal
from analysis.schemas import LINE, first_fault, limits, wanted
from analysis.yaml_text import read_mapping


class ParameterError(Refusal):
    """One line: the parameter, its value, what is wrong and what to write instead."""


_YEAR = {"type": "integer", "minimum": 0, "maximum": 2999, "title": "a year, or 0 for the study's own"}
_DAY = {
    "type": "string",
    "anyOf": [{"const": ""}, {"format": "day"}],
    "title": "a date, written 2019-04-01, 2019-04 or 2019",
}
_LEVEL = {"type": "number", "exclusiveMinimum": 0.5, "exclusiveMaximum": 1}
_SEED = {"type": "integer", "minimum": 0, "maximum": 2**32 - 1}
_RESAMPLES = {"type": "integer", "minimum": 100, "maximum": 1_000_000}
# A JSON schema a parameter; "description" is the remark beside its declaration.
SPECIFICATION: dict[str, dict[str, Any]] = {
    "study": {**LINE, "default": "data/prison-removals", "description": "folder of the study, from the project folder"},
    "as_of": {**_DAY, "default": "", "description": "what was published by this date; empty for the study's own"},
    "first_year": {**_YEAR, "default": 0, "description": "first year kept, 0 for the study's own"},
    "last_year": {**_YEAR, "default": 0, "description": "last year kept, 0 for the study's own"},
    "level": {**_LEVEL, "default": 0.95, "description": f"confidence level, {limits(_LEVEL)}"},
    "seed": {**_SEED, "default": 20190401, "description": f"seed of every resample, {limits(_SEED)}"},
    "resamples": {**_RESAMPLES, "default": 2000, "description": f"bootstrap resamples, {limits(_RESAMPLES)}"},
}


def kind(name: str) -> type:
    """The Python type of a parameter."""
    return {"string": str, "integer": int, "number": float}[SPECIFICATION[name]["type"]]


def specification_line(name: str) -> str:
    """The line of a parameters cell that declares `name`.

    >>> specification_line("level")
    'level: float = 0.95  # confidence level, above 0.5 and below 1'
    """
    parameter = SPECIFICATION[name]
    return f"{name}: {kind(name).__name__} = {json.dumps(parameter['default'])}  # {parameter['description']}"


def check(**values: Any) -> SimpleNamespace:
    """The parameters of one notebook, each of its declared type and in its range.

    Parameters
    ----------
    values : each parameter that the notebook declares, by name.

    Returns
    -------
    Namespace with one attribute a parameter; a whole number given for a `float` has become one.

    Raises
    ------
    ParameterError : unknown name, wrong type, value out of range, or years in contradiction.

    Examples
    --------
    >>> check(first_year=2015, last_year=2018, level=0.9).level
    0.9
    >>> check(levl=0.9)
    Traceback (most recent call last):
    analysis.parameters.ParameterError: unknown parameter 'levl'; did you mean 'level'?
    """
    return SimpleNamespace(**validate_overrides(values, SPECIFICATION))


def validate_overrides(overrides: Mapping[str, Any], known: Collection[str]) -> dict[str, Any]:
    """The overrides of a run, each known to some notebook, of its type, in range, without contradiction.

    Parameters
    ----------
    overrides : name to value.
    known : the names that the notebooks of the run declare; any notebook counts.

    Raises
    ------
    ParameterError : as `check`.
    """
    checked = {name: _accepted(name, value, known) for name, value in overrides.items()}
    first, last = (checked.get(name, 0) for name in ("first_year", "last_year"))
    if first > last > 0:
        raise ParameterError(f"parameter first_year: {first} is after last_year {last}; swap or mend them")
    return checked


def parse_assignments(assignments: Iterable[str], known: Collection[str]) -> dict[str, Any]:
    """Overrides from a command line, each written `name=value` and read as the type of that parameter.

    >>> parse_assignments(["level=0.9", "first_year=2016"], SPECIFICATION)
    {'level': 0.9, 'first_year': 2016}
    """
    parsed: dict[str, Any] = {}
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        if not equals:
            raise ParameterError(f"{assignment!r} assigns nothing; write name=value, as level=0.9")
        if name in parsed:
            raise ParameterError(f"parameter {name}: given twice; keep one")
        parsed[name] = _read(name, text, known)
    return parsed


def read_file(path: str | Path, known: Collection[str]) -> dict[str, Any]:
    """Overrides from a YAML file that maps names to values, each read as the type of its parameter.

    Raises
    ------
    ParameterError : the file cannot be read, is not such a mapping, or holds a parameter that `check`
        refuses; the message names file and line.
    """
    place = Path(path)
    text = open_text(place.parent, place.name, ParameterError)
    found: dict[str, Any] = {}
    for name, entry in read_mapping(text, str(path), ParameterError).items():
        try:
            found[name] = _read(name, entry.text, known)
        except ParameterError as error:
            raise ParameterError(f"{path}, line {entry.line}: {error}") from None
    return found


def _parameter(name: str, known: Collection[str]) -> dict[str, Any]:
    if name in known and name in SPECIFICATION:
        return SPECIFICATION[name]
    if name in known:
        raise ParameterError(f"parameter {name}: not specified; add it to SPECIFICATION in analysis/parameters.py")
    raise ParameterError(f"unknown parameter {name!r}; {nearest(name, known)}")


def _read(name: str, text: str, known: Collection[str]) -> Any:
    """The value that a person wrote as `text`; a whole number in the one form that YAML reads alike."""
    parameter = _parameter(name, known)
    whole, number = "[+-]?(0|[1-9][0-9]{0,14})", r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"
    forms = {int: whole, float: number, str: "(?s:.*)"}
    if not re.fullmatch(forms[kind(name)], text):
        raise ParameterError(f"parameter {name}: {text!r} cannot be read; give {wanted(parameter)}")
    return _accepted(name, kind(name)(text), known)


def _accepted(name: str, value: Any, known: Collection[str]) -> Any:
    parameter = _parameter(name, known)
    if fault := first_fault(value, parameter):
        raise ParameterError(f"parameter {name}: {fault.words}")
    return kind(name)(value)
