"""The claims of an article: a text file of bare lines, or a YAML file that says more about each; refused by line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from analysis.claims.hedges import NOT_CHECKABLE
from analysis.claims.kinds import Kind
from analysis.claims.language import PAGE, read_line
from analysis.figures.files import PROJECT, StudyError, open_text, shown
from analysis.schemas import first_fault
from analysis.yaml_text import compose

NAME = "claims.yml"
MOST = 200
REMEDY = "put a claim that holds a colon in quotes, and remove the control characters"
SCHEMA = Path(__file__).with_name("claims.schema.json")


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What one line `says` of the series that have `names`, in one or several `parts`; none for one with a `reason`.

    `counted` is what the line says that it counts, "" for what the series counts.
    """

    id: str
    says: str
    line: int
    paragraph: str = ""
    words: str = ""
    note: str = ""
    reason: str = ""
    article_url: str = ""
    names: tuple[str, ...] = ()
    parts: tuple[Kind, ...] = ()
    counted: str = ""

    @property
    def stated(self) -> str:
        return ", ".join(str(part.statement or "") or "an order" for part in self.parts) or "not in the figures"

    @property
    def echo(self) -> str:
        """How the line was understood."""
        if not self.parts:
            return f"{NOT_CHECKABLE}: {self.reason}"
        unit = f", counted in {self.counted}" if self.counted else ""
        return "; ".join(part.echo(" + ".join(self.names)) for part in self.parts) + unit


def source_free(name: str) -> str:
    """ "removals" of "removals [ministry]"."""
    return name.partition(" [")[0]


def read_claims(path: str | Path, names: Iterable[str], *, refused: list[str] | None = None) -> list[Claim]:
    """Claims of the file, in its order.

    Parameters
    ----------
    path : a text file of one claim a line (# starts a remark), or a YAML file in the format of
        `claims.schema.json`; a relative path starts at the project folder.
    names : of the series that the figures hold.
    refused : where given, takes what is wrong with each line that cannot be read, and the others are returned.

    Raises
    ------
    StudyError : the first fault in the file, in one line with its place and the remedy.
    """
    place = PROJECT / path
    file = shown(place)
    text = open_text(place.parent, place.name)
    entries = list(_entries(text, file) if place.suffix in (".yml", ".yaml") else _lines(text))
    if len(entries) > MOST:
        raise StudyError(f"{file}: {len(entries):,} claims; split the file into parts of at most {MOST}")
    known = list(dict.fromkeys(source_free(name) for name in names))
    claims: list[Claim] = []
    for line, entry in entries:
        about = {"id": f"line-{line}"} | entry
        says, reason = about.pop("claim"), about.pop("not checkable", "")
        try:
            names, parts, counted = ((), (), "") if reason else read_line(says, known)
        except ValueError as error:
            fault = StudyError(f"{file}, line {line}: {says!r}: {error}")
            if refused is None:
                raise fault from None
            refused.append(str(fault))
        else:
            read = {"names": names, "parts": parts, "counted": counted}
            claims.append(Claim(**about, **read, says=says, reason=reason, line=line))
    if not claims and not refused:
        raise StudyError(f"{file}: holds no claim; write one a line, as in {PAGE}")
    return claims


def _lines(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield number, {"claim": line.strip()}


def _entries(text: str, file: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each claim of a YAML file with its line, once the file fits the schema."""
    try:
        root = compose(text, file, StudyError)
    except StudyError as error:
        raise StudyError(str(error).replace("mend it", REMEDY)) from None
    lines: list[int] = []
    for key, value in root.value if isinstance(root, yaml.MappingNode) else ():
        if key.value == "claims" and isinstance(value, yaml.SequenceNode):
            lines = [node.start_mark.line + 1 for node in value.value]
    document = yaml.load(text, yaml.BaseLoader)  # all values are text
    fault = first_fault(document, json.loads(SCHEMA.read_text(encoding="utf-8")))
    if fault:
        place = f", line {lines[fault.path[1]]}" if fault.path[:1] == ("claims",) and len(fault.path) > 1 else ""
        field = f"{fault.path[-1]} " if fault.path and isinstance(fault.path[-1], str) else ""
        raise StudyError(f"{file}{place}: {field}{fault.words}")
    seen: dict[str, int] = {}
    for line, entry in zip(lines, document["claims"], strict=True):
        if seen.setdefault(entry.get("id", str(line)), line) != line:
            raise StudyError(f"{file}, line {line}: id {entry['id']!r} is in line {seen[entry['id']]} too; rename one")
        yield line, entry | {"article_url": document["article"]["url"]}
