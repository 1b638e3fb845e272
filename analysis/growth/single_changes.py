"""Conclusions under every single change of a choice, and the smallest change that undoes each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from analysis.estimates import Conclusion, Estimate, computed

WORDS = {
    "first_year": "first year: {}",
    "last_year": "last year: {}",
    "interval": "{} interval",
    "dispersion": "dispersion {:g}",
    "model": "{}",
    "band": "public series within a factor of {:g}",
    "rate": "base rate at its {} limit",
    "months": "{}",
    "rounding": "rounded {}",
    "level": "level {:.0%}",
}

Setting = TypeVar("Setting")
Judged = tuple[Any, ...]  # a Conclusion, and the Estimates on which it rests
Judge = Callable[[Setting], Mapping[str, Judged]]


@dataclass(frozen=True)
class Change:
    """One choice changed: in words, how many places from the default, and the word that the conclusion then has."""

    words: str
    places: int
    verdict: str


@dataclass(frozen=True, kw_only=True)
class Stability:
    """One conclusion under every single change of a choice.

    answer : the conclusion as the report has it. changes : every single change that has a part in it.
    holds : how many of them leave its word as it is; `n` is how many were tried.
    undone_by : the smallest that does not, fewest places from the default, or "nothing tried".
    """

    answer: Conclusion
    changes: tuple[Change, ...]
    holds: Estimate
    undone_by: Conclusion


@computed
def under_single_changes(
    judge: Judge[Setting], default: Setting, options: Mapping[str, Sequence[Any]]
) -> dict[str, Stability]:
    """Every conclusion of `judge` under each single change of a choice, all others at their default.

    judge : from a setting to the conclusions by name, each with the estimates on which it rests. default : a dataclass,
        one field a choice. options : by choice, in order of their distance from the default.

    Returns By the name of the conclusion. A change has a part in it where it moves what the conclusion rests on; one
    without which there is nothing to judge, a year left out, is no choice.
    """
    now, tried = judge(default), []
    for choice, given in options.items():
        others = [option for option in given if option != getattr(default, choice)]
        for place, option in enumerate(others, 1):
            tried.append((WORDS[choice].format(option), place, judge(replace(default, **{choice: option}))))
    return {
        name: _stability(
            judged[0],
            tuple(
                Change(words, place, found[name][0].verdict)
                for words, place, found in tried
                if name in found and _rests_on(found[name]) != _rests_on(judged)
            ),
        )
        for name, judged in now.items()
    }


def _rests_on(judged: Judged) -> tuple[Any, ...]:
    return judged[0].verdict, *((estimate.value, estimate.low, estimate.high) for estimate in judged[1:])


def _stability(now: Conclusion, changes: tuple[Change, ...]) -> Stability:
    undoing = [change for change in changes if change.verdict != now.verdict]
    first = min(undoing, key=lambda change: change.places, default=None)
    return Stability(
        answer=now,
        changes=changes,
        holds=Estimate(
            estimand=f"single changes of a choice that leave it {now.verdict}: {now.about}",
            unit="changes",
            method="count",
            value=len(changes) - len(undoing),
            n=len(changes),
        ),
        undone_by=Conclusion(
            about=f"the smallest change that undoes it: {now.about}",
            verdict=first.words if first else "nothing tried",
            rule="the change that lies the fewest places from the report's own choice, in the order in which the "
            "options are listed",
        ),
    )
