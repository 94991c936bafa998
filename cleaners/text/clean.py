"""The front door of the cleaning half: one text in, one :class:`~cleaners.documents.CleanText` out.

>>> found = clean("Budget passed\\n\\nBy Ann Lee, May 3, 2024\\n\\nThe council met on Friday and passed the budget.")
>>> found.text
'Budget passed\\n\\nThe council met on Friday and passed the budget.'
>>> found.title, found.byline, found.published
('Budget passed', 'Ann Lee', '2024-05-03')
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from cleaners.documents import CleanText
from cleaners.text.columns import column_edits
from cleaners.text.edits import Edit, Revision
from cleaners.text.furniture import Examined, examine, examine_all, removals
from cleaners.text.furniture.tables import table_edits
from cleaners.text.metadata import Metadata, metadata_of
from cleaners.text.mojibake import mojibake_edits
from cleaners.text.recurring import recurring_edits
from cleaners.text.spacing import spacing_edits

GENTLE, DEFAULT, STRICT = 0.2, 0.3, 0.5
"""Probabilities of being article below which a line of a whole page goes: three settings of one knob."""

_PASSES = 8
"""How often the steps run before a text counts as one that never settles; real pages settle in two or three."""


@dataclass(frozen=True, slots=True)
class CleanOptions:
    """How a text is cleaned.

    ``straighten_quotes`` is off: typography is the author's.  ``furniture`` is on; without it only characters and
    spacing are mended.  ``strictness`` is :data:`DEFAULT`, where pages kept back score best; :data:`GENTLE` keeps
    more, :data:`STRICT` less.

    ``recurring`` are the keys of lines that recur in the texts of one source, found in a first pass
    (:mod:`cleaners.text.recurring`); none unless that pass was made.

    ``own`` are steps of the user's, taken behind the shipped ones: callables with a ``__name__``.  ``off`` names steps
    (``furniture``), single rules (``furniture/byline``) that are not to be applied, or ``metadata``, not to be read.

    Raises :class:`ValueError` for a strictness that is no probability.
    """

    straighten_quotes: bool = False
    furniture: bool = True
    strictness: float = DEFAULT
    recurring: frozenset[int] = frozenset()
    own: tuple[Callable[[str, Any], Iterable[Edit]], ...] = ()
    off: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 < self.strictness < 1:
            raise ValueError(
                f"strictness is {self.strictness!r}; give a probability between 0 and 1, such as {DEFAULT}"
            )


Step = Callable[[str, CleanOptions], Iterable[Edit]]


def columns(text: str, options: CleanOptions) -> Iterable[Edit]:
    """Columns side by side, as long as the spaces between them stand: the first step."""
    return column_edits(text) if options.furniture else ()


def mojibake(text: str, options: CleanOptions) -> Iterable[Edit]:
    """Damaged characters."""
    return mojibake_edits(text, straighten_quotes=options.straighten_quotes)


def spacing(text: str, options: CleanOptions) -> Iterable[Edit]:
    """White space, invisible and control characters."""
    return spacing_edits(text)


def tables(text: str, options: CleanOptions) -> Iterable[Edit]:
    """Frames of layout tables."""
    return table_edits(text) if options.furniture else ()


def furniture(text: str, options: CleanOptions) -> Iterable[Edit]:
    """What stands around the article."""
    if not options.furniture:
        return ()
    page, judgement = examine(text, options.strictness)
    return removals(page, judgement)


def recurring(text: str, options: CleanOptions) -> Iterable[Edit]:
    """What stands in many texts of the same source, where no rule and no model knew it."""
    return recurring_edits(text, options.recurring) if options.furniture else ()


STEPS: tuple[Step, ...] = (columns, mojibake, spacing, tables, furniture, recurring)
"""What is done to a text, in order, until nothing changes any more."""


def clean(text: str, options: CleanOptions | None = None) -> CleanText:
    """The clean text of ``text``, with its metadata and the account of every change.

    The steps run until none of them finds anything, so a clean text comes back as it is.  A text that does not settle
    (one must be made for the purpose) is left alone.
    """
    return settled(Revision.of(text), options or CleanOptions())


def clean_all(texts: Sequence[str], options: CleanOptions | None = None) -> list[CleanText]:
    """What :func:`clean` makes of each of some texts, for less: they are examined together.

    >>> [found.text for found in clean_all(["The council met.\\r\\n", "It passed  the budget."])]
    ['The council met.', 'It passed the budget.']
    """
    options = options or CleanOptions()
    steps = _taken(options)
    return _together([_settling(Revision.of(text), steps, options) for text in texts], options.strictness)


def settled(start: Revision, options: CleanOptions) -> CleanText:
    """The steps applied to a revision until they find nothing: where plain text and extracted text meet."""
    [found] = _together([_settling(start, _taken(options), options)], options.strictness)
    return found


Settling = Generator[str, Examined, CleanText]
"""A text on its way: hands out what it wants examined, and ends with what has come of it."""


def _together(texts: Sequence[Settling], strictness: float) -> list[CleanText]:
    """What becomes of texts that go their way side by side: whatever they want examined is examined at once."""
    found: dict[int, CleanText] = {}
    answers: dict[int, Examined | None] = dict.fromkeys(range(len(texts)))
    while answers:
        asked: dict[int, str] = {}
        for at, answer in answers.items():
            try:
                asked[at] = texts[at].send(answer) if answer else next(texts[at])
            except StopIteration as stop:
                found[at] = stop.value
        answers = dict(zip(asked, examine_all([*asked.values()], strictness), strict=True))
    return [found[at] for at in range(len(texts))]


def _settling(start: Revision, steps: Sequence[Step], options: CleanOptions) -> Settling:
    draft, details = start, None
    examined: Examined | None = None
    for _ in range(_PASSES):
        before = draft.text
        for step in steps:
            if step is not furniture:
                draft = draft.revise(step.__name__, wanted(step, draft.text, options))
                continue
            described = details is not None or "metadata" in options.off
            removing = options.furniture and step.__name__ not in options.off
            if described and not removing:
                continue
            if examined is None or examined[0].text != draft.text:
                examined = yield draft.text
            details = details if described else metadata_of(*examined)
            if removing:
                draft = draft.revise(step.__name__, _allowed(step, removals(*examined), options))
        if draft.text == before:
            return (details or Metadata()).of(draft.text, draft.changes)
    if options.own:
        names = ", ".join(step.__name__ for step in options.own)
        raise ValueError(
            f"the text still changes after {_PASSES} passes; one of the own steps ({names}) finds something in what it "
            "has itself put there: let it leave alone what it is done with"
        )
    return CleanText(start.text, changes=start.changes)


def _taken(options: CleanOptions) -> tuple[Step, ...]:
    """The steps that have a part in what becomes of a text, in order; metadata is read where furniture is judged."""
    judged = "metadata" not in options.off
    every = (*STEPS, *options.own)
    return tuple(step for step in every if step.__name__ not in options.off or (step is furniture and judged))


def wanted(step: Step, text: str, options: CleanOptions) -> Iterator[Edit]:
    """The edits of a step, without those that are switched off.

    >>> [edit.rule for edit in wanted(spacing, "a  \\u200bb", CleanOptions(off=("spacing/run of spaces",)))]
    ['invisible character']
    """
    return _allowed(step, () if step.__name__ in options.off else step(text, options), options)


def _allowed(step: Step, edits: Iterable[Edit], options: CleanOptions) -> Iterator[Edit]:
    """Edits of a step but for those that are switched off, by name or all of them."""
    if step.__name__ in options.off:
        return iter(())
    if not any("/" in name for name in options.off):
        return iter(edits)
    return (edit for edit in edits if f"{step.__name__}/{edit.rule}" not in options.off)


def prepared(text: str, options: CleanOptions) -> str:
    """The text as the furniture step first sees it."""
    draft = Revision.of(text)
    for step in STEPS[: STEPS.index(furniture)]:
        draft = draft.revise(step.__name__, step(draft.text, options))
    return draft.text
