"""The gate on numbers in prose: each is bound to a named result, and says what that result says.

A number in a computed sentence is a run that carries the name of its result, the part, the stored value and the
unit. README has numbers only in what it quotes from the summary (`readme.quoted`).

The gate writes each one again from the results and compares value, unit and text. A level ("95%") has to be that of
the result whose interval is nearest in its sentence. Then the gate looks for numbers
that nothing binds: digits anywhere in prose, and words that count data or compare sizes ("four values",
"doubled"; "two" only names a pair). In a computed sentence every numeral counts but "the two". These need no
binding, and nothing else is excepted:

* code, formulas, and what stands in quotation marks or inside a link to another site: the first two are not
  prose, the others are somebody else's words;
* a name that the study gives, such as its title, unless it is a number and nothing else;
* the reason that a result gives in place of a number; numerals in a title, which is a name;
* years of a citation, "(Holm, 1979)", and dates with a day or a month, "October 2015";
* references within the compendium ("Figure 3.2", "notebook 03") and versions ("Python 3.11");
* 0, 1 and 100 as ends or base of a scale, the 12 months of a year, digits in a name ("x86", "SHA-256");
* in README also the time and the size of a run ("2 minutes", "1.5 MB").

Titles, captions and descriptions of figures, and captions of tables, are computed as plain text. A number in
them is accepted when the part's own cells hold it at the precision printed, or one of the part's results does, or
it is the year or level of either, or the number of rows. Whether it stands in the right sentence is then not
checked.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from analysis.parts.explorer import stated
from analysis.parts.results import Results
from analysis.parts.sentences import bound, runs_text
from analysis.publishing import readme
from analysis.publishing.markup import tokens
from analysis.publishing.typed_numbers import DIGITS, typed_numbers, without_exceptions, without_measurements
from analysis.running.chapters import Notebook, Record, shown_parts

Records = Mapping[str, Record]

BOUND = "\N{WHITE SQUARE}"


@dataclass(frozen=True)
class Fault:
    """A number in prose that is wrong or unbound: where it stands, which it is, and the remedy."""

    place: str
    sentence: str
    number: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.place}: {self.number!r} in {self.sentence!r}: {self.remedy}"


def check_prose(notebooks: Mapping[str, Notebook], records: Records) -> list[Fault]:
    """Every number in what executed notebooks say that is wrong or not bound to a result."""
    faults: list[Fault] = []
    results = Results(records)
    for stem, notebook in notebooks.items():
        for cell in notebook["cells"]:
            if cell["cell_type"] == "markdown":
                for text, title in _blocks("".join(cell["source"])):
                    faults += _unbound(f"{stem}, cell {cell['id']}", text, title=title)
        for cell, part in shown_parts(notebook):
            place = f"{stem}, cell {cell}"
            for block in part.get("blocks", ()):
                faults += _wrong(place, block["runs"], results, "run the notebook again")
                faults += _strayed(place, block["runs"])
                faults += _unbound(place, _words(block["runs"]), computed=True)
            if part["kind"] in ("table", "figure"):
                faults += _untraced(place, part)
            if part["kind"] == "explorer":
                for runs, own in stated(part):
                    faults += _wrong(place, runs, own, "run the notebook again")
                    faults += _unbound(place, _words(runs), computed=True)
    return faults


def check_readme(markdown: str, summary: Notebook) -> list[Fault]:
    """Every number that a Markdown text has outside what it quotes, and each quotation that is not word for word."""
    faults = []
    for text, title in _blocks(readme.QUOTED.sub("", markdown)):
        faults += _unbound("README.md", without_measurements(text), title=title)
    both = (readme.QUOTED.finditer(text) for text in (markdown, readme.quoted(markdown, summary)))
    for was, now in zip(*both, strict=True):
        if was[0] != now[0]:
            faults.append(
                Fault("README.md", was["said"].strip(), was["cell"], "no longer what it says; run make refresh")
            )
    return faults


def _words(runs: list[Any]) -> str:
    """The text with a square for each bound number."""
    return "".join(run if isinstance(run, str) else f" {BOUND} " for run in runs)


def _wrong(place: str, runs: list[Any], results: Results, remedy: str) -> Iterator[Fault]:
    """Bound numbers, reasons and words that are not what their result says."""
    said = runs_text(runs)
    for run in runs:
        why = "" if isinstance(run, str) else _mere_number(run) if "name" in run else _departure(run, results)
        if why:
            yield Fault(place, _short(said, run["text"]), run["text"], f"{why}; {remedy}")


def _strayed(place: str, runs: list[Any]) -> Iterator[Fault]:
    """Levels that belong to another result than the nearest interval of their sentence."""
    for sentence in _sentences(runs):
        ends = [(at, run["result"]) for at, run in sentence if run.get("part") in ("low", "high")]
        for at, run in sentence:
            if run.get("part") == "level" and ends:
                # The interval that follows a level is its own; one before it only where none follows.
                nearest = min(ends, key=lambda end: (end[0] < at, abs(end[0] - at)))[1]
                if nearest != run["result"]:
                    why = f"the level of {run['result']} stands with the interval of {nearest}; bind it to that"
                    yield Fault(place, _short(runs_text(runs), run["text"]), run["text"], why)


def _sentences(runs: list[Any]) -> Iterator[list[tuple[int, Mapping[str, Any]]]]:
    """The bound runs of each sentence of a paragraph, with their places in it."""
    found: list[tuple[int, Mapping[str, Any]]] = []
    for at, run in enumerate(runs):
        if isinstance(run, str) and re.search(r"[.?!;](?=\s|$)", run):
            yield found
            found = []
        elif not isinstance(run, str) and "result" in run:
            found.append((at, run))
    yield found


def _mere_number(run: Mapping[str, Any]) -> str:
    """What is wrong with a name that is a number and nothing else; "" if it is not."""
    return "" if re.search("[^\\W\\d_]", run["text"]) else "a number is handed in as a name; bind it to a result"


def _departure(run: Mapping[str, Any], results: Results) -> str:
    """The first way in which a run departs from its result; "" if it does not."""
    name, part = run["result"], run.get("part") or "value"
    if name not in results:
        return f"no result is named {name!r}"
    try:
        expected = bound(name, results[name], part, run.get("style", ""))
    except ValueError as error:
        return str(error)
    expected = expected or {"text": results[name].reason or "none"}
    value, unit = expected.get("value"), expected.get("unit", "")
    if str(run.get("value") or "") != str(value or ""):
        return f"{name} ({part}) is {value!r}, the sentence stores {run.get('value') or 'none'}"
    if run.get("unit", "") != unit:
        return f"{name} is in {unit!r}, the sentence says {run.get('unit', '')!r}"
    return "" if " ".join(run["text"].split()) == expected["text"] else f"{name} ({part}) reads {expected['text']!r}"


def _unbound(place: str, text: str, *, computed: bool = False, title: bool = False) -> Iterator[Fault]:
    said = " ".join(text.split())
    for start, number in typed_numbers(said, computed=computed, title=title):
        remedy = "bind it to a result, or say it without a number"
        yield Fault(place, _short(said, number, start), number, remedy)


def _untraced(place: str, part: Record) -> Iterator[Fault]:
    """Numbers in the words of a figure or table that neither its cells nor its results hold."""
    table, held = part.get("table", part), _Held(part)
    for key in ("title", "caption", "alt", "cannot_show"):
        said = " ".join(part.get(key, "").split())
        for match in DIGITS.finditer(without_exceptions(said)):
            if not held.holds(_plain(match[0])):
                remedy = (
                    f"no cell of {table.get('id', part['id'])} and no result of this part holds it; show one that does"
                )
                yield Fault(place, _short(said, match[0], match.start()), match[0], remedy)


class _Held:
    """Every number that a figure or a table has, to be found at any printed precision."""

    def __init__(self, part: Record) -> None:
        table, records = part.get("table", part), part["results"].values()
        cells = [*table["columns"], *(cell for row in table["texts"] for cell in row)]
        cells += [cell for row in csv.reader(io.StringIO(table["csv"])) for cell in row]
        cells += [row["period"] for record in [part, *records] for row in record.get("data", ()) if "period" in row]
        cells += [f"{record.get('estimand', '')} {record.get('assumes', '')}" for record in records]
        self.texts = {_plain(match) for cell in cells for match in DIGITS.findall(cell)} | {str(len(table["texts"]))}
        self.numbers = [abs(float(text)) for text in self.texts if text.strip("-.")]
        self.numbers += [abs(r[key]) for r in records for key in ("value", "low", "high") if r.get(key) is not None]
        self.numbers += [100 * r["level"] for r in records if r.get("level")]

    def holds(self, text: str) -> bool:
        """Whether a number that shows at least as many digits gives `text` when rounded."""
        if text in self.texts:
            return True
        digits, _, decimals = text.lstrip("-").partition(".")
        zeros = min(len(digits) - len(digits.rstrip("0")), max(len(digits) - 2, 0))
        unit = 10.0 ** (-len(decimals) if decimals else zeros)
        return any(abs(x - abs(float(text))) <= 0.5 * unit * (1 + 1e-9) for x in self.numbers)


def _plain(text: str) -> str:
    return text.replace(",", "").replace("\N{MINUS SIGN}", "-").rstrip("%").removeprefix("+")


def _short(sentence: str, number: str, start: int | None = None) -> str:
    """The sentence that holds the number, without the rest of its paragraph."""
    at = sentence.find(number) if start is None else start
    for match in re.finditer(r".+?(?:[.?!](?=\s|$)|$)", sentence):
        if match.start() <= at < match.end():
            return match[0].strip()
    return sentence


def _blocks(markdown: str) -> Iterator[tuple[str, bool]]:
    """(text, whether it is a title) of each paragraph, heading, item and table cell that is prose."""
    waiting = tokens(markdown)[::-1]
    while waiting:
        token = waiting.pop()
        if token["type"] in ("paragraph", "heading", "block_text", "table_cell"):
            title = token["type"] == "heading" and token["attrs"]["level"] == 1
            yield " ".join("".join(_inline(token["children"])).split()), title
        elif token["type"] == "block_html":
            yield token["raw"], False
        else:
            waiting += token.get("children", [])[::-1]


def _inline(children: list[dict[str, Any]]) -> Iterator[str]:
    """The words of a paragraph, with a blank in place of code, formulas and the words of links to other sites."""
    for token in children:
        outside = token["type"] == "link" and re.match(r"https?:", token["attrs"]["url"])
        if token["type"] in ("codespan", "inline_math", "block_math", "softbreak", "linebreak") or outside:
            yield " "
        elif "children" in token:
            yield from _inline(token["children"])
        else:
            yield token.get("raw", "")
