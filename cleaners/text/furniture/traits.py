"""What a line shows by itself: its length, its words, its punctuation, the furniture it names.

Only the head and the tail of a line are read (:data:`HEAD`, :data:`TAIL`): what a paragraph is shows there, and a line
of fifty megabytes costs no more than a short one.
"""

from __future__ import annotations

import math
import operator
import re
from functools import lru_cache
from typing import NamedTuple

from cleaners.text.furniture.lexicon import UNSPACED, WORD, Hits, lexicon

HEAD, TAIL = 240, 60
SENTENCE_ENDS = frozenset(".!?…。！？؟۔।")
CLOSERS = "\"'”’»)]）」』 "
_PARAGRAPH = 10
"""Words from which a sentence counts as prose for the model; for the rules seven do."""
_READER = frozenset(["i", "me", "my", "you", "your", "yours", "we", "us", "our"])
_SENTENCE = re.compile(r"[.!?…][”\"’»)]? [“\"‘«(]?[^\W\d_a-z]|[。！？]")
_SEPARATOR = re.compile(r"[|»›>/·•→←×]")
_CLOCK = re.compile(r"\b(?:(?:19|20)\d\d|\d{1,2}[:.]\d\d|\d{1,2}[./-]\d{1,2}[./-]\d{2,4})\b")
_WEB = re.compile(r"https?:|www\.|@|\.com\b")
BULLET = re.compile(r"(?:[-*+•·–—▪►»›]|\\-|#{1,6}|\d{1,3}[.)])\s+")

NAMES = (
    "characters", "words", "word length", "function words", "capitals", "upper case", "digits", "ends a sentence",
    "ends with a colon", "ends with dots", "commas", "sentences", "bullet", "starts small", "separators", "web address",
    "speaks to the reader", "quotation", "known phrase", "opens with a phrase", "holds phrases", "names comments",
    "names related", "names promotion", "names stamp", "names legal", "names portrait", "stamp", "name", "prose",
)  # fmt: skip
"""The measures of a line, in the order of :attr:`Traits.measures`."""


class Traits(NamedTuple):
    """What a line shows: ``measures`` as in :data:`NAMES`, the words of its head, and the furniture it names."""

    measures: tuple[float, ...]
    low: tuple[str, ...]
    content: frozenset[str]
    hits: Hits
    words: int
    prose: int
    stamp: bool


def _kinds(*names: str) -> int:
    kinds = lexicon().kinds
    return sum(1 << kinds.index(name) for name in names)


@lru_cache(maxsize=1)
def groups() -> tuple[int, ...]:
    """The kinds of furniture, bundled as the model looks at them."""
    return (
        _kinds("comment-form", "comment-thread"),
        _kinds("related-list"),
        _kinds("share-bar", "follow-us", "newsletter", "paywall", "advertisement", "login"),
        _kinds("byline", "timestamp", "reading-time"),
        _kinds("cookie-notice", "copyright"),
        _kinds("portrait"),
    )


def _dates(words: list[str], days: frozenset[str]) -> int:
    """How many months and weekdays stand beside a number: `may` and `sun` alone are no date."""
    return sum(word in days and "0" in words[max(at - 1, 0) : at + 2] for at, word in enumerate(words[:40]))


def traits(text: str, language: str) -> Traits:
    """What a stripped, non-empty line of a text in ``language`` shows.

    >>> shown = traits("Leave a Reply", "en")
    >>> dict(zip(NAMES, shown.measures))["names comments"]
    2
    """
    if len(text) <= HEAD + TAIL:
        return _traits(text, "", len(text), language)
    return _traits(text[:HEAD], text[-TAIL:], len(text), language)


@lru_cache(maxsize=1 << 14)
def _traits(head: str, tail: str, length: int, language: str) -> Traits:
    lexical = lexicon()
    stop = lexical.stop_words[language]
    raw = WORD.findall(head)
    low = [word.casefold() for word in raw]
    digits = sum(len(word) for word in low if word[0].isdecimal())
    if digits:
        low = ["0" if word[0].isdecimal() else word for word in low]
    count = len(low) or 1
    functional = sum(map(stop.__contains__, low))
    words = len(low)
    if head[0] >= "\u0e00" or head[-1] >= "\u0e00" or head[len(head) // 2] >= "\u0e00":
        unspaced = len(UNSPACED.findall(head))
        if unspaced > 2:  # two characters are about one word
            words = count = words + unspaced // 2
            functional = sum(map(stop.__contains__, head))
    stretch = length / len(head)
    hits = lexical.match(low)
    every = hits.whole | hits.starts | hits.inside
    named = [2 if hits.whole & group else 1 if every & group else 0 for group in groups()]
    end = (tail or head).rstrip(CLOSERS)[-1:]
    bullet = BULLET.match(head)
    body = head[bullet.end() :] if bullet else head
    short = length < 160
    dated = _dates(low, lexical.days.get(language, lexical.days["en"])) if short and digits else 0
    clocks = len(_CLOCK.findall(head)) if short and digits else 0
    capitals = sum(map(operator.ne, raw, low))
    ends_sentence = end in SENTENCE_ENDS
    total = round(words * stretch)
    prose = total if total >= 7 and ends_sentence and functional / count > 0.2 else 0
    stamp = total < 16 and (named[3] > 0 or clocks > 0 or dated > 0.1 * count)
    name = 2 <= len(raw) <= 4 and not digits and all(map(str.istitle, raw))
    measures = (
        math.log1p(min(length, 400)),
        math.log1p(min(total, 60)),
        sum(map(len, raw)) / count,
        functional / count,
        capitals / count,
        sum(map(str.isupper, raw)) / count,
        digits / len(head),
        ends_sentence,
        end == ":",
        end == "…" or (tail or head).endswith("..."),
        (head.count(",") + head.count(";") + head.count("，") + head.count("、")) / count,
        math.log1p(min(len(_SENTENCE.findall(head)) * stretch, 4)),
        bullet is not None,
        body[:1].islower(),
        min(len(_SEPARATOR.findall(head)), 6) if short else 0,
        _WEB.search(head) is not None,
        sum(map(_READER.__contains__, low)) / count,
        any(map(head.__contains__, '“"«„”「')),
        hits.whole > 0,
        hits.starts.bit_count(),
        hits.inside.bit_count(),
        *named,
        clocks + dated,
        name,
        prose if prose >= _PARAGRAPH else 0,
    )
    content = frozenset(word for word in low if len(word) > 3 and word not in stop)
    return Traits(measures, tuple(low), content, hits, total, prose, stamp)
