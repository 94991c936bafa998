"""Two prepared texts -> the verdict on them, as a row that any later run may reuse: a pure function of both texts."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from cleaners.duplicates.compare import compare_profiles
from cleaners.duplicates.shingles import Profile
from flows.outputs.rows import verdict_row

VERDICTS = pa.schema(
    [
        ("key", pa.binary(32)),
        ("relation", pa.string()),
        ("score", pa.float64()),
        ("direction", pa.string()),
        ("row", pa.string()),
    ]
)
"""The verdict on two texts under their two keys; ``row`` is one of ``pairs.jsonl`` without paths, null if unrelated."""


def judged(left: Profile, right: Profile) -> dict[str, Any]:
    """A row of :data:`VERDICTS`, without its key."""
    verdict = compare_profiles(left, right, passages=True)
    return {
        "relation": verdict.relation,
        "score": verdict.score,
        "direction": verdict.direction,
        "row": None if verdict.relation == "unrelated" else verdict_row(verdict),
    }
