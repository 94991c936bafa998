"""One input -> its clean text, the same way for a run over a folder and for a single file."""

from __future__ import annotations

import logging
import sys
from dataclasses import replace
from typing import Any

from cleaners.documents import CleanText
from cleaners.text.clean import CleanOptions, clean
from cleaners.text.decoding import Decoded, decode
from cleaners.text.mojibake import fix_mojibake
from flows.inputs.documents import Input, declared_charset
from flows.inputs.given import host_of


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
        return decoded, _with_given(extract_html(decoded.text, item.url, options), item)
    decoded = decode(item.data, item.declared)
    return decoded, _with_given(clean(decoded.text, options), item)


def _with_given(found: CleanText, item: Input) -> CleanText:
    """A clean text with what was said of it elsewhere, which is trusted over what was found in it.

    The characters of names are mended as those of a text.  The site stands for a publisher that nobody names.
    """
    given: dict[str, Any] = {name: fix_mojibake(value) for name, value in item.given}
    publisher = given.pop("publisher", None) or found.publisher or host_of(item.url)
    return replace(found, **given, publisher=publisher)


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
