"""Mojibake repairs: the cases, and the laws that hold for any text."""

from hypothesis import given
from hypothesis import strategies as st

from cleaners.text.edits import Revision
from cleaners.text.mojibake import fix_mojibake, mojibake_edits


@given(st.text(max_size=60))
def test_edits_give_what_the_repair_gives(text: str) -> None:
    assert Revision.of(text).revise("mojibake", mojibake_edits(text)).text == fix_mojibake(text)


def test_after_a_no_break_space() -> None:
    assert fix_mojibake("Mali\u00a0â€œto continue honoring") == "Mali\u00a0“to continue honoring"
    assert fix_mojibake("Ã\u00a0 la carte") == "à la carte"
