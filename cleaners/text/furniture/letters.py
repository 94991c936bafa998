"""What characters are, by table: every code point of a sample is looked up once, all of them in one go.

The tables reach to the end of the basic plane; what lies beyond it (pictographs, rare ideographs) counts as no letter.
"""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

# Letters may carry marks that are no letters themselves (vowel signs, accents): they do not end a word.
_MARKS = (
    r"\u0300-\u036f\u064b-\u065f\u0670\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963\u0981-\u0983\u09bc-\u09cd"
    r"\u0a01-\u0a03\u0a3c-\u0a4d\u0a70\u0a71\u0a81-\u0a83\u0abc-\u0acd\u0b82\u0bbe-\u0bcd\u0c00-\u0c04\u0c3e-\u0c56"
    r"\u0c81-\u0c83\u0cbc-\u0cd6\u0d00-\u0d03\u0d3b-\u0d4d\u0dca-\u0ddf\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
)
WORD = re.compile(rf"\d+|[^\W\d]+(?:[{_MARKS}]+[^\W\d]*)*")
UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
"""A letter of a script that puts no spaces between words."""

DIGIT, LETTER, CAPITAL, UPPER, LOWER, NO_SPACES, COMMA, SEPARATOR, QUOTE, CREDIT, COLON, AT, BRACKET, BULLET, END = (
    1 << bit for bit in range(15)
)
"""Bits of a character's class; ``CAPITAL`` is what folding changes, ``LETTER`` what a word is made of."""

_PLANE = 0x10000
_CASELESS = 0x2E80
"""Behind this code point stand the scripts of East Asia, which know no capitals, but for a few width variants."""
_MARKED_BY = {
    COMMA: ",;，、",
    SEPARATOR: "|»›/>·•→←×",
    QUOTE: '“"«„”「',
    CREDIT: "/|©:)]",
    COLON: ":",
    AT: "@",
    BRACKET: "[(©",
    BULLET: "-*+•·–—▪►»›#\\",
    END: ".!?…。！？",
}


@lru_cache(maxsize=1)
def folding() -> dict[int, int]:
    """The code points that case folding changes, and what it makes of them: one character of one.

    Where Unicode would write two letters (``ß``, the dotted ``İ``) the plain small letter stands for both.
    """
    found = {}
    for code in range(_PLANE):
        letter = chr(code)
        folded = letter.casefold()
        folded = folded if len(folded) == 1 else letter.lower()[:1]
        if folded not in ("", letter) and folded.isalnum() == letter.isalnum():  # the mark U+0345 would become a letter
            found[code] = ord(folded)
    return found


def fold(text: str) -> str:
    """``text`` with its case folded, character by character: its length stays.

    >>> fold("İLGİLİ Straße")
    'ilgili straße'
    """
    return text.casefold() if text.isascii() else text.translate(folding())


@lru_cache(maxsize=1)
def tables() -> tuple[NDArray[np.uint16], NDArray[np.uint64]]:
    """The class and the folded form of every code point of the basic plane."""
    classes = np.zeros(_PLANE, np.uint16)
    every = "".join(map(chr, range(_PLANE - 1)))
    for bit, pattern in ((DIGIT, r"\d+"), (LETTER, rf"[^\W\d]+|[{_MARKS}]+"), (NO_SPACES, f"{UNSPACED.pattern}+")):
        for run in re.finditer(pattern, every):
            classes[run.start() : run.end()] |= bit
    for bit, letters in _MARKED_BY.items():
        classes[[ord(letter) for letter in letters]] |= bit
    classes[classes & DIGIT > 0] |= BULLET
    for code in range(_CASELESS):
        letter = chr(code)
        classes[code] |= UPPER * letter.isupper() | LOWER * letter.islower()
    folded = np.arange(_PLANE, dtype=np.uint64)
    folded[list(folding())] = list(folding().values())
    classes[list(folding())] |= CAPITAL
    return classes, folded


@lru_cache(maxsize=1)
def spelling() -> NDArray[np.int64]:
    """For every class, what a character of it adds to three counts in one number, twenty bits each: capitals, small
    letters, and letters that folding changes."""
    every = np.arange(1 << 16, dtype=np.int64)
    return (every & UPPER > 0) * (1 << 40) + (every & LOWER > 0) * (1 << 20) + (every & CAPITAL > 0)


def code_points(text: str) -> NDArray[np.uint32]:
    """The code points of a text; look them up with ``mode="clip"``, as those beyond the basic plane have no entry.

    >>> code_points("aé😀").tolist()
    [97, 233, 128512]
    """
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
