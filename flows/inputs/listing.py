"""Which files the seeds hold: recursively, hidden ones left out, no link followed out of a seed folder.

>>> import tempfile
>>> with tempfile.TemporaryDirectory() as folder:
...     _ = Path(folder, "b.txt").write_text("b"), Path(folder, ".hidden").write_text("h")
...     Path(folder, "a").mkdir()
...     _ = Path(folder, "a", "c.html").write_text("<p>c")
...     [(entry.path, entry.size) for entry in walk([Path(folder)])]
[('b.txt', 1), ('a/c.html', 4)]
"""

from __future__ import annotations

import hashlib
import itertools
import os
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cleaners.documents import Rejection
from flows.errors import UsageError, printable, reason_of


@dataclass(frozen=True, slots=True)
class Entry:
    """A file: the path it goes by in the outputs (unique, valid Unicode), where it lies, and its size in bytes."""

    path: str
    file: str
    size: int


def check_seeds(seeds: Sequence[Path]) -> tuple[Path, ...]:
    """The seeds as absolute paths, sorted, so that their order does not matter.

    Raises :class:`~flows.errors.UsageError` where one is missing, cannot be read, or holds another.
    """
    if not seeds:
        raise UsageError("no seeds given; name at least one file or folder to read")
    found: list[Path] = []
    for seed in seeds:
        if not seed.exists():
            raise UsageError(f"{printable(seed)} does not exist; name a file or folder to read")
        if not os.access(seed, os.R_OK):
            raise UsageError(f"{printable(seed)} cannot be read: permission denied; change the permissions")
        if not (seed.is_dir() or seed.is_file()):
            raise UsageError(f"{printable(seed)} is neither a file nor a folder; name one to read")
        found.append(seed.resolve())
    found.sort()  # by their parts, so that what lies within a folder follows it at once
    for one, other in itertools.pairwise(found):
        if other.is_relative_to(one):
            raise UsageError(f"{printable(other)} would be read twice, also within {printable(one)}; name it once")
    return tuple(found)


def walk(seeds: Sequence[Path]) -> Iterator[Entry | Rejection]:
    """Every file of the seeds (as :func:`check_seeds` gives them), in a fixed order; what cannot be read, with why.

    Paths are relative to the seed folder.  Where there are several seeds, the name of each folder stands before them.
    """
    names = _root_names(seeds)
    for seed, name in zip(seeds, names, strict=True):
        if seed.is_dir():
            yield from _walk_folder(seed, f"{name}/" if len(seeds) > 1 else "")
        else:
            yield Entry(name, str(seed), seed.stat().st_size)


def _walk_folder(seed: Path, prefix: str) -> Iterator[Entry | Rejection]:
    pending: list[tuple[str, str]] = [(prefix, str(seed))]
    while pending:
        path, folder = pending.pop()
        try:
            with os.scandir(folder) as found:
                entries = sorted((e for e in found if not e.name.startswith(".")), key=lambda entry: entry.name)
        except OSError as error:
            yield Rejection(path.rstrip("/") or ".", "unreadable", f"the folder cannot be listed: {reason_of(error)}")
            continue
        names = _shown([entry.name for entry in entries])
        folders: list[tuple[str, str]] = []
        for entry, name in zip(entries, names, strict=True):
            if entry.is_dir(follow_symlinks=False):
                folders.append((f"{path}{name}/", entry.path))
            else:
                yield _examine(entry, path + name, seed)
        pending += reversed(folders)


def _examine(entry: os.DirEntry[str], path: str, seed: Path) -> Entry | Rejection:
    """A file, or why it is none.  Opening is left for later: a pipe would keep its reader waiting forever."""
    try:
        if entry.is_symlink():
            target = Path(entry.path).resolve()
            if target.is_dir():
                return Rejection(path, "link", "a link to a folder; links to folders are not followed")
            if not target.is_relative_to(seed):
                return Rejection(path, "link", "a link to a file outside the seed folder; copy the file into it")
        status = entry.stat()
    except (OSError, RuntimeError) as error:  # RuntimeError: links that lead to each other
        why = reason_of(error) if isinstance(error, OSError) else "a link to itself"
        return Rejection(path, "unreadable", f"the file cannot be read: {why}")
    if not stat.S_ISREG(status.st_mode):
        return Rejection(path, "unsupported", "not a regular file but a pipe, socket or device")
    return Entry(path, entry.path, status.st_size)


def _root_names(seeds: Sequence[Path]) -> list[str]:
    """A distinct name for each seed: its own, numbered where two share one."""
    names: dict[str, int] = {}
    for seed in seeds:
        base = name = _shown([seed.name or "root"])[0]
        while name in names:
            names[base] += 1
            name = f"{base}~{names[base]}"
        names[name] = 1
    return list(names)


def _shown(names: Sequence[str]) -> list[str]:
    r"""The names of one folder as valid Unicode, still distinct.

    >>> _shown(["café", "caf\udce9"])
    ['café', 'caf\\xe9']
    """
    shown = [os.fsencode(name).decode("utf-8", "backslashreplace") for name in names]
    times = Counter(shown)
    for at, (name, own) in enumerate(zip(shown, names, strict=True)):
        if name != own and times[name] > 1:
            shown[at] = f"{name}~{hashlib.sha256(os.fsencode(own)).hexdigest()[:8]}"
    return shown
