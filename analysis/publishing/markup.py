"""Markdown cells as tokens and as HTML: headings with stable anchors, formulas as MathML."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from markupsafe import Markup, escape
from mistune import HTMLRenderer, create_markdown

# A line in bold that opens a paragraph, "**Question** ...", heads the part that follows.
_LEAD = re.compile(r"^\*\*([^*\n]+?)[.:]?\*\*[.:]?[ \t]*(?=\n|$|[A-Z$`\[])", re.MULTILINE)
_HEADING = re.compile(r"^(#{1,6})[ \t]+(.+?)[ \t]*#*$")
_FENCE = re.compile(r"^(```|~~~)")
_PLUGINS = ("math", "table")


def slug(text: str) -> str:
    """A heading as an anchor: the same words give the same anchor in every build.

    >>> slug("What this does **not** show: 2019?")
    'what-this-does-not-show-2019'
    """
    plain = unicodedata.normalize("NFKD", re.sub(r"\$[^$]*\$", "", text))
    return re.sub(r"[^a-z0-9]+", "-", plain.encode("ascii", "ignore").decode().lower()).strip("-")


def split_parts(source: str) -> Iterator[tuple[int, str, str]]:
    """A Markdown cell as (level, heading, text): one item a heading, level 0 for text before the first.

    A paragraph that opens with words in bold is a part of its own, at level 2.

    >>> list(split_parts("# Growth\\n\\n**Question** How fast?"))
    [(1, 'Growth', ''), (2, 'Question', 'How fast?')]
    """
    level, heading, lines, fenced = 0, "", [], False
    for line in _LEAD.sub(r"## \1\n\n", source).splitlines():
        fenced ^= bool(_FENCE.match(line))
        found = None if fenced else _HEADING.match(line)
        if not found:
            lines.append(line)
            continue
        if heading or "".join(lines).strip():
            yield level, heading, "\n".join(lines).strip()
        level, heading, lines = len(found[1]), found[2], []
    if heading or "".join(lines).strip():
        yield level, heading, "\n".join(lines).strip()


def mathml(tex: str, display: str = "inline") -> str:
    """A TeX formula as MathML, with its source for readers who copy it."""
    from latex2mathml.converter import convert

    markup = convert(tex.strip(), display=display).replace(' xmlns="http://www.w3.org/1998/Math/MathML"', "")
    markup = re.sub(r"&#x([0-9A-F]+);", lambda m: html.escape(chr(int(m[1], 16)), quote=False), markup)
    # A name such as Poisson comes letter by letter, which would be read out letter by letter.
    letter = re.compile(r'<mi mathvariant="normal">(\w)</mi>')
    markup = re.sub(f"(?:{letter.pattern}){{2,}}", lambda m: f"<mi>{''.join(letter.findall(m[0]))}</mi>", markup)
    markup = markup.replace("<mi>~</mi>", "<mo>\N{TILDE OPERATOR}</mo>")
    annotation = f'<annotation encoding="application/x-tex">{html.escape(tex.strip(), quote=False)}</annotation>'
    opening, body = re.fullmatch(r"(<math[^>]*>)(.*)</math>", markup, re.DOTALL).groups()
    return f"{opening}<semantics>{body}{annotation}</semantics></math>"


class _Renderer(HTMLRenderer):
    """HTML with MathML in place of TeX; what looks like HTML is text."""

    def inline_math(self, body: str) -> str:
        return mathml(body)

    def block_math(self, body: str) -> str:
        formula = mathml(body, "block")
        return f'<div class="formula" tabindex="0" role="group" aria-label="Formula">{formula}</div>'

    def block_code(self, code: str, info: str | None = None) -> str:
        return f'<pre tabindex="0"><code>{html.escape(code, quote=False)}</code></pre>\n'

    def image(self, text: str, url: str, title: str | None = None) -> str:
        raise ValueError(f"image {url!r} in a Markdown cell: draw it as a chart, so that it has numbers and words")

    def table(self, text: str) -> str:
        table = f"<table>\n{text}</table>"
        return f'<div class="scroll" tabindex="0" role="group" aria-label="Table">\n{table}\n</div>\n'

    # The plugins register their own functions, which would otherwise win.
    def register(self, name: str, method: Any) -> None:
        if not hasattr(self, name):
            super().register(name, method)


@cache
def _converter(renderer: type[HTMLRenderer] | None) -> Any:
    return create_markdown(renderer=renderer and renderer(escape=True), plugins=_PLUGINS)


def tokens(source: str) -> list[dict[str, Any]]:
    """Markdown as the tree of its blocks."""
    return _converter(None)(source)


def to_html(source: str) -> Markup:
    """Markdown as HTML."""
    return Markup(_converter(_Renderer)(source))


def crossed(text: str, places: Mapping[str, str]) -> Markup:
    """Text or HTML with "notebook 03" as a link to the chapter that it is, by `places`, number to anchor.

    >>> crossed("see notebook 03 & others", {"03": "growth"})
    Markup('see <a href="#growth">notebook 03</a> &amp; others')
    """

    def linked(match: re.Match[str]) -> str:
        return f'<a href="#{places[match[1]]}">{match[0]}</a>' if match[1] in places else match[0]

    return Markup(re.sub(r"[Nn]otebook (\d\d)", linked, str(escape(text))))


def heading_html(text: str) -> Markup:
    """The words of a heading as HTML, without the paragraph."""
    return Markup(to_html(text).strip().removeprefix("<p>").removesuffix("</p>"))
