"""Executed notebooks as one HTML page that needs nothing else: no file, no server, no script to be read."""

from __future__ import annotations

import base64
import functools
import hashlib
import html
import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from nbconvert.exporters.html import HTMLExporter
from nbconvert.exporters.templateexporter import TemplateExporter
from nbformat import NotebookNode
from traitlets.config import Config

from analysis import results, tables
from analysis.charts import theme
from analysis.publish import exhibits, markup
from analysis.publish.chapters import Chapter, chapters_of
from analysis.publish.citation import Citation, read_citation
from analysis.publish.register import Entry, collect_results, sources

HERE = Path(__file__).resolve().parent
COMMANDS = "make report\nmake test"
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">'
    '<path fill="#0a5a9c" d="M1 11h3v4H1zM5 5h3v10H5zM9 3h3v12H9zM13 1h2v14h-2z"/></svg>'
)
# Every chapter has these; the contents name only what tells one from another.
EVERYWHERE = {"", "Question", "Data", "Answer", "Where to go next"}
_BOUND = re.compile(r'<data class="number"[^>]*? data-result="([^"]+)"[^>]*>.*?</data>', re.DOTALL)


class ReportExporter(HTMLExporter):
    """nbconvert with the report's template and without the second parse that makes cells focusable."""

    def from_notebook_node(self, nb: NotebookNode, resources: Any = None, **kw: Any) -> tuple[str, Any]:
        return TemplateExporter.from_notebook_node(self, nb, resources, **kw)


def render(
    notebooks: Sequence[NotebookNode],
    *,
    parameters: Mapping[str, Any],
    changed_from_defaults: Mapping[str, Any],
    provenance: Mapping[str, Any],
    citation: Citation | None = None,
) -> str:
    """The report as HTML text; the same notebooks and facts give the same text.

    Parameters
    ----------
    notebooks : executed notebooks in reading order; the first makes the first screen.
    parameters : the parameters of the run.
    changed_from_defaults : those that differ from the default, each with the default.
    provenance : facts about the run by heading; a mapping becomes a table ("Packages": {"numpy": "2.4.6"}),
        and "dated" (an ISO date) is the date of the figures.
    citation : how to cite the report; from CITATION.cff at the root of the compendium unless given.

    Raises
    ------
    ValueError : an output that has no place in the report (standard error, a picture without words), a
        sentence bound to a result that no notebook registers, or two results under one name.
    """
    citation = citation or read_citation(HERE.parents[1] / "CITATION.cff")
    records = collect_results(notebooks)
    chapters, cells = chapters_of(notebooks)
    named = _named(notebooks)
    entries = _entries({name: record for name, record in records.items() if name in named}, chapters)
    binder = _Binder(entries)
    merged = NotebookNode(
        nbformat=4, nbformat_minor=5, metadata=NotebookNode(language_info={"name": "python"}), cells=cells
    )
    script = _template("report.js")
    page = {
        "title": chapters[0].plain_title,
        "description": _description(notebooks[0]),
        "style": _style(),
        "contents_style": _data_url("text/css", _template("contents.css")),
        "icon": _data_url("image/svg+xml", ICON),
        "script": script,
        "policy": _policy(script),
        "chapters": chapters,
        "groups": _groups(chapters, entries),
        "contents": _contents(chapters),
        "sources": sources(records),
        "citation": citation,
        "authors": citation.authors if citation else "",
        "licence": citation.licence if citation else "",
        "commands": COMMANDS,
        "parameters": _parameters(parameters, changed_from_defaults),
        "changed": bool(changed_from_defaults),
        "figure_type": theme.MIME,
        "table_type": tables.MIME,
        **_dated(provenance, citation),
        "provenance": _provenance(provenance),
    }
    exporter = _exporter()
    exporter.register_filter("bind_numbers", binder.bind)
    exporter.register_filter("uses", lambda name: binder.uses.get(name, []))
    text, _ = exporter.from_notebook_node(merged, {"page": page})
    return _without_blank_lines(text)


def _without_blank_lines(text: str) -> str:
    """The page without the empty lines of its template; code and script keep theirs."""
    pieces = re.split(r"(<pre\b.*?</pre>|<script>.*?</script>)", text, flags=re.DOTALL)
    pieces[::2] = [re.sub(r"\n\s*\n+", "\n", piece) for piece in pieces[::2]]
    return "".join(pieces).strip() + "\n"


@functools.cache
def _exporter() -> ReportExporter:
    shown = [
        theme.MIME,
        tables.MIME,
        results.MIME,
        "text/html",
        "text/markdown",
        "image/svg+xml",
        "image/png",
    ]
    exporter = ReportExporter(
        template_name="template",
        extra_template_basedirs=[str(HERE)],
        config=Config({"NbConvertBase": {"display_data_priority": [*shown, "text/plain"]}}),
        default_preprocessors=[],
    )
    filters = {
        "to_html": markup.to_html,
        "highlighted": highlighted,
        "picture": lambda svg, exhibit: exhibits.themed_svg(
            svg, exhibit["anchor"], f"{exhibit['anchor']}-title", exhibit["bundle"]["alt"]
        ),
        "rows_of_figure": lambda exhibit: exhibits.figure_rows(
            exhibit["bundle"], exhibit["anchor"], f"Numbers of Figure {exhibit['number']}"
        ),
        "numbered": lambda markup, number: exhibits.numbered_table(markup, f"Table {number}"),
        "csv_link": exhibits.csv_link,
    }
    for name, function in filters.items():
        exporter.register_filter(name, function)
    exporter.environment.globals |= {"refuse": _refuse, "newline": "\n"}
    return exporter


def _refuse(what: str, cell: NotebookNode) -> None:
    where = cell.metadata["report"]
    raise ValueError(f"notebook {where['notebook']}, cell {where['cell']}: shows {what.strip()}")


@functools.cache
def _formatter() -> tuple[Any, Any]:
    from pygments.formatters.html import HtmlFormatter
    from pygments.lexers.python import PythonLexer

    return PythonLexer(stripnl=True), HtmlFormatter(nowrap=True)


def highlighted(source: str) -> str:
    """Python code as HTML; only what has a colour of its own is wrapped."""
    from pygments import highlight

    lexer, formatter = _formatter()
    return re.sub(r'<span class="(?:n|p|w|o|nn)">([^<]*)</span>', r"\1", highlight(source, lexer, formatter)).rstrip()


class _Binder:
    """Turns the numbers of a sentence into links to the register, and remembers where each is used."""

    def __init__(self, entries: Mapping[str, Entry]) -> None:
        self.entries = entries
        self.uses: dict[str, list[str]] = {}

    def bind(self, text: str) -> str:
        return _BOUND.sub(self._link, text)

    def _link(self, match: re.Match[str]) -> str:
        name = match[1]
        if name not in self.entries:
            raise ValueError(f"a sentence is bound to result {name!r}, which no notebook registers")
        entry, uses = self.entries[name], self.uses.setdefault(name, [])
        uses.append(f"use-{entry.name}-{len(uses) + 1}")
        where = f'id="{uses[-1]}" href="#{entry.anchor}" data-ref="{entry.position}"'
        return f'<a class="number" {where}>{match[0]}</a>'


def _groups(chapters: Sequence[Chapter], entries: Mapping[str, Entry]) -> list[dict[str, Any]]:
    """The register by notebook."""
    groups = []
    for chapter in chapters:
        listed = [_line(entry) for entry in entries.values() if entry.chapter == chapter.anchor]
        if listed:
            groups.append({"anchor": chapter.anchor, "title": chapter.title, "entries": listed})
    return groups


def _line(entry: Entry) -> dict[str, Any]:
    record = entry.record
    return {key: record[key] for key in ("estimand", "method", "assumes", "reason", "function", "cell")} | {
        "position": entry.position,
        "anchor": entry.anchor,
        "name": entry.name,
        "value": entry.value,
        "interval": entry.interval + _how(record),
        "unrounded": entry.unrounded,
        "cell_anchor": f"{entry.chapter}-cell-{record['cell']}",
        "data": entry.data,
    }


def _how(record: Mapping[str, Any]) -> str:
    return f" ({record['interval_method']})" if record["interval"] and record["interval_method"] else ""


def _named(notebooks: Sequence[NotebookNode]) -> set[str]:
    """Names of the results that some sentence is bound to: the register of the page lists these."""
    texts = (
        "".join(output.get("data", {}).get("text/html", ""))
        for notebook in notebooks
        for cell in notebook.cells
        for output in cell.get("outputs", [])
    )
    return {name for text in texts for name in re.findall(r'data-result="([^"]+)"', text)}


def _entries(records: Mapping[str, Any], chapters: Sequence[Chapter]) -> dict[str, Entry]:
    anchors = {chapter.stem: chapter.anchor for chapter in chapters}
    return {
        name: Entry(position, name, record, anchors[record["notebook"]])
        for position, (name, record) in enumerate(records.items(), 1)
    }


def _contents(chapters: Sequence[Chapter]) -> list[dict[str, Any]]:
    listed = [
        {
            "anchor": chapter.anchor,
            "number": chapter.number,
            "title": chapter.title,
            "parts": [part for part in chapter.parts if part.heading not in EVERYWHERE],
        }
        for chapter in chapters
    ]
    listed[0] |= {"title": "Summary", "number": 0}
    ends = [("numbers", "Where each number comes from"), ("data", "Data rows and their sources")]
    ends += [("about", "About this report")]
    return listed + [{"anchor": anchor, "number": 0, "title": title, "parts": []} for anchor, title in ends]


def _description(notebook: NotebookNode) -> str:
    """The first sentences that the summary computes, for search engines and previews."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "text/html" in data and "<data" in data["text/html"]:
                text = html.unescape(re.sub(r"<[^>]+>", "", data["text/html"]))
                sentences = re.split(r"(?<=[.?!])\s+", " ".join(text.split()))
                said = sentences[0]
                for sentence in sentences[1:]:
                    if len(said) + len(sentence) > 300:
                        break
                    said += f" {sentence}"
                return said
    return ""


def _style() -> str:
    """The style sheet, with the colours of the charts in their two forms."""
    colours = "".join(f"--{token}:light-dark({light},{dark});" for token, (light, dark) in theme.PALETTE.items())
    return f":root{{{colours}}}\n{_template('report.css')}"


def _template(name: str) -> str:
    """A file of the template; a style sheet without its comments."""
    text = (HERE / "template" / name).read_text(encoding="utf-8").strip()
    return re.sub(r"/\*.*?\*/\n?", "", text, flags=re.DOTALL) if name.endswith(".css") else text


def _data_url(mime: str, text: str) -> str:
    return f"data:{mime};base64,{base64.b64encode(text.encode()).decode()}"


def _policy(script: str) -> str:
    """The content security policy: nothing is fetched, and this one script runs."""
    digest = base64.b64encode(hashlib.sha256(f"\n{script}\n".encode()).digest()).decode()
    return (
        "default-src 'none'; img-src data:; style-src 'unsafe-inline' data:; "
        f"script-src 'sha256-{digest}'; form-action 'none'; base-uri 'none'"
    )


def _dated(provenance: Mapping[str, Any], citation: Citation | None) -> dict[str, str]:
    dated = str(provenance.get("dated") or (citation.dated if citation else ""))
    if not dated:
        return {"dated": "", "dated_text": ""}
    day = date.fromisoformat(dated)
    return {"dated": dated, "dated_text": f"{day.day} {day:%B} {day.year}"}


def _parameters(parameters: Mapping[str, Any], changed: Mapping[str, Any]) -> str:
    if not parameters:
        return ""
    rows = [
        (name, _said(value), f"changed from {_said(changed[name])}" if name in changed else "default")
        for name, value in parameters.items()
    ]
    columns = ("Parameter", "Value", "Default or changed")
    table = exhibits.table_html("parameters-table", "Parameters of this run", columns, rows, (False,) * 3)
    return f'<div class="scroll" tabindex="0" role="group" aria-label="Parameters">\n{table}\n</div>'


def _provenance(provenance: Mapping[str, Any]) -> list[dict[str, str]]:
    """Each mapping among the facts as a table of its own; the rest together in one, first."""
    facts = {key: value for key, value in provenance.items() if not isinstance(value, Mapping) and key != "dated"}
    groups = {"This run": facts} if facts else {}
    groups |= {key: value for key, value in provenance.items() if isinstance(value, Mapping)}
    return [
        {
            "title": _heading(title),
            "table": exhibits.table_html(
                f"provenance-{markup.slug(title)}",
                _heading(title),
                ("Name", "Value"),
                [(str(key), _said(value)) for key, value in group.items()],
                (False, False),
            ),
        }
        for title, group in groups.items()
    ]


def _heading(key: str) -> str:
    words = key.replace("_", " ")
    return words[:1].upper() + words[1:]


def _said(value: Any) -> str:
    if value is None or value == "":
        return "none"
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
