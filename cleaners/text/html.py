"""Markup to text and metadata: trafilatura finds the article, then the same steps as for plain text.

>>> page = "<html><head><title>Budget passed</title></head><body><article><p>{}</p></article></body></html>"
>>> found = extract_html(page.format("The council met on Friday and passed the budget for the year. " * 4))
>>> found.text[:29], found.title
('The council met on Friday and', 'Budget passed')
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

from lxml.html import HtmlElement

from cleaners.documents import CleanText
from cleaners.text.article import article_text, parsed
from cleaners.text.clean import GENTLE, CleanOptions, settled
from cleaners.text.dates import iso_date
from cleaners.text.declared import declared_metadata, is_brief
from cleaners.text.edits import Edit, Revision
from cleaners.text.furniture.lexicon import words_of
from cleaners.text.markup import plain_text, tracing_edits
from cleaners.text.metadata import Metadata, read_metadata
from cleaners.text.metadata.headline import stems

_OPENING = 3000
"""Characters of an article whose words its title shares."""
_STAMP = 120
"""Characters of the longest line that is read for a date alone."""
_BEYOND = 4000
"""Characters of markup behind the first words of an article that hold its first lines."""
_BRIEF = 8
"""Letters below which a part of a title says nothing."""
_KEY = 40
"""Letters of a line that tell it from others."""
_FAR, _NEAR, _ABOVE, _BELOW = 40, 8, 3, 8
"""Lines between a heading and the article, at most; lines looked at where there is none; lines above the heading; lines
from the article's first one on: a summary may come before the byline and the date."""


def extract_html(html: str | bytes, url: str | None = None, options: CleanOptions | None = None) -> CleanText:
    """The article of a page, what the page says of itself, and the account of every change to the markup.

    Bytes are decoded as the page declares.  Where trafilatura finds no article the whole visible text goes the way of
    plain text.  Raises :class:`~cleaners.text.decoding.DecodingError` for bytes that are no text.
    """
    markup = html if isinstance(html, str) else _decoded(html)
    tree = parsed(markup)
    visible = cache(lambda: plain_text(markup))
    extracted = (article_text(tree, url) if tree is not None else None) or visible()
    edits = tracing_edits(markup, extracted)
    draft = Revision.of(markup).revise("html", edits)
    cleaned = settled(draft, options or CleanOptions())
    if tree is None:
        return cleaned
    declared = declared_metadata(tree, url)
    title = declared.title if _shows(markup, tree, declared.title) else None
    seen = Metadata()
    page = _top(markup, visible, edits, extracted, declared.title)
    if not (title and declared.published and declared.byline):
        page = page or visible()
        title = title or shown_part(page, declared.title)
        seen = read_metadata(page, GENTLE)
    language = cleaned.language or declared.language
    return replace(
        cleaned,
        title=title or cleaned.title or seen.title or _speaking(declared.title, extracted, language or "en"),
        byline=_byline(declared.byline, page or markup, cleaned.byline or seen.byline),
        published=shown_date(page, declared.published) or cleaned.published or seen.published,
        publisher=declared.publisher or cleaned.publisher,
        language=language,
    )


def _shows(markup: str, tree: HtmlElement, title: str | None) -> bool:
    """Does a page show its declared title to readers too, a brief one as a heading?"""
    if not title or is_brief(title):
        return any("".join(heading.itertext()).strip() == title for heading in tree.iter("h1", "h2", "h3"))
    return title in markup[max(markup.find("<body"), markup.find("</head>"), 0) :]


def _speaking(title: str | None, article: str, language: str) -> str | None:
    """A title that nothing else on the page confirms, if it has a word of the article; all of them if it is brief.

    >>> _speaking("Council passes budget", "The budget was passed by the council.", "en")
    'Council passes budget'
    >>> _speaking("Europe", "The council of Arden passed the budget.", "en")
    """
    said = {*stems(words_of(article[:_OPENING]), language)}
    shared = [stem in said for stem in stems(words_of(title or ""), language)]
    return title if any(shared) and (all(shared) or not is_brief(str(title))) else None


def _byline(declared: str | None, page: str, seen: str | None) -> str | None:
    """The declared author; where the page does not show it, the one that readers see, and no bare account name.

    >>> _byline("Valley Herald", "By Jamie Rose", "Jamie Rose"), _byline("jrose", "May 3", None)
    ('Jamie Rose', None)
    """
    if not declared or declared.casefold() in page.casefold():
        return declared or seen
    return seen or (declared if len(declared.split()) > 1 else None)


def shown_part(page: str, title: str | None) -> str | None:
    """A declared title, or the part of it between dashes and bars, that a page shows above its article.

    >>> shown_part("Home\\nBudget passed\\nMay 3, 2024", "Valley Herald - All the news | Budget passed")
    'Budget passed'
    """
    lines = ["".join(line.split()).casefold() for line in page.split("\n")]
    parts = (title or "", *sorted(re.split(r"\s+(?:[|•·»«~:–—-]|::)\s+", title or ""), key=len, reverse=True))
    for part in parts:
        key = "".join(part.split()).casefold()
        if len(key) >= _BRIEF and any(key in line for line in lines):
            return part
    return None


def shown_date(page: str, declared: str | None) -> str | None:
    """The declared date, or the one a page shows above its article where that is the day before or after.

    Systems declare in UTC, or in the time of their servers, what they show in the time of their readers.

    >>> shown_date("Nov 18, 2019, 8:15 pm CST", "2019-11-19"), shown_date("Nov 12, 2019", "2019-11-19")
    ('2019-11-18', '2019-11-19')
    """
    if not declared or not page:
        return declared
    day = date.fromisoformat(declared[:10])
    beside = {(day + timedelta(days=days)).isoformat() for days in (-1, 1)}
    shown = [found for line in page.split("\n") if len(line) <= _STAMP and (found := iso_date(line))]
    return next((found for found in shown if found in beside), declared) if declared[:10] not in shown else declared


def _top(markup: str, visible: Callable[[], str], edits: Sequence[Edit], extracted: str, title: str | None) -> str:
    """What :func:`above_the_article` makes of a page; its markup is read as far as the article's first lines if need
    be, and all that is visible where they are not found there."""
    begins = edits[0].end if edits and edits[0].start == 0 else 0
    return above_the_article(plain_text(markup[: begins + _BEYOND]), extracted, title) or above_the_article(
        visible(), extracted, title
    )


def above_the_article(page: str, extracted: str, title: str | None) -> str:
    """What a page shows from a little above its heading to the first lines of the article, a line for every block.

    Many pages tell their author and their date to readers alone, between the two.

    >>> above_the_article("Home\\nBudget passed\\nBy Ann Lee\\nThe council met.", "The council met.", None)
    'Home\\nBudget passed\\nBy Ann Lee\\nThe council met.'
    """
    lines = page.split("\n")
    keys = ["".join(line.split()) for line in lines]
    wanted = ["".join(line.split())[:_KEY] for line in extracted.split("\n")]
    body = next((key for key in wanted if len(key) == _KEY), max(wanted, key=len, default=""))
    start = next((at for at, key in enumerate(keys) if body and body in key), None)
    if start is None:
        return ""
    heading = "".join((title or "").split())
    top = next((at for at in range(start, max(start - _FAR, -1), -1) if heading and heading in keys[at]), start - _NEAR)
    return "\n".join(lines[max(top - _ABOVE, 0) : start + _BELOW])


def _decoded(data: bytes) -> str:
    from cleaners.text.decoding import declared_charset, decode

    return decode(data, declared_charset(data)).text
