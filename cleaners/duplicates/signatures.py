"""MinHash signatures in datasketch's scheme, and band parameters derived in view.

A signature is the row of minima of a set's hashes under ``count`` affine permutations; two signatures agree in a place
with a probability that equals the Jaccard similarity of the sets (Broder 1997).  The scheme is ``affine32`` of
datasketch 2.0: the 32-bit hash is mixed once with MurmurHash3's finaliser and permuted by ``a * h + b mod 2**32`` with
an odd ``a``, the parameters drawn from NumPy's ``RandomState(seed)``; the hash is ``xxhash.xxh32_intdigest``.  So a
signature from here equals ``datasketch.MinHash(num_perm=count, seed=seed, hashfunc=xxhash.xxh32_intdigest).hashvalues``
(a test holds that), but many sets are done in a few NumPy calls and no object is made per document.

    >>> left, right = hash_shingles(["mali", "minusma", "june"]), hash_shingles(["mali", "minusma", "july"])
    >>> round(estimate_jaccard(minhash(left, 1024), minhash(right, 1024)), 1)  # two of four shared
    0.5

Bands turn signatures into keys (Leskovec, Rajaraman and Ullman, *Mining of Massive Datasets*, ch. 3): see
:func:`collision_probability` for what a choice of bands finds and :func:`bands_for` for the choice that keeps a miss
rate at a similarity.
"""

from __future__ import annotations

import bisect
import itertools
import math
from collections.abc import Iterable, Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from xxhash import xxh32_intdigest

Hashes = NDArray[np.uint32]
"""A set as the 32-bit hashes of its elements, in any order, repeats allowed; or a signature."""

SEED = 1
"""datasketch's default seed, so that its default permutations are ours."""

EMPTY = np.uint32(0xFFFFFFFF)
"""What a signature of the empty set holds in every place (datasketch's sentinel); it never counts as agreement."""

_HASHES_AT_ONCE = 1 << 15  # permuted together: 128 KiB stay in the second-level cache


def hash_shingles(shingles: Iterable[str]) -> Hashes:
    """xxHash32 of every shingle's UTF-8 bytes, the element hash of all signatures here.

    >>> hash_shingles(["mali"]) == xxh32_intdigest(b"mali")
    array([ True])
    """
    return np.fromiter((xxh32_intdigest(s.encode("utf-8", "surrogatepass")) for s in shingles), dtype=np.uint32)


@lru_cache(maxsize=16)
def permutations(count: int, seed: int = SEED) -> tuple[Hashes, Hashes]:
    """The multipliers (odd) and offsets of ``count`` affine permutations, as ``datasketch.MinHash`` draws them."""
    if count < 1:
        raise ValueError(f"a signature of {count} places holds nothing; ask for at least 1")
    draw = np.random.RandomState(seed)
    multipliers = draw.randint(0, 1 << 31, count, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    offsets = draw.randint(0, 1 << 32, count, dtype=np.uint32)
    multipliers.setflags(write=False)
    offsets.setflags(write=False)
    return multipliers, offsets


def mix(hashes: Hashes) -> Hashes:
    """MurmurHash3's 32-bit finaliser: a bijection that spreads structured hashes before they are permuted."""
    mixed = hashes ^ (hashes >> np.uint32(16))
    mixed *= np.uint32(0x85EBCA6B)
    mixed ^= mixed >> np.uint32(13)
    mixed *= np.uint32(0xC2B2AE35)
    mixed ^= mixed >> np.uint32(16)
    return mixed


def minhash(hashes: Hashes, count: int = 128, seed: int = SEED) -> Hashes:
    """The signature of one set, shape ``(count,)``; :data:`EMPTY` in every place for the empty set.

    For one set; :func:`minhash_many` is twice as fast for many.
    """
    if not len(hashes):
        return np.full(count, EMPTY, dtype=np.uint32)
    multipliers, offsets = permutations(count, seed)
    least: Hashes = (multipliers[:, None] * mix(hashes) + offsets[:, None]).min(axis=1)
    return least


def minhash_many(hashes: Hashes, starts: NDArray[np.integer], count: int = 128, seed: int = SEED) -> Hashes:
    """The signatures of many sets that lie one behind the other: shape ``(len(starts), count)``, row i for set i.

    Set i is ``hashes[starts[i] : starts[i + 1]]``, the last one goes on to the end, and none is empty.

    >>> minhash_many(hash_shingles(["a", "b", "c"]), np.array([0, 2]), count=2)
    array([[4170240589, 1432373037],
           [ 736225254, 1930562378]], dtype=uint32)
    """
    if not len(starts):
        return np.empty((0, count), dtype=np.uint32)
    ends = np.append(starts[1:], len(hashes))
    if starts[0] != 0 or np.any(ends <= starts):
        raise ValueError("starts must begin with 0 and rise, one for each set of at least one hash")
    multipliers, offsets = permutations(count, seed)
    signatures = np.empty((len(starts), count), dtype=np.uint32)
    for first, last in _runs(ends - starts):
        mixed = mix(hashes[starts[first] : ends[last - 1]])
        places = starts[first:last] - starts[first]
        for place in range(count):
            permuted = mixed * multipliers[place]
            permuted += offsets[place]
            signatures[first:last, place] = np.minimum.reduceat(permuted, places)
    return signatures


def _runs(sizes: NDArray[np.integer]) -> Iterator[tuple[int, int]]:
    """Cut a list of set sizes into runs of about :data:`_HASHES_AT_ONCE` hashes, as half-open index pairs."""
    marks = np.cumsum(sizes) // _HASHES_AT_ONCE
    cuts = [0, *(np.flatnonzero(np.diff(marks)) + 1).tolist(), len(sizes)]
    yield from itertools.pairwise(cuts)


def repeat_by_weight(hashes: Hashes, weights: NDArray[np.integer]) -> Hashes:
    """Each element as often as its whole weight says, every repeat under a hash of its own.

    MinHash over the repeats estimates the weighted Jaccard similarity ``sum(min(v, w)) / sum(max(v, w))`` exactly as
    MinHash over sets estimates the plain one (Chum, Philbin and Zisserman 2008), and stays in datasketch's scheme.
    Weight 0 leaves an element out.

    >>> len(repeat_by_weight(hash_shingles(["the", "mali", "minusma"]), np.array([0, 2, 3])))
    5
    """
    repeated = np.repeat(hashes, weights)
    first = np.cumsum(weights) - weights
    turn = np.arange(len(repeated), dtype=np.uint32) - np.repeat(first, weights).astype(np.uint32)
    return repeated + turn * np.uint32(0x9E3779B1)  # the golden ratio of 2**32 keeps the repeats apart


def estimate_jaccard(left: Hashes, right: Hashes) -> float:
    """The share of places in which two signatures agree; 0 where either set is empty.

    datasketch calls two empty sets equal (Jaccard 1.0); texts without a shingle tell nothing about each other.

    >>> estimate_jaccard(minhash(hash_shingles([])), minhash(hash_shingles([])))
    0.0
    """
    if len(left) != len(right):
        raise ValueError(f"signatures of {len(left)} and {len(right)} places; make both with the same count")
    return float(np.count_nonzero((left == right) & (left != EMPTY))) / len(left)


def collision_probability(similarity: float, bands: int, rows: int, least: int = 1) -> float:
    """The chance that sets of Jaccard ``similarity`` share the keys of ``least`` bands or more.

    All ``rows`` places of a band agree with probability ``p = s**rows``, independently of the other bands, so for one
    shared key it is ``1 - (1 - p)**bands``, and for more the upper tail of the binomial distribution.

    >>> for similarity in (0.01, 0.03, 0.1, 0.2, 0.4):
    ...     print(similarity, *(round(collision_probability(similarity, 64, rows), 3) for rows in (1, 2, 3)))
    0.01 0.474 0.006 0.0
    0.03 0.858 0.056 0.002
    0.1 0.999 0.474 0.062
    0.2 1.0 0.927 0.402
    0.4 1.0 1.0 0.985
    """
    agree = similarity**rows
    fewer = sum(math.comb(bands, shared) * agree**shared * (1 - agree) ** (bands - shared) for shared in range(least))
    return 1.0 - fewer


def bands_for(similarity: float, miss: float, rows: int, least: int = 1) -> int:
    """The fewest bands of ``rows`` places that miss at most a share ``miss`` of pairs at ``similarity``.

    >>> bands_for(0.1, 0.01, rows=1), bands_for(0.1, 0.28, rows=2), bands_for(0.1, 0.02, rows=1, least=2)
    (44, 127, 56)

    Raises :class:`ValueError` for a similarity or miss rate outside (0, 1).
    """
    if not (0 < similarity < 1 and 0 < miss < 1):
        raise ValueError(
            f"similarity {similarity} and miss rate {miss} must lie between 0 and 1; at the ends no number of bands "
            "keeps the promise or one band does"
        )
    enough = least
    while 1 - collision_probability(similarity, enough, rows, least) > miss:
        enough *= 2
    missing = range(enough // 2, enough)
    return missing.start + bisect.bisect_left(
        missing, True, key=lambda bands: 1 - collision_probability(similarity, bands, rows, least) <= miss
    )
