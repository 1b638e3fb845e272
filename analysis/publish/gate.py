"""The gate on numbers in prose: each is bound to a named result, and says what that result says.

A number on a page is a ``<data class="number">`` element that carries the name of its result, the part, the
stored value and the unit; in README it stands between two comments that carry the same::

    <!--n growth.cagr:value .1f = 57.168318 | % a year-->57.2% a year<!--/n-->

The gate writes each one again from the results and compares value, unit and text. Then it looks for numbers
that nothing binds: digits anywhere in prose, and words that count data or compare sizes ("four values",
"doubled"; "two" only names a pair). In a computed sentence every numeral counts but "the two". These need no
binding, and nothing else is excepted:

* code, formulas, tables, the text inside a picture, and what stands in quotation marks or inside a link to
  another site: the first four are not prose, the others are somebody else's words;
* the reason that a result gives in place of a number; numerals in the title, which is a name;
* years of a citation, "(Holm, 1979)", and dates with a day or a month, "October 2015";
* references within the compendium ("Figure 3.2", "notebook 03") and versions ("Python 3.11");
* 0, 1 and 100 as ends or base of a scale, the 12 months of a year, digits in a name ("x86", "SHA-256");
* in README also the time and the size of a run ("2 minutes", "1.5 MB").

Titles, captions and descriptions of figures, and captions of tables, are computed as plain text. A number in
them is accepted when the figure's or the table's own cells hold it at the precision printed, or some result
does, or it is the year or level of either, or the number of rows. Whether it stands in the right sentence is
then not checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from analysis import prose
from analysis.publish.page_text import BOUND, Block, Bound, blocks_of
from analysis.publish.register import estimate_of
from analysis.publish.typed_numbers import DIGITS, typed_numbers, without_exceptions, without_measurements

Records = Mapping[str, Mapping[str, Any]]

_MARKED = re.compile(
    r"<!--n (?P<name>[a-z0-9._-]+)(?::(?P<part>[a-z]+))?(?: (?P<style>[.\w]+))?"
    r" = (?P<value>\S+)(?: \| (?P<unit>.*?))?-->"
    r"(?P<text>.*?)<!--/n-->",
    re.DOTALL,
)
_FIELD = re.compile(r"<!--n \{([^{}]+)\}-->(?:.*?<!--/n-->)?", re.DOTALL)
_DATA = re.compile(
    r'<data class="number" value="([^"]*)" data-result="([^"]*)" data-part="([^"]*)" data-style="([^"]*)"'
    r' data-unit="([^"]*)">(.*?)</data>'
)


@dataclass(frozen=True)
class Fault:
    """A number in prose that is wrong or unbound: where it stands, which it is, and the remedy."""

    sentence: str
    number: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.number!r} in {self.sentence!r}: {self.remedy}"


def check_prose(html: str, records: Records) -> list[Fault]:
    """Every number in the prose of a page, or of a piece of one, that is wrong or not bound to a result."""
    faults: list[Fault] = []
    known = _Known(records)
    for block in blocks_of(html):
        faults += _bound_faults(block, records)
        if block.cells is not None:
            faults += _untraced(block, known)
        else:
            words = " ".join(block.words().split())
            for reason in known.reasons:
                words = words.replace(reason, BOUND)
            faults += _unbound(words, block.computed, block.title)
    return faults


def check_readme(markdown: str, records: Records) -> list[Fault]:
    """Every number in a Markdown text that is wrong or not bound to a result; see `bind_readme`."""
    faults: list[Fault] = []
    for paragraph in _paragraphs(markdown):
        plain = " ".join(_plain_markdown(_MARKED.sub(lambda m: m["text"], paragraph)).split())
        for match in _MARKED.finditer(paragraph):
            bound = Bound(**{key: value or "" for key, value in match.groupdict().items()})
            faults += _fault_of(bound, plain, records, remedy="run make refresh")
        words = _plain_markdown(_MARKED.sub(f" {BOUND} ", paragraph))
        title = paragraph.lstrip().startswith("# ")
        faults += _unbound(without_measurements(words), computed=False, title=title)
    return faults


def bind_readme(markdown: str, records: Records) -> str:
    """The text with each marked number written again from the results.

    A new number is a field as in a sentence of a notebook, ``<!--n {growth.cagr:full}-->``; where that
    writes several numbers, each gets a mark of its own.

    Raises
    ------
    ValueError : a mark names no result, or a part or a style that does not exist.
    """
    estimates = {name: estimate_of(record) for name, record in records.items()}

    def written(field: str) -> str:
        return _DATA.sub(_mark, prose.fill("{" + field + "}", estimates))

    def again(match: re.Match[str]) -> str:
        return written(f"{match['name']}:{match['part'] or 'value'} {match['style'] or ''}".strip())

    return _FIELD.sub(lambda m: written(m[1]), _MARKED.sub(again, markdown))


def _mark(match: re.Match[str]) -> str:
    value, name, part, style, unit, text = match.groups()
    field = name + (f":{part}" if part != "value" else "") + (f" {style}" if style else "")
    return f"<!--n {field} = {value}{f' | {unit}' if unit else ''}-->{text}<!--/n-->"


def _bound_faults(block: Block, records: Records) -> Iterator[Fault]:
    for bound in block.bound:
        yield from _fault_of(bound, block.text(), records, remedy="run the notebook again")


def _fault_of(bound: Bound, sentence: str, records: Records, remedy: str) -> Iterator[Fault]:
    """The first way in which a bound number departs from its result."""

    def fault(why: str) -> Fault:
        return Fault(_short(sentence, bound.text), bound.text, f"{why}; {remedy}")

    if bound.name not in records:
        yield fault(f"no result is named {bound.name!r}")
        return
    part = bound.part or "value"
    try:
        expected = prose.number(bound.name, estimate_of(records[bound.name]), part, bound.style)
    except ValueError as error:
        yield fault(str(error))
        return
    if expected is None:
        yield fault(f"{bound.name} has no {part}")
    elif not _same(bound.value, expected.value):
        yield fault(f"{bound.name} ({part}) is {expected.value!r}, the sentence stores {bound.value}")
    elif bound.unit != expected.unit:
        yield fault(f"{bound.name} is in {expected.unit!r}, the sentence says {bound.unit!r}")
    elif " ".join(bound.text.split()) != expected.text:
        yield fault(f"{bound.name} ({part}) reads {expected.text!r}")


def _same(stored: str, value: float) -> bool:
    try:
        return float(stored) == float(value)
    except ValueError:
        return False


def _unbound(text: str, computed: bool, title: bool = False) -> Iterator[Fault]:
    said = " ".join(text.split())
    for start, number in typed_numbers(said, computed=computed, title=title):
        remedy = "bind it to a result, or say it without a number"
        yield Fault(_short(said, number, start), number, remedy)


def _untraced(block: Block, known: _Known) -> Iterator[Fault]:
    """Numbers in the words of a figure or table that neither its cells nor any result hold."""
    said = block.text()
    rest = without_exceptions(said)
    own = {_plain(match) for cell in block.cells or () for match in DIGITS.findall(cell)}
    for match in DIGITS.finditer(rest):
        text = _plain(match[0])
        if text not in own and not known.holds(text, own):
            yield Fault(
                _short(said, match[0], match.start()),
                match[0],
                "no cell of its own data and no result holds it; compute it from one that is registered",
            )


def _plain(text: str) -> str:
    return text.replace(",", "").replace("\N{MINUS SIGN}", "-").rstrip("%").removeprefix("+")


class _Known:
    """All values, limits and levels of the results, to be found at any printed precision."""

    def __init__(self, records: Records) -> None:
        self.numbers = [
            float(record[key]) for record in records.values() for key in ("value", "low", "high")
            if record.get(key) is not None
        ]  # fmt: skip
        self.numbers += [100 * record["level"] for record in records.values() if record.get("level")]
        self.reasons = sorted({r["reason"] for r in records.values() if r.get("reason")}, key=len, reverse=True)
        self.words = {
            match
            for record in records.values()
            for match in re.findall(r"\d[\d.]*", f"{record['estimand']} {record['assumes']}")
        }

    def holds(self, text: str, own: set[str]) -> bool:
        """Whether a result, or a cell in `own` that shows more digits, gives `text` when rounded."""
        if text in self.words:
            return True
        digits, _, decimals = text.lstrip("-").partition(".")
        zeros = min(len(digits) - len(digits.rstrip("0")), max(len(digits) - 2, 0))
        unit = 10.0 ** (-len(decimals) if decimals else zeros)
        candidates = self.numbers + [float(cell) for cell in own if cell.strip("-.")]
        return any(abs(abs(x) - abs(float(text))) <= 0.5 * unit * (1 + 1e-9) for x in candidates)


def _short(sentence: str, number: str, start: int | None = None) -> str:
    """The sentence that holds the number, without the rest of its paragraph."""
    at = sentence.find(number) if start is None else start
    for match in re.finditer(r".+?(?:[.?!](?=\s|$)|$)", sentence):
        if match.start() <= at < match.end():
            return match[0].strip()
    return sentence


def _paragraphs(markdown: str) -> Iterator[str]:
    """Paragraphs, headings, items and table rows, without code blocks."""
    text = re.sub(r"^(```|~~~).*?^\1.*?$", "", markdown, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"^(?: {4}|\t).*$", "", text, flags=re.MULTILINE)
    for block in re.split(r"\n\s*\n|\n(?=\s*(?:[-*+]|\d+\.) |#|\|)", text):
        if block.strip():
            yield block


def _plain_markdown(text: str) -> str:
    """Markdown without code spans, links, pictures, comments and the numbers of list items."""
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    text = re.sub(r"`[^`]*`|!?\[[^\]]*\]\([^)]*\)|<https?:[^>]*>|https?://\S+|\$[^$]+\$", " ", text)
    return re.sub(r"^\s*\d+\. |[*#|]|<[^>]+>", " ", text, flags=re.MULTILINE)
