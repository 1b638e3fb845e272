"""Changed files of a study: what they hold now, and the sizes and hashes by which they are known from then on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from analysis.figures import descriptor as package
from analysis.figures.files import open_file, resolve
from analysis.figures.observations import Series, span
from analysis.figures.rows import table_schema
from analysis.figures.study import read_series


def changed(folder: str | Path) -> tuple[dict[str, Any], list[str]]:
    """The descriptor of a study as it would be with its files accepted, and a line on each file that changed.

    Raises
    ------
    StudyError : a changed file breaks a rule, which no hash can mend.
    """
    place = resolve(folder)
    descriptor, lines = package.read(place), []
    for resource in descriptor["resources"]:
        content = open_file(place, resource["path"])
        found = package.fingerprint(content)
        if {key: resource.get(key) for key in found} != found:
            series, _ = read_series(place, descriptor, resource, content)
            before = f"{resource['bytes']:,} bytes before" if "bytes" in resource else "not accepted before"
            lines.append(f"{resource['path']}: {summary(series)} ({found['bytes']:,} bytes, {before})")
            resource |= found
            if isinstance(resource.get("schema"), dict):
                resource["schema"] = table_schema(content)
    return descriptor, lines


def accept(folder: str | Path) -> list[str]:
    """Writes what `changed` found into the datapackage.json of a study; returns its lines."""
    descriptor, lines = changed(folder)
    if lines:
        package.write(resolve(folder), descriptor)
    return lines


def summary(series: Series) -> str:
    """The counts of a series in one line."""
    counts = "; ".join(o.words for o in series.observations)
    return f"{len(series.observations)} counts, {span(series.years)}: {counts}"
