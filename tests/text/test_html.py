"""Pages: the article and its metadata come out, and the markup can be rebuilt from the account."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners import clean, extract_html
from cleaners.text.edits import Revision
from cleaners.text.markup import plain_text, tracing_edits

PARAGRAPH = "The council met on Friday and passed the budget for the coming year, Smith &amp; Sons said. "
PAGE = f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Budget passed</title>
<meta property="og:site_name" content="Valley Herald"><meta name="author" content="Ann Lee">
<meta property="article:published_time" content="2024-05-03T10:00:00Z"><script>var x = "<p>no</p>";</script></head>
<body><nav><a href="/">Home</a> <a href="/news">News</a></nav>
<article><h1>Budget passed</h1><p>{PARAGRAPH * 3}</p><p>It was <b>a long</b> night for the mayor.&nbsp;{PARAGRAPH}</p>
<p>Share this article</p></article><footer>© 2024 Valley Herald</footer></body></html>"""

PIECES = st.sampled_from(
    [
        "<p>",
        "</p>",
        "&amp;",
        "&lt;",
        "&#x41;",
        "<!-- a -->",
        "<script>x</script>",
        "<",
        ">",
        "a word ",
        "\n",
        "é",
        "&",
        "<b>",
    ]
)


def test_article_and_metadata() -> None:
    found = extract_html(PAGE)
    assert "Smith & Sons said" in found.text
    assert "a long night for the mayor" in found.text
    assert not {"Home", "Share this article", "© 2024 Valley Herald"} & set(found.text.split("\n"))
    assert (found.title, found.byline, found.published) == ("Budget passed", "Ann Lee", "2024-05-03")
    assert (found.publisher, found.language) == ("Valley Herald", "en")


def test_the_markup_can_be_rebuilt_from_small_changes() -> None:
    found = extract_html(PAGE)
    assert found.restore() == PAGE
    assert len(found.changes) > 5
    kept = len(PAGE) - sum(change.end - change.start for change in found.changes)
    assert kept > 0.8 * len(found.text)


def test_an_extracted_text_is_clean() -> None:
    assert not clean(extract_html(PAGE).text).changes


def test_bytes_are_read_as_declared() -> None:
    page = PAGE.replace("utf-8", "windows-1252").replace("a long", "a très longue")
    assert "très longue" in extract_html(page.encode("cp1252")).text


@pytest.mark.parametrize("markup", ["", "plain words", "<html><body></body></html>", "<p>", "<!--", "<script>", "&"])
def test_odd_markup_ends_well(markup: str) -> None:
    assert extract_html(markup).restore() == markup


@settings(max_examples=200)
@given(st.lists(PIECES, max_size=30).map("".join), st.text(alphabet="a wordé&<A\n", max_size=60))
def test_any_text_is_traced_to_any_markup(markup: str, extracted: str) -> None:
    draft = Revision.of(markup).revise("html", tracing_edits(markup, extracted))
    assert draft.text == extracted


@pytest.mark.parametrize(
    "piece", ["<script>", "<!-- ", "<p>word ", "<div", "&amp;", "<svg>", "<i>a</i>", "a<wbr>", "a "]
)
def test_hostile_markup_is_read_in_one_go(piece: str) -> None:
    markup = piece * 20_000
    assert Revision.of(markup).revise("html", tracing_edits(markup, plain_text(markup))).text == plain_text(markup)


@pytest.mark.parametrize(
    "silent",
    [
        "<!-- <p>old</p> -->",
        "<!-- if a < b -->",
        "<!---->",
        '<script data-page="<p>">x < y</script>',
        "<STYLE>p > a {}</STYLE>",
        "<svg><path d='<'/></svg>",
    ],
)
def test_what_stands_behind_a_silent_part_is_read(silent: str) -> None:
    assert plain_text(f"<p>One</p>{silent}<p>Two</p>") == "One\nTwo"


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>One <b</p><p>Two</p><p>Three</p>", "One\nTwo\nThree"),
        ("<p</b>One</p>", "One"),
        ("</<p>One</p><p>Two</p>", "One\nTwo"),
        ("3 <<!-- -->b> 4", "3 <b> 4"),
        ("<header>One</header><x-p>Two</x-p>", "One\nTwo"),
    ],
)
def test_a_tag_without_its_end_takes_no_text_with_it(markup: str, expected: str) -> None:
    assert plain_text(markup) == expected


def test_a_page_without_an_article_goes_the_way_of_plain_text() -> None:
    deep = "<div>" * 20_000 + f"<p>{PARAGRAPH}</p><p>Share this article</p>"
    found = extract_html(deep)
    assert found.text == PARAGRAPH.replace("&amp;", "&").strip()
    assert found.restore() == deep


def test_white_space_of_the_markup_is_replaced_where_it_differs() -> None:
    page = "<p>The  council <b>met\n</b>on&nbsp;Friday &amp;\tleft.</p>"
    edits = tracing_edits(page, "The council met on Friday & left.")
    draft = Revision.of(page).revise("html", edits)
    assert draft.text == "The council met on Friday & left."
    assert [change.before for change in draft.changes] == ["<p>", "  ", " <b>", "\n</b>", "&nbsp;", " &amp;\t", "</p>"]


ARTICLE = "<p>" + "The council of Arden met on Friday and passed the budget for the year. " * 4 + "</p>"


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        ("<title>Europe</title>", "<p>Jamie Rose</p>", (None, None)),
        ("<title>Budget passed</title>", "", ("Budget passed", None)),
        ('<title>Arden</title><meta name="author" content="jrose">', "<h1>Arden</h1>", ("Arden", None)),
        (
            '<meta name="author" content="Valley Herald Online">',
            "<h1>Council passes its budget</h1><p>By Jamie Rose</p><p>May 3, 2024</p>",
            ("Council passes its budget", "Jamie Rose"),
        ),
    ],
)
def test_what_a_page_declares_is_held_against_what_it_shows(
    head: str, body: str, expected: tuple[str | None, str | None]
) -> None:
    found = extract_html(f"<html><head>{head}</head><body>{body}{ARTICLE}</body></html>")
    assert (found.title, found.byline) == expected


def test_a_byline_above_an_article_that_is_laid_out_as_a_table() -> None:
    """The extractor writes a row of cells on one line, which the page shows on several."""
    cells = "".join(f"<td>{PARAGRAPH}</td>" for _ in range(3))
    rows = f"<table><tr>{cells}</tr></table>" * 3
    found = extract_html(f"<body><h1>Budget passed</h1><p>By Ann Lee</p><p>May 3, 2024</p>{rows}</body>")
    assert (found.title, found.byline, found.published) == ("Budget passed", "Ann Lee", "2024-05-03")
