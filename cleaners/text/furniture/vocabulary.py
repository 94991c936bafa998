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

from cleaners.hashing import span_hashes
from cleaners.text.furniture.letters import code_points, tables
from cleaners.text.furniture.lexicon import Lexicon, Node, lexicon, words_of

Ids = NDArray[np.int64]

Kinds = tuple[int, int, int, int]
"""Bit sets of the kinds of furniture a phrase names: ``whole``, ``starts``, ``ends``, ``anywhere``."""

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

_SIEVE = (1 << 17) - 1
_SHELF = np.uint64(64 - 16)
"""Words are looked up by the highest bits of their hashes, sixteen of them."""


@dataclass(frozen=True)
class Vocabulary:
    """Words by number: what is known of each, and where the tree of phrases leads from it.

    ``root`` are the places after the first word of a phrase that may stand anywhere in a line or at its end,
    ``opening`` those of phrases at the start of a line; ``steps`` leads from a place and a word (the place times the
    number of words, plus the word's number) to the next place, ``named`` has the kinds of the phrases that end at one.
    """

    hashes: NDArray[np.uint64]
    ids: Ids
    uses: NDArray[np.uint32]
    stops: NDArray[np.bool_]
    languages: tuple[str, ...]
    root: Ids
    opening: Ids
    steps: dict[int, int]
    named: dict[int, Kinds]
    numbers: dict[str, int]

    @cached_property
    def tallies(self) -> dict[str, Ids]:
        """By language, 1 for every function word and :data:`NUMERAL` for words of digits: to be summed over lines."""
        tallies = {language: self.stops[:, at].astype(np.int64) for at, language in enumerate(self.languages)}
        for tally in tallies.values():
            tally[NUMBER] += NUMERAL
        return tallies

    @cached_property
    def _packed_stops(self) -> NDArray[np.uint64]:
        """The rows of :attr:`stops` with four languages to a number, sixteen bits each."""
        rows = np.zeros((len(self.stops), -(-len(self.languages) // 4) * 4), np.uint16)
        rows[:, : len(self.languages)] = self.stops
        return rows.view(np.uint64)

    def function_words(self, ids: Ids) -> list[int]:
        """How many of up to 65,535 words are function words, by language."""
        sums: NDArray[np.uint64] = np.add.reduce(self._packed_stops.take(ids, axis=0), axis=0)
        counts: list[int] = sums.view(np.uint16)[: len(self.languages)].tolist()
        return counts

    @cached_property
    def _shelves(self) -> tuple[Ids, int]:
        """Where the hashes with the same highest bits begin, and how many there are of these at the most."""
        begins = (self.hashes >> _SHELF).searchsorted(np.arange(1 << 64 - int(_SHELF), dtype=np.uint64))
        return begins, int(np.diff(begins, append=len(self.hashes)).max())

    def numbers_of(self, hashes: NDArray[np.uint64]) -> Ids:
        """The numbers of words by their hashes."""
        begins, most = self._shelves
        at = begins.take((hashes >> _SHELF).view(np.int64))
        found = self.hashes.take(at, mode="clip")
        for _ in range(most - 1):  # two or three on the fullest shelf, none on most
            at += found < hashes
            found = self.hashes.take(at, mode="clip")
        return np.asarray(self.ids.take(at, mode="clip") * (found == hashes))

    @cached_property
    def _lead_on(self) -> NDArray[np.bool_]:
        """Which steps, by their lowest bits, lead on from a first word, or begin where a phrase ends at once.

        A sieve: what passes may still lead nowhere, what does not need not be followed (Bloom 1970, with one hash).
        """
        size, found = len(self.uses), np.zeros(_SIEVE + 1, bool)
        firsts = np.unique(np.concatenate((self.root, self.opening))).tolist()
        steps = np.array(list(self.steps), np.int64)
        found[steps[np.isin(steps // size, firsts)] & _SIEVE] = True
        for node in firsts:
            if node in self.named:
                found[(node * size + np.arange(size)) & _SIEVE] = True
        return found

    def set_of(self, words: Iterable[str]) -> NDArray[np.bool_]:
        """Which numbers belong to ``words``."""
        chosen = np.zeros(len(self.uses), bool)
        chosen[[self.numbers[word] for word in words]] = True
        return chosen

    def hits(self, closed: Ids, opens: Ids) -> Ids:
        """The kinds of furniture each line names: three rows of bit sets, ``whole``, ``starts`` and ``inside``.

        ``closed`` are the words' numbers with :data:`END` around every line, ``opens`` the places of those before one.
        """
        inner, outer = self.root.take(closed), self.opening.take(closed.take(opens + 1))
        begun = np.concatenate((inner.nonzero()[0], opens[outer > 0] + 1))
        nodes = np.concatenate((inner[inner > 0], outer[outer > 0]))
        size = len(self.uses)
        likely = self._lead_on.take((nodes * size + closed.take(begun + 1)) & _SIEVE)
        words = closed.tolist()
        phrases = []
        for at, first in zip(begun[likely].tolist(), nodes[likely].tolist(), strict=True):
            place, node = at, first
            while node:
                place += 1
                if kinds := self.named.get(node):
                    phrases.append((at, words[at - 1] == END, words[place] == END, kinds))
                node = self.steps.get(node * size + words[place], 0)
        wholly, opening, inside = ([0] * len(opens) for _ in range(3))
        lines = (opens.searchsorted([at for at, *_ in phrases]) - 1).tolist()
        for line, (_, leads, closes, (whole, starts, ends, anywhere)) in zip(lines, phrases, strict=True):
            if leads and closes:
                wholly[line] |= whole | starts
            elif leads:
                opening[line] |= starts
            inside[line] |= anywhere | ends * closes
        return np.array((wholly, opening, inside), np.int64)


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
    root, opening, steps, named = _compiled(lexical.tree, numbers)
    ids = np.array(list(numbers.values()))[order]
    return Vocabulary(hashes[order], ids, uses, stops, languages, root, opening, steps, named, numbers)


def _hashes(words: list[str]) -> NDArray[np.uint64]:
    ends = np.cumsum([len(word) + 1 for word in words])
    folded = tables()[1][code_points("\n".join(words) + "\n")]
    return span_hashes(folded, ends - [len(word) + 1 for word in words], ends - 1)


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


def _compiled(tree: Node, numbers: dict[str, int]) -> tuple[Ids, Ids, dict[int, int], dict[int, Kinds]]:
    """The tree in numbers: the places after a first word, of phrases within a line and of those that open one; the
    steps from a place and a word to the next place, and what ends at each place (``whole``, ``starts``, ``ends``,
    ``anywhere``).

    The two kinds of phrases are trees of their own, so that within a line nothing is followed that could only open one.
    """
    roots = np.zeros((2, len(numbers) + NUMBER), np.int64)
    named, steps = [(0, 0, 0, 0)], dict[int, int]()
    for opens, root in enumerate(roots):
        stack = [(0, tree)]
        while stack:
            at, node = stack.pop()
            for word, then in node.then.items():
                if not _leads_to_phrase(then, bool(opens)):
                    continue
                named.append((then.whole, then.starts, 0, 0) if opens else (0, 0, then.ends, then.anywhere))
                stack.append((len(named) - 1, then))
                if at:
                    steps[at * roots.shape[1] + numbers[word]] = len(named) - 1
                else:
                    root[numbers[word]] = len(named) - 1
    return roots[0], roots[1], steps, {at: kinds for at, kinds in enumerate(named) if any(kinds)}


def _leads_to_phrase(node: Node, opens: bool) -> bool:
    """Does a phrase of one kind end at a node or below it?"""
    own = (node.whole | node.starts) if opens else (node.ends | node.anywhere)
    return bool(own) or any(_leads_to_phrase(then, opens) for then in node.then.values())
