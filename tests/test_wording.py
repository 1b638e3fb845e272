"""Sentences follow the figures: other figures, other words."""

import pytest

from analysis.estimates import Estimate
from analysis.prose import say
from analysis.wording import changes, claims, comparison, growth, reliability


def number(value=None, low=None, high=None, unit="ratio", reason=""):
    interval = {"level": 0.95, "interval": "confidence", "interval_method": "exact"} if low is not None else {}
    return Estimate(estimand="e", unit=unit, method="m", value=value, low=low, high=high, reason=reason, **interval)


def change(ratio, widest, p=0.01):
    years = {"from": number(2016, unit="calendar year"), "to": number(2017, unit="calendar year")}
    found = {"ratio": ratio, "widest": widest, "p": number(p, unit=""), "p-holm": number(2 * p, unit="")}
    return years | found | {"tipping": number(3.0, unit="variance / mean")}


def named(**groups):
    return {f"{group.replace('_', '.')}.{name}": e for group, items in groups.items() for name, e in items.items()}


FIRM = change(number(3.0, 2.5, 3.6), number(3.0, 1.6, 5.4))
FRAGILE = change(number(1.2, 1.01, 1.4), number(1.2, 0.7, 2.0))
OPEN = change(number(1.0, 0.8, 1.3), number(1.0, 0.5, 2.0))


@pytest.mark.parametrize(("step", "standing"), [(FIRM, "firm"), (FRAGILE, "fragile"), (OPEN, "open")])
def test_standing_follows_the_intervals(step, standing):
    assert changes.standing(named(step_1=step), "step.1") == standing


def test_a_fall_can_be_firm_too():
    fall = change(number(0.3, 0.2, 0.4), number(0.3, 0.1, 0.8))
    assert changes.standing(named(step_1=fall), "step.1") == "firm"


@pytest.mark.parametrize(("earlier", "later", "verb"), [(1, 2, "rose"), (2, 1, "fell"), (2, 2, "stayed the same")])
def test_the_verb_follows_the_counts(earlier, later, verb):
    assert changes.moved(number(earlier), number(later)) == verb


def growth_results(steps):
    counts = {"n": number(4, unit="counts"), "changes": number(3, unit="changes")}
    spread = number(30.0, 13.0, 57.0, unit="% a year")
    envelope = number(low=-27.0, high=216.0, unit="% a year", reason="an envelope has no one value")
    rest = {"range": spread, "envelope": envelope, "excludes-none": number(57, unit="%")}
    return named(count=counts, growth=rest, specifications={"valid": number(54, unit="specifications")}, **steps)


def test_each_change_is_called_what_it_is():
    text = growth.growth_answer(growth_results({"step_1": FIRM, "step_2": FRAGILE, "step_3": OPEN})).text
    assert "Firm: only counts more than 3" in text
    assert "Fragile: counts 3" in text
    assert "Open: the interval includes no change even if counts are Poisson." in text
    assert "run from 13% to 57% a year" in text


def test_a_poisson_trend_that_fits_is_not_called_rejected():
    poor = named(poisson={"deviance-p": number(1e-6, unit="")}, x={"y": number(1)}) | {"dispersion": number(44.0)}
    good = poor | {"poisson.deviance-p": number(0.4, unit="")}
    assert "does not fit" in growth.poisson_misfit(poor).text
    assert "not contradicted" in growth.poisson_misfit(good).text


def comparison_results(relative):
    ratio = {"ratio": number(1.14)}
    bounds = {"ratio": number(low=1.0, high=1.2, reason="bounds only")}
    rest = {
        "relative.dispersion-1": relative,
        "relative.dispersion-5": relative,
        "per-100": number(5.1, 4.9, 5.3, unit="per 100 incidents"),
    }
    return named(aligned=ratio, bounds=bounds) | rest | {"correlation": number(reason="not estimable: 2 observations")}


@pytest.mark.parametrize(
    ("relative", "verdict"),
    [
        (number(0.99, 0.9, 1.1), "cannot be told from that of the other"),
        (number(1.3, 1.1, 1.5), "removals grew faster"),
        (number(0.7, 0.6, 0.8), "removals grew more slowly"),
    ],
)
def test_the_comparison_says_what_its_interval_allows(relative, verdict):
    assert verdict in comparison.comparison_answer(comparison_results(relative)).text


def claims_results(**counts):
    every = ("all", "holds", "holds-as-rounded", "overstated", "understated", "contradicted")
    every += ("not-checkable-from-the-figures",)
    return named(claims={name: number(counts.get(name.replace("-", "_"), 0), unit="claims") for name in every})


def test_wrong_claims_are_counted_when_there_are_some():
    assert "none is overstated" in claims.claims_answer(claims_results(all=20, holds=20)).text
    text = claims.claims_answer(claims_results(all=20, holds=17, overstated=1, contradicted=2)).text
    assert "overstated are one, understated zero and contradicted two" in text


def test_a_refused_forecast_gives_its_reason():
    refused = number(reason="outside the reference class: a count below 5")
    text = say(
        {"forecast.reference-class.1.80": refused},
        reliability.forecast_sentence({"forecast.reference-class.1.80": refused}),
    ).text
    assert text == "No forecast can be recommended for these counts: outside the reference class: a count below 5."
