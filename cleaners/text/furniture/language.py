"""Which language the lines of a text are in, by their function words."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from cleaners.text.furniture.lexicon import UNSPACED, WORD, lexicon

_SAMPLE = 8
"""How many of the longest lines are looked at, :data:`_HEAD` characters each: about 270 words."""
_HEAD = 200


@lru_cache(maxsize=1)
def _languages() -> dict[str, tuple[str, ...]]:
    """The languages that use a word as a function word."""
    users: dict[str, tuple[str, ...]] = {}
    for language, words in sorted(lexicon().stop_words.items()):
        for word in words:
            users[word] = (*users.get(word, ()), language)
    return users


def function_word_counts(texts: Sequence[str]) -> Counter[str]:
    """How often the longest lines use function words, by language."""
    users = _languages()
    heads = [text[:_HEAD] for text in heapq.nlargest(_SAMPLE, texts, key=len)]
    found: list[str] = []
    for head in heads:
        for word in WORD.findall(head.casefold()):
            if word in users:
                found += users[word]
        if not head.isascii():
            for letter in UNSPACED.findall(head):
                found += users.get(letter, ())
    return Counter(found)


def likely_language(texts: Sequence[str]) -> str:
    """The language whose function words fill most of the longest lines; English where none shows.

    >>> likely_language(["Der Rat hat am Freitag den Haushalt mit einer Stimme Mehrheit beschlossen."])
    'de'
    """
    counts = function_word_counts(texts)
    return max(sorted(counts), key=counts.__getitem__, default="en")
