"""Which pairs are worth a look: keys, buckets, pairs, and a cheap filter before ``compare``.

MinHash picks keys from the sketch of every text (:func:`key_rows`); texts that share a key meet in its bucket
(:func:`bucket_pairs`); those that share two keys (:func:`merge_found`) are scored on the sketches alone
(:func:`score_pairs`), and of those each text is compared with its nearest (:func:`choose`).  All of it is plain
functions over arrays, so a staged run and a run in memory are one::

    map 1    texts -> profiles -> sketch; Sketches.of a part of them -> key_rows, written by bucket_of(rows, buckets)
    map 2    one bucket's rows of all parts -> bucket_pairs
    driver   merge_found of all buckets' finds, with the ``content`` of all documents; where they do not fit in memory,
             first collapse_copies in map 2 and write the finds by range of left documents, then merge range by range
    map 3    some of the pairs, the sketches of their documents -> score_pairs
    driver   choose -> the pairs to compare
    map 4    some of those -> compare_profiles; then clusters.cluster

A document is a number: its place in the sorted list of paths, so that ``left < right`` means the same for both.
Nothing depends on the order of rows, on the number of buckets or on how parts were cut.

**Views.**  A passage (:data:`~cleaners.duplicates.sketches.PASSAGE`) is seen as three sets: its rare stems, the rarer
weighing more; its names and figures; its pairs of neighbouring rare stems.

**Trees.**  Rewrites share as little as a tenth of their rare words, unrelated texts up to a twentieth, so no fixed band
will do: a key of one MinHash value finds the rewrites and, in a large corpus, thousands of strangers; with two or three
values it finds neither.  A key here is a row of three values used only as far as needed, as in an LSH forest (Bawa,
Condie and Ganesan 2005): one while few texts share it, and one more where too many do.  A rare name is a key by itself,
a common word only together with others, whatever the size of the corpus; and pairs grow with the number of texts, not
with its square.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cleaners.duplicates.signatures import SEED, Hashes, minhash_many, repeat_by_weight
from cleaners.duplicates.sketches import STEM_BITS, Numbers, Sketches, is_first, is_name, rarity, stems

KEY_ROW = np.dtype([("key", "<u8"), ("second", "<u4"), ("third", "<u4"), ("content", "<u8"), ("document", "<u4")])
"""A row of the key table: a key, what splits it where too many texts share it, and whose it is."""

PAIR = np.dtype([("left", "<u4"), ("right", "<u4")])
"""Two documents by number, ``left < right``."""

FOUND = np.dtype([("left", "<u4"), ("right", "<u4"), ("keys", "<u4")])
"""Two documents, and the number of keys they share."""

Rows = np.ndarray
Pairs = np.ndarray
Found = np.ndarray
Documents = NDArray[np.uint32]

_DEPTH = 3
_SIDES = ("left", "right")


@dataclass(frozen=True, slots=True)
class CandidateOptions:
    """How candidates are looked for.  ``benchmarks/candidates.py`` measures what each choice finds and costs.

    What two passages of a similarity (the same in all views, no key crowded) have by chance alone:

    >>> from cleaners.duplicates.signatures import bands_for, collision_probability
    >>> options = CandidateOptions()
    >>> for similarity in (0.01, 0.02, 0.05, 0.1, 0.2):
    ...     print(similarity, round(collision_probability(similarity, options.trees, rows=1, least=options.shared), 3))
    0.01 0.108
    0.02 0.309
    0.05 0.777
    0.1 0.98
    0.2 1.0
    >>> bands_for(0.1, miss=0.02, rows=1, least=2)
    56
    """

    stem_trees: int = 24
    """Keys a passage has from its rare stems, the view no text lacks.  56 with the other views: they miss .02 of the
    pairs at a weighted Jaccard of .1, where the hardest rewrites lie."""

    name_trees: int = 16
    """Keys from names and figures: few in number and kept by most rewriters, the view that finds most for its cost."""

    pair_trees: int = 16
    """Keys from pairs of neighbouring stems: rare in any corpus, they find texts without names and passages copied."""

    crowd: int = 12
    """Texts that may share a key before it is split: pairs grow with its square, texts only with its number."""

    shared: int = 2
    """Keys two texts must share.  In a corpus of 100,000 nine pairs in ten share a single one, and one rewrite in a
    hundred."""

    floor: float = 0.2
    """Scores below this are not worth a comparison, however few neighbours a text has."""

    neighbours: int = 15
    """Nearest texts each text is compared with.  A pair is kept for either's sake: on average fewer than 30."""

    few: int = 16
    """A corpus no larger than this is compared all with all: that costs less than choosing."""

    copies: int = 4
    """Copies of one text that are all compared with its neighbours; of a larger group, the first stands for all."""

    def __post_init__(self) -> None:
        for name in ("crowd", "shared", "neighbours", "copies"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}={getattr(self, name)} finds no candidate; give at least 1")
        if min(self.views) < 0 or not self.trees:
            raise ValueError(f"trees {self.views} for stems, names and pairs make no key; give at least one tree")

    @property
    def views(self) -> tuple[int, int, int]:
        """Trees by view: stems, names, pairs."""
        return (self.stem_trees, self.name_trees, self.pair_trees)

    @property
    def trees(self) -> int:
        """Trees of all views: the most rows of the key table a passage has."""
        return sum(self.views)


def key_rows(sketches: Sketches, first: int = 0, options: CandidateOptions | None = None) -> Rows:
    """The key table of texts that are numbered from ``first``: a row of :data:`KEY_ROW` a passage and tree.

    A key is the number of a tree and a MinHash value of the passage in its view; a passage that is empty in a view has
    no row there.
    """
    options = options or CandidateOptions()
    tables = []
    base = 0
    for view, ((elements, passage), trees) in enumerate(zip(_views(sketches), options.views, strict=True)):
        if not trees or not len(elements):
            continue
        starts = np.flatnonzero(np.diff(passage, prepend=-1))
        owner = np.searchsorted(sketches.starts, _first_words(sketches)[passage[starts]], side="right") - 1
        values = minhash_many(elements, starts, trees * _DEPTH, SEED + view).reshape(len(starts), trees, _DEPTH)
        rows = np.empty((len(starts), trees), dtype=KEY_ROW)
        rows["key"] = np.arange(base, base + trees, dtype=np.uint64) << np.uint64(32) | values[:, :, 0]
        rows["second"], rows["third"] = values[:, :, 1], values[:, :, 2]
        rows["content"] = sketches.content[owner][:, None]
        rows["document"] = (owner + first).astype(np.uint32)[:, None]
        tables.append(rows.ravel())
        base += trees
    return np.concatenate([np.empty(0, KEY_ROW), *tables])


def _first_words(sketches: Sketches) -> Numbers:
    return np.flatnonzero(is_first(sketches.words))


def _views(sketches: Sketches) -> Iterator[tuple[Hashes, Numbers]]:
    """For each view its elements and the number of the passage each stands in, ascending."""
    passage = np.cumsum(is_first(sketches.words)) - 1
    stem = stems(sketches.words)
    weight = np.maximum(1, np.rint(rarity(sketches.words))).astype(np.int64)
    yield repeat_by_weight(stem, weight), np.repeat(passage, weight)
    named = is_name(sketches.words)
    yield stem[named], passage[named]
    neighbours = np.flatnonzero(passage[1:] == passage[:-1])
    yield stem[neighbours] * np.uint32(0x9E3779B1) + stem[neighbours + 1], passage[neighbours]


def bucket_of(rows: Rows, buckets: int) -> Numbers:
    """The bucket of each row: all rows of a key fall into one."""
    mixed = rows["key"] * np.uint64(0x9E3779B97F4A7C15)
    place: Numbers = ((mixed >> np.uint64(32)) % np.uint64(buckets)).astype(np.int64)
    return place


def bucket_pairs(rows: Rows, options: CandidateOptions | None = None) -> Found:
    """The pairs that share a key of this bucket, sorted, with the number of its keys they share.

    A key shared by at most ``options.crowd`` documents pairs them all.  In a fuller one copies of a text are collapsed
    to the first; what is still too full is split by the second MinHash value, then by the third, so that texts that
    agree in more stay together; and what agrees in all three (texts of one template) pairs each text with the next two
    in the order of their content hashes.  Texts that share more than a template meet under the rarer keys of that.
    """
    options = options or CandidateOptions()
    rows = rows[np.lexsort((rows["document"], rows["key"]))]
    group, once = _runs(rows, "key"), _starts(rows, "key", "document")
    full = np.bincount(group[once], minlength=1)[group] > options.crowd
    codes = [*_codes_within(rows["document"][once & ~full], group[once & ~full], options.crowd)]
    columns = ("key", "second", "third", "content", "document")
    rows = rows[full]
    rows = rows[np.lexsort([rows[name] for name in reversed(columns)])]
    rows = rows[_starts(rows, *columns[:4])]
    for depth in range(1, _DEPTH + 1):
        group = _runs(rows, *columns[:depth])
        full = np.bincount(group, minlength=1)[group] > options.crowd
        codes += _codes_within(rows["document"][~full], group[~full], options.crowd)
        rows = rows[full]
    codes += _codes_within(rows["document"], _runs(rows, *columns[:_DEPTH]), 3)
    return _counted(codes)


def _starts(rows: Rows, *names: str) -> NDArray[np.bool_]:
    """Which rows differ from the row before in one of the columns; the rows are sorted by them."""
    changes = np.ones(len(rows), dtype=bool)
    changes[1:] = False
    for name in names:
        changes[1:] |= rows[name][1:] != rows[name][:-1]
    return changes


def _runs(rows: Rows, *names: str) -> Numbers:
    """The number of the run of equal values each row stands in; the rows are sorted."""
    return np.cumsum(_starts(rows, *names)) - 1


def _codes_within(documents: Documents, group: Numbers, reach: int) -> Iterator[NDArray[np.uint64]]:
    """The codes of all pairs of rows of one group that stand less than ``reach`` rows apart."""
    for distance in range(1, reach):
        meets = np.flatnonzero(group[distance:] == group[:-distance])
        if not len(meets):
            break
        yield _codes(documents[meets], documents[meets + distance])


def _codes(one: Documents, other: Documents) -> NDArray[np.uint64]:
    """Pairs as single numbers, the smaller document above, those of a document with itself left out."""
    differ = one != other
    low, high = np.minimum(one, other)[differ], np.maximum(one, other)[differ]
    codes: NDArray[np.uint64] = low.astype(np.uint64) << np.uint64(32) | high
    return codes


def _counted(codes: Sequence[NDArray[np.uint64]], counts: Sequence[NDArray[np.uint32]] | None = None) -> Found:
    """The distinct pairs, sorted, with how often each stands there or the sum of its counts."""
    joined = np.concatenate([np.empty(0, np.uint64), *codes])
    order = np.argsort(joined, kind="stable")
    first = np.flatnonzero(np.diff(joined[order], prepend=np.uint64(0)) > 0)
    found = np.empty(len(first), dtype=FOUND)
    found["left"], found["right"] = joined[order][first] >> np.uint64(32), joined[order][first] & np.uint64(0xFFFFFFFF)
    if counts is None:
        found["keys"] = np.diff(first, append=len(joined))
    elif len(first):
        found["keys"] = np.add.reduceat(np.concatenate(counts)[order], first)
    return found


def merge_found(parts: Sequence[Found], content: NDArray[np.uint64], options: CandidateOptions | None = None) -> Pairs:
    """The pairs of documents that share enough keys in all buckets together, sorted; copies are collapsed.

    ``content`` is that of all documents.
    """
    options = options or CandidateOptions()
    found = collapse_copies(np.concatenate([np.empty(0, FOUND), *parts]), content)
    return _as_pairs(found[found["keys"] >= options.shared])


def collapse_copies(found: Found, content: NDArray[np.uint64]) -> Found:
    """The finds with every copy replaced by the first document of its content: distinct, sorted, keys added up."""
    first = first_copies(content)
    left, right = first[found["left"]], first[found["right"]]
    return _counted([_codes(left, right)], [found["keys"][left != right]])


def first_copies(content: NDArray[np.uint64]) -> Documents:
    """For each document the first one of the same content; itself for one without words.

    >>> first_copies(np.array([7, 8, 7, 0, 0], dtype=np.uint64)).tolist()
    [0, 1, 0, 3, 4]
    """
    _, first, place = np.unique(content, return_index=True, return_inverse=True)
    return np.where(content == 0, np.arange(len(content)), first[place]).astype(np.uint32)


def score_pairs(pairs: Pairs, sketches: Sketches, first: int = 0) -> NDArray[np.float64]:
    """How near the texts of each pair are, 0 to 1, by the sketches alone; documents are numbered from ``first``.

    The weight of the rare words two texts share, by what each has: by that of the lighter text to the power of 3/4 and
    of the heavier to 1/4.  So a text that is a third of the other keeps most of its score, and a short one does not
    match every long one.  A word weighs its rarity and 1.  Both choices are flat optima on the development sets.
    """
    stem, weight, starts = _distinct_words(sketches)
    total = np.diff(np.concatenate(([0], np.cumsum(weight)))[starts])
    root = np.sqrt(total)  # roots are rounded correctly everywhere, powers are not
    left, right = (pairs[side].astype(np.int64) - first for side in _SIDES)
    shared = _shared_weight(left, right, stem, weight, starts)
    light, heavy = np.minimum(root[left], root[right]), np.maximum(root[left], root[right])
    scores: NDArray[np.float64] = shared / np.maximum(light * np.sqrt(light * heavy), 1.0)
    return scores


def _distinct_words(sketches: Sketches) -> tuple[Numbers, NDArray[np.uint8], Numbers]:
    """The distinct stems of each text, their weights in sixteenths (the greatest of a stem), and where texts start."""
    owner = np.repeat(np.arange(len(sketches), dtype=np.uint64), np.diff(sketches.starts))
    weight = np.rint(rarity(sketches.words) * 16).astype(np.uint64) + np.uint64(16)
    codes = np.sort((owner << np.uint64(STEM_BITS) | stems(sketches.words)) << np.uint64(8) | weight)
    last = np.flatnonzero(np.diff(codes >> np.uint64(8), append=np.uint64(0xFFFFFFFFFFFFFFFF)) != 0)
    codes = codes[last]
    starts = np.searchsorted(codes >> np.uint64(8 + STEM_BITS), np.arange(len(sketches) + 1, dtype=np.uint64))
    stem = (codes >> np.uint64(8)) & np.uint64((1 << STEM_BITS) - 1)
    return stem.astype(np.int64), (codes & np.uint64(0xFF)).astype(np.uint8), starts.astype(np.int64)


def _shared_weight(left: Numbers, right: Numbers, stem: Numbers, weight: NDArray[np.uint8], starts: Numbers) -> Numbers:
    """For each pair the sum over shared stems of the smaller weight: a table of the left text, looked up by its mates.

    A table over all stems takes 16 MiB and one visit a word, a merge of two sorted lists a dozen comparisons.
    """
    table = np.zeros(1 << STEM_BITS, dtype=np.uint8)
    shared = np.zeros(len(left), dtype=np.int64)
    order = np.argsort(left, kind="stable")
    cuts = np.flatnonzero(np.diff(left[order], prepend=-1)).tolist()
    lengths = np.diff(starts)
    for begin, end in itertools.pairwise([*cuts, len(order)]):
        some = order[begin:end]
        own = slice(starts[left[some[0]]], starts[left[some[0]] + 1])
        table[stem[own]] = weight[own]
        sizes = lengths[right[some]]
        ends = np.cumsum(sizes)
        places = np.arange(ends[-1]) + np.repeat(starts[right[some]] - ends + sizes, sizes)
        both = np.minimum(table[stem[places]], weight[places])
        sums = np.concatenate(([0], np.cumsum(both, dtype=np.int64)))
        shared[some] = sums[ends] - sums[ends - sizes]
        table[stem[own]] = 0
    return shared


def choose(
    pairs: Pairs, scores: NDArray[np.float64], content: NDArray[np.uint64], options: CandidateOptions | None = None
) -> Pairs:
    """The pairs to compare: distinct, sorted.  ``content`` is that of all documents, in order.

    Scored pairs at or above the floor that are among the nearest of either of their texts; every copy with the first of
    its kind; for up to ``options.copies`` copies of a text, what holds for the first.  In a small corpus, all pairs of
    texts that have words.
    """
    options = options or CandidateOptions()
    if len(content) <= options.few:
        worded = np.flatnonzero(content).astype(np.uint32)
        left, right = np.triu_indices(len(worded), 1)
        return _as_pairs(_counted([_codes(worded[left], worded[right])]))
    near = pairs[nearest(pairs, scores, options)]
    return merge_pairs([_with_copies(near, content, options.copies), copy_pairs(content)])


def nearest(pairs: Pairs, scores: NDArray[np.float64], options: CandidateOptions | None = None) -> NDArray[np.bool_]:
    """Which scored pairs are at or above the floor and among the nearest of either of their texts (ties by number)."""
    options = options or CandidateOptions()
    high = np.flatnonzero(scores >= options.floor)
    ends, others = (np.concatenate((pairs[one][high], pairs[two][high])) for one, two in (_SIDES, _SIDES[::-1]))
    order = np.lexsort((others, -np.tile(scores[high], 2), ends))
    rank = np.arange(len(order)) - np.searchsorted(ends[order], ends[order])
    kept = np.zeros(len(pairs), dtype=bool)
    kept[np.tile(high, 2)[order[rank < options.neighbours]]] = True
    return kept


def merge_pairs(parts: Sequence[Pairs]) -> Pairs:
    """The distinct pairs of several tables, sorted."""
    return _as_pairs(_counted([_codes(part["left"], part["right"]) for part in parts]))


def copy_pairs(content: NDArray[np.uint64]) -> Pairs:
    """Each document that repeats another one, word for word, with the first of them: n - 1 pairs for n copies."""
    first = first_copies(content)
    return _as_pairs(_counted([_codes(first, np.arange(len(content), dtype=np.uint32))]))


def _as_pairs(found: Found) -> Pairs:
    pairs = np.empty(len(found), dtype=PAIR)
    for side in _SIDES:
        pairs[side] = found[side]
    return pairs


def _with_copies(pairs: Pairs, content: NDArray[np.uint64], most: int) -> Pairs:
    """The pairs, and the same pairs for copies of either side where there are at most ``most`` documents of a kind."""
    first = first_copies(content)
    order = np.argsort(first, kind="stable").astype(np.uint32)
    begin = np.searchsorted(first[order], np.arange(len(first)))
    size = np.bincount(first, minlength=len(first))
    size[size > most] = 1
    found = [_codes(pairs["left"], pairs["right"])]
    for one in range(most):
        for other in range(most):
            some = pairs[(size[pairs["left"]] > one) & (size[pairs["right"]] > other)]
            found.append(_codes(order[begin[some["left"]] + one], order[begin[some["right"]] + other]))
    return _as_pairs(_counted(found))
