"""Coverage-guided fuzzing of every reader: whatever is in a file, there is a value or a refusal in one line.

    python3 -m venv ../fuzz && ../fuzz/bin/pip install atheris
    export PYTHONPATH=.:tests:$(echo .venv/lib/python3*/site-packages)
    ../fuzz/bin/python tests/fuzz/every_reader.py .build/fuzz

Atheris is no part of the environment; its Python has to be of the version of .venv. The folder at the end keeps what
led to new code, `-max_total_time=3600` ends after an hour, and what failed stays in a file `crash-...`: keep it as a
case in tests/test_intake.py.
"""

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["analysis", "readers", "yaml", "csv", "json"]):
    import readers

    from analysis.plain_text import Refusal, printable

NAMES = sorted(readers.READERS)
FOLDER = Path(tempfile.mkdtemp(dir="/dev/shm" if Path("/dev/shm").is_dir() else None))


def one_input(data):
    """The first byte chooses the file, the others are its content."""
    if not data:
        return
    name = NAMES[data[0] % len(NAMES)]
    readers.laid(FOLDER, name, data[1:])
    try:
        readers.READERS[name](FOLDER)
    except Refusal as error:
        words = str(error)
        assert words == printable(words), words
        assert "; " in words, words


def seed(corpus):
    """The good files as the first inputs."""
    corpus.mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(NAMES):
        (corpus / f"good-{name}").write_bytes(bytes([number]) + readers.GOOD[name])


if __name__ == "__main__":
    seed(Path(next((word for word in sys.argv[1:] if not word.startswith("-")), ".build/fuzz")))
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
