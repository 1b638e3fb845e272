"""The explorer: every setting a reader may choose, with what is then said, drawn and concluded, computed beforehand."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.estimates import Estimate
from analysis.parts.numbers import level_text, number_text, sentence_case
from analysis.parts.part import Part
from analysis.parts.results import Origin, Results, named
from analysis.parts.sentences import Run, bound, fill, runs_text
from analysis.parts.tables import Table, table

if TYPE_CHECKING:  # publishing reads explorers without what computes them
    from analysis.reliability.settings import NextCount, Settings, Varying

GROWTH_SCALES = (1.1, 1.25, 1.5, 2.0, 3.0, 5.0, 10.0)  # growth factor half-way to either end of the scale
HEADROOM = 1.08  # above the highest mark of the counts
FEW = 8  # counts that are each written over their column
STORED = ("unit", "value", "low", "high", "level", "interval", "reason")
SAID = ("growth", "step", "forecast")
ABOUT = {
    "slowdown.standing": "the change of growth after the first step",
    "joint-rise": "a rise in every step",
    "growth": "constant growth, by this method",
    "poisson.standing": "the Poisson trend",
    "next-count": "the next count against the last",
    "coverage": "the coverage of such forecasts",
}
LEGENDS = {
    "first_year": "The first year, {first}, read as",
    "years": "Years kept",
    "level": "Level of the intervals",
    "method": "Growth by",
    "dispersion": "Dispersion (variance over mean)",
    "forecast": "Forecast by",
}
LABELS = {
    "12 months": "a full year",
    "without the first": "without {first}",
    "without the last": "without {last}",
    1.0: "1 for a step, its own for a trend",
}
YEAR = {"unit": "calendar year", "method": "period of the count"}
# A template, the results that its fields name, and the attributes of the marks of the figure.
Said = tuple[str, Mapping[str, Estimate], str]
Place = Callable[[float], float]


@dataclass(frozen=True)
class Explorer(Part):
    """What `explorer` makes: `shown` is all that the page holds, `stored` the results behind each of its sentences.

    `shown` has "controls", "sentences" (by name, over their axes: "templates" of literals and fields, "states" of a
    template, its texts and the attributes of the marks, "index" from setting to state), "judgements", "pictures". Its
    longest lists are text, as a notebook would give each of their items a line.
    """

    shown: dict[str, Any]
    stored: dict[str, list[dict[str, str]]]
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
        for (template, texts, _), stored in zip(group["states"], part["stored"][name], strict=True):
            every = {key: dict(zip(STORED, json.loads(values), strict=True)) for key, values in stored.items()}
            results = named("", {key: Estimate(estimand=key, method="", **one) for key, one in every.items()})
            pieces, written = group["templates"][template], iter(texts.split("|"))
            yield [each if isinstance(each, str) else _run(each, next(written), results) for each in pieces], results


def _run(field: Sequence[str], text: str, results: Results) -> Run:
    name, part, style = field
    return (bound(name, results[name], part, style) or {"result": name, "part": part}) | {"text": text}


def explorer(found: Settings, *, of: Origin, forecast_of: Origin) -> Explorer:
    """The settings of one series as a part, which registers its published state under the names of the chapters.

    Where a chapter has another result of one of these names, the report is refused.

    Parameters
    ----------
    found : from `under_every_setting`. of, forecast_of : the data behind the counts, and behind the forecast.
    """
    growth_place, growth_picture = _growth_scale(found)
    count_place, count_picture = _count_scale(found)
    writers = {
        "growth": lambda growth: _growth(growth, growth_place),
        "step": lambda ratio: _step(ratio, found.largest),
        "forecast": lambda following: _forecast(following, found, count_place),
        "kept": lambda kept: ("", {}, " ".join("kept" if year in kept else "left-out" for year in found.years)),
    }
    sentences, stored = {}, {}
    for name, write in writers.items():
        sentences[name], stored[name] = _sentences(found, getattr(found, name), write)
    judgements = [_judgement(found, name) for name in found.judgements]
    shown = {
        "controls": [_control(found, axis) for axis in found.options],
        "sentences": sentences,
        "judgements": judgements,
        "counted": [f"{number or 'none'} of {len(judgements)} judgements" for number in range(len(judgements) + 1)],
        "pictures": {"growth": growth_picture, "counts": count_picture},
    }
    return Explorer(shown, stored, _overview(found, shown, writers), _published(found, of, forecast_of))


def _published(found: Settings, of: Origin, forecast_of: Origin) -> Results:
    judged = {name: found.at(varying) for name, varying in found.judgements.items()}
    own = {name: judged.pop(name) for name in ("growth", "joint-rise", "next-count", "coverage")}
    own["growth"] = {"rate": found.at(found.growth), "standing": own["growth"]}
    judged[f"step.{found.years.index(found.largest[0]) + 1}.ratio"] = found.at(found.step)
    forecast = {f"{100 * level:.0f}": found.at(found.forecast, level=level).estimate for level in (0.8, 0.95)}
    return (
        named("", judged, of=of)
        | named("explorer", own, of=forecast_of)
        | named("forecast.reference-class.1", forecast, of=forecast_of)
    )


def _sentences(
    found: Settings, varying: Varying, write: Callable[[Any], Said]
) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """Each different sentence once, with the results it was written from, and which of them a setting has."""
    templates, states, stored, index = [], [], [], []
    for value in varying.values:
        template, estimates, places = write(value)
        results = named("", estimates)
        runs = fill(template, results)
        pieces = [run if isinstance(run, str) else [run["result"], run["part"], run.get("style", "")] for run in runs]
        if pieces not in templates:
            templates.append(pieces)
        texts = "|".join(run["text"] for run in runs if not isinstance(run, str))
        state = [templates.index(pieces), texts, places]
        if state not in states:
            states.append(state)
            stored.append({name: json.dumps([getattr(one, key) for key in STORED]) for name, one in results.items()})
        index.append(states.index(state))
    group = {"axes": list(varying.axes), "templates": templates, "states": states, "index": " ".join(map(str, index))}
    return group | {"published": index[found.place(varying.axes)]}, stored


def _growth(growth: Estimate, place: Place) -> Said:
    said = "Growth is {growth:full}. "
    said += "The interval excludes no growth." if growth.excludes(0) else "The interval includes no growth."
    if growth.value is None:
        said = "Growth has no one value: {growth}."
    elif growth.low is None and growth.high is None:
        said = "Growth is {growth}; {growth:interval}."
    return said, {"growth": growth}, _places(growth, place, -100)


def _step(ratio: Estimate, pair: tuple[int, int]) -> Said:
    years = {
        "from": Estimate(estimand="from", value=pair[0], **YEAR),
        "to": Estimate(estimand="to", value=pair[1], **YEAR),
    }
    said = "The largest step, from {from} to {to}: {ratio}"
    if ratio.value is not None:
        said = said.replace("{ratio}", "{ratio:bare} times ({ratio:level} confidence interval {ratio:interval})")
    return said + ".", years | {"ratio": ratio}, ""


def _forecast(following: NextCount, found: Settings, place: Place) -> Said:
    estimate, coverage, year = following.estimate, following.coverage, following.year
    results = {"year": Estimate(estimand="year", value=year, **YEAR), "forecast": estimate, "coverage": coverage}
    if estimate.value is None:
        said = "There is no forecast of {year}: {forecast}."
    elif estimate.low is None:
        said = "The forecast of {year} is {forecast:bare 2s}; {forecast:interval}."
    else:
        held = "On public series such intervals held the next count {coverage} of the time."
        said = "The forecast of {year} is {forecast:bare 2s} "
        said += "({forecast:level} prediction interval {forecast:interval 2s}). "
        said += "How often such intervals hold was not measured." if coverage.value is None else held
    if year in found.years and estimate.low is not None:
        count = found.counts[found.years.index(year)]
        results["count"] = Estimate(estimand="count", unit=estimate.unit, method="published count", value=count)
        inside = estimate.low <= count and (estimate.high is None or count <= estimate.high)
        said += f" The count of that year, {{count:bare}}, lies {'inside' if inside else 'outside'}."
    return said, results, f"{_across(found, year)}% {_places(estimate, place, 0)}"


def _places(estimate: Estimate, place: Place, least: float) -> str:
    """Where low end, high end and value stand; whether the interval and the value are to be seen."""
    known = estimate.low is not None or estimate.high is not None
    low = least if estimate.low is None else estimate.low
    high = math.inf if estimate.high is None else estimate.high
    ends = [place(low), place(high)] if known else [0, 0]
    valued = estimate.value is not None
    seen = ["visible" if there else "hidden" for there in (known, valued)]
    return " ".join([*(f"{end}%" for end in (*ends, place(estimate.value) if valued else 0)), *seen])


def _growth_scale(found: Settings) -> tuple[Place, dict[str, Any]]:
    """Where a growth a year stands, in % of the width, on a scale of its logarithm that holds every estimate."""
    published = found.at(found.growth)
    shown = [published.low, published.high, *(growth.value for growth in found.growth.values)]
    widest = max((abs(math.log1p(max(growth, -99) / 100)) for growth in shown if growth is not None), default=0)
    half = math.log(next((factor for factor in GROWTH_SCALES if 2 * math.log(factor) >= widest), GROWTH_SCALES[-1]))

    def place(growth: float) -> float:
        logarithm = math.log1p(growth / 100) if growth > -100 else -math.inf
        return round(50 + 25 * min(max(logarithm / half, -2), 2), 1)

    ticks = [100 * math.expm1(half * step) for step in (-2, -1, 0, 1, 2)]
    return place, {"ticks": [[25 * at, "+" * (at > 2) + number_text(growth, "%")] for at, growth in enumerate(ticks)]}


def _count_scale(found: Settings) -> tuple[Place, dict[str, Any]]:
    """Where a count stands, in % of the height from the top, and the columns of the published counts."""
    published = found.at(found.forecast).estimate
    most = HEADROOM * max(*found.counts, published.value or 1, published.high or 1)

    def place(count: float) -> float:
        return round(100 - 100 * min(count / most, 1), 1)

    few = len(found.years) <= FEW
    columns = []
    for year, count in zip(found.years, found.counts, strict=True):
        column = {"year": year, "across": _across(found, year), "top": place(count)}
        ends = year in (found.years[0], found.years[-1])
        columns.append(column | {"text": number_text(count) if few else "", "labelled": few or ends})
    following = {"year": found.years[-1] + 1, "across": _across(found, found.years[-1] + 1)}
    width = round(60 / (found.years[-1] - found.years[0] + 2), 1)
    return place, {"columns": columns, "width": width, "next": following}


def _across(found: Settings, year: int) -> float:
    return round(100 * (year - found.years[0] + 0.5) / (found.years[-1] - found.years[0] + 2), 1)


def _judgement(found: Settings, name: str) -> dict[str, Any]:
    """The words that it may have, the published one first, and which of them a setting gives, a character each."""
    varying = found.judgements[name]
    published, verdicts = found.at(varying), [conclusion.verdict for conclusion in varying.values]
    words = list(dict.fromkeys([published.verdict, *verdicts]))
    if name in ABOUT:
        about = ABOUT[name]
    else:
        later = int(name.split(".")[1])
        about = f"the change from {found.years[later - 1]} to {found.years[later]}"
    index = "".join(str(words.index(verdict)) for verdict in verdicts)
    said = {"about": sentence_case(about), "rule": published.rule}
    return said | {"axes": list(varying.axes), "words": words, "index": index}


def _control(found: Settings, axis: str) -> dict[str, Any]:
    ends = {"first": found.years[0], "last": found.years[-1]}
    options = []
    for option in found.options[axis]:
        text = level_text(option) if axis == "level" else f"{option:g}" if isinstance(option, float) else option
        label = found.titles[option] if axis == "forecast" else LABELS.get(option, text).format(**ends)
        options.append({"key": re.sub(r"[^a-z0-9.]+", "-", text.lower()).strip("-"), "label": label})
    published = found.options[axis].index(found.published[axis])
    return {"axis": axis, "legend": LEGENDS[axis].format(**ends), "options": options, "published": published}


def _overview(found: Settings, shown: Mapping[str, Any], writers: Mapping[str, Callable[[Any], Said]]) -> Table:
    """What each single change of a choice gives, as a table for readers of the notebook."""

    def said(name: str, chosen: Mapping[str, Any]) -> str:
        template, results, _ = writers[name](found.at(getattr(found, name), **chosen))
        return runs_text(fill(template, named("", results)))

    rows = []
    for control in shown["controls"]:
        for option, written in zip(found.options[control["axis"]], control["options"], strict=True):
            chosen = {control["axis"]: option}
            changed = [
                judgement["about"]
                for judgement, varying in zip(shown["judgements"], found.judgements.values(), strict=True)
                if found.at(varying, **chosen).verdict != found.at(varying).verdict
            ]
            published = option == found.published[control["axis"]]
            changes = "published" if published else "; ".join(changed) or "none"
            rows.append([control["legend"], written["label"], *(said(name, chosen) for name in SAID), changes])
    columns = ["Choice", "Option", "Growth", "Largest step", "Forecast", "Judgements that it changes"]
    caption = "Each choice by itself, all others as published; the report lets its readers combine them"
    return table("explorer", caption, columns, rows)
