"""Bytes that are no text: formats by their first bytes, and anything full of control characters."""

from __future__ import annotations

import re

from cleaners.text.decoding.outcomes import DecodingError

WINDOW = 1 << 16
"""Bytes in which declarations and control characters are looked for."""

CONTROLS = 0.02
"""Share of control bytes from which a file is no text; random bytes have 0.1.  Three are forgiven."""

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (rb"%PDF-", "a PDF document"),
    (rb"\x89PNG\r\n\x1a\n", "a PNG image"),
    (rb"\xff\xd8\xff", "a JPEG image"),
    (rb"GIF8[79]a", "a GIF image"),
    (rb"II\*\x00|MM\x00\*", "a TIFF image"),
    (rb"RIFF....(?:WEBP|WAVE|AVI )", "a WebP image, or sound or film"),
    (rb"....ftyp", "a film or an HEIF image"),
    (rb"ID3[\x02-\x04]|OggS\x00|fLaC\x00", "sound"),
    (rb"\x1a\x45\xdf\xa3", "a Matroska or WebM film"),
    (rb"\x00\x00\x01\x00", "an icon"),
    (rb"PK(?:\x03\x04|\x05\x06|\x07\x08)", "a ZIP archive, or an office document or e-book"),
    (rb"\x1f\x8b", "a gzip archive"),
    (rb"BZh[1-9]1AY&SY", "a bzip2 archive"),
    (rb"\xfd7zXZ\x00", "an xz archive"),
    (rb"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (rb"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (rb"Rar!\x1a\x07", "a RAR archive"),
    (rb".{257}ustar", "a tar archive"),
    (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old office document"),
    (rb"\{\\rtf", "a rich text document"),
    (rb"%!PS", "a PostScript document"),
    (rb"PAR1", "a Parquet file"),
    (rb"ARROW1", "an Arrow file"),
    (rb"SQLite format 3\x00", "a database"),
    (rb"\x7fELF|MZ[\x00\x90]|\xca\xfe\xba\xbe|\xcf\xfa\xed\xfe|\x00asm", "a program"),
    (rb"wOF[F2]|\x00\x01\x00\x00\x00|OTTO\x00", "a font"),
)
"""What a file is by its first bytes (the file formats' own specifications); all of these would decode to rubbish."""

_SIGNATURE = re.compile(b"|".join(b"(" + pattern + b")" for pattern, _ in _SIGNATURES), re.DOTALL)
# Taken out by the interpreter's own loop, a tenth of what a search for each costs.
_CONTROL_BYTES = bytes((*range(9), 0x0B, *range(0x0E, 0x1B), *range(0x1C, 0x20), 0x7F))


def signature_of(data: bytes) -> str | None:
    """What a file is by its first bytes, if that is something other than text.

    >>> signature_of(b"%PDF-1.7 ..."), signature_of(b"The council met.")
    ('a PDF document', None)
    """
    if not (found := _SIGNATURE.match(data)):
        return None
    return _SIGNATURES[(found.lastindex or 1) - 1][1]


def control_share(data: bytes) -> float:
    """The share of control bytes in the beginning of ``data``."""
    head = data[:WINDOW]
    found = len(head) - len(head.translate(None, _CONTROL_BYTES))
    return max(found - 3, 0) / max(len(head), 1)


def refuse_binary(data: bytes) -> None:
    if (share := control_share(data)) > CONTROLS:
        raise DecodingError("binary", f"{share:.0%} of its bytes are control characters; text has hardly any")
