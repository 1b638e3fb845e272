"""The language of claims: one line in plain words, read by a grammar into claims of the registered kinds."""

from __future__ import annotations

import calendar
import dataclasses
import difflib
import functools
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedInput, VisitError

from analysis.claims.hedges import BY_WORD
from analysis.claims.kinds import KINDS, Kind
from analysis.claims.kinds.amounts import Count
from analysis.claims.kinds.changes import Change
from analysis.claims.kinds.orders import Peak, Rank
from analysis.claims.kinds.shares import ShareOfTotal
from analysis.claims.numbers import (
    CARDINALS,
    FRACTION,
    MULTIPLES,
    NUMBER,
    ONE,
    ONE_IN,
    ORDINALS,
    Number,
    read_multiple,
    read_number,
)
from analysis.claims.selection import DAY, Base, When, years_before
from analysis.names import nearest
from analysis.periods import Period

PAGE = "data/CLAIMS.md"
GRAMMAR = Path(__file__).with_name("language.lark").read_text(encoding="utf-8")
_KIND = "_claim"  # ends the name of a rule that a kind brings
_MONTHS = [name.lower() for name in calendar.month_name if name]
_MONTH = "|".join(_MONTHS)
_QUARTERS = ["first", "second", "third", "fourth"]
_PART = (
    rf"(?:the )?({'|'.join(_QUARTERS)}|final|last) quarter of|(?:the )?first (three|six|nine) months of|"
    rf"({_MONTH}) (?:to|and) ({_MONTH})"
)
_PERIOD = (
    rf"(?:the )?(?:year|12 months|twelve months) (?:to|ending) (?:{_MONTH}) [0-9]{{4}}|(?:{_PART}) [0-9]{{4}}|"
    rf"(?:{_MONTH}) [0-9]{{4}}|q[1-4] [0-9]{{4}}|[0-9]{{4}} ?q[1-4]|h[12] [0-9]{{4}}|"
    r"(?:the )?(?:first|second) half of [0-9]{4}|"
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}[/-][0-9]{4}|[0-9]{4}[/-][0-9]{2}|[0-9]{4}"
)
_IDLE = (
    "was,were,is,are,has,have,had,been,there,stayed,remained,remains,kept,stood at,an average of,averaged,on average,"
    "a total of,still,now,also,then,only,just(?! over| under),slightly(?! more),sharply,steadily,steeply,gradually,"
    "dramatically,rapidly,again"
)


class ClaimsError(ValueError):
    """One line: the file, the line in it, what is wrong and what to do."""


def read_line(line: str, names: Iterable[str]) -> tuple[tuple[str, ...], tuple[Kind, ...], str]:
    """What one line claims of the series that have `names`.

    Returns
    -------
    tuple : the names of the series that are added up, the claims, and what the line says that it counts ("" for what
        the series counts).

    Raises
    ------
    ValueError : a series that is not there, or words that no kind of claim reads, with what is nearest.

    Examples
    --------
    >>> names, claims, _ = read_line("Removals: almost quadrupled from 2015 to 2018", ["removals"])
    >>> [claim.echo("removals") for claim in claims]
    ['ratio 2018 / 2015 of removals, almost 4']
    """
    known = {_plain(name): name for name in names}
    known |= {name.removesuffix("s"): real for name, real in known.items() if name.removesuffix("s") not in known}
    said = _plain(line)
    subject, colon, rest = said.partition(":")
    idle = [word for word in _IDLE.split(",") if not any(re.search(rf"\b{word}\b", name) for name in known)]
    rest = re.sub(rf"\b(?:{'|'.join(idle)})\b", "", rest)
    try:
        if colon:
            _parser(tuple(known)).parse(subject, "head")
    except UnexpectedInput:
        raise ValueError(f"unknown series {subject!r}; {nearest(subject, known)}") from None
    try:
        return _Reading(known).transform(_parser(tuple(known)).parse(subject + colon + rest, "start"))
    except UnexpectedInput:
        raise ValueError(f"not understood; the nearest form is {_nearest_form(said)!r}; all are in {PAGE}") from None
    except VisitError as error:
        raise ValueError(str(error.orig_exc)) from None


def _plain(text: str) -> str:
    """Small letters, plain dashes and spaces, no final stop."""
    text = text.lower().replace("_", " ").replace("\N{EN DASH}", "-").replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    text = re.sub(r"\s*per ?cent\b(?!age)|\s+%", "%", text)
    text = re.sub(r"\bon (?=[0-9]{4}-[0-9]{2}-[0-9]{2})", "in ", text)
    return " ".join(text.split()).rstrip(".")


def _nearest_form(said: str) -> str:
    """The example of any kind that looks most like the line, numbers and series left aside."""
    examples = [example for cls in KINDS.values() for example in cls.examples]

    def likeness(example: str) -> tuple[int, float]:
        one, other = (re.sub(r"[0-9][0-9,./]*", "0", text.partition(":")[2] or text) for text in (said, example))
        return len(set(one.split()) & set(other.split())), difflib.SequenceMatcher(None, one, other).ratio()

    return max(examples, key=likeness)


@functools.lru_cache(maxsize=8)
def _parser(names: tuple[str, ...]) -> Lark:
    """The grammar for the series of one audit, with a rule from each kind."""
    terminals = {
        "SERIES": _any_of(map(re.escape, [*names, "total"])),
        "PERIOD": _PERIOD,
        "NUMBER": NUMBER,
        "PERCENT": rf"(?:{NUMBER}) ?%",
        "FRACTION": FRACTION,
        "ONE_IN": ONE_IN,
        "HEDGE": _any_of(BY_WORD),
        "ORDINAL": "|".join(ORDINALS),
        "MULTIPLE": "|".join(MULTIPLES),
    }
    rules = [f"claim: {' | '.join(name + _KIND for name in KINDS)} | moved | ranged | part_of"]
    rules += [f"{name}{_KIND}: {cls.grammar}" for name, cls in KINDS.items()]
    rules += ["{}: /{}/".format(name, pattern.replace("/", r"\/")) for name, pattern in terminals.items()]
    return Lark("\n".join([GRAMMAR, *rules]), parser="earley", start=["start", "head"])


def _any_of(words: Iterable[str]) -> str:
    """A pattern of whole words, the longest first."""
    return rf"(?:{'|'.join(sorted(words, key=len, reverse=True))})(?![a-z])"


# What a word gives: the field of a kind, and its value.
_FIELDS: dict[str, tuple[str, Callable[[str], Any]]] = {
    **dict.fromkeys(("NUMBER", "PERCENT", "FRACTION", "ONE_IN"), ("number", read_number)),
    **dict.fromkeys(("MULTIPLE", "FOLD"), ("number", read_multiple)),
    "HEDGE": ("hedge", BY_WORD.__getitem__),
    "UNIT": ("unit", lambda word: word.removesuffix("s").replace("halve", "half")),
    "ORDINAL": ("rank", ORDINALS.__getitem__),
    "EXTREME": ("lowest", lambda word: bool(re.search("low|small|few|least|bottom", word))),
    "OVERTOOK": ("overtook", bool),
    "MORE": ("falls", lambda word: bool(re.search("few|low|less|small", word))),
    **dict.fromkeys(("UP", "RISE"), ("falls", lambda word: False)),
    **dict.fromkeys(("DOWN", "FALL"), ("falls", lambda word: True)),
}
# What a rule makes of its periods.
_WHEN: dict[str, Callable[..., When]] = {
    "within": lambda period: When(period, period),
    "since": When,
    "after": lambda period: When(Period(period.end + DAY, period.end + DAY)),
    "later_earlier": lambda later, earlier: When(earlier(later) if callable(earlier) else earlier, later),
    "earlier_later": When,
}


class _Reading(Transformer):
    """From the tree of a line to its claims: each word gives a field of the kind and its value, a rule several."""

    def __init__(self, known: dict[str, str]):
        super().__init__()
        self.known = known  # names of the series, by how a line may write them

    def __default_token__(self, token: Token) -> Any:
        field, value = _FIELDS.get(token.type, ("", str))
        return (field, value(str(token))) if field else token

    def __default__(self, rule: Token, children: list[Any], meta: Any) -> Any:
        if rule in ("count", "points", "direction", "ratio"):
            return [*children, ("measure", str(rule))]
        if rule in _WHEN:
            return "when", _WHEN[rule](*children)
        if rule in ("other", "scope", "whole", "size", "every"):
            return str(rule), children[0][1]
        if rule.endswith(_KIND):
            return _made(KINDS[rule.removesuffix(_KIND)], children)
        return children[0]

    def start(self, parts):
        if isinstance(parts[0], list) and parts[0][0][0] != "subject":  # the whole sentence turned round
            said = dict(parts[0])
            return said.pop("subject"), (ShareOfTotal(**said),), ""
        head, *bases, claims = parts if not isinstance(parts[-1], str) else parts[:-1]
        unlike = parts[-1] if isinstance(parts[-1], str) else ""
        base = dict([*head, *bases]).get("base")
        return head[0][1], tuple(dataclasses.replace(claim, base=base) for claim in claims), unlike

    def inverted(self, parts):
        return sorted(parts, key=lambda part: part[0] == "subject")

    def head(self, parts):
        return parts

    steps = level = head

    def unlike(self, parts):
        return str(parts[0]).strip()

    def subject(self, tokens):
        all_names = tuple(dict.fromkeys(self.known.values()))
        named = [(self.known[token],) if token in self.known else all_names for token in tokens]
        return "subject", tuple(name for names in named for name in names)

    def base(self, parts):
        said = dict(parts)
        return "base", Base(said["other"], said.get("size", ONE))

    def percentage(self, parts):
        return "base", Base(parts[0][1], read_number("100%"))

    def said(self, parts):
        claims = list(parts[0])
        for part in parts[1:]:
            last = claims[-1].when.last
            if callable(part):
                claims += part(last)
            elif isinstance(part[0], Rank) and part[0].when == When() and last:
                claims.append(dataclasses.replace(part[0], when=When(last, last)))
            else:
                claims += part
        return claims

    def than(self, parts):
        return parts[0] if parts else None

    def short(self, parts):
        def claims(last: Period | None) -> list[Kind]:
            earlier = next((part for part in parts if isinstance(part, Period)), None)
            return _changes(parts, When(earlier or last, last), ["start"])

        return claims

    def moved(self, parts):
        earlier = next((part for part in parts if isinstance(part, Period)), None)
        _, when = parts[-1]
        levels = [part for part in parts if isinstance(part, list) and "measure" not in dict(part)]
        ends = ["start", "end"][-len(levels) :]
        return _changes(parts, dataclasses.replace(when, first=earlier) if earlier else when, ends)

    def ranged(self, parts):
        low, high = (dict(part) for part in parts if isinstance(part, list))
        scope = dict(part for part in parts if isinstance(part, tuple)).get("when", When())
        return [Peak(lowest=True, scope=scope, **low), Peak(scope=scope, **high)]

    def part_of(self, parts):
        part, whole, (_, other), when = parts
        return [*_made(Count, [part, when]), *_made(Count, [whole, when, ("about", other)])]

    def all(self, _):
        return "other", ()

    def multiple(self, parts):
        [(field, number)] = parts
        return field, read_multiple(number.text)

    def sized(self, parts):
        number = dict(parts)["number"]
        relative = number.in_percent or number.one_in or number.step is None
        return [*parts, ("measure", "percentage change" if relative else "difference")]

    def halved(self, parts):
        return [*parts, ("measure", "ratio"), ("number", read_multiple("2")), ("falls", True)]

    def same(self, tokens):
        loose = tokens[0].startswith(("about", "roughly", "little", "hardly", "barely"))
        hedge = "about" if loose else "unchanged"
        return [("measure", "ratio"), ("number", read_multiple("1")), ("hedge", hedge)]

    def not_above(self, parts):
        return [*parts, ("measure", "count"), ("hedge", "up to")]

    def not_below(self, parts):
        return [*parts, ("measure", "count"), ("hedge", "at least")]

    def PERIOD(self, token):  # noqa: N802
        return _period(str(token))

    def time(self, periods):
        return Period(periods[0].start, next(p for p in reversed(periods) if isinstance(p, Period)).end)

    def same_in(self, parts):
        return lambda later: years_before(later, later.end.year - parts[-1].end.year)

    def when(self, parts):
        found = next((part for part in parts if isinstance(part, tuple)), ("when", When()))
        if isinstance(found[1], list) and len(parts) > 1:
            raise ValueError("periods apart from each other are not added up; claim each of them")
        return found

    def next_to(self, parts):
        period, word = sorted(parts, key=lambda part: isinstance(part, Token))
        unit = next(unit for unit in ("month", "quarter", "half") if unit in word)
        return "when", When(None, period, 1, unit)

    def stretch(self, periods):
        first, last = periods
        if not first < last:
            raise ValueError(f"{first.label} is not before {last.label}; swap them")
        return "when", When(first, last)

    def both(self, periods):
        """Two periods that follow each other are one stretch; others are claimed one by one."""
        return self.stretch(periods) if periods[0].end + DAY == periods[1].start else self.each_of(periods)

    def each_of(self, periods):
        return "when", [When(period, period) for period in periods]

    def at_end(self, parts):
        said = dict(part for part in parts if isinstance(part, tuple))
        last = parts[-1] if isinstance(parts[-1], Period) else None
        size = _whole(said["number"]) if "number" in said else 1
        return "when", When(None, last, size, said.get("unit", "year"))

    def times(self, parts):
        [(_, count)] = parts
        return "times", count if isinstance(count, int) else _whole(count)


def _made(cls: type[Kind], parts: Iterable[Any]) -> list[Kind]:
    """The claim of a kind with these fields; one for each of several periods."""
    fields = dict(field for part in parts for field in (part if isinstance(part, list) else [part]))
    when = fields.get("when")
    return [cls(**fields | {"when": one}) for one in when] if isinstance(when, list) else [cls(**fields)]


def _changes(parts: Iterable[Any], when: When, ends: list[str]) -> list[Kind]:
    """A movement, if one is said, and the levels at its ends, in this order."""
    levels = iter(ends)
    said = [dict(part) for part in parts if isinstance(part, list)]
    return [Change(**{"when": when} | part | ({} if "measure" in part else {"measure": next(levels)})) for part in said]


def _whole(number: Number) -> int:
    if number.value.denominator > 1 or not 1 <= number.value <= 500:
        raise ValueError(f"{number} is no number of periods; write one from 1 to 500")
    return int(number.value)


def _period(text: str) -> Period:
    """Periods as publishers write them, and parts of a year as articles do."""
    found = re.fullmatch(rf"(?:{_PART}) ([0-9]{{4}})", text)
    if not found:
        return Period.read(text)
    quarter, months, first, last, year = found.groups()
    if quarter:
        return Period.read(f"Q{1 + _QUARTERS.index(quarter) if quarter in _QUARTERS else 4} {year}")
    first, last = first or "january", last or _MONTHS[CARDINALS[months or "one"] - 1]
    return Period(Period.read(f"{first} {year}").start, Period.read(f"{last} {year}").end)
