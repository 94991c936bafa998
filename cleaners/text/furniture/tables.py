"""Rows of layout tables, taken out of their frames.

Old pages were laid out with tables, and an extractor that writes tables as ``| cell | cell |`` wraps whole articles
into them.  A table of data is left alone: it says so by its ``|---|---|``.

    >>> text = "|  |  |\\n|  | The council met on Friday. |\\n| Name | Votes |"
    >>> from cleaners.text.edits import Revision
    >>> Revision.of(text).revise("tables", table_edits(text)).text
    'The council met on Friday.\\n| Name | Votes |'
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleaners.text.edits import Edit

_BAR = re.compile(r"(?<!\\)\|")
_RULE = re.compile(r"[\s|:-]*-{3}[\s|:-]*")
_LONG_CELL = 240
"""Characters from which a cell is a paragraph, and its row layout: four times a generous cell of data."""


def table_edits(text: str) -> list[Edit]:
    """What takes paragraphs and empty rows out of the frames of layout tables."""
    if "|" not in text:
        return []
    edits: list[Edit] = []
    table: list[tuple[int, int]] = []
    at = 0
    for line in (*text.split("\n"), ""):
        end = at + len(line)
        bare = line.strip()
        if bare.startswith("|") or (bare.endswith("|") and not bare.endswith("\\|")):
            table.append((at, end))
        elif bare or at >= len(text):
            edits += _unframed(text, table)
            table = []
        at = end + 1
    return edits


def _unframed(text: str, table: list[tuple[int, int]]) -> Iterator[Edit]:
    """The edits of consecutive rows, or none where a rule among them says that they are data."""
    if any("---" in text[start:end] and _RULE.fullmatch(text, start, end) for start, end in table):
        return
    for start, end in table:
        cells = [cell for cell in _cells(text, start, end) if any(map(str.isalnum, text[cell[0] : cell[1]]))]
        if not cells:
            yield Edit(start, min(end + 1, len(text)), "", "empty-row")
        elif len(cells) == 1 or max(last - first for first, last in cells) >= _LONG_CELL:
            yield from _lines_of(cells, start, end)


def _cells(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The spans of the cells of a row, without the white space around them."""
    bars = [bar.start() for bar in _BAR.finditer(text, start, end)]
    for low, high in zip([start - 1, *bars], [*bars, end], strict=True):
        cell = text[low + 1 : high]
        bare = cell.strip()
        if bare:
            first = low + 1 + cell.index(bare[0])
            yield first, first + len(bare)


def _lines_of(cells: list[tuple[int, int]], start: int, end: int) -> Iterator[Edit]:
    """Every cell on a line of its own."""
    edges = [start, *(edge for cell in cells for edge in cell), end]
    for place, (low, high) in enumerate(zip(edges[::2], edges[1::2], strict=True)):
        between = 0 < place < len(cells)
        if low < high:
            yield Edit(low, high, "\n" if between else "", "layout-cell")
