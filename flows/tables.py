"""Arrow tables as files, and their columns as NumPy arrays."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from flows.store import written


def write_table(table: pa.Table, file: Path) -> None:
    """Write an Arrow file that readers can map into memory."""
    with written(file) as handle, pa.ipc.new_file(handle, table.schema) as writer:
        writer.write_table(table)


def read_table(file: Path) -> pa.Table:
    """The table in an Arrow file, mapped into memory rather than read."""
    with pa.memory_map(str(file)) as source:
        return pa.ipc.open_file(source).read_all()


def save(array: NDArray[Any], file: Path) -> None:
    """Write a NumPy array, for readers to map into memory.

    NumPy's own writing of large arrays does not say why it failed, and a full disk should be called one.
    """
    rows = np.ascontiguousarray(array)
    with written(file) as handle:
        np.lib.format.write_array_header_1_0(handle, np.lib.format.header_data_from_array_1_0(rows))
        handle.write(rows.tobytes() if rows.dtype.names else rows.data)


def save_sliced(rows: NDArray[Any], slot: NDArray[np.integer], slots: int, folder: Path, name: str) -> None:
    """Write rows that are sorted by ``slot``, and where each slot begins."""
    save(np.searchsorted(slot, np.arange(slots + 1)), folder / f"{name}-starts.npy")
    save(rows, folder / f"{name}.npy")


def load_slice(folder: Path, name: str, slot: int, dtype: np.dtype[Any]) -> NDArray[Any]:
    """The rows of one slot, read without the others."""
    start, end = np.load(folder / f"{name}-starts.npy", mmap_mode="r")[slot : slot + 2].tolist()
    return np.array(np.load(folder / f"{name}.npy", mmap_mode="r")[start:end], dtype=dtype)


def concat(files: Iterable[Path], schema: pa.Schema) -> pa.Table:
    """The tables of several Arrow files, one after another."""
    return pa.concat_tables([schema.empty_table(), *map(read_table, files)])


def as_keys(column: pa.ChunkedArray | pa.Array) -> NDArray[np.bytes_]:
    """A column of fixed-size binary values as a NumPy array; what is null holds zero bytes.

    >>> as_keys(pa.array([b"ab", b"cd"], pa.binary(2)))
    array([b'ab', b'cd'], dtype='|S2')
    """
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    width = column.type.byte_width
    if column.null_count:
        column = column.fill_null(b"\0" * width)
    if not len(column):
        return np.empty(0, dtype=f"S{width}")
    return np.frombuffer(column.buffers()[1], dtype=f"S{width}", offset=column.offset * width, count=len(column)).copy()
