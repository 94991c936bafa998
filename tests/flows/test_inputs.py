"""Reading: one reader, several formats, nothing vanishes, nothing unbounded."""

import gzip
import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from folders import fill
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from cleaners.documents import Rejection
from cleaners.text.decoding import declared_charset
from flows.errors import UsageError
from flows.inputs import Entry, Input, check_seeds, read_chunk, read_file, read_records, records, walk
from flows.inputs.chunks import write_chunks
from flows.inputs.records import Fields
from flows.texts import clean_input

PAGE = b"<!DOCTYPE html><html><body><p>The council met.</p></body></html>"


def walked(*seeds: Path) -> list[str]:
    return sorted(item.path for item in walk(check_seeds(list(seeds))))


def read(file: Path, max_bytes: int = 1 << 20) -> Input | Rejection:
    return read_file(Entry(file.name, str(file), file.stat().st_size), max_bytes)


def unpack(file: Path, **fields: Any) -> list[Input | Rejection]:
    return list(read_records(Entry(file.name, str(file), file.stat().st_size), Fields(**fields)))


def told(items: list[Input | Rejection]) -> list[tuple[str, str]]:
    """Path and text of inputs, path and reason of rejections."""
    return [(item.path, item.data.decode() if isinstance(item, Input) else item.reason) for item in items]


# ------------------------------------------------------------------------------------------------------- listing


def test_folders_are_read_recursively_without_what_is_hidden(tmp_path: Path) -> None:
    fill(tmp_path, {"b.txt": "b", "a/c.txt": "c", "a/.d.txt": "d", ".git/e.txt": "e", "a/deep/er/f.html": "f"})
    assert walked(tmp_path) == ["a/c.txt", "a/deep/er/f.html", "b.txt"]


def test_several_seeds_stand_under_their_names(tmp_path: Path) -> None:
    fill(tmp_path, {"one/a.txt": "1", "two/a.txt": "2", "other/one/a.txt": "3", "single.txt": "4"})
    seeds = [tmp_path / "two", tmp_path / "one", tmp_path / "single.txt", tmp_path / "other" / "one"]
    assert walked(*seeds) == walked(*reversed(seeds)) == ["one/a.txt", "one~2/a.txt", "single.txt", "two/a.txt"]


@pytest.mark.parametrize(
    ("seeds", "message"),
    [
        ([], "no seeds given"),
        (["missing"], "missing does not exist"),
        (["folder", "folder/a.txt"], "would be read twice"),
        (["folder", "folder"], "would be read twice"),
        (["pipe"], "neither a file nor a folder"),
    ],
)
def test_seeds_that_make_no_sense_are_refused(seeds: list[str], message: str, tmp_path: Path) -> None:
    fill(tmp_path, {"folder/a.txt": "a"})
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError, match=message):
        check_seeds([tmp_path / seed for seed in seeds])


def test_links_are_not_followed_out_of_the_seed_folder(tmp_path: Path) -> None:
    fill(tmp_path, {"seeds/a.txt": "a", "secret.txt": "s", "seeds/sub/b.txt": "b"})
    for name, target in {
        "out.txt": "../secret.txt",
        "in.txt": "a.txt",
        "loop": ".",
        "gone.txt": "nowhere",
        "self": "self",
    }.items():
        (tmp_path / "seeds" / name).symlink_to(target)
    found = {item.path: item for item in walk(check_seeds([tmp_path / "seeds"]))}
    assert {path for path, item in found.items() if isinstance(item, Entry)} == {"a.txt", "in.txt", "sub/b.txt"}
    reasons = {path: item.reason for path, item in found.items() if isinstance(item, Rejection)}
    assert reasons == {"out.txt": "link", "loop": "link", "gone.txt": "unreadable", "self": "unreadable"}


def test_names_of_stray_bytes_become_distinct_valid_paths(tmp_path: Path) -> None:
    for name in (b"caf\xe9.txt", b"caf\\xe9.txt", b"line\nend.txt", "café.txt".encode()):
        (tmp_path / os.fsdecode(name)).write_bytes(name)
    found = [item for item in walk(check_seeds([tmp_path])) if isinstance(item, Entry)]
    assert len({item.path for item in found}) == len(found) == 4
    for item in found:
        item.path.encode()  # valid Unicode
        got = read_file(item, 100)
        assert isinstance(got, Input)


def test_a_pipe_among_the_files_is_set_aside_and_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    [found] = walk(check_seeds([tmp_path]))
    assert isinstance(found, Rejection)
    assert found.reason == "unsupported"
    late = read_file(Entry("pipe.txt", str(tmp_path / "pipe.txt"), 0), 100)  # it became one after it was listed
    assert isinstance(late, Rejection)


# ------------------------------------------------------------------------------------------------- single files


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.txt", b"The council met.", "text"),
        ("a.txt", PAGE, "text"),  # who says text means text
        ("a.html", b"<p>Hello", "html"),
        ("a.HTM", b"<p>Hello", "html"),
        ("a", b"no suffix at all", "text"),
        ("a.md", b"# Title", "text"),
        ("a.php", b"  <!doctype HTML>\n<title>x", "html"),
        ("a.cgi", b'\xef\xbb\xbf<?xml version="1.0"?>\n<html lang="en">', "html"),
    ],
)
def test_what_a_file_holds_is_told_by_suffix_and_content(name: str, data: bytes, kind: str, tmp_path: Path) -> None:
    found = read(fill(tmp_path, {name: data}) / name)
    assert isinstance(found, Input)
    assert (found.kind, found.data) == (kind, data)


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "PDF"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "PNG"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "JPEG"),
        (b"GIF89a\x01\x00", "GIF"),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "WebP"),
        (b"PK\x03\x04\x14\x00", "ZIP"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "office"),
        (b"SQLite format 3\x00", "database"),
        (b"\x7fELF\x02", "program"),
    ],
)
@pytest.mark.parametrize("name", ["a.txt", "a.bin", "a"])
def test_files_of_other_kinds_are_named(name: str, data: bytes, named: str, tmp_path: Path) -> None:
    found = read(fill(tmp_path, {name: data}) / name)
    assert isinstance(found, Rejection)
    assert found.reason == "unsupported"
    assert named in found.detail


@pytest.mark.parametrize("name", ["a.json", "a.CSV", "a.tsv"])
def test_data_is_no_article(name: str, tmp_path: Path) -> None:
    found = read(fill(tmp_path, {name: b'[{"id": 1, "text": "The council met."}]'}) / name)
    assert isinstance(found, Rejection)
    assert (found.reason, "make JSON lines of it" in found.detail) == ("unsupported", True)


@pytest.mark.parametrize("text", ["GIF made easy", "PKWARE wrote ZIP", "MZ is a rapper", "ID3 tags", "Rar! is a shout"])
def test_texts_that_begin_like_a_file_of_another_kind_are_texts(text: str, tmp_path: Path) -> None:
    assert isinstance(read(fill(tmp_path, {"a.txt": text}) / "a.txt"), Input)


@pytest.mark.parametrize(
    ("page", "charset"),
    [
        (b"<meta charset=koi8-r>", "koi8-r"),
        (b"<META http-equiv='Content-Type' content='text/html; charset=Shift_JIS'>", "Shift_JIS"),
        (b'<?xml version="1.0" encoding="iso-8859-2"?>', "iso-8859-2"),
        (b"<p>charset=utf-8", None),
        (b" " * 2000 + b"<meta charset=koi8-r>", "koi8-r"),
        (b" " * 5000 + b"<meta charset=koi8-r>", None),
        (b"<meta " * 9999, None),
    ],
)
def test_pages_say_their_character_set(page: bytes, charset: str | None) -> None:
    assert declared_charset(page) == charset


def test_a_page_is_decoded_as_it_says() -> None:
    words = "Совет собрался в пятницу. "
    page = f"<html><head><meta charset=koi8-r></head><body><p>{words * 20}</p></body></html>".encode("koi8-r")
    decoded, cleaned = clean_input(Input("a.html", page, "html"))
    assert decoded.text == page.decode("koi8-r")
    assert words.strip() in cleaned.text


def test_what_is_too_large_or_gone_is_set_aside(tmp_path: Path) -> None:
    fill(tmp_path, {"a.txt": "12345"})
    assert isinstance(read(tmp_path / "a.txt", max_bytes=5), Input)
    large = read(tmp_path / "a.txt", max_bytes=4)
    assert isinstance(large, Rejection)
    assert (large.reason, "5 bytes" in large.detail) == ("oversized", True)
    gone = read_file(Entry("b.txt", str(tmp_path / "b.txt"), 5), 100)
    assert isinstance(gone, Rejection)
    assert (gone.reason, "no such file" in gone.detail) == ("unreadable", True)


# ------------------------------------------------------------------------------------------------------- records


def zstd(data: bytes) -> bytes:
    """With a checksum, as the command line tool writes it."""
    return zstandard.ZstdCompressor(write_checksum=True).compress(data)


RECORDS = [{"id": "x", "text": "One."}, {"text": "Two.", "id": None}, {"id": 7, "content": "Three."}]
EXPECTED = [("x", "One."), ("00000002", "Two."), ("7", "Three.")]


def json_lines(rows: list[Any]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def parquet(rows: list[dict[str, Any]]) -> bytes:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    table = pa.table({c: [None if row.get(c) is None else str(row[c]) for row in rows] for c in columns})
    sink = io.BytesIO()
    pq.write_table(table, sink)
    return sink.getvalue()


@pytest.mark.parametrize(
    ("name", "packed"),
    [
        ("a.jsonl", json_lines),
        ("A.JSONL", json_lines),
        ("a.ndjson", json_lines),
        ("a.jsonl.gz", lambda rows: gzip.compress(json_lines(rows))),
        ("b.jsonl.gz", lambda rows: b"".join(gzip.compress(json_lines([row])) for row in rows)),
        ("a.jsonl.zst", lambda rows: zstandard.compress(json_lines(rows))),
        ("b.jsonl.zst", lambda rows: b"".join(zstandard.compress(json_lines([row])) for row in rows)),
        ("a.parquet", parquet),
    ],
)
def test_every_format_gives_the_same_documents(
    name: str, packed: Callable[[list[dict[str, Any]]], bytes], tmp_path: Path
) -> None:
    fill(tmp_path, {name: packed(RECORDS)})
    assert told(unpack(tmp_path / name)) == [(f"{name}/{path}", text) for path, text in EXPECTED]


@pytest.mark.parametrize(
    ("record", "fields", "expected"),
    [
        ({"text": "a", "content": "b"}, {}, "a"),
        ({"html": "<p>", "body": "b"}, {}, "b"),
        ({"html": "<p>a"}, {}, "<p>a"),
        ({"story": "a", "text": "b"}, {"text": "story"}, "a"),
        ({"text": "b"}, {"text": "story"}, "no-text"),
        ({"story": "a"}, {}, "no-text"),
        ({"text": ["a"]}, {}, "no-text"),
        ({"text": "too long"}, {"max_bytes": 4}, "oversized"),
        ({"text": "caf\ud83d\ude00 \ud800!"}, {}, "caf😀 \ufffd!"),
        ({}, {}, "no-text"),
    ],
)
def test_fields(record: dict[str, Any], fields: dict[str, Any], expected: str, tmp_path: Path) -> None:
    fill(tmp_path, {"a.jsonl": json_lines([record])})
    [(_, got)] = told(unpack(tmp_path / "a.jsonl", **fields))
    assert got == expected


def test_names_of_fields_that_are_no_unicode_can_be_told(tmp_path: Path) -> None:
    fill(tmp_path, {"a.jsonl": json_lines([{"\x1b\ud800": "a"}])})
    [found] = unpack(tmp_path / "a.jsonl", text="story")
    assert isinstance(found, Rejection)
    assert found.detail.startswith("the record has \\x1b\\ud800, but not 'story'")


def test_pages_in_records_keep_their_address(tmp_path: Path) -> None:
    rows = [
        {"html": "<p>a", "url": "http://a.example/"},
        {"text": PAGE.decode(), "url": "u"},
        {"text": "t", "url": "u"},
    ]
    found = unpack(fill(tmp_path, {"a.jsonl": json_lines(rows)}) / "a.jsonl")
    assert [(i.kind, i.url) for i in found if isinstance(i, Input)] == [
        ("html", "http://a.example/"),
        ("html", "u"),
        ("text", "u"),
    ]


def test_ids_that_repeat_stay_distinct_and_hostile_ones_bounded(tmp_path: Path) -> None:
    rows = [
        {"id": name, "text": "t"} for name in ("a", "a", "a~2", "a", "../../x", "", " ", "n\nl", "\ud800", "y" * 9999)
    ]
    found = unpack(fill(tmp_path, {"f.jsonl": json_lines(rows)}) / "f.jsonl")
    paths = [item.path for item in found]
    assert paths[:6] == [
        "f.jsonl/a",
        "f.jsonl/a~2",
        "f.jsonl/a~2~2",
        "f.jsonl/a~3",
        "f.jsonl/../../x",
        "f.jsonl/00000006",
    ]
    assert len(set(paths)) == len(rows)
    assert max(map(len, paths)) < 500
    assert all(path.encode() for path in paths)


def test_lines_that_are_no_records_are_named_by_line(tmp_path: Path) -> None:
    lines = b'{"text": "One."}\n\n{"text": "Two\n[1]\n' + b"[" * 100_000 + b'\n\xff\xfe\n{"text": "Last."}'
    found = unpack(fill(tmp_path, {"a.jsonl": lines}) / "a.jsonl")
    assert told(found) == [
        ("a.jsonl/00000001", "One."),
        ("a.jsonl/00000003", "unparsable"),
        ("a.jsonl/00000004", "unparsable"),
        ("a.jsonl/00000005", "unparsable"),
        ("a.jsonl/00000006", "unparsable"),
        ("a.jsonl/00000007", "Last."),
    ]
    assert isinstance(found[1], Rejection)
    assert found[1].detail == "line 3 is not JSON: Invalid control character, at character 14"


def test_a_line_beyond_the_limit_is_passed_over(tmp_path: Path) -> None:
    lines = json_lines([{"text": "a"}]) + b'{"text": "' + b"x" * 200_000 + b'"}\n' + json_lines([{"text": "b"}])
    found = told(unpack(fill(tmp_path, {"a.jsonl": lines}) / "a.jsonl", max_bytes=1000))
    assert found == [("a.jsonl/00000001", "a"), ("a.jsonl/00000002", "oversized"), ("a.jsonl/00000003", "b")]


@pytest.mark.parametrize(("name", "pack"), [("a.jsonl.gz", gzip.compress), ("a.jsonl.zst", zstd)], ids=["gzip", "zstd"])
class TestDamage:
    """Archives that are cut short, corrupted, mislabelled or bombs give what could be read, and say where it ended."""

    def test_truncated(self, name: str, pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
        rows = [{"id": f"r{number:05d}", "text": os.urandom(300).hex()} for number in range(2000)]
        packed = pack(json_lines(rows))
        found = unpack(fill(tmp_path, {name: packed[: len(packed) // 2]}) / name)
        *read, last = found
        assert 500 < len(read) < 1500
        assert told(read[:-1]) == [(f"{name}/{row['id']}", row["text"]) for row in rows[: len(read) - 1]]
        assert isinstance(last, Rejection)
        assert (last.path, last.reason) in {(name, "damaged"), (f"{name}/{len(found):08d}", "unparsable")}

    def test_corrupted(self, name: str, pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
        packed = bytearray(pack(json_lines([{"text": os.urandom(300).hex()} for _ in range(2000)])))
        packed[len(packed) // 2 : len(packed) // 2 + 99] = bytes(99)
        found = unpack(fill(tmp_path, {name: bytes(packed)}) / name)
        assert any(isinstance(item, Rejection) for item in found)

    def test_not_an_archive(self, name: str, pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
        assert told(unpack(fill(tmp_path, {name: b"no archive"}) / name)) == [(name, "damaged")]

    def test_bomb(
        self, name: str, pack: Callable[[bytes], bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(records, "UNPACKED", 1 << 20)
        packed = pack(json_lines([{"text": "first"}]) + b" " * (64 << 20))
        found = unpack(fill(tmp_path, {name: packed}) / name, max_bytes=1 << 24)
        assert told(found) == [(f"{name}/00000001", "first"), (name, "bomb")]


def test_a_parquet_bomb_stops_at_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One long value, stored once and named a thousand times: the file says it holds little."""
    monkeypatch.setattr(records, "UNPACKED", 1 << 20)
    texts = ["first"] * 64 + ["x" * 100_000] * 1000
    pq.write_table(pa.table({"text": texts}), tmp_path / "a.parquet", use_dictionary=True, compression="zstd")
    *_, last = found = unpack(tmp_path / "a.parquet")
    assert 64 <= len(found) < 200
    assert isinstance(last, Rejection)
    assert (last.path, last.reason) == ("a.parquet", "bomb")


@pytest.mark.parametrize("data", [b"", b"PAR1", b"PAR1" + bytes(100) + b"PAR1", b"rubbish" * 99])
def test_a_broken_parquet_file_is_set_aside(data: bytes, tmp_path: Path) -> None:
    assert told(unpack(fill(tmp_path, {"a.parquet": data}) / "a.parquet")) == [("a.parquet", "damaged")]


# -------------------------------------------------------------------------------------------------- web archives


def warc(captures: list[tuple[str, str, str, bytes]], packed: bool) -> bytes:
    """An archive of (kind of record, status line, content type, content)."""
    sink = io.BytesIO()
    writer = WARCWriter(sink, gzip=packed)
    writer.write_record(writer.create_warcinfo_record("a.warc", {"software": "test"}))
    for number, (kind, status, mime, content) in enumerate(captures):
        headers = (
            StatusAndHeaders(status, [("Content-Type", mime)], protocol="HTTP/1.1") if kind == "response" else None
        )
        record = writer.create_warc_record(
            f"http://a.example/{number}",
            kind,
            payload=io.BytesIO(content),
            http_headers=headers,
            warc_content_type=None if headers else mime,
            warc_headers_dict={"WARC-Record-ID": f"<urn:uuid:{number:08d}-0000>"},
        )
        writer.write_record(record)
    return sink.getvalue()


CAPTURES = [
    ("response", "200 OK", "text/html; charset=windows-1251", "<p>Привет".encode("cp1251")),
    ("request", "", "application/http; msgtype=request", b"GET / HTTP/1.1\r\n\r\n"),
    ("response", "404 Not Found", "text/html", b"<p>gone"),
    ("response", "200 OK", "image/png", b"\x89PNG\r\n\x1a\n"),
    ("response", "200 OK", "text/plain", b"Plain text."),
    ("conversion", "", "text/plain", b"Converted."),
]


@pytest.mark.parametrize("packed", [False, True])
def test_web_archives(packed: bool, tmp_path: Path) -> None:
    name = "a.warc.gz" if packed else "a.warc"
    found = unpack(fill(tmp_path, {name: warc(CAPTURES, packed)}) / name)
    assert [
        (item.path.rsplit("/")[-1][:8], getattr(item, "kind", None), getattr(item, "reason", None)) for item in found
    ] == [
        ("00000000", "html", None),
        ("00000002", None, "no-text"),
        ("00000003", None, "unsupported"),
        ("00000004", "text", None),
        ("00000005", "text", None),
    ]
    page = found[0]
    assert isinstance(page, Input)
    assert (page.declared, page.url) == ("windows-1251", "http://a.example/0")
    assert page.data.decode("cp1251") == "<p>Привет"


@pytest.mark.parametrize("packed", [False, True])
def test_a_truncated_web_archive_gives_what_could_be_read(packed: bool, tmp_path: Path) -> None:
    name = "a.warc.gz" if packed else "a.warc"
    whole = warc([("response", "200 OK", "text/html", os.urandom(4000).hex().encode())] * 20, packed)
    found = unpack(fill(tmp_path, {name: whole[: len(whole) // 2]}) / name)
    *read, last = found
    assert 8 <= len(read) <= 12
    assert all(isinstance(item, Input) and len(item.data) == 8000 for item in read)
    assert isinstance(last, Rejection)
    assert last.reason == "damaged"


@pytest.mark.parametrize(
    "data", [b"\x1f\x8b\x08\x00rubbish", b"\x1f\x8b", b"no archive", b"", gzip.compress(b"", mtime=0)]
)
@pytest.mark.parametrize("name", ["a.warc.gz", "a.jsonl.gz", "a.warc"])
def test_no_file_of_records_vanishes(name: str, data: bytes, tmp_path: Path) -> None:
    found = unpack(fill(tmp_path, {name: data}) / name)
    assert [item.path.split("/")[0] for item in found] == [name]
    assert isinstance(found[0], Rejection)


# -------------------------------------------------------------------------------------------------------- chunks


def test_chunks_give_back_what_was_put_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.inputs.chunks.CHUNK_ITEMS", 3)
    fill(tmp_path, {"seeds/a.txt": "a", "seeds/gone.txt": "g"})
    items = [
        Entry("a.txt", str(tmp_path / "seeds/a.txt"), 1),
        Rejection("b", "link", "why"),
        Input("c/1", b"\xff\x00", "html", "latin-1", "http://x", (("title", "A"), ("language", "en")), "why"),
        Entry("gone.txt", str(tmp_path / "seeds/gone.txt"), 1),
    ]
    (tmp_path / "seeds/gone.txt").unlink()
    chunks = list(write_chunks(items, tmp_path, "some"))
    assert [chunk.count for chunk in chunks] == [3, 1]
    back = [item for chunk in chunks for item in read_chunk(chunk.file, 100)]
    assert back[:3] == [Input("a.txt", b"a"), items[1], items[2]]
    assert isinstance(back[3], Rejection)
