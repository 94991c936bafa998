"""The working folder of a run, ``OUTPUT/.copydesk``: who holds it, what is kept in it, and how files come to be.

=============  ==========================================================================================
``lock``       held while a run writes to OUTPUT, and says which process that is
``format``     the version of what stands beside it
``texts``      the names in ``OUTPUT/texts`` that runs have written, so that nothing else is ever removed
``shelves/``   what earlier runs made of each document and pair, for reuse (see :mod:`flows.shelves`)
``runs/``      files of the run that is going on; whatever an interrupted run left there is swept away
=============  ==========================================================================================
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from flows.errors import LockedError, UsageError

FORMAT = 1
"""Version of the working folder.  An older one is made anew, a newer one is left alone."""

FOLDER = ".copydesk"


@dataclass(frozen=True, slots=True)
class Workspace:
    """Where the files of a run lie.  Small and picklable: it travels to workers."""

    output: Path
    run_name: str = "run"

    @property
    def root(self) -> Path:
        """The working folder itself."""
        return self.output / FOLDER

    @property
    def run(self) -> Path:
        """Files of the run that is going on, in a folder of its own: nobody left over from another can write to it."""
        return self.root / "runs" / self.run_name

    @property
    def shelves(self) -> Path:
        """What is kept for later runs."""
        return self.root / "shelves"

    def folder(self, name: str) -> Path:
        """A folder for files of this run, made if it is not there."""
        path = self.run / name
        path.mkdir(parents=True, exist_ok=True)
        return path


@contextmanager
def opened(output: Path) -> Iterator[Workspace]:
    """The working folder of ``output``, held alone for as long as the block lasts, and swept before and after.

    Raises :class:`~flows.errors.LockedError` where another run holds it.
    """
    workspace = Workspace(output, secrets.token_hex(8))
    workspace.root.mkdir(parents=True, exist_ok=True)
    with _held(workspace.root / "lock", output):
        _check_format(workspace)
        _sweep(workspace.run.parent)
        workspace.shelves.mkdir(exist_ok=True)
        for left in (*output.glob(".report.html.*.part"), *workspace.shelves.glob("*/.*.part")):
            left.unlink()  # a process that was killed was writing it
        try:
            yield workspace
        finally:
            shutil.rmtree(workspace.run.parent, ignore_errors=True)  # what stays is swept by the next run


@contextmanager
def written(path: Path, *, durable: bool = False) -> Iterator[IO[bytes]]:
    """A file that appears under its name when it is complete, and not at all where the block fails.

    ``durable`` waits until the file stands on the disk, so that not even a power cut can leave an empty one.
    """
    beside = path.with_name(f".{path.name[:100]}.{os.getpid()}.part")
    try:
        with beside.open("wb") as handle:
            yield handle
            if durable:
                handle.flush()
                os.fsync(handle.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _sweep(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)


def _check_format(workspace: Workspace) -> None:
    page = workspace.root / "format"
    found = page.read_text("utf-8").strip() if page.exists() else ""
    if found == str(FORMAT):
        return
    if found.isdigit() and int(found) > FORMAT:
        raise UsageError(
            f"{workspace.root} was written by a newer Copydesk (format {found}; this one knows {FORMAT}); "
            "upgrade, or choose another --output"
        )
    _sweep(workspace.shelves)
    with written(page, durable=True) as handle:
        handle.write(f"{FORMAT}\n".encode())


@contextmanager
def _held(page: Path, output: Path) -> Iterator[None]:
    """The lock of an output.  The system gives it back when its process ends, in whatever way: none goes stale."""
    handle = os.open(page, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if not _claim(handle):
            raise LockedError(
                f"{output} is being written by {_holder(handle)}; wait for it, or choose another --output"
            )
        os.ftruncate(handle, 0)
        os.write(handle, json.dumps({"process": os.getpid(), "host": socket.gethostname()}).encode())
        yield
        os.ftruncate(handle, 0)
    finally:
        os.close(handle)


def _claim(handle: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(handle, 1 << 20, os.SEEK_SET)  # the lock bars reading, so it sits beyond what the page says
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
            os.lseek(handle, 0, os.SEEK_SET)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _holder(handle: int) -> str:
    try:
        holder = json.loads(os.pread(handle, 4096, 0)) if hasattr(os, "pread") else {}
        return f"process {int(holder['process'])} on {str(holder['host'])[:100]!r}"
    except (ValueError, KeyError, TypeError):
        return "another run"
