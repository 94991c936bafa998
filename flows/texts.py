"""One input -> its clean text, the same way for a run over a folder and for a single file."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from cleaners.documents import CleanText
from cleaners.text.clean import CleanOptions, clean, clean_all
from cleaners.text.decoding import Decoded, DecodingError, declared_charset, decode
from cleaners.text.mojibake import fix_mojibake
from flows.inputs.documents import Input
from flows.inputs.given import host_of

Cleaned = tuple[Decoded, CleanText]
"""How the bytes of an input were decoded, and the clean text of it."""


def clean_input(item: Input, options: CleanOptions | None = None) -> Cleaned:
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


def clean_inputs(items: Sequence[Input], options: CleanOptions | None = None) -> list[Cleaned | DecodingError]:
    """What :func:`clean_input` makes of each of some inputs, or the reason why it is no text; plain texts are cleaned
    together, which costs less.

    >>> [cleaned.text for _, cleaned in clean_inputs([Input("a", b"The council met.\\n"), Input("b", b"It passed.")])]
    ['The council met.', 'It passed.']
    """
    found: dict[int, Cleaned | DecodingError] = {}
    plain: dict[int, Decoded] = {}
    for at, item in enumerate(items):
        try:
            if item.kind == "html":
                found[at] = clean_input(item, options)
            else:
                plain[at] = decode(item.data, item.declared)
        except DecodingError as error:
            found[at] = error
    cleaned = clean_all([decoded.text for decoded in plain.values()], options)
    for (at, decoded), each in zip(plain.items(), cleaned, strict=True):
        found[at] = decoded, _with_given(each, items[at])
    return [found[at] for at in range(len(items))]


def _with_given(found: CleanText, item: Input) -> CleanText:
    """A clean text with what was said of it elsewhere, which is trusted over what was found in it.

    The characters of names are mended as those of a text.  The site stands for a publisher that nobody names.
    """
    given: dict[str, Any] = {name: fix_mojibake(value) for name, value in item.given}
    publisher = given.pop("publisher", None) or found.publisher or host_of(item.url)
    if not given and publisher == found.publisher:
        return found
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
