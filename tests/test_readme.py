"""README: every path exists, every command is one that the project has, every number is what the results say."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.publishing import gate

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
SUMMARY = json.loads((ROOT / "reports" / "notebooks" / "00_summary.ipynb").read_text(encoding="utf-8"))
PLAIN = re.sub(r"<!--.*?-->", "", TEXT, flags=re.DOTALL)
SPANS = re.findall(r"(?<!`)`([^`\n]+)`(?!`)", PLAIN) + [
    line for block in re.findall(r"^```\n(.*?)^```", PLAIN, re.DOTALL | re.MULTILINE) for line in block.splitlines()
]
LINKS = [link for link in re.findall(r"\]\(([^)#]+)\)", PLAIN) if not link.startswith("http")]
PATHS = [span for span in SPANS if re.fullmatch(r"[\w./-]+", span) and ("/" in span or "." in span)]
COMMANDS = [span for span in SPANS if span.startswith(("make ", ".venv/", "python -m"))]


@pytest.mark.parametrize("link", sorted(set(LINKS)))
def test_links_resolve(link):
    assert (ROOT / link).exists()


@pytest.mark.parametrize("path", sorted(set(PATHS)))
def test_named_paths_and_functions_exist(path):
    if path.startswith("analysis.") and "/" not in path:
        module, _, name = path.rpartition(".")
        __import__(module)
        assert callable(getattr(sys.modules[module], name))
    else:
        assert (ROOT / path).exists()


@pytest.mark.parametrize("command", sorted(set(COMMANDS)))
def test_commands_exist(command):
    words = command.split()
    if words[0] == "make":
        targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
        assert words[1] in targets
    else:
        shown = subprocess.run([sys.executable, "-m", "analysis", "--help"], capture_output=True, text=True, cwd=ROOT)
        assert words[3] in shown.stdout
        assert all((ROOT / word).exists() for word in words[4:] if "/" in word)


def test_every_number_is_quoted_from_the_summary():
    assert [str(fault) for fault in gate.check_readme(TEXT, SUMMARY)] == []
    assert "<!-- summary: answer -->" in TEXT
