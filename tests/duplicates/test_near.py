"""Near-duplicates alone: runs of words, exact similarity, and keys that meet where texts are alike."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaners.duplicates.candidates import bucket_pairs
from cleaners.duplicates.near import (
    AT_ONCE,
    BANDS,
    DENSE,
    OPTIONS,
    THRESHOLD,
    Worded,
    jaccard,
    near_rows,
    near_verdict,
    runs_of,
    runs_of_many,
)

VOCABULARY = ("council", "budget", "town", "road", "bridge", "vote", "mayor", "river", "school", "Friday")
WORDS = st.lists(st.sampled_from(VOCABULARY), max_size=40)


def exact(one: str, other: str) -> float:
    """The obvious way."""

    def runs(text: str) -> set[tuple[str, ...]]:
        words = text.lower().split()
        size = min(5, len(words))
        return {tuple(words[at : at + size]) for at in range(len(words) - size + 1)} if words else set()

    both = runs(one) | runs(other)
    return len(runs(one) & runs(other)) / len(both) if runs(one) and runs(other) else 0.0


@given(WORDS, WORDS)
def test_similarity_is_that_of_the_sets_of_runs(one: list[str], other: list[str]) -> None:
    left, right = " ".join(one), " ".join(other)
    assert jaccard(runs_of(left), runs_of(right)) == exact(left, right)
    assert jaccard(runs_of(left), runs_of(right)) == jaccard(runs_of(right), runs_of(left))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mali's junta met; on Friday, it said.", "MALI'S JUNTA MET ON FRIDAY - it said"),
        ("市議会は予算案を可決した。", "市議会は予算案を可決した"),
        ("ΟΔΟΣ ΚΑΙ ΠΛΑΤΕΙΑ ΤΗΣ ΠΟΛΗΣ", "οδος και πλατεια της πολης"),
        ("ÇA VA ÊTRE ÉTRANGE, ĐÀ NẴNG, ПРИВЕТ", "ça va être étrange đà nẵng привет"),
    ],
)
def test_case_and_marks_do_not_count(one: str, other: str) -> None:
    assert jaccard(runs_of(one), runs_of(other)) == 1.0


def test_letters_beyond_the_table_count_like_any_other() -> None:
    one, same, other = "𐐷𠀋 𝒶𝒷 🚀 𠮷野家 で 会う", "𐐷𠀋 𝒶𝒷 🛰 𠮷野家 で 会う", "𐐷𠀋 𝒶𝒸 🚀 𠮷野家 で 会う"
    assert jaccard(runs_of(one), runs_of(same)) == 1.0
    assert jaccard(runs_of(one), runs_of(other)) < 1.0


def test_nothing_is_like_a_text_without_words() -> None:
    assert jaccard(runs_of("---"), runs_of("---")) == 0.0


def test_texts_at_the_threshold_meet_and_strangers_do_not() -> None:
    draw = random.Random(4)
    texts = []
    for _ in range(300):
        words = [f"w{draw.randrange(10_000)}" for _ in range(400)]
        edited = [f"x{draw.randrange(99)}" if at % 50 == 7 else word for at, word in enumerate(words)]
        texts += [" ".join(words), " ".join(edited)]
    runs = [runs_of(text) for text in texts]
    assert all(0.8 < jaccard(runs[at], runs[at + 1]) < 0.83 for at in range(0, 600, 2))
    starts = np.cumsum([0, *map(len, runs)])
    rows = near_rows(np.concatenate(runs), starts, np.arange(1, 601, dtype=np.uint64), 0)
    assert len(rows) == 600 * BANDS
    found = {(left, right) for left, right, _ in bucket_pairs(rows, OPTIONS).tolist()}
    true = {(at, at + 1) for at in range(0, 600, 2)}
    assert len(found & true) >= 298
    assert len(found - true) < 20


TEXTS = st.lists(WORDS.map(" ".join) | st.text(max_size=30) | st.just("市議会は予算案を可決した。"), max_size=12)


@given(TEXTS)
def test_many_texts_have_the_runs_that_each_has_alone(texts: list[str]) -> None:
    runs, starts = runs_of_many(texts)
    assert len(starts) == len(texts) + 1
    for text, start, end in zip(texts, starts[:-1], starts[1:], strict=True):
        assert runs[start:end].tolist() == runs_of(text).tolist()


def test_runs_do_not_hang_on_where_a_text_lies_nor_on_its_length() -> None:
    filler = "word " * (AT_ONCE // 5)
    text = " ".join(f"w{at}" for at in range(300))
    runs, starts = runs_of_many([filler, filler[:1000], text, filler + text])
    assert runs[starts[2] : starts[3]].tolist() == runs_of(text).tolist()
    assert set(runs_of(text).tolist()) <= set(runs[starts[3] :].tolist())


@pytest.mark.parametrize("words", [40, int(DENSE * 0.9), DENSE, DENSE + 20, int(DENSE / THRESHOLD) + 30])
def test_texts_meet_whichever_way_they_are_signed(words: int) -> None:
    """A text that lost its last tenth may be signed another way than the whole one."""
    draw = random.Random(words)
    texts = []
    for _ in range(60):
        whole = [f"w{draw.randrange(10_000)}" for _ in range(words)]
        texts += [" ".join(whole), " ".join(whole[: words - words // 10])]
    runs, starts = runs_of_many(texts)
    rows = near_rows(runs, starts, np.arange(1, len(texts) + 1, dtype=np.uint64), 0)
    found = {(left, right) for left, right, _ in bucket_pairs(rows, OPTIONS).tolist()}
    assert len(found & {(at, at + 1) for at in range(0, len(texts), 2)}) >= 59


@given(WORDS, WORDS)
def test_a_verdict_follows_from_the_share_of_runs_and_adds_up(one: list[str], other: list[str]) -> None:
    left, right = " ".join(one), " ".join(other)
    verdict = near_verdict(*Worded.of_each([left, right]))
    assert verdict == near_verdict(Worded.of(right), Worded.of(left))
    assert (verdict.relation == "duplicate") == (one == other)
    if verdict.relation != "duplicate":
        assert (verdict.relation == "near-duplicate") == (exact(left, right) >= THRESHOLD)
        assert verdict.score == exact(left, right)
    if verdict.relation != "unrelated":
        assert sum(part.weight for part in verdict.evidence) == verdict.score
