"""How far forecasts of a short annual series can be trusted: coverage measured on public series, as stored.

`stored` reads the result of `analysis.reliability.measurement` after verifying its hash; nothing is measured here.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analysis.estimates import Estimate
from analysis.reliability import artefacts
from analysis.reliability.measurement import BASELINE, STORED
from analysis.reliability.methods import METHODS
from analysis.reliability.scoring import LEVELS

MEASURED = {
    "method": "measured on public series",
    "function": "analysis.reliability.measurement.run",  # what is read here was computed there
}
BOOTSTRAP = "family bootstrap, percentile"
ASSUMES = "families are a sample of the kinds of series in question; each weighs the same"


@dataclass(frozen=True, kw_only=True)
class Score:
    """How one method did on windows of `n` counts, `horizon` years ahead.

    key, method : its name in code and in words. windows, families : what it was scored on.
    coverage : by nominal level, % of counts within the prediction limits rounded outward.
    wis : weighted interval score on log(1 + count), lower is better. wis_ratio : over that of the log random walk on
        the same windows.
    worst_family, worst_coverage : by nominal level, the family in which the interval held least, and how often in %.
    spread, deviation : by nominal level, least and greatest coverage of a family in %, and the standard deviation over
    families in points. guarantee : how likely a new family is to be covered less than the worst of these.

    Every interval is a 95% confidence interval from resampling whole families.
    """

    key: str
    method: str
    n: int
    horizon: int
    windows: int
    families: int
    coverage: dict[float, Estimate]
    wis: Estimate
    wis_ratio: Estimate
    worst_family: dict[float, str]
    worst_coverage: dict[float, Estimate]
    spread: dict[float, Estimate]
    deviation: dict[float, Estimate]
    guarantee: Estimate


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """The stored measurement.

    scores : every method, window length and horizon. rose_three_times : the same for windows of four counts
        of which each was higher than the one before.
    facts : named results about the windows themselves and about the choices behind the measurement.
    """

    scores: tuple[Score, ...]
    rose_three_times: tuple[Score, ...]
    facts: dict[str, Estimate]

    def at(self, n: int, horizon: int, *, rose_three_times: bool = False) -> tuple[Score, ...]:
        """Scores of all methods at one window length and horizon, the reference-class forecast first."""
        scores = self.rose_three_times if rose_three_times else self.scores
        return tuple(score for score in scores if (score.n, score.horizon) == (n, horizon))

    def coverage(self, key: str, n: int, horizon: int) -> dict[float, Estimate]:
        """Coverage in % of the intervals of one method, by level; the reason where none was measured."""
        for score in self.at(n, horizon):
            if score.key == key:
                return score.coverage
        reason = f"not measured: windows of {n} years, {horizon} ahead"
        words = {"method": METHODS[key].title, "unit": "%", "reason": reason}
        return {level: Estimate(estimand=f"coverage of the {level:.0%} interval", **words) for level in LEVELS}


@functools.cache
def stored() -> Calibration:
    """Coverage and scores of every forecasting method on public short annual count series.

    Raises ValueError: the stored file is missing or is not the one that its hash declares.

    >>> poisson = stored().coverage("poisson_trend", 4, 1)
    >>> f"{poisson[0.95].value:.0f}% instead of 95%"
    '51% instead of 95%'
    """
    result = json.loads(artefacts.read(STORED))
    rose = "public windows that rose three times"
    return Calibration(
        scores=tuple(score for cell in result["cells"] for score in _scores(cell, "public windows")),
        rose_three_times=tuple(score for cell in result["rose_three_times"] for score in _scores(cell, rose)),
        facts={name: _estimate(**fact) for name, fact in result["facts"].items()},
    )


def _scores(cell: Mapping[str, Any], where: str) -> list[Score]:
    n, horizon, windows, families = (cell[name] for name in ("n", "horizon", "windows", "families"))
    place = f"{where} of {n} years, {horizon} ahead"
    scores = []
    for key, found in cell["methods"].items():
        method = METHODS[key].title
        wis = f"weighted interval score, {method}, {place}"
        over = f"weighted interval score over that of {METHODS[BASELINE].title}, {method}, {place}"
        coverage, spread, deviation, worst_family, worst_coverage = {}, {}, {}, {}, {}
        for level in LEVELS:
            name, held = f"coverage{100 * level:.0f}", f"coverage of the {level:.0%} interval, {method}"
            single = found["over_families"][name]
            worst_family[level] = worst = single["worst"]
            coverage[level] = _estimate(f"{held}, {place}", "%", windows, found[name])
            worst_coverage[level] = _estimate(f"{held}, {worst}", "%", families[worst], [single["least"]])
            about = f"standard deviation over families of the {held}, {place}"
            deviation[level] = _estimate(about, "points", len(families), [single["deviation"]])
            spread[level] = Estimate(
                estimand=f"{held}, over families, {place}",
                unit="%",
                low=single["least"],
                high=single["greatest"],
                interval="range",
                interval_method="least and greatest of the families",
                reason="a spread has no one value",
                n=len(families),
                **MEASURED,
            )
        scores.append(
            Score(
                key=key,
                method=method,
                n=n,
                horizon=horizon,
                windows=windows,
                families=len(families),
                coverage=coverage,
                wis=_estimate(wis, "", windows, found["wis"]),
                wis_ratio=_estimate(over, "ratio", windows, found["wis_ratio"]),
                worst_family=worst_family,
                worst_coverage=worst_coverage,
                spread=spread,
                deviation=deviation,
                guarantee=new_family_guarantee(len(families)),
            )
        )
    return scores


def new_family_guarantee(families: int) -> Estimate:
    """Chance that a new family is covered less than the worst of so many measured ones, at most, in %.

    The one assumption is that the new family is exchangeable with these: then each of the families + 1 coverages is as
    likely as any other to be the least. It is the finite-sample statement of conformal prediction over groups: from k
    families no lower bound on the coverage of a new one can be promised with more than k / (k + 1).

    Source: Lee, Barber and Willett (2023), arXiv:2306.06342; Dunn, Wasserman and Ramdas (2023), Journal of the American
    Statistical Association 118, 2491-2502.

    >>> new_family_guarantee(15).value
    6.25
    """
    return Estimate(
        estimand="chance that a new family is covered less than the worst of those measured, at most",
        unit="%",
        method="rank of a new family among the measured ones",
        value=100 / (families + 1),
        n=families,
        assumes="the new family is exchangeable with the measured ones",
        function=f"{__name__}.new_family_guarantee",
    )


def _estimate(estimand: str, unit: str, n: int, numbers: Sequence[float]) -> Estimate:
    """One stored result: a value, with its family-bootstrap interval where three numbers are stored."""
    value, *limits = numbers
    interval: dict[str, Any] = {}
    if limits:
        interval = dict(low=limits[0], high=limits[1], level=0.95, interval="confidence", interval_method=BOOTSTRAP)
        interval |= {"assumes": ASSUMES}
    return Estimate(estimand=estimand, unit=unit, value=value, n=n, **MEASURED, **interval)
