"""How steps change a text: each says what it wants replaced, and the revision keeps the account.

A step is a plain callable from a text to :class:`Edit` objects in the coordinates of that very text.  It never returns
a new text, so there is no second code path that explains: the account is how the text is made.

    >>> draft = Revision.of("Price\\u00a0Â£5\\nShare")
    >>> draft = draft.revise("mojibake", [Edit(6, 8, "£", "cp1252")])
    >>> draft = draft.revise("spacing", [Edit(5, 6, " ", "no-break-space")])
    >>> draft = draft.revise("furniture", [Edit(8, 14, "", "share-bar")])
    >>> draft.text
    'Price £5'
    >>> [(c.step, c.start, c.end, c.before) for c in draft.changes]
    [('spacing', 5, 6, '\\xa0'), ('mojibake', 6, 8, 'Â£'), ('furniture', 9, 15, '\\nShare')]
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from cleaners.documents import Change


@dataclass(frozen=True, slots=True)
class Edit:
    """``text[start:end]`` becomes ``after``, because of ``rule``."""

    start: int
    end: int
    after: str
    rule: str


@dataclass(frozen=True, slots=True)
class Revision:
    """The decoded input, the text as it stands now, and the sorted changes between the two."""

    source: str
    text: str
    changes: tuple[Change, ...] = ()

    @classmethod
    def of(cls, source: str) -> Revision:
        """A text nobody has touched yet."""
        return cls(source, source)

    def revise(self, step: str, edits: Iterable[Edit]) -> Revision:
        """The revision after one step's edits, which may come in any order but must not overlap.

        An edit that overlaps earlier changes is merged with them into one change, so that the account stays a flat
        list over the decoded input.  A removal that swallows earlier changes stands under its own name; where both
        show in the result, both names do (``mojibake+spacing``).  What ends as it began is no change.

        Raises :class:`ValueError` for edits that overlap or leave the text.
        """
        wanted = sorted(edits, key=lambda edit: (edit.start, edit.end))
        if not wanted:
            return self
        _check(wanted, len(self.text))
        if not self.changes:
            return self._first_revised(step, wanted)
        changes: list[Change] = []
        pieces: list[str] = []
        at = drift = 0  # drift: source position minus position in self.text, behind the changes seen so far
        for group in _overlapping(self._spans(), wanted):
            if len(group) == 1 and (untouched := group[0].change):
                drift += group[0].grown
                changes.append(untouched)
                continue
            low, high = group[0].start, max(item.end for item in group)
            pieces.append(self.text[at:low])
            start = low + drift
            drift += sum(item.grown for item in group)
            end = high + drift
            after = _edited(self.text, low, high, (item.edit for item in group if item.edit))
            pieces.append(after)
            at = high
            before = self.source[start:end]
            if before != after:
                changes.append(_merged(step, group, Change("", "", start, end, before, after)))
        pieces.append(self.text[at:])
        return Revision(self.source, "".join(pieces), tuple(changes))

    def _first_revised(self, step: str, edits: list[Edit]) -> Revision:
        """The revision after the first edits: there is nothing to merge them with."""
        changes = [
            Change(step, edit.rule, edit.start, edit.end, before, edit.after)
            for edit in edits
            if (before := self.text[edit.start : edit.end]) != edit.after
        ]
        return Revision(self.source, _edited(self.text, 0, len(self.text), edits), tuple(changes))

    def _spans(self) -> Iterator[_Item]:
        """Where each earlier change stands in the text as it is now."""
        drift = 0
        for change in self.changes:
            start = change.start - drift
            grown = (change.end - change.start) - len(change.after)
            yield _Item(start, start + len(change.after), grown, change, None)
            drift += grown


class _Item(NamedTuple):
    """An earlier change or a new edit, as a span of the text between the two."""

    start: int
    end: int
    grown: int  # how many characters longer the source is than this span
    change: Change | None
    edit: Edit | None


def _overlapping(changes: Iterator[_Item], edits: list[Edit]) -> Iterator[list[_Item]]:
    """Groups of items that overlap; items that merely touch stay apart."""
    items = sorted([*changes, *(_Item(e.start, e.end, 0, None, e) for e in edits)], key=lambda i: (i.start, i.end))
    group: list[_Item] = []
    high = 0
    for item in items:
        if group and item.start >= high:
            yield group
            group = []
        high = max(high, item.end) if group else item.end
        group.append(item)
    if group:
        yield group


def _edited(text: str, low: int, high: int, edits: Iterable[Edit]) -> str:
    pieces: list[str] = []
    at = low
    for edit in edits:
        pieces += (text[at : edit.start], edit.after)
        at = edit.end
    return "".join((*pieces, text[at:high]))


def _merged(step: str, group: list[_Item], change: Change) -> Change:
    """``change`` under the names of those who made it; a removal stands under the name of the step that removed."""
    names = [(step, item.edit.rule) for item in group if item.edit]
    if change.after or not names:
        names = [(item.change.step, item.change.rule) for item in group if item.change] + names
    steps, rules = ("+".join(dict.fromkeys(part)) for part in zip(*names, strict=True))
    return Change(steps, rules, change.start, change.end, change.before, change.after)


def _check(edits: list[Edit], length: int) -> None:
    at = 0
    for edit in edits:
        if not at <= edit.start <= edit.end <= length:
            raise ValueError(
                f"the edit {edit.start}..{edit.end} ({edit.rule}) overlaps the one before it (up to {at}) "
                f"or leaves the text of {length} characters; a step's edits must stand apart"
            )
        at = edit.end
