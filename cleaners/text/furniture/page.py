"""A text as the rules and the model see it: lines, the blocks they flow into, and where the prose stands."""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import sqrt
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaners.text.furniture.flow import flowing
from cleaners.text.furniture.language import function_word_counts, likely_language
from cleaners.text.furniture.lexicon import lexicon, words_of
from cleaners.text.furniture.lines import Line, split_lines
from cleaners.text.furniture.sample import LINES, Sample, Samples, head
from cleaners.text.furniture.spans import best_span
from cleaners.text.furniture.traits import (
    Spoken,
    Traits,
    content,
    groups,
    spoken,
    spoken_in,
    traits,
    traits_of,
)


class Block(NamedTuple):
    """Lines ``first:end`` of a page that read as one, their joined ``text``, and the traits rules ask for most.

    ``gap`` counts the line breaks before it; the rest is as in :class:`~cleaners.text.furniture.traits.Traits`.
    """

    text: str
    first: int
    end: int
    gap: int
    words: int
    prose: int
    stamp: bool
    sentence: bool
    whole: int
    starts: int
    inside: int

    @property
    def low(self) -> tuple[str, ...]:
        """The words of the block's head, folded, with digits masked."""
        return words_of(head(self.text))


_FEW = 3
"""Texts from which it pays to read them together."""
_HARDLY = 40
"""Words of prose that are hardly any: a paragraph."""
_FIRST = 7
"""The most blocks of an opening that reaches into the core."""


ENOUGH = 0.8
"""Agreement from which a line above an article is its headline."""


@dataclass(frozen=True)
class Page:
    """A text with everything that is read off it once; ``function_words`` are counts by language, ``spoken`` the
    content words of the blocks (:func:`~cleaners.text.furniture.traits.spoken`)."""

    text: str
    lines: Sequence[Line]
    blocks: Sequence[Block]
    shown: Traits
    samples: Samples
    language: str
    function_words: Counter[str]
    spoken: Spoken

    @classmethod
    def read(cls, text: str) -> Page:
        """The page of a text.

        >>> page = Page.read("The council passed\\nthe budget on Friday.\\n\\nShare")
        >>> [block.text for block in page.blocks]
        ['The council passed the budget on Friday.', 'Share']
        """
        lines = split_lines(text)
        texts = [line.text for line in lines]
        gaps = [line.gap for line in lines]
        samples = Samples(texts)
        counts = function_word_counts(texts, samples.only)
        language = likely_language(counts)
        runs = flowing(texts, gaps, lexicon().stop_words[language])
        joined = texts
        if len(runs) < len(texts):
            joined = [" ".join(texts[first:end]) for first, end in runs]
            samples = Samples(joined)
            counts = function_word_counts(joined, samples.only)
        shown = traits(samples, language)
        blocks = [*map(Block._make, zip(joined, *_spans(runs, gaps), *_asked(shown), strict=True))]
        return cls(text, lines, blocks, shown, samples, language, counts, spoken(samples, language))

    @cached_property
    def core(self) -> tuple[int, int]:
        """The first and last block of the densest run of prose; ``(0, -1)`` where there is no prose."""
        prose = self.shown.prose
        if not prose.any():
            return 0, -1
        return best_span(sqrt(min(words, 40)) if words else -1.2 for words in prose.tolist())

    @cached_property
    def prose_above(self) -> list[int]:
        """The words of prose above each block, and in all as the last item."""
        return [0, *np.cumsum(self.shown.prose).tolist()]

    def inside(self, at: int) -> bool:
        """Does a block stand in the core?"""
        return self.core[0] <= at <= self.core[1]

    @cached_property
    def opening(self) -> int:
        """So many blocks at the top have hardly any prose above them."""
        return max(min(bisect_right(self.prose_above, _HARDLY, hi=len(self.blocks)), _FIRST), self.core[0])

    @cached_property
    def closing(self) -> int:
        """The block from which on there is hardly any prose below, and no paragraph but one."""
        least = bisect_left(self.prose_above, self.prose_above[-1] - _HARDLY) - 1
        return min(max(least, self.core[1] - 1, 0), self.core[1] + 1)

    @cached_property
    def dense(self) -> bool:
        """Is a fair part of the text prose?  Of lists, tables and verse nobody can tell what is furniture."""
        words = int(self.shown.words.sum())
        return self.prose_above[-1] >= 0.2 * words > 0

    @cached_property
    def content(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The content words of the blocks, as :func:`~cleaners.text.furniture.traits.content` gives them."""
        return content(*self.spoken)

    def agreement(self, candidates: Iterable[int], article: Iterable[int]) -> Iterator[tuple[int, float]]:
        """Which of the candidates speak of what an article's blocks speak of, in two words at least, and how much so:
        the words shared times the share of the candidate's words that they are."""
        lines, words = self.content
        edges = lines.searchsorted(np.arange(len(self.blocks) + 1)).tolist()
        own = np.zeros(len(self.blocks), bool)
        own[[*article]] = True
        spoken = np.bincount(words[own[lines]], minlength=int(words.max(initial=0)) + 1)
        for at in candidates:
            said = words[edges[at] : edges[at + 1]]
            shared = int((spoken[said] > own[at]).sum())
            if shared >= 2:
                yield at, shared * shared / len(said)

    def reads_like_headline(self, at: int) -> bool:
        """Could a block be a headline by its looks?  One that holds a year is no date for that."""
        block = self.blocks[at]
        if not 2 <= block.words <= 30 or block.text[-1] in ".:;,…":
            return False
        named = (block.whole | block.starts | block.inside) & groups()[3]
        return not block.stamp or (block.words >= 4 and self.shown.dates[at] == 1 and not named)


def read_pages(texts: Sequence[str]) -> list[Page]:
    """The pages of several texts, each as :meth:`Page.read` gives it, the short ones read together.

    Most of what reading a page takes is the same for one line and for a hundred.

    >>> texts = ["The council met on Friday.\\n\\nShare", "Der Rat hat am Freitag getagt."]
    >>> [(page.language, len(page.blocks)) for page in read_pages(texts)]
    [('en', 2), ('de', 1)]
    """
    lines = [split_lines(text) for text in texts]
    pages: list[Page] = []
    first = held = 0
    for at, own in enumerate(lines):
        if at > first and held + len(own) > LINES:
            pages += _read_together(texts[first:at], lines[first:at])
            first, held = at, 0
        held += len(own)
    return pages + _read_together(texts[first:], lines[first:])


def _read_together(texts: Sequence[str], lines: Sequence[Sequence[Line]]) -> list[Page]:
    """The pages of some texts, as many in one go as are of one language and have no lines that flow into others."""
    ends = [*itertools.accumulate(map(len, lines))]
    if len(texts) < _FEW or not 0 < ends[-1] <= LINES:
        return [*map(Page.read, texts)]
    joined = [line.text for own in lines for line in own]
    sample = Sample(joined)
    firsts = [0, *ends[:-1]]
    counts = [function_word_counts(joined[first:end], sample, first) for first, end in zip(firsts, ends, strict=True)]
    languages = [*map(likely_language, counts)]
    language = Counter(languages).most_common(1)[0][0]
    shown = traits_of(sample, language)
    asked, said = _asked(shown), spoken_in(sample, language)
    words = said[0].searchsorted([0, *ends]).tolist()
    pages: list[Page] = []
    for at, (text, own, first, end) in enumerate(zip(texts, lines, firsts, ends, strict=True)):
        mine, gaps = joined[first:end], [line.gap for line in own]
        runs = flowing(mine, gaps, lexicon().stop_words[language]) if languages[at] == language else []
        if not runs or len(runs) < len(mine):
            pages.append(Page.read(text))
            continue
        columns = (column[first:end] for column in asked)
        blocks = [*map(Block._make, zip(mine, *_spans(runs, gaps), *columns, strict=True))]
        own_words = slice(words[at], words[at + 1])
        own_shown = Traits(*(column[first:end] for column in shown))  # type: ignore[arg-type]
        told = said[0][own_words] - first, said[1][own_words]
        pages.append(Page(text, own, blocks, own_shown, Samples(mine), language, counts[at], told))
    return pages


def _asked(shown: Traits) -> list[list[Any]]:
    """The traits that rules ask for most, by block."""
    asked = (shown.words, shown.prose, shown.stamp, shown.sentence, shown.whole, shown.starts, shown.inside)
    return [column.tolist() for column in asked]


def _spans(runs: Sequence[tuple[int, int]], gaps: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """The first line of each block, the line behind its last, and the line breaks before it."""
    return zip(*((first, end, gaps[first]) for first, end in runs), strict=True)
