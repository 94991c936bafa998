"""Markup to text and metadata, by trafilatura, into the same steps as plain text."""

from __future__ import annotations

from cleaners.documents import Change, CleanText
from cleaners.text.clean import CleanOptions, clean


def extract_html(html: str | bytes, url: str | None = None, options: CleanOptions | None = None) -> CleanText:
    """The article of a page, its metadata and the account of every change."""
    import trafilatura

    markup = html.decode("utf-8", "replace") if isinstance(html, bytes) else html
    found = trafilatura.bare_extraction(markup, url=url, include_comments=False, with_metadata=True)
    if found is None or not found.text:
        return clean(markup, options)
    inner = clean(found.text, options)
    change = Change("html", "markup", 0, len(markup), markup, inner.text)
    return CleanText(
        inner.text,
        found.title or inner.title,
        found.author or inner.byline,
        found.date or inner.published,
        found.sitename or inner.publisher,
        found.language or inner.language,
        (change,),
    )
