"""A report in a real browser: its views, what axe and the Nu checker say of it; the fixtures are in conftest."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from analysis.publishing.page import render
from analysis.running import plan
from analysis.running.chapters import collected

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
FLAGS += ["--disable-background-networking", "--disable-component-update"]
VIEWS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "narrow": {"color_scheme": "light", "viewport": {"width": 360, "height": 800}},
    "narrow dark": {"color_scheme": "dark", "viewport": {"width": 360, "height": 800}},
    "forced colours": {"forced_colors": "active"},
    "large text": {},
    "no script": {},
    "all open, dark": {"color_scheme": "dark"},
}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

needs_chromium = pytest.mark.skipif(not CHROMIUM, reason="no Chromium: apt-get install chromium")


def stored_report(folder: Path) -> Path:
    """The page made from the stored notebooks as they are, and beside it a copy without its script."""
    stored = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in plan.notebooks()}
    facts = {"parameters": {"level": 0.95}, "changed_from_defaults": {}, "provenance": {"Packages": {"a": "1"}}}
    page = render(stored, collected(stored), **facts)
    (folder / "no-script.html").write_text(re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL), "utf-8")
    (folder / "report.html").write_text(page, encoding="utf-8")
    return folder / "report.html"


def started_browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


def visits(browser: Any, report: Path) -> Iterator[Any]:
    """Opens the report in a view; afterwards nothing may have been asked of a server or complained about."""
    opened, asked, complaints = [], [], []

    def go(view: str = "light", anchor: str = "", **options):
        settings = {"viewport": {"width": 1280, "height": 900}} | VIEWS[view] | options
        context = browser.new_context(offline=True, reduced_motion="reduce", **settings)
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        path = report.with_name("no-script.html") if view == "no script" else report
        page.goto(path.as_uri() + anchor)
        if view == "large text":
            page.evaluate("document.documentElement.style.fontSize = '200%'")
        if view.startswith("all open"):
            page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
        return page

    yield go
    for context in opened:
        context.close()
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert complaints == []


# What axe cannot decide, and why that is no gap: the words inside pictures lie over bars and grid lines,
# which axe calls overlapped, and the tests of the charts compute their contrast; the cells of a table that
# scrolls are overlapped by its edge, and have the colours of those that are not, which pass; an operator of a
# formula is no word to axe, and has the colour of the letters beside it.
RUN_AXE = """async ([rules]) => {
  const kinds = {type: 'tag', values: rules};
  const found = await axe.run(document, {runOnly: kinds, resultTypes: ['violations', 'incomplete']});
  const explained = (rule, node) => {
    const element = document.querySelector(node.target.at(-1));
    return rule.id === 'color-contrast' && element?.closest('svg[role=img], .scroll, math');
  };
  const told = (rule, node) => `${rule.id}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ''}`;
  const all = (rules, wanted) => rules.flatMap(
    rule => rule.nodes.filter(node => wanted(rule, node)).map(node => told(rule, node)));
  return {
    passed: found.passes.length,
    violations: all(found.violations, () => true),
    unexplained: all(found.incomplete, (rule, node) => !explained(rule, node)),
  };
}"""


def axe_source() -> str:
    """The script of axe, as its package for playwright brings it."""
    import axe_playwright_python

    return next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js")).read_text(encoding="utf-8")


def axe_finds(page: Any) -> list[str]:
    """What axe calls a violation, or cannot decide without an explanation."""
    page.evaluate(axe_source())
    found = page.evaluate(RUN_AXE, [RULES])
    assert found["passed"] > 20
    return [*found["violations"], *found["unexplained"]]


def nu_checker_says(page: Path) -> str:
    """The errors of the Nu checker, or the test is skipped where there is none."""
    jar = os.environ.get("VNU_JAR", "")
    if not Path(jar).is_file() or not shutil.which("java"):
        pytest.skip("set VNU_JAR to the Nu checker's vnu.jar, and install java")
    command = ["java", "-jar", jar, "--errors-only", "--stdout", str(page)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout
