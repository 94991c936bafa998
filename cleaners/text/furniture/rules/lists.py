"""Lists: other stories, and tables of contents."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cleaners.text.furniture import letters
from cleaners.text.furniture.letters import WORD
from cleaners.text.furniture.lexicon import lexicon, words_of
from cleaners.text.furniture.page import ENOUGH, Page
from cleaners.text.furniture.rules.rule import LONGEST_PHRASE, Claims, bits, is_title, rule
from cleaners.text.furniture.traits import BULLET
from cleaners.text.furniture.vocabulary import LEAD

_ENTRIES = 3
"""Entries of the shortest table of contents."""
_OPENING = 80
"""Characters of a line that hold any lead to another story."""
_UNDER_A_HEADING = 15
"""The most headlines that go with the heading of a list."""


def _bulleted(page: Page) -> NDArray[np.bool_]:
    return page.shown.first & letters.BULLET > 0


@rule(_bulleted)
def repeated_contents(page: Page, suspects: Sequence[int]) -> Claims:
    """Three list items or more in a row that all come back below as headings: lines that are no items again."""
    if len(suspects) < _ENTRIES:
        return
    bullets = {at: bullet.end() for at in suspects if (bullet := BULLET.match(page.blocks[at].text[:80]))}
    if not any(at + 1 in bullets and at + 2 in bullets for at in bullets):  # as many as there are entries at least
        return
    last = {_bare(block.text): at for at, block in enumerate(page.blocks) if at not in bullets}
    entries = [at for at, end in bullets.items() if last.get(_bare(page.blocks[at].text[end:]), -1) > at]
    for _, run in itertools.groupby(enumerate(entries), lambda pair: pair[1] - pair[0]):
        row = [at for _, at in run]
        if len(row) >= _ENTRIES:
            yield from ((at, "repeated-contents") for at in row)


def _bare(text: str) -> str:
    return text.strip(" #*:.").casefold()


@rule(lambda page: page.shown.whole & bits()["related-list"] > 0)
def related_lists(page: Page, suspects: Sequence[int]) -> Claims:
    """A heading that announces other stories, and the headlines under it, down to the article's own."""
    blocks = page.blocks
    own = _headlines(page) if any(at < page.core[0] for at in suspects) else []
    for at in suspects:
        block = blocks[at]
        if not block.whole & bits()["related-list"] or block.words > LONGEST_PHRASE:
            continue
        if block.words < 2 and page.inside(at) and not block.text.isupper():
            continue
        yield at, "related-list"
        _, end = max((each for each in own if each[1] > at), default=(0.0, len(blocks)))
        for later in range(at + 1, min(at + 1 + _UNDER_A_HEADING, end)):
            if not is_title(blocks[later]):
                break
            yield later, "related-list"


def _headlines(page: Page) -> list[tuple[float, int]]:
    """The blocks shortly above the article that may be its own headline, with how much they agree with it."""
    first, last = page.core
    near = [at for at in range(max(first - _UNDER_A_HEADING, 0), first) if page.reads_like_headline(at)]
    if not near:
        return []
    found = page.agreement(near, range(first, last + 1))
    return [(agreement, at) for at, agreement in found if agreement > ENOUGH]


@rule(lambda page: (page.shown.opens & LEAD > 0) & (page.shown.words <= 40))
def leads(page: Page, suspects: Sequence[int]) -> Claims:
    """A line that leads to another story: ``Read more: …``, ``Related: …``, ``Also on …``."""
    for at in suspects:
        block = page.blocks[at]
        if not 0 < block.words <= 40:
            continue
        size = _opener(words_of(block.text[:_OPENING]))
        if not size or size >= block.words:
            continue
        if _followed_by_colon(block.text, size) or (size > 1 and not block.sentence and block.words >= 6):
            yield at, "related-list"


def _opener(words: Sequence[str]) -> int:
    """How many words of the longest lead a line opens with; 0 without any."""
    words = words[:5]
    return next((size for size in range(len(words), 0, -1) if " ".join(words[:size]) in lexicon().leads), 0)


def _followed_by_colon(text: str, size: int) -> bool:
    word = next(itertools.islice(WORD.finditer(text), size - 1, None), None)
    return word is not None and text[word.end() :].lstrip(' )”"’*')[:1] in (":", "|", "：", "►", "→", ">")


@rule(_bulleted)
def closing_lists(page: Page, suspects: Sequence[int]) -> Claims:
    """Below the article, two headlines or more with bullets: other stories."""
    run: list[int] = []
    for at in reversed(suspects):
        block = page.blocks[at]
        bullet = BULLET.match(block.text[:80])
        below = at == len(page.blocks) - 1 - len(run) and at > max(page.core[1], 0)
        if not (below and bullet and block.words >= 3 and is_title(block) and _is_headline(block.text[bullet.end() :])):
            break
        run.append(at)
    if len(run) >= 2 and not page.blocks[run[-1] - 1].text.endswith(":"):
        yield from ((at, "related-list") for at in run)


def _is_headline(text: str) -> bool:
    """Are the words of a line written large, as in the headlines of English papers?"""
    words = [word for word in WORD.findall(text) if len(word) > 3]
    return bool(words) and sum(word[0].isupper() for word in words) >= 0.7 * len(words)
