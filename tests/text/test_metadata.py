"""Metadata of plain text: where headlines, names and dates are read, and where they are not."""

from __future__ import annotations

import pytest

from cleaners import clean
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


@pytest.mark.parametrize("line", ["", "https://example.org/jamie", "jamie@example.org", "1234", "x" * 500])
def test_what_declares_no_name(line: str) -> None:
    assert declared_names(line) is None


@pytest.mark.parametrize("piece", ["By ", "A ", "A, ", "Jamie Rose, ", "by by ", "| ", "May 3, "])
def test_hostile_lines_are_read_in_one_go(piece: str) -> None:
    line = piece * 20_000
    assert len(opened_names(line) or "") + len(bare_names(line) or "") + len(declared_names(line) or "") < 500
