"""YAML as it is written: names with their lines and texts, no text taken for something else than it looks.

YAML 1.1 reads `no` as false, `010` as 8, `1:30` as 90 and `1e-3` as text. Here every value stays the text that a
person wrote, and whoever asked for it reads it as the type that it should have.
"""

from __future__ import annotations

from typing import NamedTuple

import yaml


class Entry(NamedTuple):
    """The text that stands behind a name, and its line."""

    line: int
    text: str


def read_mapping(text: str, file: str, refusal: type[ValueError]) -> dict[str, Entry]:
    """The entries of a YAML mapping from names to single values.

    Raises
    ------
    refusal : anything else, or a name given twice, in one line with `file`, line and remedy.

    >>> read_mapping("seed: 010  # octal elsewhere", "run.yaml", ValueError)
    {'seed': Entry(line=1, text='010')}
    """
    node, remedy = compose(text, file, refusal), "write one name: value a line"
    found: dict[str, Entry] = {}
    if node is not None and not isinstance(node, yaml.MappingNode):
        raise refusal(f"{file}, line {node.start_mark.line + 1}: no mapping of names to values; {remedy}")
    for key, value in node.value if node else []:
        where = f"{file}, line {key.start_mark.line + 1}"
        if not isinstance(key, yaml.ScalarNode) or not isinstance(value, yaml.ScalarNode):
            raise refusal(f"{where}: a single name and a single value are needed here; {remedy}")
        if key.value in found:
            raise refusal(f"{where}: {key.value} is given twice; keep one")
        found[key.value] = Entry(key.start_mark.line + 1, value.value)
    return found


def compose(text: str, file: str, refusal: type[ValueError]) -> yaml.Node | None:
    """The document as nodes, None where everything is a comment."""
    try:
        return yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise refusal(f"{file}, line {mark.line + 1 if mark else 1}: not YAML ({error.problem}); mend it") from None
    except yaml.YAMLError as error:
        raise refusal(f"{file}: not YAML ({str(error).splitlines()[0]}); mend it") from None
