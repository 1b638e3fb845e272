"""What was forecast, and what came: published forecasts beside the counts that have arrived since."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from analysis.estimates import Conclusion, Estimate, Forecast, computed
from analysis.figures import forecast_record, load
from analysis.figures.forecast_record import PublishedForecast, digest
from analysis.reliability import artefacts, reference_class
from analysis.reliability.forecasts import forecast
from analysis.reliability.scoring import weighted_interval_score

RULE = (
    "inside: the count is within the limits, both included; the narrower interval is the 80% one, the wider the 95% one"
)


def made_from(published: PublishedForecast, years: Sequence[int], counts: Sequence[int]) -> int:
    """How many of the first counts of a series a published forecast was made from; 0 where they have been revised.

    >>> made_from(next_entry((2015, 2016, 2017), (153, 462, 527), "2.0.0", date(2026, 1, 1)), range(2015, 2019),
    ...     (153, 462, 527, 594))
    3
    """
    found = [n for n in range(1, len(years) + 1) if digest(years[:n], counts[:n]) == published.counts_sha256]
    return found[0] if found else 0


def next_entry(years: Sequence[int], counts: Sequence[int], version: str, made: date) -> PublishedForecast:
    """The reference-class forecast of the coming count as a row of the record, in whole counts.

    Raises ValueError: the counts allow no such forecast; the reason.
    """
    best = forecast(years, counts, horizons=[1])[0]
    narrow, wide = best.at(0.8), best.at(0.95)
    if narrow.value is None:
        raise ValueError(narrow.reason)
    return PublishedForecast(
        version=version,
        made=made,
        method=best.key,
        year=best.year,
        median=round(narrow.value),
        low_80=round(narrow.low),
        high_80=round(narrow.high),
        low_95=round(wide.low),
        high_95=round(wide.high),
        counts_sha256=digest(years, counts),
        fit_sha256=hashlib.sha256(artefacts.read(reference_class.STORED)).hexdigest(),
    )


@contextlib.contextmanager
def recorded(folder: str | Path, version: str, made: date) -> Iterator[list[str]]:
    """Adds the forecast of a version that has none to the record of a study, and takes it back if the body fails.

    Yields one line that says so, or none.
    """
    study, lines = load(folder), []
    path = study.folder / forecast_record.NAME
    before = path.read_bytes() if path.exists() else None
    if version not in {row.version for row in forecast_record.read(study.folder)}:
        entry = next_entry(study.outcome.years, study.outcome.counts, version, made)
        forecast_record.append(study.folder, entry)
        lines.append(f"{path.name}: the forecast of version {version} for {entry.year}")
    try:
        yield lines
    except BaseException:
        path.unlink() if before is None else path.write_bytes(before)
        raise


@computed
def judged(
    published: PublishedForecast,
    years: Sequence[int],
    counts: Sequence[int],
    *,
    dates: Mapping[int, str] | None = None,
    unit: str = "",
) -> dict[str, Any]:
    """A published forecast beside the count of its year.

    years, counts : the series as known. dates : when each count was published, also of those not yet known. unit : what
        is counted.

    Returns "year", "made", "known" (calendar years of the forecast, its making, and when the count was published),
    "80", "95" (the published intervals), and "standing": "waiting" for a count, "published later" than the series is
    read, or else "inside the narrower interval", "inside the wider interval" or "outside both"; then also "count" and
    "score", the weighted interval score on log(1 + count), lower being better.

    >>> entry = next_entry((2015, 2016, 2017), (153, 462, 527), "2.0.0", date(2026, 1, 1))
    >>> found = judged(entry, (2015, 2016, 2017, 2018), (153, 462, 527, 594))
    >>> found["standing"].verdict, found["score"].value < 0.2
    ('inside the narrower interval', True)
    """
    about = {"unit": unit, "method": f"{published.method.replace('_', ' ')}, version {published.version}"}
    year = {"unit": "calendar year", "method": "as recorded"}
    found: dict[str, Any] = {
        "year": Estimate(estimand="year that was forecast", value=published.year, **year),
        "made": Estimate(estimand="year in which the forecast was made", value=published.made.year, **year),
    }
    for level, low, high in ((0.8, published.low_80, published.high_80), (0.95, published.low_95, published.high_95)):
        found[f"{100 * level:.0f}"] = Estimate(
            estimand=f"count in {published.year}, as forecast",
            value=published.median,
            low=low,
            high=high,
            level=level,
            interval="prediction",
            interval_method="as recorded",
            **about,
        )
    dated = (dates or {}).get(published.year)
    if dated:
        found["known"] = Estimate(estimand="year in which the count was published", value=int(dated[:4]), **year)
    if published.year not in years:
        return found | {"standing": _standing(published, "published later" if dated else "waiting")}
    count = counts[list(years).index(published.year)]
    inside = "the narrower" if published.low_80 <= count <= published.high_80 else "the wider"
    held = published.low_95 <= count <= published.high_95
    limits = [published.low_95, published.low_80, published.median, published.high_80, published.high_95]
    return found | {
        "count": Estimate(estimand=f"count in {published.year}", unit=unit, method="published count", value=count),
        "score": _score(count, limits, about["method"]),
        "standing": _standing(published, f"inside {inside} interval" if held else "outside both"),
    }


@computed
def scores_of_methods(
    published: PublishedForecast, years: Sequence[int], counts: Sequence[int]
) -> list[tuple[Forecast, Estimate]]:
    """Every method's forecast from the counts that a published forecast was made from, with its score on what came.

    Returns In the order of `forecast`; empty while the count is not known, or where the counts used have been revised.

    >>> entry = next_entry((2015, 2016, 2017), (153, 462, 527), "2.0.0", date(2026, 1, 1))
    >>> each = scores_of_methods(entry, (2015, 2016, 2017, 2018), (153, 462, 527, 594))
    >>> each[0][0].key, len(each)
    ('reference_class', 15)
    """
    n = made_from(published, years, counts)
    if not n or published.year not in years:
        return []
    count = counts[list(years).index(published.year)]
    found = []
    for one in forecast(years[:n], counts[:n], horizons=[published.year - years[n - 1]]):
        narrow, wide = one.at(0.8), one.at(0.95)
        limits = [wide.low, narrow.low, narrow.value, narrow.high, wide.high]
        found.append((one, _score(count, limits, one.method)))
    return found


def _score(count: int, limits: list[float | None], method: str) -> Estimate:
    about = {"estimand": "weighted interval score on log(1 + count)", "unit": "", "method": method, "n": 1}
    if None in limits:
        return Estimate(**about, reason="not scored: a limit is missing")
    score = weighted_interval_score(np.log1p([count]), np.log1p([limits]))
    return Estimate(**about, value=float(score[0]))


def _standing(published: PublishedForecast, verdict: str) -> Conclusion:
    return Conclusion(
        about=f"the forecast of version {published.version} for {published.year}", verdict=verdict, rule=RULE
    )
