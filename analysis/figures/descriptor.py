"""The datapackage.json of a data package: what it has to say, read strictly, and its sizes and hashes."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import re
import shlex
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from analysis.figures.observations import Break, Gap, PublishedChange, PublishedTotal
from analysis.names import nearest

PROJECT = Path(__file__).resolve().parents[2]
ROLES = ("outcome", "comparison", "population", "contrast", "older_comparison", "context")

DECLARED = {
    "published_totals": PublishedTotal,
    "published_changes": PublishedChange,
    "breaks": Break,
    "gaps": Gap,
}
_NEEDED = ("name", "path", "title", "role", "measure", "unit")
_STANDARD = ("bytes", "dialect", "description", "encoding", "format", "hash", "homepage", "licenses")
_STANDARD += ("mediatype", "profile", "schema", "scheme", "sources", "type", "$schema")


class DataPackageError(ValueError):
    """One line: the file, the place in it, what is wrong and what to do."""


def resolve(path: str | Path) -> Path:
    """Where a data package is: a relative path starts at the project folder, wherever the caller runs."""
    return (PROJECT / path).resolve()


def refresh_hashes(path: str | Path) -> list[str]:
    """Writes the size and sha256 of every CSV file into its datapackage.json; names those that changed.

    A relative path starts at the project folder, as in `load`. Nothing else is verified: load does that.
    """
    place = resolve(path)
    descriptor = _json(place)
    changed = []
    for resource in _resources(place, descriptor):
        content = file_of(place, resource).read_bytes()
        new = {"hash": f"sha256:{hashlib.sha256(content).hexdigest()}", "bytes": len(content)}
        if {key: resource.get(key) for key in new} != new:
            resource.update(new)
            changed.append(resource["name"])
    if changed:
        draft = place.with_name(place.name + ".new")
        draft.write_text(json.dumps(descriptor, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        os.replace(draft, place)
    return changed


def shown(path: Path) -> str:
    """A path as messages name it: from the project folder when inside."""
    return str(path.relative_to(PROJECT)) if path.is_relative_to(PROJECT) else str(path)


def _json(place: Path) -> dict[str, Any]:
    try:
        descriptor = json.loads(place.read_text(encoding="utf-8"))
    except FileNotFoundError:
        remedy = "give its path from the project folder, or an absolute one"
        raise DataPackageError(f"{shown(place)}: no such file; {remedy}") from None
    except OSError as error:
        remedy = "give the path of a datapackage.json"
        raise DataPackageError(f"{shown(place)}: cannot be read ({error.strerror}); {remedy}") from None
    except UnicodeDecodeError as error:
        raise DataPackageError(f"{shown(place)}, byte {error.start}: not UTF-8; save it as UTF-8") from None
    except json.JSONDecodeError as error:
        where = f"{shown(place)}, line {error.lineno}, column {error.colno}"
        raise DataPackageError(f"{where}: not JSON ({error.msg}); mend that line") from None
    if not isinstance(descriptor, dict):
        raise DataPackageError(f"{shown(place)}: not a JSON object; give one with name, title and resources")
    return descriptor


def _resources(place: Path, descriptor: Mapping[str, Any]) -> list[dict[str, Any]]:
    resources = descriptor.get("resources")
    if not isinstance(resources, list) or not resources or not all(isinstance(r, dict) for r in resources):
        raise DataPackageError(f"{shown(place)}: no resources; list at least one object under resources")
    for number, resource in enumerate(resources, start=1):
        where = f"{shown(place)}, resource {resource.get('name') or number}"
        for key in _NEEDED:
            if not isinstance(resource.get(key), str) or not resource[key]:
                raise DataPackageError(f'{where}: {key} is missing or not text; add "{key}": "..."')
        for key in resource:
            known = (*_NEEDED, *DECLARED, *_STANDARD)
            if key not in known:
                raise DataPackageError(f"{where}: unknown property {key!r}; {nearest(key, known)}")
        if resource["role"] not in ROLES:
            near = nearest(resource["role"], ROLES)
            raise DataPackageError(f"{where}: unknown role {resource['role']!r}; {near}")
        if not re.fullmatch("[a-z0-9._-]+", resource["name"]):
            raise DataPackageError(f"{where}: not a plain name; use small letters, digits, . _ and - only")
    return resources


def read(place: Path) -> dict[str, Any]:
    """The content of a datapackage.json with everything in it that `load` needs."""
    descriptor = _json(place)
    for key in ("name", "title"):
        if not isinstance(descriptor.get(key), str) or not descriptor[key]:
            raise DataPackageError(f'{shown(place)}: {key} is missing or not text; add "{key}": "..."')
    resources = _resources(place, descriptor)
    for what, values in (
        ("name", [resource["name"] for resource in resources]),
        ("role", [resource["role"] for resource in resources if resource["role"] != "context"]),
    ):
        for value in values:
            if values.count(value) > 1:
                raise DataPackageError(f"{shown(place)}: two resources have the {what} {value!r}; keep one")
    if "outcome" not in [resource["role"] for resource in resources]:
        raise DataPackageError(f'{shown(place)}: no outcome; give one resource "role": "outcome"')
    for resource in resources:
        hashed = re.fullmatch("sha256:[0-9a-f]{64}", str(resource.get("hash")))
        if type(resource.get("bytes")) is not int or not hashed:
            where = f"{shown(place)}, resource {resource['name']}"
            raise DataPackageError(f"{where}: no sha256 hash or no bytes; run {hash_command(place)}")
    return descriptor


def file_of(place: Path, resource: Mapping[str, Any]) -> Path:
    """The CSV file of a resource, which must lie inside the package's folder."""
    path, where = resource["path"], f"{shown(place)}, resource {resource['name']}"
    file = (place.parent / path).resolve()
    outside = "://" in path or ".." in Path(path).parts or Path(path).is_absolute()
    if outside or not file.is_relative_to(place.parent):
        remedy = "copy the file beside datapackage.json and name it there"
        raise DataPackageError(f"{where}: path {path!r} leaves the package folder; {remedy}")
    if not file.is_file():
        raise DataPackageError(f"{where}: there is no file {path!r}; add it or mend path")
    return file


def declarations(place: Path, resource: Mapping[str, Any], key: str, kind: Any) -> tuple[Any, ...]:
    """The objects under `key`, each with exactly the properties of `kind`."""
    declared = resource.get(key, [])
    kinds = {field.name: int if field.type == "int" else str for field in dataclasses.fields(kind)}
    where = f"{shown(place)}, resource {resource['name']}, {key}"
    remedy = f"write [{{{', '.join(f'{name!r}: ...' for name in kinds)}}}]".replace("'", '"')
    found = []
    for entry in declared if isinstance(declared, list) else [declared]:
        if not isinstance(entry, dict) or {k: type(v) for k, v in entry.items()} != kinds:
            raise DataPackageError(f"{where}: {json.dumps(entry)} is not understood; {remedy}")
        try:
            found.append(kind(**{k: date.fromisoformat(v) if k == "date" else v for k, v in entry.items()}))
        except ValueError as error:
            raise DataPackageError(f"{where}: {error}; write the date as 2015-10-01") from None
    return tuple(found)


def hash_command(place: Path) -> str:
    return f"`python -m analysis hash {shlex.quote(shown(place))}`"
