"""Markup to text and metadata: trafilatura finds the article, then the same steps as for plain text.

>>> page = "<html><head><title>Budget passed</title></head><body><article><p>{}</p></article></body></html>"
>>> found = extract_html(page.format("The council met on Friday and passed the budget for the year. " * 4))
>>> found.text[:29], found.title
('The council met on Friday and', 'Budget passed')
"""

from __future__ import annotations

import re
from dataclasses import replace

from cleaners.documents import CleanText
from cleaners.text.article import article_text, parsed
from cleaners.text.clean import CleanOptions, settled
from cleaners.text.declared import declared_metadata
from cleaners.text.edits import Revision
from cleaners.text.markup import plain_text, tracing_edits

_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)


def extract_html(html: str | bytes, url: str | None = None, options: CleanOptions | None = None) -> CleanText:
    """The article of a page, what the page says of itself, and the account of every change to the markup.

    Bytes are decoded as the page declares.  Where trafilatura finds no article the whole visible text goes the way of
    plain text.  Raises :class:`~cleaners.text.decoding.DecodingError` for bytes that are no text.
    """
    markup = html if isinstance(html, str) else _decoded(html)
    tree = parsed(markup)
    extracted = (article_text(tree, url) if tree is not None else None) or plain_text(markup)
    draft = Revision.of(markup).revise("html", tracing_edits(markup, extracted))
    cleaned = settled(draft, options or CleanOptions())
    if tree is None:
        return cleaned
    declared = declared_metadata(tree, url)
    return replace(
        cleaned,
        title=declared.title or cleaned.title,
        byline=declared.byline or cleaned.byline,
        published=declared.published or cleaned.published,
        publisher=declared.publisher or cleaned.publisher,
        language=cleaned.language or declared.language,
    )


def _decoded(data: bytes) -> str:
    from cleaners.text.decoding import decode

    declared = _CHARSET.search(data[:4096])
    return decode(data, declared.group(1).decode("ascii") if declared else None).text
