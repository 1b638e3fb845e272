"""Small executed notebooks made of the real parts, for the tests of what is published."""

from __future__ import annotations

import ast
import textwrap
from typing import Any

from analysis.parts.results import Results
from analysis.running.chapters import collected

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" width="9" height="9" role="img" aria-label="{alt}">'
    '<path id="{id}-a" fill="#0a5a9c" stroke="#1d2733" d="M0 0H9V9"/></svg>'
)
SHARED = """
    from analysis.parts.figures import Figure
    from analysis.parts.results import Results
    from analysis.parts.sentences import say
    from analysis.parts.tables import table
    YEARS, COUNTS, RATIOS = (2015, 2016, 2017, 2018), (153, 462, 527, 594), (3.0196078, 1.1406926, 1.1271347)
    ROWS = [{"series": "removals", "period": str(year), "source": "ITV, removals by year",
             "url": "https://www.itv.com/"} for year in YEARS]"""
FIGURE = """
    alt = "Ratios to the year before, from 1.13 to 3.02, as points with bars."
    drawn = table("ratios", "Ratios", ["Step", "Ratio"], [[f"{y - 1} to {y}", r] for y, r in zip(YEARS[1:], RATIOS)],
                  units={"Ratio": "ratio"})
    Figure(id=%r, title="Only 2015 to 2016 is a clear change", caption="Ratios with 95%% confidence intervals.",
           alt=alt, cannot_show="why counts differ", table=drawn, svg=SVG.format(id=%r, alt=alt),
           function="analysis.charts.ratios.year_on_year_ratios", data=tuple(ROWS), results=results)"""

GROWTH = [
    "# How fast the counts grew\n\n**Question.** Which growth is compatible with the counts?",
    {
        "imports": SHARED
        + """
    from analysis.estimates import Conclusion, Estimate, computed
    from analysis.parts.results import named""",
        "fit": """
    exact = {"level": 0.95, "interval": "confidence", "interval_method": "exact conditional"}
    growth = {
        "cagr": Estimate(estimand="growth a year, 2015 to 2018", unit="% a year", method="compound annual growth",
            value=57.168318, low=48.049382, high=67.128748, function="analysis.growth.rates.compound_growth", **exact),
        "asymptote": Estimate(estimand="asymptote", unit="accounts", method="logistic", reason="no asymptote at n < 5"),
        "verdict": Conclusion(about="the change from 2015 to 2016", verdict="firm", rule="its interval excludes 1"),
        "ratio": {"first": Estimate(estimand="ratio of 2016 to 2015", unit="ratio", method="ratio of two counts",
            value=RATIOS[0], low=2.5097878, high=3.6495206, **exact)},
        "last": Estimate(estimand="removals in 2018", unit="accounts", method="published count", value=COUNTS[-1]),
        "steps": Estimate(estimand="changes", unit="changes", method="count", value=3),
    }
    records = named("growth", growth).records()
    results = Results({name: record | {"data": ROWS} for name, record in records.items()})
    print("fitted < 3 models")""",
        "answer": 'say(results, "Growth was {growth.cagr}, the first ratio {growth.ratio.first:value .1f}.")',
    },
    "## Method\n\nThe growth factor is the same in each year, $g = (y_n / y_1)^{1/(n-1)}$:\n\n"
    "$$ \\log \\mu_t = a + b t, \\quad y_t \\sim \\mathrm{Poisson}(\\mu_t) $$\n\n"
    "Dispersion is *not* estimated here; see `analysis.growth`.",
    {
        "growth-table": """
    table("growth", "Ratios to the year before", ["Step", "Ratio", "Share", "Remark"],
          [[f"{y - 1} to {y}", r, 12.5, "exact"] for y, r in zip(YEARS[1:], RATIOS)] + [["2019", 1200.0, 3.0, "no"]],
          units={"Ratio": "ratio", "Share": "%"}, results=results)""",
        "growth-figure": FIGURE % ("growth-steps", "growth-steps"),
    },
    {"limits": "## Limits\n\nNothing here says why."},
]
SUMMARY = [
    "# What four annual counts can carry\n\n**Question.** How fast did removals of accounts grow, and do "
    "they follow phone finds?\n\n**Data.** Removals by calendar year, from a press report.",
    {
        "imports": SHARED,
        "answer": """
    say(results, "Removals grew by {growth.cagr:full}, if the first year was a whole one.",
        "The last count was {growth.last}; the first change is {growth.verdict}, and there is {growth.asymptote}.",
        "What comes next is not decided by {growth.steps:word} changes.")""",
        "main-figure": FIGURE % ("ratios", "ratios"),
        "how-sure-title": "## How sure each statement is",
        "how-sure": """
    table("how-sure", "How sure", ["Question", "Answer", "Still so with", "Of", "Undone by"],
          [["Is the step real?", "yes", 13, 16, "first year"], ["Is there a level?", "no", 1, 6, "dispersion"]])""",
        "write-title": "## You may write",
        "write": 'say(results, "- The first step is real: {growth.ratio.first:full}.", "- Nothing was sampled.")',
        "do-not-write-title": "## Do not write",
        "do-not-write": 'say(results, "- The growth, {growth.cagr}, will go on.")',
        "ask-title": "## Ask the publisher",
        "ask": 'say(results, "- The month in which the counting began.")',
    },
    "## How the levels settle",
    {"settle": 'say(results, "- The level at which removals settle, see notebook 01.")'},
    "## What this does not show\n\nWhy the counts differ.",
]


def notebooks() -> dict[str, Any]:
    """A summary and one chapter, by the names of their files."""
    chapter = notebook(GROWTH)
    results = Results(collected({"01_growth": chapter}))
    return {"00_summary": notebook(SUMMARY, results=results), "01_growth": chapter}


def notebook(content: list[Any], **space: Any) -> dict[str, Any]:
    """An executed notebook; text is a Markdown cell, a dictionary holds cells by id, headings and code."""
    space["SVG"] = SVG
    cells = []
    for item in content:
        if isinstance(item, str):
            cells.append({"cell_type": "markdown", "id": f"text-{len(cells)}", "metadata": {}, "source": item})
            continue
        for id, code in item.items():
            source = textwrap.dedent(code).strip("\n")
            if source.startswith("#"):
                cells.append({"cell_type": "markdown", "id": id, "metadata": {}, "source": source})
                continue
            cell = {"cell_type": "code", "id": id, "metadata": {}, "execution_count": len(cells)}
            cells.append({**cell, "source": source, "outputs": _run(source, space)})
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def shown(data: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    """An output that shows data."""
    return {"output_type": "display_data", "data": data, "metadata": metadata}


def printed(text: str, name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def _run(source: str, space: dict[str, Any]) -> list[Any]:
    outputs: list[Any] = []
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    space["print"] = lambda text: outputs.append(printed(f"{text}\n"))
    exec(compile(tree, "<cell>", "exec"), space)
    value = eval(compile(ast.Expression(last.value), "<cell>", "eval"), space) if last else None
    if value is not None:
        outputs.append(shown(value._repr_mimebundle_()))
        if value.kind == "figure":
            outputs.append(shown({"text/markdown": f"**{value.title}.** {value.caption}"}, role="caption"))
    return outputs
