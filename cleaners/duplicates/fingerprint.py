"""The sets of a text that a comparison intersects, made once a text.

Independent reports of one event share its names, its figures, its opening and what was said at the press conference.
So it is kept where each word stands: *told* is what stands outside quotation marks at least once, *late* what does not
stand in the opening.

    >>> from cleaners.duplicates.shingles import profile
    >>> one = profile("The envoy said: “We shall withdraw every peacekeeper by June.”").fingerprint
    >>> int(one.content.sum()), int((one.content & one.told).sum())
    (3, 1)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleaners.duplicates.shingles import Hashes, Integers, Profile, combine, distinct, mixed

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

_ONE = np.uint64(1)
_NO_SPEECH = np.empty(0, dtype=np.uint64)
_FIGURE = np.uint64(0x9E3779B97F4A7C15)
_NAME = np.uint64(0xD6E8FEB86659FD93)


class Marked(NamedTuple):
    """Distinct runs of words, sorted by hash (even numbers), and whether each stands outside quotations at least
    once."""

    hashes: Hashes
    told: Flags


class Slots(NamedTuple):
    """Figures and names by their surroundings: ``contexts`` sorted and distinct, ``fillers`` what stands there."""

    contexts: Hashes
    fillers: Hashes


class Weights(NamedTuple):
    """What each stem weighs, 0 for those that do not count, and what all of them come to."""

    each: Floats
    total: float

    @classmethod
    def of(cls, each: Floats) -> Weights:
        """Weights with their sum."""
        return cls(each, float(each.sum()))


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprint:
    """What :mod:`cleaners.duplicates.features` intersects.

    ``place`` says of every word where its stem stands among ``stems``, the distinct ones sorted by hash. Parallel to
    those stand: ``content``, ``told`` (outside quotations at least once), ``opening`` (content in the opening),
    ``name``, ``first`` (the position of the first occurrence, one with content if there is) and ``quoted`` (whether
    that one stands in a quotation), and the weights: ``weight`` of all content, of what stands ``late`` (beyond the
    opening), of what is ``plain`` (late, neither name nor figure) and of what ``happened`` (no name); ``digits`` of a
    figure count 4 at most: 3 are shared by chance, 13,289 is not.  ``pairs`` and ``triples`` are runs of stems,
    ``runs`` of five words, ``speech`` of four words inside quotations.  ``vocabulary`` is the number of stems with
    content, ``names`` that of names.
    """

    words: int
    vocabulary: int
    names: int
    place: Integers
    stems: Hashes
    content: Flags
    told: Flags
    opening: Flags
    name: Flags
    first: Integers
    quoted: Flags
    weight: Weights
    late: Weights
    plain: Weights
    happened: Weights
    digits: Weights
    pairs: Marked
    triples: Marked
    runs: Hashes
    speech: Hashes

    @property
    def mass(self) -> float:
        """The weight of all content, by which the shorter of two texts is told."""
        return self.weight.total


def fingerprint(text: Profile) -> Fingerprint:
    """The sets of a prepared text."""
    told = ~_spoken(text)
    has_content = text.rarity >= CONTENT_RARITY
    stems, place, first = _vocabulary(text.stems)
    with_content = has_content.nonzero()[0][::-1]
    first[place[with_content]] = with_content  # of several assignments the last one stands: the earliest position
    content = _occurs(place, has_content, len(stems))
    opening = _occurs(place[:OPENING_WORDS], has_content[:OPENING_WORDS], len(stems))
    rarity = text.rarity[first]
    name = np.zeros(len(stems), dtype=np.bool_)
    name[place[text.names]] = True
    name &= rarity > NAME_RARITY
    digits = np.minimum(text.digits[first], 4).astype(np.float64)
    weight = np.where(content, rarity - 1.0, 0.0)
    late = weight * ~opening
    happened = weight * ~name
    return Fingerprint(
        words=len(text),
        vocabulary=int(np.count_nonzero(content)),
        names=int(np.count_nonzero(name)),
        place=place,
        stems=stems,
        content=content,
        told=_occurs(place, told, len(stems)),
        opening=opening,
        name=name,
        first=first,
        quoted=~told[first],
        weight=Weights.of(weight),
        late=Weights.of(late),
        plain=Weights.of(late * ~name * (digits == 0)),
        happened=Weights.of(happened),
        digits=Weights.of(digits),
        pairs=_marked(text.stems, 2, told),
        triples=_marked(text.stems, 3, told),
        runs=text.shingles(5),
        speech=_NO_SPEECH if told.all() else distinct(combine(text.hashes, 4)[_throughout(~told, 4)]),
    )


def _vocabulary(words: Hashes) -> tuple[Hashes, Integers, Integers]:
    """The distinct words sorted, the place of every word among them, and where each of them first stands."""
    order = words.argsort(kind="stable")
    ordered = words[order]
    new = np.ones(len(words), dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    place = np.empty(len(words), dtype=np.intp)
    place[order] = new.cumsum() - 1
    return ordered[new], place, order[new]


def _occurs(place: Integers, words: Flags, count: int) -> Flags:
    """Which stems occur among the flagged words."""
    found = np.zeros(count, dtype=np.bool_)
    found[place[words]] = True
    return found


def _spoken(text: Profile) -> Flags:
    """Which words stand in quotations."""
    change = np.zeros(len(text) + 1, dtype=np.intp)
    for low, high in text.quotations.tolist():
        if high - low >= SHORTEST_QUOTATION:
            change[low] += 1
            change[high] -= 1
    spoken: Flags = change[:-1].cumsum() > 0
    return spoken


def _flags(count: int, positions: Integers) -> Flags:
    flags = np.zeros(count, dtype=np.bool_)
    flags[positions] = True
    return flags


def _marked(stems: Hashes, size: int, told: Flags) -> Marked:
    """The distinct runs of ``size`` stems.  The lowest bit of a hash gives way to whether the run stands in a
    quotation, so that of equal runs the one outside comes first and one sort finds both."""
    ordered = combine(stems, size) >> _ONE
    ordered <<= _ONE
    if not told.all():
        ordered |= ~_throughout(told, size)
    ordered.sort()
    new = np.ones(len(ordered), dtype=np.bool_)
    np.not_equal(ordered[1:] >> _ONE, ordered[:-1] >> _ONE, out=new[1:])
    ordered = ordered[new]
    quoted = ordered & _ONE
    return Marked(ordered ^ quoted, quoted == 0)


def _throughout(flags: Flags, size: int) -> Flags:
    """Of every run of ``size`` words, in order, whether all are flagged."""
    count = max(0, len(flags) - size + 1)
    kept = flags[:count].copy()
    for step in range(1, size):
        kept &= flags[step : step + count]
    return kept


def slots(text: Profile) -> Slots:
    """Every figure and name under a hash of the two words before and after it, figures and names among them masked.

    Texts of one template (results, weather, markets) agree in the surroundings and differ in what fills them.  Of the
    four neighbours two must be words.  A context that occurs twice is left out.
    """
    is_figure, is_name = text.digits > 0, _flags(len(text), text.names)
    filled = is_figure | is_name
    masked = np.where(is_figure, _FIGURE, np.where(is_name, _NAME, text.hashes))
    positions = filled.nonzero()[0]
    positions = positions[(positions >= 2) & (positions < len(text) - 2)]
    around = {step: positions + step for step in (-2, -1, 0, 1, 2)}
    plain = sum((~filled[around[step]]).astype(np.intp) for step in (-2, -1, 1, 2))
    contexts = mixed([masked[places] for places in around.values()])[plain >= 2]
    order = contexts.argsort(kind="stable")
    contexts = contexts[order]
    once = np.ones(len(contexts), dtype=np.bool_)
    differ = contexts[1:] != contexts[:-1]
    once[1:] &= differ
    once[:-1] &= differ
    return Slots(contexts[once], text.hashes[positions[plain >= 2][order[once]]])
