"""The figures: what they say follows the values, and what they look like can be read by everyone."""

from __future__ import annotations

import functools
import hashlib
import itertools
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as Drawing
from matplotlib.text import Text

from analysis.charts import theme
from analysis.charts.calibration import method_calibration
from analysis.charts.claims import UNCHECKED, claims_audit
from analysis.charts.counts import annual_counts
from analysis.charts.finds import two_series
from analysis.charts.forecasts import forecast_intervals, spoken_range
from analysis.charts.forest import Mark, Row, Scale, forest
from analysis.charts.frontier import where_findings_are_lost
from analysis.charts.marks import fitted, spread_out
from analysis.charts.palette import AMBER, BLUE, MUTED, ORANGE, PALETTE
from analysis.charts.ratios import year_on_year_ratios
from analysis.charts.shapes import shape_fan
from analysis.charts.specification import growth_by_reading, specification_curve
from analysis.charts.summary import counts_and_forecast
from analysis.estimates import Conclusion, Estimate
from analysis.figures.observations import Observation, Series, Source
from analysis.growth.frontier import start_and_dispersion
from analysis.parts.figures import Figure
from analysis.parts.results import MIME
from analysis.periods import Period

ROOT = Path(__file__).resolve().parent.parent
SOURCE = Source("Title", "Publisher", "https://example.org", "2019", "OGL", "table 1")
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
TEXT_COLOURS = ("chart-ink", "chart-muted", "chart-blue", "chart-orange")
MARK_COLOURS = ("chart-ink", "chart-blue", "chart-sky", "chart-orange", "chart-amber")

# Stand-ins: the charts are told everything, so that literal numbers do for what other rooms compute.


def est(value: float | None = None, low: float | None = None, high: float | None = None, **more: Any) -> Estimate:
    """An estimate with a 95% confidence interval where it has a limit."""
    about = {"estimand": "e", "unit": "", "method": "m", "value": value, "low": low, "high": high}
    if low is not None or high is not None:
        about |= {"level": 0.95, "interval": "confidence"}
        about |= {"reason": "unbounded"} if None in (low, high, value) else {}
    elif value is None:
        about["reason"] = "not estimable: both counts are 0"
    return Estimate(**about | more)


def a_series(counts: Sequence[int], title: str = "Letters lost", unit: str = "letters", first: int = 2001) -> Series:
    observations = tuple(
        Observation(Period.calendar_year(first + k), c, c, c, "letters not delivered", "Wales", SOURCE)
        for k, c in enumerate(counts)
    )
    return Series("letters", title, "letters", unit, "outcome", observations)


def a_comparison(counts: Sequence[int | tuple[int, int | None]], last: int = 2004) -> Series:
    observations = []
    for k, count in enumerate(counts):
        value, (low, high) = (None, count) if isinstance(count, tuple) else (count, (count, count))
        period = Period.year_to(last - len(counts) + 1 + k, 3)
        observations.append(Observation(period, value, low, high, "rounds", "Wales", SOURCE))
    return Series("rounds", "Rounds walked", "rounds", "rounds", "comparison", tuple(observations))


def rates(series: Series, spread: float = 2) -> list[Estimate]:
    return [est(c, max(c - spread * c**0.5, 0), c + spread * (c + 1) ** 0.5, unit="a year") for c in series.counts]


def counts_chart(series: Series) -> Figure:
    return annual_counts(series, rates(series), rates(series, 4.5), 5)


def a_step(early: int, late: int) -> dict[str, Any]:
    """Log-normal limits; no ratio where both counts are 0."""
    if not early + late:
        return standing("not compared", None) | {"ratio": est(unit="ratio"), "tipping": est()}
    middle, error = (late + 0.5) / (early + 0.5), (1 / (early + 0.5) + 1 / (late + 0.5)) ** 0.5
    low, high = float(middle * np.exp(-1.96 * error)), float(middle * np.exp(1.96 * error))
    ratio = est(late / early, low, high, unit="ratio") if early else est(None, low, unit="ratio")
    word = "open" if low < 1 < high else "uncommon" if max(middle, 1 / middle) > 2 else "ordinary"
    return standing(word, 7.1) | {"ratio": ratio, "tipping": est(1.25, unit="ratio") if early else est(reason="none")}


def standing(word: str, often: float | None) -> dict[str, Any]:
    base_rate = est(often, unit="%", reason="" if often else "not measured")
    return {"standing": Conclusion(about="a change", verdict=word, rule="stated"), "base-rate": base_rate}


def ratios_chart(series: Series) -> Figure:
    pairs = zip(series.counts, series.counts[1:], strict=False)
    return year_on_year_ratios(series, [a_step(early, late) for early, late in pairs])


def a_shape(name: str, df: int, mean: Callable[[np.ndarray], np.ndarray], reason: str = "") -> SimpleNamespace:
    return SimpleNamespace(name=name, residual_df=df, reason=reason, mean_at=lambda t: mean(np.asarray(t, float)))


def shapes_chart(series: Series) -> Figure:
    (first, *_, last), (a, *_, b) = series.years, series.counts
    slope, n = (b - a) / (last - first), len(series.counts)
    factor = (max(b, 1) / max(a, 1)) ** (1 / (last - first))
    shapes = [
        a_shape("linear trend", n - 2, lambda t: a + slope * (t - first)),
        a_shape("log-linear trend", n - 2, lambda t: max(a, 1) * factor ** (t - first)),
        a_shape("level shift", n - 2, lambda t: np.where(t > first, float(b), float(a))),
        a_shape("Gompertz", n - 3, lambda t: b + (a - b) * np.exp(-(t - first))),
        a_shape("logistic", n - 3, lambda t: t, reason="no finite asymptote"),
    ]
    return shape_fan(series, rates(series), shapes)


def a_forecast(
    method: str, low: float | None, high: float | None, covers: float | None, year: int = 2005, reason: str = ""
) -> dict[str, Estimate]:
    found = {"year": est(year, unit="calendar year"), "covers.80": est(70, unit="%")}
    found["covers.95"] = est(reason="not measured") if covers is None else est(covers, covers - 2, covers + 2, unit="%")
    about = {"estimand": f"count in {year}", "unit": "letters", "method": method, "interval": "prediction"}
    for name, inward in (("80", 1.2), ("95", 1)):
        if reason:
            found[name] = Estimate(**about | {"interval": ""}, reason=reason)
        else:
            ends = {"low": low * inward, "high": None if high is None else max(high / inward, low * inward)}
            middle = (low * (high or 4 * low + 1)) ** 0.5
            found[name] = Estimate(**about, value=middle, **ends, level=int(name) / 100, reason="unbounded above")
    return found


def forecasts_of(series: Series) -> list[dict[str, Estimate]]:
    last, year = series.counts[-1], series.years[-1] + 1
    undefined = "undefined: a count of zero has no logarithm"
    return [
        a_forecast("reference-class forecast", last / 4, last * 3, 95.2, year),
        a_forecast("trend through logarithms of all counts, variance at least Poisson", last / 9, None, 92.4, year)
        if min(series.counts)
        else a_forecast("trend through logarithms of all counts", None, None, 92.4, year, undefined),
        a_forecast("Poisson trend", last * 0.9, last * 1.2, 51.3, year),
        a_forecast("random walk, t", 0, last * 40, 89.6, year),
        a_forecast("a new method", last / 2, last * 2, None, year),
    ]


def forecasts_chart(series: Series) -> Figure:
    return forecast_intervals(series, forecasts_of(series))


def summary_chart(series: Series) -> Figure:
    return counts_and_forecast(series, forecasts_of(series)[0])


def readings_chart(series: Series) -> Figure:
    first = 100 * (series.counts[-1] - series.counts[0]) / (series.counts[0] + 1)
    about = {"level": None, "interval": "range", "unit": "% a year"}
    names = ("2001 as 12 months", "2001 as 6 months", "without 2001")
    return growth_by_reading(
        [
            est(None, first / k - 3, first / k + 2, estimand=f"growth a year, {name}", **about)
            for k, name in enumerate(names, 1)
        ],
        of=series,
    )


def specifications(center: float) -> list[SimpleNamespace]:
    found = []
    cells = itertools.product(("2001 as 12 months", "without 2001"), ("compound", "Poisson"), (1.0, 5.0))
    for k, (years, model, dispersion) in enumerate(cells):
        value = center + 5 * k
        estimate = est(value, value - 9 * dispersion, value + 9 * dispersion, unit="% a year")
        found.append(
            SimpleNamespace(
                years=years,
                model=model,
                dispersion=dispersion,
                estimate=estimate,
                valid=k % 3 > 0,
                reason="" if k % 3 else "no",
            )
        )
    return [*found, SimpleNamespace(estimate=None, valid=False, reason="not meaningful")]


def specification_chart(series: Series) -> Figure:
    spread = {"years": est(0.7), "model": est(0.2), "dispersion": est(0.1)}
    center = 100 * (series.counts[-1] - series.counts[0]) / (series.counts[0] + 1) / 3
    return specification_curve(specifications(center), spread, of=series)


def a_score(title: str, narrow: float, wide: float) -> SimpleNamespace:
    coverage = {0.8: est(narrow, narrow - 4, narrow + 4, unit="%"), 0.95: est(wide, wide - 3, wide + 2, unit="%")}
    about = {"method": title, "n": 4, "horizon": 1, "windows": 5335, "families": 15}
    return SimpleNamespace(title=title, coverage=coverage, wis=est(0.21, 0.18, 0.25), **about)


SCORES = [a_score("reference-class forecast", 80.4, 94.9), a_score("log random walk, t", 79.2, 92.3)]
SCORES += [a_score("Poisson trend", 38.1, 51.2), a_score("average of several, each with a long name", 73.1, 95.6)]


def calibration_chart() -> Figure:
    return method_calibration(SCORES, [a_score(s.method, 33.3, 44.4) for s in SCORES], of="data/benchmark/scores.json")


def a_judgement(words: str, verdict: str = "holds", slack: float | None = 0, **more: Any) -> SimpleNamespace:
    claim = SimpleNamespace(words=words, says=f"it says {words}")
    about = {"calculation": "594 - 153", "value": est(441, unit="letters"), "reason": ""}
    tolerance = est(slack, unit="%") if slack is not None else est(reason="nothing to compare", unit="%")
    return SimpleNamespace(claim=claim, verdict=verdict, critical_tolerance=tolerance, **about | more)


JUDGEMENTS = [
    a_judgement("almost quadrupled", slack=2.94, calculation="594 / 153", value=est(3.882, unit="ratio")),
    a_judgement("the bulk", UNCHECKED[0], None, reason="no breakdown", value=est(), calculation="none"),
    a_judgement("1,736 in all", calculation="153 + 462 + 527 + 594", value=est(1736, unit="letters")),
    a_judgement("fell", "contradicted", 131.4),
]


def claims_chart(judgements: Sequence[Any] = JUDGEMENTS) -> Figure:
    return claims_audit(judgements, of=a_series((153, 462, 527, 594)))


def finds_chart(earlier: int | tuple[int, int] = (9215, 9295), later: int = 10643) -> Figure:
    about = {"unit": "per 100 rounds", "level": None, "interval": "range"}
    first = est(None if isinstance(earlier, tuple) else 5.1, 4.97, 5.72, **about)
    ratios = [first, est(5.109, 4.95, 5.26, **about)]
    return two_series(SERIES, a_comparison([earlier, later]), "Letters for every 100 rounds", ratios)


def frontier_chart(counts: Sequence[int] = (153, 462, 527, 594)) -> Figure:
    frontiers = start_and_dispersion(range(2001, 2001 + len(counts)), counts)
    return where_findings_are_lost(frontiers, est(4.5, 3.6, 5.5, unit="months"), of=SERIES)


SERIES = a_series((153, 462, 527, 594))
CHARTS: dict[str, Callable[[], Figure]] = {
    "summary": lambda: summary_chart(SERIES),
    "counts": lambda: counts_chart(SERIES),
    "ratios": lambda: ratios_chart(SERIES),
    "readings": lambda: readings_chart(SERIES),
    "shapes": lambda: shapes_chart(SERIES),
    "forecasts": lambda: forecasts_chart(SERIES),
    "specification": lambda: specification_chart(SERIES),
    "calibration": calibration_chart,
    "frontier": frontier_chart,
    "finds": finds_chart,
    "claims": claims_chart,
}
OF_A_SERIES = (counts_chart, ratios_chart, shapes_chart, forecasts_chart, summary_chart, specification_chart)
OF_A_SERIES += (readings_chart,)
OTHERS = {
    "three, falling": (4000, 2100, 1500),
    "small, with zeros": (0, 0, 6, 14, 0, 3),
    "twelve, large": tuple(12_345 + 811 * k + 999 * (k % 3) for k in range(12)),
    "twenty": tuple(range(153, 173)),
    "still": (50, 50, 50, 50),
    "one step": (20, 35),
}


@functools.cache
def drawn(name: str) -> Figure:
    return CHARTS[name]()


@functools.cache
def trees(name: str) -> list[ElementTree.Element]:
    """The picture for a page, then the one for a phone."""
    return [ElementTree.fromstring(svg) for svg in (drawn(name).svg, drawn(name).narrow)]


def tree(name: str) -> ElementTree.Element:
    return trees(name)[0]


def style(element: ElementTree.Element) -> dict[str, str]:
    return dict(rule.split(":", 1) for rule in element.get("style", "").split(";") if rule)


def said(figure: Figure) -> str:
    return " ".join((figure.title, figure.caption, figure.alt))


every = pytest.mark.parametrize("name", CHARTS)


# Colours


def luminance(colour: str) -> float:
    return float(linear(colour) @ [0.2126, 0.7152, 0.0722])


def linear(colour: str) -> np.ndarray:
    levels = np.array([int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)])
    return np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, relative luminance contrast."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


# Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB.
SIGHT = {
    "all cones": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
    "no cones": np.tile([0.2126, 0.7152, 0.0722], (3, 1)),
}


def oklab(rgb: np.ndarray) -> np.ndarray:
    """Ottosson (2020): a space in which distance is near to perceived difference."""
    cones = np.array(
        [
            [0.4122214708, 0.5363325363, 0.0514459929],
            [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005],
        ]
    )
    axes = np.array(
        [
            [0.2104542553, 0.7936177850, -0.0040720468],
            [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660],
        ]
    )
    return axes @ np.cbrt(cones @ np.clip(rgb, 0, 1))


def difference(one: str, other: str, sight: np.ndarray) -> float:
    return float(np.linalg.norm(oklab(sight @ linear(one)) - oklab(sight @ linear(other))))


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["chart-paper", "chart-band"])
def test_text_and_marks_stand_out_from_what_is_behind_them(scheme: int, ground: str) -> None:
    behind = PALETTE[ground][scheme]
    for token in TEXT_COLOURS:
        assert contrast(PALETTE[token][scheme], behind) >= 4.5, token
    for token in (*MARK_COLOURS, "chart-muted"):
        assert contrast(PALETTE[token][scheme], behind) >= 3, token


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("sight", [s for s in SIGHT if s != "no cones"])
def test_marks_can_be_told_apart_by_every_kind_of_sight(scheme: int, sight: str) -> None:
    for one, other in itertools.combinations(MARK_COLOURS, 2):
        found = difference(PALETTE[one][scheme], PALETTE[other][scheme], SIGHT[sight])
        assert found >= 0.10, (one, other)  # 0.02 is about one just noticeable difference


def test_a_pair_that_readers_confuse_is_caught() -> None:
    red, green = "#c44e52", "#55a868"  # two neighbours of a popular palette
    assert difference(red, green, SIGHT["all cones"]) > 2 * difference(red, green, SIGHT["deuteranopia"])


def test_the_light_form_of_a_colour_names_its_token() -> None:
    lights = [light for light, _ in PALETTE.values()]
    assert len(set(lights)) == len(lights)
    assert all(re.fullmatch("#[0-9a-f]{6}", colour) for pair in PALETTE.values() for colour in pair)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_bars_can_be_seen_on_columns(scheme: int) -> None:
    for bar, ground in (("chart-ink", "chart-sky"), ("chart-ink", "chart-amber")):
        assert contrast(PALETTE[bar][scheme], PALETTE[ground][scheme]) >= 3


def test_a_colour_means_the_same_in_the_light_and_in_the_dark() -> None:
    """Hues stay within a twelfth of the circle, and the marks have the same order of contrast with the paper."""
    for token in MARK_COLOURS[1:]:
        hues = [np.degrees(np.arctan2(b, a)) for _, a, b in (oklab(linear(colour)) for colour in PALETTE[token])]
        assert abs((hues[0] - hues[1] + 180) % 360 - 180) <= 30, token
    tokens = (*MARK_COLOURS, "chart-muted")
    orders = [
        sorted(tokens, key=lambda token: contrast(PALETTE[token][scheme], PALETTE["chart-paper"][scheme]))
        for scheme in (0, 1)
    ]
    assert orders[0] == orders[1]


@every
def test_every_colour_of_a_figure_is_in_the_palette_and_text_can_be_read(name: str) -> None:
    lights = {light for light, _ in PALETTE.values()}
    inks = {PALETTE[token][0] for token in TEXT_COLOURS}
    assert not re.search(r"rgb|hsl|opacity|filter|mask|gradient", drawn(name).svg + drawn(name).narrow)
    for element in itertools.chain(*(root.iter() for root in trees(name))):
        rules = style(element)
        paints = {rules.get("fill"), rules.get("stroke"), element.get("fill"), element.get("stroke")}
        assert paints <= lights | {None, "none"}, ElementTree.tostring(element)
        if element.tag.endswith("text"):
            assert rules["fill"] in inks
            assert float(rules["font-size"].removesuffix("px")) * 100 / 72 >= 12  # 100 CSS pixels an inch


# The SVG


@every
def test_the_svg_is_small_and_keeps_to_itself(name: str) -> None:
    figure, seen = drawn(name), []
    for svg, root, width, prefix in zip(
        (figure.svg, figure.narrow), trees(name), ("720", "330"), (f"{figure.id}-", f"{figure.id}-narrow-"), strict=True
    ):
        assert len(svg.encode()) <= 40_000
        assert root.get("width") == width
        assert (root.get("role"), root.get("aria-label")) == ("img", figure.alt)
        tags = {element.tag.rpartition("}")[2] for element in root.iter()}
        assert tags <= {"svg", "g", "path", "text", "defs", "clipPath", "rect", "use"}
        ids = [element.get("id") for element in root.iter() if element.get("id")]
        seen += ids
        assert all(found.startswith(prefix) for found in ids)
        assert set(re.findall(r"(?:url\(|href=\")#([\w-]+)", svg)) <= set(ids)
        assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", svg)
        for element in root.iter():  # the last digits of a float never show
            for key in ("d", "x", "y", "width", "height"):
                assert all(len(n.partition(".")[2]) <= 2 for n in NUMBER.findall(element.get(key, "")))
    assert len(set(seen)) == len(seen), "both can stand in one page"


@every
def test_the_drawing_for_a_phone_says_the_same(name: str) -> None:
    """The same colours mean the same there; no bar, point or curve is left out."""
    wide, narrow = trees(name)
    colours = [{style(e).get("stroke") for e in root.iter()} for root in (wide, narrow)]
    assert colours[0] & {BLUE, ORANGE, AMBER} <= colours[1]
    words = [" ".join(e.text or "" for e in root.iter()) for root in (wide, narrow)]
    values = {n for n in re.findall(r"\d[\d,]*(?:\.\d+)?", words[0])}
    left_out = values - set(re.findall(r"\d[\d,]*(?:\.\d+)?", words[1]))
    assert len(left_out) <= 0.35 * len(values), left_out  # ticks, years between the ends, a range beside a ratio


PRINT_HASHES = """
import sys
sys.path.insert(0, "tests")
import matplotlib
matplotlib.rcParams["lines.linewidth"] = 9
import test_charts
for name in sorted(test_charts.CHARTS, reverse=True):
    print(name, test_charts.digest(test_charts.drawn(name)))
"""


def digest(figure: Figure) -> str:
    return hashlib.sha256(json.dumps([figure.content(), figure.svg]).encode()).hexdigest()


def test_another_process_with_other_settings_and_order_draws_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "matplotlibrc").write_text("font.size: 23\nsvg.fonttype: path\naxes.grid: True\nbackend: svg\n")
    other = {"MPLBACKEND": "pdf", "MATPLOTLIBRC": str(tmp_path), "PYTHONHASHSEED": "random", "TZ": "Asia/Tokyo"}
    done = subprocess.run(
        [sys.executable, "-c", PRINT_HASHES], cwd=ROOT, env=os.environ | other, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert dict(line.split() for line in done.stdout.splitlines()) == {n: digest(drawn(n)) for n in CHARTS}


def test_drawing_leaves_matplotlib_as_it_was() -> None:
    before = dict(mpl.rcParams.copy())
    counts_chart(SERIES)
    assert dict(mpl.rcParams.copy()) == before


# Nothing overlaps and nothing is cut off


def collisions(figure: Drawing) -> list[str]:
    """Texts of a drawn figure that leave it or lie on one another."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    texts = [t for t in figure.findobj(Text) if t.get_text().strip() and t.get_visible()]
    shown = {id(t): t for axes in figure.axes for t in _tick_texts(axes)}
    texts = [t for t in texts if id(t) in shown or not _is_tick(t, figure)]
    # of the words alone: the extent of an annotation holds its arrow
    boxes = [(t.get_text(), Text.get_window_extent(t, renderer)) for t in texts]
    page = figure.bbox
    found = [
        f"{text!r} leaves the figure"
        for text, box in boxes
        if box.x0 < page.x0 or box.y0 < page.y0 or box.x1 > page.x1 or box.y1 > page.y1
    ]
    for (one, a), (other, b) in itertools.combinations(boxes, 2):
        wide, tall = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
        if wide > 1 and tall > 3:  # line boxes are taller than letters
            found.append(f"{one!r} lies on {other!r}")
    return found


def _tick_texts(axes: mpl.axes.Axes) -> list[Text]:
    """Labels of the ticks inside the limits: the others are not drawn."""
    return [
        tick.label1 for axis in (axes.xaxis, axes.yaxis) for tick in axis._update_ticks() if tick.label1.get_visible()
    ]


def _is_tick(text: Text, figure: Drawing) -> bool:
    axes = [axis for a in figure.axes for axis in (a.xaxis, a.yaxis)]
    return any(text in (tick.label1, tick.label2) for axis in axes for tick in (*axis.majorTicks, *axis.minorTicks))


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch) -> list[Drawing]:
    """Every figure saved while a test runs."""
    seen: list[Drawing] = []
    save = Drawing.savefig

    def spy(self: Drawing, *arguments: object, **options: object) -> None:
        save(self, *arguments, **options)
        seen.append(self)

    monkeypatch.setattr(Drawing, "savefig", spy)
    return seen


def check_layout(figures: Sequence[Drawing]) -> None:
    """Of both drawings of the last figure."""
    with theme.theme():
        assert [collisions(figure) for figure in figures[-2:]] == [[], []]


@every
def test_no_text_overlaps_or_is_cut_off(name: str, figures: list[Drawing]) -> None:
    CHARTS[name]()
    check_layout(figures)


@pytest.mark.parametrize("counts", OTHERS.values(), ids=OTHERS)
@pytest.mark.parametrize("make", OF_A_SERIES, ids=lambda make: make.__name__)
def test_other_series_fit_as_well(make: Callable[..., Figure], counts: Sequence[int], figures: list[Drawing]) -> None:
    figure = make(a_series(counts))
    check_layout(figures)
    assert not re.search(r"removal|account|prison|phone|\b(nan|inf|None)\b", said(figure) + figure.table.csv())
    assert untraced(figure) == []


@pytest.mark.parametrize("years", [1, 2, 6, 15])
def test_two_series_of_any_length_fit(years: int, figures: list[Drawing]) -> None:
    counts: list[Any] = [(9_215, None), *(10_000 + 700 * k for k in range(1, years))]
    ratios = [est(reason="not estimable: 275 of its 365 days were not counted")]
    ratios += [est(5.1, 4.9, 5.3) for _ in counts[1:]]
    two_series(SERIES, a_comparison(counts), "Letters for every 100 rounds", ratios)
    check_layout(figures)


def test_a_word_wider_than_its_column_is_left_whole() -> None:
    assert fitted("interdepartmentally agreed", 0.5) == ("interdepartmentally\nagreed", theme.SMALL)
    assert fitted("short", 3.0) == ("short", theme.TEXT)


def test_an_overlap_is_caught() -> None:
    with theme.theme():
        figure = Drawing(figsize=(2, 1))
        figure.text(0.1, 0.5, "one text")
        figure.text(0.2, 0.5, "another that runs over the edge")
        assert len(collisions(figure)) == 2


def test_labels_are_moved_apart_in_order_and_kept_inside() -> None:
    assert spread_out([3.9, 1.0, 3.95, 1.05], 0.5, 0.0, 4.0) == pytest.approx([3.5, 1.0, 4.0, 1.5])


# Words and numbers


def untraced(figure: Figure) -> list[str]:
    """Numbers of title, caption and text alternative that no cell or heading of the figure's own table gives."""
    table = figure.table
    cells = " ".join([table.caption, *table.columns, *(text for row in table.texts for text in row)])
    number = re.compile(r"\d[\d,]*(?:\.\d+)?")
    own = {float(text.replace(",", "")) for text in number.findall(cells)} | {0, 1, 100, len(table.texts)}
    found = []
    for text in number.findall(said(figure)):
        text = text.rstrip(",").replace(",", "")
        whole, _, decimals = text.partition(".")
        zeros = min(len(whole) - len(whole.rstrip("0")), max(len(whole) - 2, 0))
        unit = 10.0 ** (-len(decimals) if decimals else zeros)
        if not any(abs(x - float(text)) <= 0.5 * unit * (1 + 1e-9) for x in own):
            found.append(text)
    return found


@every
def test_a_figure_says_what_it_is_in_numbers_of_its_own_table(name: str) -> None:
    figure = drawn(name)
    for text in (figure.title, figure.caption, figure.alt, figure.cannot_show):
        assert text == text.strip()
        assert text[0].isupper() or text[0].isdigit()
        assert not re.search(r"\b(nan|inf|None)\b|  |\{|\}|unbounded to unbounded", text)
    assert not figure.title.endswith(".")
    assert figure.alt.startswith(f"{figure.title}. ")
    assert figure.alt.endswith(".")
    assert figure.caption.endswith(".")
    assert not re.search(r"\d", figure.cannot_show)
    assert re.search(r"interval|range", figure.caption), "the kind of uncertainty is named"
    assert figure.table.id == f"{figure.id}-data"
    assert untraced(figure) == []


def test_a_number_that_is_not_in_the_table_is_caught() -> None:
    figure = forest_of(est(3.02, 2.5, 3.7), title="It rose 17 times")
    assert untraced(figure) == ["17", "17"]  # of the title and of the text alternative


def test_a_notebook_shows_the_picture_for_a_page_with_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda data, **options: shown.append((data, options["metadata"])))
    figure = drawn("counts")
    figure._ipython_display_()
    (picture, metadata), (caption, _) = shown
    assert picture["image/svg+xml"] == figure.svg
    assert picture[MIME]["narrow"] == figure.narrow
    assert metadata == {"alt": figure.alt}
    assert figure.title in caption["text/markdown"]


@every
def test_a_figure_names_the_function_that_drew_it_and_the_rows_behind_it(name: str) -> None:
    figure = drawn(name)
    assert re.fullmatch(r"analysis\.charts\.[a-z]+\.[a-z_]+", figure.function)
    assert figure.data
    assert {"file", "period"} & set(figure.data[0])


@pytest.mark.parametrize("make", OF_A_SERIES, ids=lambda make: make.__name__)
def test_title_alt_picture_and_table_follow_the_data(make: Callable[[Series], Figure]) -> None:
    one, other = make(a_series((4000, 2100, 1500))), make(a_series((50, 50, 50, 50)))
    assert one.title != other.title
    assert one.svg != other.svg
    assert one.table.csv() != other.table.csv()


def forest_of(*estimates: Estimate, **words: str) -> Figure:
    rows = [Row(f"row {k}", {"Ratio": Mark(e, BLUE, 8)}) for k, e in enumerate(estimates, 1)]
    about = {"title": "A title", "caption": "A caption.", "cannot_show": "Nothing."} | words
    with theme.theme():
        return forest(
            rows, Scale(0.5, 4, (1, 2), "Ratio", log=True), id="f", head="Row", about="Ratios", of=SERIES, **about
        )


def test_a_forest_says_in_table_and_words_what_it_draws() -> None:
    figure = forest_of(est(3.02, 2.51, 3.65), est(None, 0.66), est(), est(0.8, 0.7, 0.9))
    assert figure.table.columns == ("Row", "Ratio", "Ratio, low", "Ratio, high")
    assert figure.table.values == (
        ("row 1", 3.02, 2.51, 3.65),
        ("row 2", "unbounded", 0.66, "unbounded"),
        ("row 3", "not estimable: both counts are 0", "none", "none"),
        ("row 4", 0.8, 0.7, 0.9),
    )
    assert figure.alt == "A title. Four rows on a log axis; ratio from 0.80 (row 4) to 3.0 (row 1)."
    assert "not estimable: both counts are 0" in figure.svg


def test_a_bar_that_goes_on_ends_at_the_frame_in_an_arrow() -> None:
    def bars(figure: Figure) -> int:
        root = ElementTree.fromstring(figure.svg)
        return sum(BLUE in element.get("style", "") for element in root.iter())

    assert bars(forest_of(est(1, 0.9, 40))) > bars(forest_of(est(1, 0.9, 3)))


def test_counts_title_says_which_way_and_where_most_of_it_happened() -> None:
    assert drawn("counts").title == (
        "Letters lost rose from 153 in 2001 to 594 in 2004, more than half of it between 2001 and 2002"
    )
    assert counts_chart(a_series((594, 500, 400, 300))).title == "Letters lost fell from 594 in 2001 to 300 in 2004"
    assert counts_chart(a_series((70, 90, 70))).title == "Letters lost: as many in 2003 as in 2001, 70"
    assert counts_chart(a_series((50, 50))).title == "Letters lost: 50 in every year"


def test_an_axis_of_small_counts_has_no_fractions(figures: list[Drawing]) -> None:
    summary_chart(a_series((3, 1, 3, 0, 4)))
    with theme.theme():
        for figure in figures:
            places = figure.axes[0].yaxis.get_major_locator()()
            assert all(float(place).is_integer() for place in places)


def test_no_line_joins_the_years() -> None:
    """Only upright bars and level grid lines: nothing in ink goes from one year to the next."""
    ink = PALETTE["chart-ink"][0]
    bars = [e.get("d") for e in tree("counts").iter() if style(e).get("stroke") == ink and e.tag.endswith("path")]
    upright = [d for d in bars if re.fullmatch(r"M[\d.]+ [\d.]+V[\d.]+", d)]
    assert len(upright) == 8  # two intervals a count
    assert len(bars) - len(upright) == 2  # in the key


def test_ratio_title_says_how_each_step_stands() -> None:
    assert drawn("ratios").title == (
        "Beside changes in public series, 2001 to 2002 is uncommon; 2002 to 2003 and 2003 to 2004 are ordinary"
    )
    assert ratios_chart(a_series((50, 52))).title == "Beside changes in public series, 2001 to 2002 is open"
    many = ratios_chart(a_series((50, 52, 50, 52, 50)))
    assert many.title == "Beside changes in public series, all four steps are open"
    assert "onferroni" not in said(many)


def test_a_ratio_that_does_not_exist_is_replaced_by_its_reason_and_a_limit_alone_is_drawn() -> None:
    figure = ratios_chart(a_series((0, 0, 40)))
    assert "2001 to 2002 is not compared; 2002 to 2003 is" in figure.title
    for where in (figure.svg, figure.table.csv()):
        assert "not estimable: both counts are 0" in where
    assert "to unbounded" in figure.svg


def test_shapes_say_where_they_go_and_by_what_they_are_coloured() -> None:
    figure = drawn("shapes")
    assert figure.title == "Four shapes through the same counts give anything from 586 to 934 for 2005"
    assert "log-linear trend (steepens)" in figure.alt
    assert "level shift (level)" in figure.alt
    assert "ogistic" not in figure.svg.split(">", 1)[1]  # it has no curve
    assert "no finite asymptote" in figure.table.csv()
    falling = shapes_chart(a_series((900, 300, 20)))
    assert "log-linear trend (flattens)" in falling.alt
    assert "\N{MINUS SIGN}" in falling.title  # of a straight line below zero


def test_the_colour_of_a_forecast_is_its_measured_coverage() -> None:
    for colour, covers in {BLUE: 94.0, AMBER: 90.0, ORANGE: 51.0, MUTED: None}.items():
        forecasts = [a_forecast("first", 130, 1800, 95), a_forecast("second", 500, 700, covers)]
        bars = ElementTree.fromstring(forecast_intervals(SERIES, forecasts).svg).iter()
        seen = {style(e).get("stroke") for e in bars if float(style(e).get("stroke-width", 0)) > 2}
        assert seen & {BLUE, AMBER, ORANGE, MUTED} == {BLUE, colour}


def test_forecasts_are_ordered_by_coverage_after_the_recommended_and_titled_by_it() -> None:
    figure = drawn("forecasts")
    assert [row[0] for row in figure.table.texts][::4] == ["Reference-class forecast", "A new method"]
    assert figure.title == (
        "150 to 1,800 letters in 2005 is the 95% range of a method whose ranges have held 95 times in 100; "
        "530 to 710, by Poisson trend, is that of one that has held 51"
    )
    assert "not measured" in figure.table.csv()
    for words in ("held at least 92 times in 100", "85 to 91", "below 85", "not measured"):
        assert f">{words}</text>" in figure.svg
    refused = forecasts_chart(a_series((0, 4, 9, 12)))
    assert "undefined: a count of zero has no logarithm" in refused.table.csv()


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [(129.4, 1806, "130 to 1,800"), (815.2, 1040.4, "815 to 1,040"), (0, 7.2, "0 to 7"), (3, None, "3 to any")],
)
def test_limits_of_a_forecast_are_said_in_two_figures_unless_that_blurs_them(
    low: float, high: float | None, words: str
) -> None:
    assert spoken_range(est(None, low, high)) == words


def test_the_summary_names_its_ranges_in_place_by_how_often_they_should_hold() -> None:
    figure = drawn("summary")
    assert figure.title == "594 letters in 2004; for 2005 a range of 150 to 1,800 should hold 19 in 20 times"
    assert "held the next count 95 times in 100" in figure.caption
    for text in ("19 in 20:", "4 in 5:", "150 to 1,800", "forecast"):
        assert f">{text}</text>" in figure.svg
    assert ">19 in 20: 150 to 1,800</text>" in figure.narrow
    refused = a_forecast("first", None, None, None, reason="too few counts")
    figure = counts_and_forecast(SERIES, refused)
    assert figure.title == "594 letters in 2004; no range for 2005: too few counts"
    assert ">too few counts</text>" in figure.svg


def test_the_columns_of_the_summary_are_its_strongest_colour() -> None:
    for scheme in (0, 1):
        paper = PALETTE["chart-paper"][scheme]
        columns, others = PALETTE["chart-blue"][scheme], ("chart-sky", "chart-orange", "chart-amber")
        assert all(contrast(columns, paper) > contrast(PALETTE[other][scheme], paper) for other in others)


def test_the_reading_of_the_first_year_decides_where_its_ranges_do_not_meet() -> None:
    assert drawn("readings").title == (
        "How the first year is read decides the growth rate: 283% to 288% a year, 2001 as 12 months; 92% to 97%, "
        "without 2001"
    )
    assert readings_chart(a_series((50, 50))).title == (
        "However the first year is read, growth a year comes out at \N{MINUS SIGN}3% to 2%"
    )


def test_calibration_counts_the_methods_that_keep_their_promise_and_has_no_empty_panel() -> None:
    figure = drawn("calibration")
    assert figure.title == (
        "Three of four methods hold within three points of the 95% they promise; Poisson trend holds 51 times in 100, "
        "the least"
    )
    assert "from 51.2% (Poisson trend) to 95.6%" in figure.alt
    heights = [element.get("y") for element in tree("calibration").iter() if element.tag.endswith("use")]
    assert len(set(heights)) == len(SCORES)  # one row of dots a method
    assert "Rose every year" not in " ".join(method_calibration(SCORES[2:3], of="file").table.columns)


def test_specifications_that_are_not_valid_are_hollow() -> None:
    figure = drawn("specification")
    assert figure.title.startswith("Growth of 95% to 130% a year: 8 ways to compute it, and the choice of years moves")
    assert "excludes" not in figure.title  # a share over a grid is no evidence
    hollow = [e for e in tree("specification").iter() if style(e).get("stroke") == AMBER and e.tag.endswith("use")]
    assert len(hollow) == 3
    assert len(figure.table.texts) == 8


def test_a_count_known_as_a_range_is_drawn_broken_and_said() -> None:
    ranged, exact = finds_chart(), finds_chart(earlier=9255)
    assert "one of them known only as a range" in ranged.title
    assert "known only as a range" not in exact.title
    assert ranged.svg.count("stroke-dasharray:7.7") == 2  # at either end
    assert exact.svg.count("stroke-dasharray:7.7") == 0
    assert "9,215 to 9,295" in ranged.svg


def test_claims_are_listed_by_verdict_with_the_tolerance_that_some_need() -> None:
    figure = drawn("claims")
    assert (
        figure.title
        == "Of four claims with a number, two hold, one does not and one cannot be checked from the figures"
    )
    assert [row[0] for row in figure.table.texts] == ["“fell”", "“almost quadrupled”", "“1,736 in all”", "“the bulk”"]
    assert "594 \N{MINUS SIGN} 153" in figure.svg
    assert ORANGE in figure.svg
    assert ">needs 2.9%</text>" in figure.svg
    assert "needs 0" not in figure.svg  # a tolerance only where one is needed
    none_needed = claims_chart([a_judgement("1,736 in all")])
    assert none_needed.title == "Of one claim with a number, one holds"
