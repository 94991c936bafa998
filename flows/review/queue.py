"""The pairs of a run in the order in which a person should look at them: those nearest the decision line first,
and none where there is no doubt.

Files are read line by line; kept is where the lines of the nearest pairs and of their documents begin.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cleaners.documents import FOLDED
from flows.decisions import Answer, read_decisions
from flows.errors import UsageError, explained, printable
from flows.outputs.lines import Row, placed_rows, row_at
from flows.report import NEEDED
from flows.review.estimate import Estimate, Judged

LOWEST, HIGHEST = 0.1, 0.99
"""Scores between which a pair is near the line.  Scores are calibrated: below, fewer than one in ten is a rewrite, and
above, one in a hundred is none; nobody's time is well spent on those."""

NEAREST = 2000
"""Pairs kept at hand: more than anyone judges at a sitting."""


@dataclass(frozen=True, slots=True)
class Item:
    """A pair: its documents by path and by id, its score, and where its line begins in ``pairs.jsonl``."""

    left: str
    right: str
    ids: tuple[str, str]
    score: float
    called: bool
    offset: int

    @property
    def key(self) -> tuple[str, str]:
        """The pair by content, whichever way round."""
        return min(self.ids), max(self.ids)


@dataclass(slots=True)
class Queue:
    """The pairs of an output that wait for an answer, and what has been answered."""

    output: Path
    file: Path
    line: float
    items: tuple[Item, ...] = ()
    skipped: set[tuple[str, str]] = field(default_factory=set)
    total: int = 0
    near: int = 0
    _documents: dict[str, int] = field(default_factory=dict)
    _read: tuple[int, ...] = ()

    @classmethod
    def open(cls, output: Path, file: Path, line: float) -> Queue:
        """The queue of the output of a run; decisions are in ``file``, the decision line is at ``line``.

        Raises :class:`~flows.errors.UsageError` where there is no such output.
        """
        missing = [name for name in NEEDED if not (output / name).is_file()]
        if missing:
            raise UsageError(
                f"{printable(output)} is not the output of a run: it has no {missing[0]}; "
                "name the folder that copydesk run wrote to"
            )
        queue = cls(output, file, line)
        queue.refresh()
        return queue

    def refresh(self) -> None:
        """Read the output anew where a run has written it since."""
        stamp = tuple((self.output / name).stat().st_mtime_ns for name in ("pairs.jsonl", "documents.jsonl"))
        if stamp == self._read:
            return
        with explained("reading", self.output):
            kept = heapq.nsmallest(NEAREST, self._pairs(), key=lambda row: (abs(row[0] - self.line), row[2:4]))
            wanted = {path for row in kept for path in row[2:4]}
            ids: dict[str, str] = {}
            self._documents = {}
            for offset, row in placed_rows(self.output / "documents.jsonl"):
                if row["path"] in wanted:
                    self._documents[row["path"]], ids[row["path"]] = offset, row["id"]
        self.items = tuple(
            Item(left, right, (ids[left], ids[right]), score, called, offset)
            for score, called, left, right, offset in kept
            if ids.get(left) != ids.get(right)
        )
        self._read = stamp

    def _pairs(self) -> Iterator[tuple[float, bool, str, str, int]]:
        self.total = self.near = 0
        for offset, row in placed_rows(self.output / "pairs.jsonl"):
            self.total += 1
            found = row.get("decision", {}).get("found", row["relation"])
            if found != "duplicate" and LOWEST <= row["score"] <= HIGHEST:
                self.near += 1
                yield row["score"], found in FOLDED, row["left"], row["right"], offset

    def answers(self) -> dict[tuple[str, str], Answer]:
        """What holds of everything that was answered, by pair."""
        standing = read_decisions(self.file).standing()
        return {(min(each.left, each.right), max(each.left, each.right)): each for each in standing}

    def waiting(self, answers: dict[tuple[str, str], Answer]) -> list[Item]:
        """The pairs without an answer, nearest first; those that were skipped come last."""
        open_ones = [item for item in self.items if item.key not in answers]
        return sorted(open_ones, key=lambda item: item.key in self.skipped)

    def estimate(self, answers: dict[tuple[str, str], Answer]) -> Estimate:
        """How good the line is by the answers."""
        judged = ((item, answers[item.key]) for item in self.items if item.key in answers)
        return Estimate.of(Judged(item.score, item.called, answer.folds) for item, answer in judged)

    def find(self, left: str, right: str) -> Item | None:
        """A pair by the ids of its documents."""
        return next((item for item in self.items if item.ids == (left, right)), None)

    def rows(self, item: Item) -> tuple[Row, Row, Row]:
        """The row of a pair and those of its two documents."""
        pair = row_at(self.output / "pairs.jsonl", item.offset)
        left, right = (
            row_at(self.output / "documents.jsonl", self._documents[path]) for path in (item.left, item.right)
        )
        return pair, left, right
