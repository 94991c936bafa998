"""A slice of the fuzzing, every input that ever failed, and growth: twice the text takes twice the time, not four."""

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from fuzz import KEPT, kept
from makers import MAKERS, made
from probes import probe

from cleaners import clean, compare, extract_html, fix_mojibake
from cleaners.text.decoding import DecodingError, decode

PROSE = "The council met on Friday and passed the budget after a debate of nine hours in Kidal. "
OTHER = "Peacekeepers left the northern garrison of Kidal on Tuesday, two weeks ahead of schedule. " * 20


@pytest.mark.parametrize("number", range(12 * len(MAKERS)))
def test_made_inputs_come_through(number: int) -> None:
    probe(made(2024, number)[1])


@pytest.mark.parametrize("file", sorted(KEPT.glob("*.json")), ids=lambda file: file.stem)
def test_what_failed_once_comes_through(file: Path) -> None:
    probe(kept(file))


# origin -> a text of about so many characters
LINES: dict[str, Callable[[int], str]] = {
    "accents on one letter": lambda size: "a" + "\u0301" * size,
    "bidi controls": lambda size: "\u202e\u2066" * (size // 2),
    "brackets": lambda size: "(" * size,
    "commas and digits": lambda size: "1," * (size // 2),
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


def _decoded(data: bytes) -> None:
    with suppress(DecodingError):
        decode(data)


@pytest.mark.slow
@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("work", WORK)
def test_time_grows_with_the_length_and_not_with_its_square(work: str, line: str) -> None:
    """Eight times the text may take at most twenty times as long: a square would take sixty-four."""
    run, make = WORK[work], LINES[line]
    size = 1_000
    while _seconds(run, make(size)) < 0.02 and size < 256_000:
        size *= 2
    short, long = (min(_seconds(run, make(many)) for _ in range(3)) for many in (size, 8 * size))
    assert long <= 20 * short + 0.05, f"{size} characters took {short:.3f} s, {8 * size} took {long:.3f} s"


def _seconds(run: Callable[[str], object], text: str) -> float:
    began = time.process_time()
    run(text)
    return time.process_time() - began
