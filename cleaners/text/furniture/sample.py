"""The heads of many lines as arrays: characters with their classes, words with their numbers.

Only the head of a line is read (:data:`HEAD`): what a paragraph is shows there, and a line of fifty megabytes costs no
more than a short one.

>>> sample = Sample.of(["Leave a Reply", "", "2 min read"])
>>> sample.counts.tolist(), (sample.letters & DIGIT > 0).tolist()
([3, 0, 3], [False, False, True])
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cleaners.text.furniture.letters import DIGIT, LETTER, code_points, tables
from cleaners.text.furniture.vocabulary import END, NUMBER, Ids, vocabulary, word_hashes

HEAD, TAIL = 240, 60
"""Characters that are read of a line longer than both; of others all are."""

_LINES = 256
"""Lines read at a time, at most 80,000 characters: arrays that stay in the processor's cache."""


def head(text: str) -> str:
    """The part of a line that is read."""
    return text if len(text) <= HEAD + TAIL else text[:HEAD]


@dataclass(frozen=True)
class Sample:
    """Lines laid end to end.

    ``starts`` and ``ends`` are the lines' spans among the characters, ``edges`` the places of their first words among
    the words, with the number of words as the last item.
    """

    classes: NDArray[np.uint16]
    folded: NDArray[np.uint64]
    starts: Ids
    ends: Ids
    word_starts: Ids
    word_ends: Ids
    edges: Ids

    @classmethod
    def of(cls, heads: Sequence[str]) -> Sample:
        """The sample of lines, none of which holds a line break."""
        points = code_points("\n" + "\n".join(heads) + "\n")
        class_of, folded_of = tables()
        classes = class_of.take(points, mode="clip")
        sizes = np.array([len(line) for line in heads], np.int64)
        ends = np.cumsum(sizes + 1)
        starts = ends - sizes
        kinds = classes & (DIGIT | LETTER)
        changes = (kinds[1:] != kinds[:-1]).nonzero()[0] + 1
        word_starts = changes[kinds[changes] > 0]
        word_ends = changes[kinds[changes - 1] > 0]
        edges = np.empty(len(heads) + 1, np.int64)
        edges[:-1], edges[-1] = word_starts.searchsorted(starts), len(word_starts)
        return cls(classes, folded_of.take(points, mode="clip"), starts, ends, word_starts, word_ends, edges)

    @cached_property
    def counts(self) -> Ids:
        """How many words each line has."""
        return self.edges[1:] - self.edges[:-1]

    @cached_property
    def lines(self) -> Ids:
        """The line of each word."""
        return np.arange(len(self.starts)).repeat(self.counts)

    @cached_property
    def hashes(self) -> NDArray[np.uint64]:
        """The words' hashes."""
        return word_hashes(self.folded, self.word_starts, self.word_ends)

    @cached_property
    def numerals(self) -> NDArray[np.bool_]:
        """Which words are made of digits."""
        return (self.classes[self.word_starts] & DIGIT) > 0

    @cached_property
    def ids(self) -> Ids:
        """The words' numbers in the vocabulary."""
        ids = vocabulary().numbers_of(self.hashes)
        ids[self.numerals] = NUMBER
        return ids

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
    for low in range(0, len(texts), _LINES):
        part = slice(low, min(low + _LINES, len(texts)))
        yield part, Sample.of([head(text) for text in texts[part]])
