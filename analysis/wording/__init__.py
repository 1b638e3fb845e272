"""The sentences of the report, computed from named results so that they stay true when the figures change.

Each function takes the register of a notebook and returns Prose, or a template for one; the notebook only says
where it stands.
"""
