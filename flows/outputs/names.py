r"""Where a document's clean text goes below ``texts/``: its own path, made safe, and distinct on every file system.

Paths and record ids are anybody's words.  What no file system minds stays as it is; the rest is replaced:

    >>> text_names([("news/a.txt", "11"), ("news/b.html", "22"), ("../../etc/passwd", "33"), ("A\n:b.txt", "44")])
    ['news/a.txt', 'news/b.html.txt', '__/__/etc/passwd.txt', 'A__b.txt']

Names that some file system cannot tell apart (case, composed and decomposed letters) get part of the document's id:

    >>> text_names([("News/A.txt", "0123456789"), ("news/a.txt", "9876543210")])
    ['News/A.txt', 'news/a~98765432.txt']
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator

SEGMENT_BYTES = 200
"""File systems allow 255; a mark against collisions and a temporary name must fit behind and before."""

PATH_BYTES = 1000
"""Longest relative path; systems allow 4,096 with the folders above it, some libraries 1,024."""

# Controls and line ends; what Windows forbids; halves of surrogate pairs, private and unassigned characters;
# overrides of writing direction, which make a name look like another.
_UNSAFE = re.compile('[\x00-\x1f\x7f-\x9f<>:"\\\\|?*\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)", re.I)


_PLAIN = re.compile(r"(?:(?!(?:con|prn|aux|nul|com|lpt))[a-z0-9_-]+/)*(?!(?:con|prn|aux|nul|com|lpt))[a-z0-9_-]+\.txt")
"""Paths that are safe at a glance, as most are: short, and of letters that no rule is about."""


def text_names(documents: Iterable[tuple[str, str]]) -> list[str]:
    """Names below ``texts/`` for documents given as (path, id), in order; the earlier of two keeps the plain name."""
    wanted = [(_safe(path), content) for path, content in documents]
    parents = {name.rpartition("/")[0] for name, _ in wanted}
    folders = {_folded(folder) for parent in parents for folder in folders_of(f"{parent}/")}
    taken: set[str] = set()
    names = []
    for name, content in wanted:
        choice, number = name, 1
        while (folded := _folded(choice)) in taken or folded in folders:
            mark = f"~{content[:8]}" + (f"~{number}" if number > 1 else "")
            choice, number = f"{name.removesuffix('.txt')}{mark}.txt", number + 1
        taken.add(folded)
        names.append(choice)
    return names


def _safe(path: str) -> str:
    if len(path) < SEGMENT_BYTES and _PLAIN.fullmatch(path):
        return path
    *folders, last = path.removesuffix(".txt").split("/")
    safe = "/".join([*map(_safe_segment, folders), f"{_safe_segment(last)}.txt"])
    if len(safe.encode()) <= PATH_BYTES:
        return safe
    ends = (
        _cut(_safe_segment(end), SEGMENT_BYTES // 2, told) for end, told in ((folders[0], folders[0]), (last, path))
    )
    return f"{'/'.join(ends)}.txt"


def _safe_segment(segment: str) -> str:
    safe = _UNSAFE.sub("_", segment)
    dots = len(safe) - len(safe.lstrip("."))
    safe = "_" * dots + safe[dots:] or "_"  # hidden, "..", or nothing between two slashes
    if safe[-1] in ". ":  # Windows drops them
        safe = f"{safe.rstrip('. ')}_"
    if _RESERVED.match(safe):
        safe = f"_{safe}"
    return _cut(safe, SEGMENT_BYTES, segment)


def _cut(segment: str, limit: int, told: str) -> str:
    """A segment of at most ``limit`` bytes; one that is longer keeps its start and is told apart by a hash."""
    if len(segment.encode()) <= limit:
        return segment
    mark = f"~{hashlib.sha256(told.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"
    return segment.encode()[: limit - len(mark)].decode("utf-8", "ignore").rstrip(". ") + mark


def folders_of(name: str) -> Iterator[str]:
    """The folders that a name lies in.

    >>> list(folders_of("a/b/c.txt"))
    ['a', 'a/b']
    """
    return (name[:at] for at, letter in enumerate(name) if letter == "/")


def _folded(name: str) -> str:
    """What file systems that ignore case and composition see."""
    if name.isascii():
        return name.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())
