"""The maps of the stage "learn": documents -> their sources -> profiles by source -> lines that recur -> texts without
them.

What a worker holds is bounded by :data:`PART` and by the :data:`LOOKED_AT` texts of a source with :data:`LINES` lines
each, whatever the number of documents.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cleaners.text.recurring import TEXTS, Profile, line_key, profile, recurring_among, recurring_edits
from flows.options import RunOptions
from flows.shelves import Catalogue, Shelf
from flows.stages.cleaning import made_of
from flows.stages.documents import Documents
from flows.stages.guard import guarded
from flows.stages.outcomes import NEEDED, Known, known_key
from flows.stages.sources import source_key, source_of
from flows.tables import as_keys, load_slice, save, save_sliced
from flows.texts import forget_pages

PART = 1024
"""Documents whose profiles lie in one file."""

LOOKED_AT = 1024
"""Texts of a source that are looked at, those with the smallest digests: a choice that depends on nothing but the set
of texts.  A line that stands in a fiftieth of a source's texts stands in some twenty of these."""

LINES = 2000
"""Lines of a text that are looked at, those with the smallest keys, so that texts agree on which; a long article has
two hundred."""

PROFILED = np.dtype([("source", "u8"), ("key", "u8"), ("number", "u4"), ("kind", "u1")])
"""A line of a document: ``kind`` counts through the parts of a :class:`~cleaners.text.recurring.Profile`."""

FOUND = np.dtype([("source", "u8"), ("key", "u8"), ("prose", "?"), ("most", "?")])
"""A line that recurs in a source, whatever other sources hold; ``most`` where half of the texts hold it."""

LINE = np.dtype([("source", "u8"), ("key", "u8"), ("texts", "u8")])
"""A recurring line, and the number of different texts of its source in which it stands."""

CLEANED = np.dtype([("number", "u8"), ("key", "S16")])
"""A document, and the key of its clean text without the lines that recur."""

PROSE = 2
"""The kind of prose."""

LOOKED = pa.schema([("key", pa.binary(16)), ("lines", pa.list_(pa.uint64())), ("cleaned", pa.binary(16))])
"""What came of a text and the lines that recur in its source, under the hash of both (:func:`_looked_keys`): those of
the lines that stand in it, and the key of the text without them where it becomes another."""


@dataclass(frozen=True, slots=True)
class Slice:
    """Work: some documents of the run, from ``first`` to ``last``, in files of ``folder``."""

    documents: tuple[Path, Path, Path]
    folder: Path
    first: int
    last: int
    buckets: int = 1


@dataclass(frozen=True, slots=True)
class Bucket:
    """Work: the profiles of some sources, from the slices that begin with ``parts``; ``lines`` names a file."""

    number: int
    parts: tuple[int, ...]
    folder: Path
    lines: str = ""


@dataclass(frozen=True, slots=True)
class Recleaning:
    """Work: some documents of ``slice``, numbered in a file, to be rid of the lines that recur in their sources.

    ``known`` is a catalogue of what earlier runs found on the shelf ``looked``.
    """

    slice: Slice
    options: RunOptions
    looked: Shelf
    known: Path


def name_sources(work: Slice) -> Path:
    """The source of each document, as a number."""
    documents = Documents.load(*work.documents)
    numbers = np.arange(work.first, work.last)
    publishers = documents.texts(numbers, ["publisher"]).column("publisher").to_pylist()
    found = map(source_of, documents.paths(numbers), publishers)
    file = work.folder / f"sources-{work.first}.npy"
    save(np.fromiter(map(source_key, found), dtype=np.uint64, count=len(numbers)), file)
    return file


def profile_texts(work: Slice) -> int:
    """The lines of the chosen documents ``first`` to ``last``, by bucket of their source."""
    documents = Documents.load(*work.documents)
    numbers = np.load(work.folder / "chosen.npy", mmap_mode="r")[work.first : work.last]
    sources = np.load(work.folder / "sources.npy", mmap_mode="r")[numbers]
    rows = [np.empty(0, PROFILED)]
    texts = documents.texts(numbers, ["text", "changes"])
    columns = (_values(texts.column(name)) for name in ("text", "changes"))
    for number, source, text, changes in zip(numbers.tolist(), sources.tolist(), *columns, strict=True):
        found = profile(text, _removed(changes))
        kinds = [(key, kind) for kind, keys in enumerate((found.labels, found.sentences, found.prose)) for key in keys]
        rows.append(np.array([(source, key, number, kind) for key, kind in sorted(kinds)[:LINES]], dtype=PROFILED))
    lines = np.concatenate(rows)
    bucket = (lines["source"] % np.uint64(work.buckets)).astype(np.int64)
    order = np.argsort(bucket, kind="stable")
    save_sliced(lines[order], bucket[order], work.buckets, work.folder, f"lines-{work.first}")
    return work.last - work.first


def _removed(changes: str) -> Iterator[str]:
    """What was taken out of a text as page furniture."""
    for line in changes.split("\n"):
        if '"step": "furniture"' in line:
            yield json.loads(f"{{{line}}}")["before"]


def find_recurring(work: Bucket) -> NDArray[Any]:
    """The lines that recur in the sources of a bucket (:data:`FOUND`)."""
    rows = _bucket(work)
    rows = rows[np.lexsort((rows["key"], rows["source"]))]
    found = [np.empty(0, FOUND)]
    for lines in np.split(rows, np.flatnonzero(np.diff(rows["source"])) + 1):
        keys, counts = np.unique(lines["key"], return_counts=True)
        if not (counts >= TEXTS).any():
            continue
        recurring = np.array(sorted(recurring_among(_profiles(lines))), dtype=np.uint64)
        some = np.zeros(len(recurring), FOUND)
        some["source"], some["key"] = lines["source"][:1], recurring
        texts = len(np.unique(lines["number"]))
        some["most"] = np.isin(recurring, keys[2 * counts >= texts])
        some["prose"] = np.isin(recurring, lines["key"][lines["kind"] == PROSE])
        found.append(some)
    return np.concatenate(found)


def _profiles(lines: NDArray[Any]) -> Iterator[Profile]:
    """The profiles that the lines of one source make up."""
    lines = lines[np.argsort(lines["number"], kind="stable")]
    for own in np.split(lines, np.flatnonzero(np.diff(lines["number"])) + 1):
        yield Profile(*(frozenset(own["key"][own["kind"] == kind].tolist()) for kind in range(3)))


def find_prose(work: Bucket) -> NDArray[Any]:
    """The sources of a bucket in which some lines (their keys lie in a file) stand as prose (:data:`FOUND`)."""
    rows = _bucket(work)
    wanted = np.load(work.folder / work.lines)
    rows = rows[(rows["kind"] == PROSE) & np.isin(rows["key"], wanted)]
    found = np.ones(len(rows), FOUND)
    found["source"], found["key"] = rows["source"], rows["key"]
    return np.unique(found)


def _bucket(work: Bucket) -> NDArray[Any]:
    slices = (load_slice(work.folder, f"lines-{part}", work.number, PROFILED) for part in work.parts)
    return np.concatenate([np.empty(0, PROFILED), *slices])


@dataclass(frozen=True, slots=True)
class TakenOut:
    """What came of some documents: a file with those that have changed (:data:`CLEANED`); in how many of these texts,
    copies counted once, each line of a source stands; the documents whose cleaning failed, and why; a file with the
    keys of :data:`LOOKED` by which the next run will find all this."""

    cleaned: Path
    counts: dict[tuple[int, int], int]
    failed: tuple[tuple[int, str], ...]
    looked: Path


def take_out(work: Recleaning) -> TakenOut:
    """Clean some documents of the lines that recur in their sources."""
    folder, documents = work.slice.folder, Documents.load(*work.slice.documents)
    numbers = np.load(folder / "holders.npy", mmap_mode="r")[work.slice.first : work.slice.last]
    sources, first = (np.load(folder / f"{name}.npy", mmap_mode="r")[numbers] for name in ("sources", "first"))
    recurring = _recurring(np.load(folder / "recurring.npy", mmap_mode="r"), sources)
    before = as_keys(documents.table.column("key").take(pa.array(documents.rows[numbers]))).tolist()
    keys = _looked_keys(before, sources.tolist(), recurring, documents.shelf.folder.name)
    standing, cleaned = _known(work, keys, numbers, documents)
    new = np.array([at for at, number in enumerate(numbers.tolist()) if number not in standing], dtype=np.int64)
    found, held = _look(numbers[new], sources[new].tolist(), recurring, documents)
    standing |= found
    made, failed = _cleaned(work, documents, held)
    wrong = {number for number, _ in failed}
    own = dict(made)
    rows: dict[bytes, dict[str, Any]] = {}
    for at in new.tolist():
        number = int(numbers[at])
        if number not in wrong:
            rows[keys[at]] = {"key": keys[at], "lines": sorted(found[number]), "cleaned": own.get(number)}
    work.looked.add(list(rows.values()))
    counts: Counter[tuple[int, int]] = Counter()
    for number, source, counted in zip(numbers.tolist(), sources.tolist(), first.tolist(), strict=True):
        if counted:
            counts.update((source, key) for key in standing[number])
    names = [folder / f"{name}-{work.slice.first}.npy" for name in ("cleaned", "looked")]
    save(np.array(sorted([*cleaned, *made]), dtype=CLEANED), names[0])
    save(np.array(keys, dtype="S16"), names[1])
    return TakenOut(names[0], dict(counts), tuple(failed), names[1])


def _looked_keys(
    before: list[bytes], sources: list[int], recurring: dict[int, tuple[frozenset[int], frozenset[int]]], shelf: str
) -> list[bytes]:
    """The hash of each text and of all that recurs in its source; keys of texts are those of one ``shelf``."""
    told = {
        source: blake2b(f"{shelf} {sorted(lines)} {sorted(most)}".encode(), digest_size=16).digest()
        for source, (lines, most) in recurring.items()
    }
    found = zip(before, sources, strict=True)
    return [blake2b(told[source] + key.ljust(16, b"\0"), digest_size=16).digest() for key, source in found]


def _known(
    work: Recleaning, keys: list[bytes], numbers: NDArray[np.int64], documents: Documents
) -> tuple[dict[int, Iterable[int]], list[tuple[int, bytes]]]:
    """What earlier runs found in documents: the lines that stand in them, and the new keys of those that change.

    Where the text without the lines is no longer there, nothing is known.
    """
    catalogue = Catalogue.load(work.known)
    places = catalogue.find(np.array(keys, dtype="S16"))
    table = work.looked.take(catalogue, places[places >= 0], ["lines", "cleaned"]).combine_chunks()
    changes = table.column("cleaned").is_valid().to_numpy()
    there = documents.catalogue.find(as_keys(table.column("cleaned"))) >= 0
    whole = ~changes | there
    known = numbers[places >= 0][whole].tolist()
    rows = table.filter(pa.array(whole))
    standing = dict(zip(known, rows.column("lines").to_pylist(), strict=True))
    cleaned = zip(known, rows.column("cleaned").to_pylist(), strict=True)
    return standing, [(number, key) for number, key in cleaned if key is not None]


def _look(
    numbers: NDArray[np.int64],
    sources: list[int],
    recurring: dict[int, tuple[frozenset[int], frozenset[int]]],
    documents: Documents,
) -> tuple[dict[int, frozenset[int]], dict[int, frozenset[int]]]:
    """The recurring lines that stand in documents, as text or as what other steps took out; and for those documents
    that will change, the lines that are to go."""
    texts = documents.texts(numbers, ["text", "changes", "title"])
    columns = (_values(texts.column(name)) for name in ("text", "changes", "title"))
    found: dict[int, frozenset[int]] = {}
    held: dict[int, frozenset[int]] = {}
    for number, source, text, changes, title in zip(numbers.tolist(), sources, *columns, strict=True):
        lines, most = recurring[source]
        standing = found[number] = profile(text, _removed(changes)).keys & lines
        own = profile(text).keys & lines if standing else standing
        # A headline that recurs, such as that of a column, is one all the same; what all texts have is none.  Where no
        # line is sure to be the headline, the first may be; where one is, it may stand there with a mark of Markdown.
        first = text.split("\n", 1)[0]
        heads = {title, first} if title and title in first else {title or first}
        own -= {line_key(head) for head in heads} - most
        if recurring_edits(text, own):
            held[number] = own
    return found, held


def _recurring(lines: NDArray[Any], sources: NDArray[np.uint64]) -> dict[int, tuple[frozenset[int], frozenset[int]]]:
    """The lines that recur in some sources, and those of them that most texts hold; ``lines`` are sorted by source."""
    found = {}
    for source in np.unique(sources):
        start, end = np.searchsorted(lines["source"], source), np.searchsorted(lines["source"], source, "right")
        own = lines[start:end]
        found[int(source)] = frozenset(own["key"].tolist()), frozenset(own["key"][own["most"]].tolist())
    return found


def _cleaned(
    work: Recleaning, documents: Documents, held: dict[int, frozenset[int]]
) -> tuple[list[tuple[int, bytes]], list[tuple[int, str]]]:
    """The new keys of documents, whose texts are made where no earlier run has made them; and what went wrong."""
    numbers = np.array(sorted(held), dtype=np.int64)
    before = as_keys(documents.table.column("key").take(pa.array(documents.rows[numbers]))).tolist()
    keys = [known_key(key.ljust(16, b"\0"), held[number]) for key, number in zip(before, numbers.tolist(), strict=True)]
    unknown = documents.catalogue.find(np.array(keys, dtype="S16")) < 0
    made: dict[bytes, dict[str, Any]] = {}
    failed: list[tuple[int, str]] = []
    asked = zip(numbers[unknown].tolist(), np.array(keys, dtype=object)[unknown], strict=True)
    rows = (row for batch in documents.texts(numbers[unknown], NEEDED).to_batches(64) for row in batch.to_pylist())
    with guarded(work.slice.folder / f"cleaned-{work.slice.first}.begun", work.options) as clean:
        for (number, key), row in zip(asked, rows, strict=True):
            if key in made:
                continue
            found = made_of(clean, Known(row, held[number]))
            if "reason" in found:
                failed.append((number, found["detail"]))
            else:
                made[key] = {"key": key, **found}
    forget_pages()
    documents.shelf.add(list(made.values()))
    wrong = {number for number, _ in failed}
    return [(number, key) for number, key in zip(numbers.tolist(), keys, strict=True) if number not in wrong], failed


def _values(column: pa.ChunkedArray) -> Iterator[Any]:
    """The values of a column, a few at a time: texts as Python objects take several times their bytes."""
    for chunk in column.chunks:
        for start in range(0, len(chunk), 64):
            yield from chunk.slice(start, 64).to_pylist()
