"""Why a recurring line went, in words: what a person reads behind the name of the rule.

The number of texts that a line stands in changes with every new document, so it is no part of a kept clean text: it is
put in where the tables are written.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from flows.outputs.rows import BEHIND, spell
from flows.stages.sources import in_words, source_key, source_of

Counts = Mapping[tuple[int, int], int]
"""The number of texts of a source in which a line stands, by the numbers of both."""

MARK = '"lines": ['
"""What no other row holds: in a text, the second quotation mark would be escaped."""


def load_counts(lines: Path | None) -> Counts:
    """The counts in a file of :data:`~flows.stages.recurring.LINE`; none where nothing recurs."""
    return {} if lines is None else {(source, key): texts for source, key, texts in np.load(lines).tolist()}


def with_reason(change: str, path: str, publisher: str | None, counts: Counts) -> str:
    """A row of ``changes.jsonl`` without its path, the keys of recurring lines replaced by a reason behind the rule.

    >>> counts = {(source_key(("folder", "herald")), 5): 14}
    >>> print(with_reason('"rule": "recurring-line", "lines": [5]', "herald/a.txt", None, counts))
    "rule": "recurring-line, in 14 texts of the folder herald"
    >>> print(with_reason('"step": "spacing"', "herald/a.txt", None, counts))
    "step": "spacing"
    """
    if MARK not in change:
        return change
    found = json.loads(f"{{{change}}}")
    source = source_of(path, publisher)
    texts = [counts[source_key(source), key] for key in found.pop("lines")]
    fewest = f"{min(texts):,}" if min(texts) == max(texts) else f"{min(texts):,} to {max(texts):,}"
    return spell(found | {"rule": f"{found['rule']}{BEHIND}{fewest} texts of {in_words(source)}"})[1:-1]
