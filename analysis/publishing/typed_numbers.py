"""Numbers that somebody typed: digits, words that count data or compare sizes, and what is excepted."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analysis.parts.numbers import WORDS

_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_PLACES = r"Figures?|Tables?|Python|WCAG|(?i:sections?|notebooks?|chapters?|equations?|paragraphs?)"
_YEAR = r"(?:19|20)\d\d[a-z]?"
_EXCEPTED = re.compile(
    rf"[“\"][^“”\"]*[”\"]|(?<![\w’])‘[^‘’]*’(?!\w)"
    rf"|\b(?:\d{{1,2}} )?(?:{_MONTHS})(?: \d{{1,2}},?)?(?: \d{{4}})?\b|\b\d{{4}}-\d\d-\d\d\b"
    rf"|\b(?:{_PLACES}) \d[\d.]*(?:(?:, | and | to | or )\d[\d.]*)*"
    rf"|\((?:[^()]*; )?[A-Z][\w-]+[^()\d]*,? {_YEAR}\)"
    rf"|\b[A-Z][\w-]+(?: (?:et al\.|and [A-Z][\w-]+))? \({_YEAR}\)"
    r"|\b[A-Za-z_][\w-]*\d[\w-]*\b|\b\d+_\w+|\b0\d\b|\b12(?= months\b)"
    r"|(?<![\d.,])(?:0|1|100)(?![\d%]|[.,]\d)"
)
# A README also says how long a run takes and how big a file is, and names versions.
_MEASURED = re.compile(
    r"\b\d[\d.]*(?:(?: to |-)\d[\d.]*)? (?:seconds?|minutes?|s|min|kB|MB|GB|cores?)\b|\bv?\d+\.\d+\.\d+\b"
)
DIGITS = re.compile(r"[\N{MINUS SIGN}-]?\d+(?:,\d{3})*(?:\.\d+)?%?")
_COUNTED = (
    "annual|yearly|consecutive|successive|published|calendar|whole|(?:data )?points?|counts?|values?|years?|"
    "figures?|changes?|steps?|rises?|falls?|observations?|comparisons?|removals?|accounts?|incidents?|"
    "numbers?|pairs?|claims?"
)
_NUMERALS = "|".join(WORDS[3:])
_COUNTING = re.compile(rf"\b(?:{_NUMERALS}|a dozen)(?= (?:{_COUNTED})\b)", re.IGNORECASE)
_COMPARING = re.compile(
    r"\b(?:doubl|tripl|trebl|quadrupl|halv)(?:e|es|ed|ing)\b|\btwice (?:as|the)\b"
    r"|\b(?:one|two|three)[ -](?:third|quarter|fifth)s?\b"
    r"|\bhalf (?:of|as)\b|\ba (?:third|quarter|fifth) of\b",
    re.IGNORECASE,
)
_ANY_NUMERAL = re.compile(rf"(?<!\bthe )\b(?:two|{_NUMERALS})\b(?!-)", re.IGNORECASE)


def typed_numbers(text: str, *, computed: bool = False, title: bool = False) -> Iterator[tuple[int, str]]:
    """(position, number) of every number typed into `text`, which has single spaces.

    Digits always count; in a `computed` sentence every numeral does, elsewhere those that count data or
    compare sizes, and in a `title` none.
    """
    rest = without_exceptions(text)
    patterns = [DIGITS] + ([] if title else [_COUNTING, _COMPARING]) + ([_ANY_NUMERAL] if computed else [])
    found = {match.start(): match[0] for pattern in patterns for match in pattern.finditer(rest)}
    yield from sorted(found.items())


def without_exceptions(text: str) -> str:
    """The text with blanks in place of the numbers that need no binding."""
    return _EXCEPTED.sub(lambda m: " " * len(m[0]), text)


def without_measurements(text: str) -> str:
    """The text without times, sizes and versions, which a README may state."""
    return _MEASURED.sub(" ", text)
