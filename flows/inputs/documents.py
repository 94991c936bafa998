"""One file -> one document as bytes, and what it is: plain text, a web page, or something to set aside."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from posixpath import splitext
from typing import Literal

from cleaners.documents import Rejection
from cleaners.text.decoding import signature_of
from flows.errors import reason_of
from flows.inputs.listing import Entry

Kind = Literal["text", "html"]

HTML_SUFFIXES = frozenset({".html", ".htm", ".xhtml"})

DATA_SUFFIXES = {".json": "a JSON document", ".csv": "a table", ".tsv": "a table"}
"""Text that is no article: read as one, several stories would be a single text with field names in between."""

_MARKUP = re.compile(r"(?:\ufeff|ï»¿)?\s{0,1000}(?:<\?xml[^>]{0,200}>\s{0,1000})?<(?:!doctype\s+html|html)[\s>]", re.I)
_LEAD = 4096


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
    suffix = splitext(entry.path)[1].lower()
    if name := DATA_SUFFIXES.get(suffix):
        return Rejection(entry.path, "unsupported", f"{name}, not an article; make JSON lines of it, a record a line")
    is_html = suffix in HTML_SUFFIXES or (suffix != ".txt" and looks_like_html(data))
    return Input(entry.path, data, "html" if is_html else "text")


def oversized(path: str, size: int, max_bytes: int) -> Rejection:
    """A document beyond the limit."""
    return Rejection(
        path, "oversized", f"{size:,} bytes are more than the limit of {max_bytes:,}; raise --max-bytes to read it"
    )


def looks_like_html(data: bytes | str) -> bool:
    """Whether a text opens as a web page does.

    >>> looks_like_html(b"<!DOCTYPE html><p>Hello"), looks_like_html(b"<3")
    (True, False)
    """
    lead = data[:_LEAD]
    text = lead if isinstance(lead, str) else lead.replace(b"\x00", b"").decode("latin-1")
    return bool(_MARKUP.match(text))


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
