"""How far forecasts of a short annual series can be trusted: coverage measured on public series, as stored.

`stored` reads the result of `analysis.reliability.measurement` after verifying its hash; nothing is measured here.
`judged` puts every forecast of one series beside the coverage that its method really has.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analysis.estimates import Estimate, Forecast, computed
from analysis.reliability import artefacts, reference_class
from analysis.reliability.forecasts import forecast
from analysis.reliability.measurement import BASELINE, LENGTH, STORED
from analysis.reliability.predictive import HORIZONS, LEVELS, METHODS

MEASURED_BY = "analysis.reliability.measurement.run"  # what is read here was computed there
BOOTSTRAP = "family bootstrap, percentile"
ASSUMES = "families are a sample of the kinds of series in question; each weighs the same"
TITLES = {reference_class.KEY: reference_class.TITLE} | {key: method.title for key, method in METHODS.items()}


@dataclass(frozen=True, kw_only=True)
class Score:
    """How one method did on windows of `n` counts, `horizon` years ahead.

    Attributes
    ----------
    method, title : its key and its name. windows, families : what it was scored on.
    coverage : by nominal level, % of counts within the prediction limits rounded outward.
    wis : weighted interval score on log(1 + count), lower is better. winkler : by level. rmsle : of the
        median.
    wis_difference, wis_ratio : against the log random walk on the same windows.
    worst_family, worst_coverage : by level, the family with the lowest coverage.
    by_family : "coverage80", "coverage95" (shares) and "wis" of each family.

    Every interval is a 95% confidence interval from resampling whole families.
    """

    method: str
    title: str
    n: int
    horizon: int
    windows: int
    families: int
    coverage: dict[float, Estimate]
    wis: Estimate
    winkler: dict[float, Estimate]
    rmsle: Estimate
    wis_difference: Estimate
    wis_ratio: Estimate
    worst_family: dict[float, str]
    worst_coverage: dict[float, Estimate]
    by_family: dict[str, dict[str, float]]


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """The stored measurement.

    Attributes
    ----------
    scores : every method, window length and horizon. rose_three_times : the same for windows of four counts
        of which each was higher than the one before.
    facts : named results about the windows themselves and about the choices behind the measurement.
    """

    scores: tuple[Score, ...]
    rose_three_times: tuple[Score, ...]
    facts: dict[str, Estimate]

    def score(self, method: str, n: int, horizon: int) -> Score:
        """The score of one method; KeyError when it was not measured."""
        for found in self.at(n, horizon):
            if found.method == method:
                return found
        raise KeyError(f"{method}: not measured for windows of {n} years, {horizon} ahead")

    def at(self, n: int, horizon: int, *, rose_three_times: bool = False) -> tuple[Score, ...]:
        """Scores of all methods at one window length and horizon, the reference-class forecast first."""
        scores = self.rose_three_times if rose_three_times else self.scores
        return tuple(score for score in scores if (score.n, score.horizon) == (n, horizon))


@dataclass(frozen=True, kw_only=True)
class JudgedForecast:
    """A forecast beside what its method covers at the same n and horizon: `coverage` in %, by level."""

    method: str
    forecast: Forecast
    coverage: dict[float, Estimate]


@functools.cache
@computed
def stored() -> Calibration:
    """Coverage and scores of every forecasting method on public short annual count series.

    Raises
    ------
    ValueError : the stored file is missing or is not the one that its hash declares.

    Examples
    --------
    >>> poisson = stored().score("poisson_trend", 4, 1)
    >>> f"{poisson.coverage[0.95].value:.0f}% instead of 95%"
    '51% instead of 95%'
    """
    return parse(artefacts.read(STORED))


def parse(content: bytes) -> Calibration:
    """A Calibration from its stored form."""
    result = json.loads(content)
    return Calibration(
        scores=tuple(score for cell in result["cells"] for score in _scores(cell, "public windows")),
        rose_three_times=tuple(
            score
            for cell in result["rose_three_times"]
            for score in _scores(cell, "public windows that rose three times")
        ),
        facts=_facts(result),
    )


@computed
def judged(
    years: Sequence[int], counts: Sequence[int], *, horizons: Sequence[int] = HORIZONS, unit: str = ""
) -> list[JudgedForecast]:
    """The next counts of one series under every method, each with the coverage measured for that method.

    Parameters
    ----------
    years, counts : (n,), consecutive years. horizons : years ahead. unit : what is counted.

    Returns
    -------
    One JudgedForecast a method and horizon, the reference-class forecast first. Forecasts hold prediction
    intervals; coverages hold family-bootstrap confidence intervals, or the reason why none was measured.

    Examples
    --------
    >>> first = judged([2015, 2016, 2017, 2018], [153, 462, 527, 594])[0]
    >>> first.forecast.method, round(first.coverage[0.95].value)
    ('reference-class forecast', 95)
    """
    learned = [reference_class.predict(years, counts, horizon=h, unit=unit) for h in horizons]
    own = forecast(years, counts, horizons=horizons, unit=unit)
    keys = [reference_class.KEY] * len(learned) + [key for key in METHODS for _ in horizons]
    return [
        JudgedForecast(method=key, forecast=found, coverage=_measured(key, len(counts), found.horizon))
        for key, found in zip(keys, [*learned, *own], strict=True)
    ]


def _measured(method: str, n: int, horizon: int) -> dict[float, Estimate]:
    try:
        return stored().score(method, n, horizon).coverage
    except KeyError:
        reason = f"not measured: windows of {n} years, {horizon} ahead"
        words = {"method": TITLES[method], "unit": "%", "reason": reason}
        return {level: Estimate(estimand=f"coverage of the {level:.0%} interval", **words) for level in LEVELS}


def _scores(cell: Mapping[str, Any], where: str) -> list[Score]:
    place = f"{where} of {cell['n']} years, {cell['horizon']} ahead"
    return [_score(method, found, cell, place) for method, found in cell["methods"].items()]


def _score(method: str, found: Mapping[str, Any], cell: Mapping[str, Any], place: str) -> Score:
    title = TITLES[method]

    def estimate(name: str, numbers: Sequence[float], unit: str = "") -> Estimate:
        return _bootstrapped(f"{name}, {title}, {place}", numbers, cell["windows"], unit)

    names = list(cell["families"])
    by_measure = found["by_family"]
    percent = {level: round(100 * level) for level in LEVELS}
    worst = {level: found[f"worst{p}"] for level, p in percent.items()}
    return Score(
        method=method,
        title=title,
        n=cell["n"],
        horizon=cell["horizon"],
        windows=cell["windows"],
        families=len(names),
        coverage={
            level: estimate(f"coverage of the {p}% interval", _percent(found[f"coverage{p}"]), "%")
            for level, p in percent.items()
        },
        wis=estimate("weighted interval score", found["wis"]),
        winkler={
            level: estimate(f"Winkler score of the {p}% interval", found[f"winkler{p}"]) for level, p in percent.items()
        },
        rmsle=estimate("root mean squared log error of the median", found["rmsle"]),
        wis_difference=estimate(f"weighted interval score less that of {TITLES[BASELINE]}", found["wis_difference"]),
        wis_ratio=estimate(f"weighted interval score over that of {TITLES[BASELINE]}", found["wis_ratio"], "ratio"),
        worst_family={level: entry["family"] for level, entry in worst.items()},
        worst_coverage={
            level: _number(
                f"coverage of the {percent[level]}% interval, {title}, {entry['family']}",
                round(100 * entry["coverage"], 6),
                cell["families"][entry["family"]],
                "%",
            )
            for level, entry in worst.items()
        },
        by_family={
            name: {measure: values[at] for measure, values in by_measure.items()} for at, name in enumerate(names)
        },
    )


def _facts(result: Mapping[str, Any]) -> dict[str, Estimate]:
    rises, ramp, phi = result["after_three_rises"], result["ramped_then_settled"], result["dispersion"]
    after = f"after three rises in a row, public windows of {rises['n']} years"
    low, high = phi["middle"]
    facts = {
        "next_rises": _bootstrapped(f"next year rises, {after}", _percent(rises["next_rises"]), rises["windows"], "%"),
        "next_rises_by_family": _bootstrapped(
            f"next year rises, {after}, families weighing the same",
            _percent(rises["next_rises_by_family"]),
            rises["windows"],
            "%",
        ),
        "keeps_pace": _bootstrapped(
            f"next year grows at least as fast as the past mean, {after}",
            _percent(rises["keeps_pace"]),
            rises["windows"],
            "%",
        ),
        "keeps_pace_by_family": _bootstrapped(
            f"next year grows at least as fast as the past mean, {after}, families weighing the same",
            _percent(rises["keeps_pace_by_family"]),
            rises["windows"],
            "%",
        ),
    }
    for name, words in (
        ("all", "public windows"),
        ("middle", f"public windows with a mean of {low} to {high}"),
    ):
        n = phi[f"{name}_windows"]
        place = f"{words}, {phi['n']} years"
        facts[f"dispersion_median_{name}"] = _number(f"median Pearson dispersion, {place}", phi[f"{name}_median"], n)
        facts[f"dispersion_below_1_{name}"] = _bootstrapped(
            f"share with a dispersion below 1, {place}", _percent(phi[f"{name}_below_1"]), n, "%"
        )
    for name in ("four_points", "three_points"):
        place = f"{name.replace('_', ' ')}, windows that ramped up and then settled"
        for p in (80, 95):
            facts[f"{name}_coverage{p}"] = _bootstrapped(
                f"coverage of the {p}% interval, {place}",
                _percent(ramp[name][f"coverage{p}"]),
                ramp["windows"],
                "%",
            )
        facts[f"{name}_wis"] = _number(f"weighted interval score, {place}", ramp[name]["wis"], ramp["windows"])
        facts[f"{name}_ratio_of_limits"] = _number(
            f"median ratio of the 95% limits, {place}",
            ramp[name]["median_ratio_of_limits95"],
            ramp["windows"],
            "ratio",
        )
    return facts | _draws(result)


def _draws(result: Mapping[str, Any]) -> dict[str, Estimate]:
    """The headline results with their range over other draws of windows."""
    (cell,) = (cell for cell in result["cells"] if (cell["n"], cell["horizon"]) == (LENGTH, 1))
    ours, draws = cell["methods"][reference_class.KEY], result["other_draws"]
    values = {
        "coverage80": (ours["coverage80"][0], "%", 100),
        "coverage95": (ours["coverage95"][0], "%", 100),
        "worst95": (ours["worst95"]["coverage"], "%", 100),
        "wis_ratio": (ours["wis_ratio"][0], "ratio", 1),
    }
    facts = {}
    for name, (value, unit, scale) in values.items():
        value, low, high = (round(scale * number, 6) for number in (value, *draws[name]))
        facts[f"draws_{name}"] = Estimate(
            estimand=f"{name} of the {reference_class.TITLE} over draws of windows",
            unit=unit,
            method="macro average over families",
            value=value,
            low=low,
            high=high,
            interval="range",
            interval_method=f"smallest and largest of {draws['draws']} other draws",
            n=cell["windows"],
            function=MEASURED_BY,
        )
    return facts


def _bootstrapped(estimand: str, numbers: Sequence[float], n: int, unit: str) -> Estimate:
    value, low, high = numbers
    return Estimate(
        estimand=estimand,
        unit=unit,
        method="measured on public series",
        value=value,
        low=low,
        high=high,
        level=0.95,
        interval="confidence",
        interval_method=BOOTSTRAP,
        n=n,
        assumes=ASSUMES,
        function=MEASURED_BY,
    )


def _number(estimand: str, value: float, n: int, unit: str = "") -> Estimate:
    about = {"method": "measured on public series", "function": MEASURED_BY}
    return Estimate(estimand=estimand, unit=unit, value=value, n=n, **about)


def _percent(shares: Sequence[float]) -> list[float]:
    return [round(100 * share, 6) for share in shares]
