"""What comes from elsewhere is pinned, and what we say of ourselves follows its schema."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
SCHEMA = json.loads((ROOT / "tests" / "reference" / "citation-file-format-1.2.0.json").read_text(encoding="utf-8"))


def unpinned(workflow):
    """Every action of a workflow that is not named by a commit."""
    steps = [step for job in yaml.safe_load(workflow)["jobs"].values() for step in job["steps"]]
    return [step["uses"] for step in steps if "uses" in step and not re.search("@[0-9a-f]{40}$", step["uses"])]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_by_commit(path):
    text = path.read_text(encoding="utf-8")
    assert unpinned(text) == []
    first = re.search(r"@[0-9a-f]{40} # (v[\d.]+)", text)
    assert unpinned(text.replace(first[0], f"@{first[1]}", 1))


def test_what_ci_installs_has_a_version_and_a_hash():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert re.search(r"^vnu=[\d.]+$", script, re.MULTILINE)
    assert re.search(r"^sha256=[0-9a-f]{64}$", script, re.MULTILINE)


def test_the_citation_follows_its_schema():
    cff = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    jsonschema.validate(cff, SCHEMA)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(cff | {"date-released": "yesterday"}, SCHEMA)
