"""What README quotes from the summary, word for word."""

from __future__ import annotations

import re

from analysis.parts.sentences import runs_text
from analysis.running.chapters import Notebook, shown_parts

QUOTED = re.compile(r"(?P<start><!-- summary: (?P<cell>[a-z-]+) -->\n)(?P<said>.*?)(?P<end><!-- end -->)", re.DOTALL)


def quoted(markdown: str, summary: Notebook) -> str:
    """The text with what stands between ``<!-- summary: answer -->`` and ``<!-- end -->`` as that cell says it.

    Parameters
    ----------
    markdown : such as README. summary : the executed notebook that is quoted.

    Raises
    ------
    ValueError : no cell of the summary with that id shows a sentence.
    """
    said = {cell: part["blocks"] for cell, part in shown_parts(summary) if part["kind"] == "sentences"}

    def again(match: re.Match[str]) -> str:
        if match["cell"] not in said:
            raise ValueError(
                f"README.md quotes cell {match['cell']!r}; the summary says something in {', '.join(said)}"
            )
        lines = [("- " if block["item"] else "\n") + runs_text(block["runs"]) for block in said[match["cell"]]]
        return match["start"] + "\n" + "\n".join(lines) + "\n\n" + match["end"]

    return QUOTED.sub(again, markdown)
