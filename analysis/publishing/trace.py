"""The way of one number: from the page back to the rows that it was computed from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.estimates import Conclusion
from analysis.names import nearest
from analysis.parts.numbers import interval_kind, limits_text
from analysis.parts.results import Results, value_text
from analysis.plain_text import Refusal


def trace(name: str, records: Mapping[str, Mapping[str, Any]]) -> str:
    """What is known of the result `name`: its value, interval, function, cell and data rows, a line each.

    Parameters
    ----------
    name : of a result, such as "largest.ratio". records : every result by name, as results.json holds them.

    Raises
    ------
    Refusal : no result has this name; the message names the nearest.

    Examples
    --------
    >>> about = {"estimand": "removals in 2018", "unit": "accounts", "method": "published count", "value": 594}
    >>> where = {"notebook": "01_figures", "cell": "answer", "data": [{"file": "counts.csv"}]}
    >>> print(trace("count.last", {"count.last": about | where}))
    count.last: 594 accounts
    what: removals in 2018
    method: published count
    notebook: 01_figures, cell answer
    from: counts.csv
    """
    if name not in records:
        raise Refusal(f"no result is named {name!r}; {nearest(name, records)}")
    record, result = records[name], Results(records)[name]
    lines = [f"{name}: {value_text(result)}"]
    if isinstance(result, Conclusion):
        lines += [f"what: {result.about}", f"rule: {result.rule}"]
    else:
        lines += [f"what: {result.estimand}", f"method: {result.method}"]
        if result.interval:
            lines.append(f"interval: {limits_text(result)}, {interval_kind(result)}")
    if result.function:
        lines.append(f"function: {result.function}")
    lines.append(f"notebook: {record['notebook']}, cell {record['cell']}")
    for row in record["data"]:
        address = f" <{row['url']}>" if row.get("url") else ""
        said = row.get("file") or f"{row['series']}, {row['period']}: {row['source']}{address}"
        lines.append(f"from: {said}")
    return "\n".join(lines)
