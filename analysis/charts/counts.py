"""Figure of the counts themselves: points with the rates that could have produced them, and no line."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from analysis.charts.drawing import canvas, heading, note, panel, points, sentence, spread_out
from analysis.charts.theme import BAND, BLUE, MUTED, SKY, Chart, chart, themed
from analysis.estimates import Estimate
from analysis.figures.observations import Series
from analysis.prose import level_text, limits_text
from analysis.tables import from_rows

AXES = 3.4  # height in inches


@themed()
def annual_counts(
    series: Series, poisson: Sequence[Estimate], overdispersed: Sequence[Estimate], dispersion: float
) -> Chart:
    """Counts of each year with intervals for Poisson counts and for counts `dispersion` times as variable.

    Parameters
    ----------
    series : annual counts. poisson, overdispersed : `analysis.growth.ratios.count_rate` of each, in order.
    """
    years, counts = series.years, series.counts
    figure = canvas(AXES + 0.92)
    axes = panel(figure, 0.62, 1.95, 0.42, 0.5)
    axes.bar(years, counts, width=0.5, color=BAND, linewidth=0, zorder=1)
    for year, count, narrow, wide in zip(years, counts, poisson, overdispersed, strict=True):
        axes.plot([year, year], [wide.low, wide.high], color=SKY, lw=3, solid_capstyle="butt", zorder=2)
        axes.plot([year, year], [narrow.low, narrow.high], color=BLUE, lw=6, solid_capstyle="butt", zorder=3)
        note(axes, year, count, f"{count:,}", xytext=(9, 0), weight="bold")
    points(axes, years, counts)
    top = max(e.high for e in overdispersed)
    axes.set(xlim=(years[0] - 0.55, years[-1] + 0.55), ylim=(0, top * 1.06), xticks=years, xlabel="", ylabel="")
    axes.grid(axis="x", visible=False)
    axes.yaxis.set_major_formatter("{x:,.0f}")
    heading(axes, 0.1, f"{sentence(series.unit)} a year")
    _name_intervals(axes, years[-1], poisson[-1], overdispersed[-1], dispersion)
    level = level_text(poisson[-1].level)
    rows = [
        [str(y), c, round(p.low), round(p.high), round(w.low), round(w.high)]
        for y, c, p, w in zip(years, counts, poisson, overdispersed, strict=True)
    ]
    columns = ["Year", sentence(series.unit), "Low, Poisson", "High, Poisson"]
    columns += [f"Low, dispersion {dispersion:g}", f"High, dispersion {dispersion:g}"]
    return chart(
        figure,
        id="annual-counts",
        title=_finding(series),
        caption=(
            f"{sum(counts):,} {series.unit} in all{_definition(series)}. The counts are complete, so an "
            "interval is not a sampling error: it holds the yearly rates that could have produced that "
            f"count. Dark bars: exact {level} confidence intervals if counts vary as Poisson counts do; "
            f"light bars: if their variance is {dispersion:g} times the mean."
        ),
        alt=_alt(series, poisson, overdispersed, dispersion),
        cannot_show="Why the counts differ: they follow what was looked for as well as what happened.",
        table=from_rows(
            "annual-counts-data",
            f"{sentence(series.title)} with {level} confidence intervals for the yearly rate",
            columns,
            rows,
        ),
    )


def _name_intervals(axes: Axes, year: int, narrow: Estimate, wide: Estimate, dispersion: float) -> None:
    """The two kinds of bar named beside the last of them."""
    level = level_text(narrow.level)
    inch = axes.get_ylim()[1] / AXES
    upper, lower = spread_out([wide.high / inch, narrow.low / inch], 0.5, 0.2, AXES)
    for point, place, text, colour in (
        (wide.high, upper, f"{level} interval if\nvariance is {dispersion:g} × mean", MUTED),
        (narrow.low, lower, f"{level} exact interval\nif counts are Poisson", BLUE),
    ):
        axes.annotate(
            text,
            (year + 0.06, point),
            xytext=(year + 0.62, place * inch),
            color=colour,
            va="center",
            annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": MUTED, "lw": 0.8, "shrinkA": 2, "shrinkB": 2},
        )


def _definition(series: Series) -> str:
    """What was counted, in the words of the source, where it was the same in every year."""
    definitions = {observation.definition for observation in series.observations}
    return f": {definitions.pop()}" if len(definitions) == 1 else ", not always counted in the same way"


def _finding(series: Series) -> str:
    (first, *_, last), (start, *_, end) = series.years, series.counts
    if start == end:
        return f"{sentence(series.title)}: as many in {last} as in {first}, {end:,}"
    verb = "rose" if end > start else "fell"
    finding = f"{sentence(series.title)} {verb} from {start:,} in {first} to {end:,} in {last}"
    steps = [
        (abs(b - a) / abs(end - start), early, late)
        for a, b, early, late in zip(series.counts, series.counts[1:], series.years, series.years[1:], strict=False)
        if (b > a) == (end > start)
    ]
    share, early, late = max(steps)
    if 1 < len(steps) == len(series.years) - 1 and share > 0.5:
        finding += f", more than half of it between {early} and {late}"
    return finding


def _alt(series: Series, poisson: Sequence[Estimate], wide: Sequence[Estimate], dispersion: float) -> str:
    points = "; ".join(
        f"{year}: {count:,} ({limits_text(p, '.0f')}, or {limits_text(w, '.0f')})"
        for year, count, p, w in zip(series.years, series.counts, poisson, wide, strict=True)
    )
    return (
        f"{len(series.years)} points, one a year, not joined by a line. {sentence(series.title)} with "
        f"{level_text(poisson[0].level)} intervals, Poisson or with dispersion {dispersion:g}: {points}."
    )
