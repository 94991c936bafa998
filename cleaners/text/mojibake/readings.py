"""Readings: UTF-8 that was decoded with a single-byte encoding, and how to take that back.

A reading finds the runs of a text that are UTF-8 when encoded again, decodes them, and says how much more plausible the
text became.  Whether that is enough is decided for a line at a time, where runs speak for each other.

>>> best_reading("DrÃ¥ber – Bråten").edits
[Edit(start=2, end=4, after='å', rule='utf-8 read as cp1252')]
>>> best_reading("NESTLÉ® in Saß“ und “Ъ” ГОСТ Р» stands as it is") is None
True
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import NamedTuple
from unicodedata import normalize

import ftfy.bad_codecs

from cleaners.text.edits import Edit
from cleaners.text.plausibility import BOUNDARY, cost, is_rare, unlikely_pairs

ftfy.bad_codecs.ok()  # registers the codecs named sloppy-* and utf-8-variants

ENOUGH = 9.0
"""Evidence (nats) that settles a line: odds of 8,000 to 1, so that a chance find on an undamaged line stays behind."""

CLEAR = 8.0
"""Evidence (nats) that one run of a settled line must have by itself: ``СССР–``, ``Р»`` and ``С…`` are no damage,
however many of them stand in a line."""

ALONG = 5.0
"""How much (nats) a run may speak against itself and still go along with a line that is settled."""

DEPTH = 4
"""How often text is taken to have been decoded wrongly, one time upon the other."""


class Run(NamedTuple):
    """``text[start:end]`` read again is ``after``; ``gain`` is the cost (nats) that saves, ``times`` how often."""

    start: int
    end: int
    after: str
    gain: float
    times: int = 1


class Settled(NamedTuple):
    """The edits that settle a line, and the evidence for them (nats)."""

    evidence: float
    edits: list[Edit]


@dataclass(frozen=True, eq=False)
class Reading:
    """UTF-8 read as ``name``; ``prior`` is the evidence (nats) it takes to think of that encoding at all."""

    name: str
    codec: str
    prior: float = 0.0
    extra: dict[str, int] = field(default_factory=dict)

    @cached_property
    def byte_of(self) -> dict[str, int]:
        """The byte each character above ASCII stood for."""
        table = dict(self.extra)
        for byte in range(0x80, 0x100):
            char = bytes([byte]).decode(self.codec, "ignore") or chr(byte)
            table[char] = byte
        return table

    @cached_property
    def undefined(self) -> bytes:
        """The bytes the encoding has no character for: they are lost where software drops what it cannot read."""
        strict = self.codec.replace("sloppy-windows-", "cp")
        return bytes(byte for byte in range(0x80, 0x100) if not bytes([byte]).decode(strict, "ignore"))

    def chars(self, low: int, high: int) -> str:
        """A character class of what the bytes ``low`` to ``high`` were read as."""
        return "[" + "".join(re.escape(char) for char, byte in self.byte_of.items() if low <= byte <= high) + "]"

    @cached_property
    def sequences(self) -> re.Pattern[str]:
        """One or more UTF-8 sequences in a row."""
        two, three, four = self.chars(0xC2, 0xDF), self.chars(0xE0, 0xEF), self.chars(0xF0, 0xF4)
        more = self.chars(0x80, 0xBF)
        return re.compile(f"(?:{two}{more}|{three}{more}{{2}}|{four}{more}{{3}})+")

    def decoded(self, run: str) -> str | None:
        """``run`` read again, or None where it is no UTF-8."""
        try:
            return bytes(map(self.byte_of.__getitem__, run)).decode("utf-8-variants")
        except (KeyError, UnicodeDecodeError):
            return None

    def runs(self, text: str) -> list[Run]:
        """Every run of ``text`` that can be read again, as often as that makes it more plausible."""
        found = []
        for match in self.sequences.finditer(text):
            if _is_quoted_letter(text, *match.span()) or (self.prior and self._among_strangers(text, *match.span())):
                continue
            after = match[0]
            best: Run | None = None
            for times in range(1, DEPTH + 1):
                after, last = self._again(after), after
                if after == last:
                    break
                run = Run(*match.span(), after, gain(text, *match.span(), after), times)
                if self._whole(text, run) and (best is None or run.gain >= best.gain):
                    best = run
            if best:
                found.append(best)
        return found

    def _among_strangers(self, text: str, start: int, end: int) -> bool:
        """Whether a letter next to ``text[start:end]`` cannot come from this encoding, but for the likeliest one."""
        around = text[max(start - 1, 0) : start] + text[end : end + 1]
        return any(char.isalpha() and not char.isascii() and char not in self.byte_of for char in around)

    def _whole(self, text: str, run: Run) -> bool:
        """Whether nothing unlikely is in the run read again, nor rare or unlikely at its edges, but for the likeliest
        encoding: there, the damage next to it may be of another sort."""
        if not self.prior:
            return not unlikely_pairs(normalize("NFC", run.after))
        around = text[max(run.start - 1, 0) : run.start], text[run.end : run.end + 1]
        whole = normalize("NFC", run.after.join(around))
        return not (unlikely_pairs(whole) or any(map(is_rare, whole)))

    def _again(self, run: str) -> str:
        """``run`` with its sequences read again."""
        return self.sequences.sub(lambda match: self.decoded(match[0]) or match[0], run)


def _is_quoted_letter(text: str, start: int, end: int) -> bool:
    """Whether ``text[start:end]`` is a letter and the second of two quotation marks around it: ``“Ã”``."""
    return (
        end - start == 2 and text[start - 1 : start] in _OPENING and text[end - 1] in _CLOSING and text[start].isalpha()
    )


def gain(text: str, start: int, end: int, after: str) -> float:
    """What is saved (nats) when ``text[start:end]`` becomes ``after``, its neighbours considered.

    >>> gain("voilÃ\\u00a0 le", 4, 6, "à") > 20
    True
    """
    left = text[max(start - 2, 0) : start] or BOUNDARY
    right = text[end : end + 2] or BOUNDARY
    before, after = left + text[start:end] + right, left + after + right
    return _saved(before, after) if len(before) <= _REPEATED else _saved.__wrapped__(before, after)


@lru_cache(65536)
def _saved(before: str, after: str) -> float:
    return cost(before) - cost(normalize("NFC", after))


_REPEATED = 16  # characters up to which stretches of text are worth remembering: damage repeats itself
_OPENING, _CLOSING = tuple("“„«‘‚‹"), "”“»’‘›"
_SEQUENCE = re.compile("[^\x00-\x7f]{2}")  # what every UTF-8 sequence looks like, whatever it was read as
_C1 = {chr(byte): byte for byte in range(0x80, 0xA0)}  # latin-1 and cp1252 in one: the former's C1 characters

READINGS = (
    Reading("cp1252", "sloppy-windows-1252", extra=_C1),
    Reading("cp1251", "sloppy-windows-1251", 3.0),
    Reading("mac-roman", "mac-roman", 3.0),
    Reading("cp437", "cp437", 3.0),
    Reading("cp1250", "sloppy-windows-1250", 5.0),
    Reading("cp1254", "sloppy-windows-1254", 5.0),
    Reading("cp850", "cp850", 10.0),
    Reading("cp1257", "sloppy-windows-1257", 7.0),
    Reading("cp1253", "sloppy-windows-1253", 7.0),
    Reading("cp1256", "sloppy-windows-1256", 7.0),
    Reading("cp1255", "sloppy-windows-1255", 7.0),
    Reading("cp1258", "sloppy-windows-1258", 7.0),
    Reading("iso-8859-2", "iso8859-2", 7.0),
    Reading("koi8-r", "koi8-r", 7.0),
    Reading("cp866", "cp866", 20.0),
    Reading("cp852", "cp852", 9.0),
    Reading("mac-cyrillic", "mac-cyrillic", 9.0),
)
"""Likeliest first; the priors say how much likelier."""


def best_reading(line: str) -> Settled | None:
    """The reading that makes most sense of ``line``, None where none makes enough."""
    if not _SEQUENCE.search(line):
        return None
    found: list[Settled] = []
    for reading in READINGS:
        runs = reading.runs(line)
        evidence = sum(run.gain for run in runs) - reading.prior
        if evidence >= ENOUGH and max(run.gain for run in runs) >= CLEAR + reading.prior:
            found.append(Settled(evidence, list(_edits(reading, runs, min(evidence / 4, ALONG)))))
    return max(found, key=lambda settled: settled.evidence, default=None)


def _edits(reading: Reading, runs: Iterable[Run], along: float) -> Iterable[Edit]:
    for run in runs:
        if run.gain > -along:
            often = {1: "", 2: ", twice"}.get(run.times, f", {run.times} times")
            yield Edit(run.start, run.end, run.after, f"utf-8 read as {reading.name}{often}")
