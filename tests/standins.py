"""Small executed notebooks made of the real classes, for the tests of what is published."""

from __future__ import annotations

import ast
from typing import Any

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

OPENING = {
    "imports": """
        from analysis import figures
        from analysis.charts.ratios import year_on_year_ratios
        from analysis.estimates import Estimate
        from analysis.growth.models import compound_growth
        from analysis.prose import say
        from analysis.growth.ratios import year_on_year
        from analysis.results import Results
        from analysis.tables import from_rows
        results = Results({stem!r})""",
    "load": """
        removals = figures.load("tests/study").outcome""",
    "steps": "steps = year_on_year(removals.years, removals.counts)",
    "register-growth": """
        results.add("growth.cagr", compound_growth(removals.years, removals.counts)["growth"], of=removals)
        for name, step in zip(("first", "middle", "last"), steps, strict=True):
            results.add(f"ratio.{{name}}", step.ratio, of=removals)
        published = {{"unit": "accounts", "method": "published count"}}
        results.add("count.last", Estimate(estimand="removals in 2018", value=594, **published), of=removals)
        results.add("steps", Estimate(estimand="changes", unit="changes", method="count", value=3))
        None""",
}

SUMMARY = [
    "# What four annual counts can carry\n\n**Question.** How fast did removals of accounts grow, and do "
    "they follow phone finds?\n\n**Data.** Removals by calendar year, from a press report.",
    OPENING,
    {
        "answer": """
        say(results, "Removals grew by {{growth.cagr:full}}, if the first year was a whole one.",
            "The last count was {{count.last}}, and the last ratio {{ratio.last:full}}.",
            "What comes next is not settled by {{steps:word}} changes.")"""
    },
    {"figure": "year_on_year_ratios(removals, steps)"},
    "## Firm",
    {"firm": 'say(results, "- The first step is real: {{ratio.first:full}}.", "- Nothing was sampled.")'},
    "## Fragile",
    {"fragile": 'say(results, "- The last step: {{ratio.last:full}}.")'},
    "## Unknowable from these figures",
    {"unknowable": 'say(results, "- The level at which removals settle.")'},
    "## What this does not show\n\nWhy the counts differ.",
    {"results": "results"},
]
GROWTH = [
    "# How fast the counts grew\n\n**Question.** Which growth is compatible with the counts?",
    OPENING,
    {"answer": 'say(results, "Growth was {{growth.cagr}}, the last ratio {{ratio.last:value .1f}}.")'},
    "## Method\n\nThe growth factor is the same in each year, $g = (y_n / y_1)^{1/(n-1)}$:\n\n"
    "$$ \\log \\mu_t = a + b t, \\quad y_t \\sim \\mathrm{Poisson}(\\mu_t) $$\n\n"
    "Dispersion is *not* estimated here; see `analysis.growth.models`.",
    {
        "growth-table": """
        from_rows("growth", "Ratios to the year before", ["Step", "Ratio", "Low", "Share", "Remark"], [
            [s.ratio.estimand, s.ratio, s.ratio.low, 12.5, "exact"] for s in steps
        ] + [["2019", "not released", 1200.0, 3.0, "withheld"]], units={{"Low": "ratio", "Share": "%"}})"""
    },
    {"growth-figure": "year_on_year_ratios(removals, steps)"},
    "## Limits\n\nNothing here says why.",
    {"results": "results"},
]


def notebook(stem: str, content: list[Any], title: str = "") -> Any:
    """An executed notebook; text is a Markdown cell, a dictionary holds code cells by id."""
    space: dict[str, Any] = {}
    cells = []
    for item in content:
        if isinstance(item, str):
            cells.append(new_markdown_cell(item, id=f"text-{len(cells)}"))
            continue
        for id, code in item.items():
            source = _dedented(code.format(stem=stem))
            outputs = [o for o in _run(source, space) if o is not None]
            cells.append(new_code_cell(source, id=id, outputs=outputs, execution_count=len(cells)))
    return new_notebook(cells=cells, metadata={"title": title} if title else {})


def notebooks() -> list[Any]:
    """A summary and one chapter."""
    chapter = notebook("01_growth", GROWTH)
    for cell in chapter.cells:  # the same chart under another name
        for output in cell.get("outputs", []):
            for mime, data in list(output.data.items()):
                if "figure" in mime:
                    data["id"] = "growth-steps"
                elif mime == "image/svg+xml":
                    output.data[mime] = data.replace("year-on-year-ratios", "growth-steps")
    return [notebook("00_summary", SUMMARY), chapter]


def _dedented(code: str) -> str:
    lines = code.strip("\n").splitlines()
    margin = min(len(line) - len(line.lstrip()) for line in lines)
    return "\n".join(line[margin:] for line in lines)


def _run(source: str, space: dict[str, Any]) -> list[Any]:
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<cell>", "exec"), space)
    shown = eval(compile(ast.Expression(last.value), "<cell>", "eval"), space) if last else None
    if shown is None:
        return []
    if hasattr(shown, "bundle"):
        words = new_output("display_data", {"text/markdown": shown.caption_text()}, metadata={"role": "caption"})
        return [new_output("display_data", shown.bundle()), words]
    return [new_output("execute_result", shown._repr_mimebundle_(), execution_count=1)]
