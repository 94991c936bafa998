"""Furniture learned from a folder: lines that stand in many different texts of one source.

A first pass takes the :func:`line_keys` of every text; :func:`recurring_lines` finds, for every source, the keys that
recur; :func:`recurring_edits` takes such lines out of a text.  What comes out depends on the texts alone, not on their
order, and a text's cleaning on its content and the recurring keys that it holds.

>>> pages = [f"Valley Herald tips 0800 {n}\\n{'The council met and passed the budget. ' * n}" for n in range(2, 7)]
>>> found = recurring_lines([("valley", profile(page)) for page in pages])
>>> text = "Valley Herald tips 0800 555\\nA storm broke the old bridge on Sunday night, and nobody was hurt."
>>> [(edit.rule, text[edit.end :][:7]) for edit in recurring_edits(text, found["valley"])]
[('recurring-line', 'A storm')]
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from cleaners.text.edits import Edit
from cleaners.text.furniture.lines import Line, removal_edits, split_lines

TEXTS = 3
"""Different texts in which a short line must stand; two may share one by chance."""

TEXTS_FOR_PROSE = 5
"""Different texts in which a sentence must stand: refrains and standing paragraphs of a series recur three times."""

PROSE = 60
"""Characters from which a line counts as prose, by which two texts are told apart."""

LOOKED_AT = 24
"""Texts in which a line stands that are compared with each other; the first by their digests, whatever their order."""

_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Profile:
    """The keys of a text's lines: of the ``short`` ones and of those long enough to be ``prose``."""

    short: frozenset[int]
    prose: frozenset[int]


def line_key(line: str) -> int:
    """A number that is the same for lines that differ in digits, case and white space alone.

    >>> line_key("Comments (3)") == line_key("comments  (14)") != line_key("Share")
    True
    """
    masked = _DIGITS.sub("0", " ".join(line.split()).casefold())
    return int.from_bytes(blake2b(masked.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


def profile(text: str) -> Profile:
    """The keys of the lines of a text that hold a letter."""
    lines = [line.text for line in split_lines(text) if any(map(str.isalpha, line.text))]
    return Profile(
        frozenset(line_key(line) for line in lines if len(line) < PROSE),
        frozenset(line_key(line) for line in lines if len(line) >= PROSE),
    )


def recurring_lines(texts: Iterable[tuple[str, Profile]]) -> dict[str, frozenset[int]]:
    """The keys of recurring lines by source; ``texts`` are sources and profiles, in any order.

    A line counts once for texts that otherwise agree, so copies and versions of one article never take each other
    apart.  Prose that stands in two sources is a wire's and stays.
    """
    sources: dict[str, set[Profile]] = defaultdict(set)
    for source, each in texts:
        sources[source].add(each)
    spread: dict[int, int] = defaultdict(int)
    for profiles in sources.values():
        for key in set().union(*(each.prose for each in profiles)):
            spread[key] += 1
    return {
        source: _recurring(sorted(profiles, key=_digest), {key for key, count in spread.items() if count > 1})
        for source, profiles in sources.items()
    }


def _digest(each: Profile) -> tuple[list[int], list[int]]:
    return sorted(each.prose), sorted(each.short)


def _recurring(profiles: Sequence[Profile], wire: set[int]) -> frozenset[int]:
    places: dict[int, list[int]] = defaultdict(list)
    for at, each in enumerate(profiles):
        for key in each.short | each.prose:
            places[key].append(at)
    prose = frozenset().union(*(each.prose for each in profiles))
    common = {key for key in prose if len(places[key]) >= TEXTS_FOR_PROSE}
    own = [each.prose - common for each in profiles]
    own = [left if 2 * len(left) >= len(each.prose) else frozenset() for left, each in zip(own, profiles, strict=True)]
    different: dict[tuple[int, ...], int] = {}
    found = set()
    for key, where in places.items():
        needed = TEXTS_FOR_PROSE if key in prose else TEXTS
        if len(where) < needed or key in wire:
            continue
        chosen = tuple(where[:LOOKED_AT])
        if chosen not in different:
            different[chosen] = _different([own[at] for at in chosen])
        if different[chosen] >= needed:
            found.add(key)
    return frozenset(found)


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
    rules = {
        at: "recurring-line"
        for at, line in enumerate(lines)
        if not line.text[0].islower() and line_key(line.text) in recurring  # a small letter goes on with a sentence
    }
    prose = _size(lines)
    gone = _size([lines[at] for at in rules])
    if not rules or len(rules) == len(lines) or 2 * gone > prose:
        return []
    return list(removal_edits(text, lines, rules))


def _size(lines: Sequence[Line]) -> int:
    return sum(len(line.text) for line in lines if len(line.text) >= PROSE)
