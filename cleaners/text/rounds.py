"""Repairs upon repairs: a step that is taken again on what it made, until it finds nothing more to do."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cleaners.text.edits import Edit, Revision


def applied(text: str, edits: Sequence[Edit]) -> str:
    """``text`` after ``edits``, which are sorted and stand apart.

    >>> applied("a â€œb", [Edit(2, 5, "“", "utf-8 read as cp1252")])
    'a “b'
    """
    pieces: list[str] = []
    at = 0
    for edit in edits:
        pieces += (text[at : edit.start], edit.after)
        at = edit.end
    return "".join((*pieces, text[at:]))


def settled(text: str, step: Callable[[str], list[Edit]], rounds: int) -> list[Edit]:
    """The edits that ``step`` makes of ``text`` in all, taken until it finds nothing; none where it never settles.

    >>> settled("aaaa", lambda text: [Edit(0, 2, "a", "shorter")] if len(text) > 2 else [], rounds=9)
    [Edit(start=0, end=3, after='a', rule='shorter')]
    >>> settled("a", lambda text: [Edit(0, 0, "a", "longer")], rounds=9)
    []
    """
    edits = step(text)
    draft: Revision | None = None
    for _ in range(rounds):
        more = step(draft.text if draft else applied(text, edits)) if edits else []
        if not more:
            return edits
        draft = (draft or Revision.of(text).revise("", edits)).revise("", more)
        edits = [Edit(change.start, change.end, change.after, change.rule) for change in draft.changes]
    return []
