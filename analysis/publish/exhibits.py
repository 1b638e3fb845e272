"""Figures and tables as the page shows them: themed, described, with their numbers to take away."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

from analysis.charts.theme import PALETTE

_PLAIN = re.compile(r"\N{MINUS SIGN}?[\d,]+(?:\.(\d+))?(%?)")


def csv_link(text: str, name: str, what: str) -> str:
    """A link that saves `text` as the file `name`; the data stand in the page itself."""
    data = quote(text, safe=",.;:/()=+-!*@$?")
    return (
        f'<a class="save" download="{name}" href="data:text/csv;charset=utf-8,{data}">'
        f'Save CSV<span class="aside"> of {html.escape(what)}</span></a>'
    )


def themed_svg(svg: str, name: str, labelled_by: str, alt: str) -> str:
    """The picture with the page's colours, scaled by its width, and described by `alt`.

    Raises
    ------
    ValueError : there is no text alternative.
    """
    if not alt.strip():
        raise ValueError(f"figure {name!r}: no text alternative; give the chart an alt text")
    svg = re.sub(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    opening = re.search(r"<svg\b[^>]*>", svg)
    kept = re.sub(r'\s(?:xmlns(?::\w+)?|role|version|aria-[a-z]+)="[^"]*"', "", opening[0][4:-1])
    for token, (light, _) in PALETTE.items():
        svg = re.sub(rf"{light}\b", f"var(--{token},{light})", svg, flags=re.IGNORECASE)
    body = svg[re.search(r"<svg\b[^>]*>", svg).end() :].replace("xlink:href", "href").strip()
    return (
        f'<svg{kept} role="img" aria-labelledby="{labelled_by}" aria-describedby="{name}-description">'
        f'<desc id="{name}-description">{html.escape(alt, quote=False)}</desc>{body}'
    )


def table_html(
    id: str, caption: str, columns: Sequence[str], rows: Sequence[Sequence[str]], numeric: Sequence[bool]
) -> str:
    """A table from text, aligned as `aligned` does."""
    root = ElementTree.Element("table", {"id": id})
    ElementTree.SubElement(root, "caption").text = caption
    line = ElementTree.SubElement(ElementTree.SubElement(root, "thead"), "tr")
    kinds = ["number" if x else "text" for x in numeric]
    for column, kind in zip(columns, kinds, strict=True):
        ElementTree.SubElement(line, "th", {"scope": "col", "class": kind}).text = column
    body = ElementTree.SubElement(root, "tbody")
    for row in rows:
        line = ElementTree.SubElement(body, "tr")
        for k, (cell, kind) in enumerate(zip(row, kinds, strict=True)):
            attributes = {"class": kind} if k else {"scope": "row", "class": kind}
            ElementTree.SubElement(line, "td" if k else "th", attributes).text = str(cell)
    return ElementTree.tostring(_aligned(root), encoding="unicode", method="html")


def is_numeric(rows: Sequence[Sequence[str]], column: int) -> bool:
    """Whether a column of text holds a number in most of its rows."""
    numbers = sum(bool(_PLAIN.fullmatch(str(row[column]))) for row in rows)
    return 2 * numbers > len(rows)


def numbered_table(markup: str, label: str) -> str:
    """A Table's own HTML with its number before the caption and its decimals aligned."""
    root = ElementTree.fromstring(markup)
    caption = root.find("caption")
    number = ElementTree.Element("a", {"class": "label", "href": f"#{root.get('id')}"})
    number.text, number.tail = label, f" {caption.text}"
    caption.text = None
    caption.insert(0, number)
    return ElementTree.tostring(_aligned(root), encoding="unicode", method="html")


def _aligned(table: ElementTree.Element) -> ElementTree.Element:
    """Decimal points of each numeric column under one another.

    Cells are set flush right in figures of one width; a number with fewer decimals than the longest of its
    column gets the missing room as padding, so that nothing is added to what a reader copies.
    """
    for cell in table.iter():
        if cell.get("class") == "text":
            del cell.attrib["class"]
        if cell.tag == "td" and re.search(r"\S{30}", cell.text or ""):
            cell.set("class", "address")  # may break anywhere
    rows = table.findall("tbody/tr")
    for column in range(len(rows[0]) if rows else 0):
        cells = [row[column] for row in rows if row[column].get("class") == "number"]
        shapes = {id(cell): _PLAIN.fullmatch(cell.text or "") for cell in cells}
        decimals = {key: len(match[1] or "") for key, match in shapes.items() if match}
        percent = any(match and match[2] for match in shapes.values())
        for cell in cells:
            if cell.tag == "td":  # one letter, since there are many
                cell.set("class", "n")
            if id(cell) not in decimals:
                if not re.match(r"\N{MINUS SIGN}?\d", cell.text or ""):
                    cell.set("class", "words")
                continue
            missing = max(decimals.values()) - decimals[id(cell)]
            point = bool(missing) and not decimals[id(cell)]
            sign = percent and not shapes[id(cell)][2]
            if missing or sign:
                room = " + ".join([f"{missing}ch"] * bool(missing) + [".28em"] * point + [".9em"] * sign)
                cell.set("style", f"--room:calc({room})")
    return table


def figure_rows(bundle: Mapping[str, Any], name: str, caption: str) -> str:
    """The numbers of a figure as a table."""
    rows, columns = bundle["rows"], bundle["columns"]
    numeric = [is_numeric(rows, k) for k in range(len(columns))]
    return table_html(f"{name}-data", caption, columns, rows, numeric)
