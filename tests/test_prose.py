"""Formatting of numbers, and sentences whose numbers are bound."""

import pytest

from analysis.estimates import Estimate
from analysis.prose import Prose, fill, number, number_text, say, significant, stable


def estimate(**fields):
    return Estimate(**({"estimand": "growth", "unit": "% a year", "method": "CAGR"} | fields))


GROWTH = estimate(
    value=57.168,
    low=48.02,
    high=67.13,
    level=0.95,
    interval="confidence",
    interval_method="exact conditional",
)


@pytest.mark.parametrize(
    ("value", "figures", "text"),
    [
        (1639.2, 2, "1,600"),
        (999.6, 3, "1,000"),
        (0.0999, 2, "0.10"),
        (0.04179, 2, "0.042"),
        (-0.5, 1, "\N{MINUS SIGN}0.5"),
        (0, 2, "0"),
        (12.96, 3, "13.0"),
    ],
)
def test_significant_figures(value, figures, text):
    assert significant(value, figures) == text


@pytest.mark.parametrize(
    ("value", "unit", "style", "text"),
    [
        (1736, "accounts", "", "1,736"),
        (2018, "calendar year", "", "2018"),
        (57.168, "% a year", "", "57%"),
        (-26.8, "% a year", "", "\N{MINUS SIGN}27%"),
        (-0.2, "% a year", "", "0%"),
        (64.57, "%", ".1f", "64.6%"),
        (3.0196, "ratio", "", "3.02"),
        (1639.2, "accounts", "2s", "1,600"),
        (5.6e-37, "", "", "below 0.001"),
        (0.04179, "", "", "0.042"),
        (4.0, "ratio", "", "4.00"),
    ],
)
def test_number_text_follows_the_unit(value, unit, style, text):
    assert number_text(value, unit, style) == text


def test_a_style_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="write .1f"):
        number_text(1.0, "", "%d")


def test_stored_numbers_keep_eight_significant_digits():
    assert stable(1 / 3) == 0.33333333
    assert stable(594) == 594
    assert isinstance(stable(594), int)


def test_every_number_of_a_sentence_is_bound():
    sentence = fill("Growth is {growth:full}.", {"growth": GROWTH})
    assert sentence.count('data-result="growth"') == 4  # value, level and both limits
    assert Prose(sentence).text == "Growth is 57% a year (95% confidence interval 48% to 67%)."
    assert 'value="57.168"' in sentence
    assert 'data-unit="% a year"' in sentence


def test_parts_of_a_result():
    results = {
        "growth": GROWTH,
        "n": estimate(unit="counts", value=4),
        "many": estimate(unit="counts", value=30),
    }
    text = say(results, "{growth:low} to {growth:high .1f}, {growth:level}, {n:word} and {many:word}").text
    assert text == "48% to 67.1%, 95%, four and 30"
    assert say({"r": estimate(value=53.0, n=847)}, "{r:n} windows").text == "847 windows"


def test_a_missing_number_is_replaced_by_its_reason():
    missing = estimate(reason="not estimable: 2 observations")
    for field in ("{r}", "{r:full}", "{r:interval}"):
        said = fill(field, {"r": missing})
        assert said == '<span class="reason" data-result="r">not estimable: 2 observations</span>'


def test_an_unbounded_limit_is_said_in_words():
    open_ended = estimate(
        value=5.0,
        low=2.0,
        level=0.95,
        interval="confidence",
        interval_method="F-profile",
        reason="unbounded at 95%",
    )
    assert Prose(fill("{r:interval}", {"r": open_ended})).text == "2% to unbounded"


def test_a_field_that_names_no_result_is_refused():
    with pytest.raises(ValueError, match="no result is named 'growht'"):
        fill("{growht}", {"growth": GROWTH})


def test_paragraphs_and_lists():
    shown = say({"growth": GROWTH}, "First.", "- one", "- two {growth}", "Last & **bold**.")
    assert shown.html.count("<ul>") == 1
    assert shown.html.count("<li>") == 2
    assert "<p>Last &amp; <strong>bold</strong>.</p>" in shown.html
    assert shown.text.splitlines()[0] == "First."


def test_the_text_of_a_reason_is_escaped():
    assert ">n &lt; 3<" in fill("{r}", {"r": estimate(reason="n < 3")})


def test_numbers_carry_what_they_are_bound_to():
    bound = number("growth", GROWTH, "high", ".1f")
    assert (bound.result, bound.part, bound.style, bound.unit) == ("growth", "high", ".1f", "% a year")
    assert (bound.value, bound.text) == (67.13, "67.1%")
    assert number("r", estimate(reason="none"), "value") is None
