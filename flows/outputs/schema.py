"""What stands in ``documents.parquet`` and, under the same names in the same order, in ``documents.jsonl``.

Within a version columns are neither removed nor renamed, nor do their types change; new ones may come at the end.

>>> TABLE.field("path").nullable, TABLE.field("title").nullable, TABLE.metadata[b"copydesk.schema"]
(False, True, b'1')
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

VERSION = 1
"""Raised when a reader of the version before would no longer understand the table."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, its type as Arrow calls it, whether it can be null, and what it holds."""

    name: str
    type: str
    nullable: bool
    holds: str


COLUMNS = (
    Column("path", "string", False, "where the input lies, from its seed folder, `/`-separated; unique in a run"),
    Column("id", "string", True, "SHA-256 of the input's bytes, in hexadecimal; null for most of what was set aside"),
    Column("status", "string", False, "`canonical`, `duplicate` or `rejected`"),
    Column("canonical", "string", True, "path of the document that stands for it, its own if `canonical`"),
    Column("relation", "string", True, "`duplicate`, `near-duplicate` or `rewrite` of the canonical one; else null"),
    Column("cluster", "string", True, "id of its cluster; null where it stands alone"),
    Column("title", "string", True, "headline"),
    Column("byline", "string", True, "author or authors"),
    Column("published", "string", True, "ISO 8601 date, or date and time"),
    Column("publisher", "string", True, "site or paper"),
    Column("language", "string", True, "ISO 639-1 code"),
    Column("encoding", "string", True, "how the bytes were decoded"),
    Column("chars_in", "int64", True, "characters (code points) of the decoded input"),
    Column("chars_out", "int64", True, "characters of the clean text"),
    Column("text", "string", True, "the clean text"),
)
"""Whatever is not known is null; of a rejected input that is everything but path, id and status."""

TABLE = pa.schema(
    [pa.field(each.name, getattr(pa, each.type)(), each.nullable) for each in COLUMNS],
    metadata={"copydesk.schema": str(VERSION)},
)
