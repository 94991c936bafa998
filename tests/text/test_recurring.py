"""Furniture learned from a folder: what recurs goes, what copies and wires share stays, in whatever order."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners import CleanOptions, clean
from cleaners.text.recurring import line_key, profile, recurring_edits, recurring_lines

BAR = "Herald readers' corner 0800 12"
PROMISE = "The Valley Herald has told the truth about this valley since the days of the first railway."
STORIES = [
    f"The {who} of {town} met on {day} and voted for the {what} after a long debate.\n\nIn {town} the {what} had been "
    f"asked for by {count} people, as the {who} said when {day} came to an end."
    for who, town, day, what, count in [
        ("council", "Arden", "Monday", "bridge over the river", 120),
        ("board", "Birk", "Tuesday", "new school by the lake", 77),
        ("assembly", "Colm", "Friday", "road to the harbour", 45),
        ("parliament", "Dover Hill", "Sunday", "tax on empty houses", 9),
        ("committee", "Esk", "Thursday", "plan for the old market", 310),
        ("union", "Farn", "Saturday", "strike at the glass works", 64),
    ]
]


def learned(texts: list[str], source: str = "herald") -> frozenset[int]:
    return recurring_lines([(source, profile(text)) for text in texts])[source]


def test_a_line_of_three_different_texts_goes() -> None:
    pages = [f"{BAR}{number}\n\n{story}" for number, story in enumerate(STORIES[:3])]
    found = clean(pages[0], CleanOptions(recurring=learned(pages)))
    assert found.text == STORIES[0]
    assert [(change.step, change.rule) for change in found.changes] == [("recurring", "recurring-line")]
    assert found.restore() == pages[0]
    assert not clean(found.text, CleanOptions(recurring=learned(pages))).changes


@pytest.mark.parametrize(
    ("texts", "why"),
    [
        ([f"{BAR}\n\n{story}" for story in STORIES[:2]], "two texts may share a line by chance"),
        ([f"{story}\n\n{PROMISE}" for story in STORIES[:4]], "a sentence needs five"),
        ([f"{BAR}\n\n{STORIES[0]}"] * 6, "one text, six times"),
        ([f"{BAR}\n\n{STORIES[0]}\n\nUpdate {'again and again ' * n}." for n in range(1, 8)], "versions of one text"),
        (
            [
                f"{STORIES[0]}\n\n{STORIES[1]}\n\nOnly this version has the sentence that ends with {n * 'x'} here."
                for n in range(8)
            ],
            "versions with a paragraph of their own",
        ),
        ([f"{BAR}\n\nShort {'x' * n}" for n in range(6)], "without prose nothing tells the texts apart"),
        ([f"{story}\n\nThe trial continues." for story in STORIES[:4]], "a short sentence needs five, too"),
        (
            [f"{story}\n\n{'Q:' + chr(10)}{story[:50]}\nQ:\n{story[50:90]}\nQ:" for story in STORIES],
            "it is the text's form",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_stays(texts: list[str], why: str) -> None:
    assert not any(recurring_edits(text, learned(texts)) for text in texts), why


def test_a_sentence_of_five_texts_goes_unless_it_is_a_wires() -> None:
    pages = [f"{story}\n\n{PROMISE}" for story in STORIES[:5]]
    assert line_key(PROMISE) in learned(pages)
    rows = [("herald", profile(page)) for page in pages] + [("post", profile(pages[0]))]
    assert line_key(PROMISE) not in recurring_lines(rows)["herald"]


@pytest.mark.parametrize(
    ("line", "holders", "goes"),
    [(BAR, 6, True), (BAR, 5, False), ("The trial continues.", 29, False), ("The trial continues.", 30, True)],
)
def test_in_a_large_source_chance_must_be_outdone(line: str, holders: int, goes: bool) -> None:
    own = [
        f"{n}. {' '.join(f'{chr(97 + n % 26)}{chr(97 + n // 26)}{word}' for word in range(20))}." for n in range(300)
    ]
    made = [re.sub(r"\d", lambda digit: chr(97 + int(digit[0])), text) for text in own]
    texts = [f"{text}\n\n{line}" if n < holders else text for n, text in enumerate(made)]
    assert (line_key(line) in learned(texts)) is goes


def test_a_text_that_is_mostly_known_stays_whole() -> None:
    assert recurring_edits(f"{PROMISE}\n{BAR}\nAnd so on.", frozenset([line_key(PROMISE)])) == []


@settings(max_examples=60)
@given(
    st.lists(
        st.lists(st.sampled_from([BAR, PROMISE, *"\n\n".join(STORIES).split("\n\n")]), min_size=1, max_size=5),
        min_size=1,
        max_size=9,
    ),
    st.integers(),
)
def test_order_and_repetition_change_nothing(pages: list[list[str]], seed: int) -> None:
    rows = [(f"source {at % 2}", profile("\n".join(page))) for at, page in enumerate(pages)]
    mixed = rows * 2
    random.Random(seed).shuffle(mixed)
    assert recurring_lines(rows) == recurring_lines(mixed)
