"""Notebooks that are kept: without what differs from run to run, sealed, compared in words."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any


def cleaned(text: str) -> str:
    """The text of a notebook's file without what differs from run to run: times, paths, versions."""
    notebook = json.loads(text)
    kernelspec = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    needs = {name: value for name, value in notebook["metadata"].items() if name == "needs"}
    notebook["metadata"] = {**needs, "kernelspec": kernelspec, "language_info": {"name": "python"}}
    notebook["nbformat"], notebook["nbformat_minor"] = 4, 5
    for cell in notebook["cells"]:
        for name in ("papermill", "execution", "collapsed", "scrolled"):
            cell["metadata"].pop(name, None)
        tags = cell["metadata"].get("tags")
        if tags == []:
            del cell["metadata"]["tags"]
        if tags and "injected-parameters" in tags:
            cell["id"] = "injected-parameters"
        if cell["cell_type"] == "code":
            cell["outputs"] = list(_joined(cell["outputs"]))
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _joined(outputs: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Outputs with neighbouring pieces of one stream as one: where a stream is cut depends on the clock."""
    last: dict[str, Any] | None = None
    for output in outputs:
        if last and output["output_type"] == "stream" == last["output_type"] and output["name"] == last["name"]:
            last["text"] = "".join([*last["text"], *output["text"]]).splitlines(keepends=True)
            continue
        if last:
            yield last
        last = output
    if last:
        yield last


def sealed(text: str) -> str:
    """A text with the line by which `unsealed` knows that it is whole."""
    return f"{text}{hashlib.sha256(text.encode()).hexdigest()}\n"


def unsealed(path: Path) -> str | None:
    """The text that was sealed in a file; None when there is no such file, or not the one that was written."""
    try:
        content = path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return None
    text = content[:-65]
    return text if content == sealed(text) else None


def contents(folder: Path) -> dict[str, bytes]:
    """Every file in `folder`, by its path inside."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def differences(built: Mapping[str, bytes], committed: Mapping[str, bytes]) -> list[str]:
    """One line a file that is not the same, byte for byte; empty when all are."""
    found = []
    for name in sorted(set(built) | set(committed)):
        if name not in committed:
            found.append(f"{name}: built, but not committed")
        elif name not in built:
            found.append(f"{name}: committed, but not built any more")
        elif built[name] != committed[name]:
            lines = itertools.zip_longest(built[name].splitlines(True), committed[name].splitlines(True))
            first = next(number for number, (a, b) in enumerate(lines, 1) if a != b)
            found.append(f"{name}: differs from line {first} on")
    return found


def changed_cells(before: str, after: str) -> list[str]:
    """The cells of a notebook that show something else, have come or are gone."""
    old, new = ({cell["id"]: cell.get("outputs") for cell in json.loads(text)["cells"]} for text in (before, after))
    return [
        cell for cell in dict.fromkeys([*old, *new]) if cell not in old or cell not in new or old[cell] != new[cell]
    ]
