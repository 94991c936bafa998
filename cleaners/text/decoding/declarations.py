"""What a header or the markup declares, where it fits the bytes."""

from __future__ import annotations

import re

from cleaners.text.decoding.detection import MULTIBYTE, candidates, cost_as, sample_of
from cleaners.text.decoding.labels import named
from cleaners.text.decoding.outcomes import Decoded, strictly

CONVINCING = 1.5
"""Nats for each byte beyond ASCII by which a detected text must be better than the declared one to stand for it."""

WITHIN = 4096
"""Bytes in which a page may declare its charset.  The HTML standard asks for the first 1,024 of them; browsers find
what stands later, too."""

_DECLARATION = re.compile(
    rb"""<(?:meta\s[^>]{0,200}?charset|\?xml\s[^>]{0,100}?encoding)\s*=\s*["']?\s*([A-Za-z][\w.:-]{1,40})""",
    re.IGNORECASE,
)


def declared_charset(page: bytes) -> str | None:
    """The charset that a page declares for itself, in ``<meta charset=...>``, in ``<meta ... content="...;
    charset=...">``, or in the XML declaration.

    >>> declared_charset(b'<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">')
    'windows-1251'
    """
    found = _DECLARATION.search(page[:WITHIN])
    return found[1].decode("ascii") if found else None


def by_declaration(data: bytes, declared: str | None) -> Decoded | None:
    """The declared charset, unless it does not fit or what is detected makes far more sense: servers often err."""
    encoding = named(declared) if declared else None
    text = strictly(data, encoding) if encoding else None
    if encoding is None or text is None:
        return None
    sample = sample_of(data)
    rival = next(candidates(sample), None)
    if rival is not None and rival != encoding and not ({rival, encoding} & MULTIBYTE):
        high = sum(byte > 0x7F for byte in sample)
        if cost_as(sample, encoding) - cost_as(sample, rival) > CONVINCING * high:
            return None
    return Decoded(text, encoding, "declared")
