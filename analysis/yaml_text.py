"""YAML as it is written: names with their lines and texts, no text taken for something else than it looks.

YAML 1.1 reads `no` as false, `010` as 8, `1:30` as 90 and `1e-3` as text. Here every value stays the text that a
person wrote, and whoever asked for it reads it as the type that it should have.
"""

from __future__ import annotations

from typing import NamedTuple

import yaml

from analysis.plain_text import hidden

DEPTH = 20
LONGEST = 50_000  # characters
_SINGLE = "a single name and a single value are needed here; write one name: value a line"


class Entry(NamedTuple):
    """The text that stands behind a name, and its line."""

    line: int
    text: str


def read_mapping(text: str, file: str, refusal: type[ValueError]) -> dict[str, Entry]:
    """The entries of a YAML mapping from names to single values.

    Raises
    ------
    refusal : anything else, in one line with `file`, line and remedy.

    >>> read_mapping("seed: 010  # octal elsewhere", "run.yaml", ValueError)
    {'seed': Entry(line=1, text='010')}
    """
    node = compose(text, file, refusal)
    if node is not None and not isinstance(node, yaml.MappingNode):
        raise refusal(f"{file}, line {node.start_mark.line + 1}: no mapping of names to values; write one a line")
    found: dict[str, Entry] = {}
    for key, value in node.value if node else []:
        line = key.start_mark.line + 1
        if not isinstance(value, yaml.ScalarNode):
            raise refusal(f"{file}, line {line}: {_SINGLE}")
        found[key.value] = Entry(line, value.value)
    return found


def compose(text: str, file: str, refusal: type[ValueError]) -> yaml.Node | None:
    """The document as nodes, None where everything is a comment.

    Raises
    ------
    refusal : no YAML; too long or too deep; an alias; a name that is no single text or is given twice; a character
        that hides text, also one that is written as an escape.
    """
    if len(text) > LONGEST:
        raise refusal(f"{file}: more than {LONGEST:,} characters; take out what is not needed")
    try:
        return yaml.compose(text, Loader=_Strict)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        words = error.problem if isinstance(error, _Fault) else f"not YAML ({error.problem}); mend it"
        raise refusal(f"{file}, line {mark.line + 1 if mark else 1}: {words}") from None
    except (yaml.YAMLError, OverflowError, ValueError):
        raise refusal(f"{file}: not YAML (a character that does not exist); mend it") from None


class _Fault(yaml.MarkedYAMLError):
    """YAML, but of a kind that nobody needs here."""


class _Strict(yaml.SafeLoader):
    """Refuses while it reads, before anything large comes to be."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: object) -> yaml.Node:
        mark = self.peek_event().start_mark
        if self.check_event(yaml.AliasEvent):
            raise _Fault(problem="an alias (*); write the value out", problem_mark=mark)
        if self.depth == DEPTH:
            raise _Fault(problem=f"nested more than {DEPTH} deep; take the brackets away", problem_mark=mark)
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        if isinstance(node, yaml.ScalarNode) and hidden(node.value):
            raise _Fault(problem=hidden(node.value), problem_mark=mark)
        names = set()
        for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
            if not isinstance(key, yaml.ScalarNode):
                raise _Fault(problem=_SINGLE, problem_mark=key.start_mark)
            if key.value in names:
                raise _Fault(problem=f"{key.value} is given twice; keep one", problem_mark=key.start_mark)
            names.add(key.value)
        return node
