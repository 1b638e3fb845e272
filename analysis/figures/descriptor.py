"""The datapackage.json of a study (Frictionless Data Package v2), held against datapackage.schema.json.

One resource is one series of one measure, one row a period; data/README.md says what it may declare.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from analysis.figures.files import StudyError, open_text, shown, write_text
from analysis.figures.observations import Break, Gap, PublishedChange, PublishedTotal, Source
from analysis.json_text import read_json
from analysis.schemas import first_fault

NAME = "datapackage.json"
SCHEMA = json.loads(Path(__file__).with_name("datapackage.schema.json").read_text(encoding="utf-8"))
ROLES = tuple(SCHEMA["$defs"]["resource"]["properties"]["role"]["enum"])
DECLARED = {
    "published_totals": PublishedTotal,
    "published_changes": PublishedChange,
    "breaks": Break,
    "gaps": Gap,
}


def read(folder: Path) -> dict[str, Any]:
    """The content of a study's datapackage.json, fit for loading; each resource has the sources that apply to it.

    Raises
    ------
    StudyError : there is none, or the first thing in it that is wrong.
    """
    file = shown(folder / NAME)
    if not os.path.lexists(folder / NAME):
        remedy = "give the folder of a study, or make one with `python -m analysis new`"
        raise StudyError(f"{file}: no such file; {remedy}")
    text = open_text(folder, NAME)
    try:
        descriptor = read_json(text)
    except ValueError as error:
        raise StudyError(f"{file}, {error}") from None
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


def common_source(descriptor: Mapping[str, Any], resource: Mapping[str, Any]) -> Source:
    """The source of the rows of a resource that name none themselves."""
    first = next(iter([*resource.get("sources", []), *descriptor.get("sources", [])]), {})
    fields = {"url" if name == "path" else name: text for name, text in first.items()}
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
