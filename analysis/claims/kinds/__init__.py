"""The kinds of claim: each is one class, in a file of this folder, registered by the decorator `kind`."""

from __future__ import annotations

import importlib
import pkgutil
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Literal

from analysis.claims.hedges import Statement, Verdict
from analysis.claims.selection import Amount, Figure, Figures, Subject
from analysis.estimates import Estimate

KINDS: dict[str, type[Kind]] = {}


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """The value that the figures give, exact or as the range `low` to `high`; None is no limit.

    `whole_numbers` says that only integers can occur. `pair` are the counts whose `quantity` has an interval of its
    own: part and rest of a share, later and earlier of a ratio or change. A kind that finds its `verdict` without a
    stated number gives it, with the sentence that says why.
    """

    calculation: str
    low: Fraction | None
    high: Fraction | None
    figures: tuple[Figure, ...]
    unit: str = ""
    whole_numbers: bool = False
    quantity: Literal["", "ratio", "change", "share"] = ""
    pair: tuple[Amount, Amount] | None = None
    verdict: Verdict | None = None
    sentence: str = ""

    @property
    def is_range(self) -> bool:
        return self.low is None or self.low != self.high


class Kind:
    """One kind of claim. A subclass is a dataclass of what its grammar reads, with the name of the rule.

    The docstring is published, `grammar` says which words are read (rules and terminals of
    `analysis.claims.language`), `examples` are lines that do.
    """

    grammar: ClassVar[str]
    examples: ClassVar[tuple[str, ...]]

    @property
    def statement(self) -> Statement | None:
        """The stated number with its hedge; None for a kind that states an order."""
        number = getattr(self, "number", None)
        return number and Statement(number, getattr(self, "hedge", "bare"))

    def evidence(self, subject: Subject, figures: Figures) -> Evidence:
        """What the figures give; raises Unanswerable where they do not."""
        raise NotImplementedError

    def others(self) -> tuple[str, ...]:
        """Names of the further series that the claim needs."""
        return getattr(self, "other", None) or ()

    def echo(self, subject: str) -> str:
        """How the claim was understood, without its number."""
        raise NotImplementedError

    def slip(self, subject: Subject) -> tuple[str, Kind] | None:
        """What the writer may have meant instead, and its name."""
        return None

    def implied(self, subject: Subject) -> Estimate | None:
        """The figure that the claim itself implies, where it is missing."""
        return None


def kind(cls: type[Kind]) -> type[Kind]:
    """Decorator: registers a kind of claim under the name of its class in small letters."""
    made = dataclass(frozen=True, kw_only=True)(cls)
    KINDS[rule_of(cls)] = made
    return made


def rule_of(cls: type[Kind]) -> str:
    """Name of the grammar's rule: ShareOfTotal is share_of_total."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", cls.__name__).lower()


def name_of_kind(asserted: Kind) -> str:
    return rule_of(type(asserted)).replace("_", " ")


for module in sorted(found.name for found in pkgutil.iter_modules(__path__)):
    importlib.import_module(f"{__name__}.{module}")
