"""A text as lines that are kept or removed, and the edits that remove some of them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from cleaners.text.edits import Edit


class Line(NamedTuple):
    """A line that holds more than white space; ``text`` is stripped, ``start`` and ``end`` are its span without it.

    ``gap`` counts the line breaks between this line and the one before it (0 for the first).
    """

    text: str
    start: int
    end: int
    gap: int


def split_lines(text: str) -> list[Line]:
    """The lines of a text that hold something.

    >>> [(line.text, line.start, line.gap) for line in split_lines("One\\n\\n  Two\\n")]
    [('One', 0, 0), ('Two', 7, 2)]
    """
    lines: list[Line] = []
    at = gap = 0
    for raw in text.split("\n"):
        bare = raw.strip()
        if bare:
            start = at + (raw.index(bare[0]) if len(bare) < len(raw) else 0)
            lines.append(Line(bare, start, start + len(bare), gap if lines else 0))
            gap = 0
        gap += 1
        at += len(raw) + 1
    return lines


def removal_edits(text: str, lines: Sequence[Line], rules: Mapping[int, str]) -> Iterator[Edit]:
    """The edits that remove the lines named by index in ``rules``, each under its own rule.

    Of the two gaps around a run of removed lines the wider one stays, so that paragraphs stay apart; at the edges of
    the text both go.

    >>> text = "One.\\n\\nShare\\nTwo."
    >>> list(removal_edits(text, split_lines(text), {1: "share-bar"}))
    [Edit(start=6, end=12, after='', rule='share-bar')]
    """
    at = 0
    while at < len(lines):
        if at not in rules:
            at += 1
            continue
        first = at
        while at < len(lines) and at in rules:
            at += 1
        yield from _run(text, lines, rules, first, at)


def _run(text: str, lines: Sequence[Line], rules: Mapping[int, str], first: int, end: int) -> Iterator[Edit]:
    """The removal of ``lines[first:end]``: one edit a line, touching each other."""
    if first == 0:
        edges = [0, *(line.start for line in lines[1:end]), lines[end].start if end < len(lines) else len(text)]
    elif end == len(lines):
        edges = [line.end for line in lines[first - 1 : end]]
        edges[-1] = len(text.rstrip("\n")) if text.endswith("\n") else len(text)
    elif lines[first].gap >= lines[end].gap:
        edges = [line.start for line in lines[first : end + 1]]
    else:
        edges = [line.end for line in lines[first - 1 : end]]
    for index, (low, high) in enumerate(itertools.pairwise(edges)):
        yield Edit(low, high, "", rules[first + index])
