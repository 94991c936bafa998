"""The version of the code behind a step: a hash of the very sources it is made of, so that nobody can forget to raise a
number, and a change to how texts are compared makes no cleaned text stale.

A step names the module that does its work; what that module imports, and what those import, is read off the sources.

    >>> code_version("flows.stages.outcomes") == code_version("flows.stages.verdicts")
    False
    >>> [name for name in sources_of("flows.stages.outcomes") if name.startswith("cleaners.duplicates")]
    []
"""

from __future__ import annotations

import hashlib
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parent.parent
"""Where the rooms of this distribution lie."""

ROOMS = ("cleaners", "flows")

_IMPORT = re.compile(r"^[ \t]*(?:from ([\w.]+) import (\([^)]*\)|[^\n]*)|import ([\w., \t]+))", re.M)

_UNDERNEATH = {
    "Stemmer": ("PyStemmer",),
    "ftfy": ("ftfy", "wcwidth"),
    "trafilatura": ("trafilatura", "courlan", "htmldate", "jusText", "lxml"),
}
"""Distributions behind an import whose name differs, or that lean on others for what they give back."""


@lru_cache(maxsize=64)
def code_version(*modules: str) -> str:
    """The hash of everything that some modules run: sources and data of this project, Python, and the libraries.

    Data is every file beside a module that is no module itself, with the folders of such files.
    """
    found = sources_of(*modules)
    digest = hashlib.sha256(f"{sys.version} {unicodedata.unidata_version}".encode())
    for file in sorted({*found.values(), *_data_beside(found.values())}):
        digest.update(f"{file.relative_to(ROOT).as_posix()}\0".encode() + _digest_of(*_stamped(file)))
    foreign = {name.split(".")[0] for file in found.values() for name in _imports(file)} - {*ROOMS}
    for name in sorted(foreign - sys.stdlib_module_names):
        for library in _UNDERNEATH.get(name, (name,)):
            digest.update(f"{library} {version_of(library)}\n".encode())
    return digest.hexdigest()[:16]


def sources_of(*modules: str) -> dict[str, Path]:
    """The files of some modules of this project and of all that they import, by name."""
    found: dict[str, Path] = {}
    open_ends = list(modules)
    while open_ends:
        name = open_ends.pop()
        if name in found or (file := _file_of(name)) is None:
            continue
        found[name] = file
        open_ends += _imports(file)
    return dict(sorted(found.items()))


@lru_cache(maxsize=256)
def version_of(name: str) -> str:
    """The version of an installed distribution, ``none`` where it runs without being installed."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "none"


def _file_of(module: str) -> Path | None:
    """The source of a module of this project."""
    return _found(ROOT, module) if module.partition(".")[0] in ROOMS else None


@lru_cache(maxsize=4096)
def _found(root: Path, module: str) -> Path | None:
    path = root.joinpath(*module.split("."))
    return next((file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file()), None)


def _imports(file: Path) -> tuple[str, ...]:
    """The modules that a source imports anywhere; of ``from a import b`` also ``a.b``, which may be one."""
    return _imports_in(*_stamped(file))


def _stamped(file: Path) -> tuple[Path, int, int]:
    """A file with its size and the time of its change: while these stay, it is read once, however often it is asked
    about."""
    status = file.stat()
    return file, status.st_size, status.st_mtime_ns


@lru_cache(maxsize=1024)
def _digest_of(file: Path, size: int, changed: int) -> bytes:
    return hashlib.sha256(file.read_bytes()).digest()


@lru_cache(maxsize=1024)
def _imports_in(file: Path, size: int, changed: int) -> tuple[str, ...]:
    found: list[str] = []
    for module, names, plain in _IMPORT.findall(file.read_bytes().decode()):
        if plain:
            found += (name.split()[0] for name in plain.split(",") if name.strip())
            continue
        found.append(module)
        if module.partition(".")[0] in ROOMS:
            found += (f"{module}.{name}" for name in re.findall(r"\w+", names))
    return tuple(dict.fromkeys(found))


def _data_beside(files: Iterable[Path]) -> Iterator[Path]:
    """What lies beside the sources and is none: weights, word lists."""
    for folder in {file.parent for file in files}:
        for path in folder.iterdir():
            if path.is_file() and path.suffix not in (".py", ".pyc", ".typed"):
                yield path
            elif path.is_dir() and path.name != "__pycache__" and not (path / "__init__.py").exists():
                yield from (file for file in path.rglob("*") if file.is_file())
