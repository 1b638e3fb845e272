"""Two sets of results side by side: what changed, what is new or gone, and what it can be put down to."""

from __future__ import annotations

import functools
import json
import math
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis.plain_text import Refusal
from analysis.running import plan
from analysis.running.chapters import Record
from analysis.running.execute import ROOT

REPORTS = ROOT / "reports"
RESULTS = "results.json"
NUMBERS = ("value", "low", "high")
WORDS = ("verdict", "reason", "unit", "level")
METHOD = ("method", "interval_method", "interval", "assumes", "rule", "function")
# Results are stored to eight significant digits, so one unit in the last of them is up to 1e-7 of the value.
RELATIVE, ABSOLUTE = 1.5e-7, 1e-12


class CompareError(Refusal):
    """One line: what cannot be compared, and what to give instead."""


@dataclass(frozen=True)
class Side:
    """Results by name, and what they are said to depend on: "parameters", "sha256" by file, "version"; or nothing."""

    name: str
    records: Mapping[str, Record]
    run: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """A result that is "changed", "new" or "gone", in words before and after, and what it can be put down to.

    `why` holds "data", "parameters", "method" and "code" as far as they differ, "value alone" when none of them does,
    and "not recorded" when a side does not say what it depends on.
    """

    name: str
    what: str
    before: str
    after: str
    why: tuple[str, ...] = ()

    def __str__(self) -> str:
        because = f"  ({', '.join(self.why)})" if self.why else ""
        return f"{self.what}  {self.name}: {' -> '.join(filter(None, (self.before, self.after)))}{because}"


@dataclass(frozen=True)
class Comparison:
    """What differs between two sides, the changes by name; `causes` says what differs between them as a whole."""

    before: str
    after: str
    causes: Mapping[str, tuple[str, ...]]
    changes: tuple[Change, ...]
    unchanged: int

    def said(self) -> list[str]:
        """The comparison as a whole, one sentence each."""
        number = {what: sum(each.what == what for each in self.changes) for what in ("changed", "new", "gone")}
        counted = ", ".join(f"{size:,} {what}" for what, size in number.items())
        causes = [f"{name.capitalize()}: {'; '.join(found)}." for name, found in self.causes.items() if found]
        return [f"{self.before} beside {self.after}: {self.unchanged:,} results unchanged, {counted}.", *causes]

    def words(self) -> list[str]:
        """For a person: a line a result that is not the same."""
        return [*self.said(), *map(str, self.changes)]

    def markdown(self) -> str:
        """For a pull request: the sentences, and a table of what is not the same."""
        rows = [f"| `{c.name}` | {c.what} | {c.before} | {c.after} | {', '.join(c.why)} |" for c in self.changes]
        head = ["| result | what | before | after | why |", "|---|---|---|---|---|"] if rows else []
        return "\n".join([*(f"{sentence}\n" for sentence in self.said()), *head, *rows])


def compare(before: Side, after: Side) -> Comparison:
    """The results of two sides by name; what differs only in the last stored digit is the same."""
    causes, changes, unchanged = _causes(before, after), [], 0
    for name in sorted({*before.records, *after.records}):
        old, new = before.records.get(name), after.records.get(name)
        if old and new and _same(old, new):
            unchanged += 1
            continue
        what = "changed" if old and new else "new" if new else "gone"
        why = _why(old, new, causes, known=bool(before.run and after.run)) if old and new else ()
        changes.append(Change(name, what, _text(old), _text(new), why))
    return Comparison(before.name, after.name, causes, tuple(changes), unchanged)


def _same(old: Record, new: Record) -> bool:
    words = all(old.get(key) == new.get(key) for key in (*WORDS, *METHOD))
    return words and all(_near(old.get(key), new.get(key)) for key in NUMBERS)


def _near(a: float | None, b: float | None) -> bool:
    """Whole numbers have to be the same, others only up to the last stored digit."""
    if None in (a, b) or (isinstance(a, int) and isinstance(b, int)):
        return a == b
    return math.isclose(a, b, rel_tol=RELATIVE, abs_tol=ABSOLUTE)


def _causes(before: Side, after: Side) -> dict[str, tuple[str, ...]]:
    """What differs between the sides as a whole, where both say what they depend on."""
    if not (before.run and after.run):
        return {"data": (), "parameters": (), "code": ()}
    found = {}
    for cause, key in (("data", "sha256"), ("parameters", "parameters")):
        old, new = (side.run.get(key, {}) for side in (before, after))
        apart = [name for name in sorted({*old, *new}) if old.get(name) != new.get(name)]
        arrows = [f"{name} {old.get(name)} -> {new.get(name)}" for name in apart]
        found[cause] = tuple(apart if cause == "data" else arrows)
    versions = [side.run.get("version", "") for side in (before, after)]
    return found | {"code": () if versions[0] == versions[1] else (" -> ".join(map(str, versions)),)}


def _why(old: Record, new: Record, causes: Mapping[str, tuple[str, ...]], known: bool) -> tuple[str, ...]:
    declared = _declared(new["notebook"])
    found = {
        "data": causes["data"] or old["data"] != new["data"],
        "parameters": any(change.split()[0] in declared for change in causes["parameters"]),
        "method": any(old.get(key) != new.get(key) for key in METHOD),
        "code": causes["code"],
    }
    why = tuple(name for name, differs in found.items() if differs)
    return why or (("value alone",) if known else ("not recorded",))


@functools.cache
def _declared(notebook: str) -> Mapping[str, Any]:
    """The parameters that a result can depend on: those of the notebook that shows it."""
    path = plan.NOTEBOOKS / f"{notebook}.ipynb"
    return plan.declared(path) if path.is_file() else plan.defaults()


def _text(record: Record | None) -> str:
    """A result in full, with its interval; "" for none."""
    if record is None:
        return ""
    if "verdict" in record:
        return record["verdict"]
    value = record["reason"] if record["value"] is None else f"{record['value']:.8g} {record['unit']}".strip()
    limits = ["unbounded" if record[end] is None else f"{record[end]:.8g}" for end in ("low", "high")]
    return f"{value} ({' to '.join(limits)})" if record["interval"] else value


def read(name: str) -> Side:
    """The results of a run (its folder), a study (its folder or name, run at the defaults), or a revision of git.

    Without a name, those of the working tree, as reports/ has them.

    Raises
    ------
    CompareError : none of these, or it holds no results.
    """
    place = Path(name or REPORTS)
    study = next((path for path in (place, ROOT / "data" / name) if (path / "datapackage.json").is_file()), None)
    if (place / RESULTS).is_file() or not name:
        text = (place / RESULTS).read_bytes()
    elif study:
        text = _of_study(study)
    else:
        show = ["git", "-C", str(ROOT), "show", "--end-of-options", f"{name}:{REPORTS.name}/{RESULTS}"]
        done = subprocess.run(show, capture_output=True, check=False)
        if done.returncode:
            wanted = f"give a folder with {RESULTS}, a study, or a revision of git that has reports/{RESULTS}"
            raise CompareError(f"{name}: nothing to compare there; {wanted}")
        text = done.stdout
    try:
        return side(name or "the working tree", text)
    except (ValueError, LookupError, TypeError, AttributeError):
        raise CompareError(f"{place / RESULTS}: not the results of a run; make them again") from None


def side(name: str, text: str | bytes) -> Side:
    """The side that the text of a results.json holds."""
    records = json.loads(text)
    run = dict(records.pop("run", {}))
    for record in records.values():
        _text(record), record["notebook"], record["data"]  # whatever lacks one of them is no result
    return Side(name, records, run)


def differing(committed: bytes, built: bytes) -> list[str]:
    """What differs between two results.json, in words; empty when nothing does."""
    found = compare(side("committed", committed), side("built", built))
    return found.words() if found.changes else []


def _of_study(folder: Path) -> str:
    from analysis.running.sweep import run_notebooks

    inside = folder.resolve().is_relative_to(ROOT)
    given = folder.resolve().relative_to(ROOT).as_posix() if inside else str(folder.resolve())
    computed = run_notebooks({"study": given})
    if computed.error:
        raise CompareError(f"{folder}: {computed.error}")
    return computed.files[RESULTS]
