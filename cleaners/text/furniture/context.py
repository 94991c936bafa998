"""Lines in context: one row of numbers a line, for the model.

The neighbours of a line, windows around it, where it stands between the prose, what was announced above it and how much
of its vocabulary it shares with the article: on its own a line tells little.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from cleaners.text.furniture.page import Page
from cleaners.text.furniture.sample import Samples
from cleaners.text.furniture.spans import best_span
from cleaners.text.furniture.traits import NAMES, line_keys, measures

Column = NDArray[np.float32]

_NEIGHBOURS = ("characters", "capitals", "ends a sentence", "bullet", "prose", "stamp")
_SAME, _OPENING = 80, 20
"""Letters that copies of a line share, and lines that open alike."""
_SHAPE = ("characters", "ends a sentence", "stamp", "bullet", "capitals")
_UNLIKE = 3.0
"""Differences of shape beyond this one say no more."""
_PARAGRAPH = 10
"""Words of a paragraph whose vocabulary counts as the article's."""


def context(page: Page, claimed: Collection[int]) -> dict[str, Column]:
    """The columns of the first stage by name, each as long as the page has blocks; ``claimed`` by anchored rules."""
    columns: dict[str, Column] = dict(zip(NAMES, measures(page.samples, page.shown), strict=True))
    own = dict(columns)
    count = len(page.blocks)
    words = page.shown.words.astype(np.float32)
    prose = np.minimum(own["prose"], 40)
    own["stamp"] = columns["stamp"] = page.shown.stamp.astype(np.float32)
    columns["gap"] = np.minimum(np.array([block.gap for block in page.blocks], dtype=np.float32), 4)
    columns["gap below"] = shift(columns["gap"], -1)
    columns["copies"] = own["copies"] = _copies(page.samples, _SAME)
    columns["opens like others"] = _copies(page.samples, _OPENING) * (own["words"] > np.log1p(3))
    columns["repeats a pattern"] = own["repeats a pattern"] = _regularity(own)
    columns["run of prose"] = _runs(prose, 0)
    columns["run of prose with breaks"] = runs = _runs(prose, 1)
    columns["share of the longest run"] = runs / max(float(runs.max()), 1e-6)
    for distance in (-2, -1, 1, 2):
        for name in _NEIGHBOURS:
            columns[f"{name} at {distance:+d}"] = shift(own[name], -distance)
    named = np.zeros(count, dtype=np.float32)
    named[list(claimed)] = 1
    columns["claimed"] = named
    columns["claimed above"] = np.log1p(np.cumsum(named * (np.cumsum(prose) >= 20))).astype(np.float32)
    columns["since a claim"] = since(named > 0, 60)
    columns["until a claim"] = since((named > 0)[::-1], 60)[::-1]
    _windows(columns, own, named, prose, words)
    _positions(columns, prose, words)
    _announcements(columns, own, prose, words)
    first, last = _core(prose)
    at = np.arange(count, dtype=np.float32)
    columns["in the core"] = ((at >= first) & (at <= last)).astype(np.float32)
    columns["before the core"] = np.log1p(np.maximum(first - at, 0))
    columns["after the core"] = np.log1p(np.maximum(at - last, 0))
    columns["place in the core"] = np.clip((at - first) / (last - first + 1), -1, 2)
    columns["shares words with prose"] = _shared(page, 0, count)
    columns["shares words with the core"] = _shared(page, first, last + 1)
    return columns


def _copies(lines: Samples, letters_read: int) -> Column:
    """How many lines of a page begin with the same letters, logarithmically."""
    keys = line_keys(lines, letters_read).tolist()
    counts = Counter(keys)
    return np.minimum(np.log(np.array([counts[key] for key in keys], np.float32)), 3)


def _regularity(own: dict[str, Column]) -> Column:
    """How unlike a line is to those two to five lines above and below it, less half of how unlike it is to the last.

    Teasers and comments come in turns of several lines: each is like the one a turn away, and unlike its neighbour.
    """
    shape = np.stack([own[name] for name in _SHAPE])
    best = np.full(shape.shape[1], _UNLIKE, np.float32)
    for distance in range(2, min(6, len(best))):
        apart = np.abs(shape[:, distance:] - shape[:, :-distance]).sum(axis=0)
        inner = best[distance:-distance]
        np.minimum(inner, np.maximum(apart[distance:], apart[:-distance]), out=inner)
    beside = np.full(len(best), _UNLIKE, np.float32)
    np.minimum(np.abs(shape[:, 1:] - shape[:, :-1]).sum(axis=0), _UNLIKE, out=beside[1:])
    return (best - 0.5 * beside).astype(np.float32)


def _runs(prose: Column, breaks: int) -> Column:
    """The words of prose in the run of paragraphs that a line stands in, with as many other lines between two."""
    at = prose.nonzero()[0]
    runs = np.zeros(len(prose), np.float32)
    if not len(at):
        return runs
    run = np.concatenate(([0], np.cumsum(np.diff(at) > breaks + 1)))
    words = np.bincount(run, prose[at])
    bounds = np.concatenate((np.flatnonzero(np.diff(run, prepend=-1)), [len(at)]))
    for number in range(len(words)):
        runs[at[bounds[number]] : at[bounds[number + 1] - 1] + 1] = words[number]
    return np.log1p(runs).astype(np.float32)


def _windows(columns: dict[str, Column], own: dict[str, Column], named: Column, prose: Column, words: Column) -> None:
    """What the lines around a line are like, 3, 8 and 20 of them on either side."""
    lexical = np.minimum(own["known phrase"] + own["opens with a phrase"] + own["holds phrases"], 1)
    shares = {
        "claimed": named,
        "prose": prose,
        "short lines": (words < 6).astype(np.float32),
        "bullets": own["bullet"],
        "phrases": lexical,
        "stamps": own["stamp"],
        "names": own["name"],
        "dots": own["ends with dots"],
        "copies": own["copies"],
        "quotations": own["quotation"],
        "readers": own["speaks to the reader"] * (prose > 0),
        "comments": (own["names comments"] > 0) * (words < 14),
        "related": (own["names related"] > 0) * (words < 14),
        "glued words": np.minimum(own["glued words"], 1),
        "patterns": own["repeats a pattern"],
        "words": words,
    }
    stacked = np.stack(list(shares.values()))
    for width in (3, 8, 20):
        around = dict(zip(shares, window(stacked, width), strict=True))
        columns[f"prose share within {width}"] = around["prose"] / (around.pop("words") + 1e-6)
        columns.update((f"{name} within {width}", column) for name, column in around.items())


def shift(column: Column, by: int) -> Column:
    """The column moved down by so many lines, zeros coming in.

    >>> shift(np.array([1, 2, 3], dtype=np.float32), 1).tolist()
    [0.0, 1.0, 2.0]
    """
    moved = np.zeros_like(column)
    if 0 < by < len(column):
        moved[by:] = column[:-by]
    elif -len(column) < by < 0:
        moved[:by] = column[-by:]
    elif by == 0:
        moved[:] = column
    return moved


def window(columns: Column, width: int) -> Column:
    """The mean over ``width`` lines on either side and the line itself, along the last axis.

    >>> window(np.array([3, 0, 0, 6], dtype=np.float32), 1).tolist()
    [1.5, 1.0, 2.0, 3.0]
    """
    count = columns.shape[-1]
    sums = np.zeros((*columns.shape[:-1], count + 1))
    np.cumsum(columns, axis=-1, dtype=np.float64, out=sums[..., 1:])
    at = np.arange(count)
    low, high = np.maximum(at - width, 0), np.minimum(at + width + 1, count)
    mean: Column = ((sums[..., high] - sums[..., low]) / (high - low)).astype(np.float32)
    return mean


def _positions(columns: dict[str, Column], prose: Column, words: Column) -> None:
    """Where a line stands in the text and between its prose."""
    above = np.cumsum(prose)
    total = above[-1]
    columns["prose above"] = np.log1p(above - prose)
    columns["prose below"] = np.log1p(total - above)
    columns["share above"] = (above - prose) / (total + 1)
    columns["prose in all"] = np.full_like(prose, np.log1p(total))
    columns["prose share in all"] = np.full_like(prose, total / (words.sum() + 1))
    columns["lines in all"] = np.full_like(prose, np.log1p(len(prose)))
    place = np.cumsum(np.expm1(columns["characters"].astype(np.float64)))
    columns["place"] = (place / place[-1]).astype(np.float32)
    columns["since prose"] = since(prose > 0, 50)
    columns["until prose"] = since((prose > 0)[::-1], 50)[::-1]


def since(hit: NDArray[np.bool_], most: int) -> Column:
    """How many lines ago ``hit`` was last true, logarithmically, ``most`` at the most.

    >>> np.expm1(since(np.array([False, True, False]), 9)).round().tolist()
    [9.0, 0.0, 1.0]
    """
    at = np.arange(len(hit))
    last = np.maximum.accumulate(np.where(hit, at, -most))
    return np.log1p(np.minimum(at - last, most)).astype(np.float32)


def _announcements(columns: dict[str, Column], own: dict[str, Column], prose: Column, words: Column) -> None:
    """What short lines above announced once prose had begun: comments, related stories, a portrait."""
    begun, stamps = np.cumsum(prose) >= 20, own["stamp"]
    for name in ("names comments", "names related", "names promotion", "names portrait", "names legal"):
        hit = (own[name] > 0) & (words < 12) & begun
        columns[f"since a line that {name}"] = since(hit, 200)
        columns[f"lines above that {name}"] = np.log1p(np.cumsum(hit)).astype(np.float32)
    columns["since a stamp"] = since(stamps > 0, 60)
    columns["until a stamp"] = since((stamps > 0)[::-1], 60)[::-1]
    thread = np.clip(stamps + (own["names comments"] > 0), 0, 1) * (words < 16)
    said = (prose > 0).astype(np.float32)
    for name, turn in (("below", slice(None, None, -1)), ("above", slice(None))):
        ahead = trailing(thread[turn], 15)[turn]
        columns[f"thread {name}"] = ahead / (trailing(said[turn], 15)[turn] + 0.1)


def trailing(column: Column, width: int) -> Column:
    """The mean over the line itself and the ``width`` lines before it."""
    sums = np.concatenate(([0.0], np.cumsum(column, dtype=np.float64)))
    at = np.arange(len(column))
    low = np.maximum(at - width, 0)
    return ((sums[at + 1] - sums[low]) / (at + 1 - low)).astype(np.float32)


def _core(prose: Column) -> tuple[int, int]:
    """The first and last line of the run of lines with the greatest sum, prose counting for and the rest against."""
    return best_span(np.where(prose > 0, np.sqrt(prose), -1.2).tolist())


def _shared(page: Page, first: int, end: int) -> Column:
    """The share of each line's content words that other prose lines in ``first:end`` hold too; -1 without any."""
    lines, words = page.content
    at = np.arange(len(page.blocks))
    counted = (page.shown.prose >= _PARAGRAPH) & (at >= first) & (at < end)
    frequency = np.bincount(words[counted[lines]], minlength=int(words.max(initial=0)) + 1)
    common = np.bincount(lines[frequency[words] > counted[lines]], minlength=len(at))
    size = np.bincount(lines, minlength=len(at))
    return np.where(size > 0, common / np.maximum(size, 1), -1).astype(np.float32)
