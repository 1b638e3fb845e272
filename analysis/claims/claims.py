"""The claims of an article: a text file of bare lines, or a YAML file that says more about each; refused by line."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from analysis.claims.hedges import NOT_CHECKABLE
from analysis.claims.kinds import Kind, name_of_kind
from analysis.claims.language import PAGE, ClaimsError, read_line
from analysis.figures.descriptor import resolve, shown
from analysis.names import nearest

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator, ValidationError

NAME = "claims.yml"
SCHEMA = Path(__file__).resolve().parents[2] / "data" / "claims.schema.json"


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One numeric claim: the line that states it and where it stands.

    `asserted` is what the line was read as and `names` the series it is about; a claim with a `reason` why it cannot
    be checked has neither. `counted` is what the line says that it counts, "" for what the series counts.
    """

    id: str
    says: str
    file: str
    line: int
    paragraph: int | str = ""
    words: str = ""
    note: str = ""
    reason: str = ""
    article_url: str = ""
    names: tuple[str, ...] = ()
    asserted: Kind | None = None
    counted: str = ""

    @property
    def series(self) -> str:
        """The first series that the claim is about, "" for none."""
        return self.names[0] if self.names else ""

    @property
    def kind(self) -> str:
        return "not in the figures" if self.asserted is None else name_of_kind(self.asserted)

    @property
    def stated(self) -> str:
        """The stated number with its hedge, as the claim puts it ("almost 4")."""
        statement = self.asserted and self.asserted.statement
        if not statement or not statement.size:
            return "not in the figures" if self.asserted is None else "an order"
        bare = statement.hedge in ("bare", "unchanged")
        return statement.number.text if bare else f"{statement.hedge} {statement.number.text}"

    @property
    def echo(self) -> str:
        """How the line was understood."""
        if self.asserted is None:
            return f"{NOT_CHECKABLE}: {self.reason}"
        size = "" if self.stated == "an order" else f", {self.stated}"
        unit = f", counted in {self.counted}" if self.counted else ""
        return f"{self.asserted.echo(' + '.join(self.names))}{size}{unit}"


def source_free(name: str) -> str:
    """The name of a series without its source: "removals" of "removals [ministry]"."""
    return name.partition(" [")[0]


def read_claims(path: str | Path, names: Iterable[str], *, refused: list[str] | None = None) -> list[Claim]:
    """Claims of the file, in its order.

    Parameters
    ----------
    path : a text file of one claim a line (# starts a remark), or a YAML file in the format of
        `data/claims.schema.json`; a relative path starts at the project folder.
    names : of the series that the figures hold.
    refused : where given, takes what is wrong with each line that cannot be read, and the others are returned.

    Raises
    ------
    ClaimsError : the first fault in the file, in one line with its line number and the remedy.
    """
    place = resolve(path)
    file = shown(place)
    try:
        text = place.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ClaimsError(f"{file}: no such file; put the claims there") from None
    except OSError as error:
        raise ClaimsError(f"{file}: cannot be read ({error.strerror}); give a file of claims") from None
    except UnicodeDecodeError as error:
        raise ClaimsError(f"{file}, byte {error.start}: not UTF-8; save it as UTF-8") from None
    entries = _entries(text, file) if place.suffix in (".yml", ".yaml") else _lines(text)
    known = list(dict.fromkeys(source_free(name) for name in names))
    claims: list[Claim] = []
    for line, entry in entries:
        try:
            claims.append(_claim(entry, known, file, line))
        except ValueError as error:
            fault = f"{file}, line {line}: {entry['claim']!r}: {error}"
            if refused is None:
                raise ClaimsError(fault) from None
            refused.append(fault)
    if not claims and not refused:
        raise ClaimsError(f"{file}: holds no claim; write one a line, as in {PAGE}")
    return claims


def _lines(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield number, {"claim": line.strip()}


def _claim(entry: dict[str, Any], known: list[str], file: str, line: int) -> Claim:
    about = {"says": entry["claim"], "file": file, "line": line, "id": entry.get("id", f"line-{line}")}
    about |= {key: entry[key] for key in ("paragraph", "words", "note", "article_url") if key in entry}
    if "not checkable" in entry:
        return Claim(**about, reason=entry["not checkable"])
    names, asserted, counted = read_line(entry["claim"], known)
    return Claim(**about, names=names, asserted=asserted, counted=counted)


# ---- YAML, with the place of everything ------------------------------------------------------------


def _entries(text: str, file: str) -> list[tuple[int, dict[str, Any]]]:
    """Each claim with its line; ClaimsError where the file does not fit the schema."""
    root = _compose(text, file)
    document = _plain(root, file)
    faults = sorted(_validator().iter_errors(document), key=lambda error: [str(step) for step in error.absolute_path])
    if faults:
        raise ClaimsError(f"{file}, line {_line_of(root, faults[0])}: {_explain(faults[0])}")
    node = next(value for key, value in root.value if key.value == "claims")
    lines, seen = [item.start_mark.line + 1 for item in node.value], {}
    for line, entry in zip(lines, document["claims"], strict=True):
        name = entry.get("id")
        if name and name in seen:
            raise ClaimsError(f"{file}, line {line}: id {name!r} is in line {seen[name]} too; rename one")
        seen[name] = line
    url = {"article_url": document["article"]["url"]}
    return [(line, entry | url) for line, entry in zip(lines, document["claims"], strict=True)]


def _compose(text: str, file: str) -> yaml.Node:
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text)):
            raise ClaimsError(f"{file}: uses YAML anchors; write each claim out")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        hint = "; put a claim with a colon in quotes" if "mapping values" in str(error.problem) else "; mend it there"
        raise ClaimsError(f"{file}, line {mark.line + 1}: not YAML ({error.problem}){hint}") from None
    except yaml.YAMLError:
        raise ClaimsError(f"{file}: not a text that YAML allows; remove the control characters") from None
    if root is None:
        raise ClaimsError(f"{file}, line 1: the file is empty; give version, article and claims")
    return root


def _plain(node: yaml.Node, file: str) -> Any:
    """Python values of a node: whole numbers where written plainly, text for all else (dates, yes and no)."""
    line = node.start_mark.line + 1
    if not node.tag.startswith("tag:yaml.org,2002:") or "/" in node.tag:
        raise ClaimsError(f"{file}, line {line}: the tag {node.tag} is not data; remove it")
    if isinstance(node, yaml.MappingNode):
        mapping: dict[str, Any] = {}
        for key, value in node.value:
            if str(key.value) in mapping:
                raise ClaimsError(f"{file}, line {key.start_mark.line + 1}: {key.value!r} is given twice; keep one")
            mapping[str(key.value)] = _plain(value, file)
        return mapping
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, file) for item in node.value]
    return int(node.value) if node.style is None and re.fullmatch(r"[0-9]+", node.value) else str(node.value)


def _line_of(root: yaml.Node, error: ValidationError) -> int:
    """Line of the node where the fault is; of the key itself where the key is the fault."""
    node, line = root, 1
    for step in error.absolute_path:
        if isinstance(node, yaml.MappingNode):
            key, node = next(pair for pair in node.value if pair[0].value == step)
            line = key.start_mark.line + 1
        else:
            node = node.value[step]
            line = node.start_mark.line + 1
    if error.validator == "additionalProperties":
        unknown = set(error.instance) - set(error.schema["properties"])
        line = next(key.start_mark.line + 1 for key, _ in node.value if key.value in unknown)
    return line


@functools.cache
def _validator() -> Draft202012Validator:
    from jsonschema import Draft202012Validator  # here, because a text file needs none

    return Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def _explain(error: ValidationError) -> str:
    """What is wrong and what to do, in one line; the remedy is the schema's own description."""
    field = next((str(step) for step in reversed(error.absolute_path) if isinstance(step, str)), "the file")
    if error.validator == "additionalProperties":
        known = error.schema["properties"]
        key = next(key for key in error.instance if key not in known)
        return f"unknown key {key!r}; {nearest(key, known)}"
    if error.validator == "required":
        missing = next(key for key in error.validator_value if key not in error.instance)
        return f"{'a claim' if field == 'claims' else field} lacks {missing!r}; add it"
    if error.validator == "enum":
        return f"{field} {error.instance!r} is unknown; {nearest(error.instance, error.validator_value)}"
    return f"{field} {error.instance!r} does not fit; {error.schema.get('description', 'see ' + PAGE)}"
