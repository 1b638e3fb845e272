"""The language of claims: one line in plain words, read by a grammar into one of the registered kinds."""

from __future__ import annotations

import calendar
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
from analysis.claims.kinds.shares import ShareOfTotal
from analysis.claims.numbers import CARDINALS, FRACTION, MULTIPLES, NUMBER, ONE_IN, ORDINALS, Number, read_number
from analysis.claims.selection import When
from analysis.names import nearest
from analysis.periods import Period
from analysis.plain_text import Refusal

PAGE = "data/CLAIMS.md"
LONGEST = 200  # characters, as in claims.schema.json
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

GRAMMAR = Path(__file__).with_name("language.lark").read_text(encoding="utf-8")


class ClaimsError(Refusal):
    """One line: the file, the line in it, what is wrong and what to do."""


def read_line(line: str, names: Iterable[str]) -> tuple[tuple[str, ...], Kind, str]:
    """What one line claims of the series that have `names`.

    Returns
    -------
    tuple : the names of the series that are added up, the claim, and what the line says that it counts ("" for what
        the series counts).

    Raises
    ------
    ValueError : a series that is not there, or words that no kind of claim reads, with what is nearest.

    Examples
    --------
    >>> names, asserted, _ = read_line("Removals: almost quadrupled from 2015 to 2018", ["removals"])
    >>> asserted.echo("removals")
    'ratio 2018 / 2015 of removals, almost 4'
    """
    if len(line) > LONGEST:
        raise ValueError(f"{len(line):,} characters; write a line of at most {LONGEST}")
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
        return _Reading(known).transform(_parser(tuple(known)).parse(said, "start"))
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


# What a word gives: the field of a kind, and its value.
_FIELDS: dict[str, tuple[str, Callable[[str], Any]]] = {
    **dict.fromkeys(("NUMBER", "PERCENT", "FRACTION", "ONE_IN"), ("number", read_number)),
    **dict.fromkeys(("MULTIPLE", "FOLD"), ("number", _multiple)),
    "HEDGE": ("hedge", BY_WORD.__getitem__),
    "UNIT": ("unit", lambda word: word.removesuffix("s").replace("halve", "half")),
    "ORDINAL": ("rank", ORDINALS.__getitem__),
    "EXTREME": ("lowest", lambda word: bool(re.search("low|small|few|least", word))),
    "MORE": ("falls", lambda word: bool(re.search("few|low|less|small", word))),
    **dict.fromkeys(("UP", "RISE"), ("falls", lambda word: False)),
    **dict.fromkeys(("DOWN", "FALL"), ("falls", lambda word: True)),
}
# What a rule makes of its periods.
_WHEN: dict[str, Callable[..., When]] = {
    "always": When,
    "within": lambda period: When(period, period),
    "since": When,
    "until": lambda last: When(last=last),
    "later_earlier": lambda later, earlier: When(earlier, later),
}


class _Reading(Transformer):
    """From the tree of a line to its claim: each word gives a field of the kind and its value, a rule several."""

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

    def all(self, _):
        return "other", ()

    def multiple(self, parts):
        [(field, number)] = parts
        return field, _multiple(number.text)

    def sized(self, parts):
        number = dict(parts)["number"]
        relative = number.in_percent or number.one_in or number.step is None
        return [*parts, ("measure", "percentage change" if relative else "difference")]

    def halved(self, parts):
        return [*parts, ("measure", "ratio"), ("number", _multiple("2")), ("falls", True)]

    def same(self, tokens):
        loose = tokens[0].startswith(("about", "roughly", "little", "hardly", "barely"))
        hedge = "about" if loose else "unchanged"
        return [("measure", "ratio"), ("number", _multiple("1")), ("hedge", hedge)]

    def PERIOD(self, token):  # noqa: N802
        return _period(str(token))

    def stretch(self, periods):
        first, last = periods
        if not first < last:
            raise ValueError(f"{first.label} is not before {last.label}; swap them")
        return "when", When(first, last)

    def at_end(self, parts):
        said = dict(part for part in parts if isinstance(part, tuple))
        last = parts[-1] if isinstance(parts[-1], Period) else None
        size = _whole(said["number"]) if "number" in said else 1
        return "when", When(None, last, size, said.get("unit", "year"))

    def times(self, parts):
        [(_, count)] = parts
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
