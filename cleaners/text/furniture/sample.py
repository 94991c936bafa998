"""The heads of many lines as arrays: characters with their classes, words with their numbers.

Only the head of a line is read (:data:`HEAD`): what a paragraph is shows there, and a line of fifty megabytes costs no
more than a short one.

>>> sample = Sample(["Leave a Reply", "", "2 min read"])
>>> sample.counts.tolist(), (sample.letters & DIGIT > 0).tolist()
([3, 0, 3], [False, False, True])
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cleaners.text.furniture.letters import DIGIT, LETTER, code_points, tables
from cleaners.text.furniture.vocabulary import END, NUMBER, Ids, vocabulary, word_hashes

HEAD, TAIL = 240, 60
"""Characters that are read of a line longer than both; of others all are."""

LINES = 256
"""Lines read at a time, at most 80,000 characters: arrays that stay in the processor's cache."""


def head(text: str) -> str:
    """The part of a line that is read."""
    return text if len(text) <= HEAD + TAIL else text[:HEAD]


class Sample:
    """Lines laid end to end.

    ``classes`` are those of the characters, ``starts`` and ``ends`` the lines' spans among them, ``word_starts`` and
    ``word_ends`` the words'; ``ids`` the words' numbers in the vocabulary, ``counts`` how many words each line has,
    ``edges`` the places of the lines' first words, with the number of words as the last item.
    """

    def __init__(self, heads: Sequence[str]) -> None:
        """Read lines, none of which holds a line break."""
        points = code_points("\n" + "\n".join(heads) + "\n")
        class_of, folded_of = tables()
        self.classes = class_of.take(points, mode="clip")
        self.folded = folded_of.take(points, mode="clip")
        sizes = np.array([len(line) for line in heads], np.int64)
        self.ends = (sizes + 1).cumsum()
        self.starts = self.ends - sizes
        kinds = self.classes & (DIGIT | LETTER)
        changes = (kinds[1:] != kinds[:-1]).nonzero()[0] + 1
        behind = kinds[changes]
        self.word_starts = changes[behind > 0]
        self.word_ends = changes[kinds[changes - 1] > 0]
        self.edges = np.empty(len(heads) + 1, np.int64)
        self.edges[:-1], self.edges[-1] = self.word_starts.searchsorted(self.starts), len(self.word_starts)
        self.counts = self.edges[1:] - self.edges[:-1]
        self.hashes = word_hashes(self.folded, self.word_starts, self.word_ends)
        self.ids = vocabulary().numbers_of(self.hashes)
        self.ids[behind[behind > 0] & DIGIT > 0] = NUMBER

    @cached_property
    def lines(self) -> Ids:
        """The line of each word."""
        return np.arange(len(self.starts)).repeat(self.counts)

    @cached_property
    def numerals(self) -> NDArray[np.bool_]:
        """Which words are made of digits."""
        return np.asarray(self.ids == NUMBER)

    @cached_property
    def opens(self) -> Ids:
        """Where each line begins in :attr:`closed`."""
        return self.edges[:-1] + np.arange(len(self.starts))

    @cached_property
    def closed(self) -> Ids:
        """The words' numbers once more, with :data:`END` before and behind each line."""
        closed = np.full(len(self.ids) + len(self.starts) + 1, END, np.int64)
        closed[np.arange(1, len(self.ids) + 1) + self.lines] = self.ids
        return closed

    def sums(self, table: NDArray[np.int64]) -> Ids:
        """The sums over each line's words of what ``table`` has for them; it has 0 for :data:`END`."""
        if not len(self.starts):
            return np.zeros(0, np.int64)
        sums: Ids = np.add.reduceat(table.take(self.closed), self.opens)
        return sums

    def unions(self, table: NDArray[np.uint32]) -> NDArray[np.uint32]:
        """The bits that ``table`` has for any of each line's words; it has none for :data:`END`."""
        if not len(self.starts):
            return np.zeros(0, np.uint32)
        found: NDArray[np.uint32] = np.bitwise_or.reduceat(table.take(self.closed), self.opens)
        return found

    @cached_property
    def letters(self) -> NDArray[np.uint16]:
        """The bits that any character of each line has."""
        if not len(self.starts):
            return np.zeros(0, np.uint16)
        found: NDArray[np.uint16] = np.bitwise_or.reduceat(self.classes, self.starts)
        return found


def samples(texts: Sequence[str]) -> Iterator[tuple[slice, Sample]]:
    """The lines of a text in samples, so that memory does not grow with them."""
    for low in range(0, len(texts), LINES):
        part = slice(low, min(low + LINES, len(texts)))
        yield part, Sample([head(text) for text in texts[part]])
