"""Damage on top of damage: UTF-8 read with the wrong encoding whose bytes were then changed, dropped or cut off.

Each fault has a function from a line to its edits.  What was lost is put back only where one byte alone makes sense;
letters that are gone for good stay gone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache

from cleaners.text.edits import Edit
from cleaners.text.mojibake.plausibility import kind
from cleaners.text.mojibake.readings import READINGS, Reading, gain

ENOUGH = 6.0
"""Evidence (nats) for one repair; the line around it has been read already, so that its neighbours count."""

MARGIN = 6.0
"""How much (nats) better the byte that is put back must be than the next best one."""

_NEVER_MEANT = frozenset(("symbol", "invisible", "rare", "unassigned", "odd space", "rare han", "rare hangul"))
"""Kinds of characters too rare to be put back."""

_WITH_A0 = tuple(reading for reading in READINGS if reading.name in ("cp1252", "cp1251", "cp1250", "cp1254"))


def lost_bytes(line: str) -> list[Edit]:
    """Bytes the wrong encoding does not define, dropped or replaced by ``�`` on the way.

    The closing quotation mark is the common one: of E2 80 9D, cp1252 shows ``â€`` and nothing for the 9D.

    >>> [(edit.after, edit.rule) for edit in lost_bytes("He said “noâ€, twice.")]
    [('”', 'utf-8 read as cp1252, a byte lost')]
    >>> lost_bytes("Ãfrica")  # Á and Í lose the same byte
    []
    """
    return _by_likeliest(line, _lost_in)


def stripped_end(line: str) -> list[Edit]:
    """A last byte A0 that was stripped as white space from the end of a title or a line.

    >>> [(edit.after, edit.rule) for edit in stripped_end("删除列表中的元ç´")]
    [('素', 'utf-8 read as cp1252, white space stripped')]
    """
    return _by_likeliest(line, _stripped_from)


def spaces_for_a0(line: str) -> list[Edit]:
    """Bytes A0, no-break spaces to the wrong encoding, that were turned into plain spaces.

    A lone ``Ã `` is ``à`` and a space: the two spaces behind it have become one.  It is ``à`` alone before a mark,
    where other spaces show that none were dropped, and within a Vietnamese syllable.

    >>> [(edit.after, edit.rule) for edit in spaces_for_a0("un dibattito in cittÃ .")]
    [('à', 'utf-8 read as cp1252, A0 turned into a space')]
    >>> [edit.after for edit in spaces_for_a0("voilÃ le travail")]
    ['à ']
    """
    return _by_likeliest(line, _spaced_in)


def _by_likeliest(line: str, fault: Callable[[str, Reading], Iterator[Edit]]) -> list[Edit]:
    """What ``fault`` finds for the first encoding for which it finds anything."""
    for reading in _WITH_A0:
        if edits := list(fault(line, reading)):
            return edits
    return []


def _lost_in(line: str, reading: Reading) -> Iterator[Edit]:
    for match in _incomplete(reading).finditer(line):
        after = _only_sensible(line, match, _completed(reading, match["seen"], reading.undefined))
        if after is not None:
            yield Edit(*match.span(), after, f"utf-8 read as {reading.name}, a byte lost")


def _stripped_from(line: str, reading: Reading) -> Iterator[Edit]:
    end = len(line.rstrip())
    for match in _incomplete(reading).finditer(line, max(end - 3, 0)):
        if match.end() == end:
            after = _only_sensible(line, match, _completed(reading, match["seen"], b"\xa0"))
            if after is not None:
                yield Edit(*match.span(), after, f"utf-8 read as {reading.name}, white space stripped")


def _spaced_in(line: str, reading: Reading) -> Iterator[Edit]:
    for match in _spaced(reading).finditer(line):
        after = reading.decoded(match[0].replace(" ", "\u00a0"))
        if after == "à" and _space_remains(line, match):
            after = "à "
        if after is not None and gain(line, *match.span(), after) >= ENOUGH:
            yield Edit(*match.span(), after, f"utf-8 read as {reading.name}, A0 turned into a space")


@cache
def _incomplete(reading: Reading) -> re.Pattern[str]:
    """A UTF-8 sequence with one byte too few, and the mark that may stand for it."""
    two, three, more = reading.chars(0xC2, 0xDF), reading.chars(0xE0, 0xEF), reading.chars(0x80, 0xBF)
    return re.compile(f"(?P<seen>{three}{more}|{two})(?:\ufffd|(?<=â€)\\?)?(?!{more})")


@cache
def _spaced(reading: Reading) -> re.Pattern[str]:
    """A UTF-8 sequence with spaces in the place of A0."""
    two, three, more = reading.chars(0xC2, 0xDF), reading.chars(0xE0, 0xEF), reading.chars(0x80, 0xBF)
    return re.compile(f"{two} |{three}(?:{more} | {more}|  )")


def _completed(reading: Reading, seen: str, last: bytes) -> Iterator[str]:
    """Every character that ``seen`` is when one of the bytes ``last`` follows."""
    for byte in last:
        char = bytes([*map(reading.byte_of.__getitem__, seen), byte]).decode("utf-8", "ignore")
        if len(char) == 1 and kind(char) not in _NEVER_MEANT:
            yield char


def _only_sensible(line: str, match: re.Match[str], chars: Iterable[str]) -> str | None:
    """The one character that makes enough sense in the place of ``match``, if it is one."""
    ranked = sorted(((gain(line, *match.span(), char), char) for char in chars), reverse=True)
    if not ranked or ranked[0][0] < ENOUGH or (len(ranked) > 1 and ranked[0][0] - ranked[1][0] < MARGIN):
        return None
    return ranked[0][1]


_VIETNAMESE = re.compile("[\u1ea0-\u1ef9]")
_SYLLABLE_END = re.compile(r"(?:ch?|i|m|ng?|nh|o|p|t|u|y)(?!\w)")


def _space_remains(line: str, match: re.Match[str]) -> bool:
    """Whether the space of ``Ã `` stands for A0 and a space, not for A0 alone."""
    end = match.end()
    if not line[end : end + 1].isalnum() or "Ã  " in line or "à  " in line:
        return False
    return not (_VIETNAMESE.search(line) and _SYLLABLE_END.match(line, end))
