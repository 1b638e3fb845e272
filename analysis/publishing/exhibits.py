"""Figures and tables as the page shows them: in its colours, aligned, with their numbers to take away."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from analysis.charts.palette import PALETTE

_PLAIN = re.compile(r"\N{MINUS SIGN}?[\d,]+(?:\.(\d+))?(%?)")
_NUMBER = re.compile(r"\N{MINUS SIGN}?\d")


def csv_address(text: str) -> str:
    """Data that stand in the page itself as the address of a file to save."""
    return "data:text/csv;charset=utf-8," + quote(text, safe=",.;:/()=+-!*@$?")


def themed(svg: str) -> Markup:
    """The picture with the colours of the page, which follow the reader's choice of light or dark."""
    for token, (light, _) in PALETTE.items():
        svg = svg.replace(light, f"var(--{token},{light})")
    return Markup(svg)


def steps(table: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of a table of answers: "asked", "answer", "kept" by so many "of" so many choices, "undone" by which.

    "blocks" says how many of five that is, rounded down, so that five stands for all of them.
    """
    rows = [dict(zip(("asked", "answer", "kept", "of", "undone"), row, strict=True)) for row in table["texts"]]
    return [row | {"blocks": 5 * int(row["kept"]) // int(row["of"])} for row in rows if row["kept"].isdigit()]


def aligned(table: Mapping[str, Any]) -> list[list[dict[str, str]]]:
    """The cells of a table in rows, each with its "text", its "kind" for the style sheet and its "room".

    The kinds of a cell are "n", a number, "words" in a column of numbers, "address", which may break anywhere, "wordy",
    "date" and "". Numbers are set flush right in figures of one width; one with fewer decimals than the longest of its
    column is given the missing room, so that decimal points stand under one another and nothing is added to what
    a reader copies.
    """
    columns = zip(table["kinds"], zip(*table["texts"], strict=True), strict=False)
    shown = [_column(kind, texts) for kind, texts in columns]
    return [list(row) for row in zip(*shown, strict=True)]


def _column(kind: str, texts: Sequence[str]) -> list[dict[str, str]]:
    if kind != "number":
        other = "date" if kind == "date" else ""
        kinds = ("address" if re.search(r"\S{30}", text) else "wordy" if len(text) > 40 else other for text in texts)
        return [{"text": text, "kind": kind, "room": ""} for text, kind in zip(texts, kinds, strict=True)]
    shapes = [_PLAIN.fullmatch(text) for text in texts]
    most = max((len(shape[1] or "") for shape in shapes if shape), default=0)
    percent = any(shape and shape[2] for shape in shapes)
    return [_number(text, shape, most, percent) for text, shape in zip(texts, shapes, strict=True)]


def _number(text: str, shape: re.Match[str] | None, most: int, percent: bool) -> dict[str, str]:
    if not shape:
        return {"text": text, "kind": "n" if _NUMBER.match(text) else "words", "room": ""}
    decimals = len(shape[1] or "")
    room = [f"{most - decimals}ch"] if most > decimals else []
    room += [".28em"] if most and not decimals else []  # the point
    room += [".9em"] if percent and not shape[2] else []
    return {"text": text, "kind": "n", "room": " + ".join(room)}
