"""What two texts share: counts for the sentences a person reads, and the features that the model weighs.

Shared quotations are no rewriting: what both texts quote is left out of every count, and what only the other quotes
counts as its own.  Most shares are *shrunk*: ``(shared + pseudo * usual) / (all + pseudo)``.  Two openings of a hundred
words agree in a third of their words by what happened alone, two full reports do not, so few words are drawn towards
what independent reports usually share.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple

import numpy as np

from cleaners.duplicates.fingerprint import Fingerprint, Flags, Marked, Weights
from cleaners.duplicates.shingles import Hashes, Integers, Profile, find


class Share(NamedTuple):
    """How much of a text the other one has."""

    shared: float
    of: float

    def shrunk(self, pseudo: float, usual: float) -> float:
        """The share after ``pseudo`` more of which the ``usual`` share is shared.

        >>> Share(8, 10).shrunk(0, 0.3), Share(8, 10).shrunk(10, 0.3)
        (0.8, 0.55)
        """
        return (self.shared + pseudo * usual) / (self.of + pseudo) if self.of + pseudo else 0.0


@dataclass(frozen=True, slots=True)
class Measured:
    """What was counted on a pair, of the shorter text (the one with less content) and of the longer one.

    ``retold``: content of the shorter text that the longer one tells outside quotations; ``content``: content that
    either holds of the other; ``details`` and ``plain``: the same outside both openings, ``plain`` without names and
    figures; ``pairs`` and ``triples``: runs of stems; ``runs``: runs of five words, quotations included.
    ``in_order`` of ``ordered`` shared words come in the same order in both texts; ``vocabulary`` is the number of
    content words of the shorter text; ``quoted`` runs of four words stand in quotations of both.
    """

    retold: Share
    retold_pairs: Share
    content: tuple[Share, Share]
    details: tuple[Share, Share]
    plain: Share
    pairs: tuple[Share, Share]
    triples: tuple[Share, Share]
    runs: tuple[Share, Share]
    names: Share
    figures: tuple[Share, Share]
    retold_words: tuple[int, int]
    ordered: int
    in_order: int
    vocabulary: int
    quoted: int


def measure(both: Overlap) -> Measured:
    """Count what two texts share; the left one is that with less content (:attr:`Fingerprint.mass`)."""
    short, long = both.left, both.right
    retold_pairs, pairs = _match_runs(short.pairs, long.pairs)
    _, triples = _match_runs(short.triples, long.triples)
    runs = _count(short.runs, long.runs)
    sequence = both.sequence()
    here, there = both.here, both.there
    retold = short.content[here] & long.told[there]
    return Measured(
        retold=Share(float(short.weight.each[here][retold].sum()), short.mass),
        retold_pairs=retold_pairs,
        content=(both.share(short.weight, here), both.share(long.weight, there)),
        details=(
            both.share(short.late, here, long.opening[there]),
            both.share(long.late, there, short.opening[here]),
        ),
        plain=both.share(short.plain, here, long.opening[there]),
        pairs=pairs,
        triples=triples,
        runs=(Share(runs, len(short.runs)), Share(runs, len(long.runs))),
        names=Share(int(np.count_nonzero(short.name[here])), short.names),
        figures=(
            Share(float(short.digits.each[here].sum()), short.digits.total),
            Share(float(long.digits.each[there].sum()), long.digits.total),
        ),
        retold_words=(int(np.count_nonzero(retold)), short.vocabulary),
        ordered=len(sequence),
        in_order=longest_increasing(sequence),
        vocabulary=short.vocabulary,
        quoted=_count(short.speech, long.speech),
    )


class Overlap:
    """The stems that two texts share: their places in the vocabulary of each."""

    def __init__(self, left: Fingerprint, right: Fingerprint) -> None:
        held, places = find(left.stems, right.stems)
        self.here: Integers = held.nonzero()[0]
        self.there: Integers = places[self.here]
        self._counts: Flags = left.told[self.here] | right.told[self.there]  # not what both only quote
        self.left, self.right = left, right

    def share(self, weights: Weights, places: Integers, opening: Flags | None = None) -> Share:
        """The share of one side's weight that the other side has; what both only quote and what is in the other's
        ``opening`` (parallel to the places) is left out."""
        shared = weights.each[places]
        counts = self._counts if opening is None else self._counts & ~opening
        found = float(shared[counts].sum())
        return Share(found, weights.total - float(shared.sum()) + found)

    def sequence(self) -> list[int]:
        """Positions in the right text of the shared content words, in the order of the left one.

        Each word counts where it first stands; one that both texts only quote there is left out.
        """
        left, right, here, there = self.left, self.right, self.here, self.there
        kept = left.content[here] & right.content[there] & ~(left.quoted[here] & right.quoted[there])
        first = left.first[here[kept]]
        ordered: list[int] = right.first[there[kept]][first.argsort()].tolist()
        return ordered


def features(measured: Measured) -> dict[str, float]:
    """The features of a pair, by name.  Each rises with the evidence that one text was made from the other.

    Usual shares are rounded medians of same-event pairs; a pseudo-count of a few keeps a bare share, one about as
    large as what a text of a hundred words holds makes short texts agree by chance.  ``order`` is the longest run in
    common order beyond what chance gives, about ``2 * sqrt(n)`` of n shared words (Vershik and Kerov 1977).
    """
    it = measured
    return {
        "words retold": it.retold.shrunk(2, 0.36),
        "words shared": max(share.shrunk(60, 0.36) for share in it.content),
        "neighbours retold": it.retold_pairs.shrunk(3, 0.12),
        "neighbours shared": max(share.shrunk(90, 0.12) for share in it.pairs),
        "three in a row": min(share.shrunk(90, 0.04) for share in it.triples),
        "details": max(share.shrunk(30, 0.2) for share in it.details),
        "plain details": it.plain.shrunk(2, 0.1),
        "names": it.names.shrunk(0.3, 0.55),
        "figures": max(share.shrunk(8, 0.3) for share in it.figures),
        "order": (it.in_order - 1.5 * sqrt(it.ordered)) / (30 + it.vocabulary) ** 0.75,
        "order of the shared": it.in_order / (it.ordered + 8),
    }


def changed_slots(short: Profile, long: Profile) -> tuple[int, int]:
    """Figures and names in the same surroundings: how many there are, and how many of them differ."""
    ours, theirs = short.slots, long.slots
    held, places = find(ours.contexts, theirs.contexts)
    differ = ours.fillers[held] != theirs.fillers[places[held]]
    return len(differ), int(np.count_nonzero(differ))


def _match_runs(ours: Marked, theirs: Marked) -> tuple[Share, tuple[Share, Share]]:
    """Runs of the shorter text that the longer one tells; then runs of either that the other has."""
    held, places = find(ours.hashes, theirs.hashes)
    told_there = theirs.told[places] if len(theirs.told) else held
    shared = int(np.count_nonzero(held & (ours.told | told_there)))
    quoted = int(np.count_nonzero(held)) - shared
    retold = Share(int(np.count_nonzero(held & told_there)), len(held))
    return retold, (Share(shared, len(held) - quoted), Share(shared, len(theirs.hashes) - quoted))


def _count(ours: Hashes, theirs: Hashes) -> int:
    return int(np.count_nonzero(find(ours, theirs)[0])) if len(ours) else 0


def longest_increasing(sequence: list[int]) -> int:
    """The length of the longest increasing subsequence, by patience sorting (Schensted 1961).

    >>> longest_increasing([3, 1, 2, 9, 4, 5])
    4
    """
    piles: list[int] = []
    for card in sequence:
        place = bisect_left(piles, card)
        if place == len(piles):
            piles.append(card)
        else:
            piles[place] = card
    return len(piles)
