"""The front door of the cleaning half: one text in, one :class:`~cleaners.documents.CleanText` out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass

from cleaners.documents import CleanText
from cleaners.text.edits import Edit, Revision
from cleaners.text.furniture import anchored, removals, split_lines
from cleaners.text.metadata import read_metadata
from cleaners.text.mojibake import mojibake_edits
from cleaners.text.spacing import spacing_edits


@dataclass(frozen=True, slots=True)
class CleanOptions:
    """How a text is cleaned.

    ``straighten_quotes`` is off: typography is the author's.
    """

    straighten_quotes: bool = False


Step = Callable[[str, CleanOptions], Iterable[Edit]]


def mojibake(text: str, options: CleanOptions) -> Iterable[Edit]:
    """Damaged characters."""
    return mojibake_edits(text, straighten_quotes=options.straighten_quotes)


def spacing(text: str, options: CleanOptions) -> Iterable[Edit]:
    """White space, invisible and control characters."""
    return spacing_edits(text)


def furniture(text: str, options: CleanOptions) -> Iterable[Edit]:
    """What stands around the article."""
    lines = split_lines(text)
    return removals(text, lines, anchored(lines))


STEPS: tuple[Step, ...] = (mojibake, spacing, furniture)
"""What is done to a text, in order."""


def clean(text: str, options: CleanOptions | None = None) -> CleanText:
    """The clean text of ``text``, with its metadata and the account of every change."""
    options = options or CleanOptions()
    draft = Revision.of(text)
    while True:
        before = draft.text
        for step in STEPS:
            draft = draft.revise(step.__name__, step(draft.text, options))
        if draft.text == before:
            break
    lines = split_lines(text)
    return CleanText(draft.text, changes=draft.changes, **asdict(read_metadata(lines, anchored(lines))))
