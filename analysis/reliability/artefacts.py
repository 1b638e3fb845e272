"""Results computed once, stored beside the benchmark with their hash, and read back only if it matches."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "data" / "benchmark"
DESCRIPTOR = "datapackage.json"
REMEDY = "restore the file, or refit with `python -m analysis calibrate`"


def read(name: str, folder: Path = FOLDER) -> bytes:
    """Content of a file of the benchmark package, verified against the hash and size in its datapackage.json.

    Raises ValueError: the file is missing, not declared, or not the one that was declared.
    """
    resource = _resource(_descriptor(folder), name)
    try:
        content = (folder / name).read_bytes()
    except FileNotFoundError:
        raise ValueError(f"{folder.name}/{name}: missing; {REMEDY}") from None
    if (resource.get("hash"), resource.get("bytes")) != (digest(content), len(content)):
        raise ValueError(f"{folder.name}/{name}: not the content that {DESCRIPTOR} declares; {REMEDY}")
    return content


def write(contents: dict[str, bytes], folder: Path) -> None:
    """Writes files of the benchmark package and records their hashes and sizes in its datapackage.json."""
    descriptor = _descriptor(folder)
    for name, content in contents.items():
        _resource(descriptor, name).update(hash=digest(content), bytes=len(content))
        (folder / name).write_bytes(content)
    (folder / DESCRIPTOR).write_text(json.dumps(descriptor, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def digest(content: bytes) -> str:
    """The sha256 of `content` as a data package writes it.

    >>> digest(b"")[:19]
    'sha256:e3b0c44298fc'
    """
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def rounded(value: Any, figures: int) -> Any:
    """Every float inside `value` to so many significant figures, so that all processors store the same bytes.

    >>> rounded({"a": [0.123456789, 2]}, 3)
    {'a': [0.123, 2]}
    """
    if isinstance(value, dict):
        return {key: rounded(item, figures) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(item, figures) for item in value]
    return float(f"{value:.{figures}g}") if isinstance(value, float) else value


def encoded(value: Any) -> bytes:
    """`value` as JSON, indented, with each list of plain values on one line; NaN and infinity are refused."""
    text = json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False)
    one_line = re.sub(r"\[[^\[\]{}]*\]", lambda found: " ".join(found[0].split()), text)
    return (one_line.replace("[ ", "[").replace(" ]", "]") + "\n").encode()


def _descriptor(folder: Path) -> dict[str, Any]:
    try:
        return json.loads((folder / DESCRIPTOR).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ValueError(f"{folder.name}/{DESCRIPTOR}: missing; restore the file") from None


def _resource(descriptor: dict[str, Any], name: str) -> dict[str, Any]:
    for resource in descriptor["resources"]:
        if resource["path"] == name:
            return resource
    raise ValueError(f"{DESCRIPTOR}: no resource with the path {name}; declare it")
