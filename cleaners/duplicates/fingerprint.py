"""The sets of a text that a comparison intersects, made once a text.

Independent reports of one event share its names, its figures, its opening and what was said at the press conference.
So it is kept where each word stands: *told* is what stands outside quotation marks at least once, *late* what does not
stand in the opening.

    >>> from cleaners.duplicates.shingles import profile
    >>> one = profile("The envoy said: “We shall withdraw every peacekeeper by June.”").fingerprint
    >>> len(one.content.hashes), one.content.told.sum()
    (3, np.int64(1))
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleaners.duplicates.shingles import Hashes, Integers, Profile, combine, distinct

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

CONTENT_RARITY = 1.2
"""From this rarity on (zipf frequency 4.8, once in 16,000 words) a word has content; it weighs its rarity less 1."""

NAME_RARITY = 0.5
"""A word with a capital and a lower rarity (The, Monday) names nobody."""

OPENING_WORDS = 40
"""The opening: every report of an event begins with what happened, so agreement there says least."""

SHORTEST_QUOTATION = 3
"""Words; shorter ones are names, titles and irony."""

_FIGURE = np.uint64(0x9E3779B97F4A7C15)
_NAME = np.uint64(0xD6E8FEB86659FD93)


class Content(NamedTuple):
    """The distinct stems with content, sorted by hash, and parallel to them what is known of each.

    ``first`` is the position of the first occurrence and ``quoted`` whether that one stands in a quotation.
    """

    hashes: Hashes
    weights: Floats
    told: Flags
    late: Flags
    plain: Flags
    first: Integers
    quoted: Flags


class Marked(NamedTuple):
    """Distinct runs of words, sorted by hash, and whether each stands outside quotations at least once."""

    hashes: Hashes
    told: Flags


class Figures(NamedTuple):
    """Distinct figures, sorted by hash, and how many digits each has (at most 4: 3 is shared by chance, 13,289 not)."""

    hashes: Hashes
    weights: Floats


class Slots(NamedTuple):
    """Figures and names by their surroundings: ``contexts`` sorted and distinct, ``fillers`` what stands there."""

    contexts: Hashes
    fillers: Hashes


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprint:
    """What :mod:`cleaners.duplicates.features` intersects; sets are sorted arrays of 64-bit hashes.

    ``stems`` are all stems of the text, ``told`` parallel to them; ``opening`` the stems with content in the opening;
    ``pairs`` and ``triples`` runs of stems; ``runs`` runs of five words; ``quoted`` runs of four words inside
    quotations.  ``mass`` is the weight of all content, by which the shorter of two texts is told.
    """

    words: int
    mass: float
    stems: Hashes
    told: Flags
    content: Content
    opening: Hashes
    names: Hashes
    figures: Figures
    pairs: Marked
    triples: Marked
    runs: Hashes
    quoted: Hashes


def fingerprint(text: Profile) -> Fingerprint:
    """The sets of a prepared text."""
    told = ~_spoken(text)
    has_content = text.rarity >= CONTENT_RARITY
    stems = _Stems(text, has_content)
    kept = np.flatnonzero(stems.flags(has_content))
    opening = stems.flags(has_content[:OPENING_WORDS])
    names = stems.flags(_flags(len(text), text.names)) & (stems.rarity > NAME_RARITY)
    stem_told = stems.flags(told)
    weights = stems.rarity[kept] - 1.0
    return Fingerprint(
        words=len(text),
        mass=float(weights.sum()),
        stems=stems.hashes,
        told=stem_told,
        content=Content(
            hashes=stems.hashes[kept],
            weights=weights,
            told=stem_told[kept],
            late=~opening[kept],
            plain=~(names | stems.flags(text.digits > 0))[kept],
            first=stems.first[kept],
            quoted=~told[stems.first[kept]],
        ),
        opening=stems.hashes[opening],
        names=stems.hashes[names],
        figures=_figures(text),
        pairs=_marked(text.stems, 2, told),
        triples=_marked(text.stems, 3, told),
        runs=text.shingles(5),
        quoted=distinct(_within(combine(text.hashes, 4), ~told, 4)),
    )


class _Stems:
    """The distinct stems of a text, sorted by hash, each with its first occurrence, one with content if there is."""

    def __init__(self, text: Profile, has_content: Flags) -> None:
        self.hashes, self._place = np.unique(text.stems, return_inverse=True)
        self.first = np.zeros(len(self.hashes), dtype=np.intp)
        backwards = np.arange(len(text) - 1, -1, -1)  # the last assignment stands: the earliest position
        self.first[self._place[backwards]] = backwards
        with_content = np.flatnonzero(has_content)[::-1]
        self.first[self._place[with_content]] = with_content
        self.rarity = text.rarity[self.first]

    def flags(self, words: Flags) -> Flags:
        """Which stems occur among the flagged words; flags may cover a beginning of the text only."""
        found = np.zeros(len(self.hashes), dtype=np.bool_)
        found[self._place[: len(words)][words]] = True
        return found


def _spoken(text: Profile) -> Flags:
    """Which words stand in quotations."""
    change = np.zeros(len(text) + 1, dtype=np.intp)
    for low, high in text.quotations.tolist():
        if high - low >= SHORTEST_QUOTATION:
            change[low] += 1
            change[high] -= 1
    spoken: Flags = np.cumsum(change[:-1]) > 0
    return spoken


def _flags(count: int, positions: Integers) -> Flags:
    flags = np.zeros(count, dtype=np.bool_)
    flags[positions] = True
    return flags


def _figures(text: Profile) -> Figures:
    positions = np.flatnonzero(text.digits)
    hashes, index = np.unique(text.stems[positions], return_index=True)
    return Figures(hashes, np.minimum(text.digits[positions[index]], 4).astype(np.float64))


def _marked(stems: Hashes, size: int, told: Flags) -> Marked:
    runs = combine(stems, size)
    hashes = distinct(runs)
    flags = np.zeros(len(hashes), dtype=np.bool_)
    flags[np.searchsorted(hashes, _within(runs, told, size))] = True
    return Marked(hashes, flags)


def _within(runs: Hashes, flags: Flags, size: int) -> Hashes:
    """The runs of ``size`` words that are flagged throughout."""
    kept = np.ones(len(runs), dtype=np.bool_)
    for step in range(size):
        kept &= flags[step : step + len(runs)]
    return runs[kept]


def slots(text: Profile) -> Slots:
    """Every figure and name under a hash of the two words before and after it, figures and names among them masked.

    Texts of one template (results, weather, markets) agree in the surroundings and differ in what fills them.  Of the
    four neighbours two must be words.  A context that occurs twice is left out.
    """
    is_figure, is_name = text.digits > 0, _flags(len(text), text.names)
    filled = is_figure | is_name
    masked = np.where(is_figure, _FIGURE, np.where(is_name, _NAME, text.hashes))
    positions = np.flatnonzero(filled)
    positions = positions[(positions >= 2) & (positions < len(text) - 2)]
    plain = np.sum([~filled[positions + step] for step in (-2, -1, 1, 2)], axis=0)
    positions = positions[plain >= 2]
    around = np.stack([masked[positions + step] for step in (-2, -1, 0, 1, 2)], axis=1)
    contexts = combine(around.reshape(-1), 5)[::5]
    hashes, index, count = np.unique(contexts, return_index=True, return_counts=True)
    once = count == 1
    return Slots(hashes[once], text.hashes[positions[index[once]]])
