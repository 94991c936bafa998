"""The output as other tools get it: the schema that is promised, SQLite, and lines for Elasticsearch."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from folders import SHARE_BAR, article, fill, rows, run

from flows.errors import UsageError
from flows.options import ALSO as OFFERED
from flows.options import RunOptions
from flows.outputs.also import ALSO
from flows.outputs.checks import FILES
from flows.outputs.schema import COLUMNS, TABLE, VERSION

BODY = article(1)


@pytest.fixture
def output(tmp_path: Path) -> Path:
    texts: dict[str, str | bytes] = {"a.txt": BODY, "b.txt": BODY + SHARE_BAR, "c.txt": article(2), "d.bin": b"\0\1\2"}
    run(fill(tmp_path / "seeds", texts), tmp_path / "output", also=("sqlite", "elasticsearch"))
    return tmp_path / "output"


def test_the_table_is_as_its_schema_promises(output: Path) -> None:
    found = pq.read_schema(output / "documents.parquet")
    assert found.equals(TABLE)
    assert found.metadata[b"copydesk.schema"] == str(VERSION).encode()
    for row in rows(output, "documents"):
        assert list(row) == [each.name for each in COLUMNS]
        assert all(each.nullable or row[each.name] is not None for each in COLUMNS)


def test_sqlite_holds_everything(output: Path) -> None:
    with sqlite3.connect(output / "documents.sqlite") as database:
        database.row_factory = sqlite3.Row

        def select(query: str) -> list[dict[str, Any]]:
            return [dict(row) for row in database.execute(query)]

        assert select("SELECT * FROM documents ORDER BY path") == rows(output, "documents")
        assert select("SELECT * FROM changes ORDER BY path, start") == rows(output, "changes")
        assert select("SELECT * FROM rejected") == rows(output, "rejected")
        [pair] = select("SELECT * FROM pairs WHERE relation = 'duplicate'")
        assert json.loads(pair["evidence"])[0]["name"]
        members = select("SELECT m.path FROM members m JOIN clusters c USING (cluster) WHERE c.canonical = 'a.txt'")
        assert [row["path"] for row in members] == ["a.txt", "b.txt"]
        assert database.execute("PRAGMA user_version").fetchone()[0] == VERSION


def test_lines_for_elasticsearch_come_in_pairs(output: Path) -> None:
    content = (output / "elasticsearch.ndjson").read_bytes()
    assert content.endswith(b"\n"), "_bulk wants it"
    lines = [json.loads(line) for line in content.splitlines()]
    actions, documents = lines[::2], lines[1::2]
    assert [document["path"] for document in documents] == ["a.txt", "b.txt", "c.txt"]
    assert len({action["index"]["_id"] for action in actions}) == 3
    assert all(len(action["index"]["_id"].encode()) <= 512 for action in actions)
    assert all(None not in document.values() for document in documents)


def test_other_forms_go_when_they_are_no_longer_asked_for(output: Path) -> None:
    run(output.parent / "seeds", output)
    assert not {file.name for file in output.iterdir()} & {name for name, _ in ALSO.values()}


def test_forms_are_known_by_all_who_must(tmp_path: Path) -> None:
    assert tuple(ALSO) == OFFERED
    assert {name for name, _ in ALSO.values()} <= set(FILES)
    with pytest.raises(UsageError, match="unknown form 'sqlit' to write; did you mean 'sqlite'"):
        RunOptions(also=("sqlit",))
