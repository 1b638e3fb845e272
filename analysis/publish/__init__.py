"""From notebooks to what is published: the only rooms that know notebooks exist."""

import sys

# jsonschema, on which nbformat stands, builds a parser for international addresses when imported: three
# quarters of the time that importing papermill takes, for a check that no notebook needs.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
