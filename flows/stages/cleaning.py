"""Stage "clean": chunks -> what became of every document, and the table of all documents sorted by path."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from cleaners.documents import Rejection, content_id
from flows.inputs import Chunk, read_chunk
from flows.inputs.documents import Input
from flows.options import RunOptions
from flows.shelves import Catalogue, Shelf
from flows.stages.documents import INPUTS, Documents, texts_shelf
from flows.stages.guard import Cleaner, guarded
from flows.stages.job import Job, Progress
from flows.stages.listing import Listing
from flows.stages.outcomes import REJECTS, Known, failure, input_key
from flows.store import Workspace
from flows.tables import as_keys, concat, write_table
from flows.texts import forget_pages
from flows.versions import code_version

UNSURE = ("failed", "timeout", "crashed")
"""Reasons that may not hold another time, or on another machine: the next run tries again."""

ALONE = 512
"""Chunks that the driver looks at by itself, half a minute at most, so that an unchanged folder starts no worker."""

NEW = 8
"""Chunks with something new among them after which it leaves the rest to the workers: they will start anyway."""

TOGETHER = 64
"""Inputs that are cleaned together: beyond some dozens nothing more is won."""

TOGETHER_BYTES = 1 << 16
"""The largest of them, so that together they take no longer than one that is cleaned by itself may."""

CLEANING = ("flows.stages.outcomes",)
"""What makes a clean text of an input."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The inputs of a run as a table sorted by path, and what their places point into (:meth:`documents`).

    Of ``count`` inputs, ``size`` bytes in all, ``known`` were cleaned by earlier runs; ``fresh`` different ones were
    cleaned now.
    """

    table: Path
    catalogue: Path
    shelf: Path
    count: int
    known: int
    fresh: int
    size: int
    inputs: Path | None = None
    """The table as cleaning left it, where ``table`` has texts without their recurring lines."""
    lines: Path | None = None
    """The recurring lines that went, where some did (:data:`~flows.stages.recurring.LINE`)."""
    left: tuple[str, ...] = ()
    """What is to be said of texts that could not be cleaned of recurring lines, and stayed as they were."""

    def documents(self) -> Documents:
        """The documents of the run."""
        return Documents.load(self.table, self.catalogue, self.shelf)


@dataclass(frozen=True, slots=True)
class Shelves:
    """What was made of inputs by this version of the code with these options: clean texts, and reasons against."""

    texts: Shelf
    rejects: Shelf

    @classmethod
    def of(cls, workspace: Workspace, options: RunOptions) -> Shelves:
        """The shelves for these options."""
        told = hashlib.sha256(repr(options.clean_options()).encode()).hexdigest()[:8]
        name = f"{code_version(*CLEANING)}-{told}"
        rejects = Shelf(workspace.shelves / f"rejects-{name}", REJECTS)
        return cls(texts_shelf(workspace.shelves / f"texts-{name}"), rejects)


@dataclass(frozen=True, slots=True)
class Cleaning:
    """Work for one worker: a chunk, the shelves, a folder with catalogues of what they held before, where to write."""

    chunk: Chunk
    options: RunOptions
    shelves: Shelves
    known: Path
    rows: Path


@dataclass(frozen=True, slots=True)
class CleanedChunk:
    """The file with a chunk's rows of :data:`~flows.stages.documents.INPUTS`."""

    rows: Path
    count: int
    known: int
    fresh: int


def clean_inputs(job: Job, given: Listing, progress: Progress) -> Cleaned:
    """Clean every input that no earlier run has cleaned, and list them all, sorted by path."""
    shelves = Shelves.of(job.workspace, job.options)
    known = job.workspace.folder("known")
    held = 0
    for shelf in (shelves.texts, shelves.rejects):
        if job.options.fresh:
            shelf.clear()
        catalogue = shelf.catalogue()
        catalogue.save(known / shelf.folder.name)
        held += len(catalogue.keys)
    folder = job.workspace.folder("rows")
    work = (
        Cleaning(chunk, job.options, shelves, known, folder / f"{number:06d}.arrow")
        for number, chunk in enumerate(given.chunks)
    )
    cleaned = _cleaned(job, work, ALONE if held else 0)
    done: list[CleanedChunk] = []
    count = 0
    progress("clean", 0, given.count, "documents")
    for chunk in cleaned:
        done.append(chunk)
        count += chunk.count
        progress("clean", count, given.count, "documents")
    catalogue = shelves.texts.catalogue()
    catalogue.save(job.workspace.folder("catalogue"))
    table = job.workspace.run / "documents.arrow"
    write_table(_sorted_inputs([chunk.rows for chunk in done], catalogue), table)
    known, fresh = (sum(getattr(chunk, name) for chunk in done) for name in ("known", "fresh"))
    return Cleaned(table, job.workspace.folder("catalogue"), shelves.texts.folder, count, known, fresh, given.size)


def _cleaned(job: Job, work: Iterator[Cleaning], alone: int) -> Iterator[CleanedChunk]:
    """Every chunk cleaned: of the first ``alone`` those of which all is known, then the others by the engine."""
    new: list[Cleaning] = []
    for each in itertools.islice(work, alone):
        if found := known_chunk(each):
            yield found
            continue
        new.append(each)
        if len(new) == NEW:
            break
    yield from job.engine.map(clean_chunk, itertools.chain(new, work))


def known_chunk(work: Cleaning) -> CleanedChunk | None:
    """The rows of a chunk all of which earlier runs have cleaned; None where they have not."""
    looked = _Looked.at(work)
    return looked.cleaned(work, None) if looked.all_known() else None


def clean_chunk(work: Cleaning) -> CleanedChunk:
    """Clean one chunk: shards with what was not known before, and a row for every input."""
    looked = _Looked.at(work)
    with guarded(work.rows.with_suffix(".begun"), work.options) as clean:
        done = looked.cleaned(work, clean)
    forget_pages()
    return done


def made_ahead(clean: Cleaner, items: Mapping[bytes, Input]) -> dict[bytes, dict[str, Any]]:
    """The rows of those inputs that can be cleaned together; what is large, or breaks the cleaning, is left."""
    made: dict[bytes, dict[str, Any]] = {}
    small = [(key, item) for key, item in items.items() if len(item.data) <= TOGETHER_BYTES]
    for start in range(0, len(small), TOGETHER):
        keys, some = zip(*small[start : start + TOGETHER], strict=True)
        with suppress(Exception):  # each of them gets another try by itself, and its own row if that fails
            made |= zip(keys, clean.outcomes(some), strict=True)
    return made


def made_of(clean: Cleaner, item: Input | Known) -> dict[str, Any]:
    """The row of an input or text; that of a failure where it breaks the cleaning."""
    try:
        return clean.outcome(item)
    except (ImportError, OSError):  # something is wrong with the installation or the machine
        raise
    except Exception as error:  # a document that breaks the cleaning must not take its neighbours along
        return failure(error)


@dataclass(slots=True)
class _Known:
    """What a shelf held before this run, by key the place, and what has been made for it since."""

    shelf: Shelf
    before: Catalogue
    had: dict[bytes, int]
    made: dict[bytes, dict[str, Any]]

    @classmethod
    def load(cls, shelf: Shelf, folder: Path) -> _Known:
        return cls(shelf, Catalogue.load(folder / shelf.folder.name, light=False), {}, {})

    def look_up(self, keys: list[bytes]) -> None:
        """Find out which of some keys earlier runs have made something under."""
        places = self.before.find(np.array(keys, dtype=f"S{self.shelf.width}")).tolist()
        self.had = {key: place for key, place in zip(keys, places, strict=True) if key and place >= 0}

    def row(self, key: bytes) -> dict[str, Any]:
        """What is known under a key, the key left out."""
        columns = [name for name in self.shelf.schema.names if name != "key"]
        if key not in self.made:
            [found] = self.shelf.take(self.before, np.array([self.had[key]]), columns).to_pylist()
            return dict(found)
        return {name: self.made[key].get(name) for name in columns}


@dataclass(frozen=True, slots=True)
class _Looked:
    """The inputs of a chunk with their keys (empty for what was set aside before), and what is known under them."""

    items: list[Input | Rejection]
    keys: list[bytes]
    texts: _Known
    rejects: _Known

    @classmethod
    def at(cls, work: Cleaning) -> _Looked:
        """Read a chunk, and look up what is in it."""
        texts, rejects = (_Known.load(shelf, work.known) for shelf in (work.shelves.texts, work.shelves.rejects))
        items = list(read_chunk(work.chunk.file, work.options.max_bytes))
        keys = [b"" if isinstance(item, Rejection) else input_key(item) for item in items]
        texts.look_up(keys)
        rejects.look_up(keys)
        return cls(items, keys, texts, rejects)

    def all_known(self) -> bool:
        """Whether nothing is to be cleaned."""
        return all(key in self.texts.had or key in self.rejects.had for key in self.keys if key)

    def fresh(self) -> dict[bytes, Input]:
        """What is to be cleaned, once for each key."""
        return {
            key: item
            for key, item in zip(self.keys, self.items, strict=True)
            if isinstance(item, Input) and key not in self.texts.had and key not in self.rejects.had
        }

    def cleaned(self, work: Cleaning, clean: Cleaner | None) -> CleanedChunk:
        """Clean what is not known, and write everything down; without ``clean`` all must be known."""
        texts, rejects = self.texts, self.rejects
        rows: list[dict[str, Any]] = []
        reused = 0
        ahead = made_ahead(clean, self.fresh()) if clean else {}
        for item, key in zip(self.items, self.keys, strict=True):
            if isinstance(item, Rejection):
                rows.append({"path": item.path, "reason": item.reason, "detail": item.detail})
                continue
            row: dict[str, Any] = {"path": item.path, "id": bytes.fromhex(content_id(item.data)), "note": item.note}
            rows.append(row)
            if key in texts.had or key in rejects.had:
                reused += 1
            elif clean and key not in texts.made and key not in rejects.made:
                made = ahead.pop(key, None) or made_of(clean, item)
                if made.get("reason") in UNSURE:
                    row |= made
                    continue
                (rejects if "reason" in made else texts).made[key] = {"key": key, **made}
            row |= {"key": key} if key in texts.made or key in texts.had else rejects.row(key)
        for known in (texts, rejects):
            known.shelf.add(list(known.made.values()))
        write_table(pa.Table.from_pylist(rows, schema=INPUTS), work.rows)
        return CleanedChunk(work.rows, len(rows), reused, len(texts.made) + len(rejects.made))


def _sorted_inputs(files: list[Path], catalogue: Catalogue) -> pa.Table:
    """The rows of all chunks, sorted by path (by code point, as Python sorts), with their places in the catalogue."""
    return with_places(concat(files, INPUTS).sort_by("path").combine_chunks(), catalogue)


def with_places(table: pa.Table, catalogue: Catalogue) -> pa.Table:
    """Inputs with the places in a catalogue of those that have a text there."""
    keys = table.column("key")
    places = pa.array(catalogue.find(as_keys(keys)), pa.int64(), mask=keys.is_null().to_numpy())
    return table.append_column("place", places)
