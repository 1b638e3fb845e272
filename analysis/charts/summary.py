"""The one figure of the first screen: the counts, and two ranges for the next with what each is worth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes

from analysis.charts.counts import course
from analysis.charts.drawing import canvas, columns, fitted, key, note, panel, points, spread_out, upright, year_axis
from analysis.charts.forecasts import Forecast, held, spoken_range
from analysis.charts.palette import BLUE, INK, MUTED, ORANGE
from analysis.charts.theme import WIDTH, figure, finished
from analysis.estimates import Estimate
from analysis.figures.observations import Series
from analysis.parts.figures import Figure
from analysis.parts.numbers import level_text, sentence_case
from analysis.parts.tables import Table, cells, table

LEFT, LABELS, ROOM = 0.7, 4.75, 3.6  # inches: margin, where the words start, height of the axes
ASIDE = 0.14  # years that the two forecasts stand left and right of their year


@figure
def counts_and_forecast(series: Series, rates: Sequence[Estimate], recommended: Forecast, usual: Forecast) -> Figure:
    """Counts with exact intervals, then the recommended and the usual forecast with their measured coverage.

    Parameters
    ----------
    series : annual counts. rates : confidence interval of the yearly rate behind each, in order.
    recommended, usual : of the same year, each with "year", "80" and "95" (median and prediction interval), and
        "covers.80" and "covers.95": how often in 100 such intervals of the method have held.
    """
    year, years, counts = round(recommended["year"].value), series.years, series.counts
    both = ((recommended, BLUE, -ASIDE), (usual, ORANGE, ASIDE))
    drawing = canvas(ROOM + 1.3)
    axes = panel(drawing, LEFT, WIDTH - LABELS + 0.2, 0.72, 0.58)
    inch = (LABELS - 0.2 - LEFT) * len(years) / (year - years[0] + 1)
    highest = columns(axes, years, counts, rates, inch)
    top = 1.1 * max(highest, min(max(forecast["95"].high or 0 for forecast, *_ in both), 8 * max(counts)))
    axes.set(xlim=(years[0] - 0.45, year + 0.45), ylim=(0, top))
    for at, rate in zip(years, rates, strict=True):
        upright(axes, at, rate, INK, 4)
    axes.axvline(year - 0.5, color=MUTED, lw=0.8, ls=(0, (1, 3)), zorder=0)
    middles = [min(forecast["95"].value or 0, top) / top * ROOM for forecast, *_ in both]
    places = spread_out(middles, 1.0, 0.5, ROOM - 0.35)
    for (forecast, colour, aside), middle, place in zip(both, middles, places, strict=True):
        if forecast["95"].value is not None:
            upright(axes, year + aside, forecast["95"], colour, 3, top)
            upright(axes, year + aside, forecast["80"], colour, 9, top)
            points(axes, [year + aside], [middle / ROOM * top], hollow=True, s=28)
        _words(axes, forecast, colour, (year + aside, middle / ROOM), place / ROOM)
    year_axis(axes, [*years, year], series.unit)
    where = {"xycoords": ("data", "axes fraction"), "xytext": (0, 9), "color": MUTED}
    note(axes, year - 0.46, 1, "forecast", va="bottom", **where)
    level = level_text(rates[0].level)
    exact = f"{level} exact interval if Poisson"
    key(drawing, 0.17, [(exact, INK, 4), ("forecast: thick 80%, thin 95% range", BLUE, 4)])
    return finished(
        drawing,
        id="counts-and-forecast",
        title=_finding(series, recommended, usual, year),
        caption=(
            f"{sentence_case(series.title)}, with exact {level} confidence intervals for a Poisson rate. For {year}, "
            "80% (thick) and 95% (thin) prediction intervals of two methods; how often in 100 such 95% "
            "intervals held the next count was measured on other short public series."
        ),
        pattern=f"One column a year, {course(counts)}, then {_ranges(recommended, usual)}.",
        cannot_show="Why the counts changed, or that past changes go on.",
        table=_table(series, rates, (recommended, usual), year),
        of=series,
    )


def _words(axes: Axes, forecast: Forecast, colour: str, point: tuple[float, float], place: float) -> None:
    """Name, range and worth of one forecast to the right of it, and a thin line to it."""
    widest, room = forecast["95"], WIDTH - LABELS - 0.1
    name, size = fitted(sentence_case(widest.method), room, "bold")
    lines: list[tuple[str, dict[str, Any]]] = [(name, {"weight": "bold", "color": colour, "fontsize": size})]
    if widest.value is None:
        reason, size = fitted(widest.reason, room)
        lines.append((reason, {"fontsize": size, "va": "top"}))
    else:
        arrow = {"arrowstyle": "-", "color": colour, "lw": 1, "shrinkA": 0, "shrinkB": 6}
        ends = {"xytext": (LABELS / WIDTH - 0.01, place), "textcoords": ("figure fraction", "axes fraction")}
        axes.annotate("", point, xycoords=("data", "axes fraction"), annotation_clip=False, arrowprops=arrow, **ends)
        lines.append((f"{spoken_range(widest)} at 95%", {}))
        lines.append((_worth(forecast).replace("held", "has held"), {"color": MUTED}))
    for k, (text, options) in enumerate(lines):
        where = {"xycoords": ("figure fraction", "axes fraction"), "xytext": (0, 15 - 15 * k)}
        note(axes, LABELS / WIDTH, place, text, **where | options)


def _ranges(recommended: Forecast, usual: Forecast) -> str:
    given = sum(forecast["95"].value is not None for forecast in (recommended, usual))
    return ("no range", "one range", "the two ranges beside each other")[given]


def _worth(forecast: Forecast) -> str:
    return "coverage not measured" if held(forecast) is None else f"held {held(forecast)} times in 100"


def _finding(series: Series, recommended: Forecast, usual: Forecast, year: int) -> str:
    found = f"{series.counts[-1]:,} {series.unit} in {series.years[-1]}"
    ours, theirs = recommended["95"], usual["95"]
    if ours.value is None:
        return f"{found}; no range for {year}: {ours.reason}"
    found += f"; for {year} the 95% range is {spoken_range(ours)} ({_worth(recommended)})"
    if theirs.value is not None:
        found += f", against {spoken_range(theirs)} by {theirs.method} ({_worth(usual)})"
    return found


def _table(series: Series, rates: Sequence[Estimate], forecasts: Sequence[Forecast], year: int) -> Table:
    rows: list[list[Any]] = [
        [str(at), "count", count, level_text(rate.level), *cells(rate)[1:], "does not apply"]
        for at, count, rate in zip(series.years, series.counts, rates, strict=True)
    ]
    for forecast in forecasts:
        for name in ("80", "95"):
            estimate, covers = forecast[name], forecast.get(f"covers.{name}", "not measured")
            rows.append([str(year), estimate.method, estimate, f"{name}%", *cells(estimate)[1:], covers])
    heads = ["Year", "What", sentence_case(series.unit), "Level", "Low", "High", "Measured coverage, %"]
    caption = f"{sentence_case(series.title)}, and forecasts with their measured coverage"
    styles = dict.fromkeys([heads[2], "Low", "High"], ".0f") | {heads[-1]: ".1f"}
    return table("counts-and-forecast-data", caption, heads, rows, styles=styles)
