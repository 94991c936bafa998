"""The maps of the stage "candidates", out of core: sketches -> keys by bucket -> finds by range -> scored pairs.

Every map reads slices of files that the map before has written and writes one of its own, so what a worker holds is
bounded by :data:`PART`, :data:`BUCKET_ROWS` and :data:`RANGE`, whatever the number of documents (see the map in
:mod:`cleaners.duplicates.candidates`).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import xxhash
from numpy.typing import NDArray

from cleaners.duplicates.candidates import (
    FOUND,
    KEY_ROW,
    PAIR,
    CandidateOptions,
    Pairs,
    bucket_of,
    bucket_pairs,
    collapse_copies,
    key_rows,
    merge_found,
    score_pairs,
)
from cleaners.duplicates.near import jaccard, near_rows, runs_of_many
from cleaners.duplicates.sketches import Sketches
from flows.shelves import IN_FULL, Catalogue, Shelf
from flows.stages.documents import Documents
from flows.stages.sketching import SKETCHES, sketch_row
from flows.tables import load_slice, save, save_sliced

PART = 1024
"""Documents whose sketches lie in one file: about 1 MB, and a second of sketching."""

BUCKET_ROWS = 1 << 20
"""Rows of the key table (28 bytes each) that are sorted at once."""

RANGE = 1 << 14
"""Documents whose pairs, each under the smaller number, are merged and scored at once."""

MOST = 1 << 10
"""Parts, and ranges: a larger corpus has larger ones, as every bucket reads a slice of every part."""

SCORED = 1 << 16
"""Pairs scored at once: the sketches of their documents must fit in memory."""

COLUMNS = ("words", "starts", "content")


def sizes(count: int) -> tuple[int, int]:
    """Documents of a part and of a range.

    >>> sizes(100_000), sizes(100_000_000)
    ((1024, 16384), (97657, 97657))
    """
    least = -(-count // MOST)
    return max(PART, least), max(RANGE, least)


def sketches_shelf(folder: Path) -> Shelf:
    """The shelf of sketches in a folder."""
    return Shelf(folder, SKETCHES, group=IN_FULL)


@dataclass(frozen=True, slots=True)
class Sketching:
    """Work: the sketches of documents ``first`` to ``last`` into one file a column, their keys by bucket into another.

    ``known`` is a catalogue of the sketches that earlier runs made.  Where ``near`` is set, runs of words take the
    place of rare words (:mod:`cleaners.duplicates.near`); they are made quicker than fetched, and are not kept.
    """

    first: int
    last: int
    documents: tuple[Path, Path, Path]
    shelf: Shelf
    known: Path
    folder: Path
    buckets: int
    options: CandidateOptions
    near: bool


@dataclass(frozen=True, slots=True)
class Bucket:
    """Work: the keys of one bucket, from the parts that begin with ``parts``, into finds by ranges of documents."""

    number: int
    parts: tuple[int, ...]
    folder: Path
    options: CandidateOptions
    range: int


@dataclass(frozen=True, slots=True)
class Range:
    """Work: the finds of one range of documents, from all buckets, into scored pairs."""

    number: int
    buckets: int
    folder: Path
    options: CandidateOptions
    part: int
    scored: int
    near: bool


def sketch_part(work: Sketching) -> int:
    """Gather the sketches of a run of documents, make those that are not known, and write their keys by bucket."""
    documents = Documents.load(*work.documents)
    if work.near:
        columns = _runs(work, documents)
        rows = near_rows(*columns, work.first)
    else:
        sketches = _sketched(work, documents)
        columns = (sketches.words, sketches.starts, sketches.content)
        rows = key_rows(sketches, work.first, work.options)
    for name, column in zip(COLUMNS, columns, strict=True):
        save(column, work.folder / f"{name}-{work.first}.npy")
    bucket = bucket_of(rows, work.buckets)
    save_sliced(rows[np.argsort(bucket, kind="stable")], np.sort(bucket), work.buckets, work.folder, f"k{work.first}")
    return work.last - work.first


def _runs(work: Sketching, documents: Documents) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """The runs of words of each text one behind the other, where each begins, and a hash of them all."""
    texts = documents.texts(np.arange(work.first, work.last), ["text"])
    found, counts = [np.empty(0, np.uint64)], [np.zeros(1, np.int64)]
    for batch in texts.to_batches(max_chunksize=128):
        runs, starts = runs_of_many(batch.column("text").to_pylist())
        found.append(runs)
        counts.append(np.diff(starts))
    runs, starts = np.concatenate(found), np.cumsum(np.concatenate(counts))
    each = (runs[start:end].tobytes() for start, end in itertools.pairwise(starts.tolist()))
    content = np.array([len(own) and xxhash.xxh3_64_intdigest(own) for own in each], dtype=np.uint64)
    return runs, starts, content


def _sketched(work: Sketching, documents: Documents) -> Sketches:
    keys = documents.light("text_key", slice(work.first, work.last))
    known = Catalogue.load(work.known)
    places = known.find(keys)
    table = work.shelf.take(known, places[places >= 0], ["words", "content"]).combine_chunks()
    content = np.zeros(len(keys), dtype=np.uint64)
    content[places >= 0] = table.column("content").to_numpy()
    words: list[NDArray[np.uint32]] = [np.empty(0, np.uint32)] * len(keys)
    lists = table.column("words").combine_chunks()
    bounds, values = lists.offsets.to_numpy().tolist(), lists.values.to_numpy()
    for at, (start, end) in zip(np.flatnonzero(places >= 0).tolist(), itertools.pairwise(bounds), strict=True):
        words[at] = values[start:end]
    made: dict[bytes, dict[str, Any]] = {}
    unknown = np.flatnonzero(places < 0)
    texts = documents.texts(work.first + unknown, ["text_key", "text", "language"])
    for at, row in zip(unknown.tolist(), _rows_of(texts), strict=True):
        key = row["text_key"]
        if key not in made:
            made[key] = {"key": key, **sketch_row(row["text"], row["language"])}
        words[at], content[at] = made[key]["words"], made[key]["content"]
    work.shelf.add(list(made.values()))
    starts = np.zeros(len(words) + 1, dtype=np.int64)
    np.cumsum([len(each) for each in words], out=starts[1:])
    return Sketches(np.concatenate(words), starts, content)


def _rows_of(table: pa.Table) -> Iterator[dict[str, Any]]:
    """The rows of a table, a few at a time: texts as Python objects take several times their bytes."""
    for batch in table.to_batches(max_chunksize=64):
        yield from batch.to_pylist()


def pair_bucket(work: Bucket) -> int:
    """The finds among the keys of one bucket, copies collapsed, by range of their left documents."""
    files = (load_slice(work.folder, f"k{part}", work.number, KEY_ROW) for part in work.parts)
    rows = np.concatenate([np.empty(0, KEY_ROW), *files])
    content = np.load(work.folder / "content.npy", mmap_mode="r")
    found = collapse_copies(bucket_pairs(rows, work.options), content)
    ranges = -(-len(content) // work.range)
    save_sliced(found, found["left"].astype(np.int64) // work.range, ranges, work.folder, f"f{work.number}")
    return len(found)


def pair_range(work: Range) -> tuple[Path, Path]:
    """The pairs of one range that share enough keys and score enough to be compared, and their scores."""
    files = [load_slice(work.folder, f"f{number}", work.number, FOUND) for number in range(work.buckets)]
    pairs = merge_found(files, np.load(work.folder / "content.npy", mmap_mode="r"), work.options)
    scores = np.empty(len(pairs))
    for start in range(0, len(pairs), work.scored):
        some = slice(start, start + work.scored)
        scores[some] = _score(pairs[some], work)
    high = scores >= work.options.floor
    names = work.folder / f"pairs-{work.number}.npy", work.folder / f"scores-{work.number}.npy"
    save(pairs[high], names[0])
    save(scores[high], names[1])
    return names


def _score(pairs: Pairs, work: Range) -> NDArray[np.float64]:
    """The scores of pairs by the sketches of their documents, gathered from the parts they lie in."""
    if not len(pairs):
        return np.empty(0)
    numbers, places = np.unique(np.concatenate((pairs["left"], pairs["right"])), return_inverse=True)
    local = np.empty(len(pairs), dtype=PAIR)
    local["left"], local["right"] = places[: len(pairs)], places[len(pairs) :]
    sketches = _gathered(numbers.astype(np.int64), work.folder, work.part)
    if not work.near:
        return score_pairs(local, sketches)
    runs = np.split(sketches.words.astype(np.uint64, copy=False), sketches.starts[1:-1])
    return np.array([jaccard(runs[left], runs[right]) for left, right in local.tolist()])


def _gathered(numbers: NDArray[np.int64], folder: Path, part: int) -> Sketches:
    """The sketches of some documents, ascending; ``part`` of them lie in one file."""
    words, lengths, content = [], [], []
    for first in np.unique(numbers // part) * part:
        columns = {name: np.load(folder / f"{name}-{first}.npy", mmap_mode="r") for name in COLUMNS}
        local = numbers[np.searchsorted(numbers, first) : np.searchsorted(numbers, first + part)] - first
        sizes = columns["starts"][local + 1] - columns["starts"][local]
        ends = np.cumsum(sizes)
        total = int(ends[-1])
        words.append(columns["words"][np.arange(total) + np.repeat(columns["starts"][local] - ends + sizes, sizes)])
        lengths.append(sizes)
        content.append(columns["content"][local])
    starts = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(np.concatenate(lengths))))
    return Sketches(np.concatenate(words), starts, np.concatenate(content))
