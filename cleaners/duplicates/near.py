"""Near-duplicates alone: texts that share four fifths of their five-word runs, exactly verified.

This is what collections of web text are commonly deduplicated by.  It finds copies and light edits and no rewrite, and
costs a fraction of the search for these.

    >>> one = runs_of("The council of the town met on Friday and passed the budget for roads and bridges.")
    >>> other = runs_of("The council of the town met on Friday and passed the budget for roads and tunnels.")
    >>> len(one), round(jaccard(one, other), 2), jaccard(one, one)
    (12, 0.85, 1.0)

Bands of MinHash values propose pairs.  At a similarity of .8 the parameters miss two in a thousand:

    >>> bands_for(THRESHOLD, miss=0.002, rows=ROWS)
    12
    >>> from cleaners.duplicates.signatures import collision_probability
    >>> [round(collision_probability(similarity, BANDS, ROWS), 3) for similarity in (0.1, 0.3, 0.5, 0.8, 0.9)]
    [0.001, 0.093, 0.539, 0.998, 1.0]
"""

from __future__ import annotations

import numpy as np
import xxhash
from numpy.typing import NDArray

from cleaners.duplicates.candidates import KEY_ROW, CandidateOptions, Rows
from cleaners.duplicates.shingles import Hashes, combine, distinct
from cleaners.duplicates.signatures import SEED, bands_for, minhash_many
from cleaners.duplicates.words import scan

__all__ = ["BANDS", "OPTIONS", "ROWS", "THRESHOLD", "jaccard", "near_rows", "runs_of"]

THRESHOLD = 0.8
"""Jaccard similarity from which two texts are called near-duplicates, as is usual for collections of web text."""

WORDS = 5
"""Words of a run."""

ROWS = 4
"""MinHash values of a band.  Three would propose four times as many strangers, five need half as many bands again."""

BANDS = bands_for(THRESHOLD, miss=0.002, rows=ROWS)

OPTIONS = CandidateOptions(shared=1, floor=THRESHOLD, few=0, crowd=32)
"""One band is enough, as what it proposes is verified; and that holds for few texts as for many."""

_hash_of: dict[str, int] = {}
_KNOWN = 1 << 18  # words whose hashes are remembered: those of most texts, in some 30 MB


def runs_of(text: str) -> Hashes:
    """The distinct five-word runs of a text as sorted 64-bit hashes; of a shorter text, the hash of all of it.

    Words are what :func:`~cleaners.duplicates.words.scan` finds, in lower case.
    """
    text = text.lower()
    words = [text[start:end] for start, end in scan(text).words.tolist()]
    if len(_hash_of) > _KNOWN:
        _hash_of.clear()
    hashes = np.fromiter((_hash_of.get(word) or _hashed(word) for word in words), dtype=np.uint64, count=len(words))
    return distinct(combine(hashes, min(WORDS, len(hashes)))) if len(hashes) else hashes


def _hashed(word: str) -> int:
    found = _hash_of[word] = xxhash.xxh3_64_intdigest(word.encode("utf-8", "surrogatepass"))
    return found


def jaccard(one: Hashes, other: Hashes) -> float:
    """The Jaccard similarity of two sets, each sorted and distinct; 0 where one is empty."""
    if not len(one) or not len(other):
        return 0.0
    both = np.sort(np.concatenate((one, other)), kind="stable")
    shared = int(np.count_nonzero(both[1:] == both[:-1]))
    return shared / (len(both) - shared)


def near_rows(runs: Hashes, starts: NDArray[np.int64], content: NDArray[np.uint64], first: int) -> Rows:
    """Rows of the key table (see :mod:`~cleaners.duplicates.candidates`) for texts numbered from ``first``.

    Text i has the runs ``runs[starts[i] : starts[i + 1]]``; one without words has no row.  A key is the number of a
    band and the hash of its values; what splits a crowded one are two values more.
    """
    worded = np.flatnonzero(np.diff(starts))
    signatures = minhash_many(runs.astype(np.uint32), starts[worded], BANDS * ROWS + 2, SEED)
    bands = signatures[:, : BANDS * ROWS].reshape(-1, ROWS).astype(np.uint64)
    rows = np.empty((len(worded), BANDS), dtype=KEY_ROW)
    folded = combine(bands.reshape(-1), ROWS)[::ROWS].reshape(len(worded), BANDS)
    rows["key"] = (folded >> np.uint64(4)) ^ (np.arange(BANDS, dtype=np.uint64) << np.uint64(60))
    rows["second"], rows["third"] = signatures[:, -2:-1], signatures[:, -1:]
    rows["content"] = content[worded][:, None]
    rows["document"] = (worded + first).astype(np.uint32)[:, None]
    return rows.ravel()
