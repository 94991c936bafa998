"""Anchored rules: furniture that a line shows by its own words and by its place.

A rule is a generator from a page to ``(block, name)`` pairs.  Rules know nothing of each other; where two claim a
block, the one that stands first in :data:`RULES` names it.  Everything they may call a removal is in :data:`NAMES`.
"""

from __future__ import annotations

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

__all__ = ["NAMES", "RULES", "Rule", "anchored", "is_byline", "is_name"]

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


def anchored(page: Page) -> dict[int, str]:
    """The blocks that rules remove, each with the name of the first rule that claims it.

    >>> anchored(Page.read("The council met on Friday and passed the budget at last.\\n\\n2 mins read"))
    {1: 'reading-time'}
    """
    claims: dict[int, str] = {}
    if page.core[1] < 0:
        return claims
    for rule in RULES:
        for at, name in rule(page):
            claims.setdefault(at, name)
    return claims
