"""Files that hold many documents: JSON lines, Parquet, web archives, plain or compressed.

Every record becomes an input under ``<file>/<its id>``, or under its address, or its number in the file where it has
neither; what it says of its title, date and the like goes with it (:mod:`flows.inputs.given`).  What is
unpacked is bounded: one document by ``max_bytes``, a whole archive by :data:`UNPACKED` and :data:`RATIO`.  A damaged or
truncated file gives what could be read, then says where it ended.
"""

from __future__ import annotations

import difflib
import hashlib
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any

from cleaners.documents import Rejection
from cleaners.text.decoding import signature_of
from flows.errors import printable, reason_of
from flows.inputs.documents import Input, Kind, looks_like_html, oversized
from flows.inputs.given import FIELDS, field_of, given_in
from flows.inputs.listing import Entry

TEXT_FIELDS = ("text", "content", "body", "article", "article_text", "maintext", "raw_content", "markdown")
"""Fields that hold a record's text, in the order in which they are tried."""

HTML_FIELDS = ("html", "raw_html", "html_content", "page")
"""Fields that hold a record's page, tried where none of :data:`TEXT_FIELDS` is there."""

ID_FIELDS = ("id", "_id", "doc_id", "document_id", "uuid", "guid", "key")
"""Fields that name a record, in the order in which they are tried."""

UNPACKED = 64 << 20
"""Bytes that any archive may unpack to, however small it is."""

RATIO = 100
"""Beyond :data:`UNPACKED`, bytes out per byte in.  Text packs 3 to 20 times, repeated pages 50; a bomb 1,000."""

NAME_CHARS = 400
"""Longer record ids are cut and told apart by a hash."""

_READ = 1 << 16


@dataclass(frozen=True, slots=True)
class Fields:
    """Which fields the user named, and the size limit of one document."""

    text: str | None = None
    id: str | None = None
    max_bytes: int = 10 << 20
    others: Mapping[str, str] = field(default_factory=dict)
    """Fields by what they hold, as in :data:`~flows.inputs.given.FIELDS`; an empty one is not to be looked for."""

    def at(self, what: str) -> tuple[str, ...]:
        """The fields that may hold something."""
        return (self.others[what],) if what in self.others else FIELDS[what]


class _OverflowError(Exception):
    """An archive unpacks to more than it may."""


Reader = Callable[[Entry, Fields], Iterator[Input | Rejection]]


def read_records(entry: Entry, fields: Fields) -> Iterator[Input | Rejection]:
    """The documents of a file with records, in their order, each under a path of its own."""
    reader = _reader_of(entry.path)
    paths = _Paths(entry.path)
    count = 0
    try:
        for item in reader(entry, fields):
            count += 1
            yield replace(item, path=paths.distinct(item.path))
        if not count:
            yield Rejection(entry.path, "empty", "the file holds no record with a document")
    except _OverflowError:
        yield Rejection(
            paths.distinct(entry.path),
            "bomb",
            f"unpacks to more than {max(UNPACKED, RATIO * entry.size):,} bytes ({RATIO} times its size); "
            f"{count:,} records were read, the rest was not",
        )
    except _broken() as error:
        # The system gives its errors a number; what libraries find wrong with a file has none.
        system = isinstance(error, OSError) and bool(error.errno)
        why = reason_of(error) if isinstance(error, OSError) and system else " ".join(str(error).split())[:200]
        detail = f"after {count:,} records the file cannot be read: {why or type(error).__name__}"
        yield Rejection(paths.distinct(entry.path), "unreadable" if system else "damaged", detail)


def is_records(path: str) -> bool:
    """Whether a file holds records, by its name.

    >>> is_records("pages/2023.JSONL.gz"), is_records("notes.txt")
    (True, False)
    """
    return path.lower().endswith(RECORD_SUFFIXES)


def _reader_of(path: str) -> Reader:
    return next(reader for suffixes, reader in _READERS if path.lower().endswith(suffixes))


class _Paths:
    """Distinct paths within one file; a name that comes again is numbered."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._seen: dict[str, int] = {}

    def distinct(self, path: str) -> str:
        if path not in self._seen:
            self._seen[path] = 1
            return path
        while True:
            self._seen[path] += 1
            numbered = f"{path}~{self._seen[path]}"
            if numbered not in self._seen:
                self._seen[numbered] = 1
                return numbered


# ---------------------------------------------------------------------------------------------- fields of a record


def _from_fields(record: Mapping[str, Any], entry: Entry, number: int, fields: Fields) -> Input | Rejection:
    """The document in one record, whatever it was read from."""
    path = f"{entry.path}/{_name(record, fields, number)}"
    kind: Kind = "text"
    name = fields.text or _first(record, TEXT_FIELDS)
    if name is None or record.get(name) is None:
        name, kind = (None if fields.text else _first(record, HTML_FIELDS)), "html"
    if name is None:
        return Rejection(path, "no-text", _lacking(record, fields.text))
    value = record[name]
    if not isinstance(value, str | bytes):
        return Rejection(path, "no-text", f"the field {name!r} holds {type(value).__name__}, not text")
    data = value if isinstance(value, bytes) else _encoded(value)
    if len(data) > fields.max_bytes:
        return oversized(path, len(data), fields.max_bytes)
    kind = "html" if kind == "html" or name in HTML_FIELDS or looks_like_html(value) else "text"
    declared = "utf-8" if isinstance(value, str) else None
    url = field_of(record, "url", fields.others)
    given, note = given_in(record, fields.others)
    return Input(path, data, kind, declared, _encoded(str(record[url])).decode() if url else None, given, note)


def _lacking(record: Mapping[str, Any], wanted: str | None) -> str:
    """Why a record has no text, and which of its fields may have been meant."""
    names = sorted(map(str, record))
    there = printable(", ".join(names)[:200]) or "no field at all"
    if not wanted:
        every = ", ".join(TEXT_FIELDS + HTML_FIELDS)
        return f"the record has {there}, but not any of {every}; name the text with --text-field"
    if wanted in record:
        return f"the field {wanted!r} of --text-field is null; the record has {there}"
    near = difflib.get_close_matches(wanted, names, n=1)
    meant = f"did you mean {near[0]!r}?" if near else "name one of these with --text-field"
    return f"the record has {there}, but not {wanted!r}; {meant}"


def _name(record: Mapping[str, Any], fields: Fields, number: int) -> str:
    """The name of a record: its id, or its address, or its number in the file."""
    name = fields.id or _first(record, ID_FIELDS) or field_of(record, "url", fields.others)
    value = record.get(name) if name else None
    if isinstance(value, str | int) and not isinstance(value, bool) and (name := str(value).strip()):
        return _bounded(_encoded(name).decode())
    return f"{number:08d}"


def _bounded(name: str) -> str:
    """A record's name, short enough to be repeated in every row that speaks of it."""
    if len(name) <= NAME_CHARS:
        return name
    return f"{name[:NAME_CHARS]}~{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def _first(record: Mapping[str, Any], names: Sequence[str]) -> str | None:
    return next((name for name in names if record.get(name) is not None), None)


def _encoded(text: str) -> bytes:
    """A text as UTF-8.  JSON may hold halves of surrogate pairs; a stray half becomes a replacement character."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


# ---------------------------------------------------------------------------------------------------- JSON lines


def _json_lines(entry: Entry, fields: Fields) -> Iterator[Input | Rejection]:
    longest = 4 * fields.max_bytes + 65536  # two bytes of UTF-8 may be spelt with six in JSON; and other fields
    with _unpacked(entry) as stream:
        for number, line in enumerate(_lines(stream, longest), start=1):
            if isinstance(line, int):
                yield oversized(f"{entry.path}/{number:08d}", line, longest)
            elif line.strip():
                yield _from_line(line, entry, number, fields)


def _from_line(line: bytes, entry: Entry, number: int, fields: Fields) -> Input | Rejection:
    path = f"{entry.path}/{number:08d}"
    try:
        record = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        why = "nested too deeply" if isinstance(error, RecursionError) else _why_no_json(error)
        return Rejection(path, "unparsable", f"line {number} is not JSON: {why}")
    if not isinstance(record, dict):
        return Rejection(path, "unparsable", f"line {number} holds {type(record).__name__}, not an object")
    return _from_fields(record, entry, number, fields)


def _why_no_json(error: ValueError) -> str:
    """What is wrong with a line and where in it; the decoder's own lines begin with each of ours."""
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg.removesuffix(' at')}, at character {error.pos + 1}"
    return " ".join(str(error).split())[:120]


def _lines(stream: IO[bytes], longest: int) -> Iterator[bytes | int]:
    """Lines of a stream; of a line that is too long only its length, so that memory stays bounded."""
    while line := stream.readline(longest + 1):
        if len(line) <= longest:
            yield line
            continue
        length = len(line)
        while not line.endswith(b"\n") and (line := stream.readline(_READ)):
            length += len(line)
        yield length


# ------------------------------------------------------------------------------------------------------- Parquet


def _parquet(entry: Entry, fields: Fields) -> Iterator[Input | Rejection]:
    import pyarrow.parquet as pq

    with Path(entry.file).open("rb") as handle, pq.ParquetFile(handle) as file:
        limit = max(UNPACKED, RATIO * entry.size)
        if sum(file.metadata.row_group(i).total_byte_size for i in range(file.num_row_groups)) > limit:
            raise _OverflowError
        there = set(file.schema_arrow.names)
        described = {name for what in FIELDS for name in fields.at(what)}
        chosen = {*TEXT_FIELDS, *HTML_FIELDS, *ID_FIELDS, *described, fields.text, fields.id} & there
        number = unpacked = 0
        for batch in file.iter_batches(batch_size=64, columns=sorted(name for name in chosen if name)):
            unpacked += batch.nbytes  # what the file says of itself leaves out how often a value of a dictionary comes
            if unpacked > limit:
                raise _OverflowError
            for record in batch.to_pylist():
                number += 1
                yield _from_fields({**dict.fromkeys(there), **record}, entry, number, fields)


# -------------------------------------------------------------------------------------------------- web archives


def _warc(entry: Entry, fields: Fields) -> Iterator[Input | Rejection]:
    """Pages and conversions of a web archive; requests and notes of the crawler are no documents."""
    from warcio.archiveiterator import ArchiveIterator

    with _unpacked(entry) as stream:
        for number, record in enumerate(ArchiveIterator(stream), start=1):
            if record.rec_type in ("response", "resource", "conversion"):
                yield _from_capture(record, entry, number, fields)
        if isinstance(bounded := getattr(stream, "raw", None), _Bounded) and bounded.error:
            raise bounded.error  # the iterator takes damage for the end


def _from_capture(record: Any, entry: Entry, number: int, fields: Fields) -> Input | Rejection:
    name = (record.rec_headers.get_header("WARC-Record-ID") or "").strip("<>").removeprefix("urn:uuid:")
    path = f"{entry.path}/{_bounded(_encoded(name).decode()) or f'{number:08d}'}"
    url = record.rec_headers.get_header("WARC-Target-URI")
    headers = record.http_headers
    status = headers.get_statuscode() if headers else "200"
    if status != "200":
        return Rejection(path, "no-text", f"the server answered {status!s:.20} for {url!s:.200}")
    source = (headers if record.rec_type == "response" else None) or record.rec_headers
    mime, _, parameters = (source.get_header("Content-Type") or "").lower().partition(";")
    if mime.strip() not in _TEXTUAL:
        return Rejection(path, "unsupported", f"{mime.strip()[:80] or 'content without a type'}, not text or HTML")
    data = record.content_stream().read(fields.max_bytes + 1)
    if len(data) > fields.max_bytes:
        return oversized(path, len(data), fields.max_bytes)
    if record.raw_stream.limit > 0:
        return Rejection(path, "damaged", "the archive ends within this record")
    if found := signature_of(data):
        return Rejection(path, "unsupported", f"{found}, not text")
    is_html = mime.strip() != "text/plain" or looks_like_html(data)
    return Input(path, data, "html" if is_html else "text", _charset(parameters), url)


_TEXTUAL = frozenset({"text/html", "application/xhtml+xml", "text/plain"})


def _charset(parameters: str) -> str | None:
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip() == "charset":
            return value.strip().strip("\"'") or None
    return None


# --------------------------------------------------------------------------------------------------- compression


def _unpacked(entry: Entry) -> IO[bytes]:
    """The bytes of a file, unpacked if it is compressed, never more than it may unpack to."""
    raw = Path(entry.file).open("rb")  # noqa: SIM115 - the stream that is returned closes it
    packed: Any = raw
    if entry.path.lower().endswith(".gz"):
        import gzip

        packed = gzip.GzipFile(fileobj=raw)
    elif entry.path.lower().endswith((".zst", ".zstd")):
        import zstandard

        packed = zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(raw, read_across_frames=True)
    else:
        return raw
    return io.BufferedReader(_Bounded(packed, raw, max(UNPACKED, RATIO * entry.size)), _READ)


class _Bounded(io.RawIOBase):
    """A stream that refuses to give more than ``limit`` bytes, and remembers what went wrong."""

    def __init__(self, stream: Any, raw: IO[bytes], limit: int) -> None:
        self._stream, self._raw, self._left = stream, raw, limit
        self.error: Exception | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            data = self._stream.read1(min(len(buffer), _READ))  # all that comes before an error is given before it
        except Exception as error:
            self.error = error
            raise
        self._left -= len(data)
        if self._left < 0:
            self.error = _OverflowError()
            raise self.error
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._raw.close()
        super().close()


def _broken() -> tuple[type[Exception], ...]:
    """What the system raises for a file that cannot be read, and the libraries for one that is damaged."""
    import zlib

    import pyarrow
    import zstandard
    from warcio.exceptions import ArchiveLoadFailed

    return (OSError, EOFError, zlib.error, zstandard.ZstdError, pyarrow.ArrowException, ArchiveLoadFailed, ValueError)


_READERS: tuple[tuple[tuple[str, ...], Reader], ...] = (
    ((".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz", ".jsonl.zst", ".ndjson.zst", ".jsonl.zstd"), _json_lines),
    ((".parquet",), _parquet),
    ((".warc", ".warc.gz", ".wet", ".wet.gz"), _warc),
)

RECORD_SUFFIXES: tuple[str, ...] = tuple(suffix for suffixes, _ in _READERS for suffix in suffixes)
"""Files that hold records, by how their names end."""
