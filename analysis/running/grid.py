"""A grid of runs: every combination of the listed values of parameters, without those that are excluded."""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, DecimalException
from pathlib import Path
from typing import Any

import yaml

from analysis.figures.files import open_text
from analysis.parameters import ParameterError, parse_assignments, validate_overrides
from analysis.plain_text import Refusal
from analysis.schemas import LINE, first_fault
from analysis.yaml_text import compose

MOST = 100_000  # runs, and values of one range
CURVE = "first-year.full"  # growth a year, the result that is drawn unless the file names another
_RANGE = {
    "type": "object",
    "properties": {"from": LINE, "to": LINE, "step": LINE},
    "required": ["from", "to"],
    "additionalProperties": False,
}
_TEXT = {"type": "string"}
_VALUES = {
    "anyOf": [_TEXT, {"type": "array", "items": _TEXT, "minItems": 1}, _RANGE],
    "title": "a value, a list of values, or a range such as {from: 2015, to: 2018}",
}
_BY_NAME = {
    "type": "object",
    "minProperties": 1,
    "additionalProperties": _VALUES,
    "title": "parameters by name, each with its values",
}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "parameters": _BY_NAME,
        "exclude": {"type": "array", "items": _BY_NAME, "title": "a list of combinations to leave out"},
        "curve": {**LINE, "title": "the name of a result, as it stands in results.json"},
    },
    "required": ["parameters"],
    "additionalProperties": False,
    "title": "a mapping with parameters, and if need be exclude and curve",
}


class GridError(Refusal):
    """One line: the file, the place in it, what is wrong and what to write instead."""


@dataclass(frozen=True)
class Grid:
    """The runs of a sweep.

    `axes` holds the values of each parameter in the order of the file; the first of each makes the base run. `exclude`
    holds combinations, each the values by parameter that it leaves out. `curve` names the result to draw.
    """

    name: str
    axes: Mapping[str, list[Any]]
    exclude: tuple[Mapping[str, list[Any]], ...] = ()
    curve: str = CURVE

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """The parameters of each run; the last axis varies fastest."""
        for values in itertools.product(*self.axes.values()):
            run = dict(zip(self.axes, values, strict=True))
            if not any(_fits(run, left_out) for left_out in self.exclude):
                yield run


def read_grid(path: Path, known: Collection[str]) -> Grid:
    """The grid that a YAML file describes, over parameters that the notebooks are `known` to declare.

    Raises
    ------
    GridError : the file is no such grid, a value is refused, an exclusion leaves nothing out, or no run is left.
    """
    node = compose(open_text(path.parent, path.name, GridError), str(path), GridError)
    document = _plain(node) if node else {}
    if fault := first_fault(document, SCHEMA):
        place = ", ".join(str(step + 1 if isinstance(step, int) else step) for step in fault.path)
        raise GridError(f"{path}{', ' if place else ''}{place}: {fault.words}")
    axes = _values(document["parameters"], f"{path}, parameters", known)
    if (size := math.prod(map(len, axes.values()))) > MOST:
        raise GridError(f"{path}: {size:,} combinations; give {MOST:,} at most")
    exclude = [
        _values(entry, f"{path}, exclude, {number}", axes)
        for number, entry in enumerate(document.get("exclude", ()), 1)
    ]
    grid = Grid(path.stem.strip(".") or "grid", axes, tuple(exclude), document.get("curve", CURVE))
    for number, left_out in enumerate(exclude, 1):
        if not all(set(axes[name]) & set(values) for name, values in left_out.items()):
            raise GridError(f"{path}, exclude, {number}: leaves nothing out; mend it, or take it away")
    years = {tuple((name, value) for name, value in run.items() if name in ("first_year", "last_year")) for run in grid}
    if not years:
        raise GridError(f"{path}, exclude: leaves no run; take one away")
    for pair in sorted(years):
        try:
            validate_overrides(dict(pair), known)
        except ParameterError as error:
            raise GridError(f"{path}: {error}, or exclude the combination") from None
    return grid


def _fits(run: Mapping[str, Any], left_out: Mapping[str, list[Any]]) -> bool:
    return all(run[name] in values for name, values in left_out.items())


def _plain(node: yaml.Node) -> Any:
    """A document as dictionaries, lists and the texts that a person wrote."""
    if isinstance(node, yaml.ScalarNode):
        return node.value
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item) for item in node.value]
    return {str(key.value): _plain(value) for key, value in node.value}


def _values(given: Mapping[str, Any], place: str, known: Collection[str]) -> dict[str, list[Any]]:
    found = {}
    for name, written in given.items():
        texts = [written] if isinstance(written, str) else written
        if isinstance(written, dict):
            texts = _range(written, f"{place}, {name}")
        try:
            values = [parse_assignments([f"{name}={text}"], known)[name] for text in texts]
        except ParameterError as error:
            raise GridError(f"{place}: {error}") from None
        if len(set(values)) < len(values):
            twice = next(value for number, value in enumerate(values) if value in values[:number])
            raise GridError(f"{place}, {name}: {twice!r} is given twice; keep one")
        found[name] = values
    return found


def _range(written: Mapping[str, str], place: str) -> list[str]:
    """Every number from the first to the last, which is in where a step ends there; exact, so 0.8 + 0.1 is 0.9."""
    try:
        first, last, step = (Decimal(written.get(key, "1")) for key in ("from", "to", "step"))
        size = int((last - first) / step) + 1
    except (DecimalException, ValueError, OverflowError):
        raise GridError(f"{place}: no range of numbers; write {{from: 2015, to: 2018, step: 1}}") from None
    if step < 0 or last < first or size > MOST:
        raise GridError(f"{place}: goes from {first} to {last} by {step}; give 1 to {MOST:,} values, rising")
    return [str(first + step * number) for number in range(size)]
