"""What a stage asks of an engine, and what all engines have in common."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Protocol, TypeVar

from flows.errors import RunError

Item = TypeVar("Item")
Result = TypeVar("Result")
Ticket = TypeVar("Ticket")

AHEAD = 4
"""Items handed out per worker beyond what is read back: enough to hide uneven items, too few to fill the memory."""

PATIENCE = 3
"""Deaths of a worker in a row, without one result between them, after which the run gives up."""


class Engine(Protocol):
    """What a stage asks of an engine."""

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """``function`` of every item, in the order of the items.  What ``function`` raises is raised here."""
        ...

    def __enter__(self) -> Engine: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop every worker that the engine started, at once."""
        ...


def in_order(
    items: Iterable[Item], ahead: Callable[[], int], submit: Callable[[Item], Ticket], wait: Callable[[Ticket], Result]
) -> Iterator[Result]:
    """The results of all items in their order; ``ahead`` of them are handed out beyond what was read back."""
    source, waiting = iter(items), deque[Ticket]()
    while True:
        waiting.extend(map(submit, itertools.islice(source, max(0, ahead() - len(waiting)))))
        if not waiting:
            return
        yield wait(waiting.popleft())


def gave_up(deaths: str) -> RunError:
    """What to say where workers die again and again."""
    return RunError(
        f"a worker process died {deaths} (killed, or out of memory?); "
        "run again with fewer workers, or with a smaller limit on the size of a document "
        '(and in a script, call a run below `if __name__ == "__main__":`, for workers import the script)'
    )
