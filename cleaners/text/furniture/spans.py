"""The best run of a sequence of scores."""

from __future__ import annotations

import math
from collections.abc import Iterable


def best_span(scores: Iterable[float]) -> tuple[int, int]:
    """The first and last index of the run with the greatest sum (Kadane's algorithm).

    >>> best_span([-1, 2, -1, 3, -4, 2])
    (1, 3)
    """
    best = running = -math.inf
    first = last = begun = 0
    for at, score in enumerate(scores):
        if running <= 0:
            running, begun = 0.0, at
        running += score
        if running > best:
            best, first, last = running, begun, at
    return first, last
