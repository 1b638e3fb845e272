"""The published page of the language of claims, made from the classes that implement it: data/CLAIMS.md."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from string import Template

from analysis.claims.audit import audit
from analysis.claims.claims import Claim, source_free
from analysis.claims.hedges import CONVENTIONS, HEDGES, VERDICTS, Statement, semantics
from analysis.claims.kinds import KINDS
from analysis.claims.language import read_line
from analysis.claims.numbers import read_number
from analysis.claims.table import parse_table

TEMPLATE = Path(__file__).with_name("page.md").read_text(encoding="utf-8")
SAMPLE = "\n".join(re.findall(r"^ {4}(year,.*|[0-9]{4},.*)", TEMPLATE, re.MULTILINE))
BY_VERDICT = CONVENTIONS["examples"]


def page() -> str:
    """The page as Markdown: kinds, hedges, tolerances, verdicts and reasons, with an example each."""
    others = [row for row in semantics() if row["part"] not in ("hedge", "verdict")]
    parts = {
        "kinds": [
            f"### {cls.name.capitalize()}\n\n{inspect.getdoc(cls)}\n\n{''.join(map(_judged, cls.examples))}"
            for cls in KINDS.values()
        ],
        "verdicts": [f"- **{name}**: {VERDICTS[name]}. `{line}`\n" for name, line in BY_VERDICT.items()],
        "hedges": [f"| {h.words or h.name} | {h.rule} | {_allowed(name)} |\n" for name, h in HEDGES.items()],
        "precision": [inspect.getdoc(read_number).split("\n\n")[1]],
        "others": [f"- {row['part']}, **{row['name']}**: {row['meaning']}\n" for row in others],
    }
    return Template(TEMPLATE).substitute({name: "\n"[name != "kinds" :].join(said) for name, said in parts.items()})


def _judged(line: str) -> str:
    series = parse_table(SAMPLE, "sample")
    names, parts, _ = read_line(line, map(source_free, series))
    claim = Claim(id="example", says=line, line=1, names=names, parts=parts)
    [found] = audit(series, [claim])
    return f"- `{line}`: {claim.echo}; {found.calculation}; **{found.verdict}**\n"


def _allowed(name: str) -> str:
    """What the hedge allows of an example, at the default tolerance."""
    text = {"in words": "a third", "unchanged": "1"}.get(name, "600")
    statement = Statement(read_number(text), "bare" if name == "in words" else name)
    bounds = statement.allowed(statement.granted())
    low = "" if bounds.low is None else f"{float(bounds.low):.4g} {'<=' if bounds.low_closed else '<'} "
    high = "" if bounds.high is None else f" {'<=' if bounds.high_closed else '<'} {float(bounds.high):.4g}"
    return f"{'' if name in ('bare', 'in words', 'unchanged') else name + ' '}{text}: {low}v{high}"
