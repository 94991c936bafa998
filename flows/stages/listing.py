"""Stage "list": the seeds -> chunks, each a file that names or holds some megabytes of inputs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cleaners.documents import Rejection
from flows.inputs import Entry, walk
from flows.inputs.chunks import CHUNK_BYTES, CHUNK_ITEMS, Chunk, write_chunks
from flows.inputs.records import Fields, is_records, read_records
from flows.stages.job import Job, Progress


@dataclass(frozen=True, slots=True)
class Listing:
    """What there is to read: chunks in a fixed order, ``count`` inputs of ``size`` bytes in all."""

    chunks: tuple[Chunk, ...]
    count: int
    size: int


@dataclass(frozen=True, slots=True)
class Unpacking:
    """Work for one worker: files with records, to be unpacked into chunks."""

    entries: tuple[Entry, ...]
    fields: Fields
    folder: Path
    name: str


def list_inputs(job: Job, given: None, progress: Progress) -> Listing:
    """Every input below the seeds.  Files are only listed here; archives and files of records are unpacked."""
    folder = job.workspace.folder("chunks")
    packed: list[Entry] = []
    chunks: list[Chunk] = []
    count = 0
    for chunk in write_chunks(_loose(walk(job.seeds), packed), folder, "files"):
        chunks.append(chunk)
        count += chunk.count
        progress("list", count, None, "files")
    fields = Fields(job.options.text_field, job.options.id_field, job.options.max_bytes, job.options.named_fields())
    work = (
        Unpacking(entries, fields, folder, f"records-{number:05d}") for number, entries in enumerate(_grouped(packed))
    )
    for unpacked in job.engine.map(unpack, work):
        chunks += unpacked
        count += sum(chunk.count for chunk in unpacked)
        progress("list", count, None, "documents")
    progress("list", count, count, "documents")
    return Listing(tuple(chunks), count, sum(chunk.size for chunk in chunks))


def unpack(work: Unpacking) -> list[Chunk]:
    """Unpack some files of records, one after another, into chunks."""
    items = (item for entry in work.entries for item in read_records(entry, work.fields))
    return list(write_chunks(items, work.folder, work.name))


def _loose(found: Iterable[Entry | Rejection], packed: list[Entry]) -> Iterator[Entry | Rejection]:
    """What lies on its own; files with records are put aside into ``packed``."""
    for item in found:
        if isinstance(item, Entry) and is_records(item.path):
            packed.append(item)
        else:
            yield item


def _grouped(entries: Iterable[Entry]) -> Iterator[tuple[Entry, ...]]:
    """Small files together, large ones alone."""
    group: list[Entry] = []
    size = 0
    for entry in entries:
        if group and (size + entry.size > CHUNK_BYTES or len(group) == CHUNK_ITEMS):
            yield tuple(group)
            group, size = [], 0
        group.append(entry)
        size += entry.size
    if group:
        yield tuple(group)
