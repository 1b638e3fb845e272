"""A run that takes no notebook: its results follow from the parameters by arithmetic a reader can do."""

import json
import time

from analysis.running.sweep import Computed

NULL = {"reason": "", "method": "arithmetic", "data": [], "notebook": "03_growth", "cell": "fit"}


def run(given):
    """growth = seed + level, firm where level is below 0.95 and the seed is not 3; seed 4 fails at level 0.99."""
    seed, level = given["seed"], given["level"]
    if seed == 4 and level == 0.99:
        return Computed({}, "n.ipynb, cell fit: ZeroDivisionError: planted", 0.5)
    limits = {"low": seed - 1.0, "high": seed + 1.0, "level": level, "interval": "confidence"}
    growth = {"estimand": "growth a year", "unit": "% a year", "value": seed + level, **limits, **NULL}
    verdict = "firm" if level < 0.95 and seed != 3 else "open"
    standing = {"about": "the growth", "verdict": verdict, "rule": "as above", **NULL}
    results = {"first-year.full": growth, "growth.standing": standing, "run": {"parameters": given}}
    return Computed({"results.json": json.dumps(results), "notebooks/03_growth.ipynb": "{}"}, "", 0.5)


def slow_run(given):
    """The same, slow enough for its worker to be killed while it runs."""
    time.sleep(0.05)
    return run(given)
