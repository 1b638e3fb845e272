"""Everything a test computes or starts, the kernels of nbval too, has the environment of the report."""

import browsing
import pytest

from analysis.running import execute

execute.fix_environment()


@pytest.fixture(scope="module")
def browser():
    yield from browsing.started_browser()


@pytest.fixture
def visit(browser, report):
    """Opens the `report` of a test in a view; at the end nothing may have been asked of a server."""
    yield from browsing.visits(browser, report)

collect_ignore = ["fuzz"]  # has an environment of its own
