"""Furniture learned from a folder: lines that stand in many different texts of one source.

A first pass takes the :func:`profile` of every text; :func:`recurring_lines` finds, for every source, the keys that
recur (:func:`recurring_among` and :func:`wire_prose` are its two halves); :func:`recurring_edits` takes such lines out
of a text.  What comes out depends on the texts alone, not on their order, and a text's cleaning on its content and the
recurring keys that it holds.

>>> pages = [f"Valley Herald tips 0800 {n}\\n{'The council met and passed the budget. ' * n}" for n in range(2, 7)]
>>> found = recurring_lines([("valley", profile(page)) for page in pages])
>>> text = "Valley Herald tips 0800 555\\nA storm broke the old bridge on Sunday night, and nobody was hurt."
>>> [(edit.rule, text[edit.end :][:7]) for edit in recurring_edits(text, found["valley"])]
[('recurring-line', 'A storm')]
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from cleaners.text.edits import Edit
from cleaners.text.furniture.lines import Line, removal_edits, split_lines

TEXTS = 3
"""Different texts in which a label, a line that is no sentence, must stand; two texts may share one by chance."""

TEXTS_FOR_SENTENCES = 5
"""Different texts in which a sentence must stand: refrains and standing paragraphs of a series recur three times."""

SHARE = 0.02
"""Share of a source's texts in which a label must stand.  In a large source chance alone brings a subheading or a
speaker's name together three times; furniture stands on every page, or on every page of a section."""

SHARE_FOR_SENTENCES = 0.1
"""The same for a sentence: "The trial continues." ends one in 25 texts of METER's court reports, and agencies repeat a
story's background for months."""

REPEATED = 2
"""Times that furniture stands in one text; what stands there more often is its form: "Q:", a speaker, a refrain."""

PROSE = 60
"""Characters from which a line counts as prose, by which two texts are told apart."""

LOOKED_AT = 24
"""Texts in which a line stands that are compared with each other; the first by their digests, whatever their order."""

_DIGITS = re.compile(r"\d+")

_SENTENCE_ENDS = tuple(".!?…。！？।؟۔")
_CLOSING = "\"'”’»)]"


@dataclass(frozen=True, slots=True)
class Profile:
    """The keys of a text's lines: of ``labels``, of short ``sentences``, and of lines long enough to be ``prose``."""

    labels: frozenset[int]
    sentences: frozenset[int]
    prose: frozenset[int]

    @property
    def keys(self) -> frozenset[int]:
        """All keys."""
        return self.labels | self.sentences | self.prose


def line_key(line: str) -> int:
    """A number that is the same for lines that differ in digits, case and white space alone.

    >>> line_key("Comments (3)") == line_key("comments  (14)") != line_key("Share")
    True
    """
    masked = _DIGITS.sub("0", " ".join(line.split()).casefold())
    return int.from_bytes(blake2b(masked.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


def profile(text: str, removed: Iterable[str] = ()) -> Profile:
    """The keys of the lines of a text that hold a letter, without those that stand in it again and again.

    ``removed`` is what other steps took out of the text: a line that they knew in most texts recurs in those where they
    did not.  Such lines never count as ``prose``, which is what texts are told apart by.

    >>> found = profile("Share\\nThe trial continues.\\nQ:\\nWhy?\\nQ:\\nWhere?\\nQ:\\nWhen?", ["\\nFollow us"])
    >>> len(found.labels), len(found.sentences), len(found.prose)
    (2, 4, 0)
    """
    kinds: tuple[set[int], set[int], set[int]] = (set(), set(), set())
    counts: Counter[int] = Counter()
    for piece, most in ((text, 2), *((piece, 1) for piece in removed)):
        for line in split_lines(piece):
            if any(map(str.isalpha, line.text)):
                key = line_key(line.text)
                counts[key] += 1
                kinds[min(most, _kind(line.text))].add(key)
    often = {key for key, count in counts.items() if count > REPEATED}
    return Profile(*(frozenset(keys - often) for keys in kinds))


def _kind(line: str) -> int:
    if len(line) >= PROSE:
        return 2
    return int(line.rstrip(_CLOSING).endswith(_SENTENCE_ENDS))


def recurring_lines(texts: Iterable[tuple[str, Profile]]) -> dict[str, frozenset[int]]:
    """The keys of recurring lines by source; ``texts`` are sources and profiles, in any order.

    A line counts once for texts that otherwise agree, so copies and versions of one article never take each other
    apart.  Prose that stands in two sources is a wire's and stays.
    """
    sources: dict[str, set[Profile]] = defaultdict(set)
    for source, each in texts:
        sources[source].add(each)
    wire = wire_prose((source, key) for source, profiles in sources.items() for each in profiles for key in each.prose)
    return {source: recurring_among(profiles) - wire for source, profiles in sources.items()}


def wire_prose(prose: Iterable[tuple[str, int]]) -> frozenset[int]:
    """The keys that stand in two sources; ``prose`` are sources and keys of prose, in any order.

    >>> wire_prose([("herald", 1), ("herald", 2), ("post", 1)])
    frozenset({1})
    """
    sources: dict[int, str] = {}
    return frozenset(key for source, key in prose if sources.setdefault(key, source) != source)


def recurring_among(texts: Iterable[Profile]) -> frozenset[int]:
    """The keys that recur in the texts of one source, whatever other sources hold."""
    profiles = sorted(set(texts), key=_digest)
    places: dict[int, list[int]] = defaultdict(list)
    for at, each in enumerate(profiles):
        for key in each.keys:
            places[key].append(at)
    prose = frozenset().union(*(each.prose for each in profiles))
    sentences = prose.union(*(each.sentences for each in profiles))
    common = {key for key in prose if len(places[key]) >= TEXTS_FOR_SENTENCES}
    own = [each.prose - common for each in profiles]
    own = [left if 2 * len(left) >= len(each.prose) else frozenset() for left, each in zip(own, profiles, strict=True)]
    different: dict[tuple[int, ...], int] = {}
    found = set()
    for key, where in places.items():
        needed, share = (TEXTS_FOR_SENTENCES, SHARE_FOR_SENTENCES) if key in sentences else (TEXTS, SHARE)
        if len(where) < needed or len(where) < share * len(profiles):
            continue
        chosen = tuple(where[:LOOKED_AT])
        if chosen not in different:
            different[chosen] = _different([own[at] for at in chosen])
        if different[chosen] >= needed:
            found.add(key)
    return frozenset(found)


def _digest(each: Profile) -> tuple[list[int], ...]:
    return sorted(each.prose), sorted(each.sentences), sorted(each.labels)


def _different(texts: Sequence[frozenset[int]]) -> int:
    """How many texts differ from each other: those without prose of their own, and those half of which stands in
    another one, tell nothing."""
    apart: list[frozenset[int]] = []
    for text in texts:
        if text and all(2 * len(text & other) < min(len(text), len(other)) for other in apart):
            apart.append(text)
    return len(apart)


def recurring_edits(text: str, recurring: frozenset[int]) -> list[Edit]:
    """The removal of a text's lines that recur; none where they are most of its prose, which is then a copy."""
    if not recurring:
        return []
    lines = split_lines(text)
    keys = [line_key(line.text) for line in lines]
    counts = Counter(keys)
    rules = {
        at: "recurring-line"
        for at, (line, key) in enumerate(zip(lines, keys, strict=True))
        if key in recurring
        and counts[key] <= REPEATED
        and not line.text[0].islower()  # a small letter goes on with a sentence
    }
    prose = _size(lines)
    gone = _size([lines[at] for at in rules])
    if not rules or len(rules) == len(lines) or 2 * gone > prose:
        return []
    return list(removal_edits(text, lines, rules))


def _size(lines: Sequence[Line]) -> int:
    return sum(len(line.text) for line in lines if len(line.text) >= PROSE)
