"""Stage "clean": chunks -> what became of every document, and the table of all documents sorted by path."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from cleaners.documents import CleanText, Rejection, content_id
from cleaners.text.decoding import DecodingError
from flows.inputs import Chunk, Input, read_chunk
from flows.options import RunOptions
from flows.outputs.rows import change_rows
from flows.shelves import Catalogue, Places, Shelf, code_version
from flows.stages.documents import INPUTS, REJECTS, TEXTS, Documents
from flows.stages.job import Job, Progress
from flows.stages.listing import Listing
from flows.store import Workspace
from flows.tables import as_keys, concat, write_table
from flows.texts import clean_input, forget_pages


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The inputs of a run as a table sorted by path, and what their places point into (:meth:`documents`).

    Of ``count`` inputs ``known`` were cleaned by earlier runs; ``fresh`` different ones were cleaned now.
    """

    table: Path
    catalogue: Path
    shelf: Path
    count: int
    known: int
    fresh: int

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
        name = f"{code_version()}-{told}"
        return cls(
            Shelf(workspace.shelves / f"texts-{name}", TEXTS), Shelf(workspace.shelves / f"rejects-{name}", REJECTS)
        )


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
    for shelf in (shelves.texts, shelves.rejects):
        if job.options.fresh:
            shelf.clear()
        shelf.catalogue().save(known / shelf.folder.name)
    folder = job.workspace.folder("rows")
    work = (
        Cleaning(chunk, job.options, shelves, known, folder / f"{number:06d}.arrow")
        for number, chunk in enumerate(given.chunks)
    )
    done: list[CleanedChunk] = []
    count = 0
    progress("clean", 0, given.count, "documents")
    for chunk in job.engine.map(clean_chunk, work):
        done.append(chunk)
        count += chunk.count
        progress("clean", count, given.count, "documents")
    catalogue = shelves.texts.catalogue()
    catalogue.save(job.workspace.folder("catalogue"))
    table = job.workspace.run / "documents.arrow"
    write_table(_sorted_inputs([chunk.rows for chunk in done], catalogue), table)
    known, fresh = (sum(getattr(chunk, name) for chunk in done) for name in ("known", "fresh"))
    return Cleaned(table, job.workspace.folder("catalogue"), shelves.texts.folder, count, known, fresh)


def clean_chunk(work: Cleaning) -> CleanedChunk:
    """Clean one chunk: shards with what was not known before, and a row for every input."""
    texts, rejects = (_Known.load(shelf, work.known) for shelf in (work.shelves.texts, work.shelves.rejects))
    rows: list[dict[str, Any]] = []
    reused = 0
    for item in read_chunk(work.chunk.file, work.options.max_bytes):
        if isinstance(item, Rejection):
            rows.append({"path": item.path, "reason": item.reason, "detail": item.detail})
            continue
        row: dict[str, Any] = {"path": item.path, "id": bytes.fromhex(content_id(item.data))}
        rows.append(row)
        key = input_key(item)
        if texts.had(key) or rejects.had(key):
            reused += 1
        elif key not in texts.made and key not in rejects.made:
            try:
                made = outcome(item, work.options)
            except (ImportError, OSError):  # something is wrong with the installation or the machine
                raise
            except Exception as error:  # a document that breaks the cleaning must not take its neighbours along
                row |= {"reason": "failed", "detail": f"cleaning it failed with {type(error).__name__}: {error!s:.300}"}
                continue
            (rejects if "reason" in made else texts).made[key] = {"key": key, **made}
        row |= {"key": key} if key in texts.made or texts.had(key) else rejects.row(key)
    forget_pages()
    for known in (texts, rejects):
        known.shelf.add(list(known.made.values()))
    write_table(pa.Table.from_pylist(rows, schema=INPUTS), work.rows)
    return CleanedChunk(work.rows, len(rows), reused, len(texts.made) + len(rejects.made))


@dataclass(frozen=True, slots=True)
class _Known:
    """What a shelf held before this run, and what has been made for it since."""

    shelf: Shelf
    before: Catalogue
    made: dict[bytes, dict[str, Any]]

    @classmethod
    def load(cls, shelf: Shelf, folder: Path) -> _Known:
        return cls(shelf, Catalogue.load(folder / shelf.folder.name), {})

    def had(self, key: bytes) -> bool:
        """Whether an earlier run has made something under this key."""
        return bool(self._place(key)[0] >= 0)

    def row(self, key: bytes) -> dict[str, Any]:
        """What is known under a key, the key left out."""
        columns = [name for name in self.shelf.schema.names if name != "key"]
        found = self.made.get(key) or self.shelf.take(self.before, self._place(key), columns).to_pylist()[0]
        return {name: found.get(name) for name in columns}

    def _place(self, key: bytes) -> Places:
        return self.before.find(np.array([key], dtype=f"S{self.shelf.width}"))


def input_key(item: Input) -> bytes:
    """The hash of everything about an input that its cleaning looks at: not its path."""
    told = "\0".join((item.kind, item.declared or "", item.url or ""))
    digest = hashlib.blake2b(told.encode("utf-8", "surrogatepass"), digest_size=16)
    digest.update(b"\0\0")
    digest.update(item.data)
    return digest.digest()


def outcome(item: Input, options: RunOptions) -> dict[str, Any]:
    """What becomes of one input: a row of :data:`TEXTS` or of :data:`REJECTS`, without its key."""
    try:
        decoded, cleaned = clean_input(item, options)
    except DecodingError as error:
        return {"reason": error.reason, "detail": error.detail}
    if not cleaned.text.strip():
        return {"reason": "no-text", "detail": "nothing but page furniture and white space"}
    return {"encoding": decoded.encoding, "chars_in": len(decoded.text), **_described(cleaned), **_sketched(cleaned)}


def _described(cleaned: CleanText) -> dict[str, Any]:
    removed = sum(c.end - c.start - len(c.after) for c in cleaned.changes if "furniture" in c.step.split("+"))
    return {
        "text": cleaned.text,
        "text_key": _digest(f"{cleaned.language or ''}\0{cleaned.text}"),
        "digest": _digest(cleaned.text),
        "title": cleaned.title,
        "byline": cleaned.byline,
        "published": cleaned.published,
        "publisher": cleaned.publisher,
        "language": cleaned.language,
        "chars_out": len(cleaned.text),
        "size": sum(map(len, cleaned.text.split())),
        "removed": max(0, removed),
        "changes": change_rows(cleaned.changes),
        "change_count": len(cleaned.changes),
    }


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _sketched(cleaned: CleanText) -> dict[str, Any]:
    from cleaners.duplicates.shingles import profile
    from cleaners.duplicates.sketches import sketch

    found = sketch(profile(cleaned.text, cleaned.language))
    return {"words": found.words.tobytes(), "content": found.content}


def _sorted_inputs(files: list[Path], catalogue: Catalogue) -> pa.Table:
    """The rows of all chunks, sorted by path (by code point, as Python sorts), with their places in the catalogue."""
    table = concat(files, INPUTS).sort_by("path").combine_chunks()
    keys = table.column("key")
    places = pa.array(catalogue.find(as_keys(keys)), pa.int64(), mask=keys.is_null().to_numpy())
    return table.append_column("place", places)
