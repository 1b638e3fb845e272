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


def pytest_collection_modifyitems(items):
    for item in items:
        item.user_properties += [("check", mark.args[0]) for mark in item.iter_markers("gate")]


def pytest_terminal_summary(terminalreporter, config):
    """After `make gates`: each check with the faults that were planted, and whether it caught them."""
    if config.option.markexpr != "gate":
        return
    for outcome, words in (("passed", "caught"), ("failed", "NOT CAUGHT"), ("skipped", "not tried")):
        for found in terminalreporter.stats.get(outcome, ()):
            fault = found.nodeid.partition("::test_")[2].replace("_", " ")
            for _, check in getattr(found, "user_properties", ()):
                terminalreporter.write_line(f"{check:52}{words:12}{fault}")


collect_ignore = ["fuzz", "mutation"]  # have environments of their own
