"""Widgets: lines that are known word for word, labels, prompts, and markup left over."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cleaners.text.furniture import letters
from cleaners.text.furniture.lexicon import lexicon, words_of
from cleaners.text.furniture.page import Block, Page
from cleaners.text.furniture.rules.rule import LONGEST_PHRASE, Claims, bits, kind_of, rule, union
from cleaners.text.furniture.vocabulary import NETWORK

_ANYWHERE = frozenset(
    (
        "share-bar", "follow-us", "newsletter", "comment-form", "comment-thread", "cookie-notice", "related-list",
        "advertisement", "reading-time", "copyright", "paywall", "login",
    )
)  # fmt: skip
"""Kinds that may stand between paragraphs; the others are removed above and below the article only."""
_LABELS = frozenset(
    (
        "tags", "timestamp", "reading-time", "pagination", "print-email", "share-bar", "copyright", "follow-us",
        "newsletter",
    )
)  # fmt: skip
"""Kinds that open a line which goes on: ``Tags: …``."""
_PROMPTS = frozenset(
    (
        "newsletter", "follow-us", "share-bar", "paywall", "copyright", "portrait", "cookie-notice", "login",
        "comment-form", "advertisement", "interface",
    )
)  # fmt: skip
"""Kinds that come in whole sentences."""
_SHORTCODE = re.compile(
    r"\[/?[a-z_]+(?:\s+[a-z_]+=[^\]]*)?\].*\[/[a-z_]+\]|"
    r"\[/?(?:caption|gallery|embed|youtube|audio|video|vc_[a-z_]+)\b[^\]]*\]"
)
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{2,64}")


@rule(lambda page: (page.shown.whole > 0) & (page.shown.words <= LONGEST_PHRASE))
def phrases(page: Page, suspects: Sequence[int]) -> Claims:
    """A line that is known furniture word for word."""
    blocks = page.blocks
    for at in suspects:
        block = blocks[at]
        if not block.whole or block.words > LONGEST_PHRASE or (block.sentence and block.words > 9):
            continue
        if not page.inside(at):
            kind = kind_of(block.whole)
        elif block.words > 1 or _has_company(blocks, at) or block.text.isupper():
            kind = kind_of(block.whole, _ANYWHERE)
        else:
            shares = "share-bar" if block.text in ("Share", "Tweet") else None
            kind = "advertisement" if block.whole & bits()["advertisement"] else shares
        if kind and not (block.words < 3 and (block.text[-1] == ":" or (kind == "menu" and block.text[-1] in ".…"))):
            yield at, kind


def _has_company(blocks: Sequence[Block], at: int) -> bool:
    """Does a neighbour name furniture too?"""
    return any(
        0 <= near < len(blocks) and blocks[near].whole and blocks[near].words <= LONGEST_PHRASE
        for near in (at - 1, at + 1)
    )


def _may_be_labels(page: Page) -> NDArray[np.bool_]:
    shown = page.shown
    opens = (shown.starts & union(_LABELS) > 0) | (shown.letters & letters.COLON > 0)
    return opens & (shown.words <= 25) & ~shown.sentence


@rule(_may_be_labels)
def labels(page: Page, suspects: Sequence[int]) -> Claims:
    """Above and below the article, a short line that opens with a known phrase: `Tags: …`, `Reading time …`."""
    for at in suspects:
        block = page.blocks[at]
        if block.words > 25 or page.inside(at) or block.sentence:
            continue
        label, colon, _ = block.text[:60].partition(":")
        kind = kind_of(lexicon().match(words_of(label)).whole, _LABELS) if colon else None
        if not kind and block.words <= 8 and (block.words <= 5 or "0" in block.low):
            kind = kind_of(block.starts, _LABELS)
        if kind:
            yield at, kind


def _may_prompt(page: Page) -> NDArray[np.bool_]:
    shown = page.shown
    named = ((shown.inside | shown.starts) & union(_PROMPTS) > 0) | (shown.uses & NETWORK > 0)
    # The head alone was read: a long line may hold an address behind it.
    mail = (shown.letters & letters.AT > 0) | (shown.words > 30)
    return (named | mail) & (shown.words <= 60)


@rule(_may_prompt)
def prompts(page: Page, suspects: Sequence[int]) -> Claims:
    """At the edges of the article, sentences that ask for a subscription, a follow, a donation or a mail."""
    for at in suspects:
        block = page.blocks[at]
        if block.words > 60 or page.opening <= at < page.closing:
            continue
        if (
            page.shown.uses[at] & NETWORK
            and block.words <= 30
            and len(lexicon().shared["networks"].intersection(block.low)) >= 2
        ):
            yield at, "follow-us"
        elif "@" in block.text[:400] and _asks_for_mail(block.text):
            yield at, "portrait"
        elif named := _prompted(page, at):
            yield at, named


def _asks_for_mail(text: str) -> bool:
    """Does a line begin like an address to write to, and hold one?"""
    return not lexicon().shared["address"].isdisjoint(words_of(text[:40])[:2]) and bool(_MAIL.search(text[:400]))


def _prompted(page: Page, at: int) -> str | None:
    """The prompt that a block is: it opens with one, or stands at the end and holds one."""
    block = page.blocks[at]
    named = kind_of(block.inside & (block.starts | block.whole), _PROMPTS)
    if not named and at >= page.closing:
        named = kind_of(block.inside, _PROMPTS)
    if not named and not block.prose and not page.inside(at):
        named = kind_of(block.starts, _PROMPTS)
    return named


@rule(lambda page: (page.shown.first & letters.BRACKET > 0) & (page.shown.words <= 40))
def shortcodes(page: Page, suspects: Sequence[int]) -> Claims:
    """Markup of the publishing system left in the text."""
    for at in suspects:
        block = page.blocks[at]
        if block.text.startswith("[") and block.words <= 40 and _SHORTCODE.match(block.text[:400]):
            yield at, "shortcode"
