"""Text from outside: what is let in, and the one line with which anything is refused."""

from __future__ import annotations

import re

# Unicode's control characters but for tab and line end, its line separators, its bidirectional controls
# (https://www.unicode.org/reports/tr9/, table 4), halves of surrogate pairs, and what is no character at all.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029"
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_LINK = re.compile(r"https?://[^/\s\"'<>\\^`{|}]+(/[^\s\"'<>\\^`{|}]*)?", re.IGNORECASE)


class Refusal(ValueError):
    """One line: the file, the place in it, what is wrong and what to do; safe to print whatever it quotes."""

    def __init__(self, message: str) -> None:
        line = printable(message)
        super().__init__(line if len(line) <= 900 else f"{line[:550]} ... {line[-300:]}")


def printable(text: str) -> str:
    r"""The text in one line, with an escape for each character that has no shape of its own.

    >>> print(printable("red \x1b[31m,\nturned \u202e"))
    red \x1b[31m,\nturned \u202e
    """
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def hidden(text: str) -> str:
    """What is wrong with a text that would move a terminal or hide words on a page; "" for any other."""
    found = _HIDDEN.search(text)
    return f"control or bidirectional character U+{ord(found[0]):04X}; take it out" if found else ""


def decode(content: bytes) -> str:
    """UTF-8, with or without a byte order mark, in which nothing is `hidden`.

    Raises
    ------
    ValueError : the first thing wrong, with its place.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"byte {error.start}: not UTF-8; save it as UTF-8") from None
    if hidden(text):
        number, words = next((n, hidden(line)) for n, line in enumerate(text.split("\n"), 1) if hidden(line))
        raise ValueError(f"line {number}: {words}")
    return text


def is_link(text: str) -> bool:
    """Whether it is a whole web address, which a page may link to.

    >>> [is_link(text) for text in ("https://example.org/a?b=1#c", "javascript:alert(1)", "https://")]
    [True, False, False]
    """
    return _LINK.fullmatch(text) is not None


def is_line(text: str) -> bool:
    """Whether it is one line of at most 2,000 characters with something to read in it and nothing `hidden`."""
    return bool(text.strip()) and len(text) <= 2000 and not re.search("[\t\n\r]", text) and not hidden(text)
