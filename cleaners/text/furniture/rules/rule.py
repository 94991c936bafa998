"""What a rule is, and what rules share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cleaners.text.furniture.lexicon import lexicon
from cleaners.text.furniture.page import Block, Page

Claims = Iterator[tuple[int, str]]
"""Blocks of a page, each with the name under which it goes."""

LONGEST_PHRASE = 14
"""Words of the longest line that is furniture word for word."""

NAMES: dict[str, str] = {
    "advertisement": "marks an advertisement, a sponsor or an offer",
    "byline": "names the author: `By …`, or a bare name after the last paragraph",
    "caption-credit": "credits a picture: `[File: …]`, `Photo by …`, `… / Getty Images`",
    "comment-form": "invites to comment; below the article everything from there on goes",
    "comment-thread": "heads the comments; below the article the whole thread goes",
    "cookie-notice": "asks for consent, or complains about the browser",
    "copyright": "states rights, terms, disclaimers or the reuse of the text",
    "follow-us": "asks to be followed",
    "interface": "belongs to a form, a player or a widget",
    "login": "asks to sign in or to register",
    "menu": "is an entry of a menu",
    "newsletter": "offers a newsletter, alerts or an app",
    "pagination": "turns the page",
    "paywall": "asks to subscribe in order to read on",
    "portrait": "introduces the author or the publisher, or asks for support",
    "print-email": "prints, mails, saves or resizes the page",
    "reading-time": "says how long the text is or how often it was read",
    "related-list": "announces or lists other stories",
    "repeated-contents": "is an entry of a table of contents that repeats headings of the text",
    "share-bar": "shares the page",
    "shortcode": "is markup of the publishing system left in the text",
    "site-name": "is the name of the publication in place of a headline",
    "tags": "lists tags or categories",
    "timestamp": "says when the text was posted or updated and nothing else",
}
"""What a line that goes under a name does, for the changes' reader and ``docs/cleaning.md``."""


def table() -> str:
    """The names and what they mean, as the Markdown table of ``docs/cleaning.md``."""
    rows = (f"| `{name}` | {meaning} |" for name, meaning in NAMES.items())
    return "\n".join(("| rule | the line |", "| --- | --- |", *rows))


Among = Callable[[Page], NDArray[np.bool_]]
"""A cheap test of blocks by what they show, be they of one page or of many."""


@dataclass(frozen=True)
class Rule:
    """What a rule claims of a page, and the cheap test that picks the blocks worth a look.

    ``among`` marks every block that ``claims`` might start from, in one go for the blocks of many pages; most blocks of
    an article are never looked at one by one.  ``also`` is a block of every page that is worth a look by its place: the
    first (0) or the last (-1).
    """

    claims: Callable[[Page, Sequence[int]], Claims]
    among: Among
    also: int | None = None

    def __call__(self, page: Page) -> Claims:
        """The blocks of a page that go, each with its name."""
        return self.of(page, self.among(page).nonzero()[0].tolist())

    def of(self, page: Page, suspects: list[int]) -> Claims:
        """The same, where the cheap test has been made: ``suspects`` are the blocks that it marks, in order."""
        if self.also is not None and page.blocks:
            place = range(len(page.blocks))[self.also]
            suspects = suspects if place in suspects else sorted([*suspects, place])
        return self.claims(page, suspects) if suspects else iter(())


def rule(among: Among, also: int | None = None) -> Callable[[Callable[[Page, Sequence[int]], Claims]], Rule]:
    """Make a rule of a generator, which looks at the blocks that ``among`` marks and at the one that ``also`` names."""
    return lambda claims: Rule(claims, among, also)


@lru_cache(maxsize=1)
def bits() -> dict[str, int]:
    """The bit of each kind of furniture."""
    return {kind: 1 << at for at, kind in enumerate(lexicon().kinds)}


@lru_cache(maxsize=32)
def union(kinds: frozenset[str]) -> int:
    """The bits of several kinds."""
    return sum(bits()[kind] for kind in kinds)


def kind_of(named: int, allowed: frozenset[str] | None = None) -> str | None:
    """The first kind of a bit set that is allowed."""
    if allowed is not None:
        named &= union(allowed)
    return lexicon().kinds[(named & -named).bit_length() - 1] if named else None


def is_title(block: Block) -> bool:
    """Could this be the headline of another story: short, and no sentence with its full stop?"""
    return block.words <= 24 and not block.prose and block.text[-1] not in ".:;,"
