"""Where a text quotes.  Two reports that quote one statement share its words without one being made from the other.

>>> text = 'He said: "We go home." She wrote ‘not yet’ and left.'
>>> [text[start:end] for start, end in quoted_spans(text)]
['We go home.', 'not yet']
"""

from __future__ import annotations

import re

_MARK = re.compile(r"``|''|[“”„«»「」『』\"'‘’]|\n(?:[^\S\n]*\n)?")

CLOSES = {
    "“": "”\"", "„": "“”\"", "«": "»", "»": "«", "「": "」", "『": "』", '"': '"', "``": "''", "'": "'", "‘": "’",
}  # fmt: skip
"""Opening mark -> the marks that close it.  ``»`` opens too: German and Danish books quote »so«."""

APOSTROPHES = frozenset("'‘’")
"""Marks that are apostrophes where letters stand on both sides."""

STRAIGHT = frozenset("\"'‘")
"""Marks that do not tell by their shape whether they open: a single one may be an apostrophe."""

STOPS = frozenset(".,!?…;:)]")
"""What stands before a closing mark or after it, but not before an opening one."""

LONGEST = 3000
"""Characters that a quotation may run; a mark that nothing closes by then was a stray one (inches, minutes)."""


WRAPPING = 0.9
"""Where more of a text than this is quoted, the marks wrap the text; they quote nobody."""


def quoted_spans(text: str) -> list[tuple[int, int]]:
    """Half-open character spans between quotation marks, the marks left out, sorted and apart.

    A quotation that runs over several paragraphs opens again in each and closes in the last; so a quotation that its
    paragraph does not close ends with the paragraph, or with the text.  A single line end ends nothing.

    >>> text = "“One paragraph.\\n\\n“And the next.” Done."
    >>> [text[start:end] for start, end in quoted_spans(text)]
    ['One paragraph.', 'And the next.']
    >>> quoted_spans("The boys' bikes weren't there at 5' 10\\".")
    []
    """
    spans: list[tuple[int, int]] = []
    opened = ""
    start = 0
    for match in _MARK.finditer(text):
        mark = match.group()
        if mark == "\n" or (mark in APOSTROPHES and not _quotes(text, match)):
            continue
        within = opened != "" and match.start() - start <= LONGEST
        opens = mark in CLOSES and _opens(text, match)
        if within and (mark[0] == "\n" or mark == opened or mark in CLOSES[opened]):
            if match.start() > start:
                spans.append((start, match.start()))
            opened, start = mark if opens else "", match.end()
        elif opens and not within:
            opened, start = mark, match.end()
    if opened and opened not in STRAIGHT and start < len(text) <= start + LONGEST:
        spans.append((start, len(text)))
    return [] if sum(end - start for start, end in spans) > WRAPPING * len(text) else spans


def _quotes(text: str, match: re.Match[str]) -> bool:
    """Whether what may be an apostrophe is none: no letters on both sides."""
    before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
    return not (before.isalnum() and after.isalnum())


def _opens(text: str, match: re.Match[str]) -> bool:
    """Whether a mark that can open does: a straight or single one only between a space and no space."""
    if match.group() not in STRAIGHT:
        return True
    before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
    return not (before.isalnum() or before in STOPS) and bool(after) and not (after.isspace() or after in STOPS)
