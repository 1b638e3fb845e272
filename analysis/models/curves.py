"""Saturating curves and their fitting by least squares, from many starts at once.

Each has three parameters, held as logarithms where they must be positive; the first is the log asymptote.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

Evaluation = tuple[np.ndarray, np.ndarray]
Evaluate = Callable[[np.ndarray, np.ndarray], Evaluation]
ShapeFrom = Callable[[np.ndarray, float, np.ndarray], list[np.ndarray]]
BOUND = 30.0
PARAMETERS = 3


@dataclass(frozen=True)
class Curve:
    """A curve with a finite upper level: value and gradient in its held parameters, and how to start.

    `evaluate(x, held)` takes x of shape (n,) and held parameters (m, 3); it returns means (m, n) and their
    derivatives (m, n, 3). `shape_from(asymptote, first, rate)` gives the other held parameters of a curve that
    passes through `first` at x = 0.
    """

    evaluate: Evaluate
    shape_from: ShapeFrom


CURVES: dict[str, Curve] = {}


def _curve(name: str, shape_from: ShapeFrom) -> Callable[[Evaluate], Evaluate]:
    def register(evaluate: Evaluate) -> Evaluate:
        CURVES[name] = Curve(evaluate, shape_from)
        return evaluate

    return register


@_curve("logistic", lambda a, first, rate: [-logit(first / a) / rate, -np.log(rate)])
def _logistic(x: np.ndarray, held: np.ndarray) -> Evaluation:
    """A / (1 + exp(-(x - m) / s)), held as log A, m, log s."""
    a, middle, width = (column[:, None] for column in (np.exp(held[:, 0]), held[:, 1], np.exp(held[:, 2])))
    z = (x - middle) / width
    share = expit(z)
    mean, bend = a * share, a * share * expit(-z)
    return mean, np.stack([mean, -bend / width, -bend * z], axis=2)


@_curve("Gompertz", lambda a, first, rate: [np.log(np.log(a / first)), np.log(rate)])
def _gompertz(x: np.ndarray, held: np.ndarray) -> Evaluation:
    """A exp(-B exp(-k x)), held as log A, log B, log k."""
    a, b, k = (np.exp(held[:, i])[:, None] for i in range(3))
    gap = b * np.exp(-k * x)
    mean = a * np.exp(-gap)
    return mean, np.stack([mean, -mean * gap, mean * gap * k * x], axis=2)


@_curve("monomolecular", lambda a, first, rate: [np.full_like(a, np.log(first)), np.log(rate)])
def _monomolecular(x: np.ndarray, held: np.ndarray) -> Evaluation:
    """A - (A - y0) exp(-k x), held as log A, log y0, log k."""
    a, first, k = (np.exp(held[:, i])[:, None] for i in range(3))
    left = np.exp(-k * x)
    rise = -a * np.expm1(-k * x)
    return rise + first * left, np.stack([rise, first * left, (a - first) * left * k * x], axis=2)


def starts(curve: Curve, x: np.ndarray, counts: Sequence[int], asymptote: float | None = None) -> np.ndarray:
    """Held parameters to start from, one row each: several asymptotes (or the one given) by many rates."""
    top, span = max(counts), float(x[-1] - x[0])
    levels = np.array([1.02, 1.3, 3.0, 20.0]) * top if asymptote is None else np.array([asymptote])
    rates = np.logspace(-6, 1.5, 20) / span
    a, rate = (grid.ravel() for grid in np.meshgrid(levels, rates))
    first = min(max(float(counts[0]), 0.5), 0.98 * float(levels.min()))
    return np.column_stack([np.log(a), *curve.shape_from(a, first, rate)])


def best_fit(
    curve: Curve, x: np.ndarray, counts: np.ndarray, *, asymptote: float | None = None
) -> tuple[np.ndarray, float]:
    """Held parameters and residual sum of squares of the best fit to one series, the asymptote free or given."""
    hold = asymptote is not None
    begin = starts(curve, x, counts, asymptote)
    held, found = minimise(curve, x, counts, begin, hold_asymptote=hold, iterations=60)
    held, found = minimise(curve, x, counts, held[np.argsort(found, kind="stable")[:4]], hold_asymptote=hold)
    return held[found.argmin()], float(found.min())


def minimise(
    curve: Curve,
    x: np.ndarray,
    counts: np.ndarray,
    held: np.ndarray,
    *,
    hold_asymptote: bool = False,
    iterations: int = 400,
) -> tuple[np.ndarray, np.ndarray]:
    """Least squares for every row of start values at once (Levenberg-Marquardt).

    counts : (n,). held : (m, k) start values. hold_asymptote : leave the first parameter alone.

    Returns Held parameters (m, k) and the residual sum of squares (m,) of each row.
    """
    held = np.clip(held, -BOUND, BOUND)
    y = np.asarray(counts, dtype=float)
    free = slice(1, None) if hold_asymptote else slice(None)
    means, gradient = _safe(curve, x, held)
    best, damping = ((y - means) ** 2).sum(axis=1), np.full(len(held), 1e-3)
    moving, stalled = np.ones(len(held), dtype=bool), np.zeros(len(held), dtype=int)
    for _ in range(iterations):
        jacobian = gradient[..., free]
        hessian = np.swapaxes(jacobian, 1, 2) @ jacobian
        push = (jacobian * (y - means)[..., None]).sum(axis=1)
        diagonal = np.einsum("mii->mi", hessian)
        scale = np.maximum(diagonal, 1e-12 * np.maximum(diagonal.max(axis=1, keepdims=True), 1e-200))
        damped = hessian + np.einsum("mi,ij->mij", damping[:, None] * scale, np.eye(scale.shape[1]))
        damped = damped + np.einsum("mi,ij->mij", 1e-14 * scale, np.eye(scale.shape[1]))
        step = np.clip(np.linalg.solve(damped, push[..., None])[..., 0], -2, 2) * moving[:, None]
        trial = held.copy()
        trial[:, free] = np.clip(held[:, free] + step, -BOUND, BOUND)
        trial_means, trial_gradient = _safe(curve, x, trial)
        value = ((y - trial_means) ** 2).sum(axis=1)
        # rounding in the sum must not stop the last steps, which the damping keeps small
        accept = value <= best * (1 + 1e-13)
        # ten steps without gain: a direction in which the sum is flat
        stalled = np.where(value < best * (1 - 1e-14), 0, stalled + 1)
        held = np.where(accept[:, None], trial, held)
        means = np.where(accept[:, None], trial_means, means)
        gradient = np.where(accept[:, None, None], trial_gradient, gradient)
        best = np.where(accept, value, best)
        damping = np.clip(np.where(accept, damping / 6, damping * 4), 1e-15, 1e12)
        settled = accept & (np.abs(step).max(axis=1) < 1e-11)
        moving &= ~settled & (damping < 1e11) & (stalled < 10)
        if not moving.any():
            break
    return held, best


def _safe(curve: Curve, x: np.ndarray, held: np.ndarray) -> Evaluation:
    means, gradient = curve.evaluate(x, held)
    return np.maximum(means, 1e-10), gradient
