"""The language of claims: one line in plain words, read by a grammar into one of the registered kinds."""

from __future__ import annotations

import calendar
import difflib
import functools
import re
from collections.abc import Callable, Iterable
from typing import Any

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedInput, VisitError

from analysis.claims.hedges import BY_WORD
from analysis.claims.kinds import KINDS, Kind
from analysis.claims.kinds.changes import Movement, Span
from analysis.claims.kinds.shares import ShareOfTotal
from analysis.claims.numbers import CARDINALS, FRACTION, MULTIPLES, NUMBER, ONE_IN, ORDINALS, Number, read_number
from analysis.claims.selection import When
from analysis.names import nearest
from analysis.periods import Period

PAGE = "data/CLAIMS.md"
_KIND = "_claim"  # ends the name of a rule that a kind brings
_MONTHS = [name.lower() for name in calendar.month_name if name]
_MONTH = "|".join(_MONTHS)
_QUARTERS = ["first", "second", "third", "fourth"]
_PART = (
    rf"(?:the )?({'|'.join(_QUARTERS)}) quarter of|(?:the )?first (three|six|nine) months of|"
    rf"({_MONTH}) to ({_MONTH})"
)
_PERIOD = (
    rf"(?:the )?(?:year|12 months|twelve months) (?:to|ending) (?:{_MONTH}) [0-9]{{4}}|(?:{_PART}) [0-9]{{4}}|"
    rf"(?:{_MONTH}) [0-9]{{4}}|q[1-4] [0-9]{{4}}|[0-9]{{4}} ?q[1-4]|h[12] [0-9]{{4}}|"
    r"(?:the )?(?:first|second) half of [0-9]{4}|"
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}[/-][0-9]{4}|[0-9]{4}[/-][0-9]{2}|[0-9]{4}"
)

GRAMMAR = r"""
start: subject ":"? claim unlike? | inverted
inverted: when _HOLDS hedge? share "of" subject whole? | hedge? share "of" subject _HOLDS? when
unlike: ","? "counted" "in" WORDS
subject: SERIES (("+" | "and" | ",") SERIES)* "together"?
other: subject

movement: (up | down | rise | fall) _BY? hedge? (share | number | points) -> sized
    | "a"? hedge? (share | number) (rise | fall) -> sized
    | (up | down | rise | fall | more) -> direction
    | (up | down) _BY? hedge? fold -> multiplied
    | hedge? (multiple | fold) _AS_MUCH? -> multiplied
    | hedge? "halved" -> halves
    | hedge? (share | number) more -> sized
    | SAME -> same

span: "from" period _TO period -> from_to
    | _BETWEEN period "and" period -> from_to
    | _ON period _THAN _ON? period -> later_earlier
    | _ON period _YEAR_BEFORE? -> later_only
    | _YEAR_BEFORE _ON period -> later_only
    | "since" period -> since
    | _ON number ("years" | "seasons") (_TO period)? -> in_years

when: (_ON | "from" | _BETWEEN)? period _TOGETHER?
    | ("from" | "for")? period _TO period _TOGETHER?
    | _BETWEEN? period "and" period _TOGETHER?
    | _TOGETHER
    | "since" period _TOGETHER? -> open_stretch
    | _ON? "the"? _LAST number? unit _TOGETHER? -> at_end
    | _ON "the"? number unit (_TO period)? -> at_end
on: _ON period
scope: "since" period -> scope_since
    | "from" period _TO period
whole: when

steps: ("in" | "for")? ("each" | "every") unit
    | ("in" | "for")? "each" "of" "the" times unit
    | "for"? "the"? times unit ("running" | "in" "a" "row")
    | "for" "the" times "consecutive" unit
times: number | ordinal

number: NUMBER
percent: PERCENT
share: PERCENT | FRACTION | ONE_IN
points: NUMBER "%"? _POINTS
multiple: MULTIPLE | NUMBER "times"
fold: FOLD
size: NUMBER
every: NUMBER
hedge: HEDGE
period: PERIOD
unit: UNIT
all: "all" ("the" | "other")? "series"
ordinal: ORDINAL
extreme: EXTREME
up: UP
down: DOWN
rise: _RISE
fall: _FALL
more: MORE

_HOLDS: /holds?|held|account(s|ed)? for|ma(kes?|de) up|saw|came|fell/
_BY: /by|of/
_TO: /to|until|up to/
_BETWEEN: /between/
_ON: /in|on|during|for|over|within/
_THAN: /than|as|compared (with|to)|against|on|from|over/
_YEAR_BEFORE: /(than|on|from|compared with|against) (the|a) (year|period) (before|earlier)|year on year/
_TOGETHER: /(in total|in all|altogether|overall|together|combined)/
_POINTS: /(percentage[ -])?points?/
_PER: /per|for (each|every)|(to|in) (each|every)/
_A: /an?|per|each|every/
_EVERY: /every|per|each/
_AS_MANY: /as (many|much|high|large|common) as|the number of/
_AS_MUCH: /as (many|much|high|large|common)|the (number|figure|level)/
_OUTNUMBERS: /outnumber(s|ed)?|exceed(s|ed)?/
_FASTER: /faster|more|more quickly|more steeply/
_FIGURES_FOR: /figures (exist )?(for|over|cover)/
_LAST: /last|latest|past/
UNIT: /(hour|day|week|month|quarter|half|year|season|period)s?/
EXTREME: /(the |at (its|their) )?(highest|largest|biggest|most|lowest|smallest|fewest)( level)?( on record)?/
    | /peaked|(a )?record( high| low)?/
UP: /up|rose|risen|rises?|increased?|grew|grown|climbed|jumped|soared|surged/
DOWN: /down|fell|fallen|falls?|dropped|declined?|decreased?|shrank|cut/
_RISE: /(an? )?(rise|increase|jump|growth)/
_FALL: /(an? )?(fall|drop|decrease|decline|cut|reduction)/
MORE: /more|higher|larger|greater|above|fewer|lower|less|smaller|below/
SAME: /(about |roughly )?the same|unchanged|flat|stable|(little|hardly|barely) changed|(did not|no) change/
FOLD: /[0-9]+(\.[0-9]+)?[ -]?fold|(two|three|four|five|six|seven|eight|nine|ten)[ -]?fold/
WORDS: /[a-z][a-z -]*/
%ignore " "
"""


class ClaimsError(ValueError):
    """One line: the file, the line in it, what is wrong and what to do."""


def read_line(line: str, names: Iterable[str]) -> tuple[tuple[str, ...], Kind, str]:
    """What one line claims.

    Parameters
    ----------
    line : the claim in plain words; case, "per cent" and small numbers in words are all right.
    names : of the series that the figures hold. Underscores count as spaces.

    Returns
    -------
    tuple : the names of the series that are added up, the claim, and what the line says that it counts ("" for what
        the series counts).

    Raises
    ------
    ValueError : a series that is not there, with the nearest name, or words that no kind of claim reads, with the
        nearest form.

    Examples
    --------
    >>> names, asserted, _ = read_line("Removals: almost quadrupled from 2015 to 2018", ["removals"])
    >>> asserted.echo("removals")
    'ratio 2018 / 2015 of removals, almost 4'
    """
    known = {_plain(name): name for name in names}
    known |= {name.removesuffix("s"): real for name, real in known.items() if name.removesuffix("s") not in known}
    said = _plain(line)
    subject, colon, _ = said.partition(":")
    try:
        if colon:
            _parser(tuple(known)).parse(subject, "subject")
    except UnexpectedInput:
        raise ValueError(f"unknown series {subject!r}; {nearest(subject, known)}") from None
    try:
        tree = _parser(tuple(known)).parse(said, "start")
        return _Reading(known).transform(tree)
    except UnexpectedInput:
        raise ValueError(f"not understood; the nearest form is {_nearest_form(said)!r}; all are in {PAGE}") from None
    except VisitError as error:
        raise ValueError(str(error.orig_exc)) from None


_IDLE = "was|were|is|are|has|have|had|been|there|stayed|remained|kept|an average of|a total of"


def _plain(text: str) -> str:
    """Small letters, plain dashes and spaces, no final stop, no idle words after the colon."""
    text = text.lower().replace("_", " ").replace("\N{EN DASH}", "-").replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    text = re.sub(r"\s*per ?cent\b(?!age)|\s+%", "%", text)
    text = re.sub(rf":\s*(?:(?:{_IDLE})\s+)+", ": ", text)
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
        "SERIES": _any_of(map(re.escape, names)),
        "PERIOD": _PERIOD,
        "NUMBER": NUMBER,
        "PERCENT": rf"(?:{NUMBER}) ?%",
        "FRACTION": FRACTION,
        "ONE_IN": ONE_IN,
        "HEDGE": _any_of(BY_WORD),
        "ORDINAL": "|".join(ORDINALS),
        "MULTIPLE": "|".join(MULTIPLES),
    }
    rules = [f"claim: {' | '.join(name + _KIND for name in KINDS)}"]
    rules += [f"{name}{_KIND}: {cls.grammar}" for name, cls in KINDS.items()]
    rules += ["{}: /{}/".format(name, pattern.replace("/", r"\/")) for name, pattern in terminals.items()]
    return Lark("\n".join([GRAMMAR, *rules]), parser="earley", start=["start", "subject"])


def _any_of(words: Iterable[str]) -> str:
    """A pattern of whole words, the longest first."""
    return rf"(?:{'|'.join(sorted(words, key=len, reverse=True))})(?![a-z])"


def _multiple(text: str) -> Number:
    """A multiple in words or whole numbers prints no digit; with decimals it does."""
    said = re.sub(r"[ -]?fold$", "", text)
    found = read_number(str(MULTIPLES.get(said, said)))
    return Number(f"{float(found.value):g}", found.value, None if "." not in said else found.step)


# What a rule of one word gives: the field of a kind, and its value.
_FIELDS: dict[str, tuple[str, Callable[[str], Any]]] = {
    **dict.fromkeys(("number", "percent", "share"), ("number", read_number)),
    **dict.fromkeys(("multiple", "fold"), ("number", _multiple)),
    **{field: (field, read_number) for field in ("points", "size", "every")},
    "hedge": ("hedge", BY_WORD.__getitem__),
    "unit": ("unit", lambda word: word.removesuffix("s").replace("halve", "half")),
    "ordinal": ("rank", ORDINALS.__getitem__),
    "extreme": ("lowest", lambda word: bool(re.search("low|small|few|least", word))),
    "more": ("lower", lambda word: bool(re.search("few|low|less|small", word))),
    **dict.fromkeys(("up", "rise"), ("falls", lambda word: False)),
    **dict.fromkeys(("down", "fall"), ("falls", lambda word: True)),
}


class _Reading(Transformer):
    """From the tree of a line to its claim: each rule gives a field of the kind and its value."""

    def __init__(self, known: dict[str, str]):
        super().__init__()
        self.known = known  # names of the series, by how a line may write them

    def __default__(self, rule: Token, children: list[Any], meta: Any) -> Any:
        if rule in _FIELDS:
            field, value = _FIELDS[rule]
            return field, value(str(children[0]) if children else "")
        if rule.endswith(_KIND):
            fields = [part for child in children for part in (child if isinstance(child, list) else [child])]
            return KINDS[rule.removesuffix(_KIND)](**dict(fields))
        return children[0]

    def start(self, parts):
        if len(parts) == 1:  # the whole sentence turned round
            said = dict(parts[0])
            return said.pop("subject"), ShareOfTotal(**said), ""
        return parts[0][1], parts[1], parts[2] if len(parts) > 2 else ""

    def inverted(self, parts):
        return parts

    steps = inverted

    def unlike(self, parts):
        return str(parts[0]).strip()

    def subject(self, tokens):
        return "subject", tuple(self.known[token] for token in tokens)

    def other(self, parts):
        return "other", parts[0][1]

    def all(self, _):
        return "other", ()

    def sized(self, parts):
        said = {"hedge": "bare"} | dict(parts)
        falls = said.get("lower", said.get("falls"))
        if "points" in said:
            return "movement", Movement("points", said["points"], said["hedge"], falls)
        number: Number = said["number"]
        relative = number.text.endswith("%") or number.one_in or number.step is None
        return "movement", Movement("percentage change" if relative else "difference", number, said["hedge"], falls)

    def direction(self, parts):
        return "movement", Movement("direction", falls=parts[0][1])

    def multiplied(self, parts):
        said = {"hedge": "bare", "falls": False} | dict(parts)
        return "movement", Movement("ratio", said["number"], said["hedge"], said["falls"])

    def halves(self, parts):
        return self.multiplied([*parts, ("number", _multiple("2")), ("falls", True)])

    def same(self, tokens):
        loose = tokens[0].startswith(("about", "roughly", "little", "hardly", "barely"))
        return "movement", Movement("ratio", _multiple("1"), "about" if loose else "unchanged")

    def period(self, tokens):
        return _period(str(tokens[0]))

    def from_to(self, periods):
        first, last = _ordered(*periods)
        return "span", Span(When(last, last), first)

    def later_earlier(self, periods):
        return "span", Span(When(periods[0], periods[0]), periods[1])

    def later_only(self, periods):
        return "span", Span(When(periods[0], periods[0]))

    def since(self, periods):
        return "span", Span(earlier=periods[0])

    def in_years(self, parts):
        (_, number), *last = parts
        return "span", Span(When(last[0], last[0]) if last else When(), years=_whole(number))

    def when(self, periods):
        first, last = _ordered(*periods) if len(periods) == 2 else (periods * 2 or (None, None))
        return "when", When(first, last)

    on = when

    def open_stretch(self, periods):
        return "when", When(periods[0])

    def at_end(self, parts):
        said = dict(part for part in parts if isinstance(part, tuple))
        last = parts[-1] if isinstance(parts[-1], Period) else None
        return "when", When(None, last, _whole(said["number"]) if "number" in said else 1, said["unit"])

    def scope(self, periods):
        return "scope", When(*_ordered(*periods))

    def scope_since(self, periods):
        return "scope", When(periods[0])

    def whole(self, parts):
        return "whole", parts[0][1]

    def times(self, parts):
        _, count = parts[0]
        return "times", count if isinstance(count, int) else _whole(count)


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
        return Period.read(f"Q{1 + _QUARTERS.index(quarter)} {year}")
    first, last = first or "january", last or _MONTHS[CARDINALS[months or "one"] - 1]
    return Period(Period.read(f"{first} {year}").start, Period.read(f"{last} {year}").end)


def _ordered(first: Period, last: Period) -> tuple[Period, Period]:
    if not first < last:
        raise ValueError(f"{first.label} is not before {last.label}; swap them")
    return first, last
