"""The register of named results: what every number in the prose is bound to."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from analysis.estimates import Estimate
from analysis.figures.observations import Series
from analysis.prose import stable

MIME = "application/vnd.compendium.results+json"
Origin = Series | str | Sequence[Series | str]
_NAME = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*")


class Results(Mapping[str, Estimate]):
    """The named results of one notebook, each with the data rows behind it.

    Shown as the last cell of a notebook, it becomes part of `results.json`; the publisher adds the cell.

    Examples
    --------
    >>> results = Results("03_growth")
    >>> last = Estimate(estimand="removals in 2018", unit="accounts", method="published count", value=594)
    >>> results.add("count.last", last)
    >>> results["count.last"].value
    594
    """

    def __init__(self, notebook: str) -> None:
        self.notebook = notebook
        self._estimates: dict[str, Estimate] = {}
        self._rows: dict[str, list[dict[str, str]]] = {}

    def add(self, name: str, estimate: Estimate, *, of: Origin = ()) -> None:
        """Register `estimate` under `name`; `of`: the series or data files behind it.

        Raises
        ------
        ValueError : the name is taken, or is not lower-case words joined by ``.``, ``_`` or ``-``.
        """
        if not _NAME.fullmatch(name):
            raise ValueError(f"result {name!r}: use lower-case words joined by dots, such as 'growth.linear'")
        if name in self._estimates:
            raise ValueError(f"result {name!r}: already registered in {self.notebook}; choose another name")
        self._estimates[name] = estimate
        self._rows[name] = _data_rows([of] if isinstance(of, (Series, str)) else of)

    def add_all(
        self,
        prefix: str,
        estimates: Mapping[str, Estimate],
        *,
        of: Origin = (),
    ) -> None:
        """Register each of `estimates` as ``prefix.key``."""
        for key, estimate in estimates.items():
            self.add(f"{prefix}.{key}", estimate, of=of)

    def __getitem__(self, name: str) -> Estimate:
        return self._estimates[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._estimates)

    def __len__(self) -> int:
        return len(self._estimates)

    def records(self) -> dict[str, dict[str, Any]]:
        """One JSON-ready record a result: the fields of the Estimate, the notebook and the data rows."""
        return {
            name: _stable_fields(estimate) | {"notebook": self.notebook, "data": self._rows[name]}
            for name, estimate in self._estimates.items()
        }

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {
            MIME: self.records(),
            "text/plain": f"{len(self)} named results of {self.notebook}: " + ", ".join(self),
        }


def _data_rows(origins: Sequence[Series | str]) -> list[dict[str, str]]:
    rows = []
    for origin in origins:
        if isinstance(origin, str):
            rows.append({"file": origin})
            continue
        for observation in origin.observations:
            source = observation.source
            rows.append(
                {
                    "series": origin.name,
                    "period": observation.period.label,
                    "source": f"{source.publisher}, {source.title}",
                    "url": source.url,
                }
            )
    return rows


def _stable_fields(estimate: Estimate) -> dict[str, Any]:
    fields = dataclasses.asdict(estimate)
    return {key: stable(x) if isinstance(x, float) else x for key, x in fields.items()}
