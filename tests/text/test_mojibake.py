"""Mojibake: the cases by origin, what must be left alone, and the laws that hold for any text."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners.text import mojibake
from cleaners.text.edits import Revision
from cleaners.text.mojibake import fix_mojibake, mixups, mojibake_edits
from cleaners.text.plausibility import BOUNDARY, cost, unlikely_pairs

CASES: dict[str, list[dict[str, Any]]] = json.loads(
    Path(__file__).with_name("cases").joinpath("mojibake.json").read_text("utf-8")
)
PARAMS = [pytest.param(case, id=f"{origin}: {case['before']}") for origin, cases in CASES.items() for case in cases]
PIECES = (
    *("â€™", "â€œ", "â€", "Ã©", "Ã ", "Ã\xa0", "Â ", "Ð¡", "Ñ‚", "вЂ™", "Гј", "ΓÇÖ", "√©", "‚Äô", "è¡¨", "ç´", "ğŸ˜Š"),
    *("Ã¢â‚¬â„¢", "Ã¢â‚¬Â", "&amp;", "&lt;", "&#10;", "<b>", "u00e9", "\\u2019", "=C3=A9", "Ïðèâåò", "CU╔N", "ge‹n"),
    *(
        "ﬁ",
        "e\u0301",
        "\x92",
        "\x9d",
        "\ud83d",
        "\ude0a",
        "\ufffd",
        "the",
        "Straße",
        "и в",
        "日本",
        "한국",
        " ",
        "\n",
        "\r",
        ".",
    ),
)
TEXTS = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=14).map("".join))


@pytest.mark.parametrize("case", PARAMS)
def test_case(case: dict[str, Any]) -> None:
    after = case.get("after", case["before"])
    assert fix_mojibake(case["before"]) == after
    rules = {edit.rule for edit in mojibake_edits(case["before"])}
    assert case["rule"] in rules if case.get("rule") else not rules
    assert fix_mojibake(after) == after


@given(TEXTS, st.booleans())
@settings(max_examples=300)
def test_once_is_enough(text: str, straighten: bool) -> None:
    once = Revision.of(text).revise("mojibake", mojibake_edits(text, straighten_quotes=straighten)).text
    assert mojibake_edits(once, straighten_quotes=straighten) == []


@given(TEXTS)
def test_edits_give_what_the_repair_gives(text: str) -> None:
    edits = mojibake_edits(text)
    assert Revision.of(text).revise("mojibake", edits).text == fix_mojibake(text)
    assert edits == sorted(edits, key=lambda edit: edit.start)


@given(st.one_of(TEXTS, st.text(alphabet="aA.’“”‘–—… \n&=\\u02é<>;", max_size=60)))
@settings(max_examples=300)
def test_the_short_cut_changes_nothing(text: str) -> None:
    fast = mojibake_edits(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mojibake, "is_coded", lambda text: True)  # so that every line is looked at
        assert mojibake_edits(text) == fast


@given(st.text(alphabet="aeZ.’“„«»‚€Ã©ιβиÐîéžœ\x92\xa0‹1", min_size=1, max_size=9))
@settings(max_examples=300)
def test_a_word_is_reread_as_the_obvious_way_has_it(word: str) -> None:
    word = f"{word}é"
    for mixup, gain in mixups._savings(word):
        after = word.translate(mixups._codes(mixup))
        saved = cost(f"{BOUNDARY}{word}{BOUNDARY}") - cost(f"{BOUNDARY}{after}{BOUNDARY}")
        unlikely = unlikely_pairs(f"{BOUNDARY}{after}{BOUNDARY}")
        assert gain == (0.0 if saved > 0 and unlikely else saved)


def test_quotes_are_straightened_on_request() -> None:
    edits = mojibake_edits("“It’s” â€œthatâ€", straighten_quotes=True)
    assert Revision.of("“It’s” â€œthatâ€").revise("mojibake", edits).text == '"It\'s" "that"'


def test_edits_are_small() -> None:
    text = "Long lines stay as they are, but for one word. " * 20 + "donâ€™t"
    assert [(edit.start, edit.end) for edit in mojibake_edits(text)] == [(len(text) - 4, len(text) - 1)]


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece", ["Ã", "â€", "â€™ ", " ", "Ã ", "&amp;", "Ð°", "ä¸", "Ïðèâåò ", "e\u0301", "\\u", "Ã©\n", "и "]
)
def test_time_grows_with_the_text(piece: str) -> None:
    mojibake_edits(piece)
    times = []
    for size in (2_000, 16_000):
        start = time.process_time()
        mojibake_edits((piece * size)[:size])
        times.append(time.process_time() - start)
    assert times[1] < 8 * max(times[0], 0.02) * 4  # eight times the text; quadratic would be sixty-four
