"""White space, invisible characters and wrapped lines: the cases, and the laws that hold for any text."""

import time
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaners.text import spacing
from cleaners.text.edits import Revision
from cleaners.text.rounds import applied
from cleaners.text.spacing import spacing_edits

CASES = tomllib.loads(Path(__file__).with_name("cases").joinpath("spacing.toml").read_text("utf-8"))["case"]
SEEDS = sorted((Path(__file__).parents[2] / "seeds").glob("*.txt"))
PIECES = (
    *(
        "word",
        "Word",
        "reno-",
        "vation",
        "renovation",
        "\n",
        "\n\n",
        " ",
        "  ",
        "\t",
        "\r\n",
        "\r",
        "\u2028",
        "\x85",
        "\x0c",
    ),
    *(
        "\u200b",
        "\u200d",
        "\u200c",
        "\ufe0f",
        "\xad",
        "\ufeff",
        "\u202b",
        "\u180e",
        "\x1b[1m",
        "\x1b",
        "[1m",
        "\x07",
        "\u3000",
    ),
    *("می", "שלום", "ไทย", "ᠠ", "👩", "🏴", "\U000e0067", "- item", "1. one"),
)

WORDS = ("the", "committee", "met", "in", "old", "town", "on", "Monday", "new-ish", "reno-", "vation", "I")


def spaced(text: str) -> str:
    return applied(text, spacing_edits(text))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_case(case: dict[str, str]) -> None:
    assert spaced(case["before"]) == case["after"].strip("\n")


@given(
    st.one_of(
        st.text(), st.lists(st.sampled_from(PIECES)).map("".join), st.lists(st.sampled_from(PIECES)).map(" ".join)
    )
)
def test_once_is_enough(text: str) -> None:
    assert spacing_edits(spaced(text)) == []


@given(
    st.lists(
        st.lists(st.sampled_from(WORDS), min_size=1).map(" ".join).map(lambda line: line[:70]),
        max_size=14,
    ).map("\n".join)
)
def test_once_is_enough_for_wrapped_lines(text: str) -> None:
    assert spacing_edits(spaced(text)) == []


@given(st.text())
def test_letters_and_marks_stay(text: str) -> None:
    kept = "".join(filter(str.isalnum, spaced(text)))
    assert kept == "".join(filter(str.isalnum, text)) or "\x1b[" in text


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_the_account_gives_the_text_back(text: str) -> None:
    draft = Revision.of(text).revise("spacing", spacing_edits(text))
    assert draft.text == spaced(text)
    assert all(change.before != change.after for change in draft.changes)


@pytest.mark.parametrize("seed", SEEDS, ids=lambda path: path.name[:3])
def test_no_word_of_a_seed_is_lost(seed: Path) -> None:
    text = seed.read_text("utf-8")
    assert spaced(text).split() == text.split()


@pytest.mark.parametrize("piece", [" ", "\n", " \n", "\xa0", "\u200b", "\r", "a-\n", "the word\n", "\x1b[", "\x1b[0;"])
def test_time_grows_with_the_text(piece: str) -> None:
    spacing_edits(piece)
    short, long = (min(_seconds((piece * size)[:size]) for _ in range(3)) for size in (10_000, 80_000))
    assert long < 8 * max(short, 0.02) * 4  # eight times the text; quadratic would be sixty-four


def _seconds(text: str) -> float:
    start = time.process_time()
    spacing_edits(text)
    return time.process_time() - start


RULES = (spacing.line_breaks, spacing.escapes, spacing.controls, spacing.invisibles, spacing.odd_spaces)


def test_plain_text_holds_nothing_that_a_rule_begins_with() -> None:
    for code in (*range(0x3100), *range(0xF900, 0x10000), *range(0xE0000, 0xE1000)):
        text = f"a{chr(code)}b"
        asked = spacing.rules_for(text)
        assert all(rule in asked for rule in RULES if list(rule(text))), hex(code)
