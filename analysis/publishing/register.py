"""The register of numbers: every result that a sentence names, where it was computed and from which data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from analysis.estimates import Conclusion
from analysis.parts.numbers import interval_name, limits_text
from analysis.parts.results import Result, Results, value_text
from analysis.plain_text import is_link
from analysis.running.chapters import Record


@dataclass
class Entry:
    """One numbered line of the register: `place` is where it first appears, `uses` the anchors that lead here."""

    position: int
    name: str
    record: Record
    result: Result
    place: str
    uses: list[str] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        return f"number-{self.name}"

    @property
    def cell_anchor(self) -> str:
        return f"{chapter_anchor(self.record['notebook'])}-cell-{self.record['cell']}"

    @property
    def value(self) -> str:
        """The value with its unit, the word of a conclusion, or the reason why there is none."""
        return value_text(self.result)

    @property
    def interval(self) -> str:
        """ "95% confidence interval 48% to 67% (exact)", or why there is none."""
        result = self.result
        if isinstance(result, Conclusion) or not result.interval:
            return ""
        colon = ":" if result.low is None and result.high is None else ""
        how = f" ({result.interval_method})" if result.interval_method else ""
        return f"{interval_name(result)}{colon} {limits_text(result)}{how}"

    @property
    def unrounded(self) -> str:
        """The stored value and limits with all their digits, where rounding hides some."""
        shown = [self.record.get(key) for key in ("value", "low", "high")]
        if all(x is None or float(x).is_integer() for x in shown):
            return ""
        value, *limits = ("none" if x is None else f"{x:.8g}" for x in shown)
        return value + (f" [{', '.join(limits)}]" if self.record["interval"] else "")

    @property
    def data(self) -> list[dict[str, str]]:
        """The data rows behind it, one item a series or file: its name, anchor and periods."""
        return data_summary(self.record["data"])


def entries_of(chapters: Iterable[Any], records: Mapping[str, Record]) -> dict[str, Entry]:
    """The entries by name: the results that sentences name, in order of appearance in `outline.Chapter` s."""
    results = Results(records)
    entries: dict[str, Entry] = {}
    for chapter in chapters:
        for section in chapter.sections:
            place = f"{chapter.number}. {chapter.title}" if chapter.number else "The summary"
            for paragraph in (paragraph for block in section.blocks for paragraph in block.get("blocks", ())):
                for name in paragraph["sources"]:
                    new = Entry(len(entries) + 1, name, records[name], results[name], place)
                    entries.setdefault(name, new).uses.append(paragraph["anchor"])
    return entries


def chapter_anchor(stem: str) -> str:
    """The anchor of a notebook: its name without the number."""
    return stem.lstrip("0123456789").strip("_-").replace("_", "-")


def data_summary(rows: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
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


def sources(records: Iterable[Record]) -> list[dict[str, Any]]:
    """Every series and file behind the records, each with its "name", "anchor" and "rows"."""
    found: dict[str, dict[tuple[str, str], list[str]]] = {}
    for record in records:
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
                {
                    "periods": _spell(sorted(periods, key=lambda p: (p[-4:], p))),
                    "source": source,
                    "url": url if is_link(url) else "",
                }
                for (source, url), periods in rows.items()
            ],
        }
        for name, rows in sorted(found.items())
    ]
