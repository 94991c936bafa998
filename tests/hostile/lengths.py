"""Does the time for a text grow with its length, or with its square?  Lines that nobody would write, at any length.

    python tests/hostile/lengths.py --size 1000000 [--only spaces brackets]

times every kind of work on texts of an eighth of the size and of all of it, and prints how much longer the whole takes
for every doubling: 2 is a line, 4 would be a square.  Exit code 1 where it is more than :data:`STEEPEST`.
"""

from __future__ import annotations

import argparse
import gc
import itertools
import time
from collections.abc import Callable
from contextlib import suppress
from statistics import median
from typing import NamedTuple

from cleaners import clean, compare, extract_html, fix_mojibake
from cleaners.text.decoding import DecodingError, decode

PROSE = "The council met on Friday and passed the budget after a debate of nine hours in Kidal. "
OTHER = "Peacekeepers left the northern garrison of Kidal on Tuesday, two weeks ahead of schedule. " * 20

# what it is -> a text of about so many characters
LINES: dict[str, Callable[[int], str]] = {
    "accents on one letter": lambda size: "a" + "\u0301" * size,
    "bidi controls": lambda size: "\u202e\u2066" * (size // 2),
    "brackets": lambda size: "(" * size,
    "cells": lambda size: "a  " * (size // 3),
    "columns": lambda size: f"News  {PROSE}\nHome\n" * (size // (len(PROSE) + 12)),
    "columns that shift": lambda size: "".join(f"{' ' * (n % 40)}a  b{' ' * 30}c\n" for n in range(size // 55)),
    "commas and digits": lambda size: "1," * (size // 2),
    "elements in elements": lambda size: "<div>" * (size // 11) + "</div>" * (size // 11),
    "initials": lambda size: "A. " * (size // 3),
    "letters on end": lambda size: "a" * size,
    "lines": lambda size: "a\n" * (size // 2),
    "markdown links": lambda size: "](" * (size // 2),
    "mojibake": lambda size: "Ã¤â€œ" * (size // 5),
    "no-break spaces": lambda size: "\xa0" * size + "x",
    "one line of prose": lambda size: PROSE * (size // len(PROSE)),
    "opening tags": lambda size: "<a " * (size // 3),
    "paragraphs": lambda size: (PROSE + "\n\n") * (size // len(PROSE)),
    "pipes": lambda size: "| " * (size // 2),
    "quotation marks": lambda size: '"a ' * (size // 3),
    "spaces": lambda size: " " * size + "x",
    "stops": lambda size: ". " * (size // 2),
    "tabs and spaces": lambda size: "\t " * (size // 2) + "x",
    "wide letters": lambda size: "和" * size,
}
WORK: dict[str, Callable[[str], object]] = {
    "clean": clean,
    "compare": lambda text: compare(text, OTHER),
    "decode": lambda text: _decoded(text.encode()),
    "extract_html": lambda text: extract_html(f"<html><body><p>{text}</p></body></html>"),
    "fix_mojibake": fix_mojibake,
}
STEEPEST = 2.7
"""How many times as long twice the text may take: a line takes 2, a square 4, and the rest is the noise of machines."""

ROUNDS = 9

_numbers = itertools.count(1)


class Growth(NamedTuple):
    """Seconds of processor time for a text, and for one of eight times its length."""

    size: int
    short: float
    long: float

    @property
    def by_doubling(self) -> float:
        """How many times as long twice the text takes; a twentieth of a second more or less says nothing."""
        return (max(self.long - 0.05, self.short) / self.short) ** (1 / 3)


def growth(work: str, line: str, size: int) -> Growth:
    """Time a kind of work on a kind of line, of ``size`` characters and eight times as many, in turn.

    Three rounds, and up to :data:`ROUNDS` as long as it looks too steep: a machine that is slow for a while can make
    one long text slow, not every one of them.  The best of the long ones counts, and the median of the short ones, as
    a lucky moment would make the best too fast.
    """
    run, make = WORK[work], LINES[line]
    short: list[float] = []
    long: list[float] = []
    gc.collect()
    gc.freeze()  # what a whole suite of tests left behind is not looked through again and again for the longer text
    try:
        for _ in range(ROUNDS):
            short.append(_seconds(run, make(size)))
            long.append(_seconds(run, make(8 * size)))
            found = Growth(size, median(short), min(long))
            if len(long) >= 3 and found.by_doubling <= STEEPEST:
                break
    finally:
        gc.unfreeze()
    return found


def measurable(work: str, line: str) -> int:
    """A length from which the work takes long enough to be timed."""
    size = 1_000
    while _seconds(WORK[work], LINES[line](size)) < 0.02 and size < 256_000:
        size *= 2
    return size


def _decoded(data: bytes) -> None:
    with suppress(DecodingError):
        decode(data)


def _seconds(run: Callable[[str], object], text: str) -> float:
    text += str(next(_numbers))  # never the same twice, as short lines and words are remembered
    began = time.process_time()
    run(text)
    return time.process_time() - began


def main() -> None:
    """Time everything at one size, and say where it grows too fast."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--size", type=int, default=1_000_000)
    arguments.add_argument("--only", nargs="*", default=list(LINES), metavar="LINE", help=", ".join(LINES))
    options = arguments.parse_args()
    steep = 0
    print(f"{'':25} " + " ".join(f"{work:>24}" for work in WORK))
    for line in options.only:
        found = [growth(work, line, options.size // 8) for work in WORK]
        steep += sum(each.by_doubling > STEEPEST for each in found)
        told = (f"{each.short:6.2f} -> {each.long:6.2f} s x{each.by_doubling:.1f}" for each in found)
        print(f"{line:25} " + " ".join(f"{each:>24}" for each in told), flush=True)
    count = len(options.only) * len(WORK)
    print(f"{count} growths to {options.size:,} characters, {steep} beyond x{STEEPEST} a doubling")
    raise SystemExit(bool(steep))


if __name__ == "__main__":
    main()
