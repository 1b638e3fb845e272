"""One door to many processes: a function over many items, on this machine or on a running Dask cluster."""

from __future__ import annotations

import functools
import hashlib
import platform
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

from analysis.plain_text import Refusal
from analysis.running.execute import Task, environment, kept_in, setting
from analysis.running.origin import packages
from analysis.running.plan import notebooks

PATIENCE = "20s"  # with a scheduler that does not answer


class ClusterError(Refusal):
    """The cluster cannot be used; one line that says why and what to do."""


class Outcome(NamedTuple):
    """What came of the item with this number: its result, or the error that took its place."""

    number: int
    result: Any
    error: Exception | None


@functools.cache
def version_of(**parameters: Any) -> str:
    """A hash of all that a run depends on besides its numbers: code, data, lock, notebooks, and a study elsewhere."""
    kept = kept_in([Task(path, parameters) for path in notebooks()], Path())
    return hashlib.sha256("".join(path.name for path in kept).encode()).hexdigest()[:12]


@functools.cache
def versions() -> dict[str, str]:
    """What has to be the same on every worker for its results to count: Python, packages, and this project."""
    engine = {name: metadata.version(name) for name in ("dask", "distributed")}
    return {"Python": platform.python_version(), **engine, **packages(), "project": version_of()}


def map_over(
    function: Callable[[Any], Any], items: Iterable[Any], *, scheduler: str = "", jobs: int | None = None
) -> Iterator[Outcome]:
    """`function` of every item, as the results arrive, each exactly once.

    Parameters
    ----------
    function : importable by name on the workers; it takes one item, and both item and result can be pickled.
    items : drawn only as fast as they are worked on, so there may be any number.
    scheduler : the address of a running cluster ("tcp://host:8786"); without one, `jobs` processes on this machine.

    What a worker that dies was doing goes to another one; an item that has outlived several workers has an error.

    Raises
    ------
    ClusterError : no scheduler answers at that address, or a worker has other versions than this process.
    """
    from dask.distributed import Client, LocalCluster, as_completed

    with ExitStack() as stack:
        if scheduler:
            try:
                client = stack.enter_context(Client(scheduler, timeout=PATIENCE, set_as_default=False))
            except (OSError, ValueError) as error:
                raise ClusterError(f"SCHEDULER={scheduler}: no scheduler answers there ({error}); start one") from None
        else:
            workers = {"n_workers": jobs or setting("JOBS"), "threads_per_worker": 1, "env": environment()}
            quiet = {"dashboard_address": "127.0.0.1:0", "silence_logs": "CRITICAL"}
            cluster = stack.enter_context(LocalCluster(processes=True, **workers, **quiet))
            client = stack.enter_context(Client(cluster, set_as_default=False))
        numbers, waiting = {}, enumerate(items)
        arriving = as_completed(loop=client.loop)

        def feed() -> None:
            """Keep every thread of the cluster, as large as it is now, in work, with some more at hand."""
            room = 4 * sum(client.nthreads().values()) + 8 - len(numbers)
            for _, (number, item) in zip(range(room), waiting, strict=False):
                future = client.submit(_checked, versions(), function, item, pure=False)
                numbers[future] = number
                arriving.add(future)

        feed()
        for future in arriving:
            number, error = numbers.pop(future), future.exception()
            if isinstance(error, OtherVersions):
                raise ClusterError(str(error))
            yield Outcome(number, None if error else future.result(), error)
            future.release()
            feed()


def mapped(function: Callable[[Any], Any], items: Iterable[Any], **cluster: Any) -> list[Any]:
    """The results of `map_over` in the order of the items, as `map` gives them; the first error is raised."""
    found = {}
    for outcome in map_over(function, items, **cluster):
        if outcome.error:
            raise outcome.error
        found[outcome.number] = outcome.result
    return [found[number] for number in sorted(found)]


class OtherVersions(Exception):
    """A worker differs from the client; the message names what."""


def _checked(wanted: dict[str, str], function: Callable[[Any], Any], item: Any) -> Any:
    """On the worker: the result, if this process may compute it."""
    here = versions()
    if here != wanted:
        apart = [f"{name} {here.get(name, 'none')} instead of {asked}" for name, asked in wanted.items()]
        apart = [words for words, name in zip(apart, wanted, strict=True) if here.get(name) != wanted[name]]
        raise OtherVersions(f"worker on {platform.node()}, {Path.cwd()}: {', '.join(apart)}; install the same there")
    return function(item)
