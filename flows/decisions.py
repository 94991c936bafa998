"""What people have decided about pairs of documents: ``decisions.jsonl``, which only ever grows.

A line says who decided what, when, and on which two documents, named by their content (the ``id`` of
``documents.jsonl``), so that renaming a file keeps what was said of it, and editing it does not:

    {"who": "maria", "when": "2026-03-01T09:30:00+00:00", "what": "rewrite", "left": "62…", "right": "b7…",
     "left_path": "a.txt", "right_path": "b.txt"}

The paths are for people to read.  Of several lines on one pair the last one holds:

    >>> a, b = "a" * 64, "b" * 64
    >>> lines = "\\n".join(spell_answer(Answer(what, a, b)) for what in ("rewrite", "excerpt"))
    >>> [answer.what for answer in parse(lines.encode()).standing()]
    ['excerpt']

Whatever is no such line is set aside with its number and the reason, and the others count:

    >>> parse(b'{"what": "rewrite"}\\nwhat?').broken
    (Broken(line=1, why='left is missing; give the id of a document'), Broken(line=2, why='it is not JSON'))
"""

from __future__ import annotations

import getpass
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, cast, get_args

from cleaners.documents import FOLDED, Relation
from flows.errors import RunError, UsageError, printable, reason_of
from flows.outputs.rows import spell

FILE = "decisions.jsonl"
"""Where a run looks for decisions: in its output, unless it is told another file."""

What = Literal["rewrite", "not-a-rewrite", "excerpt", "keep-left", "keep-right", "undecided"]
"""What a person can say of a pair.  ``keep-…`` means that both tell one text, and which of them stands for it;
``undecided`` takes back what was said before."""

WHATS: tuple[str, ...] = get_args(What)

_ID = re.compile(r"[0-9a-f]{64}")
_MIRRORED: dict[str, What] = {"keep-left": "keep-right", "keep-right": "keep-left"}


@dataclass(frozen=True, slots=True)
class Answer:
    """A decision on two documents, each named by the hash of its bytes (:func:`cleaners.documents.content_id`)."""

    what: What
    left: str
    right: str
    who: str = ""
    when: str = ""
    left_path: str = ""
    right_path: str = ""

    @property
    def folds(self) -> bool:
        """Whether both documents tell one text."""
        return self.what in ("rewrite", "keep-left", "keep-right")

    def mirrored(self) -> Answer:
        """The same said of the pair the other way round."""
        sides = {"left": self.right, "right": self.left, "left_path": self.right_path, "right_path": self.left_path}
        return replace(self, what=_MIRRORED.get(self.what, self.what), **sides)

    def relation(self, found: Relation) -> Relation:
        """The relation of two documents that were ``found`` to be related so, after this decision.

        >>> yes, no = Answer("rewrite", "", ""), Answer("not-a-rewrite", "", "")
        >>> yes.relation("related"), yes.relation("duplicate"), no.relation("rewrite"), no.relation("unrelated")
        ('rewrite', 'duplicate', 'related', 'unrelated')
        """
        if self.folds:
            return found if found in FOLDED else "rewrite"
        if self.what == "excerpt":
            return "excerpt"
        return "related" if found in FOLDED else found


@dataclass(frozen=True, slots=True)
class Broken:
    """A line that is no decision."""

    line: int
    why: str


@dataclass(frozen=True, slots=True)
class Decisions:
    """Everything a file says, in its order."""

    answers: tuple[Answer, ...] = ()
    broken: tuple[Broken, ...] = ()

    def standing(self) -> tuple[Answer, ...]:
        """What holds: the last word on each pair, sorted by pair, without those that were taken back."""
        last = {(min(each.left, each.right), max(each.left, each.right)): each for each in self.answers}
        return tuple(last[pair] for pair in sorted(last) if last[pair].what != "undecided")

    def complaint(self, file: Path) -> str:
        """The lines that were set aside, in a sentence; nothing where there are none."""
        if not self.broken:
            return ""
        first, more = self.broken[0], len(self.broken) - 1
        others = f" (and {more:,} more such lines)" if more else ""
        return f"line {first.line} of {printable(file)} is set aside: {first.why}{others}"


def read_decisions(file: Path) -> Decisions:
    """The decisions in a file; none where there is no such file.

    Raises :class:`~flows.errors.RunError` where it cannot be read.
    """
    try:
        return parse(file.read_bytes())
    except FileNotFoundError:
        return Decisions()
    except OSError as error:
        raise RunError(f"{printable(file)} cannot be read: {reason_of(error)}") from error


def parse(content: bytes) -> Decisions:
    """The decisions in the bytes of a file."""
    answers, broken = [], []
    for number, line in enumerate(content.split(b"\n"), 1):
        if line.strip():
            try:
                answers.append(_answer(line))
            except ValueError as error:
                broken.append(Broken(number, str(error)))
    return Decisions(tuple(answers), tuple(broken))


def _answer(line: bytes) -> Answer:
    """What a line says; a :class:`ValueError` says why it says nothing."""
    try:
        given = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8") from None
    except (ValueError, RecursionError):
        raise ValueError("it is not JSON") from None
    if not isinstance(given, dict):
        raise ValueError("it is no JSON object")
    for side in ("left", "right"):
        if side not in given:
            raise ValueError(f"{side} is missing; give the id of a document")
        if not isinstance(given[side], str) or not _ID.fullmatch(given[side]):
            raise ValueError(
                f"{side} is {_brief(given[side])}, but must be the id of a document, 64 hexadecimal digits"
            )
    if given["left"] == given["right"]:
        raise ValueError("left and right are the same document")
    if given.get("what") not in WHATS:
        raise ValueError(f"what is {_brief(given.get('what'))}, but must be one of {', '.join(WHATS)}")
    told = {name: given.get(name, "") for name in ("who", "when", "left_path", "right_path")}
    for name, value in told.items():
        if not isinstance(value, str):
            raise ValueError(f"{name} is {_brief(value)}, but must be a text")
    return Answer(cast(What, given["what"]), given["left"], given["right"], **told)


def _brief(value: Any) -> str:
    shown = printable(json.dumps(value, ensure_ascii=False))
    return shown if len(shown) <= 40 else f"{shown[:40]}…"


def spell_answer(answer: Answer) -> str:
    """A decision as a line of the file, without its end."""
    names = ("who", "when", "what", "left", "right", "left_path", "right_path")
    return spell({name: getattr(answer, name) for name in names})


def append(file: Path, answer: Answer) -> Answer:
    """Add a decision, signed and dated where it is not yet, and see it onto the disk; what was written.

    The line goes out in one piece, so that two people at once lose nothing; behind a line that a crash cut short a new
    one is begun.
    """
    signed = replace(answer, who=answer.who or user(), when=answer.when or datetime.now(UTC).isoformat("T", "seconds"))
    line = f"{spell_answer(signed)}\n".encode()
    handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        size = os.fstat(handle).st_size
        if size:
            os.lseek(handle, size - 1, os.SEEK_SET)
            line = line if os.read(handle, 1) == b"\n" else b"\n" + line
        os.write(handle, line)
        os.fsync(handle)
    finally:
        os.close(handle)
    return signed


def user() -> str:
    """Who sits at this machine, as far as it knows."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "somebody"


def decide(output: Path, what: str, left: str, right: str, *, file: Path | None = None, who: str = "") -> str:
    """Note down a decision on two documents of a run, named by their paths; what was noted, in words.

    ``keep`` keeps the first.

    Raises :class:`~flows.errors.UsageError` where one is no document of the run.
    """
    if not (output / "documents.jsonl").is_file():
        raise UsageError(
            f"{printable(output)} is not the output of a run: it has no documents.jsonl; "
            "name the folder that copydesk run wrote to"
        )
    ids = dict(_ids(output, {left, right}))
    for path in (left, right):
        if path not in ids:
            raise UsageError(
                f"{printable(path)} is no document with a text in {printable(output)}; "
                "name one by its path in documents.jsonl whose status is not rejected"
            )
    if ids[left] == ids[right]:
        raise UsageError(f"{printable(left)} and {printable(right)} hold the same bytes; there is nothing to decide")
    said = cast(What, "keep-left" if what == "keep" else what)
    file = file or output / FILE
    noted = append(file, Answer(said, ids[left], ids[right], who, "", left, right))
    words = f"one text, keep {left}" if what == "keep" else what.replace("-", " ")
    return f"noted in {file}, by {noted.who}: {left} and {right}: {words}"


def _ids(output: Path, wanted: set[str]) -> Iterator[tuple[str, str]]:
    with (output / "documents.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if row["path"] in wanted and row["status"] != "rejected":
                yield row["path"], row["id"]
