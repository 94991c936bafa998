"""The verdict on a page: which blocks go, under which name, and which line is the headline."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cleaners.text.furniture.lexicon import lexicon
from cleaners.text.furniture.model import article_probabilities
from cleaners.text.furniture.page import ENOUGH, Page
from cleaners.text.furniture.rules import anchored
from cleaners.text.furniture.spans import best_span
from cleaners.text.furniture.traits import groups

Model = Callable[[Page, Collection[int]], Sequence[float]]

_REACH = 25
"""How many blocks above the article its headline is looked for: pictures, bylines and share bars come between."""

_FAINT = 0.5
"""Share of the likeliest block's probability that is enough where no block reaches the threshold."""
_BEYOND = 0.6
"""Probability of being article that a block needs outside the run of likely blocks."""
_SURE = 4.0
"""Log-odds are cut off here: beyond 98 % certainty means little."""
_LONG = 400
"""Words from which a block weighs no more: layout tables leave whole articles on one line."""
_BY_HEADING = frozenset(("related-list", "comment-form", "comment-thread", "repeated-contents"))
"""Names of rules that claim lines for the sake of a heading above them."""


@dataclass(frozen=True)
class Judgement:
    """The names under which blocks of a page are removed, by block, and the block that is the headline, if any."""

    removed: dict[int, str] = field(default_factory=dict)
    title: int | None = None


def judge(
    page: Page,
    threshold: float,
    model: Model = article_probabilities,
    suspects: Sequence[list[int]] | None = None,
) -> Judgement:
    """What goes and what stays; ``threshold`` is the probability below which a block of a whole page goes, ``suspects``
    are the blocks that rules look at, where that is known (:func:`~cleaners.text.furniture.rules.suspects_in`).

    >>> text = "Budget passed\\n\\nThe council met on Friday and passed the budget for the year.\\n\\n2 mins read"
    >>> judge(Page.read(text), 0.3)
    Judgement(removed={2: 'reading-time'}, title=0)
    """
    claims = anchored(page, suspects)
    whole = crowded(page, claims)
    if page.core[1] < 0 or not (page.dense or whole):
        return Judgement()
    free = np.ones(len(page.blocks), bool)
    free[list(claims)] = False
    if not whole or not free.any():
        return Judgement(dict(sorted(claims.items())), first_line(page, claims))
    likely = np.where(free, model(page, claims), 0)
    stays = free & (likely >= wanted(page, likely, threshold))
    article = stays.nonzero()[0].tolist()
    title = headline(page, claims, article)
    for at in (free & ~stays).nonzero()[0].tolist():
        if at != title:
            claims[at] = reason(page, at, article[0], article[-1])
    return Judgement(dict(sorted(claims.items())), title)


def wanted(page: Page, likely: NDArray[np.float64], threshold: float) -> NDArray[np.float64]:
    """The probability that each block of a page needs to stay.

    Where no block reaches the threshold, half of what the likeliest has is enough: some articles look like no other.
    Beyond the run of blocks with the greatest sum of log-odds, each by the root of its length, more is asked for.
    """
    least = min(threshold, _FAINT * float(likely.max()))
    sure = np.clip(np.log(np.maximum(likely, 1e-9) / (1 - np.minimum(likely, 1 - 1e-9))), -_SURE, _SURE)
    odds = sure - np.log(least / (1 - least))
    first, last = best_span((odds * np.sqrt(np.minimum(page.shown.words + 1, _LONG))).tolist())
    needed = np.full(len(likely), max(least, _BEYOND))
    needed[first : last + 1] = least
    return needed


def crowded(page: Page, claims: dict[int, str]) -> bool:
    """Does this look like a whole page rather than an article with a little furniture?

    Of marked article bodies one in twenty has more than one line that a rule claims; of whole pages nineteen in
    twenty have eight and more, and beside them lines that are neither claimed nor prose.  What goes with a heading
    (the stories below `Related`, the thread below `Comments`) does not count, nor does a line that comes again.
    Pages in a language without word lists show it by their short lines alone.
    """
    others = [not block.prose for at, block in enumerate(page.blocks) if at not in claims]
    claimed = {page.blocks[at].text for at, name in claims.items() if name not in _BY_HEADING or page.blocks[at].whole}
    if len(claimed) >= 5 and sum(others) >= 6:
        return True
    return page.language not in lexicon().phrased and sum(others) >= max(50, 0.7 * len(others))


def first_line(page: Page, claims: dict[int, str]) -> int | None:
    """The first line that no rule claims, where it reads like a headline and text follows."""
    at = next((at for at in range(len(page.blocks)) if at not in claims), 0)
    if at in claims or at > page.core[0] or at == len(page.blocks) - 1:
        return None
    return at if page.reads_like_headline(at) else None


def headline(page: Page, claims: dict[int, str], article: Sequence[int]) -> int | None:
    """The headline of a whole page: above the article, close to it, and in its words."""
    near = range(article[0], max(article[0] - _REACH, -1), -1)
    best, found = ENOUGH, None
    for at, agreement in page.agreement([at for at in near if at not in claims], article):
        score = agreement - 0.05 * (article[0] - at)
        if score > best and page.reads_like_headline(at):
            best, found = score, at
    return found


def reason(page: Page, at: int, first: int, last: int) -> str:
    """Why the model removed a block, in words: what it looks like, or where it stands."""
    block = page.blocks[at]
    named = block.whole | block.starts | block.inside
    comments, related, *_ = groups()
    if named & comments:
        return "model:names-comments"
    if named & related:
        return "model:names-other-stories"
    if block.stamp:
        return "model:stamp"
    if block.words < 8 and not block.sentence:
        return "model:menu-like"
    if at < first:
        return "model:above-the-article"
    return "model:below-the-article" if at > last else "model:between-paragraphs"
