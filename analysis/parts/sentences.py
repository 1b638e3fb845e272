"""Sentences whose numbers are bound to named results.

A template is plain text with fields in braces, ``{name}``, ``{name:part}`` or ``{name:part style}``:

=============  =======================================================================
part           what is written
=============  =======================================================================
value          the value with its unit (the default)
bare           the value without its unit
low, high      one limit, without the unit
interval       both limits, "48% to 67%", once where they read the same
full           value, kind, level and limits: "57% a year (95% confidence interval 48% to 67%)"
level          the nominal level, "95%"
odds           the nominal level as so many times in so many, "19 in 20"
word           a small whole number in letters, "four"
n              how many observations it rests on
=============  =======================================================================

A style says how many digits: ``.1f`` decimals, ``2s`` significant figures, nothing for the unit's default. A conclusion
is written as its word. ``{verb}`` may also be a word that is handed to `say`. A template that names
``step.*.ratio`` is repeated for step 1, 2 and so on. Where the words depend on a conclusion, `case` holds a template
for each verdict.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from analysis.estimates import Conclusion
from analysis.parts.numbers import in_words, level_text, limit_style, number_text, odds_text, stable, unit_text
from analysis.parts.part import Part
from analysis.parts.results import Result, Results

PARTS = ("value", "bare", "low", "high", "interval", "full", "level", "odds", "word", "n")
_FIELD = re.compile(r"\{([a-z0-9.*_-]+)(?::([^{}]+))?\}")
_EACH = re.compile(r"(?<![a-z0-9._-])([a-z0-9._-]+)\.\*\.")

Run = str | dict[str, Any]


@dataclass(frozen=True)
class Sentences(Part):
    """Paragraphs and items of a list: whether a block is an item, and its runs.

    A run is text, a name that the study gave (a mapping with "name" and "text"), or a bound number (with "result",
    "part", "style", "unit", "value" and "text"). Where a result has no number its run has the reason or the word.
    """

    blocks: tuple[tuple[bool, tuple[Run, ...]], ...]
    results: Results

    kind = "sentences"

    @property
    def text(self) -> str:
        return "\n".join(("- " if item else "") + runs_text(runs) for item, runs in self.blocks)

    def content(self) -> dict[str, Any]:
        return {"blocks": [{"item": item, "runs": list(runs)} for item, runs in self.blocks]}

    def pictures(self) -> dict[str, str]:
        tags = [("li" if item else "p", html.escape(runs_text(runs), quote=False)) for item, runs in self.blocks]
        shown = "\n".join(f"<{tag}>{text}</{tag}>" for tag, text in tags)
        shown = re.sub(r"((?:<li>.*</li>\n?)+)", lambda m: f"<ul>\n{m[1].strip()}\n</ul>\n", shown).strip()
        return {"text/html": shown, "text/plain": self.text}


@dataclass(frozen=True)
class Case:
    """A template for each verdict of a conclusion; no words for a verdict that is not named."""

    conclusion: str
    templates: Mapping[str, str]

    def conclusions(self, results: Results) -> list[str]:
        """Names of the conclusions on which the words depend: one, or one a number."""
        prefix, star, rest = self.conclusion.partition(".*.")
        names = [f"{prefix}.{number}.{rest}" for number in results.numbered(prefix)] if star else [prefix]
        return [name for name in names if name in results]

    def template(self, results: Results, number: str) -> str:
        """The template under the verdict, or for any; "" where there are no words for it or nothing was concluded."""
        name = self.conclusion.replace(".*.", f".{number}.")
        if name not in results:
            return ""
        return self.templates.get(results[name].verdict.replace(" ", "_"), self.templates.get("any", ""))


def case(conclusion: str, **templates: str) -> Case:
    """The template that stands under the verdict of `conclusion`, blanks in the verdict written as ``_``.

    `any` is the template for every other verdict. There are no words where the chapter that concludes was not run.

    >>> from analysis.parts.results import named
    >>> moved = named("count", {"moved": Conclusion(about="the counts", verdict="rose", rule="last above first")})
    >>> say(moved, case("count.moved", rose="Higher than before.", fell="Lower than before.")).text
    'Higher than before.'
    """
    return Case(conclusion, templates)


def say(results: Results, *templates: str | Case, **words: str) -> Sentences:
    """The templates as paragraphs, or as items of a list where they start with "- ".

    Parameters
    ----------
    results : what the fields name. templates : see above. words : names for the fields ``{title}``, as the study
        gives them; what is in them is the study's, numerals included.

    Raises
    ------
    ValueError : a field names no result, or a part or style that does not exist.

    Examples
    --------
    >>> from analysis.estimates import Estimate
    >>> from analysis.parts.results import named
    >>> count = named("count", {"total": Estimate(estimand="total", unit="accounts", method="sum", value=1736)})
    >>> say(count, "In all {count.total}, which {verb}.", verb="rose").text
    'In all 1,736 accounts, which rose.'
    """
    blocks = []
    for template in templates:
        for one in _expanded(template, results):
            blocks.append((one.startswith("- "), fill(one.removeprefix("- "), results, words)))
    used = [name for template in templates if isinstance(template, Case) for name in template.conclusions(results)]
    used += [run["result"] for _, runs in blocks for run in runs if "result" in run and not isinstance(run, str)]
    return Sentences(tuple(blocks), results.only(used))


def _expanded(template: str | Case, results: Results) -> Iterator[str]:
    """The templates that one stands for: one a number, that of the verdict, or itself."""
    pattern = template.conclusion if isinstance(template, Case) else template
    each = _EACH.search(pattern)
    for number in results.numbered(each[1]) if each else ("",):
        one = template.template(results, number) if isinstance(template, Case) else template
        if one:
            yield one.replace(".*.", f".{number}.") if each else one


def fill(template: str, results: Results, words: Mapping[str, str] | None = None) -> tuple[Run, ...]:
    """One template as runs."""
    runs: list[Run] = []
    end = 0
    for match in _FIELD.finditer(template):
        runs += [template[end : match.start()], *_field(match, template, results, words or {})]
        end = match.end()
    return tuple(filter(None, [*runs, template[end:]]))


def runs_text(runs: tuple[Run, ...] | list[Run]) -> str:
    """Runs as plain text."""
    return "".join(run if isinstance(run, str) else run["text"] for run in runs)


def bound(name: str, result: Result, part: str = "value", style: str = "") -> dict[str, Any] | None:
    """One part of a result as a run ("value", "bare", "low", "high", "level", "word", "n"); None if it has none."""
    if isinstance(result, Conclusion):
        return {"result": name, "text": result.verdict}
    if part == "interval":  # two runs, or none
        return None
    other = {"low": result.low, "high": result.high, "level": result.level, "odds": result.level, "n": result.n}
    value = other.get(part, result.value)
    if value is None:
        return None
    unit = {"level": "%", "odds": "", "n": "observations"}.get(part, result.unit)
    if part in ("level", "odds"):
        text = level_text(value) if part == "level" else odds_text(value)
    elif part == "n":
        text = f"{value:,}"
    elif part == "word":
        text = in_words(value)
    else:
        text = number_text(value, unit, limit_style(result, style) if part in ("low", "high") else style)
        text += unit_text(unit) if part == "value" else ""
    return {"result": name, "part": part, "style": style, "unit": unit, "value": stable(value), "text": text}


def _field(match: re.Match[str], template: str, results: Results, words: Mapping[str, str]) -> list[Run]:
    name, spec = match[1], (match[2] or "value").split()
    if name in words:
        return [{"name": words[name], "text": words[name]}] if words[name] else []
    if name not in results:
        raise ValueError(f"sentence {template!r}: no result is named {name!r}")
    part, style = (spec[0], "".join(spec[1:])) if spec[0] in PARTS else ("value", "".join(spec))
    return _written(name, results[name], part, style)


def _written(name: str, result: Result, part: str, style: str) -> list[Run]:
    """One field as runs; a missing number is replaced by the reason in words."""
    if isinstance(result, Conclusion):
        return [bound(name, result)]
    if part == "interval" and (result.low is not None or result.high is not None):
        low, high = (bound(name, result, end, style) or "unbounded" for end in ("low", "high"))
        same = "unbounded" not in (low, high) and low["text"] == high["text"]
        return [low] if same else [low, " to ", high]
    if part == "full" and result.value is not None and result.interval:
        level = bound(name, result, "level")
        kind = [" (", level, f" {result.interval} interval "] if level else [" (range "]
        return [bound(name, result, "value", style), *kind, *_written(name, result, "interval", style), ")"]
    found = None if part == "interval" else bound(name, result, "value" if part == "full" else part, style)
    return [found or {"result": name, "part": part, "text": result.reason or "none"}]
