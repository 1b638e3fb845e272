"""Contrast of every colour that the report's style sheet gives to words and controls, in both themes."""

from __future__ import annotations

import re
from itertools import product

import pytest

from analysis.charts.palette import PALETTE
from analysis.publishing.page import HERE, _style, highlighted

PAIR = re.compile(r"--([a-z-]+):\s*light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\)")
ALIAS = re.compile(r"--([a-z-]+): var\(--(chart-[a-z]+)\);")


def colours() -> dict[str, tuple[str, str]]:
    found = {name: (light, dark) for name, light, dark in PAIR.findall(_style())}
    return found | {name: found[token] for name, token in ALIAS.findall(_style()) if token in found}


def luminance(colour: str) -> float:
    channels = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_measure_agrees_with_the_standard():
    """The examples of WCAG 2: black on white, and #777777 on white."""
    assert contrast("#000000", "#ffffff") == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("word", "ground"),
    [*product(("ink", "muted", "link"), ("paper", "band", "mark")), ("paper", "ink")]
    + [(f"code-{kind}", "code-paper") for kind in ("ink", "keyword", "string", "number", "comment", "name")],
)
def test_words_can_be_read(word, ground, theme):
    known = colours()
    assert contrast(known[word][theme], known[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("line", ["edge", "focus", "link"])
@pytest.mark.parametrize("ground", ["paper", "band", "mark"])
def test_controls_and_focus_can_be_seen(line, ground, theme):
    known = colours()
    assert contrast(known[line][theme], known[ground][theme]) >= 3


def test_every_kind_of_code_that_is_wrapped_has_a_colour():
    sheet = (HERE / "template" / "report.css").read_text(encoding="utf-8")
    styled = set(re.findall(r"\.code \.([a-z0-9]+)\b", sheet))
    source = '@cache\ndef f(x: int = 1) -> None:\n    """Doc."""\n    # why\n'
    source += '    return f"{x:.1f}\\n" if x is not True else 2.5e3\n'
    source += "class A(B):\n    pass\nfrom a.b import c as d\nfor i in range(3): lambda: [*i, 'x' 'y']\n"
    used = set(re.findall(r'<span class="([a-z0-9]+)">', highlighted(source)))
    assert used <= styled


def test_every_colour_of_the_charts_is_in_the_sheet():
    assert set(PALETTE) <= set(colours())
