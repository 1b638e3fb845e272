"""JSON as it is written: no name lost, no number rounded, no text that hides."""

from __future__ import annotations

import json
import re
from typing import Any

from analysis.plain_text import hidden

DEPTH = 20
LONGEST = 100_000  # characters


def read_json(text: str) -> Any:
    """The document.

    Raises
    ------
    ValueError : no JSON; too long; nested deeper than `DEPTH`; a name given twice in an object; a number of more
        digits than a float holds; a character that hides text. With the line where the parser knows it.

    >>> read_json('{"total": 1736}')
    {'total': 1736}
    """
    if len(text) > LONGEST:
        raise ValueError(f"more than {LONGEST:,} characters; leave out what is not needed")
    deep = f"nested more than {DEPTH} deep; take the brackets away"
    try:
        document = json.loads(
            text, object_pairs_hook=_object, parse_int=_number, parse_float=_number, parse_constant=_number
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise ValueError(f"{where}: not JSON ({error.msg}); mend that line") from None
    except RecursionError:
        raise ValueError(deep) from None
    left = [(document, 0)]
    while left:
        value, depth = left.pop()
        if depth > DEPTH:
            raise ValueError(deep)
        if isinstance(value, str) and hidden(value):
            raise ValueError(f"{value[:40]!r}: {hidden(value)}")
        if isinstance(value, dict | list):
            inside = [*value, *value.values()] if isinstance(value, dict) else value
            left += [(one, depth + 1) for one in inside]
    return document


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"{name!r} is given twice in one object; keep one")
        found[name] = value
    return found


def _number(text: str) -> int | float:
    if re.fullmatch("-?[0-9]{1,15}", text):
        return int(text)
    if re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?", text):
        return float(text)
    shown = text if len(text) < 30 else f"{text[:20]}... ({len(text)} characters)"
    raise ValueError(f"{shown} is no number of at most 15 digits; mend it")
