"""What earlier runs made, kept for reuse: rows under a key, in immutable Parquet files, found through a catalogue.

A key is the hash of everything a row depends on (for the code's share see :mod:`flows.versions`), so reuse is a cache
of pure functions: whether a row was made today or last year changes nothing but the time.  A shelf is a folder of
shards; what stands in it is the truth, so a run that was killed leaves every finished shard of use, and no index to
mend.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import xxhash
from numpy.typing import NDArray

from flows.store import written
from flows.tables import as_keys, save

Places = NDArray[np.int64]
"""Positions in a catalogue; -1 for a key that is not there."""

GROUP = 128
"""Rows in a row group: what must be read to get at a single row."""

IN_FULL = 4096
"""The same for a shelf that is mostly read from end to end: a third smaller, as rows are packed together."""

LEVELS = {GROUP: 3, IN_FULL: 9}
"""Of compression.  Verdicts are 13 per cent smaller than at level 3, for .03 ms each; for texts level 6 would take
twice as long as 3, .03 ms more, to save 4 per cent."""

TINY = 256
"""Shards with fewer live rows, or half a group of them, are merged when some have gathered, or frequent small runs
would leave thousands."""

GATHERED = 8


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Where each key of a shelf lies: ``keys`` sorted and distinct, beside the number of the shard and the row.

    ``light`` holds the columns that are small enough to be had for all keys at once.
    """

    shards: tuple[str, ...]
    keys: NDArray[np.bytes_]
    shard: NDArray[np.int32]
    row: NDArray[np.int32]
    light: Mapping[str, NDArray[Any]] = field(default_factory=dict)

    def find(self, keys: NDArray[np.bytes_]) -> Places:
        """The place of each key, -1 where it is not there."""
        if not len(self.keys):
            return np.full(len(keys), -1, dtype=np.int64)
        places = np.searchsorted(self.keys, keys)
        places[places == len(self.keys)] = 0
        found: Places = np.where(self.keys[places] == keys, places, -1).astype(np.int64)
        return found

    def save(self, folder: Path) -> None:
        """Write the catalogue to a folder, for workers to :meth:`load`."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "shards").write_text("\n".join(self.shards), "utf-8")
        for name in ("keys", "shard", "row"):
            save(getattr(self, name), folder / f"{name}.npy")
        for name, column in self.light.items():
            save(column, folder / f"light-{name}.npy")

    @classmethod
    def load(cls, folder: Path, *, light: bool = True) -> Catalogue:
        """A saved catalogue, mapped into memory rather than read; without the ``light`` columns where nobody asks."""
        shards = (folder / "shards").read_text("utf-8")
        keys, shard, row = (np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("keys", "shard", "row"))
        files = folder.glob("light-*.npy") if light else ()
        columns = {file.stem.removeprefix("light-"): np.load(file, mmap_mode="r") for file in files}
        return cls(tuple(shards.split("\n")) if shards else (), keys, shard, row, columns)


@dataclass(frozen=True, slots=True)
class Shelf:
    """A folder of shards with rows of one schema.  ``schema`` begins with ``key``, a fixed-size binary.

    ``light`` names numbers and fixed-size binaries that the catalogue holds beside the keys; ``group`` is the number of
    rows that are read together.
    """

    folder: Path
    schema: pa.Schema
    light: tuple[str, ...] = ()
    group: int = GROUP

    @property
    def width(self) -> int:
        """Bytes of a key."""
        return int(self.schema.field("key").type.byte_width)

    def add(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Put rows on the shelf, as one shard named after what it holds."""
        self._write(pa.Table.from_pylist(list(rows), schema=self.schema))

    def clear(self) -> None:
        """Forget everything."""
        for file in self._files():
            file.unlink()

    def catalogue(self) -> Catalogue:
        """Everything on the shelf; of rows with one key (which are equal) the first.  Broken shards are taken out."""
        names, tables = [], [self._empty()]
        for file in self._files():
            status = file.stat()
            table = _columns_of(file, ("key", *self.light), (status.st_size, status.st_mtime_ns))
            if table is None:  # cut short by a power failure, or meddled with: what it held is made again
                file.unlink(missing_ok=True)
                continue
            tables.append(table)
            names.append(file.name)
        counts = [len(table["key"]) for table in tables]
        shard = np.repeat(np.arange(len(names), dtype=np.int32), counts[1:])
        row = np.concatenate([np.arange(count, dtype=np.int32) for count in counts])
        distinct, first = np.unique(np.concatenate([table["key"] for table in tables]), return_index=True)
        light = {name: np.concatenate([table[name] for table in tables])[first] for name in self.light}
        return Catalogue(tuple(names), distinct, shard[first], row[first], light)

    def _empty(self) -> dict[str, NDArray[Any]]:
        return {name: _as_array(self.schema.field(name).type, None) for name in ("key", *self.light)}

    def take(self, catalogue: Catalogue, places: Places, columns: Sequence[str]) -> pa.Table:
        """The rows at ``places``, in that order, reading little more than them."""
        fields = pa.schema([self.schema.field(name) for name in columns])
        shards, rows = catalogue.shard[places], catalogue.row[places]
        order = np.lexsort((rows, shards))
        parts = [fields.empty_table()]
        for number in np.unique(shards):
            wanted = rows[order][shards[order] == number]
            parts.append(_rows(self.folder / catalogue.shards[number], wanted, columns))
        back = np.empty(len(order), dtype=np.int64)
        back[order] = np.arange(len(order))
        return pa.concat_tables(parts).take(pa.array(back))

    def sweep(self, catalogue: Catalogue, live: NDArray[np.bool_]) -> None:
        """Forget rows that are not ``live`` (by place in the catalogue), and merge shards that have become small."""
        count = len(catalogue.shards)
        total = np.bincount(catalogue.shard, minlength=count)
        living = np.bincount(catalogue.shard[live], minlength=count)
        for number in np.flatnonzero(living == 0):
            (self.folder / catalogue.shards[number]).unlink(missing_ok=True)
        small = max(TINY, self.group // 2)
        worn = np.flatnonzero((living > 0) & ((living < small) | (2 * living < total)))
        if len(worn) < GATHERED:
            return
        places = np.flatnonzero(live & np.isin(catalogue.shard, worn))
        places = places[np.lexsort((catalogue.row[places], catalogue.shard[places]))]  # neighbours stay neighbours
        size = max(4 * TINY, self.group)
        for start in range(0, len(places), size):
            self._write(self.take(catalogue, places[start : start + size], self.schema.names))
        for number in worn:
            (self.folder / catalogue.shards[number]).unlink(missing_ok=True)

    def _files(self) -> Iterator[Path]:
        return iter(sorted(self.folder.glob("*.parquet"))) if self.folder.exists() else iter(())

    def _write(self, table: pa.Table) -> None:
        if not len(table):
            return
        sink = pa.BufferOutputStream()
        pq.write_table(table, sink, row_group_size=self.group, compression="zstd", compression_level=LEVELS[self.group])
        content = sink.getvalue()
        self.folder.mkdir(parents=True, exist_ok=True)
        with written(self.folder / f"{xxhash.xxh3_128_hexdigest(content)}.parquet") as handle:
            handle.write(content)


@lru_cache(maxsize=100_000)
def _columns_of(file: Path, names: tuple[str, ...], status: tuple[int, int]) -> dict[str, NDArray[Any]] | None:
    """Columns of a shard, None where it does not hold what it is named after.

    Shards never change, so one of the same ``status`` (size and time of change) is read once.
    """
    content = file.read_bytes()
    if xxhash.xxh3_128_hexdigest(content) != file.stem:
        return None
    table = pq.read_table(pa.BufferReader(content), columns=list(names))
    return {name: _as_array(table.schema.field(name).type, table.column(name)) for name in names}


def _as_array(kind: pa.DataType, column: pa.ChunkedArray | None) -> NDArray[Any]:
    """A column as an array, empty where there is none."""
    column = pa.chunked_array([], kind) if column is None else column
    return as_keys(column) if pa.types.is_fixed_size_binary(kind) else column.to_numpy()


def _rows(file: Path, rows: NDArray[np.int32], columns: Sequence[str]) -> pa.Table:
    with pq.ParquetFile(file) as shard:
        group = shard.metadata.row_group(0).num_rows  # all but the last one have as many
        groups, inverse = np.unique(rows // group, return_inverse=True)
        table = shard.read_row_groups(groups.tolist(), columns=list(columns))
        return table.take(pa.array(inverse * group + rows % group))
