"""Notebooks as chapters of the page: sections with headings and anchors, numbered figures and tables."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from analysis.parts.part import MIME
from analysis.publishing import markup
from analysis.publishing.register import chapter_anchor, data_summary
from analysis.running.chapters import Notebook

# Sections of the summary that the first screen sets apart, in its order, and words of a heading that name them.
FIRST_SCREEN = {
    "question": {"question"},
    "answer": {"answer"},
    "picture": set(),
    "outstanding": {"stands"},
    "ordinary": {"ordinary"},
    "unknowable": {"unknowable", "unknown", "known"},
}
# Sections that every chapter may have and that look different from the rest.
MARKED = ("question", "data", "answer")


@dataclass
class Section:
    """A stretch of a chapter under one heading; each block has a "kind" and what the template shows of it."""

    kind: str
    level: int
    heading: str
    anchor: str
    blocks: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Chapter:
    """One notebook. `code` is what is shown at its end: all the code of the first, the last of any other."""

    number: int
    stem: str
    anchor: str
    heading: str = ""
    sections: list[Section] = field(default_factory=list)
    code: list[dict[str, Any]] = field(default_factory=list)

    @property
    def title(self) -> str:
        return markup.heading_html(self.heading)


def chapters_of(notebooks: Mapping[str, Notebook]) -> list[Chapter]:
    """The chapters that executed notebooks make, by the names of their files, in reading order.

    Raises
    ------
    ValueError : a cell shows an error.
    """
    return [_Builder(number, stem, notebook).build() for number, (stem, notebook) in enumerate(notebooks.items())]


class _Builder:
    """Walks one notebook."""

    def __init__(self, number: int, stem: str, notebook: Notebook) -> None:
        self.notebook = notebook
        self.chapter = Chapter(number, stem, chapter_anchor(stem))
        self.numbers = {"figure": 0, "table": 0}
        self.anchors: dict[str, int] = {}

    def build(self) -> Chapter:
        chapter = self.chapter
        self._open(0, "")
        for cell in self.notebook["cells"]:
            source = "".join(cell["source"])
            if cell["cell_type"] == "markdown":
                for level, heading, text in markup.split_parts(source):
                    self._markdown(level, heading, text)
            elif cell["cell_type"] == "code" and (source.strip() or cell["outputs"]):
                self._code(cell, source)
        chapter.sections = [section for section in chapter.sections if section.heading or section.blocks]
        if (
            chapter.number == 0
        ):  # question, answer, figure, then what stands out, what is ordinary and what is unknowable, then the rest
            rank = {kind: k for k, kind in enumerate(FIRST_SCREEN)}
            chapter.sections.sort(key=lambda section: rank.get(section.kind, len(rank)))
        return chapter

    def _open(self, level: int, heading: str, kind: str = "") -> None:
        plain = markup.slug(heading)
        self.anchors[plain] = self.anchors.get(plain, 0) + 1
        again = f"-{self.anchors[plain]}" if self.anchors[plain] > 1 else ""
        words = markup.heading_html(heading) if heading else ""
        kind, level = kind or self._kind(heading), level + (self.chapter.number > 0)
        self.chapter.sections.append(Section(kind, level, words, f"{self.chapter.anchor}-{plain}{again}"))

    def _kind(self, heading: str) -> str:
        words = re.findall(r"[a-z]+", heading.lower())
        if self.chapter.number == 0:
            return next((kind for kind, names in FIRST_SCREEN.items() if names & set(words)), "")
        return words[0] if words and words[0] in MARKED else ""

    def _add(self, block: dict[str, Any]) -> None:
        self.chapter.sections[-1].blocks.append(block)

    def _markdown(self, level: int, heading: str, text: str) -> None:
        if level == 1:
            self.chapter.heading = heading
        elif level == 2:
            self._open(level, heading)
        elif heading:
            text = f"{'#' * (level + (self.chapter.number > 0))} {heading}\n\n{text}"
        if text.strip():
            self._add({"kind": "markdown", "html": markup.to_html(text)})

    def _code(self, cell: Mapping[str, Any], source: str) -> None:
        """A code cell; one called "answer" (or "ordinary", ...) makes a section of that name, wherever it stands.

        What a cell shows comes first and its code after it, folded, with the code since the last output and with
        what that code printed or drew besides.
        """
        code = {"cell": cell["id"], "anchor": f"{self.chapter.anchor}-cell-{cell['id']}", "source": source}
        code |= {"printed": "\n".join(filter(None, map(_text, cell["outputs"]))), "plots": _plots(cell)}
        self.chapter.code.append(code)
        self._check(cell)
        parts = [output for output in cell["outputs"] if MIME in output.get("data", {})]
        shown = [self._part(cell["id"], output) for output in parts if output["data"][MIME]["kind"] != "results"]
        if not shown:
            return
        self._place(cell["id"], any(part["kind"] == "figure" for part in shown))
        for part in shown:
            self._add(part)
        if self.chapter.number:
            shown[-1]["code"], self.chapter.code = self.chapter.code, []

    def _place(self, cell: str, pictured: bool) -> None:
        """Open the section that what a cell shows belongs to, if it is not open already."""
        section = self.chapter.sections[-1]
        name = next((kind for kind in FIRST_SCREEN if cell == kind or cell.startswith(f"{kind}-")), "")
        first_figure = pictured and all(section.kind != "picture" for section in self.chapter.sections)
        if name:
            if section.kind != name:
                self._open(2, name.capitalize())
        elif self.chapter.number == 0 and first_figure:
            self._open(0, "", kind="picture")
        elif section.kind in ("answer", "picture") and section.blocks:
            self._open(0, "")

    def _check(self, cell: Mapping[str, Any]) -> None:
        """Refuse an output that has no place in a report."""
        for output in cell["outputs"]:
            if output["output_type"] == "error":
                where = f"notebook {self.chapter.stem}, cell {cell['id']}"
                raise ValueError(f"{where}: shows an error: {output['evalue']}")

    def _part(self, cell: str, output: Mapping[str, Any]) -> dict[str, Any]:
        """A part as the template shows it: numbered, with where it comes from."""
        part = dict(output["data"][MIME])
        if part["kind"] == "sentences":
            return part
        self.numbers[part["kind"]] += 1
        number = f"{self.chapter.number}.{self.numbers[part['kind']]}"
        rows = part.get("data") or [row for record in part["results"].values() for row in record["data"]]
        origin = {"notebook": self.chapter.stem, "cell": cell, "cell_anchor": f"{self.chapter.anchor}-cell-{cell}"}
        part |= {
            "label": f"{part['kind'].capitalize()} {number}",
            "anchor": f"{part['kind']}-{part['id']}",
            "file": f"{part['kind']}-{number.replace('.', '-')}-{part['id']}.csv",
            "origin": origin | {"function": part.get("function", ""), "data": data_summary(rows)},
        }
        if part["kind"] == "figure":
            part["svg"] = "".join(output["data"]["image/svg+xml"])
        return part


def _text(output: Mapping[str, Any]) -> str:
    """What an output that is no part says in plain text; "" for a picture, which says nothing in text."""
    data = output.get("data", {})
    if MIME in data or "image/png" in data or "image/svg+xml" in data:
        return ""
    return "".join(output.get("text") or data.get("text/plain", "")).rstrip()


def _plots(cell: Mapping[str, Any]) -> list[dict[str, str]]:
    """Drawings that are no parts, where their metadata has words for them: {"address", "alt"}."""
    found = []
    for output in cell["outputs"]:
        data, alt = output.get("data", {}), output.get("metadata", {}).get("alt", "")
        if alt and MIME not in data and "image/svg+xml" in data:
            encoded = base64.b64encode("".join(data["image/svg+xml"]).encode()).decode()
            found.append({"address": f"data:image/svg+xml;base64,{encoded}", "alt": alt})
    return found
