"""A chapter in a real JupyterLab: open it, change a parameter, run all, read the changed sentence."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from browsing import needs_chromium

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"

pytestmark = needs_chromium


@pytest.fixture
def address(tmp_path):
    """Of a JupyterLab that serves a copy of notebook 03 to this machine alone."""
    shutil.copy(NOTEBOOKS / "03_growth.ipynb", tmp_path)
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}"]
    command += ["--IdentityProvider.token=", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={tmp_path}"]
    home = tmp_path / "home"
    server = subprocess.Popen(
        command,
        env={**os.environ, "HOME": str(home), "JUPYTER_CONFIG_DIR": str(home), "JUPYTER_DATA_DIR": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        base = f"http://127.0.0.1:{port}"
        _wait_for(f"{base}/api/status", server)
        yield f"{base}/lab/tree/03_growth.ipynb?reset"
    finally:
        server.terminate()
        server.wait(30)


def _wait_for(url, server, seconds=60):
    for _ in range(seconds * 5):
        assert server.poll() is None, "JupyterLab ended before it answered"
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"{url} did not answer in {seconds} seconds")


def test_a_researcher_changes_the_level_and_reads_the_sentence(address, browser):
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    page.goto(address)
    answer = page.locator(".jp-RenderedHTMLCommon li", has_text="2016 against 2015").first
    answer.wait_for(timeout=60_000)
    assert "95% confidence interval 2.51 to 3.65" in answer.text_content()

    cell = page.locator(".jp-CodeCell", has_text=re.compile(r"confidence level, above")).first
    editor = cell.locator(".cm-content")
    editor.click()
    source = editor.inner_text()
    assert "level: float = 0.95" in source
    editor.fill(source.replace("level: float = 0.95", "level: float = 0.8"))
    page.keyboard.press("Escape")
    page.locator(".lm-MenuBar-item", has_text="Run").first.click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()

    changed = page.locator(".jp-RenderedHTMLCommon li", has_text="80% confidence interval").first
    changed.wait_for(timeout=90_000)
    assert "2.67 to 3.42" in changed.text_content()  # Clopper-Pearson at 80%, by R's poisson.test
