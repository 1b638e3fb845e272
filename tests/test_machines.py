"""The same bytes from every other Python that is found here, and from the arithmetic of other processors."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from test_reproducible import ROOT, copied, published, run

from analysis.running import stored

pytestmark = pytest.mark.long
PYTHONS = ["3.12", "3.13", "3.14"]
CORES = ["Nehalem", "Sandybridge", "SkylakeX", "Zen"]  # as OpenBLAS calls them; each has its own order of adding up


def interpreter(version: str) -> str:
    """Another Python on the path or among those of pyenv, or the test is skipped."""
    places = [shutil.which(f"python{version}"), *Path.home().glob(f".pyenv/versions/{version}.*/bin/python{version}")]
    for place in filter(None, places):
        if subprocess.run([place, "-c", "import ensurepip"], capture_output=True).returncode == 0:
            return str(place)
    pytest.skip(f"no Python {version} here")


def installed(python: str, folder: Path) -> str:
    """An environment of that Python with everything in the lock, or the test is skipped."""
    uv = [sys.executable, "-m", "uv"]
    subprocess.run([*uv, "venv", "--quiet", "--python", python, folder], check=True)
    command = [*uv, "pip", "sync", "--quiet", "--require-hashes", "--python", folder, ROOT / "requirements.lock"]
    if not any(subprocess.run([*command, *how], capture_output=True).returncode == 0 for how in (["--offline"], [])):
        pytest.skip("the packages of the lock are not to be had for it")
    return str(folder / "bin" / "python")


@pytest.mark.parametrize("version", PYTHONS)
def test_another_python_gives_the_committed_bytes(tmp_path, version):
    python = installed(interpreter(version), tmp_path / "environment")
    folder = copied(tmp_path / "project")
    built = run(folder, "report", python=python)
    assert built.returncode == 0, built.stderr
    assert stored.differences(published(folder), published(ROOT)) == []


@pytest.mark.parametrize("core", CORES)
def test_the_arithmetic_of_another_processor_gives_the_committed_bytes(tmp_path, core):
    """The pin itself is not published, so that a machine without that processor may have another."""
    folder = copied(tmp_path / "project")
    pins = folder / "analysis" / "running" / "execute.py"
    text = pins.read_text(encoding="utf-8")
    assert "Haswell" in text
    pins.write_text(text.replace("Haswell", core), encoding="utf-8")
    built = run(folder, "report")
    assert built.returncode == 0, built.stderr
    assert stored.differences(published(folder), published(ROOT)) == []
