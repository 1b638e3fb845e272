"""Notebooks as chapters: parts with headings and anchors, numbered figures and tables."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nbformat import NotebookNode

from analysis import results, tables
from analysis.charts import theme
from analysis.publish import markup
from analysis.publish.register import collect_results, data_summary, notebook_name

# Parts of the summary that the first screen sets apart, in its order, and words of a heading that name them.
FIRST_SCREEN = {
    "question": {"question"},
    "answer": {"answer"},
    "picture": set(),
    "firm": {"firm"},
    "fragile": {"fragile"},
    "unknowable": {"unknowable", "unknown", "known"},
}
# Parts that every chapter may have and that look different from the rest.
MARKED = {"question": {"question"}, "data": {"data"}, "answer": {"answer"}}


@dataclass
class Part:
    """A stretch of a chapter under one heading; its cells are `first` up to `last` of the merged notebook."""

    kind: str
    level: int
    heading: str
    anchor: str
    first: int
    last: int = 0


@dataclass
class Chapter:
    """One notebook. `code` is what is shown at its end: all the code of the first, the last of any other."""

    number: int
    stem: str
    anchor: str
    title: str = ""
    plain_title: str = ""
    parts: list[Part] = field(default_factory=list)
    code: list[dict[str, str]] = field(default_factory=list)


def chapters_of(notebooks: Sequence[NotebookNode]) -> tuple[list[Chapter], list[NotebookNode]]:
    """The chapters, and the cells of all of them in the order of the page.

    Each cell and each figure or table output carries what the template needs in `metadata.report`.
    The notebooks themselves stay as they are.
    """
    chapters: list[Chapter] = []
    cells: list[NotebookNode] = []
    for number, notebook in enumerate(notebooks):
        chapter = _Builder(number, notebook, cells).build()
        chapters.append(chapter)
    return chapters, cells


class _Builder:
    """Walks one notebook and adds its cells to the page."""

    def __init__(self, number: int, notebook: NotebookNode, cells: list[NotebookNode]) -> None:
        title = notebook.metadata.get("title") or next(_titles(notebook), "")
        stem = notebook_name(notebook) or f"{number:02d}_{markup.slug(title) or 'notebook'}"
        self.notebook, self.cells = notebook, cells
        self.chapter = Chapter(number, stem, re.sub(r"^\d+[_-]", "", stem).replace("_", "-"), title, title)
        self.origins = _Origins(notebook)
        self.figures = self.tables = 0
        self.anchors: dict[str, int] = {}
        self.code: list[dict[str, str]] = []

    def build(self) -> Chapter:
        self._open(0, "")
        for cell in self.notebook.cells:
            if cell.cell_type == "markdown":
                for level, heading, text in markup.split_parts(cell.source):
                    self._markdown(cell, level, heading, text)
            elif cell.cell_type == "code" and (cell.source.strip() or cell.outputs):
                self._code(cell)
        self._close()
        chapter = self.chapter
        chapter.code = self.code
        chapter.parts = [part for part in chapter.parts if part.heading or part.first < part.last]
        if chapter.number == 0:
            chapter.parts = self._first_screen(chapter.parts)
        return chapter

    def _open(self, level: int, heading: str, kind: str = "") -> None:
        self._close()
        kind = kind or self._kind(heading)
        plain = markup.slug(heading)
        self.anchors[plain] = self.anchors.get(plain, 0) + 1
        anchor = f"{self.chapter.anchor}-{plain}"
        if self.anchors[plain] > 1:
            anchor += f"-{self.anchors[plain]}"
        level += self.chapter.number > 0
        words = markup.heading_html(heading) if heading else ""
        self.chapter.parts.append(Part(kind, level, words, anchor, len(self.cells)))

    def _close(self) -> None:
        if self.chapter.parts:
            self.chapter.parts[-1].last = len(self.cells)

    def _kind(self, heading: str) -> str:
        words = re.findall(r"[a-z]+", heading.lower())
        if self.chapter.number == 0:
            return next((kind for kind, names in FIRST_SCREEN.items() if names & set(words)), "")
        return next((kind for kind, names in MARKED.items() if names & set(words[:1])), "")

    def _markdown(self, cell: NotebookNode, level: int, heading: str, text: str) -> None:
        if level == 1:
            self.chapter.title = markup.heading_html(heading)
            self.chapter.plain_title = re.sub(r"<[^>]+>", "", self.chapter.title)
        elif level == 2:
            self._open(level, heading)
        elif heading:
            text = f"{'#' * (level + (self.chapter.number > 0))} {heading}\n\n{text}"
        if text.strip():
            self._add(cell, source=text)

    def _code(self, cell: NotebookNode) -> None:
        """A code cell; one called "answer" (or "firm", ...) makes a part of that name, wherever it stands.

        What a cell shows comes first and its code after it, folded, with the code since the last output
        and what that code printed.
        """
        printed = [output for output in cell.outputs if _is_plain(output)]
        self.code.append(
            {
                "cell": cell.id,
                "anchor": f"{self.chapter.anchor}-cell-{cell.id}",
                "source": cell.source,
                "printed": "\n".join(_plain(output) for output in printed),
            }
        )
        outputs = [self._output(cell, output) for output in cell.outputs if output not in printed]
        outputs = [output for output in outputs if output is not None]
        if not outputs:
            return
        name = next((kind for kind in FIRST_SCREEN if cell.id in (kind, f"{self.chapter.anchor}-{kind}")), "")
        pictured = any("figure" in o.get("metadata", {}).get("report", {}).get("anchor", "") for o in outputs)
        open_part = self.chapter.parts[-1]
        if name and open_part.kind != name:
            self._open(2, name.capitalize())
        elif pictured and self._on_first_screen():
            self._open(0, "", kind="picture")
        elif open_part.kind in ("answer", "picture") and open_part.first < len(self.cells):
            self._open(0, "")
        self._add(cell, outputs=outputs)

    def _on_first_screen(self) -> bool:
        """Whether the next figure is the one of the first screen."""
        return (
            self.chapter.number == 0 and self.figures == 1 and not any(p.kind == "picture" for p in self.chapter.parts)
        )

    def _add(self, cell: NotebookNode, **changes: Any) -> None:
        where = {"notebook": self.chapter.stem, "cell": cell.id, "code": []}
        if self.chapter.number and cell.cell_type == "code":
            where["code"], self.code = self.code, []
        copy = NotebookNode(
            {
                **cell,
                **changes,
                "id": f"cell-{len(self.cells)}",
                "metadata": NotebookNode({**cell.metadata, "report": where}),
            }
        )
        self.cells.append(copy)

    def _output(self, cell: NotebookNode, output: NotebookNode) -> NotebookNode | None:
        """The output with the number and origin of its figure or table; None for what the page leaves out."""
        data = output.get("data", {})
        if results.MIME in data:
            return None
        kind = "figure" if theme.MIME in data else "table" if tables.MIME in data else ""
        if not kind:
            return output
        bundle = data[theme.MIME if kind == "figure" else tables.MIME]
        if kind == "figure":
            self.figures += 1
            number = f"{self.chapter.number}.{self.figures}"
        else:
            self.tables += 1
            number = f"{self.chapter.number}.{self.tables}"
        report = {
            "number": number,
            "anchor": f"{kind}-{bundle['id']}",
            "file": f"{kind}-{number.replace('.', '-')}-{bundle['id']}.csv",
            "bundle": bundle,
            "notebook": self.chapter.stem,
            "cell": cell.id,
            "cell_anchor": f"{self.chapter.anchor}-cell-{cell.id}",
            **self.origins.of(cell, bundle),
        }
        return NotebookNode({**output, "metadata": NotebookNode({**output.metadata, "report": report})})

    def _first_screen(self, parts: list[Part]) -> list[Part]:
        """Question, answer, figure, then what is firm, fragile and unknowable, then the rest."""
        rank = {kind: k for k, kind in enumerate(FIRST_SCREEN)}
        return sorted(parts, key=lambda part: rank.get(part.kind, len(rank)))


def _is_plain(output: NotebookNode) -> bool:
    """Whether an output is nothing but text: printed, or a value that has no other form."""
    return output.get("name") == "stdout" or set(output.get("data", {})) == {"text/plain"}


def _plain(output: NotebookNode) -> str:
    return (output.get("text") or output.data["text/plain"]).rstrip()


def _titles(notebook: NotebookNode) -> Iterator[str]:
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            yield from (h for level, h, _ in markup.split_parts(cell.source) if level == 1)


class _Origins:
    """Which function drew or filled an output, and the data rows behind it, read from the code."""

    def __init__(self, notebook: NotebookNode) -> None:
        self.imported: dict[str, str] = {}
        self.assigned: dict[str, set[str]] = {}
        self.rows: dict[str, list[Mapping[str, str]]] = {}
        for record in collect_results([notebook]).values():
            self.rows.setdefault(record["cell"], []).extend(record["data"])
        for cell in notebook.cells:
            for node in _nodes(cell):
                if isinstance(node, ast.ImportFrom):
                    for alias in node.names:
                        self.imported[alias.asname or alias.name] = f"{node.module}.{alias.name}"
                elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    self.assigned.setdefault(node.id, set()).add(cell.id)

    def of(self, cell: NotebookNode, bundle: Mapping[str, Any]) -> dict[str, Any]:
        """{"function", "data"}: the function called last, and the rows behind the results it draws on."""
        function, cells = "", {cell.id}
        for node in _nodes(cell):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                cells |= self.assigned.get(node.id, set())
            if isinstance(node, ast.Call) and not function:
                function = self._name(node.func)
        rows = [row for key, found in self.rows.items() if key in cells for row in found]
        rows = rows or [row for found in self.rows.values() for row in found]
        return {"function": function, "data": data_summary(rows)}

    def _name(self, node: ast.expr) -> str:
        """The full name of what is called, when it comes from this package."""
        parts = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name) or node.id not in self.imported:
            return ""
        name = ".".join([self.imported[node.id], *reversed(parts)])
        return name if name.startswith("analysis.") and not name.startswith("analysis.tables.") else ""


def _nodes(cell: NotebookNode) -> Iterator[ast.AST]:
    if cell.cell_type != "code":
        return
    try:
        tree = ast.parse(cell.source)
    except SyntaxError:
        return
    # The last statement shows the output, so its calls come first.
    for statement in reversed(tree.body):
        yield from ast.walk(statement)
