"""The one figure of the first screen: the counts as columns, and two ranges for the next one, named in place."""

from __future__ import annotations

from matplotlib.figure import Figure as Drawing

from analysis.charts.counts import course
from analysis.charts.drawing import canvas, figure, finished, is_narrow, panel
from analysis.charts.forecasts import Forecast, held, spoken_range
from analysis.charts.marks import columns, fitted, note, spread_out, text_width, upright, year_axis
from analysis.charts.palette import BLUE, MUTED, SKY
from analysis.charts.theme import CLEAR
from analysis.estimates import Estimate
from analysis.figures.observations import Series
from analysis.parts.figures import Figure
from analysis.parts.numbers import odds_text, sentence_case
from analysis.parts.tables import Table, cells, table

ROOM = 3.6  # inches, height of the axes


@figure
def counts_and_forecast(series: Series, forecast: Forecast) -> Figure:
    """Counts as columns, then two ranges for the next one, named by how often such ranges should hold.

    Parameters
    ----------
    series : annual counts.
    forecast : "year", "80" and "95" (median and prediction interval), and "covers.80" and "covers.95": how often in
        100 such intervals of the method have held.
    """
    year, years, counts = round(forecast["year"].value), series.years, series.counts
    wide, inner = forecast["95"], forecast["80"]
    known = wide.value is not None
    ranges = [(wide, 4), (inner, 16)] if known else []
    words = [f"{odds_text(e.level)}:\n{spoken_range(e)}" for e, _ in ranges] or [fitted(wide.reason, 1.5)[0]]

    def draw(width: float) -> Drawing:
        narrow = is_narrow(width)
        bars = [bar for _, bar in ranges] or [0]
        marks = [(text.replace("\n", " "), SKY, bar) for text, bar in zip(words, bars, strict=True)]
        drawing, below = canvas(width, ROOM + 0.9, marks if narrow else ())
        axes = panel(drawing, 0.65, 0.15, below + 0.3, 0.5)
        inches = axes.bbox.width / drawing.dpi
        aside = 0 if narrow else max(text_width(text, weight="bold") for text in words)
        span = year - years[0] + 1
        end, slot = years[0] - 0.5 + span * inches / (inches - aside), 72 * (inches - aside) / span  # points of a year
        top = 1.1 * max(*counts, 1, min(wide.high or 0, 8 * max(counts)))
        axes.set(xlim=(years[0] - 0.5, end), ylim=(0, top))
        columns(axes, years, counts, counts, BLUE)
        for estimate, bar in ranges:
            upright(axes, year, estimate, SKY, min(bar, 0.6 * slot), top)
        low, high = (min(e.high or top, top) if known else top / 2 for e in (inner, wide))
        gap = 0.5 / ROOM * top
        places = spread_out([(low + high) / 2, low][: len(words)], gap, gap / 2, top - gap / 2)
        for text, place in () if narrow else zip(words, places, strict=True):
            x, aside = (year, 13) if known else (year - 0.5, 6)
            note(axes, x, place, text, weight="bold", bbox=CLEAR, xytext=(aside, 0))
        axes.axvline(year - 0.5, color=MUTED, lw=0.8, ls=(0, (1, 3)), zorder=0)
        where = {"xycoords": ("data", "axes fraction"), "xytext": (0, 9), "color": MUTED}
        note(axes, year + 0.5, 1, "forecast", ha="right", va="bottom", **where)
        year_axis(axes, [*years, year], series.unit)
        return drawing

    measured = ""
    if known and held(forecast) is not None:
        measured = f" Ranges made in this way held the next count {held(forecast)} times in 100 in other public series."
    return finished(
        draw,
        id="counts-and-forecast",
        title=_finding(series, wide, year),
        caption=(
            f"{sentence_case(series.title)}, as published, and prediction intervals for {year}: a thick bar that "
            f"should hold {odds_text(inner.level)} times, a thin one {odds_text(wide.level)}.{measured}"
            if known
            else f"{sentence_case(series.title)}, as published, without a prediction interval for {year}."
        ),
        pattern=f"One column a year, {course(counts)}, then {'two ranges' if known else 'no range'}.",
        cannot_show="Why the counts changed, or that past changes go on.",
        table=_table(series, forecast, year),
        of=series,
    )


def _finding(series: Series, wide: Estimate, year: int) -> str:
    found = f"{series.counts[-1]:,} {series.unit} in {series.years[-1]}"
    if wide.value is None:
        return f"{found}; no range for {year}: {wide.reason}"
    return f"{found}; for {year} a range of {spoken_range(wide)} should hold {odds_text(wide.level)} times"


def _table(series: Series, forecast: Forecast, year: int) -> Table:
    rows = [[str(at), count, *["published"] * 3] for at, count in zip(series.years, series.counts, strict=True)]
    for name in ("80", "95"):
        estimate = forecast[name]
        should = "" if estimate.level is None else f", {odds_text(estimate.level)} times"
        rows.append([f"{year}{should}", *cells(estimate), forecast.get(f"covers.{name}", "not measured")])
    heads = ["Year", sentence_case(series.unit), "Low", "High", "Held elsewhere, %"]
    caption = f"{sentence_case(series.title)}, and the forecast with its measured coverage"
    styles = dict.fromkeys(heads[1:4], ".0f") | {heads[-1]: ".1f"}
    return table("counts-and-forecast-data", caption, heads, rows, styles=styles)
