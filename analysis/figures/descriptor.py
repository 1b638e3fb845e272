"""The datapackage.json of a study (Frictionless Data Package v2): what it has to say, held against a schema.

One resource is one series of one measure, one row a period. Beside the standard properties a resource states its
`role`, may state `measure`, `unit` and the month in which "2017/18" begins (`year_starts`), and may declare what
its rows have to agree with:

    "published_totals":  [{"first": 2015, "last": 2018, "total": 1736}]
    "published_changes": [{"earlier": 2017, "later": 2018, "percent": 15, "step": 1}]
    "breaks":            [{"date": "2015-10-01", "reason": "..."}]
    "gaps":              [{"after": 2018, "before": 2021, "reason": "..."}]

Years are those in which a period ends. `sources`, of the whole study or of a resource, are for the rows that name
none: the first of them is taken.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from analysis.figures.files import StudyError, open_text, shown, write_text
from analysis.figures.observations import Break, Gap, PublishedChange, PublishedTotal, Source, last_day
from analysis.schemas import LINE, first_fault

NAME = "datapackage.json"
ROLES = ("outcome", "comparison", "population", "contrast", "older_comparison", "context")
DECLARED = {
    "published_totals": PublishedTotal,
    "published_changes": PublishedChange,
    "breaks": Break,
    "gaps": Gap,
}
# Properties of the standard that nothing here reads.
_UNREAD = ("$schema", "description", "dialect", "encoding", "format", "homepage", "licenses", "mediatype", "profile")
_UNREAD += ("schema", "scheme", "type")
_TYPES = {
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "date": {"type": "string", "format": "date", "title": "a date, written 2015-10-01"},
    "str": LINE,
}


def _declaration(kind: Any) -> dict[str, Any]:
    """The schema of a list of objects with the fields of `kind`."""
    fields = dataclasses.fields(kind)
    entry = {
        "type": "object",
        "properties": {field.name: _TYPES[field.type] for field in fields},
        "title": "{" + ", ".join(f'"{field.name}": ...' for field in fields) + "}",
        "required": [field.name for field in fields if field.default is dataclasses.MISSING],
        "additionalProperties": False,
    }
    return {"type": "array", "items": entry, "title": "a list of such objects"}


_SOURCE = {name: LINE for name in ("title", "path", "email", "version", "publisher", "published", "locator", "licence")}
_SOURCES = {
    "type": "array",
    "title": 'a list, as [{"title": "..."}]',
    "minItems": 1,
    "items": {
        "type": "object",
        "title": '{"title": "..."}',
        "properties": _SOURCE,
        "required": ["title"],
        "additionalProperties": False,
    },
}
_RESOURCE = {
    "type": "object",
    "title": "an object with name, path and role",
    "required": ["name", "path", "role"],
    "properties": {
        "name": {"type": "string", "pattern": r"\A[a-z0-9._-]+\Z", "title": "small letters, digits, . _ and - only"},
        "path": LINE,
        "role": {"enum": list(ROLES)},
        "title": LINE,
        "measure": LINE,
        "unit": LINE,
        "year_starts": {"type": "integer", "minimum": 1, "maximum": 12},
        "sources": _SOURCES,
        **{key: _declaration(kind) for key, kind in DECLARED.items()},
        "bytes": {"type": "integer"},
        "hash": {"type": "string", "pattern": r"\Asha256:[0-9a-f]{64}\Z", "title": "sha256: and 64 digits"},
        **{key: {} for key in _UNREAD},
    },
    "additionalProperties": False,
}
SCHEMA = {
    "type": "object",
    "title": "an object with name, title and resources",
    "required": ["name", "title", "resources"],
    "properties": {
        "name": LINE,
        "title": LINE,
        "sources": _SOURCES,
        "resources": {"type": "array", "minItems": 1, "items": _RESOURCE, "title": "at least one object"},
    },
}


def read(folder: Path) -> dict[str, Any]:
    """The content of a study's datapackage.json, fit for loading; each resource has the sources that apply to it.

    Raises
    ------
    StudyError : there is none, or the first thing in it that is wrong.
    """
    file = shown(folder / NAME)
    if not (folder / NAME).is_file():
        remedy = "give the folder of a study, or make one with `python -m analysis new`"
        raise StudyError(f"{file}: no such file; {remedy}")
    try:
        descriptor = json.loads(open_text(folder, NAME))
    except json.JSONDecodeError as error:
        where = f"{file}, line {error.lineno}, column {error.colno}"
        raise StudyError(f"{where}: not JSON ({error.msg}); mend that line") from None
    if fault := first_fault(descriptor, SCHEMA):
        raise StudyError(f"{file}{_place(descriptor, fault.path)}: {fault.words}")
    resources = descriptor["resources"]
    for what in ("name", "role"):
        values = [resource[what] for resource in resources if resource[what] != "context"]
        for value in values:
            if values.count(value) > 1:
                raise StudyError(f"{file}: two resources have the {what} {value!r}; keep one")
    if "outcome" not in [resource["role"] for resource in resources]:
        raise StudyError(f'{file}: no outcome; give one resource "role": "outcome"')
    return descriptor


def write(folder: Path, descriptor: Mapping[str, Any]) -> None:
    """Writes the datapackage.json of a study, whole or not at all."""
    write_text(folder / NAME, json.dumps(descriptor, indent=2, ensure_ascii=False) + "\n")


def declarations(resource: Mapping[str, Any]) -> dict[str, tuple[Any, ...]]:
    """What a resource declares of its rows, as the objects that the checks read."""
    return {
        key: tuple(
            kind(**{name: date.fromisoformat(v) if name == "date" else v for name, v in entry.items()})
            for entry in resource.get(key, [])
        )
        for key, kind in DECLARED.items()
    }


def common_source(folder: Path, descriptor: Mapping[str, Any], resource: Mapping[str, Any]) -> Source:
    """The source of the rows of a resource that name none themselves."""
    first = next(iter([*resource.get("sources", []), *descriptor.get("sources", [])]), {})
    fields = {"url" if name == "path" else name: text for name, text in first.items()}
    try:
        last_day(fields.get("published", "2000"))
    except ValueError as error:
        raise StudyError(f"{shown(folder / NAME)}, resource {resource['name']}, sources: {error}") from None
    return Source(**{name: text for name, text in fields.items() if name not in ("email", "version")})


def fingerprint(content: bytes) -> dict[str, Any]:
    """Size and sha256 of a file, under the names of the Data Package standard."""
    return {"hash": f"sha256:{hashlib.sha256(content).hexdigest()}", "bytes": len(content)}


def _place(descriptor: Any, path: tuple[str | int, ...]) -> str:
    """Where in the descriptor something is wrong, with resources by their names."""
    steps = list(path)
    if len(steps) > 1 and steps[0] == "resources":
        resource = descriptor["resources"][steps[1]]
        name = resource.get("name") if isinstance(resource, dict) else None
        steps[:2] = [f"resource {name or int(steps[1]) + 1}"]
    return "".join(f", {step + 1 if isinstance(step, int) else step}" for step in steps)
