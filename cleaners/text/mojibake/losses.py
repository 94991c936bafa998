"""Damage on top of damage: UTF-8 read with the wrong encoding whose bytes were then changed, dropped or cut off.

Each fault has a function from a line to its edits.  What was lost is put back only where one byte alone makes sense;
letters that are gone for good stay gone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache

from cleaners.characters import beyond_ascii
from cleaners.text.edits import Edit
from cleaners.text.mojibake.readings import READINGS, Reading, gain
from cleaners.text.plausibility import BOUNDARY, ODD, kind, unlikely_pairs

ENOUGH = 6.0
"""Evidence (nats) for one repair; the line around it has been read already, so that its neighbours count."""

SURE = 20.0
"""Evidence (nats) for one repair where no two neighbours are odd by themselves."""

MARGIN = 6.0
"""How much (nats) better the byte that is put back must be than the next best one."""

_PUT_BACK = frozenset("“”„‘’«»–…•®")
"""Kinds of characters that are put back: typography.  Of letters, several share the bytes that are left."""

_LEADS = b"\xc2\xc3\xc5\xce\xd0\xd9"
"""First bytes that A0 completes to a common character: a no-break space, ``à``, ``Š``, ``Π``, ``Р``, ``٠``."""

_WITH_A0 = tuple(reading for reading in READINGS if reading.name in ("cp1252", "cp1251", "cp1250", "cp1254"))


def begins_in(line: str) -> bool:
    """Whether ``line`` has a character that any of these faults begins with: most lines have none."""
    return bool(_leads().search(beyond_ascii(line)))


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
    if not begins_in(line):
        return []
    for reading in _WITH_A0:
        if edits := list(fault(line, reading)):
            return edits
    return []


def _lost_in(line: str, reading: Reading) -> Iterator[Edit]:
    for match in _incomplete(reading).finditer(line):
        chars = [char for char in _completed(reading, match["seen"], reading.undefined) if kind(char) in _PUT_BACK]
        after = _only_sensible(line, match, chars)
        if after is not None:
            yield Edit(*match.span(), after, f"utf-8 read as {reading.name}, a byte lost")


def _stripped_from(line: str, reading: Reading) -> Iterator[Edit]:
    end = len(line.rstrip())
    for match in _incomplete(reading).finditer(line, max(end - 3, 0)):
        if match.end() != end or match["seen"] != match[0]:
            continue
        before = kind(line[match.start() - 1 : match.start()] or BOUNDARY)
        chars = [char for char in _completed(reading, match["seen"], b"\xa0") if char == "à" or kind(char) == before]
        after = _only_sensible(line, match, chars)
        if after is not None:
            yield Edit(*match.span(), after, f"utf-8 read as {reading.name}, white space stripped")


def _spaced_in(line: str, reading: Reading) -> Iterator[Edit]:
    joined = _joined(line)
    for match in _spaced(reading).finditer(line):
        after = _with_a0(reading, match[0])
        if after == "à" and _space_remains(line, match.end(), joined):
            after = "à "
        evidence = gain(line, *match.span(), after) if after else 0.0
        around = line[max(match.start() - 1, 0) : match.start()], line[match.end() : match.end() + 1]
        if after and evidence >= ENOUGH and _fits(match[0], after, around, evidence > SURE):
            yield Edit(*match.span(), after, f"utf-8 read as {reading.name}, A0 turned into a space")


@lru_cache(65536)
def _with_a0(reading: Reading, run: str) -> str | None:
    return reading.decoded(run.replace(" ", "\u00a0"))


@lru_cache(65536)
def _fits(run: str, after: str, around: tuple[str, str], sure: bool) -> bool:
    """Whether ``after`` stands well between its neighbours, where ``run`` stood oddly."""
    if kind(after[0]) == "han" and any(map(str.isascii, filter(str.isalpha, around))):
        return False
    return (sure or bool(unlikely_pairs(run.join(around), ODD))) and not unlikely_pairs(after.join(around))


@cache
def _leads() -> re.Pattern[str]:
    """What any of these faults begins with: the first byte of a UTF-8 sequence, as one of the encodings shows it."""
    leads = {char for reading in _WITH_A0 for char, byte in reading.byte_of.items() if 0xC2 <= byte <= 0xEF}
    return re.compile(f"[{''.join(map(re.escape, sorted(leads)))}]")


@cache
def _incomplete(reading: Reading) -> re.Pattern[str]:
    """A UTF-8 sequence without its last byte, and the mark that may stand for it.

    Of those of two bytes only ``Ã``, for ``à``: what is left of others is a character that means itself as well.
    """
    three, more = reading.chars(0xE0, 0xEF), reading.chars(0x80, 0xBF)
    return re.compile(f"(?P<seen>{three}{more}|Ã)(?:\ufffd|(?<=â€)\\?)?(?!{more})")


@cache
def _spaced(reading: Reading) -> re.Pattern[str]:
    """A UTF-8 sequence with spaces in the place of A0."""
    two = "".join(reading.chars(byte, byte)[1:-1] for byte in _LEADS)
    three, more = reading.chars(0xE0, 0xEF), reading.chars(0x80, 0xBF)
    return re.compile(f"[{two}] |{three}(?:{more} | {more}|  )")


@lru_cache(4096)
def _completed(reading: Reading, seen: str, last: bytes) -> list[str]:
    """Every character that ``seen`` is when one of the bytes ``last`` follows."""
    chars = []
    for byte in last:
        char = bytes([*(reading.byte_of.get(one, 0) for one in seen), byte]).decode("utf-8", "ignore")
        if len(char) == 1:
            chars.append(char)
    return chars


def _only_sensible(line: str, match: re.Match[str], chars: Iterable[str]) -> str | None:
    """The one character that makes enough sense in the place of ``match``, if it is one."""
    ranked = sorted(((gain(line, *match.span(), char), char) for char in chars), reverse=True)
    if not ranked or ranked[0][0] < ENOUGH or (len(ranked) > 1 and ranked[0][0] - ranked[1][0] < MARGIN):
        return None
    return ranked[0][1]


_VIETNAMESE = re.compile("[\u1ea0-\u1ef9]")
_ANYTHING, _NOTHING = re.compile(""), re.compile("(?!)")
_SYLLABLE_END = re.compile(r"(?:ch?|i|m|ng?|nh|o|p|t|u|y)(?!\w)")


def _joined(line: str) -> re.Pattern[str]:
    """What may follow ``à`` within a word of ``line`` when the space between them is a byte A0."""
    if "Ã  " in line or "à  " in line:
        return _ANYTHING  # here no space was lost
    return _SYLLABLE_END if _VIETNAMESE.search(line) else _NOTHING


def _space_remains(line: str, end: int, joined: re.Pattern[str]) -> bool:
    """Whether the space of ``Ã `` stands for A0 and a space, not for A0 alone."""
    return line[end : end + 1].isalnum() and not joined.match(line, end)
