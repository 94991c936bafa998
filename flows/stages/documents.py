"""The documents of a run, as the stages behind "clean" see them: by number, by path, by place in a catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from flows.shelves import Catalogue, Places, Shelf
from flows.tables import read_table

INPUTS = pa.schema(
    [
        ("path", pa.string()),
        ("id", pa.binary(32)),
        ("key", pa.binary(16)),
        ("reason", pa.string()),
        ("detail", pa.string()),
    ]
)
"""What became of an input, by its path: the key of its clean text, or the reason why there is none."""

TEXTS = pa.schema(
    [
        ("key", pa.binary(16)),
        ("text", pa.string()),
        ("text_key", pa.binary(16)),
        ("digest", pa.binary(16)),
        ("title", pa.string()),
        ("byline", pa.string()),
        ("published", pa.string()),
        ("publisher", pa.string()),
        ("language", pa.string()),
        ("encoding", pa.string()),
        ("chars_in", pa.int64()),
        ("chars_out", pa.int64()),
        ("size", pa.int64()),
        ("removed", pa.int64()),
        ("changes", pa.string()),
        ("change_count", pa.int64()),
        ("words", pa.binary()),
        ("content", pa.uint64()),
    ]
)
"""What cleaning makes of an input, whatever its path.

``text_key`` hashes what a comparison looks at (text and language), ``digest`` the text alone; ``size`` counts
characters that are not white space, ``removed`` those of page furniture; ``changes`` are rows of ``changes.jsonl``
without the path; ``words`` and ``content`` are the sketch.
"""

REJECTS = pa.schema([("key", pa.binary(16)), ("reason", pa.string()), ("detail", pa.string())])
"""Why cleaning sets an input aside, whatever its path."""


@dataclass(frozen=True)
class Documents:
    """All inputs of a run, and the clean texts of those that have one.

    ``table`` has the columns of :data:`INPUTS` and ``place`` (in ``catalogue``), sorted by path.  An input with a clean
    text is a document; documents are numbered in the order of their paths, without the inputs that were set aside.
    """

    table: pa.Table
    catalogue: Catalogue
    shelf: Shelf

    @classmethod
    def load(cls, table: Path, catalogue: Path, shelf: Path) -> Documents:
        """The documents of a run, mapped into memory rather than read."""
        return cls(read_table(table), Catalogue.load(catalogue), Shelf(shelf, TEXTS))

    def __len__(self) -> int:
        """The number of documents."""
        return len(self.rows)

    @cached_property
    def rows(self) -> NDArray[np.int64]:
        """The row in ``table`` of each document."""
        return np.flatnonzero(self.table.column("place").is_valid().to_numpy())

    @cached_property
    def places(self) -> Places:
        """The place in the catalogue of each document."""
        found: Places = self.table.column("place").drop_null().to_numpy()
        return found

    def paths(self, numbers: NDArray[np.integer]) -> list[str]:
        """The paths of some documents."""
        found: list[str] = self.table.column("path").take(pa.array(self.rows[numbers])).to_pylist()
        return found

    def texts(self, numbers: NDArray[np.integer], columns: Sequence[str]) -> pa.Table:
        """Columns of :data:`TEXTS` for some documents, in the order of ``numbers``."""
        return self.shelf.take(self.catalogue, self.places[numbers], columns)
