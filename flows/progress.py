"""What a person sees while a run goes on: a bar on a terminal, plain lines elsewhere, nothing when asked to be quiet.

It all goes to the standard error, so that the standard output holds the result and nothing else.

    >>> lines = Lines(print)
    >>> lines("clean", 0, 40, "documents")
    >>> lines("clean", 40, 40, "documents")
    clean: 40 of 40 documents
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from flows.costs import held

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

EVERY = 10.0
"""Seconds between two plain lines about one stage: seldom enough for a log that is kept."""

ROOMY = 100
"""Columns of a terminal from which the time gone by and the memory held have a place beside the bar."""

LOOK = 1.0
"""Seconds between two looks at the memory: each takes a millisecond or two."""


class Display(Protocol):
    """Takes what the stages report (``flows.stages.Progress``) and sentences about what is being waited for."""

    def __call__(self, stage: str, done: int, total: int | None, unit: str) -> None:
        """``done`` of ``total`` units of a stage are done."""
        ...

    def waiting(self, sentence: str) -> None:
        """Something is being waited for."""
        ...


class Nothing:
    """Says nothing."""

    def __call__(self, stage: str, done: int, total: int | None, unit: str) -> None:
        """See :class:`Display`."""

    def waiting(self, sentence: str) -> None:
        """See :class:`Display`."""


class Lines:
    """A line when a stage ends, and one every ten seconds before that, with the time left and the memory held."""

    def __init__(self, say: Callable[[str], Any], clock: Callable[[], float] = time.monotonic) -> None:
        self._say, self._clock = say, clock
        self._stage = ""
        self._begun = self._said = 0.0
        self._had = 0
        self._finished = False

    def __call__(self, stage: str, done: int, total: int | None, unit: str) -> None:
        """See :class:`Display`."""
        now = self._clock()
        if stage != self._stage:
            self._stage, self._begun, self._had, self._said, self._finished = stage, now, done, now, False
        ended = total is not None and done >= total
        if self._finished or not (ended or now - self._said >= EVERY):
            return
        self._said, self._finished = now, ended
        of = f" of {total:,}" if total is not None else ""
        told = _pace(done, total, self._had, now - self._begun)
        if not ended:
            told.append(f"{held():,.0f} MB of memory")
        said = ", ".join(filter(None, told))
        self._say(f"{stage}: {done:,}{of} {unit}{f' ({said})' if said else ''}")

    def waiting(self, sentence: str) -> None:
        """See :class:`Display`."""
        self._say(sentence)


class Bar:
    """A bar with counts, rate and the time left, that leaves the terminal as it was."""

    def __init__(self, bars: RichProgress) -> None:
        self._bars = bars
        self._stage: str | None = None
        self._bar: TaskID | None = None
        self._begun = self._looked = 0.0
        self._had = 0
        self._held = ""

    def __call__(self, stage: str, done: int, total: int | None, unit: str) -> None:
        """See :class:`Display`."""
        if stage != self._stage:
            self._next(stage, stage)
            self._had = done
        self._show(done, total, f"{done:,}{f' of {total:,}' if total is not None else ''} {unit}")

    def waiting(self, sentence: str) -> None:
        """See :class:`Display`."""
        self._next(None, sentence)

    def _next(self, stage: str | None, words: str) -> None:
        if self._bar is not None:
            self._bars.remove_task(self._bar)
        self._stage, self._begun = stage, time.monotonic()
        self._bar = self._bars.add_task(words, total=None, counts="", rate="")

    def _show(self, done: int, total: int | None, counts: str) -> None:
        assert self._bar is not None
        now = time.monotonic()
        if now - self._looked >= LOOK and self._bars.console.width >= ROOMY:
            self._looked, self._held = now, f"{held():,.0f} MB of memory"
        told = (*_pace(done, total, self._had, now - self._begun), self._held)
        self._bars.update(self._bar, completed=done, total=total, counts=counts, rate=", ".join(filter(None, told)))


@contextmanager
def shown(quiet: bool) -> Iterator[Display]:
    """The display that fits: a bar on a terminal, lines in a pipe or a file, nothing where ``quiet``."""
    if quiet:
        yield Nothing()
    elif sys.stderr.isatty():
        with _bars() as bars:
            yield Bar(bars)
    else:
        yield Lines(lambda line: print(line, file=sys.stderr, flush=True))


def _bars() -> RichProgress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    roomy = console.width >= ROOMY
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24 if roomy else 8),
        TextColumn("{task.fields[counts]}", markup=False),
        TextColumn("{task.fields[rate]}", markup=False, style="dim"),
        *((TimeElapsedColumn(),) if roomy else ()),
        console=console,
        transient=True,
    )


def _pace(done: int, total: int | None, had: int, seconds: float) -> list[str]:
    """The rate and the time left.  ``had`` was there at the first look, of an earlier run or at once: no sign of speed.

    >>> _pace(5000, 6000, had=4000, seconds=10.0), _pace(6000, 6000, had=4000, seconds=20.0)
    (['100 a second', '0:10 left'], ['100 a second', ''])
    """
    return [_rate(done - had, seconds), _left(done - had, None if total is None else total - had, seconds)]


def _rate(done: int, seconds: float) -> str:
    """How fast it goes, once there is something to measure.

    >>> _rate(1200, 4.0), _rate(3, 0.1)
    ('300 a second', '')
    """
    return f"{done / seconds:,.{0 if done > 10 * seconds else 1}f} a second" if done and seconds >= 1 else ""


def _left(done: int, total: int | None, seconds: float) -> str:
    """How long the rest takes if it goes on like that, once there is something to judge by.

    >>> _left(1200, 4800, 60.0), _left(40, 40, 9.0), _left(5, None, 9.0), _left(1, 100_000, 2.0)
    ('3:00 left', '', '', '55:33:18 left')
    """
    if not total or not 0 < done < total or seconds < 1:
        return ""
    minutes, rest = divmod(round(seconds * (total - done) / done), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02} left" if hours else f"{minutes}:{rest:02} left"
