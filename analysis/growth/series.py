"""A short series of annual counts as every question takes it: whole years, whole counts, exposure in years."""

from __future__ import annotations

import math
from collections.abc import Sequence
from numbers import Real

NO_VARIANCE = "not estimable: a count of 0 has no variance on the log scale"


def checked_series(years: Sequence[int], counts: Sequence[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Years and counts as tuples, or a ValueError that names the fault.

    Examples
    --------
    >>> checked_series((2015, 2016), (153, 462))
    ((2015, 2016), (153, 462))
    """
    years, counts = tuple(whole(year, "year") for year in years), tuple(map(whole, counts))
    if len(years) != len(counts) or not counts:
        raise ValueError(f"{len(years)} years for {len(counts)} counts: give one year for each count")
    if any(later <= earlier for earlier, later in zip(years, years[1:], strict=False)):
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


def full_years(exposure: Sequence[float] | None, n: int) -> tuple[float, ...]:
    """Exposure in years, one for each of `n` counts; 1 each when None.

    >>> full_years(None, 2)
    (1.0, 1.0)
    """
    if exposure is None:
        return (1.0,) * n
    values = tuple(map(float, exposure))
    if len(values) != n or not all(math.isfinite(value) and value > 0 for value in values):
        raise ValueError(f"exposure {list(exposure)}: give {n} positive numbers of years")
    return values


def steps_of(values: Sequence[int]) -> list[tuple[int, int]]:
    """Each value with the one after it.

    >>> steps_of((2015, 2016, 2017))
    [(2015, 2016), (2016, 2017)]
    """
    return list(zip(values, values[1:], strict=False))
