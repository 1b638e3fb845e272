"""A new study from any CSV: its descriptor, its counts, and the files in which its owner gives it words."""

from __future__ import annotations

import json
import os
import re
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from analysis.csv_text import read_csv
from analysis.figures import descriptor as package, words
from analysis.figures.files import PROJECT, StudyError, open_file, shown, write_text
from analysis.figures.observations import Series
from analysis.figures.rows import FIELDS, read_count, read_rows, table_schema
from analysis.figures.study import CLAIMS, load
from analysis.periods import Period
from analysis.plain_text import decode, is_line

_PERIOD_NAMES = ("period", "year", "years", "date", "time")
_COUNT_NAMES = ("count", "counts", "value", "number", "n")
_CLAIMS = """\
# Claims that an article makes about these counts, one line each. Take away the # and put its claims in place of this
# one; data/CLAIMS.md lists what a line can say.
# version: hedge-2.0
# article:
#   title: Title of the article
#   publisher: Where it was published
#   published: 2024-05-01
#   url: https://example.org/article
# claims:
#   - id: first-count
#     claim: "{series}: {count} in {period}"
"""


class _Table(NamedTuple):
    """One series to be: the name and the title of its column, its CSV file, and the years of its rows."""

    name: str
    title: str
    content: str
    years: list[int]


def new(name: str, counts: str | Path, *, title: str = "") -> Path:
    """Makes the folder of a study from a CSV file, and returns it; nothing is left behind when it would be refused.

    Parameters
    ----------
    name : a name under `data/`, or the path of a folder that does not exist yet.
    counts : a CSV with one column of periods and one or more of counts, or one with the columns of a study. The first
        column of counts becomes the outcome, the second the comparison, any other is context.
    title : of the study; without it the name has to do.

    Raises
    ------
    StudyError : the folder exists, or the counts are refused as they would be on loading.
    """
    for what, text in (("name", name), ("title", title or name)):
        if not is_line(text):
            raise StudyError(f"{text[:80]!r} is no {what}; give a text of one line")
    folder = Path(name).absolute() if os.sep in name else PROJECT / "data" / name
    if os.path.lexists(folder):
        raise StudyError(f"{shown(folder)}: there is one already; give another name")
    source = Path(counts).absolute()
    tables = _tables(open_file(source.parent, source.name), source)
    title = title or folder.name.replace("-", " ").replace("_", " ").capitalize()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".", suffix=".new") as place:
            draft = Path(place) / folder.name
            draft.mkdir()
            _fill(draft, title, tables, source)
            os.rename(draft, folder)
    except OSError as error:
        raise StudyError(f"{shown(folder)}: cannot be made ({error.strerror}); give another name") from None
    return folder


def _fill(folder: Path, title: str, tables: list[_Table], source: Path) -> None:
    """Writes all files of a study, once its counts are not refused."""
    for table in tables:
        write_text(folder / f"{table.name}.csv", table.content)
    package.write(folder, _descriptor(_slug(folder.name), title, tables))
    try:
        outcome = load(folder).outcome
    except StudyError as error:
        raise StudyError(f"{shown(source)}: {str(error).partition(': ')[2]}") from None
    write_text(folder / words.NAME, _words(outcome))
    first = outcome.observations[0]
    about = {"series": outcome.name, "unit": outcome.unit, "count": first.words, "period": first.period.label}
    write_text(folder / CLAIMS, _CLAIMS.format(**about))


def _tables(content: bytes, source: Path) -> list[_Table]:
    try:
        text = decode(content)
        lines = read_csv(text)
        header = [cell.strip() for cell in lines[0][1]]
        if len(header) > 2 and set(header) <= set(FIELDS):
            years = [row["period"].end.year for row in read_rows(content)]
            return [_Table(_slug(source.stem), "", text, years)]
        at = next((i for i, cell in enumerate(header) if cell.lower() in _PERIOD_NAMES), 0)
        if len(header) < 2:
            raise ValueError("no column of counts; give one of periods and one or more of counts, with commas between")
        return [_column(lines, at, i, source.stem) for i in range(len(header)) if i != at]
    except ValueError as error:
        raise StudyError(f"{shown(source)}: {error}") from None


def _column(lines: list[tuple[int, list[str]]], at: int, column: int, name: str) -> _Table:
    """One column of counts beside the column of periods, oldest first, without its empty cells.

    A column that is only called "count" has the `name` of its file.
    """
    header, found = lines[0][1], []
    for line, cells in lines[1:]:
        if len(cells) != len(header):
            raise ValueError(f"line {line}: {len(cells)} cells instead of {len(header)}; mend the row")
        try:
            if cells[column].strip():
                found.append((Period.read(cells[at]), cells[at].strip(), read_count(cells[column].strip())))
        except ValueError as error:
            raise ValueError(f"line {line}, column {header[column]!r}: {error}") from None
    found.sort()
    rows = [f"{text},{count}" for _, text, count in found]
    title = header[column].strip()
    title = re.sub("[_-]+", " ", name) if title.lower() in _COUNT_NAMES else title
    title = title[:1].upper() + title[1:]
    years = [period.end.year for period, *_ in found]
    return _Table(_slug(title or name), title, "\n".join(["period,count", *rows, ""]), years)


def _descriptor(name: str, title: str, tables: list[_Table]) -> dict[str, Any]:
    resources = []
    for table, role in zip(tables, ["outcome", "comparison"] + ["context"] * len(tables), strict=False):
        content = table.content.encode()
        gaps = [{"after": a, "before": b, "reason": "not in the file"} for a, b in pairwise(table.years) if b - a > 1]
        titled = {"title": table.title, "unit": table.title.lower()} if table.title else {}
        resource = {"name": table.name, "type": "table", "path": f"{table.name}.csv", **titled, "role": role}
        resource |= {"gaps": gaps} if gaps else {}
        resource |= {"format": "csv", "mediatype": "text/csv", "encoding": "utf-8"}
        resources.append(resource | {"schema": table_schema(content), **package.fingerprint(content)})
    schema = "https://datapackage.org/profiles/2.0/datapackage.json"
    return {"$schema": schema, "name": name, "title": title, "resources": resources}


def _words(outcome: Series) -> str:
    """A study.yml in which each word stands as a comment, with what holds without it."""
    lines = ["# The words of the report. Take away the # before a word to put your own in its place."]
    for name, value in vars(words.general(outcome, {})).items():
        lines += [f"# {name}: {json.dumps(value, ensure_ascii=False)}  # {words.MEANINGS[name]}"]
    return "\n".join([*lines, ""])


def _slug(text: str) -> str:
    return re.sub("[^a-z0-9]+", "_", text.lower()).strip("_")[:80] or "counts"
