"""Which language the lines of a text are in, by their function words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from cleaners.text.furniture.letters import UNSPACED
from cleaners.text.furniture.lexicon import lexicon
from cleaners.text.furniture.sample import Sample, head
from cleaners.text.furniture.vocabulary import vocabulary

_SAMPLE = 8
"""How many of the longest lines are looked at, their heads alone: about 300 words."""


def function_word_counts(texts: Sequence[str], sample: Sample | None = None, first: int = 0) -> Counter[str]:
    """How often the longest lines use function words, by language; ``sample``, where there is one, has all lines, from
    its line ``first`` on.

    >>> function_word_counts(["Der Rat hat am Freitag getagt."])["de"]
    3
    """
    lengths = [*map(len, texts)]
    longest = sorted(range(len(texts)), key=lengths.__getitem__, reverse=True)[:_SAMPLE]
    if sample is None or not longest:
        ids = Sample([texts[at] for at in longest]).ids
    else:
        edges = sample.edges[first : first + len(texts) + 1].tolist()
        ids = np.concatenate([sample.ids[edges[at] : edges[at + 1]] for at in longest])
    known = vocabulary()
    sums = known.function_words(ids)
    counts = Counter({language: count for language, count in zip(known.languages, sums, strict=True) if count})
    for at in longest:
        if not texts[at].isascii():
            for letter in UNSPACED.findall(head(texts[at])):
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
