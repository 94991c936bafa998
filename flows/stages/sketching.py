"""One clean text -> its sketch, as a row that any later run may reuse: a pure function of text and language."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from cleaners.duplicates.shingles import profile
from cleaners.duplicates.sketches import sketch

SKETCHES = pa.schema([("key", pa.binary(16)), ("words", pa.list_(pa.uint32())), ("content", pa.uint64())])
"""The sketch of a text under its ``text_key``: see :class:`~cleaners.duplicates.sketches.Sketch`.  As a list, words
that recur in other texts are kept once for some hundred texts."""


def sketch_row(text: str, language: str | None) -> dict[str, Any]:
    """A row of :data:`SKETCHES`, without its key."""
    found = sketch(profile(text, language))
    return {"words": found.words, "content": found.content}
