"""The published page of the language of claims, made from the classes that implement it: data/CLAIMS.md."""

from __future__ import annotations

import inspect

from analysis.claims.audit import audit
from analysis.claims.claims import Claim, source_free
from analysis.claims.hedges import HEDGES, VERDICTS, Statement, semantics
from analysis.claims.kinds import KINDS
from analysis.claims.language import read_line
from analysis.claims.numbers import read_number
from analysis.claims.table import parse_table

SAMPLE = """\
year,removals,finds,fines,pass rate (%),calls [council],calls [charity]
2015,153,"7,400",0,61,"1,010","1,015"
2016,462,"7,700",12,63.5,"1,015","1,020"
2017,527,"9,200",30,66.5,"1,020","1,035"
2018,594,"10,643",45,69.5,"1,190","1,420"
"""
BY_VERDICT = {
    "holds": "removals: almost quadrupled from 2015 to 2018",
    "holds as rounded": "removals: up 13% in 2018",
    "overstated": "removals: 600 in 2018",
    "understated": "finds: up 15% in 2018",
    "contradicted": "removals: fell in 2018",
    "not checkable from the figures": "removals: up 5% in 2015",
    "undefined": "fines: doubled from 2015 to 2016",
    "sources conflict": "calls: up 17% in 2018",
}
HEAD = """\
# The language of claims

Made by `python -m analysis audit --kinds`. A claim is one line in plain words:

    removals: almost quadrupled from 2015 to 2018

before the colon the series (or several, "a + b"), after it what is said of them. Case, "per cent" or "%" and small
numbers in words do not matter. A line may end in ", counted in inmates" where the article counts something else than
the figures. The audit repeats each line as it was read. Check an article with

    python -m analysis audit figures.csv claims.txt

The figures are a table with a column of periods (2018, 2017/18, Q1 2018, H1 2018, March 2018, year to March 2018,
2018-06-30) and a column a series; a cell is a number, "9,215 to 9,295", "at least 479" or empty. "turnout (%)" says
what is counted, "calls [council]" who says so. In the `claims.yml` of a study the line stands under `claim`, with `id`,
`paragraph`, quoted `words`, a `note`, or a reason under `not checkable` beside it. The command ends with status 0 when
all claims hold or cannot be checked, 1 when one is overstated, understated or contradicted, 2 when input is refused.

The examples below are about these figures:

"""


def page() -> str:
    """The page as Markdown: kinds, hedges, tolerances, verdicts and reasons, with an example each."""
    parts = [HEAD + "".join(f"    {line}\n" for line in SAMPLE.splitlines()), "## Kinds of claim\n"]
    for cls in KINDS.values():
        examples = "".join(f"- `{line}`: {_judged(line)}\n" for line in cls.examples)
        parts.append(f"### {cls.name.capitalize()}\n\n{inspect.getdoc(cls)}\n\n{examples}")
    parts.append("## Verdicts\n")
    parts.append("".join(f"- **{name}**: {VERDICTS[name]}. `{line}`\n" for name, line in BY_VERDICT.items()))
    parts.append("## Hedges\n\nv is what the figures give, x the stated number, t the tolerance, 5% unless asked.\n")
    rows = [f"| {hedge.words or hedge.name} | {hedge.rule} | {_allowed(name)} |\n" for name, hedge in HEDGES.items()]
    parts.append("".join(["| words | allowed | example |\n|---|---|---|\n", *rows]))
    precision = inspect.getdoc(read_number).split("\n\n")[1]
    parts.append(f"## Precision, tolerances and reasons\n\n{precision}\n")
    others = [row for row in semantics() if row["part"] not in ("hedge", "verdict")]
    parts.append("".join(f"- {row['part']}, **{row['name']}**: {row['meaning']}\n" for row in others))
    return "\n".join(parts)


def _judged(line: str) -> str:
    series = parse_table(SAMPLE, "sample")
    names, parts, _ = read_line(line, map(source_free, series))
    claim = Claim(id="example", says=line, file="", line=1, names=names, parts=parts)
    [found] = audit(series, [claim])
    return f"{claim.echo}; {found.calculation}; **{found.verdict}**"


def _allowed(name: str) -> str:
    """What the hedge allows of an example, at the default tolerance."""
    text = {"in words": "a third", "unchanged": "1"}.get(name, "600")
    statement = Statement(read_number(text), "bare" if name == "in words" else name)
    bounds = statement.allowed(statement.granted())
    low = "" if bounds.low is None else f"{float(bounds.low):.4g} {'<=' if bounds.low_closed else '<'} "
    high = "" if bounds.high is None else f" {'<=' if bounds.high_closed else '<'} {float(bounds.high):.4g}"
    return f"{'' if name in ('bare', 'in words', 'unchanged') else name + ' '}{text}: {low}v{high}"
