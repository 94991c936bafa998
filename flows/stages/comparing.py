"""Stage "compare": candidate pairs -> verdicts, each made once for two texts, however many documents hold them."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cleaners.duplicates.candidates import Pairs
from cleaners.duplicates.near import Worded
from cleaners.duplicates.shingles import profile
from flows.errors import RunError, printable
from flows.shelves import IN_FULL, Catalogue, Places, Shelf
from flows.stages.candidates import Candidates
from flows.stages.cleaning import Cleaned
from flows.stages.documents import Documents
from flows.stages.job import Job, Progress
from flows.stages.near_verdicts import near_judged
from flows.stages.verdicts import VERDICTS, judged
from flows.tables import save
from flows.versions import code_version

COMPARING = ("flows.stages.verdicts",)
"""What makes a verdict of two texts."""

COMPARING_NEAR = ("flows.stages.near_verdicts",)
"""What makes it where only near-duplicates are looked for."""

CHUNK_PAIRS = 1024
"""About a second of comparing, and few texts that stand in two chunks and are prepared twice."""

CHUNK_PAIRS_NEAR = 4096
"""The same where only near-duplicates are looked for; and texts of many pairs are fetched in fewer reads."""

CHUNK_CHARS = 8 << 20
"""Characters of all texts in a chunk of pairs: what their profiles take must fit in memory."""


Tell = Callable[[int, int, str], None]
"""A :data:`~flows.stages.job.Progress` that knows its stage."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Pairs of document numbers (file of an array, sorted), and the shelf with a verdict for each."""

    candidates: Candidates
    pairs: Path
    count: int
    fresh: int


@dataclass(frozen=True, slots=True)
class Comparing:
    """Work for one worker: some of the pairs in a file, with their keys."""

    cleaned: Cleaned
    pairs: Path
    keys: Path
    start: int
    stop: int
    shelf: Shelf
    near: bool


def verdicts_shelf(job: Job) -> Shelf:
    """The shelf of verdicts by this version of the code."""
    near = job.options.near_duplicates_only
    name = f"near-{code_version(*COMPARING_NEAR)}" if near else f"verdicts-{code_version(*COMPARING)}"
    return Shelf(job.workspace.shelves / name, VERDICTS, group=IN_FULL)


def compare_candidates(job: Job, given: Candidates, progress: Progress) -> Compared:
    """Compare every candidate pair that no earlier run has compared."""
    if job.options.fresh:
        verdicts_shelf(job).clear()
    fresh = compare_pairs(job, given, np.load(given.pairs), partial(progress, "compare"))
    return Compared(given, given.pairs, given.count, fresh)


def compare_pairs(job: Job, given: Candidates, pairs: Pairs, tell: Tell | None = None) -> int:
    """See to it that the shelf holds a verdict for each of ``pairs``; how many had to be made."""
    shelf, near = verdicts_shelf(job), job.options.near_duplicates_only
    keys = pair_keys(given, pairs)
    unknown = shelf.catalogue().find(keys) < 0
    first = np.sort(np.unique(keys[unknown], return_index=True)[1])
    most = CHUNK_PAIRS_NEAR if near else CHUNK_PAIRS
    order = first[_together(pairs[unknown][first], most)]
    todo = pairs[unknown][order]
    folder = Path(tempfile.mkdtemp(dir=job.workspace.folder("comparing")))
    save(todo, folder / "pairs.npy")
    save(keys[unknown][order], folder / "keys.npy")
    chars = np.load(given.columns / "chars.npy", mmap_mode="r")
    work = (
        Comparing(given.cleaned, folder / "pairs.npy", folder / "keys.npy", start, stop, shelf, near)
        for start, stop in _cut(todo, chars, most)
    )
    known = len(pairs) - len(todo)
    for count in itertools.chain(job.engine.map(compare_chunk, work), () if len(todo) else (0,)):
        known += count
        if tell:
            tell(known, len(pairs), "pairs")
    return len(todo)


def _together(pairs: Pairs, most: int) -> NDArray[np.integer]:
    """An order in which pairs with a text in common stand close: it is read and prepared once for all of them, where
    they are more than the ``most`` that are compared together anyway.

    Documents by the ordering of Cuthill and McKee (1969), which keeps the ends of an edge near each other.
    """
    if len(pairs) <= most:
        return np.arange(len(pairs))
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import reverse_cuthill_mckee

    numbers, ends = np.unique(np.stack((pairs["left"], pairs["right"])), return_inverse=True)
    left, right = ends.reshape(2, -1)
    graph = coo_array((np.ones(len(pairs), np.int8), (left, right)), shape=(len(numbers),) * 2).tocsr()
    place = np.empty(len(numbers), np.intp)
    place[reverse_cuthill_mckee(graph)] = np.arange(len(numbers))
    ends = np.sort(place[np.stack((left, right))], axis=0)
    return np.lexsort((ends[1], ends[0]))


def pair_keys(given: Candidates, pairs: Pairs) -> NDArray[np.bytes_]:
    """The key of each pair on the shelf of verdicts: the keys of both texts, left and right as in the pair."""
    text_keys = np.load(given.columns / "text_key.npy")
    sides = np.stack((text_keys[pairs["left"]], text_keys[pairs["right"]]), axis=1)
    return np.ascontiguousarray(sides).view("S32").reshape(-1)


def compare_chunk(work: Comparing) -> int:
    """Compare some pairs, and put their verdicts on the shelf as one shard."""
    pairs = np.load(work.pairs, mmap_mode="r")[work.start : work.stop]
    keys = np.load(work.keys, mmap_mode="r")[work.start : work.stop]
    documents = work.cleaned.documents()
    judge = _judge(work.near, documents, np.unique(np.concatenate((pairs["left"], pairs["right"]))))
    rows = []
    raw = keys.tobytes()
    for at, (left, right) in enumerate(pairs.tolist()):
        try:
            made = judge(left, right)
        except Exception as error:
            paths = " with ".join(map(printable, documents.paths(np.array([left, right]))))
            raise RunError(
                f"comparing {paths} failed with {type(error).__name__}: {printable(error)[:300]}; "
                "take one of them out of the seeds to go on, and please report it"
            ) from error
        rows.append({"key": raw[32 * at : 32 * at + 32], **made})
    work.shelf.add(rows)
    return len(rows)


def _judge(near: bool, documents: Documents, numbers: NDArray[np.integer]) -> Callable[[int, int], dict[str, Any]]:
    """What makes a verdict of two documents among ``numbers`` (ascending)."""
    if near:
        texts = documents.texts(numbers, ["text"]).column("text").to_pylist()
        worded = dict(zip(numbers.tolist(), Worded.of_each(texts), strict=True))
        return lambda left, right: near_judged(worded[left], worded[right])
    table = documents.texts(numbers, ["text", "language", "published", "publisher"])
    told = dict(zip(numbers.tolist(), table.to_pylist(), strict=True))
    prepared = cache(lambda number: profile(**told[number]))
    return lambda left, right: judged(prepared(left), prepared(right))


def _cut(pairs: Pairs, chars: NDArray[np.int64], most: int) -> Iterator[tuple[int, int]]:
    """Runs of at most ``most`` pairs, and of a bounded length of texts."""
    start = size = 0
    for at, weight in enumerate((chars[pairs["left"]] + chars[pairs["right"]]).tolist()):
        if at > start and (at - start == most or size + weight > CHUNK_CHARS):
            yield start, at
            start, size = at, 0
        size += weight
    if start < len(pairs):
        yield start, len(pairs)


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The verdicts on some pairs, by place on the shelf."""

    shelf: Shelf
    catalogue: Catalogue
    places: Places

    @classmethod
    def of(cls, job: Job, given: Candidates, pairs: Pairs) -> Verdicts:
        """Look up pairs that were compared before (:func:`compare_pairs`)."""
        shelf = verdicts_shelf(job)
        catalogue = shelf.catalogue()
        return cls(shelf, catalogue, catalogue.find(pair_keys(given, pairs)))

    def save(self, folder: Path) -> None:
        """Write down where the verdicts lie, for workers to :meth:`load`."""
        self.catalogue.save(folder)
        save(self.places, folder / "places.npy")

    @classmethod
    def load(cls, folder: Path, shelf: Path) -> Verdicts:
        """The verdicts on some pairs, mapped into memory rather than read."""
        return cls(
            Shelf(shelf, VERDICTS, group=IN_FULL), Catalogue.load(folder), np.load(folder / "places.npy", mmap_mode="r")
        )

    def take(self, wanted: NDArray[Any], columns: list[str]) -> pa.Table:
        """Columns of :data:`VERDICTS` for some of the pairs (a mask or positions), in their order."""
        return self.shelf.take(self.catalogue, self.places[wanted], columns)
