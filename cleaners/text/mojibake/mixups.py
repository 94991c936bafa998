"""Mix-ups of two single-byte encodings: ``Thιβtre`` for ``Théâtre``, ``Ïðèâåò`` for ``Привет``.

Every byte is a character in both, so that nothing but the text itself tells which one was meant.  A mix-up is taken
back only where words become much more plausible, and where no other mix-up comes near.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from math import fsum
from typing import NamedTuple

from cleaners.text.edits import Edit
from cleaners.text.plausibility import BOUNDARY, INSIDE, UNLIKELY, costs

ENOUGH = 20.0
"""Evidence (nats) for a line, the prior taken off."""

MARGIN = 2.5
"""How much (nats) better the mix-up must be than one that gives another text."""


class Mixup(NamedTuple):
    """Text in ``right`` that was read as ``wrong``."""

    right: str
    wrong: str
    prior: float = 0.0


MIXUPS = (
    Mixup("cp1251", "cp1252"),
    Mixup("cp1251", "mac-roman", 4.0),
    Mixup("cp1251", "koi8-r", 2.0),
    Mixup("cp1251", "cp437", 4.0),
    Mixup("cp1251", "cp850", 4.0),
    Mixup("cp1251", "cp866", 4.0),
    Mixup("koi8-r", "cp1252"),
    Mixup("koi8-r", "cp1251", 2.0),
    Mixup("cp866", "cp1252", 2.0),
    Mixup("cp866", "cp1251", 2.0),
    Mixup("cp866", "cp437", 4.0),
    Mixup("iso8859-5", "cp1252", 4.0),
    Mixup("mac-cyrillic", "mac-roman", 4.0),
    Mixup("mac-cyrillic", "cp1251", 4.0),
    Mixup("cp1253", "cp1252", 2.0),
    Mixup("cp1255", "cp1252", 2.0),
    Mixup("cp1256", "cp1252", 2.0),
    Mixup("cp1250", "cp1252", 2.0),
    Mixup("cp1254", "cp1252", 2.0),
    Mixup("iso8859-2", "cp1252", 2.0),
    Mixup("cp1252", "cp1250", 2.0),
    Mixup("cp1252", "cp1251", 2.0),
    Mixup("cp1252", "cp1253", 2.0),
    Mixup("cp1252", "cp437"),
    Mixup("cp1252", "cp850"),
    Mixup("cp1252", "mac-roman"),
    Mixup("cp1252", "koi8-r", 4.0),
    Mixup("mac-roman", "cp1252"),
    Mixup("cp437", "cp1252"),
    Mixup("cp850", "cp1252", 0.5),
)
"""What happens in practice, from the platforms a text passed through; the priors are by eye."""

_WORD = re.compile(r"\S+")
_LETTERS = 3  # that make a word a witness; shorter ones go along with it
_FOREIGN = re.compile("[\u0370-\u052f]")
_LOOK_ALIKES = frozenset("αικνορτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧаеіјкорсухѕАВЕІЈКМНОРСТУХЅ")
_AT_HOME = "ﬁﬂ·"  # in words as they are, of typesetters and of Catalan: no sign of a mix-up
_MEAN = 7.0  # nats a character from which a word is looked at although no two of its characters are unlikely


def mixed_up(line: str) -> Iterator[Edit]:
    """Words of ``line`` that make sense in another single-byte encoding.

    >>> [(edit.after, edit.rule) for edit in mixed_up("caf‚, r‚sum‚")]
    [('é', 'cp437 read as cp1252'), ('é', 'cp437 read as cp1252'), ('é', 'cp437 read as cp1252')]
    """
    wrong = {word for word in line.split() if not word.isascii() and _looks_wrong(word)}
    if not wrong:
        return
    words = [match for match in _WORD.finditer(line) if match[0] in wrong]
    saved = [_savings(match[0]) for match in words]
    if sum(max((gain for _, gain in each if gain > 0), default=0.0) for each in saved) < ENOUGH:
        return
    gains: dict[Mixup, list[tuple[float, str, re.Match[str]]]] = {}
    for match, each in zip(words, saved, strict=True):
        for mixup, gain in each:
            gains.setdefault(mixup, []).append((gain, match[0].translate(_codes(mixup)), match))
    found = []
    for mixup in filter(gains.__contains__, MIXUPS):
        read = gains[mixup]
        evidence = sum(gain for gain, after, _ in read if sum(map(str.isalpha, after)) >= _LETTERS) - mixup.prior
        if evidence >= ENOUGH / 2:
            found.append((evidence, mixup, [(match, after) for gain, after, match in read if gain > 0]))
    if not found:
        return
    found.sort(key=lambda candidate: -candidate[0])
    evidence, mixup, pairs = found[0]
    afters = [after for _, after in pairs]
    rivals = [other[0] for other in found[1:] if [after for _, after in other[2]] != afters]
    if evidence < ENOUGH or (rivals and evidence - rivals[0] < MARGIN):
        return
    for match, after in pairs:
        for place, (old, new) in enumerate(zip(match[0], after, strict=True), match.start()):
            if old != new:
                yield Edit(place, place + 1, new, f"{mixup.right} read as {mixup.wrong}")


@lru_cache(32768)
def _looks_wrong(word: str) -> bool:
    if max(word) <= "\u00a0" or not any(map(str.isalpha, word)):
        return False
    if any(map(_FOREIGN.match, word)) and not _mixes_by_mistake(word):
        return False
    each = _costs_within(word)
    return max(each) > UNLIKELY or sum(each) > _MEAN * len(each)


def _mixes_by_mistake(word: str) -> bool:
    """Whether Greek or Cyrillic letters in ``word`` are no science (``TNFα``), no look-alikes (``Аpple``, ``навiть``)
    and no stopgap (``Straβe``): two different ones inside a word that is Latin otherwise.

    >>> [_mixes_by_mistake(word) for word in ("Thιβtre", "TNFα", "αβTCR", "Straβe", "вiн", "привет")]
    [True, False, False, False, False, True]
    """
    letters = [char for char in word if char.isalpha()]
    foreign = [char for char in letters if _FOREIGN.match(char)]
    latin = [char for char in letters if char.isascii()]
    if not latin:
        return True
    inside = letters[0].isascii() and letters[-1].isascii() and len(latin) > len(foreign)
    return inside and len(set(foreign)) > 1 and not _LOOK_ALIKES.issuperset(foreign)


@lru_cache(32768)
def _savings(word: str) -> tuple[tuple[Mixup, float], ...]:
    """What every mix-up that ``word`` can have come from saves (nats)."""
    start, end = _reach(bounded := BOUNDARY + word + BOUNDARY)
    each = _costs_within(word)
    unlikely_around = any(cost > UNLIKELY for cost in (*each[:start], *each[end - 1 :]))
    return tuple(
        (mixup, 0.0 if gain > 0 and (unlikely or unlikely_around) else gain)
        for mixup, gain, unlikely in _gains(bounded[start:end])
    )


def _reach(bounded: str) -> tuple[int, int]:
    """The part of a word between two boundaries that a mix-up changes, with the neighbours whose costs change with it:
    one on either side, and one more where that is a quotation mark."""
    changed = [place for place, char in enumerate(bounded) if char > "\u00a0"]
    start, end = changed[0] - 1, changed[-1] + 2
    return start - (start > 0 and bounded[start] in INSIDE), end + (end < len(bounded) and bounded[end - 1] in INSIDE)


@lru_cache(32768)
def _gains(part: str) -> tuple[tuple[Mixup, float, bool], ...]:
    """What every mix-up saves in a part of a word (nats), and whether the part is unlikely even so.

    Costs are whole quarters of a nat, so that the sum over a part differs by as much as that over the word.
    """
    found = []
    whole = fsum(costs(part))
    for mixup in _possible(frozenset(char for char in part if char > "\u00a0")):
        after = part.translate(_codes(mixup))
        if after != part:
            each = costs(after)
            found.append((mixup, whole - fsum(each), max(each) > UNLIKELY))
    return tuple(found)


@lru_cache(4096)
def _possible(damaged: frozenset[str]) -> tuple[Mixup, ...]:
    """The mix-ups that every one of some characters can have come from."""
    return tuple(mixup for mixup in MIXUPS if _table(mixup).keys() >= damaged)


@lru_cache(4096)
def _costs_within(word: str) -> tuple[float, ...]:
    return tuple(costs(BOUNDARY + word + BOUNDARY))


@cache
def _table(mixup: Mixup) -> dict[str, str]:
    """What each character of the wrong encoding is in the right one; spaces and C1 controls speak for neither."""
    table = {}
    for byte in range(0x80, 0x100):
        wrong, right = (bytes([byte]).decode(name, "ignore") for name in (mixup.wrong, mixup.right))
        if wrong > "\u00a0" and right > "\u00a0" and wrong not in _AT_HOME:
            table[wrong] = right
    return table


@cache
def _codes(mixup: Mixup) -> dict[int, str]:
    """The same by code point."""
    return str.maketrans(_table(mixup))
