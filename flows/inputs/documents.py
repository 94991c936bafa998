"""One file -> one document as bytes, and what it is: plain text, a web page, or something to set aside."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

from cleaners.documents import Rejection
from flows.errors import reason_of
from flows.inputs.listing import Entry

Kind = Literal["text", "html"]

HTML_SUFFIXES = frozenset({".html", ".htm", ".xhtml"})

# What a file is by its first bytes (the file formats' own specifications); all of these would decode to rubbish.
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
_SIGNATURE = re.compile(b"|".join(b"(" + pattern + b")" for pattern, _ in _SIGNATURES), re.DOTALL)
_MARKUP = re.compile(r"(?:\ufeff|ï»¿)?\s{0,1000}(?:<\?xml[^>]{0,200}>\s{0,1000})?<(?:!doctype\s+html|html)[\s>]", re.I)
_LEAD = 4096

# Where a page says in what character set it is written: <meta charset=...>, <meta ... content="...; charset=...">, or
# the XML declaration (HTML standard, "prescan a byte stream to determine its encoding": the first 1,024 bytes).
_CHARSET = re.compile(
    rb"""<meta\s[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{1,40})|<\?xml\s[^>]{0,100}?encoding\s*=\s*["']([\w.:-]{1,40})""",
    re.IGNORECASE,
)
_PRESCAN = 1024


@dataclass(frozen=True, slots=True)
class Input:
    """One document as it came: its path, its bytes, what they hold, and what was said of them elsewhere.

    ``declared`` is the character set that a header or format names, ``url`` the address it came from, ``given`` what a
    record says of itself, and ``note`` what of that makes no sense (:mod:`flows.inputs.given`).
    """

    path: str
    data: bytes
    kind: Kind = "text"
    declared: str | None = None
    url: str | None = None
    given: tuple[tuple[str, str], ...] = ()
    note: str | None = None


def read_file(entry: Entry, max_bytes: int) -> Input | Rejection:
    """The document in a file.  Never more than ``max_bytes`` (plus one) are read, whatever the file grows to."""
    try:
        data = _read(entry.file, max_bytes + 1)
    except OSError as error:
        return Rejection(entry.path, "unreadable", f"the file cannot be read: {reason_of(error)}")
    if len(data) > max_bytes:
        return oversized(entry.path, max(entry.size, len(data)), max_bytes)
    if name := signature_of(data):
        todo = "unpack it" if name.endswith("archive") else "convert it to text or HTML"
        return Rejection(entry.path, "unsupported", f"{name}, not text; {todo} first")
    suffix = PurePosixPath(entry.path).suffix.lower()
    is_html = suffix in HTML_SUFFIXES or (suffix != ".txt" and looks_like_html(data))
    return Input(entry.path, data, "html" if is_html else "text")


def oversized(path: str, size: int, max_bytes: int) -> Rejection:
    """A document beyond the limit."""
    return Rejection(
        path, "oversized", f"{size:,} bytes are more than the limit of {max_bytes:,}; raise --max-bytes to read it"
    )


def signature_of(data: bytes) -> str | None:
    """What a file is by its first bytes, if that is something other than text.

    >>> signature_of(b"%PDF-1.7 ..."), signature_of(b"The council met.")
    ('a PDF document', None)
    """
    if not (found := _SIGNATURE.match(data)):
        return None
    return _SIGNATURES[(found.lastindex or 1) - 1][1]


def looks_like_html(data: bytes | str) -> bool:
    """Whether a text opens as a web page does.

    >>> looks_like_html(b"<!DOCTYPE html><p>Hello"), looks_like_html(b"<3")
    (True, False)
    """
    lead = data[:_LEAD]
    text = lead if isinstance(lead, str) else lead.replace(b"\x00", b"").decode("latin-1")
    return bool(_MARKUP.match(text))


def declared_charset(page: bytes) -> str | None:
    """The character set that a web page says it is written in.

    >>> declared_charset(b'<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">')
    'windows-1251'
    """
    found = _CHARSET.search(page[:_PRESCAN])
    return (found[1] or found[2]).decode() if found else None


def _read(file: str, limit: int) -> bytes:
    """At most ``limit`` bytes of a regular file; what became a pipe since it was listed is not waited for."""
    handle = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(0, "it is no longer a regular file")
        return _drained(handle, status.st_size, limit)
    finally:
        os.close(handle)


def _drained(handle: int, told: int, limit: int) -> bytes:
    """What a file holds that is ``told`` to have so many bytes; at most ``limit`` of them.

    ``open`` would ask the system four times as often, which for a small file takes as long as reading it.
    """
    found = [os.read(handle, min(limit, told + 1))]
    size = len(found[0])
    while found[-1] and size != told and size < limit:
        found.append(os.read(handle, min(limit - size, 1 << 20)))
        size += len(found[-1])
    return b"".join(found)
