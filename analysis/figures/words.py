"""The words of a study: what its report says of the counts, from study.yml or else from the series itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, get_type_hints

from analysis.figures.files import StudyError, optional_text, shown
from analysis.figures.observations import NOT_GIVEN, Series
from analysis.schemas import LINE, first_fault
from analysis.yaml_text import read_mapping

NAME = "study.yml"


@dataclass(frozen=True)
class Words:
    """What a report says of the counts of a study, each with its meaning."""

    noun: Annotated[str, "one of what is counted"]
    nouns: Annotated[str, "several of them"]
    unit: Annotated[str, "the unit of the counts"]
    measures: Annotated[str, "what the counts measure"]
    not_measured: Annotated[str, "what they do not measure, as a sentence"]
    counted_by: Annotated[str, "who counted"]
    place: Annotated[str, "where"]
    question: Annotated[str, "what the report asks"]
    first_period_partial: Annotated[bool, "yes if the first period may hold less than its full time"]


MEANINGS = {name: hint.__metadata__[0] for name, hint in get_type_hints(Words, include_extras=True).items()}
_SCHEMA = {
    "properties": {name: LINE | {"title": meaning} for name, meaning in MEANINGS.items()}
    | {"first_period_partial": {"enum": ["yes", "no", "true", "false"]}},
    "additionalProperties": False,
}


def read(folder: Path, outcome: Series) -> Words:
    """The words of the study in `folder`; what its study.yml does not give, the outcome says of itself.

    Raises
    ------
    StudyError : a name or a value that is not one of these, with its line.
    """
    file, given = shown(folder / NAME), {}
    for name, entry in read_mapping(optional_text(folder, NAME), file, StudyError).items():
        text = entry.text.strip()
        if fault := first_fault({name: text}, _SCHEMA):
            raise StudyError(f"{file}, line {entry.line}: {' '.join([*fault.path, fault.words])}")
        given[name] = text in ("yes", "true") if name == "first_period_partial" else text
    return general(outcome, given)


def general(outcome: Series, given: Mapping[str, Any]) -> Words:
    """The words of a study of which only those `given` are known."""
    unit = given.get("unit") or given.get("nouns") or outcome.unit
    nouns = given.get("nouns") or unit
    own = {
        "noun": f"{nouns[:-3]}y" if nouns.endswith("ies") else nouns.removesuffix("s"),
        "nouns": nouns,
        "unit": unit,
        "measures": outcome.title,
        "not_measured": f"The counts show the {nouns} that were recorded, and no others.",
        "counted_by": NOT_GIVEN,
        "place": outcome.observations[-1].geography,
        "question": f"How did the number of {nouns} change, and what can so few counts say of it?",
        "first_period_partial": False,
    }
    return Words(**(own | given))
