"""UTF-8, UTF-16 and UTF-32: by their mark, by being valid, by their zero bytes."""

from __future__ import annotations

import codecs
import re
import unicodedata

from cleaners.text.decoding.detection import NONSENSE
from cleaners.text.decoding.outcomes import Decoded, is_lossy, strictly
from cleaners.text.decoding.refusals import CONTROLS, WINDOW, control_share
from cleaners.text.plausibility import cost

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def by_bom(data: bytes) -> Decoded | None:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            text = data[len(bom) :].decode(encoding, "replace")
            if encoding == "utf-8" or _is_text(text):
                return Decoded(text, encoding, "bom", is_lossy(data[len(bom) :], encoding))
    return None


def _is_text(text: str) -> bool:
    """Whether ``text`` looks like one: hardly any controls, unassigned or private characters in its beginning.

    >>> _is_text("Grüße\\n"), _is_text("\\ue123\\ud7fd\\x03")
    (True, False)
    """
    beginning = text[:4096]
    strange = sum(
        unicodedata.category(char) in ("Cc", "Cn", "Co", "Cs") and char not in "\t\n\r\f" for char in beginning
    )
    return strange <= len(beginning) * CONTROLS


_ISO_2022 = re.compile(rb"\x1b(?:\$[@AB]|\$\([CD]|\$\)C)")


def by_validity(data: bytes) -> Decoded | None:
    """UTF-8; by chance, text in another encoding is valid UTF-8 once in a blue moon.  ISO 2022 is pure ASCII."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if control_share(data) > CONTROLS:
        return None
    if text.isascii() and _ISO_2022.search(data):
        for encoding in ("iso2022_jp_2004", "iso2022_jp_ext", "iso2022_kr"):
            if (shifted := strictly(data, encoding)) is not None:
                return Decoded(shifted, "iso2022_kr" if encoding == "iso2022_kr" else "iso2022_jp", "valid")
    return Decoded(text, "utf-8", "valid")


_SEVERAL = 2
"""Zeros that say something: one may be a control character of its own."""
_LINE = 8
"""Characters of a line that may be told by its sense; of fewer bytes many make some."""
_WIDE = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")


def by_zeros(data: bytes) -> Decoded | None:
    """UTF-16 and UTF-32 without a mark.

    ASCII, be it only spaces and line ends, has zeros in every second byte or in three of four, always on one side.
    """
    for encoding in _WIDE:
        unit = 4 if "32" in encoding else 2
        head = data[: min(len(data), WINDOW) // unit * unit]
        small = head[0::unit] if encoding.endswith("le") else head[unit - 1 :: unit]
        top = head[unit - 1 :: unit] if encoding.endswith("le") else head[0::unit]
        zeros = top.count(0)
        if zeros <= small.count(0) * 4 or zeros < max(len(top) // 100, _SEVERAL):
            continue
        text = data.decode(encoding, "replace")
        if _is_text(text) and text.count("\ufffd") <= 1:
            return Decoded(text, encoding, "zeros", is_lossy(data, encoding))
    return _by_sense(data)


def _by_sense(data: bytes) -> Decoded | None:
    """UTF-16 of Chinese or Japanese lines in which no character is of ASCII."""
    head = data[:1024]
    if len(data) % 2 or len(data) < 2 * _LINE or control_share(head) <= CONTROLS:
        return None
    for encoding in ("utf-16-le", "utf-16-be"):
        text = strictly(head, encoding)
        if text and _is_text(text) and cost(text) < NONSENSE / 3 * len(text):
            whole = data.decode(encoding, "replace")
            return Decoded(whole, encoding, "detected", is_lossy(data, encoding))
    return None
