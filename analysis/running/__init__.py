"""The notebooks: which there are, how they are run, what is kept of a run and what it computed."""

import sys

# jsonschema, on which nbformat stands, builds a parser for international addresses when imported: three
# quarters of the time that importing papermill takes, for a check that no notebook needs.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
