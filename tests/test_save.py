"""Saving a figure from the page, in a real browser: a picture in its light colours, and nothing is asked of anybody."""

from __future__ import annotations

import base64
import struct
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from browsing import needs_chromium

from analysis.publishing.exhibits import themed
from analysis.publishing.page import HERE, _policy

pytestmark = needs_chromium
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} 20" width="{0}" height="20" role="img" aria-label="Bar">'
    '<path style="fill:#ffffff" d="M0 0H{0}V20H0z"/><path style="fill:#0a5a9c" d="M0 0H9V20H0z"/></svg>'
)
PAGE = """<!doctype html><meta http-equiv="Content-Security-Policy" content="{policy}">
<style>:root {{ --chart-blue: #7cc4f8; --chart-paper: #14181d }} .canvas svg + svg {{ display: none }}
@media (max-width: 400px) {{ .canvas svg {{ display: none }} .canvas svg + svg {{ display: block }} }}</style>
<figure><div class="canvas">{wide}{narrow}</div>
<p><a class="save" download="figure-3-1-ratios.csv" href="data:text/csv,a">Save CSV<span> of Figure 3.1</span></a></p>
</figure><script>
{script}
</script>"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    script = (HERE / "template" / "save.js").read_text(encoding="utf-8").strip()
    pictures = {"wide": themed(SVG.format(72)), "narrow": themed(SVG.format(33))}
    file = tmp_path_factory.mktemp("save") / "page.html"
    file.write_text(PAGE.format(policy=_policy(script), script=script, **pictures), encoding="utf-8")
    return file


def saved(browser: Any, place: Path, kind: str, width: int) -> tuple[str, bytes]:
    page = browser.new_page(offline=True, viewport={"width": width, "height": 600})
    page.goto(place.as_uri())
    with page.expect_download() as waiting:
        page.get_by_role("button", name=f"Save {kind} of Figure 3.1").press("Enter")
    found = waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()
    page.close()
    return found


def test_a_figure_is_saved_as_svg_that_stands_alone(browser: Any, place: Path) -> None:
    name, content = saved(browser, place, "SVG", 1000)
    root = ElementTree.fromstring(content)
    assert name == "figure-3-1-ratios.svg"
    assert root.get("width") == "72"
    assert "#0a5a9c" in content.decode()


def test_a_figure_is_saved_as_png_in_its_light_colours_at_twice_its_size(browser: Any, place: Path) -> None:
    name, content = saved(browser, place, "PNG", 1000)
    assert name == "figure-3-1-ratios.png"
    assert content.startswith(b"\x89PNG")
    assert struct.unpack(">II", content[16:24]) == (144, 40)
    corner = pixel(browser, content, 4, 4)
    assert corner == [0x0A, 0x5A, 0x9C, 255]
    assert pixel(browser, content, 120, 4) == [255, 255, 255, 255]


def test_a_phone_saves_the_picture_that_it_shows(browser: Any, place: Path) -> None:
    _, content = saved(browser, place, "PNG", 360)
    assert struct.unpack(">II", content[16:24]) == (66, 40)


def pixel(browser: Any, png: bytes, x: int, y: int) -> list[int]:
    """Red, green, blue and opacity of one pixel, as the browser reads the file."""
    page = browser.new_page()
    script = """async ([address, x, y]) => {
      const image = new Image(); image.src = address; await image.decode();
      const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
      canvas.drawImage(image, 0, 0);
      return [...canvas.getImageData(x, y, 1, 1).data];
    }"""
    found = page.evaluate(script, ["data:image/png;base64," + base64.b64encode(png).decode(), x, y])
    page.close()
    return found
