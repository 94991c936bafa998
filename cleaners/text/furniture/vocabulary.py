"""The lexicon as arrays: every word that it knows has a number, and phrases are followed for all lines at once.

A word is looked up by a hash of its folded letters; the tree of phrases is a table of steps from a place and a word to
the next place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from cleaners.text.furniture.letters import code_points, tables
from cleaners.text.furniture.lexicon import Lexicon, Node, lexicon, words_of

Ids = NDArray[np.int64]

END, NUMBER = 1, 2
"""The numbers that stand for the end of a line and for every word of digits; 0 is a word that nobody knows."""

TIME, NETWORK, BY, LEAD, READER, REPORTS, RIGHTS, AGENCY, PICTURE = (1 << bit for bit in range(9))
"""Bits of a word's uses: in lines of dates and times; as a network's name; at the head of a byline and of a lead to
another story; to the reader; at the head of who reported and of a copyright line; before an agency's name and at the
head of a credit."""

OPPOSITES = 16
"""So many bits higher stand the uses that a word has not."""

NUMERAL = 1 << 16
"""What a word of digits counts in a tally: more than a line's head has words."""

_BASE = 0x9E3779B97F4A7C15
"""An odd number, so that its powers have inverses among 64-bit numbers (it is 2**64 over the golden ratio)."""
_INVERSE = pow(_BASE, -1, 1 << 64)


@lru_cache(maxsize=8)
def _powers(size: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """The powers of the base and of its inverse, from the zeroth on."""
    powers = [np.full(size, base, np.uint64) for base in (_BASE, _INVERSE)]
    for column in powers:
        column[0] = 1
        np.cumprod(column, out=column)
    return powers[0], powers[1]


def word_hashes(folded: NDArray[np.uint64], start: Ids, end: Ids) -> NDArray[np.uint64]:
    """A hash for each word ``folded[start:end]``, whatever stands before it.

    The sum of letters times powers of a base (Karp and Rabin's fingerprint) modulo 2**64: a difference of two running
    sums, moved to the front by an inverse power.

    >>> folded = code_points("one two one").astype(np.uint64)
    >>> one, two, again = word_hashes(folded, np.array([0, 4, 8]), np.array([3, 7, 11]))
    >>> bool(one == again), bool(one == two)
    (True, False)
    """
    size = 1 << 12
    while size < len(folded):
        size *= 2
    powers, inverse = _powers(size)
    sums = np.zeros(len(folded) + 1, np.uint64)
    np.cumsum(folded * powers[: len(folded)], out=sums[1:])
    return (sums[end] - sums[start]) * inverse[start]


@dataclass(frozen=True)
class Vocabulary:
    """Words by number: what is known of each, and where the tree of phrases leads from it."""

    hashes: NDArray[np.uint64]
    ids: Ids
    uses: NDArray[np.uint32]
    stops: NDArray[np.bool_]
    languages: tuple[str, ...]
    root: Ids
    steps: Ids
    leads_to: Ids
    named: Ids
    numbers: dict[str, int]

    @cached_property
    def tallies(self) -> dict[str, Ids]:
        """By language, 1 for every function word and :data:`NUMERAL` for words of digits: to be summed over lines."""
        tallies = {language: self.stops[:, at].astype(np.int64) for at, language in enumerate(self.languages)}
        for tally in tallies.values():
            tally[NUMBER] += NUMERAL
        return tallies

    @cached_property
    def any_stop(self) -> NDArray[np.bool_]:
        """Is a word a function word of any language?"""
        return np.asarray(self.stops.any(axis=1))

    @cached_property
    def _ends_phrase(self) -> NDArray[np.bool_]:
        """Does a phrase end at a place in the tree?"""
        return np.asarray(self.named.any(axis=0))

    def numbers_of(self, hashes: NDArray[np.uint64]) -> Ids:
        """The numbers of words by their hashes."""
        at = self.hashes.searchsorted(hashes)
        return np.where(self.hashes.take(at, mode="clip") == hashes, self.ids.take(at, mode="clip"), 0)

    def set_of(self, words: Iterable[str]) -> NDArray[np.bool_]:
        """Which numbers belong to ``words``."""
        chosen = np.zeros(len(self.uses), bool)
        chosen[[self.numbers[word] for word in words]] = True
        return chosen

    def hits(self, closed: Ids, opens: Ids) -> Ids:
        """The kinds of furniture each line names: three rows of bit sets, ``whole``, ``starts`` and ``inside``.

        ``closed`` are the words' numbers with :data:`END` around every line, ``opens`` the places of those before one.
        """
        begun = self.root.take(closed).nonzero()[0]
        place, node = begun + 1, self.root[closed[begun]]
        phrases = []
        while len(node):
            some = self._ends_phrase[node].nonzero()[0]
            phrases.append((begun[some], place[some], node[some]))
            step = node * len(self.uses) + closed[place]
            at = self.steps.searchsorted(step)
            goes_on = (self.steps.take(at, mode="clip") == step).nonzero()[0]
            node = self.leads_to[at[goes_on]]
            begun, place = begun[goes_on], place[goes_on] + 1
        found = np.zeros((3, len(opens)), np.int64)
        if phrases:
            begun, place, node = map(np.concatenate, zip(*phrases, strict=True))
            line = opens.searchsorted(begun) - 1
            first, last = closed[begun - 1] == END, closed[place] == END
            whole, starts, ends, anywhere = self.named[:, node]
            np.bitwise_or.at(found[0], line, np.where(first & last, whole | starts, 0))
            np.bitwise_or.at(found[1], line, np.where(first & ~last, starts, 0))
            np.bitwise_or.at(found[2], line, np.where(last, anywhere | ends, anywhere))
        return found


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """The vocabulary of the lexicon, made once."""
    lexical = lexicon()
    numbers = {"0": NUMBER}
    for word in _words(lexical):
        numbers.setdefault(word, len(numbers) + NUMBER)
    size = len(numbers) + NUMBER
    languages = tuple(sorted(lexical.stop_words))
    stops = np.zeros((size, len(languages)), bool)
    for at, language in enumerate(languages):
        stops[[numbers[word] for word in lexical.stop_words[language]], at] = True
    uses = np.zeros(size, np.uint32)
    for use, words in _uses(lexical):
        uses[[numbers[word] for word in words]] |= use
    uses |= (uses ^ 0xFFFF) << OPPOSITES
    uses[END] = 0
    hashes = _hashes(list(numbers))
    order = np.argsort(hashes)
    root, steps, leads_to, named = _compiled(lexical.tree, numbers)
    ids = np.array(list(numbers.values()))[order]
    return Vocabulary(hashes[order], ids, uses, stops, languages, root, steps, leads_to, named, numbers)


def _hashes(words: list[str]) -> NDArray[np.uint64]:
    ends = np.cumsum([len(word) + 1 for word in words])
    folded = tables()[1][code_points("\n".join(words) + "\n")]
    return word_hashes(folded, ends - [len(word) + 1 for word in words], ends - 1)


def _words(lexical: Lexicon) -> Iterator[str]:
    """Every word of the lexicon, in an order that does not change."""
    stack = [lexical.tree]
    while stack:
        for word, node in stack.pop().then.items():
            yield word
            stack.append(node)
    for words in lexical.stop_words.values():
        yield from sorted(words)
    for _, used in _uses(lexical):
        yield from used
    for days in lexical.days.values():
        yield from sorted(days)


def _uses(lexical: Lexicon) -> Iterator[tuple[int, list[str]]]:
    """The uses of words."""
    times = set(lexical.shared["time"]).union(*lexical.days.values(), *(phrase.split() for phrase in lexical.posted))
    yield TIME, sorted(times)
    yield NETWORK, sorted(lexical.shared["networks"])
    yield BY, sorted({phrase.split()[0] for phrase in lexical.by})
    yield LEAD, sorted({phrase.split()[0] for phrase in lexical.leads})
    yield READER, sorted(lexical.shared["reader"])
    yield REPORTS, sorted(lexical.shared["reports"])
    yield RIGHTS, ["c", "copyright"]
    yield AGENCY, ["getty", "via"]
    yield PICTURE, sorted({words_of(phrase + end)[0] for phrase in lexical.shared["pictures"] for end in ("", "s")})


def _compiled(tree: Node, numbers: dict[str, int]) -> tuple[Ids, Ids, Ids, Ids]:
    """The tree as arrays: the places after a first word, the steps from a place and a word, where they lead to, and
    what ends at each place (``whole``, ``starts``, ``ends``, ``anywhere``)."""
    root = np.zeros(len(numbers) + NUMBER, np.int64)
    nodes, steps = [Node()], dict[int, int]()
    stack = [(0, tree)]
    while stack:
        at, node = stack.pop()
        for word, then in node.then.items():
            nodes.append(then)
            stack.append((len(nodes) - 1, then))
            if at:
                steps[at * len(root) + numbers[word]] = len(nodes) - 1
            else:
                root[numbers[word]] = len(nodes) - 1
    keys = sorted(steps)
    named = [[n.whole for n in nodes], [n.starts for n in nodes], [n.ends for n in nodes], [n.anywhere for n in nodes]]
    return root, np.array(keys, np.int64), np.array([steps[key] for key in keys], np.int64), np.array(named, np.int64)
