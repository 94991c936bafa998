"""Reading the JSON Lines files of an output: a row at a time, or single rows by where they begin."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from flows.errors import RunError, printable

Row = dict[str, Any]


def rows(file: Path) -> Iterator[Row]:
    """The objects of a file, in order.

    Raises :class:`~flows.errors.RunError`, by file and line, for a line that is not JSON.
    """
    return (row for _, row in placed_rows(file))


def placed_rows(file: Path) -> Iterator[tuple[int, Row]]:
    """The objects of a file, each with the byte at which its line begins (for :func:`row_at`)."""
    with file.open("rb") as lines:
        begins = 0
        for number, line in enumerate(lines, 1):
            yield begins, _parsed(line, file, f"line {number}")
            begins += len(line)


def row_at(file: Path, begins: int) -> Row:
    """The object whose line begins at a byte."""
    with file.open("rb") as lines:
        lines.seek(begins)
        return _parsed(lines.readline(), file, f"the line that begins at byte {begins:,}")


def _parsed(line: bytes, file: Path, where: str) -> Row:
    try:
        found: Row = orjson.loads(line)
    except ValueError:
        raise RunError(f"{where} of {printable(file)} is not JSON; run copydesk run again to write it anew") from None
    return found
