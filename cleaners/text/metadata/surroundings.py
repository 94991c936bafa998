"""Where the headline, the byline and the date of an article stand: the blocks above its first paragraph, and below."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cleaners.text.dates import iso_date
from cleaners.text.furniture import Judgement, Page
from cleaners.text.furniture.page import Block
from cleaners.text.furniture.spans import best_span
from cleaners.text.metadata.names import opened_names, time_share

ABOVE = 40
"""How many blocks above the first paragraph a headline is looked for: pictures, bylines, share bars come between."""
CLOSE = 6
"""How many blocks above the first paragraph a byline is looked for where no headline is found."""
BELOW = 12
"""How many blocks below the article a signature may stand."""

LONG = 300
"""Characters from which a block is a paragraph even where its words do not show it."""

_NO_TITLE = frozenset(["advertisement", "byline", "caption-credit", "copyright", "share-bar", "timestamp", "shortcode"])
_BY = re.compile(r"(.{12,}?) (?:by|By|BY)(?: ([A-Z][\w.'’-]+(?: [A-Z][\w.'’-]+){1,3}))?")
_MARKS = " #*>•·|\\_="


@dataclass(frozen=True)
class Surroundings:
    """A page, what is removed from it, and where its text begins and ends."""

    page: Page
    judgement: Judgement

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
    def title(self) -> int | None:
        """The block that is the headline."""
        scored = [(self._score(at), at) for at in range(max(0, self.start - ABOVE), min(self.start, self._count))]
        best = max(scored, default=(0.0, -1))
        if best[0] >= ENOUGH:
            return best[1]
        return self.judgement.title if self.judgement.title in self.kept[:1] else None

    @property
    def _count(self) -> int:
        return len(self.page.blocks)

    @cached_property
    def _spoken(self) -> set[int]:
        """The content words of the paragraphs that stay."""
        lines, words = self.page.content
        own = np.zeros(self._count, bool)
        own[[at for at in self.kept if at >= self.start and self.page.blocks[at].prose]] = True
        return set(words[own[lines]].tolist())

    def _score(self, at: int) -> float:
        """How much speaks for a block being the headline."""
        block = self.page.blocks[at]
        text = bare(block)
        rule = self.judgement.removed.get(at, "model")
        if not text or block.words > 30 or rule in _NO_TITLE or self.is_signature(at):
            return 0.0
        lines, words = self.page.content
        said = words[np.searchsorted(lines, at) : np.searchsorted(lines, at, "right")].tolist()
        shared = sum(word in self._spoken for word in said)
        score = MARKED.get(len(block.text) - len(block.text.lstrip("#")), 0.0) if block.text.startswith("#") else 0.0
        score += SHARED * min(shared, 4) * shared / max(len(said), 1)
        score += SIGNED * any(map(self.is_signature, self._below(at)))
        score += REPEATED * self._repeated(at, text)
        score += MIDDLING * (4 <= block.words <= 16) + APART * (block.gap >= 2)
        score -= FAR * min(self.start - at, 20)
        score -= LISTED * (block.text[0] in "*-•>+" or "|" in text or " > " in text or "»" in text)
        score -= ENDED * (text[-1] in ".:;,…" and not text.endswith("...") and not block.text.startswith("#"))
        score -= BRIEF * (block.words <= 2) + STRANGE * (shared < 2)
        score += KEPT * (at not in self.judgement.removed)
        return score

    def is_signature(self, at: int) -> bool:
        """Does a block tell a date or an author, and little else?  Asked of a block several times, as of neighbours."""
        if at not in self._signatures:
            self._signatures[at] = is_signature(self.page.blocks[at])
        return self._signatures[at]

    @cached_property
    def _signatures(self) -> dict[int, bool]:
        return {}

    def _repeated(self, at: int, text: str) -> bool:
        """Does a page open with a line that holds this one, as its ``<title>`` does?"""
        return at > 0 and len(text) >= 12 and any(text in block.text for block in self.page.blocks[: min(at, 3)])

    def _below(self, at: int) -> range:
        return range(at + 1, min(at + 5, self.start, self._count))

    @cached_property
    def heading(self) -> tuple[str | None, str | None]:
        """The headline, and the names of a byline that stands in the same block, if any."""
        if self.title is None:
            return None, None
        block = self.page.blocks[self.title]
        text = bare(block)
        if block.end - block.first > 1 and (match := _BY.fullmatch(text)):  # lines that flow into each other
            return match[1], opened_names(f"By {match[2]}") if match[2] else None
        return text or None, None

    def nearby(self) -> Iterator[int]:
        """The blocks in which a date and a byline are looked for: below the headline, above it, below the article."""
        title = self.title
        top = title if title is not None else max(self.start - CLOSE, 0)
        low = min(self.start, self._count)
        if title is not None:
            yield title
        yield from range(top + (title is not None), low)
        yield from range(top - 1, max(top - 5, -1), -1)
        removed = self.judgement.removed
        last = self.kept[-1] if self.kept else self._count
        yield from (at for at in range(low, last) if at in removed)
        yield from (at for at in range(last + 1, min(last + 1 + BELOW, self._count)) if at in removed)


MARKED = {1: 4.0, 2: 2.5, 3: 1.5, 4: 1.0, 5: 0.5, 6: 0.5}
"""What a heading of Markdown counts, by its level."""
SHARED, SIGNED, REPEATED, KEPT, MIDDLING, APART = 0.8, 1.4, 2.6, 0.2, 1.9, 0.8
"""What counts for a headline: words of the article, a byline or a date below it, standing in the first line too, that
it is kept, four to sixteen words, and a blank line above it."""
FAR, LISTED, ENDED, BRIEF, STRANGE = 0.05, 3.0, 1.8, 2.5, 0.3
"""What counts against it: distance, marks of lists, the end of a sentence, a word or two only, and none or a single
one of the article's."""
ENOUGH = 1.8
"""The score from which the best block is the headline.

All of these were found by a random search on half of the hand-checked pages of ``benchmarks/metadata.py`` and rounded;
the other half gained as much.
"""


def bare(block: Block) -> str:
    """The text of a block without the marks of headings and lists."""
    return block.text.strip(_MARKS)


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
