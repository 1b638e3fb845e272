"""The explorer: every setting a reader may choose, with what is then said, drawn and concluded, computed beforehand."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from analysis.estimates import Estimate, Forecast
from analysis.growth.series import steps_of
from analysis.parts.numbers import level_text, number_text, sentence_case
from analysis.parts.part import Part
from analysis.parts.results import Origin, Results, named
from analysis.parts.sentences import Run, bound, fill
from analysis.parts.tables import Table, table
from analysis.reliability.methods import METHODS
from analysis.reliability.settings import Settings, Varying, at_level, coverage_at

GROWTH_SCALES = (1.1, 1.25, 1.5, 2.0, 3.0, 5.0, 10.0)  # growth factor half-way to either end of the scale
HEADROOM = 1.08  # above the highest mark of the counts
SAID = ("growth", "step", "forecast")
STORED = ("unit", "value", "low", "high", "level", "interval", "reason")
ABOUT = {
    "slowdown.standing": "the change of growth after the first step",
    "joint-rise": "a rise in every step",
    "growth": "constant growth, by this method",
    "poisson.standing": "the Poisson trend",
    "next-count": "the next count against the last",
    "coverage": "the coverage of this forecast",
}
Said = tuple[str, Mapping[str, Estimate], list[Any]]  # a template, what its fields name, and where the marks stand


@dataclass(frozen=True)
class Explorer(Part):
    """What `explorer` makes: `shown` is all that the page holds, `stored` the results behind each of its sentences.

    `shown` has "controls", "sentences" (by name, over their axes: "templates" of literals and fields, "states" of a
    template, its texts and the places of the marks, "index" from setting to state), "judgements" and "pictures".
    """

    shown: dict[str, Any]
    stored: dict[str, list[dict[str, list[Any]]]]
    overview: Table
    results: Results

    kind = "explorer"

    def content(self) -> dict[str, Any]:
        return {"id": "explorer", "shown": self.shown, "stored": self.stored}

    def pictures(self) -> dict[str, str]:
        return self.overview.pictures()


def stated(part: Mapping[str, Any]) -> Iterator[tuple[list[Run], Results]]:
    """Every sentence of an explorer as runs, each with the results that it was written from: what the gate reads."""
    for name, group in part["shown"]["sentences"].items():
        for (template, texts, _), stored in zip(group["states"], part["stored"].get(name, ()), strict=True):
            results, written = _results(stored), iter(texts)
            yield (
                [
                    piece if isinstance(piece, str) else _run(piece, results, next(written))
                    for piece in group["templates"][template]
                ],
                results,
            )


def _results(stored: Mapping[str, list[Any]]) -> Results:
    every = (
        (name, Estimate(estimand=name, method="", **dict(zip(STORED, values, strict=True))))
        for name, values in stored.items()
    )
    return named("", dict(every))


def _run(field: Sequence[str], results: Results, text: str) -> dict[str, Any]:
    name, part, style = field
    return (bound(name, results[name], part, style) or {"result": name, "part": part}) | {"text": text}


def explorer(found: Settings, *, of: Origin, forecast_of: Origin) -> Explorer:
    """The settings of one series as a part, which registers its published state under the names of the chapters.

    Parameters
    ----------
    found : from `under_every_setting`. of, forecast_of : the data behind the counts, and behind the forecast.

    Raises
    ------
    ValueError : on collecting results, where a chapter has another result of one of the names.
    """
    growth_place, growth_picture = _growth_scale(found)
    count_place, count_picture = _count_scale(found)
    next_axes = ("first_year", "years", "forecast", "level")
    every = {
        "growth": (found.growth, lambda chosen, growth: _growth(growth, growth_place)),
        "step": (found.step, lambda chosen, ratio: _step(ratio, found.largest)),
        "forecast": (
            _over(found, next_axes, lambda chosen: found.at(found.forecast, **chosen)),
            lambda chosen, forecast: _forecast(found, forecast, chosen, count_place),
        ),
        "kept": (found.kept, lambda chosen, kept: _kept(found, kept)),
    }
    sentences, stored = {}, {}
    for name, (varying, write) in every.items():
        sentences[name], stored[name] = _sentences(found, varying, write)
    judgements = [_judgement(found, name) for name in found.judgements]
    shown = {
        "controls": [_control(found, axis) for axis in found.options],
        "sentences": sentences,
        "judgements": judgements,
        "changes": [f"changes {n or 'none'} of {len(judgements)} judgements" for n in range(len(judgements) + 1)],
        "pictures": {"growth": growth_picture, "counts": count_picture},
    }
    return Explorer(shown, stored, _overview(found, sentences, judgements), _published(found, of, forecast_of))


def _published(found: Settings, of: Origin, forecast_of: Origin) -> Results:
    """The published state: the names of the chapters where they state the same result, so that two cannot differ."""
    place = found.years.index(found.largest[0]) + 1
    judged = {name: found.at(varying) for name, varying in found.judgements.items()}
    own = {name: judged.pop(name) for name in ("joint-rise", "next-count", "coverage", "growth")}
    shared = judged | {f"step.{place}.ratio": found.at(found.step)}
    forecast = {f"{100 * e.level:.0f}": e for e in found.at(found.forecast).estimates}
    return (
        named("", shared, of=of)
        | named("explorer", {"growth": {"rate": found.at(found.growth), "standing": own.pop("growth")}}, of=of)
        | named("explorer", own, of=forecast_of)
        | named("forecast.reference-class.1", forecast, of=forecast_of)
    )


def _over(found: Settings, axes: Sequence[str], compute: Callable[[dict[str, Any]], Any]) -> Varying:
    axes = tuple(axis for axis in axes if axis in found.options)
    return Varying(axes, tuple(compute(chosen) for chosen in _chosen(found, axes)))


def _chosen(found: Settings, axes: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Every setting of these axes, the last fastest."""
    for options in product(*(found.options[axis] for axis in axes)):
        yield dict(zip(axes, options, strict=True))


def _sentences(
    found: Settings, varying: Varying, write: Callable[[dict[str, Any], Any], Said]
) -> tuple[dict[str, Any], list[dict[str, list[Any]]]]:
    """Each different sentence once, with the results it was written from, and which of them a setting has."""
    templates: list[list[Any]] = []
    states: list[list[Any]] = []
    stored: list[dict[str, list[Any]]] = []
    index = []
    for chosen, value in zip(_chosen(found, varying.axes), varying.values, strict=True):
        template, estimates, places = write(chosen, value)
        results = named("", estimates)
        runs = fill(template, results)
        pieces = [run if isinstance(run, str) else [run["result"], run["part"], run.get("style", "")] for run in runs]
        if pieces not in templates:
            templates.append(pieces)
        state = [templates.index(pieces), [run["text"] for run in runs if not isinstance(run, str)], places]
        if state not in states:
            states.append(state)
            stored.append({name: [getattr(one, field) for field in STORED] for name, one in results.items()})
        index.append(states.index(state))
    group = {"axes": list(varying.axes), "templates": templates, "states": states, "index": index}
    return group | {"published": found.at(replace(varying, values=tuple(index)))}, stored


def _growth(growth: Estimate, place: Callable[[float], float]) -> Said:
    said = "Growth is {growth:full}. "
    said += "The interval excludes no growth." if growth.excludes(0) else "The interval includes no growth."
    if growth.value is None:
        said = "Growth has no one value: {growth}."
    elif growth.low is None and growth.high is None:
        said = "Growth is {growth}; {growth:interval}."
    low, high = (-100 if growth.low is None else growth.low), (math.inf if growth.high is None else growth.high)
    known = growth.low is not None or growth.high is not None
    ends = [place(low), place(high)] if known else [0, 0]
    middle = 0 if growth.value is None else place(growth.value)
    return said, {"growth": growth}, [*ends, _visible(known), middle, _visible(growth.value is not None)]


def _step(ratio: Estimate, pair: tuple[int, int]) -> Said:
    about = {"unit": "calendar year", "method": "period of the count"}
    years = {
        name: Estimate(estimand=name, value=year, **about) for name, year in zip(("from", "to"), pair, strict=True)
    }
    said = "The largest step, from {from} to {to}: "
    said += (
        "{ratio}."
        if ratio.value is None
        else "{ratio:bare} times ({ratio:level} confidence interval {ratio:interval})."
    )
    return said, years | {"ratio": ratio}, []


def _forecast(found: Settings, forecast: Forecast, chosen: Mapping[str, Any], place: Callable[[float], float]) -> Said:
    level = chosen["level"]
    estimate, coverage = at_level(forecast, level), coverage_at(forecast, level)
    year = Estimate(estimand="year", unit="calendar year", method="one after the last kept", value=forecast.year)
    results = {"year": year, "forecast": estimate, "coverage": coverage}
    if estimate.value is None:
        said = "There is no forecast of {year}: {forecast}."
    elif estimate.low is None:
        said = "The forecast of {year} is {forecast:bare 2s}; {forecast:interval}."
    else:
        held = "On public series such intervals held the next count {coverage} of the time."
        said = "The forecast of {year} is {forecast:bare 2s} "
        said += "({forecast:level} prediction interval {forecast:interval 2s}). "
        said += "How often such intervals hold was not measured." if coverage.value is None else held
    if forecast.year in found.years and estimate.low is not None:
        count = found.counts[found.years.index(forecast.year)]
        results["count"] = Estimate(estimand="count", unit=estimate.unit, method="published count", value=count)
        inside = estimate.low <= count and (estimate.high is None or count <= estimate.high)
        said += f" The count of that year, {{count:bare}}, lies {'inside' if inside else 'outside'}."
    known, high = estimate.low is not None, estimate.high
    ends = [place(estimate.low), place(math.inf if high is None else high)] if known else [0, 0]
    across = _across(found, forecast.year)
    middle = [0, "hidden"] if estimate.value is None else [place(estimate.value), "visible"]
    return said, results, [across, across, *ends, _visible(known), across, *middle]


def _kept(found: Settings, kept: Sequence[int]) -> Said:
    return "", {}, ["kept" if year in kept else "left-out" for year in found.years]


def _visible(there: bool) -> str:
    return "visible" if there else "hidden"


def _growth_scale(found: Settings) -> tuple[Callable[[float], float], dict[str, Any]]:
    """Where a growth a year stands, in % of the width, on a scale of its logarithm that holds every estimate."""
    shown = [each.value for each in found.growth.values if each.value is not None]
    published = found.at(found.growth)
    shown += [end for end in (published.low, published.high) if end is not None]
    widest = max((abs(math.log1p(max(growth, -99) / 100)) for growth in shown), default=0)
    half = math.log(next((factor for factor in GROWTH_SCALES if 2 * math.log(factor) >= widest), GROWTH_SCALES[-1]))

    def place(growth: float) -> float:
        logarithm = -math.inf if growth <= -100 else math.log1p(growth / 100)
        return round(50 + 25 * min(max(logarithm / half, -2), 2), 1)

    ticks = [100 * math.expm1(half * step) for step in (-2, -1, 0, 1, 2)]
    labels = [[25 * at, ("+" if growth > 1e-9 else "") + number_text(growth, "%")] for at, growth in enumerate(ticks)]
    return place, {"ticks": labels, "marks": [*_marks("growth-range", "x1", "x2", "visibility"),
                                              *_marks("growth-middle", "cx", "visibility")]}  # fmt: skip


def _count_scale(found: Settings) -> tuple[Callable[[float], float], dict[str, Any]]:
    """Where a count stands, in % of the height from the top, and the columns of the published counts."""
    published = at_level(found.at(found.forecast), found.published["level"])
    ends = [end for end in (published.value, published.high) if end is not None]
    most = HEADROOM * max(*found.counts, *ends, 1)
    width = round(60 / (found.years[-1] - found.years[0] + 2), 1)

    def place(count: float) -> float:
        return round(100 - 100 * min(count / most, 1), 1)

    few = len(found.years) <= 7
    columns = [
        {"year": year, "across": _across(found, year), "top": place(count), "text": number_text(count) if few else "",
         "label": few or year in (found.years[0], found.years[-1])}
        for year, count in zip(found.years, found.counts, strict=True)
    ]  # fmt: skip
    following = {"year": found.years[-1] + 1, "across": _across(found, found.years[-1] + 1)}
    marks = [
        *_marks("count-range", "x1", "x2", "y1", "y2", "visibility"),
        *_marks("count-middle", "cx", "cy", "visibility"),
    ]
    return place, {"columns": columns, "width": width, "next": following, "marks": marks,
                   "kept": [[f"explorer-count-{year}", "class"] for year in found.years]}  # fmt: skip


def _across(found: Settings, year: int) -> float:
    return round(100 * (year - found.years[0] + 0.5) / (found.years[-1] - found.years[0] + 2), 1)


def _marks(element: str, *attributes: str) -> list[list[str]]:
    return [[f"explorer-{element}", attribute] for attribute in attributes]


def _judgement(found: Settings, name: str) -> dict[str, Any]:
    """The word that each setting gives, as one character a setting."""
    varying = found.judgements[name]
    verdicts = [conclusion.verdict for conclusion in varying.values]
    words = list(dict.fromkeys([found.at(varying).verdict, *verdicts]))
    about = ABOUT.get(name)
    if not about:
        earlier, later = steps_of(found.years)[int(name.split(".")[1]) - 1]
        about = f"the change from {earlier} to {later}"
    index = "".join(str(words.index(verdict)) for verdict in verdicts)
    rule = found.at(varying).rule
    return {"about": sentence_case(about), "rule": rule, "axes": list(varying.axes), "words": words, "index": index}


def _control(found: Settings, axis: str) -> dict[str, Any]:
    first, last = found.years[0], found.years[-1]
    legends = {
        "first_year": f"The first year, {first}, read as",
        "years": "Years kept",
        "level": "Level of the intervals",
        "method": "Growth by",
        "dispersion": "Dispersion (variance over mean)",
        "forecast": "Forecast by",
    }
    words = {"without the first": f"without {first}", "without the last": f"without {last}", "12 months": "a full year"}
    if axis == "dispersion":
        words |= {1.0: "1 for a step, its own for a trend"}
    options = []
    for option in found.options[axis]:
        text = level_text(option) if axis == "level" else f"{option:g}" if isinstance(option, float) else option
        label = METHODS[option].title if axis == "forecast" else words.get(option, text)
        options.append({"key": re.sub(r"[^a-z0-9.]+", "-", text.lower()).strip("-"), "label": label})
    published = found.options[axis].index(found.published[axis])
    return {"axis": axis, "legend": legends[axis], "options": options, "published": published}


def _overview(found: Settings, sentences: Mapping[str, Any], judgements: Sequence[Mapping[str, Any]]) -> Table:
    """What each single change of a choice gives, as a table for readers of the notebook."""

    def place(of: Mapping[str, Any], chosen: Mapping[str, Any]) -> Any:
        return found.at(Varying(tuple(of["axes"]), tuple(of["index"])), **chosen)

    def said(name: str, chosen: Mapping[str, Any]) -> str:
        group = sentences[name]
        template, texts, _ = group["states"][place(group, chosen)]
        written = iter(texts)
        return "".join(piece if isinstance(piece, str) else next(written) for piece in group["templates"][template])

    rows = []
    for axis, options in found.options.items():
        control = _control(found, axis)
        for at, option in enumerate(options):
            changed = [each["about"] for each in judgements if place(each, {axis: option}) != place(each, {})]
            is_published = at == control["published"]
            rows.append([
                control["legend"], control["options"][at]["label"], *(said(name, {axis: option}) for name in SAID),
                "published" if is_published else "; ".join(changed) or "none",
            ])  # fmt: skip
    columns = ["Choice", "Option", "Growth", "Largest step", "Forecast", "Judgements that it changes"]
    caption = "Each choice by itself, all others as published; the report lets its readers combine them"
    return table("explorer", caption, columns, rows)
