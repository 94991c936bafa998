"""A text as the rules and the model see it: lines, the blocks they flow into, and where the prose stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from cleaners.text.furniture.flow import flowing
from cleaners.text.furniture.language import likely_language
from cleaners.text.furniture.lexicon import lexicon
from cleaners.text.furniture.lines import Line, split_lines
from cleaners.text.furniture.spans import best_span
from cleaners.text.furniture.traits import Traits, traits


@dataclass(frozen=True, slots=True)
class Block:
    """Lines ``first:end`` of a page that read as one, their joined ``text``, and what it shows."""

    text: str
    first: int
    end: int
    gap: int
    shown: Traits


@dataclass(frozen=True)
class Page:
    """A text with everything that is read off it once."""

    text: str
    lines: Sequence[Line]
    blocks: Sequence[Block]
    language: str

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
        language = likely_language(texts)
        blocks = []
        for first, end in flowing(texts, gaps, lexicon().stop_words[language]):
            joined = texts[first] if end == first + 1 else " ".join(texts[first:end])
            blocks.append(Block(joined, first, end, gaps[first], traits(joined, language)))
        return cls(text, lines, blocks, language)

    @cached_property
    def core(self) -> tuple[int, int]:
        """The first and last block of the densest run of prose; ``(0, -1)`` where there is no prose."""
        if not any(block.shown.prose for block in self.blocks):
            return 0, -1
        return best_span([min(b.shown.prose, 40) ** 0.5 if b.shown.prose else -1.2 for b in self.blocks])

    @cached_property
    def prose_above(self) -> list[int]:
        """The words of prose above each block, and in all as the last item."""
        sums = [0]
        for block in self.blocks:
            sums.append(sums[-1] + block.shown.prose)
        return sums

    @cached_property
    def dense(self) -> bool:
        """Is a fair part of the text prose?  Of lists, tables and verse nobody can tell what is furniture."""
        words = sum(block.shown.words for block in self.blocks)
        return self.prose_above[-1] >= 0.2 * words > 0
