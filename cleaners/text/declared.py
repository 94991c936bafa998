"""What a page says of itself: JSON-LD, ``<meta>`` elements, and the markup of its heading, byline and date.

>>> from cleaners.text.article import parsed
>>> page = '''<html lang="en-GB"><title>Budget passed | Valley Herald</title><h1>Budget passed</h1>
... <meta property="og:site_name" content="Valley Herald"><time datetime="2024-05-03T10:00">May 3</time>'''
>>> declared_metadata(parsed(page))
Metadata(title='Budget passed', byline=None, published='2024-05-03', publisher='Valley Herald', language='en')
"""

from __future__ import annotations

import datetime
import html
import itertools
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from lxml.html import HtmlElement

from cleaners.text.dates import iso_date
from cleaners.text.furniture.lexicon import words_of
from cleaners.text.metadata import Metadata
from cleaners.text.metadata.names import declared_names

_ARTICLES = re.compile(r"Article|Posting|Report|Review|Interview|Analysis|WebPage$", re.IGNORECASE)
_DEPTH = 6
"""How deep the objects of JSON-LD are looked through: pages nest an article in a graph in a list, and no deeper."""
_TITLES = ("og:title", "twitter:title", "headline", "dc.title", "dcterms.title", "parsely-title", "sailthru.title")
_AUTHORS = (
    "author", "article:author", "og:article:author", "parsely-author", "sailthru.author", "byl", "citation_author",
    "dc.creator", "dcterms.creator", "cxenseparse:author", "article:author_name", "authors",
)  # fmt: skip
_DATES = (
    "article:published_time", "og:article:published_time", "datepublished", "parsely-pub-date", "sailthru.date",
    "pubdate", "publishdate", "publish-date", "publish_date", "dc.date.issued", "dcterms.issued", "dcterms.created",
    "dc.date", "dcterms.date", "citation_publication_date", "article.published", "cxenseparse:recs:publishtime",
    "ptime", "date",
)  # fmt: skip
_PUBLISHERS = ("og:site_name", "application-name", "dc.publisher", "article:publisher", "publisher", "copyright")
_ISO = re.compile(r"\A\s*((?:19|20)\d\d)-?(\d\d)-?(\d\d)(?!\d)")
_IN_ADDRESS = re.compile(r"/((?:19|20)\d\d)[/-](\d\d?)[/-](\d\d?)(?:[/-]|\Z)")
_SUFFIX = re.compile(r"\s+(?:[|•·»«~:–—-]|::|\|\|)\s+")
_FEW = 4
_LONGEST_SITE = 4
"""Words of the longest name of a site or a section; what stands behind a dash and is longer belongs to the title."""
_SIGNED = ("a", "span", "p", "div", "address", "li", "em", "strong", "b", "td")
_NAME_MARKS = ("class", "id", "rel", "itemprop")
_DATED = ("span", "p", "div", "abbr", "li", "em")
_DATE_MARKS = ("class", "id", "itemprop")
_LONGEST_MARK = 400
_BYLINE = re.compile(r"(?:^|[\s_-])(?:byline|author)(?:[\s_-]|$|name|link)", re.IGNORECASE)
_STAMP = re.compile(r"publish|posted|pubdate|post-date|entry-date|article-date|dateline|timestamp", re.IGNORECASE)


def declared_metadata(tree: HtmlElement, url: str | None = None) -> Metadata:
    """The metadata that a page declares; what it does not is ``None``.  ``url`` is where it was found, if known."""
    described = _scripts(tree)
    objects = sorted((item for item in described if _is_article(item)), key=_is_page)
    people = {item["@id"]: item for item in described if isinstance(item.get("@id"), str) and item.get("name")}
    objects = [_resolved(item, people) for item in objects]
    tags = _tags(tree)
    publisher = next(_publishers(objects, tags), None)
    return Metadata(
        _title(tree, objects, tags, publisher),
        next(_bylines(tree, objects, tags, publisher), None),
        next(_dates(tree, objects, tags, url), None),
        publisher,
        _language(tree, tags),
    )


def _scripts(tree: HtmlElement) -> list[dict[str, Any]]:
    """The objects that a page describes in JSON-LD."""
    found: list[dict[str, Any]] = []
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "").lower() and script.text:
            try:
                found += _described(json.loads(_stripped(script.text), strict=False), _DEPTH)
            except (ValueError, RecursionError):
                continue
    return found


def _resolved(item: dict[str, Any], people: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """An article with its authors in place of references to them elsewhere in the graph."""
    if not item.get("author"):
        return item
    authors = _listed(item["author"])
    bare = [one.get("@id") if isinstance(one, dict) and not one.get("name") else None for one in authors]
    return {**item, "author": [people.get(str(key), one) for key, one in zip(bare, authors, strict=True)]}


def _stripped(script: str) -> str:
    """JSON without the comment marks of HTML and JavaScript that some systems put around it."""
    return re.sub(r"\A[^\[{]{0,40}(?=[\[{])|(?<=[\]}])[^\]}]{0,40}\Z", "", script.strip())


def _described(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        for item in value[:100]:
            yield from _described(item, depth - 1) if depth else ()
    elif isinstance(value, dict):
        yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _described(value.get(key), depth - 1) if depth else ()


def _is_article(item: dict[str, Any]) -> bool:
    return any(_ARTICLES.search(str(kind)) for kind in _listed(item.get("@type")))


def _is_page(item: dict[str, Any]) -> bool:
    return all(str(kind).endswith("WebPage") for kind in _listed(item.get("@type")))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _tags(tree: HtmlElement) -> dict[str, list[str]]:
    """The contents of ``<meta>`` elements by their name, property or itemprop."""
    found: dict[str, list[str]] = {}
    for tag in tree.iter("meta"):
        name = tag.get("property") or tag.get("name") or tag.get("itemprop")
        content = _plain(tag.get("content") or "")
        if name and content:
            found.setdefault(name.strip().lower(), []).append(content)
    return found


def _first(tags: dict[str, list[str]], names: Iterable[str]) -> Iterator[str]:
    for name in names:
        yield from tags.get(name, ())


def _plain(text: Any) -> str:
    """A value on one line, its entities read and its tags taken out."""
    if not isinstance(text, str):
        return ""
    return " ".join(re.sub(r"<[^<>]{0,300}>", " ", html.unescape(text[:2000])).split())


def _shown(element: HtmlElement) -> str:
    return " ".join(" ".join(element.itertext()).split())


def _publishers(objects: list[dict[str, Any]], tags: dict[str, list[str]]) -> Iterator[str]:
    names = [_plain(holder.get("name")) for item in objects for holder in _holders(item.get("publisher"))]
    for name in (*_first(tags, _PUBLISHERS[:1]), *names, *_first(tags, _PUBLISHERS[1:])):
        if name and len(name) <= 80 and "://" not in name and "©" not in name:
            yield name


def _holders(value: Any) -> list[dict[str, Any]]:
    return [item for item in _listed(value) if isinstance(item, dict)]


def _title(
    tree: HtmlElement, objects: list[dict[str, Any]], tags: dict[str, list[str]], publisher: str | None
) -> str | None:
    """The heading of the page that what it declares stands in; else what it declares, without the site's name."""
    declared = [_plain(item.get("headline")) for item in objects]
    declared += _first(tags, _TITLES)
    titled = not any(declared)
    declared += [_shown(title) for title in tree.iter("title")][:1]
    bare = [_without_site(title, publisher) for title in declared if title]
    headings = [_shown(heading) for heading in tree.iter("h1", "h2")]
    for title in bare:
        for heading in headings:
            if _says(heading, title):
                return heading
    first = next((_shown(heading) for heading in tree.iter("h1")), "")
    if bare and not (titled and is_brief(bare[0]) and not is_brief(first)):
        return bare[0]
    return first or None


def is_brief(title: str) -> bool:
    """Has a title so few words that it may be the name of a site or a section?

    >>> is_brief("Valley Herald"), is_brief("Council passes its budget")
    (True, False)
    """
    return len(words_of(title)) < _FEW


def _says(heading: str, title: str) -> bool:
    """Are a heading and a declared title the same, give or take a few words?"""
    words, others = set(words_of(heading)), set(words_of(title))
    shared = len(words & others)
    return 5 * shared >= 4 * max(len(words), 1) and 2 * shared >= len(others)


def _without_site(title: str, publisher: str | None) -> str:
    """A title without the name of the site in front of it or behind it.

    >>> _without_site("Budget passed for the year - Politics | Valley Herald", None)
    'Budget passed for the year'
    """
    site = words_of(publisher or "")
    while marks := list(_SUFFIX.finditer(title)):
        first, last = title[: marks[0].start()], title[marks[-1].end() :]
        if site and words_of(first) == site:
            title = title[marks[0].end() :]
        elif words_of(last) == site or (len(last) < len(first) and len(last.split()) <= _LONGEST_SITE):
            title = title[: marks[-1].start()]
        else:
            break
    return title


def _bylines(
    tree: HtmlElement, objects: list[dict[str, Any]], tags: dict[str, list[str]], publisher: str | None
) -> Iterator[str]:
    """Authors: of the article in JSON-LD, of ``<meta>``, of elements marked as such."""
    site = "".join(words_of(publisher or ""))
    for names in _named(tree, objects, tags):
        kept = [name for name in dict.fromkeys(names) if name and not _is_site(name, site)]
        if kept:
            yield "; ".join(kept)


def _is_site(name: str, site: str) -> bool:
    """Is a name that of the site, give or take its ending?

    >>> _is_site("The Herald", "herald"), _is_site("Herald", "heraldcom"), _is_site("Ann Lee", "herald")
    (True, True, False)
    """
    bare = "".join(words_of(name)).removeprefix("the")
    return bool(site) and (bare.startswith(site.removeprefix("the")) or site.removeprefix("the").startswith(bare))


def _named(tree: HtmlElement, objects: list[dict[str, Any]], tags: dict[str, list[str]]) -> Iterator[list[str]]:
    for item in objects:
        if not _is_page(item):
            authors = _listed(item.get("author") or item.get("creator"))
            yield [
                declared_names(_plain(one.get("name") if isinstance(one, dict) else one)) or "" for one in authors[:20]
            ]
    for name in _AUTHORS:
        yield [declared_names(text) or "" for text in tags.get(name, ())[:20]]
    for element in _marked(tree.iter(*_SIGNED), _NAME_MARKS, _says_author):
        text = _shown(element)
        if 3 <= len(text) <= 120:
            yield [declared_names(text) or ""]


def _marked(
    elements: Iterable[HtmlElement], attributes: Sequence[str], says: Callable[[str], bool]
) -> Iterator[HtmlElement]:
    """Those of some elements of which an attribute says something, in order."""
    for element in elements:
        for name in attributes:
            mark = element.get(name)
            if mark and says(mark[:_LONGEST_MARK]):
                yield element
                break


@lru_cache(4096)
def _says_author(mark: str) -> bool:
    return bool(_BYLINE.search(mark))


@lru_cache(4096)
def _says_published(mark: str) -> bool:
    return bool(_STAMP.search(mark))


def _dates(
    tree: HtmlElement, objects: list[dict[str, Any]], tags: dict[str, list[str]], url: str | None
) -> Iterator[str]:
    """Dates of publication, the surest first; when a page was changed is nowhere taken for it."""
    said = [str(item.get("datePublished") or "") for item in objects]
    marked = (element.get("datetime") or element.get("content") or _shown(element) for element in _stamped(tree))
    for text in itertools.chain(said, _first(tags, _DATES), marked):
        if date := _date(text):
            yield date
    for address in (url, *tags.get("og:url", ()), *_canonical(tree)):
        if match := _IN_ADDRESS.search(address or ""):
            yield from _valid(*match.groups())


def _date(text: str) -> str | None:
    """The date that a value begins with, or the only one that it can be read as."""
    if match := _ISO.match(text):
        return next(_valid(*match.groups()), None)
    return iso_date(text) if len(text) <= 80 else None


def _valid(year: str, month: str, day: str) -> Iterator[str]:
    """The date, where the calendar has it and it is not the zero of a computer's clock, east or west of Greenwich."""
    try:
        date = datetime.date(int(year), int(month), int(day))
    except ValueError:
        return
    if date not in (datetime.date(1970, 1, 1), datetime.date(1969, 12, 31)):
        yield date.isoformat()


def _stamped(tree: HtmlElement) -> Iterator[HtmlElement]:
    """Elements marked as the date of publication, and then the first time of all."""
    times = list(tree.iter("time"))
    marked = [*times, *_marked(tree.iter(*_DATED), _DATE_MARKS, _says_published)]
    yield from (one for one in marked if one.get("itemprop") == "datePublished" or "pubdate" in one.attrib)
    yield from _marked(marked, _DATE_MARKS, _says_published)
    yield from times[:1]


def _canonical(tree: HtmlElement) -> Iterator[str]:
    return (link.get("href") or "" for link in tree.iter("link") if link.get("rel") == "canonical")


def _language(tree: HtmlElement, tags: dict[str, list[str]]) -> str | None:
    """The language by the root element, else by a tag, as an ISO 639-1 code."""
    for code in (tree.get("lang") or "", *_first(tags, ("og:locale", "content-language", "language"))):
        if match := re.match(r"([a-z]{2})(?:[_-]|\Z)", code.strip().lower()):
            return match[1]
    return None
