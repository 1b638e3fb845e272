"""Offline pages about several runs: what a sweep keeps of each conclusion, and what differs between two results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from analysis.charts.sweep import sweep_curve
from analysis.parts.results import Results
from analysis.publishing import page
from analysis.publishing.markup import slug
from analysis.running.compare import Comparison
from analysis.running.grid import Grid
from analysis.running.sweep import Run, by_study, kept

KEPT = ("Conclusion", "Of the base run", "Kept by", "Undone by this choice alone")
SIDES = ("Result", "What", "Before", "After", "Why")


def sweep_page(grid: Grid, runs: Sequence[Run]) -> str:
    """The page of a sweep as HTML text, to stand beside the folders of its runs; the same runs give the same text."""
    names = [name for name in grid.axes if name != "study"]
    failed = sum(bool(run.error) for run in runs)
    said = [
        f"{len(runs):,} runs over {', '.join(grid.axes)}; {failed:,} failed and keep their error.",
        "The base run of a study has the first value of every parameter. A choice undoes a conclusion when the run "
        "that differs from the base run in that choice alone gives another verdict.",
    ]
    studies = [_study(study, found, grid, names) for study, found in by_study(runs)]
    return _page("sweep.html.j2", kind="Sweep", title=f"Sweep {grid.name}", said=said, studies=studies, names=names)


def compare_page(comparison: Comparison) -> str:
    """The page of a comparison as HTML text."""
    rows = [(each.name, each.what, each.before, each.after, ", ".join(each.why)) for each in comparison.changes]
    tables = [_table("changes", "Results that are not the same", SIDES, rows)] if rows else []
    title = f"{comparison.before} and {comparison.after}"
    return _page("compare.html.j2", kind="Comparison", title=title, said=comparison.said(), tables=tables)


def _study(study: str, runs: Sequence[Run], grid: Grid, names: Sequence[str]) -> dict[str, Any]:
    conclusions = kept(runs)
    rows = [
        (
            f"{each.about} ({each.name})",
            each.verdict,
            f"{each.kept:,} of {each.of:,}",
            "; ".join(each.undone_by) or ("nothing" if each.kept == each.of else "only several choices together"),
        )
        for each in conclusions
    ]
    stable = sum(each.kept == each.of for each in conclusions)
    name, anchor = study or "The study of the notebooks", slug(study or "runs")
    drawn = [
        ({name.replace("_", " "): run.given[name] for name in names}, Results({grid.curve: run.curve})[grid.curve])
        for run in runs
        if run.curve and run.curve.get("value") is not None
    ]
    return {
        "name": name,
        "anchor": anchor,
        "said": f"{stable:,} of {len(conclusions):,} conclusions of the base run are kept by every run.",
        "kept": _table(f"{anchor}-kept", "Which runs keep each conclusion, the least kept first", KEPT, rows),
        "figure": sweep_curve(drawn, id=f"{anchor}-curve") if drawn else None,
        "runs": [
            {"given": r.given, "place": r.place, "error": r.error, "notebooks": _notebooks(r.place)} for r in runs
        ],
    }


def _notebooks(place: Path) -> list[str]:
    return sorted(path.name for path in (place / "notebooks").glob("*.ipynb"))


def _table(id: str, caption: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Mapping[str, Any]:
    return {"id": id, "caption": caption, "columns": columns, "kinds": ["text"] * len(columns), "texts": rows}


def _page(template: str, **content: Any) -> str:
    return page.environment().get_template(template).render(**content).strip() + "\n"
