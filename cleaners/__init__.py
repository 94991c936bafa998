"""Copydesk's library: cleans the text of articles and finds the rewrites among them, with a reason for every step.

    >>> from cleaners import clean
    >>> clean("The council met on Friday and passed the budget.\\n\\nShare this article").text
    'The council met on Friday and passed the budget.'

Names are imported when they are first used, so ``import cleaners`` costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cleaners.documents import (
        Change,
        CleanText,
        Cluster,
        Clusters,
        Document,
        Evidence,
        Pair,
        Passage,
        Rejection,
        Verdict,
        restore,
    )
    from cleaners.duplicates.compare import compare
    from cleaners.duplicates.find import DuplicateOptions, find_duplicates
    from cleaners.text.clean import CleanOptions, clean
    from cleaners.text.html import extract_html
    from cleaners.text.mojibake import fix_mojibake

_HOME = {
    "CleanOptions": "cleaners.text.clean",
    "compare": "cleaners.duplicates.compare",
    "DuplicateOptions": "cleaners.duplicates.find",
    "extract_html": "cleaners.text.html",
    "find_duplicates": "cleaners.duplicates.find",
    "fix_mojibake": "cleaners.text.mojibake",
    "clean": "cleaners.text.clean",
} | dict.fromkeys(
    (
        "Change",
        "CleanText",
        "Cluster",
        "Clusters",
        "Document",
        "Evidence",
        "Pair",
        "Passage",
        "Rejection",
        "Verdict",
        "restore",
    ),
    "cleaners.documents",
)

__all__ = [
    "Change",
    "CleanOptions",
    "CleanText",
    "Cluster",
    "Clusters",
    "Document",
    "DuplicateOptions",
    "Evidence",
    "Pair",
    "Passage",
    "Rejection",
    "Verdict",
    "clean",
    "compare",
    "extract_html",
    "find_duplicates",
    "fix_mojibake",
    "restore",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'cleaners' has no attribute {name!r}; it has {', '.join(__all__)}")
    value = getattr(importlib.import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
