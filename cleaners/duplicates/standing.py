"""What speaks for a document as the canonical one of its cluster: what the choice looks at, and how it is said."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cleaners.characters import shown
from cleaners.documents import Document

UNKNOWN = datetime.max.replace(tzinfo=UTC)
"""The moment of a date nobody knows: after every known one."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the choice of a canonical looks at: a document without its text, so that a million fit in memory.

    ``digest`` stands for the clean text (equal texts, equal digests); ``size`` counts its characters that are not
    white space (a text of size 0 is nobody's copy); ``removed`` those of page furniture that were taken out.
    """

    path: str
    digest: str
    size: int
    id: str = ""
    published: str | None = None
    publisher: str | None = None
    removed: int = 0

    @classmethod
    def of(cls, document: Document) -> Standing:
        """The standing of a document.

        >>> Standing.of(Document("a.txt", "Mali’s  junta")).size
        11
        """
        digest = hashlib.sha256(document.text.encode("utf-8", "surrogatepass")).hexdigest()
        size = shown(document.text)
        known = (document.id, document.published, document.publisher, document.removed)
        return cls(document.path, digest, size, *known)

    def preference(self, sources: Sequence[str]) -> int:
        """The place of its publisher or folder among the preferred sources; behind them all if it has none."""
        publisher = (self.publisher or "").casefold()
        for place, source in enumerate(sources):
            if publisher == source.casefold() or self.path.startswith(source.rstrip("/") + "/"):
                return place
        return len(sources)

    def preferred(self, sources: Sequence[str]) -> str:
        """Which preferred source it is from, in words; empty if from none."""
        place = self.preference(sources)
        return f"from the preferred source {sources[place]}" if place < len(sources) else ""

    def complete(self, others: Iterable[Standing]) -> str:
        """How complete it is beside the others, in words; empty if as complete as they are."""
        longest = max(each.size for each in others)
        if self.size == longest:
            return ""
        if self.size > longest:
            return f"the most complete with {self.size:,} characters without spaces, the next {longest:,}"
        return f"though shorter with {self.size:,} characters without spaces, the longest {longest:,}"

    def dated(self, others: Iterable[Standing]) -> str:
        """Whether it came before the others, in words; empty if nobody knows."""
        own = moment(self.published)
        if own == UNKNOWN:
            return ""
        earliest = min((each.published for each in others), key=moment, default=None)
        if moment(earliest) == UNKNOWN:
            return f"published {self.published}, the others without a date"
        if own == moment(earliest):
            return ""
        return f"published {self.published}, {'before' if own < moment(earliest) else 'after'} {earliest}"

    def furnished(self, others: Iterable[Standing]) -> str:
        """That least furniture stood in it, in words; empty if that is not so."""
        least = min(each.removed for each in others)
        if self.removed >= least:
            return ""
        return f"least page furniture ({self.removed:,} characters, the next {least:,})"


def moment(published: str | None) -> datetime:
    """A published date as a moment; a day counts from its first second, a time without a zone as UTC.

    >>> moment("2023-12-11") < moment("2023-12-11T09:30:00+02:00") < moment("around Christmas") == moment(None)
    True
    """
    try:
        found = datetime.fromisoformat(published or "")
    except ValueError:
        return UNKNOWN
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
