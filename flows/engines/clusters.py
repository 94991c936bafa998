"""Engines of many machines: Dask and Ray, each either a cluster that runs already or one started for the run.

The machines of a cluster need this project installed, and the seeds and the output under the same paths (a network file
system, say): what goes over the wire is names of files.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from typing import Any

from flows.engines.engine import AHEAD, PATIENCE, Engine, Item, Result, gave_up, in_order
from flows.errors import RunError, UsageError, printable

CONNECT = 30
"""Seconds to wait for a scheduler to answer: one that is far away takes some, a wrong address would take all."""


class Dask:
    """A Dask cluster (``distributed``): the one at ``address``, or ``workers`` processes of this machine."""

    def __init__(self, workers: int, address: str | None = None) -> None:
        _need("distributed", "dask")
        self.workers, self.address = workers, address
        self._held = ExitStack()
        self._client: Any = None

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """See :class:`Engine`."""
        from distributed import KilledWorker

        client = self._client = self._client or self._connect()

        def wait(future: Any) -> Any:
            try:
                return future.result()
            except KilledWorker as error:
                raise gave_up(f"{PATIENCE} times over one piece of work") from error

        # Every call has a key of its own (not pure): files change under the same name from one run to the next.
        return in_order(items, self._ahead, lambda item: client.submit(function, item, pure=False), wait)

    def _ahead(self) -> int:
        threads: int = sum(self._client.nthreads().values())
        return AHEAD * max(1, threads)

    def _connect(self) -> Any:
        import dask
        from distributed import Client, LocalCluster

        self._held.enter_context(
            dask.config.set(
                {"distributed.scheduler.allowed-failures": PATIENCE - 1, "distributed.admin.tick.limit": "1h"}
            )
        )
        if self.address is None:
            cluster = LocalCluster(
                n_workers=self.workers,
                threads_per_worker=1,
                host="127.0.0.1",
                dashboard_address=None,
                memory_limit=0,  # workers hold one piece of work each, and spilling would only hide what is wrong
                silence_logs=logging.CRITICAL,
            )
            self._held.enter_context(cluster)
            return self._held.enter_context(Client(cluster))
        try:
            return self._held.enter_context(Client(self.address, timeout=CONNECT))
        except (OSError, ValueError) as error:
            raise _unreachable("Dask scheduler", self.address, error) from error

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self._client = None
        self._held.close()


class Ray:
    """A Ray cluster: the one at ``address``, or ``workers`` processes of this machine."""

    def __init__(self, workers: int, address: str | None = None) -> None:
        _need("ray", "ray")
        self.workers, self.address = workers, address
        self._started = False

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """See :class:`Engine`."""
        import ray
        from ray.exceptions import RayTaskError, WorkerCrashedError

        self._connect()
        task = ray.remote(num_cpus=1, max_retries=PATIENCE - 1)(function)

        def wait(reference: Any) -> Any:
            try:
                return ray.get(reference)
            except RayTaskError as error:
                raise error.cause from error
            except WorkerCrashedError as error:
                raise gave_up(f"{PATIENCE} times over one piece of work") from error

        return in_order(items, self._ahead, task.remote, wait)

    def _ahead(self) -> int:
        import ray

        return AHEAD * max(1, int(ray.cluster_resources().get("CPU", 1)))

    def _connect(self) -> None:
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is told to anybody
        os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
        import ray

        if ray.is_initialized():  # by this engine, or by the program that the run is a part of
            return
        options: dict[str, Any] = {
            "log_to_driver": False,
            "logging_level": logging.CRITICAL,
            "configure_logging": False,
        }
        path = os.environ.get("PYTHONPATH")
        try:
            if self.address is None:
                os.environ["PYTHONPATH"] = os.pathsep.join(
                    filter(None, sys.path)
                )  # workers find what this process does
                ray.init("local", num_cpus=self.workers, include_dashboard=False, **options)
            else:
                ray.init(self.address, **options)
        except (ConnectionError, ValueError, TimeoutError) as error:
            raise _unreachable("Ray cluster", self.address, error) from error
        finally:
            os.environ.pop("PYTHONPATH", None)
            if path is not None:
                os.environ["PYTHONPATH"] = path
        self._started = True

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        if self._started:
            import ray

            ray.shutdown()
            self._started = False


def _need(module: str, extra: str) -> None:
    """Say how to install what an engine needs where it is missing."""
    from importlib.util import find_spec

    if find_spec(module) is None:
        raise UsageError(
            f"the engine {extra!r} needs {module}, which is not installed; pip install 'copydesk[{extra}]'"
        )


def _unreachable(what: str, address: str | None, error: Exception) -> RunError:
    return RunError(
        f"no {what} answers at {printable(address)}: {printable(error)[:200]}; start one, or check --engine-address"
    )
