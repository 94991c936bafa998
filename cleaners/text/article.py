"""The article of a parsed page, by trafilatura.

Its fast extraction is asked first; the whole cascade, which weighs two more extractors against it, only where the
result looks deficient.  On 402 news pages that is one in eleven; the others come out as well without.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

from lxml import etree
from lxml.html import HtmlComment, HtmlElement

SHORT = 500
"""Characters below which an extraction is held to be deficient: of marked articles one in thirty is shorter."""

_SILENT = (
    "applet", "area", "aside", "audio", "base", "button", "canvas", "dialog", "embed", "footer", "head", "iframe",
    "img", "input", "link", "map", "math", "menu", "meta", "nav", "noscript", "object", "option", "picture", "script",
    "select", "source", "style", "svg", "template", "textarea", "video",
)  # fmt: skip
"""Elements that hold nothing of an article; out of the way first, as every later step goes over all that is left."""

_LINKS, _LINKED, _BRIEF = 3, 0.9, 25
"""The fewest links of a menu, the least share of its characters that they are, their characters at most, on average:
links to stories are longer, and those within an article stand in sentences."""
_LENGTH = etree.XPath("string-length(normalize-space())")
"""How many characters an element shows."""
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r")
_SLASHED_DOCTYPE = re.compile(r"\A\s*<!doctype[^<>]{0,300}/[^<>]{0,300}>", re.IGNORECASE)
_SLASHED_ROOT = re.compile(r"(<html[^<>]{0,1000}?)\s*/>", re.IGNORECASE)


@lru_cache(maxsize=1)
def _parser() -> etree.HTMLParser[Any]:
    """libxml2's parser of HTML without comments; every element is an ``HtmlElement``.

    lxml's own lookup calls Python for the class of every node that is touched, which takes a quarter of the time of an
    extraction.
    """
    parser: etree.HTMLParser[Any] = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, default_doctype=False, collect_ids=False
    )
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=HtmlElement, comment=HtmlComment))
    return parser


def parsed(markup: str) -> HtmlElement | None:
    """The tree of a page; None where there is none to be had.

    A document type or a root element that closes itself, as some systems write them, would leave an empty tree.

    >>> parsed("<html lang='de' /><p>Guten Tag</p></html>").findtext(".//p")
    'Guten Tag'
    >>> parsed("") is None
    True
    """
    beginning = _SLASHED_ROOT.sub(r"\1>", _SLASHED_DOCTYPE.sub("", markup[:4096]), count=1)
    try:
        tree = etree.fromstring(_bytes(beginning + markup[4096:]), parser=_parser())
    except (etree.LxmlError, ValueError):
        return None
    return tree if isinstance(tree, HtmlElement) else None


def _bytes(markup: str) -> bytes:
    """A page in UTF-8 without the characters that no parser of XML takes.

    >>> _bytes("Tom\\x00 &\\x1b\\ufffe Ann\\ud800\\n")
    b'Tom & Ann\\n'
    """
    data = markup.encode("utf-8", "ignore").translate(None, _CONTROLS)  # surrogates cannot be encoded
    return data.replace(b"\xef\xbf\xbe", b"").replace(b"\xef\xbf\xbf", b"")


def article_text(markup: str, tree: HtmlElement) -> str | None:
    """The article of a page as text, a line for every block; None where none is found.

    ``tree`` is the page's :func:`parsed` markup, of which what holds no article is taken out.

    >>> page = "<html><body><nav><a>Home</a></nav><p>{}</p></body></html>".format("The council met. " * 40)
    >>> article_text(page, parsed(page))[:16]
    'The council met.'
    """
    etree.strip_elements(tree, *_SILENT, with_tail=False)
    _take_out_menus(tree)
    fast = _extracted(tree, fast=True)
    if fast is not None and not _deficient(fast):
        return str(fast.text)
    found = _extracted(tree, precision=True) or fast or _extracted(parsed(markup))
    return str(found.text or "") or None if found is not None else None


def _take_out_menus(tree: HtmlElement) -> None:
    """Lists, tables and their rows that are links and nothing else, and brief ones, go.

    Extraction tests every element that is left against dozens of patterns: without menus it takes a quarter less time,
    and F1 is the same.

    >>> page = parsed("<p>The council met.</p><ul><li><a>Home</a><li><a>News</a><li><a>Sport</a></ul>")
    >>> _take_out_menus(page)
    >>> page.text_content()
    'The council met.'
    """
    shown = {link: _LENGTH(link) for link in tree.iter("a")}
    for element in list(tree.iter("ul", "ol", "table", "tr")):
        links = [shown[link] for link in element.iter("a")]
        if len(links) < _LINKS or sum(links) > _BRIEF * len(links) or element.getparent() is None:
            continue
        if sum(links) + len(links) >= _LINKED * _LENGTH(element):
            element.drop_tree()


def _deficient(found: Any) -> bool:
    """Is an extraction short, without paragraphs, or more tables than paragraphs?"""
    paragraphs = found.body.findall(".//p")
    return (
        len(found.text) < SHORT
        or len(found.body.findall(".//table")) > len(paragraphs)
        or not any("".join(paragraph.itertext()).strip() for paragraph in paragraphs)
    )


def _extracted(tree: HtmlElement | None, fast: bool = False, precision: bool = False) -> Any:
    """What trafilatura makes of a page, which it leaves as it is; None where it stumbles over the markup."""
    import trafilatura

    try:
        return trafilatura.bare_extraction(tree, options=_settings(fast, precision))
    except (ValueError, AttributeError, TypeError, LookupError, RecursionError):
        return None


@cache
def _settings(fast: bool, precision: bool) -> Any:
    """The settings of an extraction; it does not change them, and making them takes as long as a small page."""
    from trafilatura.settings import Extractor

    return Extractor(output_format="python", comments=False, fast=fast, precision=precision)
