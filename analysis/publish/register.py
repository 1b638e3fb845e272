"""The register of numbers: every named result of every notebook, where it was computed and from what."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

from nbformat import NotebookNode

from analysis.estimates import Estimate
from analysis.prose import interval_name, number
from analysis.results import MIME

Record = dict[str, Any]


def collect_results(notebooks: Sequence[NotebookNode]) -> dict[str, Record]:
    """Every named result, in the order of the notebooks and then of the names, with the cell that names it.

    Raises
    ------
    ValueError : two notebooks give one name to different results, or one notebook to two.

    Notes
    -----
    The cell is the first whose code holds the name of the result as a string, or else the one that holds
    the longest beginning of it ("growth" for "growth.linear"), or else the cell that shows the register.
    """
    collected: dict[str, Record] = {}
    for notebook in notebooks:
        for cell_id, records in _registers(notebook):
            literals = list(_literals(notebook))
            for name in sorted(records):
                record = dict(records[name]) | {"cell": _cell_of(name, literals) or cell_id}
                known = collected.setdefault(name, record)
                if _content(known) != _content(record):
                    raise ValueError(
                        f"result {name!r}: {known['notebook']} and {record['notebook']} disagree; "
                        f"compute it in one place or give one of them another name"
                    )
    return collected


def notebook_name(notebook: NotebookNode) -> str:
    """The name a notebook gives itself in its register of results; "" without one."""
    for _, records in _registers(notebook):
        for record in records.values():
            return record["notebook"]
    return ""


def _registers(notebook: NotebookNode) -> Iterator[tuple[str, Mapping[str, Record]]]:
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if MIME in output.get("data", {}):
                yield cell.get("id", ""), output["data"][MIME]


def _content(record: Record) -> Record:
    return {key: value for key, value in record.items() if key not in ("notebook", "cell")}


def _literals(notebook: NotebookNode) -> Iterator[tuple[str, str]]:
    """(string, cell) of every string in the code, the fixed beginnings of f-strings included."""
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        try:
            tree = ast.parse(cell.source)
        except SyntaxError:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
                yield node.value, cell.id


def _cell_of(name: str, literals: Sequence[tuple[str, str]]) -> str:
    best, cell = "", ""
    for text, cell_id in literals:
        whole = text == name or (name.startswith(text) and (text[-1] in "._-" or name[len(text)] in "._-"))
        if whole and len(text) > len(best):
            best, cell = text, cell_id
    return cell


def estimate_of(record: Record) -> Estimate:
    """The Estimate that a record was made from."""
    return Estimate(**{field.name: record[field.name] for field in fields(Estimate) if field.name in record})


@dataclass(frozen=True)
class Entry:
    """One numbered line of the register, ready to be shown."""

    position: int
    name: str
    record: Record
    chapter: str

    @property
    def anchor(self) -> str:
        return f"number-{self.name}"

    @cached_property
    def estimate(self) -> Estimate:
        return estimate_of(self.record)

    @property
    def value(self) -> str:
        """The value with its unit, or the reason why there is none."""
        found = number(self.name, self.estimate)
        return found.text if found else self.estimate.reason or "none"

    @property
    def interval(self) -> str:
        """ "95% confidence interval 48% to 67%", or why there is none."""
        estimate = self.estimate
        if not estimate.interval:
            return ""
        low, high = (number(self.name, estimate, end) for end in ("low", "high"))
        if not low and not high:
            return f"{interval_name(estimate)}: {estimate.reason}"
        ends = " to ".join(end.text if end else "unbounded" for end in (low, high))
        return f"{interval_name(estimate)} {ends}"

    @property
    def unrounded(self) -> str:
        """The stored value and limits with all their digits, where rounding hides some."""
        shown = [self.estimate.value, self.estimate.low, self.estimate.high]
        stored = [f"{x:.8g}" for x in shown if x is not None and not float(x).is_integer()]
        if not stored:
            return ""
        value, *limits = ("none" if x is None else f"{x:.8g}" for x in shown)
        return value + (f" [{', '.join(limits)}]" if self.estimate.interval else "")

    @cached_property
    def data(self) -> list[dict[str, str]]:
        """The data rows behind it, one item a series or file: its name, anchor and periods."""
        return data_summary(self.record["data"])


def data_summary(rows: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """Data rows as one item a series or file: {"name", "anchor", "periods"}."""
    grouped: dict[str, list[str]] = {}
    for row in rows:
        periods = grouped.setdefault(row.get("series") or row["file"], [])
        if "period" in row and row["period"] not in periods:
            periods.append(row["period"])
    return [
        {"name": name, "anchor": data_anchor(name), "periods": _spell(periods)} for name, periods in grouped.items()
    ]


def data_anchor(name: str) -> str:
    """The anchor of a series or a file in the list of sources."""
    return "data-" + "".join(c if c.isalnum() else "-" for c in name)


def _spell(periods: Sequence[str]) -> str:
    """Consecutive years as one stretch: "2015 to 2018"."""
    if len(periods) > 2 and all(p[-4:].isdigit() for p in periods):
        years = [int(p[-4:]) for p in periods]
        if years == list(range(years[0], years[0] + len(years))):
            return f"{periods[0]} to {periods[-1]}"
    return ", ".join(periods)


def sources(records: Mapping[str, Record]) -> list[dict[str, Any]]:
    """Every series and file behind the results, each with its "name", "anchor" and "rows"."""
    found: dict[str, dict[tuple[str, str], list[str]]] = {}
    for record in records.values():
        for row in record["data"]:
            name = row.get("series") or row["file"]
            periods = found.setdefault(name, {}).setdefault((row.get("source", ""), row.get("url", "")), [])
            if row.get("period") and row["period"] not in periods:
                periods.append(row["period"])
    return [
        {
            "name": name,
            "anchor": data_anchor(name),
            "rows": [
                {"periods": _spell(sorted(periods, key=lambda p: (p[-4:], p))), "source": source, "url": url}
                for (source, url), periods in rows.items()
            ],
        }
        for name, rows in sorted(found.items())
    ]
