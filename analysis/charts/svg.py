"""A matplotlib figure as SVG that is small, the same in every process, and safe to put inside a page."""

from __future__ import annotations

import io
import re
from xml.etree import ElementTree

import matplotlib as mpl
from matplotlib.figure import Figure

from analysis.charts.theme import FONTS

NUMBERS = ("d", "x", "y", "width", "height", "transform", "viewBox")  # attributes that hold coordinates


def to_svg(figure: Figure, id: str, alt: str) -> str:
    """The figure with real text, every id prefixed by `id`, at 100 CSS pixels an inch, described by `alt`."""
    out = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": id}):
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    root = ElementTree.fromstring(out.getvalue())
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        element.text = element.text.strip() if element.text and element.text.strip() else None
        element.tail = None
        element.attrib = {name.rpartition("}")[2]: value for name, value in element.attrib.items()}
        for name, value in element.attrib.items():
            element.set(name, _tidy(name, value))
    used = set(re.findall(r"(?:url\(|href=\")#([\w-]+)", ElementTree.tostring(root, encoding="unicode")))
    for element in root.iter():
        name = element.attrib.pop("id", None)
        if name in used:
            element.set("id", f"{id}-{name}")
        for key in ("href", "clip-path"):
            if key in element.attrib:
                element.set(key, element.get(key).replace("#", f"#{id}-"))
    _unwrap(root)
    family = ",".join(f"'{font}'" if " " in font else font for font in FONTS)
    root.attrib = {
        "xmlns": "http://www.w3.org/2000/svg",
        "viewBox": root.get("viewBox"),
        "width": f"{figure.get_figwidth() * 100:.0f}",
        "height": f"{figure.get_figheight() * 100:.0f}",
        "role": "img",
        "aria-label": alt,
        # matplotlib says the joins in a style sheet, which would reach out of the picture into the page
        "style": f"font-family:{family};stroke-linejoin:round;stroke-linecap:butt",
    }
    return ElementTree.tostring(root, encoding="unicode")


def _tidy(name: str, value: str) -> str:
    """Coordinates to a hundredth of a point, so that the last digits of a float never show; short styles."""
    if name == "style":
        rules = [rule.split(":", 1) for rule in value.split(";") if rule.strip()]
        return ";".join(f"{name.strip()}:{what.strip()}" for name, what in rules if name.strip() != "font-family")
    if name not in NUMBERS:
        return value
    short = re.sub(r"-?\d+\.\d+", lambda match: _rounded(match[0]), value)
    if name != "d":
        return short
    tight = re.sub(r"\s*([MLQCz])\s*", r"\1", short).strip()
    return re.sub(r"M(\S+) (\S+)L\1 (?=[^LQCz]*(?:M|$))", r"M\1 \2V", tight)  # most strokes are upright


def _rounded(number: str) -> str:
    text = f"{float(number):.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _unwrap(parent: ElementTree.Element) -> None:
    """Groups without attributes give way to what they hold; metadata, style sheets and empty definitions go."""
    kept: list[ElementTree.Element] = []
    for child in parent:
        _unwrap(child)
        if child.tag == "g" and not child.attrib:
            kept += list(child)
        elif child.tag not in ("metadata", "style") and (child.tag != "defs" or len(child)):
            kept.append(child)
    parent[:] = kept
