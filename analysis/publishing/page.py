"""Executed notebooks as one HTML page that needs nothing else: no file, no server, no script to be read."""

from __future__ import annotations

import base64
import csv
import functools
import hashlib
import re
import shlex
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from analysis.charts.palette import PALETTE
from analysis.parts.sentences import runs_text
from analysis.publishing import exhibits, markup
from analysis.publishing.citation import read_citation
from analysis.publishing.outline import Chapter, chapters_of
from analysis.publishing.register import entries_of, sources
from analysis.running.chapters import Notebook, Record, shown_parts

HERE = Path(__file__).resolve().parent
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">'
    '<path fill="#0a5a9c" d="M1 11h3v4H1zM5 5h3v10H5zM9 3h3v12H9zM13 1h2v14h-2z"/></svg>'
)
# Every chapter has these; the contents name only what tells one from another.
EVERYWHERE = {"", "Question", "Data", "Answer", "Where to go next"}


def render(
    notebooks: Mapping[str, Notebook],
    records: Mapping[str, Record],
    *,
    parameters: Mapping[str, Any],
    changed_from_defaults: Mapping[str, Any],
    provenance: Mapping[str, Mapping[str, Any]],
    dated: str = "",
    workbook: str = "",
) -> str:
    """The report as HTML text; the same notebooks and facts give the same text.

    Parameters
    ----------
    notebooks : executed notebooks by the names of their files, in reading order; the first makes the first screen.
    records : the named results of all of them, as `analysis.running.chapters.collected` gives them.
    parameters : the parameters of the run.
    changed_from_defaults : those that differ from the default, each with the default.
    provenance : what the run depends on besides, a table of names and values a heading ("Packages": {"numpy": "2.4"}).
    dated : the day, month or year in which the figures were published, in ISO format; "" where it is not known.
    workbook : the address of all data and results as a workbook; "" where there is none.

    Raises
    ------
    ValueError : an output that has no place in the report, such as an error.
    """
    citation = read_citation(HERE.parents[1] / "CITATION.cff")
    chapters = chapters_of(notebooks)
    entries = entries_of(chapters, records)
    explorer = next(filter(None, (chapter.explorer for chapter in chapters)), {})
    script = _templates("js", without=() if explorer else ("explorer",))
    page = environment().get_template("index.html.j2")
    text = page.render(
        title=chapters[0].heading,
        description=_description(notebooks[chapters[0].stem]),
        script=Markup(script),
        policy=_policy(script),
        chapters=chapters,
        places={chapter.stem.partition("_")[0]: chapter.anchor for chapter in chapters},
        explorer=explorer,
        everywhere=EVERYWHERE,
        entries=entries,
        register=[(place, list(listed)) for place, listed in groupby(entries.values(), lambda entry: entry.place)],
        origins=_origins(chapters[0]),
        sources=sources([*records.values(), *_drawn(notebooks)]),
        checks=_checks(),
        citation=citation,
        commands=_commands({name: parameters[name] for name in changed_from_defaults}),
        parameters=_parameters(parameters, changed_from_defaults),
        changed=bool(changed_from_defaults),
        dated=_dated(dated),
        provenance=[_provenance(*group) for group in provenance.items()],
        workbook=workbook,
    )
    return text.strip() + "\n"


@functools.cache
def environment() -> Environment:
    """The templates of all pages, with their filters."""
    found = Environment(
        loader=FileSystemLoader(HERE / "template"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    found.filters |= {
        "aligned": exhibits.aligned,
        "crossed": markup.crossed,
        "csv_address": exhibits.csv_address,
        "highlighted": highlighted,
        "steps": exhibits.steps,
        "themed": exhibits.themed,
    }
    found.globals |= {"icon": _data_address("image/svg+xml", ICON), "style": Markup(_style())}
    return found


@functools.cache
def _highlighter() -> tuple[Any, Any]:
    from pygments.formatters.html import HtmlFormatter
    from pygments.lexers.python import PythonLexer

    return PythonLexer(stripnl=True), HtmlFormatter(nowrap=True)


def highlighted(source: str) -> Markup:
    """Python code as HTML; only what has a colour of its own is wrapped."""
    from pygments import highlight

    marked = highlight(source, *_highlighter())
    return Markup(re.sub(r'<span class="(?:n|p|w|o|nn)">([^<]*)</span>', r"\1", marked).rstrip())


def _drawn(notebooks: Mapping[str, Notebook]) -> list[Record]:
    """The figures, which may draw rows that no result rests on."""
    return [part for notebook in notebooks.values() for _, part in shown_parts(notebook) if part["kind"] == "figure"]


def _origins(summary: Chapter) -> dict[str, str]:
    """The publications behind the first figure, title to address: what a reader may want to open first."""
    figures = (block for section in summary.sections for block in section.blocks if block["kind"] == "figure")
    rows = next(figures, {}).get("data", ())
    return {row["source"]: row["url"] for row in rows if row.get("url", "").startswith("http")}


def _checks() -> dict[str, Any]:
    """What is checked before anything is published, as README shows it too."""
    with (HERE / "checks.csv").open(encoding="utf-8", newline="") as file:
        columns, *rows = csv.reader(file)
    texts = [[markup.heading_html(text) for text in row] for row in rows]
    return _table(
        "checks-table", "What was checked, what each check cannot see, and a fault that it catches", columns, texts
    )


def _description(summary: Notebook) -> str:
    """The first sentences that the summary computes, for search engines and previews."""
    for _, part in shown_parts(summary):
        if part["kind"] == "sentences" and part["results"]:
            said, *sentences = re.split(r"(?<=[.?!])\s+", " ".join(runs_text(b["runs"]) for b in part["blocks"]))
            for sentence in sentences:
                if len(said) + len(sentence) > 300:
                    break
                said += f" {sentence}"
            return said
    return ""


def _style() -> str:
    """The style sheet, with the colours of the charts in their two forms."""
    colours = "".join(f"--{token}:light-dark({light},{dark});" for token, (light, dark) in PALETTE.items())
    return f":root{{{colours}}}\n{_templates('css')}"


def _templates(kind: str, without: Sequence[str] = ()) -> str:
    """All files of the template of one kind, that of the report before those that build on it."""
    paths = sorted((HERE / "template").glob(f"*.{kind}"), key=lambda path: (path.stem != "report", path.stem))
    return "\n".join(_template(path.name) for path in paths if path.stem not in without)


def _template(name: str) -> str:
    """A file of the template; a style sheet without its comments."""
    text = (HERE / "template" / name).read_text(encoding="utf-8").strip()
    return re.sub(r"/\*.*?\*/\n?", "", text, flags=re.DOTALL) if name.endswith(".css") else text


def _data_address(mime: str, text: str) -> str:
    return f"data:{mime};base64,{base64.b64encode(text.encode()).decode()}"


def _policy(script: str) -> str:
    """The content security policy: nothing is fetched, and this one script runs."""
    digest = base64.b64encode(hashlib.sha256(f"\n{script}\n".encode()).digest()).decode()
    return (
        "default-src 'none'; img-src data:; style-src 'unsafe-inline' data:; "
        f"script-src 'sha256-{digest}'; form-action 'none'; base-uri 'none'"
    )


def _dated(iso: str) -> dict[str, str]:
    """A day, month or year for machines ("iso") and in words ("text"); empty where none is known."""
    if not iso:
        return {}
    day = date.fromisoformat(iso + "-01-01"[len(iso) - 4 :])
    text = {4: f"{day:%Y}", 7: f"{day:%B %Y}", 10: f"{day.day} {day:%B %Y}"}[len(iso)]
    return {"iso": iso, "text": text}


def _parameters(parameters: Mapping[str, Any], changed: Mapping[str, Any]) -> dict[str, Any]:
    rows = [
        (name, _said(value), f"changed from {_said(changed[name])}" if name in changed else "default")
        for name, value in parameters.items()
    ]
    return _table("parameters-table", "Parameters of this run", ("Parameter", "Value", "Default or changed"), rows)


def _provenance(title: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    return _table(f"provenance-{markup.slug(title)}", title, ("Name", "Value"), [(k, _said(facts[k])) for k in facts])


def _table(id: str, caption: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, Any]:
    """A table of text as a part carries it."""
    return {"id": id, "caption": caption, "columns": columns, "kinds": ["text"] * len(columns), "texts": rows}


def _said(value: Any) -> str:
    return str(value) or "none"


def _commands(changed: Mapping[str, Any]) -> str:
    """What a reader types to make this very page, and to run every test."""
    return (
        " ".join(["make report", *(shlex.quote(f"{name}={value}") for name, value in changed.items())]) + "\nmake test"
    )
