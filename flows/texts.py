"""One input -> its clean text, the same way for a run over a folder and for a single file."""

from __future__ import annotations

import logging
import sys

from cleaners.documents import CleanText
from cleaners.text.clean import CleanOptions, clean
from cleaners.text.decoding import Decoded, decode
from flows.inputs.documents import Input, declared_charset


def clean_input(item: Input, options: CleanOptions | None = None) -> tuple[Decoded, CleanText]:
    """How the bytes of an input were decoded, and the clean text of it.

    Raises :class:`~cleaners.text.decoding.DecodingError` for bytes that are no text.

    >>> decoded, cleaned = clean_input(Input("a.txt", b"The council met.\\r\\n"))
    >>> decoded.encoding, cleaned.text
    ('utf-8', 'The council met.')
    """
    if item.kind == "html":
        from cleaners.text.html import extract_html

        _silence()
        decoded = decode(item.data, item.declared or declared_charset(item.data))
        return decoded, extract_html(decoded.text, item.url, options)
    decoded = decode(item.data, item.declared)
    return decoded, clean(decoded.text, options)


def forget_pages() -> None:
    """Empty trafilatura's caches, if it was used: they grow, and results must not depend on what came before."""
    if "trafilatura" in sys.modules:
        from trafilatura.meta import reset_caches

        reset_caches()


def _silence() -> None:
    """Keep off the terminal what libraries log about single pages, unless somebody has asked for their logs."""
    for name in ("trafilatura", "htmldate", "courlan", "charset_normalizer"):
        if not logging.getLogger(name).handlers:
            logging.getLogger(name).addHandler(logging.NullHandler())
