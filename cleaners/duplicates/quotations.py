"""Where a text quotes.  Two reports that quote one statement share its words without one being made from the other.

>>> from cleaners.duplicates.words import scan
>>> text = 'He said: "We go home." She wrote ‘not yet’ and left.'
>>> [text[start:end] for start, end in quoted_spans(text, scan(text).quotes)]
['We go home.', 'not yet']
"""

from __future__ import annotations

from cleaners.duplicates.words import Integers

CLOSES = {
    "“": "”\"", "„": "“”\"", "«": "»", "»": "«", "「": "」", "『": "』", '"': '"', "``": "''", "'": "'", "‘": "’",
    "”": "“”",
}  # fmt: skip
"""Opening mark -> the marks that close it.  ``»`` opens too: German and Danish books quote »so«, Swedish and Finnish
papers ”so”, and Urdu, written from right to left, often ”so“."""

APOSTROPHES = frozenset("'‘")
"""Marks that begin words too (’tis, ’90s): inside a quotation they open none."""

SHAPELESS = frozenset("\"'‘”")
"""Marks that do not tell by their shape whether they open: a single one may be an apostrophe."""

STOPS = frozenset(".,!?…;:)]")
"""What stands before a closing mark or after it, but not before an opening one."""

PARAGRAPH = "\n"
"""What stands for the end of a paragraph among the marks."""

LONGEST = 3000
"""Characters that a quotation may run; a mark that nothing closes by then was a stray one (inches, minutes)."""


WRAPPING = 0.9
"""Where more of a text than this is quoted, the marks wrap the text; they quote nobody."""


def quoted_spans(text: str, quotes: Integers) -> list[tuple[int, int]]:
    """Half-open character spans between quotation marks, the marks left out, sorted and apart.

    ``quotes`` are the positions of what may open or close one, as :func:`~cleaners.duplicates.words.scan` finds them.

    A quotation that runs over several paragraphs opens again in each and closes in the last; so a quotation that its
    paragraph does not close ends with the paragraph, or with the text.  A single line end ends nothing.

    >>> from cleaners.duplicates.words import scan
    >>> text = "“One paragraph.\\n\\n“And the next.” Done."
    >>> [text[start:end] for start, end in quoted_spans(text, scan(text).quotes)]
    ['One paragraph.', 'And the next.']
    >>> text = "The boys' bikes weren't there at 5' 10\\"."
    >>> quoted_spans(text, scan(text).quotes)
    []
    """
    spans: list[tuple[int, int]] = []
    opened = ""
    start = 0
    for at in quotes.tolist():
        mark = _mark(text, at)
        if not mark:
            continue
        within = opened != "" and at - start <= LONGEST
        opens = mark in CLOSES and _opens(text, at, mark)
        if opens and mark in APOSTROPHES and within:
            continue
        if within and (mark in (PARAGRAPH, opened) or mark in CLOSES[opened]):
            if at > start:
                spans.append((start, at))
            opened, start = mark if opens and mark == opened else "", at + len(mark)
        elif opens and not within:
            opened, start = mark, at + len(mark)
    if opened and opened not in SHAPELESS and start < len(text) <= start + LONGEST:
        spans.append((start, len(text)))
    return [] if sum(end - start for start, end in spans) > WRAPPING * len(text) else spans


def _mark(text: str, at: int) -> str:
    """The mark at a position: a doubled one counts at its first half, a line end only before an empty line."""
    mark = text[at]
    if mark == "\n":
        following = text.find("\n", at + 1)
        return PARAGRAPH if following > 0 and (following == at + 1 or text[at + 1 : following].isspace()) else ""
    if mark in "`'" and text[at - 1 : at + 2].count(mark) > 1:
        return mark * 2 if text[at + 1 : at + 2] == mark else ""
    return "" if mark == "`" else mark


def _opens(text: str, at: int, mark: str) -> bool:
    """Whether a mark that can open does: one without a telling shape only between a space and no space."""
    if mark not in SHAPELESS:
        return True
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    return not (before.isalnum() or before in STOPS) and bool(after) and not (after.isspace() or after in STOPS)
