"""The language of claims: one line in plain words, read by a grammar into one of the registered kinds."""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedInput, VisitError

from analysis.claims.hedges import BY_WORD
from analysis.claims.kinds import KINDS, Kind
from analysis.claims.kinds.changes import Movement, Span
from analysis.claims.kinds.shares import ShareOfTotal
from analysis.claims.numbers import FRACTION, MULTIPLES, NUMBER, ONE_IN, ORDINALS, Number, read_number
from analysis.claims.selection import When
from analysis.names import nearest
from analysis.periods import Period

PAGE = "data/CLAIMS.md"
_KIND = "_claim"  # ends the name of a rule that a kind brings
_MONTH = "january|february|march|april|may|june|july|august|september|october|november|december"
_PERIOD = (
    rf"(?:the )?(?:year|12 months|twelve months) (?:to|ending) (?:{_MONTH}) [0-9]{{4}}|(?:{_MONTH}) [0-9]{{4}}|"
    r"q[1-4] [0-9]{4}|[0-9]{4} ?q[1-4]|h[12] [0-9]{4}|(?:the )?(?:first|second) half of [0-9]{4}|"
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}[/-][0-9]{4}|[0-9]{4}[/-][0-9]{2}|[0-9]{4}"
)

GRAMMAR = r"""
start: subject ":" claim unlike? | inverted
inverted: when _HOLDS hedge? share "of" subject whole?
unlike: ","? "counted" "in" WORDS
subject: SERIES (("+" | "and" | ",") SERIES)* "together"?
other: subject

movement: up _BY? hedge? (share | number | points) -> sized
    | down _BY? hedge? (share | number | points) -> sized
    | (up | down) -> direction
    | (up | down) _BY? hedge? fold -> multiplied
    | hedge? (multiple | fold) _AS_MUCH? -> multiplied
    | hedge? (share | number) more -> sized
    | SAME -> same

span: "from" period _TO period -> from_to
    | _BETWEEN period "and" period -> from_to
    | _ON period _THAN _ON? period -> later_earlier
    | _ON period _YEAR_BEFORE? -> later_only
    | "since" period -> since
    | _ON number unit (_TO period)? -> in_years

when: _ON? period _TOGETHER? -> in_period
    | ("from" | "for")? period _TO period _TOGETHER? -> stretch
    | _BETWEEN period "and" period _TOGETHER? -> stretch
    | "since" period _TOGETHER? -> open_stretch
    | _ON? "the"? END number? unit _TOGETHER? -> at_end
    | _TOGETHER -> everything
on: _ON period
scope: when
whole: when

steps: ("in" | "for")? ("each" | "every") unit -> every_step
    | ("in" | "for")? ("each" | "every") ("one")? "of" "the" number unit -> running
    | "for" "the" ORDINAL unit ("running" | "in" "a" "row") -> running
    | "for"? number unit ("running" | "in" "a" "row") -> running

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
more: MORE

_HOLDS: /holds?|held|account(s|ed)? for|ma(ke|de) up|saw/
_BY: /by|of|to be/
_TO: /to|until|up to/
_BETWEEN: /between/
_ON: /in|on|during|for|over|within/
_THAN: /than|as|compared (with|to)|against|on|from|over/
_YEAR_BEFORE: /(up |down )?(on|from|compared with|against) the (year|period) before|year on year/
_TOGETHER: /(in total|in all|altogether|overall|together|combined)/
_POINTS: /(percentage[ -])?points?/
_PER: /per|for (each|every)|(to|in) (each|every)/
_A: /an?|per|each|every/
_EVERY: /every|per|each/
_AS_MANY: /as (many|much|high|large|common) as|the number of/
_AS_MUCH: /as (many|much|high|large|common)/
_FASTER: /faster|more|more quickly|more steeply/
_FIGURES_FOR: /figures (exist )?(for|over|cover)/
END: /last|first|latest|past/
UNIT: /(hour|day|week|month|quarter|half|year|season|period)s?/
EXTREME: /(the )?(highest|largest|biggest|most|lowest|smallest|fewest|least|peaked|peak|record( high| low)?|worst|best)/
UP: /up|rose|risen|rises?|increased?|grew|grown|climbed|jumped|soared|surged|an? (rise|increase|jump|growth)/
DOWN: /down|fell|fallen|falls?|dropped|declined?|decreased?|shrank|cut|plunged|slumped|an? (fall|drop|decrease|decline|cut)/
MORE: /more|higher|larger|greater|above|fewer|lower|less|smaller|below/
SAME: /(about |roughly )?the same|unchanged|flat|stable|(little|hardly|barely) changed/
FOLD: /[0-9]+(\.[0-9]+)?[ -]?fold|(two|three|four|five|six|seven|eight|nine|ten)[ -]?fold/
PERCENT.2: /NUMBER ?%/
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
    >>> asserted.echo("removals"), asserted.statement.hedge
    ('ratio 2018 / 2015 of removals', 'almost')
    """
    known = {_plain(name): name for name in names}
    said = _plain(line)
    subject, colon, _ = said.partition(":")
    if colon and not _parser(tuple(known)).subject_is_known(subject):
        raise ValueError(f"unknown series {subject!r}; {nearest(subject, known)}")
    try:
        names_read, asserted, unit = _parser(tuple(known)).read(said)
    except UnexpectedInput:
        raise ValueError(f"not understood; the nearest form is {_nearest_form(said)!r}; all are in {PAGE}") from None
    except VisitError as error:
        raise ValueError(str(error.orig_exc)) from None
    return tuple(known[name] for name in names_read), asserted, unit


def _plain(text: str) -> str:
    """Small letters, plain dashes and spaces, no final stop, no helping verb after the colon."""
    text = text.lower().replace("_", " ").replace("\N{EN DASH}", "-").replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    text = re.sub(r"\s*per ?cent\b(?!age)|\s+%", "%", text)
    text = re.sub(r":\s*(?:(?:was|were|is|are|has|have|had|been|there)\s+)+", ": ", text)
    return " ".join(text.split()).rstrip(".")


def _nearest_form(said: str) -> str:
    """The example of any kind that looks most like the line, numbers and series left aside."""
    examples = [example for cls in KINDS.values() for example in cls.examples]

    def shape(text: str) -> str:
        return re.sub(r"[0-9][0-9,./]*", "0", text.partition(":")[2] or text)

    return max(examples, key=lambda example: difflib.SequenceMatcher(None, shape(said), shape(example)).ratio())


class _Parser:
    """The grammar for the series of one audit."""

    def __init__(self, names: tuple[str, ...]):
        series = sorted((re.escape(name) + ("?" if name.endswith("s") else "") for name in names), key=len)
        terminals = {
            "SERIES": rf"(?:{'|'.join(reversed(series))})(?![a-z])",
            "PERIOD": _PERIOD,
            "NUMBER": NUMBER,
            "FRACTION": FRACTION,
            "ONE_IN": ONE_IN,
            "HEDGE": rf"(?:{'|'.join(sorted(BY_WORD, key=len, reverse=True))})(?![a-z])",
            "ORDINAL": "|".join(ORDINALS),
            "MULTIPLE": "|".join(MULTIPLES),
        }
        grammar = GRAMMAR.replace("/NUMBER ?%/", f"/(?:{NUMBER}) ?%/")
        rules = "".join(f"{name}{_KIND}: {cls.grammar}\n".replace("'", '"') for name, cls in KINDS.items())
        patterns = "".join(f"{name}: /{pattern.replace('/', chr(92) + '/')}/\n" for name, pattern in terminals.items())
        claim = f"claim: {' | '.join(name + _KIND for name in KINDS)}\n"
        self.names = names
        self.lark = Lark(grammar + claim + rules + patterns, parser="earley", start=["start", "subject"])

    def read(self, said: str) -> tuple[tuple[str, ...], Kind, str]:
        return _Reading(self.names).transform(self.lark.parse(said, "start"))

    def subject_is_known(self, said: str) -> bool:
        try:
            self.lark.parse(said, "subject")
        except UnexpectedInput:
            return False
        return True


@functools.lru_cache(maxsize=8)
def _parser(names: tuple[str, ...]) -> _Parser:
    return _Parser(names)


class _Reading(Transformer):
    """From the tree of a line to its claim: each rule gives a field of the kind and its value."""

    def __init__(self, names: tuple[str, ...]):
        super().__init__()
        self.names = names

    def __default__(self, data: Token, children: list[Any], meta: Any) -> Any:
        if not data.endswith(_KIND):
            return children[0]
        said: dict[str, Any] = {}
        for child in children:
            said |= child if isinstance(child, dict) else [child]
        return KINDS[data.removesuffix(_KIND)](**said)

    def start(self, parts):
        if len(parts) == 1:  # the whole sentence turned round
            return parts[0]
        (_, subject), asserted, *unit = parts
        return subject, asserted, unit[0] if unit else ""

    def inverted(self, parts):
        said = dict(parts)
        subject = said.pop("subject")
        return subject, ShareOfTotal(**said), ""

    def unlike(self, parts):
        return str(parts[0]).strip()

    def subject(self, tokens):
        found = [next(name for name in self.names if token in (name, name.removesuffix("s"))) for token in tokens]
        return "subject", tuple(found)

    def other(self, parts):
        return "other", parts[0][1]

    def all(self, _):
        return "other", ()

    # numbers and hedges

    def number(self, tokens):
        return "number", read_number(tokens[0])

    percent = share = number

    def points(self, tokens):
        return "points", read_number(tokens[0])

    def multiple(self, tokens):
        return "number", _multiple(tokens[0])

    fold = multiple

    def size(self, tokens):
        return "size", read_number(tokens[0])

    def every(self, tokens):
        return "every", read_number(tokens[0])

    def hedge(self, tokens):
        return "hedge", BY_WORD[tokens[0]]

    def unit(self, tokens):
        return "unit", str(tokens[0]).removesuffix("s").replace("halve", "half")

    def ordinal(self, tokens):
        return "rank", ORDINALS[tokens[0]]

    def extreme(self, tokens):
        return "lowest", any(word in tokens[0] for word in ("low", "small", "few", "least"))

    def up(self, _):
        return "falls", False

    def down(self, _):
        return "falls", True

    def more(self, tokens):
        lower = tokens[0] in ("fewer", "lower", "less", "smaller", "below")
        return "lower", lower

    # change

    def sized(self, parts):
        said = {"falls": False, "hedge": "bare"} | dict(parts)
        falls = said.get("lower", said["falls"])
        if "points" in said:
            return "movement", Movement("points", said["points"], said["hedge"], falls)
        number: Number = said["number"]
        relative = number.text.endswith("%") or number.one_in or number.step is None
        measure = "percentage change" if relative else "difference"
        return "movement", Movement(measure, number, said["hedge"], falls)

    def direction(self, parts):
        return "movement", Movement("direction", falls=parts[0][1])

    def multiplied(self, parts):
        said = {"hedge": "bare", "falls": False} | dict(parts)
        number = said["number"]
        falls = said["falls"] or number.text == "halved"
        return "movement", Movement("ratio", Number(f"{float(number.value):g}", number.value, number.step), said["hedge"], falls)

    def same(self, tokens):
        loose = tokens[0].startswith(("about", "roughly", "little", "hardly", "barely"))
        return "movement", Movement("ratio", Number("1", Fraction(1)), "about" if loose else "unchanged")

    def from_to(self, periods):
        return "span", Span(When(periods[1], periods[1]), _earlier(*periods))

    def later_earlier(self, periods):
        return "span", Span(When(periods[0], periods[0]), _earlier(periods[1], periods[0]))

    def later_only(self, periods):
        return "span", Span(When(periods[0], periods[0]))

    def since(self, periods):
        return "span", Span(When(), periods[0])

    def in_years(self, parts):
        (_, number), (_, unit), *last = parts
        if unit not in ("year", "season"):
            raise ValueError(f"a change over {unit}s needs both ends; write from March 2018 to June 2018")
        return "span", Span(When(last[0], last[0]) if last else When(), years=int(number.value))

    # time

    def period(self, tokens):
        return Period.read(tokens[0])

    def on(self, parts):
        return "when", When(parts[0], parts[0])

    in_period = on

    def stretch(self, periods):
        _earlier(*periods)
        return "when", When(*periods)

    def open_stretch(self, periods):
        return "when", When(periods[0])

    def at_end(self, parts):
        said = dict(part for part in parts if isinstance(part, tuple))
        size = int(said["number"].value) if "number" in said else 1
        return "when", When(size=size, unit=said["unit"], from_start=parts[0] == "first")

    def everything(self, _):
        return "when", When()

    def scope(self, parts):
        return "scope", parts[0][1]

    def whole(self, parts):
        return "whole", parts[0][1]

    def every_step(self, parts):
        return {"unit": parts[0][1]}

    def running(self, parts):
        said = dict(part for part in parts if isinstance(part, tuple))
        times = int(said["number"].value) if "number" in said else ORDINALS[parts[0]]
        return {"times": times, "unit": said["unit"]}


def _multiple(text: str) -> Number:
    """A multiple in words or whole numbers prints no digit; with decimals it does."""
    said = re.sub(r"[ -]?fold$", "", text)
    found = read_number(str(MULTIPLES.get(said, said)))
    return Number(str(text), found.value, None if "." not in said else found.step)


def _earlier(first: Period, last: Period) -> Period:
    if last.end < first.start or first >= last:
        raise ValueError(f"{first.label} is not before {last.label}; swap them")
    return first
