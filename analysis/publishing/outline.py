"""Notebooks as chapters of the page: sections with headings and anchors, numbered figures and tables."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from analysis.parts.part import MIME
from analysis.publishing import markup
from analysis.publishing.register import chapter_anchor, data_summary
from analysis.running.chapters import Notebook

# Cells of the summary whose names begin so make the first screen, in this order; the rest of it is the story.
FIRST_SCREEN = ("question", "answer", "main-figure", "how-sure", "write", "do-not-write", "ask")
# What any other chapter opens with; "main-figure" is its first figure.
OPENING = ("question", "lacking", "answer", "main-figure", "limits")
# Headings that look different from the rest.
MARKED = ("question", "data", "answer")
APPENDIX = "appendix"  # the tag of cells whose output is shown only when it is asked for
NO_FINDING = ("level", "n", "word")  # parts of a result that say how it was found, or count


@dataclass
class Section:
    """A stretch of a chapter under one heading; each block has a "kind" and what the template shows of it."""

    kind: str
    level: int
    heading: str
    anchor: str
    blocks: list[dict[str, Any]] = field(default_factory=list)

    def only(self, *, appendix: bool) -> Section:
        """The section with the blocks of the appendix alone, or of all but it; the heading goes with its first."""
        blocks = [block for block in self.blocks if block["appendix"] == appendix]
        return replace(self, blocks=blocks, heading=self.heading if blocks[:1] == self.blocks[:1] else "")


@dataclass
class Chapter:
    """One notebook in three layers: what is read first, what is under the first fold, the appendix with all code."""

    number: int
    stem: str
    anchor: str
    heading: str = ""
    opening: list[Section] = field(default_factory=list)
    rest: list[Section] = field(default_factory=list)
    appendix: list[Section] = field(default_factory=list)
    code: list[dict[str, Any]] = field(default_factory=list)
    explorer: dict[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return markup.heading_html(self.heading)

    @property
    def sections(self) -> list[Section]:
        """All sections in the order of the page."""
        return [*self.opening, *self.rest, *self.appendix]


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
        self.sections: list[Section] = []
        self.appendix = False

    def build(self) -> Chapter:
        for cell in self.notebook["cells"]:
            source = "".join(cell["source"])
            self.appendix = APPENDIX in cell["metadata"].get("tags", ())
            kind = self._kind(cell["id"])
            if cell["cell_type"] == "markdown":
                for level, heading, text in markup.split_parts(source):
                    self._markdown(level, heading, text, kind)
            elif cell["cell_type"] == "code" and (source.strip() or cell["outputs"]):
                self._code(cell, source, kind)
        self._sort()
        return self.chapter

    def _kind(self, cell: str) -> str:
        """The kind of section that a cell belongs to by its name: "answer-rate" to the answer; "" for none."""
        names = OPENING if self.chapter.number else FIRST_SCREEN
        begins = (name for name in names if name != "limits" and cell.startswith(f"{name}-"))
        return cell if cell in names else next(begins, "")

    def _sort(self) -> None:
        """Deal the sections out to the layers of the chapter."""
        chapter, sections = self.chapter, [section for section in self.sections if section.blocks]
        appendix = (section.only(appendix=True) for section in sections)
        shown = [section.only(appendix=False) for section in sections]
        if chapter.number:
            shown.append(self._picture(shown))
        order = {kind: k for k, kind in enumerate(OPENING if chapter.number else FIRST_SCREEN)}
        shown = [section for section in shown if section.blocks]
        chapter.opening = sorted((s for s in shown if s.kind in order), key=lambda section: order[section.kind])
        rest = [section for section in shown if section.kind not in order]
        chapter.rest = sorted(rest, key=lambda section: section.kind == "data")
        chapter.appendix = [section for section in appendix if section.blocks]

    @staticmethod
    def _picture(sections: list[Section]) -> Section:
        """A section of the first figure, which leaves the one where it stood."""
        for section in sections:
            for block in section.blocks:
                if block["kind"] == "figure":
                    section.blocks.remove(block)
                    return Section("main-figure", 0, "", "", [block])
        return Section("main-figure", 0, "", "")

    def _open(self, level: int, heading: str, kind: str = "") -> None:
        plain = markup.slug(heading) or kind
        self.anchors[plain] = self.anchors.get(plain, 0) + 1
        again = f"-{self.anchors[plain]}" if self.anchors[plain] > 1 else ""
        words = markup.heading_html(heading) if heading else ""
        level += self.chapter.number > 0
        self.sections.append(Section(kind, level, words, f"{self.chapter.anchor}-{plain}{again}"))

    def _add(self, block: dict[str, Any], kind: str) -> None:
        """Add a block to the open section, or to a new one where that is of another kind."""
        if not self.sections or kind != self.sections[-1].kind and (kind or self.sections[-1].kind != "data"):
            self._open(2 if kind == "answer" else 0, "Answer" if kind == "answer" else "", kind)
        self.sections[-1].blocks.append(block | {"appendix": self.appendix})

    def _markdown(self, level: int, heading: str, text: str, kind: str) -> None:
        first = markup.slug(heading).partition("-")[0]
        kind = first if first in MARKED else "" if first == "where" else kind
        if level == 1:
            self.chapter.heading = heading
        elif level == 2:
            self._open(level, heading, kind)
        elif heading:
            text = f"{'#' * (level + (self.chapter.number > 0))} {heading}\n\n{text}"
        if text.strip():
            self._add({"kind": "markdown", "html": markup.to_html(text)}, kind)

    def _code(self, cell: Mapping[str, Any], source: str, kind: str) -> None:
        """What a cell shows, for the section of its kind; its code, and what that printed or drew besides, apart."""
        code = {"cell": cell["id"], "anchor": f"{self.chapter.anchor}-cell-{cell['id']}", "source": source}
        code |= {"printed": "\n".join(filter(None, map(_text, cell["outputs"]))), "plots": _plots(cell)}
        self.chapter.code.append(code)
        self._check(cell)
        for output in cell["outputs"]:
            part = output.get("data", {}).get(MIME, {"kind": "results"})
            if part["kind"] == "explorer":
                self.chapter.explorer = part
            elif part["kind"] != "results":
                self._add(self._part(cell["id"], output), kind)

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
            prefix = f"said-{self.chapter.anchor}-{cell}"
            return part | {"blocks": [_quiet(block, f"{prefix}-{k}") for k, block in enumerate(part["blocks"], 1)]}
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
            part |= {"svg": "".join(output["data"]["image/svg+xml"]), "narrow": part.get("narrow", "")}
        return part


def _quiet(block: Mapping[str, Any], anchor: str) -> dict[str, Any]:
    """A paragraph with its "finding", the place of the one number that is a link, and the names of its "sources"."""
    bound = {place: run for place, run in enumerate(block["runs"]) if not isinstance(run, str) and "result" in run}
    sources = list(dict.fromkeys(run["result"] for run in bound.values()))
    numbers = {place: run for place, run in bound.items() if "value" in run and run["unit"] != "calendar year"}
    findings = [place for place, run in numbers.items() if run["part"] not in NO_FINDING]
    words = [place for place, run in bound.items() if "value" not in run]
    finding = next(iter([*findings, *words]), None)
    if finding is not None:
        sources.sort(key=lambda name: name != bound[finding]["result"])
    return {**block, "anchor": anchor, "finding": finding, "sources": sources}


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
