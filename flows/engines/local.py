"""Engines of this machine: this thread, threads, processes."""

from __future__ import annotations

import itertools
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from multiprocessing.connection import Connection

from flows.engines.engine import AHEAD, PATIENCE, Engine, Item, Result, gave_up


class Inline:
    """Everything in this thread, one item after another."""

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """See :class:`Engine`."""
        return map(function, items)

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing was started."""


class Threads(Inline):
    """Threads of this process: of use where the work waits for a disk or leaves Python's lock."""

    def __init__(self, workers: int) -> None:
        self.workers = workers

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """See :class:`Engine`."""
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(self.workers, "copydesk") as pool:
            waiting: deque[Future[Result]] = deque()
            try:
                for item in items:
                    waiting.append(pool.submit(function, item))
                    if len(waiting) > AHEAD * self.workers:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                for future in waiting:
                    future.cancel()


class Processes(Inline):
    """Processes of this machine, started fresh (never forked from a process with threads) when first needed.

    They end with the process that started them, however it ends.  Where one of them dies, the items that had no
    result yet are done again; functions must therefore be safe to run twice.
    """

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._pool: Executor | None = None
        self._lifeline: Connection | None = None

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """See :class:`Engine`."""
        waiting: deque[tuple[Item, Future[Result]]] = deque()
        source, deaths = iter(items), 0
        while True:
            for item in itertools.islice(source, max(0, AHEAD * self.workers - len(waiting))):
                waiting.append((item, self._submit(function, item)))
            if not waiting:
                return
            try:
                result = waiting[0][1].result()
            except BrokenExecutor as error:
                deaths += 1
                if deaths >= PATIENCE:
                    raise gave_up(f"{deaths} times in a row") from error
                self._stop()
                waiting = deque((item, self._submit(function, item)) for item, _ in waiting)
                continue
            deaths = 0
            waiting.popleft()
            yield result

    def _submit(self, function: Callable[[Item], Result], item: Item) -> Future[Result]:
        """Hand out one item; a pool that broke meanwhile answers with a broken future, for ``map`` to find."""
        self._pool = self._pool or self._start()
        try:
            return self._pool.submit(function, item)
        except (BrokenExecutor, EOFError, ConnectionError) as error:  # the latter: whoever starts workers was killed
            broken: Future[Result] = Future()
            broken.set_exception(BrokenExecutor(str(error)))
            return broken

    def _start(self) -> Executor:
        from concurrent.futures import ProcessPoolExecutor
        from multiprocessing import get_context

        context = get_context("spawn" if sys.platform == "win32" else "forkserver")
        end, self._lifeline = context.Pipe(duplex=False)
        return ProcessPoolExecutor(self.workers, context, initializer=_begin_worker, initargs=(end,))

    def _stop(self) -> None:
        if self._lifeline:
            self._lifeline.close()
        if self._pool:
            self._pool.shutdown(wait=True, cancel_futures=True)
        self._pool = self._lifeline = None

    def __exit__(self, *_: object) -> None:
        self._stop()


def _begin_worker(lifeline: Connection) -> None:
    """Leave Ctrl-C to the process that started this one, and end when it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(lifeline,), daemon=True).start()


def _end_with(lifeline: Connection) -> None:
    """Wait for the other end to close, which the system sees to even after a kill -9."""
    try:
        lifeline.poll(None)
    finally:
        os._exit(1)


class Local(Processes):
    """Processes where there is work for more than one, otherwise this thread: a few small files start nothing."""

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """See :class:`Engine`."""
        source = iter(items)
        first = list(itertools.islice(source, 2))
        if len(first) < 2 or self.workers == 1:
            return map(function, itertools.chain(first, source))
        return super().map(function, itertools.chain(first, source))
