"""What to say of a name that does not exist."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any


def nearest(name: str, known: Iterable[Any]) -> str:
    """Remedy for an unknown name: the closest that exists, or all of them.

    >>> nearest("removal", ["removals", "phone_finds"])
    "did you mean 'removals'?"
    """
    known = [str(item) for item in known]
    close = difflib.get_close_matches(str(name), known, n=1)
    return f"did you mean {close[0]!r}?" if close else f"use one of {', '.join(known)}"
