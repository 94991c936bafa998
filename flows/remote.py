"""Seeds and outputs that lie elsewhere: any address that fsspec knows (``s3://``, ``gs://``, ``memory://`` ...).

A run works on files of this machine.  So seeds are fetched into a cache first, only what has changed since; the output
is kept in a mirror here, with all that later runs reuse, and what has changed is sent when a run is complete, with
``run.json`` last.  Where the mirror is lost the next run does everything again, and ends in the same output.

>>> is_address("s3://bucket/articles"), is_address("articles"), is_address(r"C://articles")
(True, False, False)
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from flows.errors import RunError, UsageError, printable
from flows.store import FOLDER, written

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]+://|[A-Za-z][A-Za-z0-9+.\-]+::")

SENT = "sent.json"
"""What was sent, in the mirror's working folder: the name of each file with the hash of its content."""

PEOPLE = "decisions.jsonl"
"""The one file of an output that others write."""


def is_address(name: str) -> bool:
    """Whether this names something that is not a file of this machine."""
    return bool(_ADDRESS.match(name))


def cache() -> Path:
    """Where copies of what lies elsewhere are kept."""
    from platformdirs import user_cache_path

    return user_cache_path("copydesk", appauthor=False) / "elsewhere"


@dataclass(frozen=True, slots=True)
class Remote:
    """A file or folder elsewhere: the file system that reaches it, and its path there."""

    address: str
    system: Any
    path: str

    @classmethod
    def of(cls, address: str) -> Remote:
        """What an address leads to.

        Raises :class:`~flows.errors.UsageError` where nothing can: an unknown scheme, or a package that is missing.
        """
        from fsspec.core import url_to_fs

        try:
            system, path = url_to_fs(address)
        except (ValueError, ImportError) as error:
            raise UsageError(f"{printable(address)} cannot be reached: {printable(error)}") from error
        return cls(address, system, path.rstrip("/"))

    @property
    def mirror(self) -> Path:
        """The folder of this machine that mirrors it."""
        name = re.sub(r"[^\w.-]", "_", PurePosixPath(self.path).name)[-60:] or "root"
        return self._own / name

    @property
    def note(self) -> Path:
        """Where it is noted what of it was fetched."""
        return self._own.with_suffix(".json")

    @property
    def _own(self) -> Path:
        return cache() / hashlib.sha256(self.address.encode()).hexdigest()[:16]

    def files(self) -> dict[str, dict[str, Any]]:
        """Every file below it by its name from here, with what is known of it; its own name where it is a file."""
        found = self.system.find(self.path, withdirs=False, detail=True)
        start = len(self.path) + 1
        names = {path[start:] or PurePosixPath(path).name: known for path, known in found.items()}
        return {name: known for name, known in sorted(names.items()) if _is_safe(name)}


def _is_safe(name: str) -> bool:
    """Whether a name stays within the folder it is put into; object stores allow any."""
    return (
        bool(name) and not name.endswith("/") and not {"", ".", ".."}.intersection(name.split("/")) and "\0" not in name
    )


@contextmanager
def explained_there(doing: str, address: str) -> Iterator[None]:
    """Turn whatever a file system elsewhere raises into a sentence."""
    try:
        yield
    except (UsageError, RunError):
        raise
    except Exception as error:  # every service has errors of its own
        why = f"{type(error).__name__}: {printable(error)[:300]}"
        raise RunError(
            f"{doing} {printable(address)} failed ({why}); check the address, the rights and the network"
        ) from error


def fetch_seed(address: str) -> Path:
    """A seed from elsewhere as a file or folder of this machine; only what has changed is fetched.

    Raises :class:`~flows.errors.UsageError` where there is nothing.
    """
    remote = Remote.of(address)
    with explained_there("reading", address):
        remote.system.invalidate_cache()
        files = remote.files()
        single = remote.system.isfile(remote.path)
    if not files:
        raise UsageError(f"{printable(address)} does not exist, or holds no file; name a file or folder to read")
    folder = remote.mirror
    known = _noted(remote.note)
    marks = {name: _mark(remote.system, told) for name, told in files.items()}
    folder = folder.parent if single else folder
    with explained_there("reading", address):
        for name, mark in marks.items():
            here = folder / name
            if not here.is_file() or mark != known.get(name):
                here.parent.mkdir(parents=True, exist_ok=True)
                there = remote.path if single else f"{remote.path}/{name}"
                beside = here.with_name(f".{here.name[:100]}.part")
                remote.system.get_file(there, str(beside))
                beside.replace(here)
    if not single:
        _forget_others(folder, set(marks))
    _note(remote.note, marks)
    return folder / next(iter(marks)) if single else folder


def _mark(system: Any, told: dict[str, Any]) -> list[str]:
    """What changes when a file elsewhere does: its size, and whatever version, hash or time its service tells."""
    names = ("size", "ETag", "etag", "md5Hash", "generation", "mtime", "LastModified", "last_modified", "created")
    return [f"{name}={told[name]}" for name in names if told.get(name) is not None]


def _forget_others(folder: Path, names: set[str]) -> None:
    for file in sorted(folder.rglob("*"), reverse=True):
        if file.is_dir():
            if not any(file.iterdir()):
                file.rmdir()
        elif file.relative_to(folder).as_posix() not in names:
            file.unlink()


def mirror_of(address: str) -> Path:
    """A folder of this machine for an output elsewhere, with what people decided there.

    Raises :class:`~flows.errors.UsageError` where it holds files under our names that no run has sent.
    """
    remote = Remote.of(address)
    folder = remote.mirror
    folder.mkdir(parents=True, exist_ok=True)
    with explained_there("reading", address):
        remote.system.invalidate_cache()
        there = remote.files()
        if PEOPLE in there:
            remote.system.get_file(f"{remote.path}/{PEOPLE}", str(folder / PEOPLE))
        else:
            (folder / PEOPLE).unlink(missing_ok=True)
    taken = sorted(set(there) & {"documents.jsonl", "documents.parquet", "report.html"})
    if taken and "run.json" not in there and not (folder / FOLDER / SENT).exists():
        raise UsageError(
            f"{printable(address)} holds {taken[0]}, which no run of Copydesk has written and which a run would "
            "replace; move it away or choose another --output"
        )
    return folder


@contextmanager
def sending(address: str, folder: Path) -> Iterator[None]:
    """Send what has changed in a mirror when the block has succeeded."""
    yield
    remote = Remote.of(address)
    with explained_there("writing", address):
        remote.system.invalidate_cache()
        _send(remote, folder, set(remote.files()))


def _send(remote: Remote, folder: Path, there: set[str]) -> None:
    note = folder / FOLDER / SENT
    sent = {name: mark for name, mark in _noted(note).items() if name in there}
    own = {file.relative_to(folder).as_posix(): file for file in folder.rglob("*") if file.is_file()}
    own = {name: file for name, file in own.items() if not name.startswith(".") and name != PEOPLE}
    last = sorted(own, key=lambda name: (name == "run.json", name))
    for name in last:
        mark = hashlib.sha256(own[name].read_bytes()).hexdigest()
        if sent.get(name) == mark:
            continue
        target = f"{remote.path}/{name}"
        remote.system.makedirs(target.rpartition("/")[0], exist_ok=True)
        remote.system.put_file(str(own[name]), target)
        sent[name] = mark
        _note(note, sent)
    for name in sorted(set(sent) - set(own)):
        remote.system.rm_file(f"{remote.path}/{name}")
        del sent[name]
    _note(note, sent)


def _noted(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _note(file: Path, told: dict[str, Any]) -> None:
    with written(file) as handle:
        handle.write(json.dumps(told, indent=0, sort_keys=True).encode())


def forget_copies() -> None:
    """Delete every copy of what lies elsewhere; the next run fetches and makes it all anew."""
    shutil.rmtree(cache(), ignore_errors=True)
