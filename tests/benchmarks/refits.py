"""How many trend refits a second: batched arrays against a loop over statsmodels, on the same series.

Run from the project folder: python -m tests.benchmarks.refits
Pairs of runs alternate, so that both feel the same machine; the ratio is the median over the pairs.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np
from statsmodels.genmod import families
from statsmodels.genmod.generalized_linear_model import GLM
from statsmodels.regression.linear_model import OLS

from analysis.models import trends

PAIRS = 9
SERIES = 100_000
LOOPED = 300  # series that the loop gets through in each pair
DESIGN = np.column_stack([np.ones(4), np.arange(4)])
AGREEMENT = 1e-10


def main() -> None:
    """Prints refits a second both ways, their ratio, and the largest difference between the coefficients."""
    trend = np.exp(DESIGN @ [5.511853311506789, 0.32955291597616765])
    counts = np.random.default_rng(2018).poisson(trend, (SERIES, 4))
    cases = {
        "Poisson trend": (
            trends.poisson_trend,
            lambda y: GLM(y, DESIGN, family=families.Poisson()).fit().params,
        ),
        "straight line": (trends.linear_trend, lambda y: OLS(y, DESIGN).fit().params),
    }
    print(f"{'refits of four counts':<24}{'batched/s':>14}{'statsmodels/s':>16}{'ratio':>9}{'difference':>13}")
    for name, (batched, single) in cases.items():
        rates = [_pair(counts, batched, single) for _ in range(PAIRS)]
        ratio = statistics.median(many / one for many, one in rates)
        many, one = (statistics.median(column) for column in zip(*rates, strict=True))
        difference = _difference(counts[:LOOPED], batched)
        print(f"{name:<24}{many:>14,.0f}{one:>16,.0f}{ratio:>9,.0f}{difference:>13.1e}")


def _pair(counts: np.ndarray, batched: Callable, single: Callable) -> tuple[float, float]:
    start = time.perf_counter()
    batched(counts)
    middle = time.perf_counter()
    for series in counts[:LOOPED]:
        single(series)
    end = time.perf_counter()
    return len(counts) / (middle - start), LOOPED / (end - middle)


def _difference(counts: np.ndarray, batched: Callable) -> float:
    """Largest difference from statsmodels run to full convergence; SystemExit when it is not negligible."""
    fits = batched(counts)
    looped = [
        GLM(y, DESIGN, family=families.Poisson()).fit(tol=1e-13).params
        if batched is trends.poisson_trend
        else OLS(y, DESIGN).fit().params
        for y in counts
    ]
    relative = np.abs(np.column_stack([fits.intercept, fits.slope]) / np.array(looped) - 1).max()
    if not relative < AGREEMENT:
        raise SystemExit(f"batched refits differ from statsmodels by {relative:.1e}")
    return float(relative)


if __name__ == "__main__":
    main()
