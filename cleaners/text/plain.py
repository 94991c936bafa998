"""Texts in which nothing can be wrong with a character: most English ones, told from the others at the least cost."""

from __future__ import annotations

from cleaners.characters import beyond_print

TYPOGRAPHY = "’“”‘–—…"
"""The dashes and quotation marks of English print, which on their own are never damage."""

_PLAIN = f"{TYPOGRAPHY}\x7f{''.join(map(chr, range(0x20)))}"


def is_plain_english(text: str) -> bool:
    """Whether a text holds nothing but ASCII and :data:`TYPOGRAPHY`.

    >>> is_plain_english("“It’s fine” – he said…"), is_plain_english("“Itâ€™s” fine")
    (True, False)
    """
    return text.isascii() or not beyond_print(text).strip(_PLAIN)


def is_coded(text: str) -> bool:
    """Whether anything in a text may stand for another character by a name or number: entities, escapes.

    >>> is_coded("R&amp;D"), is_coded("caf=C3=A9"), is_coded("Pyreneeu00ebn"), is_coded("menu")
    (True, True, True, False)
    """
    return "&" in text or "=" in text or "\\" in text or "u00" in text or "u20" in text
