"""``copydesk review``: a page at which a person decides on the pairs nearest the decision line, by key or click.

Answers go to ``decisions.jsonl`` (:mod:`flows.decisions`), and the next run honours them.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

__all__ = ["review"]


def review(
    output: Path, *, file: Path | None = None, who: str = "", port: int = 0, say: Callable[[str], None] = print
) -> None:
    """Serve the review page of an output until interrupted; ``say`` is given its address.

    Raises :class:`~flows.errors.UsageError` where ``output`` is not the output of a run, or the port is taken.
    """
    from cleaners.duplicates.model import rewrite_model
    from flows.decisions import FILE, user
    from flows.review.queue import Queue
    from flows.review.server import ReviewServer

    queue = Queue.open(output, file or output / FILE, rewrite_model().rewrite_from)
    with ReviewServer(queue, who or user(), port) as server:
        count = len(queue.waiting(queue.answers()))
        say(f"{count:,} pair{'' if count == 1 else 's'} to look at; open this address, and stop with Ctrl-C")
        say(server.url)
        with suppress(KeyboardInterrupt):
            server.serve_forever()
    say("the next copydesk run honours what was decided")
