"""A matplotlib figure as SVG that is small, the same in every process, and safe to put inside a page."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from xml.etree import ElementTree

import matplotlib as mpl
from matplotlib.figure import Figure


def to_svg(figure: Figure, id: str, alt: str, fonts: Sequence[str]) -> str:
    """The figure with real text, every id prefixed by `id`, at 100 CSS pixels an inch, described by `alt`."""
    out = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": id}):
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    root = ElementTree.fromstring(out.getvalue())
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        element.text = element.text.strip() if element.text and element.text.strip() else None
        element.tail = None
        for key in list(element.attrib):
            value = element.attrib.pop(key)
            element.set(key.rpartition("}")[2], _tidy(key, value))
    _drop_unused(root, id)
    shape = {"viewBox": root.get("viewBox"), "width": f"{figure.get_figwidth() * 100:.0f}"}
    shape["height"] = f"{figure.get_figheight() * 100:.0f}"
    root.attrib = {
        "xmlns": "http://www.w3.org/2000/svg",
        **shape,
        "role": "img",
        "aria-label": alt,
        "style": "font-family:"
        + ",".join(f"'{f}'" if " " in f else f for f in fonts)
        # matplotlib says this in a style sheet, which would reach out of the picture into the page
        + ";stroke-linejoin:round;stroke-linecap:butt",
    }
    return ElementTree.tostring(root, encoding="unicode")


def _tidy(key: str, value: str) -> str:
    """Coordinates to a hundredth of a point, so that the last digits of a float never show; short styles."""
    if key in ("x", "y", "width", "height", "transform", "viewBox"):
        return re.sub(r"-?\d+\.\d+", lambda m: _rounded(m[0]), value)
    if key == "d":
        return _short_path(value)
    if key == "style":
        rules = [rule.split(":", 1) for rule in value.split(";") if rule.strip()]
        return ";".join(f"{name.strip()}:{what.strip()}" for name, what in rules if name.strip() != "font-family")
    return value


def _rounded(number: str) -> str:
    text = f"{float(number):.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _short_path(path: str) -> str:
    """The same path with rounded coordinates, upright and level lines as V and H."""
    short, here = [], ("", "")
    for command, rest in re.findall(r"([MLQCz])([^MLQCz]*)", path):
        numbers = [_rounded(n) for n in rest.split()]
        if command == "L" and numbers[0] == here[0]:
            short.append(f"V{numbers[1]}")
        elif command == "L" and numbers[1] == here[1]:
            short.append(f"H{numbers[0]}")
        else:
            short.append(command + " ".join(numbers))
        here = tuple(numbers[-2:]) if numbers else ("", "")
    return "".join(short)


def _drop_unused(root: ElementTree.Element, id: str) -> None:
    """Without metadata, style sheets, groups that only group, and ids that nothing refers to."""
    used = set(re.findall(r"(?:url\(|href=\")#([\w-]+)", ElementTree.tostring(root, encoding="unicode")))
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in ("metadata", "style"):
                parent.remove(child)
    for element in root.iter():
        name = element.attrib.pop("id", None)
        if name in used:
            element.set("id", f"{id}-{name}")
        for key in ("href", "clip-path"):
            if key in element.attrib:
                element.set(key, element.get(key).replace("#", f"#{id}-"))
        _share_style(element)
        if re.match(r"rotate\(-?0 ", element.get("transform", "")):
            del element.attrib["transform"]
    _unwrap(root)


def _share_style(group: ElementTree.Element) -> None:
    """One style on the group where all its marks repeat the same."""
    styles = {child.get("style") for child in group}
    marks = group.tag == "g" and len(group) > 1 and all(child.tag == "use" for child in group)
    if marks and len(styles) == 1 and None not in styles and "style" not in group.attrib:
        group.set("style", styles.pop())
        for child in group:
            del child.attrib["style"]


def _unwrap(parent: ElementTree.Element) -> None:
    """Groups without attributes give way to what they hold, and empty definitions go."""
    kept: list[ElementTree.Element] = []
    for child in parent:
        _unwrap(child)
        if child.tag == "g" and not child.attrib:
            kept += list(child)
        elif child.tag != "defs" or len(child):
            kept.append(child)
    parent[:] = kept
