"""One file at a time, read and cleaned as a run does it, for ``copydesk clean`` and ``copydesk compare``."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from cleaners.documents import CleanText, Rejection, Verdict
from flows.errors import RunError, UsageError, printable
from flows.inputs import RECORD_SUFFIXES, Entry, Input, read_file
from flows.inputs.documents import looks_like_html
from flows.options import RunOptions

STANDARD_INPUT = "-"


@dataclass(frozen=True, slots=True)
class ComparedFiles:
    """Two files by name, their clean texts, and the verdict on these."""

    names: tuple[str, str]
    texts: tuple[CleanText, CleanText]
    verdict: Verdict


def clean_file(file: str, options: RunOptions | None = None) -> CleanText:
    """The clean text of a file, or of the standard input where it is ``-``.

    Raises :class:`~flows.errors.UsageError` where there is no such file or own step, :class:`~flows.errors.RunError`
    where the file holds no text or a step fails on it.
    """
    from cleaners.text.decoding import DecodingError
    from flows.texts import clean_input

    options = options or RunOptions()
    cleaning = options.clean_options()  # a step that cannot be loaded is no fault of the file
    given = _read(file, options)
    if isinstance(given, Rejection):
        raise RunError(f"{printable(file)} is set aside ({given.reason}): {given.detail}")
    try:
        return clean_input(given, cleaning)[1]
    except DecodingError as error:
        raise RunError(f"{printable(file)} is set aside ({error.reason}): {error.detail}") from error
    except ValueError as error:
        if not options.steps:
            raise
        raise RunError(f"{printable(file)} is set aside (failed): {printable(error)}") from error


def compare_files(left: str, right: str, options: RunOptions | None = None) -> ComparedFiles:
    """Two files, cleaned first, so that what stands around an article neither hides nor feigns a match."""
    from cleaners.duplicates.compare import compare

    if left == right == STANDARD_INPUT:
        raise UsageError("both texts cannot come from the standard input; name a file for one of them")
    texts = clean_file(left, options), clean_file(right, options)
    return ComparedFiles((left, right), texts, compare(*texts))


def _read(file: str, options: RunOptions) -> Input | Rejection:
    if file == STANDARD_INPUT:
        data = sys.stdin.buffer.read(options.max_bytes + 1)
        return Input(file, data, "html" if looks_like_html(data) else "text")
    path = Path(file)
    if not path.exists():
        raise UsageError(f"{printable(file)} does not exist; name a file")
    if not path.is_file():
        raise UsageError(f"{printable(file)} is not a file; name one, or use copydesk run for a folder")
    if path.name.lower().endswith(tuple(RECORD_SUFFIXES)):
        raise UsageError(f"{printable(file)} holds many documents; use copydesk run for it")
    return read_file(Entry(path.name, file, path.stat().st_size), options.max_bytes)
