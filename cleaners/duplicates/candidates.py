"""Which pairs are worth a look: sketches, keys, buckets, pairs, and a cheap filter before ``compare``.

Every text is reduced to a :class:`Sketch`.  MinHash picks keys from it (:func:`key_rows`); texts that share a key are
candidates (:func:`bucket_pairs`); candidates are scored on the sketches alone (:func:`score_pairs`) and each text keeps
its nearest (:func:`nearest`).  All of it is plain functions over arrays, so a staged run and a run in memory are one::

    map 1    texts -> profiles -> sketch -> Sketches.of -> key_rows; write the rows by bucket_of(rows, buckets)
    map 2    one bucket's rows of all shards -> bucket_pairs
    driver   merge_pairs of all buckets' pairs
    map 3    a run of pairs, the sketches of their documents -> score_pairs; drop what is below ``options.floor``
    driver   nearest -> the pairs to compare, and copy_pairs: identical texts need no filter
    map 4    a run of pairs -> compare_profiles; then clusters.cluster

A document is a number: its place in the sorted list of paths, so that ``left < right`` means the same for both.
Nothing depends on the order of rows, on the number of buckets or on how they were cut.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cleaners.duplicates.shingles import Profile
from cleaners.duplicates.signatures import EMPTY, Hashes, minhash_many, repeat_by_weight

KEY_ROW = np.dtype([("key", "<u8"), ("second", "<u4"), ("third", "<u4"), ("content", "<u8"), ("document", "<u4")])
"""A row of the key table: a key, what splits it when too many texts share it, and whose it is."""

PAIR = np.dtype([("left", "<u4"), ("right", "<u4")])
"""Two documents by number, ``left < right``."""

Rows = np.ndarray
Pairs = np.ndarray

_DEPTH = 3


@dataclass(frozen=True, slots=True)
class CandidateOptions:
    """How candidates are looked for."""

    trees: int = 64
    """Keys a text has: at a weighted Jaccard of .1 a share of 1 - .9**64 = .999 has one in common."""

    crowd: int = 32
    """Texts that may share a key before it is split: pairs grow with its square, texts only with its number."""

    floor: float = 0.2
    """Scores below this are not worth a comparison, however few neighbours a text has."""

    neighbours: int = 15
    """Nearest texts each text is compared with: at most twice as many pairs a text, because nearness is mutual."""

    def __post_init__(self) -> None:
        for name in ("trees", "crowd", "neighbours"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}={getattr(self, name)} finds no candidate; give at least 1")


@dataclass(frozen=True, slots=True, eq=False)
class Sketch:
    """What the search keeps of a text: its rare stems (32-bit ids, sorted) and their weights (rarity in 64ths).

    ``content`` is the hash of the words in order: equal for texts that differ in case, marks and white space only.
    """

    words: Hashes
    weights: NDArray[np.uint8]
    content: int


@dataclass(frozen=True, slots=True, eq=False)
class Sketches:
    """The sketches of many texts as columns: text i has ``words[starts[i] : starts[i + 1]]``, likewise ``weights``."""

    words: Hashes
    weights: NDArray[np.uint8]
    starts: NDArray[np.int64]
    content: NDArray[np.uint64]

    @classmethod
    def of(cls, sketches: Iterable[Sketch]) -> Sketches:
        """Lay sketches out as columns, in the order given."""
        each = list(sketches)
        starts = np.zeros(len(each) + 1, dtype=np.int64)
        np.cumsum([len(one.words) for one in each], out=starts[1:])
        words = np.concatenate([one.words for one in each] or [np.empty(0, np.uint32)])
        weights = np.concatenate([one.weights for one in each] or [np.empty(0, np.uint8)])
        return cls(words, weights, starts, np.array([one.content for one in each], dtype=np.uint64))

    def __len__(self) -> int:
        """The number of texts."""
        return len(self.content)


def sketch(profile: Profile) -> Sketch:
    """The sketch of a text.

    >>> from cleaners.duplicates.shingles import profile
    >>> found = sketch(profile("MINUSMA withdrew from Mali, and Mali is on its own."))
    >>> found.words.dtype.name, (found.weights / 64).max()
    ('uint32', np.float64(3.5))
    """
    kept = profile.rarity >= 1.0
    stems, places = np.unique(profile.stems[kept].astype(np.uint32), return_inverse=True)
    rarity = np.zeros(len(stems))
    np.maximum.at(rarity, places, profile.rarity[kept])
    return Sketch(stems, np.rint(rarity * 64).astype(np.uint8), hash_sequence(profile.hashes))


def hash_sequence(hashes: NDArray[np.uint64]) -> int:
    """One 64-bit hash of a sequence of hashes; 0 for the empty sequence."""
    import xxhash

    return xxhash.xxh3_64_intdigest(hashes.tobytes()) if len(hashes) else 0


def key_rows(sketches: Sketches, first: int = 0, options: CandidateOptions | None = None) -> Rows:
    """The key table of texts that are numbered from ``first``: ``options.trees`` rows of :data:`KEY_ROW` a text.

    A text without a rare word has none.
    """
    options = options or CandidateOptions()
    bounds = list(zip(sketches.starts[:-1].tolist(), sketches.starts[1:].tolist(), strict=True))
    repeats = np.maximum(1, (sketches.weights + 32) >> 6)
    sets = [repeat_by_weight(sketches.words[low:high], repeats[low:high]) for low, high in bounds]
    signatures = minhash_many(sets, options.trees * _DEPTH).reshape(len(sets), options.trees, _DEPTH)
    rows = np.empty((len(sets), options.trees), dtype=KEY_ROW)
    rows["key"] = np.arange(options.trees, dtype=np.uint64) << np.uint64(32) | signatures[:, :, 0]
    rows["second"] = signatures[:, :, 1]
    rows["third"] = signatures[:, :, 2]
    rows["content"] = sketches.content[:, None]
    rows["document"] = np.arange(first, first + len(sets), dtype=np.uint32)[:, None]
    kept: Rows = rows[signatures[:, :, 0] != EMPTY]
    return kept


def bucket_of(rows: Rows, buckets: int) -> NDArray[np.int64]:
    """The bucket of each row: all rows of a key fall into one."""
    mixed = rows["key"] * np.uint64(0x9E3779B97F4A7C15)
    place: NDArray[np.int64] = ((mixed >> np.uint64(32)) % np.uint64(buckets)).astype(np.int64)
    return place


def bucket_pairs(rows: Rows, options: CandidateOptions | None = None) -> Pairs:
    """The candidate pairs among one bucket's rows: distinct, sorted.

    Copies of one text are collapsed to the first of them.  A key shared by at most ``options.crowd`` texts pairs them
    all.  A fuller one is split by its second MinHash value, then by its third, so that texts that agree in more stay
    together; what is still too full pairs each text with the next few in the order of the rows.
    """
    options = options or CandidateOptions()
    rows = np.sort(rows, order=["key", "second", "third", "content", "document"])
    same_key = rows["key"][1:] == rows["key"][:-1]
    same_second = same_key & (rows["second"][1:] == rows["second"][:-1])
    same_third = same_second & (rows["third"][1:] == rows["third"][:-1])
    first_copy = np.concatenate(([True], ~(same_third & (rows["content"][1:] == rows["content"][:-1]))))[: len(rows)]
    rows = rows[first_copy]
    group = np.zeros(len(rows), dtype=np.int64)
    reach = np.full(len(rows), options.crowd, dtype=np.int64)
    open_ = np.ones(len(rows), dtype=bool)
    for names in (["key"], ["key", "second"], ["key", "second", "third"]):
        numbers, sizes = _groups(rows, names)
        group[open_] = numbers[open_] * 4 + len(names)
        open_ &= sizes[numbers] > options.crowd
    reach[open_] = max(1, options.crowd // 8)
    found = []
    for distance in range(1, options.crowd):
        meets = (group[distance:] == group[:-distance]) & (reach[distance:] >= distance)
        if not meets.any():
            break
        found.append(_pairs(rows["document"][:-distance][meets], rows["document"][distance:][meets]))
    return merge_pairs(found)


def merge_pairs(parts: Sequence[Pairs]) -> Pairs:
    """The distinct pairs of several tables, sorted."""
    if not parts:
        return np.empty(0, dtype=PAIR)
    joined = np.concatenate(parts)
    codes = np.unique(joined["left"].astype(np.uint64) << np.uint64(32) | joined["right"])
    return _pairs((codes >> np.uint64(32)).astype(np.uint32), codes.astype(np.uint32))


def copy_pairs(content: NDArray[np.uint64], documents: NDArray[np.integer] | None = None) -> Pairs:
    """Each text that repeats another one, word for word, paired with the first of them."""
    numbers = np.arange(len(content)) if documents is None else documents
    order = np.lexsort((numbers, content))
    content, numbers = content[order], numbers[order].astype(np.uint32)
    first = np.concatenate(([True], content[1:] != content[:-1]))[: len(content)]
    leader = numbers[np.maximum.accumulate(np.where(first, np.arange(len(content)), 0))]
    repeats = ~first & (content != 0)
    return np.sort(_pairs(leader[repeats], numbers[repeats]))


def score_pairs(pairs: Pairs, sketches: Sketches, first: int = 0) -> NDArray[np.float64]:
    """How near the texts of each pair are, 0 to 1, by the sketches alone.

    The weight of the rare stems two texts share, in shares of what each has: of the lighter one for three quarters, of
    the heavier for one.  So a text that is a third of the other keeps most of its score, and a short one does not
    match every long one.
    """
    totals = np.add.reduceat(np.append(sketches.weights, 0).astype(np.float64), sketches.starts[:-1])
    totals[sketches.starts[:-1] == sketches.starts[1:]] = 0.0
    scores = np.zeros(len(pairs))
    for place, (left, right) in enumerate(zip(pairs["left"].tolist(), pairs["right"].tolist(), strict=True)):
        one = slice(sketches.starts[left - first], sketches.starts[left - first + 1])
        two = slice(sketches.starts[right - first], sketches.starts[right - first + 1])
        here = np.isin(sketches.words[one], sketches.words[two], assume_unique=True)
        shared = sketches.weights[one][here].astype(np.float64).sum()
        light, heavy = sorted((totals[left - first], totals[right - first]))
        scores[place] = shared / (light**0.75 * heavy**0.25) if light else 0.0
    return scores


def nearest(pairs: Pairs, scores: NDArray[np.float64], options: CandidateOptions | None = None) -> NDArray[np.bool_]:
    """Which scored pairs to compare: at or above the floor, and among the nearest of either of their texts."""
    options = options or CandidateOptions()
    kept = np.zeros(len(pairs), dtype=bool)
    ends = np.concatenate((pairs["left"], pairs["right"]))
    others = np.concatenate((pairs["right"], pairs["left"]))
    order = np.lexsort((others, -np.concatenate((scores, scores)), ends))
    first = np.concatenate(([True], ends[order][1:] != ends[order][:-1]))[: len(order)]
    rank = np.arange(len(order)) - np.maximum.accumulate(np.where(first, np.arange(len(order)), 0))
    kept[order[rank < options.neighbours] % max(1, len(pairs))] = True
    return kept & (scores >= options.floor)


def _groups(rows: Rows, names: list[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The number of each row's group in sorted rows, and the size of every group."""
    changes = np.zeros(len(rows), dtype=bool)
    for name in names:
        changes[1:] |= rows[name][1:] != rows[name][:-1]
    numbers = np.cumsum(changes)
    return numbers, np.bincount(numbers, minlength=1)


def _pairs(one: NDArray[np.uint32], other: NDArray[np.uint32]) -> Pairs:
    pairs = np.empty(len(one), dtype=PAIR)
    np.minimum(one, other, out=pairs["left"])
    np.maximum(one, other, out=pairs["right"])
    return pairs
