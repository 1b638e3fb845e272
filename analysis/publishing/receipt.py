"""The receipt of `make verify`: what was built again, on what, and whether it came out the same."""

from __future__ import annotations

import hashlib
import json
import platform
from datetime import UTC, datetime

from analysis.publishing import report
from analysis.publishing.citation import read_citation
from analysis.reliability.measurement import outdated
from analysis.running import compare, execute, files, stored
from analysis.running.origin import packages

RECEIPT = execute.BUILD / "receipt.json"
GATES = (
    "every number in prose is bound to a result and agrees with it",
    "no two outputs give one name to different results",
    "no cell shows an error",
    "the stored calibration and reference class are those of a new measurement",
    "every published file is compared byte for byte, and no other lies beside it",
)


def write() -> bool:
    """Build everything again, say in words what differs, and leave the receipt; whether every byte is the same."""
    began = datetime.now(UTC)
    built, committed = report.rebuilt()
    results = [side.get("reports/results.json", b"{}") for side in (committed, built)]
    lines = stored.differences(built, committed) + compare.differing(*results) + outdated()
    entry = {
        "what": "one rebuild by whoever ran make verify, no independent check",
        "begun": began.isoformat(timespec="seconds"),
        "seconds": round((datetime.now(UTC) - began).total_seconds()),
        "version": read_citation(report.ROOT / "CITATION.cff")["version"],
        "machine": {"system": platform.system(), "release": platform.release(), "processor": platform.machine()},
        "settings": {name: execute.environment().get(name, "not asked of this processor") for name in execute.PINNED},
        "versions": {"python": platform.python_version()} | packages(),
        "gates": GATES,
        "files": {
            name: {"sha256": hashlib.sha256(content).hexdigest(), "equal": committed.get(name) == content}
            for name, content in sorted(built.items())
        },
        "differences": lines,
    }
    files.write_whole({RECEIPT: json.dumps(entry, ensure_ascii=False, indent=1) + "\n"})
    equal = sum(file["equal"] for file in entry["files"].values())
    print("\n".join([*lines, f"{equal} of {len(built)} files are the same to the byte."]))
    print(RECEIPT.relative_to(report.ROOT).as_posix())
    return not lines
