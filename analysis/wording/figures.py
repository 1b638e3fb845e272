"""Sentences about the published figures themselves."""

from __future__ import annotations

from analysis.figures.observations import Series
from analysis.prose import Prose, say
from analysis.wording.changes import Named, moved


def figures_answer(results: Named, outcome: Series, finds: Series) -> Prose:
    """What the published figures are, before any model."""
    verb = moved(results["count.first"], results["count.last"])
    return say(
        results,
        f"{outcome.title}: {{count.n:word}} annual counts, and between them {{count.changes:word}} changes, of "
        f"which {{count.rises:word}} are rises. The count {verb} from {{count.first}} in {{count.first-year}} to "
        "{count.last} in {count.last-year}; together they make {count.total}.",
        f"{finds.title}: {{finds.last}} in the later year, and for the year before only a range, "
        "{finds.previous:interval}, because it was published through a rounded change.",
    )
