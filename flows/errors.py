"""What can go wrong with a run, each as one sentence with the value, the reason and the next move.

A command prints the sentence and leaves with ``exit_code``: 1 where a run failed, 2 where it was asked for wrongly.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class CopydeskError(Exception):
    """A run that cannot go on."""

    exit_code = 1

    def __init__(self, message: str, exit_code: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        if exit_code is not None:
            self.exit_code = exit_code

    def __reduce__(self) -> tuple[type[CopydeskError], tuple[str, int]]:
        """Errors travel between processes."""
        return type(self), (self.message, self.exit_code)


class UsageError(CopydeskError, ValueError):
    """What was asked for makes no sense; nothing was read or written."""

    exit_code = 2


class RunError(CopydeskError):
    """The run started and failed; the output of an earlier run stands as it was."""


class LockedError(CopydeskError):
    """Another run holds the output."""


_REASONS = {
    errno.ENOSPC: "the disk is full; make room, or choose another --output, and run again",
    errno.EDQUOT: "the quota is used up; make room, or choose another --output, and run again",
    errno.EACCES: "permission denied; change the permissions or choose another folder",
    errno.EPERM: "permission denied; change the permissions or choose another folder",
    errno.EROFS: "the file system is read-only; choose another --output",
    errno.EIO: "the disk failed to read or write; check it and run again",
    errno.EMFILE: "too many open files; raise the limit (ulimit -n) and run again",
}


@contextmanager
def explained(doing: str, path: Path) -> Iterator[None]:
    """Turn an :class:`OSError` into a :class:`RunError` that says what was being done and what to do next.

    >>> with explained("writing", Path("output")):
    ...     raise OSError(errno.EROFS, "Read-only file system", "output/run.json")
    Traceback (most recent call last):
    flows.errors.RunError: writing failed at output/run.json: the file system is read-only; choose another --output
    """
    try:
        yield
    except ConnectionError:  # nobody reads what is printed any more, or a server is gone: not a matter of files
        raise
    except OSError as error:
        raise RunError(f"{doing} failed at {printable(error.filename or path)}: {reason_of(error)}") from error


def reason_of(error: OSError) -> str:
    """Why the system refused, and the next move where there is one."""
    return _REASONS.get(error.errno or 0) or (error.strerror or str(error)).lower()


def printable(value: object) -> str:
    r"""A file name as it can be shown on a terminal: control characters and stray bytes escaped.

    >>> printable(Path("a\nb"))
    'a\\nb'
    """
    text = str(value)
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text)
