"""Named results: what every number in the prose is bound to, with the data behind it."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from analysis.estimates import Conclusion, Estimate
from analysis.figures.observations import Series
from analysis.parts.numbers import number_text, stable, unit_text

MIME = "application/vnd.compendium.part+json"
Origin = Series | str | Sequence[Series | str]
Result = Estimate | Conclusion
_NAME = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*")


class Results(Mapping[str, Result]):
    """Results by name, each with its record: what is stored, the data rows behind it, and where it was computed.

    Made by `named` in a chapter, or read from what the chapters stored. Joined by ``|``: two results of one name have
    to agree. Shown at the end of a cell they are registered as computed there; in the page nothing is seen of that.

    Examples
    --------
    >>> last = Estimate(estimand="removals in 2018", unit="accounts", method="published count", value=594)
    >>> results = named("count", {"last": last})
    >>> results
    count.last: 594 accounts
    >>> results["count.last"].unit
    'accounts'
    """

    def __init__(self, records: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        self._records = dict(records or {})

    def __getitem__(self, name: str) -> Result:
        record = self._records[name]
        kind = Conclusion if "verdict" in record else Estimate
        return kind(**{field.name: record[field.name] for field in dataclasses.fields(kind) if field.name in record})

    def __repr__(self) -> str:
        """A line a result: its name, and its value, its word, or the reason why there is none."""
        return "\n".join(f"{name}: {value_text(result)}" for name, result in self.items())

    def __iter__(self) -> Iterator[str]:
        return iter(self._records)

    def __len__(self) -> int:
        return len(self._records)

    def __or__(self, other: Results) -> Results:
        for name in self._records.keys() & other._records.keys():
            if self._records[name] != other._records[name]:
                raise ValueError(f"result {name!r} has two values: compute it once, or give one another name")
        return Results({**self._records, **other._records})

    def only(self, names: Iterator[str] | Sequence[str]) -> Results:
        """The results of these names."""
        return Results({name: self._records[name] for name in dict.fromkeys(names)})

    def under(self, prefix: str) -> Results:
        """The results whose names begin with `prefix` and a dot."""
        return self.only([name for name in self if name.startswith(f"{prefix}.")])

    def below(self, prefix: str) -> dict[str, Result]:
        """The same, by what follows the dot."""
        return {name.removeprefix(f"{prefix}."): self[name] for name in self.under(prefix)}

    def records(self) -> dict[str, dict[str, Any]]:
        """One JSON-ready record a result: its fields, the data rows behind it, and its origin where it is known."""
        return {name: dict(record) for name, record in self._records.items()}

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {MIME: {"kind": "results", "results": self.records()}, "text/plain": repr(self)}

    def numbered(self, prefix: str) -> list[str]:
        """The numbers under `prefix`, in order: "1", "2" for "step.1.ratio" and "step.2.ratio"."""
        found = (re.match(rf"{re.escape(prefix)}\.(\d+)\.", name) for name in self)
        return sorted({match[1] for match in found if match}, key=int)


def named(prefix: str, results: Any, *, of: Origin = ()) -> Results:
    """`results` under names that begin with `prefix`, with the series or data files they were computed `of`.

    Parameters
    ----------
    results : an Estimate or Conclusion, or a mapping, a sequence (numbered from 1) or a dataclass of them, which gives
        the rest of the name; what is neither is left out.

    Raises
    ------
    ValueError : a name that is not lower-case words joined by ``.``, ``_`` or ``-``.
    """
    data = data_rows(of)
    records = {}
    for name, result in _flat(prefix, results):
        if not _NAME.fullmatch(name):
            raise ValueError(f"result {name!r}: use lower-case words joined by dots, such as 'growth.linear'")
        fields = dataclasses.asdict(result)
        records[name] = {key: stable(x) if isinstance(x, float) else x for key, x in fields.items()} | {"data": data}
    return Results(records)


def value_text(result: Result) -> str:
    """The value with its unit, the word of a conclusion, or the reason why there is none.

    >>> value_text(Estimate(estimand="removals in 2018", unit="accounts", method="published count", value=594))
    '594 accounts'
    """
    if isinstance(result, Conclusion):
        return result.verdict
    if result.value is None:
        return result.reason or "none"
    return number_text(result.value, result.unit) + unit_text(result.unit)


def joined(*results: Results) -> Results:
    """All of `results` as one."""
    every = Results()
    for each in results:
        every |= each
    return every


def _flat(name: str, results: Any) -> Iterator[tuple[str, Result]]:
    if isinstance(results, Result):
        yield name, results
        return
    if isinstance(results, Mapping):
        items = results.items()
    elif isinstance(results, (list, tuple)):
        items = enumerate(results, 1)
    elif dataclasses.is_dataclass(results):
        items = ((field.name.replace("_", "-"), getattr(results, field.name)) for field in dataclasses.fields(results))
    else:
        return
    for key, value in items:
        yield from _flat(f"{name and name + '.'}{str(key).replace(', ', '-').replace(' ', '-')}".lower(), value)


def data_rows(of: Origin) -> list[dict[str, str]]:
    """The rows of series and the names of data files, ready for JSON."""
    rows = []
    for origin in [of] if isinstance(of, (Series, str)) else of:
        if isinstance(origin, str):
            rows.append({"file": origin})
            continue
        for observation in origin.observations:
            source = observation.source
            rows.append(
                {
                    "series": origin.name,
                    "period": observation.period.label,
                    "source": ", ".join(dict.fromkeys((source.publisher, source.title))),
                    "url": source.url,
                }
            )
    return rows
