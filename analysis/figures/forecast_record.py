"""The forecasts that a study has published, kept as they were: a file to which rows are added and never changed."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from datetime import date
from pathlib import Path

from analysis.figures.files import StudyError, open_text, shown, write_text

NAME = "forecasts.csv"
_HASH = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, kw_only=True)
class PublishedForecast:
    """One row: what a version forecast for a year, and what it was made from.

    Attributes
    ----------
    version : of the compendium. made : the day. method : its key in `analysis.reliability.methods`. year : forecast.
    median, low_80, high_80, low_95, high_95 : as published. counts_sha256 : `digest` of the counts used.
    fit_sha256 : of the stored fit of the method.
    """

    version: str
    made: date
    method: str
    year: int
    median: float
    low_80: float
    high_80: float
    low_95: float
    high_95: float
    counts_sha256: str
    fit_sha256: str

    @classmethod
    def of(cls, row: dict[str, str]) -> PublishedForecast:
        """A row of the file; ValueError where a cell is not of its kind or the limits are out of order."""
        numbers = {name: float(row[name]) for name in LIMITS}
        if sorted(numbers.values()) != list(numbers.values()):
            raise ValueError(f"the limits {', '.join(row[name] for name in LIMITS)} are out of order")
        if not (_HASH.fullmatch(row["counts_sha256"]) and _HASH.fullmatch(row["fit_sha256"])):
            raise ValueError("a hash is not 64 hexadecimal digits")
        given = row | numbers | {"made": date.fromisoformat(row["made"]), "year": int(row["year"])}
        return cls(**given)


LIMITS = ("low_95", "low_80", "median", "high_80", "high_95")
COLUMNS = [field.name for field in fields(PublishedForecast)]


def digest(years: Sequence[int], counts: Sequence[int]) -> str:
    """The sha256 of a series as lines "year,count": what a row says it was made from.

    >>> digest((2015,), (153,))[:12]
    '01b58ebb1536'
    """
    lines = "".join(f"{year},{count}\n" for year, count in zip(years, counts, strict=True))
    return hashlib.sha256(lines.encode()).hexdigest()


def read(folder: Path) -> tuple[PublishedForecast, ...]:
    """The record of a study, oldest first; empty where it has none.

    Raises
    ------
    StudyError : a column or a row that is not as `PublishedForecast` says, with its line.
    """
    if not (folder / NAME).exists():
        return ()
    file, found = shown(folder / NAME), []
    reader = csv.DictReader(io.StringIO(open_text(folder, NAME)), strict=True)
    if reader.fieldnames != COLUMNS:
        raise StudyError(f"{file}, line 1: columns {reader.fieldnames}; use {','.join(COLUMNS)}")
    for row in reader:
        try:
            found.append(PublishedForecast.of(row))
        except (ValueError, TypeError) as error:
            raise StudyError(f"{file}, line {reader.line_num}: {error}; restore the row as it was published") from None
    return tuple(found)


def append(folder: Path, row: PublishedForecast) -> None:
    """Adds one row below those that are there, which stay as they are."""
    path = folder / NAME
    before = path.read_text(encoding="utf-8") if path.exists() else ",".join(COLUMNS) + "\n"
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(astuple(row))
    write_text(path, before + line.getvalue())
