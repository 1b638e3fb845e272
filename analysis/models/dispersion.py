"""Variance over mean: the values taken as known, and the one at which a contrast of counts stops standing out."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

KNOWN_DISPERSIONS = (1.0, 2.0, 5.0, 10.0)
ESTIMATED_DISPERSIONS = ("Pearson", "Pearson, at least 1")
POISSON = "Poisson counts, independent from year to year"


def assumption(dispersion: float) -> str:
    """What an interval at a known dispersion assumes, in words.

    >>> assumption(5)
    'variance 5 times the mean'
    """
    return POISSON if dispersion == 1 else f"variance {dispersion:g} times the mean"


def checked_dispersion(dispersion: float) -> float:
    """`dispersion`, or a ValueError where it is not a finite number above 0."""
    if not (math.isfinite(dispersion) and dispersion > 0):
        raise ValueError(f"dispersion {dispersion} is not above 0: give 1 for Poisson counts")
    return float(dispersion)


def tipping_dispersion(
    log_contrast: ArrayLike, variance: ArrayLike, *, level: float, one_sided: bool = False
) -> np.ndarray:
    """Dispersion at which a contrast of log counts is no longer told from 0.

    With variance phi times the mean a contrast has standard error sqrt(phi `variance`), so that the tipping phi is
    the square of the Poisson z-value over the normal quantile. Below 1 the finding needs counts steadier than
    Poisson counts.

    log_contrast, variance : numbers or arrays; the variance is that at dispersion 1, above 0.
    one_sided : whether only a contrast above 0 counts; below it nothing is left to tip, and 0 comes back.

    >>> float(tipping_dispersion(np.log(527 / 462), 1 / 527 + 1 / 462, level=0.95).round(2))
    1.11
    """
    contrast = np.asarray(log_contrast, dtype=float)
    z = stats.norm.isf((1 - level) / (1 if one_sided else 2))
    found = contrast**2 / np.asarray(variance) / z**2
    return np.where(contrast < 0, 0.0, found) if one_sided else found
