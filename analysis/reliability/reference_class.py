"""The reference-class forecast: the next counts of a short series, judged by how series like it went on.

    r_j = log((y_{j+1} + 1/2) / (y_j + 1/2))
    s^2 = floor + count_term / (y_n + 1/2) + (sum_j a_j min(|r_j|, 4)^2) ^ power
    quantile_q = max(0, (y_n + 1/2) exp(s u_q) - 1/2)

The spread s is fitted to the public windows of `benchmark` by Student-t maximum likelihood with each family
weighing the same; u_q is the family-weighted empirical quantile of the standardised log changes that followed. There
is no drift: series that rose do not, on average, go on rising at their own rate.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special
from scipy.optimize import minimize

from analysis.reliability import artefacts
from analysis.reliability.benchmark import HORIZONS, LENGTHS, Windows, eligible, family_weights
from analysis.reliability.scoring import PROBABILITIES

KEY = "reference_class"
STORED = "reference_class.json"
SHORTEST, LONGEST = LENGTHS[0], LENGTHS[-1]
LARGEST_LOG_RATIO = 4.0
FIGURES = 6  # significant, in the stored parameters
FEWER_FIGURES = 4  # in those of fits that only show how the forecast moves with the families
NUMBERS = "floor, count_term, weights, power, quantiles"  # of such a fit, in the order stored
CONVERGED = 1e-9  # largest derivative of the mean log likelihood in any log parameter


@dataclass(frozen=True, kw_only=True)
class ReferenceClass:
    """One fit: how windows of `n` counts went on `horizon` years later.

    floor, count_term, weights (n - 1, oldest change first), power : of the spread s.
    tail_df : degrees of freedom of the t likelihood; the forecast itself uses the empirical quantiles.
    quantiles : u at `scoring.PROBABILITIES`, in increasing order.
    windows, families : what it was fitted to.
    """

    n: int
    horizon: int
    windows: int
    families: int
    floor: float
    count_term: float
    weights: list[float]
    power: float
    tail_df: float
    quantiles: list[float]

    def spread(self, counts: np.ndarray) -> np.ndarray:
        """Spread s of the log change after each window (windows, n), (windows,)."""
        squares, inverse = _features(counts)
        return np.sqrt(self.floor + self.count_term * inverse + (squares @ self.weights) ** self.power)

    def limits(self, counts: ArrayLike) -> np.ndarray:
        """Median and prediction limits for each window (windows, n), (windows, 5), at `scoring.PROBABILITIES`."""
        counts = np.atleast_2d(np.asarray(counts, dtype=float))
        change = np.exp(self.spread(counts)[:, None] * np.array(self.quantiles))
        return np.maximum(0.0, (counts[:, -1:] + 0.5) * change - 0.5)


def fit(windows: Windows, drawn: Mapping[str, int] | None = None) -> ReferenceClass:
    """Spread and quantiles of the reference class from its windows, each family weighing the same.

    windows : eligible windows of one length and horizon with what followed.
    drawn : how often each family counts; once when None.

    Returns ReferenceClass with parameters rounded to six significant figures.
    Raises ValueError: the likelihood has no interior maximum on these windows.
    Source: Kahneman and Tversky (1979) and Flyvbjerg (2006) for the outside view; Lee, Barber and Willett (2023),
    arXiv:2306.06342, for conformal quantiles over groups.
    """
    squares, inverse = _features(windows.counts)
    change, share = log_change(windows), family_weights(windows.family)
    if drawn is not None:
        share = share * np.array([drawn[name] for name in windows.family])
        share = share / share.sum()
    steps = windows.n - 1
    start = np.log([0.005, 1.0, *[0.5 / steps] * steps, 1.0, 5.0])
    found = _maximum(start, (squares, inverse, change, share))
    if found is None:
        raise ValueError(f"reference class, n = {windows.n}, horizon {windows.horizon}: the fit has no maximum")
    floor, count_term, *weights, power, tail_df = _stored_form(np.exp(found))
    fitted = ReferenceClass(
        n=windows.n,
        horizon=windows.horizon,
        windows=len(windows.counts),
        families=len(windows.families),
        floor=floor,
        count_term=count_term,
        weights=weights,
        power=power,
        tail_df=tail_df,
        quantiles=[],
    )
    standardised = change / fitted.spread(windows.counts)
    quantiles = weighted_quantiles(standardised, share, PROBABILITIES)
    return dataclasses.replace(fitted, quantiles=_stored_form(quantiles))


def leaving_out(train: Windows) -> dict[str, ReferenceClass]:
    """For each family, the fit to the windows of all the others."""
    return {name: fit(train.where(train.family != name)) for name in train.families}


def resampled(train: Windows, times: int, seed: int) -> list[ReferenceClass]:
    """Fits to so many draws of families with replacement; a draw without an interior maximum is left out."""
    names, draw, fits = train.families, np.random.default_rng([seed, train.n, train.horizon]), []
    for counts in draw.multinomial(len(names), np.full(len(names), 1 / len(names)), size=times):
        with contextlib.suppress(ValueError):
            fits.append(fit(train, dict(zip(names, counts.tolist(), strict=True))))
    return fits


def log_change(windows: Windows) -> np.ndarray:
    """What followed each window over its last count, half added to both, on the log scale, (windows,)."""
    return np.log((windows.following + 0.5) / (windows.counts[:, -1] + 0.5))


def limits_by_family(fits: dict[str, ReferenceClass], counts: np.ndarray, family: np.ndarray) -> np.ndarray:
    """Prediction limits of each window (windows, n) from the fit that never saw its family, (windows, 5)."""
    limits = np.empty((len(counts), len(PROBABILITIES)))
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


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """One reference class as stored: the fit, and how it moves with the families that it happens to hold.

    whole : the fit to every family. left_out : by family, the fit to all others. resampled : fits to draws of
    families with replacement.
    """

    whole: ReferenceClass
    left_out: dict[str, ReferenceClass]
    resampled: list[ReferenceClass]


def as_json(fits: Sequence[Fitted]) -> bytes:
    """The stored form of fits; `stored` reads it back."""
    entries = [
        vars(one.whole)
        | {"left_out": {name: _numbers(fitted) for name, fitted in one.left_out.items()}}
        | {"resampled": [_numbers(fitted) for fitted in one.resampled]}
        for one in fits
    ]
    return artefacts.encoded({"probabilities": PROBABILITIES.tolist(), "numbers": NUMBERS, "fits": entries})


@functools.cache
def stored() -> dict[tuple[int, int], Fitted]:
    """The committed fits by (n, horizon), after their hash has been verified."""
    found = {}
    for entry in json.loads(artefacts.read(STORED))["fits"]:
        left_out, resampled = entry.pop("left_out"), entry.pop("resampled")
        whole = ReferenceClass(**entry)
        found[whole.n, whole.horizon] = Fitted(
            whole=whole,
            left_out={name: _with_numbers(whole, numbers) for name, numbers in left_out.items()},
            resampled=[_with_numbers(whole, numbers) for numbers in resampled],
        )
    return found


def _numbers(fitted: ReferenceClass) -> list[float]:
    values = [fitted.floor, fitted.count_term, *fitted.weights, fitted.power, *fitted.quantiles]
    return artefacts.rounded(values, FEWER_FIGURES)


def _with_numbers(whole: ReferenceClass, numbers: list[float]) -> ReferenceClass:
    floor, count_term, *weights, power = numbers[: whole.n + 2]
    found = dict(floor=floor, count_term=count_term, weights=weights, power=power)
    return dataclasses.replace(whole, **found, quantiles=numbers[whole.n + 2 :])


def why_not(counts: Sequence[int], horizon: int) -> str:
    """Why the reference class says nothing about counts (n,) of a length that it holds; "" when it does."""
    if horizon not in HORIZONS:
        return f"not estimable: {horizon} years ahead was not measured"
    if not eligible(counts)[0]:
        return "outside the reference class, which holds counts of at least 5 with a mean of 10 to 20,000"
    return ""


def _stored_form(values: ArrayLike) -> list[float]:
    return artefacts.rounded(np.asarray(values).tolist(), FIGURES)


def _features(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    ratios = np.diff(np.log(counts + 0.5), axis=1)
    return np.minimum(np.abs(ratios), LARGEST_LOG_RATIO) ** 2, 1 / (counts[:, -1] + 0.5)


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
