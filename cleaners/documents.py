"""The nouns that both halves of the library share: frozen, small, typed.

A text is edited by steps and every edit is kept as a :class:`Change`, so that nothing is ever removed without a
name, a place and a way back::

    >>> changes = (Change("furniture", "share-bar", 6, 12, "\\nShare", ""),)
    >>> restore("Hello.", changes)
    'Hello.\\nShare'
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

Relation = Literal["duplicate", "near-duplicate", "rewrite", "excerpt", "related", "unrelated"]
"""What two texts are to each other, closest first."""

FOLDED: frozenset[str] = frozenset({"duplicate", "near-duplicate", "rewrite"})
"""The relations that fold two documents into one cluster; an excerpt or a related text is linked, never folded."""

Direction = Literal["left-from-right", "right-from-left", "unknown"]
"""Which text was made from which."""

PassageKind = Literal["verbatim", "reworded", "quotation", "new"]
"""How a passage of one text stands in the other."""


@dataclass(frozen=True, slots=True)
class Change:
    """One replacement between the decoded input and the clean text.

    ``source[start:end] == before`` and the clean text has ``after`` in its place.  ``start`` and ``end`` count code
    points of the decoded input.  The changes of a document are sorted and never overlap.
    """

    step: str
    rule: str
    start: int
    end: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class CleanText:
    """A clean text, what was found out about it, and every change that led to it.

    ``published`` is an ISO 8601 date (``2023-12-11``) or date and time; ``language`` an ISO 639-1 code.  What is not
    known is ``None``.
    """

    text: str
    title: str | None = None
    byline: str | None = None
    published: str | None = None
    publisher: str | None = None
    language: str | None = None
    changes: tuple[Change, ...] = ()

    def restore(self) -> str:
        """The decoded input, rebuilt from the clean text and the changes alone."""
        return restore(self.text, self.changes)


@dataclass(frozen=True, slots=True)
class Document:
    """A document under its path: relative to the seed folder, ``/``-separated, unique in a run.

    ``text`` is the clean text; the rest is what the choice of a canonical document looks at.  ``id`` is the hash of the
    input bytes (:func:`content_id`); ``removed`` is the number of characters of page furniture that were taken out.
    """

    path: str
    text: str
    id: str = ""
    title: str | None = None
    byline: str | None = None
    published: str | None = None
    publisher: str | None = None
    language: str | None = None
    removed: int = 0


@dataclass(frozen=True, slots=True)
class Rejection:
    """An input that was set aside: ``reason`` is a fixed word (``empty``, ``binary`` ...), ``detail`` a sentence."""

    path: str
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """One part of a score: what was measured, what it weighs, and the sentence a person reads.

    ``weight`` is in units of the score; the weights of a verdict add up to its score exactly.  ``log_odds`` is the
    part's contribution before the score is squeezed into 0..1.
    """

    name: str
    measured: float
    weight: float
    sentence: str
    log_odds: float = 0.0


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage of the left text beside its counterpart in the right one, as half-open character spans.

    A ``new`` passage stands in one text only; the span of the other side is then ``None``.
    """

    kind: PassageKind
    left: tuple[int, int] | None
    right: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What two texts are to each other, how sure that is (0..1), and why."""

    relation: Relation
    score: float
    evidence: tuple[Evidence, ...] = ()
    direction: Direction = "unknown"
    passages: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """Two documents by path (``left < right``) and the verdict on them."""

    left: str
    right: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Cluster:
    """Documents that tell one text: ``members`` (paths, sorted) holds the ``canonical`` path too."""

    cluster: str
    canonical: str
    members: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Clusters:
    """Every cluster of two or more documents, and every compared pair that is ``related`` or closer."""

    clusters: tuple[Cluster, ...] = ()
    pairs: tuple[Pair, ...] = field(default=(), repr=False)

    def canonical_of(self, path: str) -> str:
        """The canonical path of a document; its own where it stands alone.

        >>> Clusters((Cluster("c1", "a", ("a", "b"), "longer"),)).canonical_of("b")
        'a'
        """
        return next((c.canonical for c in self.clusters if path in c.members), path)


def restore(text: str, changes: Iterable[Change]) -> str:
    """Undo ``changes`` on a clean ``text``: the decoded input, character for character.

    Raises :class:`ValueError` where the text is not the one the changes led to.

    >>> restore("A “word”.", [Change("mojibake", "cp1252", 2, 5, "â€œ", "“")])
    'A â€œword”.'
    """
    pieces: list[str] = []
    at = 0  # in the clean text
    drift = 0  # source position minus clean position
    for change in changes:
        start = change.start - drift
        end = start + len(change.after)
        if start < at or text[start:end] != change.after:
            raise ValueError(
                f"the change at {change.start}..{change.end} ({change.step}, {change.rule}) left {change.after!r}, "
                f"but the text has {text[start:end]!r} there; pass the text exactly as clean() returned it"
            )
        pieces += (text[at:start], change.before)
        at = end
        drift += (change.end - change.start) - len(change.after)
    pieces.append(text[at:])
    return "".join(pieces)


def content_id(data: bytes) -> str:
    """The id of an input: SHA-256 of its bytes, in hexadecimal.

    >>> content_id(b"copy")[:16]
    '6f5a6034e770acbf'
    """
    return hashlib.sha256(data).hexdigest()
