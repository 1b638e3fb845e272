"""What a notebook shows: named results, and sentences, tables and figures that carry them.

A part displays itself for a reader of the notebook and, beside that, as JSON under `parts.part.MIME`. Page, gate,
register and comparison read the JSON; nothing reads the HTML.
"""

from analysis.parts.numbers import inside, limits_text, sentence_case
from analysis.parts.results import Results, joined, named
from analysis.parts.sentences import case, say
from analysis.parts.tables import cells, table, table_of_estimates

__all__ = [
    "Results",
    "case",
    "cells",
    "inside",
    "joined",
    "limits_text",
    "named",
    "say",
    "sentence_case",
    "table",
    "table_of_estimates",
]
