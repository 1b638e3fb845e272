"""How to cite the report: what CITATION.cff says, also as BibTeX."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Citation:
    """The fields of a Citation File Format document that the page needs."""

    names: tuple[str, ...]
    title: str
    version: str = ""
    dated: str = ""
    licence: str = ""
    address: str = ""

    @property
    def authors(self) -> str:
        return "; ".join(self.names)

    @property
    def authors_and_year(self) -> str:
        return ", ".join(self.names) + (f" ({self.dated[:4]})" if self.dated else "")

    @property
    def edition(self) -> str:
        return f", version {self.version}" if self.version else ""

    @property
    def bibtex(self) -> str:
        key = re.sub(r"[^a-z0-9]", "", self.names[0].split(",")[0].lower()) + self.dated[:4]
        fields = {
            "author": " and ".join(self.names),
            "title": f"{{{self.title}}}",
            "year": self.dated[:4],
            "version": self.version,
            "url": self.address,
        }
        lines = [f"  {field} = {{{value}}}" for field, value in fields.items() if value]
        return f"@misc{{{key},\n" + ",\n".join(lines) + "\n}"


def read_citation(path: Path) -> Citation | None:
    """The citation in `path`, or None when there is no such file."""
    if not path.exists():
        return None
    import yaml

    return citation_of(yaml.safe_load(path.read_text(encoding="utf-8")))


def citation_of(cff: Mapping[str, Any]) -> Citation:
    """The citation that the fields of a Citation File Format document make."""
    return Citation(
        names=tuple(_name(author) for author in cff["authors"]),
        title=cff["title"],
        version=str(cff.get("version", "")),
        dated=str(cff.get("date-released", "")),
        licence=str(cff.get("license", "")),
        address=cff.get("url") or cff.get("repository-code") or "",
    )


def _name(author: Mapping[str, str]) -> str:
    """ "Family, Given" of a person, the name of an organisation as it is."""
    parts = (author.get("family-names"), author.get("given-names"))
    return author.get("name") or ", ".join(part for part in parts if part)
