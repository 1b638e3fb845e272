"""The record of a run for other programs: a Workflow Run RO-Crate, which says what was made from what, and by what."""

from __future__ import annotations

import hashlib
import json
import mimetypes
from collections.abc import Mapping
from typing import Any

from analysis.running.files import encoded

NAME = "ro-crate-metadata.json"
CONTEXT = ["https://w3id.org/ro/crate/1.1/context", {"sha256": "https://w3id.org/ro/terms/workflow-run#sha256"}]
PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": "Process Run Crate",
    "https://w3id.org/ro/wfrun/workflow/0.5": "Workflow Run Crate",
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": "Workflow RO-Crate",
}
TYPES = {".ipynb": "application/x-ipynb+json"}
KINDS = {bool: "Boolean", int: "Integer", float: "Float", str: "Text"}

Entity = dict[str, Any]


def crate(
    files: Mapping[str, str | bytes],
    *,
    main: str,
    inputs: Mapping[str, str],
    parameters: Mapping[str, Any],
    versions: Mapping[str, str],
    citation: Mapping[str, str],
) -> str:
    """The RO-Crate of a report as JSON; it holds no time and no machine, so it is the same on every rebuild.

    Parameters
    ----------
    files : what was published, by path. main : the path of the executed notebook that states the results of the
        others. inputs : the sha256 of each file read, by path from the project folder. parameters : name to value.
    versions : package to version. citation : as `read_citation` gives it.

    Source
    ------
    RO-Crate 1.1, and the profile Workflow Run Crate 0.5.

    Examples
    --------
    >>> said = crate({"00.ipynb": "{}"}, main="00.ipynb", inputs={}, parameters={"level": 0.95}, versions={},
    ...     citation={"title": "Counts", "authors": "A", "version": "1.0", "licence": "MIT", "dated": "2026-01-01"})
    >>> [entity["@type"] for entity in json.loads(said)["@graph"]][:2]
    ['CreativeWork', 'Dataset']
    """
    outputs = [_file(path, content) for path, content in sorted(files.items())]
    workflow = next(entity for entity in outputs if entity["@id"] == main)
    read = [_input(path, sha256) for path, sha256 in sorted(inputs.items())]
    formal = [_formal(name, value) for name, value in sorted(parameters.items())]
    given = [_given(name, value) for name, value in sorted(parameters.items())]
    software = [_software(name, version) for name, version in sorted(versions.items())]
    workflow["@type"] = ["File", "SoftwareSourceCode", "ComputationalWorkflow"]
    workflow |= {
        "programmingLanguage": {"@id": "#jupyter"},
        "input": _refer(formal),
        "version": citation["version"],
        "conformsTo": {"@id": "https://bioschemas.org/profiles/ComputationalWorkflow/1.0-RELEASE"},
        "softwareRequirements": _refer(software),
    }
    about = {
        "@id": "./",
        "@type": "Dataset",
        "name": citation["title"],
        "description": "One report: its page, its named results, its executed notebooks, and what they were made from.",
        "datePublished": citation["dated"],
        "version": citation["version"],
        "license": {"@id": "#licence"},
        "author": {"@id": "#authors"},
        "conformsTo": [{"@id": address} for address in PROFILES],
        "hasPart": _refer(outputs),
        "mainEntity": {"@id": main},
        "mentions": {"@id": "#run"},
    }
    run = {
        "@id": "#run",
        "@type": "CreateAction",
        "name": "A run of every notebook, and the report built from it",
        "description": "Chapters first, then the summary of what they computed; its times are left out on purpose.",
        "instrument": {"@id": main},
        "object": _refer([*read, *given]),
        "result": _refer([entity for entity in outputs if entity is not workflow]),
        "agent": {"@id": "#authors"},
    }
    graph = [
        {
            "@id": NAME,
            "@type": "CreativeWork",
            "about": {"@id": "./"},
            "conformsTo": [{"@id": "https://w3id.org/ro/crate/1.1"}, {"@id": [*PROFILES][-1]}],
        },
        about,
        run,
        {"@id": "#jupyter", "@type": "ComputerLanguage", "name": "Jupyter Notebook", "url": "https://jupyter.org/"},
        {"@id": "#authors", "@type": "Organization", "name": citation["authors"]},
        {"@id": "#licence", "@type": "CreativeWork", "name": citation["licence"], "description": "licence of the code"},
        *(
            {"@id": address, "@type": "CreativeWork", "name": name, "version": address.rpartition("/")[2]}
            for address, name in PROFILES.items()
        ),
        *outputs,
        *read,
        *formal,
        *given,
        *software,
    ]
    return json.dumps({"@context": CONTEXT, "@graph": graph}, ensure_ascii=False, indent=1) + "\n"


def _refer(entities: list[Entity]) -> list[dict[str, str]]:
    return [{"@id": entity["@id"]} for entity in entities]


def _file(path: str, content: str | bytes) -> Entity:
    data = encoded(content)
    suffix = path[path.rfind(".") :]
    return {
        "@id": path,
        "@type": "File",
        "name": path,
        "contentSize": str(len(data)),
        "encodingFormat": TYPES.get(suffix) or mimetypes.types_map.get(suffix, "application/octet-stream"),
        "sha256": hashlib.sha256(data).hexdigest(),
    }


def _input(path: str, sha256: str) -> Entity:
    return {"@id": f"#read/{path}", "@type": "CreativeWork", "name": path, "sha256": sha256}


def _formal(name: str, value: Any) -> Entity:
    return {
        "@id": f"#parameter/{name}",
        "@type": "FormalParameter",
        "name": name,
        "additionalType": KINDS[type(value)],
        "conformsTo": {"@id": "https://bioschemas.org/profiles/FormalParameter/1.0-RELEASE"},
        "valueRequired": False,
    }


def _given(name: str, value: Any) -> Entity:
    return {
        "@id": f"#given/{name}",
        "@type": "PropertyValue",
        "name": name,
        "value": value,
        "exampleOfWork": {"@id": f"#parameter/{name}"},
    }


def _software(name: str, version: str) -> Entity:
    return {"@id": f"#software/{name}", "@type": "SoftwareApplication", "name": name, "version": version}
