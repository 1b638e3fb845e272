"""The files of a study: one function opens them all, one writes them whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


class StudyError(ValueError):
    """One line: the file, the place in it, what is wrong and what to do."""


def resolve(path: str | Path) -> Path:
    """Where a path leads: a relative one starts at the project folder, wherever the caller runs."""
    return (PROJECT / path).resolve()


def shown(path: Path) -> str:
    """A path as messages name it: from the project folder when inside."""
    return str(path.relative_to(PROJECT)) if path.is_relative_to(PROJECT) else str(path)


def open_file(folder: Path, name: str) -> bytes:
    """Content of the file `name` of a study, which must be a plain file inside its folder, also behind links.

    Raises
    ------
    StudyError : the path leaves the folder, or there is nothing that can be read.
    """
    path = folder / name
    outside = "://" in name or "\0" in name or ".." in Path(name).parts or Path(name).is_absolute()
    if outside or not path.resolve().is_relative_to(folder.resolve()):
        raise StudyError(f"{shown(folder)}: path {name!r} leaves the folder; copy the file into it and name it there")
    if not path.is_file():
        raise StudyError(f"{shown(path)}: no such file; add it, or mend the path")
    try:
        return path.read_bytes()
    except OSError as error:
        raise StudyError(f"{shown(path)}: cannot be read ({error.strerror}); give a file that can") from None


def open_text(folder: Path, name: str) -> str:
    """`open_file` as text, with or without a byte order mark."""
    try:
        return open_file(folder, name).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise StudyError(f"{shown(folder / name)}, byte {error.start}: not UTF-8; save it as UTF-8") from None


def write_text(path: Path, text: str) -> None:
    """Writes a file whole or not at all."""
    draft = path.with_name(path.name + ".new")
    draft.write_text(text, encoding="utf-8", newline="\n")
    os.replace(draft, path)
