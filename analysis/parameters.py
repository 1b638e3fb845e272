"""Notebook parameters: one specification for all notebooks, and the refusal of whatever departs from it.

A notebook declares a parameter with exactly the line that `specification_line` gives, and calls `check` in
its first code cell after the parameters. Overrides for a run come from a YAML file (`read_file`), from a
command line (`parse_assignments`) or from Python; `validate_overrides` has the last word on them.
"""

from __future__ import annotations

import ast
import json
import math
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import yaml

from analysis.names import nearest


class ParameterError(ValueError):
    """One line: the parameter, its value, what is wrong and what to write instead."""


@dataclass(frozen=True)
class Parameter:
    """What one parameter may be. An `open_range` excludes its ends."""

    name: str
    kind: type
    default: str | int | float
    help: str
    low: float | None = None
    high: float | None = None
    open_range: bool = False

    @property
    def limits(self) -> str:
        """The range in words, "" when there is none."""
        if self.low is None:
            return ""
        return f"above {self.low} and below {self.high}" if self.open_range else f"{self.low} to {self.high}"

    @property
    def wanted(self) -> str:
        """What to give, in words."""
        noun = {str: "a text", int: "a whole number", float: "a number"}[self.kind]
        return f"{noun}{' ' if self.open_range else ', '}{self.limits}" if self.limits else noun


SPECIFICATION: dict[str, Parameter] = {
    parameter.name: parameter
    for parameter in (
        Parameter(
            "data_package",
            str,
            "data/datapackage.json",
            "data package to read, relative to the project folder",
        ),
        Parameter("first_year", int, 2015, "first year kept", 1900, 2100),
        Parameter("last_year", int, 2018, "last year kept", 1900, 2100),
        Parameter("level", float, 0.95, "confidence level", 0.5, 1, open_range=True),
        Parameter("index_base", int, 2016, "year set to 100 in the index", 1900, 2100),
        Parameter("seed", int, 20190401, "seed of every resample", 0, 2**32 - 1),
        Parameter("resamples", int, 2000, "bootstrap resamples", 100, 1_000_000),
    )
}


def specification_line(name: str) -> str:
    """The line of a parameters cell that declares `name`.

    >>> specification_line("level")
    'level: float = 0.95  # confidence level, above 0.5 and below 1'
    """
    parameter = SPECIFICATION[name]
    remark = ", ".join(filter(None, [parameter.help, parameter.limits]))
    return f"{name}: {parameter.kind.__name__} = {json.dumps(parameter.default)}  # {remark}"


def check(values: Mapping[str, Any] | None = None, /, **named: Any) -> SimpleNamespace:
    """The parameters of one notebook, each of its declared type and in its range.

    Parameters
    ----------
    values, named : name and value of each parameter that the notebook declares, as a mapping or by keyword.

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
    given = {**(values or {}), **named}
    checked = {name: _accepted(name, value, SPECIFICATION) for name, value in given.items()}
    _check_years(checked)
    return SimpleNamespace(**checked)


def validate_overrides(overrides: Mapping[str, Any], known: Collection[str]) -> dict[str, Any]:
    """The overrides of a run, each known to some notebook, of its type, in range, without contradiction.

    Parameters
    ----------
    overrides : name to value.
    known : the names that the notebooks of the run declare; any notebook counts.

    Raises
    ------
    ParameterError : as `check`; years are compared with the defaults of those not overridden.
    """
    checked = {name: _accepted(name, value, known) for name, value in overrides.items()}
    defaults = {name: SPECIFICATION[name].default for name in known if name in SPECIFICATION}
    _check_years({**defaults, **checked})
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
        kind = _parameter(name, known).kind
        number = {int: r"[+-]?[0-9]{1,15}", float: r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"}.get(kind)
        if number and not re.fullmatch(number, text):
            raise ParameterError(f"parameter {name}: {text!r} cannot be read; give {_parameter(name, known).wanted}")
        parsed[name] = _accepted(name, kind(text), known)
    return parsed


def read_file(path: str | Path, known: Collection[str]) -> dict[str, Any]:
    """Overrides from a YAML file that maps names to values.

    YAML 1.1 reads some plain scalars as something else than they look (`no`, `010`, `1:30`, `1e-3`); what
    would change its meaning silently is refused here, with the line.

    Raises
    ------
    ParameterError : the file cannot be read, is not such a mapping, or holds a parameter that `check`
        refuses; the message names file and line.
    """
    found: dict[str, Any] = {}
    for line, key, value in _entries(Path(path)):
        try:
            if key in found:
                raise ParameterError(f"parameter {key}: given twice; keep one")
            found[key] = _accepted(key, _scalar(key, value), known)
        except ParameterError as error:
            raise ParameterError(f"{path}, line {line}: {error}") from None
    return found


def declared_parameters(notebook: Mapping[str, Any]) -> list[str]:
    """Names that the parameters cell of a notebook assigns."""
    found: list[str] = []
    for cell in notebook["cells"]:
        if "parameters" in cell["metadata"].get("tags", []):
            for node in ast.parse("".join(cell["source"])).body:
                targets = getattr(node, "targets", [getattr(node, "target", None)])
                found += [target.id for target in targets if isinstance(target, ast.Name)]
    return found


def unused_parameters(notebook: Mapping[str, Any]) -> list[str]:
    """Parameters that a notebook declares but no cell reads; handing them to `check` is not reading.

    A cell reads `level` by that name, or as `params.level` from what `check` returned.
    """
    read: set[str] = set()
    for cell in notebook["cells"]:
        tags = cell["metadata"].get("tags", [])
        if cell["cell_type"] == "code" and not {"parameters", "injected-parameters"} & set(tags):
            read |= _names_read(ast.parse("".join(cell["source"])))
    return [name for name in declared_parameters(notebook) if name not in read]


def _names_read(tree: ast.AST) -> set[str]:
    """Names and attributes loaded anywhere but among the arguments of `parameters.check`."""
    names: set[str] = set()
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("parameters.check", "check"):
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            names.add(node.id)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "params":
            names.add(node.attr)
        waiting.extend(ast.iter_child_nodes(node))
    return names


def _parameter(name: str, known: Collection[str]) -> Parameter:
    if name in known and name in SPECIFICATION:
        return SPECIFICATION[name]
    if name in known:
        raise ParameterError(f"parameter {name}: not specified; add it to SPECIFICATION in analysis/parameters.py")
    raise ParameterError(f"unknown parameter {name!r}; {nearest(name, known)}")


def _accepted(name: str, value: Any, known: Collection[str]) -> Any:
    parameter = _parameter(name, known)
    allowed = (int, float) if parameter.kind is float else (parameter.kind,)
    if type(value) not in allowed:
        raise ParameterError(f"parameter {name}: {value!r} {_mistaken(value)}; give {parameter.wanted}")
    if isinstance(value, str):
        if not value.strip() or not value.isprintable():
            raise ParameterError(f"parameter {name}: {value!r} is blank or unprintable; give {parameter.wanted}")
        return value
    low, high = parameter.low, parameter.high
    inside = low < value < high if parameter.open_range else low <= value <= high
    if not math.isfinite(value) or not inside:
        raise ParameterError(f"parameter {name}: {value!r} is out of range; give {parameter.wanted}")
    return parameter.kind(value)


def _mistaken(value: Any) -> str:
    """Why a value of the wrong type may have come about."""
    if isinstance(value, bool):
        return "is a truth value (YAML 1.1 reads yes, no, on and off as one unless quoted)"
    if isinstance(value, str) and re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?[eE][+-]?[0-9]{1,3}", value):
        mantissa, exponent = re.split("[eE]", value)
        point = "" if "." in mantissa else ".0"
        return f"is text (YAML 1.1 wants a point and a sign with e: {mantissa}{point}e{int(exponent):+d})"
    names = {str: "text", int: "a whole number", float: "a number with a fraction", type(None): "nothing"}
    return f"is {names.get(type(value), 'a ' + type(value).__name__)}"


def _check_years(values: Mapping[str, Any]) -> None:
    first, last, base = (values.get(name) for name in ("first_year", "last_year", "index_base"))
    if first is not None and last is not None and first > last:
        raise ParameterError(f"parameter first_year: {first} is after last_year {last}; swap or mend them")
    if base is not None and not (first or base) <= base <= (last or base):
        years = f"{first} to {last}" if first and last else f"{first or last}"
        raise ParameterError(f"parameter index_base: {base} is outside the years kept; give one of {years}")


def _entries(path: Path) -> list[tuple[int, str, yaml.Node]]:
    """Line, name and value of each entry of a YAML mapping."""
    remedy = "write one name: value a line, as level: 0.9"
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except OSError as error:
        raise ParameterError(f"{path}: cannot be read ({error.strerror}); give the path of a YAML file") from None
    except UnicodeDecodeError as error:
        raise ParameterError(f"{path}, byte {error.start}: not UTF-8; save the file as UTF-8") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ParameterError(f"{path}, line {line}: not YAML ({error.problem}); {remedy}") from None
    except yaml.YAMLError as error:
        raise ParameterError(f"{path}: not YAML ({str(error).splitlines()[0]}); {remedy}") from None
    if node is None:
        return []
    if not isinstance(node, yaml.MappingNode):
        line = node.start_mark.line + 1
        raise ParameterError(f"{path}, line {line}: not a mapping of names to values; {remedy}")
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise ParameterError(f"{path}, line {key.start_mark.line + 1}: a name is needed here; {remedy}")
    return [(key.start_mark.line + 1, key.value, value) for key, value in node.value]


def _scalar(name: str, node: yaml.Node) -> Any:
    if not isinstance(node, yaml.ScalarNode):
        raise ParameterError(f"parameter {name}: a list or mapping; give a single value")
    kind = node.tag.removeprefix("tag:yaml.org,2002:")
    if kind not in ("str", "int", "float", "bool", "null"):
        raise ParameterError(f"parameter {name}: {node.value!r} is read as a {kind}; quote it or mend it")
    try:
        value = yaml.SafeLoader("").construct_object(node)
    except (yaml.YAMLError, ValueError):
        raise ParameterError(f"parameter {name}: {node.value!r} is not of type {kind}; mend it") from None
    plain = {"int": "[+-]?(0|[1-9][0-9]*)", "float": r"[+-]?[0-9]*\.?[0-9]*([eE][+-]?[0-9]+)?"}.get(kind)
    if plain and not re.fullmatch(plain, node.value) and not (kind == "float" and not math.isfinite(value)):
        raise ParameterError(f"parameter {name}: YAML 1.1 reads {node.value} as {value}; write {value} if meant")
    return value
