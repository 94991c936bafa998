"""Lines that are pieces of one sentence, taken together.

A scraper that writes a line per tag cuts a paragraph at every link and every word in italics.  The pieces look like
menu items; joined they are prose again::

    >>> lines = ["In those years Ford wrote", "The Last Hot Time", ", a story of elves.", "Related"]
    >>> flowing(lines, [0, 1, 1, 1], frozenset())
    [(0, 3), (3, 4)]
"""

from __future__ import annotations

from collections.abc import Sequence

from cleaners.text.furniture.sample import CLOSERS
from cleaners.text.furniture.traits import BULLET, SENTENCE_ENDS

_CONTINUES = frozenset(",;:.)’'”%!?]…")
_SMALL = 4
"""Letters of the longest function word that leaves a line open: `the`, `with`; a heading may well end in `first`."""
_OPEN_ENDS = frozenset("([,“‘–—")


def flowing(texts: Sequence[str], gaps: Sequence[int], stop_words: frozenset[str]) -> list[tuple[int, int]]:
    """The runs ``first, end`` of lines that flow into each other; ``gaps`` are the line breaks before each line."""
    runs: list[tuple[int, int]] = []
    first = 0
    joined = [at > 0 and gaps[at] == 1 and _flows(texts[at - 1], texts[at], stop_words) for at in range(len(texts))]
    for at in range(1, len(texts)):
        inserted = at + 1 < len(texts) and joined[at + 1] and _awaits(texts[at - 1])
        if not (joined[at] or (inserted and gaps[at] == 1)):
            runs.append((first, at))
            first = at
    if texts:
        runs.append((first, len(texts)))
    return runs


def _awaits(above: str) -> bool:
    """Does a line break off after a small word, so that a name from the next line can stand there?"""
    return len(above) >= 20 and above[-1].islower() and above.rsplit(None, 1)[-1].islower()


def _flows(above: str, below: str, stop_words: frozenset[str]) -> bool:
    """Does the sentence of one line go on in the next?

    It does where the next starts with punctuation that cannot start a sentence, or where the line does not end a
    sentence and either the next starts small or the line ends with a function word or an open bracket.
    """
    start = below[0]
    if start in _CONTINUES:
        return len(below) > 1 or len(above) > 20
    end = above[-1]
    if end in SENTENCE_ENDS or end == ":" or above.rstrip(CLOSERS)[-1:] in SENTENCE_ENDS:
        return False
    if (len(above) + len(below) < 30 and end not in "([") or BULLET.match(below[:8]):
        return False
    if start.islower():
        return " " in below or " " in above
    if end in _OPEN_ENDS:
        return end in "([" or len(above) > 20
    last = above.rsplit(None, 1)[-1] if len(above) > 20 else ""
    return len(last) <= _SMALL and last in stop_words and last.islower()
