"""A short series of annual counts as every question takes it: whole years, whole counts."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from numbers import Real

NO_VARIANCE = "not estimable: a count of 0 has no variance on the log scale"


def checked_series(years: Sequence[int], counts: Sequence[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Years and counts as tuples, or a ValueError that names the fault.

    >>> checked_series((2015, 2016), (153, 462))
    ((2015, 2016), (153, 462))
    """
    years, counts = tuple(whole(year, "year") for year in years), tuple(map(whole, counts))
    if len(years) != len(counts) or not counts:
        raise ValueError(f"{len(years)} years for {len(counts)} counts: give one year for each count")
    if any(later <= earlier for earlier, later in itertools.pairwise(years)):
        raise ValueError(f"years {list(years)} do not increase: put them in order, each once")
    return years, counts


def whole(value: float, name: str = "count") -> int:
    """`value` as an int, or a ValueError where it is not a whole number of 0 or more.

    >>> whole(153)
    153
    """
    if not isinstance(value, Real) or not 0 <= value < math.inf or value % 1:
        raise ValueError(f"{name} {value!r} is not a whole number of 0 or more")
    return int(value)
