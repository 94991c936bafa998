"""Stage "learn": clean texts -> the same without lines that recur in many texts of their source (see
:mod:`flows.stages.recurring` for its maps, :mod:`cleaners.text.recurring` for what recurs).

What recurs follows from the set of all documents, so it is found anew where that has changed, and kept under its hash
where it has not.  A text is cleaned of the recurring lines that it holds itself: it is made anew only where these
change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cleaners.text.recurring import TEXTS
from flows.errors import printable
from flows.shelves import IN_FULL, Shelf
from flows.stages.cleaning import Cleaned, with_places
from flows.stages.documents import INPUTS, Documents
from flows.stages.job import Job, Progress
from flows.stages.kept import keep, load
from flows.stages.recurring import (
    CLEANED,
    FOUND,
    LINE,
    LOOKED,
    LOOKED_AT,
    PART,
    Bucket,
    Recleaning,
    Slice,
    find_prose,
    find_recurring,
    name_sources,
    profile_texts,
    take_out,
)
from flows.stages.standing import fingerprint
from flows.store import Workspace
from flows.tables import as_keys, save, write_table
from flows.versions import code_version

LEARNING = ("flows.stages.learning", "flows.stages.recurring")
"""What finds the lines that recur."""

BUCKET_TEXTS = 1 << 14
"""Texts whose profiles are looked at together: a million lines or so, of 21 bytes."""

FAILURES_TOLD = 3
"""Texts that could not be cleaned of recurring lines which the run names at its end."""


@dataclass(frozen=True, slots=True)
class Learned:
    """The ``texts`` that are to be others (:data:`~flows.stages.recurring.CLEANED`, by number), the ``lines`` that
    recur (:data:`~flows.stages.recurring.LINE`, sorted), and what failed, with why."""

    texts: NDArray[Any]
    lines: NDArray[Any]
    failed: tuple[tuple[int, str], ...] = ()


def learned_folder(workspace: Workspace) -> Path:
    """Where what the last run learned is kept, under the version of the code."""
    return workspace.shelves / f"learned-{code_version(*LEARNING)}"


def looked_shelf(workspace: Workspace) -> Shelf:
    """What came of each text and the lines that recur in its source, by this version of the code."""
    return Shelf(workspace.shelves / f"looked-{code_version(*LEARNING)}", LOOKED, group=IN_FULL)


def learn_recurring(job: Job, given: Cleaned, progress: Progress) -> Cleaned:
    """Take out the lines that recur in many different texts of one source."""
    if not job.options.learns():
        return given
    documents = given.documents()
    folder, key = learned_folder(job.workspace), _made_of(job, given, documents)
    learned = None if job.options.fresh else _kept(folder, key, documents)
    if learned is None:
        learned = _learn(job, given, documents, progress)
        if not learned.failed:  # what failed may do better another time
            keep(learned.texts, folder, "texts", key)
            keep(learned.lines, folder, "lines", key)
    else:
        progress("learn", len(documents), len(documents), "documents")
    return _with(job, given, documents, learned)


def _made_of(job: Job, given: Cleaned, documents: Documents) -> str:
    """The hash of all that is looked at: the texts, by the keys that cleaning gave them, and their paths."""
    table = documents.table.filter(documents.table.column("place").is_valid()).select(["path", "key"])
    file = job.workspace.run / "learned-of.arrow"
    write_table(table.combine_chunks(), file)
    return fingerprint([file], given.shelf.name)


def _kept(folder: Path, key: str, documents: Documents) -> Learned | None:
    """What the last run learned of the same documents, as long as the texts that it made are still there."""
    texts, lines = (load(folder, name, key, dtype) for name, dtype in (("texts", CLEANED), ("lines", LINE)))
    if texts is None or lines is None or (documents.catalogue.find(texts["key"]) < 0).any():
        return None
    return Learned(texts, lines)


def _learn(job: Job, given: Cleaned, documents: Documents, progress: Progress) -> Learned:
    nothing = Learned(np.empty(0, CLEANED), np.empty(0, LINE))
    count = len(documents)
    progress("learn", 0, count, "documents")
    lines = _recurring(job, given, documents) if count >= TEXTS else nothing.lines
    learned = _take_out(job, given, lines, progress, count) if len(lines) else nothing
    progress("learn", count, count, "documents")
    return learned


def _recurring(job: Job, given: Cleaned, documents: Documents) -> NDArray[Any]:
    """The lines that recur (:data:`~flows.stages.recurring.FOUND`, sorted), those of wires left out."""
    folder = job.workspace.folder("learned")
    sources = np.concatenate(
        [np.load(file) for file in job.engine.map(name_sources, _slices(given, folder, len(documents)))]
    )
    first, chosen = _choose(sources, documents.light("digest"))
    for name, array in (("sources", sources), ("first", first), ("chosen", chosen)):
        save(array, folder / f"{name}.npy")
    buckets = 1 + len(chosen) // BUCKET_TEXTS
    work = list(_slices(given, folder, len(chosen), buckets))
    for _ in job.engine.map(profile_texts, work):
        pass
    parts = tuple(each.first for each in work)
    found = _gathered(job, find_recurring, (Bucket(number, parts, folder) for number in range(buckets)))
    prose = np.unique(found["key"][found["prose"]])
    if len(prose):
        save(prose, folder / "prose.npy")
        places = _gathered(job, find_prose, (Bucket(number, parts, folder, "prose.npy") for number in range(buckets)))
        keys, counts = np.unique(places["key"], return_counts=True)
        found = found[~(found["prose"] & np.isin(found["key"], keys[counts > 1]))]
    found.sort(order=["source", "key"])
    return found


def _slices(given: Cleaned, folder: Path, count: int, buckets: int = 1) -> Iterator[Slice]:
    files = given.table, given.catalogue, given.shelf
    return (Slice(files, folder, at, min(at + PART, count), buckets) for at in range(0, count, PART))


def _gathered(job: Job, function: Any, work: Iterator[Bucket]) -> NDArray[Any]:
    return np.concatenate([np.empty(0, FOUND), *job.engine.map(function, work)])


def _choose(sources: NDArray[np.uint64], digests: NDArray[np.bytes_]) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Which documents are the first of their source with their text, and the numbers of those to look at.

    >>> first, chosen = _choose(np.array([7, 7, 7], np.uint64), np.array([b"b", b"a", b"b"]))
    >>> first.tolist(), chosen.tolist()
    ([True, True, False], [0, 1])
    """
    order = np.lexsort((digests, sources))
    source, digest = sources[order], digests[order]
    new_source = np.concatenate(([True], source[1:] != source[:-1]))[: len(order)]
    new = np.concatenate(([True], digest[1:] != digest[:-1]))[: len(order)] | new_source
    counted = np.cumsum(new)
    rank: NDArray[np.int64] = counted - np.maximum.accumulate(np.where(new_source, counted, 0))
    first = np.zeros(len(order), dtype=bool)
    first[order[new]] = True
    return first, np.sort(order[new & (rank < LOOKED_AT)])


def _take_out(job: Job, given: Cleaned, found: NDArray[Any], progress: Progress, count: int) -> Learned:
    folder = job.workspace.folder("learned")
    shelf = looked_shelf(job.workspace)
    if job.options.fresh:
        shelf.clear()
    known = job.workspace.folder("known") / shelf.folder.name
    shelf.catalogue().save(known)
    save(found, folder / "recurring.npy")
    holders = np.flatnonzero(np.isin(np.load(folder / "sources.npy", mmap_mode="r"), found["source"]))
    save(holders, folder / "holders.npy")
    counts: Counter[tuple[int, int]] = Counter()
    texts: list[NDArray[Any]] = [np.empty(0, CLEANED)]
    failed: list[tuple[int, str]] = []
    looked: list[NDArray[Any]] = [np.empty(0, "S16")]
    work = (Recleaning(each, job.options, shelf, known) for each in _slices(given, folder, len(holders)))
    done = count - len(holders)
    for taken in job.engine.map(take_out, work):
        texts.append(np.load(taken.cleaned))
        counts.update(taken.counts)
        looked.append(np.load(taken.looked))
        failed += taken.failed
        done = min(done + PART, count)
        progress("learn", done, count, "documents")
    catalogue = shelf.catalogue()
    shelf.sweep(catalogue, np.isin(catalogue.keys, np.concatenate(looked)))
    lines = np.array([(*line, number) for line, number in sorted(counts.items())], dtype=LINE)
    return Learned(np.concatenate(texts), lines, tuple(failed))


def _with(job: Job, given: Cleaned, documents: Documents, learned: Learned) -> Cleaned:
    """The documents with what was learned."""
    left = tuple(_complaint(documents, learned))
    if not len(learned.texts):
        return replace(given, left=left)
    catalogue = documents.shelf.catalogue()
    folder = job.workspace.folder("catalogue-learned")
    catalogue.save(folder)
    table = documents.table.select(INPUTS.names)
    column = table.column("key").combine_chunks()
    keys = as_keys(column)
    keys[documents.rows[learned.texts["number"].astype(np.int64)]] = learned.texts["key"]
    made = pa.FixedSizeBinaryArray.from_buffers(column.type, len(keys), [None, pa.py_buffer(keys.tobytes())])
    new = pc.if_else(column.is_valid(), made, pa.scalar(None, column.type))
    table = table.set_column(table.schema.get_field_index("key"), INPUTS.field("key"), new)
    file, lines = job.workspace.run / "learned.arrow", job.workspace.run / "lines.npy"
    write_table(with_places(table, catalogue), file)
    save(learned.lines, lines)
    return replace(given, table=file, catalogue=folder, inputs=given.table, lines=lines, left=left)


def _complaint(documents: Documents, learned: Learned) -> Iterator[str]:
    if learned.failed:
        some = learned.failed[:FAILURES_TOLD]
        paths = documents.paths(np.array([number for number, _ in some]))
        told = "; ".join(f"{printable(path)}: {printable(why)}" for path, (_, why) in zip(paths, some, strict=True))
        yield f"{len(learned.failed):,} texts keep lines that recur, as cleaning them failed; {told}"
