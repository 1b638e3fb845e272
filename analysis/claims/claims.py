"""The numeric claims of an article as data: read from YAML, checked against a schema, refused by line."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from analysis.claims.format import ClaimsError, line_of, read_document
from analysis.claims.hedges import Statement
from analysis.figures.files import resolve, shown
from analysis.names import nearest
from analysis.periods import Period
from analysis.rounding import parse_number

NAME = "claims.yml"

ORDERS = {
    "maximum": "whether the period has the largest count",
    "minimum": "whether the period has the smallest count",
    "comparison": "which of two counts, or of two changes, is larger",
}
UNCHECKABLE = "not in the figures"


@dataclass(frozen=True)
class Stretch:
    """All periods from the first to the last, both included."""

    first: Period
    last: Period


@dataclass(frozen=True)
class Side:
    """One side of a comparison: a count, or its change since an earlier period."""

    series: str
    period: Period
    earlier: Period | None = None


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One numeric claim. Which fields a kind uses is laid down in the schema; the others are None.

    `stated` is the number as printed; `number` and `step` are the same and its printed precision as exact
    fractions (a percentage as a fraction of one). `line` is where the claim stands in `file`.
    """

    id: str
    paragraph: int | str
    says: str
    kind: str
    unit: str
    words: str = ""
    series: str = ""
    period: Period | None = None
    earlier: Period | None = None
    over: Stretch | None = None
    part: Stretch | None = None
    whole: Stretch | None = None
    relation: str = ""
    other: Side | None = None
    stated: str = ""
    number: Fraction | None = None
    step: Fraction | None = None
    hedge: str = "bare"
    reason: str = ""
    note: str = ""
    article_url: str = ""
    file: str = ""
    line: int = 0

    @property
    def statement(self) -> Statement:
        """The stated number with its hedge; ValueError for a claim that states an order only."""
        if self.number is None:
            raise ValueError(f"{self.id}: a claim of kind {self.kind} states no number")
        return Statement(self.number, self.hedge, self.step)

    @property
    def as_percentage(self) -> bool:
        """Whether the value behind the claim is a fraction that readers see in per cent."""
        return self.kind in ("percentage change", "implied earlier value", "share")


def read_claims(path: str | Path) -> list[Claim]:
    """Claims of the file, in its order.

    Parameters
    ----------
    path : a YAML file in the format of `data/claims.schema.json`; a relative path starts at the project
        folder, as in `analysis.figures.load`.

    Raises
    ------
    ClaimsError : the first fault in the file, in one line with its line number and the remedy.
    """
    place = resolve(path)
    file = shown(place)
    try:
        text = place.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ClaimsError(f"{file}: no such file; put the claims there") from None
    except OSError as error:
        raise ClaimsError(f"{file}: cannot be read ({error.strerror}); give a file of claims") from None
    except UnicodeDecodeError as error:
        raise ClaimsError(f"{file}, byte {error.start}: not UTF-8; save it as UTF-8") from None
    root, document = read_document(text, file)
    claims, lines = [], {}
    for index, entry in enumerate(document["claims"]):
        line = line_of(root, ["claims", index])
        if entry["id"] in lines:
            raise ClaimsError(
                f"{file}, line {line}: id {entry['id']!r} is in line {lines[entry['id']]} too; rename one"
            )
        lines[entry["id"]] = line
        try:
            claims.append(_claim(entry, document["article"]["url"], file, line))
        except ValueError as error:
            raise ClaimsError(f"{file}, line {line}: claim {entry['id']!r}: {error}") from None
    return claims


def parse_period(text: float | str) -> Period:
    """The period that a label names: 2018, "year to March 2018", "2018-01-01 to 2018-06-30".

    >>> parse_period("year to March 2018").start.isoformat()
    '2017-04-01'
    """
    label = str(text) if isinstance(text, str) else str(int(text))
    if re.fullmatch(r"\d{4}", label):
        return Period.calendar_year(int(label))
    if label.startswith("year to "):
        month, year = label.removeprefix("year to ").split()
        months = list(calendar.month_name)[1:]
        if month not in months:
            raise ValueError(f"{month!r} is not a month; {nearest(month, months)}")
        return Period.year_to(int(year), months.index(month) + 1)
    return Period.parse(*label.split(" to "))


def _claim(entry: Mapping[str, Any], url: str, file: str, line: int) -> Claim:
    fields = dict(entry, article_url=url, file=file, line=line)
    for name in ("period", "earlier"):
        if name in entry:
            fields[name] = parse_period(entry[name])
    for name in ("over", "part", "whole"):
        if name in entry:
            fields[name] = Stretch(parse_period(entry[name]["from"]), parse_period(entry[name]["to"]))
            if fields[name].last < fields[name].first:
                raise ValueError(f"{name} ends before it starts; swap from and to")
    if "other" in entry:
        other = {key: parse_period(value) for key, value in entry["other"].items() if key != "series"}
        fields["other"] = Side(entry["other"]["series"], **other)
        if ("earlier" in entry) != ("earlier" in entry["other"]):
            raise ValueError("one side is a count and the other a change; give earlier on both sides or on none")
    if fields.get("earlier") and fields["earlier"] >= fields["period"]:
        raise ValueError(f"earlier ({fields['earlier'].label}) is not before period ({fields['period'].label})")
    if "stated" in entry:
        fields["stated"] = f"{entry['stated']:,}" if isinstance(entry["stated"], int) else str(entry["stated"])
        fields["number"] = parse_number(entry["stated"])
    if "precision" in entry:
        fields["step"] = parse_number(fields.pop("precision"))
        if fields["step"] <= 0:
            raise ValueError(f"precision {entry['precision']} is not above 0; give what the last digit counts")
        if str(entry["stated"]).endswith("%") != str(entry["precision"]).endswith("%"):
            raise ValueError("stated and precision are not both percentages; write 15% with 1%")
    if entry["kind"] in ("percentage change", "implied earlier value") and fields["number"] < -1:
        raise ValueError(f"a count cannot fall by {entry['stated'][1:]}; the most is 100%")
    claim = Claim(**fields)
    if claim.number is not None:
        _ = claim.statement  # refuses a number that its precision cannot print
    return claim
