"""Power of the t test on a trend: for planning, from assumed rates.

Power computed from an observed effect adds nothing to its p-value (Hoenig and Heisey 2001, American Statistician 55).
"""

from __future__ import annotations

import math

from scipy import stats
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import ndtr


def t_test_power(noncentrality: float, df: int, *, level: float = 0.95) -> float:
    """Power of a two-sided t test at confidence `level`.

    The noncentral t is integrated over its scale: with 2 df the lower tail of scipy.stats.nct is NaN at some
    noncentralities (20, 29, 37).

    Examples
    --------
    >>> round(t_test_power(5.653, 2), 3)
    0.8
    """
    critical = float(stats.t.isf((1 - level) / 2, df))
    constant = math.log(2) + df / 2 * math.log(df / 2) - math.lgamma(df / 2)

    def rejected(scale: float) -> float:
        if scale == 0:
            return 0.0 if df > 1 else math.exp(constant)
        density = math.exp(constant + (df - 1) * math.log(scale) - df * scale**2 / 2)
        return (ndtr(noncentrality - critical * scale) + ndtr(-critical * scale - noncentrality)) * density

    # the normal tail falls within a few units of 1 / critical around noncentrality / critical
    turn, width = abs(noncentrality) / critical, 1 / critical
    top = 1 + 40 / math.sqrt(df)
    points = sorted({min(max(turn + k * width, 0.0), top) for k in (-8, -2, 0, 2, 8)})
    value, _ = quad(rejected, 0, top, points=points, epsabs=1e-12, epsrel=1e-12, limit=400)
    return float(value)


def detectable_noncentrality(df: int, *, level: float = 0.95, power: float = 0.8) -> float:
    """Noncentrality at which the two-sided test reaches `power`.

    Examples
    --------
    >>> round(detectable_noncentrality(2), 3)
    5.653
    """
    if not 1 - level < power < 1:
        raise ValueError(f"power {power}: give a value between {1 - level:.3g} and 1")

    def short(noncentrality: float) -> float:
        return t_test_power(noncentrality, df, level=level) - power

    high = 4.0
    while short(high) < 0:
        high *= 2
    return float(brentq(short, 0, high, xtol=1e-10))
