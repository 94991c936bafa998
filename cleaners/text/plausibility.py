"""How plausible a piece of text is, whatever its language.

Two small Markov chains, both fitted by ``benchmarks/fit_plausibility.py``: one over the *kinds* of neighbouring
characters (lower case, closing quotation mark, box drawing ...), one over neighbouring *letters* of the alphabets that
have few.  The cost of a text is its negative log-probability, in nats; damaged text costs more than what it was made
from, and the difference is the evidence for a repair.

>>> cost("für") < cost("fÃ¼r")
True
>>> round(cost("fГјr uns") - cost("für uns")) > 15
True
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

STEP = 0.25
"""Nats between two neighbouring characters of a packed row; the top of the range, 23 nats, means *never seen*."""

UNUSUAL = 6.0
"""What a letter costs that its script has but none of the fitted languages uses, at either side."""

INSIDE = {"‹": 18.0, "›": 18.0, "„": 12.0, "‚": 12.0, "«": 4.0, "»": 4.0, "“": 4.0, "”": 4.0}
"""What a quotation mark costs, besides, that has a letter on either side.  A forgotten space does that to the common
ones now and then."""

CHANGE_OF_SCRIPT = 16.0
"""What it costs, besides, when letters of two scripts meet; Latin words in Chinese, Japanese and Korean are common."""

ODD = 11.0
"""Nats from which two neighbours, one of them beyond ASCII, are worth a closer look: in one undamaged line in 12."""

CEILING = 24.0
"""The most (nats) a character can cost: to be never seen is as strange as it gets."""

UNLIKELY = 18.0
"""Nats from which two neighbours count as damage.  On undamaged lines in 30 languages no two cost more than 17.5."""

_FIRST = 0x21  # rows are packed as printable ASCII, one character a cell

BOUNDARY = "\n"
"""What stands before the first and after the last character."""

_LEGACY_SETS = (
    *(f"cp125{digit}" for digit in range(9)),
    *(f"iso8859-{part}" for part in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16)),
    *("cp874", "koi8-r", "koi8-u", "kz1048", "mac-roman"),
)

_LIVING_SCRIPTS = frozenset(
    {"ARABIC", "ARMENIAN", "BENGALI", "DEVANAGARI", "ETHIOPIC", "GEORGIAN", "GUJARATI", "GURMUKHI", "HEBREW"}
    | {"KANNADA", "KHMER", "LAO", "MALAYALAM", "MYANMAR", "SINHALA", "TAMIL", "TELUGU", "THAI", "TIBETAN"}
)

_MARKS = {
    "(": "([{",
    ")": ")]}",
    ".": ".,;:!?",
    "“": "“",
    "„": "„‚",
    "‘": "‘",
    "«": "«‹",
    "»": "»›",
    "”": "”",
    "’": "’",
    "–": "–—―",
    "•": "•·●",
    "¿": "¿¡",
    "®": "®™",
    "§": "§¶№",
    "†": "†‡‰",
    "½": "½¼¾²³¹",
    "±": "±×÷µ",
    "¨": "¨´¸¯ˆ˜˘ˇ˛˝\u02d9\u02da\u0384\u0385",
    "¬": "¬¦¤ƒ√∂∏∑∫∆≈◊",
    "ª": "ªº",
}
_FITTED_KINDS = frozenset(("accented", "Accented", "cyrillic", "Cyrillic", "greek", "Greek"))
_MIXING = {"LATIN", "EAST ASIAN"}
_INSIDE = re.compile(f"[{''.join(INSIDE)}]")
_KIND_OF_MARK = {mark: kind for kind, marks in _MARKS.items() for mark in marks}


@cache
def kind(char: str) -> str:
    """The kind of a character: what decides which neighbours it may have.

    A letter is ordinary where one of the legacy character sets, each made for languages in print, has it.

    >>> [kind(char) for char in "aÉж»ɮ─"]
    ['lower', 'Accented', 'cyrillic', '»', 'rare', 'box']
    """
    if char == BOUNDARY or char in "\r\t":
        return "boundary"
    if char in _KIND_OF_MARK:
        return _KIND_OF_MARK[char]
    category = unicodedata.category(char)
    if char.isascii():
        return _ascii_kind(char, category)
    if category[0] in "LM":
        return _letter_kind(char, category)
    return _symbol_kind(char, category)


def _ascii_kind(char: str, category: str) -> str:
    if category in ("Lu", "Ll"):
        return "Upper" if category == "Lu" else "lower"
    if category == "Nd":
        return "digit"
    if category == "Cc":
        return "control"
    return char if char in " \"'-" else "ascii mark"


def _letter_kind(char: str, category: str) -> str:
    script, *rest = unicodedata.name(char, "UNKNOWN").split("-")[0].split()
    if script == "LATIN":
        ordinary = char in _ordinary_letters() or 0x1EA0 <= ord(char) <= 0x1EF9
        if not ordinary or ("LIGATURE" in rest and char not in "œŒ"):
            return "rare"
        return "Accented" if category == "Lu" else "accented"
    if script in ("ARABIC", "CYRILLIC", "GREEK", "HEBREW") and category != "Mn" and char not in _ordinary_letters():
        return "rare"
    if script in ("CYRILLIC", "GREEK"):
        return script.capitalize() if category == "Lu" else script.lower()
    if script == "CJK":
        return "han" if _in_any(char, ("gb2312", "big5", "shift_jis")) else "rare han"
    if script == "HANGUL":
        return "hangul" if _in_any(char, ("euc_kr",)) else "rare hangul"
    if script in ("HIRAGANA", "KATAKANA", "IDEOGRAPHIC"):
        return "kana"
    if script in _LIVING_SCRIPTS:
        return "uncased mark" if category[0] == "M" else "uncased"
    return "selector" if script == "VARIATION" else "rare"


def _symbol_kind(char: str, category: str) -> str:
    code = ord(char)
    if code < 0xA0:
        return "c1"
    if category in ("Co", "Cn", "Cs"):
        return "unassigned"
    if category == "Cf":
        return "soft hyphen" if char == "\u00ad" else "invisible"
    if category[0] == "Z":
        return "no-break space" if char == "\u00a0" else "odd space"
    if category[0] == "N":
        return "number"
    if category == "Sc":
        return "currency"
    if 0x2500 <= code <= 0x259F:
        return "box"
    if 0x3000 <= code <= 0x303F or 0xFF00 <= code <= 0xFFEF:
        return "wide mark"
    if code >= 0x1F000 or 0x2600 <= code <= 0x27BF:
        return "pictograph"
    script = unicodedata.name(char, "UNKNOWN").split()[0]
    if script in _LIVING_SCRIPTS:
        return "script mark"
    return char if char in "…°©\ufffd" else "math" if category == "Sm" else "symbol"


@cache
def _ordinary_letters() -> frozenset[str]:
    high = bytes(range(0x80, 0x100))
    return frozenset("".join(high.decode(name, "ignore") for name in _LEGACY_SETS) + "ƠơƯưی")


def _in_any(char: str, charsets: tuple[str, ...]) -> bool:
    for charset in charsets:
        try:
            char.encode(charset)
        except UnicodeEncodeError:
            continue
        return True
    return False


def is_rare(char: str) -> bool:
    """Whether no text in print is likely to have ``char``.

    >>> [is_rare(char) for char in "éжŒ🙂⮤ɮ"]
    [False, False, False, False, True, True]
    """
    return kind(char) in ("rare", "rare han", "rare hangul", "symbol", "unassigned")


class _Weights(NamedTuple):
    kinds: dict[str, int]
    kind_costs: list[list[float]]
    letters: dict[str, tuple[int, int]]  # letter -> (alphabet, place in it)
    letter_costs: list[list[list[float]]]  # alphabet -> previous letter (0: none) -> letter (0: the word ends)


@cache
def _weights() -> _Weights:
    packed = json.loads(Path(__file__).with_name("plausibility.json").read_text("utf-8"))
    alphabets: list[str] = [alphabet["letters"] for alphabet in packed["alphabets"]]
    return _Weights(
        {name: place for place, name in enumerate(packed["kinds"])},
        [_unpacked(row) for row in packed["kind_costs"]],
        {letter: (i, j + 1) for i, letters in enumerate(alphabets) for j, letter in enumerate(letters)},
        [[_unpacked(row) for row in alphabet["costs"]] for alphabet in packed["alphabets"]],
    )


def _unpacked(row: str) -> list[float]:
    return [(ord(cell) - _FIRST) * STEP for cell in row]


def packed(costs: list[float]) -> str:
    """A row of costs as printable characters, for the fitting script.

    >>> _unpacked(packed([0.0, 1.1, 99.0]))
    [0.0, 1.0, 23.25]
    """
    return "".join(chr(_FIRST + min(round(cost / STEP), 93)) for cost in costs)


class _Symbol(NamedTuple):
    kind: int
    alphabet: int  # -1: no letter; -2: a letter outside the fitted alphabets; -3: of a script without capitals
    place: int
    script: str  # of a letter; one for those that East Asian text mixes


@cache
def _symbol(char: str) -> _Symbol:
    weights = _weights()
    name = kind(char)
    outside = -2 if name in _FITTED_KINDS else -3 if name.startswith("uncased") else -1
    alphabet, place = weights.letters.get(char) or weights.letters.get(char.lower()[0], (outside, 0))
    return _Symbol(weights.kinds[name], alphabet, place, _script(char, name))


def _script(char: str, name: str) -> str:
    if name in ("han", "rare han", "kana", "hangul", "rare hangul"):
        return "EAST ASIAN"
    return unicodedata.name(char, "").split(" ")[0] if char.isalpha() or name == "uncased mark" else ""


def cost(text: str) -> float:
    """The negative log-probability of ``text`` (nats); the first character is context and costs nothing.

    >>> cost("a"), cost("")
    (0.0, 0.0)
    """
    return math.fsum(costs(text))


def unlikely_pairs(text: str, limit: float = UNLIKELY) -> list[int]:
    """Where the right one of two neighbours stands that cost more than ``limit``.

    >>> unlikely_pairs("DrÃ¥ber – Bråten")
    [2]
    """
    return [place for place, cost in enumerate(costs(text), 1) if cost > limit]


def costs(text: str) -> list[float]:
    """The cost (nats) of every character of ``text`` but the first, which is context."""
    each = [*map(_beside, text, text[1:])]
    for match in _INSIDE.finditer(text, 1, max(len(text) - 1, 1)):
        at = match.start()
        if _symbol(text[at - 1]).alphabet != -1 != _symbol(text[at + 1]).alphabet:
            each[at] = min(each[at] + INSIDE[match[0]], CEILING)
    return each


@lru_cache(1 << 16)
def _beside(before: str, char: str) -> float:
    """The cost (nats) of ``char`` behind ``before``: few pairs make up most of what is asked about."""
    left, right = _symbol(before), _symbol(char)
    total = _weights().kind_costs[left.kind][right.kind]
    letter_costs = _weights().letter_costs
    if left.alphabet == right.alphabet >= 0:
        total += letter_costs[right.alphabet][left.place][right.place]
    else:
        if left.alphabet >= 0:
            total += letter_costs[left.alphabet][left.place][0]
        if right.alphabet >= 0:
            total += letter_costs[right.alphabet][0][right.place]
        total += UNUSUAL * ((left.alphabet == -2) + (right.alphabet == -2))
    if left.script != right.script and left.script and right.script:
        total += CHANGE_OF_SCRIPT * ({left.script, right.script} != _MIXING)
    return min(total, CEILING)
