"""The output in other forms, for other tools: made from the files of a run, and only when asked for."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from flows.outputs.lines import Row, rows
from flows.outputs.rows import spell
from flows.outputs.schema import COLUMNS, VERSION

INDEX = "copydesk"
"""The index that the lines for Elasticsearch name."""

_AFFINITY = {"string": "TEXT", "int64": "INTEGER"}


def write_sqlite(output: Path, file: Path) -> None:
    """A SQLite database: a table for each of the JSON lines files; lists within a row as JSON.

    Paths are keys: ``pairs.left``, ``members.path`` and the like are those of ``documents.path``.
    """
    columns = ", ".join(
        f"{each.name} {_AFFINITY[each.type]}{'' if each.nullable else ' NOT NULL'}"
        f"{' PRIMARY KEY' if each.name == 'path' else ''}"
        for each in COLUMNS
    )
    with closing(sqlite3.connect(file)) as database, database:
        database.execute(f"PRAGMA user_version = {VERSION}")
        database.executescript(f"CREATE TABLE documents ({columns}) WITHOUT ROWID; {_TABLES}")
        _fill(database, "documents", rows(output / "documents.jsonl"), [each.name for each in COLUMNS])
        changes = ["path", "step", "rule", "start", "end", "before", "after"]
        _fill(database, "changes", rows(output / "changes.jsonl"), changes)
        pairs = ["left", "right", "relation", "score", "direction", "evidence", "passages", "decision"]
        _fill(database, "pairs", rows(output / "pairs.jsonl"), pairs)
        _fill(database, "clusters", rows(output / "clusters.jsonl"), ["cluster", "canonical", "why"])
        members = (
            {"cluster": row["cluster"], "path": path}
            for row in rows(output / "clusters.jsonl")
            for path in row["members"]
        )
        _fill(database, "members", members, ["cluster", "path"])
        _fill(database, "rejected", rows(output / "rejected.jsonl"), ["path", "reason", "detail"])


_TABLES = """
CREATE TABLE changes (path TEXT NOT NULL, step TEXT, rule TEXT, start INTEGER, "end" INTEGER, before TEXT, after TEXT);
CREATE TABLE pairs ("left" TEXT NOT NULL, "right" TEXT NOT NULL, relation TEXT, score REAL, direction TEXT,
                    evidence TEXT, passages TEXT, decision TEXT, PRIMARY KEY ("left", "right"));
CREATE TABLE clusters (cluster TEXT PRIMARY KEY, canonical TEXT NOT NULL, why TEXT);
CREATE TABLE members (cluster TEXT NOT NULL, path TEXT NOT NULL, PRIMARY KEY (cluster, path));
CREATE TABLE rejected (path TEXT PRIMARY KEY, reason TEXT, detail TEXT);
CREATE INDEX changes_path ON changes (path);
CREATE INDEX pairs_right ON pairs ("right");
CREATE INDEX members_path ON members (path);
"""


def _fill(database: sqlite3.Connection, table: str, found: Iterator[Row], columns: list[str]) -> None:
    names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join("?" * len(columns))
    values = ([_plain(row.get(name)) for name in columns] for row in found)
    database.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", values)


def _plain(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value


def write_bulk(output: Path, file: Path) -> None:
    """Lines for the ``_bulk`` of Elasticsearch and OpenSearch: every document with a text, by the hash of its path."""
    with file.open("wb") as lines:
        for row in rows(output / "documents.jsonl"):
            if row["status"] != "rejected":
                own = hashlib.sha256(row["path"].encode("utf-8", "surrogatepass")).hexdigest()[:32]
                action = {"index": {"_index": INDEX, "_id": own}}
                known = {name: value for name, value in row.items() if value is not None}
                lines.write(f"{spell(action)}\n{spell(known)}\n".encode())


ALSO: Mapping[str, tuple[str, Callable[[Path, Path], None]]] = {
    "sqlite": ("documents.sqlite", write_sqlite),
    "elasticsearch": ("elasticsearch.ndjson", write_bulk),
}
"""What can be asked for: the name of its file, and what writes it."""
