"""What pages say of themselves: where it is read from, what is believed, and that nothing is made up."""

from __future__ import annotations

import pytest

from cleaners.text.article import article_text, parsed
from cleaners.text.declared import declared_metadata

CASES = {
    "JSON-LD in a graph": (
        """<script type="application/ld+json">{"@graph": [{"@type": "WebSite", "name": "Valley Herald"},
        {"@type": ["NewsArticle"], "headline": "Budget &amp; bridge",
        "author": [{"name": "Ann Lee"}, {"name": "Bo Ek"}],
        "datePublished": "2024-05-03T23:30:00-05:00", "dateModified": "2024-06-01",
        "publisher": {"name": "Valley Herald"}}]}</script>""",
        ("Budget & bridge", "Ann Lee; Bo Ek", "2024-05-03", "Valley Herald"),
    ),
    "an author by reference to the graph": (
        """<script type="application/ld+json">{"@graph": [{"@type": "NewsArticle", "headline": "Budget passed at last",
        "author": {"@id": "#ann"}}, {"@type": "Person", "@id": "#ann", "name": "Ann Lee"}]}</script>""",
        ("Budget passed at last", "Ann Lee", None, None),
    ),
    "a reference to nobody": (
        """<script type="application/ld+json">{"@type": "NewsArticle", "author": [{"@id": "#ann"}, null, "Bo Ek", 7]}
        </script>""",
        (None, "Bo Ek", None, None),
    ),
    "a title that is the site's name, and a heading that is the headline": (
        "<title>Valley Herald</title><h2>Menu</h2><h1>Council passes its budget</h1>",
        ("Council passes its budget", None, None, None),
    ),
    "a brief title of the article itself": (
        '<meta property="og:title" content="Budget passed"><h1>All the news of the valley</h1>',
        ("Budget passed", None, None, None),
    ),
    "JSON-LD that is broken": (
        '<script type="application/ld+json">{"@type": "NewsArticle", "headline": }</script><h1>Budget passed</h1>',
        ("Budget passed", None, None, None),
    ),
    "JSON-LD nested without end": (
        f'<script type="application/ld+json">{"[" * 50_000}</script><h1>Budget passed</h1>',
        ("Budget passed", None, None, None),
    ),
    "JSON-LD of another kind": (
        '<script type="application/ld+json">{"@type": "Organization", "name": "Inc"}</script>',
        (None, None, None, None),
    ),
    "meta elements": (
        """<title>Budget passed | Valley Herald</title><meta name="author" content="By Ann Lee, Political Editor">
        <meta property="article:published_time" content="20240503T100000Z">
        <meta property="og:site_name" content="Valley Herald">""",
        ("Budget passed", "Ann Lee", "2024-05-03", "Valley Herald"),
    ),
    "an author that is the site, then one that is an address, then a name": (
        """<meta name="author" content="Valley Herald"><meta property="og:site_name" content="Valley Herald">
        <meta property="article:author" content="https://example.org/ann"><span class="byline">by Ann Lee</span>""",
        (None, "Ann Lee", None, "Valley Herald"),
    ),
    "the heading says the title better": (
        '<meta property="og:title" content="BUDGET PASSED AT LAST"><h1>Budget passed at last</h1><h1>Herald</h1>',
        ("Budget passed at last", None, None, None),
    ),
    "marked times": (
        '<time class="updated" datetime="2024-06-01">June</time><time itemprop="datePublished" datetime="2024-05-03">',
        (None, None, "2024-05-03", None),
    ),
    "a date in the address": (
        '<link rel="canonical" href="https://example.org/2024/5/3/budget"><p>2019</p>',
        (None, None, "2024-05-03", None),
    ),
    "the zero of the clock is no date": (
        '<meta property="article:published_time" content="1970-01-01T00:00:00Z">',
        (None, None, None, None),
    ),
    "what was published before computers had clocks": (
        '<meta property="article:published_time" content="1969-07-21">',
        (None, None, "1969-07-21", None),
    ),
    "no day of the calendar": ('<meta name="date" content="2024-02-31">', (None, None, None, None)),
    "when it was changed is not when it was published": (
        '<meta property="article:modified_time" content="2024-05-03">',
        (None, None, None, None),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_declared(name: str) -> None:
    head, expected = CASES[name]
    tree = parsed(f"<html><head></head><body>{head}</body></html>")
    assert tree is not None
    found = declared_metadata(tree)
    assert (found.title, found.byline, found.published, found.publisher) == expected


ROW = "<td><a href=/a>Home</a><td><a href=/b>News</a><td><a href=/c>Sport</a>"
MENUS = {
    "a list of brief links goes": ("<ul><li><a>Home</a><li><a>News</a><li><a>Sport</a></ul> went", " went"),
    "a row of a layout table goes": (f"<table><tr>{ROW}<tr><td>The council met.</table>", "The council met."),
    "a table in a table goes": (f"<table><tr><td><table><tr>{ROW}</table><td>They met.</table>", "They met."),
    "two links are no menu": ("<ul><li><a>Home</a><li><a>News</a></ul>", "HomeNews"),
    "links with a word beside each stay": (
        "<ol><li><a>Ann</a>, mayor<li><a>Tom</a>, clerk<li><a>Kim</a>, judge</ol>",
        "Ann, mayorTom, clerkKim, judge",
    ),
    "links to stories stay": (f"<ul>{'<li><a>Council passes its budget for the year</a>' * 3}</ul>", "Council"),
    "a paragraph with links stays": ("<p><a>Arden</a> <a>Bree</a> <a>Combe</a></p>", "Arden Bree Combe"),
}


@pytest.mark.parametrize("name", MENUS)
def test_menus_go_before_extraction(name: str) -> None:
    markup, left = MENUS[name]
    tree = parsed(f"<html><body>{markup}</body></html>")
    assert tree is not None
    article_text(markup, tree)
    assert tree.text_content().startswith(left)
    assert ("Home" in tree.text_content()) == ("Home" in left)


@pytest.mark.parametrize("markup", ["<div>" * 20_000 + "<p>Deep.", "<b>" * 20_000, "<table><tr><td>" * 9_000])
def test_pages_without_an_article(markup: str) -> None:
    tree = parsed(markup)
    assert tree is not None
    assert article_text(markup, tree) is None
