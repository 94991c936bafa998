"""One input -> what cleaning makes of it, as a row that any later run may reuse: a pure function of bytes and options.

What stands here and what it imports is the version of the step (:mod:`flows.versions`): plumbing is kept elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from cleaners.characters import shown
from cleaners.documents import Change, CleanText, restore
from cleaners.text.clean import CleanOptions, settled
from cleaners.text.decoding import DecodingError
from cleaners.text.edits import Revision
from cleaners.text.furniture.lines import split_lines
from cleaners.text.metadata import read_metadata
from cleaners.text.recurring import line_key
from flows.inputs.documents import Input
from flows.outputs.rows import change_rows
from flows.texts import Cleaned, clean_input, clean_inputs

TEXTS = pa.schema(
    [
        ("key", pa.binary(16)),
        ("text", pa.string()),
        ("text_key", pa.binary(16)),
        ("digest", pa.binary(16)),
        ("title", pa.string()),
        ("byline", pa.string()),
        ("published", pa.string()),
        ("publisher", pa.string()),
        ("language", pa.string()),
        ("encoding", pa.string()),
        ("chars_in", pa.int64()),
        ("chars_out", pa.int64()),
        ("size", pa.int64()),
        ("removed", pa.int64()),
        ("changes", pa.string()),
        ("change_count", pa.int64()),
    ]
)
"""What cleaning makes of an input, whatever its path.

``text_key`` hashes what a comparison looks at (text, language, date and publisher), ``digest`` the text alone;
``size`` counts characters that are not white space, ``removed`` those of page furniture; ``changes`` are rows of
``changes.jsonl`` without the path; those of recurring lines hold the keys of their ``lines`` in place of a reason.
"""

FURNITURE = frozenset({"columns", "furniture", "recurring"})
"""The steps whose changes tell what page furniture went: of a column that was moved, what is missing where it went."""

KEPT = ("title", "byline", "published", "publisher", "language")
"""What is known of a text and stays so when recurring lines go."""

NEEDED = ("text", "changes", "encoding", "chars_in", *KEPT)
"""Columns of :data:`TEXTS` that a text without its recurring lines is made of."""

REJECTS = pa.schema([("key", pa.binary(16)), ("reason", pa.string()), ("detail", pa.string())])
"""Why cleaning sets an input aside, whatever its path."""


def input_key(item: Input) -> bytes:
    """The hash of everything about an input that its cleaning looks at: not its path."""
    told = "\0".join((item.kind, item.declared or "", item.url or ""))
    digest = hashlib.blake2b(told.encode("utf-8", "surrogatepass"), digest_size=16)
    digest.update(b"\0\0")
    if item.given:
        digest.update(json.dumps(item.given).encode())
        digest.update(b"\0\0\0")
    digest.update(item.data)
    return digest.digest()


@dataclass(frozen=True, slots=True)
class Known:
    """A clean text, as a row with the columns :data:`NEEDED`, and the keys of its lines that recur in its source."""

    row: Mapping[str, Any]
    recurring: frozenset[int]


def known_key(key: bytes, recurring: Iterable[int]) -> bytes:
    """The key of a clean text without its recurring lines, from that of the text with them."""
    digest = hashlib.blake2b(b"recurring\0" + key, digest_size=16)
    for each in sorted(recurring):
        digest.update(each.to_bytes(8, "big"))
    return digest.digest()


def outcome(item: Input | Known, options: CleanOptions) -> dict[str, Any]:
    """What becomes of one input or text: a row of :data:`TEXTS` or of :data:`REJECTS`, without its key."""
    if isinstance(item, Known):
        return _without_recurring(item, options)
    try:
        return _row(clean_input(item, options))
    except DecodingError as error:
        return _row(error)


def outcomes(items: Sequence[Input], options: CleanOptions) -> list[dict[str, Any]]:
    """What becomes of each of some inputs (:func:`outcome`), which costs less than one by one."""
    return [*map(_row, clean_inputs(items, options))]


def _row(found: Cleaned | DecodingError) -> dict[str, Any]:
    if isinstance(found, DecodingError):
        return {"reason": found.reason, "detail": found.detail}
    decoded, cleaned = found
    if not cleaned.text.strip():
        return {"reason": "no-text", "detail": "nothing but page furniture and white space"}
    return {"encoding": decoded.encoding, "chars_in": len(decoded.text), **_described(cleaned)}


def _without_recurring(known: Known, options: CleanOptions) -> dict[str, Any]:
    """The steps go on from the clean text, so its input need not be read again."""
    row = known.row
    changes = [Change(**json.loads(f"{{{line}}}")) for line in row["changes"].split("\n") if line]
    start = Revision(restore(row["text"], changes), row["text"], tuple(changes))
    now = replace(options, recurring=known.recurring, off=(*options.off, "metadata"))
    cleaned = settled(start, now)
    told = {name: row[name] for name in KEPT}
    if row["title"] and line_key(row["title"]) in known.recurring:  # what stands on all pages was no headline
        told["title"] = read_metadata(cleaned.text, options.strictness).title
    cleaned = replace(cleaned, **told)
    if not cleaned.text.strip():
        return {"reason": "no-text", "detail": "nothing but lines that recur and page furniture"}
    placed = _placed(start, known.recurring)
    lines = [_lines_of(change, placed) for change in cleaned.changes]
    return {"encoding": row["encoding"], "chars_in": row["chars_in"], **_described(cleaned, lines)}


def _placed(start: Revision, recurring: frozenset[int]) -> list[tuple[int, int]]:
    """Where in the source each recurring line of a revision begins, and its key."""
    found: list[tuple[int, int]] = []
    changes, drift = list(reversed(start.changes)), 0
    for line in split_lines(start.text):
        if (key := line_key(line.text)) not in recurring:
            continue
        while changes and changes[-1].start - drift + len(changes[-1].after) <= line.start:
            change = changes.pop()
            drift += change.end - change.start - len(change.after)
        within = changes and changes[-1].start - drift <= line.start
        found.append((changes[-1].start if within else line.start + drift, key))
    return found


def _lines_of(change: Change, placed: list[tuple[int, int]]) -> list[int]:
    """The keys of the recurring lines that a change took out."""
    taken = "recurring" in change.step.split("+")
    return [key for at, key in placed if change.start <= at < change.end] if taken else []


def failure(error: Exception) -> dict[str, Any]:
    """The row of a document that breaks the cleaning."""
    return {"reason": "failed", "detail": f"cleaning it failed with {type(error).__name__}: {error!s:.300}"}


def text_digest(text: str | bytes) -> bytes:
    """The hash that stands for a clean text, as such or as its file holds it."""
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    return hashlib.blake2b(data, digest_size=16).digest()


def _described(cleaned: CleanText, lines: Iterable[list[int]] = ()) -> dict[str, Any]:
    digest = text_digest(cleaned.text)
    told = "\0".join(each or "" for each in (cleaned.language, cleaned.published, cleaned.publisher))
    gone = (change for change in cleaned.changes if FURNITURE & {*change.step.split("+")})
    removed = sum(shown(change.before) - shown(change.after) for change in gone)
    return {
        "text": cleaned.text,
        "text_key": text_digest(told.encode("utf-8", "surrogatepass") + b"\0" + digest),
        "digest": digest,
        "title": cleaned.title,
        "byline": cleaned.byline,
        "published": cleaned.published,
        "publisher": cleaned.publisher,
        "language": cleaned.language,
        "chars_out": len(cleaned.text),
        "size": shown(cleaned.text),
        "removed": max(0, removed),
        "changes": change_rows(cleaned.changes, lines),
        "change_count": len(cleaned.changes),
    }
