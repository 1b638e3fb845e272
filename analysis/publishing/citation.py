"""How to cite the report: what CITATION.cff says, also as BibTeX."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml


def read_citation(path: Path) -> dict[str, Any]:
    """The citation in `path`; see `citation_of`."""
    return citation_of(yaml.safe_load(path.read_text(encoding="utf-8")))


def citation_of(cff: Mapping[str, Any]) -> dict[str, str]:
    """What the page says of a Citation File Format document; "" for what it leaves out."""
    names = [author.get("name") or f"{author['family-names']}, {author['given-names']}" for author in cff["authors"]]
    dated, address = str(cff.get("date-released", "")), cff.get("url") or cff.get("repository-code") or ""
    fields = {
        "author": " and ".join(names),
        "title": f"{{{cff['title']}}}",
        "year": dated[:4],
        "version": str(cff.get("version", "")),
        "url": address,
    }
    key = re.sub(r"[^a-z0-9]", "", names[0].split(",")[0].lower()) + dated[:4]
    lines = [f"  {field} = {{{value}}}" for field, value in fields.items() if value]
    return {
        "authors": "; ".join(names),
        "said": ", ".join(names) + (f" ({dated[:4]})" if dated else ""),
        "title": cff["title"],
        "version": fields["version"],
        "address": address,
        "licence": str(cff.get("license", "")),
        "dated": dated,
        "bibtex": f"@misc{{{key},\n" + ",\n".join(lines) + "\n}",
    }
