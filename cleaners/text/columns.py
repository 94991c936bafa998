"""Columns that stand side by side in plain text, put one below another.

Pages laid out with tables, and pages of print with two columns, come out of a flattener as lines of cells: an entry of
a menu, a wide gap, a paragraph of the article.  Where such a gap runs down some lines like a river, and prose stands
beside it, the columns are read one after another; a table of data keeps its rows.

    >>> from cleaners.text.rounds import applied
    >>> text = '''Home     The council met in the old town hall on Friday and passed the budget.
    ... Sports
    ... Weather  It had been debated for weeks, and nobody had expected that it would.
    ... Stocks
    ... Contact  The mayor said on Friday evening that she was glad that it was over.'''
    >>> print(applied(text, column_edits(text)))
    Home
    Sports
    Weather
    Stocks
    Contact
    <BLANKLINE>
    The council met in the old town hall on Friday and passed the budget.
    <BLANKLINE>
    It had been debated for weeks, and nobody had expected that it would.
    <BLANKLINE>
    The mayor said on Friday evening that she was glad that it was over.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from cleaners.text.edits import Edit
from cleaners.text.furniture.letters import UNSPACED

BEYOND, ABREAST = 3, 2
"""Lines that must have text beyond a gap, and how many of them in front of it too: of two lines, the spaces behind full
stops may meet by chance."""

LONG, LONG_UNSPACED = 12, 40
"""Words, or characters of a script without spaces, from which the line of a column is prose and no entry of a menu."""

LONG_LINES = 2
"""Lines of prose that make a column prose."""

PRINTED_LINES, PRINTED, SMALL = 6, 5, 0.4
"""A column of print is so many lines of so many words each, of which so great a share begins with a small letter."""

MOST_CELLS = 40
"""Cells of a line, or columns of a table, beyond which it is a drawing or made to do harm."""

WIDEST_MARK = 3
"""Characters of the marks and numbers of a list: "-", "10."."""

DATA_ROWS = 0.8
"""Share of its lines that fill all columns of a table of data: a menu and an article break off where they like."""

DEEPEST = 6
"""Tables within tables."""

_GAP = re.compile(r"[ \r]{2,}")


class Line(NamedTuple):
    """A line, or the part of it that stands in a column: its span in the text, and the spans of its cells, which gaps
    divide.  Places along a line count from ``start``, also in a column."""

    start: int
    end: int
    cells: tuple[tuple[int, int], ...]


Lines = Sequence[Line]
Ink = list[tuple[int, int]]
"""Where along the line there is text in any line of a table: spans with gaps between them, sorted."""


def column_edits(text: str) -> list[Edit]:
    """What puts columns that stand side by side one below another.

    The column with most prose stays in its place; what is left of it moves in front of it, what is right of it behind.
    """
    if "  " not in text:
        return []
    edits: list[Edit] = []
    for run in _runs(text):
        for table in _tables(run):
            columns = _read(text, table.lines, table.ink, DEEPEST) if table.ink else []
            if len(columns) > 1:
                edits += _set_apart(text, table.lines, columns)
    return edits


def _runs(text: str) -> Iterator[list[Line]]:
    """The lines of a text, cut where a table begins or ends that was filled up with spaces to one width."""
    between: list[Line] = []
    for width, group in groupby(_lines(text), key=lambda line: line.end - line.start):
        run = [*group]
        if width and len(run) >= BEYOND and any(text[line.end - 1] == " " for line in run):
            yield between
            yield run
            between = []
        else:
            between += run
    yield between


def _lines(text: str) -> Iterator[Line]:
    start = 0
    for content in text.split("\n"):
        yield Line(start, start + len(content), tuple(_cells(content, start)))
        start += len(content) + 1


def _cells(content: str, start: int) -> Iterator[tuple[int, int]]:
    """The spans of what stands between gaps."""
    at = len(content) - len(content.lstrip())
    end = len(content.rstrip())
    for gap in _GAP.finditer(content, at, end):
        yield start + at, start + gap.start()
        at = gap.end()
    if at < end:
        yield start + at, start + end


class _Table(NamedTuple):
    """Consecutive lines, and where they have ink if gaps run through them; no ``ink`` if none do."""

    lines: list[Line]
    ink: Ink


def _tables(lines: Lines) -> Iterator[_Table]:
    """The lines cut into those that gaps run through and those between; as long as they run, a table goes on."""
    own: list[Line] = []
    ink: Ink = []
    for line in lines:
        wider = _inked(ink, line)
        if ink and not _is_divided(wider):
            yield from _trimmed(_Table(own, ink))
            own, ink, wider = [], [], _inked([], line)
        if not ink and own and _is_divided(wider):
            yield _Table(own, [])
            own = []
        own.append(line)
        ink = wider if _is_divided(wider) else []
    if own:
        yield from _trimmed(_Table(own, ink)) if ink else [_Table(own, [])]


def _is_divided(ink: Ink) -> bool:
    return 1 < len(ink) <= MOST_CELLS


def _inked(ink: Ink, line: Line) -> Ink:
    """The ink of a table with one more line: spans that no gap of two characters divides are one."""
    found: Ink = []
    for low, high in sorted([*ink, *((low - line.start, high - line.start) for low, high in line.cells)]):
        if found and low < found[-1][1] + 2:
            found[-1] = found[-1][0], max(found[-1][1], high)
        else:
            found.append((low, high))
    return found


def _trimmed(table: _Table) -> Iterator[_Table]:
    """A table without the lines below it that stand in its first column alone; none where too few lines are abreast."""
    first = table.ink[0][1]
    beyond = [at for at, line in enumerate(table.lines) if line.cells and line.cells[-1][0] - line.start >= first]
    abreast = sum(table.lines[at].cells[0][0] - table.lines[at].start < first for at in beyond)
    if len(beyond) < BEYOND or abreast < ABREAST:
        yield _Table(table.lines, [])
        return
    end = beyond[-1] + 1
    yield _Table(table.lines[:end], table.ink)
    if end < len(table.lines):
        yield _Table(table.lines[end:], [])


def _read(text: str, lines: Lines, ink: Ink, depth: int) -> list[Lines]:
    """The columns of a table in the order of reading, tables within them read too; the table as it is where no column
    is prose, where it is one of data, or where what is told stands beside who tells it, or when."""
    columns, rows = _parted(lines, _with_marks(text, lines, ink))
    if rows >= DATA_ROWS and not all(_prose(text, column) for column in columns):
        return [lines]
    if any(_labels(text, column) for column in columns[:-1]):
        return [lines]
    found = [part for column in columns for part in _within(text, column, depth - 1)]
    return found if any(_prose(text, part) for part in found) else [lines]


def _parted(lines: Lines, spans: Ink) -> tuple[list[list[Line]], float]:
    """The lines by column, several empty ones as one, and the share of the lines that fill all columns."""
    columns: list[list[Line]] = [[] for _ in spans]
    inked = full = 0
    for line in lines:
        own: list[list[tuple[int, int]]] = [[] for _ in spans]
        for cell in line.cells:
            own[bisect_right(spans, cell[0] - line.start, key=itemgetter(0)) - 1].append(cell)
        inked += bool(line.cells)
        full += all(own)
        for column, cells in zip(columns, own, strict=True):
            if cells or (column and column[-1].cells):
                column.append(line._replace(cells=tuple(cells)))
    return columns, full / max(inked, 1)


def _with_marks(text: str, lines: Lines, ink: Ink) -> Ink:
    """The spans of columns, those that hold but the marks or numbers of a list as one with the next."""
    found: Ink = []
    marked = False
    for low, high in ink:
        found.append((found.pop()[0] if marked else low, high))
        marked = high - low <= WIDEST_MARK and not any(
            any(map(str.isalpha, text[slice(*cell)]))
            for line in lines
            for cell in line.cells
            if low <= cell[0] - line.start < high
        )
    return found


def _within(text: str, lines: Lines, depth: int) -> list[Lines]:
    """A column as it is read: what stands between the tables in it, and the columns of these."""
    found: list[list[Line]] = [[]]
    for table in _tables(lines) if depth else [_Table([*lines], [])]:
        columns = _read(text, table.lines, table.ink, depth) if table.ink else [table.lines]
        if len(columns) == 1:
            found[-1] += table.lines
        else:
            found += [[*column] for column in columns] + [[]]
    return [column for column in found if any(line.cells for line in column)]


def _prose(text: str, lines: Lines) -> int:
    """The words of a column, if it is one of prose, else 0."""
    words = long = printed = small = 0
    for line in lines:
        if len(line.cells) != 1:
            continue
        cell = text[slice(*line.cells[0])]
        count = cell.count(" ") + 1
        words += count
        long += count >= LONG or (len(cell) >= LONG_UNSPACED and UNSPACED.search(cell) is not None)
        printed += count >= PRINTED
        small += count >= PRINTED and cell[0].islower()
    return words if long >= LONG_LINES or (printed >= PRINTED_LINES and small >= SMALL * printed) else 0


def _labels(text: str, lines: Lines) -> bool:
    """Whether a column holds speakers, questions, times or numbers: half of what is in it ends in a colon, or has no
    letter."""
    cells = [text[slice(*cell)] for line in lines for cell in line.cells]
    return 2 * sum(cell.endswith(":") or not any(map(str.isalpha, cell)) for cell in cells) >= len(cells)


def _set_apart(text: str, lines: Lines, columns: Sequence[Lines]) -> Iterator[Edit]:
    """The edits of a table: all but the column with most prose is taken out of its lines, and put before or behind."""
    rank = max(range(len(columns)), key=lambda at: (_prose(text, columns[at]), -at))
    stays = {line.start: (line.cells[0][0], line.cells[-1][1]) for line in columns[rank] if line.cells}
    before = "".join(f"{_joined(text, column)}\n\n" for column in columns[:rank])
    behind = "".join(f"\n\n{_joined(text, column)}" for column in columns[rank + 1 :])
    for at, line in enumerate(lines):
        low, high = stays.get(line.start, (line.end, line.end))
        ahead, after = before if at == 0 else "", behind if at == len(lines) - 1 else ""
        if low == high:
            edits = [(line.start, line.end, ahead + after)]
        else:
            edits = [(line.start, low, ahead), (high, line.end, after)]
        yield from (Edit(*edit, "column") for edit in edits if edit[0] < edit[1] or edit[2])


def _joined(text: str, lines: Lines) -> str:
    """A column as lines of its own."""
    rows = (text[line.cells[0][0] : line.cells[-1][1]] if line.cells else "" for line in lines)
    return re.sub("\n{3,}", "\n\n", "\n".join(rows).strip("\n"))
