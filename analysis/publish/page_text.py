"""The prose of a page, block by block: what a reader reads, with the bound numbers in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser

BOUND = "\N{WHITE SQUARE}"


@dataclass(frozen=True)
class Bound:
    """A bound number as the page states it."""

    name: str
    part: str
    style: str
    value: str
    unit: str
    text: str


def blocks_of(html: str) -> list[Block]:
    """The blocks of prose of a page, or of a piece of one."""
    parser = _Prose()
    parser.feed(_lean(html))
    parser.close()
    return parser.blocks


def _lean(html: str) -> str:
    """The page without what holds no prose and costs time to parse."""
    html = re.sub(r"<(script|style|math|pre)\b.*?</\1>", " ", html, flags=re.DOTALL)
    html = re.sub(r'"data:[^"]*"', '""', html)
    return re.sub(r"(<svg\b[^>]*>\s*<desc\b.*?</desc>).*?</svg>", r"\1</svg>", html, flags=re.DOTALL)


class Block:
    """One paragraph, heading or item: its text with the bound numbers in it."""

    def __init__(self, computed: bool, cells: list[str] | None, title: bool = False) -> None:
        self.pieces: list[tuple[str, bool]] = []
        self.bound: list[Bound] = []
        self.computed = computed
        self.cells = cells
        self.title = title

    def text(self) -> str:
        return " ".join("".join(piece for piece, _ in self.pieces).split())

    def words(self) -> str:
        """The text with a square for each bound number."""
        return "".join(f" {BOUND} " if bound else piece for piece, bound in self.pieces)


class _Prose(HTMLParser):
    """Collects the blocks of prose of a page."""

    BLOCKS = {
        "p",
        "li",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "figcaption",
        "caption",
        "dt",
        "dd",
        "desc",
        "blockquote",
    }
    VOID = {"meta", "link", "br", "hr", "img", "input", "wbr"}
    SKIPPED = {"code", "nav", "header", "footer", "fieldset", "button", "summary", "cite", "title"}
    APPENDICES = {"numbers", "data", "about", "note", "said"}
    GENERATED = {"origin", "label", "ordinal", "save", "aside", "cell-name"}

    def __init__(self) -> None:
        super().__init__()
        self.stack: list[tuple[str, str]] = []
        self.blocks: list[Block] = []
        self.open: list[Block] = []
        self.number: dict[str, str] | None = None
        self.number_text = ""
        self.rows = 0

    def _role(self, tag: str, attributes: Mapping[str, str | None]) -> str:
        classes = set((attributes.get("class") or "").split())
        outside = tag == "a" and re.match(r"https?:", attributes.get("href") or "")
        if tag in self.SKIPPED or attributes.get("id") in self.APPENDICES or classes & self.GENERATED or outside:
            return "skip"
        if tag in ("td", "th"):
            return "cell"
        if tag in ("figure", "table"):
            return "exhibit"
        return "computed" if "computed" in classes else ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.VOID:
            return
        attributes = dict(attrs)
        role = self._role(tag, attributes)
        roles = [r for _, r in self.stack]
        self.stack.append((tag, role))
        if role == "exhibit" and "exhibit" not in roles:
            self.cells: list[str] = []
            self.rows = 0
        self.rows += tag == "tr"
        if tag == "data" and "number" in (attributes.get("class") or ""):
            self.number, self.number_text = {key: value or "" for key, value in attrs}, ""
        elif tag in self.BLOCKS and "cell" not in roles:
            block = Block("computed" in roles, self.cells if "exhibit" in roles else None, tag == "h1")
            self.blocks.append(block)
            self.open.append(block)

    def handle_endtag(self, tag: str) -> None:
        if tag == "data" and self.number is not None:
            self._bind(self.number)
            self.number = None
        while self.stack:
            opened, role = self.stack.pop()
            if role == "exhibit":  # how many rows there are is a number of its own
                self.cells.append(str(self.rows - 1))
            if opened in self.BLOCKS and self.open and not any(r == "cell" for _, r in self.stack):
                self.open.pop()
            if opened == tag:
                break

    def _bind(self, found: Mapping[str, str]) -> None:
        if not self.open:
            self.blocks.append(Block(True, None))
            self.open.append(self.blocks[-1])
        keys = ("data-result", "data-part", "data-style", "value", "data-unit")
        self.open[-1].bound.append(Bound(*(found.get(key, "") for key in keys), self.number_text))
        self.open[-1].pieces.append((self.number_text, True))

    def handle_data(self, data: str) -> None:
        roles = [role for _, role in self.stack]
        if self.number is not None:
            self.number_text += data
        elif "skip" in roles:
            if self.open:
                self.open[-1].pieces.append((" ", False))
        elif "cell" in roles:
            self.cells.append(data)
        elif self.open:
            self.open[-1].pieces.append((data, False))
        elif data.strip() and "exhibit" not in roles and not self.stack:
            self.blocks.append(Block(False, None))
            self.blocks[-1].pieces.append((data, False))
