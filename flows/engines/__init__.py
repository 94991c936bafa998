"""Who does the work inside a stage: an engine maps a plain function over small descriptions of work, in order.

An engine knows nothing of texts or stages, and what it maps knows nothing of engines: a module-level function from one
small picklable value (names of files, not what stands in them) to another.  So every engine gives the same results, and
a cluster is one more class with the same two methods.

    >>> with open_engine("threads", workers=2) as engine:
    ...     list(engine.map(abs, [-3, 1, -2]))
    [3, 1, 2]
    >>> open_engine("sparks")
    Traceback (most recent call last):
    flows.errors.UsageError: unknown engine 'sparks'; there are local, inline, threads, processes, dask, ray
"""

from __future__ import annotations

from collections.abc import Callable

from flows.engines.clusters import Dask, Ray
from flows.engines.engine import Engine
from flows.engines.local import Inline, Local, Processes, Threads
from flows.errors import UsageError

__all__ = ["CLUSTERS", "ENGINES", "Engine", "open_engine"]

CLUSTERS: dict[str, Callable[[int, str | None], Engine]] = {"dask": Dask, "ray": Ray}
"""Engines that can use a cluster that runs already."""

ENGINES: dict[str, Callable[[int], Engine]] = {
    "local": Local,
    "inline": lambda workers: Inline(),
    "threads": Threads,
    "processes": Processes,
}
"""Engines of this machine."""


def open_engine(name: str, workers: int = 1, address: str | None = None) -> Engine:
    """The engine of that name, to be used in a ``with`` statement; ``address`` is that of a cluster.

    Raises :class:`~flows.errors.UsageError` for a name that is not known or an engine that is not installed.
    """
    if name in CLUSTERS:
        return CLUSTERS[name](workers, address)
    if name not in ENGINES:
        raise UsageError(f"unknown engine {name!r}; there are {', '.join((*ENGINES, *CLUSTERS))}")
    return ENGINES[name](workers)
