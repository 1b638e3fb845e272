"""Figure of forecasts of the same count by many methods, coloured by how often each has held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analysis.charts.drawing import figure
from analysis.charts.forest import Mark, Row, Scale, forest
from analysis.charts.palette import AMBER, BLUE, INK, MUTED, ORANGE
from analysis.estimates import Estimate
from analysis.figures.observations import Series
from analysis.parts.figures import Figure
from analysis.parts.numbers import sentence_case, significant

TICKS = tuple(step * 10**power for step in (1, 2, 5) for power in range(9))
REACH = 16  # the axis ends at the last count times and over this at most; what goes on gets an arrow
NEAR, SHORT = 92, 85  # times in 100 that a 95% interval has to hold to be near that, or only a bit short
NOT_MEASURED = "not measured"
KINDS = {
    BLUE: f"held at least {NEAR} times in 100",
    AMBER: f"{SHORT} to {NEAR - 1}",
    ORANGE: f"below {SHORT}",
    MUTED: NOT_MEASURED,
}

Forecast = Mapping[str, Estimate]


@figure
def forecast_intervals(series: Series, forecasts: Sequence[Forecast]) -> Figure:
    """Medians and prediction intervals of one future count under each method.

    Parameters
    ----------
    series : the counts forecast from.
    forecasts : of the same year, the recommended first. Each has "year", "80" and "95" (median and prediction
        interval), and "covers.80" and "covers.95": how often in 100 such intervals of the method have held.
    """
    first, *others = forecasts
    others.sort(key=lambda f: -1 if held(f) is None else held(f), reverse=True)
    year, last = round(first["year"].value), series.counts[-1]
    coverage = "Coverage of 95%"
    rows = []
    for forecast in [first, *others]:
        widest, times = forecast["95"], held(forecast)
        colour = MUTED if times is None else BLUE if times >= NEAR else AMBER if times >= SHORT else ORANGE
        values = {"Median": Mark(widest, colour, 3, "hollow"), "80% interval": Mark(forecast["80"], colour, 9, "")}
        values |= {coverage: forecast.get("covers.95", NOT_MEASURED)}
        limits = "–" if widest.value is None else spoken_range(widest).replace(" to ", "–")
        texts = (limits, "–" if times is None else str(times))
        rows.append(Row(sentence_case(widest.method), values, texts, strong=forecast is first))
    middle = max(last, 1)
    marks = [mark for row in rows for mark in row.marks.values()]
    limits = [x for mark in marks for x in (mark.estimate.low, mark.estimate.high) if x]
    reach = min(REACH, 1.1 * max([2, *(max(x / middle, middle / x) for x in limits)]))
    used = {mark.colour for mark in marks if mark.estimate.value is not None}
    title, line = f"{sentence_case(series.unit)} in {year}, log scale", f"{last:,} in {series.years[-1]}"
    return forest(
        rows,
        Scale(middle / reach, middle * reach, TICKS, title, log=True, lines=[(middle, line, MUTED)]),
        id="forecast-intervals",
        title=_finding(series, [first, *others], year),
        caption=(
            f"Median (point) and prediction intervals for {series.unit} in {year} by method; each is right only if its "
            "model is. Colour and last column: how often the 95% interval of the method held the count that "
            "followed in other short public series, in 100. An arrow: the interval goes on."
        ),
        cannot_show="Changes of rules, effort or reporting to come: no method here knows of them.",
        head="Method",
        about=f"Forecasts for {year} after {line}: median with limits at 95%",
        texts=("95%\ninterval", "Held,\nin 100"),
        marks=[
            ("thick 80%, thin 95% prediction interval", INK, 3),
            *((words, colour, 8) for colour, words in KINDS.items() if colour in used),
        ],
        styles={"Median": ".0f", "80% interval": ".0f", coverage: ".1f"},
        of=series,
    )


def held(forecast: Forecast) -> int | None:
    """How often in 100 the widest interval of the method has held; None where that was not measured."""
    covers = forecast.get("covers.95")
    return None if covers is None or covers.value is None else round(covers.value)


def spoken_range(estimate: Estimate) -> str:
    """Limits of a forecast to two figures, "130 to 1,800"; to more where that would blur a narrow one."""
    low, high = estimate.low, estimate.high
    if low is None or high is None:
        return " to ".join("any" if x is None else _count(x, 2) for x in (low, high))
    whole = max(2, len(f"{high:.0f}"))

    def moved(figures: int) -> float:
        return max(abs(x - float(_count(x, figures).replace(",", ""))) for x in (low, high))

    figures = next((k for k in range(2, whole) if moved(k) <= (high - low) / 10), whole)
    return f"{_count(low, figures)} to {_count(high, figures)}"


def _count(count: float, figures: int) -> str:
    """A count to so many significant figures, and without decimals."""
    whole = len(f"{abs(count):.0f}")
    return significant(count, figures) if whole >= figures else f"{count:,.0f}"


def _finding(series: Series, forecasts: Sequence[Forecast], year: int) -> str:
    first = forecasts[0]["95"]
    if first.value is None:
        return f"No range for {series.unit} in {year}: {first.reason}"
    found = f"{spoken_range(first)} {series.unit} in {year} is the 95% range"
    if held(forecasts[0]) is not None:
        found += f" of a method whose ranges have held {held(forecasts[0])} times in 100"
    bold = [f for f in forecasts[1:] if held(f) is not None and held(f) < SHORT and f["95"].high is not None]
    if bold:
        worst = min(bold, key=lambda f: f["95"].high / max(f["95"].low or 0, 0.5))
        found += f"; {spoken_range(worst['95'])}, by {worst['95'].method}, is that of one that has held {held(worst)}"
    return found
