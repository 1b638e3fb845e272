"""The language of claims: one line in plain words, read by a grammar into claims of the registered kinds."""

from __future__ import annotations

import calendar
import dataclasses
import functools
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedInput, VisitError

from analysis.claims import numbers
from analysis.claims.hedges import BY_WORD
from analysis.claims.kinds import KINDS, Kind
from analysis.claims.kinds.amounts import Count, ShareOfTotal
from analysis.claims.kinds.changes import Change
from analysis.claims.kinds.orders import Rank
from analysis.claims.numbers import read_multiple, read_number
from analysis.claims.selection import DAY, Base, When, years_before
from analysis.names import nearest
from analysis.periods import Period

PAGE = "data/CLAIMS.md"
LONGEST = 200  # characters, as in claims.schema.json
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


def read_line(line: str, names: Iterable[str]) -> tuple[tuple[str, ...], tuple[Kind, ...], str]:
    """The series of `names` that one line adds up, what it claims of them, and what it says that it counts, or "".

    Raises
    ------
    ValueError : a series that is not there, or words that no kind of claim reads, with what is nearest.

    >>> names, claims, _ = read_line("Removals: almost quadrupled from 2015 to 2018", ["removals"])
    >>> [claim.echo("removals") for claim in claims]
    ['ratio 2018 / 2015 of removals, almost 4']
    """
    if len(line) > LONGEST:
        raise ValueError(f"{len(line):,} characters; write a line of at most {LONGEST}")
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
    """The example of any kind that shares most words with the line, numbers and series left aside."""

    def words(line: str) -> set[str]:
        return set(re.sub(r"[0-9][0-9,./]*", "0", line.partition(":")[2] or line).split())

    examples = [example for cls in KINDS.values() for example in cls.examples]
    return max(examples, key=lambda example: len(words(said) & words(example)) / len(words(said) | words(example)))


@functools.lru_cache(maxsize=8)
def _parser(names: tuple[str, ...]) -> Lark:
    """The grammar for the series of one audit, with a rule from each kind."""
    terminals = {
        "SERIES": _any_of(map(re.escape, [*names, "total"])),
        "PERIOD": _PERIOD,
        "NUMBER": numbers.NUMBER,
        "PERCENT": rf"(?:{numbers.NUMBER}) ?%",
        "FRACTION": numbers.FRACTION,
        "ONE_IN": numbers.ONE_IN,
        "HEDGE": _any_of(BY_WORD),
        "ORDINAL": "|".join(numbers.ORDINALS),
        "MULTIPLE": "|".join(numbers.MULTIPLES),
    }
    rules = [f"claim: {' | '.join(name + _KIND for name in KINDS)} | moved | ranged | part_of"]
    rules += [f"{name}{_KIND}: {cls.grammar}" for name, cls in KINDS.items()]
    rules += ["{}: /{}/".format(name, pattern.replace("/", r"\/")) for name, pattern in terminals.items()]
    return Lark("\n".join([GRAMMAR, *rules]), parser="earley", start=["start", "head"])


def _any_of(words: Iterable[str]) -> str:
    """A pattern of whole words, the longest first."""
    return rf"(?:{'|'.join(sorted(words, key=len, reverse=True))})(?![a-z])"


# What a word says: fields of a kind.
_FIELDS: dict[str, Callable[[str], dict[str, Any]]] = {
    **dict.fromkeys(("NUMBER", "PERCENT", "FRACTION", "ONE_IN"), lambda word: {"number": read_number(word)}),
    **dict.fromkeys(("MULTIPLE", "FOLD"), lambda word: {"number": read_multiple(word)}),
    **dict.fromkeys(("UP", "RISE"), lambda word: {"falls": False}),
    **dict.fromkeys(("DOWN", "FALL"), lambda word: {"falls": True}),
    "HEDGE": lambda word: {"hedge": BY_WORD[word]},
    "POINTS": lambda word: {"points": True},
    "HALVED": lambda word: {"number": read_multiple("2"), "falls": True},
    "SAME": lambda word: {
        "number": read_multiple("1"),
        "hedge": "about" if re.match("about|roughly|little|hardly|barely", word) else "unchanged",
    },
    "MORE": lambda word: {"falls": bool(re.search("few|low|less|small", word))},
    "NEVER_ABOVE": lambda word: {"hedge": "up to"},
    "NEVER_BELOW": lambda word: {"hedge": "at least"},
    "UNIT": lambda word: {"unit": word.removesuffix("s").replace("halve", "half")},
    "ORDINAL": lambda word: {"rank": numbers.ORDINALS[word]},
    "EXTREME": lambda word: {"lowest": bool(re.search("low|small|few|least|bottom", word))},
    "FIGURES_FOR": lambda word: {"covered": True},
    "OVERTOOK": lambda word: {"overtook": True},
    "FASTER": lambda word: {"faster": True},
    "SHARE_OF": lambda word: {"size": read_number("100%")},
    "WORDS": lambda word: {"counted": word.strip()},
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
    """From the tree of a line to its claims: words and rules give fields, which a kind takes together."""

    def __init__(self, known: dict[str, str]):
        super().__init__()
        self.known = known  # names of the series, by how a line may write them

    def __default_token__(self, token: Token) -> Any:
        return _FIELDS[token.type](str(token)) if token.type in _FIELDS else token

    def __default__(self, rule: Token, children: list[Any], meta: Any) -> Any:
        if rule in _WHEN:
            return {"when": _WHEN[rule](*children)}
        if rule in ("other", "scope", "whole", "size", "every"):
            return {str(rule): next(iter(children[0].values()))}
        if rule.endswith(_KIND):
            return _made(KINDS[rule.removesuffix(_KIND)], *children)
        return children[0] if children and isinstance(children[0], list) else _merged(children)

    def start(self, parts):
        said = _merged(parts)
        names, counted, base = said.pop("subject"), said.pop("counted", ""), said.pop("base", None)
        claims = next((part for part in parts if isinstance(part, list)), None)
        if claims is None:  # the whole sentence turned round
            return names, (ShareOfTotal(**said),), ""
        return names, tuple(dataclasses.replace(claim, base=base or claim.base) for claim in claims), counted

    def subject(self, tokens):
        every = tuple(dict.fromkeys(self.known.values()))
        named = [(self.known[token],) if token in self.known else every for token in tokens]
        return {"subject": sum(named, ())}

    def base(self, parts):
        said = _merged(parts)
        return {"base": Base(said["other"], said.get("size", numbers.ONE))}

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
        earlier = next((part for part in parts if isinstance(part, Period)), None)
        return lambda last: _changes(parts, When(earlier or last, last), ["start"])

    def moved(self, parts):
        when, levels = parts[-1]["when"], sum(isinstance(part, list) for part in parts)
        earlier = next((part for part in parts if isinstance(part, Period)), when.first)
        return _changes(parts, dataclasses.replace(when, first=earlier), ["start", "end"][-levels:])

    def level(self, parts):
        return [_merged(parts)]

    def ranged(self, parts):
        low, high = (part[0] for part in parts if isinstance(part, list))
        scope = _merged(parts).get("when", When())
        return [Rank(lowest=True, scope=scope, **low), Rank(scope=scope, **high)]

    def part_of(self, parts):
        [part], [whole], other, when = parts
        return _made(Count, part, when) + _made(Count, whole, when, {"about": other["other"]})

    def count(self, parts):
        return _merged(parts) | {"level": "count"}

    never = count

    def all(self, _):
        return {"other": ()}

    def multiple(self, parts):
        return {"number": read_multiple(parts[0]["number"].text)}

    def PERIOD(self, token):  # noqa: N802
        return _period(str(token))

    def time(self, parts):
        periods = [part for part in parts if isinstance(part, Period)]
        return Period(periods[0].start, periods[-1].end)

    def same_in(self, parts):
        return lambda later: years_before(later, later.end.year - parts[-1].end.year)

    def when(self, parts):
        found = _merged(parts) or {"when": When()}
        if isinstance(found["when"], list) and len(parts) > 1:
            raise ValueError("periods apart from each other are not added up; claim each of them")
        return found

    def stretch(self, periods):
        first, last = periods
        if not first < last:
            raise ValueError(f"{first.label} is not before {last.label}; swap them")
        return {"when": When(first, last)}

    def both(self, periods):
        """One stretch if the one follows the other."""
        return self.stretch(periods) if periods[0].end + DAY == periods[1].start else self.each_of(periods)

    def each_of(self, periods):
        return {"when": [When(period, period) for period in periods]}

    def next_to(self, parts):
        period, word = sorted(parts, key=lambda part: isinstance(part, Token))
        return {"when": When(None, period, 1, re.search("month|quarter|half", word)[0])}

    def at_end(self, parts):
        said, last = _merged(parts), parts[-1] if isinstance(parts[-1], Period) else None
        return {"when": When(None, last, _whole(said.get("number", numbers.ONE)), said.get("unit", "year"))}

    def times(self, parts):
        said = _merged(parts)
        return {"times": said["rank"] if "rank" in said else _whole(said["number"])}


def _merged(parts: Iterable[Any]) -> dict[str, Any]:
    return {field: value for part in parts if isinstance(part, dict) for field, value in part.items()}


def _made(cls: type[Kind], *parts: dict[str, Any]) -> list[Kind]:
    """The claim of a kind with these fields; one for each of several periods."""
    fields = _merged(parts)
    when = fields.get("when")
    return [cls(**fields | {"when": one}) for one in when] if isinstance(when, list) else [cls(**fields)]


def _changes(parts: Iterable[Any], when: When, ends: list[str]) -> list[Kind]:
    """A movement, if one is said, and the levels at its ends."""
    movement = {field: value for field, value in _merged(parts).items() if field != "when"}
    levels = zip([part[0] for part in parts if isinstance(part, list)], ends, strict=False)
    said = [movement] * bool(movement) + [level | {"level": end} for level, end in levels]
    return [Change(when=when, **fields) for fields in said]


def _whole(number: numbers.Number) -> int:
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
    first, last = first or "january", last or _MONTHS[numbers.CARDINALS[months or "one"] - 1]
    return Period(Period.read(f"{first} {year}").start, Period.read(f"{last} {year}").end)
