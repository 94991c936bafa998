"""What becomes of bytes: a text and how its encoding is known, or the reason why they are no text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Reason = Literal["empty", "binary", "undecodable"]

How = Literal["bom", "valid", "zeros", "declared", "mixed", "detected"]


class DecodingError(ValueError):
    """Bytes that are no text: ``reason`` is a fixed word, ``detail`` a sentence."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text and its encoding (a Python codec, or two joined by ``+``).

    ``how`` it is known: a byte order mark (``bom``), bytes that are valid UTF-8 (``valid``), the zero bytes of UTF-16
    and UTF-32 (``zeros``), a declaration (``declared``), lines in two encodings (``mixed``), or a detector
    (``detected``).  ``lossy`` is true where some bytes could not be read and became ``�``.
    """

    text: str
    encoding: str
    how: How
    lossy: bool = False


def strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def is_lossy(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return True
    return False
