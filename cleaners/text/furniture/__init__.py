"""Page furniture in plain text: what stands around an article and is no part of it.

:func:`examine` reads a text and judges it; :func:`removals` makes edits of the judgement.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from cleaners.text.edits import Edit
from cleaners.text.furniture.judge import Judgement, judge
from cleaners.text.furniture.lines import removal_edits
from cleaners.text.furniture.page import Page

__all__ = ["Judgement", "Page", "examine", "removals"]


@lru_cache(maxsize=1)
def examine(text: str, strictness: float) -> tuple[Page, Judgement]:
    """A text as a page, and what goes from it; the last one is remembered, as several readers ask in turn."""
    page = Page.read(text)
    return page, judge(page, strictness)


def removals(page: Page, judgement: Judgement) -> Iterator[Edit]:
    """The edits that take the removed blocks out of the page's text."""
    rules = {
        line: rule
        for at, rule in judgement.removed.items()
        for line in range(page.blocks[at].first, page.blocks[at].end)
    }
    return removal_edits(page.text, page.lines, rules)
