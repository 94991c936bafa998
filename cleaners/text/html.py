"""Markup to text and metadata: trafilatura finds the article, then the same steps as for plain text.

>>> page = "<html><head><title>Budget passed</title></head><body><article><p>{}</p></article></body></html>"
>>> found = extract_html(page.format("The council met on Friday and passed the budget for the year. " * 4))
>>> found.text[:29], found.title
('The council met on Friday and', 'Budget passed')
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from itertools import islice

from lxml.html import HtmlElement

from cleaners.documents import Change, CleanText
from cleaners.text.article import article_text, parsed
from cleaners.text.clean import GENTLE, CleanOptions, settled
from cleaners.text.dates import iso_date
from cleaners.text.declared import declared_metadata, is_brief
from cleaners.text.edits import Revision
from cleaners.text.furniture.lexicon import words_of
from cleaners.text.markup import plain_text, tracing_edits
from cleaners.text.metadata import Metadata, read_opening
from cleaners.text.metadata.headline import stems

_OPENING = 3000
"""Characters of an article whose words its title shares."""
_STAMP = 120
"""Characters of the longest line that is read for a date alone."""
_BEYOND = 4000
"""Characters of markup from the first paragraph of an article on that hold its first lines."""
_BRIEF = 8
"""Letters below which a part of a title says nothing."""
_PARAGRAPH = 100
"""Letters of a line that is a paragraph: captions, notices and entries of menus have fewer."""
_OPENINGS = 3
"""Paragraphs one of which shows where the article starts: an extractor writes rows of tables as no page shows them."""
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
    declared = declared_metadata(tree, url) if tree is not None else Metadata()
    shown = tree is not None and _shows(markup, tree, declared.title)
    extracted = (article_text(markup, tree) if tree is not None else None) or visible()
    draft = Revision.of(markup).revise("html", tracing_edits(markup, extracted))
    cleaned = settled(draft, options or CleanOptions())
    if tree is None:
        return cleaned
    title = declared.title if shown else None
    page = _top(markup, cleaned, declared.title)
    if not (title and declared.published and declared.byline):
        page = page or visible()
        title = title or shown_part(page, declared.title)
    seen = cache(lambda: read_opening(page, GENTLE))
    language = cleaned.language or declared.language
    return replace(
        cleaned,
        title=title
        or cleaned.title
        or seen().title
        or _far_above(page, visible, declared.title)
        or _speaking(declared.title, extracted, language or "en"),
        byline=_byline(declared.byline, page or markup, lambda: cleaned.byline or seen().byline),
        published=shown_date(page, declared.published) or cleaned.published or seen().published,
        publisher=declared.publisher or cleaned.publisher,
        language=language,
    )


def _far_above(page: str, visible: Callable[[], str], title: str | None) -> str | None:
    """The headline in all that is visible, where the lines above the article show none."""
    return None if page == visible() else shown_part(visible(), title) or read_opening(visible(), GENTLE).title


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


def _byline(declared: str | None, page: str, seen: Callable[[], str | None]) -> str | None:
    """The declared author; where the page does not show it, the one that readers see, and no bare account name.

    >>> _byline("Valley Herald", "By Jamie Rose", lambda: "Jamie Rose"), _byline("jrose", "May 3", lambda: None)
    ('Jamie Rose', None)
    """
    if declared and declared.casefold() in page.casefold():
        return declared
    return seen() or (declared if declared and len(declared.split()) > 1 else None)


def shown_part(page: str, title: str | None) -> str | None:
    """A declared title, or the part of it between dashes and bars, that a page shows above its article.

    >>> shown_part("Home\\nBudget passed\\nMay 3, 2024", "Valley Herald - All the news | Budget passed")
    'Budget passed'
    """
    lines = ["".join(line.split()).casefold() for line in page.split("\n")]
    return next((part for part, key in _parts(title or "") if any(key in line for line in lines)), None)


def _parts(title: str) -> Iterator[tuple[str, str]]:
    """A title and what stands between its dashes and bars, the longest first, each with its letters in small ones.

    >>> [part for part, _ in _parts("Herald - All the news | Budget passed by the council")]
    ['Herald - All the news | Budget passed by the council', 'Budget passed by the council', 'All the news']
    """
    for part in (title, *sorted(re.split(r"\s+(?:[|•·»«~:–—-]|::)\s+", title), key=len, reverse=True)):
        key = "".join(part.split()).casefold()
        if len(key) >= _BRIEF:
            yield part, key


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


def _top(markup: str, cleaned: CleanText, title: str | None) -> str:
    """What :func:`above_the_article` makes of a page; its markup is read as far as the article's first paragraphs."""
    paragraphs = _paragraphs(cleaned.text)
    reach = traced(cleaned.changes, paragraphs[-1].start()) + _BEYOND
    return above_the_article(plain_text(markup[:reach]), [line[0] for line in paragraphs], title)


def traced(changes: Iterable[Change], at: int) -> int:
    """Where in the decoded input the character stands that is at ``at`` in the clean text.

    >>> traced([Change("html", "markup", 0, 3, "<p>", ""), Change("html", "markup", 8, 12, "</p>", "")], 2)
    5
    """
    drift = 0
    for change in changes:
        if change.start - drift > at:
            break
        drift += change.end - change.start - len(change.after)
    return at + drift


def _paragraphs(article: str) -> list[re.Match[str]]:
    """The first lines of an article that are paragraphs by their length; its longest one where none is."""
    lines = list(re.finditer(r"[^\n]*", article))
    long = (line for line in lines if len(line[0]) - line[0].count(" ") >= _PARAGRAPH)
    return [*islice(long, _OPENINGS)] or [max(lines, key=lambda line: len(line[0]))]


def above_the_article(page: str, paragraphs: Sequence[str], title: str | None) -> str:
    """What a page shows from a little above its heading to the first lines of the article, a line for every block;
    nothing where the page has no line with the words of one of its paragraphs.

    Many pages tell their author and their date to readers alone, between the two.

    >>> above_the_article("Home\\nBudget passed\\nBy Ann Lee\\nThe council met.", ["The council met."], None)
    'Home\\nBudget passed\\nBy Ann Lee\\nThe council met.'
    """
    lines = page.split("\n")
    keys = ["".join(line.split()) for line in lines]
    bodies = ["".join(line.split())[:_KEY] for line in paragraphs]
    start = next((at for body in bodies for at, key in enumerate(keys) if body and body in key), None)
    if start is None:
        return ""
    above = {at: keys[at].casefold() for at in range(start, max(start - _FAR, -1), -1)}
    top = next((at for _, part in _parts(title or "") for at, key in above.items() if part in key), start - _NEAR)
    return "\n".join(lines[max(top - _ABOVE, 0) : start + _BELOW])


def _decoded(data: bytes) -> str:
    from cleaners.text.decoding import declared_charset, decode

    return decode(data, declared_charset(data)).text
