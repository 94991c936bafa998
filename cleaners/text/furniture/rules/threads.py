"""Comments: the form that invites them, and the thread below it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cleaners.text.furniture.page import Page
from cleaners.text.furniture.rules.rule import Claims, bits, rule
from cleaners.text.furniture.vocabulary import READER

_PARAGRAPHS, _SPEAKING = 3, 0.6
"""Paragraphs below a heading, and the share of them with an `I`, a `you` or a `we`, that make a conversation."""
_SOON = 3
"""Blocks below the number of comments among which somebody takes a turn."""
_WORDS, _NEAR = 4, 12
"""Words of a headline at least, and blocks below it at most in which the number of comments is told beforehand."""


def _headings(page: Page) -> NDArray[np.bool_]:
    """A phrase of the form or of the thread, or one that a number precedes: ``10 thoughts on "…"``."""
    form, thread = bits()["comment-form"], bits()["comment-thread"]
    shown = page.shown
    counted = (shown.starts & thread > 0) & (shown.numerals > 0)
    return ((shown.whole & (form | thread) > 0) | counted) & (shown.words <= 30)


@rule(_headings)
def comments(page: Page, suspects: Sequence[int]) -> Claims:
    """Below the article, everything from an invitation to comment or from the heading of a thread on.

    What follows must be comments to the end, and no article.  It is where the turns of a conversation follow (names,
    times, `Reply`), or where most paragraphs speak to somebody; below their number, which may stand above an article
    too, a turn must follow soon.  A heading of more than one word is trusted without
    them where a fair share of the prose stands above it, a bare `Comments` only where half of it does.
    """
    form, thread = bits()["comment-form"], bits()["comment-thread"]
    shown = page.shown
    prose = shown.prose > 0
    a_turn = (shown.words < 16) & (shown.stamp | ((shown.whole | shown.inside) & (form | thread) > 0))
    prose_below, turns_below = _below(prose), _below(a_turn)
    speaking_below = _below(prose & (shown.uses & READER > 0))
    for at in suspects:
        block = page.blocks[at]
        named = block.whole & (form | thread) or (block.starts & thread if block.text[:1].isdecimal() else 0)
        if not named or block.words > 30 or page.prose_above[at] < 25 or _is_button(page, at) or _is_count(page, at):
            continue
        share = page.prose_above[at] / page.prose_above[-1]
        talk = turns_below[at] >= 2 and turns_below[at] >= 0.3 * prose_below[at]
        speech = prose_below[at] >= _PARAGRAPHS and speaking_below[at] >= _SPEAKING * prose_below[at]
        if block.text[:1].isdecimal() and block.words <= 2 and not a_turn[at + 1 : at + 1 + _SOON].any():
            talk = speech = False
        if talk or speech or share >= (0.3 if block.words > 1 else 0.5):
            kind = "comment-form" if named & form else "comment-thread"
            yield from ((later, kind) for later in range(at, len(page.blocks)))
            return


def _is_button(page: Page, at: int) -> bool:
    """Does a single word stand between other words of widgets: `Facebook`, `Comments`, `Print`?"""
    near = page.blocks[max(at - 1, 0) : at + 2]
    talk = bits()["comment-form"] | bits()["comment-thread"]
    return page.blocks[at].words == 1 and len(near) == 3 and all(near[side].whole & ~talk for side in (0, 2))


def _is_count(page: Page, at: int) -> bool:
    """Does a line stand right below the headline, of which the page's first line tells too: `6 comments`, `By …`?"""
    top = page.blocks[0].text.casefold()
    for above in range(at - 1, max(at - _NEAR, 0), -1):
        block = page.blocks[above]
        if block.prose:
            return False
        if block.words >= _WORDS and block.text.strip(" #*").casefold() in top:
            return True
    return False


def _below(marked: NDArray[np.bool_]) -> list[int]:
    """How many marked blocks stand below each block."""
    below: list[int] = (marked.sum() - np.cumsum(marked)).tolist()
    return below
