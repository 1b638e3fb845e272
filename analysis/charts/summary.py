"""The one figure of the first screen: the counts, and two ranges for the next with what each is worth."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from analysis.charts.drawing import (
    canvas,
    fitted,
    heading,
    key,
    note,
    panel,
    points,
    sentence,
    spread_out,
)
from analysis.charts.forecasts import spoken_range
from analysis.charts.theme import BAND, BLUE, INK, MUTED, ORANGE, PAPER, WIDTH, Chart, chart, themed
from analysis.estimates import Estimate, Forecast
from analysis.figures.observations import Series
from analysis.prose import level_text, limits_text
from analysis.tables import Table, from_rows

LABELS, ROOM = 4.75, 3.75  # inches: where the words start; height of the axes
ASIDE = 0.14  # years that the two forecasts stand left and right of their year


@themed()
def counts_and_forecast(series: Series, rates: Sequence[Estimate], recommended: Forecast, usual: Forecast) -> Chart:
    """Counts with exact intervals, then the recommended and the usual forecast with their measured coverage.

    Parameters
    ----------
    series : annual counts. rates : `analysis.growth.ratios.count_rate` of each, in order.
    recommended, usual : of the same year, from `analysis.reliability.forecasts.forecast`.
    """
    year = recommended.year
    both = ((recommended, BLUE, -ASIDE), (usual, ORANGE, ASIDE))
    figure = canvas(ROOM + 1.25)
    axes = panel(figure, 0.62, WIDTH - LABELS + 0.2, 0.72, 0.53)
    ceiling = max([r.high for r in rates] + [x.estimates[-1].high or 0 for x, *_ in both])
    top = 1.05 * min(ceiling, 8 * max(series.counts))
    axes.bar(series.years, series.counts, width=0.5, color=BAND, linewidth=0, zorder=1)
    for at, count, rate in zip(series.years, series.counts, rates, strict=True):
        axes.plot([at, at], [rate.low, rate.high], color=INK, lw=4, solid_capstyle="butt", zorder=3)
        note(axes, at, max(rate.high, count), f"{count:,}", xytext=(0, 9), ha="center", weight="bold")
    points(axes, series.years, series.counts, hollow=True)
    axes.axvline(year - 0.5, color=MUTED, lw=0.8, ls=(0, (1, 3)), zorder=0)
    middles = [min(_middle(x), top) / top * ROOM for x, *_ in both]
    places = spread_out(middles, 1.0, 0.5, ROOM - 0.35)
    for (judged, colour, aside), place, middle in zip(both, places, middles, strict=True):
        _forecast(axes, judged, colour, year + aside, top)
        _words(axes, judged, colour, year + aside, place, middle)
    axes.set(
        xlim=(series.years[0] - 0.45, year + 0.4),
        ylim=(0, top),
        xticks=[*series.years, year],
        xlabel="",
        ylabel="",
    )
    axes.grid(axis="x", visible=False)
    axes.yaxis.set_major_formatter("{x:,.0f}")
    heading(axes, 0.1, f"{sentence(series.unit)} a year")
    note(
        axes,
        year - 0.46,
        1,
        "forecast",
        xycoords=("data", "axes fraction"),
        va="bottom",
        xytext=(0, 10),
        color=MUTED,
    )
    narrow, wide = (level_text(e.level) for e in recommended.estimates[:: len(recommended.estimates) - 1])
    key(
        figure,
        0.1,
        0.17,
        [
            (f"{level_text(rates[0].level)} exact interval if Poisson", INK, 4),
            (f"forecast: thick {narrow}, thin {wide} range", BLUE, 4),
        ],
    )
    return chart(
        figure,
        id="counts-and-forecast",
        title=_finding(series, recommended, usual),
        caption=(
            f"{sentence(series.title)}, {sum(series.counts):,} in all, with exact "
            f"{level_text(rates[0].level)} confidence intervals for a Poisson rate. For {year}, {narrow} "
            f"(thick) and {wide} (thin) prediction intervals of two methods; how often in 100 such {wide} "
            "intervals held the next count was measured on other short public series."
        ),
        alt=_alt(series, rates, recommended, usual),
        cannot_show="Why the counts changed, or that past changes go on.",
        table=_table(series, rates, recommended, usual),
    )


def _middle(judged: Forecast) -> float:
    widest = judged.estimates[-1]
    return widest.value if widest.value is not None else 0.0


def _forecast(axes: Axes, judged: Forecast, colour: str, x: float, top: float) -> None:
    for estimate, width in ((judged.estimates[-1], 3), (judged.estimates[0], 9)):
        if estimate.value is None:
            return
        high = top if estimate.high is None else min(estimate.high, top)
        axes.plot([x, x], [estimate.low or 0, high], color=colour, lw=width, solid_capstyle="butt", zorder=2)
    axes.plot([x], [_middle(judged)], marker="o", ms=5.5, mfc=PAPER, mec=INK, mew=1.4, zorder=4)


def _words(axes: Axes, judged: Forecast, colour: str, x: float, place: float, middle: float) -> None:
    """Name, range and worth of one forecast to the right of it, and a thin line to it."""
    inch, widest = LABELS / WIDTH, judged.estimates[-1]
    if widest.value is not None:
        axes.annotate(
            "",
            (x, middle / ROOM),
            xycoords=("data", "axes fraction"),
            xytext=(inch - 0.01, place / ROOM),
            textcoords=("figure fraction", "axes fraction"),
            annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": colour, "lw": 1, "shrinkA": 0, "shrinkB": 6},
        )
    name, size = fitted(sentence(judged.method), WIDTH - LABELS - 0.1, "bold")
    lines = [(name, {"weight": "bold", "color": colour, "fontsize": size})]
    if widest.value is None:
        reason, size = fitted(widest.reason, WIDTH - LABELS - 0.1)
        lines.append((reason, {"fontsize": size, "va": "top"}))
    else:
        lines.append((f"{spoken_range(widest)} at {level_text(widest.level)}", {}))
        held = judged.coverage[widest.level]
        worth = "coverage not measured" if held.value is None else f"has held {held.value:.0f} times in 100"
        lines.append((worth, {"color": MUTED}))
    for k, (text, options) in enumerate(lines):
        note(
            axes,
            inch,
            place / ROOM,
            text,
            xycoords=("figure fraction", "axes fraction"),
            xytext=(0, 15 - 15 * k),
            **options,
        )


def _held(judged: Forecast) -> str:
    widest = judged.estimates[-1]
    held = judged.coverage[widest.level]
    return "coverage not measured" if held.value is None else f"held {held.value:.0f} times in 100"


def _finding(series: Series, recommended: Forecast, usual: Forecast) -> str:
    last = f"{series.counts[-1]:,} {series.unit} in {series.years[-1]}"
    ours, theirs = (x.estimates[-1] for x in (recommended, usual))
    year, level = recommended.year, level_text(ours.level)
    if ours.value is None:
        return f"{last}; no range for {year}: {ours.reason}"
    found = f"{last}; for {year} the {level} range is {spoken_range(ours)} ({_held(recommended)})"
    if theirs.value is not None:
        found += f", against {spoken_range(theirs)} by {usual.method} ({_held(usual)})"
    return found


def _alt(series: Series, rates: Sequence[Estimate], recommended: Forecast, usual: Forecast) -> str:
    counts = "; ".join(
        f"{year}: {count:,} ({limits_text(rate, '.0f')})"
        for year, count, rate in zip(series.years, series.counts, rates, strict=True)
    )
    ranges = []
    for judged in (recommended, usual):
        estimates = judged.estimates
        if estimates[-1].value is None:
            ranges.append(f"{judged.method}: {estimates[-1].reason}")
            continue
        spans = ", ".join(f"{level_text(e.level)} {spoken_range(e)}" for e in estimates)
        ranges.append(f"{judged.method}: {spans}, {_held(judged)}")
    return (
        f"{sentence(series.title)} as columns with exact {level_text(rates[0].level)} intervals. {counts}. "
        f"Ranges for {recommended.year}. {sentence('. '.join(map(sentence, ranges)))}."
    )


def _table(series: Series, rates: Sequence[Estimate], recommended: Forecast, usual: Forecast) -> Table:
    rows: list[list[object]] = [
        [str(year), "count", count, level_text(rate.level), rate.low, rate.high, "does not apply"]
        for year, count, rate in zip(series.years, series.counts, rates, strict=True)
    ]
    for judged in (recommended, usual):
        for e in judged.estimates:
            ends = [x if x is not None else e.reason for x in (e.low, e.high)]
            held = judged.coverage[e.level]
            rows.append([str(judged.year), judged.method, e, level_text(e.level), *ends, held])
    columns = ["Year", "What", sentence(series.unit), "Level", "Low", "High", "Measured coverage, %"]
    caption = f"{sentence(series.title)}, and forecasts with their measured coverage"
    styles = {columns[2]: ".0f", "Low": ".0f", "High": ".0f", columns[-1]: ".1f"}
    return from_rows("counts-and-forecast-data", caption, columns, rows, styles=styles)
