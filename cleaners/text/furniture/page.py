"""A text as the rules and the model see it: lines, the blocks they flow into, and where the prose stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaners.text.furniture.flow import flowing
from cleaners.text.furniture.language import function_word_counts, likely_language
from cleaners.text.furniture.lexicon import lexicon, words_of
from cleaners.text.furniture.lines import Line, split_lines
from cleaners.text.furniture.sample import LINES, Sample, head
from cleaners.text.furniture.spans import best_span
from cleaners.text.furniture.traits import Traits, content, traits


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
    def low(self) -> list[str]:
        """The words of the block's head, folded, with digits masked."""
        return words_of(head(self.text))


@dataclass(frozen=True)
class Page:
    """A text with everything that is read off it once; ``function_words`` are counts by language."""

    text: str
    lines: Sequence[Line]
    blocks: Sequence[Block]
    shown: Traits
    language: str
    function_words: Counter[str]

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
        sample = Sample([head(text) for text in texts]) if len(texts) <= LINES else None
        counts = function_word_counts(texts, sample)
        language = likely_language(counts)
        runs = flowing(texts, gaps, lexicon().stop_words[language])
        joined = texts
        if len(runs) < len(texts):
            joined = [" ".join(texts[first:end]) for first, end in runs]
            sample, counts = None, function_word_counts(joined)
        shown = traits(joined, language, sample)
        asked = (shown.words, shown.prose, shown.stamp, shown.sentence, shown.whole, shown.starts, shown.inside)
        columns = (column.tolist() for column in asked)
        spans = ((text, first, end, gaps[first]) for text, (first, end) in zip(joined, runs, strict=True))
        blocks = [Block(*span, *row) for span, row in zip(spans, zip(*columns, strict=True), strict=True)]
        return cls(text, lines, blocks, shown, language, counts)

    @cached_property
    def core(self) -> tuple[int, int]:
        """The first and last block of the densest run of prose; ``(0, -1)`` where there is no prose."""
        prose = self.shown.prose
        if not prose.any():
            return 0, -1
        return best_span(np.where(prose > 0, np.sqrt(np.minimum(prose, 40)), -1.2).tolist())

    @cached_property
    def prose_above(self) -> list[int]:
        """The words of prose above each block, and in all as the last item."""
        return [0, *np.cumsum(self.shown.prose).tolist()]

    @cached_property
    def inside(self) -> NDArray[np.bool_]:
        """Which blocks stand in the core."""
        at = np.arange(len(self.blocks))
        return (at >= self.core[0]) & (at <= self.core[1])

    def longer_than(self, characters: int) -> NDArray[np.bool_]:
        """Which blocks have more characters than that."""
        return np.array([len(block.text) > characters for block in self.blocks], bool)

    @cached_property
    def near_start(self) -> NDArray[np.bool_]:
        """Which blocks have hardly any prose above them."""
        at = np.arange(len(self.blocks))
        above = np.array(self.prose_above[:-1])
        return ((above <= 40) & (at <= 6)) | (at < self.core[0])

    @cached_property
    def near_end(self) -> NDArray[np.bool_]:
        """Which blocks have hardly any prose below them, and no paragraph but one."""
        at = np.arange(len(self.blocks))
        below = self.prose_above[-1] - np.array(self.prose_above[1:])
        return (at > self.core[1]) | ((at >= self.core[1] - 1) & (below <= 40))

    @cached_property
    def dense(self) -> bool:
        """Is a fair part of the text prose?  Of lists, tables and verse nobody can tell what is furniture."""
        words = int(self.shown.words.sum())
        return self.prose_above[-1] >= 0.2 * words > 0

    @cached_property
    def content(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The content words of the blocks, as :func:`~cleaners.text.furniture.traits.content` gives them."""
        return content([block.text for block in self.blocks], self.language)
