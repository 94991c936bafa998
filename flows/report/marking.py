"""Texts cut into segments for the page: what was removed and added, and how passages stand in another text."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from flows.terminal import named

TEXT_SHOWN = 20_000
"""Characters of a text that the page shows; three times the length of a long news story."""

CUT_SHOWN = 600
"""Characters of one removed piece that the page shows."""

MARKUP_STEP = "html"
"""The step that takes a page's text out of its markup: thousands of small changes that nobody reads one by one."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text of one kind; ``note`` is what is said of it, ``numbers`` pair it with stretches beside it."""

    kind: str
    text: str
    note: str = ""
    numbers: tuple[int, ...] = ()

    @property
    def body(self) -> str:
        """The text without the white space it ends in, for a label to stand close to it."""
        return self.text.rstrip() or self.text

    @property
    def tail(self) -> str:
        """The white space it ends in."""
        return self.text[len(self.body) :]


def before_and_after(text: str, changes: Iterable[dict[str, Any]]) -> Iterator[Segment]:
    """A clean text with what was removed and added in place.

    Neighbours that one rule removed are shown as one.

    >>> [(s.kind, s.text) for s in before_and_after("Good news.", [
    ...     {"step": "furniture", "rule": "share-bar", "start": 10, "end": 16, "before": "\\nShare", "after": ""},
    ...     {"step": "furniture", "rule": "share-bar", "start": 16, "end": 21, "before": "\\nLike", "after": ""}])]
    [('same', 'Good news.'), ('removed', '\\nShare\\nLike')]
    """
    for (kind, note), group in itertools.groupby(_pieces(text, changes), key=lambda piece: (piece.kind, piece.note)):
        joined = "".join(piece.text for piece in group)
        yield Segment(kind, joined if kind in ("same", "more") else _cut(joined, CUT_SHOWN), note)


def _pieces(text: str, changes: Iterable[dict[str, Any]]) -> Iterator[Segment]:
    """Every change by itself."""
    at = drift = 0
    for change in changes:
        start = change["start"] - drift
        drift += change["end"] - change["start"] - len(change["after"])
        if change["step"] == MARKUP_STEP and not change["after"].strip():
            continue
        if start >= TEXT_SHOWN:
            break
        if start > at:
            yield Segment("same", text[at:start])
        rule = named(change["step"], change["rule"], ": ")
        if change["before"]:
            yield Segment("removed", change["before"], rule)
        if change["after"]:
            yield Segment("added", change["after"], rule)
        at = start + len(change["after"])
    yield from _rest(text, at)


def beside(text: str, passages: Iterable[dict[str, Any]], side: str) -> Iterator[Segment]:
    """One text of a pair, cut where passages begin and end; what stands in both has the same number on both sides.

    Where passages of one side overlap, the earlier keeps the common part; one with nothing left lends it its number.

    >>> passages = [
    ...     {"kind": "new", "left": [4, 9], "right": None},
    ...     {"kind": "verbatim", "left": [0, 4], "right": [9, 13]},
    ...     {"kind": "reworded", "left": [0, 4], "right": [20, 29]},
    ... ]
    >>> [(s.kind, s.text, s.numbers) for s in beside("Rain. Sun", passages, "left")]
    [('verbatim', 'Rain', (1, 2)), ('new', '. Sun', ())]
    """
    at = 0
    held: Segment | None = None
    for number, given in _placed(passages, side):
        start, end = max(at, given[side][0]), given[side][1]
        if start >= TEXT_SHOWN:
            break
        if held and not text[start:end].strip():
            held = replace(held, numbers=held.numbers + number)
            continue
        if held:
            yield held
        if start > at:
            yield Segment("same", text[at:start])
        held, at = Segment(given["kind"], text[start:end], given["kind"], number), end
    if held:
        yield held
    yield from _rest(text, at)


def _placed(passages: Iterable[dict[str, Any]], side: str) -> list[tuple[tuple[int, ...], dict[str, Any]]]:
    """The passages of one side in their order there; those that stand on both sides have a number."""
    counter = itertools.count(1)
    numbered = [((next(counter),) if given["left"] and given["right"] else (), given) for given in passages]
    return sorted((one for one in numbered if one[1][side]), key=lambda one: (one[1][side], one[0]))


def _rest(text: str, at: int) -> Iterator[Segment]:
    end = max(at, TEXT_SHOWN)
    if at < len(text):
        yield Segment("same", text[at:end])
    if end < len(text):
        yield Segment("more", f"… and {len(text) - end:,} more characters")


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text):,} characters)"
