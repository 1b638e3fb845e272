"""The file format of claims: YAML with the place of everything, its schema, and its faults in words."""

from __future__ import annotations

import functools
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from analysis.claims.hedges import VERSION
from analysis.names import nearest

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator, ValidationError

SCHEMA = Path(__file__).resolve().parents[2] / "data" / "prison-removals" / "claims.schema.json"


class ClaimsError(ValueError):
    """One line: the file, the line in it, what is wrong and what to do."""


def read_document(text: str, file: str) -> tuple[yaml.Node, Any]:
    """The YAML of a claims file as nodes, which know their place, and as plain values that fit the schema.

    Raises
    ------
    ClaimsError : the first fault, with its line.
    """
    root, document = _parse(text, file)
    faults = list(_validator().iter_errors(document))
    if faults:
        error = min(faults, key=_order)
        raise ClaimsError(f"{file}, line {line_of(root, error.absolute_path, error)}: {_explain(error)}")
    return root, document


# ---- YAML, with the place of everything ------------------------------------------------------------


def _parse(text: str, file: str) -> tuple[yaml.Node, Any]:
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text)):
            raise ClaimsError(f"{file}: uses YAML anchors; write each claim out")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise ClaimsError(f"{file}, line {mark.line + 1}: not YAML ({error.problem}); mend it there") from None
    except yaml.YAMLError:
        raise ClaimsError(f"{file}: not a text that YAML allows; remove the control characters") from None
    if root is None:
        raise ClaimsError(f"{file}, line 1: the file is empty; give version, article and claims")
    return root, _plain(root, file)


def _plain(node: yaml.Node, file: str) -> Any:
    """Python values of a node: numbers where written plainly, text for all else (dates, yes and no)."""
    line = node.start_mark.line + 1
    if not node.tag.startswith("tag:yaml.org,2002:") or "/" in node.tag:
        raise ClaimsError(f"{file}, line {line}: the tag {node.tag} is not data; remove it")
    if isinstance(node, yaml.MappingNode):
        mapping: dict[str, Any] = {}
        for key, value in node.value:
            if str(key.value) in mapping:
                place = key.start_mark.line + 1
                raise ClaimsError(f"{file}, line {place}: {key.value!r} is given twice; keep one")
            mapping[str(key.value)] = _plain(value, file)
        return mapping
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, file) for item in node.value]
    if node.style is None and re.fullmatch(r"-?\d+", node.value):
        return int(node.value)
    if node.style is None and re.fullmatch(r"-?\d+\.\d+", node.value):
        return float(node.value)
    return str(node.value)


def line_of(root: yaml.Node, path: Any, error: ValidationError | None = None) -> int:
    """Line of the node at `path`; of the key itself where the fault is the key."""
    node, line = root, root.start_mark.line + 1
    for step in path:
        if isinstance(node, yaml.MappingNode):
            key, node = next(pair for pair in node.value if pair[0].value == str(step))
            line = key.start_mark.line + 1
        else:
            node = node.value[step]
            line = node.start_mark.line + 1
    if error is not None and isinstance(node, yaml.MappingNode):
        unwanted = set(_unwanted(error))
        line = next((key.start_mark.line + 1 for key, _ in node.value if key.value in unwanted), line)
    return line


# ---- the schema, and its faults in words ------------------------------------------------------------


@functools.cache
def _validator() -> Draft202012Validator:
    # When it is loaded, jsonschema builds a grammar for internationalised web addresses. That takes longer
    # than an audit, and this schema does not use it; None makes that import fail, and jsonschema go without.
    unused = "rfc3987_syntax"
    skip = unused not in sys.modules
    if skip:
        sys.modules[unused] = None  # type: ignore[assignment]
    try:
        from jsonschema import Draft202012Validator
    finally:
        if skip:
            del sys.modules[unused]
    return Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def _unwanted(error: ValidationError) -> Iterator[str]:
    """Keys that the schema does not know at this place."""
    if error.validator == "additionalProperties":
        yield from (key for key in error.instance if key not in error.schema["properties"])
    elif "propertyNames" in error.schema_path:
        yield str(error.instance)


def _order(error: ValidationError) -> tuple[int, bool]:
    """Claim by claim; a key that is missing comes last, since it may be there misspelt."""
    path = list(error.absolute_path)
    claim = path[1] if path[:1] == ["claims"] and len(path) > 1 else -1
    return claim, error.validator == "required"


def _explain(error: ValidationError) -> str:
    """What is wrong and what to do, in one line."""
    field = next((str(step) for step in reversed(error.absolute_path) if isinstance(step, str)), "the file")
    value = error.instance
    if "propertyNames" in error.schema_path:
        return f"{value!r} has no place in a claim of this kind; {nearest(value, error.validator_value)}"
    if error.validator == "additionalProperties":
        key = next(_unwanted(error))
        return f"unknown key {key!r}; {nearest(key, error.schema['properties'])}"
    if error.validator == "required":
        missing = next(key for key in error.validator_value if key not in value)
        place = f"a claim of kind {value['kind']!r}" if "kind" in value else field
        return f"{place} lacks {missing!r}; add it"
    if error.validator == "enum":
        return f"{field} {value!r} is unknown; {nearest(value, error.validator_value)}"
    if error.validator == "const":
        remedy = f"this program reads {VERSION}" if field == "version" else f"give {error.validator_value!r}"
        return f"{field} is {value!r}; {remedy}"
    if error.validator in ("maxLength", "minLength", "minItems"):
        size = {"maxLength": "too long", "minLength": "too short", "minItems": "empty"}[error.validator]
        return f"{field} is {size}; the limit is {error.validator_value}"
    return f"{field} {value!r} is not {_EXPECTED.get(field, 'of the expected form')}"


_PERIOD = "a period; write 2018, year to March 2018, or 2018-01-01 to 2018-06-30"
_NUMBER = "a number of the form this kind takes; write 1,736 or 3.9 or 15% or 2/3"
_EXPECTED = {
    "period": _PERIOD,
    "earlier": _PERIOD,
    "from": _PERIOD,
    "to": _PERIOD,
    "stated": _NUMBER,
    "precision": _NUMBER,
    "paragraph": "a place; write headline, subheading, caption or the number of the paragraph",
    "words": "a short quotation; give at most five words",
    "id": "an id; write small letters, digits and hyphens",
    "claims": "a list of claims; start each with a hyphen",
    "the file": "a mapping; give version, article and claims",
}
