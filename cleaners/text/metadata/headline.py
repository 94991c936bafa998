"""Which of the lines above an article is its headline, if any: a choice among all of them and none.

Every candidate has signs, a number each (:func:`signs`); their weighted sum is its log-odds, and the softmax over all
candidates and "none of them" its probability.  So a line that stands out is taken, and where several speak for
themselves in different words, none is: a wrong headline is worse than no headline.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from math import exp, log1p
from typing import TYPE_CHECKING

from cleaners.text.dates import iso_date
from cleaners.text.furniture.letters import UNSPACED
from cleaners.text.furniture.lexicon import lexicon, words_of
from cleaners.text.furniture.page import Block
from cleaners.text.metadata.names import LONGEST, others_share, time_share

if TYPE_CHECKING:
    from cleaners.text.metadata.surroundings import Surroundings

ABOVE = 40
"""How many blocks above the first paragraph a headline is looked for: pictures, bylines, share bars come between."""

WEIGHTS = {
    "heading of the first level": 1.55,
    "four to sixteen words": 1.65,
    "one or two words": -0.89,
    "separators": -0.82,
    "mark of a list": -0.50,
    "ends a sentence": -1.15,
    "every word capital": -0.72,
    "names furniture": -0.39,
    "names sections": -0.56,
    "none of the article's words": -1.02,
    "words of the first paragraphs": 1.28,
    "stands in the first line": 1.78,
    "signature below": 1.03,
    "signature two below": 0.25,
    "signature further below": 0.91,
    "signature above": -0.91,
    "another above": -0.46,
    "blank line above": 1.00,
    "right above the article": -0.33,
    "short lines below": -0.43,
    "kept as headline": 0.53,
    "comes again": -0.73,
}
NONE = 2.22
"""Log-odds of the signs, and of there being no headline.  Fitted by ``benchmarks/fit_headlines.py`` on half of the
pages of the article extraction benchmark (MIT), flattened in four ways; a choice among candidates, known as a
conditional logit (McFadden, 1974)."""

ENOUGH = 0.4
"""The probability from which a line is the headline.  On checked pages that no weight here was fitted on, precision is
.93 to .99 from here on and recall .81 to .87; from .28 on .91 to .97 and .84 to .89, from .5 on .94 to .99 and .77 to
.83."""

CUT_OUT = 0.35
"""The same for lines cut out around the article of a page in HTML, of which one nearly always is the headline."""

PLACE = 0.1
"""The probability from which a line that is not sure to be the headline tells where a byline and a date are."""

_SLUG = re.compile(r"[A-Z]{2,3}-[A-Z]{2,3}--?[^\W\d]|.{0,80}(?:\b\d{1,2}(?:st|nd|rd|th) Ld\b|\bWritethru\b)")
"""What agencies call a dispatch, and how often they have sent it: `AP-US--Budget, 4th Ld-Writethru`."""
_NO_TITLE = frozenset(["advertisement", "byline", "caption-credit", "copyright", "share-bar", "timestamp", "shortcode"])
_MARKS = " #*>•·|\\_="
_BEFORE_A_STAMP = re.compile(r"\s*(?:\||\b(?=(?:Published|Posted|Updated)\b))")
_LISTS = "*-•>+"
_ENDS = ".:;,…"
_STEM = 5
"""Letters that words of one stem have in common, in most of the languages that inflect."""
_FIRST_UNSPACED = "\u0e00"
_LONGEST_SENTENCE = 16
"""Words above which a line that ends as a sentence does is a summary."""
_TOP = 2
"""The last of the blocks at the very top, whose headline comes again above the article."""
_FEW = 3
"""Words below which one line in another is chance."""
_CUT = 0.2
"""Share of the likeliest line's probability from which a line within it is the headline without the site's name."""


def bare(block: Block) -> str:
    """The text of a block without the marks of headings and lists."""
    return block.text.strip(_MARKS)


def parted(text: str) -> tuple[str, str]:
    """A headline, and the date that stands behind it in the same line.

    >>> parted("Council passes its budget| Published: Friday, 3 May 2024")
    ('Council passes its budget', 'Published: Friday, 3 May 2024')
    """
    for match in _BEFORE_A_STAMP.finditer(text, 0, LONGEST):
        rest = text[match.end() : match.end() + LONGEST].strip()
        if match.start() and time_share(rest) >= 0.4 and iso_date(rest):
            return text[: match.start()].rstrip(), rest
    return text, ""


def headline(around: Surroundings) -> tuple[int | None, float]:
    """The block that is likeliest to be the headline of an article, if there is any, and its probability."""
    candidates = candidates_of(around)
    rows = signs(around, candidates) if candidates else []
    odds = [sum(WEIGHTS[name] * value for name, value in row.items()) for row in rows]
    at, probability = likeliest([bare(around.page.blocks[at]) for at in candidates], odds)
    return (None if at is None else candidates[at]), probability


def likeliest(texts: Sequence[str], odds: Sequence[float], none: float = NONE) -> tuple[int | None, float]:
    """The likeliest of some lines by their log-odds; lines that hold it, or that it holds, vouch for it.

    >>> lines = ["Herald: Budget passed on Friday", "Budget passed on Friday", "More"]
    >>> at, probability = likeliest(lines, [3.0, 2.5, -1.0], none=2.0)
    >>> at, round(probability, 2)
    (1, 0.81)
    """
    if not texts:
        return None, 0.0
    weights = [exp(min(value, 50.0)) for value in odds]
    total = sum(weights) + exp(none)
    best = max(range(len(weights)), key=weights.__getitem__)
    keys = [words_of(text) for text in texts]
    alike = [
        at for at in range(len(keys)) if at == best or _holds(keys[at], keys[best]) or _holds(keys[best], keys[at])
    ]
    size = len(keys[best])
    shorter = [at for at in alike if size / 2 <= len(keys[at]) < size and weights[at] >= _CUT * weights[best]]
    return max(shorter, key=weights.__getitem__, default=best), sum(weights[at] for at in alike) / total


def _holds(long: Sequence[str], short: Sequence[str]) -> bool:
    return len(short) >= _FEW and f" {' '.join(short)} " in f" {' '.join(long)} "


def candidates_of(around: Surroundings) -> list[int]:
    """The blocks above the first paragraph that may be a headline."""
    end = min(around.start, len(around.page.blocks))
    return [at for at in range(max(0, around.start - ABOVE), end) if _may_be(around, at)]


def _may_be(around: Surroundings, at: int) -> bool:
    block, rule = around.page.blocks[at], around.judgement.removed.get(at, "model")
    text = bare(block)
    if not text or block.words > 30 or rule in _NO_TITLE or (block.words > _LONGEST_SENTENCE and text[-1] == "."):
        return False
    if _SLUG.match(text):
        return False
    return not around.is_signature(at) or bool(parted(text)[1])


def _reads_like_one(around: Surroundings, at: int) -> bool:
    block = around.page.blocks[at]
    looks = 3 <= block.words <= 20 and block.text[0] not in _LISTS and block.text[-1] not in _ENDS and not block.whole
    return looks and _may_be(around, at)


def signs(around: Surroundings, candidates: Sequence[int]) -> list[dict[str, float]]:
    """What speaks for and against every candidate, by the names in :data:`WEIGHTS`."""
    blocks = around.page.blocks
    late = any(at > _TOP for at in candidates)
    copies = Counter(block.text.strip(" #*").casefold() for block in blocks) if late else Counter[str]()
    rows = []
    for at in candidates:
        words = words_of(bare(blocks[at])[:LONGEST])
        again = at > _TOP and copies[blocks[at].text.strip(" #*").casefold()] > 1
        rows.append(_shown(around, at, words) | _told(around, at, words) | _placed(around, at) | {"comes again": again})
    return rows


def _shown(around: Surroundings, at: int, words: Sequence[str]) -> dict[str, float]:
    """What the line itself looks like."""
    block = around.page.blocks[at]
    text = bare(block)
    initials = [word[0].isupper() for word in text.split() if word[0].isalpha()]
    marks = len(block.text) - len(block.text.lstrip("#"))
    return {
        "heading of the first level": marks == 1,
        "four to sixteen words": 4 <= block.words <= 16,
        "one or two words": block.words <= 2,
        "separators": log1p(sum(map(text.count, "|>»•·/"))),
        "mark of a list": block.text[0] in _LISTS,
        "ends a sentence": text[-1] in _ENDS and not text.endswith("...") and not marks,
        "every word capital": len(initials) > 1 and all(initials),
        "names furniture": bool(block.whole | block.starts),
        "names sections": others_share(words),
    }


def _told(around: Surroundings, at: int, words: Sequence[str]) -> dict[str, float]:
    """What it has in common with the article and with the page's first line."""
    text = bare(around.page.blocks[at])
    top = around.page.blocks[: min(at, 3)]
    return {
        "none of the article's words": around.spoken.isdisjoint(around.said(at)),
        "words of the first paragraphs": log1p(sum(stem in around.lead for stem in stems(words, around.page.language))),
        "stands in the first line": len(text) >= 12 and any(text in block.text for block in top),
    }


def _placed(around: Surroundings, at: int) -> dict[str, float]:
    """Where it stands."""
    blocks = around.page.blocks
    below = range(at + 1, min(at + 6, around.start, len(blocks)))
    signed = next((n for n, near in enumerate(below) if around.is_signature(near)), None)
    return {
        "signature below": signed == 0,
        "signature two below": signed == 1,
        "signature further below": signed is not None and signed > 1,
        "signature above": any(around.is_signature(near) for near in range(max(at - 3, 0), at)),
        "another above": at > 0 and _reads_like_one(around, at - 1),
        "blank line above": blocks[at].gap >= 2,
        "right above the article": around.start - at == 1,
        "short lines below": sum(blocks[near].words <= 3 for near in range(at + 1, min(at + 5, around.start))) / 4,
        "kept as headline": at == around.judgement.title,
    }


def stems(words: Sequence[str], language: str) -> list[str]:
    """The first letters of the words that mean something; pairs of characters where words have no spaces.

    >>> stems(["the", "drivers", "of", "arden"], "en"), stems(["市议会预算"], "zh")
    (['drive', 'arden'], ['市议', '议会', '会预', '预算'])
    """
    stop = lexicon().stop_words.get(language, frozenset[str]())
    if max(words, default="") < _FIRST_UNSPACED:
        return [word[:_STEM] for word in words if len(word) > 2 and word not in stop]
    found: list[str] = []
    for word in words:
        if word[0] >= _FIRST_UNSPACED and UNSPACED.match(word):
            found += [word[at : at + 2] for at in range(len(word) - 1)]
        elif len(word) > 2 and word not in stop:
            found.append(word[:_STEM])
    return found
