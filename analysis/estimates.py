"""The values that travel: an estimate with everything needed to read it, or the reason why there is none."""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, ParamSpec, TypeVar

Interval = Literal["", "confidence", "prediction", "range"]


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """One number, its interval, and how both were found; or the reason why it cannot be had.

    Parameters
    ----------
    estimand : what is estimated, in words that stand alone ("growth a year in removals, 2015 to 2018").
    unit : what one of it is ("accounts", "% a year", "ratio"); "" for a pure number such as a p-value.
    method : the model or formula behind `value` ("Poisson trend", "ratio of two counts").
    value : the estimate; None when there is none, and then `reason` says why.
    low, high : limits of the interval. None on one side means unbounded there, None on both means that
        there is no interval; whenever `interval` is named and a limit is None, `reason` says why.
    level : nominal coverage of the interval, in (0, 1); None for a range, which holds for certain.
    interval : "confidence" for a parameter, "prediction" for a count not yet seen, "range" for limits that
        follow from what is known (rounding, bounds), "" for none, as for an exact count.
    interval_method : how the limits were found ("exact conditional", "profile likelihood", "t, 2 df").
    n : observations used.
    assumes : what must hold for the interval to cover ("Poisson counts", "dispersion 5").
    reason : why `value` or a limit is missing ("not estimable: 2 observations").
    function : dotted name of the public function that computed it; `computed` fills it in.

    Raises
    ------
    ValueError : a number is NaN or infinite, the limits are out of order, a level is missing or
        misplaced, or something is missing without a reason.

    Examples
    --------
    >>> Estimate(estimand="removals in 2018", unit="accounts", method="published count", value=594).value
    594
    >>> Estimate(estimand="correlation", unit="", method="Pearson", reason="two pairs only").value is None
    True
    """

    estimand: str
    unit: str
    method: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    level: float | None = None
    interval: Interval = ""
    interval_method: str = ""
    n: int | None = None
    assumes: str = ""
    reason: str = ""
    function: str = ""

    def __post_init__(self) -> None:
        for field in ("value", "low", "high"):
            number = getattr(self, field)
            if number is not None and not math.isfinite(number):
                raise ValueError(f"{self.estimand}: {field} is {number}; give None and a reason")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"{self.estimand}: the limits {self.low} and {self.high} are out of order")
        if (self.interval in ("confidence", "prediction")) != (self.level is not None):
            raise ValueError(f"{self.estimand}: a {self.interval or 'missing'} interval with level {self.level}")
        if self.level is not None and not 0 < self.level < 1:
            raise ValueError(f"{self.estimand}: level {self.level} is not between 0 and 1")
        if not self.interval and not (self.low is None and self.high is None):
            raise ValueError(f"{self.estimand}: limits without the kind of interval")
        missing = [self.value] + ([self.low, self.high] if self.interval else [])
        if None in missing and not self.reason:
            raise ValueError(f"{self.estimand}: something is missing and no reason is given")

    def excludes(self, null: float) -> bool:
        """Whether the interval lies wholly on one side of `null`; False where there is no interval."""
        return (self.low is not None and self.low > null) or (self.high is not None and self.high < null)

    def scaled(self, factor: float, unit: str, estimand: str = "") -> Estimate:
        """The same estimate in another unit: value and limits times a positive `factor`."""
        return self.transformed(lambda x: x * factor, unit, estimand)

    def transformed(self, increasing: Callable[[float], float], unit: str, estimand: str = "") -> Estimate:
        """The same estimate on another scale: value and limits through an `increasing` function."""
        value, low, high = (None if x is None else increasing(x) for x in (self.value, self.low, self.high))
        return dataclasses.replace(self, value=value, low=low, high=high, unit=unit, estimand=estimand or self.estimand)


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """The next count under one method: a median with prediction intervals at several levels.

    `estimates` holds one Estimate a level, narrowest first; all share the same median (`value`). `method` is the
    method's name in words, `key` in code. `coverage` holds by level how often such intervals of the method have held
    on other series, in %; it is empty where that was not looked for.
    """

    method: str
    year: int
    horizon: int
    estimates: tuple[Estimate, ...]
    key: str = ""
    coverage: dict[float, Estimate] = dataclasses.field(default_factory=dict)

    def at(self, level: float) -> Estimate:
        """The estimate whose prediction interval has this nominal level."""
        for estimate in self.estimates:
            if estimate.level is not None and math.isclose(estimate.level, level):
                return estimate
        raise KeyError(f"{self.method}: no interval at level {level}")


@dataclass(frozen=True, kw_only=True)
class Conclusion:
    """A word that a stated rule gives to results.

    Parameters
    ----------
    about : what is judged, in words that stand alone ("the change from 2015 to 2016").
    verdict : the word, as it stands in a sentence ("firm").
    rule : the rule, so that a reader can apply it.
    function : dotted name of the public function that judged; `computed` fills it in.
    """

    about: str
    verdict: str
    rule: str
    function: str = ""


P = ParamSpec("P")
R = TypeVar("R")


def computed(function: Callable[P, R]) -> Callable[P, R]:
    """Decorator: each Estimate that `function` returns, alone or in a container, carries its dotted name.

    An estimate that an inner function has already signed keeps that name.
    """
    name = f"{function.__module__}.{function.__qualname__}"

    @functools.wraps(function)
    def signed(*args: P.args, **kwargs: P.kwargs) -> R:
        return _sign(function(*args, **kwargs), name)

    return signed


@computed
def spread_of(estimates: Sequence[Estimate], estimand: str) -> Estimate:
    """Least and greatest value among estimates of the same thing; those without a value are left out.

    >>> each = [Estimate(estimand="2019", unit="accounts", method=m, value=v) for m, v in (("a", 600), ("b", 925))]
    >>> spread = spread_of(each, "medians for 2019")
    >>> spread.low, spread.high, spread.n
    (600, 925, 2)
    """
    values = [estimate.value for estimate in estimates if estimate.value is not None]
    about = {"estimand": estimand, "unit": estimates[0].unit if estimates else "", "method": "least and greatest"}
    if not values:
        return Estimate(**about, reason="not estimable: no method gives a value")
    return Estimate(
        **about,
        low=min(values),
        high=max(values),
        interval="range",
        interval_method="least and greatest",
        n=len(values),
        reason="a spread has no one value",
    )


def _sign(result: Any, name: str) -> Any:
    if isinstance(result, (Estimate, Conclusion)):
        return result if result.function else dataclasses.replace(result, function=name)
    if isinstance(result, Mapping):
        return type(result)({key: _sign(value, name) for key, value in result.items()})
    if isinstance(result, tuple) and hasattr(result, "_fields"):
        return type(result)(*(_sign(value, name) for value in result))
    if isinstance(result, (list, tuple)):
        return type(result)(_sign(value, name) for value in result)
    if dataclasses.is_dataclass(result) and not isinstance(result, type):
        fields = {f.name: getattr(result, f.name) for f in dataclasses.fields(result) if f.init}
        return dataclasses.replace(result, **{key: _sign(value, name) for key, value in fields.items()})
    return result
