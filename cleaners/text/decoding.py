"""Bytes to text: what the encoding is, and how that was found out.

>>> decode("naïve".encode("cp1252"), declared="windows-1252")
Decoded(text='naïve', encoding='cp1252', how='declared', lossy=False)
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import Literal

Reason = Literal["empty", "binary", "undecodable"]

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROLS = re.compile(rb"[\x00-\x06\x0e-\x1a\x1c-\x1f]")


class DecodingError(ValueError):
    """Bytes that are no text: ``reason`` is a fixed word, ``detail`` a sentence."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text, its encoding, how that was known (``bom``, ``declared``, ``valid``, ``detected``), and any loss."""

    text: str
    encoding: str
    how: str
    lossy: bool = False


def decode(data: bytes, declared: str | None = None) -> Decoded:
    """Decode ``data``; raises :class:`DecodingError` for what is no text."""
    if not data.strip():
        raise DecodingError("empty", f"{len(data)} bytes, none of them text")
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            text = data[len(bom) :].decode(encoding, "replace")
            return Decoded(text, encoding, "bom", "\ufffd" in text)
    if len(_CONTROLS.findall(data[:65536])) > len(data[:65536]) * 0.02:
        raise DecodingError("binary", "control bytes throughout: not a text file")
    if declared and (named := _known(declared)):
        try:
            return Decoded(data.decode(named), named, "declared")
        except UnicodeDecodeError:
            pass
    try:
        return Decoded(data.decode("utf-8"), "utf-8", "valid")
    except UnicodeDecodeError:
        pass
    from charset_normalizer import from_bytes

    best = from_bytes(data[:65536]).best()
    encoding = best.encoding if best else "cp1252"
    text = data.decode(encoding, "replace")
    return Decoded(text, encoding, "detected", "\ufffd" in text)


def _known(name: str) -> str | None:
    try:
        return codecs.lookup(name.strip().strip("\"'")).name
    except (LookupError, ValueError):
        return None
