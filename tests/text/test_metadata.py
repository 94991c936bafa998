"""Metadata of plain text: where headlines, names and dates are read, and where they are not."""

from __future__ import annotations

import pytest

from cleaners import clean
from cleaners.text.metadata import read_opening
from cleaners.text.metadata.headline import ENOUGH, likeliest
from cleaners.text.metadata.names import bare_names, declared_names, opened_names

BODY = (
    "The council of Arden met on Friday and passed the budget for the coming year by a narrow vote.\n\n"
    "“We had no choice,” the mayor said on March 1, 2021, and the opposition agreed that there was little time left."
)
TITLE = "Council of Arden passes its budget"
PAGES = {
    "a byline with an office and a date": (
        f"{TITLE}\nBy Jamie Rose, Political Editor | May 3, 2024\n\n{BODY}",
        (TITLE, "Jamie Rose", "2024-05-03"),
    ),
    "By on a line of its own": (f"{TITLE}\nBy\nJamie Rose\nMay 3, 2024\n\n{BODY}", (TITLE, "Jamie Rose", "2024-05-03")),
    "a bare name above a date": (
        f"{TITLE}\n\nJamie Rose\n\n3 May 2024, 10:12\n\n{BODY}",
        (TITLE, "Jamie Rose", "2024-05-03"),
    ),
    "an agency": (
        f"{TITLE}\nAssociated Press May 3, 2024 9:02 AM\n\n{BODY}",
        (TITLE, "Associated Press", "2024-05-03"),
    ),
    "several authors": (
        f"{TITLE}\nBy Jamie Rose, Kim de Vries and Ola Berg\nMay 3, 2024\n\n{BODY}",
        (TITLE, "Jamie Rose, Kim de Vries and Ola Berg", "2024-05-03"),
    ),
    "published before updated": (
        f"{TITLE}\nUpdated: 5 May 2024\nPublished: 3 May 2024\n\n{BODY}",
        (TITLE, None, "2024-05-03"),
    ),
    "a clock glued to the year": (
        f"{TITLE}\nPublished Fri, May 3 20247:05 AM EST\n\n{BODY}",
        (TITLE, None, "2024-05-03"),
    ),
    "a heading of Markdown": (f"# {TITLE}\n\n* May 3, 2024\n\n{BODY}", (TITLE, None, "2024-05-03")),
    "German": (
        "Zurück zur Übersicht\n\nVon Kim Berg publiziert am 3. Mai 2024\n\n# Der Rat hat den Haushalt beschlossen\n\n"
        "Der Rat hat am Freitag mit einer Stimme Mehrheit beschlossen, dass die Schule gebaut werden soll. "
        "Der Haushalt war lange umstritten, und am Ende hat eine Stimme den Ausschlag gegeben.",
        ("Der Rat hat den Haushalt beschlossen", "Kim Berg", "2024-05-03"),
    ),
    "a body alone: its dates and names are not the article's": (BODY, (None, None, None)),
    "the name of the site after the headline, and beside its byline": (
        f"News\nSport\nWeather\n\n{TITLE}\nThe Valley Herald\nBy Jamie Rose\nMay 3, 2024\n\n{BODY}",
        (TITLE, "Jamie Rose", "2024-05-03"),
    ),
    "the headline below the page's title, which says the site's name too": (
        f"Valley Herald: {TITLE}\nMenu\nHome\n{TITLE}\nMay 3, 2024\n\n{BODY}",
        (TITLE, None, "2024-05-03"),
    ),
    "a section alone": (f"Business\n\n{BODY}", (None, None, None)),
    "a headline that a by flows into": (
        f"{TITLE} by\nJamie Rose\n-\nMay 3, 2024\n\n{BODY}",
        (TITLE, "Jamie Rose", "2024-05-03"),
    ),
    "a name, a dash and a date": (
        f"{TITLE}\n\nJamie Rose\n\n-\n\nMay 3, 2024\n\n{BODY}",
        (TITLE, "Jamie Rose", "2024-05-03"),
    ),
    "a name with the paper": (
        f"{TITLE}\n\nJamie Rose, The Valley Herald\n\nPublished: Friday, May 3, 2024\n\n{BODY}",
        (TITLE, "Jamie Rose", "2024-05-03"),
    ),
    "the agency above comes before the reporters below": (
        f"{TITLE}\nReuters May 3, 2024 11:03 PM\n\n{BODY}\n\n(Reporting by Jamie Rose; editing by Kim Berg)",
        (TITLE, "Reuters", "2024-05-03"),
    ),
    "what the article is about is no byline": (
        "Fever in Arden: third case of Valley Horse Fever\n\nValley Horse Fever\nMay 3, 2024\n\n"
        "The council of Arden said on Friday that Valley Horse Fever had been found in a third stable of the town.",
        ("Fever in Arden: third case of Valley Horse Fever", None, "2024-05-03"),
    ),
    "a date behind the headline": (
        f"{TITLE}| Published: Friday, 3 May, 2024, 02:42 AM\n\n{BODY}",
        (TITLE, None, "2024-05-03"),
    ),
    "today's date far above, the article's close by": (
        f"Monday, 6 May 2024\n\nWorld > Valley\n\n3 May 2024 - 5:57PM | Print\n\n{BODY}",
        (None, None, "2024-05-03"),
    ),
    "a date and a clock in front of the first paragraph": (
        f"{TITLE}\n\nFriday May 3, 2024 8:48 PM {BODY}",
        (TITLE, None, "2024-05-03"),
    ),
    "a bare name where no line is sure to be the headline": (
        f"Jamie Rose\nMay 3, 2024\n\n{BODY}",
        (None, None, "2024-05-03"),
    ),
    "a name behind an opening where no line is sure to be the headline": (
        f"By Jamie Rose\nMay 3, 2024\n\n{BODY}",
        (None, "Jamie Rose", "2024-05-03"),
    ),
    "what an agency calls a dispatch is no headline": (
        f"AP-US--Arden-Budget, 4th Ld-Writethru\n\nBy Jamie Rose\n\n{BODY}",
        (None, "Jamie Rose", None),
    ),
    "a headline that begins with an abbreviation": (
        f"EU-US deal: {TITLE}\n\nBy Jamie Rose\n\n{BODY}",
        (f"EU-US deal: {TITLE}", "Jamie Rose", None),
    ),
    "a date without a year, and one with two readings": (f"{TITLE}\nMay 3\n11/12/2019\n\n{BODY}", (TITLE, None, None)),
}


@pytest.mark.parametrize("name", PAGES)
def test_page(name: str) -> None:
    text, expected = PAGES[name]
    found = clean(text)
    assert (found.title, found.byline, found.published) == expected


@pytest.mark.parametrize(
    ("line", "opened", "bare"),
    [
        ("By Jamie Rose", "Jamie Rose", None),
        ("5:45 AM PST 11/19/2019 by Jamie Rose", "Jamie Rose", None),
        ("Posted on May 3, 2024 by Admin", "Admin", None),
        ("By the end of the year", None, None),
        ("Stand by Me returns", None, None),
        ("By Friday the council of Arden had agreed", None, None),
        ("By Friday", None, None),
        ("Di Rosa: the budget is crucial", None, None),
        ("Jamie Rose, The Valley Herald", None, "Jamie Rose"),
        ("Council Plays Down Budget Talk", None, None),
        ("Happy With New Budget", None, None),
        ("Jamie Rose", None, "Jamie Rose"),
        ("Jamie Rose @jrose May 3, 2024", None, "Jamie Rose"),
        ("Jamie RoseStaff Writer", None, "Jamie Rose"),
        ("Jamie Rose wins again", None, None),
        ("Latest News", None, None),
        ("Share Tweet", None, None),
        ("PTI, Arden,", None, "PTI"),
        ("June 2020", None, None),
    ],
)
def test_names(line: str, opened: str | None, bare: str | None) -> None:
    assert (opened_names(line), bare_names(line)) == (opened, bare)


def test_lines_cut_out_around_an_article_are_believed_sooner() -> None:
    """What stands between the heading of a page in HTML and its article is the article's own."""
    lines = f"Jamie Rose\nMay 3, 2024\n\n{BODY}"
    assert clean(lines).byline is None
    assert read_opening(lines, 0.2).byline == "Jamie Rose"


def test_of_lines_that_are_as_likely_none_is_the_headline() -> None:
    lines = ["Mayor resigns after inquiry", "New bridge opens on Friday", "Storm warning for the coast", "Fire at mill"]
    assert likeliest(lines, [2.0, 2.0, 2.0, 2.0])[1] < ENOUGH
    assert likeliest(lines, [5.0, 2.0, 2.0, 2.0])[1] > ENOUGH
    assert likeliest([], []) == (None, 0.0)


@pytest.mark.parametrize("line", ["", "https://example.org/jamie", "jamie@example.org", "1234", "x" * 500])
def test_what_declares_no_name(line: str) -> None:
    assert declared_names(line) is None


@pytest.mark.parametrize("piece", ["By ", "A ", "A, ", "Jamie Rose, ", "by by ", "| ", "May 3, "])
def test_hostile_lines_are_read_in_one_go(piece: str) -> None:
    line = piece * 20_000
    assert len(opened_names(line) or "") + len(bare_names(line) or "") + len(declared_names(line) or "") < 500
