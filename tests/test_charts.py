"""The figures: what they say follows the values, and what they look like can be read by everyone."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import itertools
import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from analysis.charts import theme
from analysis.charts.calibration import method_calibration
from analysis.charts.claims import claims_audit
from analysis.charts.counts import annual_counts
from analysis.charts.drawing import fitted, spread_out
from analysis.charts.finds import two_series
from analysis.charts.forecasts import forecast_intervals
from analysis.charts.ratios import year_on_year_ratios
from analysis.charts.shapes import Shape, shape_fan
from analysis.charts.specification import specification_curve
from analysis.charts.summary import counts_and_forecast
from analysis.charts.theme import AMBER, BLUE, MARK_COLOURS, ORANGE, PALETTE, TEXT_COLOURS, Chart
from analysis.claims.audit import audit
from analysis.claims.claims import read_claims
from analysis.estimates import Estimate, Forecast
from analysis.figures.datapackage import load
from analysis.figures.observations import Observation, Series, Source
from analysis.growth.models import all_trends
from analysis.growth.multiverse import Specification, growth_multiverse, spread_by_choice
from analysis.growth.rates import count_rate
from analysis.growth.ratios import year_on_year
from analysis.growth.saturation import saturating_fit
from analysis.periods import Period
from analysis.prose import WORDS
from analysis.reliability.calibration import JudgedForecast, judged, stored

ROOT = Path(__file__).resolve().parent.parent
SOURCE = Source("Title", "Publisher", "https://example.org", "2019", "OGL", "table 1")
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def a_series(counts: Sequence[int], title: str = "Letters lost", unit: str = "letters", first: int = 2001) -> Series:
    observations = tuple(
        Observation(Period.calendar_year(first + k), c, c, c, "letters not delivered", "Wales", SOURCE)
        for k, c in enumerate(counts)
    )
    return Series("letters", title, "letters", unit, "outcome", observations)


def a_comparison(counts: Sequence[int | tuple[int, int]], last: int) -> Series:
    observations = []
    for k, count in enumerate(counts):
        value, (low, high) = (None, count) if isinstance(count, tuple) else (count, (count, count))
        period = Period.year_to(last - len(counts) + 1 + k, 3)
        observations.append(Observation(period, value, low, high, "rounds", "Wales", SOURCE))
    return Series("rounds", "Rounds walked", "rounds", "rounds", "comparison", tuple(observations))


@functools.cache
def outcome() -> Series:
    return load(ROOT / "data" / "datapackage.json").by_role("outcome")


def rates(series: Series, dispersion: float = 1.0) -> list[Estimate]:
    return [count_rate(count, dispersion=dispersion) for count in series.counts]


def counts_chart(series: Series) -> Chart:
    return annual_counts(series, rates(series), rates(series, 5), 5)


def ratios_chart(series: Series) -> Chart:
    return year_on_year_ratios(series, year_on_year(series.years, series.counts))


@functools.cache
def all_cells(years: tuple[int, ...], counts: tuple[int, ...]) -> tuple[Specification, ...]:
    return growth_multiverse(years, counts)


@functools.cache
def all_shapes(years: tuple[int, ...], counts: tuple[int, ...]) -> list[Shape]:
    fits = all_trends(years, counts)
    shapes = [fits[name] for name in ("log-linear trend", "Poisson trend", "linear trend", "level shift")]
    curves = ("monomolecular", "Gompertz", "logistic")
    return [*shapes, *(saturating_fit(years, counts, curve=curve) for curve in curves)]


def shapes_chart(series: Series) -> Chart:
    return shape_fan(series, rates(series), all_shapes(tuple(series.years), tuple(series.counts)))


def forecasts_chart(series: Series) -> Chart:
    return forecast_intervals(series, judged(series.years, series.counts, unit=series.unit))


def summary_chart(series: Series) -> Chart:
    found = {j.method: j for j in reversed(judged(series.years, series.counts, horizons=[1], unit=series.unit))}
    return counts_and_forecast(series, rates(series), found["reference_class"], found["poisson_trend"])


def specification_chart(series: Series) -> Chart:
    cells = all_cells(tuple(series.years), tuple(series.counts))
    return specification_curve(cells, spread_by_choice(cells))


def calibration_chart() -> Chart:
    measured = stored()
    return method_calibration(measured.at(4, 1), measured.at(4, 1, rose_three_times=True))


def a_ratio(**numbers: float | str | None) -> Estimate:
    words = {"estimand": "count for every 100", "unit": "per 100 incidents", "method": "ratio of two counts"}
    return Estimate(**words, interval="range" if "low" in numbers else "", **numbers)


def finds_chart(earlier: int | tuple[int, int] = (9215, 9295), later: int = 10643) -> Chart:
    known = {"value": 5.1} if not isinstance(earlier, tuple) else {"reason": "known only as a range"}
    ratios = [a_ratio(low=4.97, high=5.72, **known), a_ratio(value=5.109, low=4.95, high=5.26)]
    return two_series(outcome(), a_comparison([earlier, later], 2018), "Accounts for every 100 rounds", ratios)


def claims_chart() -> Chart:
    package = load(ROOT / "data" / "datapackage.json")
    return claims_audit(audit(package.series, read_claims(ROOT / "data" / "claims.yml", package.series)))


CHARTS: dict[str, Callable[[], Chart]] = {
    "summary": lambda: summary_chart(outcome()),
    "counts": lambda: counts_chart(outcome()),
    "ratios": lambda: ratios_chart(outcome()),
    "shapes": lambda: shapes_chart(outcome()),
    "forecasts": lambda: forecasts_chart(outcome()),
    "calibration": calibration_chart,
    "specification": lambda: specification_chart(outcome()),
    "finds": finds_chart,
    "claims": claims_chart,
}
OF_A_SERIES = (counts_chart, ratios_chart, shapes_chart, forecasts_chart, summary_chart, specification_chart)
OTHERS = {
    "falling": (4000, 2100, 1500, 1490),
    "small": (9, 6, 14, 8),
    "large": (12_345, 11_800, 13_777, 16_002),
    "still": (50, 50, 50, 50),
    "five": (20, 35, 33, 61, 58),
}


@functools.cache
def drawn(name: str) -> Chart:
    return CHARTS[name]()


@functools.cache
def tree(name: str) -> ElementTree.Element:
    return ElementTree.fromstring(drawn(name).svg)


def style(element: ElementTree.Element) -> dict[str, str]:
    rules = [rule.split(":", 1) for rule in element.get("style", "").split(";") if rule]
    return {name: value for name, value in rules}


def local(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


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


@every
def test_every_colour_of_a_figure_is_in_the_palette(name: str) -> None:
    lights = {light for light, _ in PALETTE.values()}
    svg = drawn(name).svg
    assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[;\"])", svg)) <= lights
    assert not re.search(r"rgb|hsl|opacity|filter|mask|gradient", svg)
    for element in tree(name).iter():
        rules = style(element)
        paints = {rules.get("fill"), rules.get("stroke"), element.get("fill"), element.get("stroke")}
        assert paints <= lights | {None, "none"}, ElementTree.tostring(element)


@every
def test_text_is_in_colours_made_for_text_and_is_big_enough(name: str) -> None:
    text = [element for element in tree(name).iter() if local(element) == "text"]
    assert len(text) > 5
    lights = {PALETTE[token][0] for token in TEXT_COLOURS}
    pixels_a_point = 720 / (theme.WIDTH * 72)
    for element in text:
        rules = style(element)
        assert rules["fill"] in lights
        assert float(rules["font-size"].removesuffix("px")) * pixels_a_point >= 12


# The SVG


@every
def test_the_svg_is_small_and_keeps_to_itself(name: str) -> None:
    chart, root = drawn(name), tree(name)
    assert len(chart.svg.encode()) <= 30_000
    assert chart.svg.startswith("<svg ")
    assert root.get("width") == "720"
    assert (root.get("role"), root.get("aria-label")) == ("img", chart.alt)
    tags = {local(element) for element in root.iter()}
    assert tags <= {"svg", "g", "path", "text", "defs", "clipPath", "rect", "use"}
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(set(ids)) == len(ids)
    assert all(found.startswith(f"{chart.id}-") for found in ids)
    assert set(re.findall(r"url\(#([^)]+)\)|href=\"#([^\"]+)\"", chart.svg)) <= {
        pair for found in ids for pair in ((found, ""), ("", found))
    }
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", chart.svg)


@every
def test_no_coordinate_shows_the_last_digits_of_a_float(name: str) -> None:
    for element in tree(name).iter():
        for key in ("d", "x", "y", "width", "height"):
            for number in NUMBER.findall(element.get(key, "")):
                assert len(number.partition(".")[2]) <= 2, number


def test_ids_of_different_figures_never_meet() -> None:
    ids = [set(re.findall(r' id="([^"]+)"', drawn(name).svg)) for name in CHARTS]
    assert all(not one & other for one, other in itertools.combinations(ids, 2))
    assert len({drawn(name).id for name in CHARTS}) == len(CHARTS)


PRINT_HASHES = """
import sys
sys.path.insert(0, "tests")
import matplotlib
matplotlib.rcParams["lines.linewidth"] = 9
import test_charts
for name in sorted(test_charts.CHARTS, reverse=True):
    chart = test_charts.drawn(name)
    print(name, test_charts.digest(chart))
"""


def digest(chart: Chart) -> str:
    return hashlib.sha256(repr(chart.bundle()).encode()).hexdigest()


def test_another_process_with_other_settings_and_order_draws_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "matplotlibrc").write_text("font.size: 23\nsvg.fonttype: path\naxes.grid: True\nbackend: svg\n")
    other = {
        "MPLBACKEND": "pdf",
        "MATPLOTLIBRC": str(tmp_path),
        "PYTHONHASHSEED": "random",
        "TZ": "Asia/Tokyo",
    }
    done = subprocess.run(
        [sys.executable, "-c", PRINT_HASHES], cwd=ROOT, env=os.environ | other, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert dict(line.split() for line in done.stdout.splitlines()) == {n: digest(drawn(n)) for n in CHARTS}


def test_drawing_leaves_matplotlib_as_it_was() -> None:
    before = dict(mpl.rcParams.copy())
    counts_chart(outcome())
    assert dict(mpl.rcParams.copy()) == before


# Nothing overlaps and nothing is cut off


def collisions(figure: Figure) -> list[str]:
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


def _is_tick(text: Text, figure: Figure) -> bool:
    axes = [axis for a in figure.axes for axis in (a.xaxis, a.yaxis)]
    return any(text in (tick.label1, tick.label2) for axis in axes for tick in (*axis.majorTicks, *axis.minorTicks))


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch) -> list[Figure]:
    """Every figure saved while a test runs."""
    seen: list[Figure] = []
    save = Figure.savefig

    def spy(self: Figure, *arguments: object, **options: object) -> None:
        save(self, *arguments, **options)
        seen.append(self)

    monkeypatch.setattr(Figure, "savefig", spy)
    return seen


@every
def test_no_text_overlaps_or_is_cut_off(name: str, figures: list[Figure]) -> None:
    CHARTS[name]()
    with theme.themed():
        assert collisions(figures[0]) == []


@pytest.mark.parametrize("counts", OTHERS.values(), ids=OTHERS)
@pytest.mark.parametrize("make", OF_A_SERIES, ids=lambda make: make.__name__)
def test_other_series_fit_as_well(
    make: Callable[[Series], Chart], counts: Sequence[int], figures: list[Figure]
) -> None:
    chart = make(a_series(counts))
    with theme.themed():
        assert collisions(figures[0]) == []
    assert "removed" not in chart.title + chart.caption + chart.alt
    assert not re.search(r"\b(nan|inf|None)\b", chart.title + chart.caption + chart.alt + chart.table.csv())


@pytest.mark.parametrize("years", [1, 2, 6, 15])
def test_two_series_of_any_length_fit(years: int, figures: list[Figure]) -> None:
    counts: list[int | tuple[int, int]] = [(9_215, 9_295), *(10_000 + 700 * k for k in range(1, years))]
    ratios = [a_ratio(reason="not estimable: 275 of its 365 days were not counted")]
    ratios += [a_ratio(value=5.1, low=4.9, high=5.3) for _ in counts[1:]]
    two_series(outcome(), a_comparison(counts, 2018), "Accounts for every 100 rounds", ratios)
    with theme.themed():
        assert collisions(figures[0]) == []


def test_a_word_wider_than_its_column_is_left_whole() -> None:
    assert fitted("interdepartmentally agreed", 0.5) == ("interdepartmentally\nagreed", theme.SMALL)
    assert fitted("short", 3.0) == ("short", theme.TEXT)


def test_an_overlap_is_caught(figures: list[Figure]) -> None:
    with theme.themed():
        figure = Figure(figsize=(2, 1))
        figure.text(0.1, 0.5, "one text")
        figure.text(0.2, 0.5, "another that runs over the edge")
        assert len(collisions(figure)) == 2


def test_labels_are_moved_apart_in_order_and_kept_inside() -> None:
    found = spread_out([3.9, 1.0, 3.95, 1.05], 0.5, 0.0, 4.0)
    assert found == pytest.approx([3.5, 1.0, 4.0, 1.5])


# Words and numbers


@every
def test_a_figure_says_what_it_is(name: str) -> None:
    chart = drawn(name)
    for text in (chart.title, chart.caption, chart.alt, chart.cannot_show):
        assert text == text.strip()
        assert text[0].isupper() or text[0].isdigit()
        assert not re.search(r"\b(nan|inf|None)\b|  |\{|\}", text)
    assert not chart.title.endswith(".")
    assert chart.caption.endswith(".")
    assert chart.alt.endswith(".")
    assert not re.search(r"\d", chart.cannot_show)
    assert len(NUMBER.findall(chart.alt)) >= 4
    assert re.search(r"interval|range", chart.caption), "the kind of uncertainty is named"


@pytest.mark.parametrize("make", OF_A_SERIES, ids=lambda make: make.__name__)
def test_title_alt_picture_and_table_follow_the_data(make: Callable[[Series], Chart]) -> None:
    one, other = make(a_series(OTHERS["falling"])), make(a_series(OTHERS["still"]))
    assert one.title != other.title
    assert one.alt != other.alt
    assert one.svg != other.svg
    assert one.table.csv() != other.table.csv()
    assert make(a_series(OTHERS["falling"])).bundle() == one.bundle()


def test_counts_title_says_which_way_and_where_most_of_it_happened() -> None:
    assert counts_chart(outcome()).title.endswith(
        "rose from 153 in 2015 to 594 in 2018, more than half of it between 2015 and 2016"
    )
    assert counts_chart(a_series((594, 500, 400, 300))).title == "Letters lost fell from 594 in 2001 to 300 in 2004"
    assert counts_chart(a_series((70, 90, 70))).title == "Letters lost: as many in 2003 as in 2001, 70"


def test_counts_alt_states_every_count_with_its_limits() -> None:
    alt = drawn("counts").alt
    for fact in ("153 (130 to 179", "462 (421 to 506", "527 (483 to 574", "594 (547 to 644"):  # Garwood, R
        assert fact in alt


def test_no_line_joins_the_years() -> None:
    """Only upright bars and level grid lines; nothing in a colour for data goes from one year to the next."""
    data = {PALETTE[token][0] for token in MARK_COLOURS}
    bars = [e for e in tree("counts").iter() if local(e) == "path" and style(e).get("stroke") in data]
    upright = [e for e in bars if re.fullmatch(r"M[\d.]+ [\d.]+V[\d.]+", e.get("d"))]
    assert len(upright) == 8  # two intervals a count
    across = [e for e in bars if e not in upright]
    assert all(not re.search(r"[HL]", e.get("d")) for e in across)


def test_ratio_title_names_the_steps_that_exclude_no_change() -> None:
    assert drawn("ratios").title == (
        "Only 2015 to 2016 is a clear change once all three steps are judged together; 2016 to 2017 and "
        "2017 to 2018 are only when judged alone, and narrowly"
    )
    assert ratios_chart(a_series((50, 52, 49))).title == (
        "No step is a clear change once all two steps are judged together"
    )
    assert ratios_chart(a_series((50, 500, 5))).title == "All two steps are clear changes, even judged together"


def test_a_limit_that_just_excludes_no_change_is_not_rounded_to_it() -> None:
    assert "1.001 to 1.270" in drawn("ratios").alt
    assert "2.51 to 3.65" in drawn("ratios").alt


def test_a_ratio_that_does_not_exist_is_replaced_by_its_reason() -> None:
    chart = ratios_chart(a_series((0, 0, 12)))
    assert "not estimable: both counts are 0" in chart.alt
    assert "not estimable: both counts are 0" in chart.svg
    assert "unbounded: the earlier count is 0" in chart.table.csv()


def test_shapes_state_what_each_gives_and_what_cannot_be_computed() -> None:
    chart = drawn("shapes")
    assert chart.title == "Seven shapes through the same four counts give anything from 528 to 1,102 for 2019"
    for fact in ("1,102 in 2019", "925 in 2019", "781 in 2019", "571 in 2019", "(1 df)", "(2 df)"):
        assert fact in chart.alt
    assert "undefined: n - k - 1 = 0" in chart.caption
    assert "AICc undefined" in chart.svg
    dashed = [e for e in tree("shapes").iter() if "stroke-dasharray" in style(e)]
    assert len(dashed) == 7


def test_a_shape_without_a_fit_is_named_and_not_drawn() -> None:
    chart = shapes_chart(a_series((80, 60, 30, 10)))
    assert "no finite asymptote" in chart.alt
    assert "no finite asymptote" in chart.table.csv()
    assert chart.title.startswith("Four shapes")


def a_judged(method: str, low: float, high: float, coverage: float | None) -> JudgedForecast:
    words = {"estimand": "count in 2019", "unit": "accounts", "method": method, "interval": "prediction"}
    wide, narrow = (
        Estimate(**words, value=(low * high) ** 0.5, low=a, high=b, level=level)
        for a, b, level in ((low, high, 0.95), (low * 1.05, high / 1.05, 0.80))
    )
    held = {"value": coverage} if coverage is not None else {"reason": "not measured: no such windows"}
    measured = Estimate(estimand="coverage", unit="%", method="measured", **held)
    forecast = Forecast(method=method, year=2019, horizon=1, estimates=(narrow, wide))
    return JudgedForecast(method=method, forecast=forecast, coverage={0.95: measured, 0.80: measured})


def strokes(chart: Chart, colour: str) -> int:
    root = ElementTree.fromstring(chart.svg)
    return sum(local(e) == "path" and style(e).get("stroke") == colour for e in root.iter())


def test_the_colour_of_a_forecast_is_its_measured_coverage() -> None:
    def drawn_with(coverage: float | None) -> Chart:
        return forecast_intervals(outcome(), [a_judged("first", 130, 1800, 95), a_judged("second", 500, 700, coverage)])

    in_key = {BLUE: 1, AMBER: 1, ORANGE: 1, theme.MUTED: 1}
    for coverage, colour in ((94.0, BLUE), (90.0, AMBER), (51.0, ORANGE)):
        assert strokes(drawn_with(coverage), colour) >= 2 + in_key[colour]
    assert ">51</text>" in drawn_with(51.2).svg
    assert ">–</text>" in drawn_with(None).svg
    assert "coverage not measured" in drawn_with(None).alt
    title = drawn_with(51.0).title
    assert title == (
        "130 to 1,800 accounts in 2019 is the 95% range of a method whose ranges have held 95 times in 100; "
        "500 to 700, by second, is that of one that has held 51"
    )


def test_a_forecast_that_was_refused_gives_its_reason() -> None:
    chart = forecasts_chart(a_series((0, 4, 9, 12)))
    assert "undefined: a count of zero has no logarithm" in chart.svg
    assert "undefined: a count of zero has no logarithm" in chart.alt


def test_the_recommended_forecast_comes_first_and_the_others_by_coverage() -> None:
    methods = [row[0] for row in drawn("forecasts").table.texts]
    held = [float(row[-3]) for row in drawn("forecasts").table.texts[1:]]
    assert methods[0] == "reference-class forecast"
    assert held == sorted(held, reverse=True)


def test_the_summary_sets_two_ranges_and_their_worth_side_by_side() -> None:
    chart = drawn("summary")
    assert re.fullmatch(
        r"594 accounts in 2018; for 2019 the 95% range is [\d,]+ to [\d,]+ \(held 9\d times in 100\), "
        r"against "
        r"815 to 1,040 by Poisson trend \(held 51 times in 100\)",
        chart.title,
    )
    for text in ("has held 51 times in 100", "815 to 1,040 at 95%", "Poisson trend", "forecast"):
        assert f">{text}</text>" in chart.svg


def test_calibration_counts_the_methods_that_keep_their_promise() -> None:
    measured = stored().at(4, 1)
    near = sum(round(score.coverage[0.95].value) >= 92 for score in measured)
    chart = drawn("calibration")
    assert f"of {len(measured)} methods hold within three points" in chart.title
    assert WORDS[near] == chart.title.split(" ", 1)[0].lower()
    few = method_calibration([s for s in measured if s.coverage[0.95].value < 60])
    assert few.title.startswith("None of three methods hold")
    assert "not measured" in few.table.csv()


def test_specifications_that_are_not_valid_are_hollow_and_counted() -> None:
    cells = all_cells(tuple(outcome().years), tuple(outcome().counts))
    drawn_cells = [c for c in cells if c.estimate is not None and c.estimate.value is not None]
    invalid = sum(not c.valid for c in drawn_cells)
    chart = drawn("specification")
    assert f"{len(drawn_cells) - invalid} are valid and {invalid} hollow" in chart.alt
    hollow = [g for g in tree("specification").iter() if local(g) == "g" and style(g).get("stroke") == AMBER]
    assert sum(local(child) == "use" for g in hollow for child in g) == invalid
    assert len(chart.table.texts) == len(drawn_cells)
    assert chart.title.startswith("Growth of 13% to 57% a year")
    assert "choice of years moves the estimate most" in chart.title


def test_a_count_known_as_a_range_is_drawn_broken_and_said() -> None:
    ranged, exact = finds_chart(), finds_chart(earlier=9255)
    assert "one of them known only as a range" in ranged.title
    assert "known only as a range" not in exact.title
    broken = f"stroke:{ORANGE};stroke-width:3.5;stroke-dasharray:"
    assert [chart.svg.replace("fill:none;", "").count("stroke-dasharray:7.7") for chart in (ranged, exact)] == [1, 0]
    assert broken.split(";")[0] in ranged.svg
    assert "9,215 to 9,295 in the year to March 2017" in ranged.alt
    assert finds_chart(later=8000).title != ranged.title


def test_neither_series_of_a_pair_has_the_axis_of_the_other(figures: list[Figure]) -> None:
    finds_chart()
    boxes = [axes.get_position().bounds for axes in figures[0].axes]
    assert len(boxes) == len(set(boxes)) == 3
    assert len({axes.get_xlim() for axes in figures[0].axes}) == 1


def test_claims_title_counts_verdicts_and_alt_lists_them() -> None:
    package = load(ROOT / "data" / "datapackage.json")
    judgements = audit(package.series, read_claims(ROOT / "data" / "claims.yml", package.series))
    chart = claims_audit(judgements)
    assert chart.title.startswith(f"Of {len(judgements)} claims with a number, ")
    assert "“almost quadrupled”: holds, figures give 3.88, needs a tolerance of 2.9%" in chart.alt
    changed = [dataclasses.replace(judgements[1], verdict="contradicted"), *judgements[2:]]
    assert "one does not" in claims_audit(changed).title
    assert ORANGE in claims_audit(changed).svg


@every
def test_the_numbers_of_a_figure_are_in_its_table(name: str) -> None:
    chart = drawn(name)
    assert chart.table.id == f"{chart.id}-data"
    assert len(chart.table.texts) >= 3
    assert all(len(row) == len(chart.table.columns) for row in chart.table.texts)


# What a notebook gets


def test_a_chart_shows_itself_as_a_figure_and_then_its_caption(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[tuple[dict, dict]] = []
    monkeypatch.setattr(
        "IPython.display.display", lambda data, raw, metadata=None: shown.append((data, metadata or {}))
    )
    chart = drawn("ratios")
    chart._ipython_display_()
    (figure, plain), (caption, marked) = shown
    assert set(figure) == {theme.MIME, "image/svg+xml", "text/plain"}
    record = figure[theme.MIME]
    assert set(record) == {"id", "title", "caption", "cannot_show", "alt", "columns", "rows", "csv"}
    assert len(record["rows"][0]) == len(record["columns"])
    assert plain == {}
    assert marked == {"role": "caption"}
    assert caption["text/markdown"].startswith(f"**{chart.title}.** {chart.caption}")
