"""What lines show, read off all at once, beside a slow and obvious reading of one line at a time; and the model's trees
beside a walk through each of them."""

from __future__ import annotations

import math
import re
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners.text.furniture.letters import UNSPACED, WORD, fold
from cleaners.text.furniture.lexicon import lexicon, words_of
from cleaners.text.furniture.model import Trees, page_columns, second_columns, stages
from cleaners.text.furniture.page import Page, read_pages
from cleaners.text.furniture.rules import RULES, suspects_in
from cleaners.text.furniture.sample import CLOSERS, Samples
from cleaners.text.furniture.traits import BULLET, NAMES, SENTENCE_ENDS, content, groups, measures, spoken, traits

SEEDS = sorted((Path(__file__).parents[2] / "seeds").iterdir())
READER = {"i", "me", "my", "you", "your", "yours", "we", "us", "our"}
CLOCK = re.compile(r"\b(?:(?:19|20)\d\d|\d{1,2}[:.]\d\d|\d{1,2}[./-]\d{1,2}[./-]\d{2,4})\b")
GLUED = re.compile("[a-zäéж]{3}[A-ZÄÉЖ][a-zäéж]")
SENTENCE = re.compile(r"[.!?…][”\"’»)]? [“\"‘«(]?[^\W\d_a-z]|[。！？]")

PIECES = (
    "Share", "Follow us on Facebook", "Posted Jan. 19, 2023", "at 10:15 am", "By Ann Lee", "May", "Leave a Reply", "10",
    "The council met on Friday", "and passed the budget for the year.", "“We had no choice,” she said.", "READ MORE:",
    "Photo: Reuters", "https://example.com", "ann@example.com", "…", "|", "»", "- ", "• ", "Größe", "ÉCOLE", "أخبار",
    "分享", "東京で会議が開かれた。", "Ann", "Bob Lee", "All rights reserved", "© 2024", "3,400", "[File: AP]", "...",
    ":", "MondayThe vote", "Lesen Sie auch", "İstanbul", "हिन्दी", "e\u0301t\u0301e", "😀", "2 mins read", "0", "_",
    "Comments (3)",
)  # fmt: skip
LETTERS = "aAbBzZäÄéÉжЖ0179 .,:;!?-–—’()[]/|@&"
LINES = st.lists(st.sampled_from(PIECES) | st.text(LETTERS, max_size=12), min_size=1, max_size=40).map(
    lambda pieces: " ".join(" ".join(pieces).split()) or "x"
)


def test_folding_parts_words_as_they_were_parted() -> None:
    letters = [chr(code) for code in range(0x10000) if not 0xD800 <= code < 0xE000]
    assert [letter for letter in letters if len(words_of(f"a {letter} b")) != len(WORD.findall(f"a {letter} b"))] == []


def _slowly(text: str, language: str) -> dict[str, float]:
    """The measures of one line, by its words and characters one after the other."""
    lexical = lexicon()
    head = text if len(text) <= 300 else text[:240]
    raw = WORD.findall(head)
    low = ["0" if word[0].isdecimal() else fold(word) for word in raw]
    stop = lexical.stop_words[language]
    words, functional = len(low), sum(word in stop for word in low)
    unspaced = len(UNSPACED.findall(head))
    if unspaced > 2 and any(letter >= "\u0e00" for letter in (head[0], head[-1], head[len(head) // 2])):
        words, functional = words + unspaced // 2, sum(letter in stop for letter in head)
    count = max(words, 1)
    hits = lexical.match(low)
    every = hits.whole | hits.starts | hits.inside
    named = [2 if hits.whole & group else 1 if every & group else 0 for group in groups()]
    end = text[-60:].rstrip(CLOSERS)[-1:]
    bullet = BULLET.match(text)
    short = len(text) < 160
    digits = sum(word[0].isdecimal() for word in raw)
    clocks = len(CLOCK.findall(head)) if short and digits else 0
    days = lexical.days.get(language, lexical.days["en"])
    dated = [word in days and "0" in low[max(at - 1, 0) : at + 2] for at, word in enumerate(low[:40])]
    dates = sum(dated) if short and digits else 0
    total = round(words * len(text) / len(head))
    sentence = end in SENTENCE_ENDS or (total >= 60 and len(SENTENCE.findall(head)) >= 2)
    prose = total if total >= 7 and sentence and functional / count > 0.2 else 0
    stamp = total < 16 and (named[3] > 0 or clocks > 0 or dates > 0.1 * count)
    values = (
        math.log1p(min(len(text), 400)),
        math.log1p(min(total, 60)),
        sum(map(len, raw)) / count,
        functional / count,
        sum(any(fold(letter) != letter for letter in word) or word[0].isdecimal() for word in raw) / count,
        sum(map(str.isupper, raw)) / count,
        sum(letter.isdecimal() for letter in head) / len(head),
        sentence,
        end == ":",
        end == "…" or text.endswith("..."),
        sum(letter in ",;，、" for letter in head) / count,
        math.log1p(min(len(SENTENCE.findall(head)) * len(text) / len(head), 4)),
        bullet is not None,
        text[bullet.end() if bullet else 0 :][:1].islower(),
        min(sum(letter in "|»›/>·•→←×" for letter in head), 6) if short else 0,
        any(mark in head for mark in ("http:", "https:", "www.", "@", ".com")),
        sum(word in READER for word in low) / count,
        any(mark in head for mark in '“"«„”「'),
        hits.whole > 0,
        hits.starts.bit_count(),
        hits.inside.bit_count(),
        *named,
        clocks + dates,
        2 <= len(raw) <= 4 and not digits and all(map(str.istitle, raw)),
        prose if prose >= 10 else 0,
        min(sum(GLUED.search(word) is not None for word in raw), 4),
    )
    return dict(zip((*NAMES, "stamped"), (*map(float, values), float(stamp)), strict=True))


def _quickly(lines: list[str], language: str) -> list[dict[str, float]]:
    """The measures of every line, by what is used."""
    samples = Samples(lines)
    shown = traits(samples, language)
    matrix = measures(samples, shown)
    rows = (*matrix.tolist(), shown.stamp.astype(float).tolist())
    return [dict(zip((*NAMES, "stamped"), column, strict=True)) for column in zip(*rows, strict=True)]


def _about(measured: dict[str, float]) -> Any:
    """Equal but for what single precision rounds."""
    return pytest.approx(measured, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("seed", SEEDS, ids=lambda path: path.stem)
def test_seeds(seed: Path) -> None:
    lines = [line.strip() for line in seed.read_text("utf-8").splitlines() if line.strip()]
    assert _quickly(lines, "en") == [_about(_slowly(line, "en")) for line in lines]


@settings(max_examples=60)
@given(st.lists(LINES, min_size=1, max_size=8), st.sampled_from(("en", "de", "ja", "fi")))
def test_any_lines(lines: list[str], language: str) -> None:
    assert _quickly(lines, language) == [_about(_slowly(line, language)) for line in lines]


def test_many_lines_are_read_in_parts() -> None:
    lines = [f"{word} {number} of the day" for number in range(300) for word in ("Share", "Report")]
    samples = Samples(lines)
    whole, parts = traits(samples, "en"), [traits(Samples([line]), "en") for line in lines]
    for name, column in whole._asdict().items():
        assert column.tolist() == [getattr(part, name)[0] for part in parts]
    assert measures(samples, whole).shape == (len(NAMES), len(lines))
    at, _ = content(*spoken(samples, "en"))
    assert at.tolist() == sorted(at.tolist())


@pytest.mark.parametrize("seed", SEEDS, ids=lambda path: path.stem)
def test_rules_look_wherever_they_would_claim(seed: Path) -> None:
    assert _overlooking(seed.read_text("utf-8")) == []


@settings(max_examples=60)
@given(st.lists(LINES, min_size=1, max_size=12))
def test_rules_look_wherever_they_would_claim_in_any_page(lines: list[str]) -> None:
    body = "The council met on Friday and passed the budget for the year by a narrow vote, as was expected."
    assert _overlooking("\n".join((*lines[::2], body, body, *lines[1::2]))) == []


def _overlooking(text: str) -> list[str]:
    """The rules whose cheap test keeps a block back that the rule itself claims."""
    page = Page.read(text)
    everywhere = range(len(page.blocks))
    return [rule.claims.__name__ for rule in RULES if list(rule(page)) != list(rule.claims(page, everywhere))]


@settings(max_examples=60)
@given(st.lists(st.lists(LINES, max_size=12), max_size=12))
def test_pages_read_together_are_those_read_one_by_one(texts: list[list[str]]) -> None:
    body = "The council met on Friday and passed the budget for the year by a narrow vote, as was expected."
    foreign = "Der Rat hat am Freitag mit einer Stimme Mehrheit beschlossen, dass die Schule gebaut werden soll."
    given_ = ["\n".join((*lines, foreign if len(lines) % 5 == 4 else body)) for lines in texts]
    pages = read_pages(given_)
    for page, suspects, text in zip(pages, suspects_in(pages) if pages else [], given_, strict=True):
        alone = Page.read(text)
        assert page.blocks == alone.blocks
        assert page.language == alone.language
        assert page.function_words == alone.function_words
        for mine, own in zip((*page.shown, *page.spoken), (*alone.shown, *alone.spoken), strict=True):
            assert mine.tolist() == own.tolist()
            assert mine.dtype == own.dtype
        assert suspects == suspects_in([alone])[0]


def _walk(tree: dict[str, Any], row: list[float]) -> float:
    node = 0
    while node >= 0:
        low = row[tree["feature"][node]] <= tree["threshold"][node]
        node = tree["left" if low else "right"][node]
    return float(tree["value"][-1 - node])


def _grown(random: Random) -> dict[str, Any]:
    """A tree of two to eight leaves, its tests numbered as they were made."""
    tree: dict[str, Any] = {"feature": [], "threshold": [], "left": [], "right": [], "value": []}

    def grow(leaves: int) -> int:
        if leaves == 1:
            tree["value"].append(random.random())
            return -len(tree["value"])
        at = len(tree["feature"])
        tree["feature"].append(random.randrange(3))
        tree["threshold"].append(random.randrange(5))
        for side in ("left", "right"):
            tree[side].append(0)
        on_the_left = random.randrange(1, leaves)
        tree["left"][at] = grow(on_the_left)
        tree["right"][at] = grow(leaves - on_the_left)
        return at

    grow(random.randrange(2, 9))
    return tree


def test_trees_end_where_a_walk_ends() -> None:
    random = Random(3)
    trees = [_grown(random) for _ in range(40)]
    rows = [[random.randrange(6) for _ in range(3)] for _ in range(1500)]
    columns = dict(zip("abc", np.array(rows, np.float32).T, strict=True))
    found = Trees.from_json({"features": "abc", "trees": trees}).logits(columns)
    assert found.tolist() == pytest.approx([sum(_walk(tree, row) for tree in trees) for row in rows])


def test_a_tree_may_not_be_too_large() -> None:
    tree = {"feature": [0] * 8, "threshold": [0] * 8, "left": [-1] * 8, "right": [-1] * 8, "value": [0] * 9}
    with pytest.raises(ValueError, match="9 leaves; fit trees of 8 leaves or fewer"):
        Trees.from_json({"features": ["a"], "trees": [tree]})


def test_shipped_weights_name_columns_there_are() -> None:
    page = Page.read("The council met on Friday and passed the budget.")
    first = page_columns(page, ())
    second = first | second_columns(stages()[0].logits(first), page, ())
    for stage, columns in zip(stages(), (first, second), strict=True):
        assert set(stage.names) <= set(columns)
