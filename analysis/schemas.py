"""The first departure of a document from its JSON schema, in words with the remedy."""

from __future__ import annotations

import functools
import json
import math
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis.names import nearest
from analysis.periods import last_day
from analysis.plain_text import is_line, is_link

if TYPE_CHECKING:
    from jsonschema import ValidationError

LINE: dict[str, Any] = {"type": "string", "format": "line", "title": "a text of one line"}


class Fault(NamedTuple):
    """Where in the document something is wrong, as keys and positions, and what it is."""

    path: tuple[str | int, ...]
    words: str


def first_fault(document: Any, schema: Mapping[str, Any]) -> Fault | None:
    """The first fault of a document, None when it fits its schema.

    A number must be finite and a whole number written as one: 2015.0 is none. A key that is missing is named last,
    since it may be there misspelt. Its
    formats are "date" and "day", "line" and "link" (`last_day`, `is_line`, `is_link`).

    >>> first_fault({"roel": "outcome"}, {"properties": {"role": {}}, "additionalProperties": False}).words
    "'roel' is unknown; did you mean 'role'?"
    >>> first_fault(0.5, {"type": "number", "exclusiveMinimum": 0.5, "exclusiveMaximum": 1}).words
    '0.5 is out of range; give a number above 0.5 and below 1'
    """
    errors: list[ValidationError] = []
    for error in _validator(json.dumps(schema)).iter_errors(document):
        errors.append(error)
        if error.validator == "maxItems" or len(errors) == 100:  # the rest may take long
            break
    if not errors:
        return None
    error = min(errors, key=lambda e: (e.validator == "required", list(e.absolute_path)))
    return Fault(tuple(error.absolute_path), _words(error))


def wanted(schema: Mapping[str, Any]) -> str:
    """What to give: the title of the schema, or else its type and range in words."""
    nouns = {"string": "a text", "integer": "a whole number", "number": "a number", "boolean": "true or false"}
    noun, within = nouns.get(schema.get("type", ""), "something else"), limits(schema)
    return schema.get("title") or (f"{noun}{' ' if 'above' in within else ', '}{within}" if within else noun)


def limits(schema: Mapping[str, Any]) -> str:
    """The range of a number in words, "" when there is none."""
    if "exclusiveMinimum" in schema:
        return f"above {schema['exclusiveMinimum']} and below {schema['exclusiveMaximum']}"
    return f"{schema['minimum']} to {schema['maximum']}" if "maximum" in schema else ""


@functools.cache
def _validator(schema: str) -> Any:
    # When it is loaded, jsonschema builds a grammar for internationalised web addresses, which takes a second and
    # which no schema here uses; None makes that import fail, and jsonschema go without.
    unused = "rfc3987_syntax"
    skip = unused not in sys.modules
    if skip:
        sys.modules[unused] = None  # type: ignore[assignment]
    try:
        from jsonschema import Draft202012Validator, FormatChecker, validators
    finally:
        if skip:
            del sys.modules[unused]
    strict = Draft202012Validator.TYPE_CHECKER.redefine("integer", lambda _, value: type(value) is int)
    strict = strict.redefine("number", lambda _, value: type(value) in (int, float) and math.isfinite(value))
    kind = validators.extend(Draft202012Validator, type_checker=strict)
    formats = FormatChecker(formats=["date"])
    for name, fits in {"day": last_day, "line": is_line, "link": is_link}.items():
        formats.checks(name, raises=ValueError)(lambda value, fits=fits: not isinstance(value, str) or fits(value))
    return kind(json.loads(schema), format_checker=formats)


def _words(error: ValidationError) -> str:
    value, schema = error.instance, error.schema
    if error.validator == "required":
        missing = next(key for key in schema["required"] if key not in value)
        return f"{missing} is missing; add it"
    if error.validator == "additionalProperties":
        unknown = next(key for key in value if key not in schema["properties"])
        return f"{unknown!r} is unknown; {nearest(unknown, schema['properties'])}"
    if error.validator == "enum":
        return f"{value!r} is unknown; {nearest(value, schema['enum'])}"
    seen = repr(value) if len(repr(value)) < 80 else f"{repr(value)[:77]}..."
    return f"{seen} {_complaint(error)}; give {wanted(schema)}"


def _complaint(error: ValidationError) -> str:
    """What is wrong with a value, and how it may have come about."""
    value = error.instance
    if error.validator in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
        return "is out of range"
    if error.validator != "type":
        return "does not fit"
    if isinstance(value, bool):
        return "is a truth value (YAML 1.1 reads yes, no, on and off as one unless quoted)"
    if isinstance(value, float) and not math.isfinite(value):
        return "is out of range"
    names = {str: "text", int: "a whole number", float: "a number with a fraction", type(None): "nothing"}
    return f"is {names.get(type(value), 'a ' + type(value).__name__)}"
