"""The kinds of claim: each is one class, in a file of this folder, registered by the decorator `kind`."""

from __future__ import annotations

import importlib
import pkgutil
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from analysis.claims.hedges import Statement
from analysis.claims.numbers import Number
from analysis.claims.selection import Base, Quantity, Subject, When

ZERO = Number("0", Fraction(0))
KINDS: dict[str, type[Kind]] = {}


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of claim, with what most of them state; a subclass adds as fields what its grammar reads besides.

    Its docstring and `examples` are published; `grammar` is in the rules and terminals of `language.lark`; `reading`
    says how a line was understood. A claim without a number says "more than 0", or less where it `falls`. `about` are
    series other than those before the colon, `base` what the counts are divided by first.
    """

    name: ClassVar[str]
    grammar: ClassVar[str]
    reading: ClassVar[str]
    examples: ClassVar[tuple[str, ...]]

    number: Number | None = None
    hedge: str = "bare"
    falls: bool = False
    other: tuple[str, ...] | None = ()
    when: When = When()
    about: tuple[str, ...] = ()
    base: Base | None = None

    @property
    def statement(self) -> Statement | None:
        """The stated number with its hedge; None for an order."""
        return Statement(self.number or ZERO, self.hedge if self.number else "more than", self.falls)

    def evidence(self, subject: Subject) -> Quantity:
        """What the figures give; raises Unanswerable where they do not."""
        raise NotImplementedError

    def echo(self, subject: str) -> str:
        """How the claim was understood."""
        subject = (" + ".join(self.about) or subject) + (f" {self.base}" if self.base else "")
        said = vars(self) | {"other": " + ".join(self.other or ()) or "all series", "claim": self}
        return f"{self.reading.format(subject=subject, **said)}, {self.statement or ''}".rstrip(", ")

    def in_points(self, subject: Subject) -> Kind | None:
        """The claim in percentage points, if the writer may have meant those."""
        return None


def kind(cls: type[Kind]) -> type[Kind]:
    """Decorator: registers a kind of claim; ShareOfTotal is named "share of total"."""
    made = dataclass(frozen=True, kw_only=True)(cls)
    made.name = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", cls.__name__).lower()
    KINDS[made.name.replace(" ", "_")] = made
    return made


for module in sorted(found.name for found in pkgutil.iter_modules(__path__)):
    importlib.import_module(f"{__name__}.{module}")
