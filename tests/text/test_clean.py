"""The laws of cleaning: nothing is lost for good, and a clean text stays as it is."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners import CleanOptions, clean
from cleaners.text.clean import STEPS, clean_all

PROSE = (
    "The council met on Friday and passed the budget for the coming year by a narrow vote.",
    "“We had no choice,” the mayor said, and the opposition agreed that there was little time left.",
    "Residents of the old town had asked for more money for schools, roads and the public library.",
    "In the end the plan, which had been debated for months, was adopted without any further change.",
    "Der Rat hat am Freitag mit einer Stimme Mehrheit beschlossen, dass die Schule gebaut werden soll.",
    "Le conseil a adopté vendredi le budget de la ville, et les habitants ont été informés le soir même.",
)
FURNITURE = (
    "Share",
    "Home",
    "News",
    "- First heading",
    "First heading",
    "By Ann Lee, May 3, 2024",
    "Posted May 3, 2024",
    "2 mins read",
    "Leave a Reply",
    "Your email address will not be published. Required fields are marked *",
    "Comments",
    "Tom · 3 days ago",
    "Reply",
    "Related Stories",
    "Read more: Another story about the town",
    "A street in the old town. Photo: Ann Lee / Reuters",
    "The Valley Herald",
    "Follow us on Facebook, Twitter and Instagram",
    "© 2024 Valley Press. All rights reserved.",
    "| | |",
    "| | The council met on Friday. |",
    "Ann Lee",
    "Menu",
    "Subscribe to our newsletter",
    "facebook",
    ", which",
    "of the",
    "",
)
LINES = st.lists(st.sampled_from(PROSE + FURNITURE), max_size=40).map("\n".join)
MENDED = CleanOptions(furniture=False)
TEXTS = st.one_of(st.text(max_size=300), LINES, st.tuples(LINES, st.text(max_size=60)).map("\n".join))


@settings(max_examples=300)
@given(TEXTS)
def test_the_input_can_be_rebuilt(text: str) -> None:
    assert clean(text).restore() == text


@settings(max_examples=300)
@given(TEXTS)
def test_a_clean_text_stays_as_it_is(text: str) -> None:
    once = clean(text).text
    again = clean(once)
    assert again.text == once
    assert not again.changes


@settings(max_examples=100)
@given(LINES)
def test_only_furniture_goes(text: str) -> None:
    """Whatever a text is put together from, nothing is added and lines keep their order."""
    kept = iter(line.strip() for line in text.replace("|", "").split("\n"))
    assert all(line.replace("|", "").strip() in kept for line in clean(text).text.split("\n") if line)


def test_same_text_under_two_furnitures() -> None:
    body = "\n\n".join(PROSE[:4])
    one = f"Budget passed\n\nBy Ann Lee\n\n{body}\n\nShare\nTweet\n\nRelated Stories\nAnother story"
    other = f"Budget passed\nMay 3, 2024\n2 mins read\n\n{body}\n\nLeave a Reply\n\nYour comment"
    assert clean(one).text == clean(other).text == f"Budget passed\n\n{body}"


@settings(max_examples=40)
@given(st.lists(TEXTS, max_size=9), st.sampled_from((CleanOptions(), CleanOptions(off=("furniture",)), MENDED)))
def test_texts_cleaned_together_are_those_cleaned_one_by_one(texts: list[str], options: CleanOptions) -> None:
    assert clean_all(texts, options) == [clean(text, options) for text in texts]


def test_options_say_what_is_wrong() -> None:
    with pytest.raises(ValueError, match=r"strictness is 2; give a probability"):
        CleanOptions(strictness=2)


def test_without_furniture_only_characters_and_spacing_are_mended() -> None:
    text = "Budget passed \n\nShare\n\nThe council met on Friday and passed the budget."
    assert clean(text, CleanOptions(furniture=False)).text == text.replace(" \n", "\n")


def test_steps_stand_in_one_tuple() -> None:
    assert [step.__name__ for step in STEPS] == ["columns", "mojibake", "spacing", "tables", "furniture", "recurring"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "word " * 2_000_000,
        "x" * 10_000_000,
        "Share\n" * 100_000,
        "a\n" * 100_000,
        "|" * 500_000,
        "[" * 300_000 + "(" * 300_000,
        ("By " + "A" * 50 + "\n") * 20_000,
    ],
    ids=["words", "one-word", "share", "letters", "bars", "brackets", "bylines"],
)
def test_hostile_texts_end_well(text: str) -> None:
    assert clean(text).restore() == text
