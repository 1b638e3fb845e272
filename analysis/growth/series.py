"""A short series of annual counts as every question takes it: whole years, whole counts, exposure in years."""

from __future__ import annotations

import math
from collections.abc import Sequence

NO_VARIANCE = "not estimable: a count of 0 has no variance on the log scale"


def checked_series(years: Sequence[int], counts: Sequence[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Years and counts as tuples, or a ValueError that names the fault.

    Examples
    --------
    >>> checked_series((2015, 2016), (153, 462))
    ((2015, 2016), (153, 462))
    """
    years, counts = tuple(int(year) for year in years), tuple(whole(count) for count in counts)
    if len(years) != len(counts):
        raise ValueError(f"{len(years)} years for {len(counts)} counts: give one year a count")
    if not counts:
        raise ValueError("no counts: give at least one")
    if any(later <= earlier for earlier, later in zip(years, years[1:], strict=False)):
        raise ValueError(f"years {list(years)} do not increase: put them in order, each once")
    return years, counts


def whole(count: float) -> int:
    """`count` as an int, or a ValueError where it is not a whole number of 0 or more.

    >>> whole(153)
    153
    """
    number = math.nan if isinstance(count, (str, bytes)) or count is None else float(count)
    if not (math.isfinite(number) and number >= 0 and number == int(number)):
        raise ValueError(f"count {count!r} is not a whole number of 0 or more: give counts, not rates")
    return int(count)


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
