"""How to cite the report: CITATION.cff as a sentence and as BibTeX."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Citation:
    """What CITATION.cff says, in the three forms that the page needs."""

    text: str
    bibtex: str
    authors: str
    licence: str
    dated: str


def read_citation(path: Path) -> Citation | None:
    """The citation in `path`, or None when there is no such file."""
    if not path.exists():
        return None
    import yaml

    return citation_of(yaml.safe_load(path.read_text(encoding="utf-8")))


def citation_of(cff: Mapping[str, Any]) -> Citation:
    """The citation that the fields of a Citation File Format document make."""
    names = [_name(author) for author in cff["authors"]]
    dated, version = str(cff.get("date-released", "")), str(cff.get("version", ""))
    address = cff.get("url") or cff.get("repository-code") or ""
    year = f" ({dated[:4]})" if dated else ""
    edition = f", version {version}" if version else ""
    link = f' <a href="{html.escape(address)}" rel="noreferrer">{html.escape(address)}</a>' if address else ""
    said = f"{html.escape(', '.join(names))}{year}. <cite>{html.escape(cff['title'])}</cite>{edition}.{link}"
    key = re.sub(r"[^a-z0-9]", "", names[0].split(",")[0].lower()) + dated[:4]
    fields = {
        "author": " and ".join(names),
        "title": f"{{{cff['title']}}}",
        "year": dated[:4],
        "version": version,
        "url": address,
    }
    lines = [f"  {field} = {{{value}}}" for field, value in fields.items() if value]
    bibtex = f"@misc{{{key},\n" + ",\n".join(lines) + "\n}"
    return Citation(said, bibtex, "; ".join(names), str(cff.get("license", "")), dated)


def _name(author: Mapping[str, str]) -> str:
    """ "Family, Given" of a person, the name of an organisation as it is."""
    parts = (author.get("family-names"), author.get("given-names"))
    return author.get("name") or ", ".join(part for part in parts if part)
