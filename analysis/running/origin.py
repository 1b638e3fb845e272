"""What the results of a run were made from: what a program needs to tell why two results differ."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml

from analysis.figures.study import Study
from analysis.running.chapters import Record
from analysis.running.execute import ROOT

PACKAGES = ("ipykernel", "jinja2", "matplotlib", "numpy", "pandas", "papermill", "scipy", "seaborn", "statsmodels")


def packages() -> dict[str, str]:
    """The packages on which results and pages depend, each with its version."""
    return {name: version(name) for name in PACKAGES}


def made_from(parameters: Mapping[str, Any], study: Study, records: Mapping[str, Record]) -> dict[str, Any]:
    """The parameters of a run, the day as of which it knows its study, the project's version, and the files read.

    Parameters
    ----------
    parameters : of all notebooks, name to value. study : the one that they name.
    records : the results, which name the data files they rest on.

    Returns
    -------
    "parameters", "as_of" (a day, or ""), "version" and "sha256" by file, all the same on every machine.
    """
    named = {row["file"] for record in records.values() for row in record["data"] if "file" in row}
    read = {name: hashlib.sha256((ROOT / name).read_bytes()).hexdigest() for name in (*named, "requirements.lock")}
    figures = {Path(parameters["study"], name).as_posix(): sha256 for name, sha256 in study.sha256.items()}
    return {
        "parameters": dict(parameters),
        "as_of": str(study.date or ""),
        "version": str(yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))["version"]),
        "sha256": read | figures,
    }
