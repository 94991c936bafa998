"""One document that hangs, or that takes its worker along, must not harm its neighbours.

A worker that dies over a chunk leaves a note behind.  Whoever takes the chunk up again has its documents cleaned by a
process beside it (:mod:`flows.stages.alone`), which may die as often as it must: what it dies of is set aside, by
name.  So a worker that was killed for no fault of a document changes nothing.  One that hangs is killed by its own
clock, which runs outside Python and needs no lock.

Documents that are cleaned in the process of the run itself (the engines ``inline`` and ``threads``, and small jobs of
``local``) have no such clock: to stop them would be to stop the run.
"""

from __future__ import annotations

import contextlib
import faulthandler
import multiprocessing
import os
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Protocol

from cleaners.text.clean import CleanOptions
from flows.inputs.documents import Input
from flows.options import RunOptions
from flows.stages.outcomes import Known, outcome, outcomes

MEMORY = 4 << 30
"""Bytes of data that a worker may hold while it cleans: 400 times the default limit on a document.  What asks for more
is a document made to do so; it fails alone."""

REARM = 1.0
"""Seconds after which the clock is set again.  Setting it starts a thread, which costs as much as a small document."""


class Cleaner(Protocol):
    """What makes a row of :data:`~flows.stages.outcomes.TEXTS` or of ``REJECTS``, without its key."""

    def outcome(self, item: Input | Known) -> dict[str, Any]:
        """What becomes of one input or text.  Raises what cleaning it raises."""
        ...

    def outcomes(self, items: Sequence[Input]) -> list[dict[str, Any]]:
        """What becomes of each of some inputs.  Raises what cleaning any of them raises."""
        ...


@contextlib.contextmanager
def guarded(note: Path, options: RunOptions) -> Iterator[Cleaner]:
    """What cleans the documents of a chunk within the limits; ``note`` is a file name of the chunk's own."""
    try:
        note.touch(exist_ok=False)
    except FileExistsError:
        with Alone(options) as alone:
            yield alone
    else:
        with contextlib.ExitStack() as stack:
            here = Here(options)
            if multiprocessing.parent_process():
                here.clock = stack.enter_context(Path(os.devnull).open("w"))
                stack.callback(faulthandler.cancel_dump_traceback_later)
                stack.enter_context(bounded_memory())
            yield here
    note.unlink(missing_ok=True)


@dataclass(slots=True)
class Here:
    """Cleaning in this process, with a clock that ends the process if it was given one."""

    options: RunOptions
    clock: IO[str] | None = None
    armed: float = 0.0
    cleaning: CleanOptions = field(init=False)

    def __post_init__(self) -> None:
        self.cleaning = self.options.clean_options()  # once a chunk: own steps are loaded from their files

    def outcome(self, item: Input | Known) -> dict[str, Any]:
        """What becomes of one input.  Raises what :func:`~flows.stages.outcomes.outcome` raises."""
        self._arm()
        return outcome(item, self.cleaning)

    def outcomes(self, items: Sequence[Input]) -> list[dict[str, Any]]:
        """What becomes of each of some inputs; the clock runs for all of them together."""
        self._arm()
        return outcomes(items, self.cleaning)

    def _arm(self) -> None:
        now = time.monotonic()
        if self.clock and now - self.armed > REARM:
            faulthandler.dump_traceback_later(self.options.max_seconds + REARM, exit=True, file=self.clock)
            self.armed = now


@dataclass(slots=True)
class Alone:
    """Cleaning in a process beside this one, which is started again where it dies or takes too long."""

    options: RunOptions
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def __enter__(self) -> Alone:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def outcome(self, item: Input | Known) -> dict[str, Any]:
        """What becomes of one input; reason ``timeout`` or ``crashed`` for one that the process dies of."""
        process = self._process = self._process or self._start()
        late = threading.Event()

        def expire() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(self.options.max_seconds, expire)
        timer.start()
        try:
            found: dict[str, Any] = self._ask(process, item)
        except (EOFError, OSError, pickle.UnpicklingError):
            code = process.wait()
            return self._late() if late.is_set() else self._dead(code)
        finally:
            timer.cancel()
            if process.poll() is not None:
                self._stop()
        return found

    def outcomes(self, items: Sequence[Input]) -> list[dict[str, Any]]:
        """What becomes of each of some inputs, one by one: what one of them breaks must not touch the next."""
        return [self.outcome(item) for item in items]

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "flows.stages.alone"]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self._ask(process, self.options)  # the clock runs from here on, not while modules are read
        return process

    @staticmethod
    def _ask(process: subprocess.Popen[bytes], told: object) -> Any:
        assert process.stdin
        assert process.stdout
        pickle.dump(told, process.stdin)
        process.stdin.flush()
        return pickle.load(process.stdout)  # written by our own code, for this question

    def _stop(self) -> None:
        if self._process:
            self._process.kill()
            self._process.communicate()
        self._process = None

    def _late(self) -> dict[str, Any]:
        why = f"cleaning it takes more than {self.options.max_seconds} seconds; raise --max-seconds to wait longer"
        return {"reason": "timeout", "detail": why}

    @staticmethod
    def _dead(code: int) -> dict[str, Any]:
        how = f"by signal {-code}" if code < 0 else f"with exit code {code}"
        return {"reason": "crashed", "detail": f"the process that cleans it dies {how}"}


@contextlib.contextmanager
def bounded_memory() -> Iterator[None]:
    """No more than :data:`MEMORY` of data in this process; where the system knows no such limit, nothing."""
    try:
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
        lowest = min(MEMORY, *(limit for limit in (soft, hard) if limit != resource.RLIM_INFINITY), MEMORY)
        resource.setrlimit(resource.RLIMIT_DATA, (lowest, hard))
    except (ImportError, OSError, ValueError):
        yield
        return
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
