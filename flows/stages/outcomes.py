"""One input -> what cleaning makes of it, as a row that any later run may reuse: a pure function of bytes and options.

What stands here and what it imports is the version of the step (:mod:`flows.versions`): plumbing is kept elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pyarrow as pa

from cleaners.documents import CleanText
from cleaners.text.clean import CleanOptions
from cleaners.text.decoding import DecodingError
from flows.inputs.documents import Input
from flows.outputs.rows import change_rows
from flows.texts import clean_input

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
``changes.jsonl`` without the path.
"""

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


def outcome(item: Input, options: CleanOptions) -> dict[str, Any]:
    """What becomes of one input: a row of :data:`TEXTS` or of :data:`REJECTS`, without its key."""
    try:
        decoded, cleaned = clean_input(item, options)
    except DecodingError as error:
        return {"reason": error.reason, "detail": error.detail}
    if not cleaned.text.strip():
        return {"reason": "no-text", "detail": "nothing but page furniture and white space"}
    return {"encoding": decoded.encoding, "chars_in": len(decoded.text), **_described(cleaned)}


def failure(error: Exception) -> dict[str, Any]:
    """The row of a document that breaks the cleaning."""
    return {"reason": "failed", "detail": f"cleaning it failed with {type(error).__name__}: {error!s:.300}"}


def text_digest(text: str | bytes) -> bytes:
    """The hash that stands for a clean text, as such or as its file holds it."""
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    return hashlib.blake2b(data, digest_size=16).digest()


def _described(cleaned: CleanText) -> dict[str, Any]:
    told = (cleaned.language, cleaned.published, cleaned.publisher, cleaned.text)
    removed = sum(c.end - c.start - len(c.after) for c in cleaned.changes if "furniture" in c.step.split("+"))
    return {
        "text": cleaned.text,
        "text_key": text_digest("\0".join(each or "" for each in told)),
        "digest": text_digest(cleaned.text),
        "title": cleaned.title,
        "byline": cleaned.byline,
        "published": cleaned.published,
        "publisher": cleaned.publisher,
        "language": cleaned.language,
        "chars_out": len(cleaned.text),
        "size": sum(map(len, cleaned.text.split())),
        "removed": max(0, removed),
        "changes": change_rows(cleaned.changes),
        "change_count": len(cleaned.changes),
    }
