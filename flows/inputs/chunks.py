"""Work is handed out in chunks: a file that names or holds inputs of some megabytes together.

A chunk lists files that lie on their own, or holds the very bytes of records, which can only be read one after another
and are therefore unpacked first.  Either way :func:`read_chunk` gives the same.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from cleaners.documents import Rejection
from flows.inputs.documents import Input, read_file
from flows.inputs.listing import Entry
from flows.store import written

CHUNK_BYTES = 1 << 20
"""Some seconds of cleaning: short enough to keep workers even and a loss small, long enough to hide handing it out."""

CHUNK_ITEMS = 500
"""Many tiny documents cost by their number, not their bytes."""

_ROWS_AT_ONCE = 64
"""Rows that are made Python objects together: one by one takes ten times as long, all at once twice the memory."""

_SCHEMA = pa.schema(
    [
        ("path", pa.string()),
        ("file", pa.binary()),
        ("size", pa.int64()),
        ("data", pa.binary()),
        ("kind", pa.string()),
        ("declared", pa.string()),
        ("url", pa.string()),
        ("given", pa.string()),
        ("note", pa.string()),
        ("reason", pa.string()),
        ("detail", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A file in the working folder that stands for ``count`` inputs of ``size`` bytes together."""

    file: Path
    count: int
    size: int


def write_chunks(items: Iterable[Entry | Input | Rejection], folder: Path, name: str) -> Iterator[Chunk]:
    """Write ``items`` to chunk files ``folder/name-00000.arrow`` and so on, as they come."""
    rows: list[dict[str, Any]] = []
    size = number = 0
    for item in items:
        row = _row(item)
        weight = row.get("size", 0)
        if rows and (size + weight > CHUNK_BYTES or len(rows) == CHUNK_ITEMS):
            yield _write(rows, size, folder / f"{name}-{number:05d}.arrow")
            rows, size, number = [], 0, number + 1
        rows.append(row)
        size += weight
    if rows:
        yield _write(rows, size, folder / f"{name}-{number:05d}.arrow")


def read_chunk(file: Path, max_bytes: int) -> Iterator[Input | Rejection]:
    """The inputs of a chunk, in its order, each read only when its turn comes."""
    with pa.memory_map(str(file)) as source:
        for batch in pa.ipc.open_file(source).read_all().to_batches():
            for at in range(0, len(batch), _ROWS_AT_ONCE):
                yield from (_item(row, max_bytes) for row in batch.slice(at, _ROWS_AT_ONCE).to_pylist())


def _row(item: Entry | Input | Rejection) -> dict[str, Any]:
    if isinstance(item, Entry):
        return {"path": item.path, "file": os.fsencode(item.file), "size": item.size}
    if isinstance(item, Rejection):
        return {"path": item.path, "reason": item.reason, "detail": item.detail}
    return {
        "path": item.path,
        "data": item.data,
        "size": len(item.data),
        "kind": item.kind,
        "declared": item.declared,
        "url": item.url,
        "given": json.dumps(item.given) if item.given else None,
        "note": item.note,
    }


def _item(row: dict[str, Any], max_bytes: int) -> Input | Rejection:
    if row["file"] is not None:
        return read_file(Entry(row["path"], os.fsdecode(row["file"]), row["size"]), max_bytes)
    if row["data"] is None:
        return Rejection(row["path"], row["reason"], row["detail"])
    given = tuple((name, value) for name, value in json.loads(row["given"] or "[]"))
    return Input(row["path"], row["data"], row["kind"], row["declared"], row["url"], given, row["note"])


def _write(rows: list[dict[str, Any]], size: int, file: Path) -> Chunk:
    table = pa.Table.from_pylist(rows, schema=_SCHEMA)
    with written(file) as handle, pa.ipc.new_file(handle, _SCHEMA) as writer:
        writer.write_table(table)
    return Chunk(file, len(rows), size)
