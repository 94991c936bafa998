"""Bytes that are no text: formats by their first bytes, and anything full of control characters."""

from __future__ import annotations

import re

from cleaners.text.decoding.outcomes import DecodingError

WINDOW = 1 << 16
"""Bytes in which declarations and control characters are looked for."""

CONTROLS = 0.02
"""Share of control bytes from which a file is no text; random bytes have 0.1.  Three are forgiven."""

MAGIC = (
    (b"%PDF-", "a PDF"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"RIFF", "a WebP image or a sound"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"\x1f\x8b", "a gzip file"),
    (b"BZh", "a bzip2 file"),
    (b"\xfd7zXZ", "an xz file"),
    (b"\x28\xb5\x2f\xfd", "a zstandard file"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"OggS", "a sound"),
    (b"ID3", "a sound"),
    (b"fLaC", "a sound"),
    (b"\x00\x00\x00\x18ftyp", "a film"),
    (b"\x00\x00\x00\x20ftyp", "a film"),
    (b"SQLite format 3\x00", "a database"),
    (b"PAR1", "a Parquet file"),
    (b"wOFF", "a font"),
    (b"wOF2", "a font"),
)

_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")


def control_share(data: bytes) -> float:
    """The share of control bytes in the beginning of ``data``."""
    head = data[:WINDOW]
    return max(len(_CONTROL.findall(head)) - 3, 0) / max(len(head), 1)


def refuse_binary(data: bytes) -> None:
    if (share := control_share(data)) > CONTROLS:
        raise DecodingError("binary", f"{share:.0%} of its bytes are control characters; text has hardly any")
