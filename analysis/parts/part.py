"""What every part shares: how it shows itself in a notebook and how it travels."""

from __future__ import annotations

from typing import Any

from analysis.parts.results import MIME, Results


class Part:
    """A sentence, a table or a figure; `results` are the named results that it shows.

    Showing a part registers its results: the first output that carries a result is where it was computed.
    """

    kind: str
    results: Results

    def content(self) -> dict[str, Any]:
        """What the part says, ready for JSON, without its results."""
        raise NotImplementedError

    def pictures(self) -> dict[str, str]:
        """How a reader of the notebook sees it, by media type."""
        raise NotImplementedError

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        record = {"kind": self.kind, **self.content(), "results": self.results.records()}
        return {MIME: record, **self.pictures()}
