"""What the search for candidates keeps of a text: its rare words, 32 bits each, in reading order.

A sketch is enough to make a text's keys again and to score a pair, and costs 4 bytes a rare word: about half a kilobyte
for an article.

    >>> from cleaners.duplicates.shingles import profile
    >>> found = sketch(profile("MINUSMA withdrew from Mali, and Mali is on its own."))
    >>> found.words.dtype.name, is_name(found.words).tolist(), rarity(found.words).max()
    ('uint32', [False, False, False, True, False, True, False, False, False, False], np.float64(3.5))
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import xxhash
from numpy.typing import NDArray

from cleaners.duplicates.shingles import Profile

Words = NDArray[np.uint32]
"""Words of a sketch: 24 bits of the stem's hash, 1 for the first word of a passage, 1 for names and figures (see
:data:`FEW_NAMES`), and 6 for the rarity in sixteenths."""

Numbers = NDArray[np.int64]

RARE = 1.0
"""Words of this rarity (one in 100,000) or more make the sketch; commoner ones say little about what a text tells."""

FEWEST = 16
"""A text with fewer rare words than this is sketched by its rarest words, however common they are."""

FEW_NAMES = 0.05
"""Where a smaller share of the rare words are names or figures (scripts without capitals), the rarest join them."""

PASSAGE = 300
"""Words of a passage.  Each has keys of its own: a short rewrite meets the passage it was made from, while it shares
too little with a whole text of 2,000 words to be found by MinHash."""

MOST_PASSAGES = 256
"""A text of more than 76,800 words has longer passages instead, so that one book does not fill the key table."""

STEM_BITS = 24
_STEM_SHIFT = np.uint32(32 - STEM_BITS)
_FIRST = np.uint32(1 << 7)
_NAME = np.uint32(1 << 6)
_RARITY = np.uint32((1 << 6) - 1)


@dataclass(frozen=True, slots=True, eq=False)
class Sketch:
    """The rare words of a text in reading order, and a hash of its content.

    ``content`` is equal for texts that differ in case, marks and white space only; 0 for a text without words.
    """

    words: Words
    content: int


@dataclass(frozen=True, slots=True, eq=False)
class Sketches:
    """The sketches of many texts as columns: text i has the words ``words[starts[i] : starts[i + 1]]``."""

    words: Words
    starts: Numbers
    content: NDArray[np.uint64]

    @classmethod
    def of(cls, sketches: Iterable[Sketch]) -> Sketches:
        """Lay sketches out as columns, in the order given."""
        each = list(sketches)
        starts = np.zeros(len(each) + 1, dtype=np.int64)
        np.cumsum([len(one.words) for one in each], out=starts[1:])
        words = np.concatenate([np.empty(0, np.uint32), *(one.words for one in each)])
        return cls(words, starts, np.array([one.content for one in each], dtype=np.uint64))

    def __len__(self) -> int:
        """The number of texts."""
        return len(self.content)


def sketch(profile: Profile) -> Sketch:
    """The sketch of a text."""
    count = len(profile)
    if not count:
        return Sketch(np.empty(0, dtype=np.uint32), 0)
    kept = np.flatnonzero(profile.rarity >= RARE)
    if len(kept) < FEWEST:
        kept = np.sort(np.argsort(-profile.rarity, kind="stable")[:FEWEST])
    words = (profile.stems[kept] >> np.uint64(64 - STEM_BITS)).astype(np.uint32) << _STEM_SHIFT
    words |= np.rint(np.minimum(profile.rarity[kept] * 16, _RARITY)).astype(np.uint32)
    words[_named(profile, kept, words)] |= _NAME
    passage = kept * min(MOST_PASSAGES, -(-count // PASSAGE)) // count
    words[np.flatnonzero(np.diff(passage, prepend=-1))] |= _FIRST
    return Sketch(words, xxhash.xxh3_64_intdigest(profile.hashes.tobytes()))


def _named(profile: Profile, kept: NDArray[np.intp], words: Words) -> NDArray[np.bool_]:
    """Which of the words kept are names or figures or, where those are few, of the rarest quarter of stems."""
    named = np.zeros(len(profile), dtype=bool)
    named[profile.names] = True
    named[profile.figures] = True
    named = named[kept]
    if named.mean() >= FEW_NAMES:
        return named
    stem, first = np.unique(stems(words), return_index=True)
    rarest = np.lexsort((stem, -rarity(words[first])))[: -(-len(stem) // 4)]
    return named | np.isin(stems(words), stem[rarest])


def stems(words: Words) -> Words:
    """The stems of words, as numbers below 2**24.  Two stems in 16 million are taken for one."""
    return words >> _STEM_SHIFT


def is_name(words: Words) -> NDArray[np.bool_]:
    """Which words are names or figures."""
    return np.asarray(words & _NAME, dtype=np.bool_)


def is_first(words: Words) -> NDArray[np.bool_]:
    """Which words are the first of a passage."""
    return np.asarray(words & _FIRST, dtype=np.bool_)


def rarity(words: Words) -> NDArray[np.float64]:
    """The rarity of words (see :mod:`cleaners.duplicates.lexicon`) to a sixteenth, up to 63 of them."""
    return (words & _RARITY) / 16
