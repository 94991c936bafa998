"""The heads of many lines as arrays: characters with their classes, words with their numbers.

Only the head of a line is read (:data:`HEAD`): what a paragraph is shows there, and a line of fifty megabytes costs no
more than a short one.

>>> sample = Sample(["Leave a Reply", "-", "2 min read"])
>>> sample.counts.tolist(), (sample.letters & DIGIT > 0).tolist()
([3, 0, 3], [False, False, True])
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cleaners.hashing import span_hashes
from cleaners.text.furniture.letters import DIGIT, LETTER, code_points, tables
from cleaners.text.furniture.vocabulary import END, NUMBER, Ids, vocabulary

HEAD, TAIL = 240, 60
"""Characters that are read of a line longer than both; of others all are."""

LINES = 256
"""Lines read at a time, at most 80,000 characters: arrays that stay in the processor's cache."""
_KEPT = 16
"""Samples of one text that are kept for the next reader: 4,096 lines, more than any page has."""
CLOSERS = "\"'”’»)]）」』 |*_"
"""What may stand behind the punctuation that ends a sentence."""


def head(text: str) -> str:
    """The part of a line that is read."""
    return text if len(text) <= HEAD + TAIL else text[:HEAD]


class Sample:
    """The heads of lines laid end to end.

    ``joined`` holds them with a line break before and behind each; ``lengths`` are those of the whole lines, ``sizes``
    those of the heads.  ``classes`` are those of the characters, ``starts`` and ``ends`` the lines' spans among them,
    ``word_starts`` and ``word_ends`` the words'; ``ids`` the words' numbers in the vocabulary, ``counts`` how many
    words each line has, ``edges`` the places of the lines' first words, with the number of words as the last item.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        """Read lines, none of which is empty or holds a line break."""
        self.texts = texts
        self.lengths = np.array([len(text) for text in texts], np.int64)
        self.joined = "\n".join(("", *(text if len(text) <= HEAD + TAIL else text[:HEAD] for text in texts), ""))
        points = code_points(self.joined)
        class_of, folded_of = tables()
        self.classes = class_of.take(points, mode="clip")
        self.folded = folded_of.take(points, mode="clip")
        self.sizes = np.where(self.lengths > HEAD + TAIL, HEAD, self.lengths)
        self.ends = (self.sizes + 1).cumsum()
        self.starts = self.ends - self.sizes
        kinds = self.classes & (DIGIT | LETTER)
        changes = (kinds[1:] != kinds[:-1]).nonzero()[0]
        behind = kinds.take(changes + 1)
        self.word_starts = changes[behind > 0] + 1
        self.word_ends = changes[kinds.take(changes) > 0] + 1
        self.edges = np.empty(len(texts) + 1, np.int64)
        self.edges[:-1], self.edges[-1] = self.word_starts.searchsorted(self.starts), len(self.word_starts)
        self.counts = self.edges[1:] - self.edges[:-1]
        self.hashes = span_hashes(self.folded, self.word_starts, self.word_ends)
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

    @cached_property
    def spelt(self) -> tuple[Ids, NDArray[np.uint64]]:
        """How many letters stand before each character, and before the end; and the letters alone, folded."""
        spelt = (self.classes & LETTER) > 0
        before = np.zeros(len(spelt) + 1, np.int64)
        np.cumsum(spelt, out=before[1:])
        return before, self.folded[spelt]

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

    @cached_property
    def last(self) -> list[str]:
        """The last character of each whole line, quotation marks and brackets left out; nothing where there is none."""
        ends = [text[-1] for text in self.texts]
        return [
            end if end not in CLOSERS else text[-TAIL:].rstrip(CLOSERS)[-1:]
            for end, text in zip(ends, self.texts, strict=True)
        ]

    def line_of(self, at: int | Sequence[int]) -> Ids:
        """The line that each place in :attr:`joined` belongs to."""
        return np.asarray(self.starts.searchsorted(at, "right") - 1)

    def holding(self, phrases: Collection[str]) -> NDArray[np.bool_]:
        """Which lines hold one of some phrases in their heads.

        >>> Sample(["ann@example.com", "Ann"]).holding(["@", "www."]).tolist()
        [True, False]
        """
        found = np.zeros(len(self.starts), bool)
        for phrase in phrases:
            at = self.joined.find(phrase)
            while at >= 0:
                line = int(self.line_of(at))
                found[line] = True
                at = self.joined.find(phrase, int(self.ends[line]))
        return found


class Samples:
    """The lines of a text in samples of :data:`LINES`, made when they are first asked for.

    The first ones are kept, as several readers ask in turn; of a text with very many lines the rest are made anew each
    time, so that memory does not grow with them.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        """Lines, none of which is empty or holds a line break."""
        self.texts = texts
        self._kept: dict[int, Sample] = {}

    def __iter__(self) -> Iterator[tuple[slice, Sample]]:
        """The samples, each with the lines it is of."""
        for low in range(0, len(self.texts), LINES):
            part = slice(low, min(low + LINES, len(self.texts)))
            sample = self._kept.get(low)
            if sample is None:
                sample = Sample(self.texts[part])
                if len(self._kept) < _KEPT:
                    self._kept[low] = sample
            yield part, sample

    @property
    def only(self) -> Sample | None:
        """The sample of all lines, where one holds them all."""
        return next(iter(self))[1] if 0 < len(self.texts) <= LINES else None
