"""The exact interval of a share."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

RARE = 1e5


def exact_share(successes: float, total: float, level: float) -> tuple[float, float]:
    """Share of successes in a population of which `successes` out of `total` were seen.

    Returns
    -------
    Limits of the Clopper-Pearson confidence interval, which covers at least `level` for binomial counts.

    Raises
    ------
    ValueError : a total below 1, or successes outside 0 to `total`.

    Source
    ------
    Clopper and Pearson (1934), Biometrika 26, 404-413.

    Examples
    --------
    >>> [round(limit, 4) for limit in exact_share(8, 10, 0.95)]
    [0.4439, 0.9748]
    """
    if not 0 <= successes <= total or total < 1:
        raise ValueError(f"{successes} successes out of {total}: give 0 to all of at least 1")
    tail = (1 - level) / 2
    return float(lower_share(successes, total - successes, tail)), 1 - float(
        lower_share(total - successes, successes, tail)
    )


def lower_share(successes: ArrayLike, failures: ArrayLike, tail: float) -> np.ndarray:
    """Share at which `successes` or more have probability `tail`; 0 where there are none.

    The upper limit is 1 less the lower limit of the failures; taken from both ends, odds keep all their digits.
    """
    successes, failures = np.asarray(successes, dtype=float), np.asarray(failures, dtype=float)
    some = np.maximum(successes, 1e-300)
    # of very few among very many scipy's inverse can be wrong by half; there the share is gamma, to ten digits
    rare = -np.expm1(-stats.gamma.ppf(tail, some) / (failures + (successes + 1) / 2))
    share = np.where(failures > RARE * successes, rare, stats.beta.ppf(tail, some, failures + 1))
    return np.where(successes > 0, share, 0.0)
