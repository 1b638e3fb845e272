"""A study: a folder of published counts, verified whole, or refused in one line with file, place and remedy."""

from __future__ import annotations

import dataclasses
import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from yaml import MappingNode, ScalarNode

from analysis.figures import descriptor as package, forecast_record, words as wording
from analysis.figures.checks import CHECKS
from analysis.figures.files import StudyError, open_file, optional_text, resolve, shown
from analysis.figures.observations import Observation, Series, Source
from analysis.figures.rows import read_rows
from analysis.names import nearest
from analysis.periods import last_day
from analysis.yaml_text import compose

CLAIMS = "claims.yml"
DEFAULT = "data/prison-removals"


@dataclass(frozen=True)
class CheckResult:
    """A named check that a series passed; `detail` says what was seen."""

    name: str
    subject: str
    detail: str


@dataclass(frozen=True)
class Study:
    """Published counts of one subject as they were known on a day.

    Attributes
    ----------
    folder : where it was read from.
    title : from its datapackage.json.
    series : the series by name, each with the rows known on `date`; one of which nothing was known is left out.
    words : what a report says of the counts.
    date : the day; None when no row says when it was published and there is no article.
    article : the day of the article whose claims are in `claims`, None without one.
    claims : its claims.yml, None when there is none or everything in it is a comment.
    checks : every check that its series passed.
    sha256 : of each file that was read, by its name in the folder.
    published : all series with all rows, whenever published.
    """

    folder: Path
    title: str
    series: dict[str, Series]
    words: wording.Words
    date: date | None
    article: date | None
    claims: Path | None
    checks: tuple[CheckResult, ...]
    sha256: dict[str, str]
    published: dict[str, Series]

    @property
    def outcome(self) -> Series:
        """The counts that the study is about."""
        return self.by_role("outcome")

    def optional(self, role: str) -> Series | None:
        """The one series that plays `role`, None when none does."""
        if role not in package.ROLES:
            raise StudyError(f"{shown(self.folder)}: no role is called {role!r}; {nearest(role, package.ROLES)}")
        found = [series for series in self.series.values() if series.role == role]
        if len(found) > 1:
            names = ", ".join(series.name for series in found)
            raise StudyError(f"{shown(self.folder)}: {len(found)} series have the role {role!r}; take one of {names}")
        return found[0] if found else None

    def by_role(self, role: str) -> Series:
        """The one series that plays `role`; the many in "context" are found by name in `series`."""
        found = self.optional(role)
        if found is None:
            remedy = f'give one resource in {package.NAME} "role": "{role}"'
            raise StudyError(f"{shown(self.folder)}: no series has the role {role!r}; {remedy}")
        return found

    def as_of(self, day: str | date = "") -> Study:
        """The same study with what had been published by `day`.

        Parameters
        ----------
        day : a date, or 2019-04-01, 2019-04 or 2019 as text; a month or a year means its last day. "" stands for
            the day of the article, or else of the newest row. The article only reports the outcome and the
            comparison: on its day the other series, there to set these in context, are left whole.

        Raises
        ------
        StudyError : no day, or one on which fewer than two counts of the outcome were known.
        """
        days = {o.source.published for one in self.published.values() for o in one.observations} - {""}
        try:
            given = last_day(day) if isinstance(day, str) and day else day
        except ValueError as error:
            raise StudyError(f"as_of: {error}") from None
        chosen = given or self.article or max(map(last_day, days), default=None)
        if chosen is None:
            return dataclasses.replace(self, series=self.published, date=None)
        judged = package.ROLES if day else ("outcome", "comparison")
        series = {n: s.known_on(chosen) if s.role in judged else s for n, s in self.published.items()}
        known = series[self.outcome.name].observations
        if len(known) < 2:
            seen = f"of the outcome {len(known)} of two needed counts were published by {chosen}"
            raise StudyError(f"{shown(self.folder)}: {seen}; give a later as_of")
        return dataclasses.replace(self, series={n: s for n, s in series.items() if s.observations}, date=chosen)


def load(folder: str | Path = DEFAULT, *, as_of: str | date = "") -> Study:
    """A study as known on a day, after size, hash, columns and all rules across rows have been verified.

    Parameters
    ----------
    folder : the folder of the study, or its datapackage.json. A relative path starts at the project folder (the one
        above `analysis/`), so that a notebook finds the same study from its own folder; a command line that means
        its working directory passes `Path(folder).absolute()`.
    as_of : as in `Study.as_of`.

    Raises
    ------
    StudyError : on the first thing that is wrong, in one line with the file, the place and the remedy.
    """
    place = resolve(folder)
    place = place.parent if place.name == package.NAME else place
    descriptor = package.read(place)
    files = {package.NAME: open_file(place, package.NAME)}
    series: dict[str, Series] = {}
    checks: list[CheckResult] = []
    for resource in descriptor["resources"]:
        name, path = resource["name"], resource["path"]
        files[path] = open_file(place, path)
        checks += _unchanged(place, resource, files[path])
        series[name], found = read_series(place, descriptor, resource, files[path])
        checks += found
    outcome = next(one for one in series.values() if one.role == "outcome")
    words = wording.read(place, outcome)
    rows = tuple(
        dataclasses.replace(o, definition=words.measures) if o.definition == outcome.title else o
        for o in outcome.observations
    )
    series[outcome.name] = dataclasses.replace(outcome, unit=words.unit, observations=rows)
    article, claims = _article(place)
    optional = (wording.NAME, CLAIMS, forecast_record.NAME)
    files |= {name: open_file(place, name) for name in optional if os.path.lexists(place / name)}
    sha256 = {name: package.fingerprint(content)["hash"].removeprefix("sha256:") for name, content in files.items()}
    whole = Study(place, descriptor["title"], series, words, None, article, claims, tuple(checks), sha256, series)
    return whole.as_of(as_of)


def read_series(
    folder: Path, descriptor: Mapping[str, Any], resource: Mapping[str, Any], content: bytes
) -> tuple[Series, list[CheckResult]]:
    """One series from the content of its CSV file, and the checks of its rows.

    What the rows do not say comes from the descriptor.

    Raises
    ------
    StudyError : the first check that fails.
    """
    file, name = shown(folder / resource["path"]), resource["name"]
    try:
        rows = read_rows(content, year_starts=resource.get("year_starts", 4))
    except ValueError as error:
        raise StudyError(f"{file}: columns: {error}") from None
    title = resource.get("title", descriptor["title"])
    measure, source = resource.get("measure", name), package.common_source(descriptor, resource)
    series = Series(
        name=name,
        title=title,
        measure=measure,
        unit=resource.get("unit", "counts"),
        role=resource["role"],
        observations=tuple(_observation(row, title, measure, source) for row in rows),
        **package.declarations(resource),
    )
    results = [CheckResult("columns", name, f"{len(rows)} rows, each cell of its type")]
    for check in CHECKS:
        label = check.__name__.removeprefix("check_").replace("_", " ")
        try:
            results.append(CheckResult(label, name, check(series)))
        except ValueError as error:
            raise StudyError(f"{file}: {label}: {error}") from None
    return series, results


def _unchanged(folder: Path, resource: Mapping[str, Any], content: bytes) -> list[CheckResult]:
    """Size and hash of a CSV file, which are those that were accepted."""
    file, name, found = shown(folder / resource["path"]), resource["name"], package.fingerprint(content)
    results = []
    for label, key, shape in (("size", "bytes", "{:,} bytes"), ("hash", "hash", "{:.19}...")):
        seen = shape.format(found[key])
        if found[key] != resource.get(key):
            declared = f"declared {shape.format(resource[key])}" if key in resource else "none declared"
            command = f"`python -m analysis accept {shlex.quote(shown(folder))}`"
            remedy = f"if the change is meant, run {command}; if not, restore the file"
            raise StudyError(f"{file}: {label}: {seen}, {declared}; {remedy}")
        results.append(CheckResult(label, name, seen))
    return results


def _observation(row: Mapping[str, Any], title: str, measure: str, common: Source) -> Observation:
    given = {key: row.get(key) for key in ("publisher", "url", "published", "licence", "locator")}
    if row.get("source_title"):  # a source of its own, of which the common one says nothing
        common, given["title"] = Source(), row["source_title"]
    count, low, high = row["count"], row.get("low"), row.get("high")
    return Observation(
        period=row["period"],
        value=count,
        low=low if low is not None else count,
        high=high if high is not None else count,
        definition=row.get("definition") or title,
        geography=row.get("geography") or "",
        source=dataclasses.replace(common, **{key: text for key, text in given.items() if text}),
        note=row.get("note") or "",
        measure=row.get("measure") or measure,
    )


def _article(folder: Path) -> tuple[date | None, Path | None]:
    """The day of the article whose claims stand in claims.yml, and that file; its format is the audit's business."""
    file = shown(folder / CLAIMS)
    node = compose(optional_text(folder, CLAIMS), file, StudyError)
    if node is None:
        return None, None
    for name in ("article", "published"):
        node = next((v for k, v in node.value if k.value == name), None) if isinstance(node, MappingNode) else None
    try:
        return last_day(node.value) if isinstance(node, ScalarNode) else None, folder / CLAIMS
    except ValueError as error:
        raise StudyError(f"{file}, line {node.start_mark.line + 1}: published: {error}") from None
