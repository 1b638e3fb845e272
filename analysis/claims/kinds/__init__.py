"""The kinds of claim: each is one class, in a file of this folder, registered by the decorator `kind`."""

from __future__ import annotations

import importlib
import pkgutil
import re
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import ClassVar, Literal

from analysis.claims.hedges import Statement, Verdict
from analysis.claims.selection import Amount, Figure, Figures, Subject, Unanswerable
from analysis.estimates import Estimate

KINDS: dict[str, type[Kind]] = {}


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """The value that the figures give, exact or as the range `low` to `high`; None is no limit.

    `pair` are the counts whose `quantity` has an interval of its own: part and rest of a share, later and earlier of
    a ratio or change. A kind that finds its `verdict` without a stated number gives it, and the sentence why.
    """

    calculation: str
    low: Fraction | None
    high: Fraction | None
    figures: tuple[Figure, ...]
    unit: str = ""
    quantity: Literal["", "ratio", "change", "share"] = ""
    pair: tuple[Amount, Amount] | None = None
    verdict: Verdict | None = None
    sentence: str = ""

    @property
    def is_range(self) -> bool:
        return self.low is None or self.low != self.high


class Kind:
    """One kind of claim. A subclass declares as fields what its grammar reads.

    Its docstring is published; `grammar` says which words are read, in the rules and terminals of
    `analysis.claims.language`; `reading` says how they were understood; `examples` are lines that it reads.
    """

    name: ClassVar[str]
    grammar: ClassVar[str]
    reading: ClassVar[str]
    examples: ClassVar[tuple[str, ...]]

    @property
    def statement(self) -> Statement | None:
        """The stated number with its hedge; None for a kind that finds its own verdict."""
        number = getattr(self, "number", None)
        return number and Statement(number, getattr(self, "hedge", "bare"))

    def evidence(self, subject: Subject, figures: Figures) -> Evidence:
        """What the figures give; raises Unanswerable where they do not."""
        raise NotImplementedError

    def echo(self, subject: str) -> str:
        """How the claim was understood."""
        said = {field.name: getattr(self, field.name) for field in fields(self)}
        said |= {name: " + ".join(value) or "all series" for name, value in said.items() if isinstance(value, tuple)}
        return f"{self.reading.format(subject=subject, **said)}, {self.statement or ''}".rstrip(", ")

    def slip(self, subject: Subject) -> tuple[str, Kind] | None:
        """What the writer may have meant instead, by name."""
        return None

    def implied(self, subject: Subject) -> Estimate | None:
        """The figure that the claim itself implies, where it is missing."""
        return None


def kind(cls: type[Kind]) -> type[Kind]:
    """Decorator: registers a kind of claim; ShareOfTotal is named "share of total"."""
    made = dataclass(frozen=True, kw_only=True)(cls)
    made.name = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", cls.__name__).lower()
    KINDS[made.name.replace(" ", "_")] = made
    return made


def quotient(above: Amount, below: Amount, times: Fraction | int = 1) -> Evidence:
    """One amount over another, times a factor; Unanswerable when that is a division by zero."""
    figures = above.figures + below.figures
    if below.high == 0:
        sentence = "The earlier count, or the whole, is 0: a ratio or percentage from zero is undefined."
        raise Unanswerable("zero base", sentence, figures, "undefined")
    if below.low == 0:
        raise Unanswerable("range too wide", "The earlier count may be 0, from which no ratio exists.", figures)
    return Evidence(
        calculation=f"{above.bracketed} / {below.bracketed}" + ("" if times == 1 else f" x {times}"),
        low=Fraction(0) if below.high is None else times * above.low / below.high,
        high=None if above.high is None else times * above.high / below.low,
        figures=figures,
        unit="ratio",
        quantity="ratio",
        pair=(above, below),
    )


def difference(above: Amount, below: Amount) -> Evidence:
    """One amount less another."""
    return Evidence(
        calculation=f"{above.bracketed} - {below.bracketed}",
        low=None if below.high is None else above.low - below.high,
        high=None if above.high is None else above.high - below.low,
        figures=above.figures + below.figures,
        quantity="ratio",
        pair=(above, below),
    )


for module in sorted(found.name for found in pkgutil.iter_modules(__path__)):
    importlib.import_module(f"{__name__}.{module}")
