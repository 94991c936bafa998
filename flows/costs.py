"""What a stage costs: wall clock, processor time and memory, of this process and of those that it started.

On a cluster the workers of other machines are not seen; and where there is no ``/proc``, this process alone.

    >>> with Meter() as meter:
    ...     _ = sum(range(10_000))
    >>> meter.cost.seconds >= 0 and meter.cost.peak_mb > 1
    True
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

INTERVAL = 0.25
"""Seconds between two looks at the processes: a look takes about a millisecond."""

_PROCESSES = Path("/proc")


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of wall clock and of processors, and the most megabytes that all processes together held."""

    seconds: float
    cpu_seconds: float
    peak_mb: float

    def __add__(self, other: Cost) -> Cost:
        """The cost of both, one after the other."""
        return Cost(
            round(self.seconds + other.seconds, 3),
            round(self.cpu_seconds + other.cpu_seconds, 2),
            max(self.peak_mb, other.peak_mb),
        )


class Meter(threading.Thread):
    """Measures what happens within its ``with`` block; then :attr:`cost` tells."""

    cost: Cost

    def __init__(self) -> None:
        super().__init__(name="copydesk-meter", daemon=True)
        self._over = threading.Event()
        self._peak = 0.0
        self._last: dict[int, float] = {}

    def run(self) -> None:
        """Look at the processes until the block ends."""
        while not self._over.wait(INTERVAL):
            self._look()

    def _look(self) -> None:
        usage = _usages()
        self._last |= {process: spent for process, (_, spent) in usage.items()}
        self._peak = max(self._peak, sum(megabytes for megabytes, _ in usage.values()))

    def __enter__(self) -> Meter:
        self._look()
        self._before = dict(self._last)
        self._begun = time.perf_counter(), time.process_time()
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()
        self._look()
        own = time.process_time() - self._begun[1]
        self._last.pop(os.getpid(), None)
        others = (spent - self._before.get(process, 0.0) for process, spent in self._last.items())
        seconds = time.perf_counter() - self._begun[0]
        self.cost = Cost(round(seconds, 3), round(own + sum(others), 2), round(self._peak, 1))


def held() -> float:
    """The megabytes that this process and those it started hold together, now."""
    return sum(megabytes for megabytes, _ in _usages().values())


def table(costs: Mapping[str, Cost], documents: int, megabytes: float) -> str:
    """The costs of stages as a table for a terminal.

    >>> print(table({"clean": Cost(2.0, 3.5, 120.0)}, documents=1000, megabytes=3.0))
    stage       seconds  cpu s  peak MB  texts/s  MB/s
    clean           2.0    3.5      120      500   1.5
    """
    lines = [f"{'stage':10} {'seconds':>8} {'cpu s':>6} {'peak MB':>8} {'texts/s':>8} {'MB/s':>5}"]
    for name, cost in costs.items():
        seconds = max(cost.seconds, 0.001)
        speed = f"{documents / seconds:8.0f} {megabytes / seconds:5.1f}"
        lines.append(f"{name:10} {cost.seconds:8.1f} {cost.cpu_seconds:6.1f} {cost.peak_mb:8.0f} {speed}")
    return "\n".join(lines)


def _usages() -> dict[int, tuple[float, float]]:
    """Each process, with the megabytes it holds and the seconds of processor it has taken."""
    found = {}
    for process in (os.getpid(), *_descendants(os.getpid())):
        with suppress(OSError, ValueError, IndexError):  # it has just ended
            found[process] = _usage(process)
    return found


def _usage(process: int) -> tuple[float, float]:
    """The megabytes a process holds, and the seconds of processor it has taken."""
    if not _PROCESSES.exists():
        import resource

        unit = 1e6 if sys.platform == "darwin" else 1e3
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit, time.process_time()
    pages = int((_PROCESSES / str(process) / "statm").read_text().split()[1])
    fields = (_PROCESSES / str(process) / "stat").read_text().rpartition(")")[2].split()
    ticks = int(fields[11]) + int(fields[12])  # user and system time: fields 14 and 15 of proc(5)
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6, ticks / os.sysconf("SC_CLK_TCK")


def _descendants(process: int) -> list[int]:
    """The processes that a process started, and those that they did."""
    found: list[int] = []
    try:
        for task in (_PROCESSES / str(process) / "task").iterdir():
            found += map(int, (task / "children").read_text().split())
    except OSError:
        return []
    return [each for child in found for each in (child, *_descendants(child))]
