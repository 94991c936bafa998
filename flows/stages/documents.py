"""The documents of a run, as the stages behind "clean" see them: by number, by path, by place in a catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from flows.shelves import Catalogue, Places, Shelf
from flows.stages.outcomes import TEXTS
from flows.tables import read_table

INPUTS = pa.schema(
    [
        ("path", pa.string()),
        ("id", pa.binary(32)),
        ("key", pa.binary(16)),
        ("reason", pa.string()),
        ("detail", pa.string()),
        ("note", pa.string()),
    ]
)
"""What became of an input, by its path: the key of its clean text, or the reason why there is none.  ``note`` says
what a record tells of itself that makes no sense."""

LIGHT = ("text_key", "digest", "chars_in", "chars_out")
"""Columns of texts that a stage needs of all documents at once."""


def texts_shelf(folder: Path) -> Shelf:
    """The shelf of clean texts in a folder."""
    return Shelf(folder, TEXTS, LIGHT)


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
        return cls(read_table(table), Catalogue.load(catalogue), texts_shelf(shelf))

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

    def light(self, name: str, numbers: slice = slice(None)) -> NDArray[Any]:
        """One of :data:`LIGHT` for all documents, or for a run of them."""
        found: NDArray[Any] = self.catalogue.light[name][self.places[numbers]]
        return found

    def texts(self, numbers: NDArray[np.integer], columns: Sequence[str]) -> pa.Table:
        """Columns of :data:`TEXTS` for some documents, in the order of ``numbers``."""
        return self.shelf.take(self.catalogue, self.places[numbers], columns)
