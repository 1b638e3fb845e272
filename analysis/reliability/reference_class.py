"""The reference-class forecast: the next counts of a short series, judged by how series like it went on.

    r_j = log((y_{j+1} + 1/2) / (y_j + 1/2))
    s^2 = floor + count_term / (y_n + 1/2) + (sum_j a_j min(|r_j|, 4)^2) ^ power
    quantile_q = max(0, (y_n + 1/2) exp(s u_q) - 1/2)

The spread s is fitted to the public windows of `benchmark` by Student-t maximum likelihood with each family
weighing the same; u_q is the family-weighted empirical quantile of the standardised log changes that followed. There
is no drift: series that rose do not, on average, go on rising at their own rate.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special
from scipy.optimize import minimize

from analysis.estimates import Forecast, computed
from analysis.reliability import artefacts
from analysis.reliability.benchmark import MEAN_RANGE, SMALLEST_COUNT, Windows, eligible, family_weights
from analysis.reliability.forecasts import as_forecast, check_years, refused
from analysis.reliability.predictive import LEVELS, probabilities

STORED = "reference_class.json"
KEY = "reference_class"
TITLE = "reference-class forecast"
LARGEST_LOG_RATIO = 4.0
FIGURES = 6  # significant, in the stored parameters
CONVERGED = 1e-9  # largest derivative of the mean log likelihood in any log parameter
PREDICTIVE = (
    "log scale, around the last count: family-weighted quantiles of the standardised changes that followed "
    "in the reference class"
)
ASSUMES = "the series is exchangeable with the public series of its reference class; coverage is an average"


@dataclass(frozen=True, kw_only=True)
class ReferenceClass:
    """One fit: how windows of `n` counts went on `horizon` years later.

    Attributes
    ----------
    floor, count_term, weights (n - 1, oldest change first), power : of the spread s.
    tail_df : degrees of freedom of the t likelihood; the forecast itself uses the empirical quantiles.
    quantiles : u at `analysis.reliability.forecasts.probabilities()`, in increasing order.
    windows, families : what it was fitted to.
    """

    n: int
    horizon: int
    windows: int
    families: int
    floor: float
    count_term: float
    weights: tuple[float, ...]
    power: float
    tail_df: float
    quantiles: tuple[float, ...]

    def spread(self, counts: np.ndarray) -> np.ndarray:
        """Spread s of the log change after each window (windows, n), (windows,)."""
        squares, inverse = _features(counts)
        return np.sqrt(self.floor + self.count_term * inverse + (squares @ self.weights) ** self.power)

    def limits(self, counts: ArrayLike) -> np.ndarray:
        """Median and prediction limits for each window (windows, n), (windows, 5), at `probabilities()`."""
        counts = np.atleast_2d(np.asarray(counts, dtype=float))
        change = np.exp(self.spread(counts)[:, None] * np.array(self.quantiles))
        return np.maximum(0.0, (counts[:, -1:] + 0.5) * change - 0.5)


def fit(windows: Windows) -> ReferenceClass:
    """Spread and quantiles of the reference class from its windows, each family weighing the same.

    Parameters
    ----------
    windows : eligible windows of one length and horizon with what followed.

    Returns
    -------
    ReferenceClass with parameters rounded to six significant figures.

    Raises
    ------
    ValueError : the likelihood has no interior maximum on these windows.

    Source
    ------
    Kahneman and Tversky (1979) and Flyvbjerg (2006) for the outside view; Lee, Barber and Willett (2023),
    arXiv:2306.06342, for conformal quantiles over groups.
    """
    squares, inverse = _features(windows.counts)
    change = _log_change(windows)
    share = family_weights(windows.family)
    steps = squares.shape[1]
    start = np.log([0.005, 1.0, *[0.5 / steps] * steps, 1.0, 5.0])
    found = _maximum(start, (squares, inverse, change, share))
    if found is None:
        raise ValueError(f"reference class, n = {windows.n}, horizon {windows.horizon}: the fit has no maximum")
    floor, count_term, *weights, power, tail_df = (artefacts.rounded(float(v), FIGURES) for v in np.exp(found))
    fitted = ReferenceClass(
        n=windows.n,
        horizon=windows.horizon,
        windows=len(windows.counts),
        families=len(windows.families),
        floor=floor,
        count_term=count_term,
        weights=tuple(weights),
        power=power,
        tail_df=tail_df,
        quantiles=(),
    )
    standardised = change / fitted.spread(windows.counts)
    found_quantiles = weighted_quantiles(standardised, share, probabilities())
    stored = tuple(artefacts.rounded(float(v), FIGURES) for v in found_quantiles)
    return ReferenceClass(**{**vars(fitted), "quantiles": stored})


def leaving_out(train: Windows) -> dict[str, ReferenceClass]:
    """For each family, the fit to the windows of all the others."""
    return {name: fit(train.where(train.family != name)) for name in train.families}


def limits_by_family(fits: dict[str, ReferenceClass], counts: np.ndarray, family: np.ndarray) -> np.ndarray:
    """Prediction limits of each window (windows, n) from the fit that never saw its family, (windows, 5)."""
    limits = np.empty((len(counts), len(probabilities())))
    for name in set(family.tolist()):
        limits[family == name] = fits[name].limits(counts[family == name])
    return limits


def weighted_quantiles(values: np.ndarray, weights: np.ndarray, at: ArrayLike) -> np.ndarray:
    """Smallest value at or below which at least the share `at` of the weight lies.

    >>> weighted_quantiles(np.array([3.0, 1.0, 2.0]), np.array([0.5, 0.25, 0.25]), [0.25, 0.5, 0.6]).tolist()
    [1.0, 2.0, 3.0]
    """
    order = np.argsort(values, kind="stable")
    share = np.cumsum(weights[order]) / weights.sum()
    # The tolerance keeps a share that is exact in theory from missing its quantile by rounding.
    place = np.searchsorted(share, np.asarray(at) - 1e-12)
    return values[order][np.minimum(place, len(values) - 1)]


def as_json(fits: Sequence[ReferenceClass]) -> bytes:
    """The stored form of fits; `parse` reads it back."""
    entries = [dict(vars(fitted)) for fitted in fits]
    return artefacts.encoded({"probabilities": probabilities().round(6).tolist(), "fits": entries})


def parse(content: bytes) -> dict[tuple[int, int], ReferenceClass]:
    """Fits by (n, horizon) from their stored form."""
    entries = json.loads(content)["fits"]
    tuples = ("weights", "quantiles")
    fits = [ReferenceClass(**{k: tuple(v) if k in tuples else v for k, v in e.items()}) for e in entries]
    return {(fitted.n, fitted.horizon): fitted for fitted in fits}


@functools.cache
def stored() -> dict[tuple[int, int], ReferenceClass]:
    """The committed fits by (n, horizon), after their hash has been verified."""
    return parse(artefacts.read(STORED))


@computed
def predict(years: Sequence[int], counts: Sequence[int], *, horizon: int = 1, unit: str = "") -> Forecast:
    """Count `horizon` years ahead, judged by how public series of the same length went on.

    Parameters
    ----------
    years, counts : (n,), consecutive years. horizon : years ahead. unit : what is counted.

    Returns
    -------
    Forecast with 80% and 95% prediction intervals, limits not rounded (two significant figures are what they
    carry); without numbers but with the reason when the series lies outside the reference class or no fit
    exists for its length and horizon. Measured coverage: `analysis.reliability.calibration.stored`.

    Raises
    ------
    ValueError : years that are not consecutive, or not as many as counts.

    Examples
    --------
    >>> found = predict([2015, 2016, 2017, 2018], [153, 462, 527, 594]).at(0.95)
    >>> round(found.low, -1), round(found.high, -2)
    (130.0, 1800.0)
    >>> predict([2017, 2018], [527, 594]).at(0.95).reason
    'not estimable: 2 observations, the reference class holds 3 to 6'
    """
    check_years(years, counts)
    year = years[-1] + horizon
    stated = {
        "estimand": f"count in {year}",
        "unit": unit,
        "method": TITLE,
        "interval_method": PREDICTIVE,
        "n": len(counts),
        "assumes": ASSUMES,
    }
    reason = why_not(counts, horizon)
    if reason:
        return refused(reason, LEVELS, year, horizon, stated)
    return as_forecast(stored()[len(counts), horizon].limits(counts)[0], LEVELS, year, horizon, stated)


def why_not(counts: Sequence[int], horizon: int) -> str:
    """Why the reference class says nothing about these counts; "" when it does."""
    lengths = sorted({n for n, _ in stored()})
    if len(counts) not in lengths:
        held = f"the reference class holds {lengths[0]} to {lengths[-1]}"
        return f"not estimable: {len(counts)} observations, {held}"
    if (len(counts), horizon) not in stored():
        return f"not estimable: {horizon} years ahead was not measured"
    if not eligible(counts)[0]:
        low, high = MEAN_RANGE
        return (
            f"outside the reference class: counts of at least {SMALLEST_COUNT} with a mean of {low:,.0f} to {high:,.0f}"
        )
    return ""


def _features(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    ratios = np.diff(np.log(counts + 0.5), axis=1)
    return np.minimum(np.abs(ratios), LARGEST_LOG_RATIO) ** 2, 1 / (counts[:, -1] + 0.5)


def _log_change(windows: Windows) -> np.ndarray:
    return np.log((windows.following + 0.5) / (windows.counts[:, -1] + 0.5))


def _maximum(start: np.ndarray, data: tuple[np.ndarray, ...]) -> np.ndarray | None:
    """Logarithms of the parameters at the maximum of the likelihood; None when there is none."""
    with np.errstate(all="ignore"):
        found = minimize(_loss, start, args=data, jac=True, method="BFGS", options={"gtol": 1e-7}).x
        try:
            for _ in range(4):
                # Newton steps bring the last digits: what is stored must not depend on where BFGS stopped.
                found = found - np.linalg.solve(_curvature(found, data), _loss(found, *data)[1])
        except np.linalg.LinAlgError:
            return None
        return found if np.abs(_loss(found, *data)[1]).max() < CONVERGED else None


def _loss(
    logs: np.ndarray, squares: np.ndarray, inverse: np.ndarray, change: np.ndarray, share: np.ndarray
) -> tuple[float, np.ndarray]:
    """Mean negative log likelihood and its gradient in the logarithms of the parameters."""
    floor, count_term, *weights, power, df = np.exp(logs)
    movement = np.maximum(squares @ weights, np.finfo(float).tiny)
    own = movement**power
    variance = floor + count_term * inverse + own
    scaled = change**2 / (df * variance)
    tail = np.log1p(scaled)
    constant = special.gammaln((df + 1) / 2) - special.gammaln(df / 2) - np.log(df * np.pi) / 2
    likelihood = constant - (np.log(variance) + (df + 1) * tail) / 2
    by_variance = share * ((df + 1) * scaled / (1 + scaled) - 1) / (2 * variance)
    by_movement = by_variance * power * own / movement
    by_df = special.digamma((df + 1) / 2) - special.digamma(df / 2) - 1 / df - tail
    gradient = [
        floor * by_variance.sum(),
        count_term * (by_variance * inverse).sum(),
        *(np.array(weights) * (by_movement @ squares)),
        power * (by_variance * own * np.log(movement)).sum(),
        df * (share * (by_df + (df + 1) / df * scaled / (1 + scaled))).sum() / 2,
    ]
    return -float(share @ likelihood), -np.array(gradient)


def _curvature(logs: np.ndarray, data: tuple[np.ndarray, ...], step: float = 1e-4) -> np.ndarray:
    """Hessian of the loss by central differences of its gradient."""
    moves = step * np.eye(len(logs))
    rows = [(_loss(logs + move, *data)[1] - _loss(logs - move, *data)[1]) / (2 * step) for move in moves]
    return (np.array(rows) + np.array(rows).T) / 2
