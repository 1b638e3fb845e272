"""Sentences whose numbers are bound to named results: formatting a number, and filling it into a template.

A template is plain text with fields in braces, ``{name}``, ``{name:part}`` or ``{name:part style}``:

=============  =======================================================================
part           what is written
=============  =======================================================================
value          the value with its unit (the default)
bare           the value without its unit
low, high      one limit, without the unit
interval       both limits, "48% to 67%"
full           value, kind, level and limits: "57% a year (95% confidence interval 48% to 67%)"
level          the nominal level, "95%"
word           a small whole number in letters, "four"
n              how many observations it rests on
=============  =======================================================================

A style says how many digits: ``.1f`` decimals, ``2s`` significant figures, nothing for the unit's default.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analysis.estimates import Estimate

WORDS = (
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)
PARTS = ("value", "bare", "low", "high", "interval", "full", "level", "word", "n")
_FIELD = re.compile(r"\{([a-z0-9._-]+)(?::([^{}]+))?\}")
_STYLE = re.compile(r"\.(\d)f|(\d)s")


def significant(number: float, figures: int) -> str:
    """`number` rounded to so many significant figures, without exponent.

    >>> significant(1639.2, 2), significant(0.04179, 2), significant(12.96, 3)
    ('1,600', '0.042', '13.0')
    """
    if number == 0:
        return "0"
    decimals = figures - 1 - math.floor(math.log10(abs(number)))
    rounded = round(number, decimals)
    if rounded and math.floor(math.log10(abs(rounded))) > math.floor(math.log10(abs(number))):
        decimals -= 1
    return _minus(f"{rounded:,.{max(decimals, 0)}f}")


def stable(number: float) -> float:
    """`number` to eight significant digits: what is stored, the same on every processor."""
    return number if isinstance(number, int) else float(f"{number:.8g}")


def number_text(number: float, unit: str = "", style: str = "") -> str:
    """`number` without the words of its unit: whole counts and percentages, ratios to three figures.

    >>> number_text(1736, "accounts"), number_text(57.168, "% a year"), number_text(3.0196, "ratio")
    ('1,736', '57%', '3.02')
    """
    match = _STYLE.fullmatch(style)
    if style and not match:
        raise ValueError(f"number style {style!r}: write .1f for decimals or 2s for significant figures")
    if match and match[1]:
        text = _minus(f"{number:,.{match[1]}f}")
    elif match:
        text = significant(number, int(match[2]))
    elif unit == "calendar year":
        text = f"{number:.0f}"
    elif unit.startswith("%") or unit.startswith("points"):
        text = _minus(f"{number:,.0f}")
    elif float(number).is_integer() and unit != "ratio":
        text = f"{number:,.0f}"
    elif unit == "":
        text = "below 0.001" if 0 < number < 0.001 else significant(number, 2)
    else:
        text = significant(number, 3)
    return text + "%" if unit.startswith("%") else text


def _minus(text: str) -> str:
    text = text.replace("-", "\N{MINUS SIGN}")
    return text if re.search("[1-9]", text) else text.lstrip("\N{MINUS SIGN}")


def unit_text(unit: str) -> str:
    """The words after a number: " accounts", " a year"; none for a ratio, a year or a pure number."""
    words = unit.removeprefix("%").strip()
    return f" {words}" if words and words not in ("ratio", "calendar year") else ""


def interval_name(estimate: Estimate) -> str:
    """ "95% confidence interval", "80% prediction interval", or "range"."""
    if estimate.level is None:
        return "range"
    return f"{level_text(estimate.level)} {estimate.interval} interval"


def level_text(level: float) -> str:
    """A nominal level as a percentage: "95%", "99.5%"."""
    return f"{round(100 * level, 6):g}%"


def limits_text(estimate: Estimate, style: str = "") -> str:
    """Both limits of an interval, "48% to 67%"; an open side is said in words.

    >>> limits_text(Estimate(estimand="e", unit="%", method="m", value=50, low=48, level=0.95, interval="confidence",
    ...     reason="unbounded at 95%"))
    '48% to unbounded'
    """
    ends = ("unbounded" if x is None else number_text(x, estimate.unit, style) for x in (estimate.low, estimate.high))
    return " to ".join(ends)


def ratio_style(estimate: Estimate) -> str:
    """Decimals of a ratio and its limits: one more where a limit would be rounded onto 1 without being there."""
    ends = [end for end in (estimate.low, estimate.high) if end is not None]
    return ".3f" if any(round(end, 2) == 1 != end for end in ends) else ".2f"


@dataclass(frozen=True)
class Number:
    """One number on the page: its text, and the result, the part and the unit that it is bound to."""

    result: str
    part: str
    style: str
    unit: str
    value: float
    text: str

    def html(self) -> str:
        return (
            f'<data class="number" value="{self.value!r}" data-result="{self.result}" data-part="{self.part}"'
            f' data-style="{self.style}" data-unit="{html.escape(self.unit)}">{html.escape(self.text)}</data>'
        )


def number(name: str, estimate: Estimate, part: str = "value", style: str = "") -> Number | None:
    """One part of a result as text ("value", "bare", "low", "high", "level", "word", "n"), or None."""
    other = {"low": estimate.low, "high": estimate.high, "level": estimate.level, "n": estimate.n}
    value = other.get(part, estimate.value)
    if value is None:
        return None
    if part == "level":
        return Number(name, part, style, "%", stable(value), level_text(value))
    if part == "n":
        return Number(name, part, style, "observations", value, f"{value:,}")
    text = number_text(value, estimate.unit, style)
    if part == "word" and float(value).is_integer() and 0 <= value < len(WORDS):
        text = WORDS[int(value)]
    elif part == "value":
        text += unit_text(estimate.unit)
    return Number(name, part, style, estimate.unit, stable(value), text)


def _field(name: str, estimate: Estimate, part: str, style: str) -> str:
    """One field of a template as HTML; a missing number is replaced by the reason in words."""
    if part == "interval" and (estimate.low is not None or estimate.high is not None):
        ends = (number(name, estimate, end, style) for end in ("low", "high"))
        return " to ".join(end.html() if end else "unbounded" for end in ends)
    if part == "full" and estimate.value is not None and estimate.interval:
        level = number(name, estimate, "level")
        kind = f"{level.html()} {estimate.interval} interval" if level else "range"
        limits = _field(name, estimate, "interval", style)
        return f"{_field(name, estimate, 'value', style)} ({kind} {limits})"
    found = number(name, estimate, "value" if part == "full" else part, style) if part != "interval" else None
    if found:
        return found.html()
    return f'<span class="reason" data-result="{name}">{html.escape(estimate.reason or "none")}</span>'


@dataclass(frozen=True)
class Prose:
    """Paragraphs (or list items, when they start with "- ") with every number bound; shows itself as HTML."""

    html: str

    @property
    def text(self) -> str:
        return html.unescape(re.sub(r"<[^>]+>", "", self.html.replace("</p>", "\n").replace("</li>", "\n"))).strip()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": self.text}


def fill(template: str, results: Mapping[str, Estimate]) -> str:
    """`template` as HTML text, each field replaced by the number of the result it names.

    Raises
    ------
    ValueError : a field names no result, or a part or style that does not exist.

    Examples
    --------
    >>> total = Estimate(estimand="total", unit="accounts", method="sum", value=1736)
    >>> Prose(fill("In all {total}.", {"total": total})).text
    'In all 1,736 accounts.'
    """

    def replace(match: re.Match[str]) -> str:
        name, spec = match[1], (match[2] or "value").split()
        if name not in results:
            raise ValueError(f"sentence {template!r}: no result is named {name!r}")
        part, style = (spec[0], "".join(spec[1:])) if spec[0] in PARTS else ("value", "".join(spec))
        return _field(name, results[name], part, style)

    pieces, end = [], 0
    for match in _FIELD.finditer(template):
        pieces += [_inline(template[end : match.start()]), replace(match)]
        end = match.end()
    return "".join(pieces) + _inline(template[end:])


def _inline(text: str) -> str:
    return re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", html.escape(text, quote=False))


def say(results: Mapping[str, Estimate], *templates: str) -> Prose:
    """The templates as paragraphs, or as one list where they start with "- "."""
    blocks: list[str] = []
    for template in templates:
        if template.startswith("- "):
            item = f"<li>{fill(template[2:], results)}</li>"
            if blocks and blocks[-1].endswith("</ul>"):
                blocks[-1] = blocks[-1].removesuffix("</ul>") + item + "</ul>"
            else:
                blocks.append(f"<ul>{item}</ul>")
        else:
            blocks.append(f"<p>{fill(template, results)}</p>")
    return Prose("\n".join(blocks))
