"""What records say of themselves: read, trusted, and said where it makes no sense."""

import datetime
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from folders import article, fill, left_behind, rows, run

from flows.command_line import _guarded as guarded
from flows.command_line import cli
from flows.inputs.given import given_in, host_of

DATES: list[tuple[Any, str | None]] = [
    ("2024-05-03", "2024-05-03"),
    ("20240503", "2024-05-03"),
    (20240503, "2024-05-03"),
    ("2024-05-03T10:00:00+02:00", "2024-05-03T10:00:00+02:00"),
    ("2024-05-03 10:00:00", "2024-05-03T10:00:00"),
    ("Fri, 03 May 2024 10:00:00 +0000", "2024-05-03T10:00:00+00:00"),
    (1714730400, "2024-05-03T10:00:00+00:00"),
    (1714730400000, "2024-05-03T10:00:00+00:00"),
    ("1714730400", "2024-05-03T10:00:00+00:00"),
    ("3 May 2024", "2024-05-03"),
    ("3. Mai 2024", "2024-05-03"),
    (datetime.date(2024, 5, 3), "2024-05-03"),
    (datetime.datetime(2024, 5, 3, 10), "2024-05-03T10:00:00"),
    ("05/06/2024", None),
    ("2024-02-31", None),
    ("1970-01-01T00:00:00Z", None),
    ("1969-12-31T19:00:00-05:00", None),
    ("1969-07-21", "1969-07-21"),
    ("1927-05-22", "1927-05-22"),
    ("0000-00-00", None),
    ("sometime", None),
    (7, None),
    (True, None),
    (1e300, None),
    (10**400, None),
    (-(10**400), None),
    (float("nan"), None),
    (["2024-05-03"], None),
    ("9" * 4000, None),
]


@pytest.mark.parametrize(("value", "expected"), DATES, ids=lambda value: repr(value)[:40])
def test_dates(value: Any, expected: str | None) -> None:
    given, note = given_in({"date": value}, {})
    assert dict(given).get("published") == expected
    assert (note is None) == (expected is not None)
    assert note is None or ("is no date" in note and len(note) < 250)


NAMES: list[tuple[dict[str, Any], dict[str, str], dict[str, str]]] = [
    ({"title": " A \n b ", "headline": "C"}, {}, {"title": "A b"}),
    ({"title": "", "headline": "C"}, {}, {"title": "C"}),
    ({"title": None, "author": {"name": "Ann Lee"}}, {}, {"byline": "Ann Lee"}),
    ({"authors": [{"name": "Ann"}, "Bo", "Ann", 7, None]}, {}, {"byline": "Ann; Bo"}),
    ({"source": {"id": "w", "name": "The Wire"}}, {}, {"publisher": "The Wire"}),
    ({"source": "https://wire.example/feed"}, {}, {}),
    ({"lang": "pt-BR", "publisher": "W"}, {}, {"publisher": "W", "language": "pt"}),
    ({"title": "A", "kicker": "B"}, {"title": "kicker"}, {"title": "B"}),
    ({"title": "A"}, {"title": ""}, {}),
    ({"title": ["A"]}, {}, {}),
    ({"title": "x" * 9000}, {}, {"title": "x" * 500}),
    ({"title": "half \ud800"}, {}, {"title": "half ?"}),
]


@pytest.mark.parametrize(("record", "named", "expected"), NAMES, ids=lambda value: repr(value)[:40])
def test_names(record: dict[str, Any], named: dict[str, str], expected: dict[str, str]) -> None:
    given, note = given_in(record, named)
    assert (dict(given), note) == (expected, None)


@pytest.mark.parametrize(
    ("record", "named", "said"),
    [
        ({"language": "Klingon"}, {}, "language: 'Klingon' in the field 'language' is no code of a language"),
        ({"headline": "A"}, {"title": "headlin"}, "title: there is no field 'headlin'; did you mean 'headline'?"),
        ({"date": "\x1b[31mred\u202e"}, {}, "\\x1b[31mred\\u202e"),
    ],
)
def test_what_makes_no_sense_is_said(record: dict[str, Any], named: dict[str, str], said: str) -> None:
    note = given_in(record, named)[1]
    assert note is not None
    assert said in note
    assert note.isprintable()


@pytest.mark.parametrize("url", ["http://[", "mailto:a", "", "no address", "http://", f"http://{'a' * 254}/"])
def test_what_is_no_address_has_no_site(url: str) -> None:
    assert host_of(url) is None


RECORDS: list[dict[str, Any]] = [
    {"url": "https://www.herald.example/a", "body": article(1), "headline": "Mayor â€“ out", "date": "sometime"},
    {"id": "b", "url": "https://wire.example/b", "body": article(2), "publisher": "The Wire", "date": "2024-05-03"},
]


def packed(suffix: str, records: list[dict[str, Any]]) -> bytes:
    """Records as a file."""
    if suffix == "jsonl":
        return b"".join(json.dumps(record).encode() + b"\n" for record in records)
    sink = io.BytesIO()
    pq.write_table(
        pa.Table.from_pylist(records, pa.schema((n, pa.string()) for n in {**records[0], **records[1]})), sink
    )
    return sink.getvalue()


@pytest.mark.parametrize("suffix", ["jsonl", "parquet"])
def test_what_a_record_says_stands_in_the_output(suffix: str, tmp_path: Path) -> None:
    seeds = fill(tmp_path / "seeds", {f"a.{suffix}": packed(suffix, RECORDS)})
    run(seeds, tmp_path / "out")
    found = {row["path"]: row for row in rows(tmp_path / "out", "documents")}
    one, two = found[f"a.{suffix}/https://www.herald.example/a"], found[f"a.{suffix}/b"]
    assert (one["title"], one["publisher"], one["published"]) == ("Mayor – out", "herald.example", None)
    assert (two["publisher"], two["published"]) == ("The Wire", "2024-05-03")
    told = json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))["unread_fields"]
    assert told["count"] == 1
    assert told["first"][0]["path"] == one["path"]
    assert "'sometime'" in told["first"][0]["note"]


def test_what_a_record_says_is_part_of_what_is_reused(tmp_path: Path) -> None:
    seeds = fill(tmp_path / "seeds", {"a.jsonl": packed("jsonl", RECORDS)})
    run(seeds, tmp_path / "out")
    changed = [{**RECORDS[0], "headline": "Mayor in", "date": "2024-05-04"}, RECORDS[1]]
    fill(seeds, {"a.jsonl": packed("jsonl", changed)})
    run(seeds, tmp_path / "out")
    run(seeds, tmp_path / "full")
    assert left_behind(tmp_path / "out") == left_behind(tmp_path / "full")
    assert [row["title"] for row in rows(tmp_path / "out", "documents")][1] == "Mayor in"


Told = Callable[..., str]


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Told:
    """What ``copydesk run seeds --plain``, in a folder of its own, says on the standard error beside its progress."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str, code: int = 0) -> str:
        got = guarded(lambda: cli(["run", "seeds", "--plain", *arguments], standalone_mode=False))
        said = capsys.readouterr()
        assert got == code, said
        return "".join(line for line in said.err.splitlines(True) if line.startswith("copydesk: "))

    return call


@pytest.mark.parametrize("suffix", ["jsonl", "parquet"])
def test_a_misspelt_field_fails_the_run_and_says_what_was_meant(suffix: str, told: Told, tmp_path: Path) -> None:
    fill(tmp_path / "seeds", {f"a.{suffix}": packed(suffix, RECORDS)})
    said = told("--text-field", "boddy", code=1)
    assert "all 2 inputs were set aside, so there is no text" in said
    assert "the record has body, date, " in said
    assert "but not 'boddy'; did you mean 'body'?" in said
    assert len(said.splitlines()) == 1
    assert len(rows(tmp_path / "output", "rejected")) == 2, "the output says why, one by one"


def test_where_there_is_nothing_to_read_that_is_said(told: Told, tmp_path: Path) -> None:
    fill(tmp_path / "seeds", {})
    assert told() == "copydesk: nothing to read: seeds holds no file that is not hidden; name another place\n"
    fill(tmp_path / "seeds", {"a.txt": ""})
    assert told().startswith("copydesk: the one input was set aside, so there is no text: ")
    fill(tmp_path / "seeds", {"b.txt": article(1)})
    assert told() == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["titel=x"], "nothing is known of 'titel' in the field 'titel=x'; did you mean 'title'?"),
        (["title"], "the field 'title' has no name; write title=NAME, or title= to look for none"),
        (["title=a", "title=b"], "two fields are to hold the title: 'a' and 'b'; name one"),
    ],
)
def test_fields_that_make_no_sense_are_refused(arguments: list[str], said: str, told: Told, tmp_path: Path) -> None:
    fill(tmp_path / "seeds", {"a.jsonl": packed("jsonl", RECORDS)})
    assert said in told(*(part for each in arguments for part in ("--field", each)), code=2)


def test_a_preferred_source_that_is_nobody_is_said(told: Told, tmp_path: Path) -> None:
    fill(tmp_path / "seeds", {"a.jsonl": packed("jsonl", RECORDS), "news/b.txt": article(3)})
    rest = ("--field", "published=")
    said = told("--prefer-source", "The Wir", "--prefer-source", "the wire", "--prefer-source", "news/", *rest)
    assert said == (
        "copydesk: the preferred source 'The Wir' is publisher or folder of no document; did you mean 'The Wire'?\n"
    )


def test_fields_that_were_named_and_are_not_there_are_said(told: Told, tmp_path: Path) -> None:
    fill(tmp_path / "seeds", {"a.jsonl": packed("jsonl", RECORDS)})
    said = told("--field", "title=headlin", "--field", "published=")
    assert said.startswith(
        "copydesk: 2 records have fields that are missing or unreadable; the first, a.jsonl/b: title: there is"
    )
