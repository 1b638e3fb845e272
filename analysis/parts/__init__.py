"""What a notebook shows: named results, and sentences, tables and figures that carry them.

A part displays itself for a reader of the notebook and, beside that, as JSON under `parts.part.MIME`. Page, gate,
register and comparison read the JSON; nothing reads the HTML.
"""
