"""Which language the lines of a text are in, by their function words."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from cleaners.text.furniture.letters import UNSPACED
from cleaners.text.furniture.lexicon import lexicon
from cleaners.text.furniture.sample import Sample
from cleaners.text.furniture.vocabulary import vocabulary

_SAMPLE = 8
"""How many of the longest lines are looked at, :data:`_HEAD` characters each: about 270 words."""
_HEAD = 200


def function_word_counts(texts: Sequence[str]) -> Counter[str]:
    """How often the longest lines use function words, by language.

    >>> function_word_counts(["Der Rat hat am Freitag getagt."])["de"]
    3
    """
    heads = [text[:_HEAD] for text in heapq.nlargest(_SAMPLE, texts, key=len)]
    known = vocabulary()
    ids = Sample.of(heads).ids
    sums = known.stops[ids[known.any_stop[ids]]].sum(axis=0).tolist()
    counts = Counter({language: count for language, count in zip(known.languages, sums, strict=True) if count})
    for head in heads:
        if not head.isascii():
            for letter in UNSPACED.findall(head):
                counts.update(_languages_of(letter))
    return counts


@lru_cache(maxsize=1 << 12)
def _languages_of(letter: str) -> tuple[str, ...]:
    """The languages that use a letter as a function word."""
    return tuple(language for language, words in sorted(lexicon().stop_words.items()) if letter in words)


def likely_language(counts: Counter[str]) -> str:
    """The language whose function words are the most; English where none shows.

    >>> likely_language(function_word_counts(["Der Rat hat am Freitag den Haushalt mit einer Stimme beschlossen."]))
    'de'
    """
    return max(sorted(counts), key=counts.__getitem__, default="en")
