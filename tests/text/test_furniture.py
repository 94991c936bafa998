"""Furniture rules one by one, the lexicons, and the page that documents them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from cleaners import clean
from cleaners.text.furniture.lexicon import lexicon, words_of
from cleaners.text.furniture.page import Page
from cleaners.text.furniture.rules import NAMES
from cleaners.text.furniture.rules.lists import related_lists
from cleaners.text.furniture.rules.rule import table

BODY = (
    "The council met on Friday and passed the budget for the coming year by a narrow vote.\n\n"
    "“We had no choice,” the mayor said, and the opposition agreed that there was little time left.\n\n"
    "Residents of the old town had asked for more money for schools, roads and the public library."
)
GERMAN = (
    "Der Rat hat am Freitag mit einer Stimme Mehrheit beschlossen, dass die neue Schule gebaut werden soll.\n\n"
    "„Wir hatten keine Wahl“, sagte die Bürgermeisterin, und auch die Opposition hat dem nicht widersprochen."
)
ABOVE = [
    ("byline", "By Ann Lee"),
    ("byline", "By Ann Lee and Bob Ray, May 3, 2024"),
    ("byline", "5:45 AM PST 11/19/2019 by Patrick Shanley"),
    ("caption-credit", "The old town hall on Friday. Photo: Ann Lee / Reuters"),
    ("caption-credit", "The mayor at the town hall [File: Ann Lee/AFP]"),
    ("menu", "Home"),
    ("reading-time", "4 min read"),
    ("site-name", "The Valley Herald"),
    ("timestamp", "Updated May 3, 2024 at 10:15 am"),
    ("timestamp", "Friday, 3 May 2024"),
]
BETWEEN = [
    ("advertisement", "Advertisement"),
    ("advertisement", "Story continues below advertisement"),
    ("related-list", "Read more: Another town, another budget"),
    ("related-list", "Related: Another town, another budget"),
    ("share-bar", "Share this article"),
]
BELOW = [
    ("byline", "Ann Lee"),
    ("byline", "(Reporting by Ann Lee; editing by Bob Ray)"),
    ("comment-form", "Leave a Reply"),
    ("comment-thread", "12 comments"),
    ("cookie-notice", "Accept cookies"),
    ("copyright", "© 2024 Valley Press. All rights reserved."),
    ("follow-us", "Follow us on Facebook, Twitter and Instagram."),
    ("interface", "Loading..."),
    ("login", "Forgot your password?"),
    ("newsletter", "Sign up for our newsletter"),
    ("pagination", "Page 1 of 3"),
    ("paywall", "Already a subscriber? Sign in"),
    ("portrait", "Email Ann Lee at ann.lee@example.com or call the newsroom."),
    ("print-email", "Print this article"),
    ("shortcode", "[button link=”https://example.com” type=”big”] Send us yours[/button]"),
    ("tags", "Tags: budget, council"),
]


def _removed(text: str) -> dict[str, str]:
    return {change.before.strip(): change.rule for change in clean(text).changes if change.step == "furniture"}


@pytest.mark.parametrize(("rule", "line"), ABOVE)
def test_above_the_article(rule: str, line: str) -> None:
    assert _removed(f"{line}\n\n{BODY}") == {line: rule}


@pytest.mark.parametrize(("rule", "line"), BETWEEN)
def test_between_paragraphs(rule: str, line: str) -> None:
    first, rest = BODY.split("\n\n", 1)
    assert _removed(f"{first}\n\n{line}\n\n{rest}") == {line: rule}


@pytest.mark.parametrize(("rule", "line"), BELOW)
def test_below_the_article(rule: str, line: str) -> None:
    assert _removed(f"{BODY}\n\n{line}") == {line: rule}


def test_repeated_contents() -> None:
    headings = ("Schools first", "Roads later", "No new library")
    text = "\n".join([BODY, *(f"- {heading}" for heading in headings), *(f"{h}\n{BODY}" for h in headings)])
    assert set(_removed(text).values()) == {"repeated-contents"}
    assert all(f"\n{heading}\n" in clean(text).text for heading in headings)


def test_a_number_of_comments_below_the_headline_heads_no_thread() -> None:
    """What comes before it, a long notice on cookies, is no article."""
    notice = "We use cookies to improve your browsing experience on our site and to show you what you may like. " * 2
    head = ("Council passes the budget - Valley Herald", notice, "Menu", "Council passes the budget", "6", "comments")
    talk = (line for at in "1234" for line in (f"Jo Rose, Nov 18, 2019, 1:0{at}pm", "I think you are right.", "Reply"))
    kept = clean("\n".join([*head, "By Ann Lee", "Share", "Nov 18, 2019, 11:47am", BODY, "Comments", *talk])).text
    assert BODY.split("\n", maxsplit=1)[0] in kept
    assert "Jo Rose" not in kept


def test_a_number_of_comments_above_the_article_heads_no_thread() -> None:
    """Somebody takes a turn soon below the heading of a thread; below this one the article begins."""
    notice = "We use cookies to improve your browsing experience on our site and to show you what you may like. " * 2
    talk = (line for at in "1234" for line in (f"Jo Rose, Nov 18, 2019, 1:0{at}pm", "I think you are right.", "Reply"))
    story = "\n".join(BODY.replace("council", who) for who in ("council", "board", "party"))
    kept = clean("\n".join([notice, "Menu", "Budget passed", "53 Comments", story, "Add a comment", *talk])).text
    assert BODY.split("\n", maxsplit=1)[0] in kept
    assert "Jo Rose" not in kept


def test_a_list_that_comes_back_as_a_list_is_no_table_of_contents() -> None:
    """What two things on offer have in common is listed twice."""
    features = "\n".join(f"- {feature}" for feature in ("Easy to set up", "Charges in its case", "Made of steel"))
    text = "\n".join([BODY, features, BODY.replace("council", "board"), features, BODY.replace("council", "party")])
    assert _removed(text) == {}


@pytest.mark.parametrize(
    "line",
    [
        "Lesen Sie auch: Der nächste Haushalt",
        "Artikel teilen",
        "Foto: Ann Lee/dpa",
        "3 Kommentare",
        "Lesezeit 4 Minuten",
    ],
)
def test_another_language(line: str) -> None:
    assert line in _removed(f"{GERMAN}\n\n{line}")


@pytest.mark.parametrize(
    "line",
    [
        "Facebook",
        "A long night",
        "What happens next",
        "By the end of the year the school must be built, and nobody knows who will pay for it.",
        "He asked readers to follow him on Twitter, and within a week he had ten thousand friends.",
    ],
)
def test_what_a_body_keeps(line: str) -> None:
    """Subheadings, dates of a chronicle and sentences about furniture are no furniture."""
    first, rest = BODY.split("\n\n", 1)
    assert not _removed(f"{first}\n\n{line}\n\n{rest}")


def test_a_chronicle_keeps_its_dates() -> None:
    text = "\n".join(f"May {day}, 2024\n{paragraph}" for day, paragraph in enumerate(BODY.split("\n\n"), 3))
    assert clean(text).text.count("2024") >= 2


def test_a_clean_body_loses_nothing() -> None:
    assert clean(BODY).text == BODY
    assert clean(GERMAN).text == GERMAN


def test_lists_and_verse_stay() -> None:
    verse = "\n".join(["Share", "the bread", "with me", "Home", "is far", "Read more", "of this"])
    assert clean(verse).text == verse


def test_pieces_of_a_sentence_stay_together() -> None:
    text = BODY + "\nHe wrote to\nFacebook\n, which did not answer."
    assert clean(text).text == text


def test_every_name_has_a_case() -> None:
    shown = {rule for rule, _ in (*ABOVE, *BETWEEN, *BELOW)} | {"repeated-contents"}
    assert shown == set(NAMES)


def test_lexicons_hold_no_phrase_that_says_nothing() -> None:
    words = lexicon()
    assert set(words.kinds) <= set(NAMES)
    for common in ("the", "and", "0", "of the", "said"):
        assert not any(words.match(words_of(common)))


def test_documentation_lists_the_rules() -> None:
    page = (Path(__file__).parents[2] / "docs" / "cleaning.md").read_text("utf-8")
    assert table() in page, "put in what `python -m cleaners.text.furniture.rules` prints"


@pytest.mark.parametrize("heading", ["Comments", "12 thoughts on “Budget passed”", "Leave a Reply"])
def test_a_conversation_below_its_heading(heading: str) -> None:
    said = [
        "I think you are right about that.",
        "My school needs a roof, and we all know it.",
        "You should ask them why.",
    ]
    long = [f"{line} And I would like to hear what you all make of it, as we said before." for line in said * 2]
    assert clean("\n".join((BODY, heading, *long))).text == BODY


def test_a_button_is_no_heading_of_comments() -> None:
    first, second, third = BODY.split("\n\n")
    text = "\n".join((first, second, "Facebook", "Comments", "Print", third))
    assert clean(text).text.endswith(third)


def test_an_article_on_one_line_with_a_menu_behind_it() -> None:
    line = " ".join(BODY.split()) + " " + " ".join(BODY.split()) + " Home News Sport Weather Go back"
    assert clean(f"{line}\n\nShare this article").text == line


def test_a_product_list_is_no_crowded_page() -> None:
    """One and the same button below every entry says no more than one of them."""
    entries = [f"Model {number}\n- Up to {number} hours\n- Swim proof\nBuy Now" for number in range(3, 12)]
    text = "\n".join((BODY, *entries, BODY))
    assert all(f"Model {number}" in clean(text).text for number in range(3, 12))


MENU = "Home\nNews\nSport\nSubscribe\nLog in\nAbout us\nContact us\nValley\nOld Town\nBridges\nRivers\nLakes\nParks"


@pytest.mark.parametrize(
    ("above", "headline"),
    [
        ("", "Council passes the 2024 budget by a narrow vote"),
        (MENU, "Council passes the 2024 budget by a narrow vote"),
        (f"{MENU}\nTrending\nHarbour bridge closed\nTeachers on strike", "Council passes the budget by a narrow vote"),
        ("Trending\nHarbour bridge closed\nTeachers on strike", "Council passes the budget by a narrow vote"),
    ],
)
def test_the_headline_stays(above: str, headline: str) -> None:
    found = clean(f"{above}\n{headline}\n\n{BODY}\n\nShare this article\nLeave a Reply".strip())
    assert headline in found.text.split("\n")
    assert BODY in found.text
    assert "strike" not in found.text
    assert found.title == headline


def test_the_own_headline_is_looked_for_once_however_many_lists_stand_above(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    agreement = Page.agreement

    def counted(page: Page, candidates: Iterable[int], article: Iterable[int]) -> Iterator[tuple[int, float]]:
        asked.append(page)
        return agreement(page, candidates, article)

    monkeypatch.setattr(Page, "agreement", counted)
    headline = "Council passes the budget by a narrow vote"
    page = Page.read("Trending\nHarbour bridge closed\n\n" * 50 + f"{headline}\n\n{BODY}")
    claims = dict(related_lists(page))
    assert len(asked) == 1
    assert sorted(claims) == list(range(100)), "all lists, and not the headline below the last one"
