"""Reading a data package: verified whole, or refused in one line with the file, the place and the remedy.

A package is a `datapackage.json` (Frictionless Data Package v2) beside its CSV files. One resource is one
series of one measure, one row a period, with the columns of `SCHEMA` in `analysis.figures.rows`. Beside the
standard properties a resource states its `role`, `measure` and `unit`, and may declare what its rows have to
agree with:

    "published_totals":  [{"first": 2015, "last": 2018, "total": 1736}]
    "published_changes": [{"earlier": 2017, "later": 2018, "percent": 15}]
    "breaks":            [{"date": "2015-10-01", "reason": "..."}]
    "gaps":              [{"after": 2018, "before": 2021, "reason": "..."}]

Years are those in which a period ends.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.figures.checks import CHECKS
from analysis.figures.descriptor import (
    DECLARED,
    ROLES,
    DataPackageError,
    declarations,
    file_of,
    hash_command,
    read,
    refresh_hashes,
    resolve,
    shown,
)
from analysis.figures.observations import Observation, Series, Source
from analysis.figures.rows import COLUMNS, read_rows
from analysis.names import nearest
from analysis.periods import Period

__all__ = ["CheckResult", "DataPackage", "DataPackageError", "checks", "load", "refresh_hashes"]


@dataclass(frozen=True)
class CheckResult:
    """The outcome of one named check on one series; `detail` says what was seen."""

    name: str
    subject: str
    passed: bool
    detail: str


@dataclass(frozen=True)
class DataPackage:
    """All series of one package; `path` is its datapackage.json, `sha256` that of each series' CSV file."""

    path: Path
    name: str
    title: str
    series: dict[str, Series]
    sha256: dict[str, str]

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles that some series plays."""
        played = {series.role for series in self.series.values()}
        return tuple(role for role in ROLES if role in played)

    def by_role(self, role: str) -> Series:
        """The one series that plays `role`; the many in "context" are found by name in `series`."""
        found = [series for series in self.series.values() if series.role == role]
        if len(found) == 1:
            return found[0]
        if role not in ROLES:
            raise DataPackageError(f"{shown(self.path)}: no role is called {role!r}; {nearest(role, ROLES)}")
        names = ", ".join(series.name for series in found)
        remedy = f"take one by name: {names}" if found else f'give one resource "role": "{role}"'
        raise DataPackageError(f"{shown(self.path)}: {len(found)} resources have the role {role!r}; {remedy}")


def load(path: str | Path) -> DataPackage:
    """Every series of a data package, after size, hash, schema and all cross-row rules have been verified.

    Parameters
    ----------
    path : a datapackage.json. A relative path starts at the project folder (the one above `analysis/`), so
        that a notebook finds the same file from its own folder; a command line that means its working
        directory passes `Path(path).absolute()`.

    Raises
    ------
    DataPackageError : on the first thing that is wrong, in one line with the file, the place and the remedy.

    Examples
    --------
    >>> package = load("data/datapackage.json")
    >>> package.by_role("outcome").counts
    [153, 462, 527, 594]
    >>> package.by_role("comparison").at(2017).words
    '9,215 to 9,295'
    """
    place = resolve(path)
    descriptor = read(place)
    series: dict[str, Series] = {}
    for resource in descriptor["resources"]:
        name, file = resource["name"], file_of(place, resource)
        _refuse_failures(shown(file), _file_checks(place, resource))
        series[name] = _series(place, resource)
        _refuse_failures(shown(file), _series_checks(series[name]))
    sha256 = {r["name"]: r["hash"].removeprefix("sha256:") for r in descriptor["resources"]}
    return DataPackage(place, descriptor["name"], descriptor["title"], series, sha256)


def checks(package: DataPackage) -> list[CheckResult]:
    """Every check of every series with its outcome; the files are read again, the rows are those loaded."""
    resources = {resource["name"]: resource for resource in read(package.path)["resources"]}
    results: list[CheckResult] = []
    for name, series in package.series.items():
        results += [*_file_checks(package.path, resources[name]), *_series_checks(series)]
    return results


def _file_checks(place: Path, resource: Mapping[str, Any]) -> Iterator[CheckResult]:
    """Schema, size and hash of one CSV file."""
    name, content = resource["name"], file_of(place, resource).read_bytes()
    try:
        yield CheckResult("schema", name, True, f"{len(read_rows(content))} rows of {len(COLUMNS)} columns")
    except ValueError as error:
        yield CheckResult("schema", name, False, str(error))
    command = f"if the change is meant, run {hash_command(place)}; if not, restore the file"
    size, digest = f"{len(content):,} bytes", hashlib.sha256(content).hexdigest()
    seen = size if len(content) == resource["bytes"] else f"{size}, declared {resource['bytes']:,}; {command}"
    yield CheckResult("size", name, len(content) == resource["bytes"], seen)
    declared = resource["hash"].removeprefix("sha256:")
    seen = f"sha256 {digest[:12]}..." + (f", declared {declared[:12]}...; {command}" if digest != declared else "")
    yield CheckResult("hash", name, digest == declared, seen)


def _series_checks(series: Series) -> Iterator[CheckResult]:
    for check in CHECKS:
        finding = check(series)
        label = check.__name__.removeprefix("check_").replace("_", " ")
        yield CheckResult(label, series.name, finding.passed, finding.detail)


def _refuse_failures(file: str, results: Iterable[CheckResult]) -> None:
    for result in results:
        if not result.passed:
            raise DataPackageError(f"{file}: {result.name}: {result.detail}")


def _series(place: Path, resource: Mapping[str, Any]) -> Series:
    file = file_of(place, resource)
    return Series(
        name=resource["name"],
        title=resource["title"],
        measure=resource["measure"],
        unit=resource["unit"],
        role=resource["role"],
        observations=tuple(_observation(shown(file), row) for row in read_rows(file.read_bytes())),
        description=resource.get("description", ""),
        **{key: declarations(place, resource, key, kind) for key, kind in DECLARED.items()},
    )


def _observation(file: str, row: Mapping[str, Any]) -> Observation:
    try:
        period = Period(row["period_start"], row["period_end"])
    except ValueError as error:
        raise DataPackageError(f"{file}, line {row['line']}: {error}; swap the dates") from None
    value = row["value"]
    return Observation(
        period=period,
        value=value,
        low=row["low"] if row["low"] is not None else value,
        high=row["high"] if row["high"] is not None else value,
        definition=row["definition"],
        geography=row["geography"],
        source=Source(
            title=row["source_title"],
            **{key: row[key] for key in ("publisher", "url", "published", "licence", "locator")},
        ),
        note=row["note"] or "",
        measure=row["measure"],
    )
