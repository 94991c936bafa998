"""Anchored rules: furniture that a line shows by its own words and by its place.

A rule is a generator from a page to ``(block, name)`` pairs.  Rules know nothing of each other; where two claim a
block, the one that stands first in :data:`RULES` names it.  Everything they may call a removal is in :data:`NAMES`.
"""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from cleaners.text.furniture.page import Page
from cleaners.text.furniture.rules.credits import (
    bylines,
    credit_lines,
    is_byline,
    is_name,
    reporting,
    rights,
    site_names,
    stamps,
)
from cleaners.text.furniture.rules.lists import closing_lists, leads, related_lists, repeated_contents
from cleaners.text.furniture.rules.rule import NAMES, Rule
from cleaners.text.furniture.rules.threads import comments
from cleaners.text.furniture.rules.widgets import labels, phrases, prompts, shortcodes
from cleaners.text.furniture.traits import Traits

__all__ = ["NAMES", "RULES", "Rule", "anchored", "is_byline", "is_name", "suspects_in"]

RULES: tuple[Rule, ...] = (
    repeated_contents,
    site_names,
    comments,
    stamps,
    bylines,
    credit_lines,
    rights,
    related_lists,
    leads,
    reporting,
    closing_lists,
    prompts,
    phrases,
    labels,
    shortcodes,
)
"""The anchored rules, in the order in which they name a removal."""


def suspects_in(pages: Sequence[Page]) -> list[list[list[int]]]:
    """For each page, the blocks that the cheap test of each rule marks; the tests are made for all pages at once."""
    every = pages[0] if len(pages) == 1 else _as_one(pages)
    ends = [*itertools.accumulate(len(page.blocks) for page in pages)]
    found: list[list[list[int]]] = [[[] for _ in RULES] for _ in pages]
    for number, rule in enumerate(RULES):
        for at in rule.among(every).nonzero()[0].tolist():
            page = bisect_right(ends, at)
            found[page][number].append(at - ends[page] + len(pages[page].blocks))
    return found


def _as_one(pages: Sequence[Page]) -> Page:
    """The blocks of some pages, and what they show, as those of one."""
    shown = Traits(*map(np.concatenate, zip(*(page.shown for page in pages), strict=True)))
    blocks = [*itertools.chain.from_iterable(page.blocks for page in pages)]
    return replace(pages[0], blocks=blocks, shown=shown)


def anchored(page: Page, suspects: Sequence[list[int]] | None = None) -> dict[int, str]:
    """The blocks that rules remove, each with the name of the first rule that claims it.

    ``suspects`` are those of the page, where :func:`suspects_in` was asked about it.

    >>> anchored(Page.read("The council met on Friday and passed the budget at last.\\n\\n2 mins read"))
    {1: 'reading-time'}
    """
    claims: dict[int, str] = {}
    if page.core[1] < 0:
        return claims
    for rule, marked in zip(RULES, suspects or suspects_in([page])[0], strict=True):
        for at, name in rule.of(page, marked):
            claims.setdefault(at, name)
    return claims
