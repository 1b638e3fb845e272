"""The files of a study: one function opens them all, one writes them whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from analysis.plain_text import Refusal, decode, printable

PROJECT = Path(__file__).resolve().parents[2]
LONGEST = 1_000_000  # bytes, ten thousand years of counts


class StudyError(Refusal):
    """One line: the file of a study, the place in it, what is wrong and what to do."""


def resolve(path: str | Path) -> Path:
    """Where a path leads: a relative one starts at the project folder, wherever the caller runs."""
    try:
        return (PROJECT / path).resolve()
    except (OSError, RuntimeError, ValueError):  # a link to itself, a character that no path has
        raise StudyError(f"{shown(Path(path))}: this path leads nowhere; give a folder that is there") from None


def shown(path: Path) -> str:
    """A path as messages name it: from the project folder when inside."""
    return printable(str(path.relative_to(PROJECT) if path.is_relative_to(PROJECT) else path))


def open_file(folder: Path, name: str, refusal: type[ValueError] = StudyError) -> bytes:
    """Content of the file `name` in a folder, which must be a plain file inside it, also behind links.

    Raises
    ------
    refusal : the path leaves the folder, or there is nothing that can be read, or too much.
    """
    path, content = folder / name, None
    inside = "://" not in name and ".." not in Path(name).parts and not Path(name).is_absolute()
    try:
        real = path.resolve()
        inside = inside and real.is_relative_to(folder.resolve())
        if inside:
            with open(real, "rb", opener=_at_once) as file:
                if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    content = file.read(LONGEST + 1)
    except FileNotFoundError:
        raise refusal(f"{shown(path)}: no such file; add it, or mend the path") from None
    except (OSError, RuntimeError, ValueError) as error:  # RuntimeError: a link to itself
        reason = getattr(error, "strerror", "") or "no path leads there"
        raise refusal(f"{shown(path)}: cannot be read ({reason}); give a file that can") from None
    if not inside:
        raise refusal(f"{shown(folder)}: path {name!r} leaves the folder; copy the file into it and name it there")
    if content is None:
        raise refusal(f"{shown(path)}: a device or a pipe; copy what it holds into a plain file")
    if len(content) > LONGEST:
        raise refusal(f"{shown(path)}: more than {LONGEST:,} bytes; leave out what is not needed")
    return content


def open_text(folder: Path, name: str, refusal: type[ValueError] = StudyError) -> str:
    """`open_file` as text that hides nothing."""
    content = open_file(folder, name, refusal)
    try:
        return decode(content)
    except ValueError as error:
        raise refusal(f"{shown(folder / name)}, {error}") from None


def optional_text(folder: Path, name: str) -> str:
    """`open_text` of a file that a study need not have, "" without it."""
    return open_text(folder, name) if os.path.lexists(folder / name) else ""


def write_text(path: Path, text: str) -> None:
    """Writes a file whole or not at all."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)  # it might be a link that leads elsewhere
    with draft.open("x", encoding="utf-8", newline="\n") as file:
        file.write(text)
    os.replace(draft, path)


def _at_once(path: str, flags: int) -> int:
    """Opens no link, and does not wait for a pipe to be written to."""
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)
