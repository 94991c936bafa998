"""What must hold of every input, however it was made: each probe runs the real thing and checks the laws."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from cleaners import clean, compare, extract_html, fix_mojibake
from cleaners.documents import CleanText
from cleaners.text.decoding import DecodingError, decode


def decoding(data: bytes) -> None:
    """Bytes become a text that UTF-8 can hold, or are refused with a reason."""
    try:
        decoded = decode(data)
    except DecodingError as error:
        refused = error
    else:
        decoded.text.encode()
        assert decoded.encoding
        return
    assert refused.reason in ("empty", "binary", "undecodable")
    assert refused.detail


def cleaning(text: str) -> None:
    """Nothing is lost, nothing is out of order, and a clean text stays as it is."""
    found = clean(text)
    _accounted(found, text)
    again = clean(found.text)
    assert again.text == found.text
    assert not again.changes


def repairing(text: str) -> None:
    """Repairing twice is repairing once."""
    fixed = fix_mojibake(text)
    assert fix_mojibake(fixed) == fixed


def extracting(text: str) -> None:
    """Whatever the markup, the text can be traced back to it."""
    _accounted(extract_html(text), text)


OTHER = "The council met on Friday and passed the budget by a narrow vote of the house."


def comparing(text: str) -> None:
    """A text against itself, against its first half and against another one, both ways round."""
    assert compare(text, text).relation == "duplicate"
    for other in (text[: len(text) // 2], OTHER):
        one, two = compare(text, other), compare(other, text)
        assert (one.relation, one.score, one.evidence) == (two.relation, two.score, two.evidence)
        assert sum(part.weight for part in one.evidence) == one.score
        assert 0 <= one.score <= 1


def _accounted(found: CleanText, text: str) -> None:
    assert found.restore() == text
    ends = [(change.start, change.end) for change in found.changes]
    assert all(start <= end for start, end in ends)
    assert all(end <= start for (_, end), (start, _) in pairwise(ends))


OF_TEXT: tuple[Callable[[str], None], ...] = (cleaning, repairing, extracting, comparing)
OF_BYTES: tuple[Callable[[bytes], None], ...] = (decoding,)


def probe(item: str | bytes) -> list[str]:
    """Every probe that takes such an input, by name; bytes are also read as a text, if they can be."""
    passed = []
    if isinstance(item, bytes):
        for check in OF_BYTES:
            check(item)
            passed.append(check.__name__)
        try:
            item = decode(item).text
        except DecodingError:
            return passed
    for examine in OF_TEXT:
        examine(item)
        passed.append(examine.__name__)
    return passed
