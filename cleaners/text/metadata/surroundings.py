"""Where the headline, the byline and the date of an article stand: the blocks above its first paragraph, and below."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from cleaners.text.dates import iso_date
from cleaners.text.furniture import Judgement, Page
from cleaners.text.furniture.lexicon import words_of
from cleaners.text.furniture.page import Block
from cleaners.text.furniture.spans import best_span
from cleaners.text.metadata.headline import CUT_OUT, ENOUGH, PLACE, bare, headline, parted, stems
from cleaners.text.metadata.names import opened_names, time_share

CLOSE = 6
"""How many blocks above the first paragraph a byline is looked for where no headline is found."""
OVER = 8
"""How many blocks above the headline a byline or a date may stand."""
BELOW = 12
"""How many blocks below the article a signature may stand."""

LONG = 300
"""Characters from which a block is a paragraph even where its words do not show it."""

_LEAD = 3
"""Paragraphs whose words a headline shares and a name does not: they tell what the article tells."""
_HEAD = 300
"""Characters of a paragraph that say what it tells."""
_ENDS_IN_BY = re.compile(r"(.{12,}) (?:by|By|BY)")
_BY = re.compile(r"(.{12,}?) (?:by|By|BY)(?: ([A-Z][\w.'’-]+(?: [A-Z][\w.'’-]+){1,3}))?")


class Heading(NamedTuple):
    """A headline, the names behind a ``by`` in its block, and what in it tells when it was published."""

    title: str | None = None
    names: str | None = None
    stamp: str = ""


@dataclass(frozen=True)
class Surroundings:
    """A page, what is removed from it, and where its text begins and ends.

    ``cut_out`` says that it was cut out of a page around an article that is known, so that what it shows is its own.
    """

    page: Page
    judgement: Judgement
    cut_out: bool = False

    @cached_property
    def kept(self) -> list[int]:
        """The blocks that stay."""
        return [at for at in range(len(self.page.blocks)) if at not in self.judgement.removed]

    @cached_property
    def start(self) -> int:
        """The first paragraph that stays; the number of blocks where there is none."""
        blocks = self.page.blocks
        weights = [-1.2] * len(blocks)
        for at in self.kept:
            if at != self.judgement.title and blocks[at].prose and (blocks[at].sentence or blocks[at].words >= 25):
                weights[at] = min(blocks[at].prose, 40) ** 0.5
            elif len(blocks[at].text) >= LONG:
                weights[at] = 1.0
        return best_span(weights)[0] if max(weights, default=0) > 0 else len(blocks)

    @cached_property
    def _headline(self) -> tuple[int | None, float]:
        return headline(self)

    @property
    def title(self) -> int | None:
        """The block that is the headline."""
        at, probability = self._headline
        return at if probability >= (CUT_OUT if self.cut_out else ENOUGH) else None

    @property
    def _count(self) -> int:
        return len(self.page.blocks)

    @cached_property
    def spoken(self) -> frozenset[int]:
        """The content words of the paragraphs that stay, by their hashes."""
        lines, words = self.page.spoken
        own = np.zeros(self._count, bool)
        own[[at for at in self.kept if at >= self.start and self.page.blocks[at].prose]] = True
        return frozenset(words[own.take(lines)].tolist())

    def said(self, at: int) -> list[int]:
        """The content words of a block, by their hashes."""
        lines, words = self.page.spoken
        first, end = lines.searchsorted((at, at + 1))
        found: list[int] = words[first:end].tolist()
        return found

    def is_signature(self, at: int) -> bool:
        """Does a block tell a date or an author, and little else?  Asked of a block several times, as of neighbours."""
        if at not in self._signatures:
            self._signatures[at] = is_signature(self.page.blocks[at])
        return self._signatures[at]

    @cached_property
    def _signatures(self) -> dict[int, bool]:
        return {}

    @cached_property
    def heading(self) -> Heading:
        """The headline, and what of a byline and a date stands in the same block, if anything does."""
        if self.title is None:
            return Heading()
        block = self.page.blocks[self.title]
        text, rest = parted(bare(block))
        if (match := _ENDS_IN_BY.fullmatch(text)) and self.title + 1 < self.start:
            return Heading(match[1], opened_names(f"By {bare(self.page.blocks[self.title + 1])}"), rest)
        if block.end - block.first > 1 and (match := _BY.fullmatch(text)):  # lines that flow into each other
            return Heading(match[1], opened_names(f"By {match[2]}") if match[2] else None, rest)
        return Heading(text or None, opened_names(rest), rest)

    @cached_property
    def lead(self) -> frozenset[str]:
        """The stems of the words of the first paragraphs that stay."""
        blocks = self.page.blocks
        paragraphs = [at for at in self.kept if at >= self.start and blocks[at].prose][:_LEAD]
        return frozenset(
            stem for at in paragraphs for stem in stems(words_of(blocks[at].text[:_HEAD]), self.page.language)
        )

    def nearby(self) -> Iterator[int]:
        """The blocks in which a date and a byline are looked for: below the headline, above it, below the article.
        Where no headline is found, the nearer one stands to the article the sooner: pages open with today's date."""
        likely, probability = self._headline
        low = min(self.start, self._count)
        if likely is not None and probability >= PLACE:
            yield from range(likely, low)
            yield from range(likely - 1, max(likely - OVER, -1), -1)
        else:
            yield from range(low - 1, max(low - CLOSE, 0) - 1, -1)
        removed = self.judgement.removed
        last = self.kept[-1] if self.kept else self._count
        yield from (at for at in range(low, last) if at in removed)
        if low < last < self._count and self.is_signature(last):
            yield last
        yield from (at for at in range(last + 1, min(last + 1 + BELOW, self._count)) if at in removed)


def is_signature(block: Block) -> bool:
    """Does a block tell a date or an author, and little else?"""
    if block.words > 30:
        return False
    if is_dated(block):
        return True
    return block.words <= 14 and not block.text.startswith("#") and opened_names(bare(block)) is not None


def is_dated(block: Block) -> bool:
    """Does a block tell a date or a time of day, and little else?"""
    share = time_share(block.text)
    if share >= (0.6 if block.text.startswith("# ") else 0.4):
        return block.stamp or iso_date(block.text) is not None
    return 3 <= block.words <= 18 and share >= 0.2 and iso_date(block.text) is not None and block.text[0] not in "#"
