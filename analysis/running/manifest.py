"""The manifest of a run: what it read and what it published, by content.

Run as a script it says whether anything has changed since: `make report` asks it first, so it imports little.
"""

import hashlib
import json
import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, ".build")
JOURNAL = os.path.join(BUILD, "publishing.json")


def path_of(request: list[str]) -> str:
    """Where the manifest of the last run with these arguments is kept."""
    key = hashlib.sha256(json.dumps(request).encode()).hexdigest()[:16]
    return os.path.join(BUILD, f"manifest-{key}.json")


def tree(paths: list[str]) -> dict[str, str]:
    """The sha256 of every file that is or is in one of `paths`, from the project folder; hidden ones are none."""
    found = {}
    for path in paths:
        full = os.path.join(ROOT, path)
        if os.path.isdir(full):
            names = [name for name in sorted(os.listdir(full)) if name[0] != "." and name != "__pycache__"]
            found.update(tree([os.path.join(path, name) for name in names]))
        elif os.path.isfile(full):
            with open(full, "rb") as file:
                found[path] = hashlib.sha256(file.read()).hexdigest()
    return found


def unchanged(request: list[str]) -> str:
    """That nothing has changed, if all that the last run with these arguments read and published is as it was."""
    try:
        with open(path_of(request), encoding="utf-8") as file:
            manifest = json.load(file)
        same = all(tree(manifest[which]["paths"]) == manifest[which]["sha256"] for which in ("inputs", "outputs"))
    except (OSError, ValueError, LookupError, TypeError):
        return ""
    return f"{manifest['page']}: nothing has changed" if same and not os.path.exists(JOURNAL) else ""


if __name__ == "__main__":
    print(SAID := unchanged(sys.argv[1:]), end="\n" if SAID else "")
    sys.exit(not SAID)
