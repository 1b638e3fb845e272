"""Figures as a plain table: a CSV file with a column of periods and one column a series."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal
from pathlib import Path

from analysis.claims.language import PAGE
from analysis.figures.files import StudyError, open_text
from analysis.figures.observations import Observation, Series, Source
from analysis.periods import Period
from analysis.plain_text import is_line

NONE = ("", "-", "..", ":", "n/a", "na")
REMEDY = "write 1,736 or 9,215 to 9,295 or at least 479, or leave it empty"


def read_table(path: str | Path) -> dict[str, Series]:
    """The series of a wide CSV file by name, oldest period first.

    Parameters
    ----------
    path : the file. Its first row names the series, the first column holds periods as `Period.read` takes them.
        "turnout (%)" is turnout, counted in %; "removals [ministry]" is what one source says of removals. A cell is a
        number, "9,215 to 9,295", "at least 479" or empty. Commas, semicolons or tabs part the columns.

    Raises
    ------
    StudyError : the first fault, in one line with the file, the line and the remedy.
    """
    place = Path(path).absolute()
    return parse_table(open_text(place.parent, place.name), str(path))


def parse_table(text: str, path: str) -> dict[str, Series]:
    """The series of the text of such a file, which messages call `path`."""
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    rows = csv.reader(io.StringIO(text), delimiter=delimiter, skipinitialspace=True)
    try:
        numbered = [(rows.line_num, [cell.strip() for cell in row]) for row in rows if any(map(str.strip, row))]
    except csv.Error as error:
        raise StudyError(f"{path}, line {rows.line_num}: not CSV ({error}); save it as CSV again") from None
    if len(numbered) < 2 or len(numbered[0][1]) < 2:
        raise StudyError(f"{path}: no figures; give a row of names, then a row a period, as in {PAGE}")
    return _series(path, _columns(f"{path}, line {numbered[0][0]}", numbered[0][1]), numbered[1:])


def _columns(place: str, header: list[str]) -> dict[str, str]:
    """The unit of each column by its name, "" for none."""
    units: dict[str, str] = {}
    if len(header) > 101:
        raise StudyError(f"{place}: {len(header) - 1:,} series; leave out what no claim needs, 100 are read")
    for number, title in enumerate(header[1:], 2):
        words, unit, source = re.fullmatch(r"([^([]*)(?:\((.*?)\))?\s*(\[.*\])?.*", title.lower(), re.DOTALL).groups()
        name = " ".join([*words.split(), source or ""]).strip()
        if not words.strip() or not is_line(f"{name} {unit}"):
            raise StudyError(f"{place}: column {number} has no name of one line; name the series")
        if name in units:
            raise StudyError(f"{place}: {name!r} stands there twice; mark two sources as {name} [one]")
        units[name] = unit or ""
    return units


def _series(file: str, units: dict[str, str], rows: list[tuple[int, list[str]]]) -> dict[str, Series]:
    found: dict[str, list[Observation]] = {name: [] for name in units}
    lines: dict[Period, int] = {}
    for line, cells in rows:
        place = f"line {line}"
        try:
            period = Period.read(cells[0])
            if len(cells) > len(units) + 1:
                remedy = "put numbers with a comma in quotes"
                raise ValueError(f"{len(cells)} cells under {len(units) + 1} names; {remedy}")
            if lines.setdefault(period, line) != line:
                raise ValueError(f"{period.label} is in line {lines[period]} too; keep one")
            for name, cell in zip(units, cells[1:], strict=False):
                place = f"line {line}, {name}"
                said = cell.lower().replace("\N{EN DASH}", "-")
                if said not in NONE:
                    low, high = _limits(said)
                    source = Source(file, "", file, locator=place)
                    found[name].append(Observation(period, low if low == high else None, low, high, "", "", source))
                if cell.endswith("%"):
                    units[name] = "%"
        except ValueError as error:
            raise StudyError(f"{file}, {place}: {error}") from None
    for name, observations in found.items():
        if not observations:
            raise StudyError(f"{file}: {name!r} has no figure; fill the column or remove it")
        observations.sort(key=lambda observation: observation.period)
    return {name: Series(name, name, name, units[name], "", tuple(figures)) for name, figures in found.items()}


def _limits(said: str) -> tuple[int | Decimal, int | Decimal | None]:
    if floor := re.fullmatch(r"at least (.*)|(.*)\+", said):
        return _number(floor[1] or floor[2]), None
    low, dash, high = re.sub(r"(?<=[0-9]) ?- ?(?=[0-9])", " to ", said).partition(" to ")
    ends = _number(low), _number(high if dash else low)
    if ends[1] < ends[0]:
        raise ValueError(f"{said!r} ends before it starts; swap the two")
    return ends


def _number(text: str) -> int | Decimal:
    printed = re.sub(r"^[£$€]|%$|(?<=[0-9])[,\s\u00a0\u202f'](?=[0-9]{3})", "", text.strip())
    if not re.fullmatch(r"[0-9]{0,15}(\.[0-9]{1,15})?", printed) or not printed:
        raise ValueError(f"{text!r} is not a count of 0 or more; {REMEDY}")
    number = Decimal(printed)
    return int(number) if number == int(number) else number
