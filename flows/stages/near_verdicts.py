"""Two texts -> the verdict on them by their runs of words alone, for runs that look for nothing else: a pure function
of both texts, whose code is a version of its own."""

from __future__ import annotations

from typing import Any

from cleaners.duplicates.near import Worded, near_verdict
from flows.outputs.rows import verdict_row


def near_judged(left: Worded, right: Worded) -> dict[str, Any]:
    """A row of :data:`~flows.stages.verdicts.VERDICTS`, without its key."""
    verdict = near_verdict(left, right)
    return {
        "relation": verdict.relation,
        "score": verdict.score,
        "direction": verdict.direction,
        "row": None if verdict.relation == "unrelated" else verdict_row(verdict),
    }
