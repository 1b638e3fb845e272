"""A small good input for every reader, and each reader behind one signature: for tests and for the fuzzer."""

import hashlib

from analysis.claims.claims import read_claims
from analysis.claims.table import read_table
from analysis.figures import load
from analysis.parameters import SPECIFICATION, read_file

_TEXTS = {
    "datapackage.json": """{
 "name": "storms",
 "title": "Storms of Erewhon",
 "description": "Named storms",
 "homepage": "https://example.org",
 "licenses": [{"title": "CC0", "path": "https://example.org/licence"}],
 "sources": [{"title": "Yearbook", "path": "https://example.org/book", "publisher": "Office", "published": "2019-05"}],
 "resources": [
  {"name": "storms", "path": "storms.csv", "role": "outcome", "unit": "storms", "year_starts": 4,
   "published_totals": [{"first": 2016, "last": 2018, "total": 21}],
   "breaks": [{"date": "2017-06-01", "reason": "a new mast"}]},
  {"name": "gales", "path": "gales.csv", "role": "comparison", "title": "Gales", "measure": "gales",
   "published_changes": [{"earlier": 2016, "later": 2018, "percent": 15, "step": 1}],
   "gaps": [{"after": 2016, "before": 2018, "reason": "not published"}]}
 ]
}
""",
    "storms.csv": """period,count,definition,url,published,note
2015,5,,https://example.org/2015,2016,first
2016,6,,,2017-03,
2017,7,,,2018-02-01,
2018,8,,,2019,"a note, with a comma"
""",
    "gales.csv": """period_start,period_end,value,low,high,geography
2016-01-01,2016-12-31,,9215,9295,Erewhon
2018-01-01,2018-12-31,"10,643",,,Erewhon
""",
    "study.yml": "noun: storm\nnouns: storms\nplace: Erewhon\nfirst_period_partial: no\n",
    "claims.yml": """version: hedge-2.0
article:
  title: More storms
  published: 2019-06-01
  url: https://example.org/article
claims:
  - id: rise
    claim: "storms: rose by a third from 2016 to 2018"
    paragraph: headline
  - claim: "storms: 8 in 2018"
""",
    "claims.txt": "# of storms\nstorms: 8 in 2018\nstorms: rose by a third from 2016 to 2018\n",
    "figures.csv": "year,storms (storms),gales\n2016,6,\n2017,7,479\n2018,8,10643\n",
    "run.yaml": "level: 0.9\nfirst_year: 2016\nas_of: 2019-06\nstudy: data/hijackings\n",
}


def _accepted(files):
    """The files, with the sizes and hashes of the counts in the descriptor."""
    descriptor = files["datapackage.json"]
    for name in ("storms.csv", "gales.csv"):
        path, found = f'"path": "{name}"', hashlib.sha256(files[name]).hexdigest()
        known = f'{path}, "bytes": {len(files[name])}, "hash": "sha256:{found}"'
        descriptor = descriptor.replace(path.encode(), known.encode())
    return files | {"datapackage.json": descriptor}


_PLAIN = {name: text.encode() for name, text in _TEXTS.items()}
GOOD = _accepted(_PLAIN)


# The reader of each file, given the folder that holds it.
READERS = {
    **dict.fromkeys(["datapackage.json", "storms.csv", "gales.csv", "study.yml"], load),
    "claims.yml": lambda folder: read_claims(folder / "claims.yml", load(folder).series),
    "claims.txt": lambda folder: read_claims(folder / "claims.txt", ["storms"]),
    "figures.csv": lambda folder: read_table(folder / "figures.csv"),
    "run.yaml": lambda folder: read_file(folder / "run.yaml", SPECIFICATION),
}


def laid(folder, name="storms.csv", content=GOOD["storms.csv"]):
    """The good input in a folder, but for the content of one file; counts are accepted as they are."""
    folder.mkdir(exist_ok=True)
    files = GOOD | {name: content} if name == "datapackage.json" else _accepted(_PLAIN | {name: content})
    for each, written in files.items():
        (folder / each).write_bytes(written)
    return folder
