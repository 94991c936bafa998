"""Texts in which nothing can be wrong with a character: most English ones, told from the others at the least cost."""

from __future__ import annotations

TYPOGRAPHY = "’“”‘–—…"
"""The dashes and quotation marks of English print, which on their own are never damage."""


def is_plain_english(text: str) -> bool:
    """Whether a text holds nothing but ASCII and :data:`TYPOGRAPHY`.

    Counting is done by the interpreter's own loops: twice as fast as a search for anything else.

    >>> is_plain_english("“It’s fine” – he said…"), is_plain_english("“Itâ€™s” fine")
    (True, False)
    """
    if text.isascii():
        return True
    return len(text) - len(text.encode("ascii", "ignore")) == sum(map(text.count, TYPOGRAPHY))
