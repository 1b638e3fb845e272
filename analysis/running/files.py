"""Files that a kill, a full disk or a second run leaves whole: old or new, never some of each."""

from __future__ import annotations

import base64
import contextlib
import ctypes
import errno
import fcntl
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

# Where a file system or a mount cannot exchange two folders, files are replaced one by one.
CANNOT_EXCHANGE = {errno.EBUSY, errno.EINVAL, errno.ENOSYS, errno.EXDEV}


def encoded(content: str | bytes) -> bytes:
    """What a file with this content holds."""
    return content.encode() if isinstance(content, str) else content


def write(path: Path, content: str | bytes) -> None:
    """Write a file, and wait until the disk has it."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    try:
        os.fchmod(handle, 0o644)  # whatever the umask
        rest = memoryview(encoded(content))
        while rest:
            rest = rest[os.write(handle, rest) :]
        os.fsync(handle)
    except OSError as error:
        error.filename = str(path)
        raise
    finally:
        os.close(handle)


def write_whole(files: Mapping[Path, str | bytes]) -> None:
    """Write each of these files, or leave what was there; folders are made as needed."""
    for path, content in files.items():
        os.makedirs(path.parent, exist_ok=True)
        draft = _draft(path, f".{os.getpid()}")  # others may be writing the same
        try:
            write(draft, content)
            os.replace(draft, path)
        finally:
            draft.unlink(missing_ok=True)
        _settle(path.parent)


@contextlib.contextmanager
def held(lock: Path, *, wait: bool = True) -> Iterator[None]:
    """A lock for as long as it is used; it ends with the process, however that ends.

    BlockingIOError : another process has it, and this one does not `wait`.
    """
    os.makedirs(lock.parent, exist_ok=True)
    handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield
    finally:
        os.close(handle)


@contextlib.contextmanager
def temporary(folder: Path) -> Iterator[Path]:
    """A new folder inside `folder` for as long as it is used; those that killed processes left are removed."""
    with contextlib.ExitStack() as stack:
        with held(folder / "sweeping"):
            for left in folder.glob("run-*"):
                with contextlib.suppress(OSError), held(left / "in use", wait=False):
                    shutil.rmtree(left)
            own = Path(tempfile.mkdtemp(prefix="run-", dir=folder))
            stack.callback(shutil.rmtree, own, ignore_errors=True)
            stack.enter_context(held(own / "in use"))
        yield own


def publish(journal: Path, place: Path, files: Mapping[str, str | bytes], others: Mapping[Path, str]) -> None:
    """Replace all that is published in `place`, by name, and `others`: as one, also for the next run after a kill.

    Every content is in the journal before anything is replaced; once that is written, the new is what counts. What
    else lies in `place`, as the folder of other runs, stays; in its folders of ours only `files` do.

    Raises
    ------
    OSError : with what was there before, unless all but the last renames were made; then `heal` makes them.
    """
    if place.exists() and not os.access(place, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(place))
    root = journal.parent.parent  # a project that is moved or copied meanwhile publishes in itself
    texts = {os.path.relpath(path, root): text for path, text in others.items()}
    entry = {"place": os.path.relpath(place, root), "files": dict(files), "others": texts}
    write_whole({journal: json.dumps(entry, default=lambda content: [base64.b64encode(content).decode()])})
    entry = _entry(journal)
    try:
        _stage(entry)
    except OSError:
        _remove_drafts(entry)
        os.unlink(journal)
        raise
    _swap(entry)
    os.unlink(journal)


def heal(journal: Path) -> None:
    """Publish what a killed `publish` was about to; without a journal there is nothing to do."""
    for draft in journal.parent.glob(".*.new"):
        draft.unlink()
    if journal.exists():
        entry = _entry(journal)
        _remove_drafts(entry)
        _stage(entry)
        _swap(entry)
        os.unlink(journal)


def _entry(journal: Path) -> dict[str, Any]:
    """What a journal says, with whole paths."""
    entry, root = json.loads(journal.read_text(encoding="utf-8")), journal.parent.parent
    others = {root / path: text for path, text in entry["others"].items()}
    files = {
        name: text if isinstance(text, str) else base64.b64decode(text[0]) for name, text in entry["files"].items()
    }
    return {"place": root / entry["place"], "files": files, "others": others}


def _stage(entry: Mapping[str, Any]) -> None:
    """Everything new, beside its place and on the disk."""
    draft = _draft(entry["place"])
    folders = {draft} | {(draft / name).parent for name in entry["files"]}
    for folder in sorted(folders):
        os.makedirs(folder)
    for name, text in entry["files"].items():
        write(draft / name, text)
    for path, text in entry["others"].items():
        write(_draft(path), text)
    for folder in folders:
        _settle(folder)


def _swap(entry: Mapping[str, Any]) -> None:
    """From here on nothing is written, only renamed."""
    place = entry["place"]
    draft = _draft(place)
    if not place.exists():
        os.rename(draft, place)
    elif not _exchanged(draft, place):
        _replace_each(draft, place, list(entry["files"]))
    for path in entry["others"]:
        os.replace(_draft(path), path)
    for folder in {place.parent} | {path.parent for path in entry["others"]}:
        _settle(folder)
    _remove_drafts(entry)


def _exchanged(one: Path, other: Path) -> bool:
    """Each folder in the place of the other, in one step; False, and nothing done, where that cannot be."""
    if sys.platform != "linux":
        return False
    try:
        exchange = ctypes.CDLL(None, use_errno=True).renameat2
    except AttributeError:  # an old C library
        return False
    here, flag = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    if exchange(here, os.fsencode(one), here, os.fsencode(other), flag) == 0:
        return True
    number = ctypes.get_errno()
    if number in CANNOT_EXCHANGE:
        return False
    raise OSError(number, os.strerror(number), str(other))


def _replace_each(draft: Path, place: Path, names: list[str]) -> None:
    for name in names:
        os.makedirs((place / name).parent, exist_ok=True)
        os.replace(draft / name, place / name)
    for folder in {place / name for name in map(os.path.dirname, names) if name}:
        for path in folder.iterdir():
            if path.relative_to(place).as_posix() not in names:
                os.unlink(path)


def _remove_drafts(entry: Mapping[str, Any]) -> None:
    """What was written beside its place; after an exchange that is the old, and what is not ours goes back first."""
    place = entry["place"]
    draft, ours = _draft(place), {Path(name).parts[0] for name in entry["files"]}
    if draft.exists():
        for path in draft.iterdir():
            if path.name not in ours:
                os.rename(path, place / path.name)
        shutil.rmtree(draft)
    for path in entry["others"]:
        _draft(path).unlink(missing_ok=True)


def _draft(path: Path, writer: str = "") -> Path:
    return path.with_name(f".{path.name}{writer}.new")


def _settle(folder: Path) -> None:
    """Wait until the disk has the names in a folder."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
