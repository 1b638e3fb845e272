"""What `python -m analysis audit` does: figures and claims in, verdicts and an exit status out."""

from __future__ import annotations

import os
from pathlib import Path

from analysis.claims.audit import audit
from analysis.claims.claims import NAME, read_claims
from analysis.claims.hedges import FAILED
from analysis.claims.language import ClaimsError
from analysis.claims.output import Form, written
from analysis.claims.table import read_table


def audit_command(figures: str, claims: str | None = None, form: Form = "text") -> tuple[str, str, int]:
    """The audit of one article by its figures.

    Parameters
    ----------
    figures : a CSV file with a column of periods and one a series, or a study: its folder or its datapackage.json.
    claims : a file of claims; without it, the `claims.yml` beside the study.
    form : how to print the verdicts.

    Returns
    -------
    tuple : the verdicts; what was refused, a line each; and the status: 0 when all claims hold or cannot be checked,
        1 when one is overstated, understated or contradicted, 2 when something was refused.
    """
    refused: list[str] = []
    try:
        title, series, beside = _figures(figures)
        file = Path(claims).absolute() if claims else beside
        if file is None:
            raise ClaimsError(f"{figures}: no claims; give a file of them after it")
        judgements = audit(series, read_claims(file, series, refused=refused))
    except ValueError as error:  # every refusal of figures or claims is one
        return "", str(error), 2
    text = written(judgements, title, form) if judgements else ""
    failed = any(judged.verdict in FAILED for judged in judgements)
    return text, "\n".join(refused), 2 if refused else int(failed)


def _figures(path: str):
    """Title, series, and the claims beside them if there are any."""
    place = Path(path).absolute()
    if place.suffix != ".json" and not os.path.isdir(place):  # which no path is too long for
        return Path(path).name, read_table(path), None
    from analysis.figures import load  # here, because a table needs no study

    study = load(place)
    return study.title, study.series, study.claims or study.folder / NAME
