"""Paragraphs that were broken into lines of one width, as mail, wire copy and pages of print are.

Most lines of scraped text are whole paragraphs, so that much must speak for a wrapped text before two lines are joined:
no line is wider than a page; a line ends where the next word would not have fitted; and lines go on in small letters.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from cleaners.text.edits import Edit

NARROWEST, WIDEST = 40, 100
"""Widths in characters: narrower are verse and columns of tables, wider is no page of print or mail."""

PAIRS = 3
"""Lines that go on in the next one which a text must have, to be called wrapped."""

FULL = 0.3
"""Share of the lines within blocks that must end where the next word would not have fitted: half do in wire copy, whose
paragraphs are a sentence, and nearly all in a book."""

RAGGED = 0.2
"""Share of them that may end earlier although no sentence does: headlines, bylines."""

SMALL = 0.5
"""Share of the lines that go on which must do so in a small letter: two thirds do in English, less in German."""

_TOO_WIDE = re.compile(f"^[^\n]{{{WIDEST + 1}}}", re.MULTILINE)  # tried once a line
_ITEM = re.compile(r"(?:[-*+•·▪–—>|#]|\(?(?:\d{1,3}|[a-zA-Z]|[ivxlcIVXLC]{1,5})[.)])(?:\s|$)")
_WORD = re.compile(r"\S+")
_CUT = re.compile(r"([^\W\d_]+)-$")
_GOES_ON = re.compile(r"[^\W\d_]+")
_ENDINGS = frozenset(
    ("ation", "ations", "ative", "ment", "ments", "ness", "sion", "sions", "tion", "tional", "tions", "tive", "ously")
)
"""Parts of English words that are none themselves: a hyphen in front of them, at the end of a line, is no author's."""


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two lines, one upon the other without a blank line between them."""

    end: int  # of the first one
    line: str
    following: str

    def overflows(self, width: int) -> bool:
        """Whether the first word of the second line would not have fitted on the first."""
        word = _WORD.search(self.following)
        return word is not None and len(self.line) + 1 + len(word[0]) > width

    @property
    def is_ragged(self) -> bool:
        """Whether the first line is no end of a paragraph by its looks."""
        return not (self.line.rstrip("\"'”’»)").endswith((".", "!", "?", ":", ";")) and not self.following[0].islower())

    @property
    def may_join(self) -> bool:
        """Whether neither line is a heading in capitals or the item of a list."""
        return not (_ITEM.match(self.following) or (self.line.isupper() and not self.following.isupper()))


def hard_wrapped(text: str) -> Iterator[Edit]:
    """Line ends within the paragraphs of a wrapped text; a hyphen that only divided a word goes with them.

    A hyphen goes where the text has the word in one piece elsewhere, or where what follows is no word.  In doubt it
    stays, and the line end behind it goes: ``well-`` and ``known`` are one word in any case.

    >>> from cleaners.text.rounds import applied
    >>> text = '''The committee met in the old town hall on Monday, and the
    ... members heard about the new bridge over the river, the reno-
    ... vation of the school, the budget, and what the well-meaning
    ... mayor called the last chance of the town. The renovation is
    ... to begin in May.'''
    >>> print(applied(text, list(hard_wrapped(text))).replace(". ", ".|"))
    The committee met in the old town hall on Monday, and the members heard about the new bridge over the river, the \
renovation of the school, the budget, and what the well-meaning mayor called the last chance of the town.|The \
renovation is to begin in May.
    """
    if _TOO_WIDE.search(text) or "\n" not in text:
        return
    pairs = list(_pairs(text))
    width = max((len(pair.line) for pair in pairs if not pair.line.isupper()), default=0)
    if width < NARROWEST:
        return
    joined = [pair for pair in pairs if pair.overflows(width) and pair.may_join]
    ragged = sum(pair.is_ragged and not pair.overflows(width) for pair in pairs)
    small = sum(pair.following[0].islower() for pair in joined)
    if len(joined) < max(PAIRS, FULL * len(pairs)) or ragged > RAGGED * len(pairs) or small < SMALL * len(joined):
        return
    words = Counter(match[0].lower() for match in re.finditer(r"[^\W\d_]+", text))
    for pair in joined:
        yield _joint(pair, words)


def _pairs(text: str) -> Iterator[_Pair]:
    start = 0
    line = ""
    for following in text.split("\n"):
        if line.strip() and following.strip():
            yield _Pair(start - 1, line, following)
        line = following
        start += len(following) + 1


def _joint(pair: _Pair, words: Counter[str]) -> Edit:
    cut, rest = _CUT.search(pair.line), _GOES_ON.match(pair.following)
    if not cut or not rest or not rest[0].islower():
        return Edit(pair.end, pair.end + 1, "" if pair.line.endswith(("-", "—")) else " ", "hard-wrapped line")
    if words[(cut[1] + rest[0]).lower()] or rest[0] in _ENDINGS:
        return Edit(pair.end - 1, pair.end + 1, "", "word divided at a line end")
    return Edit(pair.end, pair.end + 1, "", "hard-wrapped line")
