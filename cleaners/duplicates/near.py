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

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import xxhash
from numpy.typing import NDArray

from cleaners.documents import Evidence, Verdict
from cleaners.duplicates.candidates import KEY_ROW, CandidateOptions, Rows
from cleaners.duplicates.shingles import Hashes, combine
from cleaners.duplicates.signatures import SEED, bands_for, minhash_many
from cleaners.duplicates.words import codes_of, word_spans
from cleaners.hashing import BASE, span_hashes

__all__ = [
    "BANDS",
    "OPTIONS",
    "ROWS",
    "THRESHOLD",
    "Worded",
    "jaccard",
    "near_rows",
    "near_verdict",
    "runs_of",
    "runs_of_many",
]

THRESHOLD = 0.8
"""Jaccard similarity from which two texts are called near-duplicates, as is usual for collections of web text."""

WORDS = 5
"""Words of a run."""

ROWS = 4
"""MinHash values of a band.  Three would propose four times as many strangers, five need half as many bands again."""

BANDS = bands_for(THRESHOLD, miss=0.002, rows=ROWS)

PLACES = BANDS * ROWS + 2
"""Values of a signature: those of the bands, and two that split a key which too many texts share."""

DENSE = 4 * PLACES
"""Runs from which one permutation fills a signature: of so many places, one in fifty has no run of its own."""

OPTIONS = CandidateOptions(shared=1, floor=THRESHOLD, few=0, crowd=32)
"""One band is enough, as what it proposes is verified; and that holds for few texts as for many."""

_CASED = 0x1E944
"""Behind the last character that has a capital (Adlam's)."""

AT_ONCE = 1 << 18
"""Characters whose words are hashed together, a hundred articles: with more, nothing more is won."""


def runs_of(text: str) -> Hashes:
    """The distinct five-word runs of a text as sorted 64-bit hashes; of a shorter text, the hash of all of it.

    Words are what :func:`~cleaners.duplicates.words.scan` finds, whatever their case.
    """
    return runs_of_many([text])[0]


def runs_of_many(texts: Sequence[str]) -> tuple[Hashes, NDArray[np.int64]]:
    """:func:`runs_of` for many texts: those of text i are ``runs[starts[i] : starts[i + 1]]``.

    >>> runs, starts = runs_of_many(["The council met.", "", "The council of the town met on Friday."])
    >>> starts.tolist(), np.array_equal(runs[1:], runs_of("The council of the town met on Friday."))
    ([0, 1, 1, 5], True)
    """
    found, counts = [np.empty(0, np.uint64)], [np.zeros(1, np.int64)]
    for some in _batches(texts):
        hashes, cuts = _hashed_words(some)
        runs, kept = _runs_between(hashes, cuts)
        found.append(runs[kept])
        counts.append(np.diff(np.concatenate((np.zeros(1, np.int64), np.cumsum(kept)))[cuts]))
    return np.concatenate(found), np.cumsum(np.concatenate(counts))


def _batches(texts: Sequence[str]) -> Iterator[list[str]]:
    """The texts, some :data:`AT_ONCE` characters at a time."""
    batch: list[str] = []
    size = 0
    for text in texts:
        if batch and size + len(text) > AT_ONCE:
            yield batch
            batch, size = [], 0
        batch.append(text)
        size += len(text)
    if batch:
        yield batch


def _hashed_words(texts: list[str]) -> tuple[Hashes, NDArray[np.int64]]:
    """The hashes of all words of some texts, and where each text's begin (and the last one's end).

    No word becomes an object, and none is put in lower case: capitals have the number of their small letter.
    """
    codes = codes_of("\n".join(texts))
    spans = word_spans(codes)
    hashes = span_hashes(_numbered(codes), spans[:, 0], spans[:, 1])
    begins = np.cumsum([0, *(len(text) + 1 for text in texts)])
    return combine(hashes, 1), np.searchsorted(spans[:, 0], begins)


def _numbered(codes: NDArray[np.uint32]) -> Hashes:
    """A number for every character of a text, unlike that of its neighbours; a capital has that of its small letter."""
    letters = _letters()
    found: Hashes = letters.take(codes, mode="clip")
    if codes.max(initial=0) >= _CASED:
        beyond = codes >= _CASED
        found[beyond] = _scattered(codes[beyond].astype(np.uint64))
    return found


@cache
def _letters() -> Hashes:
    """The numbers of all characters below :data:`_CASED`."""
    found = _scattered(np.arange(_CASED, dtype=np.uint64))
    capitals = np.flatnonzero(small := _small_letters())
    found[capitals] = found[small[capitals]]
    return found


def _scattered(codes: Hashes) -> Hashes:
    """A number for each of some codes (the finaliser of SplitMix64, Steele et al. 2014)."""
    found = (codes + np.uint64(1)) * np.uint64(BASE)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        found ^= found >> np.uint64(shift)
        found *= np.uint64(factor)
    return found ^ (found >> np.uint64(31))


def _small_letters() -> NDArray[np.uint32]:
    """The small letter of every capital, by its code; 0 for any other character.

    A capital that is small in two letters (``İ``) has the first of them, and the two small forms of sigma are one.
    """
    letters = "".join(map(chr, range(_CASED)))
    small = codes_of(letters.replace("İ", "i").replace("Σ", "σ").lower().replace("ς", "σ")).copy()
    small[small == np.arange(_CASED)] = 0
    return small


def _runs_between(hashes: Hashes, cuts: NDArray[np.int64]) -> tuple[Hashes, NDArray[np.bool_]]:
    """The runs of words of some texts, sorted within each, and which of them are the first of their kind there."""
    runs, kept = np.zeros(len(hashes), np.uint64), np.zeros(len(hashes), np.bool_)
    within = combine(hashes, WORDS)
    runs[: len(within)] = within
    bounds = cuts.tolist()
    for start, end in itertools.pairwise(bounds):
        last = end - WORDS + 1
        if start < last:
            runs[start:last].sort()
            kept[start:last] = True
        elif start < end:
            runs[start] = combine(hashes[start:end], end - start)[0]
            kept[start] = True
    same = runs[1:] == runs[:-1]
    same[cuts[(cuts > 0) & (cuts < len(hashes))] - 1] = False
    kept[1:] &= ~same
    return runs, kept


def jaccard(one: Hashes, other: Hashes) -> float:
    """The Jaccard similarity of two sets, each sorted and distinct; 0 where one is empty."""
    if not len(one) or not len(other):
        return 0.0
    both = np.sort(np.concatenate((one, other)), kind="stable")
    shared = int(np.count_nonzero(both[1:] == both[:-1]))
    return shared / (len(both) - shared)


@dataclass(frozen=True, slots=True, eq=False)
class Worded:
    """What a verdict by runs alone looks at: a hash of all words in their order, and the distinct runs of these.

    ``words`` is that of the text itself where it has no word.
    """

    words: int
    runs: Hashes

    @classmethod
    def of(cls, text: str) -> Worded:
        """A text, prepared."""
        return next(cls.of_each([text]))

    @classmethod
    def of_each(cls, texts: Sequence[str]) -> Iterator[Worded]:
        """Texts, prepared some at a time, which takes a third of the time."""
        for some in _batches(texts):
            hashes, cuts = _hashed_words(some)
            runs, kept = _runs_between(hashes, cuts)
            for text, (start, end) in zip(some, itertools.pairwise(cuts.tolist()), strict=True):
                told = hashes[start:end].tobytes() or text.encode("utf-8", "surrogatepass")
                yield cls(xxhash.xxh3_128_intdigest(told), runs[start:end][kept[start:end]])


def near_verdict(left: Worded, right: Worded) -> Verdict:
    """What two texts are to each other by their five-word runs alone.

    >>> yes, no, yes_again = map(Worded.of, ("The mayor spoke.", "He did not.", "The mayor spoke!"))
    >>> near_verdict(yes, yes_again).relation, near_verdict(yes, no).relation
    ('duplicate', 'unrelated')
    """
    if left.words == right.words:
        said = "The words of both texts are the same."
        return Verdict("duplicate", 1.0, (Evidence("verbatim", 1.0, 1.0, said),))
    share = jaccard(left.runs, right.runs)
    if share < THRESHOLD:
        return Verdict("unrelated", share)
    said = f"Of all five-word runs in the two texts, {share:.0%} are in both."
    return Verdict("near-duplicate", share, (Evidence("verbatim", share, share, said),))


def near_rows(runs: Hashes, starts: NDArray[np.int64], content: NDArray[np.uint64], first: int) -> Rows:
    """Rows of the key table (see :mod:`~cleaners.duplicates.candidates`) for texts numbered from ``first``.

    Text i has the runs ``runs[starts[i] : starts[i + 1]]``; one without words has no row.  A key is the number of a
    band and the hash of its values; what splits a crowded one are two values more.

    Texts of :data:`DENSE` runs or more are signed by one permutation, shorter ones by one for each place.  Two texts of
    a similarity of :data:`THRESHOLD` differ in length by no more than that, so texts a little longer are signed both
    ways and none misses the other.
    """
    sizes = np.diff(starts)
    sparse = np.flatnonzero((sizes > 0) & (sizes < DENSE / THRESHOLD))
    dense = np.flatnonzero(sizes >= DENSE)
    some = np.repeat(starts[sparse] - np.cumsum(sizes[sparse]) + sizes[sparse], sizes[sparse])
    some += np.arange(len(some))
    begins = np.cumsum(sizes[sparse]) - sizes[sparse]
    signed = minhash_many(runs[some].astype(np.uint32), begins, PLACES, SEED).astype(np.uint64)
    tables = ((sparse, signed, 0), (dense, _signed_at_once(runs, starts, dense), BANDS))
    return np.concatenate([_banded(texts, values, base, content, first) for texts, values, base in tables])


def _signed_at_once(runs: Hashes, starts: NDArray[np.int64], texts: NDArray[np.integer]) -> Hashes:
    """Signatures by one permutation: each place has a range of hashes of its own and holds the least run within.

    As the runs are sorted, that is the first one from the start of the range on: an empty range takes the value of the
    next one.  Two signatures agree in a place with a probability that equals the Jaccard similarity, as with a
    permutation for each (Li, Owen and Zhang 2012; Shrivastava and Li 2014, whose offset is left out: empty ranges are
    too few to need it).
    """
    bounds = np.arange(PLACES, dtype=np.uint64) * np.uint64((1 << 64) // PLACES)
    signed = np.empty((len(texts), PLACES), dtype=np.uint64)
    for row, text in enumerate(texts.tolist()):
        own = runs[starts[text] : starts[text + 1]]
        places = own.searchsorted(bounds)
        places[places == len(own)] = 0
        own.take(places, out=signed[row])
    return signed


def _banded(texts: NDArray[np.integer], signed: Hashes, base: int, content: NDArray[np.uint64], first: int) -> Rows:
    """The rows of texts by their signatures; the bands are numbered from ``base``."""
    rows = np.empty((len(texts), BANDS), dtype=KEY_ROW)
    if len(texts):
        bands = np.ascontiguousarray(signed[:, : BANDS * ROWS]).reshape(-1)
        folded = combine(bands, ROWS)[::ROWS].reshape(len(texts), BANDS)
        rows["key"] = (folded >> np.uint64(5)) ^ (np.arange(base, base + BANDS, dtype=np.uint64) << np.uint64(59))
        rows["second"], rows["third"] = signed[:, -2:-1].astype(np.uint32), signed[:, -1:].astype(np.uint32)
        rows["content"] = content[texts][:, None]
        rows["document"] = (texts + first).astype(np.uint32)[:, None]
    return rows.ravel()
