"""Stage "candidates": sketches -> the pairs that are worth comparing, out of core (see the map in
:mod:`cleaners.duplicates.candidates`)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from cleaners.duplicates.candidates import (
    PAIR,
    CandidateOptions,
    Found,
    Pairs,
    bucket_of,
    bucket_pairs,
    choose,
    key_rows,
    merge_found,
    score_pairs,
)
from cleaners.duplicates.sketches import Sketches
from flows.stages.cleaning import Cleaned
from flows.stages.job import Job, Progress
from flows.tables import as_keys, save

PART = 4096
"""Documents whose sketches lie in one file: about 4 MB."""

BUCKET_ROWS = 1 << 21
"""Rows of the key table (28 bytes each) that are sorted at once."""

SCORED = 1 << 16
"""Pairs scored in one piece of work."""


_COLUMNS = {"content": "u8", "text_key": "S16", "digest": "S16", "chars": "i8"}


@dataclass(frozen=True, slots=True)
class Candidates:
    """Pairs of document numbers: a file with a sorted array of :data:`~cleaners.duplicates.candidates.PAIR`.

    ``columns`` is a folder with one array a column over all documents: ``text_key``, ``digest`` and ``chars`` (those
    that came in and those that went out).
    """

    cleaned: Cleaned
    columns: Path
    pairs: Path
    count: int


@dataclass(frozen=True, slots=True)
class Sketching:
    """Work: the sketches of documents ``first`` to ``last`` into one file, their keys into buckets."""

    first: int
    last: int
    cleaned: Cleaned
    folder: Path
    buckets: int
    options: CandidateOptions


@dataclass(frozen=True, slots=True)
class Bucket:
    """Work: the keys of one bucket, of all parts, into pairs."""

    files: tuple[Path, ...]
    result: Path
    options: CandidateOptions


@dataclass(frozen=True, slots=True)
class Scoring:
    """Work: the scores of some pairs; ``part`` documents have their sketches in one file of ``folder``."""

    pairs: Path
    start: int
    stop: int
    folder: Path
    part: int
    result: Path


def find_candidates(job: Job, given: Cleaned, progress: Progress) -> Candidates:
    """Texts that share rare words -> the pairs to compare; copies of a text are paired with the first of them."""
    options = job.options.duplicate_options().candidates
    folder = job.workspace.folder("sketches")
    parts = _sketch(job, given, folder, options, progress)
    columns = {name: _column(name, dtype, parts) for name, dtype in _COLUMNS.items()}
    found = merge_found(_bucketed(job, parts, folder, options), columns["content"], options)
    pairs = choose(found, _scored(job, found, folder), columns["content"], options)
    target = job.workspace.folder("columns")
    for name, column in columns.items():
        save(column, target / f"{name}.npy")
    file = job.workspace.run / "candidates.npy"
    save(pairs, file)
    progress("candidates", len(pairs), len(pairs), "pairs")
    return Candidates(given, target, file, len(pairs))


def _column(name: str, dtype: str, parts: list[Sketching]) -> NDArray[Any]:
    return np.concatenate([np.empty(0, dtype), *(np.load(part.folder / f"{name}-{part.first}.npy") for part in parts)])


def _sketch(job: Job, given: Cleaned, folder: Path, options: CandidateOptions, progress: Progress) -> list[Sketching]:
    count = len(given.documents())
    buckets = 1 + count * options.trees // BUCKET_ROWS
    work = [
        Sketching(first, min(first + PART, count), given, folder, buckets, options) for first in range(0, count, PART)
    ]
    done = 0
    for part in job.engine.map(sketch_part, work):
        done += part
        progress("candidates", done, count, "documents")
    return work


def sketch_part(work: Sketching) -> int:
    """Gather the sketches of a run of documents from the shelf, and write their keys by bucket."""
    wanted = ["words", "content", "text_key", "digest", "chars_in", "chars_out"]
    table = work.cleaned.documents().texts(np.arange(work.first, work.last), wanted)
    words = [np.frombuffer(each, dtype=np.uint32) for each in table.column("words").to_pylist()]
    starts = np.zeros(len(table) + 1, dtype=np.int64)
    np.cumsum([len(each) for each in words], out=starts[1:])
    sketches = Sketches(np.concatenate(words), starts, table.column("content").to_numpy().astype(np.uint64))
    for name in ("words", "starts", "content"):
        save(getattr(sketches, name), work.folder / f"{name}-{work.first}.npy")
    for name in ("text_key", "digest"):
        save(as_keys(table.column(name)), work.folder / f"{name}-{work.first}.npy")
    chars = pc.add(table.column("chars_in"), table.column("chars_out")).to_numpy()
    save(chars, work.folder / f"chars-{work.first}.npy")
    rows = key_rows(sketches, work.first, work.options)
    bucket = bucket_of(rows, work.buckets)
    for number in range(work.buckets):
        save(rows[bucket == number], work.folder / f"keys-{number}-{work.first}.npy")
    return len(table)


def _bucketed(job: Job, parts: list[Sketching], folder: Path, options: CandidateOptions) -> list[Found]:
    work = [
        Bucket(tuple(folder / f"keys-{number}-{part.first}.npy" for part in parts), folder / f"{number}.npy", options)
        for number in range(parts[0].buckets if parts else 0)
    ]
    return [np.load(file) for file in job.engine.map(pair_bucket, work)]


def pair_bucket(work: Bucket) -> Path:
    """The finds among the keys of one bucket."""
    save(bucket_pairs(np.concatenate([np.load(file) for file in work.files]), work.options), work.result)
    return work.result


def _scored(job: Job, pairs: Pairs, folder: Path) -> NDArray[np.float64]:
    file = folder / "pairs.npy"
    save(pairs, file)
    work = [
        Scoring(file, start, min(start + SCORED, len(pairs)), folder, PART, folder / f"scores-{start}.npy")
        for start in range(0, len(pairs), SCORED)
    ]
    return np.concatenate([np.empty(0), *(np.load(scores) for scores in job.engine.map(score_part, work))])


def score_part(work: Scoring) -> Path:
    """Score some pairs on the sketches of their documents, gathered from the parts they lie in."""
    pairs = np.load(work.pairs, mmap_mode="r")[work.start : work.stop]
    numbers, places = np.unique(np.concatenate((pairs["left"], pairs["right"])), return_inverse=True)
    local = np.empty(len(pairs), dtype=PAIR)
    local["left"], local["right"] = places[: len(pairs)], places[len(pairs) :]
    save(score_pairs(local, _gathered(numbers, work.folder, work.part)), work.result)
    return work.result


def _gathered(numbers: NDArray[np.uint32], folder: Path, size: int) -> Sketches:
    """The sketches of some documents; ``size`` of them have theirs in one file."""
    words, content = [], []
    for part in np.unique(numbers // size) * size:
        columns = {
            name: np.load(folder / f"{name}-{part}.npy", mmap_mode="r") for name in ("words", "starts", "content")
        }
        for at in numbers[numbers // size == part // size] - part:
            words.append(columns["words"][columns["starts"][at] : columns["starts"][at + 1]])
            content.append(columns["content"][at])
    starts = np.cumsum([0, *map(len, words)]).astype(np.int64)
    return Sketches(np.concatenate(words), starts, np.array(content, dtype=np.uint64))
