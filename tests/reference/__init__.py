"""Values from outside: a 50-digit computation, R, statsmodels, and a NIST set; see reference.R for R's."""

import json
from pathlib import Path

FOLDER = Path(__file__).parent


def load(name: str) -> dict:
    """One of the stored JSON files."""
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


VALUES = load("reference_values.json")
EXACT = VALUES["arbiter"]
R = load("r_values.json")
YEARS = (2015, 2016, 2017, 2018)
COUNTS = (153, 462, 527, 594)
