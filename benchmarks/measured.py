"""A command as a whole: wall time, processor time and peak memory of it and of all processes that it starts."""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

INTERVAL = 0.1
"""Seconds between two looks at the memory."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds of wall clock and processors, the most MB that all processes together held, and what was printed."""

    wall: float
    cpu: float
    peak: float
    printed: str


def measure(command: Sequence[str], environment: dict[str, str] | None = None) -> Measured:
    """Run a command to its end.  Linux only: memory is read from ``/proc``.

    Raises :class:`subprocess.CalledProcessError` where it fails.
    """
    begun = time.perf_counter()
    # Compiled modules are kept, as an installation has them: or each run would begin by compiling its libraries.
    settings = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "", **(environment or {})}
    with tempfile.TemporaryFile("w+", encoding="utf-8") as log:  # shown where the command fails
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=log, text=True, env=settings, start_new_session=True
        )
        watch = _Watch(process.pid)
        watch.start()
        assert process.stdout is not None
        printed = process.stdout.read()
        _, status = os.waitpid(process.pid, 0)
        wall = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        watch.stop.set()
        watch.join()
        if process.returncode:
            log.seek(0)
            raise subprocess.CalledProcessError(process.returncode, list(command), printed + log.read()[-2000:])
    return Measured(wall, sum(watch.spent.values()), watch.peak / 1e6, printed)


class _Watch(threading.Thread):
    """Adds up what the processes of a session hold and have taken, again and again.

    Workers that nobody waits for would be missing from what the system tells of a process that has ended.
    """

    def __init__(self, session: int) -> None:
        super().__init__(daemon=True)
        self.session, self.peak, self.stop = session, 0, threading.Event()
        self.spent: dict[int, float] = {}

    def run(self) -> None:
        page = os.sysconf("SC_PAGE_SIZE")
        while not self.stop.wait(INTERVAL):
            total = 0
            for process in Path("/proc").glob("[0-9]*"):
                try:
                    if os.getsid(int(process.name)) != self.session:
                        continue
                    total += int((process / "statm").read_text().split()[1]) * page
                    fields = (process / "stat").read_text().rpartition(")")[2].split()
                    ticks = int(fields[11]) + int(fields[12])  # user and system time: see proc(5)
                    self.spent[int(process.name)] = ticks / os.sysconf("SC_CLK_TCK")
                except (OSError, ValueError):
                    continue
            self.peak = max(self.peak, total)
