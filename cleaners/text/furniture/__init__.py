"""Page furniture in plain text: what stands around an article and is no part of it.

:func:`examine` reads a text and judges it; :func:`removals` makes edits of the judgement.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cleaners.text.edits import Edit
from cleaners.text.furniture.judge import Judgement, judge
from cleaners.text.furniture.lines import removal_edits
from cleaners.text.furniture.page import Page, read_pages
from cleaners.text.furniture.rules import suspects_in

__all__ = ["Examined", "Judgement", "Page", "examine", "examine_all", "removals"]


Examined = tuple[Page, Judgement]
"""A text as a page, and what goes from it."""


def examine(text: str, strictness: float) -> Examined:
    """A text as a page, and what goes from it.

    >>> page, judgement = examine("The council met on Friday and passed the budget.\\n\\n2 mins read", 0.3)
    >>> judgement.removed
    {1: 'reading-time'}
    """
    [found] = examine_all([text], strictness)
    return found


def examine_all(texts: Sequence[str], strictness: float) -> list[Examined]:
    """What :func:`examine` finds for each of some texts; short ones are read together, which takes half the time."""
    pages = read_pages(texts)
    suspects = suspects_in(pages) if pages else []
    return [(page, judge(page, strictness, suspects=marked)) for page, marked in zip(pages, suspects, strict=True)]


def removals(page: Page, judgement: Judgement) -> Iterator[Edit]:
    """The edits that take the removed blocks out of the page's text."""
    rules = {
        line: rule
        for at, rule in judgement.removed.items()
        for line in range(page.blocks[at].first, page.blocks[at].end)
    }
    return removal_edits(page.text, page.lines, rules)
